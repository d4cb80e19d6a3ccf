"""Answers with what they were made from and what became of them: what confidences are fitted on."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.evaluation.report import DocumentOutcome
from services.evaluation.scoring import Case
from services.inference.outcome import Answered


@dataclass(frozen=True, slots=True)
class Example:
    """One document that was asked about now.

    Parameters
    ----------
    answered
        What the engine said, with its log-probabilities, and what checks made of it.
    outcome
        Whether its type and each of its fields are right. Fields that no page shows are no example: see `shown`.
    """

    answered: Answered
    outcome: DocumentOutcome


def examples_of(cases: Sequence[Case], outcomes: Sequence[DocumentOutcome]) -> list[Example]:
    """Give the documents that confidences can be fitted on; stored answers have lost what they were made from.

    Parameters
    ----------
    outcomes
        Of the cases, in order.
    """
    return [
        Example(case.answered, outcome)
        for case, outcome in zip(cases, outcomes, strict=True)
        if case.answered is not None and outcome.scored
    ]
