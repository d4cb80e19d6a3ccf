"""One answer of several windows: for each field the best copy, by what can be checked before what is likely."""

from collections.abc import Mapping

from schemas.document_types import load_document_types
from schemas.events import FieldAnswer
from services.answers.calibration import FieldSignals
from services.answers.merging import Reading, merge
from services.answers.signals import Copies, Weighed

TYPE = load_document_types()["invoice"]
KINDS = {field.name: field.kind for field in TYPE.fields}


def said(value: str, status: str = "ok", page: int = 1, confidence: float = 0.5) -> FieldAnswer:
    return FieldAnswer.model_validate(
        {
            "path": "invoice_number",
            "kind": "reference",
            "value": value,
            "verbatim": value,
            "status": status,
            "confidence": confidence,
            "page": page,
            "char_start": 0,
            "char_end": len(value),
        }
    )


def reading(*fields: FieldAnswer) -> Reading:
    return Reading(
        Copies(
            {field.path: field.verbatim for field in fields},
            {field.path: [-float(field.page or 0)] for field in fields},
        ),
        fields,
    )


def merged(*fields: FieldAnswer, labelled: Mapping[str, bool] | None = None) -> tuple[str, int | None]:
    def weigh(given: Reading) -> Weighed:
        return Weighed(
            given.fields,
            {
                field.path: FieldSignals(KINDS[field.path], labelled=(labelled or {}).get(field.verbatim, False))
                for field in given.fields
            },
        )

    one = merge(TYPE, [reading(field) for field in fields], weigh)
    (field,) = one.fields
    assert one.copies.verbatim == {field.path: field.verbatim}
    assert one.copies.logprobs == {field.path: [-float(field.page or 0)]}
    return field.verbatim, field.page


def test_what_stands_in_the_document_and_can_be_read_outweighs_the_rest():
    assert merged(said("1", "unsupported", 1, 0.9), said("2", "unparsed", 2, 0.8), said("3", "ok", 3, 0.1)) == ("3", 3)
    assert merged(said("1", "unsupported", 1, 0.9), said("2", "unparsed", 2, 0.8)) == ("2", 2)


def test_a_label_outweighs_confidence_and_confidence_the_order():
    assert merged(said("1", page=1, confidence=0.9), said("2", page=2), labelled={"2": True}) == ("2", 2)
    assert merged(said("1", page=1, confidence=0.4), said("2", page=2, confidence=0.5)) == ("2", 2)


def test_of_equal_ones_and_of_one_value_said_twice_the_first_is_taken():
    assert merged(said("1", page=1), said("2", page=2)) == ("1", 1)
    assert merged(said("1", page=1), said("1", page=2)) == ("1", 1)


def test_fields_of_different_windows_come_in_the_order_of_the_type():
    late = said("x").model_copy(update={"path": TYPE.fields[0].name})
    early = said("y").model_copy(update={"path": TYPE.fields[-1].name})
    weigh = lambda given: Weighed(given.fields, {field.path: FieldSignals(KINDS[field.path]) for field in given.fields})  # noqa: E731
    one = merge(TYPE, [reading(early), reading(late)], weigh)
    assert [field.path for field in one.fields] == [late.path, early.path]


def test_a_single_reading_stays_as_it_is():
    only = reading(said("1"))
    assert merge(TYPE, [only], lambda _: Weighed((), {})) is only
