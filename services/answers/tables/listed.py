"""Rows of lines that add up: their words, and what their amounts are the products of."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.abreast import one_below_the_other
from services.answers.tables.adding_up import Listed, lines_that_add_up
from services.answers.tables.beginnings import written_words
from services.answers.tables.columns import is_figure
from services.answers.tables.entries import LEADING, is_money
from services.answers.tables.evenly import NOTABLE, goes_on
from services.answers.tables.factors import factors_below, named_factors
from services.answers.tables.head import HeadFinder
from services.answers.tables.row import Figure, Row, whole
from services.answers.tables.sheet import ALIGNED, PRICE_BASE, Cell, Line, Sheet
from services.answers.tables.words import aside_of

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_NAME: Final = re.compile(r"[^\W\d_]{3,}")
"""Codes have fewer letters in succession."""
_NAMING: Final = re.compile(r".*[^\W\d_]{3,}.*:")
_COUNT: Final = re.compile(r"[0-9][0-9.,]*(?: ?[^\W\d_]{1,8}\.?)?(?: *[x\u00d7].*)?")
"""A number, and perhaps its unit and what it is multiplied by: `6.5 Std. x 85,00`."""
_ABOVE: Final = 6
"""Lines above the first row among which a column may be named."""
_GOING_ON: Final = 12
"""Lines below a row's first one that may be its own."""
_WIDE_SPACE: Final = 0.5
"""Gap between words, as part of the font size, at most."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows that a sum proves.

    Parameters
    ----------
    named
        Columns that a line above the rows names.
    """

    rows: Sequence[Row] = ()
    named: frozenset[str] = frozenset()


def listed_rows(
    table: TableDefinition, sheets: Sequence[Sheet], language: str, named: Mapping[str, Decimal], *, coded: bool = False
) -> Listing:
    """Read the rows whose amounts add up to a total of the document, whatever stands above them.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    named
        The document's totals of which one is the sum, by the names that the table's key gives.
    coded
        Rows may have no words, if a head names what they count: dates and amounts alone are instalments.
    """
    if coded and not _names_counts(table, sheets):
        return Listing()
    sheets = [one_below_the_other(sheet) for sheet in sheets]
    listed = lines_that_add_up(table, sheets, language, named, coded=coded)
    return rows_of(table, sheets, language, listed, coded=coded) if listed else Listing()


def rows_of(
    table: TableDefinition, sheets: Sequence[Sheet], language: str, listed: Sequence[Listed], *, coded: bool = False
) -> Listing:
    """Read the rows whose lines are known: their words, and what their amounts are the products of.

    Parameters
    ----------
    sheets
        Those in which the lines were found.
    language
        ISO 639-1, of the document.
    coded
        As for `listed_rows`.
    """
    lines = [line for sheet in sheets for line in sheet.lines]
    heads = _heads(table, lines, listed[0].entry.at)
    counts = [heads[name] for name in table.key.product_of if name in heads]
    if coded and not (counts and table.key.name in heads):
        return Listing()
    own = [_own_words(row, heads.get(table.description.name), counts) for row in listed]
    above: Sequence[Sequence[Line]] = [()] * len(listed) if coded else _lines_above(listed, own, lines)
    factors: Sequence[Mapping[str, Figure]] = [{}] * len(listed)
    if table.key.product_of:
        whole = [
            (row.entry.line if row.is_product else _as_one([*over, row.entry.line]), row.figure)
            for row, over in zip(listed, above, strict=True)
        ]
        factors = named_factors(whole, table.key.product_of, heads, language)
    words = (
        _written_words(table, listed, heads, own, sheets)
        or _written_where_nameless(table, listed, heads, own, sheets)
        or [list(cells) for cells in _words(listed, own, above, lines)]
    )
    if table.key.product_of and not any(factors):
        factors = [
            factors_below(cells, row.figure, table.key.product_of, language)
            for row, cells in zip(listed, words, strict=True)
        ]
        words = [_without(cells, of_line.values()) for cells, of_line in zip(words, factors, strict=True)]
    rows = [
        Row(
            row.entry.page,
            row.entry.line,
            {table.key.name: row.figure, **of_line},
            None,
            lines=[(row.entry.page, cell) for cell in cells],
        )
        for row, of_line, cells in zip(listed, factors, words, strict=True)
    ]
    return Listing(rows, frozenset(heads))


def _written_words(
    table: TableDefinition,
    listed: Sequence[Listed],
    heads: Mapping[str, Cell],
    own: Sequence[Cell],
    sheets: Sequence[Sheet],
) -> list[list[Cell]] | None:
    """Give the words of each row that stand below their head, where the order of the text tells which are whose.

    Without a head they are looked for where rows have codes or nothing beside their numbers: in the column of the cell
    that has most letters.
    """
    head = heads.get(table.description.name)
    if head is None and all(_NAME.search(cell.text) for cell in own):
        return None
    pages = [list(of_page) for _, of_page in groupby(listed, lambda row: row.entry.page)]
    lines = [(sheet.number, line) for sheet in sheets for line in sheet.lines]
    inner = [
        cell for rows in pages for _, line in lines[rows[0].entry.at : rows[-1].entry.at + 1] for cell in line.cells
    ]
    first = head or max(inner, key=_letters)
    found: list[list[Cell]] = []
    for rows in pages:
        page, begin = rows[0].entry.page, max(rows[0].entry.at - _GOING_ON, 0)
        around = [line for number, line in lines[begin : rows[-1].entry.at + 1 + _GOING_ON] if number == page]
        column = _column_of_words([cell for line in around for cell in line.cells], first, is_head=head is not None)
        words = written_words(
            [Row(row.entry.page, row.entry.line, {table.key.name: row.figure}, None) for row in rows], column
        )
        if words is None:
            return None
        found += [list(_paragraph(block)) for block in words]
    return found


def _written_where_nameless(
    table: TableDefinition,
    listed: Sequence[Listed],
    heads: Mapping[str, Cell],
    own: Sequence[Cell],
    sheets: Sequence[Sheet],
) -> list[list[Cell]] | None:
    """Give the same where the last lines name themselves, as what is charged for the postage does, and no other does.

    The numbers of the others stand in the middle of their words, beside none of them.
    """
    count = next((at for at, cell in enumerate(own) if _NAME.search(cell.text)), 0)
    if not count or not all(_NAME.search(cell.text) for cell in own[count:]):
        return None
    words = _written_words(table, listed[:count], heads, own[:count], sheets)
    return words and [*words, *([cell] for cell in own[count:])]


def _column_of_words(cells: Sequence[Cell], first: Cell, *, is_head: bool) -> list[Cell]:
    """Give the cells below a head, or those that begin where a cell does."""
    words = [cell for cell in cells if not is_figure(cell)]
    if is_head:
        return [cell for cell in words if cell.overlaps(first)]
    return [cell for cell in words if abs(cell.left - first.left) <= ALIGNED]


def _paragraph(block: Sequence[Cell]) -> Iterator[Cell]:
    """Give the lines that follow each other closely."""
    yield block[0]
    for upper, lower in pairwise(block):
        if lower.baseline - upper.baseline > LEADING * lower.size:
            return
        yield lower


def _without(cells: Sequence[Cell], factors: Iterable[Figure]) -> list[Cell]:
    """Leave out the lines of words that are factors."""
    starts = {figure.cell.start for figure in factors}
    return [cell for cell in cells if not any(cell.start <= start < cell.end for start in starts)]


def _heads(table: TableDefinition, lines: Sequence[Line], first: int) -> Mapping[str, Cell]:
    """Give the cells that name columns on the nearest line above that names one."""
    finder = HeadFinder(table)
    return next(
        (named for line in reversed(lines[max(first - _ABOVE, 0) : first]) if (named := finder.named(line))), {}
    )


def _names_counts(table: TableDefinition, sheets: Sequence[Sheet]) -> bool:
    """Tell whether some line names a column of amounts, and one of what they are the products of."""
    finder = HeadFinder(table)
    heads = (finder.named(line) for sheet in sheets for line in sheet.lines)
    return any(table.key.name in head and not head.keys().isdisjoint(table.key.product_of) for head in heads)


def _as_one(lines: Sequence[Line]) -> Line:
    return Line(tuple(cell for line in lines for cell in line.cells))


def _lines_above(listed: Sequence[Listed], own: Sequence[Cell], lines: Sequence[Line]) -> list[Sequence[Line]]:
    """Give for each row the lines above its numbers that have its words.

    They are all that stand there where rows have their numbers on their last line. Else it is the one right above, if
    the row's own line begins with a number, as `7,5 Std. x 34,20` does, or goes on with the words above it, or if the
    rows' own lines are indented below such lines: `2 x Tafel`, and below it `Stückpreis 129,00` with the amount.
    """
    chains = [_chain_above(row, words, lines) for row, words in zip(listed, own, strict=True)]
    if _have_numbers_last(listed, own, chains, lines):
        return chains
    over = [_close_above(row, words, lines) for row, words in zip(listed, own, strict=True)]
    pairs = [(line, words) for words, line in zip(own, over, strict=True) if line]
    indented = len(pairs) > 1 and over[0] is not None and all(_is_indented(words, line) for line, words in pairs)
    return [
        [line] if line and (indented or _has_no_name(words) or _is_gone_on(chain, before, words)) else []
        for words, line, chain, before in zip(own, over, chains, [None, *own], strict=False)
    ]


def _has_no_name(own: Cell) -> bool:
    """Tell whether the words beside an amount name nothing: they begin with a number, or are a unit."""
    return own.text[:1].isdigit() or not _NAME.search(PRICE_BASE.sub("", own.text))


def _is_indented(own: Cell, line: Line) -> bool:
    return line.cells[0].left < own.left


def _have_numbers_last(
    listed: Sequence[Listed], own: Sequence[Cell], chains: Sequence[Sequence[Line]], lines: Sequence[Line]
) -> bool:
    """Tell whether rows have their numbers on their last line.

    Most have words above their own line, the first one among them, that are nearer to it than to the row above; or in
    two rows and more these show that the own line goes on with them, and none goes on with the row above.
    """
    if not chains[0] or 2 * sum(map(bool, chains)) <= len(listed):
        return False
    before: list[Cell | None] = [None, *own[:-1]]
    gaps = [
        _is_apart(row, chain, upper, lines) for row, chain, upper in zip(listed, chains, [None, *listed], strict=False)
    ]
    if 2 * sum(gaps) > len(listed) and sum(gaps) == sum(map(bool, chains)):
        return True
    signs = sum(
        _is_gone_on(chain, upper, words) for chain, upper, words in zip(chains, before, own, strict=True) if chain
    )
    return signs > 1 and not any(
        _goes_on_above(chain, upper, words) for chain, upper, words in zip(chains, before, own, strict=True)
    )


def _is_apart(row: Listed, chain: Sequence[Line], upper: Listed | None, lines: Sequence[Line]) -> bool:
    """Tell whether the lines above a row's own are nearer to it than to what stands above them."""
    if not chain or upper is None or upper.entry.page != row.entry.page:
        return bool(chain)
    over = lines[row.entry.at - len(chain) - 1]
    return chain[0].baseline - over.baseline >= NOTABLE * (row.entry.line.baseline - chain[-1].baseline)


def _is_gone_on(chain: Sequence[Line], before: Cell | None, own: Cell) -> bool:
    """Tell whether a row's own words go on with the line above them, and that line with none."""
    over = _over(chain[-1], own) if chain else None
    return over is not None and goes_on(over, own) and not _goes_on_above(chain, before, own)


def _goes_on_above(chain: Sequence[Line], before: Cell | None, own: Cell) -> bool:
    """Tell whether the lines above a row's own go on with the words of the row above."""
    over = _over(chain[0], own) if chain else None
    return over is not None and before is not None and goes_on(before, over)


def _chain_above(row: Listed, own: Cell, lines: Sequence[Line]) -> Sequence[Line]:
    """Give the lines of words that follow each other closely above a row's own, from above."""
    chain: list[Line] = []
    below = row.entry.line
    for line in reversed(lines[max(row.entry.at - _GOING_ON, 0) : row.entry.at]):
        cell = _over(line, own) or _left_above(line, own)
        is_close = 0 < below.baseline - line.baseline <= LEADING * below.size
        if not is_close or cell is None or cell.text.endswith(":") or not any(map(str.isalpha, cell.text)):
            break
        if any(other.overlaps(row.figure.cell) or (other.left > cell.left and is_money(other)) for other in line.cells):
            break
        chain.insert(0, line)
        below = line
    return chain


def _close_above(row: Listed, own: Cell, lines: Sequence[Line]) -> Line | None:
    """Give the line right above a row, if it is words without an amount."""
    if row.entry.at == 0:
        return None
    line = lines[row.entry.at - 1]
    close = 0 < row.entry.line.baseline - line.baseline <= LEADING * row.entry.line.size
    cell = _over(line, own)
    if not close or cell is None or is_figure(line.cells[-1]) or cell.text.endswith(":"):
        return None
    return line if any(map(str.isalpha, cell.text)) else None


def _over(line: Line, own: Cell) -> Cell | None:
    return next((cell for cell in line.cells if cell.overlaps(own)), None)


def _left_above(line: Line, own: Cell) -> Cell | None:
    """Give the words that are all of a line and end left of what names nothing below it: `Riesling` above `36 Fl.`."""
    is_name = len(line.cells) == 1 and line.cells[0].left < own.left and _NAME.search(line.cells[0].text)
    return line.cells[0] if is_name and own.text[:1].isdigit() else None


def _from(line: Line, own: Cell) -> Iterator[Cell]:
    """Give the cell of a line over a row's own words, and what follows it as words do."""
    last: Cell | None = None
    for cell in line.cells:
        if cell.overlaps(own) if last is None else cell.left - last.right <= _WIDE_SPACE * cell.size:
            yield (last := cell)
        elif last is not None:
            return


def _words(
    listed: Sequence[Listed], own: Sequence[Cell], above: Sequence[Sequence[Line]], lines: Sequence[Line]
) -> Iterator[list[Cell]]:
    """Give the words of each row: those of its line, and of the lines that belong to it above and below."""
    taken = {row.entry.at - count for row, over in zip(listed, above, strict=True) for count in range(1, len(over) + 1)}
    ends = [*(row.entry.at for row in listed[1:]), listed[-1].entry.at + 1 + _GOING_ON]
    for row, words, over, end in zip(listed, own, above, ends, strict=True):
        named = [whole(cells) for line in over if (cells := list(_from(line, words)) or list(line.cells))]
        after = range(row.entry.at + 1, min(end, row.entry.at + 1 + _GOING_ON, len(lines)))
        below = _going_on(words, [lines[at] for at in after if at not in taken])
        yield [*named, *([words] if not named or _WORD.search(words.text) else []), *below]


def _own_words(row: Listed, head: Cell | None, counts: Sequence[Cell]) -> Cell:
    """Give the words of a line below those that head them, else the cell with most letters.

    An amount that ends it is left out. A line without words is named by the dates and codes left of what it counts, and
    what is counted by the cell with a colon before it: `Hours:`, `6.5 h x`, `85.00`.
    """
    if not row.entry.has_words and counts:
        edge = min(cell.left for cell in counts)
        names = [cell for cell in row.entry.line.cells if cell.right <= edge]
        return whole(names or row.entry.line.cells[:1])
    headed = [cell for cell in row.entry.line.cells if head and cell.overlaps(head) and _letters(cell)]
    words = headed[0] if len(headed) == 1 else max(row.entry.line.cells, key=_letters)
    amount = row.figure.cell
    if _names_count([cell for cell in row.entry.line.cells if cell.end <= amount.start]):
        return _first_of(row.entry.line.cells[0], len(row.entry.line.cells[0].text))
    if words.start < amount.start < words.end:
        return _first_of(words, amount.start - words.start)
    return words


def _names_count(cells: Sequence[Cell]) -> bool:
    """Tell whether the first cell names with a colon what the second one counts."""
    return len(cells) > 1 and _NAMING.fullmatch(cells[0].text) is not None and bool(_COUNT.fullmatch(cells[1].text))


def _first_of(words: Cell, length: int) -> Cell:
    text = words.text[:length].rstrip(" .:=€£$")
    return words._replace(text=text, end=words.start + len(text))


def _letters(cell: Cell) -> int:
    """Count its letters; what ends with a colon names another cell."""
    is_other = cell.text.endswith(":") or is_money(cell) or PRICE_BASE.match(cell.text)
    return 0 if is_other else sum(map(str.isalpha, cell.text))


def _ends_list(line: Line) -> bool:
    """Tell whether a line is a rule, or names a sum and has a number."""
    text = line.cells[0].text
    return not any(map(str.isalnum, text)) or (aside_of(text) is not None and any(map(str.isdigit, text)))


def _going_on(words: Cell, below: Sequence[Line]) -> Iterator[Cell]:
    """Give what stands below words, as long as lines follow each other closely."""
    height = words.baseline
    for line in below:
        if is_figure(line.cells[-1]) or _ends_list(line):
            return
        cells = list(_from(line, words))
        if not cells or is_figure(cells[0]) or not 0 < line.baseline - height <= LEADING * words.size:
            return
        height = line.baseline
        yield whole(cells)
