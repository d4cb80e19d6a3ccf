"""Fitting confidences to what became of answers, judged on documents that they were not fitted on.

The model is that of `services.answers.calibration`: logistic, without negative weights. Fitted is the most probable one
(maximum a posteriori) under normal priors around the numbers that were set by hand: few documents move them little,
many documents wherever they lead. How strong the priors are is chosen by cross-validation over whole documents, and so
is what is reported: no document is judged by a model that has seen another value of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final

from threadpoolctl import threadpool_limits

from schemas.document_types import OTHER, Kind
from services.answers.calibration import (
    UNFITTED,
    Calibration,
    ClassSignals,
    Family,
    FieldSignals,
    Fitted,
    Logistic,
    Measured,
    class_features,
    family_of,
    field_features,
    likelier_other,
)
from services.evaluation import calibration as measuring
from services.evaluation import report
from services.evaluation.examples import Example
from services.evaluation.labels import LabelsError
from services.evaluation.logistic import LabelledFeatures, folds

MIN_DOCUMENTS: Final = 10
MOST_MISLEADING: Final = 0.01
"""Share of wrong values among those that nobody has to look at; an owner may have more (`POSTKORB_REVIEW_BELOW`)."""

STATED_FROM: Final = 0.78
"""A fitted confidence below which a value is only proposed (`POSTKORB_PROPOSE_BELOW`): to have a wrong one booked costs
three to four times as much as to accept a right one that was proposed (decision 50)."""
OPTIONAL_STATED_FROM: Final = 0.88
"""The same of optional fields other than parties. Of 15 first readings 15 of 83 misleading values lay between the two,
7 of 23 that were stated where the page has none among them, and 90 of 4,370 right ones (decision 50)."""


IN_OWN_WORDS: Final = frozenset({Kind.TEXT, Kind.PERIOD, Kind.QUANTITY})
"""Kinds that each office words in its own way. What reads them follows the documents that it was made with, and these
say little of others: of nine sets of papers 19 of 71 such values were wrong from three quarters on, fitted to both, and
9 of 55, fitted to first readings alone (decision 50)."""


class FitError(LabelsError):
    """Confidences cannot be fitted to these documents; the message says why."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A value that was answered, and whether it is right.

    Parameters
    ----------
    document
        Hash of its content: the group that is never divided.
    type_signals
        Of the type under which it was asked for.
    confidence
        That it was answered with.
    """

    document: str
    signals: FieldSignals
    type_signals: ClassSignals
    right: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class ClassRow:
    """The type that the engine named for a document, and whether it is right.

    Parameters
    ----------
    is_other
        Whether the document is of none of the types.
    confidence
        That the engine's type was given.
    """

    document: str
    signals: ClassSignals
    right: bool
    is_other: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Rows:
    """What a calibration is fitted on."""

    fields: Sequence[FieldRow]
    classes: Sequence[ClassRow]

    def __add__(self, other: "Rows") -> "Rows":
        """Give the rows of both."""
        return Rows([*self.fields, *other.fields], [*self.classes, *other.classes])

    def with_first_readings(self, first: "Rows") -> "Rows":
        """Add what became of other documents when they were read first; of kinds `IN_OWN_WORDS` these alone count."""
        if not first.fields:
            return self + first
        return replace(self, fields=[row for row in self.fields if row.signals.kind not in IN_OWN_WORDS]) + first

    @property
    def documents(self) -> list[str]:
        """Each document once, in order."""
        return list(dict.fromkeys([row.document for row in self.classes] + [row.document for row in self.fields]))

    def of(self, documents: set[str]) -> "Rows":
        """Give the rows of some documents."""
        return Rows(
            [row for row in self.fields if row.document in documents],
            [row for row in self.classes if row.document in documents],
        )


NO_ROWS: Final = Rows((), ())


@dataclass(frozen=True, slots=True)
class Reliability:
    """What confidences of fields and of document types are worth."""

    fields: report.Calibration
    classes: report.Calibration


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration fitted to all documents.

    Parameters
    ----------
    before
        Of the same answers, with the confidences that they were given.
    after
        With those of calibrations that were fitted without the document that they are judged on.
    """

    calibration: Calibration
    before: Reliability
    after: Reliability


def rows_of(examples: Sequence[Example]) -> Rows:
    """Take what the engine answered; what no page shows is neither right nor wrong, and e-invoices are no answers."""
    asked = [example for example in examples if example.answered.asked.generations]
    return Rows(
        [row for example in asked for row in _field_rows(example)],
        [_class_row(example) for example in asked],
    )


def require_documents(contents: Collection[str]) -> None:
    """Refuse documents that are too few to be fitted to; the same content counts once.

    Raises
    ------
    FitError
        If there are fewer than `MIN_DOCUMENTS`.
    """
    if (count := len(set(contents))) < MIN_DOCUMENTS:
        message = (
            f"{count} documents are too few to fit confidences to: at least {MIN_DOCUMENTS} with answers are needed"
        )
        raise FitError(message)


def fit(rows: Rows, pipeline_id: str, at: datetime) -> Fit:
    """Fit a calibration.

    Raises
    ------
    FitError
        If there are too few documents.
    """
    documents = rows.documents
    require_documents(documents)
    with threadpool_limits(1):  # in matrices so small, threads only wait for each other
        after, pairs = _out_of_fold(rows, documents)
        bounds = {"propose_below": STATED_FROM, "propose_optional_below": OPTIONAL_STATED_FROM}
        calibration = _fitted(rows).model_copy(update={"review_below": review_threshold(pairs), **bounds})
    fitted = Fitted(
        at=at,
        documents=len(documents),
        pipeline_id=pipeline_id,
        fields=_measured(after.fields),
        classes=_measured(after.classes),
    )
    before = Reliability(
        _judged([(row.confidence, row.right) for row in rows.fields]),
        _judged([(row.confidence, row.right) for row in rows.classes]),
    )
    return Fit(calibration.model_copy(update={"fitted": fitted}), before, after)


def _field_rows(example: Example) -> list[FieldRow]:
    answered, outcome = example.answered, example.outcome
    return [
        FieldRow(
            outcome.sha256,
            signals,
            answered.asked.classified.signals,
            field.is_read_right,
            field.answer.confidence,
        )
        for field in outcome.fields
        if field.answer and field.shown and (signals := answered.signals.get(field.path))
    ]


def _class_row(example: Example) -> ClassRow:
    classified, outcome = example.answered.asked.classified, example.outcome
    right = classified.nearest.name == outcome.truth
    return ClassRow(outcome.sha256, classified.signals, right, outcome.truth == OTHER, classified.nearest_confidence)


def _measured(found: report.Calibration) -> Measured:
    return Measured(answers=found.count, wrong=found.count - found.right, auroc=found.auroc, ece=found.ece)


def review_threshold(pairs: Sequence[tuple[float, bool]]) -> float:
    """Give the least confidence from which on at most `MOST_MISLEADING` of the values are wrong.

    Parameters
    ----------
    pairs
        Confidence of each value, by a calibration that was not fitted on its document, and whether it is right.

    Returns
    -------
    float
        1 if there is none: then a person looks at every value.
    """
    best, count, wrong = 1.0, 0, 0
    for confidence, equals in groupby(sorted(pairs, reverse=True), key=itemgetter(0)):
        verdicts = [right for _, right in equals]
        count += len(verdicts)
        wrong += verdicts.count(False)
        if wrong <= MOST_MISLEADING * count:
            best = confidence
    return best


def _out_of_fold(rows: Rows, documents: Sequence[str]) -> tuple[Reliability, list[tuple[float, bool]]]:
    """Judge each document by a calibration fitted on the others; give each value's confidence too."""
    fields: list[tuple[float, bool]] = []
    classes: list[tuple[float, bool]] = []
    for train, judged in folds(documents):
        calibration, held_out = _fitted(rows.of(train)), rows.of(judged)
        fields += [(calibration.field_confidence(_typed(row, calibration)), row.right) for row in held_out.fields]
        classes += [(calibration.class_confidence(row.signals), row.right) for row in held_out.classes]
    return Reliability(_judged(fields), _judged(classes)), fields


def _judged(pairs: Sequence[tuple[float, bool]]) -> report.Calibration:
    return measuring.calibration([confidence for confidence, _ in pairs], [right for _, right in pairs])


def _fitted(rows: Rows) -> Calibration:
    """Fit the types first: how sure the type is, is a feature of its fields."""
    class_table = LabelledFeatures.of(
        [(row.document, class_features(row.signals), "", row.right) for row in rows.classes], UNFITTED.classes
    )
    misnamed = [row for row in rows.classes if not row.right]
    other_share = (1 + sum(row.is_other for row in misnamed)) / (2 + len(misnamed))
    calibration = UNFITTED.model_copy(
        update={
            "classes": class_table.fitted(),
            "other_share": other_share,
            "other_below": likelier_other(other_share),
        }
    )
    fields = {family: _of_family(family, rows, calibration) for family in Family}
    return calibration.model_copy(update={"fields": fields})


def _of_family(family: Family, rows: Rows, calibration: Calibration) -> Logistic:
    """Fit the weights of one family; those set by hand where no answer is of it."""
    given = [
        (row.document, field_features(_typed(row, calibration)), row.signals.kind.value, row.right)
        for row in rows.fields
        if family_of(row.signals.kind) is family
    ]
    return LabelledFeatures.of(given, UNFITTED.fields[family]).fitted()


def _typed(row: FieldRow, calibration: Calibration) -> FieldSignals:
    """Take the type's confidence from this calibration, not from the one in force when it was asked."""
    return replace(row.signals, type_confidence=calibration.class_confidence(row.type_signals))
