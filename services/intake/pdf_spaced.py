"""Words whose letters a PDF shows one by one, spaced out: `I N V O I C E`. Runs in a worker process only."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from services.answers.tables.runs import Run

LEAST: Final = 3
"""Letters of a word: two may be the labels of two columns."""
_APART: Final = 1.2
"""Gap between two letters of a heading, as part of their size, at most."""
_UNEVEN: Final = 0.3
"""By how much a gap may exceed the others, as part of the size, and be none between words."""
_SAME_LINE: Final = 0.1


def without_spacing(text: str, runs: Sequence[Run]) -> tuple[str, list[Run]]:
    """Join the letters to words, and these to the line that they are; each has one run.

    Parameters
    ----------
    text
        Of a page.
    runs
        Where it stands, in its order.
    """
    joined: list[Run] = []
    parts: list[str] = []
    done = length = 0
    for chain in _chains(text, runs):
        start, end = chain[0].start, chain[-1].end
        word = _word(text, chain) if len(chain) >= LEAST else text[start:end]
        parts += [text[done:start], word]
        length += start - done
        left, right = chain[0].left, max(run.right for run in chain)
        if len(chain) >= LEAST:
            joined.append(chain[0]._replace(start=length, end=length + len(word), left=left, right=right))
        else:
            joined += [run._replace(start=length + run.start - start, end=length + run.end - start) for run in chain]
        length += len(word)
        done = end
    return "".join([*parts, text[done:]]), joined


def _chains(text: str, runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Give runs together that show letters of one line, one each, with nothing but spaces between; others alone."""
    chain: list[Run] = []
    for run in runs:
        if chain and not (_is_letter(text, chain[-1]) and _is_letter(text, run) and _follows(text, chain[-1], run)):
            yield chain
            chain = []
        chain.append(run)
    if chain:
        yield chain


def _is_letter(text: str, run: Run) -> bool:
    return run.end - run.start == 1 and text[run.start].isalpha()


def _follows(text: str, before: Run, run: Run) -> bool:
    is_beside = abs(run.baseline - before.baseline) <= _SAME_LINE * run.size and run.size == before.size
    return is_beside and 0 < run.left - before.right <= _APART * run.size and not text[before.end : run.start].strip()


def _word(text: str, chain: Sequence[Run]) -> str:
    """Give the letters, with a space where a gap is larger than most."""
    gaps = [run.left - before.right for before, run in pairwise(chain)]
    usual = median(gaps) + _UNEVEN * chain[0].size
    spaces = [" " if gap > usual else "" for gap in gaps]
    return text[chain[0].start] + "".join(space + text[run.start] for space, run in zip(spaces, chain[1:], strict=True))
