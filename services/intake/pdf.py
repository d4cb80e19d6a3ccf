"""PDF to pages. Runs in a worker process only: pypdf meets hostile documents here."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any, Final

from pypdf import PageObject, PasswordType, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PdfReadError
from pypdf.generic import DictionaryObject, EmbeddedFile

from schemas.events import ErrorCode, Step
from schemas.wording import Wording
from services.answers.einvoice import EInvoice
from services.answers.tables.runs import pack
from services.intake.document import ParsedDocument, ReadingLimits, broken, noted, too_long, without_text
from services.intake.einvoice_xml import EInvoiceError, einvoice_of, written_einvoice
from services.intake.failure import IntakeError
from services.intake.pdf_annotations import Written, lay_annotations
from services.intake.pdf_font import Fonts
from services.intake.pdf_hidden import MAX_OPERATORS, Unseen, Why, read_seen
from services.intake.pdf_layout import read_page

_STREAM_BYTES: Final = 32 * 2**20
"""What one stream may unpack to. The largest page of text is far below; pypdf's own default is 75 MB."""

_STREAM_TOKENS: Final = 1_000_000
"""Operators and operands of one stream, which take about three seconds. A page full of drawings has some 100,000."""

_EINVOICE_NAMES: Final = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
"""Names in small letters that ZUGFeRD 1 and 2, Factur-X and the XRechnung profile give their XML."""

_UNSEEN: Final = {
    Why.INVISIBLE: "unsichtbar gezeichnet",
    Why.OUTSIDE: "außerhalb der Seite",
    Why.TINY: "zu klein zum Lesen",
    Why.COLOUR: "in der Farbe des Grundes",
    Why.COVERED: "übermalt",
    Why.PICTURE: "unter einem Bild",
    Why.LAYER: "auf einer Ebene, die ausgeschaltet ist",
}
"""In German, why readers do not see a text."""

_NO_PAGES: Final = Wording(
    de="keine Seite hat Text, an dem die angehängte E-Rechnung geprüft werden könnte",
    en="no page has text that the attached e-invoice could be held against",
)
_SEARCHED: Final = Wording(
    de="das Objektverzeichnis des PDF ist beschädigt; die Datei wurde nach Objekten durchsucht",
    en="the PDF's table of objects is damaged; the file was searched for them",
)

_NAMED: Final = 3
"""Attached files that a note names."""
_LETTERS_OF_A_PAGE: Final = 200
"""Of a page that is a picture: with fewer, they are a stamp or the head of a fax, and what matters is the picture."""

_END_BYTES: Final = 4_096
"""Where `%%EOF` must stand, counted from the end. Acrobat looks into the last 1,024 bytes."""


_NO_TABLE: Final = b"\nstartxref\n0\n%%EOF\n"
"""An end by which pypdf finds no table of objects, and makes it anew."""


def read_pdf(content: bytes, limits: ReadingLimits) -> ParsedDocument:
    """Read the text page by page, in the order of the content stream, and the e-invoice that is attached.

    A page that cannot be read, or that shows pictures alone, stays empty and is named in the notes. Text that readers
    do not see is left out, which is named there too. So is an e-invoice that cannot be read: the pages say what they
    say without it. One that can be read speaks for pages without text, which the notes say.

    Raises
    ------
    IntakeError
        `document_broken`, `document_encrypted`, `document_too_long`, or `document_without_text`.
    """
    if b"%%EOF" not in content[-_END_BYTES:]:
        message = "the PDF has no end (%%EOF): it was cut off on its way; hand in the whole file"
        raise broken(message)
    with apply_configuration(**_limits(limits)):
        try:
            reader, pages, notes = _pages(content, limits)
        except (IntakeError, MemoryError):
            raise
        except Exception as error:
            message = f"the PDF's structure is damaged ({_reason(error)}); make the file anew"
            raise broken(message) from error
        document, failures = _read(pages, limits, notes)
        einvoice, more = _attached_einvoice(reader)
    if document.blank:
        if einvoice is None:
            raise _without_text(failures)
        more.append(_NO_PAGES)
    return replace(document, notes=(*document.notes, *more), einvoice=einvoice)


def _pages(content: bytes, limits: ReadingLimits) -> tuple[PdfReader, list[PageObject], list[Wording]]:
    """Find the pages; where the table that says at which byte an object stands is wrong, by searching the whole file.

    So do other readers. A damaged PDF may show other pages than its writer meant, which is noted.
    """
    try:
        reader, notes = _open(content, limits)
        return reader, list(reader.pages), notes
    except LimitReachedError:
        raise
    except PdfReadError:
        reader, notes = _open(content + _NO_TABLE, limits)
        return reader, list(reader.pages), [*notes, _SEARCHED]


def _limits(limits: ReadingLimits) -> dict[str, Any]:
    return {
        "maximum_declared_stream_length": _STREAM_BYTES,
        "array_based_stream_maximum_output_length": _STREAM_BYTES,
        "zlib_maximum_output_length": _STREAM_BYTES,
        "lzw_maximum_output_length": _STREAM_BYTES,
        "run_length_maximum_output_length": _STREAM_BYTES,
        "brotli_maximum_output_length": _STREAM_BYTES,
        "stream_parsing_work_maximum_count": _STREAM_TOKENS,
        # A tree has at most as many inner nodes as pages, unless somebody means harm.
        "page_tree_maximum_entries": 2 * limits.max_pages + 100,
        "jbig2dec_binary": None,
        # `Sight` counts what they do, and says so where it is too much; pypdf would skip them in silence.
        "xform_maximum_invocations_per_extraction": MAX_OPERATORS + 1,
        "disable_legacy_handling": True,
    }


def _open(content: bytes, limits: ReadingLimits) -> tuple[PdfReader, list[Wording]]:
    """Find all pages before one is read; say so if there are fewer or more than the document claims."""
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        message = "the PDF asks for a password to be opened; hand in a copy without one"
        raise IntakeError(Step.PARSE, ErrorCode.DOCUMENT_ENCRYPTED, message)
    try:
        count = len(reader.pages)
    except LimitReachedError as error:
        message = f"the PDF's page tree is larger than {limits.max_pages} pages need ({_reason(error)})"
        raise too_long(message) from error
    limits.check(count, 0)
    if not count:
        message = "the PDF has no page; make the file anew"
        raise broken(message)
    tree = reader.root_object["/Pages"]
    claimed = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
    differs = isinstance(claimed, int) and claimed != count
    note = noted(
        f"das PDF nennt {claimed} Seiten, es hat {count}", f"the PDF claims {claimed} pages, {count} were found"
    )
    return reader, [note] * differs


def _read(
    pages: Iterable[PageObject], limits: ReadingLimits, notes: list[Wording]
) -> tuple[ParsedDocument, list[Exception]]:
    """Read each page; the errors are of those that could not be read."""
    texts: list[str] = []
    layouts: list[tuple[int, ...]] = []
    fonts = Fonts()
    failures: list[Exception] = []
    characters = 0
    for number, page in enumerate(pages, start=1):
        written = lay_annotations(page)
        try:
            (text, runs), unseen = read_seen(page, fonts, partial(read_page, page, fonts))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  (pypdf raises anything on damaged pages; it becomes a note)
            failures.append(error)
            why = _reason(error)
            notes.append(
                noted(f"Seite {number} konnte nicht gelesen werden ({why})", f"page {number} could not be read ({why})")
            )
            text, runs = "", []
        else:
            notes += _notes_on_unseen(number, unseen)
            notes += _notes_on_written(number, written)
            notes += _notes_on_unread(number, page, letters=len(text.strip()), is_picture=unseen.is_picture)
        characters += len(text)
        limits.check(number, characters)
        texts.append(text)
        layouts.append(tuple(pack(runs)))
    return ParsedDocument(tuple(texts), tuple(notes), layouts=tuple(layouts)), failures


def _notes_on_written(number: int, written: Written) -> list[Wording]:
    laid = noted(
        f"Seite {number} hat ausgefüllte Felder oder Kommentare; sie stehen am Ende ihres Textes",
        f"page {number} has filled in fields or comments; they stand at the end of its text",
    )
    left = noted(
        f"Seite {number} hat ausgefüllte Felder oder Kommentare; sie werden nicht gelesen",
        f"page {number} has filled in fields or comments, which are not read",
    )
    return [*[laid] * written.is_laid, *[left] * written.is_left]


def _notes_on_unread(number: int, page: PageObject, *, letters: int, is_picture: bool) -> list[Wording]:
    pictures = noted(
        f"Seite {number} zeigt nur Bilder; sie werden nicht gelesen",
        f"page {number} shows pictures alone, which are not read",
    )
    mostly = noted(
        f"Seite {number} zeigt vor allem ein Bild; es wird nicht gelesen",
        f"page {number} shows a picture for the most part, which is not read",
    )
    unread = pictures if not letters and (is_picture or _pictured(page)) else mostly
    is_unread = unread is pictures or (is_picture and letters < _LETTERS_OF_A_PAGE)
    return [unread] * is_unread


def _notes_on_unseen(number: int, unseen: Unseen) -> list[Wording]:
    left_out = noted(
        f"Seite {number} hat Text, den Leser nicht sehen ({', '.join(_UNSEEN[why] for why in unseen.reasons)}); "
        "er wurde weggelassen",
        f"page {number} has text that readers do not see ({', '.join(unseen.reasons)}); it was left out",
    )
    not_told = noted(
        f"Seite {number} zeichnet zu viel, um alles zu vergleichen; vielleicht wurde gelesen, was niemand sieht",
        f"page {number} paints too much for all of it to be compared; text that readers do not see may be read",
    )
    malformed = noted(
        f"Seite {number} hat fehlerhafte Zeichenbefehle; Leser sehen vielleicht anderen Text als den gelesenen",
        f"page {number} has operators with wrong operands; readers may see other text than was read",
    )
    partly = noted(
        f"Seite {number} hat Text, von dem Leser nur einen Teil sehen; er wurde ganz gelesen",
        f"page {number} has text of which readers see a part alone; all of it was read",
    )
    return [
        *[left_out] * bool(unseen.reasons),
        *[partly] * unseen.is_partly,
        *[not_told] * unseen.may_be_more,
        *[malformed] * unseen.is_malformed,
    ]


def _attached_einvoice(reader: PdfReader) -> tuple[EInvoice | None, list[Wording]]:
    others: list[Wording] = []
    try:
        files = list(reader.attachment_list)
        found = [file for file in files if _is_einvoice(file)]
        others = _notes_on_attached([file for file in files if not _is_einvoice(file)])
        if not found:
            return None, others
        einvoice = einvoice_of(written_einvoice(found[0].content))
    except EInvoiceError as error:
        note = noted(
            f"die angehängte E-Rechnung wurde nicht gelesen ({error})", f"the attached e-invoice was not read: {error}"
        )
        return None, [note, *others]
    except Exception as error:  # noqa: BLE001  (pypdf raises anything on damaged attachments; it becomes a note)
        why = _reason(error)
        note = noted(
            f"die angehängte E-Rechnung war dem PDF nicht zu entnehmen ({why})",
            f"the attached e-invoice could not be taken out of the PDF ({why})",
        )
        return None, [note, *others]
    several = noted(
        f"am PDF hängen {len(found)} E-Rechnungen; die erste wurde gelesen",
        f"the PDF has {len(found)} e-invoices attached; the first was read",
    )
    return einvoice, [*[several] * (len(found) > 1), *others]


def _is_einvoice(file: EmbeddedFile) -> bool:
    return not _EINVOICE_NAMES.isdisjoint(name.lower() for name in _names(file))


def _notes_on_attached(files: Sequence[EmbeddedFile]) -> list[Wording]:
    """Name files that are attached and not read: a hotel's bill hangs at the invoice for the journey."""
    if not files:
        return []
    said = ", ".join(" ".join(next(iter(_names(file)), "?").split())[:60] for file in files[:_NAMED])
    more = " …" * (len(files) > _NAMED)
    return [
        noted(
            f"am PDF hängen Dateien, die nicht gelesen werden: {said}{more}",
            f"files are attached to the PDF that are not read: {said}{more}",
        )
    ]


def _names(file: EmbeddedFile) -> list[str]:
    return [name for name in (file.name, file.alternative_name) if isinstance(name, str)]


def _without_text(failures: list[Exception]) -> IntakeError:
    """Say why no page has text: damaged, unpacking without end, or pictures alone."""
    if not failures:
        message = "the PDF has no text, pictures at most; reading pictures (OCR) is not part of Postkorb yet"
        return without_text(message)
    reason = _reason(failures[0])
    if isinstance(failures[0], LimitReachedError):
        message = f"the PDF unpacks to more than is read ({reason}); make the file anew, smaller"
        return too_long(message)
    message = f"no page of the PDF could be read ({reason}); make the file anew"
    return broken(message)


def _pictured(page: PageObject) -> bool:
    """Tell whether an empty page shows a picture, as a scan does; a blank page shows none."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    found = objects.get_object() if objects is not None else None
    return isinstance(found, DictionaryObject) and any(
        isinstance(item := entry.get_object(), DictionaryObject) and item.get("/Subtype") == "/Image"
        for entry in found.values()
    )


def _reason(error: Exception) -> str:
    """Give the error on one short line: pypdf may quote bytes of the document."""
    return f"{type(error).__name__}: {error}".encode("ascii", "replace").decode().replace("\n", " ")[:160]
