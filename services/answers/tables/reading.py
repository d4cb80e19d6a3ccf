"""All rows of a table over all pages, and whether they are all."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.adding_up import FEWEST_GROUPS
from services.answers.tables.beginnings import begins_above
from services.answers.tables.columns import Columns
from services.answers.tables.evenly import SAME_EDGE, SAME_SIZE
from services.answers.tables.head import Head, HeadFinder
from services.answers.tables.misleading import (
    read_small_factors,
    read_thousandths,
    repeating,
    take_factors,
    take_products,
    take_times,
)
from services.answers.tables.products import is_product, name_factors
from services.answers.tables.row import CODE, Row, row_tolerance, take_codes, take_numbers
from services.answers.tables.rows import Part, RowReader
from services.answers.tables.sheet import ALIGNED, SEVERAL, Cell, Line, Sheet, is_rule
from services.answers.tables.totals import column_sum, equal
from services.answers.tables.words import Aside

MAX_ROWS: Final = 20_000
"""Rows of one table; a document with more is said to have more."""

_CODE: Final = re.compile(r"(?=[^ ]*[0-9-])[A-Z0-9][A-Z0-9./-]+")
"""An article's number: `PX-2210-S`."""
_DIGITS_OF_CODE: Final = 5
"""At least: sizes and years have fewer."""
_MEASURES: Final = re.compile(r"[0-9][X/][0-9]")
"""In what is no code: `1200X600`, `205/55`, `01/2026`."""
_LISTED: Final = re.compile(r"[0-9]{1,2}[.)]")
_OPEN: Final = re.compile(
    r"not (?:yet )?(?:delivered|shipped)|back ?order|remaining (?:quantit|items|goods)|still to (?:be deliver|follow)"
    r"|noch nicht geliefert|nachlieferung|rückst[aä]nd|restmenge|noch offen|reste à livrer|reliquat"
)
_MOST_LATER: Final = 5
"""Rows below a total that are kept."""
_LEADING: Final = 1.6
"""Distance of the lines of a description, as part of the font size, at most."""
_OPTION: Final = re.compile(r"[-\u2013\u2022\u00b7] ?[^\W\d_][^:]{0,30}(?:: | [-\u2013] )\S")
"""What is chosen of an article: `- Size: A5`."""
_SET_IN: Final = 2
"""How far an option is set in, as part of the font size, at most."""
_APART: Final = 2
"""The same of a small line and the name below it."""


@dataclass(slots=True)
class Found:
    """What was found of a table.

    Parameters
    ----------
    rows
        In the order of the document.
    trailing
        How many of the last rows have nothing but words and an amount: freight, a discount, or no rows at all.
    heads
        Pages with a head.
    named
        Columns that every head names.
    joined
        Columns that a head names in the cell of another one.
    strays
        Numbers that belong to no row, by page.
    uncounted
        What counts on after a row, where no row has an amount.
    later
        What looks like rows below a total: it may be of some rows only.
    taxes
        How many of the last rows are the document's tax.
    may_end_with_tax
        The last row comes to the document's tax, and is called something else.
    repeating
        How many of the last rows stand under another head, and repeat what those above it come to.
    breaks
        How many rows stand above each page without a head, and each head that is not that of the rows above it.
    too_many
        There are more rows than are read.
    unbilled
        Pages, and the words that lines with a quantity or a price have in the place of an amount.
    lesser_heads
        Something stands under heads that name fewer columns, and was not read.
    groups
        How many totals are those of groups.
    unsure_words
        Nothing tells whose the lines between the numbers of two rows are.
    """

    rows: list[Row] = field(default_factory=list)
    trailing: int = 0
    heads: list[int] = field(default_factory=list)
    named: frozenset[str] = frozenset()
    joined: frozenset[str] = frozenset()
    strays: list[int] = field(default_factory=list)
    uncounted: list[int] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)
    taxes: int = 0
    may_end_with_tax: bool = False
    repeating: int = 0
    breaks: list[int] = field(default_factory=list)
    too_many: bool = False
    unbilled: list[tuple[int, str]] = field(default_factory=list)
    lesser_heads: bool = False
    groups: int = 0
    unsure_words: bool = False


def find_rows(
    table: TableDefinition,
    sheets: Sequence[Sheet],
    language: str,
    *,
    by_content: bool = False,
    lesser_heads: bool = False,
    groups: bool = False,
    beyond: bool = False,
) -> Found:
    """Read the rows of a table.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    by_content
        Take what has words for the column of words where no label names one.
    lesser_heads
        Read what stands under heads that name fewer columns than the best one, too.
    groups
        Go on below totals that are those of groups.
    beyond
        Go on on the sheets that follow one with a total: forms print it on the first one.
    """
    found = Found()
    chooser = _Chooser(table, found, groups)
    reader = RowReader(table, language)
    finder = HeadFinder(table, by_content)
    heads = {sheet.number: finder.find(sheet.lines) for sheet in sheets}
    best = max((head for of_sheet in heads.values() for head in of_sheet), key=lambda head: head.score, default=None)
    known: Columns | None = None
    columns: Columns | None = None
    last = 0
    top: Sequence[Line] = ()
    for sheet in sheets:
        found.lesser_heads |= not lesser_heads and any(not _alike(head, best) for head in heads[sheet.number] if best)
        fitting = [head for head in heads[sheet.number] if best is not None and (lesser_heads or _alike(head, best))]
        above = sheet.lines[: fitting[0].first] if fitting else ()
        is_letterhead, top = _are_alike(above, top), above or top
        for head, lines in _stretches(sheet.lines, fitting):
            if head is None and is_letterhead:
                continue
            if head is not None and _is_of_what_is_open(sheet.lines, head):
                columns = None
                continue
            if head is not None:
                columns = known = chooser.columns_under(head, sheet.number, known)
            elif not fitting:
                found.breaks.append(len(found.rows))
            if columns is None:
                continue
            part = reader.read(sheet.number, lines, columns, continues=bool(found.rows))
            if head is None and fitting and not part.rows:
                continue  # what stands above a repeated head is the page's own
            over = chooser.take(part, new_head=head is not None or (beyond and part.page > last))
            columns, last = (columns if beyond or not over else None), part.page
    chooser.finish(language, sheets)
    found.unsure_words = reader.is_unsure
    return found


def _are_alike(lines: Sequence[Line], others: Sequence[Line]) -> bool:
    """Tell whether most lines above a head say what those above the head of a sheet before do, at the same heights."""
    said = {(line.baseline, *(cell.text for cell in line.cells)) for line in others}
    return bool(lines) and 2 * sum(
        (line.baseline, *(cell.text for cell in line.cells)) in said for line in lines
    ) > len(lines)


def _alike(head: Head, best: Head) -> bool:
    return len(head.named) + 1 >= len(best.named)


def _is_of_what_is_open(lines: Sequence[Line], head: Head) -> bool:
    """Tell whether a head, or the line above it, says that what follows was not delivered yet."""
    return any(_OPEN.search(line.cells[0].text.lower()) for line in lines[max(head.first - 1, 0) : head.last + 1])


def _stretches(lines: Sequence[Line], heads: Sequence[Head]) -> Iterable[tuple[Head | None, Sequence[Line]]]:
    yield None, lines[: heads[0].first if heads else len(lines)]
    ends = [*(head.first for head in heads[1:]), len(lines)]
    for head, end in zip(heads, ends, strict=False):
        yield head, lines[head.last + 1 : end]


@dataclass(slots=True)
class _Chooser:
    """Tells rows from what only looks like rows, stretch by stretch."""

    table: TableDefinition
    found: Found
    groups: bool = False
    """Totals may be those of groups."""
    since: int = 0
    """How many rows there were at the last head that was not that of the rows before."""
    _after_total: bool = False
    _open: bool = False
    _of_group: list[Row] = field(default_factory=list)
    """Rows since the last total."""

    def columns_under(self, head: Head, page: int, known: Columns | None) -> Columns:
        """Note a head; give the columns known so far if they go on below it, else its own."""
        found = self.found
        if known is None or not known.continue_under(head.columns):
            numbers = frozenset(column.name for column in self.table.columns if column.kind != "text")
            known = Columns(head.columns, self.table.description.name, numbers)
            self.since = len(found.rows)
            found.breaks.append(self.since)
        found.named = head.named & (found.named if found.heads else head.named)
        found.joined |= head.joined
        found.heads.append(page)
        return known

    def take(self, part: Part, *, new_head: bool) -> bool:
        """Take the rows of a stretch; say whether the table is over unless another head follows."""
        found = self.found
        if self.groups:
            self._tell_groups(part.rows)
        self._after_total = self._after_total and not new_head
        if self._open and found.rows and (part.rows or part.ended):  # else the page says something else
            _go_on(found.rows[-1], part.before, part.page)
        self._open = True
        if part.rows and found.uncounted and _follows(found.uncounted[-1], part.rows[0]):
            found.uncounted.pop()
        after_total = self._after_total
        end = min((row.top for row in part.rows if row.aside is Aside.TOTAL and not self._is_row(row)), default=inf)
        for row in part.rows:
            if self._is_row(row):
                found.rows.append(row)
                found.trailing = found.trailing + 1 if self._is_bare(row) else 0
                self._open = True
            elif row.aside is not None:
                self._after_total = self._after_total or row.aside is Aside.TOTAL
                self._open = self._open and row.aside is Aside.CARRIED
            elif self._after_total and len(found.later) < _MOST_LATER and _has_words(row):
                found.later.append(row)
        if len(found.rows) > MAX_ROWS:
            found.too_many = True
            del found.rows[MAX_ROWS:]
        found.uncounted += _counted_on(part.rows, {row.number for row in found.rows})
        if not after_total:
            found.strays += [part.page for cell in part.strays if cell.baseline < end]
            found.unbilled += [(part.page, cell.text) for cell in part.unbilled if cell.baseline < end]
            found.uncounted += [number for number, cell in part.uncounted if cell.baseline < end]
        return part.ended or self._after_total

    def _tell_groups(self, rows: Sequence[Row]) -> None:
        """Say of totals that more rows follow, where two and more are each the sum of the rows since the one before."""
        name, totals = self.table.key.name, []
        for row in rows:
            if row.aside is None:
                self._of_group.append(row)
            elif row.aside is Aside.TOTAL:
                total, amount = column_sum(self._of_group, name), row.figures[name].value
                totals += [row] if total and amount is not None and equal(total, amount) else []
                self._of_group = []
        self.found.groups += len(totals)
        for row in totals if self.found.groups >= FEWEST_GROUPS else ():
            row.aside = Aside.SUBTOTAL

    def finish(self, language: str, laid_out: Sequence[Sheet]) -> None:
        """Close each row's description where its first paragraph ends."""
        read_thousandths(self.table, self.found.rows, language, laid_out)
        take_products(self.table, self.found.rows)
        take_factors(self.table, self.found.rows)
        take_times(self.table, self.found.rows)
        name_factors(self.table, self.found.rows, language)
        read_small_factors(self.table, self.found.rows)
        self.found.repeating = repeating(self.table, self.found.rows, self.since)
        if not self.table.key.adds_up_to:
            self._leave_out_sums()
            self._leave_out_remarks()
            self._leave_out_feet()
        _leave_out_categories(self.found.rows)
        rows = [*self.found.rows, *self.found.later]
        for row in rows:
            row.lines = [line for line in row.lines if not is_rule(line[1])]
        _leave_out_codes(rows)
        _leave_out_codes_above(rows)
        paragraphs = [_first_paragraph(row) for row in rows]
        coded = sum(_is_code(lines) for lines in paragraphs)
        for row, lines in zip(rows, paragraphs, strict=True):
            row.lines = [*lines, *_below_code(row, lines)] if 2 * coded > len(rows) and _is_code(lines) else lines
        take_numbers(self.found.rows)
        take_codes(self.found.rows)

    def _leave_out_sums(self) -> None:
        """Leave out rows of one number that is the sum of those above, which have others: `762 pieces on this cart`."""
        kept: list[Row] = []
        total, count, have_others = Decimal(0), 0, True
        said: set[str] = set()
        for row in self.found.rows:
            value = row.figures[self.table.key.name].value
            is_sum = value == total and self._is_bare(row) and not row.unnamed
            words = set(_text(row).lower().split())
            if have_others and is_sum and (count >= SEVERAL or (count >= FEWEST_GROUPS and words & said)):
                total, count, said = Decimal(0), 0, words
                continue
            kept.append(row)
            total, count, have_others = total + (value or 0), count + 1, have_others and bool(row.unnamed)
        self.found.rows = kept

    def _leave_out_remarks(self) -> None:
        """Leave out what says the same below several counted rows, and has its number below none of theirs.

        So is a last row whose words are a number, and whose own does not follow: boxes of a form below the table.
        """
        rows, name = self.found.rows, self.table.key.name
        counted = [row for row in rows if row.number is not None]
        edges = _edges_of(counted, name)
        others = (row for row in rows if row.number is None and self._is_bare(row))
        remarks = [row for row in others if _is_apart(row, name, edges)]
        same = {words for words, count in Counter(map(_letters, remarks)).items() if words and count >= SEVERAL}
        if 2 * len(remarks) > len(counted) >= SEVERAL:
            rows[:] = [row for row in rows if row.number is not None or _letters(row) not in same]
        if len(rows) > SEVERAL and not _letters(rows[-1]) and all(map(_letters, rows[:-1])) and rows[-1].lines:
            *_, first, before, last = (row.number for row in rows)
            if first is not None and before is not None and last is not None and last - before != before - first:
                del rows[-1]

    def _leave_out_feet(self) -> None:
        """Leave out last rows of words and a number alone that are none, as a line for the signature below `Items: 6`.

        A rule stands above them, or all rows above are counted, and their numbers do not stand below those of these.
        """
        rows, name = self.found.rows, self.table.key.name
        count = next(
            (at for at in range(len(rows), 0, -1) if not self._is_bare(rows[at - 1]) or rows[at - 1].unnamed), 0
        )
        counted = count >= SEVERAL and [row.number for row in rows[:count]] == list(range(1, count + 1))
        edges = _edges_of(rows[:count], name)
        for at in range(count, len(rows)) if count else ():
            if _is_apart(rows[at], name, edges) and (counted or _is_below_rule(rows[at])):
                del rows[at:]
                return

    def _is_row(self, row: Row) -> bool:
        if self.found.rows and _is_listed(row):
            return False  # a list below a table whose column of numbers stands where the list is counted
        if row.aside is not None or self._after_total:
            return self._is_product(row) or self._counts_on(row)
        return row.number is not None or _has_words(row)

    def _is_bare(self, row: Row) -> bool:
        return row.number is None and len(row.figures) == 1

    def _counts_on(self, row: Row) -> bool:
        """Tell whether a row is counted after the one before, with numbers beside its amount."""
        if row.number is None:
            return False
        last = next((item.number for item in reversed(self.found.rows) if item.number is not None), 0)
        if not last and not _is_on_line(row.number, row.line):
            return False  # the number is that of a row that was not read
        return row.number > last and (len(row.figures) > 1 or len(self._numeric) == 1)

    def _is_product(self, row: Row) -> bool:
        return is_product(self.table, row) is True

    @property
    def _numeric(self) -> list[str]:
        return [column.name for column in self.table.columns if column.kind != "text"]


def _edges(cell: Cell) -> tuple[int, int, int]:
    """Give where a number begins, ends and has its middle."""
    return cell.left, cell.right, (cell.left + cell.right) // 2


def _edges_of(rows: Sequence[Row], name: str) -> Sequence[Sequence[int]]:
    """Give where the numbers of rows in a column begin, end and have their middle, each in order."""
    return [sorted(edge) for edge in zip(*(_edges(row.figures[name].cell) for row in rows), strict=True)]


def _is_apart(row: Row, name: str, edges: Sequence[Sequence[int]]) -> bool:
    """Tell whether a row's number stands below none of those that have some edges."""
    return not any(map(_has_near, edges, _edges(row.figures[name].cell)))


def _is_on_line(number: int, line: Line) -> bool:
    return any(cell.text.rstrip(".)").lstrip("0") == str(number) for cell in line.cells)


def _has_near(edges: Sequence[int], edge: int) -> bool:
    """Tell whether one of some edges, in order, is where another is."""
    return bisect_left(edges, edge - ALIGNED) < bisect_right(edges, edge + ALIGNED)


def _is_below_rule(row: Row) -> bool:
    return bool(row.lines) and is_rule(row.lines[0][1])


def _counted_on(rows: Sequence[Row], counted: set[int | None]) -> Iterator[int]:
    """Give the numbers, on their own lines, of rows that were not taken and count on after those that were."""
    for row in rows:
        if row.number is None or row.number in counted or row.number - 1 not in counted:
            continue
        if not _is_on_line(row.number, row.line):
            continue
        counted.add(row.number)
        yield row.number


def _follows(number: int, row: Row) -> bool:
    """Tell whether a number at a sheet's end counts the first row of the next one, or the group that begins with it."""
    began_before = bool(row.lines) and row.lines[0][0] < row.page
    return number == (row.number if began_before else row.group)


def _is_listed(row: Row) -> bool:
    """Tell whether a row's only number is one that counts a list: `1.`."""
    return all(figure.value is None and _LISTED.fullmatch(figure.cell.text) for figure in row.figures.values())


def _has_words(row: Row) -> bool:
    return bool(_letters(row))


def _letters(row: Row) -> str:
    """Give the letters of a row's words: what they say but for numbers."""
    return "".join(filter(str.isalpha, _text(row)))


def _text(row: Row) -> str:
    return " ".join(cell.text for _, cell in row.lines)


def _go_on(row: Row, before: Sequence[Cell], page: int) -> None:
    """Add lines that stand above a sheet's first row to the last row of the sheet before."""
    row.lines += [(page, cell) for cell in before]


def _leave_out_categories(rows: Sequence[Row]) -> None:
    """Take the first line off rows' words where it is set in smaller letters than the second one, if most have such.

    What is above a name in smaller letters says of what kind it is, or its code.
    """
    small = [row for row in rows if len(row.lines) > 1 and _is_small_above(*row.lines[:2])]
    for row in small if len(small) > 1 and 2 * len(small) > len(rows) else ():
        del row.lines[0]


def _leave_out_codes(rows: Sequence[Row]) -> None:
    """Take an article's code out of rows' words where most have one alone on the line below their name.

    What stands below it moves up to the name. A code has more digits than a size or a year, which tell articles apart.
    """
    below = [row for row in rows if len(row.lines) > 1 and not _CODE.fullmatch(row.lines[0][1].text)]
    coded = [row for row in below if _is_long_code(row.lines[1][1].text)]
    are_told_apart = len({row.lines[0][1].text for row in coded}) == len(coded)
    for row in coded if len(coded) >= SEVERAL and 2 * len(coded) > len(rows) and are_told_apart else ():
        _, (page, code), *others = row.lines
        height = code.baseline - row.lines[0][1].baseline
        row.lines[1:] = [
            (on, cell._replace(baseline=cell.baseline - height) if on == page else cell) for on, cell in others
        ]


def _leave_out_codes_above(rows: Sequence[Row]) -> None:
    """Take an article's code out of rows' words where most have one alone on the line above their name."""
    coded = [row for row in rows if len(row.lines) > 1 and CODE.fullmatch(row.lines[0][1].text)]
    are_told_apart = all(len({row.lines[at][1].text for row in coded}) == len(coded) for at in (0, 1))
    for row in coded if len(coded) >= SEVERAL and 2 * len(coded) > len(rows) and are_told_apart else ():
        del row.lines[0]


def _is_long_code(text: str) -> bool:
    is_code = _CODE.fullmatch(text) is not None and not _MEASURES.search(text)
    return is_code and sum(map(str.isdigit, text)) >= _DIGITS_OF_CODE


def _is_small_above(first: tuple[int, Cell], second: tuple[int, Cell]) -> bool:
    (page, upper), (other, lower) = first, second
    is_close = page == other and 0 < lower.baseline - upper.baseline <= _APART * lower.size
    return is_close and upper.size + SAME_SIZE < lower.size


def _first_paragraph(row: Row) -> list[tuple[int, Cell]]:
    """Keep the lines from the first on that follow each other closely in the same letters, but for its factors."""
    own = next((at for at, (page, cell) in enumerate(row.lines) if _is_own(row, page, cell)), 0)
    kept = _paragraph(row, row.lines)
    if row.lines and row.lines[0][0] == row.page and begins_above(row) and row.lines[0][1].baseline == row.begins:
        return kept  # its name stands beside its number, whatever stands beside its amount
    if not own >= len(kept) > 0 or not _is_indented(row.lines[0][1], row.lines[own][1]):
        return kept
    first = next(at for at in range(len(kept), own + 1) if own - at < len(_paragraph(row, row.lines[at:])))
    return _paragraph(row, row.lines[first:])


def _is_code(lines: Sequence[tuple[int, Cell]]) -> bool:
    """Tell whether a row is named by its article's code alone."""
    return len(lines) == 1 and _CODE.fullmatch(lines[0][1].text) is not None


def _below_code(row: Row, code: Sequence[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
    """Give the paragraph that stands below a code: the article's name."""
    at = row.lines.index(code[0]) + 1
    return _paragraph(row, row.lines[at:])


def _is_indented(above: Cell, own: Cell) -> bool:
    """Tell whether a line is set in from a row's own below it, and not centred over it: it is of the row above.

    A number before the words says nothing of where these begin.
    """
    is_centred = abs(above.left + above.right - own.left - own.right) <= 2 * SAME_EDGE
    return above.left - own.left > SAME_EDGE and not (is_centred or own.text[:1].isdigit())


def _is_option(above: Cell, cell: Cell) -> bool:
    """Tell whether a line is an option of what stands above it: a dash begins it, a little to the right."""
    return _OPTION.match(cell.text) is not None and 0 < cell.left - above.left <= _SET_IN * cell.size


def _is_own(row: Row, page: int, cell: Cell) -> bool:
    return page == row.page and abs(cell.baseline - row.line.baseline) <= row_tolerance(row)


def _paragraph(row: Row, lines: Sequence[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
    kept = list(lines[:1])
    factors = [figure.cell for figure in row.figures.values()]
    above = kept
    for page, cell in lines[1:]:
        last_page, last = above[-1]
        if page == row.page and any(cell.start <= factor.start < cell.end for factor in factors):
            above = [(page, last._replace(baseline=cell.baseline))]
            continue
        close = page != last_page or cell.baseline - last.baseline <= _LEADING * cell.size
        is_alike = abs(cell.size - last.size) <= SAME_SIZE and abs(cell.left - last.left) <= SAME_EDGE
        if not close or not (is_alike or _is_option(kept[0][1], cell)):
            break
        kept.append((page, cell))
        above = kept
    return kept
