"""Rows that a sum proves: whose the words around their numbers are, and which numbers are factors by chance."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from services.answers.tables.answers import read_tables
from services.answers.tables.runs import Run, pack
from services.answers.tables.sheet import sheets

NET = {"net_total": "300.00", "gross_total": "357.00"}
BELOW = ("", "Nettobetrag                     300,00", "19 % MwSt.                       57,00", "Summe      357,00")


def test_words_around_numbers_stand_below_a_head_of_amounts_that_no_label_names() -> None:
    """Words in two lines, numbers in the middle of them, as pages set in HTML have it; a year alone is a line."""
    head = [("Description", 500, 200), ("Qty", 3000, 200), ("Unit price", 3500, 200), ("Net", 4500, 200)]
    rows = [
        (("Team plan, seats in April", "2026"), "20", "10.00", "200.00"),
        (("Metered calls",), "50", "1.00", "50.00"),
        (("Recording archive with", "export to your storage"), "2", "25.00", "50.00"),
    ]
    cells, top = [*head], 400
    for words, quantity, price, amount in rows:
        middle = top + 60 * (len(words) - 1)
        cells += [(line, 500, top + 120 * at) for at, line in enumerate(words)]
        cells += [(quantity, 3000, middle), (price, 3500, middle), (amount, 4500, middle)]
        top += 120 * len(words) + 120
    text, runs = "", []
    for word, left, baseline in cells:
        runs.append(Run(len(text), len(text) + len(word), left, left + 50 * len(word), baseline, 100))
        text += f"{word}\n"
    total = {"net_total": Decimal(300)}
    answers = read_tables(TYPES["invoice"], [text], sheets([text], [pack(runs)]), "en", total)
    assert said_descriptions(answers) == [" ".join(words) for words, *_ in rows]
    assert [figures[0] for figures in said_figures(answers)] == [20, 50, 2]
    assert not answers.reasons


def test_fees_and_disbursements_in_two_columns_are_rows_whose_words_may_end_beside_their_amount() -> None:
    lines = (
        "    Date         Particulars                             Fees   Disbursements",
        "1   03/02/2026   Drafting letter of demand             100.00",
        "2   18/02/2026   Commissioner and copies, 3 x 112                       70.00",
        "3   02/03/2026   Counsel settling papers (invoice",
        "                 0226)                                                  90.00",
        "4   23/03/2026   Attending court                        40.00",
        "                                         Totals        140.00          160.00",
        "                                  Fees and disbursements               300.00",
    )
    answers = read_text("\n".join(lines), language="en", **NET)
    assert [figures[2] for figures in said_figures(answers)] == [100, 70, 90, 40]
    assert said_descriptions(answers)[-1] == "Attending court"
    assert not answers.reasons


def test_what_counts_a_line_is_no_factor_of_its_amount_by_chance() -> None:
    lines = (
        "1   Drafting letter of demand             100.00",
        "2   Service of letter                      44.00",
        "3   Commissioner, 2 x 12 pages             36.00",
        "4   Attending court                       120.00",
        *BELOW,
    )
    answers = read_text("\n".join(lines), language="en", **NET)
    assert {figures[:2] for figures in said_figures(answers)} == {(None, None)}


def test_two_lines_that_show_products_make_no_columns_of_factors_for_the_others() -> None:
    lines = (
        "1   Grundlagenermittlung               2,0    100,00   100 %    100,00",
        "2   Vorplanung                         9,0     50,00   100 %     50,00",
        "3   Entwurfsplanung                   17,0     40,00   100 %     40,00",
        "4   Ausführungsplanung                22,0     90,00    50 %     45,00",
        "B1  Nachweis, Projektingenieur       1,5 h     30,00             45,00",
        "B2  Bestandsaufnahme                   2 h     10,00             20,00",
        *BELOW,
    )
    answers = read_text("\n".join(lines), **NET)
    pairs = [figures[:2] for figures in said_figures(answers)]
    assert pairs == [(None, None)] * 4 + [(Decimal("1.5"), 30), (2, 10)]
    assert not answers.reasons


def test_the_percentage_of_a_sum_that_a_line_names_leads_from_it_to_the_net_total() -> None:
    lines = (
        "Grundlagenermittlung                  100,00",
        "Vorplanung der Leitungen              200,00",
        "",
        "Zwischensumme                         300,00",
        "Nebenkosten pauschal 5 %               15,00",
        "Nettobetrag                           315,00",
    )
    answers = read_text("\n".join(lines), net_total="315.00")
    assert said_descriptions(answers) == ["Grundlagenermittlung", "Vorplanung der Leitungen"]
    assert not answers.reasons


@pytest.mark.parametrize(("tax", "gross", "count"), [("57,00", "457,00", 4), ("57,00", "458,00", 0)])
def test_what_is_billed_without_tax_below_a_groups_tax_is_a_row_too(tax: str, gross: str, count: int) -> None:
    lines = (
        "Überführung vom Klinikum              100,00",
        "Schmuckurne aus Naturstoff            200,00",
        "Zwischensumme                         300,00",
        f"zuzüglich 19 % Mehrwertsteuer          {tax}",
        "",
        "Standesamt, fünf Urkunden              60,00",
        "Kranz der Gärtnerei                    40,00",
        "Summe Auslagen                        100,00",
        f"Rechnungsbetrag                       {gross}",
    )
    answers = read_text("\n".join(lines), gross_total=gross.replace(",", "."))
    assert len(answers.fields) // 2 == count
    assert bool(answers.reasons) == (not count)


def test_a_line_for_which_nothing_is_charged_is_a_row_of_a_list() -> None:
    lines = (
        "Research of case law            2.80    672.00",
        "Meeting to review the chart     0.80    NO CHARGE",
        "Update of the calendar          0.60     81.00",
        "                                Total   753.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="753.00")
    assert [figures[2] for figures in said_figures(answers)] == [672, 0, 81]


def test_words_below_a_row_go_on_behind_a_number_that_is_a_cell_of_its_own() -> None:
    cells: list[tuple[str, int, int]] = []
    for at, (first, number, unit) in enumerate(
        (("Sitzungspauschale,", "45", "Minuten je Tag"), ("Elastische Binde,", "8", "cm x 5 m"))
    ):
        cells += [("Tarif 312 L", 500, 300 + 300 * at), ("1.00", 3000, 300 + 300 * at), ("50.00", 4500, 300 + 300 * at)]
        right = 520 + 50 * len(first)
        line = (first, 500), (number, right), (unit, right + 20 + 50 * len(number))
        cells += [(word, left, 420 + 300 * at) for word, left in line]
    cells += [("Total", 500, 1200), ("100.00", 4500, 1200)]
    text, runs = "", []
    for word, left, baseline in cells:
        runs.append(Run(len(text), len(text) + len(word), left, left + 50 * len(word), baseline, 100))
        text += f"{word}\n"
    total = {"net_total": Decimal(100)}
    answers = read_tables(TYPES["invoice"], [text], sheets([text], [pack(runs)]), "de", total)
    assert [(words or "").split()[-1] for words in said_descriptions(answers)] == ["Tag", "m"]


def test_an_amount_alone_below_words_that_left_it_no_room_is_theirs() -> None:
    lines = (
        "2 x Cold Brew Concentrate, 32 oz                    29.00",
        "3 x Unbleached Paper Filters No. 2                  20.85",
        "1 x Hand Grinder with steel burrs and walnut knob, pouch included",
        "                                                   129.00",
        "",
        "                                        Subtotal:  178.85",
    )
    answers = read_text("\n".join(lines), language="en", net_total="178.85")
    assert [figures[2] for figures in said_figures(answers)] == [29, Decimal("20.85"), 129]
    assert (said_descriptions(answers)[-1] or "").startswith("1 x Hand Grinder")
    assert not answers.reasons


def test_none_of_something_has_its_price_where_most_lines_of_a_list_show_no_product() -> None:
    lines = (
        "12   12   CARBIDE INSERT         74.20    890.40",
        " 6    6   END MILL, LONG         38.95    233.70",
        " 1    0   ANGLOCK VISE          612.00      0.00",
        "          CONTRACT DISC                   -65.86",
        "          FREIGHT                          42.18",
        "          SUBTOTAL                       1100.42",
    )
    answers = read_text("\n".join(lines), language="en", net_total="1100.42")
    assert said_figures(answers)[2] == (0, 612, 0)


HOSTING = ("Managed hosting", "off-site backups", "£120.00")


def between(*gaps: int, second: tuple[str, str, str] = HOSTING) -> list[str | None]:
    """Give the words of a list without a head whose amounts stand halfway down two lines, so far apart."""
    rows = [("Annual support plan", "up to 40 hours", "£300.00"), second]
    cells, top = [], 0
    for (first, last, amount), gap in zip(rows, gaps, strict=True):
        cells += [(first, 500, top), (last, 500, top + gap), (amount, 4000, top + gap // 2)]
        top += gap + 300
    cells += [("Sub-total", 3000, top), ("£420.00", 4000, top)]
    text, runs = "", []
    for word, left, baseline in cells:
        runs.append(Run(len(text), len(text) + len(word), left, left + 50 * len(word), baseline, 100))
        text += f"{word}\n"
    answers = read_tables(TYPES["invoice"], [text], sheets([text], [pack(runs)]), "en", {"net_total": Decimal(420)})
    assert [figures[2] for figures in said_figures(answers)] == ([300, 120] if answers.fields else [])
    return said_descriptions(answers)


def test_an_amount_may_stand_halfway_down_the_words_of_its_row() -> None:
    assert between(150, 150) == ["Annual support plan up to 40 hours", "Managed hosting off-site backups"]
    assert between(150, 400) == [], "lines so far apart are no words of one row"


@pytest.mark.parametrize(
    "lines",
    [
        ("Managed hosting", "120", "£120.00"),
        ("2026", "off-site backups", "£120.00"),
        ("Managed hosting", "£30.00", "£120.00"),
    ],
)
def test_what_stands_halfway_down_numbers_is_no_amount_of_their_row(lines: tuple[str, str, str]) -> None:
    assert between(150, 150, second=lines) == []


@pytest.mark.parametrize("joined", ["  x  ", " x "])
def test_what_is_counted_is_named_before_it_with_a_colon(joined: str) -> None:
    counts = [f"{count}{joined}{price}" for count, price in (("6.5 Std.", "40,00 €"), ("40 km", "1,00 €"))]
    lines = [f"Gesamtstunden:    {counts[0]}    260.00 €", f"Fahrtkosten:    {counts[1]}    40.00 €"]
    text = "\n".join(["Kostenrechnung", *lines, "Zwischensumme:    300.00 €"])
    answers = read_text(text, net_total="300.00")
    assert said_descriptions(answers) == ["Gesamtstunden", "Fahrtkosten"]
    assert said_figures(answers) == [
        (Decimal("6.5"), Decimal("40.00"), Decimal("260.00")),
        (Decimal(40), Decimal("1.00"), Decimal("40.00")),
    ]


def test_a_cell_with_a_colon_names_no_other_words() -> None:
    lines = ["Montag:    6.5 Std. Beratung vor Ort    260.00 €", "Dienstag:    Anfahrt    40.00 €"]
    answers = read_text("\n".join(["Rechnung", *lines, "Zwischensumme:    300.00 €"]), net_total="300.00")
    assert said_descriptions(answers) == ["6.5 Std. Beratung vor Ort", "Anfahrt"]
