"""What is written on a PDF's pages and is no part of them: filled in fields, and comments. Runs in a worker only."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from pypdf import PageObject

from services.intake.pdf_graphics import dictionary

_NOT_SHOWN: Final = 2 | 32
"""Flags of an annotation that is hidden, or not to be viewed."""
_CORNERS: Final = 4
_MOST: Final = 10_000
_DEEPEST: Final = 10
"""Levels of a field's parents that are looked at for what it inherits."""


def has_writing(page: PageObject) -> bool:
    """Tell whether readers see a text field that is filled in, a choice, or a comment on the page."""
    entries = page.get("/Annots")
    found = entries.get_object() if entries is not None else None
    annotations = map(dictionary, islice(found, _MOST)) if isinstance(found, list) else iter(())
    return any(_is_shown(annotation) and _says_something(annotation) for annotation in annotations)


def _is_shown(annotation: Mapping[str, Any]) -> bool:
    flags, box = annotation.get("/F", 0), annotation.get("/Rect")
    return isinstance(box, list) and len(box) == _CORNERS and not (isinstance(flags, int) and flags & _NOT_SHOWN)


def _says_something(annotation: Mapping[str, Any]) -> bool:
    match annotation.get("/Subtype"):
        case "/FreeText":
            return _is_text(annotation.get("/Contents"))
        case "/Widget":
            kind = _first(annotation, "/FT")
            return kind in {"/Tx", "/Ch"} and _is_text(_first(annotation, "/V"))
        case _:
            return False


def _first(field: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401  (an entry: anything)
    return next((found for level in islice(_levels(field), _DEEPEST) if (found := level.get(key)) is not None), None)


def _levels(field: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    while field:
        yield field
        field = dictionary(field.get("/Parent"))


def _is_text(value: object) -> bool:
    said = value if isinstance(value, list) else [value]
    return any(isinstance(item, str) and item.strip() for item in said)
