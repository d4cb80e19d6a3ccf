"""Measure on letters that nobody tuned on: `samples/unread`.

make unread      the configured model; the page goes to load-tests/results
"""

import json
import tempfile
from pathlib import Path
from typing import Final

from hostile.attacks import label_of, letters_in
from letter_paper import letter_file

from services.cli import evaluation
from services.settings import load_settings

REPOSITORY: Final = Path(__file__).parents[1]
LETTERS: Final = REPOSITORY / "samples" / "unread" / "letters.yaml"
PAGE: Final = REPOSITORY / "load-tests" / "results" / "unread.html"


def write_documents(folder: Path) -> None:
    """Write the letters, with their labels."""
    letters = letters_in(LETTERS).values()
    for letter in letters:
        (folder / letter.file_name).write_bytes(letter_file(letter.form, letter.filled))
    labels = {letter.file_name: label_of(letter) for letter in letters}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    """Ask, print, and write the page."""
    settings = load_settings(einvoice="ignore")
    PAGE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="postkorb-unread-") as folder:
        write_documents(Path(folder))
        order = evaluation.Order(Path(folder), None, None, None, PAGE, None, calibrate=False, as_json=False)
        evaluation.say(evaluation.run(order, settings), order)


if __name__ == "__main__":
    main()
