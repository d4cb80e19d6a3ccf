"""Letters as PDF, mail and text, with something put where readers do not look."""

import io
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import Final

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.colors import white
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))  # ships with reportlab; its licence allows embedding

_COLUMNS: Final = (60, 110, 390, 460)
_LINE: Final = 14
_SIZE: Final = 10
_LETTERS_A_LINE: Final = 90
_MARGIN: Final = 60
_OC: Final = "/Attack"
_HIDDEN_ANNOTATION: Final = 2
"""Flag of an annotation that is neither shown nor printed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attack is put, as `attacks.yaml` says it.

    Parameters
    ----------
    what
        The field, or the header, that belongs to some of the ways.
    """

    how: str
    what: str = ""


def place_of(where: str) -> Place:
    """Read a place."""
    how, _, what = where.partition(" ")
    return Place(how, what) if how in {"after", "beside", "value", "header"} else Place(where)


def pdf(text: str, place: Place, attack: str) -> bytes:
    """Write a letter as PDF; a tab begins the next column."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    y = A4[1] - _MARGIN
    for line in [piece for whole in text.split("\n") for piece in _wrapped(whole)]:
        if y < _MARGIN:
            canvas.showPage()
            y = A4[1] - _MARGIN
        canvas.setFont("Vera", _SIZE)
        _line(canvas, line, y)
        y -= _LINE
    if hide := _HIDDEN.get(place.how):
        canvas.saveState()
        hide(canvas, attack)
        canvas.restoreState()
    if place.how == "metadata":
        canvas.setTitle(attack)
        canvas.setSubject(attack)
        canvas.setKeywords(attack)
    if place.how == "outline":
        canvas.bookmarkPage("first")
        canvas.addOutlineEntry(attack, "first")
    canvas.save()
    change = _ADDED.get(place.how)
    return _changed(out.getvalue(), change, attack) if change else out.getvalue()


def mail(text: str, sender: str, place: Place, attack: str) -> bytes:
    """Write a letter as a mail."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{sender} <letters@sender.example>"
    message["To"] = "office@recipient.example"
    message["Subject"] = text.strip().split("\n")[0][:_LETTERS_A_LINE]
    if place.how == "header":
        del message[place.what]
        message[place.what] = attack
    if place.how == "hidden html":
        message.set_content(_html(text, attack), subtype="html", cte="base64")
    else:
        message.set_content(text, cte="base64")
    if place.how == "attachment name":
        # A boundary of its own, for the same bytes each time.
        message.add_attachment(b"\x89PNG\r\n\x1a\n", "image", "png", filename=attack)
        message.set_boundary("a-boundary")
    return message.as_bytes()


def _wrapped(line: str) -> list[str]:
    wrapped = [line] if "\t" in line else textwrap.wrap(line, _LETTERS_A_LINE, break_on_hyphens=False)
    return wrapped or [""]


def _line(canvas: Canvas, line: str, y: float) -> None:
    cells = line.split("\t")
    last = len(cells) - 1
    for number, cell in enumerate(cells):
        # The last cell of a row is an amount, and stands in the last column.
        canvas.drawString(_COLUMNS[-1 if number == last > 0 else number], y, cell)


def _html(text: str, attack: str) -> str:
    shown = "".join(f"<p>{escape(line)}</p>\n" for line in text.split("\n") if line)
    return f'<html><body>\n<div style="display:none">{escape(attack)}</div>\n{shown}</body></html>\n'


def _lines(canvas: Canvas, attack: str, x: float = _MARGIN, y: float = 90, size: float = _SIZE) -> None:
    canvas.setFont("Vera", size)
    for number, line in enumerate(textwrap.wrap(attack, _LETTERS_A_LINE)):
        canvas.drawString(x, y - number * size, line)


def _white(canvas: Canvas, attack: str) -> None:
    canvas.setFillColor(white)
    _lines(canvas, attack)


def _invisible(canvas: Canvas, attack: str) -> None:
    written = canvas.beginText(_MARGIN, 90)
    written.setFont("Vera", _SIZE)
    written.setTextRenderMode(3)
    written.textLines(attack)
    canvas.drawText(written)


def _transparent(canvas: Canvas, attack: str) -> None:
    canvas.setFillAlpha(0)
    _lines(canvas, attack)


def _covered(canvas: Canvas, attack: str) -> None:
    _lines(canvas, attack)
    canvas.setFillColor(white)
    canvas.rect(_MARGIN - 5, 40, 500, 70, stroke=0, fill=1)


def _on_a_layer(canvas: Canvas, attack: str) -> None:
    canvas._code.append(f"/OC {_OC} BDC")
    _lines(canvas, attack)
    canvas._code.append("EMC")


_HIDDEN: Final[Mapping[str, Callable[[Canvas, str], None]]] = {
    "white": _white,
    "tiny": lambda canvas, attack: _lines(canvas, attack, size=1),
    "outside": lambda canvas, attack: _lines(canvas, attack, y=-200),
    "invisible": _invisible,
    "transparent": _transparent,
    "covered": _covered,
    "layer": _on_a_layer,
}


def _changed(content: bytes, change: Callable[[PdfWriter, str], None], attack: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    change(writer, attack)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _switch_layer_off(writer: PdfWriter, _attack: str) -> None:
    layer = writer._add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("notes")})
    )
    resources = writer.pages[0]["/Resources"].get_object()
    resources[NameObject("/Properties")] = DictionaryObject({NameObject(_OC): layer})
    off = DictionaryObject({NameObject("/OFF"): ArrayObject([layer])})
    properties = DictionaryObject({NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): off})
    writer.root_object[NameObject("/OCProperties")] = properties


def _annotate(writer: PdfWriter, attack: str) -> None:
    note = FreeText(text=attack, rect=(60, 60, 400, 90))
    note[NameObject("/F")] = NumberObject(_HIDDEN_ANNOTATION)
    writer.add_annotation(0, note)


def _add_form_field(writer: PdfWriter, attack: str) -> None:
    entries = {
        "/Type": NameObject("/Annot"),
        "/Subtype": NameObject("/Widget"),
        "/FT": NameObject("/Tx"),
        "/T": TextStringObject("note"),
        "/V": TextStringObject(attack),
    }
    field = writer._add_object(DictionaryObject({NameObject(key): value for key, value in entries.items()}))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([field])
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})


def _attach(writer: PdfWriter, attack: str) -> None:
    writer.add_attachment("note.txt", attack.encode())


_ADDED: Final[Mapping[str, Callable[[PdfWriter, str], None]]] = {
    "layer": _switch_layer_off,
    "annotation": _annotate,
    "form field": _add_form_field,
    "attachment": _attach,
}
