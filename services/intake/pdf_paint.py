"""What a PDF page paints, and where: boxes, colours, and what lies beneath and above a string."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[float, float, float]
"""Red, green, and blue, from 0 to 1."""

IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)
BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (1, 1, 1)

_ALIKE: Final = 0.06
"""Colours whose red, green, and blue each differ by no more look the same: 0.06 is 15 of 255."""
_STEPS: Final = 500_000
"""Comparisons of one page: about a second. What is not compared counts as seen."""
_BANDS: Final = 100
"""Parts of a page, one above the other, in which what is painted is looked up."""


class Box(NamedTuple):
    """A rectangle along the axes, in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """Square points; 0 if nothing is inside."""
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.bottom)

    def common(self, other: "Box | None") -> "Box":
        """Give what both have in common; without an other one, this one."""
        if other is None:
            return self
        low = max(self.left, other.left), max(self.bottom, other.bottom)
        return Box(*low, min(self.right, other.right), min(self.top, other.top))

    @property
    def narrowest(self) -> float:
        """The shorter side; negative or 0 if nothing is inside."""
        return min(self.right - self.left, self.top - self.bottom)

    def grown(self, by: float) -> "Box":
        """Give the box with a rim around it."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def holds(self, x: float, y: float, reach: float = 0) -> bool:
        """Tell whether a point, and what is within reach of it on all sides, is inside."""
        return self.left <= x - reach and x + reach <= self.right and self.bottom <= y - reach and y + reach <= self.top


class _Region(NamedTuple):
    """Something painted.

    Parameters
    ----------
    colour
        None: a picture, a pattern, or something that mixes with what lies beneath.
    hides
        It fills its box, and nothing shines through.
    order
        How many strings had been shown before.
    """

    box: Box
    colour: Colour | None
    hides: bool
    order: int


class Mark(NamedTuple):
    """A letter that is seen so far: the middle of it, and how far it reaches from there, in points.

    Parameters
    ----------
    number
        Of its string.
    """

    y: float
    x: float
    reach: float
    number: int


@dataclass(slots=True)
class Paper:
    """A page as it is painted.

    Parameters
    ----------
    edges
        What is seen of it.
    """

    edges: Box
    pictured: float = 0
    _bands: dict[int, list[_Region]] = field(default_factory=lambda: defaultdict(list))
    _hiding: list[_Region] = field(default_factory=list)
    _colours: set[Colour] = field(default_factory=lambda: {WHITE})
    _marks: list[Mark] = field(default_factory=list)
    _steps: int = _STEPS

    @property
    def is_known(self) -> bool:
        """Whether all of it could be compared."""
        return self._steps >= 0

    def paint(self, box: Box, colour: Colour | None, *, hides: bool, order: int) -> None:
        """Paint a region."""
        box = box.common(self.edges)
        if box.narrowest <= 0:
            return
        region = _Region(box, colour, hides, order)
        for band in range(self._band(box.bottom), self._band(box.top) + 1):
            self._bands[band].append(region)
        if hides:
            self._hiding.append(region)
        if colour is not None:
            self._colours.add(colour)

    def picture(self, box: Box, *, hides: bool, is_scan: bool, order: int) -> None:
        """Lay a picture on the page, which may be a scan of it."""
        self.pictured += is_scan * box.common(self.edges).area
        self.paint(box, None, hides=hides, order=order)

    def mark(self, mark: Mark) -> None:
        """Note a letter that may be painted over later."""
        self._marks.append(mark)

    def drowns(self, colour: Colour, opacity: float, mark: Mark) -> bool:
        """Tell whether a letter looks like what lies beneath it."""
        if not any(alike(colour, other, opacity) for other in self._colours):
            return False
        for region in reversed(self._bands.get(self._band(mark.y), ())):
            self._steps -= 1
            if self._steps < 0:
                return False
            if region.box.holds(mark.x, mark.y):
                if region.colour is None or not alike(colour, region.colour, opacity):
                    return False
                if region.hides and region.box.holds(mark.x, mark.y, mark.reach):
                    return True
        return alike(colour, WHITE, opacity)

    def covered(self) -> dict[Mark, bool]:
        """Give the letters that were painted over later, with whether it was by a picture."""
        marks = sorted(self._marks)
        heights = [mark.y for mark in marks]
        found: dict[Mark, bool] = {}
        for region in self._hiding:
            first, end = bisect_left(heights, region.box.bottom), bisect_right(heights, region.box.top)
            self._steps -= (end - first) * (region.order > 0)
            if self._steps < 0:
                break
            for mark in marks[first:end]:
                if mark.number < region.order and region.box.holds(mark.x, mark.y, mark.reach):
                    found.setdefault(mark, region.colour is None)
        return found

    def _band(self, y: float) -> int:
        height = self.edges.top - self.edges.bottom
        return int(min(1, max(0, (y - self.edges.bottom) / height)) * _BANDS)


def alike(one: Colour, other: Colour, opacity: float = 1) -> bool:
    """Tell whether one colour, painted on the other, looks like it."""
    return all(abs(first - second) * opacity <= _ALIKE for first, second in zip(one, other, strict=True))


def colour_of(components: Sequence[Any], channels: int) -> Colour | None:
    """Give the colour of a grey (1 channel), RGB (3) or CMYK (4) value; None if it is none of them."""
    values = [min(1.0, max(0.0, value)) for value in numbers_of(components)]
    if len(values) != channels:
        return None
    match values:
        case [grey]:
            return grey, grey, grey
        case [red, green, blue]:
            return red, green, blue
        case [cyan, magenta, yellow, black]:
            light = 1 - black
            return (1 - cyan) * light, (1 - magenta) * light, (1 - yellow) * light
        case _:
            return None


def channels_of(space: Any, names: Mapping[str, Any]) -> int:  # noqa: ANN401  (an operand: anything)
    """Give the channels of a colour space whose values are plain colours; 0 of any other.

    Parameters
    ----------
    names
        The colour spaces that the resources name.
    """
    space = names.get(space, space) if isinstance(space, str) else space
    space = space.get_object() if hasattr(space, "get_object") else space
    if isinstance(space, str):
        return {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4, "/G": 1, "/RGB": 3, "/CMYK": 4}.get(space, 0)
    if not isinstance(space, list) or not space:
        return 0
    if space[0] == "/ICCBased":
        profile = space[1].get_object()
        return {1: 1, 3: 3, 4: 4}.get(profile.get("/N"), 0)
    return {"/CalGray": 1, "/CalRGB": 3}.get(space[0], 0)


def numbers_of(operands: Sequence[Any]) -> list[float]:
    """Give the operands that are finite numbers."""
    return [float(value) for value in operands if isinstance(value, int | float) and math.isfinite(value)]


def matrix_of(operands: Sequence[Any]) -> Matrix:
    """Give the matrix of six numbers; the one that changes nothing, if they are not six."""
    values = numbers_of(operands)
    return (
        (values[0], values[1], values[2], values[3], values[4], values[5]) if len(values) == len(IDENTITY) else IDENTITY
    )


def product(first: Matrix, second: Matrix) -> Matrix:
    """Give the matrix that does what `first` does, then what `second` does."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def point_of(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Give the point of the page that a matrix makes of a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def box_of(points: Sequence[tuple[float, float]]) -> Box:
    """Give the smallest box around points."""
    across, up = [x for x, _ in points], [y for _, y in points]
    return Box(min(across), min(up), max(across), max(up))
