"""Shares of many documents, and how far they would move with other documents of the same kind."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap

from services.evaluation.report import Share

Counts = tuple[int, int]
"""Of one document: how many are right, of how many."""

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 2000
SEED: Final = 20_260_101
"""The same documents give the same interval."""


def share_of(counts: Sequence[Counts]) -> Share:
    """Give a share over documents with its 95 % interval.

    Documents are drawn anew (percentile bootstrap), not values: the values of one document go wrong together. Few
    documents that happen to be alike would make it too narrow, so it is never narrower than Wilson's interval of as
    many values. Where all are alike, all right above all, redrawing says nothing: it is Wilson's of as many documents.

    Parameters
    ----------
    counts
        A pair a document; those that have nothing to count add nothing.
    """
    right, of = _columns(counts)
    if not len(of):
        return Share(right=0, of=0)
    low, high = _interval(right, of)
    return Share(right=int(right.sum()), of=int(of.sum()), low=low, high=high)


def difference_interval(before: Sequence[Counts], after: Sequence[Counts]) -> tuple[float, float]:
    """Give the 95 % interval of how much a share changed, over the same documents, in order.

    Returns
    -------
    tuple
        Lower and upper end of after minus before; 0 and 0 if no document changed, -1 and 1 of one document, which
        tells nothing of others. Documents that have nothing to count in either say nothing.
    """
    counted = [pair for pair in zip(before, after, strict=True) if pair[0][1] or pair[1][1]]
    (right, of), (right_after, of_after) = (
        _arrays([first for first, _ in counted]),
        _arrays([last for _, last in counted]),
    )
    if np.array_equal(right, right_after) and np.array_equal(of, of_after):
        return 0.0, 0.0
    if len(of) == 1:
        return -1.0, 1.0

    def difference(*columns: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64]:
        first, of_first, second, of_second = (column.sum(axis=axis) for column in columns)
        return _ratio(second, of_second) - _ratio(first, of_first)

    return _percentiles((right, of, right_after, of_after), difference)


def _interval(right: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[float, float]:
    shares = right / of
    if np.all(shares == shares[0]):
        return _wilson(round(float(shares[0]) * len(of)), len(of))

    def ratio(*columns: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64]:
        return _ratio(columns[0].sum(axis=axis), columns[1].sum(axis=axis))

    drawn, counted = _percentiles((right, of), ratio), _wilson(int(right.sum()), int(of.sum()))
    return min(drawn[0], counted[0]), max(drawn[1], counted[1])


def _wilson(right: int, of: int) -> tuple[float, float]:
    found = binomtest(right, of).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def _percentiles(columns: Sequence[NDArray[np.int64]], statistic: object) -> tuple[float, float]:
    found = bootstrap(
        columns,
        statistic,
        n_resamples=RESAMPLES,
        paired=True,
        vectorized=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _ratio(right: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(right / np.maximum(of, 1), dtype=np.float64)


def _columns(counts: Sequence[Counts]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return _arrays([pair for pair in counts if pair[1]])


def _arrays(counts: Sequence[Counts]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.array(counts, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
