"""A logistic model without negative weights, fitted under priors, with whole documents left out to choose and to judge.

The most probable weights (maximum a posteriori) under normal priors around given ones; the bounds at zero are why this
is L-BFGS-B over the posterior itself: scikit-learn's logistic regression has neither bounds nor a prior mean.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from scipy.special import expit
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold

from services.answers.calibration import Logistic

FOLDS: Final = 5
SEED: Final = 20_260_101
"""The same documents give the same folds."""
STRENGTHS: Final = (0.3, 3.0, 30.0)
"""Inverse variances of the priors that are tried."""
BIAS_STRENGTH: Final = 0.1
"""Of the bias's prior, as a part of the others': how many answers are right is what the documents know best."""

Array = NDArray[np.float64]
Labelled = tuple[str, Mapping[str, float], str, bool]
"""A document, the features of one of its answers, their kind, and whether the answer is right."""


def folds(documents: Sequence[str]) -> list[tuple[set[str], set[str]]]:
    """Divide documents: each is judged once, by what was fitted on the others."""
    names = np.array(documents)
    splitter = GroupKFold(min(FOLDS, len(set(documents))), shuffle=True, random_state=SEED)
    splits = splitter.split(names, groups=names)
    return [(set(names[train].tolist()), set(names[judged].tolist())) for train, judged in splits]


@dataclass(frozen=True, slots=True)
class LabelledFeatures:
    """Features of answers as a matrix, with the prior of its model.

    Parameters
    ----------
    matrix
        Answers by features, kinds and a last column of ones.
    prior
        Weights, offsets and bias before anything is seen.
    """

    documents: Sequence[str]
    matrix: Array
    right: Array
    names: Sequence[str]
    kinds: Sequence[str]
    prior: Array

    @classmethod
    def of(cls, rows: Sequence[Labelled], prior: Logistic) -> "LabelledFeatures":
        """Put answers into a table; kinds named `""` get no offset."""
        names, kinds = list(prior.weights), sorted({kind for _, _, kind, _ in rows if kind})
        matrix = [
            [*(features[name] for name in names), *(float(kind == other) for other in kinds), 1.0]
            for _, features, kind, _ in rows
        ]
        return cls(
            [document for document, _, _, _ in rows],
            np.array(matrix, dtype=np.float64).reshape(len(rows), len(names) + len(kinds) + 1),
            np.array([right for _, _, _, right in rows], dtype=np.float64),
            names,
            kinds,
            np.array([*prior.weights.values(), *(0.0 for _ in kinds), prior.bias]),
        )

    def fitted(self) -> Logistic:
        """Fit the model, with the priors as strong as serves documents that are left out."""
        found = self.solution(min(STRENGTHS, key=self._loss) if len(set(self.documents)) > 1 else max(STRENGTHS))
        weights, offsets = found[: len(self.names)], found[len(self.names) : -1]
        return Logistic(
            bias=float(found[-1]),
            weights=dict(zip(self.names, map(float, weights), strict=True)),
            offsets=dict(zip(self.kinds, map(float, offsets), strict=True)),
        )

    def _loss(self, strength: float) -> float:
        """Give the logarithmic loss on documents that were left out."""
        names, confidences = np.array(self.documents), np.zeros(len(self.right))
        for train, judged in folds(self.documents):
            left_out = np.isin(names, list(judged))
            part = replace(self, matrix=self.matrix[np.isin(names, list(train))], right=self.right[~left_out])
            confidences[left_out] = expit(self.matrix[left_out] @ part.solution(strength))
        return float(log_loss(self.right, confidences, labels=[0, 1]))

    def solution(self, strength: float) -> Array:
        """Give the most probable weights, offsets and bias under priors of this strength."""
        free = len(self.kinds) + 1
        strengths = np.full(len(self.prior), strength)
        strengths[-1] *= BIAS_STRENGTH
        least = np.concatenate([np.zeros(len(self.names)), np.full(free, -np.inf)])
        objective = _posterior(self.matrix, self.right, self.prior, strengths)
        found = minimize(objective, self.prior, jac=True, method="L-BFGS-B", bounds=Bounds(least, np.inf))
        return np.asarray(found.x, dtype=np.float64)


def _posterior(matrix: Array, right: Array, prior: Array, strengths: Array) -> Callable[[Array], tuple[float, Array]]:
    """Give the negative logarithm of the posterior, and its gradient, as a function of weights, offsets and bias."""

    def objective(weights: Array) -> tuple[float, Array]:
        scores, moved = matrix @ weights, weights - prior
        loss = np.logaddexp(0.0, scores).sum() - right @ scores + (strengths * moved**2).sum() / 2
        return float(loss), matrix.T @ (expit(scores) - right) + strengths * moved

    return objective
