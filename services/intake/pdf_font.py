"""What the codes of a PDF's strings show, and how wide that is. Runs in a worker process only."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pypdf.generic import DictionaryObject
from pypdf.generic._font import Font


class Code(NamedTuple):
    """One code of a string.

    Parameters
    ----------
    text
        What it says, as pypdf reads it.
    width
        In thousandths of the font size.
    is_space
        It is the space that word spacing widens.
    """

    text: str
    width: float
    is_space: bool


class Fonts:
    """Fonts read so far, by the identity of their resource: the pages of a document share them."""

    def __init__(self) -> None:
        # A resource is kept beside its font: while it lives, nothing else has its identity.
        self._known: dict[int, tuple[DictionaryObject, Font]] = {}

    def of(self, resource: DictionaryObject) -> Font:
        """Read a font; fonts of damaged documents raise anything."""
        known = self._known.get(id(resource))
        if known is None:
            known = self._known[id(resource)] = (resource, Font.from_font_resource(resource))
        return known[1]


def codes(piece: Any, font: Font) -> Iterator[Code]:  # noqa: ANN401  (an operand: anything)
    """Give the codes of a string; none of what is no string."""
    if isinstance(piece, str):
        raw = shown = piece
    elif not isinstance(piece, bytes):
        return
    elif isinstance(font.encoding, str):
        raw = shown = piece.decode(font.encoding, "replace")
    else:
        raw = "".join(map(chr, piece))
        shown = "".join(font.encoding.get(code, chr(code))[:1] or " " for code in piece)
    for code, character in zip(raw, shown, strict=True):
        is_space = code == font.space_char
        width = font.space_width if is_space else font.get_text_width(code)
        yield Code(str(font.character_map.get(character, character)), width, is_space)
