"""Pages without letterhead: forms, grids, columns, and sheets on their side."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

GAP = 6 * mm

Story = list[Any]


def text(words: str, size: float = 10, font: str = "Times-Roman", align: int = 0) -> Paragraph:
    """Make a paragraph; `align` is 0 for left, 1 for centred, 2 for right."""
    style = ParagraphStyle(
        "text", fontName=font, fontSize=size, leading=size * 1.3, alignment=align, spaceAfter=size / 2
    )
    return Paragraph(words, style)


def gap(millimetres: float = 5) -> Spacer:
    """Leave space."""
    return Spacer(1, millimetres * mm)


def grid(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    font: str = "Times-Roman",
    size: float = 9,
    *,
    ruled: bool = True,
) -> Table:
    """Make a table; `widths` are millimetres, numbers in cells stand as they are written."""
    cells = [
        [Paragraph(cell, ParagraphStyle("cell", fontName=font, fontSize=size, leading=size * 1.25)) for cell in row]
        for row in rows
    ]
    lines = [("GRID", (0, 0), (-1, -1), 0.4, black)] if ruled else [("LINEBELOW", (0, 0), (-1, 0), 0.8, black)]
    table = Table(cells, [width * mm for width in widths], hAlign="LEFT", repeatRows=1)
    table.setStyle(TableStyle([*lines, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def form(cells: Sequence[Sequence[tuple[str, str]]], width: float, font: str = "Helvetica") -> Table:
    """Make a form: in each cell a small label above its value; `width` is the whole row's, in millimetres."""
    columns = max(len(row) for row in cells)
    made = [
        [[text(label, 6.5, font), text(value, 10, font)] for label, value in row] + [""] * (columns - len(row))
        for row in cells
    ]
    table = Table(made, [width / columns * mm] * columns, hAlign="LEFT")
    table.setStyle(
        TableStyle([("BOX", (0, 0), (-1, -1), 0.8, black), ("INNERGRID", (0, 0), (-1, -1), 0.3, HexColor("#888888"))])
    )
    return table


def side_by_side(left: Story, right: Story, width: float = 170) -> Table:
    """Set two blocks beside each other."""
    table = Table([[left, right]], [width / 2 * mm] * 2, hAlign="LEFT")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def pdf(title: str, story: Story, *, columns: int = 1, wide: bool = False, margin: float = 20) -> bytes:
    """Draw it; the same story always gives the same bytes."""
    out = BytesIO()
    size = landscape(A4) if wide else A4
    edge = margin * mm
    room = (size[0] - 2 * edge - (columns - 1) * GAP) / columns
    frames = [
        Frame(edge + number * (room + GAP), edge, room, size[1] - 2 * edge, leftPadding=0, rightPadding=0)
        for number in range(columns)
    ]
    document = BaseDocTemplate(out, pagesize=size, title=title, author="", invariant=1)
    document.addPageTemplates([PageTemplate("page", frames)])
    document.build(story)
    return out.getvalue()
