"""The text that a mail's HTML shows."""

import re
from collections.abc import Container
from html.parser import HTMLParser
from typing import Final, NamedTuple

from services.intake.html_looks import Look, hides, look_of

_UNSHOWN: Final = frozenset({"script", "style", "template", "title", "xml"})
_IN_PLACE_OF: Final = frozenset({"audio", "canvas", "iframe", "noframes", "object", "video"})
"""Elements whose text is for programs that cannot show them."""
_CLOSED: Final = frozenset({"datalist", "dialog"})
"""Elements whose text is shown when somebody asks for it."""
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
_OVERRIDES: Final = {"rtl": "\u202e", "ltr": "\u202d"}
"""Marks of text that is shown in another order than it is written; a note is made of them."""
_LATELY: Final = 50
"""Pieces in which the beginning of turned text is looked for at its end."""
_KEEPS: Final = frozenset({"table", "ul", "ol", "dl", "div", "td", "th", "blockquote"})
"""Elements that keep what is open around them from being ended within."""

_DECLARATION: Final = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<!(?!--)[^>]*(?:>|\Z)", re.DOTALL)
"""Comments, and what readers take for one, up to where they end it (HTML Standard, 13.2.5)."""


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


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hid_text = False
        self._looks = [Look("")]
        self._has_grounds = False
        """A style sheet gives grounds to elements, nobody knows which."""
        self._open: list[str] = []
        """What is open inside an element that is not shown, that element first."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open and (self._open[0] == tag in _CLOSED_BY_THE_NEXT or (self._open[0] == "p" and tag in _ENDS_P)):
            self._open.clear()
        if self._open and self._open[0] == "xml" and (tag in _BLOCKS or tag in {"html", "body"}):
            self._open.clear()  # it was not ended, or is none of Office's
        self._end_looks(tag)
        attributes = dict(reversed(attrs))  # of two alike the first counts
        if self._open or tag in _UNSHOWN | _IN_PLACE_OF | _CLOSED or hides(attributes):
            self._open += [tag] * (tag not in _VOID)
            return
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag not in _VOID:
            self._looks.append(look_of(tag, attributes, self._looks[-1], has_grounds=self._has_grounds))
        if tag == "bdo":
            self.parts.append(_OVERRIDES.get((attributes.get("dir") or "").lower(), ""))

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
        elif tag == "bdo" and "\u202e" in self.parts[-_LATELY:]:
            self.parts.append("\u202c")
        self._end_look(tag, ())

    def handle_data(self, data: str) -> None:
        if not self._open and self._looks[-1].is_seen:
            self.parts.append(data.replace("\n", " "))
        elif self._says_more(data):
            self.hid_text = True
        elif self._open and self._open[-1] == "style":
            self._has_grounds |= "background" in data.lower()

    def _says_more(self, data: str) -> bool:
        """Tell whether what is not shown may say something; `Your browser shows no videos` does not."""
        first = self._open[0] if self._open else ""
        if first in _UNSHOWN:
            return False
        return any(map(str.isdigit, data)) if first in _IN_PLACE_OF else bool(data.strip())

    def parse_comment(self, i: int, report: bool = True) -> int:  # noqa: ARG002, FBT001, FBT002  (the library's)
        """Skip a comment as readers do, and what they take for one."""
        match = _DECLARATION.match(self.rawdata, i)
        return match.end() if match else len(self.rawdata)

    parse_html_declaration = parse_comment

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
