"""Two evaluations of the same documents: what became better, what became worse, and whether that is chance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.evaluation.figures import (
    COUNTERS,
    EXPECTED_FAILURES,
    FAULT_COUNTERS,
    Counter,
    count_expected_failure,
    count_fields,
    readable,
)
from services.evaluation.intervals import Counts, difference_interval
from services.evaluation.report import DocumentOutcome, FieldOutcome, Report, ReportError, Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """How one figure changed, over the documents that both evaluations have.

    Parameters
    ----------
    before, after
        The shares.
    low, high
        95 % interval of the change.
    of_faults
        It is a share of what is wrong: fewer is better.
    """

    name: str
    before: float
    after: float
    low: float
    high: float
    of_faults: bool = False

    @property
    def worse(self) -> bool:
        """Whether it became worse by more than chance explains."""
        return self._rose if self.of_faults else self._fell

    @property
    def better(self) -> bool:
        """Whether it became better by more than chance explains."""
        return self._fell if self.of_faults else self._rose

    @property
    def _rose(self) -> bool:
        return self.low > 0

    @property
    def _fell(self) -> bool:
        return self.high < 0


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that was right and is so no longer, or the other way round."""

    file: str
    before: FieldOutcome
    after: FieldOutcome

    @property
    def lost(self) -> bool:
        """Whether it was right before."""
        return self.before.verdict in (Verdict.RIGHT, Verdict.SILENT)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since a baseline.

    Parameters
    ----------
    relabelled
        Fields of `documents` that are left out, because their labels are others now.
    """

    documents: int
    differences: Sequence[Difference]
    changed: Sequence[ChangedField]
    relabelled: int = 0

    @property
    def worse(self) -> bool:
        """Whether any figure became worse by more than chance explains."""
        return any(item.worse for item in self.differences)


def require_common(before: Report, sha256s: Iterable[str]) -> None:
    """Make sure that a baseline has any of the documents with these bytes.

    Raises
    ------
    ReportError
        If it has none.
    """
    if {item.sha256 for item in readable(before.documents)}.isdisjoint(sha256s):
        message = f"the baseline of {before.made.folder} has none of these documents"
        raise ReportError(message)


def compare(before: Report, after: Report) -> Comparison:
    """Compare two evaluations over the documents with the same bytes.

    A document counts if its true type is the same in both, a field if its truth is, and rows if they are as many: a
    label that was mended makes no model better or worse.
    """
    baseline = {item.sha256: item for item in before.documents if item.scored}
    pairs = [(baseline[item.sha256], item) for item in readable(after.documents) if item.sha256 in baseline]
    both = [_of_one_truth(*pair) for pair in pairs if pair[0].truth == pair[1].truth]
    differences = [_difference(name, counter, both) for name, counter in _counters(both).items()]
    differences.append(_difference(EXPECTED_FAILURES, count_expected_failure, _unreadable(before, after)))
    differences += [_difference(name, counter, both, of_faults=True) for name, counter in FAULT_COUNTERS.items()]
    changed = [change for first, second in both for change in _changed(first, second)]
    relabelled = sum(len(item.fields) for _, item in pairs) - sum(len(item.fields) for _, item in both)
    return Comparison(len(both), [item for item in differences if item], changed, relabelled)


Pairs = Sequence[tuple[DocumentOutcome, DocumentOutcome]]


def _of_one_truth(before: DocumentOutcome, after: DocumentOutcome) -> tuple[DocumentOutcome, DocumentOutcome]:
    """Leave out the fields whose truth is not the same in both."""
    truths = {item.path: item.truth for item in before.fields}
    same = {item.path for item in after.fields if item.path in truths and truths[item.path] == item.truth}
    rows_differ = before.rows is None or after.rows is None or before.rows.truth != after.rows.truth
    no_rows = {"rows": None} if rows_differ else {}
    first, second = ([item for item in one.fields if item.path in same] for one in (before, after))
    return before.model_copy(update={"fields": first} | no_rows), after.model_copy(update={"fields": second} | no_rows)


def _unreadable(before: Report, after: Report) -> Pairs:
    """Pair the documents that must fail."""
    baseline = {item.sha256: item for item in before.documents if not item.scored}
    return [(baseline[item.sha256], item) for item in after.documents if not item.scored and item.sha256 in baseline]


def _counters(both: Pairs) -> Mapping[str, Counter]:
    return {**COUNTERS, **{f"fields of {name}": _of_type(name) for name in sorted({item.truth for _, item in both})}}


def _of_type(name: str) -> Counter:
    return lambda document: count_fields(document) if document.truth == name else (0, 0)


def _difference(name: str, counter: Counter, both: Pairs, *, of_faults: bool = False) -> Difference | None:
    before, after = [counter(first) for first, _ in both], [counter(second) for _, second in both]
    if not (any(of for _, of in before) and any(of for _, of in after)):
        return None
    low, high = difference_interval(before, after)
    return Difference(name, _value(before), _value(after), low, high, of_faults)


def _value(counts: Sequence[Counts]) -> float:
    return sum(right for right, _ in counts) / sum(of for _, of in counts)


def _changed(before: DocumentOutcome, after: DocumentOutcome) -> list[ChangedField]:
    fields = {item.path: item for item in before.fields}
    good = (Verdict.RIGHT, Verdict.SILENT)
    return [
        ChangedField(after.file, fields[item.path], item)
        for item in after.fields
        if item.path in fields and (fields[item.path].verdict in good) != (item.verdict in good)
    ]
