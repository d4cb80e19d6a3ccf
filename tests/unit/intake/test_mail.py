"""E-mails to pages."""

from email.message import EmailMessage

import pytest
from einvoices import INVOICE, attached, cii, ubl
from pdfs import encrypted, letter

from schemas.events import ErrorCode
from services.intake.document import ReadingLimits
from services.intake.failure import IntakeError
from services.intake.html_text import html_text
from services.intake.mail import read_mail


def a_mail(text: str | None = "Sehr geehrte Damen und Herren,\n\nanbei die Rechnung.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Jörg Müller <joerg@example.org>"
    mail["To"] = "einkauf@example.com"
    mail["Date"] = "Tue, 05 Jun 2018 10:00:00 +0200"
    mail["Subject"] = "Rechnung für Mai"
    if text is not None:
        mail.set_content(text)
    return mail


def test_headers_come_first_then_the_body(limits: ReadingLimits) -> None:
    page = read_mail(a_mail().as_bytes(), limits).pages[0]
    assert page.splitlines()[:6] == [
        "From: Jörg Müller <joerg@example.org>",
        "To: einkauf@example.com",
        "Date: Tue, 05 Jun 2018 10:00:00 +0200",
        "Subject: Rechnung für Mai",
        "",
        "Sehr geehrte Damen und Herren,",
    ]


def test_the_plain_text_is_preferred_to_the_html_and_that_is_no_loss(limits: ReadingLimits) -> None:
    mail = a_mail("1. Ihre Rechnung 4711 im Anhang, siehe hier: https://example.org/4712 www.example.org/4713")
    mail.add_alternative("<ol><li>Ihre <a href=x>Rechnung</a> 4711 im Anhang, siehe hier</ol>", subtype="html")
    document = read_mail(mail.as_bytes(), limits)
    assert "1. Ihre Rechnung" in document.pages[0]
    assert len(document.pages) == 1
    assert document.notes == ()


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Summe 100,00 EUR. Bitte auf DE02120300000000202051 zahlen: 999,00 EUR", "<p>Summe 100,00 EUR</p>"),
        ("Anzahlung 100,00 Summe 900,00", "<p>Anzahlung 900,00 Summe 100,00</p>"),
        ("Wir nehmen das Angebot an.", "<p>Wir lehnen das Angebot ab.</p>"),
    ],
)
def test_two_forms_that_say_two_things_are_both_read_and_that_is_said(
    limits: ReadingLimits, plain: str, html: str
) -> None:
    mail = a_mail(plain)
    mail.add_alternative(html, subtype="html")
    document = read_mail(mail.as_bytes(), limits)
    assert html[3:-4] in "".join(document.pages)
    assert len(document.notes) == 1


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Rechnung 4711 anbei [cid:image001.png@01DA1234.5678ABC0]", "<p>Rechnung 4711 anbei <img src=x></p>"),
        ("Rufen Sie an: +49 711 123456<tel:+49711123456>", "<p>Rufen Sie an: +49 711 123456</p>"),
        ("Sendung 00340434161094015902<https://nolp.example/?id=1>", "<p>Sendung 00340434161094015902</p>"),
        ("Tel:0431/123456", "<p>Tel:&nbsp;0431/123456</p>"),
        ("Siehe <https://de.wikipedia.example/wiki/A_(2019)_x_12345>", "<p>Siehe <a href=x>hier</a></p>"),
        ("Anbei die Rechnung.\nVon meinem iPhone gesendet", "<p>Anbei die Rechnung.</p>"),
        ("Anbei die Rechnung.", "<p>Im Browser ansehen</p><p>Anbei die Rech&shy;nung.</p>"),
    ],
)
def test_two_forms_of_one_letter_are_read_once(limits: ReadingLimits, plain: str, html: str) -> None:
    mail = a_mail(plain)
    mail.add_alternative(html, subtype="html")
    document = read_mail(mail.as_bytes(), limits)
    assert len(document.pages) == 1
    assert document.notes == ()


def test_html_beside_an_empty_plain_text_is_the_letter(limits: ReadingLimits) -> None:
    mail = a_mail("")
    mail.add_alternative("<p>Hiermit kündige ich den Vertrag fristlos.</p>", subtype="html")
    document = read_mail(mail.as_bytes(), limits)
    assert "fristlos" in "".join(document.pages)
    assert document.notes == ()


def test_html_that_shows_other_figures_than_the_plain_text_is_read_too_and_said(limits: ReadingLimits) -> None:
    mail = a_mail("Bitte zahlen Sie 9.999,00 EUR")
    mail.add_alternative("<p>Bitte zahlen Sie 1.190,00 EUR</p>", subtype="html")
    document = read_mail(mail.as_bytes(), limits)
    assert "9.999,00" in document.pages[0]
    assert "1.190,00" in document.pages[1]
    assert [note.en for note in document.notes] == [
        "the mail's HTML says something else than its plain text; both were read"
    ]


def test_a_letter_in_html_is_read_whatever_the_plain_text_says_of_html(limits: ReadingLimits) -> None:
    mail = a_mail("Ihr Programm zeigt kein HTML.")
    mail.add_alternative("<p>Bitte zahlen Sie 1.190,00 EUR</p>", subtype="html")
    document = read_mail(mail.as_bytes(), limits)
    assert "1.190,00" in "".join(document.pages)
    assert not document.notes


def test_html_beside_a_list_s_plain_footer_is_the_letter(limits: ReadingLimits) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Rechnung"
    mail.make_mixed()
    for text, subtype in (("<p>Gesamt 1.190,00 EUR</p>", "html"), ("Abmelden: liste@example.org", "plain")):
        part = EmailMessage()
        part.set_content(text, subtype=subtype)
        mail.attach(part)
    assert "Gesamt 1.190,00 EUR" in "".join(read_mail(mail.as_bytes(), limits).pages)


def test_a_charset_that_is_none_harms_nothing(limits: ReadingLimits) -> None:
    raw = b'Subject: x\r\nContent-Type: text/plain; charset="a\x00b"\r\n\r\nGesamt 12,00\r\n'
    assert "Gesamt 12,00" in "".join(read_mail(raw, limits).pages)


def test_html_alone_is_turned_to_text(limits: ReadingLimits) -> None:
    mail = a_mail(None)
    mail.set_content("<style>p {}</style><p>Betrag:&nbsp;<b>12,00&nbsp;&euro;</b></p>", subtype="html")
    assert read_mail(mail.as_bytes(), limits).pages[0].endswith("\nBetrag: 12,00 €")


def test_attached_pdfs_and_texts_are_further_pages(limits: ReadingLimits) -> None:
    mail = a_mail()
    pdf = letter(["Seite eins", "Seite zwei"])
    mail.add_attachment(pdf, maintype="application", subtype="octet-stream", filename="rechnung.pdf")
    mail.add_attachment("Anlage als Text", filename="anlage.txt")
    document = read_mail(mail.as_bytes(), limits)
    assert [page.strip() for page in document.pages[1:]] == ["Seite eins", "Seite zwei", "Anlage als Text"]
    assert document.notes == ()


def test_an_attached_e_invoice_is_read_as_pages_and_other_xml_is_named(limits: ReadingLimits) -> None:
    mail = a_mail()
    mail.add_attachment(ubl(INVOICE), maintype="application", subtype="xml", filename="xrechnung.xml")
    mail.add_attachment(b"<?xml version='1.0'?><other/>", maintype="text", subtype="xml", filename="other.xml")
    document = read_mail(mail.as_bytes(), limits)
    assert "Gross total: 1785.00" in document.pages[1]
    assert document.einvoice is None
    assert len(document.notes) == 1
    assert "other.xml" in document.notes[0].en


def test_of_an_attached_pdf_with_an_e_invoice_the_pages_are_read_and_without_text_it_is_named(
    limits: ReadingLimits,
) -> None:
    mail = a_mail()
    for name, text in (("a.pdf", "Gesamtbetrag 1.785,00"), ("b.pdf", "")):
        pdf = attached(letter([text]), cii(INVOICE))
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    document = read_mail(mail.as_bytes(), limits)
    assert document.einvoice is None
    assert [page.strip() for page in document.pages[1:]] == ["Gesamtbetrag 1.785,00"]
    assert [note.en for note in document.notes] == [
        "attachment b.pdf not read: its pages have no text; its e-invoice is read where it is handed in by itself"
    ]


def test_what_cannot_be_read_is_named(limits: ReadingLimits) -> None:
    mail = a_mail()
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="foto.jpg")
    mail.add_attachment(b"%PDF-1.7 cut off", maintype="application", subtype="pdf", filename="a.pdf")
    locked = encrypted(letter(["geheim"]), "geheim")
    mail.add_attachment(locked, maintype="application", subtype="pdf", filename="b.pdf")
    notes = read_mail(mail.as_bytes(), limits).notes
    assert [note.en.partition(" not read: ")[0] for note in notes] == [
        "attachment foto.jpg",
        "attachment a.pdf",
        "attachment b.pdf",
    ]
    assert "password" in notes[2].en
    assert notes[2].de == "Anhang b.pdf wurde nicht gelesen: die Datei verlangt ein Passwort"


def test_mails_inside_mails_are_read_three_deep(limits: ReadingLimits) -> None:
    mail = a_mail("Tiefe 4")
    for depth in (3, 2, 1):
        outer = a_mail(f"Tiefe {depth}")
        outer.add_attachment(mail)
        mail = outer
    document = read_mail(mail.as_bytes(), limits)
    assert [page.strip().splitlines()[-1] for page in document.pages] == ["Tiefe 1", "Tiefe 2", "Tiefe 3"]
    assert len(document.notes) == 1
    assert "mails inside mails" in document.notes[0].en


def test_a_name_of_any_length_and_any_bytes_can_be_noted(limits: ReadingLimits) -> None:
    content = (
        b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b\nContent-Type: image/jpeg\n"
        b'Content-Disposition: attachment; filename="\xff' + b"x" * 900 + b'"\n\n\xff\xd8\xff\n--b--\n'
    )
    (note,) = read_mail(content, limits).notes
    assert len(note.en) <= 400
    note.de.encode()


def test_attachments_beyond_the_fiftieth_are_counted(limits: ReadingLimits) -> None:
    mail = a_mail()
    for number in range(53):
        mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename=f"{number}.jpg")
    notes = read_mail(mail.as_bytes(), limits).notes
    assert len(notes) == 51
    assert notes[-1].en == "3 attachments beyond the first 50 not read"
    assert notes[-1].de == "3 Anhänge nach den ersten 50 wurden nicht gelesen"


def test_attachments_count_towards_the_pages_of_the_document(limits: ReadingLimits) -> None:
    mail = a_mail()
    for number in range(3):
        mail.add_attachment("Seite\f" * 20, filename=f"{number}.txt")
    with pytest.raises(IntakeError) as caught:
        read_mail(mail.as_bytes(), limits)
    assert caught.value.code is ErrorCode.DOCUMENT_TOO_LONG


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?utf-8?b?////?=\nFrom: <<>>@@\nDate: nie\n\nText",
        b"From: a@b\nContent-Type: text/plain; charset=nonsense\n\nText",
        b"From: a@b\nContent-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe Text",
        b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\nText without a boundary",
        b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nText\n",
        b"\nText without headers",
        b"Text without headers\nand more",
        b"To: " + b"(" * 2_000 + b"\n\nText",
    ],
)
def test_a_malformed_mail_is_read_as_far_as_it_goes(raw: bytes, limits: ReadingLimits) -> None:
    assert "Text" in "".join(read_mail(raw, limits).pages)


def test_a_mail_that_says_nothing_is_a_document_without_text(limits: ReadingLimits) -> None:
    with pytest.raises(IntakeError) as caught:
        read_mail(b"X-Mailer: none\n\n", limits)
    assert caught.value.code is ErrorCode.DOCUMENT_WITHOUT_TEXT


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>eins<p>zwei", "eins\nzwei"),
        ("eins<br>zwei", "eins\nzwei"),
        ("<table><tr><td>Netto</td><td>10,00</td></tr><tr><td>Brutto</td></tr></table>", "Netto\t10,00\n\nBrutto"),
        ("a &lt;b&gt; &auml; &#8364;", "a <b> ä €"),
        ("<script>x()</script><style>y</style>sichtbar", "sichtbar"),
        ("<head><title>Titel</title></head><body>sichtbar</body>", "sichtbar"),
        ("<!-- hidden --><b>halb <i>offen", "halb offen"),
        ("<div<div><<>>&#xFFFFFFFF;x", "x"),
    ],
)
def test_html_shows_its_text(markup: str, text: str) -> None:
    assert html_text(markup).text.endswith(text)
