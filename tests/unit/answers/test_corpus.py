"""Sentences of back offices, with what a careful bookkeeper reads in them: what a change of the words costs and brings.

A file of `corpus/` is about one subject. An entry is a little document, one field of it, what a model copied for that,
and what is right. Code does not find all of it: such an entry is `still_wrong`, and the others are counted.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict
from unit.answers.placed import TYPES, answered

from schemas.document_types import Kind

FORMS: Final = {
    Kind.DATE: r"\d{4}-\d\d-\d\d",
    Kind.MONEY: r"\d+\.\d\d",
    Kind.IBAN: r"[A-Z]{2}\d\d[A-Z\d]{11,30}",
    Kind.VAT_ID: r"[A-Z]{2}[A-Z\d]{8,14}",
    Kind.REFERENCE: r"\S+",
    Kind.TEXT: r"\S.*",
    Kind.PERIOD: r"P\d+[DWMY]|indefinite",
}
"""Canonical values."""


class Entry(BaseModel):
    """What is right for one field of a document.

    Parameters
    ----------
    copied
        What the model took for the value; empty if nothing.
    expected
        Canonical; None if the document says nothing of the field.
    still_wrong
        Code says something else, so far.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    type: str
    language: Literal["de", "en", "fr"]
    text: str
    field: str
    copied: str = ""
    expected: str | None
    still_wrong: bool = False

    def said(self) -> str | None:
        """Give what code says of the field."""
        return answered(self.type, self.text, self.language, **{self.field: self.copied}).get(self.field)


class Corpus(BaseModel):
    """The entries of a file, and how many of them code answers right."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    right: int
    entries: list[Entry]


CORPORA: Final = {
    path.stem: Corpus.model_validate(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    for path in sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
}
ENTRIES: Final = [entry for corpus in CORPORA.values() for entry in corpus.entries]


@pytest.mark.parametrize("name", CORPORA)
def test_as_many_are_right_as_were(name: str) -> None:
    corpus = CORPORA[name]
    said = [(entry, entry.said()) for entry in corpus.entries]
    wrong = [(entry, got) for entry, got in said if got != entry.expected]
    broken = [(entry, got) for entry, got in wrong if not entry.still_wrong]
    mended = [(entry, got) for entry, got in said if got == entry.expected and entry.still_wrong]
    as_before = [(entry, got) for entry, got in wrong if entry.still_wrong]
    right = len(said) - len(wrong)
    assert (right, broken, mended) == (corpus.right, [], []), "\n".join(
        [
            f"corpus/{name}.yaml: {right} of {len(said)} are right, {corpus.right} were",
            *_listed("wrong now, and were right", broken),
            *_listed("right now: take `still_wrong` away, and raise `right`", mended),
            *_listed("wrong as before", as_before),
        ]
    )


def test_entries_are_of_fields_that_there_are_and_of_their_form() -> None:
    kinds = {(kind.name, field.name): field.kind for kind in TYPES.values() for field in kind.fields}
    unknown = [entry for entry in ENTRIES if (entry.type, entry.field) not in kinds]
    assert not unknown
    in_no_form = [
        entry
        for entry in ENTRIES
        if entry.expected is not None and not re.fullmatch(FORMS[kinds[entry.type, entry.field]], entry.expected)
    ]
    assert not in_no_form


def test_no_entry_stands_twice() -> None:
    counted = Counter((entry.type, entry.field, entry.copied, entry.text) for entry in ENTRIES)
    assert [key for key, count in counted.items() if count > 1] == []


def _listed(title: str, entries: Sequence[tuple[Entry, str | None]]) -> list[str]:
    return [f"\n{title}: {len(entries)}"] * bool(entries) + [
        f"- {entry.type}.{entry.field}, copied {entry.copied!r}: got {got}, expected {entry.expected}\n  {entry.text!r}"
        for entry, got in entries
    ]
