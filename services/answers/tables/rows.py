"""Rows of one table on one sheet, from the places of its cells."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from schemas.tables import ColumnDefinition, TableDefinition
from services.answers.amounts import FRACTION, HUNDREDTH, parse_hundredths, parse_money, parse_number
from services.answers.tables.beginnings import begins_above, first_start, starts_of
from services.answers.tables.columns import Columns, is_figure
from services.answers.tables.evenly import Numbers
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.margin import without_margin
from services.answers.tables.products import is_product
from services.answers.tables.row import Figure, Row, above_totals, baseline_of, row_tolerance, whole
from services.answers.tables.sheet import ALIGNED, AMOUNT, PRICE_BASE, Cell, Line, with_zero, without_factor
from services.answers.tables.words import (
    Aside,
    aside_of,
    beside_note,
    label_of,
    names_sum_alone,
    names_tax,
    says_nothing_is_charged,
)

_ROW_NUMBER: Final = re.compile(r"0*([0-9]{1,6})[.)]?")
_IN_GROUP: Final = re.compile(r"0*([0-9]{1,6})(?:\.[0-9]{1,4})+\.?")
"""`3.1`: the first row of the third group."""
_LASTED: Final = re.compile(
    r"(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9])(?: ?(?:h|hrs?|hours?|std\.?|stunden|heures?))?",
    re.IGNORECASE,
)
"""How long something took, in the column of quantities: `03:30` are three and a half hours.

Where quantities alone make rows, as on a delivery note, it is a time of day.
"""
_METERED: Final = re.compile(r"[0-9][0-9.,' ]* ?(?:[kM]Wh|m³|m3)")
"""What is counted and not paid."""
_LETTERS_ALONE: Final = re.compile(r"[^\d]*[^\W\d_][^\d]*")
_DATE: Final = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1(?:[0-9]{2}){1,2}|[0-9]{4}([./-])[0-9]{2}\2[0-9]{2}")
_DAY: Final = r"[0-9]{1,2}[./][0-9]{1,2}(?:[./](?:[0-9]{2}){0,2})?"
_DAYS: Final = re.compile(rf"{_DAY}(?: ?[-\u2013] ?{_DAY})?")
"""Days of a period, which name nothing where they stand below the words of a row."""
_NEXT_LINE: Final = 2
"""Distance of a line from the next one, as part of the font size, at most."""
_SIGNS: Final = "-\u2212("
"""Before other words of its cell, what makes an amount negative: it is not read without its sign."""
_MAX_NUMBER_CELL: Final = 40
_OF_ONE: Final = re.compile(r"(?:je|pro|per|à|par|each|a) [^\W\d_]{1,12}\.? ", re.IGNORECASE)
"""Before a price, of what it is the price: `je Satz 96,50`. An amount is that of all."""
_WITH_CODE: Final = re.compile(r"([^\W\d]{0,3} ?[-+]?[0-9][0-9., ]*[.,][0-9]{2}-?) [0-9]")
"""An amount, and the number of its tax rate: `188,40 2`."""
_TAX_WITH_RATE: Final = re.compile(
    r"([^\W\d]{0,3} ?[-+]?[0-9][0-9., ]*[.,][0-9]{2}(?: ?[^\W\d]{3}| ?[€$£])?) \([0-9]{1,2}(?:[.,][0-9]{1,2})? ?%\)"
)
"""A tax, and its rate: `2,23 € (10%)`."""
_TAKEN_OFF: Final = re.compile(r"\([-\u2013\u2212+]? ?[0-9]{1,2}(?:[.,][0-9]{1,2})? ?%\) ")
"""Before an amount, the discount that is taken off it already: `(-5 %) 2.588,75`."""
_TAXED_AT: Final = re.compile(r"[^\W\d_]{0,5}\.? ?[0-9]{1,2}(?:[.,][0-9]{1,2})? ?%(?: [^\W\d_].*)?")
_REMARK: Final = re.compile(
    r"\([^\w()]{0,2}[0-9][0-9.,]*[^\w()]{0,2}"
    r"(?:p ?& ?p|postage|shipping|delivery|vat|tax|mwst|ust|tva|versand|porto)\.?\)",
    re.IGNORECASE,
)
"""What an amount in brackets is of stands behind it: `(£0.00 P&P)` is a remark, `(12.00 CR)` an amount."""
_WIDE_SPACE: Final = 0.75
"""Gap between words of one width, as part of the font size, at most."""
_SEVERAL: Final = 2
"""Rows whose amounts are products by no chance."""
_SAME_ROW: Final = 1.6
"""Difference of baselines, as part of the font size, within which numbers are of one row."""
_LINES_OF_HEAD: Final = 3
_OF: Final = frozenset({"x", "X", "\u00d7"})
"""Between a quantity and the words of what it is of."""
_BELOW_NAMES: Final = 3
"""Distance of a line of totals from the line that names them, as part of the font size, at most."""
_LAST_FIRST: Final = (Aside.TOTAL, Aside.SUBTOTAL, Aside.CARRIED)
"""Of a line that names several sums, the one that ends most decides."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_OF_TAX: Final = re.compile(
    r"(?:(?P<with>ink(?:l\.|lusive)|incl(?:\.|uding)|avec|toutes)|ex(?:kl\.|cl\.|klusive|cluding)|zzgl\.|hors|ohne)"
    r" (?:mwst\.?|ust\.?|steuern?|vat|tax(?:es)?|tva)\.? ?:?",
    re.IGNORECASE,
)
"""Above an amount in its cell, whether it has its tax."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one stretch of a sheet gave.

    Parameters
    ----------
    page
        Number of the sheet.
    rows
        From above; those that are subtotals and the like are among them, and say so.
    before
        Lines of description above the first row: of the last row on the sheet before, if there was one.
    strays
        Numbers under a required head that are of no row.
    uncounted
        What counts on after a row, where no row has an amount.
    unbilled
        Words in the place of an amount, beside a quantity or a price: `kostenlos`.
    ended
        Another table began, or nothing more of this one can follow on the sheet.
    """

    page: int
    rows: Sequence[Row]
    before: Sequence[Cell]
    strays: Sequence[Cell]
    uncounted: Sequence[tuple[int, Cell]]
    unbilled: Sequence[Cell]
    ended: bool


@dataclass(slots=True)
class RowReader:
    """Reads rows of one table, sheet by sheet.

    Parameters
    ----------
    language
        ISO 639-1, with or without a country: decides what `1.234` means.
    """

    table: TableDefinition
    language: str
    _begins_above: bool = False
    """Rows of the sheets before began above their numbers."""
    _stand: set[Numbers] = field(default_factory=set)
    """On which of a row's lines its numbers stand, by the sheets before whose lines are evenly spaced."""

    _begun: tuple[int | None, list[tuple[int, Cell]]] | None = None
    """Number and lines of a row whose amount stands on the next sheet."""

    @property
    def is_unsure(self) -> bool:
        """Nothing told, or sheets do not agree, whose the lines between the numbers of two rows are."""
        return Numbers.FIRST not in self._stand if Numbers.UNKNOWN in self._stand else len(self._stand) > 1

    @property
    def _decided(self) -> Numbers | None:
        decided = self._stand - {Numbers.UNKNOWN}
        return decided.pop() if len(decided) == 1 else None

    def read(self, page: int, lines: Sequence[Line], columns: Columns, *, continues: bool) -> Part:
        """Read the lines between a head, or a sheet's beginning, and the next head, or the sheet's end.

        Parameters
        ----------
        continues
            The table began on a sheet before: its last row may go on.
        """
        body, ended = self._body(without_margin(lines, columns.heads), columns)
        body = [line for line in body if not self._shows_meter(line, columns)]
        placed = [(line, self._placed(line, columns)) for line in body]
        columns.learn((name, cell) for _, cells in placed for name, cell in cells)
        placed = [(line, self._placed(line, columns)) for line in body]
        rows, others, uncounted, position = self._rows(page, placed, continues=continues)
        before = self._describe(page, rows, placed, continues=continues)
        strays = _attach_beside_words(rows, others)
        if rows:
            self._finish_begun(rows)
            self._begun = _begun_below(rows, *(uncounted[-1] if uncounted else (None, position)))
        return Part(page, rows, before, strays, uncounted, list(self._unbilled(placed)), ended)

    def _shows_meter(self, line: Line, columns: Columns) -> bool:
        """Tell whether a line has what a meter shows in the place of an amount: `18402.10 kWh`."""
        is_last = columns.assign(line.cells)[-1] == self.table.key.name and self.table.key.kind == "money"
        return is_last and _METERED.fullmatch(line.cells[-1].text) is not None

    def _body(self, lines: Sequence[Line], columns: Columns) -> tuple[Sequence[Line], bool]:
        """Cut where the head of another table stands, or totals in columns do.

        Lines right below this head may belong to it.
        """
        for index, line in enumerate(lines):
            assigned = columns.assign(line.cells)
            if index >= _LINES_OF_HEAD and _is_head(line, assigned, columns.numbers):
                return lines[:index], True
            if self.table.key.name in assigned:
                continue
            if _aside_above(lines[index - 1] if index else None, line) is Aside.TOTAL:
                return lines[: index - 1], True
            if _is_total(line):
                return lines[:index], True
        return lines, False

    def _placed(self, line: Line, columns: Columns) -> list[tuple[str, Cell]]:
        """Put the cells of a line into columns; words that follow each other closely go on with a description."""
        placed: list[tuple[str, Cell]] = []
        words = self.table.description.name
        for name, cell in zip(columns.assign(line.cells), line.cells, strict=True):
            if placed and placed[-1][0] == words and self._goes_on(placed[-1][1], cell, columns):
                placed.append((words, cell))
            elif name is not None:
                placed.append((name, cell))
        return placed

    def _goes_on(self, last: Cell, cell: Cell, columns: Columns) -> bool:
        close = cell.left - last.right <= _WIDE_SPACE * cell.size
        return close and not AMOUNT.fullmatch(cell.text) and not columns.is_at_home(cell)

    def _figure(self, column: ColumnDefinition | None, cell: Cell) -> Figure | None:
        """Read a number with what stands around it in its cell; None if the cell is words."""
        cell = _without_base(without_factor(cell) if column is not None and column.kind == "number" else cell)
        coded = _WITH_CODE.fullmatch(cell.text) if column is None or column.kind == "money" else None
        coded = coded or (_TAX_WITH_RATE.fullmatch(cell.text) if column is None else None)
        if coded:
            cell = cell._replace(text=coded[1], end=cell.start + len(coded[1]))
        if column is self.table.key and (taken_off := _TAKEN_OFF.match(cell.text)):
            cell = cell._replace(text=cell.text[taken_off.end() :], start=cell.start + taken_off.end())
        if column is not self.table.key and (of_one := _OF_ONE.match(cell.text)):
            cell = cell._replace(text=cell.text[of_one.end() :], start=cell.start + of_one.end())
        match = AMOUNT.search(cell.text) if len(cell.text) <= _MAX_NUMBER_CELL else None
        if (
            match is None
            or _DATE.fullmatch(cell.text)
            or (column is self.table.key and column.kind == "money" and _is_no_amount(cell.text))
        ):
            return None
        parse = parse_money if column is not None and column.kind == "money" else parse_number
        value = parse(with_zero(cell.text), self.language)
        may_last = column is not None and column.kind == "number" and column is not self.table.key
        if may_last and (lasted := _LASTED.fullmatch(cell.text)):
            value = round(int(lasted["hours"]) + Decimal(lasted["minutes"]) / 60, 4).normalize()
        if value is not None:
            return Figure(cell, value)
        if parse is parse_money and HUNDREDTH.fullmatch(cell.text):
            return Figure(cell, parse_hundredths(cell.text, self.language))
        around = cell.text[: match.start()] + cell.text[match.end() :]
        is_part = FRACTION.search(around) or any(map(str.isdigit, around))
        if is_part or match.start() > 4:  # noqa: PLR2004  (a currency may stand before)
            return None
        text = match[0].strip()
        at = cell.text.index(text)
        # Only the number is copied: its unit is another answer. Its place needs the cell to stand as it was read.
        inner = cell._replace(text=text, start=cell.start + at, end=cell.start + at + len(text))
        is_signed = cell.text[0] in _SIGNS and text[0] not in _SIGNS
        if is_signed and column is None:  # what no head names may be an amount: `-£1,000.00`
            return Figure(cell, parse_money(cell.text, self.language))
        is_unread = is_signed and parse is parse_money
        return Figure(inner, None if is_unread else parse(with_zero(text), self.language))

    def _rows(
        self, page: int, placed: Sequence[tuple[Line, Sequence[tuple[str, Cell]]]], *, continues: bool
    ) -> tuple[list[Row], list[tuple[str, Figure]], list[tuple[int, Cell]], Cell | None]:
        """Give the rows, numbers that are near none, what counts on alone, and the last position without an amount."""
        by_name = {column.name: column for column in self.table.columns}
        key = self.table.key
        rows: list[Row] = []
        others: list[tuple[str, Figure]] = []
        numbers: list[tuple[int, Cell]] = []
        grouped: list[tuple[int, Cell]] = []
        named: Cell | None = None
        labels: dict[str, Cell] = {}
        untaxed: dict[str, bool] = {}
        for above, (line, cells) in zip([None, *(line for line, _ in placed)], placed, strict=False):
            named = _named_sum(line, named)
            aside = aside_of(label_of(cell.text for cell in line.cells)) or _aside_above(above, line)
            is_total = beside_note([cell.text for cell in line.cells]) is not None or (named and names_tax(named.text))
            is_form = key.kind != "money" and _is_filled_in(line, [cell for name, cell in cells if name == key.name])
            aside = aside or (Aside.TOTAL if is_total or is_form else None)
            groups = ((_IN_GROUP.fullmatch(cell.text), cell) for name, cell in cells if name == ROW_NUMBER)
            of_line = [(int(match[1]), cell) for match, cell in groups if match]
            grouped += of_line
            group = of_line[0][0] if of_line else None
            for name, cell in cells:
                if name == ROW_NUMBER and (match := _ROW_NUMBER.fullmatch(cell.text)):
                    numbers.append((int(match[1]), cell))
                column = by_name.get(name)
                figure = self._figure(column, cell) or (self._free(cells) if column is key else None)
                if figure is None:
                    labels[name] = cell
                if column is self.table.description or figure is None:
                    continue
                taxed = _is_with_tax(labels.pop(name, None), cell)
                if taxed and untaxed.get(name):
                    others.append((f"{name} with tax", figure))
                elif column is key:
                    rows.append(Row(page, line, {name: figure}, None, group=group, aside=aside))
                else:
                    others.append((name, figure))
                untaxed[name] = taxed is False
        apart = _in_succession(self.table, rows, others)
        strays = _attach(rows, [item for item in others if item[0] not in apart], by_name)
        position = _begin_at_positions(rows, grouped, continues=continues)
        return rows, strays, _count(rows, numbers, has_begun=self._begun is not None), position

    def _free(self, line: Sequence[tuple[str, Cell]]) -> Figure | None:
        """Read `kostenlos` in the place of an amount beside a quantity: what is given away is a row too."""
        cell = dict(line)[self.table.key.name]
        quantity = next((column for column in self.table.columns if column.name in self.table.key.product_of), None)
        counted = quantity is not None and any(
            name == quantity.name and self._figure(quantity, of) for name, of in line
        )
        return Figure(cell, Decimal(0)) if counted and says_nothing_is_charged(cell.text) else None

    def _unbilled(self, placed: Sequence[tuple[Line, Sequence[tuple[str, Cell]]]]) -> Iterator[Cell]:
        """Give what has words in the place of its amount, and a quantity or a price, and may cost something."""
        by_name = {column.name: column for column in self.table.columns}
        key, words = self.table.key, self.table.description.name
        for _, line in placed:
            cells = dict(line)
            if words not in cells or key.name not in cells or not _LETTERS_ALONE.fullmatch(cells[key.name].text):
                continue
            factors = [(by_name[name], cells[name]) for name in key.product_of if name in cells]
            is_row = self._figure(key, cells[key.name]) or self._free(line)
            is_label = _OF_TAX.fullmatch(cells[key.name].text)  # its amount stands below it
            if not (is_row or is_label) and any(self._figure(*factor) for factor in factors):
                yield cells[key.name]

    def _describe(
        self,
        page: int,
        rows: Sequence[Row],
        placed: Sequence[tuple[Line, Sequence[tuple[str, Cell]]]],
        *,
        continues: bool,
    ) -> list[Cell]:
        """Give each row the lines of its description; what is left over stands above the first."""
        name = self.table.description.name
        cells = [cell for _, line in placed if (cell := _words(line, name)) is not None]
        cells = _without_days(cells)
        if not rows:
            return cells
        if self._begun and rows[0].number is None:
            rows[0].begins = first_start(rows[0], cells) + row_tolerance(rows[0])
        starts, numbers = starts_of(rows, cells, continues=continues and not self._begins_above, before=self._decided)
        self._stand |= {numbers} if numbers else set()
        above = [start < row.top - row_tolerance(row) for row, start in zip(rows, starts, strict=True)]
        self._begins_above = self._begins_above or above[0] or 2 * sum(above) > len(rows)
        bounds = [bisect_left(cells, start, key=baseline_of) for start in starts]
        for row, first, end in zip(rows, bounds, [*bounds[1:], len(cells)], strict=True):
            row.lines = [(page, cell) for cell in cells[first:end]]
            if row.lines and not label_of(cell.text for cell in row.line.cells):
                row.aside = row.aside or aside_of(row.lines[0][1].text)  # its amount stands in the middle of two lines
        self._describe_otherwise(page, rows, placed)
        return cells[: bounds[0]]

    def _finish_begun(self, rows: Sequence[Row]) -> None:
        """Give the first row of a sheet what stands of it on the one before."""
        if self._begun and rows[0].aside is None and rows[0].number is None:
            rows[0].number, lines = self._begun
            rows[0].lines[:0] = lines

    def _describe_otherwise(
        self, page: int, rows: Sequence[Row], placed: Sequence[tuple[Line, Sequence[tuple[str, Cell]]]]
    ) -> None:
        """Give rows without a description the words of another column: a second block may have them there."""
        wanted = {column.name for column in self.table.columns} | {ROW_NUMBER}
        others: dict[str, list[Cell]] = {}
        blocks = list(_without_words(rows))
        for _, line in placed if blocks else ():
            for name in dict.fromkeys(name for name, _ in line if name not in wanted):
                others.setdefault(name, []).append(whole([cell for column, cell in line if column == name]))
        for first, end in blocks:
            above = rows[first - 1].bottom if first else -1
            below = rows[end].top - row_tolerance(rows[end]) if end < len(rows) else math.inf
            for cells in sorted(others.values(), key=lambda cells: cells[0].left):
                between = cells[
                    bisect_right(cells, above, key=baseline_of) : bisect_left(cells, below, key=baseline_of)
                ]
                if between and _share(page, rows[first:end], between):
                    break
            self._describe_by_numbers(page, rows[first:end], placed)

    def _describe_by_numbers(
        self, page: int, rows: Sequence[Row], placed: Sequence[tuple[Line, Sequence[tuple[str, Cell]]]]
    ) -> None:
        """Give rows the words with which the line of a price and an amount begins below a column of numbers."""
        numbers = {column.name for column in self.table.columns if column.kind != "text"}
        bare = {row.line: row for row in rows if not row.lines and len(row.figures) > 1}
        for line, cells in placed if bare else ():
            if cells and line in bare and cells[0][0] in numbers:
                first = cells[0][1]
                words = sum(_WORD.search(word) is not None for word in first.text.split())
                bare[line].lines = [(page, first)] if words > 1 and not is_figure(first) else []


def _without_words(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Give the first, and the one behind the last, of rows in succession without a description."""
    bare = [not row.lines and row.aside is None for row in rows]
    for first in (at for at, is_bare in enumerate(bare) if is_bare and not (at and bare[at - 1])):
        yield first, next((at for at in range(first, len(rows)) if not bare[at]), len(rows))


def _share(page: int, rows: Sequence[Row], cells: Sequence[Cell]) -> bool:
    """Give rows the words of a column if each of them then has several; say whether they have."""
    starts, _ = starts_of(rows, cells, continues=False, is_named=False)
    bounds = [bisect_left(cells, start, key=baseline_of) for start in starts]
    shares = [cells[first:end] for first, end in zip(bounds, [*bounds[1:], len(cells)], strict=True)]
    if not all(sum(len(_WORD.findall(cell.text)) for cell in share[:2]) > 1 for share in shares):
        return False
    for row, share in zip(rows, shares, strict=True):
        row.lines = [(page, cell) for cell in share]
    return True


def _without_days(cells: Sequence[Cell]) -> list[Cell]:
    """Leave out lines of nothing but days, if each of them stands right above or below other words."""
    days = [cell for cell in cells if _DAYS.fullmatch(cell.text)]
    named = [cell for cell in cells if not _DAYS.fullmatch(cell.text)]
    for cell in days:
        at = bisect_left(named, cell.baseline, key=baseline_of)
        around = named[max(at - 1, 0) : at + 1]
        if not any(abs(other.baseline - cell.baseline) <= _NEXT_LINE * cell.size for other in around):
            return list(cells)
    return named


def _words(line: Iterable[tuple[str, Cell]], name: str) -> Cell | None:
    """Give what stands in a column on a line as one cell, without a sign between the quantity and what it is of."""
    cells = [cell for column, cell in line if column == name and cell.text not in _OF]
    return whole(cells) if cells else None


def _is_head(line: Line, assigned: Sequence[str | None], numbers: frozenset[str]) -> bool:
    """Tell whether a line has words, and no number, in several columns of numbers: the head of another table."""
    if len(line.cells) <= 2 or any(map(is_figure, line.cells)):  # noqa: PLR2004
        return False
    words = {name for name, cell in zip(assigned, line.cells, strict=True) if not any(map(str.isdigit, cell.text))}
    return len(numbers & words) > 1


def _without_base(cell: Cell) -> Cell:
    """Leave out how much a price is for; empty if the cell has nothing else."""
    base = PRICE_BASE.search(cell.text)
    if base is None:
        return cell
    text = cell.text[: base.start()].rstrip()
    return cell._replace(text=text, end=cell.start + len(text))


def _is_filled_in(line: Line, counts: Sequence[Cell]) -> bool:
    """Say whether a count stands behind a label that is not the first on its line: `Kartons:` and `11`, in a form."""
    return any(label.text.endswith(":") and cell in counts for label, cell in pairwise(line.cells[1:]))


def _is_with_tax(label: Cell | None, cell: Cell) -> bool | None:
    """Tell whether words right above a number in its column say that it has its tax; None if they say nothing of it."""
    if label is None or not 0 < cell.baseline - label.baseline <= _NEXT_LINE * cell.size:
        return None
    match = _OF_TAX.fullmatch(label.text)
    return None if match is None else match["with"] is not None


def _is_no_amount(text: str) -> bool:
    """Tell whether what stands among amounts is a remark on one: `(£0.00 P&P)`, `7 % VAT`."""
    return _TAXED_AT.fullmatch(text) is not None or _REMARK.fullmatch(text) is not None


def _is_total(line: Line) -> bool:
    """Tell whether a line is the name of a total, and a number."""
    if len(line.cells) != 2 or not is_figure(line.cells[1]):  # noqa: PLR2004
        return False
    return aside_of(line.cells[0].text) is Aside.TOTAL


def _named_sum(line: Line, above: Cell | None) -> Cell | None:
    """Give the cell that names a sum, or a tax if it is aligned with that of the line above: terms may stand beside."""
    cells = (cell for cell in line.cells if names_sum_alone(cell.text) or (above and _is_tax_below(above, cell)))
    return next(cells, None)


def _is_tax_below(above: Cell, cell: Cell) -> bool:
    edges = min(abs(cell.left - above.left), abs(cell.right - above.right))
    return names_tax(cell.text) and edges <= ALIGNED


def _aside_above(above: Line | None, line: Line) -> Aside | None:
    """Tell by the words right above a line of numbers alone what it is, if each of them names a sum or a tax."""
    if above is None or not all(map(is_figure, line.cells)):
        return None
    if line.baseline - above.baseline > _BELOW_NAMES * line.size:
        return None
    asides = [aside_of(cell.text) for cell in above.cells]
    return next((aside for aside in _LAST_FIRST if aside in asides), None) if all(asides) else None


def _in_succession(table: TableDefinition, rows: Sequence[Row], others: Sequence[tuple[str, Figure]]) -> frozenset[str]:
    """Give each row the factors that stand as its amount does among the others, however far above it: name these.

    Each amount is the product then, and some factor stands beside no amount, or that of another row.
    """
    own = [row for row in above_totals(rows) if row.aside is None]
    factors = {name: [figure for column, figure in others if column == name] for name in table.key.product_of}
    if len(own) < _SEVERAL or any(len(figures) < len(own) for figures in factors.values()):
        return frozenset()
    figures = [{name: figures[at] for name, figures in factors.items()} for at in range(len(own))]
    whole_rows = [replace(row, figures=row.figures | of_row) for row, of_row in zip(own, figures, strict=True)]
    is_near = all(
        _nearest(rows, figure.cell) is row and _distance(row, figure.cell) <= _SAME_ROW * figure.cell.size
        for row, of_row in zip(own, figures, strict=True)
        for figure in of_row.values()
    )
    if not factors or is_near or not all(is_product(table, row) for row in whole_rows):
        return frozenset()
    for row, of_row in zip(own, figures, strict=True):
        row.figures |= of_row
    return frozenset(factors)


def _attach(
    rows: Sequence[Row], others: Iterable[tuple[str, Figure]], named: Container[str]
) -> list[tuple[str, Figure]]:
    """Give each number to the row that is nearest in height; give back those that are near none.

    What stands on a row's own line is its, whatever an item of the one above has right over it.
    """
    strays: list[tuple[str, Figure]] = []
    placed = [(_nearest(rows, figure.cell), name, figure) for name, figure in others]
    for row, name, figure in sorted(placed, key=lambda item: _distance(item[0], item[2].cell)):
        if row is None or _distance(row, figure.cell) > _SAME_ROW * figure.cell.size:
            strays += [(name, figure)] * (name in named)
        elif name in named:
            has = row.figures.setdefault(name, figure)
            if has.cell.baseline != figure.cell.baseline:
                # Another line has it again: that may be a row whose amount is missing, or another number of this one.
                strays.append((name, figure))
                row.unnamed.setdefault(f"{name} below", figure)
        else:
            row.unnamed.setdefault(name, figure)
    return strays


def _attach_beside_words(rows: Sequence[Row], strays: Iterable[tuple[str, Figure]]) -> list[Cell]:
    """Give a number to the row beside whose words it stands, if that has none: a quantity on the first line of three.

    What stands below its amount may be of another table.

    Returns
    -------
    list
        Those that are still of no row, from above.
    """
    beside = {
        cell.baseline: row
        for row in rows
        for page, cell in row.lines
        if page == row.page and cell.baseline <= row.bottom
    }
    left: list[Cell] = []
    for name, figure in strays:
        row = beside.get(figure.cell.baseline)
        if row is None or row.aside is not None or name in row.figures:
            left.append(figure.cell)
        else:
            row.figures[name] = figure
    return sorted(left, key=baseline_of)


def _distance(row: Row | None, cell: Cell) -> int:
    return 0 if row is None else abs(cell.baseline - _key_baseline(row))


def _nearest(rows: Sequence[Row], cell: Cell) -> Row | None:
    """Find by bisection: a sheet may be one line high, and hold thousands of numbers."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _key_baseline(rows[middle]) < cell.baseline else (low, middle)
    around = [rows[at] for at in (low - 1, low) if 0 <= at < len(rows)]
    return min(around, key=lambda row: abs(_key_baseline(row) - cell.baseline), default=None)


def _key_baseline(row: Row) -> int:
    return next(iter(row.figures.values())).cell.baseline


def _count(rows: Sequence[Row], numbers: Sequence[tuple[int, Cell]], *, has_begun: bool) -> list[tuple[int, Cell]]:
    """Give each row the number that counts it; give back those that count on alone.

    Parameters
    ----------
    has_begun
        The sheet before ends with the number of a row whose amount is on this one.
    """
    if pairs := _in_order(rows, numbers, has_begun=has_begun):
        for row, number, cell in pairs:
            row.number, row.begins = number, cell.baseline
    else:
        _count_by_distance(rows, numbers)
    counted = {row.number for row in rows} | {row.group for row in rows}
    uncounted: list[tuple[int, Cell]] = []
    for number, cell in numbers:
        if number not in counted and number - 1 in counted:
            counted.add(number)
            uncounted.append((number, cell))
    return uncounted


def _begin_at_positions(rows: Sequence[Row], numbers: Sequence[tuple[int, Cell]], *, continues: bool) -> Cell | None:
    """Let rows begin at the numbers of their groups, `1.1`, `1.2`, if each has one above its amount or beside it.

    A sum above another number is one of a group: more rows follow. A position without an amount has no row.

    Parameters
    ----------
    continues
        The table began on a sheet before: the number of the first row may be there.

    Returns
    -------
    Cell | None
        The last number if it stands below all rows: its amount may be on the next sheet.
    """
    last = max((cell.baseline for _, cell in numbers), default=0)
    for row in rows:
        if row.aside is Aside.TOTAL and _key_baseline(row) < last - row_tolerance(row):
            row.aside = Aside.SUBTOTAL
    own = [row for row in rows if row.aside is None]
    keys = [_key_baseline(row) + row_tolerance(row) for row in own]
    owners = {bisect_left(keys, cell.baseline): (group, cell) for group, cell in numbers}
    found = sorted(at for at in owners if at < len(own))
    if not found or found != list(range(found[0], found[-1] + 1)) or found[0] > continues:
        return None
    for at in found:
        group, cell = owners[at]
        own[at].group, own[at].begins = group, cell.baseline
    return owners[len(own)][1] if len(own) in owners else None


def _in_order(
    rows: Sequence[Row], numbers: Sequence[tuple[int, Cell]], *, has_begun: bool
) -> list[tuple[Row, int, Cell]]:
    """Pair each row with the one number between the row above and its own amount; none if that is not so of all.

    The number of a row that has begun is on the sheet before. What stands below the last row is none of these: where
    numbers stand below their amounts, the first one would be the second row's.
    """
    keys = [_key_baseline(row) + row_tolerance(row) for row in rows]
    owners = [(bisect_left(keys, cell.baseline), number, cell) for number, cell in numbers]
    pairs = [(rows[at], number, cell) for at, number, cell in owners if at < len(rows)]
    is_rising = all(upper < lower for (_, upper, _), (_, lower, _) in pairwise(pairs))
    counted = [id(row) for row, _, _ in pairs]
    wanted = [id(row) for row in above_totals(rows) if row.aside is None]
    return pairs if is_rising and (counted == wanted or (has_begun and counted == wanted[1:])) else []


def _begun_below(
    rows: Sequence[Row], number: int | None, cell: Cell | None
) -> tuple[int | None, list[tuple[int, Cell]]] | None:
    """Take off the last row what is of one whose number stands below it, where rows begin above their amounts.

    Parameters
    ----------
    number
        What counts the row; none where a number of its group does.
    cell
        The one that has it.
    """
    if cell is None or not any(begins_above(row) for row in rows) or cell.baseline <= rows[-1].bottom:
        return None
    at = next(
        (at for at, (_, line) in enumerate(rows[-1].lines) if line.baseline >= cell.baseline - row_tolerance(rows[-1])),
        len(rows[-1].lines),
    )
    lines = rows[-1].lines[at:]
    del rows[-1].lines[at:]
    return number, lines


def _count_by_distance(rows: Sequence[Row], numbers: Sequence[tuple[int, Cell]]) -> None:
    """Give each row the number nearest to it that no other row is nearer to; one of a group counts no row in it."""
    best: dict[int, tuple[int, int]] = {}
    for number, cell in numbers:
        row = _nearest(rows, cell)
        if row is None or row.group is not None:
            continue
        distance = abs(_key_baseline(row) - cell.baseline)
        if id(row) not in best or distance < best[id(row)][0]:
            best[id(row)] = (distance, number)
    for row in rows:
        row.number = best[id(row)][1] if id(row) in best else None
