"""Learn from labelled documents which words speak for which type; see `services.answers.learned_words`.

Multinomial logistic regression over the terms' strengths, each weighted by how few documents have it, as if each type
had as many documents. How strongly it is regularised is chosen on documents that are left out, and so is counted what
it gets right.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from services.answers.learned_words import LearnedWords, strengths
from services.evaluation.labels import LabelsError

LEAST_OF_A_TYPE: Final = 5
"""Documents that each type must have, for each to be left out once."""
LEAST_DOCUMENTS: Final = 4
"""Documents that a term must stand in."""
INVERSE_STRENGTHS: Final = (1.0, 3.0, 10.0, 30.0)
"""Of the regularisation, tried."""
SEED: Final = 20_260_101
DIGITS: Final = 2

Array = NDArray[np.float64]
Places = NDArray[np.int_]
"""Of the documents' types, in the order of the types."""


class LearningError(LabelsError):
    """Documents from which nothing can be learned; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One document of known type."""

    pages: Sequence[str]
    document_type: str


@dataclass(frozen=True, slots=True)
class Learned:
    """Words, and what they would have said of the documents that they were learned from.

    Parameters
    ----------
    left_out
        For each document the logarithms of the types' probabilities, by words that were learned without it.
    """

    words: LearnedWords
    left_out: Sequence[Mapping[str, float]]


def learn(lessons: Sequence[Lesson], types: Sequence[str], at: datetime) -> Learned:
    """Learn words.

    Raises
    ------
    LearningError
        If a type has too few documents.
    """
    _require_documents(lessons, types)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([strengths(lesson.pages) for lesson in lessons])
    matrix, terms = _known(matrix, vectorizer.get_feature_names_out())
    rarity = np.log(len(lessons) / np.diff(matrix.tocsc().indptr)) + 1.0
    matrix = csr_matrix(matrix @ diags_array(rarity))
    truth = np.array([types.index(lesson.document_type) for lesson in lessons])
    with threadpool_limits(1):  # in matrices so small, threads only wait for each other
        guesses = {strength: _left_out(matrix, truth, strength) for strength in INVERSE_STRENGTHS}
        best = min(guesses, key=lambda strength: _loss(guesses[strength], truth))
        model = _regression(best).fit(matrix, truth)
    weights = np.round(model.coef_.T * rarity[:, None], DIGITS).tolist()
    words = LearnedWords(
        learned_at=at,
        documents=len(lessons),
        right=int((guesses[best].argmax(axis=1) == truth).sum()),
        types=tuple(types),
        bias=tuple(np.round(model.intercept_, DIGITS).tolist()),
        weights=dict(zip(terms, map(tuple, weights), strict=True)),
    )
    return Learned(words, [dict(zip(types, np.log(row).tolist(), strict=True)) for row in guesses[best]])


def _require_documents(lessons: Sequence[Lesson], types: Sequence[str]) -> None:
    counts = Counter(lesson.document_type for lesson in lessons)
    if few := [f"{name} has {counts[name]}" for name in types if counts[name] < LEAST_OF_A_TYPE]:
        message = f"every type needs at least {LEAST_OF_A_TYPE} documents to learn from: {', '.join(few)}"
        raise LearningError(message)


def _known(matrix: csr_matrix, terms: Sequence[str]) -> tuple[csr_matrix, Sequence[str]]:
    """Leave out the terms of a few documents."""
    kept = np.flatnonzero(np.diff(matrix.tocsc().indptr) >= LEAST_DOCUMENTS)
    return matrix[:, kept], [terms[place] for place in kept]


def _regression(inverse_strength: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_strength, class_weight="balanced", max_iter=500)


def _left_out(matrix: csr_matrix, truth: Places, inverse_strength: float) -> Array:
    folds = StratifiedKFold(LEAST_OF_A_TYPE, shuffle=True, random_state=SEED)
    guesses = cross_val_predict(_regression(inverse_strength), matrix, truth, cv=folds, method="predict_proba")
    return np.asarray(guesses, dtype=np.float64)


def _loss(guesses: Array, truth: Places) -> float:
    return float(-np.log(guesses[np.arange(len(truth)), truth]).mean())
