"""Rows without a table: what a bill lists below a label, and what a letter lists with how many there are of each.

`Leistungen:`, and behind it a dash and words, each; `12 Stück Messer gezahnt`, `6 no. book cradles at £42.50 each`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.tables import TableDefinition
from services.answers.amounts import parse_number
from services.answers.tables.columns import is_figure
from services.answers.tables.entries import LEADING
from services.answers.tables.head import HeadFinder
from services.answers.tables.row import Figure, Row, whole
from services.answers.tables.sheet import ALIGNED, Cell, Line, Sheet
from services.answers.tables.words import aside_of, is_payment, label_of

_FEWEST: Final = 2
"""Items, at least: one may be a remark."""
_MOST_LINES: Final = 200
"""Of a list; what comes later is none of it."""
_BULLETS: Final = r"[-\u2013\u2022\u00b7*\u25aa\u25cf] ?"
_BULLET: Final = re.compile(rf"{_BULLETS}(?=\w)")
_NUMBER: Final = re.compile(r"([1-9][0-9]?)[.)]? (?=\w)")
_COUNTED: Final = re.compile(
    rf"(?:{_BULLETS})?"
    r"(?P<count>[0-9]{1,5}(?:[.,][0-9]{1,3})?) ?"
    r"(?P<unit>(?:x|\u00d7|st(?:ü|ue)ck|stk\.?|nos?\.|off|pcs\.?|pieces?|pi[eè]ces?|units?|unit[eé]s?|paar|pairs?|paires?"
    r"|sets?|s[aä]tze?|rollen?|rolls?|rouleaux?|kartons?|cartons?|kisten?|boxe?s?|cases?|dosen?|flaschen?|bottles?"
    r"|bouteilles?|s[aä]cke?|bags?|sacs?|packungen?|packs?|paquets?|liter|litres?|l|kg|m|m²|m³|lfm|t)\.? )?"
    r"(?P<words>[^\W\d_].{2,})",
    re.IGNORECASE,
)
"""How many, a unit, and what of."""
_MONEY: Final = r"(?:(?:[€£$]|EUR|CHF|GBP|USD) ?[0-9][0-9.,']*|[0-9][0-9.,']* ?(?:[€£$]|EUR|CHF|GBP|USD))"
_PRICE: Final = re.compile(rf",? (?:zum preis von|zu(?: je)?|à|je|at|for|au prix de|@) ?{_MONEY}.*", re.IGNORECASE)
"""What each costs, behind its words."""
_NO_GOODS: Final = re.compile(
    r"anlage|beilage|verpackung|packst|versand|frist|termin|\bzahl|\braten?\b|enclos|packag|packed|terms|payment"
    r"|instal|annex|pi[eè]ces jointes|emballage|colisage|paiement|(?:täg|wöchent|monat|jähr|stünd)lich"
    r"|\b(?:daily|weekly|monthly|yearly|annually)\b|\bpar (?:jour|semaine|mois|an)\b"
    r"|\b(?:je|pro|per) (?:person|tag|woche|monat|day|week|month)\b",
    re.IGNORECASE,
)
"""Above a list, or in it, what says that it is of no goods."""


def itemised_rows(table: TableDefinition, sheets: Sequence[Sheet]) -> list[Row]:
    """Read the items below a label of the column of words, with a bullet or a number before each; without amounts.

    Empty if there are fewer than two, each has one word alone, or one speaks of payments.
    """
    finder = HeadFinder(table)
    for sheet in sheets:
        for at, line in enumerate(sheet.lines):
            if finder.names_words(line.cells[0]) and _are_services(items := _items(sheet.lines[at : at + _MOST_LINES])):
                return [Row(sheet.number, first, {}, None, lines=_with_page(sheet, cells)) for first, cells in items]
    return []


def _are_services(items: Sequence[tuple[Line, Sequence[Cell]]]) -> bool:
    said = [" ".join(cell.text for cell in cells) for _, cells in items]
    are_long = any(len(words.split()) > 1 for words in said)
    return len(said) >= _FEWEST and are_long and not any(is_payment(words) or _NO_GOODS.search(words) for words in said)


def _items(lines: Sequence[Line]) -> list[tuple[Line, list[Cell]]]:
    """Give the items of a list whose label is the first line, or stands on it before the first item.

    What goes on with an item begins right of its bullet, close below.
    """
    items: list[tuple[Line, list[Cell]]] = []
    edge, baseline = 0, lines[0].baseline
    for line, words in _lines_of_words(lines):
        begin = _begin(words.text, len(items) + 1)
        gap = (line.baseline - baseline) / line.size
        if begin and gap <= 2 * LEADING and (not items or abs(words.left - edge) <= ALIGNED):
            edge = edge or words.left
            items.append((line, [words._replace(text=words.text[begin:], start=words.start + begin)]))
        elif items and gap <= LEADING and words.left > edge + ALIGNED and not _is_sum(line):
            items[-1][1].append(words)
        else:
            break
        baseline = line.baseline
    return items


def _is_sum(line: Line) -> bool:
    return aside_of(label_of(cell.text for cell in line.cells)) is not None or is_figure(line.cells[-1])


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
        Empty if there are fewer than two with a unit, or two such lists.
    """
    lists = [rows for sheet in sheets for rows in _counted_lists(quantity, sheet, language)]
    return lists[0] if len(lists) == 1 else []


def _counted_lists(quantity: str, sheet: Sheet, language: str) -> Iterator[list[Row]]:
    rows: list[Row] = []
    units, above, title = 0, sheet.lines[0] if sheet.lines else None, ""
    for line in (*sheet.lines, None):
        match = _COUNTED.fullmatch(whole(line.cells).text) if line else None
        is_near = line is not None and above is not None and line.baseline - above.baseline <= 2 * LEADING * line.size
        if line and match and (match["unit"] or rows) and (not rows or (is_near and _is_aligned(rows[0].line, line))):
            title = title if rows or above is None else whole(above.cells).text
            rows.append(_counted(quantity, sheet, line, match, language))
            units += match["unit"] is not None
        elif line and rows and is_near and _goes_on(rows[0].line, line):
            rows[-1].lines += _with_page(sheet, [whole(line.cells)])
        else:
            if units >= _FEWEST and not _NO_GOODS.search(title) and not any(map(_is_no_goods, rows)):
                yield rows
            rows, units = [], 0
        above = line


def _counted(quantity: str, sheet: Sheet, line: Line, match: re.Match[str], language: str) -> Row:
    words = whole(line.cells)
    start, end = match.span("count")
    count = words._replace(text=match["count"], start=words.start + start, end=words.start + end)
    said, begin = _PRICE.sub("", match["words"]), words.start + match.start("words")
    cell = words._replace(text=said, start=begin, end=begin + len(said))
    figure = Figure(count, parse_number(match["count"], language))
    return Row(sheet.number, line, {quantity: figure}, None, lines=_with_page(sheet, [cell]))


def _is_aligned(first: Line, line: Line) -> bool:
    return abs(line.cells[0].left - first.cells[0].left) <= ALIGNED


def _goes_on(first: Line, line: Line) -> bool:
    """Tell whether a line is the rest of an item above it: it is set in, or begins with a small letter below none."""
    if line.cells[0].left > first.cells[0].left + ALIGNED:
        return True
    goes_on = _is_aligned(first, line) and line.cells[0].text[:1].islower()
    return goes_on and not _BULLET.match(first.cells[0].text)


def _is_no_goods(row: Row) -> bool:
    return any(_NO_GOODS.search(cell.text) for _, cell in row.lines)


def _with_page(sheet: Sheet, cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
    return [(sheet.number, cell) for cell in cells]
