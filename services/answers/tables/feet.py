"""What ends every sheet alike: addresses and accounts of the issuer, under a table that goes on, and none of it."""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final

from services.answers.tables.entries import is_money
from services.answers.tables.sheet import Line, Sheet

_MOST_LINES: Final = 10
"""Of a foot: sheets that end alike in more lines are copies, or have rows alike."""
_ISSUER: Final = re.compile(
    r"(?:tel|telefon|phone|fax|telefax|e-?mail|web|iban|bic|swift|bank|bankverbindung|konto|blz|ust-?id(?:-?nr)?|steuer-?nr"
    r"|steuernummer|vat|hrb|amtsgericht|registergericht|geschäftsführer|inhaber|siret|siren|tva|n° tva)\b",
    re.IGNORECASE,
)
"""What the cells of a foot begin with."""
_ACCOUNT: Final = re.compile(r"\bIBAN\b")
_PAGE: Final = re.compile(r"(?:seite|page|blatt|sheet)\W*[0-9]+(?:\W*(?:von|of|de|sur)?\W*[0-9]+)?", re.IGNORECASE)
_PAGE_ALONE: Final = re.compile(r"\W*[0-9]{1,4}(?:\W*(?:von|of|de|sur)?\W*[0-9]{1,4})?\W*")


def without_feet(sheets: Sequence[Sheet]) -> Sequence[Sheet]:
    """Leave out the lines in which a sheet and one beside it end, if they are the same but for the sheet's number.

    A foot is a smaller part of its sheet: of copies, and of forms that are filled in alike, nothing is left out. What
    is left out anyway is a foot of columns that name where the issuer is found, and his account.
    """
    sheets = [_without_account(sheet) for sheet in sheets]
    if len(sheets) == 1:
        return sheets
    ends = [[_as_on_every_sheet(line) for line in sheet.lines[: -_MOST_LINES - 2 : -1]] for sheet in sheets]
    alike = [
        _alike(*both, most=min(len(sheet.lines) for sheet in two))
        for both, two in zip(pairwise(ends), pairwise(sheets), strict=True)
    ]
    lines = [max(pair) for pair in zip([0, *alike], [*alike, 0], strict=True)]
    return [
        Sheet(sheet.number, sheet.lines[: len(sheet.lines) - count]) for sheet, count in zip(sheets, lines, strict=True)
    ]


def _without_account(sheet: Sheet) -> Sheet:
    """Leave out the last lines from that on which names the issuer's telephone, account or register in two columns.

    A letterhead has them too: below a foot stands nothing but the sheet's number.
    """
    lines = sheet.lines
    end = len(lines) - (bool(lines) and _as_on_every_sheet(lines[-1]) == [""])
    begin = max(end - _MOST_LINES, 0)
    first = next((at for at in range(begin, end) if _names_issuer(lines[at]) > 1), end)
    foot = [cell for line in lines[first:] for cell in line.cells]
    if first == end or not any(map(_names_issuer, lines[end - 2 : end])) or any(map(is_money, foot)):
        return sheet
    return Sheet(sheet.number, lines[:first]) if any(_ACCOUNT.search(cell.text) for cell in foot) else sheet


def _names_issuer(line: Line) -> int:
    """Count the cells that name where the issuer is found, his account or his register."""
    return sum(_ISSUER.match(cell.text) is not None for cell in line.cells)


def _alike(upper: Sequence[Sequence[str]], lower: Sequence[Sequence[str]], most: int) -> int:
    """Count the lines in which two sheets end alike; none if they are no foot.

    Parameters
    ----------
    upper, lower
        What they end in, the last line first.
    most
        Lines of the shorter one.
    """
    pairs = zip(upper, lower, strict=False)
    count = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return count if count <= _MOST_LINES and 2 * count < most else 0


def _as_on_every_sheet(line: Line) -> list[str]:
    """Give the words of a line without the number of its sheet."""
    if len(line.cells) == 1 and _PAGE_ALONE.fullmatch(line.cells[0].text):
        return [""]
    return [_PAGE.sub("", cell.text) for cell in line.cells]
