"""Whether confidences mean what they say, whether they rank, and what passes untouched if they decide."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from sklearn.metrics import roc_auc_score

from services.evaluation.report import Bin, Calibration, CoveragePoint, DocumentOutcome

BINS: Final = 10


def calibration(confidences: Sequence[float], rights: Sequence[bool]) -> Calibration:
    """Compare confidences with what came of them.

    Parameters
    ----------
    confidences
        0 to 1.
    rights
        Whether each of these answers is right.

    Returns
    -------
    Calibration
        AUROC: the chance that a right answer has more confidence than a wrong one, ties counted half. ECE: the mean
        distance between confidence and share of right answers, over ten bins of equal width, each weighted by its
        answers (Naeini and others, 2015).
    """
    bins = reliability(confidences, rights)
    both = len(set(rights)) > 1
    return Calibration(
        count=len(rights),
        right=sum(rights),
        auroc=float(roc_auc_score(rights, confidences)) if both else None,
        ece=sum(item.count * abs(item.confidence - item.right) for item in bins) / len(rights) if rights else None,
        bins=bins,
    )


def reliability(confidences: Sequence[float], rights: Sequence[bool]) -> list[Bin]:
    """Put answers of nearly the same confidence together; bins without answers are left out."""
    values, right = np.array(confidences, dtype=float), np.array(rights, dtype=float)
    places = np.minimum((values * BINS).astype(int), BINS - 1)
    return [
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            count=int(inside.sum()),
            confidence=float(values[inside].mean()),
            right=float(right[inside].mean()),
        )
        for place in range(BINS)
        if (inside := places == place).any()
    ]


def coverage(documents: Sequence[DocumentOutcome]) -> list[CoveragePoint]:
    """Say for each confidence from which on documents may pass: how many do, and how many of them are faulty.

    A document passes untouched if it is complete, nothing but confidence asks for a person (a rule, evidence, check
    digits, another title), and neither its type nor any of its answers has less confidence. It is faulty if its type, a
    field, or a row is wrong or missing.

    Returns
    -------
    list
        From the highest threshold to the lowest, a point wherever a document joins; empty if none ever passes.
    """
    passing = [item for item in documents if item.may_pass]
    thresholds = sorted({item.confidence for item in passing}, reverse=True)
    return [_point(threshold, [item for item in passing if item.confidence >= threshold]) for threshold in thresholds]


def at_threshold(documents: Sequence[DocumentOutcome], threshold: float) -> CoveragePoint:
    """Say what passes from one confidence on."""
    return _point(threshold, [item for item in documents if item.may_pass and item.confidence >= threshold])


def untouched(documents: Sequence[DocumentOutcome]) -> CoveragePoint:
    """Say what passes at the bound in force."""
    return _point(None, [item for item in documents if item.passes])


def _point(threshold: float | None, passed: Sequence[DocumentOutcome]) -> CoveragePoint:
    return CoveragePoint(
        threshold=threshold,
        documents=len(passed),
        faulty_documents=sum(item.faults > 0 for item in passed),
        values=sum(field.answer is not None for item in passed for field in item.fields),
        faulty_values=sum(field.is_fault and field.answer is not None for item in passed for field in item.fields),
    )
