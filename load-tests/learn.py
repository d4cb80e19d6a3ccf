"""Learn the words and the places that ship.

make learn      two minutes; no model is asked

Words of types from the letters of `samples/training`, which are for nothing else; places of values from the papers
there, from those of `samples/layouts`, whose first readings are done, and from the documents made for development.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml
from calibrate import write_documents
from lessons import of_other_people, place_lessons
from rich.console import Console

from schemas.document_types import load_document_types
from services.evaluation.learning import Lesson, learn
from services.evaluation.place_learning import learn_places

REPOSITORY: Final = Path(__file__).parents[1]
TRAINING: Final = REPOSITORY / "samples" / "training"
ANSWERS: Final = REPOSITORY / "services" / "answers"


def lessons() -> Iterator[Lesson]:
    """Read the letters."""
    for file in sorted(TRAINING.glob("*.yaml")):
        for letter in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader):
            yield Lesson([letter["text"]], letter["type"])


def main() -> None:
    """Learn, write, and say how many of the letters are right if they are left out."""
    now = datetime.now(UTC)
    words = learn(list(lessons()), list(load_document_types()), now).words
    (ANSWERS / "learned_words.json").write_text(words.as_json(), "utf-8")
    with tempfile.TemporaryDirectory(prefix="postkorb-learn-") as folder:
        write_documents(Path(folder))
        places = learn_places(place_lessons([*of_other_people(), Path(folder)]), now)
    (ANSWERS / "places" / "learned.json").write_text(places.as_json(), "utf-8")
    say = Console(highlight=False).print
    say(f"{words.right} of {words.documents} letters right, left out; {len(words.weights)} terms")
    say(f"places of {len(places.groups)} groups of fields from {places.documents} documents, {places.terms} terms")


if __name__ == "__main__":
    main()
