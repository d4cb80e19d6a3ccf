"""What is known of each answer when all checks are done: the signals that a calibration weighs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role
from schemas.events import FieldAnswer
from schemas.expressions import names_in
from services.answers.calibration import Calibration, FieldSignals, Match
from services.answers.candidates import Candidates
from services.answers.evidence import SearchablePages
from services.answers.field_names import name_pattern
from services.answers.labelling import is_beside_sender, is_said_by
from services.answers.names import is_firm
from services.answers.normal_form import normal_text, plain
from services.answers.roles import is_name_of, party_of
from services.answers.rules import holds, values_of
from services.answers.sentences import is_told
from services.answers.values_by_form import KINDS, Candidate

LABEL_REACH: Final = 80
"""Characters between a label's end and its value: about a line."""

_WITH_CHECKSUM: Final = frozenset({Kind.IBAN, Kind.VAT_ID})
"""Kinds that code reads only if their check digits are right."""

_PARTIES: Final = frozenset({Role.SENDER, Role.RECIPIENT})

_DOMAIN: Final = re.compile(r"(?:@|\bwww\.|https?://)(?P<domain>[\w-]{1,60}(?:\.[\w-]{1,60}){1,5})")
_DOMAIN_SIGNS: Final = ("@", "www.", "://")
"""Most pages have none of them."""
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_IN_DOMAINS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
"""How domains write what most of them cannot have."""


@dataclass(frozen=True, slots=True)
class Copies:
    """One answer of the model: by field what it copied, and the log-probabilities of the tokens."""

    verbatim: Mapping[str, str]
    logprobs: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Answers with their confidence, and by path what it was made of, for whoever fits it."""

    fields: Sequence[FieldAnswer]
    signals: Mapping[str, FieldSignals]


def weigh(
    kind: DocumentType,
    fields: Sequence[FieldAnswer],
    pages: Sequence[str],
    candidates: Candidates,
    copies: Sequence[Copies],
    type_confidence: float,
    calibration: Calibration,
) -> Weighed:
    """Give each field of the type its confidence.

    Parameters
    ----------
    fields
        As they are to be recorded, repaired or asked again. Cells of tables keep the confidence that they have.
    pages, candidates
        What the model read, and what code finds in it.
    copies
        The model's answers, the first one first.
    """
    definitions = {definition.name: definition for definition in kind.fields}
    searchable, values, domains = candidates.surroundings.searchable, values_of(fields), _domains(pages)
    verdicts = [(names_in(rule.check), holds(rule, values)) for rule in kind.rules]
    known = _Known(kind, searchable, pages, candidates, copies, fields, verdicts, type_confidence, domains)
    signals = {
        field.path: known.signals(field, definitions[field.path]) for field in fields if field.path in definitions
    }
    return Weighed([_with_confidence(field, signals.get(field.path), calibration) for field in fields], signals)


def _with_confidence(field: FieldAnswer, signals: FieldSignals | None, calibration: Calibration) -> FieldAnswer:
    if signals is None:
        return field
    return field.model_copy(update={"confidence": calibration.field_confidence(signals)})


@dataclass(frozen=True, slots=True)
class _Known:
    kind: DocumentType
    searchable: SearchablePages
    pages: Sequence[str]
    candidates: Candidates
    copies: Sequence[Copies]
    fields: Sequence[FieldAnswer]
    verdicts: Sequence[tuple[frozenset[str], bool | None]]
    """Of each rule: the fields that it is about, and whether it holds."""
    type_confidence: float
    domains: str

    def signals(self, field: FieldAnswer, definition: FieldDefinition) -> FieldSignals:
        said = [copy for copy in self.copies if copy.verbatim.get(field.path)]
        same = [copy for copy in said if _is_copy(copy.verbatim[field.path], field, definition)]
        logprobs = same[-1].logprobs.get(field.path, ()) if same else ()
        verdicts = [verdict for names, verdict in self.verdicts if field.path in names]
        parsed = field.value is not None
        labelled = self._is_labelled(field, definition)
        return FieldSignals(
            kind=definition.kind,
            mean_logprob=sum(logprobs) / len(logprobs) if logprobs else None,
            least_logprob=min(logprobs, default=None),
            first_logprob=logprobs[0] if logprobs else None,
            tokens=len(logprobs),
            match=self._match(field, definition),
            labelled=labelled,
            misplaced=self._is_misplaced(field, definition, labelled=labelled),
            shared=self._is_shared(field),
            parsed=parsed,
            checksum=parsed if definition.kind in _WITH_CHECKSUM else None,
            rules_held=verdicts.count(True),
            rules_failed=verdicts.count(False),
            rivals=len({item.value.text for item in self.candidates.of(definition.kind)} - {field.value}),
            agreed=len(same) == len(said) if len(said) > 1 else None,
            copied=bool(same),
            type_confidence=self.type_confidence,
            is_firm=definition.kind is Kind.NAME and is_firm(field.value or ""),
            has_domain=definition.kind is Kind.NAME and self._has_domain(field.value or ""),
            affirmed=self._affirmed(field, definition),
            contested=self._contested(field, definition),
            placed=self.candidates.places.score_of(self.kind, definition, field),
            ahead=self.candidates.places.ahead(self.kind, definition, field),
        )

    def _match(self, field: FieldAnswer, definition: FieldDefinition) -> Match:
        if definition.kind is Kind.CHOICE:
            return "not_needed"
        if field.page is None:
            return "none"
        there = self.pages[field.page - 1][field.char_start : field.char_end]
        if there == field.verbatim:
            return "exact"
        return "normalised" if _form(there) == _form(field.verbatim) else "fuzzy"

    def _is_labelled(self, field: FieldAnswer, definition: FieldDefinition) -> bool:
        if definition.role and is_name_of(party_of(self.candidates.letter, definition.role), field.value):
            return True
        if definition.kind in KINDS and self._is_said_beside(field, definition):
            return True
        if field.page is None or field.char_start is None:
            return False
        if definition.kind is Kind.PERIOD and definition.told_by:
            return is_told(definition, self.pages[field.page - 1], field.char_start, field.char_end or 0)
        if head := self.candidates.surroundings.head(field.page, field.char_start):
            return name_pattern(definition).search(head) is not None
        return self.searchable.follows_label(field.page, field.char_start, definition.names, LABEL_REACH)

    def _is_misplaced(self, field: FieldAnswer, definition: FieldDefinition, *, labelled: bool) -> bool:
        if definition.role:
            letter = self.candidates.letter
            return not labelled and any(is_name_of(party_of(letter, role), field.value) for role in Role)
        if definition.kind not in KINDS or self._is_said_beside(field, definition):
            return False
        rivals = (rival for rival in self.kind.fields if rival.kind is definition.kind and rival is not definition)
        return any(self._is_said_beside(field, rival) for rival in rivals)

    def _affirmed(self, field: FieldAnswer, definition: FieldDefinition) -> bool | None:
        """Say whether an issuer's own places speak for a party's name or VAT number, or against it, or of neither."""
        if definition.kind is Kind.VAT_ID and field.page and field.char_start is not None:
            return is_beside_sender(field.page, field.char_start, self.candidates) or None
        if definition.role not in _PARTIES:
            return None
        paths = {other.name for other in self.kind.fields if other.role in _PARTIES and other is not definition}
        others = [other.value for other in self.fields if other.path in paths and other.value]
        imprint = self.candidates.letter.imprint
        is_issuer, is_other = imprint.has(field.value or ""), any(map(imprint.has, others))
        return None if is_issuer is is_other else is_issuer is (definition.role is Role.SENDER)

    def _contested(self, field: FieldAnswer, definition: FieldDefinition) -> int:
        if definition.kind not in KINDS:
            return 0
        labelled = self.candidates.labelled(definition, self.kind)
        return len({item.value.text for item in labelled if not _is_part(item, field)} - {field.value})

    def _has_domain(self, name: str) -> bool:
        return any(word.translate(_IN_DOMAINS) in self.domains for word in _LONG_WORD.findall(_form(name)))

    def _is_said_beside(self, field: FieldAnswer, definition: FieldDefinition) -> bool:
        return any(is_said_by(field, item) for item in self.candidates.labelled(definition, self.kind))

    def _is_shared(self, field: FieldAnswer) -> bool:
        return any(
            other.kind == field.kind and other.path != field.path and other.value == field.value is not None
            for other in self.fields
        )


def _is_copy(verbatim: str, field: FieldAnswer, definition: FieldDefinition) -> bool:
    """Say whether a value is what was copied; of a firm that is a party code may have made the whole name of a part."""
    copied, whole = _essence(verbatim), _essence(field.verbatim)
    return copied == whole or (definition.role is not None and is_firm(field.value or "") and copied in whole)


def _is_part(item: Candidate, field: FieldAnswer) -> bool:
    """Say whether a value stands within the place of another: it is a part of that sum."""
    if field.page != item.page or field.char_start is None or field.char_end is None:
        return False
    return field.char_start <= item.char_start and item.char_end <= field.char_end


def _domains(pages: Sequence[str]) -> str:
    """Give the letters of all domains that a document tells."""
    may_have = (page for page in pages if any(sign in page for sign in _DOMAIN_SIGNS))
    found = (match["domain"] for page in may_have for match in _DOMAIN.finditer(page))
    return " ".join("".join(filter(str.isalnum, _form(domain))) for domain in found)


def _form(text: str) -> str:
    return normal_text(text).strip()


def _essence(text: str) -> str:
    """Give letters and digits alone, if there are any: what a model writes around a value is not the value."""
    return "".join(filter(str.isalnum, plain(text))) or plain(text)
