"""The letters to learn words from: each has a type that there is, and none is one that something is measured on."""

from collections import Counter
from pathlib import Path

import yaml
from hostile.attacks import letters, letters_in

from schemas.document_types import OTHER, load_document_types

SAMPLES = Path(__file__).parents[2] / "samples"
FILES = sorted((SAMPLES / "training").glob("*.yaml"))
TRAINING = [entry for file in FILES for entry in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)]


def test_all_types_are_there_and_many_letters_of_none() -> None:
    seen = Counter(entry["type"] for entry in TRAINING)
    assert set(seen) == set(load_document_types())
    assert min(seen.values()) >= 50
    assert max(seen, key=seen.__getitem__) == OTHER


def test_each_says_what_it_is_and_nothing_else() -> None:
    assert all(entry.keys() == {"type", "language", "text"} for entry in TRAINING)
    assert {entry["language"] for entry in TRAINING} == {"de", "en", "fr"}


def test_no_letter_is_there_twice_or_is_measured_on() -> None:
    texts = [" ".join(entry["text"].split()) for entry in TRAINING]
    assert len(set(texts)) == len(texts)
    files = [*(SAMPLES / "development").glob("*.yaml"), *(SAMPLES / "unread").glob("*.yaml")]
    measured = [letter for group in [letters(), *map(letters_in, files)] for letter in group.values()]
    assert measured
    assert not set(texts) & {" ".join(letter.filled.split()) for letter in measured}
