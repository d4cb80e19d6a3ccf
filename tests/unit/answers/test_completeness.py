"""What makes a result incomplete, in words."""

from collections.abc import Sequence

import pytest

from schemas.document_types import DocumentType, FieldDefinition, Kind, Wording
from schemas.events import FieldAnswer, Status
from services.answers.completeness import TOO_LONG, completeness, pages_without_rows

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


def reasons(*fields: FieldAnswer, total: int = 1, unread: Sequence[int] = (), cut_off: bool = False) -> list[str]:
    status, sentences = completeness(INVOICE, fields, pages_total=total, unread=unread, cut_off=cut_off)
    assert (status is Status.COMPLETE) == (not sentences)
    return sentences


def test_a_result_with_its_required_fields_and_all_pages_is_complete() -> None:
    assert completeness(INVOICE, [answered("seller_vat_id")], pages_total=3, unread=(), cut_off=False) == (
        Status.COMPLETE,
        [],
    )


@pytest.mark.parametrize("status", ["unparsed", "unsupported"])
def test_a_field_that_is_not_required_makes_nothing_incomplete(status: str) -> None:
    assert reasons(answered("seller_vat_id"), answered("note", status)) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([], "The required field seller_vat_id (VAT number) was not found in the document."),
        (
            [answered("seller_vat_id", "unsupported")],
            "The required field seller_vat_id (VAT number) has a value that does not stand in the document.",
        ),
        (
            [answered("seller_vat_id", "unparsed")],
            "The required field seller_vat_id (VAT number) has a value that cannot be read as vat id.",
        ),
    ],
)
def test_a_required_field_must_be_there_supported_and_readable(fields: list[FieldAnswer], sentence: str) -> None:
    assert reasons(*fields) == [sentence]


@pytest.mark.parametrize(
    ("unread", "sentence"),
    [
        ([7, 8, 9, 10, 11, 12], f"Pages 7 to 12 of 12 were not read: {TOO_LONG}."),
        ([12], f"Page 12 of 12 was not read: {TOO_LONG}."),
        ([2, 4, 5, 6, 9], f"Pages 2, 4 to 6, 9 of 12 were not read: {TOO_LONG}."),
    ],
)
def test_pages_that_were_not_read_are_named(unread: list[int], sentence: str) -> None:
    assert reasons(answered("seller_vat_id"), total=12, unread=unread) == [sentence]


def test_pages_left_to_code_without_a_row_are_named() -> None:
    assert pages_without_rows(9, [3]).startswith("Page 3 of 9 was not read by the model, because it shows nothing but")
    assert pages_without_rows(9, [3, 4, 8]).startswith("Pages 3 to 4, 8 of 9 were not read by the model")


def test_an_answer_that_was_cut_off_says_so_beside_the_other_reasons() -> None:
    found = reasons(total=2, unread=[2], cut_off=True)
    assert [sentence.split()[0] for sentence in found] == ["Page", "The", "The"]
    assert found[1] == "The answer was cut off at its token limit; what comes last in it may be missing."
