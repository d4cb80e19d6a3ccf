"""Letters as PDF: letterhead, address window, reference block, tables, and footer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

# Bitstream Vera ships with reportlab; its licence allows embedding.
for _face, _file in {
    "Vera": "Vera",
    "Vera-Bold": "VeraBd",
    "Vera-Italic": "VeraIt",
    "Vera-BoldItalic": "VeraBI",
}.items():
    pdfmetrics.registerFont(TTFont(_face, f"{_file}.ttf"))
pdfmetrics.registerFontFamily("Vera", "Vera", "Vera-Bold", "Vera-Italic", "Vera-BoldItalic")

WIDTH, HEIGHT = A4
LEFT, RIGHT = 25 * mm, WIDTH - 20 * mm
TEXT_WIDTH = RIGHT - LEFT
MARK = 11 * mm
SHORT_TABLE = 10  # rows; longer tables may cross the page
GREY = HexColor("#666666")

BODY = ParagraphStyle("body", fontName="Vera", fontSize=9.5, leading=14.5, spaceAfter=8)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, leading=11.5)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=9, leading=12, spaceAfter=0)
CELL_RIGHT = ParagraphStyle("cell_right", parent=CELL, alignment=TA_RIGHT)
SUBJECT = ParagraphStyle("subject", parent=BODY, fontName="Vera-Bold", fontSize=11.5, leading=15, spaceAfter=10)
HEADING = ParagraphStyle("heading", parent=BODY, fontName="Vera-Bold", spaceBefore=5, spaceAfter=2)
TITLE = ParagraphStyle("title", parent=BODY, fontName="Vera-Bold", fontSize=15, leading=20, spaceAfter=10)


@dataclass(frozen=True, slots=True)
class House:
    """Who writes: what their stationery shows.

    Parameters
    ----------
    slogan
        The line below the name.
    address
        Street and town.
    contact
        Lines beside the address window, above the reference block.
    footer
        Columns of lines at the foot of each page; empty for private letters.
    mark
        Shape of the logo: `ring`, `bars`, `leaf`, `crest`, `tile`, or empty for none.
    side
        Where the letterhead stands: `left`, `right`, or `centre`.
    """

    name: str
    address: tuple[str, ...]
    colour: str = "#1f3a5f"
    slogan: str = ""
    contact: tuple[str, ...] = ()
    footer: tuple[tuple[str, ...], ...] = ()
    mark: str = ""
    side: str = "left"
    folds: bool = True


@dataclass(slots=True)
class Letter:
    """One letter: what stands in its fixed places, and the text that flows.

    Parameters
    ----------
    recipient
        Lines of the address window; empty for a document without one.
    reference
        Pairs of label and value in the block on the right.
    page_word
        How the page number is introduced (`Seite`, `Page`).
    """

    house: House
    title: str
    recipient: Sequence[str] = ()
    reference: Sequence[tuple[str, str]] = ()
    page_word: str = "Seite"
    story: list[Any] = field(default_factory=list)

    def subject(self, text: str) -> None:
        """Add the subject line."""
        self.story.append(Paragraph(text, SUBJECT))

    def heading(self, text: str) -> None:
        """Add a heading that stays with the paragraph after it."""
        self.story.append(Paragraph(text, ParagraphStyle("kept", parent=HEADING, keepWithNext=1)))

    def headline(self, text: str) -> None:
        """Add a large title."""
        self.story.append(Paragraph(text, TITLE))

    def say(self, *paragraphs: str) -> None:
        """Add paragraphs (reportlab's markup: `<b>`, `<br/>`)."""
        self.story += [Paragraph(text, BODY) for text in paragraphs]

    def note(self, text: str) -> None:
        """Add a paragraph in small print."""
        self.story.append(Paragraph(text, SMALL))

    def gap(self, millimetres: float = 3) -> None:
        """Add empty space."""
        self.story.append(Spacer(1, millimetres * mm))

    def turn_page(self) -> None:
        """Go on on the next page."""
        self.story.append(PageBreak())

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], right: str) -> None:
        """Add a table whose head repeats on each page.

        Parameters
        ----------
        widths
            Column widths, as shares of the text's width.
        right
            One letter a column: `r` sets it flush right, anything else left.
        """
        styles = [CELL_RIGHT if side == "r" else CELL for side in right]
        bold = [f"<b>{cell}</b>" for cell in head]
        cells = [[Paragraph(cell, style) for cell, style in zip(row, styles, strict=True)] for row in (bold, *rows)]
        scale = TEXT_WIDTH / sum(widths)
        table = Table(
            cells,
            [width * scale for width in widths],
            repeatRows=1,
            hAlign="LEFT",
            splitByRow=int(len(rows) > SHORT_TABLE),
        )
        table.setStyle(TableStyle(_rules(HexColor(self.house.colour))))
        self.story += [table, Spacer(1, 3 * mm)]

    def totals(self, rows: Sequence[tuple[str, str]]) -> None:
        """Add sums flush right below a table; the last one is the one that counts."""
        plain = [[Paragraph(label, CELL), Paragraph(value, CELL_RIGHT)] for label, value in rows[:-1]]
        label, value = rows[-1]
        last = [Paragraph(f"<b>{label}</b>", CELL), Paragraph(f"<b>{value}</b>", CELL_RIGHT)]
        table = Table([*plain, last], [45 * mm, 35 * mm], hAlign="RIGHT")
        table.setStyle(
            TableStyle([("LINEABOVE", (0, -1), (-1, -1), 0.8, black), ("RIGHTPADDING", (0, 0), (-1, -1), 3), *_TIGHT])
        )
        self.story += [KeepTogether(table), Spacer(1, 3 * mm)]

    def pairs(self, rows: Sequence[tuple[str, str]], label_width: float = 45) -> None:
        """Add lines of label and value."""
        cells = [[Paragraph(label, CELL), Paragraph(value, CELL)] for label, value in rows]
        table = Table(cells, [label_width * mm, TEXT_WIDTH - label_width * mm], hAlign="LEFT")
        table.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP"), *_TIGHT]))
        self.story += [table, Spacer(1, 3 * mm)]

    def signature(self, greeting: str, name: str, role: str = "") -> None:
        """Add the close of a letter with a handwritten line above the name."""
        lines = [Paragraph(greeting, BODY), Spacer(1, 2 * mm), _Scribble(name), Paragraph(name, CELL)]
        self.story.append(KeepTogether([*lines, *([Paragraph(role, SMALL)] if role else [])]))

    def signatures(self, left: Sequence[str], right: Sequence[str]) -> None:
        """Add the lines on which two parties sign, each with place and date, name and role."""
        cells = [
            [Paragraph(left[0], CELL), "", Paragraph(right[0], CELL)],
            [_Scribble(left[1]), "", _Scribble(right[1])],
            [Paragraph("<br/>".join(left[1:]), CELL), "", Paragraph("<br/>".join(right[1:]), CELL)],
        ]
        table = Table(cells, [70 * mm, 12 * mm, 70 * mm], hAlign="LEFT")
        lines = [("LINEABOVE", (column, 2), (column, 2), 0.6, black) for column in (0, 2)]
        table.setStyle(TableStyle([*lines, ("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
        self.story += [Spacer(1, 6 * mm), KeepTogether(table)]

    def pdf(self) -> bytes:
        """Draw it; the same letter always gives the same bytes."""
        out = BytesIO()
        document = BaseDocTemplate(out, pagesize=A4, title=self.title, author=self.house.name, invariant=1)
        first_top = HEIGHT - (100 if self.recipient else 48) * mm
        bottom = (32 if self.house.footer else 20) * mm
        document.addPageTemplates(
            [
                PageTemplate("first", [_frame(first_top, bottom)], onPage=self._draw_first, onPageEnd=self._draw_foot),
                PageTemplate(
                    "later", [_frame(HEIGHT - 30 * mm, bottom)], onPage=self._draw_later, onPageEnd=self._draw_foot
                ),
            ]
        )
        document.build([NextPageTemplate("later"), *self.story])
        return out.getvalue()

    def _draw_first(self, canvas: Any, _document: Any) -> None:  # noqa: ANN401  (reportlab has no types)
        draw_letterhead(canvas, self.house)
        if self.recipient:
            self._draw_window(canvas)
        _draw_reference(canvas, self.house.contact, self.reference, 50 if self.recipient else 20)

    def _draw_window(self, canvas: Any) -> None:  # noqa: ANN401
        canvas.setFillColor(GREY)
        canvas.setFont("Vera", 6)
        canvas.drawString(LEFT, HEIGHT - 50 * mm, " · ".join([self.house.name, *self.house.address]))
        canvas.setFillColor(black)
        canvas.setFont("Vera", 9.5)
        for index, line in enumerate(self.recipient):
            canvas.drawString(LEFT, HEIGHT - (57 + 4.8 * index) * mm, line)
        if self.house.folds:
            canvas.setStrokeColor(GREY)
            canvas.setLineWidth(0.3)
            # Fold and punch marks of DIN 5008, form B.
            for down, length in ((105, 4), (148.5, 6), (210, 4)):
                canvas.line(5 * mm, HEIGHT - down * mm, (5 + length) * mm, HEIGHT - down * mm)

    def _draw_later(self, canvas: Any, _document: Any) -> None:  # noqa: ANN401
        canvas.setFont("Vera", 8)
        canvas.setFillColor(GREY)
        canvas.drawString(LEFT, HEIGHT - 20 * mm, self.house.name)
        canvas.drawRightString(RIGHT, HEIGHT - 20 * mm, self.title)
        canvas.setStrokeColor(HexColor(self.house.colour))
        canvas.line(LEFT, HEIGHT - 22 * mm, RIGHT, HEIGHT - 22 * mm)

    def _draw_foot(self, canvas: Any, document: Any) -> None:  # noqa: ANN401
        canvas.setFillColor(GREY)
        canvas.setFont("Vera", 6.5)
        foot = 26 if self.house.footer else 14
        canvas.drawRightString(RIGHT, (foot + 2) * mm, f"{self.page_word} {document.page}")
        if not self.house.footer:
            return
        canvas.setStrokeColor(HexColor(self.house.colour))
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, foot * mm, RIGHT, foot * mm)
        step = TEXT_WIDTH / len(self.house.footer)
        for column, lines in enumerate(self.house.footer):
            for index, line in enumerate(lines):
                canvas.drawString(LEFT + column * step, (foot - 4 - 3.2 * index) * mm, line)


def draw_letterhead(canvas: Any, house: House) -> None:  # noqa: ANN401
    """Draw logo, name and slogan at the head of the page."""
    room = 15 * mm if house.mark else 0
    name_width = pdfmetrics.stringWidth(house.name, "Vera-Bold", 15)
    start = {"left": LEFT, "right": RIGHT - name_width - room, "centre": (WIDTH - name_width - room) / 2}[house.side]
    if house.mark:
        draw_mark(canvas, house, start, HEIGHT - 29 * mm)
    canvas.setFillColor(HexColor(house.colour))
    canvas.setFont("Vera-Bold", 15)
    canvas.drawString(start + room, HEIGHT - 23 * mm, house.name)
    canvas.setFillColor(GREY)
    canvas.setFont("Vera", 8)
    canvas.drawString(start + room, HEIGHT - 28 * mm, house.slogan or " · ".join(house.address))


def draw_mark(canvas: Any, house: House, x: float, y: float) -> None:  # noqa: ANN401
    """Draw the logo into a square of 11 mm whose lower left corner is at `x`, `y` (points)."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.setFillColor(HexColor(house.colour))
    match house.mark:
        case "ring":
            canvas.circle(MARK / 2, MARK / 2, MARK / 2, stroke=0, fill=1)
            canvas.setFillColor(white)
            canvas.circle(MARK * 0.6, MARK * 0.6, MARK / 4, stroke=0, fill=1)
        case "bars":
            for index, height in enumerate((0.45, 0.75, 1.0)):
                canvas.rect(index * MARK * 0.36, 0, MARK * 0.27, MARK * height, stroke=0, fill=1)
        case "leaf":
            _fill(canvas, (0, 0), (0, 1, 0.4, 1, 1, 1), (1, 0.3, 0.6, 0, 0, 0))
        case "crest":
            _fill(
                canvas, (0.1, 1), (0.4, 1, 0.7, 1, 0.9, 1), (0.9, 0.2, 0.6, 0.1, 0.5, 0), (0.4, 0.1, 0.1, 0.2, 0.1, 1)
            )
            canvas.setFillColor(white)
            canvas.rect(MARK * 0.44, MARK * 0.25, MARK * 0.12, MARK * 0.6, stroke=0, fill=1)
            canvas.rect(MARK * 0.26, MARK * 0.55, MARK * 0.48, MARK * 0.12, stroke=0, fill=1)
        case _:
            canvas.roundRect(0, 0, MARK, MARK, 2 * mm, stroke=0, fill=1)
            canvas.setFillColor(white)
            canvas.rect(MARK * 0.28, MARK * 0.22, MARK * 0.12, MARK * 0.56, stroke=0, fill=1)
            canvas.circle(MARK * 0.56, MARK * 0.6, MARK * 0.18, stroke=0, fill=1)
    canvas.restoreState()


def _fill(canvas: Any, start: tuple[float, float], *curves: tuple[float, ...]) -> None:  # noqa: ANN401
    """Fill an outline of Bézier curves, in parts of the logo's size."""
    path = canvas.beginPath()
    path.moveTo(*(part * MARK for part in start))
    for curve in curves:
        path.curveTo(*(part * MARK for part in curve))
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_reference(canvas: Any, contact: Sequence[str], pairs: Sequence[tuple[str, str]], top: float) -> None:  # noqa: ANN401
    canvas.setFillColor(GREY)
    canvas.setFont("Vera", 7.5)
    down = top
    for line in contact:
        canvas.drawString(125 * mm, HEIGHT - down * mm, line)
        down += 3.8
    down += 2 if contact else 0
    for label, value in pairs:
        canvas.setFillColor(GREY)
        canvas.setFont("Vera", 7.5)
        canvas.drawString(125 * mm, HEIGHT - down * mm, label)
        canvas.setFillColor(black)
        canvas.setFont("Vera", 8.5)
        canvas.drawString(156 * mm, HEIGHT - down * mm, value)
        down += 4.6


def _frame(top: float, bottom: float) -> Frame:
    return Frame(LEFT, bottom, TEXT_WIDTH, top - bottom, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


_TIGHT = [("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]


def _rules(colour: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
    return [
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, colour),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, colour),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, GREY),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 3.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]


class _Scribble(Spacer):  # type: ignore[misc]  # reportlab has no types
    """A signature in ink: a large first stroke, then waves that the letters of the name shape, then a flourish."""

    def __init__(self, name: str) -> None:
        super().__init__(45 * mm, 13 * mm)
        self._name = name

    def draw(self) -> None:
        ink = self.canv.beginPath()
        ink.moveTo(1 * mm, 2 * mm)
        ink.curveTo(2 * mm, 16 * mm, 8 * mm, 15 * mm, 5 * mm, 6 * mm)
        ink.curveTo(4 * mm, 1 * mm, 0, 5 * mm, 9 * mm, 6 * mm)
        x = 9.0
        for letter in self._name[-8:]:
            step, rise = 1.5 + ord(letter) % 4 * 0.7, ord(letter) * 37 % 13 - 4
            ink.curveTo(
                (x + step) * mm, (6 + rise) * mm, (x + step * 0.2) * mm, (3 - rise * 0.4) * mm, (x + step) * mm, 5 * mm
            )
            x += step
        ink.curveTo((x + 6) * mm, 8 * mm, (x + 9) * mm, 4 * mm, (x - 6) * mm, 2.5 * mm)
        self.canv.setStrokeColor(HexColor("#1b2f7a"))
        self.canv.setLineWidth(0.9)
        self.canv.setLineJoin(1)
        self.canv.drawPath(ink, stroke=1, fill=0)
