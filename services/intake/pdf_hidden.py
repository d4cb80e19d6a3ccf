"""Text that a PDF holds and its readers do not see. Runs in a worker process only.

`Sight` follows what a page paints, as pypdf's visitor, and judges each string that is shown: drawn invisibly, in the
colour of what lies beneath, painted over, too small to read, outside the page, or on a layer that is switched off.
It looks at letters of each string, and takes it for hidden if nearly all of them are; where some are, it says so. Where
it cannot tell (patterns, pictures, curves), the text counts as seen. The text layer of a scan is drawn invisibly too,
or lies under the picture, and says what that shows: it stays.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from pypdf import PageObject
from pypdf.errors import LimitReachedError

from services.intake.pdf_font import Code, Fonts
from services.intake.pdf_graphics import Graphics, Ink, dictionary, named
from services.intake.pdf_layers import Layers, raw
from services.intake.pdf_operands import take_last
from services.intake.pdf_paint import (
    IDENTITY,
    Box,
    Mark,
    Matrix,
    Paper,
    box_of,
    matrix_of,
    numbers_of,
    point_of,
    product,
)

_SHOWS: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
_MOVES: Final = frozenset({b"BT", b"Td", b"TD", b"Tm", b"T*", b"'", b'"'})
_FILLS: Final = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_STROKES: Final = frozenset({b"S", b"s", b"B", b"B*", b"b", b"b*"})
_PATH_ENDS: Final = _FILLS | _STROKES | {b"n"}
_STRAIGHT: Final = frozenset({b"re", b"m", b"l"})

_TINY_POINTS: Final = 2.0
_TINY_PART: Final = 0.0025
"""Nobody reads letters lower than 2 points, and than this part of the page's longer side, where a page is shown whole.
The smallest print of contracts has about 4 points; a page measured in inches instead of points is only 11 high."""

_LOOKED_AT: Final = 40
"""Letters of a string that are judged, spread over it; of most strings that is all of them."""
_NEARLY_ALL: Final = 0.8
"""Part of them that must be hidden. What is left of a longer string then, readers cannot understand."""
_MIDDLE: Final = 0.25
"""Height of a letter's middle above its line, as a part of the font's size."""
_REACH: Final = 1 / 6
"""From there a letter reaches this far at least; a line that crosses it out hides less."""

_CUT_AROUND: Final = 6
"""A letter of a clip reaches so many times as far as what must be covered of it."""

_SCANNED: Final = 0.5
"""Part of a page that pictures must cover for its invisible text to be their text layer."""

_LEAST_PIXELS: Final = 100
"""Across a picture that may be a scan, or a strip of one; a picture of one pixel is a ground."""

_MAX_STRINGS: Final = 50_000
"""A dense page whose every letter is a string of its own has 10,000."""
MAX_OPERATORS: Final = 500_000
"""Of a page, with its forms as often as they are drawn. A page full of drawings has some tens of thousands."""

_LEAST_SIDE: Final = 1.0
"""Boxes narrower than this many points are no page."""
_ALIGNED: Final = 0.01
"""Points by which the corners of a rectangle may miss."""


class Why(StrEnum):
    """Why readers do not see a string; the words stand in a note for people."""

    INVISIBLE = "drawn invisibly"
    OUTSIDE = "outside the page"
    TINY = "too small to read"
    COLOUR = "in the colour of its ground"
    COVERED = "painted over"
    PICTURE = "under a picture"
    LAYER = "on a layer that is switched off"


_OF_PAINT: Final = frozenset({Why.COLOUR, Why.COVERED, Why.PICTURE})
_OF_SCANS: Final = frozenset({Why.INVISIBLE, Why.PICTURE})


class _Frame(NamedTuple):
    """The page, or a form on it: what its names mean, where it stands, and what was saved and open before it."""

    resources: Mapping[str, Any]
    matrix: Matrix
    saved: int
    layers: int


@dataclass(slots=True)
class _Path:
    """A path as it grows."""

    points: list[tuple[float, float]] = field(default_factory=list)
    straight: bool = True
    clips: bool = False

    @property
    def box(self) -> Box | None:
        """What the path lies in."""
        return box_of(self.points) if self.points else None

    @property
    def is_box(self) -> bool:
        """Whether the path is one rectangle along the axes."""
        corners = list(dict.fromkeys(self.points))
        return (
            self.straight
            and len(corners) == len("four")
            and all(
                (abs(x - next_x) < _ALIGNED) != (abs(y - next_y) < _ALIGNED)
                for (x, y), (next_x, next_y) in zip(corners, [*corners[1:], corners[0]], strict=True)
            )
        )

    @property
    def is_flat(self) -> bool:
        """Whether nothing is inside: two points, at most a hairline."""
        return len(set(self.points)) <= len("to")

    @property
    def is_line(self) -> bool:
        """Whether the path is one line along an axis."""
        box = self.box
        return self.straight and len(self.points) == len("to") and box is not None and box.narrowest < _ALIGNED


@dataclass(slots=True)
class _String:
    """A string that was shown.

    Parameters
    ----------
    letters
        Its letters, without spaces.
    looked_at
        How many of them are judged.
    reasons
        Why readers do not see one, for each that they do not see.
    why
        Why readers see none of it.
    """

    letters: int
    looked_at: int = 0
    reasons: list[Why] = field(default_factory=list)
    why: Why | None = None

    @property
    def hidden(self) -> Why | None:
        """Why readers do not see it; None if they do."""
        if self.why or not self.looked_at or len(self.reasons) < _NEARLY_ALL * self.looked_at:
            return self.why
        return Counter(self.reasons).most_common(1)[0][0]


class Eyes(Protocol):
    """Goes along while pypdf reads a page."""

    def before(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """See an operator before it is carried out."""

    def after(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """See an operator that has been carried out."""

    def lose(self) -> None:
        """Learn that a form was not read to its end."""


Read = TypeVar("Read")


class Unseen(NamedTuple):
    """What readers of a page do not see.

    Parameters
    ----------
    reasons
        Why strings were left out, each reason once.
    may_be_more
        The page paints too much for all of it to be compared.
    is_malformed
        Operators have other operands than they should, and readers make of them what they like.
    is_picture
        Pictures cover most of the page, and their text was not laid under or over them.
    is_partly
        Of a string that was read, readers see some letters alone: a painted digit makes another number.
    """

    reasons: list[Why]
    may_be_more: bool
    is_malformed: bool
    is_picture: bool
    is_partly: bool


def read_seen(page: PageObject, fonts: Fonts, read: Callable[[Eyes], Read]) -> tuple[Read, Unseen]:
    """Read a page, and read it again without what readers do not see, if there is any.

    Parameters
    ----------
    read
        Has pypdf read the page, and lets the eyes go along as its operand visitors.
    """
    sight = Sight(page, fonts)
    found = read(sight)
    hidden = sight.hidden()
    if hidden:
        found = read(Blinkers(frozenset(hidden)))
    is_picture = sight.is_picture and not sight.has_text_layer
    reasons = sorted(set(hidden.values()))
    return found, Unseen(reasons, sight.is_lost, sight.is_malformed, is_picture, sight.is_partly)


@dataclass(slots=True)
class Blinkers:
    """Takes strings out before pypdf reads them.

    Parameters
    ----------
    hidden
        Their numbers in the order of the page.
    """

    hidden: frozenset[int]
    _number: int = 0

    def before(self, operator: bytes, operands: list[Any], _cm: list[float], _tm: list[float]) -> None:
        """Take a string out, if it is to be."""
        take_last(operator, operands)
        if operator in _SHOWS:
            if self._number in self.hidden:
                # Both operands of `"` that are spacings stay: only the last one is shown.
                operands[-1:] = [b""]
            self._number += 1

    def after(self, _operator: bytes, _operands: list[Any], _cm: list[float], _tm: list[float]) -> None:
        """Do nothing: what is left is seen."""

    def lose(self) -> None:
        """Do nothing: it was said when the page was read first."""


@dataclass(slots=True)
class Sight:
    """Judges what a page shows; `before` and `after` are pypdf's operand visitors."""

    page: PageObject
    fonts: Fonts
    is_malformed: bool = field(default=False, init=False)
    has_text_layer: bool = field(default=False, init=False)
    _operators: int = 0
    _strings: list[_String] = field(default_factory=list)
    _now: Graphics = field(default_factory=Graphics)
    _saved: list[Graphics] = field(default_factory=list)
    _frames: list[_Frame] = field(default_factory=list)
    _open_layers: list[bool] = field(default_factory=list)
    _path: _Path = field(default_factory=_Path)
    _cut: list[Box] = field(default_factory=list)
    _pen: float = 0
    _layers: Layers = field(init=False)
    _paper: Paper = field(init=False)
    _steps: Mapping[bytes, Callable[[list[Any]], None]] = field(init=False)

    def __post_init__(self) -> None:
        """Find the page's edges, its names, and which layers are off."""
        self._paper = Paper(_edges(self.page))
        self._frames.append(_Frame(dictionary(self.page.get("/Resources")), IDENTITY, 0, 0))
        self._layers = Layers(self.page)
        self._steps = {
            b"Do": self._leave,
            b"BT": self._begin_text,
            b"ET": self._end_text,
            b"q": self._save,
            b"Q": self._restore,
            b"W": self._clip,
            b"W*": self._clip,
            b"sh": self._shade,
            b"BDC": self._open_layer,
            b"BMC": self._open_layer,
            b"EMC": self._close_layer,
        }

    @property
    def is_lost(self) -> bool:
        """Whether there was too much to compare."""
        return not self._paper.is_known

    @property
    def is_partly(self) -> bool:
        """Whether some letters of a string are painted over, or in the colour of their ground, and others are not."""
        return not self.has_text_layer and any(
            string.hidden is None and not _OF_PAINT.isdisjoint(string.reasons) for string in self._strings
        )

    @property
    def is_picture(self) -> bool:
        """Whether pictures cover most of the page."""
        return self._paper.pictured >= _SCANNED * self._paper.edges.area

    def before(self, operator: bytes, operands: list[Any], cm: list[float], _tm: list[float]) -> None:
        """Enter a form, or see a picture, before pypdf does."""
        self.is_malformed |= not take_last(operator, operands)
        self._operators += 1
        self._check_bounds()
        if operator == b"Do":
            self._enter(operands, self._place(cm))

    def after(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """Follow an operator that has been carried out."""
        if operator in _MOVES:
            self._pen = 0
        if operator in _SHOWS:
            self._show(operands, product(matrix_of(tm), self._place(cm)))
        elif step := self._steps.get(operator):
            step(operands)
        elif operator in _PATH_ENDS:
            self._end_path(operator, _scale(self._place(cm)))
        elif points := _POINTS.get(operator):
            self._draw(operator, numbers_of(operands)[-points:], self._place(cm))
        elif operator == b"INLINE IMAGE":
            self._picture(self._place(cm), hides=False, is_scan=True)
        else:
            self._now = self._now.changed(operator, operands, self._frames[-1].resources)

    def lose(self) -> None:
        """Note that a form was not read to its end: readers may go on where pypdf does not."""
        self.is_malformed = True

    def hidden(self) -> dict[int, Why]:
        """Give the strings that readers do not see, by their number in the order of the page.

        Raises
        ------
        LimitReachedError
            If the page does more than is followed; pypdf goes on after what a form on it raises.
        """
        self._check_bounds()
        for mark, by_picture in self._paper.covered().items():
            self._strings[mark.number].reasons.append(Why.PICTURE if by_picture else Why.COVERED)
        found = {number: why for number, string in enumerate(self._strings) if (why := string.hidden)}
        self.has_text_layer = self._is_scan(found)
        return {number: why for number, why in found.items() if not (self.has_text_layer and why in _OF_SCANS)}

    def _check_bounds(self) -> None:
        if self._operators > MAX_OPERATORS or len(self._strings) > _MAX_STRINGS:
            message = f"more than {MAX_OPERATORS} operators, or {_MAX_STRINGS} strings, on one page"
            raise LimitReachedError(message)

    def _is_scan(self, found: Mapping[int, Why]) -> bool:
        """Tell whether the page is a picture whose text was laid under or over it, invisibly."""
        layer = sum(self._strings[number].letters for number, why in found.items() if why in _OF_SCANS)
        seen = sum(string.letters for number, string in enumerate(self._strings) if number not in found)
        return layer > seen and self.is_picture

    def _place(self, cm: list[float]) -> Matrix:
        return product(matrix_of(cm), self._frames[-1].matrix)

    # Text

    def _show(self, operands: list[Any], matrix: Matrix) -> None:
        if len(operands) == len(("word spacing", "spacing", "string")):
            for operator, operand in ((b"Tw", operands[0]), (b"Tc", operands[1])):
                self._now = self._now.changed(operator, [operand], {})
        shown = operands[-1] if operands else b""
        middles = list(self._middles(shown if isinstance(shown, list) else [shown]))
        string = _String(len(middles))
        if middles:
            string.why = self._why(matrix)
            chosen = {len(middles) * (2 * part + 1) // (2 * _LOOKED_AT): None for part in range(_LOOKED_AT)}
            marks = [self._mark(matrix, middles[letter]) for letter in chosen]
            string.looked_at = len(marks)
            if self._now.is_clipping:
                self._cut += [Box(mark.x, mark.y, mark.x, mark.y).grown(_CUT_AROUND * mark.reach) for mark in marks]
            if not string.why or string.why is Why.INVISIBLE:
                self._look(string, marks)
        if self._now.is_stencil:
            self._now = self._now._replace(cut_out=(*self._now.cut_out, len(self._strings)))
        self._strings.append(string)

    def _begin_text(self, _operands: list[Any]) -> None:
        self._cut.clear()

    def _end_text(self, _operands: list[Any]) -> None:
        """Show what follows only where the letters of a clip stand."""
        if self._cut:
            corners = [corner for box in self._cut for corner in ((box.left, box.bottom), (box.right, box.top))]
            self._now = self._now.clipped(box_of(corners), exact=False)
            self._cut.clear()

    def _middles(self, pieces: list[Any]) -> Iterator[float]:
        """Give where the middle of each letter stands on its line, and move the pen on."""
        now = self._now
        for piece in pieces:
            if isinstance(piece, int | float):
                self._pen -= float(piece) / 1000 * now.size * now.stretch
                continue
            for text, width, is_space in self._codes(piece):
                step = width / 1000 * now.size * now.stretch
                if text:
                    yield self._pen + step / 2
                if not now.is_vertical:
                    self._pen += step + (now.spacing + now.word_spacing * is_space) * now.stretch

    def _codes(self, piece: Any) -> list[Code]:  # noqa: ANN401  (an operand: anything)
        if self._now.font is not None:
            try:
                return self.fonts.of(self._now.font).codes(piece)
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001, S110  (fonts of damaged documents raise anything; widths are guessed then)
                pass
        length = len(piece) if isinstance(piece, bytes | str) else 0
        return [Code("?", _USUAL_WIDTH, is_space=False)] * length

    def _why(self, matrix: Matrix) -> Why | None:
        """Judge a string as a whole."""
        now = self._now
        if any(self._open_layers):
            return Why.LAYER
        if now.invisible:
            return Why.INVISIBLE
        high, wide = _lengths(matrix)
        is_tiny = min(high, wide * abs(now.stretch)) * abs(now.size) < self._tiny()
        return Why.TINY if is_tiny and not now.is_drawn else None

    def _look(self, string: _String, marks: list[Mark]) -> None:
        """Judge letters by what is around and beneath them, and remember those that are seen so far."""
        now = self._now
        ground = self._paper.edges.common(now.clip)
        for mark in marks:
            if ground.narrowest < self._tiny() or not ground.holds(mark.x, mark.y):
                string.reasons.append(Why.OUTSIDE)
            elif string.why or now.is_drawn:
                continue
            elif all(self._drowns(ink, mark) for ink in now.inks):
                string.reasons.append(Why.COLOUR)
            else:
                self._paper.mark(mark)
        if string.why and len(string.reasons) == len(marks):
            string.why = Why.OUTSIDE

    def _drowns(self, ink: Ink, mark: Mark) -> bool:
        return ink.colour is not None and self._paper.drowns(ink.colour, self._now.opacity(ink), mark)

    def _mark(self, matrix: Matrix, middle: float) -> Mark:
        now = self._now
        x, y = point_of(matrix, middle, now.rise + _MIDDLE * now.size)
        return Mark(y, x, _REACH * _lengths(matrix)[0] * abs(now.size), len(self._strings))

    def _tiny(self) -> float:
        left, bottom, right, top = self._paper.edges
        return min(_TINY_POINTS, _TINY_PART * max(right - left, top - bottom))

    # Paths

    def _draw(self, operator: bytes, numbers: list[float], matrix: Matrix) -> None:
        corners = list(zip(numbers[0::2], numbers[1::2], strict=False))
        if operator == b"re":
            if len(corners) != len(("corner", "size")):
                return
            (x, y), (width, height) = corners
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self._path.points += [point_of(matrix, *corner) for corner in corners]
        self._path.straight &= operator in _STRAIGHT

    def _end_path(self, operator: bytes, scale: float) -> None:
        path, self._path = self._path, _Path()
        if not (box := path.box):
            return
        now = self._now
        if operator in _FILLS and not path.is_flat:
            self._paint(box, now.fill, is_box=path.is_box)
        if operator in _STROKES and now.line * scale >= _TINY_POINTS:
            self._paint(_stroked(box, now.line * scale / 2, path), now.stroke, is_box=path.is_line)
        if path.clips:
            self._now = self._now.clipped(box, exact=path.is_box)

    def _paint(self, box: Box, ink: Ink, *, is_box: bool) -> None:
        now = self._now
        if now.traces(ink) and not any(self._open_layers):
            colour = now.colour(ink)
            hides = is_box and colour is not None and now.hides(ink)
            self._paper.paint(box.common(now.clip), colour, hides=hides, order=len(self._strings))
            self._fill_stencil()

    def _clip(self, _operands: list[Any]) -> None:
        self._path.clips = True

    def _picture(self, matrix: Matrix, *, hides: bool, is_scan: bool) -> None:
        now = self._now
        if now.traces(now.fill) and not any(self._open_layers):
            box = box_of([point_of(matrix, x, y) for x in (0, 1) for y in (0, 1)]).common(now.clip)
            hides = hides and now.hides(now.fill) and _is_upright(matrix)
            self._paper.picture(box, hides=hides, is_scan=is_scan, order=len(self._strings))
            self._fill_stencil()

    def _shade(self, _operands: list[Any]) -> None:
        now = self._now
        if not any(self._open_layers):
            box = self._paper.edges.common(now.clip)
            self._paper.paint(box, None, hides=False, order=len(self._strings))
            self._fill_stencil()

    def _fill_stencil(self) -> None:
        """Show the strings that were cut out of what is painted now."""
        for number in self._now.cut_out:
            if self._strings[number].why is Why.INVISIBLE:
                self._strings[number].why = None
        self._now = self._now._replace(cut_out=())

    # Graphics state

    def _save(self, _operands: list[Any]) -> None:
        self._saved.append(self._now)

    def _restore(self, _operands: list[Any]) -> None:
        if len(self._saved) > self._frames[-1].saved:
            self._now = self._saved.pop()

    # Forms and layers

    def _enter(self, operands: list[Any], place: Matrix) -> None:
        frame = self._frames[-1]
        thing = named(frame.resources, "/XObject", operands[0]) if operands else {}
        self._saved.append(self._now)
        self._open_layers.append(self._layers.is_off(raw(thing, "/OC")))
        if thing.get("/Subtype") == "/Image":
            is_opaque = _is_opaque(thing)
            self._picture(place, hides=is_opaque, is_scan=_is_large(thing) and not _has_mask(thing))
        if thing.get("/Subtype") == "/Form":
            place = product(matrix_of(thing.get("/Matrix") or []), place)
            self._clip_to(numbers_of(thing.get("/BBox") or []), place)
            if dictionary(thing.get("/Group")).get("/S") == "/Transparency":
                self._now = self._now.in_group()
        resources = dictionary(thing.get("/Resources")) or frame.resources
        self._frames.append(_Frame(resources, place, len(self._saved), len(self._open_layers)))

    def _clip_to(self, corners: list[float], place: Matrix) -> None:
        """Show of a form what lies within its box."""
        if len(corners) == len(Box._fields):
            box = box_of([point_of(place, x, y) for x in corners[0::2] for y in corners[1::2]])
            self._now = self._now.clipped(box, exact=_is_upright(place))

    def _leave(self, _operands: list[Any]) -> None:
        frame = self._frames.pop()
        self._now = self._saved[frame.saved - 1]
        del self._saved[frame.saved - 1 :], self._open_layers[frame.layers - 1 :]

    def _open_layer(self, operands: list[Any]) -> None:
        named_layers = dictionary(self._frames[-1].resources.get("/Properties"))
        layer = raw(named_layers, operands[1]) if len(operands) > 1 and operands[0] == "/OC" else None
        self._open_layers.append(self._layers.is_off(layer))

    def _close_layer(self, _operands: list[Any]) -> None:
        if len(self._open_layers) > self._frames[-1].layers:
            self._open_layers.pop()


_POINTS: Final = {b"re": 4, b"m": 2, b"l": 2, b"c": 6, b"v": 4, b"y": 4}
"""Path operators, and how many numbers each has."""
_USUAL_WIDTH: Final = 500
"""Of a letter whose font cannot be read, in thousandths of the font size."""


def _lengths(matrix: Matrix) -> tuple[float, float]:
    """Give how high a matrix makes a square of one unit, and how wide; 0 for one that it makes a line of."""
    a, b, c, d, _, _ = matrix
    wide = (a * a + b * b) ** 0.5
    return (abs(a * d - b * c) / wide if wide else 0.0), wide


def _is_upright(matrix: Matrix) -> bool:
    """Tell whether a matrix makes rectangles along the axes of such rectangles."""
    return matrix[1] == matrix[2] == 0 or matrix[0] == matrix[3] == 0


def _scale(matrix: Matrix) -> float:
    """Give the lesser of what a matrix makes of a unit upwards and to the right."""
    return min(_lengths(matrix))


def _stroked(box: Box, half: float, path: _Path) -> Box:
    """Give what a stroke of a path paints: a line ends where it ends, other paths have corners."""
    if not path.is_line:
        return box.grown(half)
    level = box.top - box.bottom < _ALIGNED
    return (
        box._replace(bottom=box.bottom - half, top=box.top + half)
        if level
        else (box._replace(left=box.left - half, right=box.right + half))
    )


def _is_opaque(image: Mapping[str, Any]) -> bool:
    """Tell whether a picture has no part that lets shine through; a JPEG 2000 may have its mask inside."""
    filters = image.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, list) else [str(filters)]
    return not any(image.get(key) for key in ("/SMask", "/Mask", "/ImageMask")) and "/JPXDecode" not in names


def _has_mask(image: Mapping[str, Any]) -> bool:
    return any(image.get(key) for key in ("/SMask", "/Mask", "/SMaskInData"))


def _is_large(image: Mapping[str, Any]) -> bool:
    width = image.get("/Width")
    return isinstance(width, int) and width >= _LEAST_PIXELS


def _edges(page: PageObject) -> Box:
    """Give what a viewer shows of a page; anything at all, if its boxes are none."""
    try:
        media, crop = (Box(*map(float, box)) for box in (page.mediabox, page.cropbox))
    except Exception:  # noqa: BLE001  (pypdf raises anything on damaged boxes; then nothing is outside)
        return _ANYWHERE
    shown = media.common(crop)
    for box in (shown, media):
        if box.narrowest >= _LEAST_SIDE:
            return box
    return _ANYWHERE


_ANYWHERE: Final = Box(-1e9, -1e9, 1e9, 1e9)
