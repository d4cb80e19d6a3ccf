"""The engine's text becomes typed values with evidence."""

import json
from decimal import Decimal
from typing import Any

import pytest
from unit.answers import invoices
from unit.answers.placed import a_type, field, placed, values

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.check import AnswerInvalidError, check_answer, read_answer
from services.answers.surroundings import Surroundings
from services.answers.tables.runs import Run, pack

BOTH = Wording(de="x", en="x")


def defined(
    name: str, kind: Kind = Kind.TEXT, de: str = "x", en: str = "x", choices: tuple[str, ...] = ()
) -> FieldDefinition:
    return FieldDefinition(name=name, kind=kind, choices=choices, label=Wording(de=de, en=en), description=BOTH)


INVOICE = DocumentType(
    name="invoice",
    version=1,
    view="invoices",
    title=BOTH,
    description=BOTH,
    fields=(
        defined("number"),
        defined("issue_date", Kind.DATE, "Rechnungsdatum", "Issue date"),
        defined("total", Kind.MONEY, "Gesamtbetrag", "Total"),
        defined("urgency", Kind.CHOICE, choices=("none", "high")),
    ),
)
PAGES = ["Seite 1: 119,00 €", "Rechnung RE-7 vom 5. Juni 2018\nGesamtbetrag 119,00 €\nDatum: demnächst"]
SCHEMA = INVOICE.answer_schema(40)
ANSWER = {"number": "RE-7", "issue_date": "5. Juni 2018", "total": "119,00 €", "urgency": "high", "summary": "Kurz."}


def check(answer: dict[str, str], language: str = "de") -> list[FieldAnswer]:
    return check_answer(INVOICE, answer, PAGES, language)


def test_a_full_answer_gives_each_field_in_order_with_value_and_place() -> None:
    number, issued, total, urgency = check(ANSWER)
    assert (number.path, number.value, number.page, number.status) == ("number", "RE-7", 2, "ok")
    assert (issued.value, issued.value_numeric, issued.verbatim) == ("2018-06-05", None, "5. Juni 2018")
    assert (total.kind, total.value, total.value_numeric) == ("money", "119.00", Decimal("119.00"))
    assert (urgency.value, urgency.status, urgency.page) == ("high", "ok", None)


def test_the_place_is_the_one_behind_the_fields_label_in_either_language() -> None:
    (german,) = check({"total": "119,00 €"})
    assert german.page == 2
    assert PAGES[1][german.char_start : german.char_end] == "119,00 €"
    (english,) = check_answer(INVOICE, {"total": "5.00"}, ["5.00", "Total 5.00"], "en")
    assert english.page == 2


def test_the_documents_language_decides_how_a_value_is_read() -> None:
    (german,) = check_answer(INVOICE, {"total": "1.234"}, ["1.234"], "de")
    (english,) = check_answer(INVOICE, {"total": "1.234"}, ["1.234"], "en")
    assert (german.value, english.value) == ("1234", None)


def test_the_place_is_the_one_behind_a_synonym_where_no_label_stands() -> None:
    issued = field("issue_date", Kind.DATE, "Rechnungsdatum", "Issue date", synonyms=("Datum", "PO"))
    page = "05.06.2026 Post 05.06.2026 Datum ...... 05.06.2026 05.06.2026"
    (answer,) = check_answer(a_type(issued), {"issue_date": "05.06.2026"}, [page], "de")
    assert answer.char_start == page.index("Datum ...... ") + len("Datum ...... "), (
        "`PO` is too short a name to be one in `Post`"
    )


def test_a_label_right_beside_outweighs_a_synonym() -> None:
    issued = field("issue_date", Kind.DATE, "Rechnungsdatum", "Issue date", synonyms=("date",))
    page = "Service date 05.06.2026\nIssue date: 05.06.2026"
    (answer,) = check_answer(a_type(issued), {"issue_date": "05.06.2026"}, [page], "de")
    assert answer.char_start == page.rindex("05.06.2026")


@pytest.mark.parametrize(("copied", "written"), [("EUR", "€"), ("€", "EUR"), ("Euro", "€"), ("EUR", "15 EUR")])
def test_a_currency_stands_in_the_document_by_any_of_its_spellings(copied: str, written: str) -> None:
    priced = INVOICE.model_copy(update={"fields": (defined("currency", Kind.CURRENCY),)})
    (currency,) = check_answer(priced, {"currency": copied}, [f"Total 119,00 {written}"], "de")
    assert (currency.value, currency.status, currency.page) == ("EUR", "ok", 1)
    (other,) = check_answer(priced, {"currency": "CHF"}, [f"Total 119,00 {written}"], "de")
    assert other.status == "unsupported"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("Spartanburg SC 29303", "USD"),
        ("Portland, OR 97209-1234", "USD"),
        ("Seattle, WA 98101", "USD"),
        ("418 Old Foundry Road, United States", "USD"),
        ("Toronto ON M5V 2T6", "CAD"),
        ("Fremantle WA 6160", "AUD"),
        ("ABN: 98 628 904 175", "AUD"),
        ("Wellington, New Zealand", "NZD"),
    ],
)
def test_a_dollar_is_that_of_the_only_country_that_is_named(place: str, code: str) -> None:
    priced = INVOICE.model_copy(update={"fields": (defined("currency", Kind.CURRENCY),)})

    def said(page: str, copied: str) -> tuple[str | None, str]:
        (answer,) = check_answer(priced, {"currency": copied}, [page], "en")
        return answer.value, answer.status

    assert said(f"{place}\nTotal $119.00", code) == (code, "ok")
    assert said(f"{place}\nTotal 119.00", code) == (code, "unsupported"), "no sign of it"
    assert said("Total $119.00", code) == (code, "unsupported"), "no country"
    assert said(f"{place}\nTotal $119.00", "MXN") == ("MXN", "unsupported"), "another's"
    assert said(f"{place}\nSingapore 068898\nTotal $119.00", code) == (code, "unsupported"), "two of them"
    assert said(f"{place}\nABN AMRO, Santa Fe, New Mexico\nTotal $119.00", code) == (code, "ok")


def test_a_value_that_code_cannot_read_is_kept_verbatim_and_unparsed() -> None:
    (issued,) = check({"issue_date": "demnächst"})
    assert (issued.status, issued.value, issued.verbatim, issued.page) == ("unparsed", None, "demnächst", 2)


def test_a_value_that_is_not_in_the_document_is_unsupported_readable_or_not() -> None:
    total, issued = check({"total": "120,00 €"})[0], check({"issue_date": "bald"})[0]
    assert (total.status, total.value, total.verbatim, total.page) == ("unsupported", "120.00", "120,00 €", None)
    assert (total.char_start, total.char_end) == (None, None)
    assert (issued.status, issued.value) == ("unsupported", None)


@pytest.mark.parametrize(
    "copied",
    [
        "", "  ", "n/a", "N/A", "-", "\u2013", "--", "...", "null", "none", "None", "nicht angegeben",
        "Nicht\nangegeben", "k. A.", ",", '"', '""', '"n/a"', ": null",
    ],
)  # fmt: skip
def test_a_placeholder_is_not_a_value(copied: str) -> None:
    assert check({"number": copied}) == []


def test_a_placeholder_that_may_be_chosen_is_a_value() -> None:
    (urgency,) = check({"urgency": "none"})
    assert (urgency.value, urgency.status) == ("none", "ok")


@pytest.mark.parametrize(
    ("copied", "verbatim"),
    [
        (", RE-7", "RE-7"),
        (': "RE-7', "RE-7"),
        ('"RE-7"', "RE-7"),
        ('", RE-7,"', "RE-7"),
        (" RE-7,\n", "RE-7"),
        ('Monitor 27"', 'Monitor 27"'),
        ('"Post" GmbH', '"Post" GmbH'),
        ("-12,00", "-12,00"),
    ],
)
def test_the_models_noise_around_a_value_is_taken_off(copied: str, verbatim: str) -> None:
    (number,) = check({"number": copied})
    assert number.verbatim == verbatim


def test_a_valid_answer_is_read() -> None:
    assert read_answer(json.dumps(ANSWER), SCHEMA) == ANSWER


def test_what_no_database_can_store_is_replaced() -> None:
    text = json.dumps(ANSWER | {"number": "R\ud800\u0000"})
    assert read_answer(text, SCHEMA)["number"] == "R\ufffd\ufffd"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"number":"RE', "not JSON: it breaks off or is malformed at character 10 of 13"),
        ("[" * 100_000, "not JSON: it breaks off or is malformed of 100000"),
        ("[]", "the answer breaks `type` of its schema"),
        (json.dumps({"number": "x"}), "the answer breaks `required` of its schema"),
        (json.dumps(ANSWER | {"more": "x"}), "the answer breaks `additionalProperties` of its schema"),
        (json.dumps(ANSWER | {"number": "secret" * 20}), "number breaks `maxLength` of its schema"),
        (json.dumps(ANSWER | {"urgency": "secret"}), "urgency breaks `enum` of its schema"),
        (json.dumps(ANSWER | {"total": 1}), "total breaks `type` of its schema"),
    ],
)
def test_an_invalid_answer_is_refused_with_a_sentence_that_repeats_nothing_of_it(text: str, sentence: str) -> None:
    with pytest.raises(AnswerInvalidError) as refusal:
        read_answer(text, SCHEMA)
    assert str(refusal.value).endswith(sentence)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("text", ["[]", '{"a": 1}'])
def test_a_schema_that_allows_more_than_strings_does_not_let_them_through(text: str) -> None:
    with pytest.raises(AnswerInvalidError, match="not an object of strings"):
        read_answer(text, {})


def one(name: str, kind: Kind, copied: str, page: str, language: str = "de", **more: Any) -> list[FieldAnswer]:
    """Check one copy of a field that a document of one page gives."""
    label = more.pop("label", ("Bestellnummer", "Order number"))
    kind_of_document = a_type(field(name, kind, *label, **more))
    return check_answer(kind_of_document, {name: copied}, [page], language)


def verbatim(answers: list[FieldAnswer]) -> list[tuple[str, str | None]]:
    return [(answer.verbatim, answer.value) for answer in answers]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Bestellnummer: 4711", "4711"),
        ("Ihre Bestellung mit der Nummer 4711", "4711"),
        ("Bestellungsnr. 4711", "4711"),
        ("Order number 4711", "4711"),
        ("your PO no. 4711", "4711"),
        ("Bestellnummer\n\nvom Kunden 4711", "4711"),
    ],
)
def test_what_needs_a_label_and_has_one_is_an_answer(text: str, number: str) -> None:
    more = {"needs_label": True, "synonyms": ("Bestellung", "PO")}
    assert verbatim(one("order", Kind.REFERENCE, number, text, **more)) == [(number, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Kundennummer: 4711",
        "Postfach 4711",
        "Report no. 4711",
        "Position 4711",
        f"Bestellnummer: siehe oben. {'Und weiter geht es mit vielen Worten ' * 3} 4711",
        "nichts davon",
    ],
)
def test_what_needs_a_label_and_has_none_is_left_out(text: str) -> None:
    more = {"needs_label": True, "synonyms": ("Bestellung", "PO")}
    assert one("order", Kind.REFERENCE, "4711", text, **more) == []
    assert len(one("order", Kind.REFERENCE, "4711", text, synonyms=("PO",))) == 1


def test_a_label_above_counts_where_the_page_shows_it() -> None:
    far = ("Und weiter geht es mit vielen Worten " * 3, 0, 900)
    page = placed(("Order number", 3_000, 100), far, ("4711", 3_000, 220), far, ("4712", 0, 220))
    needing = a_type(field("order", Kind.REFERENCE, "Bestellnummer", "Order number", needs_label=True))
    assert verbatim(check_answer(needing, {"order": "4711"}, page[0], "de", Surroundings(*page))) == [("4711", "4711")]
    assert check_answer(needing, {"order": "4712"}, page[0], "de", Surroundings(*page)) == []


@pytest.mark.parametrize(
    ("kind", "copied", "value"),
    [
        (Kind.MONEY, "Gesamtbetrag 119,00 € inkl. Steuer", ("119,00 €", "119.00")),
        (Kind.MONEY, "total of £1,190.00 payable", ("£1,190.00", "1190.00")),
        (Kind.DATE, "zahlbar bis 19.06.2026 ohne Abzug", ("19.06.2026", "2026-06-19")),
        (Kind.DATE, "no later than 19 June 2026 please", ("19 June 2026", "2026-06-19")),
        (Kind.IBAN, "Konto DE02120300000000202051 bei uns", ("DE02120300000000202051", "DE02120300000000202051")),
        (Kind.VAT_ID, "DE136695976 Finanzamt Köln", ("DE136695976", "DE136695976")),
    ],
)  # fmt: skip
def test_the_one_value_within_a_copy_is_read(kind: Kind, copied: str, value: tuple[str, str]) -> None:
    language = "en" if "£" in copied else "de"
    (found,) = one("x", kind, copied, f"Text {copied} und mehr", language)
    assert (found.verbatim, found.value) == value
    assert found.status == "ok"


@pytest.mark.parametrize(
    ("kind", "copied"),
    [
        (Kind.MONEY, "100,00 € und 19,00 €"),
        (Kind.DATE, "vom 01.06.2026 bis 30.06.2026"),
        (Kind.DATE, "between 1 June 2026 and 30 June 2026"),
        (Kind.NUMBER, "Zahl 12 hier"),
    ],
)
def test_of_two_values_within_a_copy_none_is_chosen_nor_of_kinds_without_a_form(kind: Kind, copied: str) -> None:
    assert verbatim(one("x", kind, copied, copied)) == [(copied, None)]


@pytest.mark.parametrize(
    ("kind", "copied"),
    [
        (Kind.IBAN, "IBAN: DE02 1203 0000 0000 2020 51"),
        (Kind.VAT_ID, "USt-IdNr. DE136695976"),
        (Kind.VAT_ID, "VAT no. DE136695976"),
        (Kind.BIC, "BIC: BYLADEM1001"),
    ],
)
def test_a_number_copied_with_its_label_is_read(kind: Kind, copied: str) -> None:
    ((_, value),) = verbatim(one("x", kind, copied, f"Fuß {copied} Ende"))
    assert value in ("DE02120300000000202051", "DE136695976", "BYLADEM1001")


@pytest.mark.parametrize(
    ("copied", "kept"),
    [
        ("30 Tage netto. Bitte bestätigen S", "30 Tage netto"),
        ("30 days net; please confirm the orde", "30 days net"),
        ("Erster Satz. Zweiter Satz. Dritter Sa", "Erster Satz. Zweiter Satz"),
        ("z. B. Dr. Huber und die Kollegen im Am", "z. B. Dr. Huber und die Kollegen im Amgen bis morgen"),
    ],
)
def test_a_sentence_that_the_bound_of_the_copy_cut_is_taken_off(copied: str, kept: str) -> None:
    page = f"{copied}gen bis morgen"
    assert verbatim(one("terms", Kind.TEXT, copied, page, max_length=len(copied))) == [(kept, kept)]
    assert verbatim(one("terms", Kind.TEXT, copied, page, max_length=len(copied) + 2)) == [(copied, copied)]
    assert verbatim(one("terms", Kind.ADDRESS, copied, page, max_length=len(copied))) == [(copied, None)]


@pytest.mark.parametrize(
    ("behind", "whole"),
    [
        ("\nof bill of lading\nIncoterms: FOB", "70% balance against copy of bill of lading"),
        (" of bill of lading. Incoterms: FOB", "70% balance against copy of bill of lading"),
        ("\nIncoterms: FOB", "70% balance against copy"),
        ("", "70% balance against copy"),
        (" and so on" * 10, "70% balance against copy"),
        ("   Ship by 5 May", "70% balance against copy"),
        ("\nincoterms: FOB", "70% balance against copy"),
        (" of it\nwww.example.com", "70% balance against copy of it"),
        ("\nsales@example.com", "70% balance against copy"),
        (" 2 of 10 days. Incoterms: FOB", "70% balance against copy 2 of 10 days"),
        ("\n2 Prices are net", "70% balance against copy"),
    ],
    ids=[
        "next line",
        "its line",
        "another entry",
        "the end",
        "too long",
        "another column",
        "in small",
        "web",
        "mail",
        "figures",
        "next number",
    ],
)
def test_a_text_that_the_bound_of_the_copy_cut_goes_on_to_the_end_of_its_sentence(behind: str, whole: str) -> None:
    copied = "70% balance against copy"
    assert verbatim(one("terms", Kind.TEXT, copied, f"Terms: {copied}{behind}", max_length=len(copied) + 1)) == [
        (whole, whole)
    ]
    assert verbatim(one("terms", Kind.TEXT, copied, f"Terms: {copied}{behind}", max_length=80)) == [(copied, copied)]


FIRM = "Tierärztliche Gemeinschaftspraxis Dr. Weidhaas & Dr. Schöpplein"


@pytest.mark.parametrize(
    ("page", "copied", "kept"),
    [
        (f"{FIRM} · Mainleite 19", FIRM[:-3], FIRM),
        (f"{FIRM}\nMainleite 19", FIRM[:-8], FIRM),
        (f"{FIRM}\nMainleite 19", FIRM[:-11], FIRM[:-11]),
        (f"{FIRM}   Rechnung Nr. 4711", FIRM[:-3], FIRM),
    ],
    ids=["in a word", "in a word, alone on its line", "between two words", "beside a heading"],
)
def test_a_name_in_whose_word_the_bound_of_the_copy_cut_is_whole(page: str, copied: str, kept: str) -> None:
    assert verbatim(one("firm", Kind.NAME, copied, page, max_length=len(copied))) == [(kept, kept)]
    assert verbatim(one("firm", Kind.NAME, copied, page, max_length=len(copied) + 2))[0][1] != FIRM or kept != FIRM


@pytest.mark.parametrize(
    ("copied", "amount", "value"),
    [
        ("58.800 Euro brutto im Jahr", "58.800 Euro", "58800"),
        ("EUR 58.800 brutto", "EUR 58.800", "58800"),
        ("2.450,00 € netto pro Monat", "2.450,00 €", "2450.00"),
        ("6 062,50 C", "6 062,50", "6062.50"),
        ("4,99 A", "4,99", "4.99"),
        ("12 C", "12 C", None),
        ("52.000 bis 58.800 Euro", "52.000 bis 58.800 Euro", None),
        ("58.800 Euro brutto bei 13 Gehältern", "58.800 Euro brutto bei 13 Gehältern", None),
        ("EUR 5 Mio", "EUR 5 Mio", None),
    ],
)
def test_words_behind_an_amount_are_none_of_it(copied: str, amount: str, value: str | None) -> None:
    assert verbatim(one("pay", Kind.MONEY, copied, f"Vorstellung: {copied}.")) == [(amount, value)]


@pytest.mark.parametrize(
    ("kind", "copied"),
    [
        (Kind.MONEY, "siehe oben"),
        (Kind.NUMBER, "several"),
        (Kind.QUANTITY, "many boxes"),
        (Kind.PERCENTAGE, "voll"),
        (Kind.PHONE, "auf Anfrage"),
        (Kind.REFERENCE, "Your order"),
        (Kind.EMAIL, "www.muster.example"),
        (Kind.ADDRESS, "info@muster.example"),
        (Kind.IBAN, "10115 Berlin"),
        (Kind.VAT_ID, "LS1 4AB Leeds"),
        (Kind.VAT_ID, "St.-Nr. 201/113/40209"),
        (Kind.BIC, "Sparkasse Köln"),
    ],
)
def test_a_copy_without_the_signs_of_its_kind_says_nothing(kind: Kind, copied: str) -> None:
    assert one("x", kind, copied, f"Text {copied} und mehr") == []


@pytest.mark.parametrize(
    ("kind", "label", "said"),
    [
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "USt-IdNr.: 12/345/67890"),
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "VAT Registration Number: 123456789"),
        (Kind.IBAN, ("IBAN", "IBAN"), "Kto.-Nr. 1234567890"),
        (Kind.MONEY, ("Vergütung", "Fee"), "Vergütung: nach Vereinbarung"),
    ],
)
def test_a_copy_without_them_that_the_document_calls_one_is_kept_for_a_person(
    kind: Kind, label: tuple[str, str], said: str
) -> None:
    copied = "nach Vereinbarung" if kind is Kind.MONEY else said.rsplit(" ", 1)[-1]
    (found,) = one("x", kind, copied, f"Text\n{said}\nund mehr", label=label, synonyms=("VAT Reg",))
    assert (found.status, found.value, found.verbatim) == ("unparsed", None, copied)
    assert f"Text\n{said}\nund mehr"[found.char_start : found.char_end] == copied


@pytest.mark.parametrize(
    ("kind", "label", "said", "copied"),
    [
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "VAT 610,56", "610,56"),
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "VAT No. 10115", "10115"),
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "VAT: not registered", "not registered"),
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "Steuernummer 12/345/67890", "12/345/67890"),
        (Kind.VAT_ID, ("USt-IdNr", "VAT"), "VAT is paid in Dover, telephone 01304 555190", "01304 555190"),
        (Kind.IBAN, ("IBAN", "IBAN"), "von Ihrem Konto 1234567890", "1234567890"),
        (Kind.IBAN, ("IBAN", "IBAN"), "Account No. 1234567890", "1234567890"),
        (Kind.MONEY, ("Vergütung", "Fee"), "Vergütung: EUR", "EUR"),
        (Kind.MONEY, ("Vergütung", "Fee"), "Vergütung", "nach Vereinbarung"),
        (Kind.MONEY, ("Mahngebühr", "Late fee"), "Mahngebühr: keine", "keine"),
        (Kind.MONEY, ("Mahngebühr", "Late fee"), "Late fee: waived", "waived"),
        (Kind.MONEY, ("MwSt", "VAT"), "MwSt: entfällt", "entfällt"),
        (Kind.MONEY, ("MwSt", "VAT"), "MwSt: steuerfrei", "steuerfrei"),
        (Kind.MONEY, ("MwSt", "VAT"), "VAT: zero rated", "zero rated"),
        (Kind.MONEY, ("MwSt", "VAT"), "VAT: exempt", "exempt"),
    ],
)
def test_a_copy_without_them_beside_a_name_may_still_say_nothing(
    kind: Kind, label: tuple[str, str], said: str, copied: str
) -> None:
    unlike = ("Ihrem Konto",) if kind is Kind.IBAN else ()
    assert one("x", kind, copied, said, label=label, unlike=unlike) == []


def test_of_a_required_field_it_is_said_anyway_that_it_was_not_found() -> None:
    assert one("x", Kind.MONEY, "siehe oben", "Summe: siehe oben", label=("Summe", "Total"), required=True) == []


@pytest.mark.parametrize(
    ("kind", "copied"),
    [(Kind.DATE, "sofort"), (Kind.DATE, "at once"), (Kind.IBAN, "DE03120300000000202051"), (Kind.MONEY, "12 Eimer")],
)
def test_a_copy_with_them_that_cannot_be_read_is_kept_for_a_person(kind: Kind, copied: str) -> None:
    (found,) = one("x", kind, copied, f"Text {copied} und mehr")
    assert (found.status, found.verbatim) == ("unparsed", copied)


@pytest.mark.parametrize("copied", ["Bestellnummer", "ORDER NUMBER:", "order", "Sir or Madam", "Damen und Herren"])
def test_the_name_of_a_field_or_of_nobody_is_no_value(copied: str) -> None:
    assert one("order", Kind.TEXT, copied, f"{copied} 4711") == []


@pytest.mark.parametrize(
    ("text", "copied", "amount"),
    [
        ("mit 19 % Umsatzsteuer (214,09 EUR) also 1.340,89 EUR", "(214,09 EUR)", "214.09"),
        ("Steuer (214,09 EUR)", "(214,09 EUR)", "-214.09"),
        ("Steuer (-214,09 EUR) und mehr", "(-214,09 EUR)", "-214.09"),
    ],
)
def test_an_amount_in_brackets_is_negative_unless_a_sentence_goes_on(text: str, copied: str, amount: str) -> None:
    (field,) = check_answer(invoices.INVOICE, {"tax_total": copied}, [text], "de")
    assert (field.value, field.status) == (amount, "ok")
    assert field.char_start is not None
    assert text[field.char_start : field.char_end] == field.verbatim


@pytest.mark.parametrize(
    ("text", "values"),
    [("Lot 0, compte FR21 4418 0K29", []), ("TVA 0,00", ["0.00"])],
)
def test_a_tax_of_nothing_must_be_said(text: str, values: list[str]) -> None:
    copied = {"tax_total": values[0].replace(".", ",") if values else "0"}
    assert [field.value for field in check_answer(invoices.INVOICE, copied, [text], "fr")] == values


def test_a_number_below_another_name_is_not_what_stands_before_it_in_the_text() -> None:
    order = a_type(field("order", Kind.REFERENCE, "Ihr Auftrag", "Your order", needs_label=True))
    words = [("Ihr Auftrag", 0, 100), ("Kundennummer", 2_000, 100), ("per Mail", 0, 220), ("K-031", 2_000, 220)]
    page = placed(*words)
    assert values(check_answer(order, {"order": "K-031"}, page[0], "de", Surroundings(*page))) == {}
    below = placed(*words[:3], ("K-031", 0, 220))
    assert values(check_answer(order, {"order": "K-031"}, below[0], "de", Surroundings(*below))) == {"order": "K-031"}


@pytest.mark.parametrize(
    ("copied", "text", "code"),
    [
        ("US", "Boise, ID 83702, US\nTotal $40.00", "USD"),
        ("CA", "Québec QC G1R 4P5 CA\nTotal 40,00 $", "CAD"),
        ("GB", "Bath BA1 1AA, GB\nTotal £40.00", "GBP"),
        ("US", "Boise, ID 83702, US\nTotal EUR 40.00", None),
        ("XX", "Depot XX\nTotal $40.00", None),
    ],
)
def test_a_country_says_whose_sign_stands_beside_the_amounts(copied: str, text: str, code: str | None) -> None:
    kind = a_type(field("currency", Kind.CURRENCY, "Währung", "Currency"))
    assert values(check_answer(kind, {"currency": copied}, [text], "en")) == {"currency": code}


@pytest.mark.parametrize(
    ("copied", "text", "language", "said"),
    [
        ("3 months", "ends on three months notice to either side", "en", "three months"),
        ("3 Monate", "mit einer Frist von drei (3) Monaten zum Jahresende", "de", "drei (3) Monaten"),
        ("2 mois", "un préavis de deux mois", "fr", "deux mois"),
        ("3 months", "ends on thirty days notice", "en", None),
        ("3 months", "ends on three weeks notice", "en", None),
    ],
)
def test_a_period_whose_number_is_written_in_words_stands_there(
    copied: str, text: str, language: str, said: str | None
) -> None:
    kind = a_type(field("notice", Kind.PERIOD, "Kündigungsfrist", "Notice period"))
    (answer,) = check_answer(kind, {"notice": copied}, [text], language)
    assert answer.status == ("ok" if said else "unsupported")
    assert (text[answer.char_start : answer.char_end] if said else None) == said


def test_of_two_periods_in_words_the_one_behind_the_label_is_it() -> None:
    text = "Seit zwei Monaten reden wir.\nWas noch zu sagen war, steht hier.\nKündigungsfrist: zwei Monate"
    kind = a_type(field("notice", Kind.PERIOD, "Kündigungsfrist", "Notice period"))
    (answer,) = check_answer(kind, {"notice": "2 Monate"}, [text], "de")
    assert text[answer.char_start :] == "zwei Monate"


@pytest.mark.parametrize(
    ("copied", "text", "level"),
    [
        ("2", "Seite 2\n2. Mahnung\nvom 5. Juni", "2. Mahnung"),
        ("2.", "2. Mahnung", "2. Mahnung"),
        ("3", "3rd Reminder, Account 7", "3rd Reminder"),
        ("2", "Mahnstufe 2\n1. Mahnung vom Mai", "2"),
        ("2. Mahnung", "2. Mahnung", "2. Mahnung"),
        ("2 / 3", "2. Mahnung\nMahnstufe: 2 / 3", "2. Mahnung"),
        ("1. Mahnung zur Rechnung RE-17", "1. Mahnung zur Rechnung RE-17", "1. Mahnung"),
        ("Final Reminder for invoice 17", "Final Reminder for invoice 17", "Final Reminder"),
        ("Antwort zur Rechnung RE-17", "Antwort zur Rechnung RE-17", "Antwort zur Rechnung RE-17"),
    ],
)
def test_a_number_of_a_title_is_copied_with_it(copied: str, text: str, level: str) -> None:
    kind = a_type(field("level", Kind.TEXT, "Mahnstufe", "Level"), headings=("Mahnung", "Reminder"))
    assert values(check_answer(kind, {"level": copied}, [text], "de")) == {"level": level}


@pytest.mark.parametrize(
    ("copied", "said"),
    [
        ("Gonarthrose rechts (ICD-10 M17.1)", "Gonarthrose rechts"),
        ("Gonarthrose rechts (ICD-Code: M17.1).", "Gonarthrose rechts"),
        ("Gonarthrose rechts, ICD-10: M17.1", "Gonarthrose rechts"),
        ("Gonarthrose rechts (Grad 3)", "Gonarthrose rechts (Grad 3)"),
        ("Mietvertrag (Laufzeit 24 Monate)", "Mietvertrag (Laufzeit 24 Monate)"),
        ("(ICD-10 M17.1)", "(ICD-10 M17.1)"),
        ("Heart failure, NYHA III (I50.13)", "Heart failure, NYHA III"),
        ("Pneumopathie basale droite - J18.1", "Pneumopathie basale droite"),
        ("Cholezystitis; K80.2 - Gallensteine", "Cholezystitis"),
        ("Schwere Grippe (J10.1), Hypertonie (I10.00)", "Schwere Grippe"),
        ("Schwere Grippe (ICD-10: J10.1), Hypertonie", "Schwere Grippe"),
        ("Gonarthrose links, Grad III (M17.1 G L)", "Gonarthrose links, Grad III"),
        ("Hypertonie (I10.90 G)", "Hypertonie"),
        ("Schwere Grippe (J10.1) links", "Schwere Grippe (J10.1) links"),
        ("Kompressionsfraktur L1 - T12", "Kompressionsfraktur L1 - T12"),
        ("Zustand nach Sturz (Stufe B2.1)", "Zustand nach Sturz (Stufe B2.1)"),
    ],
)
def test_the_code_of_a_diagnosis_in_brackets_is_no_part_of_it(copied: str, said: str) -> None:
    letter = a_type(
        field("diagnosis", Kind.TEXT, "Diagnose", "Diagnosis"),
        field("icd_code", Kind.TEXT, "ICD-Code", "ICD code", synonyms=("ICD-10",)),
        field("term", Kind.PERIOD, "Laufzeit", "Term"),
    )
    (answer,) = check_answer(letter, {"diagnosis": copied}, [f"Diagnose: {copied}"], "de")
    assert answer.value == said


@pytest.mark.parametrize(
    ("copied", "said"),
    [
        ("K35.3 - Acut", "K35.3"),
        ("J18.1: Pneu", "J18.1"),
        ("I10", "I10"),
        ("M17.1 links", "M17.1"),
        ("B2.1 x", "B2.1 x"),
    ],
)
def test_a_diagnosis_behind_its_code_is_no_part_of_the_code(copied: str, said: str) -> None:
    letter = a_type(field("icd_code", Kind.TEXT, "ICD-Code", "ICD code", synonyms=("ICD-10",)))
    (answer,) = check_answer(letter, {"icd_code": copied}, [f"ICD-Code: {copied}"], "de")
    assert answer.value == said


@pytest.mark.parametrize(
    ("copied", "said"),
    [
        ("Zahlungsziel: 30 Tage netto", "30 Tage netto"),
        ("Zahlungsbedingungen: 30 Tage netto", "30 Tage netto"),
        ("Payment terms: 30 days net", "30 days net"),
        ("Lieferung: frei Haus", "Lieferung: frei Haus"),
        ("30 Tage: Zahlung netto", "30 Tage: Zahlung netto"),
        ("Zahlung in 30 Tagen", "Zahlung in 30 Tagen"),
    ],
)
def test_a_text_is_read_without_the_name_of_its_field(copied: str, said: str) -> None:
    order = a_type(field("terms", Kind.TEXT, "Zahlungsbedingungen", "Payment terms"))
    assert values(check_answer(order, {"terms": copied}, [copied], "de")) == {"terms": said}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Bewerbung als Bauleiterin (m/w/d) ab Mai", "Bauleiterin (m/w/d)"),
        ("Bewerbung als Bauleiterin\n(w|m|div) ab Mai", "Bauleiterin (w|m|div)"),
        ("Bewerbung als Bauleiterin (Tiefbau) ab Mai", "Bauleiterin"),
        ("Bewerbung als Bauleiterin (m) ab Mai", "Bauleiterin"),
    ],
)
def test_the_title_of_a_job_has_the_letters_that_tell_whom_it_is_for(text: str, value: str) -> None:
    letter = a_type(field("position", Kind.TEXT, "Stelle", "Position"))
    (answer,) = check_answer(letter, {"position": "Bauleiterin"}, [text], "de")
    assert answer.value == value
    assert answer.char_end == text.index("Bauleiterin") + len(value)


@pytest.mark.parametrize(
    ("copied", "page", "count", "verbatim"),
    [
        ("6 Europaet", "Gesamt 6 Europaletten", "6", "6 Europaletten"),
        ("5 Packstue", "Wir liefern 5 Packstücke.", "5", "5 Packstücke"),
        ("6 Europaet", "Gesamt 16 Europaletten", None, "6 Europaet"),
        ("6 Eur", "Gesamt 6 Europaletten", None, "6 Eur"),
    ],
)
def test_a_count_whose_word_was_cut_is_read_with_the_whole_word(
    copied: str, page: str, count: str | None, verbatim: str
) -> None:
    note = a_type(field("count", Kind.NUMBER, "Packstücke", "Packages", max_length=10))
    (answer,) = check_answer(note, {"count": copied}, [page], "de")
    assert (answer.value, answer.verbatim) == (count, verbatim)


def test_of_numbers_beside_each_other_the_one_in_its_own_column_is_taken() -> None:
    kind = a_type(field("number", Kind.REFERENCE, "Rechnungsnummer", "Invoice number", synonyms=("Invoice #",)))
    heads = (("Date", 0, 100), ("W.O. No.", 2_000, 100), ("Invoice #", 4_000, 100))
    page = placed(*heads, ("23 April 2026", 0, 400), ("WO-5508", 2_000, 400), ("20264-1173", 4_000, 400))
    read = check_answer(kind, {"number": "WO-5508\n20264-1173"}, page[0], "en", Surroundings(*page))
    assert values(read) == {"number": "20264-1173"}


@pytest.mark.parametrize(
    ("copied", "weight"),
    [("2684,50", "2684.50 kg"), ("2684,50 kg", "2684.50 kg"), ("12", "12")],
)
def test_a_quantity_has_the_unit_right_behind_it(copied: str, weight: str) -> None:
    kind = a_type(field("weight", Kind.QUANTITY, "Gewicht", "Weight"))
    text = "Gewicht: 2684,50\nkg\nAnzahl: 12 Karton"
    assert values(check_answer(kind, {"weight": copied}, [text], "de")) == {"weight": weight}


def test_a_name_ends_with_its_line_though_no_space_parts_it_from_the_next_one() -> None:
    kind = a_type(field("office", Kind.NAME, "Behörde", "Authority"))
    text = "Stadt WendelsteinAmt für Jugend"
    runs = [Run(0, 17, 0, 850, 100, 100), Run(17, 31, 0, 700, 220, 100)]
    read = check_answer(kind, {"office": text}, [text], "de", Surroundings([text], [pack(runs)]))
    assert values(read) == {"office": "Stadt Wendelstein"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("Diagnosen:\n1. Angina pectoris\n2. Fieber", "Angina pectoris"),
        ("Diagnosen:\n1) Angina pectoris\n  2) Fieber", "Angina pectoris"),
        ("1. Angina pectoris\nSeite 2. Weiter", "1. Angina pectoris"),
        ("2. Angina pectoris\n3. Fieber", "2. Angina pectoris"),
        ("1. Mahnung\n2.500,00 €", "1. Mahnung"),
        ("1. Mahnung\nRechnung 17\n2. Mahnung folgt", "1. Mahnung"),
        ("Diagnosen:\n1. Angina (I20.0)\n2. Fieber", "Angina (I20.0)"),
    ],
)
def test_the_first_of_a_list_is_said_without_its_number(page: str, said: str) -> None:
    kind = a_type(field("diagnosis", Kind.TEXT, "Diagnose", "Diagnosis"))
    copied = next(line for line in page.splitlines() if line[0].isdigit())
    assert values(check_answer(kind, {"diagnosis": copied}, [page], "de")) == {"diagnosis": said}


@pytest.mark.parametrize("between", [", ", "\n", "; "])
def test_of_a_list_that_was_copied_the_first_is_said(between: str) -> None:
    kind = a_type(field("diagnosis", Kind.TEXT, "Diagnose", "Diagnosis"))
    copied = f"1. Angina pectoris{between}2. Fieb"
    answer = check_answer(kind, {"diagnosis": copied}, ["Diagnosen:\n1. Angina pectoris\n2. Fieber"], "de")
    assert values(answer) == {"diagnosis": "Angina pectoris"}


@pytest.mark.parametrize(
    ("text", "copied", "said"),
    [
        ("Steuer keine, IBAN: CH81 8080 8004 9173 2654 0\n", "0", None),
        ("Steuer 0 %, IBAN: CH81 8080 8004 9173 2654 0\n", "0", "0"),
        ("IBAN: CH81 8080 8004 9173 2654 0\nSteuer 2654\n", "2654", "2654"),
    ],
)
def test_the_last_group_of_an_account_is_no_amount(text: str, copied: str, said: str | None) -> None:
    kind = a_type(field("tax", Kind.MONEY, "Steuer", "Tax"))
    assert values(check_answer(kind, {"tax": copied}, [text], "de")).get("tax") == said
