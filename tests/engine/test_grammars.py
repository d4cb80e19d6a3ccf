"""Every schema of a second question is one that the grammar compiler takes, and that lets nothing else through.

Over a vocabulary of single bytes: a grammar is the same for every model.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from xgrammar import CompiledGrammar, GrammarCompiler, GrammarMatcher, TokenizerInfo, VocabType

from schemas.document_types import DocumentType, FieldDefinition, Kind, load_document_types
from schemas.wording import Wording
from services.answers.candidates import Candidates
from services.answers.findings import findings_of
from services.answers.questions import (
    MAX_ASKED,
    MAX_OFFERED,
    MAX_OFFERED_CHARACTERS,
    Question,
    question_about,
    with_summary,
)
from services.answers.summary import MAX_SUMMARY
from services.answers.summary_check import Summary
from services.answers.values_by_form import KINDS

TYPES = load_document_types()
WRONG_SUMMARY = Summary("x", "de", ("7",), is_in_language=False)
ODD = [
    "1\u2019234.50 CHF", "1\u202f234,56 \u20ac", "(12,00-)", "\u22121.234,00", "EUR\u00a05,00", "$ 7.00", "12,\u2013",
    "5. M\u00e4rz 2018", "12 ao\u00fbt 2026", "05/06/2018", "1st of June 2026", "2026-06-07", "7. J\u00e4nner 2026",
    "DE02\u00a01203 0000 0000 2020 51", "AT61.1904.3002.3457.3201", "GB29 NWBK 6016 1331 9268 19",
    "DE 136695976", "ATU13585627", "CHE-116.281.710", "FR 40 303265045",
]  # fmt: skip
"""Values with every sign that candidates may have."""
PAGES = (
    "\n".join(f"Betrag, Datum: {value} ." for value in ODD),
    "\n".join(f"Rechnungsdatum {1 + n % 28}.{1 + n % 12}.{1900 + n}\nGesamtbetrag {n},0{n % 10}" for n in range(500)),
    " ".join(f'{{"a":"\\\\{n},00"}} "{n}.01.2026" \t\x7f</{n},00>' for n in range(1, 29)),
)
"""Odd values, five hundred of each kind, and values among what JSON makes trouble with."""


@pytest.fixture(scope="module")
def compiler() -> GrammarCompiler:
    vocabulary = [bytes([value]) for value in range(256)] + [b"</s>"]
    return GrammarCompiler(TokenizerInfo(vocabulary, vocab_type=VocabType.RAW, stop_token_ids=[256]))


def compiled(compiler: GrammarCompiler, schema: Mapping[str, Any]) -> CompiledGrammar:
    """Compile as the engine does."""
    return compiler.compile_json_schema(dict(schema), any_whitespace=False, separators=(",", ":"))


def accepts(grammar: CompiledGrammar, answer: Mapping[str, str]) -> bool:
    matcher = GrammarMatcher(grammar)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).replace("\x7f", "\\u007f")
    return matcher.accept_string(text) and matcher.accept_token(256)


def questions_about(kind: DocumentType, page: str) -> list[Question]:
    """Ask for every field of a type once, as if each were required and missing; the summary with it."""
    candidates, questions = Candidates([page], "de"), []
    for start in range(0, len(kind.fields), MAX_ASKED):
        asked = [field.model_copy(update={"required": True}) for field in kind.fields[start : start + MAX_ASKED]]
        part = kind.model_copy(update={"fields": tuple(asked), "rules": (), "tables": ()})
        question = question_about(part, [], findings_of(part, [], {}, "de"), candidates)
        questions += [question, with_summary(question, WRONG_SUMMARY)]
    return [question for question in questions if question]


def longest(question: Question) -> dict[str, str]:
    """Give an answer that is as long as the schema allows."""
    properties = question.schema()["properties"]
    return {
        name: max(one["enum"], key=len) if "enum" in one else "ü" * one["maxLength"] for name, one in properties.items()
    }


@pytest.mark.parametrize("page", PAGES, ids=["odd values", "five hundred", "among JSON"])
def test_every_question_about_a_shipped_type_compiles_is_bounded_and_takes_each_candidate(
    compiler: GrammarCompiler, page: str
) -> None:
    questions = [question for kind in TYPES.values() for question in questions_about(kind, page)]
    assert len(questions) >= 2 * len(TYPES)
    for question in questions:
        schema = question.schema()
        grammar = compiled(compiler, schema)
        _is_bounded(schema["properties"])
        answer = longest(question)
        assert accepts(grammar, answer)
        for name, one in schema["properties"].items():
            assert all(accepts(grammar, answer | {name: choice}) for choice in one.get("enum", ()))
            assert not accepts(grammar, answer | {name: answer[name] + "x" * 500})


def test_all_kinds_of_candidates_are_among_them() -> None:
    candidates = Candidates(PAGES[:1], "de")
    signs = {sign for kind in KINDS for candidate in candidates.of(kind) for sign in candidate.verbatim}
    assert {"\u2019", "\u202f", "\u00a0", "\u20ac", "\u2212", "/", "(", "ä", "û"} <= signs
    assert all(candidates.of(kind) for kind in KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_candidate_has_a_quote_a_backslash_or_a_control_character(kind: Kind) -> None:
    found = [candidate for page in PAGES for candidate in Candidates([page], "de").of(kind)]
    assert not {
        sign for candidate in found for sign in candidate.verbatim if sign in '"\\' or sign < " " or sign == "\x7f"
    }


def test_choices_of_a_type_may_have_any_sign_that_its_file_may(compiler: GrammarCompiler) -> None:
    choices = (
        'a "b"',
        "c\\d",
        "e/f",
        "ÄÖÜ ß",
        "🖂",
        "</s>",
        "{}",
        "x" * 80,
        *(f"choice {number}" for number in range(32)),
    )
    both = Wording(de="x", en="x")
    field = FieldDefinition(name="some", kind=Kind.CHOICE, choices=choices, label=both, description=both)
    grammar = compiled(compiler, Question([field], [], {}, {}).schema())
    assert all(accepts(grammar, {"some": choice}) for choice in (*choices, ""))
    assert not accepts(grammar, {"some": "another"})


def _is_bounded(properties: Mapping[str, Mapping[str, Any]]) -> None:
    assert len(properties) <= MAX_ASKED + 1
    for one in properties.values():
        offered: Sequence[str] = one.get("enum", ())
        assert len(offered) <= MAX_OFFERED + 1
        assert all(len(choice) <= MAX_OFFERED_CHARACTERS for choice in offered)
        assert offered or one["maxLength"] <= max(400, MAX_SUMMARY)
