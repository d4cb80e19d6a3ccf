"""The figures over all documents."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Final

from schemas.events import Status
from services.evaluation.calibration import calibration, coverage, untouched
from services.evaluation.intervals import Counts, share_of
from services.evaluation.report import (
    Confusion,
    Contradictions,
    CostFigures,
    DocumentOutcome,
    FieldFigures,
    FieldOutcome,
    Figures,
    RowFigures,
    Share,
    TypeFigures,
    Verdict,
)

NO_ANSWER: Final = "(none)"
"""Column of the confusion for documents without an answer."""

Counter = Callable[[DocumentOutcome], Counts]


def count_fields(document: DocumentOutcome) -> Counts:
    """Count values that the pages show."""
    return _right_of(item for item in document.fields if item.truth is not None and item.shown)


def count_all_fields(document: DocumentOutcome) -> Counts:
    """Count values, those that no page shows included."""
    return _right_of(item for item in document.fields if item.truth is not None)


def count_silence(document: DocumentOutcome) -> Counts:
    """Count fields that the document does not have; an answer of nothing at all is no merit."""
    empty = [item for item in document.fields if item.truth is None] if document.answered else []
    return sum(item.verdict is Verdict.SILENT for item in empty), len(empty)


def count_class(document: DocumentOutcome) -> Counts:
    """Count the document's type."""
    return int(document.answered == document.truth), 1


def count_recall(document: DocumentOutcome) -> Counts:
    """Count true rows that the pages show."""
    return (document.rows.found_shown, document.rows.shown) if document.rows else (0, 0)


def count_all_recall(document: DocumentOutcome) -> Counts:
    """Count true rows, those that no page shows included."""
    return (document.rows.found, document.rows.truth) if document.rows else (0, 0)


def count_precision(document: DocumentOutcome) -> Counts:
    """Count answered rows."""
    return (document.rows.found, document.rows.answered) if document.rows else (0, 0)


def count_unflagged(document: DocumentOutcome) -> Counts:
    """Count values that mislead and do not say so, of those that the pages can prove right or wrong."""
    values = [item for item in document.fields if item.shown and item.is_stated]
    misleading = [item for item in values if item.verdict in (Verdict.WRONG, Verdict.INVENTED)]
    return sum(not item.flagged for item in misleading), len(values)


def count_proposed(document: DocumentOutcome) -> Counts:
    """Count proposals that would be right, of those that the pages can prove right or wrong."""
    proposals = [item for item in document.fields if item.shown and item.is_proposed]
    return sum(item.proposal_right for item in proposals), len(proposals)


def count_left_alone(document: DocumentOutcome) -> Counts:
    """Count values that nobody is asked to look at, of those that were answered."""
    values = [item for item in document.fields if item.answer is not None]
    return sum(not item.flagged for item in values), len(values)


def count_silent_losses(document: DocumentOutcome) -> Counts:
    """Count a document that lacks rows and is not said to be incomplete."""
    if document.rows is None:
        return 0, 0
    return int(document.rows.lost > 0 and document.status is Status.COMPLETE), 1


def count_expected_failure(document: DocumentOutcome) -> Counts:
    """Count a document that nobody can read, and that fails as it should."""
    return int(document.failure == document.expected_failure), 1


EXPECTED_FAILURES: Final = "documents that must fail"
"""Compared over these alone."""

COUNTERS: Final[Mapping[str, Counter]] = {
    "fields": count_fields,
    "fields, not shown ones too": count_all_fields,
    "left empty where there is none": count_silence,
    "document types": count_class,
    "row recall": count_recall,
    "row precision": count_precision,
}
"""What is compared with a baseline, by the name that people read: more is better."""

FAULT_COUNTERS: Final[Mapping[str, Counter]] = {
    "misleading values, unflagged": count_unflagged,
    "documents that lose rows in silence": count_silent_losses,
}
"""What is compared as well: fewer is better."""


def readable(documents: Sequence[DocumentOutcome]) -> list[DocumentOutcome]:
    """Leave out the documents that must fail."""
    return [item for item in documents if item.scored]


def figures_of(
    documents: Sequence[DocumentOutcome], wall_seconds: float | None, hourly_price: float | None = None
) -> Figures:
    """Make all figures.

    Parameters
    ----------
    wall_seconds
        Time of the whole run, None if nothing was asked.
    hourly_price
        Of the machine; None: no price is given.
    """
    scored = readable(documents)
    unreadable = [item for item in documents if not item.scored]
    answered = [item for item in scored if item.answered is not None]
    told = [item for document in scored for item in document.fields if item.answer and item.shown]
    return Figures(
        documents=len(scored),
        failed=len(scored) - len(answered),
        expected_failures=share_of([(int(item.failure == item.expected_failure), 1) for item in unreadable]),
        fields=_share(count_fields, scored),
        copies=_copies_of(item for document in scored for item in document.fields),
        fields_all=_share(count_all_fields, scored),
        silence=_share(count_silence, scored),
        classes=_share(count_class, scored),
        by_type={name: _type_figures(of_type) for name, of_type in _by_type(scored).items()},
        by_field=[item for name, of_type in _by_type(scored).items() for item in _field_figures(name, of_type)],
        confusion=confusion_of(scored),
        rows=_row_figures([item for item in scored if item.rows is not None]),
        contradictions=contradictions_of(scored),
        field_calibration=calibration([i.confidence for i in told], [i.is_read_right for i in told]),
        class_calibration=calibration(
            [item.type_confidence for item in answered], [item.answered == item.truth for item in answered]
        ),
        coverage=coverage(scored),
        left_alone=_share(count_left_alone, scored),
        untouched=untouched(scored),
        cost=cost_of(documents, wall_seconds, hourly_price),
    )


def confusion_of(documents: Sequence[DocumentOutcome]) -> Confusion:
    """Count documents by true and answered type."""
    truth = sorted({item.truth for item in documents})
    answered = [*truth, *sorted({item.answered for item in documents if item.answered} - set(truth)), NO_ANSWER]
    counts = [[0] * len(answered) for _ in truth]
    for item in documents:
        counts[truth.index(item.truth)][answered.index(item.answered or NO_ANSWER)] += 1
    return Confusion(truth=truth, answered=answered, counts=counts)


def contradictions_of(documents: Sequence[DocumentOutcome]) -> Contradictions:
    """Count values that mislead, of those that the pages can prove right or wrong."""
    fields = [item for document in documents for item in document.fields if item.shown]

    def count(verdict: Verdict, *, flagged: bool) -> int:
        return sum(item.verdict is verdict and item.flagged == flagged for item in fields)

    return Contradictions(
        answered=sum(item.is_stated for item in fields),
        proposed=_share(count_proposed, documents),
        empty=sum(item.truth is None for item in fields),
        wrong_flagged=count(Verdict.WRONG, flagged=True),
        wrong_unflagged=count(Verdict.WRONG, flagged=False),
        invented_flagged=count(Verdict.INVENTED, flagged=True),
        invented_unflagged=count(Verdict.INVENTED, flagged=False),
    )


def cost_of(
    documents: Sequence[DocumentOutcome], wall_seconds: float | None, hourly_price: float | None
) -> CostFigures:
    """Give the mean cost of a document that was answered."""
    costs = [item.cost for item in documents if item.cost]
    return CostFigures(
        documents=len(costs),
        wall_seconds=wall_seconds,
        seconds=_mean([item.seconds for item in costs]),
        calls=_mean([item.calls for item in costs]),
        prompt_tokens=_mean([item.prompt_tokens for item in costs]) or 0.0,
        cached_tokens=_mean([item.cached_tokens for item in costs]),
        completion_tokens=_mean([item.completion_tokens for item in costs]) or 0.0,
        hourly_price=hourly_price,
    )


def _share(counter: Counter, documents: Iterable[DocumentOutcome]) -> Share:
    return share_of([counter(item) for item in documents])


def _right_of(fields: Iterable[FieldOutcome]) -> Counts:
    verdicts = [item.verdict is Verdict.RIGHT for item in fields]
    return sum(verdicts), len(verdicts)


def _copies_of(fields: Iterable[FieldOutcome]) -> int:
    return sum(item.is_copy for item in fields if item.shown)


def _by_type(documents: Sequence[DocumentOutcome]) -> dict[str, list[DocumentOutcome]]:
    return {name: [item for item in documents if item.truth == name] for name in sorted({d.truth for d in documents})}


def _type_figures(documents: Sequence[DocumentOutcome]) -> TypeFigures:
    return TypeFigures(
        documents=len(documents),
        classes=_share(count_class, documents),
        fields=_share(count_fields, documents),
        fields_all=_share(count_all_fields, documents),
        silence=_share(count_silence, documents),
    )


def _field_figures(name: str, documents: Sequence[DocumentOutcome]) -> list[FieldFigures]:
    paths = dict.fromkeys(item.path for document in documents for item in document.fields)
    return [_one_field(name, path, documents) for path in paths]


def _one_field(name: str, path: str, documents: Sequence[DocumentOutcome]) -> FieldFigures:
    fields = [item for document in documents for item in document.fields if item.path == path]
    shown = [item for item in fields if item.shown]
    return FieldFigures(
        document_type=name,
        path=path,
        kind=fields[0].kind,
        fields=share_of([_right_of([item]) for item in shown if item.truth is not None]),
        fields_all=share_of([_right_of([item]) for item in fields if item.truth is not None]),
        copies=_copies_of(fields),
        wrong=sum(item.verdict is Verdict.WRONG for item in shown),
        missing=sum(item.verdict is Verdict.MISSING for item in shown),
        invented=sum(item.verdict is Verdict.INVENTED for item in shown),
    )


def _row_figures(documents: Sequence[DocumentOutcome]) -> RowFigures | None:
    if not documents:
        return None
    return RowFigures(
        documents=len(documents),
        recall=_share(count_recall, documents),
        recall_all=_share(count_all_recall, documents),
        precision=_share(count_precision, documents),
        silent_losses=_share(count_silent_losses, documents).right,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
