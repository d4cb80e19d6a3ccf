"""How an element of a mail's HTML looks, by its own attributes. What cannot be told counts as seen."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

Attributes = Mapping[str, str | None]

_STYLE_CHARACTERS: Final = 20_000
"""Of a style that are read; nobody needs a tenth of them."""
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")

_NOTHING: Final = r"(?:0*\.)?0+(?:px|pt|em|rem|%)?\s*(?:!important)?\s*(?:;|$)"
_HIDING_STYLE: Final = re.compile(
    rf"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|opacity\s*:\s*{_NOTHING}"
    # Beside the window, where no reader scrolls.
    r"|(?:text-indent|left|right|top|bottom|margin(?:-left|-top)?)\s*:\s*-(?:\d{4}|[5-9]\d\d))",
    re.IGNORECASE,
)
_OWN_SIZE: Final = re.compile(
    r"(?:^|;)\s*(?:font-size\s*:|font\s*:\s*(?:[a-z]+\s+){0,4})\s*(\d{0,3}(?:\.\d{1,3})?)(px|pt|em|rem|%)?",
    re.IGNORECASE,
)
_LEAST_SIZE: Final = {"px": 2.0, "pt": 2.0}
"""Under it nobody reads letters; of what is measured by the letters around, nothing is what nobody reads."""
_NO_ROOM: Final = re.compile(rf"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*{_NOTHING}", re.IGNORECASE)
_CUT: Final = re.compile(r"(?:^|;)\s*overflow\s*:\s*hidden", re.IGNORECASE)

_OWN_COLOUR: Final = re.compile(r"(?:^|;)\s*(?:-webkit-text-fill-)?color\s*:\s*([^;]{1,60})", re.IGNORECASE)
_OWN_GROUND: Final = re.compile(
    r"(?:^|;)\s*background(?:-color|-image(?!\s*:\s*none))?\s*:\s*([^;]{1,80})", re.IGNORECASE
)
_NO_GROUND: Final = frozenset({"none", "transparent", "initial", "inherit", "unset", "revert"})
_GROUNDED: Final = frozenset({"body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"})
"""Elements whose `bgcolor` readers heed."""
_CHANNELS: Final = re.compile(
    r"rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?", re.IGNORECASE
)
_LIGHT: Final = re.compile(r"hsla?\(\s*[\d.]+(?:deg)?[\s,]+[\d.]+%[\s,]+(\d{1,3})%", re.IGNORECASE)
_CODE: Final = re.compile(r"#?([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![0-9a-z])", re.IGNORECASE)
_SHORT_CODE: Final = 4
"""Digits of a code with one for each of red, green, blue, and opacity."""
_WHITE_NAMES: Final = frozenset({"white", "snow", "ivory", "ghostwhite", "floralwhite", "mintcream", "azure"})
_PALEST: Final = 240
"""From this part of 255 on, each of red, green and blue is white to the eye; PDFs are judged alike."""
_PALEST_LIGHT: Final = 94
"""The same of a lightness, in hundredths."""
_OWN_LOOKS: Final = frozenset({"a", "button", "mark", "table"})
"""Elements that have colours of their own, or that take none from around them in older mails."""


class Look(NamedTuple):
    """An open element, and how its text looks.

    Parameters
    ----------
    is_white
        Its letters are, or nothing is seen of them.
    has_ground
        What is behind them is not white, or not known.
    is_tiny
        They are too small to read.
    """

    tag: str
    is_white: bool = False
    has_ground: bool = False
    is_tiny: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether readers see it."""
        return not self.is_tiny and (self.has_ground or not self.is_white)


def hides(attributes: Attributes) -> bool:
    """Tell whether an element's own attributes hide it."""
    style = _style(attributes)
    without_room = _NO_ROOM.search(style) and _CUT.search(style)
    return "hidden" in attributes or bool(_HIDING_STYLE.search(style) or without_room)


def look_of(tag: str, attributes: Attributes, around: Look, *, has_grounds: bool) -> Look:
    """Tell how an element looks.

    Parameters
    ----------
    around
        The element that it is in.
    has_grounds
        A style sheet gives grounds to elements, nobody knows which.
    """
    style = _style(attributes)
    own = _last(_OWN_COLOUR, style)
    colour = own or attributes.get("color" if tag == "font" else "text" if tag == "body" else "")
    is_white = around.is_white and tag not in _OWN_LOOKS if colour is None else _is_white(colour)
    has_ground = _has_ground(tag, style, attributes, around, has_grounds=has_grounds)
    return Look(tag, is_white, has_ground, _is_tiny(style, around))


def _is_tiny(style: str, around: Look) -> bool:
    """Tell whether letters are too small; mails set a size of nothing around tables, and another one within."""
    size = next(reversed(list(_OWN_SIZE.finditer(style))), None)
    if size is None or not size[1] or size[1] == ".":
        return around.is_tiny
    return float(size[1]) < _LEAST_SIZE.get(size[2] or "", 0.01)


def _has_ground(tag: str, style: str, attributes: Attributes, around: Look, *, has_grounds: bool) -> bool:
    if "url(" in style or "gradient(" in style:
        return True
    ground = _last(_OWN_GROUND, style)
    if ground is None and tag in _GROUNDED:
        ground = attributes.get("bgcolor") or attributes.get("background")
    if ground is not None and ground.strip().lower() not in _NO_GROUND:
        return not _is_white(ground)
    return around.has_ground or has_grounds or tag in {"button", "mark"}


def _style(attributes: Attributes) -> str:
    style = _COMMENT.sub("", (attributes.get("style") or "")[:_STYLE_CHARACTERS])
    return _ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0xFFFF)), style)


def _last(pattern: re.Pattern[str], style: str) -> str | None:
    """Give what counts of what a style says several times: the last."""
    return next((match[1] for match in reversed(list(pattern.finditer(style)))), None)


def _is_white(colour: str) -> bool:
    """Tell whether a colour is white to the eye, or none at all."""
    said = colour.strip().lower().removesuffix("!important").strip()
    if said in _WHITE_NAMES or said == "transparent":
        return True
    if channels := _CHANNELS.match(said):
        *colours, alpha = channels.groups()
        return _part(alpha or "1", 1) == 0 or all(_part(one, 255) >= _PALEST / 255 for one in colours)
    if light := _LIGHT.match(said):
        return float(light[1]) >= _PALEST_LIGHT
    if not (code := _CODE.match(said)):
        return False
    is_short = len(code[1]) <= _SHORT_CODE
    pairs = [digit * 2 for digit in code[1]] if is_short else re.findall("..", code[1])
    values = [int(pair, 16) for pair in pairs]
    return values[3:] == [0] or all(value >= _PALEST for value in values[:3])


def _part(written: str, of: float) -> float:
    try:
        return float(written.removesuffix("%")) / (100 if written.endswith("%") else of)
    except ValueError:
        return 0.5  # `1.2.3`: no colour
