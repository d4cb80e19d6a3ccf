"""Where a PDF page's text stands. Runs in a worker process only.

pypdf gives a page's text in pieces, with the operators that showed them. This reckons where each character of a piece
stands on the page as it is shown, and keeps runs of them with their offsets in the text. What cannot be reckoned
(rotated or right-to-left text, fonts that lie) has no place: it is in the text all the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, NamedTuple

from pypdf import PageObject
from pypdf.generic import DictionaryObject, NameObject

from services.answers.tables.runs import MAX_PLACE, MAX_RUNS, UNITS_PER_POINT, Run
from services.intake.pdf_font import Code, Face, Fonts
from services.intake.pdf_graphics import dictionary, named
from services.intake.pdf_hidden import Eyes
from services.intake.pdf_paint import IDENTITY, Matrix, matrix_of, product
from services.intake.pdf_spaced import without_spacing
from services.intake.stored_text import stored_form

_SHOWS: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
_MOVES: Final = frozenset({b"BT", b"Td", b"TD", b"Tm", b"T*", b"'", b'"'})
_SPACINGS: Final = {b"Tc": 0, b"Tw": 1, b"Tz": 2}

_GLUED: Final = 0.15
"""Gap, as part of the font size, under which two shown strings are one word."""
_SPACE: Final = 0.2
"""Gap, as part of the font size, from which on it is a space; a thin one, as between thousands, has a sixth."""
_WORD_GAP: Final = 0.65
"""Gap, as part of the font size, above which words of one string stand in different columns; a space has about 0.3."""
_SAME_LINE: Final = 0.1
_LINE: Final = 0.5
"""The same of words beside each other."""


class _Stretch(NamedTuple):
    """Text of a string without a gap in it: first character and one past the last, and its edges in text space."""

    start: int
    end: int
    left: float
    right: float


class _Form(NamedTuple):
    """The page, or a form on it: what its names mean, and where it stands.

    Parameters
    ----------
    borrows
        The form, if it has no names of its own, and takes those around it as readers do.
    """

    resources: Mapping[str, Any]
    matrix: Matrix
    borrows: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Show:
    """A string that was shown, before its font is known.

    Parameters
    ----------
    continues
        It begins where the one before it ended.
    spacings
        Character spacing, word spacing, horizontal scale in hundredths.
    """

    pieces: list[Any]
    matrix: Matrix
    continues: bool
    spacings: tuple[float, float, float]


def read_page(page: PageObject, fonts: Fonts, eyes: Eyes) -> tuple[str, list[Run]]:
    """Give a page's text as it is stored, and where it stands; what stands apart is no word.

    Parameters
    ----------
    eyes
        Go along while the page is read.

    Returns
    -------
    tuple
        No runs if the pieces that pypdf gives are not the text, or there are too many of them.
    """
    layout = _Layout(page, fonts, eyes)
    _notice_losses(page, eyes)
    text = page.extract_text(
        visitor_operand_before=layout.before, visitor_operand_after=layout.after, visitor_text=layout.piece
    )
    stored = stored_form(text)
    return without_spacing(*_parted(stored, layout.runs_of(stored), layout.unwritten))


def _notice_losses(page: PageObject, eyes: Eyes) -> None:
    """Have it said where pypdf gives up a form: it goes on without."""
    read = PageObject.extract_xform_text

    def reading(*given: Any, **named: Any) -> str:  # noqa: ANN401  (as pypdf calls it)
        try:
            return read(page, *given, **named)
        except Exception:
            eyes.lose()
            raise

    page.extract_xform_text = reading  # type: ignore[method-assign]


def _parted(text: str, runs: list[Run], unwritten: Sequence[int]) -> tuple[str, list[Run]]:
    """Put a space where one word begins that stands apart from the one before, and none is written between them.

    A value may be drawn before the words to its left: `15-10-2015Order Date:`.

    Parameters
    ----------
    unwritten
        Where words begin within a string that only moves the pen between them.
    """
    if not runs:
        return text, runs
    glued = (run.start for before, run in pairwise(runs) if _is_glued(text, before, run))
    begins = sorted({*glued, *unwritten})
    moved = [
        run._replace(start=run.start + bisect_right(begins, run.start), end=run.end + bisect_left(begins, run.end))
        for run in runs
    ]
    parts = [text[first:end] for first, end in pairwise([0, *begins, len(text)])]
    return " ".join(parts), moved


def _is_glued(text: str, before: Run, run: Run) -> bool:
    is_written_so = before.end == run.start and not (text[run.start - 1].isspace() or text[run.start].isspace())
    is_beside = abs(run.baseline - before.baseline) <= _LINE * max(run.size, before.size)
    return is_written_so and is_beside and (run.right <= before.left or run.left - before.right > _WORD_GAP * run.size)


@dataclass(slots=True)
class _Layout:
    """Collects runs while pypdf reads a page; `before`, `after` and `piece` are pypdf's visitors."""

    page: PageObject
    fonts: Fonts
    eyes: Eyes
    unwritten: list[int] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _failed: bool = False
    _shows: list[_Show] = field(default_factory=list)
    _continues: bool = False
    _pen: float = 0
    _spacings: tuple[float, float, float] = (0, 0, 100)
    _saved: list[tuple[float, float, float]] = field(default_factory=list)
    _forms: list[_Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin on the page itself."""
        self._forms.append(_Form(dictionary(self.page.get("/Resources")), IDENTITY))

    def runs_of(self, text: str) -> list[Run]:
        """Give the runs, if they are those of a text."""
        fits = not self._failed and "".join(self._parts) == text and len(self._runs) <= MAX_RUNS
        return self._runs if fits else []

    def before(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """Note that a form begins: what is in it stands where it and the page put it."""
        self.eyes.before(operator, operands, cm, tm)
        if operator == b"Do":
            around = self._forms[-1]
            form = named(around.resources, "/XObject", operands[0]) if operands else {}
            place = product(product(matrix_of(form.get("/Matrix") or []), _matrix(cm)), around.matrix)
            borrows = form if form.get("/Subtype") == "/Form" and not dictionary(form.get("/Resources")) else None
            if isinstance(borrows, DictionaryObject):
                borrows[NameObject("/Resources")] = DictionaryObject(around.resources)
            self._forms.append(_Form(dictionary(form.get("/Resources")) or around.resources, place, borrows))

    def after(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """Note an operator that shows text, or changes where the next one stands."""
        self.eyes.after(operator, operands, cm, tm)
        if operator in _MOVES:
            self._continues = False
        if operator in _SHOWS and operands:
            self._note(operands[-1], cm, tm)
        elif operator == b"Do":
            borrows = self._forms.pop().borrows
            if isinstance(borrows, DictionaryObject):
                del borrows["/Resources"]  # the next one that draws it lends its own
        elif operator == b"q":
            self._saved.append(self._spacings)
        elif operator == b"Q" and self._saved:
            self._spacings = self._saved.pop()
        elif operator in _SPACINGS and operands and isinstance(operands[0], int | float):
            spacings = list(self._spacings)
            spacings[_SPACINGS[operator]] = float(operands[0])
            self._spacings = (spacings[0], spacings[1], spacings[2])

    def _note(self, shown: object, cm: list[float], tm: list[float]) -> None:
        matrix = product(product(_matrix(tm), _matrix(cm)), self._forms[-1].matrix)
        pieces = list(shown) if isinstance(shown, list) else [shown]
        self._shows.append(_Show(pieces, matrix, self._continues, self._spacings))
        self._continues = True

    def piece(
        self, text: str, _cm: list[float], _tm: list[float], resource: DictionaryObject | None, size: float
    ) -> None:
        """Take a piece of the text: what the strings noted since the last piece gave."""
        shows, self._shows = self._shows, []
        stored = stored_form(text)
        start = self._length
        self._parts.append(stored)
        self._length += len(stored)
        if not shows or resource is None or self._failed or len(self._runs) > MAX_RUNS:
            return
        try:
            self._place(stored, start, shows, self.fonts.of(resource), size)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  (fonts of damaged documents raise anything; the text is read without places)
            self._failed = True

    def _place(self, text: str, start: int, shows: list[_Show], face: Face, size: float) -> None:
        runs: list[Run] = []
        at = 0
        for show in shows:
            matrix = self._shown(show.matrix)
            upright = matrix[0] > 0 and abs(matrix[1]) < _SAME_LINE * matrix[0] and abs(matrix[3]) > 0
            placed: list[_Stretch] = []
            for glyph, left, right in self._glyphs(show, face, size):
                after = _skip(text, at, glyph.text)
                if after is None:
                    return  # the text is not what the strings say: none of this piece has a place
                at = after
                if upright and glyph.text:
                    placed.append(_Stretch(start + at - len(glyph.text), start + at, left, right))
            height = abs(size * matrix[3])
            if placed:
                self.unwritten += _unwritten(placed, height / matrix[0])
            stretches = _joined(placed, height / matrix[0]) if placed else ()
            for number, stretch in enumerate(stretches):
                run = _run(matrix, stretch, height)
                if number:
                    runs.append(run)
                else:
                    _extend(runs, run)
        if runs:
            # A word may go on in another font.
            _extend(self._runs, runs.pop(0))
        self._runs += runs

    def _glyphs(self, show: _Show, face: Face, size: float) -> Iterator[tuple[Code, float, float]]:
        """Give what a string shows, glyph by glyph, with places in text space along the line."""
        if not show.continues:
            self._pen = 0
        character_spacing, word_spacing, hundredths = show.spacings
        scale = hundredths / 100
        for piece in show.pieces:
            if isinstance(piece, int | float):
                self._pen -= float(piece) / 1000 * size * scale
                continue
            for glyph in face.codes(piece):
                left = self._pen
                right = left + glyph.width / 1000 * size * scale
                self._pen = right + (character_spacing + word_spacing * glyph.is_space) * scale
                yield glyph, left, right

    def _shown(self, matrix: Matrix) -> Matrix:
        """Turn a matrix of the page to one whose y runs down from the upper left corner of the page as it is shown."""
        box = self.page.mediabox
        left, bottom, right, top = float(box.left), float(box.bottom), float(box.right), float(box.top)
        turned: dict[int, Matrix] = {
            0: (1, 0, 0, -1, -left, top),
            90: (0, 1, 1, 0, -bottom, -left),
            180: (-1, 0, 0, 1, right, -bottom),
            270: (0, -1, -1, 0, top, right),
        }
        return product(matrix, turned.get(int(self.page.rotation) % 360, turned[0]))


def _skip(text: str, at: int, shown: str) -> int | None:
    """Give the place behind what was shown, white space aside; None if the text goes on otherwise."""
    for character in shown:
        if character.isspace():
            continue
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text) or text[at] != character:
            return None
        at += 1
    return at


def _unwritten(glyphs: Sequence[_Stretch], height: float) -> list[int]:
    """Give where words begin without a space before them: TeX moves the pen, and pypdf may see no space in that.

    Where most letters stand apart, they are those of one word, spaced out.

    Parameters
    ----------
    height
        Of the font, in units of text space along the line.
    """
    apart = [
        glyph.start
        for before, glyph in pairwise(glyphs)
        if glyph.start == before.end and _SPACE * height <= glyph.left - before.right <= _WORD_GAP * height
    ]
    return apart if 2 * len(apart) < len(glyphs) else []


def _joined(glyphs: Sequence[_Stretch], height: float) -> Iterator[_Stretch]:
    """Join the glyphs of one string that have no gap between them.

    Parameters
    ----------
    height
        Of the font, in units of text space along the line.
    """
    start, end, left, right = glyphs[0]
    for glyph in glyphs[1:]:
        if -height / 2 <= glyph.left - right <= _WORD_GAP * height:
            end, right = glyph.end, max(right, glyph.right)
        else:
            yield _Stretch(start, end, left, right)
            start, end, left, right = glyph
    yield _Stretch(start, end, left, right)


def _run(matrix: Matrix, stretch: _Stretch, height: float) -> Run:
    left = stretch.left * matrix[0] + matrix[4]
    right = stretch.right * matrix[0] + matrix[4]
    places = _units(left), _units(right), _units(matrix[5])
    return Run(stretch.start, stretch.end, *places, max(1, _units(height)))


def _units(points: float) -> int:
    return round(max(-MAX_PLACE, min(MAX_PLACE, points * UNITS_PER_POINT)))


def _extend(runs: list[Run], run: Run) -> None:
    """Add to the last run what was shown by another string but goes on with its word, or begin a new one."""
    if not runs:
        runs.append(run)
        return
    last = runs[-1]
    same_line = abs(run.baseline - last.baseline) <= _SAME_LINE * run.size and abs(last.size - run.size) <= 1
    if same_line and -run.size / 2 <= run.left - last.right <= _GLUED * run.size and run.start == last.end:
        runs[-1] = last._replace(end=run.end, right=max(last.right, run.right))
    else:
        runs.append(run)


def _matrix(numbers: list[float]) -> Matrix:
    a, b, c, d, e, f = map(float, numbers)
    return a, b, c, d, e, f
