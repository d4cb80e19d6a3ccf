"""The part of a PDF's graphics state that decides whether text is seen, and the operators that change it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from pypdf.generic import DictionaryObject

from services.intake.pdf_paint import BLACK, Box, Colour, channels_of, colour_of, numbers_of

_INVISIBLE_MODES: Final = frozenset({3, 7})
_FILLED_MODES: Final = frozenset({0, 2, 4, 6})
_STROKED_MODES: Final = frozenset({1, 2, 5, 6})
_FIRST_CLIPPING_MODE: Final = 4
_STENCIL_MODE: Final = 7
_TRANSPARENT: Final = 0.05
_OPAQUE: Final = 0.95

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


class Graphics(NamedTuple):
    """The state at one operator.

    Parameters
    ----------
    blended, masked
        What is painted mixes with what lies beneath in a way of its own, or shows only in part.
    around, mixed
        Opacity of the transparency groups around, and whether one of them is blended or masked.
    line
        Width of strokes.
    mode
        In which text is rendered.
    font
        Its resource.
    size, stretch, rise, spacing, word_spacing
        In units of text space; `stretch` of the letters' width, as a part of the normal one.
    cut_out
        Strings that what is painted next shows through, as through a stencil.
    clip
        What is painted shows only within; None: everywhere.
    trimmed
        The clip is less than its box.
    """

    fill: Ink = Ink()
    stroke: Ink = Ink()
    blended: bool = False
    masked: bool = False
    around: float = 1
    mixed: bool = False
    line: float = 1
    mode: int = 0
    font: DictionaryObject | None = None
    size: float = 0
    stretch: float = 1
    rise: float = 0
    spacing: float = 0
    word_spacing: float = 0
    clip: Box | None = None
    trimmed: bool = False
    cut_out: tuple[int, ...] = ()

    @property
    def inks(self) -> list[Ink]:
        """What letters are painted with; nothing in the invisible modes."""
        fill = [self.fill] if self.mode in _FILLED_MODES else []
        return fill + ([self.stroke] if self.mode in _STROKED_MODES else [])

    @property
    def invisible(self) -> bool:
        """Whether letters leave no trace, whatever they stand on."""
        return self.mode in _INVISIBLE_MODES or not any(self.traces(ink) for ink in self.inks)

    @property
    def is_stencil(self) -> bool:
        """Whether letters only limit what is painted after them."""
        return self.mode == _STENCIL_MODE

    @property
    def is_clipping(self) -> bool:
        """Whether letters limit what is painted after them, painted themselves or not."""
        return self.mode >= _FIRST_CLIPPING_MODE

    @property
    def is_drawn(self) -> bool:
        """Whether the font's letters are drawings with sizes and colours of their own (Type 3)."""
        return self.font is not None and self.font.get("/Subtype") == "/Type3"

    @property
    def is_vertical(self) -> bool:
        """Whether letters stand one below the other."""
        return self.font is not None and str(self.font.get("/Encoding")).endswith("-V")

    def opacity(self, ink: Ink) -> float:
        """Give what is seen of an ink, 0 to 1."""
        return ink.opacity * self.around

    def traces(self, ink: Ink) -> bool:
        """Tell whether anything is seen of an ink."""
        return self.opacity(ink) >= _TRANSPARENT

    @property
    def simple(self) -> bool:
        """Whether what is painted lies on what was there, as paint does."""
        return not (self.blended or self.masked or self.mixed)

    def colour(self, ink: Ink) -> Colour | None:
        """Give the colour of an area; None if it is not known, or mixes with what lies beneath."""
        return ink.colour if self.simple else None

    def hides(self, ink: Ink) -> bool:
        """Tell whether an area of an ink lets nothing shine through."""
        return self.simple and not self.trimmed and self.opacity(ink) >= _OPAQUE

    def in_group(self) -> "Graphics":
        """Give the state in which a transparency group begins."""
        return self._replace(
            around=self.opacity(self.fill),
            mixed=not self.simple,
            fill=self.fill._replace(opacity=1),
            stroke=self.stroke._replace(opacity=1),
            blended=False,
            masked=False,
        )

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


def _length(now: Graphics, operands: Sequence[Any], _names: Names, *, of: str, unit: float = 1) -> Graphics:
    changes: dict[str, Any] = {of: numbers[0] * unit} if (numbers := numbers_of(operands)) else {}
    return now._replace(**changes)


def _font(now: Graphics, operands: Sequence[Any], names: Names) -> Graphics:
    font = named(names, "/Font", operands[0])
    numbers = numbers_of(operands[1:])
    return now._replace(
        font=font if isinstance(font, DictionaryObject) else None, size=numbers[0] if numbers else now.size
    )


def _settings(now: Graphics, operands: Sequence[Any], names: Names) -> Graphics:
    settings = named(names, "/ExtGState", operands[0])
    if opacity := numbers_of([settings.get("/ca")]):
        now = now._replace(fill=now.fill._replace(opacity=opacity[0]))
    if opacity := numbers_of([settings.get("/CA")]):
        now = now._replace(stroke=now.stroke._replace(opacity=opacity[0]))
    if mode := settings.get("/BM"):
        now = now._replace(blended=mode not in ("/Normal", "/Compatible"))
    if mask := settings.get("/SMask"):
        now = now._replace(masked=mask != "/None")
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
    b"Tz": partial(_length, of="stretch", unit=0.01),
    b"Ts": partial(_length, of="rise"),
    b"Tc": partial(_length, of="spacing"),
    b"Tw": partial(_length, of="word_spacing"),
    b"w": partial(_length, of="line"),
    b"Tf": _font,
    b"gs": _settings,
    **_FILL,
    **_STROKE,
}
