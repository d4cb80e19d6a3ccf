"""Places of a document with the words around them: what a fault is shown beside."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from schemas.events import FieldAnswer
from services.evaluation.report import Excerpt
from services.evaluation.shown import Spot

CONTEXT: Final = 90
"""Characters around a place, on each side."""
MOST_EXCERPT: Final = 300
"""Characters of the place itself."""


def excerpt(texts: Sequence[str], spot: Spot) -> Excerpt:
    """Cut a place out of its page, with what stands around it."""
    text = texts[spot.page - 1]
    start, end = spot.char_start, min(spot.char_end, spot.char_start + MOST_EXCERPT)
    return Excerpt(
        page=spot.page,
        before=text[max(0, start - CONTEXT) : start],
        text=text[start:end],
        after=text[end : end + CONTEXT],
    )


def spots_of(answers: Iterable[FieldAnswer], texts: Sequence[str]) -> list[Spot]:
    """Give the places of answers that have one; none of a text that was parsed otherwise when it was stored."""
    return [
        Spot(answer.page, answer.char_start, answer.char_end)
        for answer in answers
        if answer.page is not None and answer.char_start is not None and answer.char_end is not None
        if answer.page <= len(texts) and answer.char_end <= len(texts[answer.page - 1])
    ]


def excerpts(texts: Sequence[str], spots: Iterable[Spot]) -> list[Excerpt]:
    """Cut places out of their pages, in order; those that stand near each other, as the cells of a row, in one."""
    joined: list[Spot] = []
    for spot in sorted(spots, key=lambda spot: (spot.page, spot.char_start)):
        if joined and _is_near(joined[-1], spot):
            joined[-1] = replace(joined[-1], char_end=max(joined[-1].char_end, spot.char_end))
        else:
            joined.append(spot)
    return [excerpt(texts, spot) for spot in joined]


def _is_near(first: Spot, second: Spot) -> bool:
    gap, length = second.char_start - first.char_end, second.char_end - first.char_start
    return first.page == second.page and gap <= CONTEXT and length <= MOST_EXCERPT
