"""What stands beside a table: a letterhead in the margin, on the lines of the rows by chance, and none of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from services.answers.tables.columns import is_figure
from services.answers.tables.sheet import Cell, Line


def without_margin(lines: Sequence[Line], heads: Mapping[str, Cell]) -> Sequence[Line]:
    """Leave out cells that stand clearly left of a table's first column, and words clearly right of its last one.

    Nothing is left out unless most lines with numbers have a cell below the outer head: a head may stand anywhere over
    its column, and what is beside it is then the column. Neither is what most of these lines have there: that is a
    column without a head.
    """
    first, last = min(heads.values(), key=_left), max(heads.values(), key=_right)
    left = min([first.left, *(cell.left for line in lines for cell in line.cells if cell.overlaps(first))])
    right = max([last.right, *(cell.right for line in lines for cell in line.cells if cell.overlaps(last))])
    lines = _without(lines, first, lambda cell: cell.right <= left - cell.size)
    return _without(lines, last, lambda cell: cell.left >= right + cell.size and not is_figure(cell))


def _left(cell: Cell) -> int:
    return cell.left


def _right(cell: Cell) -> int:
    return cell.right


def _without(lines: Sequence[Line], outer: Cell, is_beside: Callable[[Cell], bool]) -> Sequence[Line]:
    numbered = [line for line in lines if any(is_figure(cell) and not is_beside(cell) for cell in line.cells)]
    below = sum(any(cell.overlaps(outer) for cell in line.cells) for line in numbered)
    beside = sum(any(map(is_beside, line.cells)) for line in numbered)
    if 2 * below <= len(numbered) or 2 * beside > len(numbered):
        return lines
    return [kept for line in lines if (kept := _kept(line, is_beside)) is not None]


def _kept(line: Line, is_beside: Callable[[Cell], bool]) -> Line | None:
    """Give a line without what is beside the table; all of it if only that says, on the left, what its numbers are."""
    kept = tuple(cell for cell in line.cells if not is_beside(cell))
    if not kept:
        return None
    return Line(kept) if _has_words(kept) or not is_beside(line.cells[0]) else line


def _has_words(cells: Iterable[Cell]) -> bool:
    return not all(map(is_figure, cells))
