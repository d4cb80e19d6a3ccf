"""The second question: which fields are asked again, and what may be chosen for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from schemas.document_types import DocumentType, FieldDefinition
from schemas.events import FieldAnswer, Finding, FindingKind
from services.answers.candidates import Candidates
from services.answers.summary import MAX_SUMMARY
from services.answers.summary_check import Summary
from services.answers.values_by_form import KINDS, Candidate

MAX_ASKED: Final = 6
"""Fields of one question."""
MAX_OFFERED: Final = 12
"""Candidates offered for a field: those behind its label, then those behind no other's, from the document's end."""
MAX_OFFERED_CHARACTERS: Final = 60
"""A longer candidate is none that a field would want."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked again about one document.

    Parameters
    ----------
    findings
        Why, in sentences of our own and the document's values in them.
    copied
        What was copied the first time, by field; `""` for nothing.
    offered
        What may be chosen, by field; no entry where the field is copied freely.
    summary
        The summary that is to be written again; None if it stays.
    places
        Page, from 1, and character, from 0, of what was copied the first time, else of the first that may be chosen.
    """

    fields: Sequence[FieldDefinition]
    findings: Sequence[Finding]
    copied: Mapping[str, str]
    offered: Mapping[str, Sequence[Candidate]]
    summary: Summary | None = None
    places: Sequence[tuple[int, int]] = ()

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the answer: one of the candidates, or `""`; a bounded string where none are offered."""
        properties = {field.name: self._property(field) for field in self.fields}
        if self.summary:
            properties["summary"] = {"type": "string", "minLength": 1, "maxLength": MAX_SUMMARY}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    def _property(self, field: FieldDefinition) -> dict[str, Any]:
        if choices := field.choices or [item.verbatim for item in self.offered.get(field.name, ())]:
            return {"enum": [*choices, ""]}
        return {"type": "string", "maxLength": field.max_length}


def question_about(
    kind: DocumentType, fields: Sequence[FieldAnswer], findings: Sequence[Finding], candidates: Candidates
) -> Question | None:
    """Make the question that the findings give rise to; None if none would help.

    Asked are the fields of a rule that fails, and required ones that are missing or wrong. A field that would have
    candidates is not asked where the document has none. A number with wrong check digits that the document itself
    prints is not asked: it was copied well.
    """
    answers = {field.path: field for field in fields}
    asked = [field for field in kind.fields if _is_asked(field, findings, candidates)][:MAX_ASKED]
    if not asked:
        return None
    names = {field.name for field in asked}
    offered = {field.name: offers for field in asked if (offers := _offers(field, kind, answers, candidates))}
    return Question(
        fields=asked,
        findings=[finding for finding in findings if finding.needs_review and not names.isdisjoint(finding.fields)],
        copied={name: answers[name].verbatim if name in answers else "" for name in names},
        offered=offered,
        places=[place for name in names if (place := _place(answers.get(name), offered.get(name, ())))],
    )


def with_summary(question: Question | None, summary: Summary) -> Question | None:
    """Ask for the summary in the same question, or in one of its own, if something is wrong with it."""
    if not summary.faults:
        return question
    return replace(question or Question((), (), {}, {}), summary=summary)


def _is_asked(field: FieldDefinition, findings: Sequence[Finding], candidates: Candidates) -> bool:
    mine = {finding.kind for finding in findings if field.name in finding.fields}
    can_help = field.kind not in KINDS or bool(candidates.of(field.kind))
    wanted = FindingKind.RULE in mine or FindingKind.REQUIRED in mine or (FindingKind.VALUE in mine and field.required)
    return wanted and can_help


def _place(answer: FieldAnswer | None, offered: Sequence[Candidate]) -> tuple[int, int] | None:
    at = answer if answer and answer.page else next(iter(offered), None)
    return None if at is None or at.page is None or at.char_start is None else (at.page, at.char_start)


def _offers(
    field: FieldDefinition, kind: DocumentType, answers: Mapping[str, FieldAnswer], candidates: Candidates
) -> list[Candidate]:
    rivals = [rival for rival in kind.fields if rival.kind is field.kind]
    owners = {item: rival.name for rival in rivals for item in candidates.labelled(rival, kind)}
    copied = answers[field.name].verbatim if field.name in answers else ""

    def rank(item: Candidate) -> tuple[bool, bool, bool]:
        return item.verbatim != copied, owners.get(item) != field.name, item in owners

    last_first = [item for item in reversed(candidates.of(field.kind)) if len(item.verbatim) <= MAX_OFFERED_CHARACTERS]
    best: dict[str, Candidate] = {}
    for item in sorted(last_first, key=rank):
        best.setdefault(item.value.text, item)
    return list(best.values())[:MAX_OFFERED]
