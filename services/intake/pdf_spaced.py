"""Words whose letters a PDF shows one by one, spaced out: `I N V O I C E`. Runs in a worker process only."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from services.answers.tables.runs import Run

LEAST: Final = 3
"""Letters of a word: two may be the labels of two columns."""
_KERNED: Final = 3
"""Letters that a font draws so close that they stand as one, at most: `RTA`, `TO`."""
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
        is_word = _is_spaced(chain)
        word = _word(text, chain) if is_word else text[start:end]
        parts += [text[done:start], word]
        length += start - done
        left, right = chain[0].left, max(run.right for run in chain)
        if is_word:
            joined.append(chain[0]._replace(start=length, end=length + len(word), left=left, right=right))
        else:
            joined += [run._replace(start=length + run.start - start, end=length + run.end - start) for run in chain]
        length += len(word)
        done = end
    return "".join([*parts, text[done:]]), joined


def _chains(text: str, runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Give runs together that show letters of one line, spaced out, with nothing but spaces between; others alone."""
    chain: list[Run] = []
    for run in runs:
        if chain and not (_are_letters(text, chain[-1]) and _are_letters(text, run) and _follows(text, chain[-1], run)):
            yield chain
            chain = []
        chain.append(run)
    if chain:
        yield chain


def _are_letters(text: str, run: Run) -> bool:
    return run.end - run.start <= _KERNED and text[run.start : run.end].isalpha()


def _is_spaced(chain: Sequence[Run]) -> bool:
    """Say whether enough letters stand alone, and twice as many as those that stand as one."""
    single = sum(run.end - run.start == 1 for run in chain)
    return single >= max(LEAST, 2 * (len(chain) - single))


def _follows(text: str, before: Run, run: Run) -> bool:
    is_beside = abs(run.baseline - before.baseline) <= _SAME_LINE * run.size and run.size == before.size
    return is_beside and 0 < run.left - before.right <= _APART * run.size and not text[before.end : run.start].strip()


def _word(text: str, chain: Sequence[Run]) -> str:
    """Give the letters, with a space where a gap is larger than most."""
    gaps = [run.left - before.right for before, run in pairwise(chain)]
    usual = median(gaps) + _UNEVEN * chain[0].size
    spaces = [" " if gap > usual else "" for gap in gaps]
    shown = [text[run.start : run.end] for run in chain]
    return shown[0] + "".join(space + letters for space, letters in zip(spaces, shown[1:], strict=True))
