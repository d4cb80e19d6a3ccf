"""Letters as files: PDFs whose columns are as wide as their words, mails with a head of their own, and text."""

import io
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby, zip_longest
from textwrap import wrap
from typing import Final, Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONT: Final = "Vera"
pdfmetrics.registerFont(TTFont(_FONT, "Vera.ttf"))  # ships with reportlab; its licence allows embedding
_MARGIN: Final = 50
_WIDTH: Final = A4[0] - 2 * _MARGIN
_GAP: Final = 14
"""Between two columns, in points."""
_SIZES: Final = (10, 9, 8, 7, 6)
"""Of letters: the largest with which a block fits."""
_LEADING: Final = 1.35
_LETTERS_A_LINE: Final = 95

Form = Literal["pdf", "text", "mail"]


def letter_file(form: Form, text: str) -> bytes:
    """Write a letter.

    Parameters
    ----------
    text
        A tab begins the next column; a mail may begin with its head.
    """
    match form:
        case "pdf":
            return _pdf(text)
        case "mail":
            return _mail(text)
        case "text":
            return text.encode()


def _mail(text: str) -> bytes:
    head, _, body = text.partition("\n\n")
    message = EmailMessage(policy=SMTP)
    for line in head.split("\n"):
        name, _, value = line.partition(": ")
        message[name] = value
    message.set_content(body, cte="base64")
    return message.as_bytes()


def _pdf(text: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    y = A4[1] - _MARGIN
    for tabbed, block in groupby(text.split("\n"), lambda line: "\t" in line):
        lines = list(block)
        for cells, lefts, size in _columns(lines) if tabbed else _plain(lines):
            if y < _MARGIN:
                canvas.showPage()
                y = A4[1] - _MARGIN
            canvas.setFont(_FONT, size)
            for cell, left in zip(cells, lefts, strict=False):
                canvas.drawString(left, y, cell)
            y -= _LEADING * size
    canvas.save()
    return out.getvalue()


_Placed = tuple[Sequence[str], Sequence[float], int]
"""Cells of a line, where each begins, and the size of the letters."""


def _plain(lines: Sequence[str]) -> Iterator[_Placed]:
    for line in lines:
        for piece in wrap(line, _LETTERS_A_LINE, break_on_hyphens=False) or [""]:
            yield [piece], [_MARGIN], _SIZES[0]


def _columns(lines: Sequence[str]) -> Iterator[_Placed]:
    """Lay out lines that follow each other; what is widest in a column says where the next begins."""
    rows = [line.split("\t") for line in lines]
    columns = list(zip_longest(*rows, fillvalue=""))
    for size in _SIZES:
        widths = [max(stringWidth(cell, _FONT, size) for cell in column) + _GAP for column in columns]
        if sum(widths) <= _WIDTH:
            break
    lefts = [_MARGIN + sum(widths[:number]) for number in range(len(widths))]
    for row in rows:
        yield row, lefts, size
