"""The engine's text becomes typed values with evidence."""

import json
from decimal import Decimal

import pytest

from schemas.document_types import DocumentType, FieldDefinition, Kind, Wording
from schemas.events import FieldAnswer
from services.answers.check import AnswerInvalidError, check_answer, read_answer

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


@pytest.mark.parametrize(("copied", "written"), [("EUR", "€"), ("€", "EUR"), ("Euro", "€"), ("EUR", "15 EUR")])
def test_a_currency_stands_in_the_document_by_any_of_its_spellings(copied: str, written: str) -> None:
    priced = INVOICE.model_copy(update={"fields": (defined("currency", Kind.CURRENCY),)})
    (currency,) = check_answer(priced, {"currency": copied}, [f"Total 119,00 {written}"], "de")
    assert (currency.value, currency.status, currency.page) == ("EUR", "ok", 1)
    (other,) = check_answer(priced, {"currency": "CHF"}, [f"Total 119,00 {written}"], "de")
    assert other.status == "unsupported"


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
