"""Learn the words that ship, from the letters of `samples/training`, which are for nothing else.

make learn      seconds; no model is asked
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml
from rich.console import Console

from schemas.document_types import load_document_types
from services.evaluation.learning import Lesson, learn

REPOSITORY: Final = Path(__file__).parents[1]
TRAINING: Final = REPOSITORY / "samples" / "training"
SHIPPED: Final = REPOSITORY / "services" / "answers" / "learned_words.json"


def lessons() -> Iterator[Lesson]:
    """Read the letters."""
    for file in sorted(TRAINING.glob("*.yaml")):
        for letter in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader):
            yield Lesson([letter["text"]], letter["type"])


def main() -> None:
    """Learn, write, and say how many of the letters are right if they are left out."""
    words = learn(list(lessons()), list(load_document_types()), datetime.now(UTC)).words
    SHIPPED.write_text(words.as_json(), "utf-8")
    Console().print(
        f"{words.right} of {words.documents} letters right, left out; {len(words.weights)} terms, "
        f"{SHIPPED.stat().st_size // 1000} kB: {SHIPPED.relative_to(REPOSITORY)}"
    )


if __name__ == "__main__":
    main()
