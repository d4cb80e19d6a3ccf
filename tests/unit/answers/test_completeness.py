"""What makes a result incomplete, in words."""

import pytest

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer, Status
from schemas.wording import Wording
from services.answers.completeness import completeness

BOTH = Wording(de="x", en="x")
INVOICE = DocumentType(
    name="invoice",
    version=1,
    view="invoices",
    title=BOTH,
    description=BOTH,
    fields=(
        FieldDefinition(
            name="seller_vat_id",
            kind=Kind.VAT_ID,
            required=True,
            label=Wording(de="USt-IdNr.", en="VAT number"),
            description=BOTH,
        ),
        FieldDefinition(name="note", label=BOTH, description=BOTH),
    ),
)


def answered(path: str, status: str = "ok") -> FieldAnswer:
    return FieldAnswer.model_validate(
        {"path": path, "kind": "text", "value": "x", "verbatim": "x", "status": status, "confidence": 1}
    )


EN_TOO_LONG = "the document is longer than what the model is given (POSTKORB_MAX_WINDOWS)"
DE_TOO_LONG = "das Dokument ist länger, als das Modell lesen darf (POSTKORB_MAX_WINDOWS)"


def reasons(
    *fields: FieldAnswer,
    language: str = "en",
    total: int = 1,
    read: int = 1,
    cut_page: int | None = None,
    cut_off: bool = False,
) -> list[str]:
    status, sentences = completeness(
        INVOICE, fields, language, pages_total=total, pages_read=read, cut_page=cut_page, cut_off=cut_off
    )
    assert (status is Status.COMPLETE) == (not sentences)
    return sentences


def test_a_result_with_its_required_fields_and_all_pages_is_complete() -> None:
    assert reasons(answered("seller_vat_id"), total=3, read=3) == []


@pytest.mark.parametrize("status", ["unparsed", "unsupported"])
def test_a_field_that_is_not_required_makes_nothing_incomplete(status: str) -> None:
    assert reasons(answered("seller_vat_id"), answered("note", status)) == []


@pytest.mark.parametrize(
    ("fields", "german", "english"),
    [
        (
            [],
            "Das Pflichtfeld „USt-IdNr.“ wurde im Dokument nicht gefunden.",
            "The required field “VAT number” was not found in the document.",
        ),
        (
            [answered("seller_vat_id", "unsupported")],
            "Das Pflichtfeld „USt-IdNr.“ hat einen Wert, der nicht im Dokument steht.",
            "The required field “VAT number” has a value that does not stand in the document.",
        ),
        (
            [answered("seller_vat_id", "unparsed")],
            "Das Pflichtfeld „USt-IdNr.“ hat einen Wert, der so nicht lesbar ist.",
            "The required field “VAT number” has a value that cannot be read as such a value.",
        ),
    ],
)
def test_a_required_field_must_be_there_supported_and_readable(
    fields: list[FieldAnswer], german: str, english: str
) -> None:
    assert reasons(*fields, language="de") == [german]
    assert reasons(*fields, language="fr") == [english]


@pytest.mark.parametrize(
    ("read", "german", "english"),
    [
        (6, "Seiten 7 bis 12 von 12 wurden nicht gelesen", "Pages 7 to 12 of 12 were not read"),
        (11, "Seite 12 von 12 wurde nicht gelesen", "Page 12 of 12 was not read"),
    ],
)
def test_pages_that_were_not_read_are_named(read: int, german: str, english: str) -> None:
    known = answered("seller_vat_id")
    assert reasons(known, language="de", total=12, read=read) == [f"{german}: {DE_TOO_LONG}."]
    assert reasons(known, total=12, read=read) == [f"{english}: {EN_TOO_LONG}."]


def test_an_answer_that_was_cut_off_says_so_beside_the_other_reasons() -> None:
    found = reasons(total=3, read=2, cut_page=2, cut_off=True)
    assert [sentence.split()[1] for sentence in found] == ["3", "2", "model's", "required"]
    found = reasons(language="de", total=3, read=2, cut_page=2, cut_off=True)
    assert found[2] == (
        "Die Antwort des Modells war zu lang und wurde abgeschnitten; was zuletzt in ihr steht, fehlt vielleicht."
    )
