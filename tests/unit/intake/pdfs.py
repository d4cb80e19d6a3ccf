"""PDFs made at test time, good ones and hostile ones."""

import io
import zlib
from collections.abc import Mapping, Sequence

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas


def written(objects: Mapping[int, bytes]) -> bytes:
    """Write numbered objects as a PDF whose catalogue is object 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def one_page(content: bytes, *, resources: bytes = b"<< /Font << /F1 5 0 R >> >>") -> dict[int, bytes]:
    """Give the objects of a PDF with one page that has this content stream."""
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources,
        4: stream(content),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }


def letter(texts: Sequence[str]) -> bytes:
    """Write a PDF with one page a text."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for text in texts:
        for row, line in enumerate(text.splitlines()):
            canvas.drawString(60, 780 - 14 * row, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def encrypted(plain: bytes, user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain)))
    writer.encrypt(user_password, "the owner's own", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def slow() -> bytes:
    """Make a PDF that is within every limit of pypdf and keeps it busy for tens of seconds."""
    show = b"BT /F1 9 Tf " + b"1 0 0 1 60 700 Tm () Tj " * 40_000 + b"ET"
    objects = one_page(show)
    kids = b" ".join(b"%d 0 R" % number for number in range(10, 50))
    objects[2] = b"<< /Type /Pages /Kids [%s] /Count 40 >>" % kids
    return written(objects | dict.fromkeys(range(10, 50), objects[3]))
