"""Rows without a table: what a bill lists below a label, and what a letter lists with how many there are of each.

`Leistungen:`, and behind it a dash and words, each; `12 Stück Messer gezahnt`, `6 no. book cradles at £42.50 each`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.tables import TableDefinition
from services.answers.amounts import parse_number
from services.answers.tables.entries import LEADING
from services.answers.tables.head import HeadFinder
from services.answers.tables.row import Figure, Row, whole
from services.answers.tables.sheet import ALIGNED, Cell, Line, Sheet

_FEWEST: Final = 2
"""Items, at least: one may be a remark."""
_BULLET: Final = re.compile(r"[-\u2013\u2022\u00b7*\u25aa\u25cf] ?(?=\w)")
_NUMBER: Final = re.compile(r"([1-9][0-9]?)[.)]? (?=\w)")
_COUNTED: Final = re.compile(
    r"(?:[-\u2013\u2022\u00b7*\u25aa\u25cf] ?)?(?P<count>[0-9]{1,5}(?:[.,][0-9]{1,3})?) ?"
    r"(?:x|\u00d7|st(?:ü|ue)ck|stk\.?|st\.|nos?\.|off|pcs\.?|pieces?|pi[eè]ces?|units?|unit[eé]s?|paar|pairs?|paires?"
    r"|sets?|s[aä]tze?|rollen?|rolls?|rouleaux?|kartons?|cartons?|kisten?|boxe?s?|cases?|dosen?|flaschen?|bottles?"
    r"|bouteilles?|s[aä]cke?|bags?|sacs?|packungen?|packs?|paquets?|liter|litres?|l|kg|m|m²|m³|lfm|t)\.? "
    r"(?P<words>[^\W\d_].{2,})",
    re.IGNORECASE,
)
"""How many, a unit, and what of."""
_MONEY: Final = r"(?:(?:[€£$]|EUR|CHF|GBP|USD) ?[0-9][0-9.,']*|[0-9][0-9.,']* ?(?:[€£$]|EUR|CHF|GBP|USD))"
_PRICE: Final = re.compile(rf",? (?:zum preis von|zu(?: je)?|à|je|at|for|au prix de|@) ?{_MONEY}.*", re.IGNORECASE)
"""What each costs, behind its words."""


def itemised_rows(table: TableDefinition, sheets: Sequence[Sheet]) -> list[Row]:
    """Read the items below a label of the column of words, with a bullet or a number before each; without amounts.

    Empty if there are fewer than two, or something else stands beside them.
    """
    finder = HeadFinder(table)
    for sheet in sheets:
        for at, line in enumerate(sheet.lines):
            if finder.names_words(line.cells[0]) and len(items := _items(sheet.lines[at:])) >= _FEWEST:
                return [Row(sheet.number, first, {}, None, lines=_with_page(sheet, cells)) for first, cells in items]
    return []


def counted_items(quantity: str, sheets: Sequence[Sheet], language: str) -> list[Row]:
    """Read the lines of a letter, one close below the other, that say how many of what.

    Parameters
    ----------
    quantity
        The column that says how many.
    language
        ISO 639-1, of the document.

    Returns
    -------
    list
        Empty if there are fewer than two.
    """
    for sheet in sheets:
        chain: list[Row] = []
        for line in sheet.lines:
            row = _counted(quantity, sheet, line, language)
            if row is None or (chain and not _follows(chain[-1].line, line)):
                if len(chain) >= _FEWEST:
                    return chain
                chain = []
            chain += [row] if row else []
        if len(chain) >= _FEWEST:
            return chain
    return []


def _counted(quantity: str, sheet: Sheet, line: Line, language: str) -> Row | None:
    words = whole(line.cells)
    if (match := _COUNTED.fullmatch(words.text)) is None:
        return None
    start, end = match.span("count")
    count = words._replace(text=match["count"], start=words.start + start, end=words.start + end)
    said = _PRICE.sub("", match["words"])
    begin = words.start + match.start("words")
    cell = words._replace(text=said, start=begin, end=begin + len(said))
    figure = Figure(count, parse_number(match["count"], language))
    return Row(sheet.number, line, {quantity: figure}, None, lines=_with_page(sheet, [cell]))


def _follows(above: Line, line: Line) -> bool:
    is_close = line.baseline - above.baseline <= 2 * LEADING * line.size
    return is_close and abs(line.cells[0].left - above.cells[0].left) <= ALIGNED


def _with_page(sheet: Sheet, cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
    return [(sheet.number, cell) for cell in cells]


def _items(lines: Sequence[Line]) -> list[tuple[Line, list[Cell]]]:
    """Give the items of a list whose label is the first line, or stands on it before the first item."""
    items: list[tuple[Line, list[Cell]]] = []
    edge, baseline = 0, lines[0].baseline
    for line, words in _lines_of_words(lines):
        begin = _begin(words.text, len(items) + 1)
        is_near = line.baseline - baseline <= 2 * LEADING * line.size
        if not is_near or (items and words.left < edge - ALIGNED) or not (items or begin):
            break
        if begin and (not items or abs(words.left - edge) <= ALIGNED):
            edge = edge or words.left
            items.append((line, [words._replace(text=words.text[begin:], start=words.start + begin)]))
        else:
            items[-1][1].append(words)
        baseline = line.baseline
    return items


def _lines_of_words(lines: Sequence[Line]) -> Iterator[tuple[Line, Cell]]:
    """Give what stands behind the label on its line, and the lines below."""
    first, *others = lines
    if len(first.cells) > 1:
        yield first, whole(first.cells[1:])
    yield from ((line, whole(line.cells)) for line in others)


def _begin(text: str, number: int) -> int:
    """Give the length of what begins an item: a bullet, or its own number; 0 if nothing does."""
    if bullet := _BULLET.match(text):
        return bullet.end()
    counted = _NUMBER.match(text)
    return counted.end() if counted and int(counted[1]) == number else 0
