"""The text that a mail's HTML shows."""

import re
from collections.abc import Container, Mapping
from html.parser import HTMLParser
from typing import Final, NamedTuple

_UNSHOWN: Final = frozenset({"head", "script", "style", "template", "title"})
# fmt: off
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})
_VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})
# fmt: on
_CELLS: Final = frozenset({"td", "th"})
_CLOSED_BY_THE_NEXT: Final = frozenset({"dd", "dt", "li", "option", "p", "td", "th", "tr"})
"""Elements whose end may be left out: it is where the next one of their kind begins, at the latest."""
_ENDS_P: Final = _BLOCKS - {"br"}
_KEEPS: Final = frozenset({"table", "ul", "ol", "dl", "div", "td", "th", "blockquote"})
"""Elements that keep what is open around them from being ended within."""

_STYLE_CHARACTERS: Final = 2_000
_NOTHING: Final = r"0*\.?0+(?:px|pt|em|rem|%)?\s*(?:!important)?\s*(?:;|$)"
_HIDING_STYLE: Final = re.compile(
    rf"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|opacity\s*:\s*{_NOTHING}|font-size\s*:\s*(?:{_NOTHING}|[01](?:\.\d{{1,3}})?p[xt])"
    # Beside the window, where no reader scrolls.
    r"|(?:text-indent|left|right|top|bottom|margin(?:-left|-top)?)\s*:\s*-\d{3})",
    re.IGNORECASE,
)
_NO_ROOM: Final = re.compile(rf"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*{_NOTHING}", re.IGNORECASE)
_CUT: Final = re.compile(r"(?:^|;)\s*overflow\s*:\s*hidden", re.IGNORECASE)


_OWN_COLOUR: Final = re.compile(r"(?:^|;)\s*color\s*:\s*([^;]{1,40})", re.IGNORECASE)
_OWN_GROUND: Final = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;]{1,80})", re.IGNORECASE)
_CHANNELS: Final = re.compile(r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)?", re.IGNORECASE)
_CODE: Final = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-z])", re.IGNORECASE)
_WHITE_NAMES: Final = frozenset(
    {"white", "snow", "ivory", "ghostwhite", "floralwhite", "mintcream", "azure", "whitesmoke"}
)
_PALEST: Final = 240
"""From this part of 255 on, each of red, green and blue is white to the eye; PDFs are judged alike."""
_OWN_LOOKS: Final = frozenset({"a", "button", "mark", "table"})
"""Elements that have colours of their own, or that take none from around them in older mails."""


class HtmlText(NamedTuple):
    """What the HTML says.

    Parameters
    ----------
    text
        What it shows.
    hidden
        It says more, which its own attributes hide, or white letters on white. Style sheets are not followed.
    """

    text: str
    hidden: bool


def html_text(markup: str) -> HtmlText:
    """Give the text with a line a block and a tab between cells; never fails, whatever the markup."""
    reader = _TextReader()
    reader.feed(markup)
    reader.close()
    lines = (re.sub(r"[ \r\xa0]+", " ", line).strip(" \t") for line in "".join(reader.parts).split("\n"))
    return HtmlText(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), reader.hid_text)


class _Look(NamedTuple):
    """An open element, and how its text looks.

    Parameters
    ----------
    is_white
        Its letters.
    has_ground
        What is behind them is not white, or not known.
    """

    tag: str
    is_white: bool = False
    has_ground: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether readers see it."""
        return self.has_ground or not self.is_white


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hid_text = False
        self._looks = [_Look("")]
        self._has_grounds = False
        """A style sheet gives grounds to elements, nobody knows which."""
        self._open: list[str] = []
        """What is open inside an element that is not shown, that element first."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open and (self._open[0] == tag in _CLOSED_BY_THE_NEXT or (self._open[0] == "p" and tag in _ENDS_P)):
            self._open.clear()
        self._end_looks(tag)
        if self._open or tag in _UNSHOWN or _hides(attrs):
            self._open += [tag] * (tag not in _VOID)
            return
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag not in _VOID:
            self._looks.append(_look(tag, dict(attrs), self._looks[-1], has_grounds=self._has_grounds))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            # What was left open inside ends here too.
            last = len(self._open) - 1 - self._open[::-1].index(tag)
            del self._open[last:]
            return
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append("\t")
        self._end_look(tag, ())

    def handle_data(self, data: str) -> None:
        if not self._open and self._looks[-1].is_seen:
            self.parts.append(data.replace("\n", " "))
        elif not (self._open and self._open[0] in _UNSHOWN) and data.strip():
            self.hid_text = True
        elif self._open and self._open[-1] == "style":
            self._has_grounds |= "background" in data.lower()

    def _end_looks(self, begins: str) -> None:
        """End what ends where an element begins."""
        if begins in _CLOSED_BY_THE_NEXT:
            self._end_look(begins, _KEEPS)
        if begins in _ENDS_P:
            self._end_look("p", _KEEPS)

    def _end_look(self, tag: str, kept: Container[str]) -> None:
        """End the last open element of a kind, and what was left open in it; not beyond one that keeps it open."""
        for place in range(len(self._looks) - 1, 0, -1):
            if self._looks[place].tag == tag:
                del self._looks[place:]
                return
            if self._looks[place].tag in kept:
                return


def _look(tag: str, attributes: Mapping[str, str | None], around: _Look, *, has_grounds: bool) -> _Look:
    style = (attributes.get("style") or "")[:_STYLE_CHARACTERS]
    own = _OWN_COLOUR.search(style)
    colour = own[1] if own else attributes.get("color") if tag == "font" else None
    is_white = around.is_white and tag not in _OWN_LOOKS if colour is None else _is_white(colour)
    return _Look(tag, is_white, _has_ground(tag, style, attributes, around, has_grounds=has_grounds))


def _has_ground(
    tag: str, style: str, attributes: Mapping[str, str | None], around: _Look, *, has_grounds: bool
) -> bool:
    named = _OWN_GROUND.search(style)
    ground = named[1] if named else attributes.get("bgcolor") or attributes.get("background")
    if ground is not None:
        return not _is_white(ground)
    is_unknown = has_grounds and ("class" in attributes or "id" in attributes or tag in {"body", *_CELLS})
    return around.has_ground or is_unknown or tag in {"button", "mark"}


def _is_white(colour: str) -> bool:
    """Tell whether a colour is white to the eye, or none at all."""
    said = colour.strip().lower().removesuffix("!important").strip()
    if said in _WHITE_NAMES or said == "transparent":
        return True
    if channels := _CHANNELS.match(said):
        return all(int(channel) >= _PALEST for channel in channels.groups())
    if not (code := _CODE.match(said)):
        return False
    pairs = re.findall("..", code[1]) if len(code[1]) == len("rrggbb") else [digit * 2 for digit in code[1]]
    return all(int(pair, 16) >= _PALEST for pair in pairs)


def _hides(attributes: list[tuple[str, str | None]]) -> bool:
    named = dict(attributes)
    style = (named.get("style") or "")[:_STYLE_CHARACTERS]
    without_room = _NO_ROOM.search(style) and _CUT.search(style)
    return "hidden" in named or bool(_HIDING_STYLE.search(style) or without_room)
