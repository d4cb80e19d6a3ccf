"""An answer and what is to be said about it: repaired by code, and, after a second question, the better of two."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer, Finding, FindingKind
from services.answers.candidates import Candidates
from services.answers.field_names import anywhere, name_pattern
from services.answers.findings import Written, findings_of
from services.answers.impossible_totals import impossible_totals
from services.answers.labelling import by_labels
from services.answers.no_values import without_no_values
from services.answers.one_total import by_named_tax, by_one_total, by_tax_above
from services.answers.repair import repair
from services.answers.roles import by_roles
from services.answers.tax_lines import by_tax_lines, with_totals, without_tax_of_one_rate
from services.answers.tax_stack import by_tax_stack
from services.answers.told_in_sentences import by_sentences
from services.answers.total_columns import total_columns
from services.answers.two_currencies import by_own_currency, with_currency_of_amounts, with_own_currency
from services.answers.what_is_left import before_payments


@dataclass(frozen=True, slots=True)
class Review:
    """Fields as they are to be recorded, and the findings about them.

    Parameters
    ----------
    repaired
        What code put in, as the document writes it, by field: a value, or the parts of a sum that it does not print.
    """

    fields: Sequence[FieldAnswer]
    findings: Sequence[Finding]
    repaired: Mapping[str, Written]

    @property
    def rank(self) -> tuple[int, int]:
        """How much is wrong: findings that a person should look at, then values that the document does not have."""
        return self.faults, sum(field.status == "unsupported" for field in self.fields)

    @property
    def faults(self) -> int:
        """Findings that a person should look at."""
        return sum(finding.needs_review for finding in self.findings)


def review(
    kind: DocumentType,
    fields: Sequence[FieldAnswer],
    candidates: Candidates,
    language: str,
    repaired: Mapping[str, Written] = MappingProxyType({}),
) -> Review:
    """Repair by code what has one solution, and find what is left.

    Parameters
    ----------
    language
        ISO 639-1, of the document: findings are in German or in English.
    repaired
        What code put in before, by field.
    """
    placed = by_roles(kind, fields, candidates.letter)
    copied = {field.path: field.verbatim for field in fields}
    parties = {field.path: (field.verbatim,) for field in placed if copied.get(field.path) != field.verbatim}
    named = by_labels(kind, placed, candidates)
    told = by_sentences(kind, named.fields, candidates)
    own = with_own_currency(kind, by_own_currency(kind, told.fields, candidates), candidates)
    own = with_currency_of_amounts(kind, own, candidates)
    single, sums = _by_totals(kind, without_no_values(kind, own, candidates), candidates)
    done = repair(kind, single, candidates)
    changed = {
        field.path: sums.get((field.path, field.verbatim), (field.verbatim,))
        for field in single
        if field not in told.fields
    }
    found = {name: (candidate.verbatim,) for name, candidate in {**named.taken, **told.taken}.items()}
    solved = {name: (candidate.verbatim,) for name, candidate in done.changes.items()}
    changes = {**repaired, **parties, **found, **changed, **solved}
    return Review(done.fields, findings_of(kind, done.fields, changes, language), changes)


def _by_totals(
    kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates
) -> tuple[list[FieldAnswer], Mapping[tuple[str, str], Written]]:
    """Put totals that prove themselves in the place of what is given, and say which of them are sums of parts.

    Returns
    -------
    tuple
        The fields, and by path and verbatim the parts of each sum that was put.
    """
    put = [by_tax_lines(kind, fields, candidates)]
    whole = with_totals(kind, fields, put[-1])
    if columns := total_columns(kind, candidates):
        single = with_totals(kind, whole, columns)
    else:
        single = by_named_tax(kind, by_one_total(kind, whole, candidates), candidates)
    for totals_of in (without_tax_of_one_rate, by_tax_stack):
        put.append(totals_of(kind, single, candidates))
        single = with_totals(kind, single, put[-1])
    sums = {(name, item.verbatim): item.parts for totals in put for name, item in totals.items() if item and item.parts}
    return before_payments(kind, by_tax_above(kind, single, candidates), candidates), sums


def without_impossible(kind: DocumentType, done: Review, candidates: Candidates) -> Review:
    """Leave out, once nothing more is asked, what cannot be; that it contradicted others stays a finding.

    A required date, too, that everywhere stands behind another one's name: a shop's invoice may have its order's alone.
    """
    left_out = impossible_totals(kind, done.fields, candidates) | _anothers_dates(kind, done.fields, candidates)
    repaired = {path: written for path, written in done.repaired.items() if path not in left_out}
    findings = [item for item in done.findings if item.kind is FindingKind.RULE or not left_out.issuperset(item.fields)]
    fields = [field for field in done.fields if field.path not in left_out]
    return Review(fields, findings, repaired) if left_out else done


def _anothers_dates(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> set[str]:
    """Name the document's own date where it is another's wherever it stands, and nowhere called its own."""
    dates = {item.name: item for item in kind.fields if item.kind is Kind.DATE and item.of_document}
    given = {
        field.path: field.value for field in fields if field.path in dates and field.status == "ok" and field.value
    }
    return {
        name
        for name, day in given.items()
        if candidates.is_of_another(dates[name], kind, day) and not _is_named(dates[name], day, candidates)
    }


def _is_named(definition: FieldDefinition, day: str, candidates: Candidates) -> bool:
    """Say whether a date has a name of its field beside it that is no part of another's: `Rechnungs-/Lieferdatum`."""
    names, others = name_pattern(definition), anywhere(definition.unlike)
    labels = {label for item in candidates.of(Kind.DATE) if item.value.text == day for label in item.labels}
    return any(names.search(others.sub(" ", label) if others else label) for label in labels)


def better(
    kind: DocumentType,
    first: Review,
    second: Sequence[FieldAnswer],
    candidates: Candidates,
    language: str,
) -> Review:
    """Take from a second answer what leaves fewer faults: what a finding is about together, else one field alone.

    Parameters
    ----------
    second
        Answers to the second question. Those of status `ok` alone count: what does not stand in the document, or
        cannot be read, does not replace anything.
    """
    given = {field.path: field for field in second if field.status == "ok"}
    best = first
    for group in _groups(first, given):
        mine = {field.path: field for field in best.fields} | {path: given[path] for path in group}
        kept = {path: written for path, written in best.repaired.items() if path not in group}
        other = review(kind, [*mine.values()], candidates, language, kept)
        if other.rank < best.rank:
            best = other
    return best


def _groups(first: Review, given: Mapping[str, FieldAnswer]) -> Iterator[list[str]]:
    for finding in first.findings:
        if group := [path for path in finding.fields if path in given]:
            yield group
    yield from ([path] for path in given)
