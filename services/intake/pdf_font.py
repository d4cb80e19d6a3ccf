"""What the codes of a PDF's strings show, and how wide that is. Runs in a worker process only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from pypdf.generic import DictionaryObject
from pypdf.generic._font import Font

from services.intake.stored_text import stored_form

_THOUSAND: Final = 1000


class Code(NamedTuple):
    """One code of a string.

    Parameters
    ----------
    text
        What it says, as it is stored, without white space around it.
    width
        In thousandths of the font size.
    is_space
        It is the space that word spacing widens.
    """

    text: str
    width: float
    is_space: bool


@dataclass(frozen=True)
class Face:
    """A font as it was read, and the codes that were looked up in it.

    Parameters
    ----------
    resource
        Kept beside the font: while it lives, nothing else has its identity.
    """

    resource: DictionaryObject
    font: Font
    _known: dict[str | int, Code] = field(default_factory=dict)

    @cached_property
    def _unit(self) -> float:
        """How much of a thousandth of the font size a width counts: fonts of drawings (Type 3) have their own measure.

        Browsers print variable fonts as such.
        """
        matrix = self.resource.get("/FontMatrix")
        if self.resource.get("/Subtype") != "/Type3" or not isinstance(matrix, list) or not matrix:
            return 1.0
        return abs(float(matrix[0])) * _THOUSAND

    def codes(self, piece: Any) -> list[Code]:  # noqa: ANN401  (an operand: anything)
        """Give the codes of a string, as pypdf reads it; none of what is no string."""
        codes: Iterable[str | int]
        if isinstance(piece, str):
            codes = piece
        elif not isinstance(piece, bytes):
            return []
        else:
            encoding = self.font.encoding
            codes = piece.decode(encoding, "replace") if isinstance(encoding, str) else piece
        known = self._known
        return [known.get(code) or self._look_up(code) for code in codes]

    def _look_up(self, code: str | int) -> Code:
        font = self.font
        raw = shown = chr(code) if isinstance(code, int) else code
        if isinstance(code, int) and not isinstance(font.encoding, str):
            shown = font.encoding.get(code, raw)[:1] or " "
        is_space = raw == font.space_char
        width = font.space_width if is_space else font.get_text_width(raw)
        width *= self._unit
        text = stored_form(str(font.character_map.get(shown, shown))).strip()
        found = self._known[code] = Code(text, width, is_space)
        return found


class Fonts:
    """Fonts read so far, by the identity of their resource: the pages of a document share them."""

    def __init__(self) -> None:
        self._known: dict[int, Face] = {}

    def of(self, resource: DictionaryObject) -> Face:
        """Read a font; fonts of damaged documents raise anything."""
        known = self._known.get(id(resource))
        if known is None:
            known = self._known[id(resource)] = Face(resource, Font.from_font_resource(resource))
        return known
