"""The part of a PDF's graphics state that decides whether text is seen, and the operators that change it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from pypdf.generic import DictionaryObject

from services.intake.pdf_paint import BLACK, Box, Colour, channels_of, colour_of, numbers_of

_INVISIBLE_MODES: Final = frozenset({3, 7})
_FILLED_MODES: Final = frozenset({0, 2, 4, 6})
_STROKED_MODES: Final = frozenset({1, 2, 5, 6})
_TRANSPARENT: Final = 0.05

Names = Mapping[str, Any]
"""The resources of a page or form: a dictionary of names for each kind of thing."""


class Ink(NamedTuple):
    """What letters or areas are painted with.

    Parameters
    ----------
    colour
        None: not known, such as a pattern.
    channels
        Of the colour space; 0: values say nothing that is known.
    opacity
        0 to 1.
    """

    colour: Colour | None = BLACK
    channels: int = 1
    opacity: float = 1

    @property
    def transparent(self) -> bool:
        """Whether nothing of it is seen."""
        return self.opacity < _TRANSPARENT


class Graphics(NamedTuple):
    """The state at one operator.

    Parameters
    ----------
    blended
        What is painted mixes with what lies beneath.
    mode
        In which text is rendered.
    size, stretch
        Of the font, in units of text space, and of its width, as a part of the normal one.
    drawn
        The font's letters are drawings with sizes and colours of their own (Type 3).
    clip
        What is painted shows only within; None: everywhere.
    trimmed
        The clip is less than its box.
    """

    fill: Ink = Ink()
    stroke: Ink = Ink()
    blended: bool = False
    mode: int = 0
    size: float = 0
    stretch: float = 1
    drawn: bool = False
    clip: Box | None = None
    trimmed: bool = False

    @property
    def inks(self) -> list[Ink]:
        """What letters are painted with; nothing in the invisible modes."""
        fill = [self.fill] if self.mode in _FILLED_MODES else []
        return fill + ([self.stroke] if self.mode in _STROKED_MODES else [])

    @property
    def invisible(self) -> bool:
        """Whether letters leave no trace, whatever they stand on."""
        return self.mode in _INVISIBLE_MODES or all(ink.transparent for ink in self.inks)

    @property
    def paint(self) -> Colour | None:
        """The colour of a filled area; None if it is not known, or lets shine through."""
        return self.fill.colour if self.fill.opacity == 1 and not self.blended else None

    def clipped(self, box: Box, *, exact: bool) -> "Graphics":
        """Give the state in which only what lies within a path shows as well; `exact` if it is its box."""
        return self._replace(clip=box.common(self.clip), trimmed=self.trimmed or not exact)

    def changed(self, operator: bytes, operands: Sequence[Any], names: Names) -> "Graphics":
        """Give the state after an operator; the same, if it changes nothing here or is malformed."""
        change = _CHANGES.get(operator)
        return change(self, operands, names) if change and operands else self


def dictionary(entry: Any) -> Mapping[str, Any]:  # noqa: ANN401  (an entry: anything)
    """Give the dictionary that an entry is or refers to; an empty one, if it is none."""
    found = entry.get_object() if hasattr(entry, "get_object") else entry
    return found if isinstance(found, DictionaryObject) else {}


def named(names: Names, kind: str, name: object) -> Mapping[str, Any]:
    """Give the dictionary that resources name; an empty one, if there is none."""
    return dictionary(dictionary(names.get(kind)).get(name)) if isinstance(name, str) else {}


def _mode(now: Graphics, operands: Sequence[Any], _names: Names) -> Graphics:
    return now._replace(mode=int(numbers[0])) if (numbers := numbers_of(operands)) else now


def _stretch(now: Graphics, operands: Sequence[Any], _names: Names) -> Graphics:
    return now._replace(stretch=numbers[0] / 100) if (numbers := numbers_of(operands)) else now


def _font(now: Graphics, operands: Sequence[Any], names: Names) -> Graphics:
    drawn = named(names, "/Font", operands[0]).get("/Subtype") == "/Type3"
    numbers = numbers_of(operands[1:])
    return now._replace(size=numbers[0] if numbers else now.size, drawn=drawn)


def _settings(now: Graphics, operands: Sequence[Any], names: Names) -> Graphics:
    settings = named(names, "/ExtGState", operands[0])
    if opacity := numbers_of([settings.get("/ca")]):
        now = now._replace(fill=now.fill._replace(opacity=opacity[0]))
    if opacity := numbers_of([settings.get("/CA")]):
        now = now._replace(stroke=now.stroke._replace(opacity=opacity[0]))
    if mode := settings.get("/BM"):
        now = now._replace(blended=mode not in ("/Normal", "/Compatible"))
    return now


def _space(now: Graphics, operands: Sequence[Any], names: Names, *, ink: str) -> Graphics:
    channels = channels_of(operands[0], dictionary(names.get("/ColorSpace")))
    # A space begins with black; of patterns and the like nothing is known.
    return _dipped(now, ink, BLACK if channels else None, channels)


def _value(now: Graphics, operands: Sequence[Any], _names: Names, *, ink: str, channels: int = 0) -> Graphics:
    channels = channels or getattr(now, ink).channels
    return _dipped(now, ink, colour_of(operands, channels) if channels else None, channels)


def _dipped(now: Graphics, ink: str, colour: Colour | None, channels: int) -> Graphics:
    return now._replace(**{ink: getattr(now, ink)._replace(colour=colour, channels=channels)})


_FILL: Final = {
    b"g": partial(_value, ink="fill", channels=1),
    b"rg": partial(_value, ink="fill", channels=3),
    b"k": partial(_value, ink="fill", channels=4),
    b"sc": partial(_value, ink="fill"),
    b"scn": partial(_value, ink="fill"),
    b"cs": partial(_space, ink="fill"),
}
_STROKE: Final = {
    b"G": partial(_value, ink="stroke", channels=1),
    b"RG": partial(_value, ink="stroke", channels=3),
    b"K": partial(_value, ink="stroke", channels=4),
    b"SC": partial(_value, ink="stroke"),
    b"SCN": partial(_value, ink="stroke"),
    b"CS": partial(_space, ink="stroke"),
}
_CHANGES: Final[Mapping[bytes, Callable[[Graphics, Sequence[Any], Names], Graphics]]] = {
    b"Tr": _mode,
    b"Tz": _stretch,
    b"Tf": _font,
    b"gs": _settings,
    **_FILL,
    **_STROKE,
}
