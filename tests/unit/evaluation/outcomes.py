"""Outcomes of documents, made by hand."""

from typing import Any

from schemas.events import FieldAnswer, Status
from services.evaluation.report import Cost, DocumentOutcome, Excerpt, FieldOutcome, RowFault, RowsOutcome
from services.evaluation.scoring import verdict_of


def answer(path: str, value: str, confidence: float = 0.9, **changes: Any) -> FieldAnswer:
    given = {"kind": "text", "status": "ok"} | changes
    return FieldAnswer(path=path, value=value, verbatim=value, confidence=confidence, **given)


def field(
    path: str,
    truth: str | None,
    said: str | None,
    confidence: float = 0.9,
    *,
    shown: bool = True,
    flagged: bool = False,
) -> FieldOutcome:
    given = None if said is None else answer(path, said, confidence)
    return FieldOutcome(
        path=path,
        kind="text",
        truth=truth,
        shown=shown,
        answer=given,
        flagged=flagged,
        verdict=verdict_of("text", truth, given),
        evidence=None,
        truth_place=None,
    )


def copied(path: str, words: str) -> FieldOutcome:
    """Give the exact copy of a number that is not valid on the page itself."""
    said = answer(path, words, kind="vat_id").model_copy(update={"status": "unparsed", "value": None})
    found = field(path, words, None, flagged=True)
    return found.model_copy(update={"kind": "vat_id", "answer": said, "verdict": verdict_of("vat_id", words, said)})


def document(name: str = "a", *fields: FieldOutcome, **changes: Any) -> DocumentOutcome:
    given = {
        "file": f"{name}.pdf",
        "sha256": name * 64,
        "pages": 1,
        "truth": "invoice",
        "answered": "invoice",
        "type_confidence": 0.95,
        "status": Status.COMPLETE,
        "fields": list(fields),
        "cost": Cost(seconds=2.0, calls=2, prompt_tokens=1000, cached_tokens=400, completion_tokens=100),
    }
    return DocumentOutcome(**given | changes)


def rows(**changes: Any) -> RowsOutcome:
    given = {"truth": 10, "shown": 10, "answered": 10, "found": 10, "found_shown": 10, "missing": [], "extra": []}
    return RowsOutcome(**given | changes)


def row_fault(text: str, *places: Excerpt) -> RowFault:
    return RowFault(text=text, places=list(places))
