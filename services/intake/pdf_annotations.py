"""What is written on a PDF's pages and is no part of their content: fields, comments, stamps. Runs in a worker only.

Readers see an annotation by its appearance, a form that they paint over the page (ISO 32000, 12.5.5). Here these forms
are laid on the page before it is read, so that what they say is read, and what they hide is not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, Final, NamedTuple

from pypdf import PageObject
from pypdf.generic import ContentStream, DictionaryObject, FloatObject, NameObject, StreamObject

from services.intake.pdf_graphics import dictionary
from services.intake.pdf_layers import Layers, raw
from services.intake.pdf_paint import Box, Matrix, box_of, matrix_of, numbers_of, point_of

_Operation = tuple[Any, bytes]
"""Operands, and their operator."""

_NOT_SHOWN: Final = 2 | 32
"""Flags of an annotation that is hidden, or not to be viewed."""
_MOST: Final = 10_000
_DEEPEST: Final = 10
"""Levels of a field's parents that are looked at for what it inherits."""

_CLOSES: Final = {b"q": b"Q", b"BT": b"ET", b"BMC": b"EMC", b"BDC": b"EMC"}
"""What closes what operators open."""
_NO_ROTATE: Final = 16
"""Flag of an annotation that stays upright on a page that is turned."""
_FILLED: Final = frozenset({"/Square", "/Circle", "/Polygon", "/Redact"})
_DRAWN: Final = frozenset({"/Ink", "/Line", "/PolyLine"})
"""Kinds that readers fill, or draw in a colour, by themselves where there is no appearance."""
_THICK: Final = 4.0
"""Points from which a line hides letters; thinner ones cross something out, or point at it."""
_COMMENTS: Final = frozenset({"/FreeText", "/Stamp"})


class Written(NamedTuple):
    """What readers see of annotations that say or hide something.

    Parameters
    ----------
    is_laid
        Fields that are filled in, comments or stamps were laid on the page; they are read behind its own text.
    is_left
        Some could not be: they have no appearance, or readers make another one or put it elsewhere; or they are too
        many.
    """

    is_laid: bool
    is_left: bool


class _Laid(NamedTuple):
    """An appearance, and where it stands on the page."""

    form: StreamObject
    place: Box


def lay_annotations(page: PageObject) -> Written:
    """Lay the annotations that readers see on a page, which is changed; damaged ones leave it as it is."""
    try:
        listed = _listed(page)
        found = _shown(page, listed[:_MOST])
        laid = {number: appearance for number, one in enumerate(found) if (appearance := _appearance(one, page))}
        if laid:
            _lay(page, list(laid.values()))
        says = {number for number, one in enumerate(found) if _says_something(one)}
        anew = {number for number in says if _is_field(found[number]) and _is_anew(page)}
        paints = {number for number, one in enumerate(found) if _hides_by_itself(one)}
        left = anew | ((says | paints) - laid.keys())
        return Written(is_laid=bool(laid.keys() & (says - anew)), is_left=bool(left) or len(listed) > _MOST)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (pypdf raises anything on damaged annotations; the page is read without them)
        return Written(is_laid=False, is_left=True)


def _listed(page: PageObject) -> list[Any]:
    entries = page.get("/Annots")
    found = entries.get_object() if entries is not None else None
    return found if isinstance(found, list) else []


def _shown(page: PageObject, listed: Sequence[Any]) -> list[Mapping[str, Any]]:
    layers = Layers(page) if listed else None
    found = map(dictionary, listed)
    return [one for one in found if layers and _is_shown(one) and not layers.is_off(raw(one, "/OC"))]


def _is_shown(annotation: Mapping[str, Any]) -> bool:
    is_popup = annotation.get("/Subtype") == "/Popup"
    return _place(annotation) is not None and not (_flags(annotation) & _NOT_SHOWN or is_popup)


def _flags(annotation: Mapping[str, Any]) -> int:
    flags = annotation.get("/F", 0)
    return flags if isinstance(flags, int) else 0


def _place(annotation: Mapping[str, Any]) -> Box | None:
    corners = annotation.get("/Rect")
    numbers = numbers_of(corners) if isinstance(corners, list) else []
    return box_of([(numbers[0], numbers[1]), (numbers[2], numbers[3])]) if len(numbers) == len(Box._fields) else None


def _appearance(annotation: Mapping[str, Any], page: PageObject) -> _Laid | None:
    """Give what is painted for an annotation, where it is painted as it is."""
    form, place = _stream(annotation), _place(annotation)
    is_elsewhere = _flags(annotation) & _NO_ROTATE and page.rotation
    if form is None or place is None or is_elsewhere or _is_mixed(annotation):
        return None
    return _Laid(form, place) if form.get("/Subtype", "/Form") == "/Form" and form.get_data().strip() else None


def _hides_by_itself(annotation: Mapping[str, Any]) -> bool:
    """Tell whether what is painted may lie over the page's text; an icon and a marker do not."""
    if annotation.get("/Subtype") == "/Text" or _is_mixed(annotation):
        return False
    form = _stream(annotation)
    return bool(form.get_data().strip()) if form is not None else _is_drawn(annotation)


def _is_mixed(annotation: Mapping[str, Any]) -> bool:
    """Tell whether it shines through, as a marker does (PDF 2.0, where the appearance does not say so)."""
    return annotation.get("/BM", "/Normal") not in ("/Normal", "/Compatible")


def _stream(annotation: Mapping[str, Any]) -> StreamObject | None:
    """Give the stream of an appearance; a box that is ticked has one for each state."""
    normal = dictionary(dictionary(annotation.get("/AP")).get("/N"))
    form = normal if isinstance(normal, StreamObject) else dictionary(normal.get(str(annotation.get("/AS"))))
    return form if isinstance(form, StreamObject) else None


# What it says


def _says_something(annotation: Mapping[str, Any]) -> bool:
    if annotation.get("/Subtype") in _COMMENTS:
        return annotation.get("/Subtype") == "/Stamp" or _is_text(annotation.get("/Contents"))
    return _is_field(annotation) and _is_text(_first(annotation, "/V"))


def _is_field(annotation: Mapping[str, Any]) -> bool:
    return annotation.get("/Subtype") == "/Widget" and _first(annotation, "/FT") in {"/Tx", "/Ch"}


def _is_drawn(annotation: Mapping[str, Any]) -> bool:
    """Tell whether readers draw something without an appearance that may lie over the page's text."""
    kind = annotation.get("/Subtype")
    is_filled = (kind in _FILLED and bool(annotation.get("/IC"))) or (
        kind == "/FreeText" and bool(annotation.get("/C"))
    )
    width = dictionary(annotation.get("/BS")).get("/W", 1)
    is_thick = isinstance(width, int | float) and width >= _THICK
    return is_filled or (kind in _DRAWN and is_thick and bool(annotation.get("/C")))


def _is_anew(page: PageObject) -> bool:
    """Tell whether readers are told to make the fields' appearances themselves, from their values."""
    catalogue = dictionary(page.pdf.root_object) if page.pdf is not None else {}
    needed = dictionary(catalogue.get("/AcroForm")).get("/NeedAppearances")
    return bool(getattr(needed, "value", needed))


def _first(field: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401  (an entry: anything)
    return next((found for level in islice(_levels(field), _DEEPEST) if (found := level.get(key)) is not None), None)


def _levels(field: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    while field:
        yield field
        field = dictionary(field.get("/Parent"))


def _is_text(value: object) -> bool:
    said = value if isinstance(value, list) else [value]
    return any(isinstance(item, str | bytes) and item.strip() for item in said)


# How it comes on the page


def _lay(page: PageObject, appearances: Sequence[_Laid]) -> None:
    """Paint appearances as the last of a page's content, each by a name of its own."""
    resources = DictionaryObject(dictionary(page.get("/Resources")))
    forms = DictionaryObject(dictionary(resources.get("/XObject")))
    content = ContentStream(page.get("/Contents"), page.pdf, "bytes")
    operations = list(_closed(content.operations))
    for number, (form, place) in enumerate(appearances):
        name = next(name for name in map(NameObject, _names(number)) if name not in forms)
        form[NameObject("/Subtype")] = NameObject("/Form")
        forms[name] = form
        matrix = [FloatObject(value) for value in _matrix(form, place)]
        operations += [([], b"q"), (matrix, b"cm"), ([name], b"Do"), ([], b"Q")]
    content.operations = operations
    resources[NameObject("/XObject")] = forms
    page[NameObject("/Resources")], page[NameObject("/Contents")] = resources, content


def _names(number: int) -> Iterator[str]:
    return (f"/Annotation{number}{suffix * '-'}" for suffix in count())


def _closed(operations: Iterable[_Operation]) -> Iterator[_Operation]:
    """Give a page's operations so that the state behind them is that before them: what closes nothing, readers skip."""
    yield [], b"q"
    open_now = dict.fromkeys(_CLOSES.values(), 0)
    for operands, operator in operations:
        if closing := _CLOSES.get(operator):
            open_now[closing] += 1
        elif operator in open_now:
            if not open_now[operator]:
                continue
            open_now[operator] -= 1
        yield operands, operator
    for closing in (b"ET", b"EMC", b"Q"):
        yield from [([], closing)] * open_now[closing]
    yield [], b"Q"


def _matrix(form: Mapping[str, Any], place: Box) -> Matrix:
    """Give what puts a form's box, turned as the form is, where the annotation stands."""
    corners = numbers_of(form.get("/BBox") or [])
    if len(corners) != len(Box._fields):
        return 1, 0, 0, 1, place.left, place.bottom
    own = matrix_of(form.get("/Matrix") or [])
    box = box_of([point_of(own, x, y) for x in corners[0::2] for y in corners[1::2]])
    wide, high = (
        (there[1] - there[0]) / (here[1] - here[0]) if here[1] > here[0] else 1.0
        for here, there in (
            ((box.left, box.right), (place.left, place.right)),
            ((box.bottom, box.top), (place.bottom, place.top)),
        )
    )
    return wide, 0, 0, high, place.left - wide * box.left, place.bottom - high * box.bottom
