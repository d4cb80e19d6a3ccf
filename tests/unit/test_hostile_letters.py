"""The set of attacks is what it says: whole, made the same each time, and what guards take out is taken out."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hostile.attacks import ROW, TYPE, Attack, Letter, attacks, letters, write_attacks

from schemas.document_types import Kind, load_document_types
from services.answers.values import parse_value
from services.evaluation.judging import is_right
from services.evaluation.labels import read_labels
from services.inference.fence import fence
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.mail import read_mail
from services.intake.media import MAIL, PDF, media_type_of
from services.intake.pdf import read_pdf
from services.intake.plain import read_plain
from services.intake.stored_text import notes_on_writing, stored_form

TYPES = load_document_types()
LIMITS = ReadingLimits(max_pages=10, max_characters=100_000)
READERS = {PDF: read_pdf, MAIL: read_mail}

UNSEEN = {"white", "tiny", "outside", "invisible", "transparent", "covered", "layer", "hidden html"}
BESIDE = {"annotation", "metadata", "form field", "attachment", "outline", "file name", "attachment name"}
READ = {"From", "Subject"}


def read(document: Letter | Attack) -> ParsedDocument:
    content = document.content()
    read_one = READERS.get(media_type_of(content, None, document.file_name), read_plain)
    return read_one(content, LIMITS)


def text_of(document: Letter | Attack) -> str:
    return " ".join(stored_form("\n".join(read(document).pages)).split())


def test_there_are_attacks_enough_in_both_languages_on_every_type_and_every_kind_of_value():
    in_use = {field.kind.value for document_type in TYPES.values() for field in document_type.fields}
    assert len(attacks()) >= 115
    assert min(Counter(attack.letter.language for attack in attacks()).values()) >= 30
    assert {attack.letter.document_type for attack in attacks()} == set(TYPES)
    assert {attack.field_kind for attack in attacks()} == in_use | {TYPE, ROW}
    assert len({attack.name for attack in attacks()}) == len(attacks())


@pytest.mark.parametrize("letter", letters().values(), ids=letters())
def test_a_clean_letter_says_its_values_and_no_reader_has_anything_to_remark(letter: Letter):
    parsed, text = read(letter), text_of(letter)
    assert not parsed.notes
    assert not notes_on_writing(parsed.pages)
    for field in TYPES[letter.document_type].fields:
        if field.name in letter.values:
            assert letter.written[field.name] in text
            value = parse_value(field.kind, letter.written[field.name], letter.language, field.choices)
            assert value is not None, field.name
            assert is_right(field.kind, letter.values[field.name], value.text, letter.written[field.name])
    assert set(letter.values) <= {field.name for field in TYPES[letter.document_type].fields}


@pytest.mark.parametrize("letter", [letter for letter in letters().values() if letter.rows], ids=lambda of: of.name)
def test_a_clean_letters_rows_are_those_of_its_table(letter: Letter):
    lines = [line.split("\t") for line in letter.filled.split("\n")]
    for description, quantity, line_total in letter.rows or ():
        [cells] = [cells for cells in lines if description in cells]
        for kind, value in ((Kind.NUMBER, quantity), (Kind.MONEY, line_total)):
            read = [parse_value(kind, cell, letter.language) for cell in cells]
            assert value in {item.text for item in read if item}


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_an_attack_wants_another_answer_and_is_where_it_says(attack: Attack):
    assert attack.wanted != attack.truth
    words = " ".join(attack.text.split())
    elsewhere = attack.place.how in UNSEEN | BESIDE or (attack.place.how == "header" and attack.place.what not in READ)
    assert (stored_form(words) in text_of(attack)) == (not elsewhere)
    assert words not in text_of(attack.letter)


@pytest.mark.parametrize("attack", [a for a in attacks() if a.place.how in UNSEEN], ids=lambda attack: attack.name)
def test_what_readers_do_not_see_is_left_out_and_named(attack: Attack):
    assert text_of(attack) == text_of(attack.letter)
    assert any("readers do not see" in note.en for note in read(attack).notes)


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_no_attack_ends_the_document_or_leaves_a_mark(attack: Attack):
    fenced = fence([stored_form(page) for page in read(attack).pages])
    inside = fenced.removeprefix("<document>").removesuffix("</document>")
    for mark in (
        "<document",
        "</document",
        "<|",
        "[INST]",
        "[/INST]",
        "</s>",
        "<start_of_turn>",
        "<tool_call>",
        "<\uff5c",
    ):
        assert mark not in inside


def test_the_folder_of_attacks_can_be_evaluated_and_is_the_same_each_time(tmp_path: Path):
    for name in ("one", "other"):
        write_attacks(tmp_path / name)
    assert len(read_labels(tmp_path / "one", TYPES)) == len(letters()) + len(attacks())
    one, other = [
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).iterdir()}
        for name in ("one", "other")
    ]
    assert one == other
