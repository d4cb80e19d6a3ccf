"""What makes a result incomplete, in words."""

from collections.abc import Sequence

import pytest

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer, Status
from schemas.wording import Wording
from services.answers.completeness import completeness, reasons_of_type

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
    unread: Sequence[int] = (),
    cut: Sequence[int] = (),
    without_rows: Sequence[int] = (),
    cut_off: bool = False,
) -> list[str]:
    status, sentences = completeness(
        INVOICE,
        fields,
        language,
        pages_total=total,
        unread=unread,
        cut=cut,
        without_rows=without_rows,
        cut_off=cut_off,
    )
    assert (status is Status.COMPLETE) == (not sentences)
    return sentences


def test_a_result_with_its_required_fields_and_all_pages_is_complete() -> None:
    assert reasons(answered("seller_vat_id"), total=3) == []


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
            [answered("seller_vat_id", "doubtful")],
            "Für das Pflichtfeld „USt-IdNr.“ gibt es nur einen unsicheren Vorschlag.",
            "For the required field “VAT number” there is only a doubtful proposal.",
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
    ("unread", "german", "english"),
    [
        ([7, 8, 9, 10, 11, 12], "Seiten 7 bis 12 von 12 wurden", "Pages 7 to 12 of 12 were"),
        ([12], "Seite 12 von 12 wurde", "Page 12 of 12 was"),
        ([2, 4, 5, 6, 9], "Seiten 2, 4 bis 6, 9 von 12 wurden", "Pages 2, 4 to 6, 9 of 12 were"),
    ],
)
def test_pages_that_were_not_read_are_named(unread: list[int], german: str, english: str) -> None:
    known = answered("seller_vat_id")
    assert reasons(known, language="de", total=12, unread=unread) == [f"{german} nicht gelesen: {DE_TOO_LONG}."]
    assert reasons(known, total=12, unread=unread) == [f"{english} not read: {EN_TOO_LONG}."]


def test_pages_left_to_code_without_a_row_are_named() -> None:
    known = answered("seller_vat_id")
    [sentence] = reasons(known, total=9, without_rows=[3, 4, 8])
    assert sentence.startswith("Pages 3 to 4, 8 of 9 were not given to the model: there is nothing but rows")
    [sentence] = reasons(known, language="de", total=9, without_rows=[3])
    assert sentence.startswith("Seite 3 von 9 wurde dem Modell nicht vorgelegt")


def test_an_answer_that_was_cut_off_says_so_beside_the_other_reasons() -> None:
    found = reasons(total=3, unread=[3], cut=[2], cut_off=True)
    assert [sentence.split()[1] for sentence in found] == ["3", "2", "model's", "required"]
    found = reasons(language="de", total=3, unread=[3], cut=[2], cut_off=True)
    assert found[2] == (
        "Die Antwort des Modells war zu lang und wurde abgeschnitten; was zuletzt in ihr steht, fehlt vielleicht."
    )


def test_a_type_that_is_too_unsure_for_its_rows_is_told() -> None:
    rows = [answered("line_items[0].quantity", "doubtful")]
    assert reasons_of_type(rows, 0.7, 0.7, "en") == []
    assert reasons_of_type(rows, 0.6, 0.7, "en") == [
        "The type of the document is too unsure: its rows are only proposed."
    ]
    assert reasons_of_type(rows, 0.6, 0.7, "de") == [
        "Die Art des Dokuments ist zu unsicher: Die Zeilen sind nur vorgeschlagen."
    ]


def test_a_type_that_is_too_unsure_leaves_open_what_another_one_has() -> None:
    assert reasons_of_type([], 0.7, 0.7, "en") == []
    assert reasons_of_type([], 0.6, 0.7, "en") == [
        "The type of the document is too unsure: if it is another, the fields and rows of that one are missing."
    ]
    assert reasons_of_type([answered("seller_vat_id"), answered("line_items[0].quantity")], 0.6, 0.7, "de") == [
        "Die Art des Dokuments ist zu unsicher: Ist es eine andere, so fehlen deren Felder und Zeilen."
    ]
