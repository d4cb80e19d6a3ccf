"""Text that a PDF holds and its readers do not see. Runs in a worker process only.

`Sight` follows what a page paints, as pypdf's visitor, and judges each string that is shown: drawn invisibly, in the
colour of what lies beneath, painted over, too small to read, outside the page, or on a layer that is switched off.
Where it cannot tell (patterns, pictures, curves), the text counts as seen. The text layer of a scan is drawn invisibly
too, and says what the picture shows: it stays.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from pypdf import PageObject
from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject, IndirectObject

from services.intake.pdf_graphics import Graphics, dictionary, named
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
_PATH_ENDS: Final = _FILLS | {b"S", b"s", b"n"}

_TINY_POINTS: Final = 2.0
_TINY_PART: Final = 0.0025
"""Nobody reads letters lower than 2 points, and than this part of the page's longer side, where a page is shown whole.
The smallest print of contracts has about 4 points; a page measured in inches instead of points is only 11 high."""

_SCANNED: Final = 0.5
"""Part of a page that pictures must cover for its invisible text to be their text layer."""

_MAX_STRINGS: Final = 50_000
"""A dense page whose every letter is a string of its own has 10,000."""

_LEAST_SIDE: Final = 1.0
"""Boxes narrower than this many points are no page."""


class Why(StrEnum):
    """Why readers do not see a string; the words stand in a note for people."""

    INVISIBLE = "drawn invisibly"
    OUTSIDE = "outside the page"
    TINY = "too small to read"
    COLOUR = "in the colour of its ground"
    COVERED = "painted over"
    LAYER = "on a layer that is switched off"


class _Frame(NamedTuple):
    """The page, or a form on it: what its names mean, where it stands, and what was saved and open before it."""

    resources: Mapping[str, Any]
    matrix: Matrix
    saved: int
    layers: int


@dataclass(slots=True)
class _Path:
    """A path as it grows."""

    rectangles: list[Box] = field(default_factory=list)
    upright: bool = True
    points: list[tuple[float, float]] = field(default_factory=list)
    clips: bool = False

    @property
    def box(self) -> Box | None:
        """What the path lies in."""
        return box_of(self.points) if self.points else None

    @property
    def exact(self) -> bool:
        """Whether the path is that box."""
        return self.upright and len(self.rectangles) == 1 and len(self.points) == len(IDENTITY) - 2


@dataclass(slots=True)
class _String:
    """A string that was shown: its length in bytes, and why readers do not see it; None if they do."""

    length: int
    why: Why | None


class Eyes(Protocol):
    """Goes along while pypdf reads a page."""

    def before(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """See an operator before it is carried out."""

    def after(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """See an operator that has been carried out."""


Read = TypeVar("Read")


def read_seen(page: PageObject, read: Callable[[Eyes], Read]) -> tuple[Read, list[Why]]:
    """Read a page, and read it again without what readers do not see, if there is any.

    Parameters
    ----------
    read
        Has pypdf read the page, and lets the eyes go along as its operand visitors.

    Returns
    -------
    tuple
        What was read, and why strings were left out, each reason once.
    """
    sight = Sight(page)
    found = read(sight)
    hidden = sight.hidden()
    if not hidden:
        return found, []
    return read(Blinkers(frozenset(hidden))), sorted(set(hidden.values()))


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
        if operator in _SHOWS:
            if self._number in self.hidden:
                # Both operands of `"` that are spacings stay: only the last one is shown.
                operands[-1:] = [b""]
            self._number += 1

    def after(self, _operator: bytes, _operands: list[Any], _cm: list[float], _tm: list[float]) -> None:
        """Do nothing: what is left is seen."""


@dataclass(slots=True)
class Sight:
    """Judges what a page shows; `before` and `after` are pypdf's operand visitors."""

    page: PageObject
    _strings: list[_String] = field(default_factory=list)
    _now: Graphics = field(default_factory=Graphics)
    _saved: list[Graphics] = field(default_factory=list)
    _frames: list[_Frame] = field(default_factory=list)
    _layers: list[bool] = field(default_factory=list)
    _off: Collection[int] = frozenset()
    _path: _Path = field(default_factory=_Path)
    _shift: float = 0
    _paper: Paper = field(init=False)
    _steps: Mapping[bytes, Callable[[list[Any]], None]] = field(init=False)

    def __post_init__(self) -> None:
        """Find the page's edges, its names, and which layers are off."""
        self._paper = Paper(_edges(self.page))
        self._frames.append(_Frame(dictionary(self.page.get("/Resources")), IDENTITY, 0, 0))
        self._off = _layers_off(self.page)
        self._steps = {
            b"Do": self._leave,
            b"q": self._save,
            b"Q": self._restore,
            b"W": self._clip,
            b"W*": self._clip,
            b"sh": self._shade,
            b"BDC": self._open_layer,
            b"BMC": self._open_layer,
            b"EMC": self._close_layer,
        }

    def before(self, operator: bytes, operands: list[Any], cm: list[float], _tm: list[float]) -> None:
        """Enter a form, or see a picture, before pypdf does."""
        if operator == b"Do":
            self._enter(operands, self._place(cm))

    def after(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """Follow an operator that has been carried out."""
        if operator in _MOVES:
            self._shift = 0
        if operator in _SHOWS:
            self._show(operands[-1] if operands else b"", product(matrix_of(tm), self._place(cm)))
        elif step := self._steps.get(operator):
            step(operands)
        elif operator in _PATH_ENDS:
            self._end_path(filled=operator in _FILLS)
        elif points := _POINTS.get(operator):
            self._draw(operator, numbers_of(operands)[-points:], self._place(cm))
        elif operator == b"INLINE IMAGE":
            self._picture(self._place(cm))
        else:
            self._now = self._now.changed(operator, operands, self._frames[-1].resources)

    def hidden(self) -> dict[int, Why]:
        """Give the strings that readers do not see, by their number in the order of the page."""
        for number in self._paper.covered():
            string = self._strings[number]
            string.why = string.why or Why.COVERED
        found = {number: string.why for number, string in enumerate(self._strings) if string.why and string.length}
        return {number: why for number, why in found.items() if why is not Why.INVISIBLE or not self._is_scan()}

    def _is_scan(self) -> bool:
        """Tell whether the page is a picture whose text was laid under or over it, invisibly."""
        layer = sum(string.length for string in self._strings if string.why is Why.INVISIBLE)
        seen = sum(string.length for string in self._strings if string.why is None)
        return layer > seen and self._paper.pictured >= _SCANNED * self._paper.edges.area

    def _place(self, cm: list[float]) -> Matrix:
        return product(matrix_of(cm), self._frames[-1].matrix)

    # Text

    def _show(self, shown: Any, matrix: Matrix) -> None:  # noqa: ANN401  (an operand: anything)
        pieces = shown if isinstance(shown, list) else [shown]
        length = 0
        start = self._shift
        for piece in pieces:
            if isinstance(piece, bytes | str):
                length += len(piece.strip())
                start = self._shift if not length else start
            elif isinstance(piece, int | float):
                self._shift -= float(piece) / 1000 * self._now.size * self._now.stretch
                start = start if length else self._shift
        why = self._why(matrix, start, length) if length else None
        self._strings.append(_String(length, why))
        if len(self._strings) > _MAX_STRINGS:
            message = f"more than {_MAX_STRINGS} strings on one page"
            raise LimitReachedError(message)

    def _why(self, matrix: Matrix, start: float, length: int) -> Why | None:
        """Judge a string that begins at a place of its line; a letter is at most as wide as the font is high."""
        now = self._now
        if any(self._layers):
            return Why.LAYER
        if not self._paper.edges.common(now.clip).holds(*point_of(matrix, start, 0)):
            ends = [start, start + length * now.size * now.stretch]
            box = box_of([point_of(matrix, x, y) for x in ends for y in (0, now.size)])
            if not box.meets(self._paper.edges.common(now.clip)):
                return Why.OUTSIDE
        if now.invisible:
            return Why.INVISIBLE
        return None if now.drawn else self._why_not_read(matrix, start)

    def _why_not_read(self, matrix: Matrix, start: float) -> Why | None:
        """Judge letters by their size, and by their colour on what lies beneath."""
        now = self._now
        high, wide = _lengths(matrix)
        if min(high, wide * abs(now.stretch)) * abs(now.size) < self._tiny():
            return Why.TINY
        x, y = point_of(matrix, start + now.size * now.stretch / 4, now.size / 4)
        if all(ink.colour and self._paper.drowns(ink.colour, x, y) for ink in now.inks):
            return Why.COLOUR
        self._paper.mark(Mark(y, x, high * abs(now.size), len(self._strings)))
        return None

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
            corners = [(x, y), (x + width, y), (x, y + height), (x + width, y + height)]
        placed = [point_of(matrix, *corner) for corner in corners]
        self._path.points += placed
        self._path.upright &= operator == b"re" and (matrix[1] == matrix[2] == 0 or matrix[0] == matrix[3] == 0)
        if operator == b"re":
            self._path.rectangles.append(box_of(placed))

    def _end_path(self, *, filled: bool) -> None:
        path, self._path = self._path, _Path()
        if not (box := path.box):
            return
        if filled and not self._now.fill.transparent and not any(self._layers):
            exact = path.exact and not self._now.trimmed
            self._paper.paint(box.common(self._now.clip), self._now.paint, exact=exact, order=len(self._strings))
        if path.clips:
            self._now = self._now.clipped(box, exact=path.exact)

    def _clip(self, _operands: list[Any]) -> None:
        self._path.clips = True

    def _picture(self, matrix: Matrix) -> None:
        box = box_of([point_of(matrix, x, y) for x in (0, 1) for y in (0, 1)])
        self._paper.picture(box.common(self._now.clip), len(self._strings))

    def _shade(self, _operands: list[Any]) -> None:
        self._paper.paint(self._paper.edges.common(self._now.clip), None, exact=False, order=len(self._strings))

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
        if thing.get("/Subtype") == "/Image":
            self._picture(place)
        if thing.get("/Subtype") == "/Form":
            place = product(matrix_of(thing.get("/Matrix") or []), place)
        self._saved.append(self._now)
        self._layers.append(self._is_off(_raw(thing, "/OC")))
        resources = dictionary(thing.get("/Resources")) or frame.resources
        self._frames.append(_Frame(resources, place, len(self._saved), len(self._layers)))

    def _leave(self, _operands: list[Any]) -> None:
        frame = self._frames.pop()
        self._now = self._saved[frame.saved - 1]
        del self._saved[frame.saved - 1 :], self._layers[frame.layers - 1 :]

    def _open_layer(self, operands: list[Any]) -> None:
        named_layers = dictionary(self._frames[-1].resources.get("/Properties"))
        layer = _raw(named_layers, operands[1]) if len(operands) > 1 and operands[0] == "/OC" else None
        self._layers.append(self._is_off(layer))

    def _close_layer(self, _operands: list[Any]) -> None:
        if len(self._layers) > self._frames[-1].layers:
            self._layers.pop()

    def _is_off(self, layer: Any) -> bool:  # noqa: ANN401  (an entry: anything)
        """Tell whether a layer is switched off; of a group, whether all of it is."""
        groups = dictionary(layer).get("/OCGs")
        members = groups.get_object() if groups is not None else None
        if isinstance(members, list) and members:
            return all(isinstance(member, IndirectObject) and member.idnum in self._off for member in members)
        return isinstance(layer, IndirectObject) and layer.idnum in self._off


_POINTS: Final = {b"re": 4, b"m": 2, b"l": 2, b"c": 6, b"v": 4, b"y": 4}
"""Path operators, and how many numbers each has."""


def _lengths(matrix: Matrix) -> tuple[float, float]:
    """Give how long a matrix makes a unit upwards and a unit to the right."""
    a, b, c, d, _, _ = matrix
    return (c * c + d * d) ** 0.5, (a * a + b * b) ** 0.5


def _edges(page: PageObject) -> Box:
    """Give what a viewer shows of a page; anything at all, if its boxes are none."""
    try:
        media, crop = (Box(*map(float, box)) for box in (page.mediabox, page.cropbox))
    except Exception:  # noqa: BLE001  (pypdf raises anything on damaged boxes; then nothing is outside)
        return _ANYWHERE
    shown = media.common(crop)
    for box in (shown, media):
        if box.right - box.left >= _LEAST_SIDE and box.top - box.bottom >= _LEAST_SIDE:
            return box
    return _ANYWHERE


_ANYWHERE: Final = Box(-1e9, -1e9, 1e9, 1e9)


def _layers_off(page: PageObject) -> frozenset[int]:
    """Give the object numbers of the layers that are off when the document is opened."""
    try:
        properties = dictionary(page.pdf.trailer["/Root"].get("/OCProperties"))  # type: ignore[union-attr]
        default = dictionary(properties.get("/D"))
        off = _numbers(default.get("/OFF"))
        if default.get("/BaseState") == "/OFF":
            off |= _numbers(properties.get("/OCGs")) - _numbers(default.get("/ON"))
    except Exception:  # noqa: BLE001  (pypdf raises anything on damaged catalogues; then no layer is off)
        return frozenset()
    return off


def _numbers(references: Any) -> frozenset[int]:  # noqa: ANN401  (an entry: anything)
    found: Any = references.get_object() if references is not None else []
    return frozenset(item.idnum for item in found if isinstance(item, IndirectObject))


def _raw(entries: Mapping[str, Any], name: object) -> Any:  # noqa: ANN401  (an entry: anything)
    """Give an entry as it stands, a reference above all."""
    return entries.raw_get(name) if isinstance(entries, DictionaryObject) and name in entries else None
