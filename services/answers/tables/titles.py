"""Titles that have the sum of what stands below them: clouds and telephone companies bill so, one within the other."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from services.answers.tables.entries import Entry, Span

_MOST_BELOW: Final = 100
"""Lines below one title; a document with more wants to be slow."""


class _Part(NamedTuple):
    """A line, or a title with all that it sums up.

    Parameters
    ----------
    is_row
        It shows what its amount is the product of, or is a title: another title may have its amount alone.
    """

    value: Decimal
    is_row: bool


def titles_with_sums(entries: Sequence[Entry], span: Span | None) -> set[int]:
    """Give the lines of words and an amount that are the sum of the lines below, up to the next one of its kind.

    Parameters
    ----------
    entries
        Lines with amounts, from above.
    span
        The column of the amounts; None for the last one of each line.
    """
    titles: set[int] = set()
    parts: list[_Part] = []
    for entry in reversed(entries):
        figure = entry.figure_in(span)
        if figure is None or figure.value is None:
            continue
        if entry.aside is not None:
            parts = []
            continue
        is_product = entry.is_product_of(figure)
        count = 0 if is_product or len(entry.figures) > 1 else _summed_up(parts, figure.value)
        if count:
            del parts[-count:]
            titles.add(entry.at)
        parts.append(_Part(figure.value, is_row=bool(is_product or count)))
    return titles


def _summed_up(parts: Sequence[_Part], total: Decimal) -> int:
    """Say how many parts, from the last one on, come to a total; 0 if none do, or a line does that may be its equal."""
    running = Decimal(0)
    for count, part in enumerate(reversed(parts[-_MOST_BELOW:]), start=1):
        running += part.value
        if running == total:
            return count if total and (count > 1 or part.is_row) else 0
    return 0
