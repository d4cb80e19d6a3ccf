"""Documents that must fail well: locked, cut off, empty, and without text."""

from io import BytesIO
from random import Random
from unittest.mock import patch

from PIL import Image, ImageDraw, ImageFilter
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from making.sample import FailingSample

PASSWORD = "geheim-2026"  # noqa: S105  (of a sample that nobody shall open)


def encrypted(plain: bytes) -> FailingSample:
    """Lock a PDF with a user password (AES-256).

    Parameters
    ----------
    plain
        The PDF to lock.
    """
    writer = PdfWriter(clone_from=PdfReader(BytesIO(plain)))
    out = BytesIO()
    # Real salts differ each time; the sample's bytes must not.
    with patch("secrets.token_bytes", Random(20260101).randbytes):  # noqa: S311  (on purpose)
        writer.encrypt(PASSWORD, algorithm="AES-256")
        writer.write(out)
    return FailingSample("encrypted.pdf", out.getvalue(), "document_encrypted")


def truncated(plain: bytes) -> FailingSample:
    """Cut a PDF off after its first kilobytes, as an interrupted transfer does."""
    return FailingSample("truncated.pdf", plain[:6000], "document_broken")


def empty() -> FailingSample:
    """Make a file of no bytes."""
    return FailingSample("empty.pdf", b"", "content_empty")


def picture_without_text() -> FailingSample:
    """Make a PDF that holds a picture of a harbour at dusk and no text."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    picture = BytesIO()
    _harbour().save(picture, "PNG")
    canvas.drawImage(ImageReader(picture), 50, 330, 495, 371)
    canvas.showPage()
    canvas.save()
    return FailingSample("picture_without_text.pdf", out.getvalue(), "document_without_text")


def _harbour() -> Image.Image:
    width, height = 400, 300
    picture = Image.new("RGB", (width, height))
    pen = ImageDraw.Draw(picture)
    for y in range(height):
        shade = y / height
        pen.line((0, y, width, y), (int(250 - 150 * shade), int(170 - 70 * shade), int(110 + 60 * shade)))
    pen.ellipse((250, 90, 310, 150), (255, 226, 150))
    random = Random(7)  # noqa: S311  (for a picture)
    for x in range(0, width, 22):
        top = 190 - random.randrange(20, 70)
        pen.rectangle((x, top, x + 18, 200), (40, 36, 58))
    pen.rectangle((0, 200, width, height), (38, 52, 86))
    for _ in range(160):
        x, y = random.randrange(width), random.randrange(204, height)
        pen.line((x, y, x + random.randrange(6, 30), y), (random.randrange(90, 200), 120, 120))
    pen.polygon(((70, 232), (190, 232), (170, 256), (90, 256)), (120, 40, 36))
    pen.line((128, 232, 128, 150), (30, 26, 30), 3)
    pen.polygon(((132, 156), (132, 224), (182, 224)), (235, 228, 214))
    return picture.filter(ImageFilter.GaussianBlur(0.8))
