"""An e-invoice's XML to its values. Runs in a worker process only: lxml meets hostile documents here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from services.answers.einvoice import (
    CREDIT_NOTE,
    CREDIT_NOTES,
    MAX_LINES,
    MAX_NOTES,
    MAX_OTHER_TEXT,
    EInvoice,
    EInvoiceLine,
)
from services.intake.einvoice_choice import Said, chosen
from services.intake.einvoice_terms import (
    CII_NAMES,
    CURRENCY,
    HEADER,
    LINE,
    LINES_CII,
    LINES_IN_LINES,
    LINES_UBL,
    ROOTS,
    UNNAMED_TAX_NUMBER,
    ZUGFERD_1_NAMES,
    Syntax,
    Term,
)
from services.intake.einvoice_values import Values

MAX_BYTES: Final = 16 * 2**20
"""Largest XML that is read: ten thousand lines, or the documents that UBL carries inside."""
MAX_TAGS: Final = 1_200_000
"""At beginnings and ends of elements: a hundred and twenty a line."""
MAX_NAMED: Final = 120
"""Characters of the document in a note."""

_NOT_HEADER: Final = frozenset(
    {"IncludedSupplyChainTradeLineItem", "InvoiceLine", "CreditNoteLine"}
    | {"AttachmentBinaryObject", "EmbeddedDocumentBinaryObject"}
)
"""Elements of lines, and of documents that the XML carries inside."""
_LINE_NOTES: Final = ".//Content | .//Note | .//Description"
_NUMBERS: Final = ("type_code", "invoice_number", "order_number", "seller_vat_id", "currency")
_PARTIES: Final = ("seller_name", "buyer_name")
_AMOUNTS: Final = ("net_total", "tax_total", "gross_total", "lines_total", "prepaid", "payable")
_NAMES: Final[Mapping[Syntax, Mapping[str, str]]] = {"cii": CII_NAMES, "zugferd-1": ZUGFERD_1_NAMES, "ubl": {}}


class EInvoiceError(ValueError):
    """XML that is no e-invoice, or none that is read; the message says why, without repeating the document."""


@dataclass(frozen=True, slots=True)
class Written:
    """An e-invoice as its XML writes it.

    Parameters
    ----------
    header
        Text by name of the term, white space at both ends taken off; terms that are not there are absent.
    lines
        The same for each invoice line, but for those beyond `MAX_LINES`.
    other_text
        Each text outside the lines, then each note of a line, once and on a line of its own.
    notes
        What was cut or left out.
    """

    syntax: Syntax
    header: Mapping[str, str]
    lines: Sequence[Mapping[str, str]]
    other_text: str
    notes: Sequence[str]
    lines_left_out: int = 0


def written_einvoice(content: bytes) -> Written:
    """Read the terms out of an XML document.

    Raises
    ------
    EInvoiceError
        If it is not well-formed, beyond a limit, has a document type declaration, or is no e-invoice.
    """
    root = _parsed(content)
    name = etree.QName(root)
    syntax = ROOTS.get((name.namespace or "", name.localname))
    if syntax is None:
        message = f"its root is {name.localname[:40]!a}, neither UBL's Invoice or CreditNote nor CrossIndustryInvoice"
        raise EInvoiceError(message)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    currency, of_currency = _currency(root, syntax)
    header, of_header = _texts(root, HEADER, syntax, currency)
    if not {"invoice_number", "gross_total"} & set(header):
        message = "it has neither an invoice number (BT-1) nor a total (BT-112)"
        raise EInvoiceError(message)
    is_credit = syntax == "ubl" and name.localname == "CreditNote" and header.get("type_code") not in CREDIT_NOTES
    lines = _matches(root, LINES_UBL if syntax == "ubl" else LINES_CII, syntax)
    more = max(len(lines) - MAX_LINES, 0)
    notes = [*of_currency, *of_header, *_untaken(root, syntax)]
    notes += [f"the XML has {len(lines)} lines, the first {MAX_LINES} were read"] * bool(more)
    other = dict.fromkeys(_texts_outside_lines(root))
    of_lines = (
        text for line in lines[:MAX_LINES] for note in _matches(line, _LINE_NOTES, syntax) if (text := _text(note))
    )
    other |= dict.fromkeys(" ".join(text.split()) for text in of_lines)
    if sum(map(len, other)) + len(other) > MAX_OTHER_TEXT:
        notes.append(f"the XML has more than {MAX_OTHER_TEXT} characters beside its lines, the first ones were read")
    if is_credit:
        notes.append(f"the XML is a CreditNote, and its type_code is {header.get('type_code', 'not there')!a}")
        header["type_code"] = CREDIT_NOTE
    read = [_texts(line, LINE, syntax, currency) for line in lines[:MAX_LINES]]
    notes += [f"line {number}: {note}" for number, (_, of_line) in enumerate(read, start=1) for note in of_line]
    return Written(syntax, header, [texts for texts, _ in read], "\n".join(other)[:MAX_OTHER_TEXT], notes, more)


def einvoice_of(written: Written) -> EInvoice:
    """Turn texts into typed values; what cannot be read is None and named in the notes."""
    values = Values(written.header)
    header = {
        **{name: values.text(name) for name in (*_NUMBERS, *_PARTIES)},
        **{name: values.date(name) for name in ("issue_date", "due_date")},
        "iban": values.iban(),
        **{name: values.amount(name) for name in _AMOUNTS},
    }
    lines, notes = [], [*written.notes, *values.notes]
    for number, line in enumerate(written.lines, start=1):
        values = Values(line, f"line {number}: ")
        lines.append(
            EInvoiceLine(
                description=values.text("description"),
                quantity=values.amount("quantity"),
                line_total=values.amount("line_total"),
            )
        )
        notes += values.notes
    return EInvoice(
        syntax=written.syntax,
        **header,
        other_text=written.other_text,
        line_items=tuple(lines),
        lines_left_out=written.lines_left_out,
        notes=tuple(_bounded(notes)),
    )


def _bounded(notes: Sequence[str]) -> Sequence[str]:
    """Give so many notes as are kept; the last one counts those that are not."""
    if len(notes) <= MAX_NOTES:
        return notes
    return [*notes[: MAX_NOTES - 1], f"{len(notes) - MAX_NOTES + 1} more things in the XML could not be read"]


def _parsed(content: bytes) -> etree._Element:
    """Parse without entities, document type and network; libxml2 itself ends what is nested deeper than 256 levels."""
    if len(content) > MAX_BYTES:
        message = f"it has {len(content)} bytes, at most {MAX_BYTES} are read"
        raise EInvoiceError(message)
    if content.count(b"<") > MAX_TAGS:
        message = f"it has more than {MAX_TAGS} tags"
        raise EInvoiceError(message)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = f"it is not well-formed ({str(error.msg).encode('ascii', 'replace').decode()[:120]})"
        raise EInvoiceError(message) from error
    if root.getroottree().docinfo.internalDTD is not None:
        message = "it has a document type declaration, which no e-invoice has"
        raise EInvoiceError(message)
    return root


def _currency(root: etree._Element, syntax: Syntax) -> tuple[str, list[str]]:
    """Give the invoice's currency, in capitals; where it has none, a note of those that its amounts name."""
    code = next((one.text for one in _said(root, CURRENCY, syntax)), "").upper()
    named = dict.fromkeys(filter(None, map(_currency_of, root.iter(etree.Element)))) if not code else {}
    return code, [f"the XML has no currency (BT-5), its amounts are in {', '.join(named)[:MAX_NAMED]}"] if named else []


def _texts(
    element: etree._Element, terms: Iterable[Term], syntax: Syntax, currency: str
) -> tuple[dict[str, str], list[str]]:
    """Give the text of each term, and what to note of texts that were not taken."""
    found, notes = {}, []
    for term in terms:
        text, more = chosen(term, _said(element, term, syntax), currency)
        notes += more
        if text is not None:
            found[term.name] = text
    return found, notes


def _untaken(root: etree._Element, syntax: Syntax) -> list[str]:
    """Name what stands where no term does."""
    numbers = [one.text for one in _said(root, UNNAMED_TAX_NUMBER, syntax)]
    notes = [
        "a tax number of the seller in the XML does not say of which kind it is: " + ", ".join(numbers)[:MAX_NAMED]
    ]
    inner = len(_matches(root, LINES_IN_LINES, syntax))
    return notes * bool(numbers) + [f"{inner} lines within lines of the XML were not read"] * bool(inner)


def _said(element: etree._Element, term: Term, syntax: Syntax) -> list[Said]:
    matches = _matches(element, _path(term, syntax), syntax)
    return [Said(text, _currency_of(match)) for match in matches if (text := _text(match))]


def _currency_of(match: "etree._Element | str") -> str:
    return "" if isinstance(match, str) else (match.get("currencyID") or "").strip().upper()


def _path(term: Term, syntax: Syntax) -> str:
    return term.ubl if syntax == "ubl" else term.cii


def _matches(element: etree._Element, path: str, syntax: Syntax) -> list[etree._Element | str]:
    found = _compiled(path, syntax)(element)
    return found if isinstance(found, list) else []


@lru_cache(maxsize=256)
def _compiled(path: str, syntax: Syntax) -> etree.XPath:
    return etree.XPath(path.format_map(_NAMES[syntax]), smart_strings=False)


def _texts_outside_lines(element: etree._Element) -> Iterator[str]:
    """Give the texts of all elements but the lines and what is carried inside; libxml2 bounds the depth."""
    if text := " ".join((element.text or "").split()):
        yield f"{text} days" if (element.get("unitCode") or "").strip() == "DAY" else text
    for child in element:
        if child.tag not in _NOT_HEADER:
            yield from _texts_outside_lines(child)


def _text(match: "etree._Element | str") -> str:
    return (match if isinstance(match, str) else "".join(match.itertext())).strip()
