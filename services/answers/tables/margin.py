"""What stands beside a table: a letterhead in the margin, on the lines of the rows by chance, and none of them."""

from collections.abc import Iterable, Mapping, Sequence

from services.answers.tables.columns import is_figure
from services.answers.tables.sheet import Cell, Line


def without_margin(lines: Sequence[Line], heads: Mapping[str, Cell]) -> Sequence[Line]:
    """Leave out cells that stand clearly left of a table's first column.

    Nothing is left out unless most lines with numbers have a cell below the first head: a head may stand anywhere over
    its column, and what is left of it is then the column. Neither is what most of these lines have on the left: that is
    a column without a head. Numbers in the margin make no such line.
    """
    first = min(heads.values(), key=lambda cell: cell.left)
    left = min([first.left, *(cell.left for line in lines for cell in line.cells if cell.overlaps(first))])
    numbered = [line for line in lines if any(is_figure(cell) and not _is_beside(cell, left) for cell in line.cells)]
    below = sum(any(cell.overlaps(first) for cell in line.cells) for line in numbered)
    beside = sum(any(_is_beside(cell, left) for cell in line.cells) for line in numbered)
    if 2 * below <= len(numbered) or 2 * beside > len(numbered):
        return lines
    return [kept for line in lines if (kept := _from(left, line)) is not None]


def _from(left: int, line: Line) -> Line | None:
    """Give a line without what is left of an edge; all of it if nothing else says what its numbers are."""
    if not _is_beside(line.cells[0], left):
        return line
    kept = tuple(cell for cell in line.cells if not _is_beside(cell, left))
    return (Line(kept) if _has_words(kept) else line) if kept else None


def _is_beside(cell: Cell, left: int) -> bool:
    return cell.right <= left - cell.size


def _has_words(cells: Iterable[Cell]) -> bool:
    return not all(map(is_figure, cells))
