"""What code finds by its form: all of it, with place and label, in bounded time."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.invoices import INVOICE, euros
from unit.answers.placed import Pages, a_type, field, placed

from schemas.document_types import Kind
from services.answers.candidates import Candidates
from services.answers.tables.runs import Run, pack
from services.answers.values_by_form import KINDS, MAX_CANDIDATES, values_in

MONEY = [field for field in INVOICE.fields if field.kind is Kind.MONEY]


def found(kind: Kind, text: str, language: str = "de") -> list[str]:
    return [item.value.text for item in Candidates([text], language).of(kind)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Summe 15.387,08 € davon 2.923,55", ["15387.08", "2923.55"]),
        ("1'234.50 CHF und 12,00-", ["1234.50", "-12.00"]),
        ("Abschlag (12,00) von 100 EUR", ["-12.00", "100"]),
        ("total € 1,234.50", ["1234.50"]),
        ("am 05.06.2018 um 12:30, Art. 4711, 19 %, Tel. 030/123456", []),
        ("Nr. 12.34.56 und A12,50 und 10.20/30", []),
        ("Sub Total IDR 116,830,000\nPPN (11%) 8.500.140\nTotal: 85.774.140", ["116830000", "8500140", "85774140"]),
        ("CHE-548.090.553 MWST, UID CHE 418.306.216, SIREN 817.402.308, Tel. 079.555.810", []),
        ("VAT 823.456.789, VAT: 823,456,789, NIF 823.456.789, HRB 823.456.789, ABN 823.456.789", []),
        ("Total 1.250 and 01.250.000 and 1.250,000, IDR 4.500", []),
        ("HT 1660.0 €, TVA 323,3 EUR, CHF 12.5, 1.5 STD, 2,5 kg, Version 1.2", ["1660.0", "323.3"]),
        ("4.5 $189.00, 6,5 € 85,00", ["189.00", "85.00"]),
    ],
)
def test_amounts_have_cents_or_a_currency(text: str, values: list[str]) -> None:
    assert found(Kind.MONEY, text) == values


def test_a_count_and_the_amount_in_the_next_column_are_no_amount() -> None:
    cells = placed(("3", 3_000, 100), ("126,00", 4_000, 100))
    page = [cells[0][0].replace("\n", " ")]
    assert [item.value.text for item in Candidates(page, "de", cells[1]).of(Kind.MONEY)] == ["126.00"]
    assert found(Kind.MONEY, page[0]) == ["126.00", "3126.00"]  # nothing says that there are two columns


def test_an_amount_with_spaces_is_found_both_ways() -> None:
    assert {"1190.00", "190.00"} <= set(found(Kind.MONEY, "Pos 1 190,00"))


def test_french_groups_are_one_amount() -> None:
    assert found(Kind.MONEY, "Total TTC 8 956,58 € dont 1 190,00", "fr") == ["8956.58", "1190.00"]
    assert found(Kind.MONEY, "Total TTC 1 375 000 FCFA, soit 500 F CFA", "fr") == ["1375000", "500"]


@pytest.mark.parametrize("text", ["20.00%", "VAT @ 20.00 %", "5,50 %", "6.25% of it"])
def test_a_percentage_is_no_amount(text: str) -> None:
    assert found(Kind.MONEY, text) == []


@given(st.decimals(min_value=0, max_value=10**8, places=2))
def test_every_amount_of_a_letter_is_found_where_it_stands(amount: Decimal) -> None:
    text = f"Gesamtbetrag: {euros(amount)} fällig"
    (item,) = Candidates(["", text], "de").of(Kind.MONEY)
    assert (item.value.numeric, item.page) == (amount, 2)
    assert text[item.char_start : item.char_end] == item.verbatim == euros(amount)


@given(st.dates(date(1990, 1, 1), date(2039, 12, 31)))
def test_every_date_is_found_however_it_is_written(day: date) -> None:
    text = f"vom {day:%d.%m.%Y}, {day.isoformat()} oder {day.day}. Juni {day.year}"
    assert found(Kind.DATE, text)[:2] == [day.isoformat()] * 2


def test_ibans_and_vat_numbers_are_found_by_their_check_digits() -> None:
    text = (
        "IBAN DE02 1203 0000 0000 2020 51 BIC BYLADEM1001, USt-IdNr. DE136695976, DE123456789, DE03120300000000202051"
    )
    assert found(Kind.IBAN, text) == ["DE02120300000000202051"]
    assert found(Kind.VAT_ID, text) == ["DE136695976"]


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("Summe netto", "net_total"),
        ("Rechnungssumme ohne USt.", "net_total"),
        ("MwSt 19 %", "tax_total"),
        ("Summe netto 10,00 MwSt", "tax_total"),
        ("Gesamtbetrag\n", "gross_total"),
        ("Gesamtbetrag der gelieferten Waren", None),
        ("Lagerbestand", None),
    ],
)
def test_a_label_is_the_nearest_name_of_a_field_before_the_value(line: str, owner: str | None) -> None:
    candidates = Candidates([f"Rechnung\n{line} 17,00 €"], "de")
    last = candidates.of(Kind.MONEY)[-1]
    assert [field.name for field in MONEY if last in candidates.labelled(field, INVOICE)] == ([owner] if owner else [])


def test_kinds_without_a_form_have_no_candidates() -> None:
    assert Candidates(["Muster GmbH"], "de").of(Kind.TEXT) == []


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200_000,
        "1.111" * 40_000,
        "AA00 " * 40_000,
        "DE1 " * 50_000,
        "1.1." * 50_000,
        "- " * 100_000,
        "1 111 " * 30_000,
    ],
)
def test_a_document_made_of_beginnings_costs_bounded_time(text: str) -> None:
    started = time.process_time()
    for kind in KINDS:
        assert len(Candidates([text], "de").of(kind)) <= MAX_CANDIDATES
    assert time.process_time() - started < 5


def test_a_hundred_pages_are_searched_in_bounded_time() -> None:
    numbers = "DE02 1203 0000 0000 2020 51, DE136695976"
    page = f"Rechnung Nr. R-2018-17, Pos 1 Schrauben 12,00 3 36,00 EUR am 05.06.2018, {numbers} und mehr\n" * 35
    started = time.process_time()
    for kind in KINDS:
        assert Candidates([page] * 100, "de").of(kind)
    assert time.process_time() - started < 8


OWN = a_type(
    field("number", Kind.REFERENCE, "Rechnungsnummer", "Invoice number", of_document=True),
    field("order", Kind.REFERENCE, "Bestellnummer", "Order number", synonyms=("PO", "Bestellung")),
    field("issued", Kind.DATE, "Rechnungsdatum", "Invoice date", of_document=True, unlike=("Liefer", "picked")),
    field("due", Kind.DATE, "Fällig", "Due"),
    field("tax", Kind.MONEY, "USt", "Tax"),
    headings=("Rechnung", "-bescheid", "Invoice"),
)


def named(page: Pages | str, name: str, language: str = "de") -> list[str]:
    """Give what stands beside the name of a field."""
    pages, layouts = ([page], []) if isinstance(page, str) else page
    one = next(item for item in OWN.fields if item.name == name)
    return [item.verbatim for item in Candidates(pages, language, layouts).labelled(one, OWN)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Rechnung Nr. RE-2026/17 vom 5. Mai", ["RE-2026/17"]),
        ("Az.: 12-O-345/26", ["12-O-345/26"]),
        ("Kunden-Nr. 20077, Auftrag 4711/26", ["20077", "4711/26"]),
        ("Invoice no. INV 4711", ["INV 4711"]),
        ("Our ref. AB-12.34 of 5 May", ["AB-12.34"]),
        ("Nr. 4711 / 05.06.2026", ["4711"]),
        ("Nr. 4711 - Webhosting", ["4711"]),
        ("Nr. 4711 - 26", ["4711 - 26"]),
        ("vom 05.06.2026, 119,00 €, 19 %, 7 EUR, € 4711, Pos. 12, (4711)", []),
        ("4711\n\n4712", []),  # no words before them
    ],
)
def test_numbers_by_which_things_are_called_have_words_before_them(text: str, numbers: list[str]) -> None:
    assert found(Kind.REFERENCE, text) == numbers


def test_a_number_ends_with_its_cell() -> None:
    text = "Kunden-Nr. Rechnung\n20077 4711"
    runs = [Run(0, 10, 0, 500, 100, 100), Run(11, 19, 2_000, 2_400, 100, 100)]
    runs += [Run(20, 25, 0, 250, 220, 100), Run(26, 30, 2_000, 2_200, 220, 100)]
    assert named(([text], [pack(runs)]), "number") == ["4711"]
    assert named(text, "number") == ["20077 4711"]


@pytest.mark.parametrize("label", ["Fällig", "Due"])
def test_labels_stand_beside_and_above_values_on_the_page(label: str) -> None:
    beside = placed(("Rechnungsdatum", 0, 100), (label, 0, 220), ("5.6.2026", 4_000, 100), ("6.6.2026", 4_000, 220))
    assert (named(beside, "issued"), named(beside, "due")) == (["5.6.2026"], ["6.6.2026"])
    above = placed(("Rechnungsdatum", 0, 100), (label, 4_000, 100), ("5.6.2026", 0, 220), ("6.6.2026", 4_000, 220))
    assert (named(above, "issued"), named(above, "due")) == (["5.6.2026"], ["6.6.2026"])
    assert named(above[0][0], "due") != ["6.6.2026"]  # the text alone does not say it


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rechnung Nr. 4711", ["4711"]),
        ("RECHNUNG 4711", ["4711"]),
        ("Betreff: Rechnung 4711", ["4711"]),
        ("Gebührenbescheid Nr. 4711", ["4711"]),
        ("Rechnungsnummer 4711", ["4711"]),
        ("Invoice # 4711", ["4711"]),
        ("Seite 1 von 3\nRechnung Nr. 4711", ["4711"]),
        ("zur Rechnung Nr. 4711", []),
        ("gemäß Bescheid Nr. 4711", []),
        ("laut Gebührenbescheid 4711", []),
        ("against invoice 4711", []),
        ("Your invoice 4711", []),
        ("Rechnungszeitraum 06/2026", []),
        ("Rechnungsempfänger 4711", []),
        ("Invoicing period 06/2026", []),
        ("Rechnung für Kunde 4711", []),
    ],
)
def test_a_heading_names_the_documents_own_number_and_no_other(text: str, names: list[str]) -> None:
    assert named(text, "number") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rechnung Nr. 4711 vom 05.06.2026", ["05.06.2026"]),
        ("Gebührenbescheid vom 05.06.2026", ["05.06.2026"]),
        ("Invoice dated 5 June 2026", ["5 June 2026"]),
        ("Die Rechnung vom 05.06.2026 entfällt", []),
        ("im Rechnungszeitraum ab 01.06.2026", []),
        ("the invoice of 5 June 2026 is void", []),
    ],
)
def test_a_heading_names_the_documents_own_date_and_no_other(text: str, names: list[str]) -> None:
    assert named(text, "issued") == names


@pytest.mark.parametrize("line", ["Köln, 5. Juni 2026", "Köln, den 05.06.2026", "Leeds, 5 June 2026", "5. Juni 2026"])
def test_a_documents_date_may_stand_where_letters_have_theirs(line: str) -> None:
    assert len(named(placed(("Muster GmbH", 0, 100), (line, 4_000, 700)), "issued")) == 1
    assert named(placed(("Muster GmbH", 0, 100), (f"Besuch: {line}", 4_000, 700)), "issued") == []


def test_a_dateline_is_overruled_by_a_name_and_by_words_that_make_it_anothers() -> None:
    assert named(placed(("Fällig", 0, 700), ("05.06.2026", 4_000, 700)), "issued") == []
    assert named(placed(("Lieferung", 0, 700), ("05.06.2026", 4_000, 700)), "issued") == []
    assert named(placed(("Picked", 0, 700), ("5 June 2026", 4_000, 700)), "issued") == []
    assert named(placed(("Postkorb", 0, 700), ("05.06.2026", 4_000, 700)), "issued") == ["05.06.2026"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PO: 4711", ["4711"]),
        ("Your PO-No. 4711", ["4711"]),
        ("Bestellungsnr. 4711", ["4711"]),
        ("Postfach 102030", []),
        ("Pos. 4711", []),
        ("Portal 4711", []),
    ],
)
def test_a_short_name_is_a_whole_word_and_a_longer_one_may_begin_a_word(text: str, names: list[str]) -> None:
    assert named(text, "order") == names


def test_a_short_name_may_be_inflected() -> None:
    assert named("Taxes 19,00 €", "tax") == ["19,00 €"]
    assert named("nach § 19 UStG 19,00 €", "tax") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Fällig: 19.06.2026\nLieferung 01.06.2026", ["19.06.2026"]),
        ("Due: 19 June 2026 or\nDelivered 1 June 2026", ["19 June 2026"]),
        ("Fällig\n19.06.2026", ["19.06.2026"]),
        ("Fällig 7 Tage nach Erhalt,\n19.06.2026", []),
    ],
)
def test_a_label_with_a_value_of_its_own_says_nothing_of_the_next_line(text: str, names: list[str]) -> None:
    assert named(text, "due") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lieferung vom 05.06.2026", []),
        ("Lieferschein 7 vom 05.06.2026", []),
        ("Lieferung 01.06.2026, Rechnungsdatum 05.06.2026", ["05.06.2026"]),
        ("Picked on invoice date 5 June 2026", []),
    ],
)
def test_words_that_make_a_value_anothers_stand_before_it_and_behind_the_last_one(text: str, names: list[str]) -> None:
    assert named(text, "issued") == names


@pytest.mark.parametrize("text", ["Facture n° 2026-11-02", "Rechnung Nr. 2026/11/2"])
def test_what_is_called_a_number_is_one_even_if_it_looks_like_a_date(text: str) -> None:
    found = Candidates([text], "fr").of(Kind.REFERENCE)
    assert [item.value.text for item in found] == [text.rsplit(maxsplit=1)[-1]]


@pytest.mark.parametrize("text", ["Facture du 2026-11-02", "n° 12 du 2026-11-02", "Piano 2026-11-02"])
def test_what_is_called_no_number_stays_a_date(text: str) -> None:
    assert "2026-11-02" not in [item.value.text for item in Candidates([text], "fr").of(Kind.REFERENCE)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("mit 19 % Umsatzsteuer (214,09 EUR) also 1.340,89 EUR", "214.09"),
        ("im Beitrag enthaltene Versicherungsteuer (214,09 EUR)", "214.09"),
        ("Total 1.340,89 EUR (VAT included: 3)\nRabatt (214,09 EUR)", "-214.09"),
        ("Rabatt (214,09 EUR)", "-214.09"),
        ("Rabatt (214,09 EUR)   1.340,89", "-214.09"),
    ],
)
def test_brackets_within_a_sentence_make_no_amount_negative(text: str, amount: str) -> None:
    assert amount in [item.value.text for item in Candidates([text], "de").of(Kind.MONEY)]


def test_a_number_like_a_date_stands_among_the_others_in_the_order_of_the_document() -> None:
    found = Candidates(["Rechnung Nr. 4711\nBezug: Nr. 2026-11-02\nKunde Nr. 4712"], "de").of(Kind.REFERENCE)
    assert [item.value.text for item in found] == ["4711", "2026-11-02", "4712"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on\xa028\xa0Jan\xa02016.", "2016-01-28"),
        ("on \xa05.\xa06.\xa02018", "2018-06-05"),
        ("Invoice Date: August 3 , 2014", "2014-08-03"),
        ("Invoice Date: August\xa03rd,\xa02014", "2014-08-03"),
    ],
)
def test_spaces_within_a_date_may_be_any_and_one_may_stand_before_its_comma(text: str, day: str) -> None:
    assert [item.value.text for item in Candidates([text], "en").of(Kind.DATE)] == [day]


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        ("IBAN DE02 1203 0000\n0000 2020 51\nBIC BYLADEM1001", "DE02120300000000202051"),
        ("account 27714063, IBAN GB82\nWEST 1234 5698 7654 32, BIC", "GB82WEST12345698765432"),
    ],
)
def test_an_iban_may_go_on_in_the_next_line(text: str, iban: str) -> None:
    assert found(Kind.IBAN, text) == [iban]


def test_a_sign_before_an_amount_is_not_that_of_the_number_before() -> None:
    text = "1 $5,180.00 $518.00 -$37.00 and 4 £2.50"
    assert found(Kind.MONEY, text, "en") == ["5180.00", "518.00", "-37.00", "2.50"]


@pytest.mark.parametrize("name", ["Bestell Nr.", "Bestell-Nr.", "Bestell.-Nr", "Bestellnummer"])
def test_words_of_a_name_may_be_joined_otherwise(name: str) -> None:
    kind = a_type(field("order", Kind.REFERENCE, "Bestellnummer", "Order number", synonyms=("Bestell-Nr",)))
    assert [item.verbatim for item in Candidates([f"{name} HV-77"], "de").labelled(kind.fields[0], kind)] == ["HV-77"]


def test_a_currency_in_brackets_belongs_to_the_name() -> None:
    kind = a_type(field("total", Kind.MONEY, "Gesamt", "Sum", synonyms=("Total USD",)))
    labelled = Candidates(["Total (USD) 15000.00"], "en").labelled(kind.fields[0], kind)
    assert [item.verbatim for item in labelled] == ["15000.00"]


@pytest.mark.parametrize(
    "text",
    [
        "bis zum 15. Juni 30,00 EUR", "zahlbar bis 15.06. 30,00 EUR", "am 5. Mai 12:00 Uhr", "bis 1. Mai 50 Euro",
        "15.06. 16.06. Miete", "by 15 June 30.00 GBP", "le 5 juin 30,00 EUR", "bis 15.06. 30 %", "im Mai 12,2026 kWh",
        "im Dez 12,2026 Tonnen",
    ],
)  # fmt: skip
def test_an_amount_or_a_time_behind_a_day_is_no_year(text: str) -> None:
    assert values_in([text], Kind.DATE, "de") == []


@pytest.mark.parametrize(
    "text",
    [
        "15. Juni 2026, 12:00 Uhr",
        "am 15. Juni 26",
        "5.6.26.",
        "bis 15.06.26 30,00 EUR",
        "Oct 19,2026",
        "DATE June 5,2026",
    ],
)
def test_a_year_before_something_else_is_still_one(text: str) -> None:
    assert len(values_in([text], Kind.DATE, "de")) == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("due_date", "Bezahlt am: 05.10.2026", []),
        ("due_date", "Zahlbar bis: 05.10.2026", ["2026-10-05"]),
        ("order_number", "P.O. Number: CL-20417\nOur Order No.: SO-118342", ["CL-20417"]),
        ("net_total", "Net value € 623.80", ["623.80"]),
        ("tax_total", "VAT amount € 109.83", ["109.83"]),
    ],
)
def test_what_the_words_of_invoices_name(name: str, text: str, said: list[str]) -> None:
    candidates = Candidates([text], "en")
    definition = next(item for item in INVOICE.fields if item.name == name)
    assert [item.value.text for item in candidates.labelled(definition, INVOICE)] == said
