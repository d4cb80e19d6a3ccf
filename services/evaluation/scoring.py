"""One document's answer against its label."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.document_types import DocumentType, DocumentTypes
from schemas.events import FieldAnswer, Finding, FindingKind, Status
from services.evaluation.excerpts import excerpt, excerpts, spots_of
from services.evaluation.judging import IDENTIFIERS, is_right
from services.evaluation.labels import Label, TrueRow
from services.evaluation.report import Cost, DocumentOutcome, FieldOutcome, RowFault, RowsOutcome, Verdict
from services.evaluation.rows import answered_rows, match_rows, row_spots, row_text
from services.evaluation.shown import PagesShown
from services.inference.outcome import Answered


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was read: what evidence points into."""

    sha256: str
    pages: Sequence[str]


@dataclass(frozen=True, slots=True)
class Said:
    """What a pipeline said of a document, asked now or stored before."""

    document_type: str
    type_confidence: float
    fields: Sequence[FieldAnswer]
    status: Status
    reasons: Sequence[str]
    findings: Sequence[Finding]
    cost: Cost

    @property
    def flagged_paths(self) -> set[str]:
        """Fields that say themselves that they may be wrong."""
        named = {path for finding in self.findings if finding.needs_review for path in finding.fields}
        return named | {item.path for item in self.fields if item.status != "ok"}

    @property
    def is_held(self) -> bool:
        """Whether anything but a confidence makes somebody look."""
        found = (item for item in self.findings if item.needs_review and item.kind is not FindingKind.CONFIDENCE)
        return any(found) or any(item.status != "ok" for item in self.fields)

    @property
    def least_confidence(self) -> float:
        """Of all values but the cells of tables, whose confidences make nobody look; 1 without any."""
        return min((item.confidence for item in self.fields if "[" not in item.path), default=1.0)


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A document without an answer, and why."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Case:
    """A document, what is true of it, and what was said."""

    label: Label
    source: Source
    said: Said | Unsaid
    answered: Answered | None = None
    """What the answer was made from, where it was asked now."""


def score(case: Case, types: DocumentTypes) -> DocumentOutcome:
    """Judge what was said of a document.

    Fields are those of the document's true type: if another type was answered, a field counts by its name.
    """
    label, source = case.label, case.source
    pages = PagesShown(source.pages)
    said = case.said if isinstance(case.said, Said) else None
    outcome = DocumentOutcome(
        file=label.file.name,
        sha256=source.sha256,
        pages=len(source.pages),
        truth=label.document_type,
        answered=None,
        expected_failure=label.fails_with,
        fields=_fields(types[label.document_type], label.fields, said, pages, source.pages),
        rows=None if label.rows is None else _rows(label.rows, said.fields if said else (), pages, source.pages),
    )
    if isinstance(case.said, Unsaid):
        return outcome.model_copy(update={"failure": case.said.code, "failure_message": case.said.message})
    return outcome.model_copy(update=_answer(case.said))


def _answer(said: Said) -> Mapping[str, object]:
    return {
        "answered": said.document_type,
        "type_confidence": said.type_confidence,
        "status": said.status,
        "reasons": list(said.reasons),
        "findings": list(said.findings),
        "needs_review": said.status is Status.INCOMPLETE or any(finding.needs_review for finding in said.findings),
        "held": said.is_held,
        "least_confidence": said.least_confidence,
        "cost": said.cost,
    }


def _fields(
    kind: DocumentType, truths: Mapping[str, str | None], said: Said | None, pages: PagesShown, texts: Sequence[str]
) -> list[FieldOutcome]:
    answers = {item.path: item for item in said.fields} if said else {}
    flagged = said.flagged_paths if said else set()
    kinds = {item.name: item.kind.value for item in kind.fields}
    return [
        _field(path, kinds[path], truth, answers.get(path), flagged, pages, texts) for path, truth in truths.items()
    ]


def _field(
    path: str,
    kind: str,
    truth: str | None,
    answer: FieldAnswer | None,
    flagged: Collection[str],
    pages: PagesShown,
    texts: Sequence[str],
) -> FieldOutcome:
    spot = None if truth is None else pages.find(kind, truth)
    verdict = verdict_of(kind, truth, answer)
    return FieldOutcome(
        path=path,
        kind=kind,
        truth=truth,
        shown=truth is None or spot is not None,
        answer=answer,
        flagged=answer is not None and path in flagged,
        verdict=verdict,
        proposal_right=verdict is not Verdict.RIGHT and _would_be_right(kind, truth, answer),
        evidence=next(iter(excerpts(texts, spots_of([answer] if answer else [], texts))), None),
        truth_place=spot and excerpt(texts, spot),
    )


def verdict_of(kind: str, truth: str | None, answer: FieldAnswer | None) -> Verdict:
    """Say what became of a field; what is only proposed is not said.

    An exact copy of what is no valid number on the page itself, such as an IBAN with wrong check digits, has no value
    and says so (`unparsed`): there is no better answer.
    """
    said = answer if answer is not None and answer.status == "ok" else None
    if truth is None:
        return Verdict.SILENT if said is None else Verdict.INVENTED
    if kind in IDENTIFIERS and answer is not None and answer.status == "unparsed":
        return Verdict.RIGHT if is_right(kind, truth, None, answer.verbatim) else Verdict.MISSING
    if said is None:
        return Verdict.MISSING
    return Verdict.RIGHT if is_right(kind, truth, said.value, said.verbatim) else Verdict.WRONG


def _would_be_right(kind: str, truth: str | None, answer: FieldAnswer | None) -> bool:
    if truth is None or answer is None or answer.status == "ok":
        return False
    return is_right(kind, truth, answer.proposal, answer.verbatim)


def _rows(
    truth: Sequence[TrueRow], fields: Iterable[FieldAnswer], pages: PagesShown, texts: Sequence[str]
) -> RowsOutcome:
    answered = answered_rows(fields)
    matching = match_rows(truth, answered)
    spots = [row_spots(row, pages) for row in truth]
    shown = [None not in of_row for of_row in spots]
    found = [index is not None for index in matching.found]
    return RowsOutcome(
        truth=len(truth),
        shown=sum(shown),
        answered=len(answered),
        found=sum(found),
        found_shown=sum(map(all, zip(shown, found, strict=True))),
        missing=[
            RowFault(
                text=row_text(row.quantity, row.description, row.line_total),
                places=excerpts(texts, [spot for spot in of_row[:1] if spot]),
            )
            for row, of_row, is_found in zip(truth, spots, found, strict=True)
            if not is_found
        ],
        extra=[
            RowFault(text=str(answered[index]), places=excerpts(texts, spots_of(answered[index].cells, texts)))
            for index in matching.extra
        ],
    )
