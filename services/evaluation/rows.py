"""Rows of a table against the true ones: which were found, which are missing, which are no rows.

A row is right if its quantity and its total are right (numbers, to the cent) and its description is the same article:
the words of the shorter description are those of the longer one, nearly (`SIMILARITY`). Pages add article numbers
and notes to a description, or cut it; a code alone is none. Each row is counted once: a doubled row is a wrong one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Final

import numpy as np
from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import cdist
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from schemas.document_types import Kind
from schemas.events import FieldAnswer
from services.answers.amounts import MAX_DIGITS
from services.answers.normal_form import normal_text
from services.evaluation.judging import decimal_of
from services.evaluation.labels import ROWS, TrueRow
from services.evaluation.shown import PagesShown, Spot

SIMILARITY: Final = 90.0
"""Least similarity of two descriptions, 0 to 100 (rapidfuzz, words as sets)."""

_CENT: Final = Decimal("0.01")
_EXACT: Final = Context(prec=2 * MAX_DIGITS)
_PATH: Final = re.compile(rf"{ROWS}\[(?P<row>[0-9]{{1,6}})\]\.(?P<column>\w+)")

Key = tuple[Decimal | None, Decimal | None]
"""Quantity, and total in whole cents."""


def row_text(quantity: object, description: str | None, line_total: object) -> str:
    """Say a row in one line, for people."""
    return " | ".join("\u2013" if cell is None else str(cell) for cell in (quantity, description, line_total))


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """A row as it was answered; None for what was not read.

    Parameters
    ----------
    cells
        The answers that it was put together from, other columns included.
    """

    description: str | None
    quantity: Decimal | None
    line_total: Decimal | None
    cells: Sequence[FieldAnswer] = field(default=(), compare=False)

    def __str__(self) -> str:
        return row_text(self.quantity, self.description, self.line_total)


@dataclass(frozen=True, slots=True)
class Matching:
    """Which rows are the same.

    Parameters
    ----------
    found
        For each true row: the index of the answered row that is it, or None.
    extra
        Indices of answered rows that are no true row.
    """

    found: Sequence[int | None]
    extra: Sequence[int]


def answered_rows(fields: Iterable[FieldAnswer]) -> list[AnsweredRow]:
    """Put the rows of an answer together, in order, from the fields with paths such as `line_items[0].quantity`.

    A cell that is only proposed is no answer.
    """
    rows: dict[int, dict[str, FieldAnswer]] = defaultdict(dict)
    for answer in fields:
        if answer.status != "doubtful" and (match := _PATH.fullmatch(answer.path)):
            rows[int(match["row"])][match["column"]] = answer
    return [_answered_row(rows[number]) for number in sorted(rows)]


def _answered_row(cells: dict[str, FieldAnswer]) -> AnsweredRow:
    description = cells.get("description")
    quantity, line_total = (cells[name].value_numeric if name in cells else None for name in ("quantity", "line_total"))
    said = description.value or description.verbatim if description else None
    return AnsweredRow(said, quantity, line_total, tuple(cells.values()))


def match_rows(truth: Sequence[TrueRow], answered: Sequence[AnsweredRow]) -> Matching:
    """Match rows one to one, as many as can be."""
    found: list[int | None] = [None] * len(truth)
    free: dict[Key, list[int]] = defaultdict(list)
    for index, row in enumerate(answered):
        free[row.quantity, _cents(row.line_total)].append(index)
    # What a label leaves open may be anything: such rows take what the others have left.
    for wanted, group in _groups(truth):
        keys = [key for key in free if _fits(wanted, key)] if None in wanted else [wanted]
        fitting = [index for key in keys for index in free.get(key, ())]
        for true_index, index in _matched(group, fitting, truth, answered):
            found[true_index] = index
            free[answered[index].quantity, _cents(answered[index].line_total)].remove(index)
    return Matching(found, sorted(index for indices in free.values() for index in indices))


def row_spots(row: TrueRow, pages: PagesShown) -> list[Spot | None]:
    """Find the first place of each thing that makes a row, None where no page shows it; of a description one line."""
    first_line = (row.description or "").strip().split("\n")[0]
    cells = ((Kind.TEXT, first_line), (Kind.MONEY, row.line_total), (Kind.NUMBER, row.quantity))
    return [pages.find(kind, value) for kind, value in cells if value]


def _groups(truth: Sequence[TrueRow]) -> list[tuple[Key, list[int]]]:
    """Put rows with the same numbers together, those that say most first."""
    groups: dict[Key, list[int]] = defaultdict(list)
    for index, row in enumerate(truth):
        groups[decimal_of(row.quantity or ""), _cents(decimal_of(row.line_total or ""))].append(index)
    return sorted(groups.items(), key=lambda group: group[0].count(None))


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT, context=_EXACT)


def _fits(wanted: Key, key: Key) -> bool:
    return all(want is None or want == has for want, has in zip(wanted, key, strict=True))


def _matched(
    group: Sequence[int], fitting: Sequence[int], truth: Sequence[TrueRow], answered: Sequence[AnsweredRow]
) -> list[tuple[int, int]]:
    if not fitting:
        return []
    true_texts = [_words(truth[index].description) for index in group]
    texts = [_words(answered[index].description) for index in fitting]
    similar = cdist(true_texts, texts, scorer=token_set_ratio, score_cutoff=SIMILARITY) >= SIMILARITY
    similar |= np.array([not text for text in true_texts])[:, np.newaxis]
    chosen = maximum_bipartite_matching(csr_matrix(similar), perm_type="column")
    return [(group[place], fitting[index]) for place, index in enumerate(chosen) if index >= 0]


def _words(description: str | None) -> str:
    return re.sub(r"[\W_]+", " ", normal_text(description or "")).strip()
