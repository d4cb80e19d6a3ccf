"""The text that a mail's HTML shows."""

import re
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

_STYLE_CHARACTERS: Final = 2_000
_NOTHING: Final = r"0*\.?0+(?:px|pt|em|rem|%)?\s*(?:!important)?\s*(?:;|$)"
_HIDING_STYLE: Final = re.compile(
    rf"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|opacity\s*:\s*{_NOTHING}|font-size\s*:\s*(?:{_NOTHING}|[01](?:\.\d{{1,3}})?p[xt]))",
    re.IGNORECASE,
)
_NO_ROOM: Final = re.compile(rf"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*{_NOTHING}", re.IGNORECASE)
_CUT: Final = re.compile(r"(?:^|;)\s*overflow\s*:\s*hidden", re.IGNORECASE)


class HtmlText(NamedTuple):
    """What the HTML says.

    Parameters
    ----------
    text
        What it shows.
    hidden
        It says more, which its own attributes hide. Style sheets, and colours, are not followed.
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


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hid_text = False
        self._open: list[str] = []
        """What is open inside an element that is not shown, that element first."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open and (self._open[0] == tag in _CLOSED_BY_THE_NEXT or (self._open[0] == "p" and tag in _ENDS_P)):
            self._open.clear()
        if self._open or tag in _UNSHOWN or _hides(attrs):
            self._open += [tag] * (tag not in _VOID)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            # What was left open inside ends here too.
            last = len(self._open) - 1 - self._open[::-1].index(tag)
            del self._open[last:]
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append("\t")

    def handle_data(self, data: str) -> None:
        if not self._open:
            self.parts.append(data.replace("\n", " "))
        elif self._open[0] not in _UNSHOWN and data.strip():
            self.hid_text = True


def _hides(attributes: list[tuple[str, str | None]]) -> bool:
    named = dict(attributes)
    style = (named.get("style") or "")[:_STYLE_CHARACTERS]
    without_room = _NO_ROOM.search(style) and _CUT.search(style)
    return "hidden" in named or bool(_HIDING_STYLE.search(style) or without_room)
