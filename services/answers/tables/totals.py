"""Whether the rows that were found are all: sums, and numbers of rows."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise, product
from typing import Final, NamedTuple

from services.answers.amounts import parse_money
from services.answers.tables.row import Row
from services.answers.tables.sheet import ALIGNED, AMOUNT, Line, Sheet
from services.answers.tables.words import Aside, aside_of, is_adjustment, label_of, leads_on

_CENT: Final = Decimal("0.005")
_MOST_AMOUNTS: Final = 10
_MOST_ADJUSTMENTS: Final = 3
"""Between the sum of the rows and the net total stand a few allowances, charges and taxes, if any."""

_ARTICLES: Final = 100
"""Numbers of articles are no less."""
_ROUND_STEP: Final = 5


class TotalLine(NamedTuple):
    """A line of totals below rows.

    Parameters
    ----------
    leads
        It may lead from a sum to another: the sum of a second group of rows does not.
    """

    amounts: Sequence[Decimal]
    leads: bool


def column_sum(rows: Sequence[Row], column: str) -> Decimal | None:
    """Add up a column; None if a value in it could not be read."""
    figures = [row.figures[column].value for row in rows if column in row.figures]
    values = [value for value in figures if value is not None]
    return sum(values, Decimal(0)) if len(values) == len(rows) else None


def equal(first: Decimal, second: Decimal) -> bool:
    """Tell whether two amounts are the same to the cent."""
    return abs(first - second) < _CENT


def have(below: Iterable[TotalLine], total: Decimal) -> bool:
    """Tell whether one of some lines of totals has an amount."""
    return any(equal(total, amount) for line in below for amount in line.amounts)


def is_confirmed(total: Decimal, named: Mapping[str, Decimal], below: Sequence[TotalLine]) -> bool:
    """Tell whether the document says that the rows add up to this.

    Parameters
    ----------
    named
        The values of the fields that may be the sum.
    below
        The lines of totals below the rows, from above (see `totals_below`).
    """
    if any(equal(total, value) for value in named.values()):
        return True
    for index, line in enumerate(below):
        if have([line], total):
            if not named:
                return index == 0
            after = (other for other in below[index + 1 :] if other.leads)
            following = [amount for other in after for amount in other.amounts][:_MOST_AMOUNTS]
            return any(leads_to(total, value, following) for value in named.values())
    return False


def leads_to(total: Decimal, wanted: Decimal, amounts: Sequence[Decimal]) -> bool:
    """Tell whether a few amounts, added or taken off, make one total of another."""
    for count in range(1, _MOST_ADJUSTMENTS + 1):
        for chosen in combinations([amount for amount in amounts if amount], count):
            for signs in product((1, -1), repeat=count):
                if equal(total + sum(sign * amount for sign, amount in zip(signs, chosen, strict=True)), wanted):
                    return True
    return False


def is_charged_on(
    sheets: Sequence[Sheet], row: Row, total: Decimal, named: Mapping[str, Decimal], language: str
) -> bool:
    """Tell whether a total below the rows is what they add up to, and what is charged on it makes the document's."""
    lines = [line for sheet in sheets[row.page - 1 :] for line in sheet.lines if _is_below(row, sheet, line)]
    for at, line in enumerate(lines):
        aside = aside_of(label_of(cell.text for cell in line.cells))
        if aside is Aside.TOTAL and any(equal(total, amount) for amount in _amounts(line, language)):
            edge = row.lines[0][1].left if row.lines else -ALIGNED
            return any(charges_make(total, value, lines[at + 1 :], language, edge) for value in named.values())
    return False


def charges_make(total: Decimal, wanted: Decimal, lines: Sequence[Line], language: str, edge: int) -> bool:
    """Tell whether lines of a label and an amount alone, each of them added, make a total that stands below them.

    Parameters
    ----------
    edge
        Where the words of rows begin: what begins there too, and names no charge, is a row.
    """
    for line in lines[: _MOST_AMOUNTS + 1]:
        amounts = list(_amounts(line, language))
        if len(line.cells) != 2 or len(amounts) != 1:  # noqa: PLR2004  (a label, and an amount)
            return False
        if equal(amounts[0], wanted):
            return equal(total, wanted)
        if line.cells[0].left <= edge + ALIGNED and not leads_on(line.cells[0].text):
            return False
        total += amounts[0]
    return False


def totals_below(
    sheets: Sequence[Sheet],
    row: Row,
    language: str,
    asides: Container[Aside],
    others: Iterable[Row] = (),
    *,
    adjustments: bool = False,
    until: Row | None = None,
) -> list[TotalLine]:
    """Give each line of totals below a row that has amounts, to the end of the document.

    Parameters
    ----------
    asides
        What is a total.
    others
        Lines that look like rows, and are to be taken for a total and what leads from it to another.
    adjustments
        Give those of discounts and charges below the first total too.
    until
        Look no further than this row.
    """
    found: list[TotalLine] = []
    places = {(other.page, other.line.baseline) for other in others}
    below = ((sheet, line) for sheet in sheets[row.page - 1 :] for line in sheet.lines if _is_below(row, sheet, line))
    for sheet, line in below:
        if until is not None and sheet.number == until.page and line.baseline >= until.top:
            break
        label, is_other = label_of(cell.text for cell in line.cells), (sheet.number, line.baseline) in places
        may_adjust = adjustments and bool(found)
        is_named = is_other or aside_of(label) in asides or (may_adjust and is_adjustment(label))
        amounts = list(_amounts(line, language)) if is_named or may_adjust else []
        is_off = may_adjust and bool(amounts) and amounts[-1] < 0
        if amounts and (is_named or is_off):
            found.append(TotalLine(amounts, is_off or is_other or leads_on(label)))
    return found


def is_between(total: Decimal, above: Row, below: Row, sheets: Sequence[Sheet], language: str) -> bool:
    """Tell whether an amount stands alone between two rows, beside words at most, and is not carried to a next page."""
    return any(
        _is_below(above, sheet, line)
        and (sheet.number < below.page or line.baseline < below.top)
        and aside_of(label_of(cell.text for cell in line.cells)) is not Aside.CARRIED
        and [equal(total, amount) for amount in _amounts(line, language)] == [True]
        for sheet in sheets[above.page - 1 : below.page]
        for line in sheet.lines
    )


def _is_below(row: Row, sheet: Sheet, line: Line) -> bool:
    return sheet.number > row.page or line.baseline > row.bottom


def _amounts(line: Line, language: str) -> Iterator[Decimal]:
    for cell in line.cells:
        for match in AMOUNT.finditer(cell.text):
            value = parse_money(match[0].strip(" '\u2019\u2032"), language)
            if value is not None:
                yield value


def jumps(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Give the pairs of numbers between which rows are missing.

    Rows are counted one by one, or in steps of five, ten, and the like that the first one makes too. Counting may begin
    anew. Large numbers most of which jump are those of articles, and count nothing. Rows of `3.1` count none; what is
    counted 4 follows them.
    """
    numbers = [row.number for row in rows if row.number is not None]
    step, before, found = _step(numbers), 0, []
    for row in rows if not _are_articles(numbers) else ():
        if row.number is not None and row.number > before + step:
            found.append((before, row.number))
        before = next((number for number in (row.number, row.group) if number is not None), before)
    return found


def _step(numbers: Sequence[int]) -> int:
    """Give by how much rows are counted: one, or a round number that the first one has."""
    steps = [second - first for first, second in pairwise([0, *numbers]) if second > first]
    usual = max(steps, key=steps.count, default=1)
    return usual if usual % _ROUND_STEP == 0 and numbers[0] == usual else 1


def is_counted(rows: Sequence[Row]) -> bool:
    """Tell whether every row has a number that counts it."""
    numbers = [row.number for row in rows if row.number is not None]
    return bool(rows) and len(numbers) == len(rows) and not _are_articles(numbers)


def _are_articles(numbers: Sequence[int]) -> bool:
    """Tell whether numbers are large, and most of them do not follow the one before."""
    step = _step(numbers)
    pairs = list(pairwise(numbers if step > 1 else [0, *numbers]))
    leaps = sum(second != first + step for first, second in pairs)
    return bool(numbers) and min(numbers) >= _ARTICLES and 2 * leaps > len(pairs)
