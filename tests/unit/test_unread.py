"""The letters that nobody tuned on: their labels can be trusted."""

from collections import Counter
from pathlib import Path

import pytest
from hostile.attacks import Letter, letters_in
from labelled import single_spaced, text_of
from letter_paper import letter_file

from schemas.document_types import OTHER, DocumentTypes, load_document_types

LETTERS = letters_in(Path(__file__).parents[2] / "samples" / "unread" / "letters.yaml")
letters = pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)


@pytest.fixture(scope="module")
def types() -> DocumentTypes:
    return load_document_types()


def test_all_types_are_there_and_many_letters_of_none(types: DocumentTypes) -> None:
    seen = Counter(letter.document_type for letter in LETTERS.values())
    assert set(seen) == set(types)
    assert (len(LETTERS), seen.pop(OTHER), set(seen.values())) == (44, 17, {3})


@letters
def test_a_label_names_fields_that_exist(letter: Letter, types: DocumentTypes) -> None:
    assert letter.values.keys() <= {field.name for field in types[letter.document_type].fields}


@letters
def test_every_labelled_value_stands_in_the_letter(letter: Letter, tmp_path: Path) -> None:
    file = tmp_path / letter.file_name
    file.write_bytes(letter_file(letter.form, letter.filled))
    head = letter.filled.partition("\n\n")[0] if letter.form == "mail" else ""
    text = f"{single_spaced(head)} {text_of(file)}"
    assert [shown for shown in letter.written.values() if single_spaced(shown) not in text] == []
