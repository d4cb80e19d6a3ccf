"""Repair by code: where values contradict a rule, or do not stand in the document, candidates may say what is right.

Only if there is one solution: the fewest fields changed, so that the rule holds, no other rule breaks, and each value
of the rule, changed or not, stands behind a label of its field; a net total, whose names rows and sections have, too,
may stand anywhere if the tax and the gross total leave that one alone. Where there are two solutions, or none, nothing
is changed: that is for the second question, or for a person. A document whose rules hold, and which contains its
values, is never changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import Final

from rapidfuzz.fuzz import ratio

from schemas.document_types import DocumentType, FieldDefinition, Kind, Rule
from schemas.events import FieldAnswer
from schemas.expressions import Scalar, Value, names_in
from services.answers.candidates import Candidates
from services.answers.labelling import answer_of
from services.answers.no_values import is_paid
from services.answers.rules import determines, holds, rules_about_fields, values_of
from services.answers.tables.words import is_adjustment
from services.answers.values_by_form import KINDS, Candidate

MAX_CHANGED: Final = 3
"""Fields that are changed for one rule, at most."""
MAX_ATTEMPTS: Final = 1_000
"""Combinations tried for the same fields, at most; where labels stand before more values, nothing is repaired."""
MISCOPIED: Final = 85.0
"""Similarity (rapidfuzz, 0 to 100) of a number with check digits to the one it was copied from."""

_CODED: Final = frozenset({Kind.IBAN, Kind.VAT_ID})
Changes = Mapping[str, Candidate]


@dataclass(frozen=True, slots=True)
class Repaired:
    """Fields after repair, and what was put in the place of what.

    Parameters
    ----------
    changes
        New candidate by field; empty if nothing was repaired.
    """

    fields: Sequence[FieldAnswer]
    changes: Changes


def repair(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Repaired:
    """Repair what has one solution."""
    given = {field.path: field for field in fields}
    changes: dict[str, Candidate] = {}
    for definition in kind.fields:
        answer = given.get(definition.name)
        if answer and _is_miscopied(answer) and (found := _meant(answer, definition, kind, candidates)):
            changes[definition.name] = found
            given[definition.name] = answer_of(definition, found)
    for rule in rules_about_fields(kind):
        solved = _Search(kind, rule, values_of(given.values()), candidates).solution()
        changes |= solved
        given |= {name: answer_of(_field(kind, name), candidate) for name, candidate in solved.items()}
    order = {definition.name: place for place, definition in enumerate(kind.fields)}
    return Repaired(sorted(given.values(), key=lambda field: order.get(field.path, len(order))), changes)


def _field(kind: DocumentType, name: str) -> FieldDefinition:
    return next(field for field in kind.fields if field.name == name)


def _is_miscopied(answer: FieldAnswer) -> bool:
    """Say whether a copy does not stand in the document, or is no account or tax number where it stands: it is cut."""
    return answer.status == "unsupported" or (answer.status == "unparsed" and answer.kind in _CODED)


def _meant(
    answer: FieldAnswer, definition: FieldDefinition, kind: DocumentType, candidates: Candidates
) -> Candidate | None:
    """Find what a miscopied value was copied from: the same value, else nearly the number, or one that goes on."""
    found = candidates.of(definition.kind)
    same = [candidate for candidate in found if answer.value is not None and _is_same(candidate, answer)]
    if not same and definition.kind in _CODED:
        same = [candidate for candidate in found if _is_nearly(candidate, answer)]
    if len({candidate.value.text for candidate in same}) > 1:
        return None
    labelled = candidates.labelled(definition, kind)
    return next((candidate for candidate in (*labelled, *same) if candidate in same), None)


def _is_same(candidate: Candidate, answer: FieldAnswer) -> bool:
    if answer.value_numeric is not None:
        return candidate.value.numeric == answer.value_numeric
    return candidate.value.text == answer.value


def _is_nearly(candidate: Candidate, answer: FieldAnswer) -> bool:
    """Say whether a number is nearly what was copied; what stands so in the document is part of it, or another one."""
    copied = "".join(filter(str.isalnum, answer.verbatim)).upper()
    is_whole = answer.status == "unsupported" or candidate.value.text.startswith(copied)
    return is_whole and ratio(candidate.value.text, copied) >= MISCOPIED


class _Search:
    """The search for the one change that makes a rule hold."""

    def __init__(self, kind: DocumentType, rule: Rule, values: Mapping[str, Value], candidates: Candidates) -> None:
        self._kind = kind
        self._rule = rule
        self._values = values
        self._candidates = candidates
        self._fields = [field for field in kind.fields if field.name in rule.fields and field.kind in KINDS]

    def solution(self) -> Changes:
        """Give the new candidates by field; none if the rule holds, or there is not exactly one solution."""
        missing = [name for name in sorted(names_in(self._rule.check)) if self._values.get(name) is None]
        if holds(self._rule, self._values) is False:
            return self._smallest_change()
        if len(missing) == 1 and not self._rule.over_missing:
            return self._filling(missing[0])
        return {}

    def _smallest_change(self) -> Changes:
        for size in range(1, MAX_CHANGED + 1):
            found = self._distinct(
                changes for names in combinations(self._fields, size) for changes in self._all(names)
            )
            if found:
                return found[0] if len(found) == 1 else {}
        unlabelled = [field for field in self._fields if not self._is_labelled(field)]
        if not unlabelled and (totals := self._kind.tax_totals):  # rows and sections, too, are called net
            unlabelled = [field for field in self._fields if field.name == totals.net]
        return self._determined(unlabelled[0]) if len(unlabelled) == 1 else {}

    def _filling(self, name: str) -> Changes:
        """Fill a gap, if the rule leaves one value for it: `net + tax = gross` does, `due >= issue` does not."""
        wanted = [field for field in self._fields if field.name == name]
        return self._determined(wanted[0], *self._distinct(self._all(wanted))) if wanted else {}

    def _determined(self, field: FieldDefinition, *labelled: Changes) -> Changes:
        """Give the only candidate for a field, wherever it stands, if the rule leaves one value for it.

        Parameters
        ----------
        labelled
            Those that stand behind a label of it, which are taken before others.
        """
        found = labelled or self._distinct(self._anywhere(field))
        if len(found) != 1:
            return {}
        filled = {**self._values, field.name: _typed(found[0][field.name])}
        return found[0] if determines(self._rule, field.name, filled) else {}

    def _all(self, fields: Sequence[FieldDefinition]) -> Iterator[Changes]:
        """Give every way to put other labelled candidates into these fields so that all rules about them hold."""
        if not all(self._is_labelled(field) for field in self._fields if field not in fields):
            return
        names = [field.name for field in fields]
        options = [self._options(field) for field in fields]
        attempts = product(*options) if prod(map(len, options)) <= MAX_ATTEMPTS else ()
        for chosen in attempts:
            changes = dict(zip(names, chosen, strict=True))
            if self._is_solution(changes):
                yield changes

    def _anywhere(self, field: FieldDefinition) -> Iterator[Changes]:
        """Give the ways to put any candidate into a field where the others' values stand behind their labels.

        What was paid before is none, and neither is freight, which would make a tax of what goods come to, nor nothing:
        a tax of nothing that is not called one is a conclusion.
        """
        totals = self._kind.tax_totals
        is_tax = totals is not None and field.name == totals.tax
        found = (
            item
            for item in self._candidates.of(field.kind)
            if item.value.numeric != 0 and not (is_paid(item) or (is_tax and is_adjustment(item.label)))
        )
        by_value = {_typed(item): item for item in reversed([*found])}  # of equal ones the first
        others = (other for other in self._fields if other is not field)
        if len(by_value) <= MAX_ATTEMPTS and all(map(self._is_labelled, others)):
            ways = ({field.name: item} for item in by_value.values())
            yield from (changes for changes in ways if self._is_solution(changes))

    def _is_labelled(self, field: FieldDefinition) -> bool:
        """Say whether the present value of a field stands behind a label of it, somewhere."""
        labelled = self._candidates.labelled(field, self._kind)
        return any(_typed(item) == self._values.get(field.name) for item in labelled)

    def _options(self, field: FieldDefinition) -> list[Candidate]:
        labelled = self._candidates.labelled(field, self._kind)
        by_value = {_typed(item): item for item in reversed(labelled)}  # of equal ones the first
        return [item for value, item in by_value.items() if value != self._values.get(field.name)]

    def _is_solution(self, changes: Changes) -> bool:
        values = {**self._values, **{name: _typed(item) for name, item in changes.items()}}
        if holds(self._rule, values) is not True:
            return False
        return not any(
            holds(rule, values) is False and (self._is_joined(rule) or holds(rule, self._values) is not False)
            for rule in self._kind.rules
        )

    def _is_joined(self, rule: Rule) -> bool:
        """Say whether a rule is about the same values, and none that has no candidates: then it must hold with it."""
        names = names_in(rule.check)
        repairable = {field.name for field in self._kind.fields if field.kind in KINDS}
        return names <= repairable and not names.isdisjoint(names_in(self._rule.check))

    def _distinct(self, found: Iterator[Changes]) -> list[Changes]:
        """Give the first two solutions that differ in a value: more need not be known."""
        distinct: dict[tuple[tuple[str, Scalar], ...], Changes] = {}
        for changes in found:
            distinct.setdefault(tuple((name, _typed(item)) for name, item in changes.items()), changes)
            if len(distinct) > 1:
                break
        return list(distinct.values())


def _typed(candidate: Candidate) -> Scalar:
    value = candidate.value
    return next((item for item in (value.numeric, value.date) if item is not None), value.text)
