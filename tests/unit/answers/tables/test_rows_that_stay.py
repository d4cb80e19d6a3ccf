"""Rows and words that look like something else and are what is billed or delivered: a review found them dropped."""

import time
from collections.abc import Sequence

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

QUARRELS = (
    ("1     Waschtisch weiß                 2   Stk", "2     Armatur Chrom                   2   Stk"),
    ("      Befestigungssatz                4   Stk",),
    ("3     Duschwanne                      1   Stk", "4     Siphon                          1   Stk"),
)


def counts(lines: Sequence[str], kind: str = "delivery_note", language: str = "de") -> list[int]:
    return [int(count or 0) for count, _, _ in said_figures(read_text("\n".join(lines), kind=kind, language=language))]


@pytest.mark.parametrize("kind", ["delivery_note", "purchase_order"])
def test_articles_may_be_named_by_numbers_alone(kind: str) -> None:
    lines = (
        "Pos   Artikel       Menge",
        *(f"{number}     47112{number}            {number + 3}" for number in range(1, 9)),
    )
    assert counts(lines, kind) == [4, 5, 6, 7, 8, 9, 10, 11]


def test_a_counted_row_without_words_stays_and_is_said() -> None:
    rows = (
        "1     Schraube          8",
        "2     Mutter            8",
        "3     Scheibe           8",
        "4                       8",
    )
    answers = read_text("\n".join(("Pos   Artikel       Menge", *rows)), kind="delivery_note")
    assert len(said_figures(answers)) == 4
    assert answers.reasons


@pytest.mark.parametrize(
    "between",
    [
        ("                               boxes     boxes   boxes",),
        ("Pallet B     Warehouse North     Zone C    Fragile",),
        ("       blue, fine            partial   shipped   open",),
    ],
)
def test_rows_go_on_below_units_groups_and_states(between: tuple[str, ...]) -> None:
    lines = (
        "Line   Product               Ordered   Shipped   B/O",
        "1      Paper A4                   10        10     0",
        "2      Paper A3                   10        11     0",
        "3      Pens                        5         2     3",
        *between,
        "4      Ink                         1         1     0",
        "5      Toner                       1         4     0",
    )
    assert counts(lines, language="en") == [10, 11, 2, 1, 4]


def test_what_is_not_counted_is_a_row_unless_it_says_the_same_below_each() -> None:
    first, other, last = QUARRELS
    assert counts(("Pos   Bezeichnung                 Menge   Einheit", *first, *other, *last)) == [2, 2, 4, 1, 1]


def test_a_row_that_comes_to_the_sum_of_the_others_is_billed_where_half_is_paid() -> None:
    lines = (
        "Pos  Leistung                      Betrag",
        "1    Planung                     1.000,00",
        "2    Bauleitung                    500,00",
        "3    Statik                      1.500,00",
        "Summe                            3.000,00",
        "abzüglich erhaltene Zahlung      1.500,00",
        "Restbetrag                       1.500,00",
    )
    assert said_descriptions(read_text("\n".join(lines), gross_total="1500.00")) == ["Planung", "Bauleitung", "Statik"]


@pytest.mark.parametrize("sizes", [("DN50", "DN80", "DN100"), ("9-10", "39-42", "7-8"), ("M8X40", "E27", "IP65")])
def test_sizes_and_types_are_words_of_their_rows(sizes: tuple[str, str, str]) -> None:
    lines = ["Pos  Bezeichnung            Menge"]
    for number, (name, size) in enumerate(zip(("Rohr", "Bogen", "Muffe"), sizes, strict=True), start=1):
        lines += [f"{number}    {name:<22} {number}", f"     {size}"]
    said = said_descriptions(read_text("\n".join(lines), kind="delivery_note"))
    assert said == [f"{name} {size}" for name, size in zip(("Rohr", "Bogen", "Muffe"), sizes, strict=True)]


def test_what_kind_of_work_it_was_does_not_say_what_was_done() -> None:
    lines = (
        "Date     Task      Comments                   Hours   Amount",
        "02.03.   Coding    Login page with password     2.0   190.00",
        "04.03.   Testing   Export of the journal        3.0   285.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="475.00")
    assert said_descriptions(answers) == ["Login page with password", "Export of the journal"]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Pos   Benennung     Material    Menge", "delivery_note"),
        ("Pos   Benennung     Modell      Menge", "purchase_order"),
    ],
)
def test_of_what_goods_are_made_does_not_name_them(head: str, kind: str) -> None:
    rows = ("1     Welle lang    Edelstahl      10", "2     Flansch       Aluminium       4")
    assert said_descriptions(read_text("\n".join((head, *rows)), kind=kind)) == ["Welle lang", "Flansch"]


def test_how_many_are_in_a_package_is_not_how_many_were_delivered() -> None:
    lines = (
        "Pos   Artikel         Kartons   Flaschen je Karton   Flaschen gesamt",
        "1     Riesling             10                    6                60",
        "2     Silvaner              5                   12                60",
    )
    assert not {10, 5, 6, 12} & set(counts(lines))


@pytest.mark.parametrize("words", ["Vortrag vorige Seite", "Vortrag Blatt 1", "Vortrag S. 1"])
def test_what_is_carried_over_is_not_billed_again(words: str) -> None:
    lines = (
        "Bezeichnung                              Betrag",
        f"{words:<38} 450,00",
        "Fahrtkosten                             49,20",
    )
    answers = read_text("\n".join((*lines, "Gesamtbetrag                           499,20")), net_total="499.20")
    assert said_descriptions(answers) == ["Fahrtkosten"]
    assert answers.reasons


def test_terms_below_a_list_are_none_of_it() -> None:
    lines = (
        "Leistungen:",
        "- Erstes Gespräch",
        "- Massage",
        "",
        "Bitte überweisen Sie den Betrag von 318,00 EUR bald.",
    )
    assert said_descriptions(read_text("\n".join(lines), gross_total="318.00")) == ["Erstes Gespräch", "Massage"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Anlagen:", "1 x Lieferschein", "2 x Prüfzeugnis"),
        ("Verpackung:", "2 Kartons auf Palette", "14 kg Leergewicht"),
        ("Kontrolle:", "2 x monatlich Kontrolle", "1 x jährlich Bericht"),
        ("Deliver to:", "12 St. James Street", "14 St. Mary Road"),
        ("Leistungen:", "\u2022 Heizung", "\u2022 Sanitär", "\u2022 Solar"),
        ("Details:", "- Payment within 30 days", "- Bank transfer only"),
        ("Services:", "1. Instalment due 1 March", "2. Instalment due 1 April"),
    ],
)
@pytest.mark.parametrize("kind", ["delivery_note", "invoice"])
def test_enclosures_packages_terms_and_trades_are_no_goods(lines: tuple[str, ...], kind: str) -> None:
    assert not read_text("\n".join((*lines, "", "Rechnung 4711 vom 2. März 2026")), kind=kind).fields


def test_a_sum_set_in_below_a_list_is_none_of_it() -> None:
    lines = ("Leistungen:", "- Erstes Gespräch", "- Massage", "    Gesamtbetrag 318,00 EUR", "    brutto")
    assert said_descriptions(read_text("\n".join(lines), gross_total="318.00")) == ["Erstes Gespräch", "Massage"]


def test_which_of_two_lists_of_a_letter_is_delivered_is_not_guessed() -> None:
    one, other = ("2 Stück Messer", "5 Liter Getriebeöl"), ("3 Stück Dichtung", "1 Stück Kupplung")
    lines = ("Sie erhalten:", *one, "", "", "", "Es folgen noch:", *other)
    assert not read_text("\n".join(lines), kind="delivery_note").fields


def test_a_list_of_a_letter_is_whole() -> None:
    lines = ("12 Stück Messer,", "verzinkt", "40 Dübel", "5 Liter Getriebeöl", "3 Stück Dichtung")
    answers = read_text("\n".join(("Sie erhalten:", *lines)), kind="delivery_note")
    assert said_descriptions(answers) == ["Messer, verzinkt", "Dübel", "Getriebeöl", "Dichtung"]


def test_last_rows_that_are_named_as_others_are_by_numbers_stay_wherever_their_own_jump() -> None:
    rows = (
        "1     Schraube         3",
        "2     471122           4",
        "3     471123           5",
        "5     471125           8",
    )
    assert counts(("Pos   Artikel       Menge", *rows)) == [3, 4, 5, 8]


@pytest.mark.parametrize("remarks", [1, 2])
def test_lines_of_words_below_a_head_do_not_deny_it(remarks: int) -> None:
    lines = (
        "Artikel            Anzahl Packstücke",
        *["Kommission Meier, Lager Nord, Halle West 3b"] * remarks,
        "Schrauben          4",
        "Muttern            2",
    )
    assert counts(lines) == [4, 2]


def test_a_name_that_begins_as_a_sum_does_is_one_where_its_line_is_counted() -> None:
    lines = (
        "Pos  Artikel                    Menge",
        "20   Total Quartz Motoröl           12",
        "30   Summe-Messgerät                 4",
    )
    assert counts((*lines, "40   Filter                          2")) == [12, 4, 2]


def test_totals_right_of_the_amounts_end_the_table() -> None:
    lines = (
        "Bezeichnung            Betrag",
        "Planung                500,00",
        "Bauleitung             300,00",
        "Statik                 200,00",
        "Summe                              1.000,00",
        "zzgl. 19 % MwSt                      190,00",
        "Gesamtbetrag                       1.190,00",
    )
    answers = read_text("\n".join(lines), net_total="1000.00", gross_total="1190.00")
    assert said_descriptions(answers) == ["Planung", "Bauleitung", "Statik"]


def test_rows_may_be_counted_by_tens() -> None:
    rows = ("10    Rillenkugellager         3", "20    Wellendichtring          4", "30    Sicherungsring           5")
    assert counts(("Pos   Artikel              Menge", *rows, "40    6205                     8")) == [3, 4, 5, 8]


def test_what_comes_with_each_article_is_a_row() -> None:
    lines = ["Pos   Artikel              Menge"]
    for number, name in enumerate(("Waschtisch", "WC wandhängend", "Bidet"), start=1):
        lines += [f"{number}     {name:<22}   {number}", f"      Befestigungsset          {number}"]
    assert counts(lines) == [1, 1, 2, 2, 3, 3]


def test_a_tax_return_may_cost_as_much_as_all_else() -> None:
    lines = (
        "Pos  Leistung                      Betrag",
        "1    Buchführung                   500,00",
        "2    Lohnabrechnung                500,00",
        "3    Umsatzsteuererklärung       1.000,00",
        "Summe                            2.000,00",
        "abzüglich erhaltene Zahlung      1.000,00",
        "Restbetrag                       1.000,00",
    )
    assert "Umsatzsteuererklärung" in said_descriptions(read_text("\n".join(lines), gross_total="1000.00"))


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Regalboden Buche", ("1200X600X18", "1000X600X18", "800X600X18")),
        ("Conti PremiumContact", ("205/55R16", "225/45R17", "195/65R15")),
        ("Stahlträger", ("HEB-140-6000", "HEB-160-6000", "HEB-180-6000")),
    ],
)
def test_what_tells_rows_of_one_name_apart_stays(name: str, codes: tuple[str, str, str]) -> None:
    lines = ["Pos  Bezeichnung            Menge"]
    for number, code in enumerate(codes, start=1):
        lines += [f"{number}    {name:<22} {number}", f"     {code}"]
    assert len(set(said_descriptions(read_text("\n".join(lines), kind="delivery_note")))) == len(codes)


def test_periods_and_dimensions_are_no_codes_whatever_the_names() -> None:
    lines = ["Pos  Bezeichnung            Menge"]
    periods = ("01/2026-03/2026", "04/2026-06/2026", "1200X600X18")
    for number, (name, period) in enumerate(zip(("Paket S", "Paket M", "Regalboden"), periods, strict=True), start=1):
        lines += [f"{number}    {name:<22} {number}", f"     {period}"]
    said = said_descriptions(read_text("\n".join(lines), kind="delivery_note"))
    assert said[0] == "Paket S 01/2026-03/2026"


@pytest.mark.parametrize("head", ["kg", "Nettogewicht kg", "Gewicht kg"])
def test_meat_is_counted_in_kilograms(head: str) -> None:
    lines = (f"Sorte             {head}", "Rinderhack        12,5", "Schweinebauch      8,0", "Lammkeule          6,4")
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert [f"{count}" for count, _, _ in said_figures(answers)] == ["12.5", "8.0", "6.4"]


def test_how_many_of_a_book_there_are_is_no_box_of_a_form() -> None:
    lines = (
        "Titel                     Menge",
        "Das Buch der Wälder       5",
        "Artikel und Essays        4 Exemplare",
        "Lieder                    3",
    )
    assert counts(lines) == [5, 4, 3]


def test_a_page_of_thousands_of_lines_is_read_in_time() -> None:
    began = time.process_time()
    read_text(
        "Artikel  Menge\n" + "\n".join(f"Ware {number}    {number % 90 + 1}" for number in range(2_000)),
        kind="delivery_note",
    )
    rows = time.process_time() - began
    read_text("Leistungen:\n" * 20_000)
    assert rows < 3
    assert time.process_time() - began - rows < 4
