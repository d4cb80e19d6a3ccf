"""Learn from labelled documents where the values of each field stand; see `services.answers.places.learned`.

Logistic regression over the terms of all places that may be a field's, one a group of fields; a place is right if it
says the true value. Fields of a group share its terms, and each has them once more for itself.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from schemas.document_types import DocumentType, DocumentTypes, FieldDefinition, Kind
from services.answers.candidates import Candidates
from services.answers.dates import regional
from services.answers.normal_form import letters_and_digits, normal_text
from services.answers.periods import durations_like
from services.answers.places.found import CELLS, FoundPlace, FoundPlaces
from services.answers.places.learned import LearnedPlaces, Weights, group_of, own_of
from services.evaluation.asking import Reading
from services.evaluation.judging import is_right
from services.evaluation.learning import LearningError
from services.evaluation.shown import written_forms

LEAST_DOCUMENTS: Final = 3
"""Documents in which a term must stand."""
LEAST_OF_A_GROUP: Final = 8
"""Documents that say a value of it, without which nothing is learned of a group."""
INVERSE_STRENGTH: Final = 1.0
"""Of the regularisation."""
LEAST_WEIGHT: Final = 0.1
DIGITS: Final = 2
_PART: Final = 6
"""Letters and digits of a cell, at least, that is a part of a name or text on two lines."""
_IN_PARTS: Final = frozenset({Kind.NAME, Kind.TEXT, Kind.ADDRESS})


@dataclass(frozen=True, slots=True)
class PlaceLesson:
    """One document, and what is true of it.

    Parameters
    ----------
    fields
        Canonical values by name; None: the document does not say it. Of fields that are not there nothing is known.
    """

    pages: Sequence[str]
    layouts: Sequence[Sequence[int]]
    language: str
    kind: DocumentType
    fields: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Example:
    """A place that may be a field's."""

    document: int
    own: str
    terms: Sequence[str]
    is_right: bool


def lessons_of(readings: Sequence[Reading], types: DocumentTypes) -> list[PlaceLesson]:
    """Make lessons of documents that could be read, and are of a type with fields."""
    return [
        PlaceLesson(
            reading.parsed.pages,
            reading.parsed.layouts,
            reading.language,
            types[reading.label.document_type],
            reading.label.fields,
        )
        for reading in readings
        if reading.failure is None and types[reading.label.document_type].fields
    ]


def learn_places(lessons: Sequence[PlaceLesson], at: datetime) -> LearnedPlaces:
    """Learn places.

    Raises
    ------
    LearningError
        If no group of fields has enough documents.
    """
    groups: dict[str, list[Example]] = defaultdict(list)
    for number, lesson in enumerate(lessons):
        for group, example in examples_of(number, lesson):
            groups[group].append(example)
    taught = {name: examples for name, examples in groups.items() if _is_enough(examples)}
    if not taught:
        message = f"no field is said by {LEAST_OF_A_GROUP} documents or more: there is nothing to learn its places from"
        raise LearningError(message)
    return LearnedPlaces(
        learned_at=at, documents=len(lessons), groups={name: _weights(found) for name, found in taught.items()}
    )


def taught_fields(lessons: Sequence[PlaceLesson], learned: LearnedPlaces) -> list[tuple[str, str, int, bool]]:
    """Give of each field its type, its name, how many documents say it, and whether its places were learned."""
    kinds = {lesson.kind.name: lesson.kind for lesson in lessons}
    said = Counter(
        (lesson.kind.name, name) for lesson in lessons for name, value in lesson.fields.items() if value is not None
    )
    return [
        (kind.name, field.name, said[kind.name, field.name], learned.knows(kind, field))
        for kind in kinds.values()
        for field in kind.fields
    ]


def examples_of(number: int, lesson: PlaceLesson) -> Iterator[tuple[str, Example]]:
    """Give every place that may be a field's, by group, and whether it is."""
    kind = lesson.kind
    language = regional(lesson.language, lesson.pages)
    candidates = Candidates(lesson.pages, language, lesson.layouts)
    found = FoundPlaces(lesson.pages, candidates)
    for field in kind.fields:
        if field.name not in lesson.fields:
            continue
        truth = Truth(field, lesson.fields[field.name], lesson)
        for place in found.of(field.kind):
            yield group_of(kind, field), Example(number, own_of(kind, field), place.terms, truth.is_said_by(place))


class Truth:
    """The true value of a field, and which places say it."""

    def __init__(self, field: FieldDefinition, truth: str | None, lesson: PlaceLesson) -> None:
        self._field = field
        self._truth = truth
        self._forms = None if truth is None or field.kind not in CELLS else _forms(field, truth, lesson)
        self._letters = letters_and_digits(truth or "") if field.kind in _IN_PARTS else ""

    def is_said_by(self, place: FoundPlace) -> bool:
        """Say whether a place says it, or a part of it on two lines."""
        if self._truth is None:
            return False
        if place.candidate is not None:
            return is_right(self._field.kind, self._truth, place.text, place.candidate.verbatim)
        if self._forms is not None and any(form.search(normal_text(place.text)) for form in self._forms):
            return True
        part = letters_and_digits(place.text)
        return len(part) >= _PART and part in self._letters


def _forms(field: FieldDefinition, truth: str, lesson: PlaceLesson) -> list[re.Pattern[str]]:
    if field.kind is not Kind.PERIOD:
        return [written_forms(field.kind, truth)]
    ways = {way for page in lesson.pages for way in durations_like(page, truth, lesson.language)}
    return [written_forms(Kind.TEXT, way) for way in ways]


def _is_enough(examples: Sequence[Example]) -> bool:
    return len({example.document for example in examples if example.is_right}) >= LEAST_OF_A_GROUP


def _weights(examples: Sequence[Example]) -> Weights:
    several = len({example.own for example in examples}) > 1
    rows = [
        [*example.terms, *([example.own, *(example.own + term for term in example.terms)] if several else ())]
        for example in examples
    ]
    column = {term: at for at, term in enumerate(_known(rows, [example.document for example in examples]))}
    indices = [sorted({column[term] for term in row if term in column}) for row in rows]
    starts = np.cumsum([0, *map(len, indices)])
    flat = np.fromiter((at for row in indices for at in row), dtype=np.int32)
    matrix = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(rows), len(column)))
    model = LogisticRegression(C=INVERSE_STRENGTH, solver="liblinear", max_iter=200)
    model.fit(matrix, [example.is_right for example in examples])
    weights = np.round(model.coef_[0], DIGITS)
    terms = {term: float(weights[at]) for term, at in column.items() if abs(weights[at]) >= LEAST_WEIGHT}
    return Weights(bias=round(float(model.intercept_[0]), DIGITS), terms=terms)


def _known(rows: Sequence[Sequence[str]], documents: Sequence[int]) -> list[str]:
    """Give the terms that stand in enough documents."""
    seen: dict[int, set[str]] = defaultdict(set)
    for row, document in zip(rows, documents, strict=True):
        seen[document].update(row)
    counts = Counter(term for terms in seen.values() for term in terms)
    return sorted(term for term, count in counts.items() if count >= LEAST_DOCUMENTS)
