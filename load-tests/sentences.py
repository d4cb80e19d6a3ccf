"""Note which sentences of the corpus code answers right now, after its words were changed.

    make sentences           those that were mended; refuses where one is wrong that was right
    make sentences WORSE=1   those that were broken, too

The corpus is in tests/unit/answers/corpus; `test_corpus.py` says what an entry is, and fails until this is done.
"""

import argparse
import re
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console
from unit.answers.test_corpus import CORPORA

FOLDER: Final = Path(__file__).parents[1] / "tests" / "unit" / "answers" / "corpus"
_ENTRY: Final = re.compile(r"^- ", re.MULTILINE)
_EXPECTED: Final = re.compile(
    r"""(?P<before>, |^  )(?P<said>expected: (?:"[^"]*"|\w+))(?:(?:, |\n  )still_wrong: true)?""", re.MULTILINE
)
"""On a line of an entry, or on one of its own."""


def noted(text: str, right: list[bool]) -> str:
    """Mark the entries of a file that are wrong, and count the others."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    assert len(starts) == len(right), "an entry begins with `- ` at the beginning of a line"
    parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    for place, (part, is_right) in enumerate(zip(parts, right, strict=True)):
        parts[place] = _EXPECTED.sub(partial(_marked, is_right=is_right), part, count=1)
    head = re.sub(r"^right: \d+$", f"right: {sum(right)}", text[: starts[0]], count=1, flags=re.MULTILINE)
    return head + "".join(parts)


def _marked(match: re.Match[str], *, is_right: bool) -> str:
    between = ", " if match["before"] == ", " else "\n  "
    return match["before"] + match["said"] + ("" if is_right else f"{between}still_wrong: true")


def main() -> None:
    """Ask code about each sentence, and write the files."""
    parser = argparse.ArgumentParser(description="Note which sentences are answered right.")
    parser.add_argument("--worse", action="store_true", help="also where one is wrong that was right")
    allowed, console = parser.parse_args().worse, Console(highlight=False)
    for name, corpus in CORPORA.items():
        right = [entry.said() == entry.expected for entry in corpus.entries]
        broken = [
            entry for entry, is_right in zip(corpus.entries, right, strict=True) if not (is_right or entry.still_wrong)
        ]
        console.print(f"{name}: {sum(right)} of {len(right)} right, {corpus.right} were")
        for entry in broken:
            console.print(f"  wrong now: {entry.type}.{entry.field}, copied {entry.copied!r}: {entry.text!r}")
        if not broken or allowed:
            file = FOLDER / f"{name}.yaml"
            file.write_text(noted(file.read_text("utf-8"), right), "utf-8")


if __name__ == "__main__":
    main()
