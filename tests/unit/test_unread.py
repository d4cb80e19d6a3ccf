"""The letters that nobody tuned on: their labels can be trusted."""

from collections import Counter
from pathlib import Path

import pytest
from hostile.attacks import Letter, letters_in
from labelled import single_spaced, text_of
from letter_paper import letter_file

from schemas.document_types import OTHER, DocumentTypes, load_document_types

UNREAD = Path(__file__).parents[2] / "samples" / "unread"
FIRST = letters_in(UNREAD / "letters.yaml")
LETTERS = {
    f"{file.stem}: {name}": letter
    for file in sorted(UNREAD.glob("*.yaml"))
    for name, letter in letters_in(file).items()
}
letters = pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)


@pytest.fixture(scope="module")
def types() -> DocumentTypes:
    return load_document_types()


def test_all_types_are_there_and_many_letters_of_none(types: DocumentTypes) -> None:
    seen = Counter(letter.document_type for letter in FIRST.values())
    assert set(seen) == set(types)
    assert (len(FIRST), seen.pop(OTHER), set(seen.values())) == (44, 17, {3})
    assert len(LETTERS) == 44 + 64 + 20 + 72 + 20 + 20 + 24 + 24 + 24 + 24 + 24 + 24


@letters
def test_a_label_names_fields_that_exist(letter: Letter, types: DocumentTypes) -> None:
    assert letter.values.keys() <= {field.name for field in types[letter.document_type].fields}


@letters
def test_every_labelled_value_stands_in_the_letter(letter: Letter, tmp_path: Path) -> None:
    file = tmp_path / letter.file_name
    file.write_bytes(letter_file(letter.form, letter.filled))
    head = letter.filled.partition("\n\n")[0] if letter.form == "mail" else ""
    text = f"{single_spaced(head)} {text_of(file)}"
    shown = [value for value in letter.written.values() if letter.form != "pdf" or _has_letters(value)]
    assert [value for value in shown if single_spaced(value) not in text] == []


def _has_letters(value: str) -> bool:
    """Say whether the font that PDFs are written in has all letters: it is of Western Europe."""
    try:
        return bool(value.encode("cp1252"))
    except UnicodeEncodeError:
        return False
