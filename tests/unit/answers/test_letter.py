"""Who writes a letter, to whom, and who signs it, by where the names stand."""

import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.placed import Pages, Placed, column, letter_of, placed

from services.answers.letter import Party, is_above_address

FIRM = ("Dachdeckerei Hammer GmbH", "Gerüstweg 3", "10115 Berlin")
CUSTOMER = ("Wohnbau Süd eG", "Am Hang 12", "80333 München")
MAKER = ("Harbour Joinery Ltd", "5 Mill Lane", "York YO1 7HH")
CLIENT = ("Orchard Homes plc", "12 Station Road", "Leeds LS1 4AB")
RIGHT = 5_000


def said(party: Party | None) -> str | None:
    return party.verbatim if party else None


def parts(pages: Pages) -> tuple[str | None, str | None]:
    letter = letter_of(*pages)
    return said(letter.sender), said(letter.recipient)


@pytest.mark.parametrize(
    ("line", "sender", "other"),
    [
        ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", "Dachdeckerei Hammer GmbH", CUSTOMER),
        ("Dachdeckerei Hammer GmbH, Gerüstweg 3, 10115 Berlin", "Dachdeckerei Hammer GmbH", CUSTOMER),
        ("Harbour Joinery Ltd | 5 Mill Lane | York YO1 7HH", "Harbour Joinery Ltd", CLIENT),
    ],
)
def test_the_line_above_an_address_has_the_sender_and_the_address_the_recipient(
    line: str, sender: str, other: tuple[str, ...]
) -> None:
    assert parts(placed((line, 500, 1_000), *column(500, 1_240, *other))) == (sender, other[0])
    assert parts(placed((line, 500, 1_000), *column(500, 1_120, *other))) == (sender, other[0])


@pytest.mark.parametrize("occupation", ["Rechtsanwälte", "Steuerberater", "Zahnärzte"])
def test_what_somebody_does_is_no_sender(occupation: str) -> None:
    line = (f"{occupation} · Domstraße 47 · 17489 Greifswald", 500, 1_000)
    assert parts(placed(line, *column(500, 1_240, *CUSTOMER))) == (None, CUSTOMER[0])
    beside = column(RIGHT, 1_240, *FIRM)
    assert parts(placed(line, *column(500, 1_240, *CUSTOMER), *beside))[1] == CUSTOMER[0]


@pytest.mark.parametrize(("own", "other"), [(FIRM, CUSTOMER), (MAKER, CLIENT)])
def test_of_two_addresses_below_each_other_the_first_is_the_senders(
    own: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert parts(placed(*column(500, 300, *own), *column(500, 1_200, *other))) == (own[0], other[0])
    assert parts(placed(*column(RIGHT, 300, *own), *column(500, 1_200, *other))) == (own[0], other[0])


@pytest.mark.parametrize("top", [1_000, 1_120, 1_240, 880, 760])
@pytest.mark.parametrize(("own", "other"), [(FIRM, CUSTOMER), (MAKER, CLIENT)])
def test_of_two_addresses_beside_each_other_nothing_is_guessed(
    top: int, own: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert parts(placed(*column(500, 1_000, *other), *column(RIGHT, top, *own))) == (None, None)


FOOT = 7_000


@pytest.mark.parametrize(
    "line",
    [
        "Dachdeckerei Hammer GmbH, Gerüstweg 3, A-5101 Bergheim, Tel. +43 662 4581, FN 118820 d",
        "Dachdeckerei Hammer GmbH - Gerüstweg 3 - 4000 Liège - Tél. 04 555 17 30 - TVA BE 0418.627.353",
        "Dachdeckerei Hammer GmbH | Gerüstweg 3, 10115 Berlin | IBAN DE02 1203 0000 0000 2020 51",
        "Dachdeckerei Hammer GmbH, Gerüstweg 3, 10115 Berlin. Amtsgericht Berlin HRB 14402",
    ],
)
@pytest.mark.parametrize("top", [(), ("DACHDECKEREI", 500, 300)], ids=["nothing at the top", "its trade at the top"])
def test_who_names_himself_at_the_end_with_an_address_sends_and_the_address_at_the_top_receives(
    line: str, top: Placed | tuple[()]
) -> None:
    words = [*([top] if top else []), *column(500, 880, *CUSTOMER), (line, 500, FOOT)]
    assert parts(placed(*words)) == ("Dachdeckerei Hammer GmbH", "Wohnbau Süd eG")


def test_an_address_in_one_line_below_the_name_at_the_end_is_his_who_sends() -> None:
    foot = ("Dachdeckerei Hammer GmbH", "Gerüstweg 3, 10115 Berlin", "Amtsgericht Berlin HRB 14402, Tel. 030 1234")
    assert parts(placed(*column(500, 300, *CUSTOMER), *column(500, FOOT, *foot))) == (foot[0], CUSTOMER[0])


@pytest.mark.parametrize(
    "line",
    [
        "Sparkasse am Ring, Gerüstweg 3, 10115 Berlin, IBAN DE02 1203 0000 0000 2020 51",
        "Lieferung: Dachdeckerei Hammer GmbH, Gerüstweg 3, 10115 Berlin, Tel. 030 1234",
        "Dachdeckerei Hammer GmbH, Gerüstweg 3, 10115 Berlin",
        "Wohnbau Süd, Am Hang 12, 80333 München, HRB 1234",
        "Südbau Verwaltungs-GmbH, Am Hang 12, 80333 München, HRB 1234",
    ],
    ids=["a bank", "a delivery", "no word of a firm's foot", "the same name", "the same postcode"],
)
def test_other_names_at_the_end_leave_the_address_at_the_top_to_its_owner(line: str) -> None:
    assert parts(placed(*column(500, 880, *CUSTOMER), (line, 500, FOOT))) == ("Wohnbau Süd eG", None)


def test_two_labels_beside_each_other_name_nobody() -> None:
    page = placed(("Bill to:", 500, 880), ("SHIP TO:", RIGHT, 880), *column(500, 1_000, *CLIENT))
    assert parts(page)[1] == "Orchard Homes plc"


def test_an_address_may_be_indented_below_the_words_that_say_whose_it_is() -> None:
    recipient = letter_of(*placed(("Bill to", 500, 880), *column(620, 1_000, *CLIENT))).recipient
    assert recipient is not None
    assert (recipient.verbatim, recipient.is_labelled) == ("Orchard Homes plc", True)


@pytest.mark.parametrize("label", ["Bill to", "Prepared for", "Livré et facturé à :", "Kunde"])
def test_a_name_below_a_word_that_says_so_is_the_recipients_without_an_address(label: str) -> None:
    letter = letter_of(*placed(*column(500, 880, label, "Orchard Homes plc", "Rear gate")))
    assert letter.recipient is not None
    assert (letter.recipient.verbatim, letter.recipient.is_labelled) == ("Orchard Homes plc", True)


@pytest.mark.parametrize(
    "line", ["Kunde: Wohnbau Süd eG, Am Hang 12", "Bill To: Wohnbau Süd eG", "DOIT : Wohnbau Süd eG"]
)
def test_a_name_behind_a_word_that_says_so_is_the_recipients(line: str) -> None:
    assert parts(placed((line, 500, 880), ("Datum 5. Juni 2026", 500, 1_400)))[1] == "Wohnbau Süd eG"


def test_a_name_in_the_cell_beside_the_word_is_the_recipients() -> None:
    page = placed(("Firma:", 500, 880), ("Wohnbau Süd eG", 1_500, 880), ("Datum 5. Juni 2026", 500, 1_400))
    assert parts(page)[1] == "Wohnbau Süd eG"


def test_the_payment_part_of_a_swiss_bill_tells_both() -> None:
    own = column(500, 9_000, "Konto / Zahlbar an", "CH93 0076 2011 6238 5295 7", "Hammer Gartenbau AG")
    other = column(500, 9_500, "Zahlbar durch", "Wohnbau Süd eG", "8000 Zürich")
    assert parts(placed(("12.50", 500, 100), *own, *other)) == ("Hammer Gartenbau AG", "Wohnbau Süd eG")


@pytest.mark.parametrize("title", ["TAX INVOICE", "CREDIT NOTE", "Gutschrift", "Bon de commande"])
def test_a_title_at_the_top_is_no_sender(title: str) -> None:
    assert parts(placed((title, 500, 100), ("Seite 1", 500, 400)))[0] is None


@pytest.mark.parametrize(("name", "value"), [("Zahlbar bis", "16.5.2026"), ("Konto", "4711"), ("Qté", "Prix unitaire")])
def test_what_names_a_figure_or_is_short_is_no_recipient(name: str, value: str) -> None:
    page = placed(("Kunde", 500, 880), (name, 500, 1_000), (value, 1_800, 1_000))
    assert parts(page)[1] is None


@pytest.mark.parametrize(
    ("line", "firm"),
    [
        ("Fachübersetzungen Brodersen", "Fachübersetzungen Brodersen"),
        ("Rosalind Brodersen Editorial", "Rosalind Brodersen Editorial"),
        ("TISCHLEREI BRODERSEN", "TISCHLEREI BRODERSEN"),
        ("Inhaberin Ilka Brodersen", None),
        ("Kontoinhaber Brodersen", None),
        ("Ilka Brodersen", None),
        ("Frau Ilka Brodersen", None),
        ("Brodersen, Hafenstraße 3", None),
        ("wie mit Brodersen besprochen", None),
        ("Fachübersetzungen Broderson", None),
    ],
)
def test_a_firm_may_bear_its_owners_name(line: str, firm: str | None) -> None:
    letter = letter_of(*placed((line, 500, 880), ("Datum 5. Juni 2026", 500, 1_400)))
    assert said(letter.firm_of("Ilka Brodersen")) == firm
    assert letter_of(*placed(("Factoring GmbH", 500, 880))).firm_of("Lieferant GmbH") is None
    assert letter_of(*placed(("Acme Corp", 500, 880))).firm_of("Big Corp") is None


@pytest.mark.parametrize(
    ("line", "firm"),
    [
        ("Ilka Brodersen Illustration, Hafenstraße 3 Hinterhaus, 24103 Kiel", "Ilka Brodersen Illustration"),
        ("| Ilka Brodersen Illustration | Hafenstraße 3 | 24103 Kiel", "Ilka Brodersen Illustration"),
        ("Ilka Brodersen, Hafenstraße 3, 24103 Kiel", None),
        ("Gasthof Brodersen, Hafenstraße 3, 24103 Kiel", None),
        ("Textilhaus Meyer, Am Ilka Brodersen 3, 24103 Kiel", None),
    ],
)
def test_in_a_mail_a_firms_address_may_follow_its_owners_name(line: str, firm: str | None) -> None:
    mail = [("From: Ilka Brodersen <ilka@brodersen.example>", 500, 880), (line, 500, 1_400)]
    assert said(letter_of(*placed(*mail)).firm_of("Ilka Brodersen")) == firm
    assert letter_of(*placed((line, 500, 1_400))).firm_of("Ilka Brodersen") is None


def test_a_word_of_the_firm_in_the_domain_tells_whose_it_is() -> None:
    head = "From: Ida Brook <ida@brook-edits.example>\nTo: Tom Field <tom@fernlight.example>\n\nHi Tom"
    letter = letter_of([head], [])
    assert letter.is_mail
    assert letter.is_recipients_firm("Fernlight Press Ltd")
    assert not letter.is_recipients_firm("Brook Editing")
    assert not letter.is_recipients_firm("Orchard Homes plc")
    assert not letter_of(["Dear Tom"], []).is_mail


@pytest.mark.parametrize("label", ["Rechnungsadresse", "Rechnung an:", "Kunde", "Bill to:", "SOLD TO", "Customer"])
def test_a_word_above_an_address_says_that_it_is_the_recipients_wherever_it_stands(label: str) -> None:
    labelled = column(500, 880, label, *CUSTOMER)
    assert parts(placed(*labelled)) == (None, CUSTOMER[0])
    assert parts(placed(*labelled, *column(500, 1_600, *FIRM))) == (FIRM[0], CUSTOMER[0])
    assert parts(placed(*labelled, *column(RIGHT, 1_000, *FIRM))) == (FIRM[0], CUSTOMER[0])
    assert parts(placed(*column(500, 300, *FIRM), *labelled)) == (FIRM[0], CUSTOMER[0])


@pytest.mark.parametrize("label", ["Rechnungsersteller", "Bill from:", "Issued by", "Émetteur :", "Sold by"])
def test_a_word_above_a_name_says_that_it_is_the_senders(label: str) -> None:
    page = placed(*column(RIGHT, 1_000, label, "Harbour Joinery"), *column(500, 1_000, "Bill to:", "Anna Weber"))
    letter = letter_of(*page)
    assert (said(letter.sender), said(letter.recipient)) == ("Harbour Joinery", "Anna Weber")
    assert letter.sender is not None
    assert letter.sender.is_labelled


@pytest.mark.parametrize("word", ["Herrn", "Frau", "Herrn und Frau", "Herrn/Frau"])
def test_who_is_addressed_with_a_form_of_address_gets_the_letter(word: str) -> None:
    person = (word, "Max Mustermann", "Musterstr. 11", "12345 Musterstadt")
    assert parts(placed(*column(500, 1_000, *person), *column(500, 1_800, *FIRM))) == (FIRM[0], "Max Mustermann")
    assert parts(placed(*column(500, 1_000, *person), *column(RIGHT, 1_000, *FIRM))) == (FIRM[0], "Max Mustermann")


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("John Doe", "Acme Corp", *CLIENT[1:]), "Acme Corp"),
        (("John Doe", "c/o Acme Corp", *CLIENT[1:]), "John Doe"),
        (("Acme Corp", "Doe Ltd", *CLIENT[1:]), "Acme Corp"),
        (("Accounts Payable Team North", "Acme Corp", *CLIENT[1:]), "Accounts Payable Team North"),
    ],
)
def test_a_firm_below_a_persons_name_is_who_is_meant(lines: tuple[str, ...], name: str) -> None:
    assert parts(placed(*column(500, 880, "Bill to", *lines)))[1] == name
    assert parts(placed(*column(500, 880, "Bill to", *lines[:2])))[1] == name


def test_an_address_in_a_mail_is_its_senders_where_the_domain_says_so() -> None:
    mail = "From: Tallyboard Billing <billing@tallyboard.example>\nTo: accounts@kroeger.example\n\nHello,\n"
    own = "Tallyboard, Inc.\n548 Market Street\nSan Francisco, CA 94104"
    letter = letter_of([f"{mail.replace('Hello,', '')}{own}"], [])
    assert (said(letter.sender), said(letter.recipient)) == ("Tallyboard Billing", None)


@pytest.mark.parametrize("label", ["Adresse de l'installation", "Verbrauchsstelle:", "Service address"])
def test_where_something_is_installed_is_no_recipient(label: str) -> None:
    page = placed(("Hammer Dach", 3_000, 100), *column(500, 880, *CLIENT), *column(500, 1_600, label, *CUSTOMER[1:]))
    assert parts(page) == ("Hammer Dach", CLIENT[0])


@pytest.mark.parametrize("label", ["Lieferant:", "Käufer", "Supplier", "Buyer:"])
def test_a_buyer_may_send_or_receive_so_the_word_says_nothing_of_it(label: str) -> None:
    assert parts(placed(*column(500, 880, label, *CUSTOMER))) == (None, None)
    for other in (
        column(RIGHT, 880, "Bill to", *FIRM),
        column(500, 1_800, "Bill to", *FIRM),
        column(500, 1_800, *FIRM),
    ):
        assert parts(placed(*column(500, 880, label, *CUSTOMER), *other)) == (None, None)


@pytest.mark.parametrize(
    "label", ["Lieferadresse:", "Lieferung an", "Deliver to", "SHIP TO", "Patient", "Patient(in):", "Patient/in"]
)
def test_where_goods_go_and_whom_it_is_about_is_no_recipient(label: str) -> None:
    assert parts(placed(("Hammer Dach", 3_000, 100), *column(500, 880, label, *CUSTOMER)))[1] is None


@pytest.mark.parametrize("line", ["Herrn", "Frau", "Firma", "An", "Persönlich", "Private and confidential"])
def test_words_above_a_name_are_none(line: str) -> None:
    page = placed(("Hammer Dach", 3_000, 100), *column(500, 1_000, line, *CUSTOMER))
    assert parts(page) == ("Hammer Dach", CUSTOMER[0])
    assert is_above_address(line)
    assert not is_above_address(CUSTOMER[0])


@pytest.mark.parametrize("top", ["Dachdeckerei Hammer", "Harbour Joinery Limited"])
def test_with_one_address_the_letterhead_is_the_senders(top: str) -> None:
    letter = letter_of(*placed((top, 3_000, 100), *column(500, 1_000, *CLIENT)))
    assert (said(letter.sender), said(letter.recipient)) == (top, CLIENT[0])
    assert letter.sender is not None
    assert letter.sender.is_letterhead


@pytest.mark.parametrize("top", ["Hammer", "Tel. 030 123456", "www.hammer.example/de", "Bill to", "a b c d e f g h i"])
def test_a_letterhead_is_a_few_words_without_figures(top: str) -> None:
    assert letter_of(*placed((top, 3_000, 100), *column(500, 1_000, *CLIENT))).sender is None


def test_large_letters_stand_lower_than_small_ones_beside_them() -> None:
    assert parts(placed(("Az: 61/0143", RIGHT, 100), ("Gemeinde Unterlinden", 500, 140)))[0] == "Gemeinde Unterlinden"
    assert parts(placed(("TAX INVOICE", RIGHT, 100), ("Hammer Dach", 500, 140)))[0] == "Hammer Dach"
    assert parts(placed(("Az: 61/0143", RIGHT, 100), ("Gemeinde Unterlinden", 500, 220)))[0] is None


def test_one_address_at_the_top_is_the_senders_own_unless_something_stands_beside_it() -> None:
    assert parts(placed(*column(500, 100, *FIRM), ("Guten Tag", 500, 2_000))) == (FIRM[0], None)
    beside = [("Anna Weber", 500, 100), *column(RIGHT, 100, *FIRM)]
    assert parts(placed(*beside)) == ("Anna Weber", FIRM[0])


@pytest.mark.parametrize("label", ["Facturé à", "FACTURÉ À", "Rechnung an", "Bill to"])
def test_one_address_beside_a_name_below_the_recipients_word_is_the_senders(label: str) -> None:
    beside = [(label, RIGHT, 40), *column(500, 100, *FIRM), *column(RIGHT, 160, "Orchard Homes plc", "Kermor Lane")]
    assert parts(placed(*beside)) == (FIRM[0], "Orchard Homes plc")
    below = [(label, 500, 40), *column(500, 160, *FIRM), *column(RIGHT, 160, "Orchard Homes plc", "Kermor Lane")]
    assert parts(placed(*below))[1] == FIRM[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("From: Anna Weber <a@b.example>", "To: Ida Brook <i@b.example>"), ("Anna Weber", "Ida Brook")),
        (("Von: Hammer GmbH", "An: Wohnbau Süd eG"), ("Hammer GmbH", "Wohnbau Süd eG")),
        (("From: <a@b.example>", "To: o@b.example"), (None, None)),
        (("De : 8h à 12h, contact@roux.example", "À : rappeler <depot@roux.example>"), (None, None)),
    ],
)  # fmt: skip
def test_a_mails_head_says_both(lines: tuple[str, ...], expected: tuple[str | None, str | None]) -> None:
    assert parts((["\n".join(lines)], [])) == expected


def printed(who: str, mailbox: str, *, below: str) -> Pages:
    """Give the head of a mail as it is printed: above it who printed it, below it another of its lines."""
    return placed(("Ida Brook", 500, 100), (who, 500, 220), (mailbox, 1_500, 220), (below, 500, 340))


@pytest.mark.parametrize(("who", "below"), [("Von:", "Betreff:"), ("From:", "Subject:"), ("De :", "Objet :")])
def test_a_printed_mails_head_has_its_sender_beside_the_word_and_above_it_who_printed_it(who: str, below: str) -> None:
    page = printed(who, "Anna Weber <anna@weber-bau.example>", below=below)
    assert parts(page)[0] == "Anna Weber"
    assert letter_of(*page).is_mail


@pytest.mark.parametrize(
    ("mailbox", "below"),
    [
        ("Druckdienst <noreply@druck.example>", "Rechnung 4711"),
        ("12.05.2026 booking@portal.example", "Betreff: Buchung"),
        ("Mo 12.05. (Anfrage an info@linde.example)", "Betreff: Buchung"),
        ("12.05.2026", "Betreff: Buchung"),
    ],
)
def test_what_stands_beside_such_a_word_elsewhere_makes_no_mail(mailbox: str, below: str) -> None:
    page = printed("Von:", mailbox, below=below)
    assert parts(page)[0] == "Ida Brook"
    assert not letter_of(*page).is_mail


def test_the_first_head_of_a_mail_is_its_own_and_not_that_of_a_quoted_one() -> None:
    head = [("Von:", 500, 220), ("Anna Weber <a@b.example>", 1_500, 220), ("Betreff:", 500, 340)]
    page = placed(("Jan Kern", 500, 100), *head, ("Von: Ida Brook <i@b.example>", 500, 900))
    assert parts(page)[0] == "Anna Weber"


@pytest.mark.parametrize("greeting", ["Sehr geehrte Damen und Herren,", "Dear Sir or Madam,"])
def test_below_the_salutation_no_address_is_looked_for(greeting: str) -> None:
    page = placed((greeting, 500, 500), *column(500, 1_000, *FIRM), *column(500, 2_000, *CUSTOMER))
    assert parts(page) == (None, None)


@pytest.mark.parametrize(
    ("closing", "lines", "name"),
    [
        ("Mit freundlichen Grüßen", ("i. A. Anna Weber",), "Anna Weber"),
        ("Mit kollegialen Grüßen", ("Dr. med. Jan Kern", "Chefarzt"), "Dr. med. Jan Kern"),
        ("Im Auftrag", ("gez. Jan Kern",), "Jan Kern"),
        ("Yours sincerely,", ("Ida Brook, Manager",), "Ida Brook"),
        ("Kind regards", ("Signed: Ida Brook",), "Ida Brook"),
        ("Yours faithfully", ("Harbour Joinery Ltd", "Ida Brook"), "Ida Brook"),
        ("Mit freundlichen Grüßen", ("Tel. 030 123456", "Anna Weber"), "Anna Weber"),
        ("Mit freundlichen Grüßen", ("Weber",), None),
        ("Mit freundlichen Grüßen an alle", ("Anna Weber",), None),
    ],
)
def test_who_signs_stands_below_the_closing_formula(closing: str, lines: tuple[str, ...], name: str | None) -> None:
    assert said(letter_of(*placed(*column(500, 5_000, closing, "", *lines))).signatory) == name


def test_of_two_who_sign_beside_each_other_the_one_below_the_formula_is_meant() -> None:
    page = placed(
        ("Grüße an alle", 500, 100), *column(500, 5_000, "Freundliche Grüße", "Anna Weber"), ("X Y", RIGHT, 5_120)
    )
    assert [party.verbatim for party in letter_of(*page).signed] == ["Anna Weber"]


def test_the_last_page_signs() -> None:
    pages = [placed(*column(500, 5_000, "Kind regards", name)) for name in ("Ida Brook", "Tom Field")]
    letter = letter_of([page[0][0] for page in pages], [page[1][0] for page in pages])
    assert letter.signatory is not None
    assert (letter.signatory.verbatim, letter.signatory.page) == ("Tom Field", 2)


def test_a_party_says_where_it_stands() -> None:
    page = placed(*column(500, 100, *FIRM), *column(500, 1_000, *CUSTOMER))
    party = letter_of(*page).recipient
    assert party is not None
    assert page[0][party.page - 1][party.char_start : party.char_end] == party.verbatim == CUSTOMER[0]


LINES = st.sampled_from(
    [*FIRM, *CLIENT, "Bill to:", "Lieferadresse", "·", " · ", "From: A B", "An:", "Kind regards", "i. A.", "Herrn"]
)
WORDS = st.tuples(LINES, st.integers(-50, 6_000), st.integers(-50, 6_000))


@given(st.lists(WORDS, max_size=30))
def test_any_page_has_parties_that_stand_on_it_or_none(words: list[Placed]) -> None:
    page = placed(*words)
    letter = letter_of(*page)
    for party in filter(None, (letter.sender, letter.recipient, *letter.signed)):
        assert page[0][0][party.char_start : party.char_end] == party.verbatim


@given(st.lists(st.text(max_size=200), max_size=3))
def test_any_text_has_parties_or_none(pages: list[str]) -> None:
    letter = letter_of(pages, [])
    assert all(party is None or party.verbatim for party in (letter.sender, letter.recipient, letter.signatory))


def test_a_page_of_nothing_but_the_word_above_a_name_takes_no_longer_than_it_is() -> None:
    started = time.process_time()
    letter = letter_of(["Kunde\n4711 4712 4713 Zimmer\n" * 20_000], [])
    assert letter.recipient is None
    assert time.process_time() - started < 10


def test_an_empty_line_may_stand_above_the_town() -> None:
    street = [("Otto Raffzahn", 3_000, 300), *column(500, 1_000, "Frau", "Else Mittellos", "Finsterweg 12")]
    assert parts(placed(*street, ("93456 Tiefeschlucht", 500, 1_500)))[1] == "Else Mittellos"
    assert parts(placed(*street, ("93456 Tiefeschlucht", 500, 1_600)))[1] is None  # two


def test_the_senders_line_may_be_indented() -> None:
    line = ("Tischlerei Overkamp · Lange Straße 55 · 49078 Osnabrück", 300, 1_000)
    assert parts(placed(line, *column(500, 1_240, *CUSTOMER))) == ("Tischlerei Overkamp", CUSTOMER[0])


def test_an_owner_is_not_the_firm_that_a_name_is_short_for() -> None:
    letter = letter_of(*placed(("Druckerei Hollerbach", 0, 100), ("Inh. Matthias Hollerbach e. K.", 0, 7_000)))
    assert letter.registered("Druckerei Hollerbach") is None


def test_of_two_addresses_beside_each_other_the_one_whose_name_stands_in_the_foot_is_the_senders() -> None:
    garage = column(
        500, 1_000, "Garage des Trois Ponts", "Sébastien Mercadier", "48 avenue de Toulouse", "81100 Castres"
    )
    other = column(
        RIGHT, 1_000, "SARL Plomberie Cabanel", "Jérôme Cabanel", "7 rue de la Fontaine", "81290 Labruguière"
    )
    foot = ("Entreprise individuelle Sébastien Mercadier EI, SIRET 820 461 937", 500, 7_000)
    assert parts(placed(*garage, *other, foot)) == ("Garage des Trois Ponts", "SARL Plomberie Cabanel")
    assert parts(placed(*garage, *other)) == (None, None)


def test_whose_address_stands_below_the_senders_line_is_in_the_window() -> None:
    line = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    recipient = letter_of(*placed(line, *column(500, 1_240, *CUSTOMER))).recipient
    assert recipient is not None
    assert recipient.is_in_window


def test_a_senders_line_in_small_letters_stands_as_far_above_as_the_window_is_high() -> None:
    line = "Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin"
    assert parts(placed((line, 500, 1_000), *column(500, 1_500, *CUSTOMER), size=75)) == (FIRM[0], CUSTOMER[0])
    assert parts(placed((line, 500, 1_000), *column(500, 1_550, *CUSTOMER), size=75))[0] != FIRM[0]


@pytest.mark.parametrize("top", [1_120, 1_240], ids=["right below it", "apart"])
def test_a_senders_line_may_have_gaps(top: int) -> None:
    line = (("Dachdeckerei Hammer GmbH,", 500, 1_000), ("Gerüstweg 3", 2_300, 1_000), ("10115 Berlin", 3_500, 1_000))
    assert parts(placed(*line, *column(500, top, *CUSTOMER))) == (FIRM[0], CUSTOMER[0])


@pytest.mark.parametrize("word", ["To:", "An:", "À :"])
def test_a_word_above_a_name_that_says_to_whom_is_none(word: str) -> None:
    page = placed(
        ("Ashbourne Eye Hospital", RIGHT, 100), *column(500, 800, word, "Dr. Ida Brook", "Mill Surgery", *CLIENT[1:])
    )
    letter = letter_of(*page)
    assert said(letter.recipient) == "Dr. Ida Brook"
    assert letter.recipient is not None
    assert letter.recipient.is_labelled


def test_the_senders_own_address_above_the_recipients_is_not_whom_it_is_written_to() -> None:
    page = placed(
        *column(RIGHT, 300, *FIRM),
        ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
        *column(500, 1_240, *CUSTOMER),
    )
    assert parts(page) == (FIRM[0], CUSTOMER[0])


def test_the_foot_may_have_the_senders_address_in_a_column() -> None:
    foot = column(500, FOOT, FIRM[0], "Inh. Jana Hammer", *FIRM[1:])
    page = placed(*column(500, 880, *CUSTOMER), *foot, ("HRB 14402", RIGHT, FOOT + 360))
    assert parts(page) == (FIRM[0], CUSTOMER[0])
    beside = placed(*column(500, 880, *FIRM), *column(RIGHT, 880, *CUSTOMER), *foot, ("HRB 14402", RIGHT, FOOT + 360))
    assert parts(beside) == (FIRM[0], CUSTOMER[0])


def test_lines_of_an_address_may_end_at_one_edge() -> None:
    own = [(line, 9_000 - 50 * len(line), 880 + 120 * number) for number, line in enumerate(FIRM)]
    foot = ("Dachdeckerei Hammer GmbH, Geschäftsführerin Jana Hammer", 500, FOOT)
    assert parts(placed(*own, *column(500, 880, *CUSTOMER), foot)) == (FIRM[0], CUSTOMER[0])


def test_a_line_above_an_address_says_that_it_is_where_goods_go() -> None:
    page = placed(
        ("Adresse de livraison", 500, 800),
        ("Adresse de facturation", RIGHT, 800),
        *column(500, 1_000, "Point relais Nord", "Am Hang 12", "80333 München"),
        *column(RIGHT, 1_000, *CUSTOMER),
    )
    assert parts(page)[1] == CUSTOMER[0]


def test_an_address_that_words_say_is_the_senders_is_not_the_recipients() -> None:
    page = placed(("Invoice 17", 3_000, 300), ("Service Provider:", 500, 880), *column(500, 1_000, *MAKER))
    assert parts(page) == (MAKER[0], None)


def test_in_a_form_the_name_stands_behind_the_word_for_it() -> None:
    page = placed(
        ("Client", 500, 880), ("Name:", 500, 1_000), ("Orchard Homes plc", 1_500, 1_000), ("City:", 500, 1_120)
    )
    assert parts(page)[1] == "Orchard Homes plc"


def test_a_remark_in_brackets_is_no_name() -> None:
    page = placed(("Sold by", 500, 880), *column(500, 1_000, "(no cash payments)", *MAKER))
    assert parts(page)[0] == MAKER[0]


def test_a_firms_owner_is_not_the_firm_that_bears_his_name() -> None:
    letter = letter_of(*placed(*column(500, 880, "Atelier Quandt", "Inh. Rieke Quandt")))
    assert letter.firm_of("Atelier Quandt") is None


def test_of_two_addresses_that_overlap_or_not_the_one_with_the_issuers_register_is_the_senders() -> None:
    own = [*column(RIGHT, 1_300, *FIRM), ("Steuernr. 17/285/04419", RIGHT, 1_700)]
    assert parts(placed(*column(500, 880, *CUSTOMER), *own)) == (FIRM[0], CUSTOMER[0])


@pytest.mark.parametrize("before", ["Return to: ", "If undelivered, please return to: ", "Abs.: ", "Absender: "])
def test_words_before_the_senders_line_are_no_name(before: str) -> None:
    line = (f"{before}Harbour Joinery Ltd, 5 Mill Lane, York YO1 7HH", 500, 1_000)
    assert parts(placed(line, *column(500, 1_120, *CLIENT))) == (MAKER[0], CLIENT[0])


@pytest.mark.parametrize("head", ["Adresse", "Kontakt:", "Contact"])
def test_the_head_of_a_column_is_no_name(head: str) -> None:
    foot = column(500, FOOT, head, *FIRM)
    assert parts(placed(*column(500, 880, *CUSTOMER), *foot, ("HRB 14402", RIGHT, FOOT)))[0] == FIRM[0]


def test_two_surnames_are_no_person_whose_firm_stands_below() -> None:
    page = placed(*column(500, 300, "Brook & Field", "Rechtsanwälte OG", "Am Hang 12", "80333 München"))
    assert parts(page)[0] == "Brook & Field"


def test_a_family_is_addressed_by_a_word_above_its_name() -> None:
    page = placed(("Gasthof", 3_000, 100), *column(500, 880, "A N", "Familie", "Ida und Jan Brook", *CUSTOMER[1:]))
    assert parts(page)[1] == "Ida und Jan Brook"


@pytest.mark.parametrize("behind", [" TelNr: 030/5550100", ", Tel. 030 5550100", " · E-Mail: x@hammer.example"])
def test_a_telephone_may_stand_behind_the_senders_line(behind: str) -> None:
    line = f"Dachdeckerei Hammer GmbH, Gerüstweg 3, 10115 Berlin{behind}"
    assert parts(placed((line, 500, 1_000), *column(500, 1_400, *CUSTOMER))) == (FIRM[0], CUSTOMER[0])


def test_a_senders_line_may_be_broken_in_two() -> None:
    broken = column(500, 1_000, "Dachdeckerei Hammer GmbH · Gerüstweg 3 ·", "10115 Berlin")
    assert parts(placed(*broken, *column(500, 1_400, *CUSTOMER))) == (FIRM[0], CUSTOMER[0])
    below_the_name = column(500, 1_000, FIRM[0], "Meisterbetrieb · Dächer · Gerüste ·", "Gerüstweg 3 · 10115 Berlin")
    assert parts(placed(*below_the_name, *column(500, 1_600, *CUSTOMER))) == (FIRM[0], CUSTOMER[0])


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("Frau", "Mag. Ida Brook", "Alpenverein Mühltal", "Am Hang 12", "80333 München"), "Alpenverein Mühltal"),
        (("Herrn", "Dr. Kurt Brook", "Haus Abendrot", "Am Hang 12", "80333 München"), "Dr. Kurt Brook"),
        (("Herrn", "Dr. Kurt Brook", "bei Familie Anna Weber", "Am Hang 12", "80333 München"), "Dr. Kurt Brook"),
        (("Frau", "Mag. Ida Brook", "Am Hang 12", "80333 München"), "Mag. Ida Brook"),
        (("Frau", "Dr. Ida Brook", "Fachärztin für Orthopädie", "Am Hang 12", "80333 München"), "Dr. Ida Brook"),
        (("Frau", "Notarin", "Dr. Ida Brook", "Am Hang 12", "80333 München"), "Dr. Ida Brook"),
        (("Frau", "Ida Brook", "Alpenverein Mühltal", "Am Hang 12", "80333 München"), "Ida Brook"),
        (("Mag. Ida Brook", "Alpenverein Mühltal", "Am Hang 12", "80333 München"), "Mag. Ida Brook"),
    ],
)
def test_below_a_person_with_a_title_who_is_addressed_stands_who_is_meant(lines: tuple[str, ...], name: str) -> None:
    sender = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    assert parts(placed(sender, *column(500, 1_240, *lines)))[1] == name


@pytest.mark.parametrize("label", ["Rechnungsempfänger", "Bill to", "Destinataire"])
def test_a_name_with_its_address_beside_the_word_is_the_recipients(label: str) -> None:
    beside = (label, 500, 1_000), ("Wohnbau Süd, Am Hang 12, 80333 München", 2_000, 1_000)
    assert parts(placed(*beside))[1] == "Wohnbau Süd"
    assert parts(placed((label, 500, 1_000), ("Ihr Zeichen, Datum", 2_000, 1_000)))[1] is None


def test_a_legal_form_in_capitals_is_no_surname() -> None:
    letter = letter_of(*placed(*column(500, 300, "HAMMER GMBH", "WOHNBAU SÜD GMBH")))
    assert letter.firm_of("HAMMER GMBH") is None


def test_where_one_is_called_buyer_and_another_seller_both_are_known() -> None:
    buyer, seller = column(500, 880, "Buyer", *CUSTOMER), column(RIGHT, 880, "Seller", *FIRM)
    assert parts(placed(*buyer, *seller)) == (FIRM[0], CUSTOMER[0])
    assert parts(placed(*column(500, 880, "Käufer", *CUSTOMER), *column(RIGHT, 880, "Verkäufer", *FIRM))) == (
        FIRM[0],
        CUSTOMER[0],
    )


@pytest.mark.parametrize(("label", "at"), [("FROM", 0), ("Absender", 0), ("Billing", 1), ("Facturation", 1)])
def test_short_heads_say_whose_name_stands_below(label: str, at: int) -> None:
    assert parts(placed(("INVOICE", 500, 300), *column(500, 880, label, "Harbour Joinery Ltd")))[at] == MAKER[0]


@pytest.mark.parametrize("label", ["Livraison", "Shipping"])
def test_a_short_head_says_where_goods_go(label: str) -> None:
    assert parts(placed(("Hammer Dach", 3_000, 100), *column(500, 880, label, *CUSTOMER)))[1] is None


def test_a_name_may_end_below_the_end_of_the_word_for_it() -> None:
    name, label = "Orchard Homes plc", "BILL TO"
    right = 4_000
    words = ((label, right - 50 * len(label), 500), (name, right - 50 * len(name), 620))
    assert parts(placed(("INVOICE", 500, 300), *words))[1] == name


def test_a_date_below_its_own_head_does_not_make_a_name_the_word_for_it() -> None:
    heads = ("BILL TO", 2_000, 500), ("DATE", 4_000, 500)
    below = ("Orchard Homes plc", 2_000, 620), ("6.5.2026", 4_000, 620)
    assert parts(placed(("INVOICE", 500, 300), *heads, *below))[1] == "Orchard Homes plc"
    assert parts(placed(("INVOICE", 500, 300), heads[0], *below))[1] is None


@pytest.mark.parametrize(
    "below",
    ["Rechnungsdatum", "Leistungszeitraum von", "Invoice date", "Kundennummer", "DATE D'ÉMISSION", "Lieferadresse:"],
)
def test_the_next_entry_of_a_form_is_no_name_below_the_word_for_it(below: str) -> None:
    entries = ("Absender", 500, 880), ("Belegungsbüro", 3_000, 880), (below, 500, 1_000), ("2026-04-22", 3_000, 1_000)
    assert parts(placed(("Haus Lioba", 3_000, 100), *entries))[0] != below.strip(":")
    for name in ("Harbour Joinery Ltd", "Jugendprojekt Dahlem"):
        assert parts(placed(*entries[:1], (name, 500, 1_000)))[0] == name


def test_the_head_of_a_date_is_no_name() -> None:
    assert parts(placed(("INVOICE", 500, 300), *column(3_000, 600, "DATE", "May 6, 2026", "2026 DUE")))[1] != "DATE"


def test_a_legal_form_alone_on_a_line_is_no_firm_below_a_person() -> None:
    lines = ("Orchard Homes", "Corp.", "12 Station Road", "Leeds LS1 4AB")
    assert parts(placed(("Harbour Joinery", 3_000, 100), *column(500, 880, "Bill to", *lines)))[1] == "Orchard Homes"


def test_what_stands_far_below_a_recipient_is_the_letter_s_and_names_no_issuer() -> None:
    window = column(0, 1_000, "Beispiel Maschinenbau GmbH", "Lindenweg 3", "80331 München")
    head = column(0, 1_700, "Rechnung", "Rechnungsnummer: RE-1", "Steuer-Nr. 12/345/67890")
    sender = column(3_000, 1_000, "Muster Webdesign GmbH", "Hauptstr. 5", "10115 Berlin")
    found = letter_of(*placed(*window, *head, *sender))
    assert not found.imprint.has("Beispiel Maschinenbau GmbH")
    close = letter_of(
        *placed(*column(0, 1_000, "Beispiel Maschinenbau GmbH", "Lindenweg 3", "Steuer-Nr. 12/345/67890"))
    )
    assert close.imprint.has("Beispiel Maschinenbau GmbH")


@pytest.mark.parametrize("label", ["Sold to:", "Rechnung an:", "Facturé à :"])
def test_a_word_beside_an_address_says_whose_it_is(label: str) -> None:
    other = column(3_000, 100, "Harbour Joinery Ltd", "5 Mill Lane", "York YO1 7HH")
    own = column(1_200, 100, "Orchard Homes plc", "12 Station Road", "Leeds LS1 4AB")
    assert parts(placed((label, 500, 100), *own, *other)) == ("Harbour Joinery Ltd", "Orchard Homes plc")
    assert parts(placed(("Bill to", 500, 100), *own, *other)) == (None, None)  # the head of another column


@pytest.mark.parametrize("street", ["12 Station Street", "12 rue des Lilas", "Accounts, Mill House, 4 Wharf"])
def test_a_street_below_the_word_for_a_name_is_none(street: str) -> None:
    assert parts(placed(*column(500, 1_000, "Billing address:", street, "Ferndale")))[1] is None
    block = column(500, 1_000, "Billing address:", "WEG Ringstraße 41", "Ferndale")
    assert parts(placed(*block))[1] == "WEG Ringstraße 41"


def test_a_senders_line_that_parts_the_words_of_a_name_has_none() -> None:
    line = ("Kurt · Hammer · Gerüstweg 3 · 10115 · Berlin", 500, 1_000)
    page = placed(line, *column(500, 1_240, *CUSTOMER), *column(500, FOOT, *FIRM, "HRB 4711"))
    assert parts(page) == (FIRM[0], CUSTOMER[0])


def test_the_firm_below_its_logo_is_meant() -> None:
    own = ("Hammer & Co Gruppe", *FIRM)
    assert parts(placed(*column(500, 300, *own), *column(500, 1_200, *CUSTOMER))) == ("Hammer & Co Gruppe", CUSTOMER[0])
    own = ("Harbour & Mill Group", *MAKER)
    assert parts(placed(*column(500, 300, *own), *column(500, 1_200, *CLIENT))) == (MAKER[0], CLIENT[0])


def test_where_words_tell_the_recipients_address_another_one_is_the_senders() -> None:
    other = column(500, 3_000, "Billing address", "Ida Brook", "27 Strand Road", "IE", "Sligo")
    page = placed(("INVOICE", RIGHT, 100), *column(500, 300, *MAKER), *other)
    assert parts(page) == (MAKER[0], "Ida Brook")


def test_a_name_is_found_whatever_spaces_it_is_written_with() -> None:
    page = placed(*column(500, 4_000, "Mit freundlichen Grüßen", "Dr. Anna Weber", "Chefärztin, Klinik am Ring"))
    page[0][0] = page[0][0].replace("Dr. Anna Weber", "Dr.\u00a0Anna\u00a0Weber")
    assert [party.verbatim for party in letter_of(*page).signed] == ["Dr.\u00a0Anna\u00a0Weber"]


HOLDER = "Kontoinhaber: Druckerei Hollerbach GmbH"
PRINTER = ("Druckerei Hollerbach GmbH", "Gartenweg 5", "50667 Köln")


@pytest.mark.parametrize("holder", [HOLDER, "Account Name: DRUCKEREI HOLLERBACH GMBH", "Zahlbar an Druckerei Süd AG."])
def test_the_address_at_the_top_is_whose_who_pays_where_the_account_is_anothers(holder: str) -> None:
    pages = placed(*column(500, 100, *CUSTOMER), (holder, 500, 6_000))
    name = re.sub("^(?:.*: |Zahlbar an )", "", holder).removesuffix(".")
    assert parts(pages) == (name, CUSTOMER[0])
    sender = letter_of(*pages).sender
    assert sender
    assert pages[0][sender.page - 1][sender.char_start : sender.char_end] == name


@pytest.mark.parametrize(
    "lines",
    [
        ("Danke",),
        (f"Kontoinhaber: {CUSTOMER[0]}",),
        ("Kontoinhaber: Wohnbau GmbH",),
        ("Kontoinhaber: Adam Kern",),
        ("Account name: Kern Bank plc",),
        (HOLDER, "Kontoinhaber: Bäckerei Kern GmbH"),
        ("Wir buchen den Betrag ab.", HOLDER),
        ("SEPA-Lastschriftmandat", HOLDER),
        ("We refund the amount.", "Account name: Kern Ltd"),
        ("Kontoinhaber: siehe Rückseite der AG",),
        ("The beneficiary of the guarantee may claim against Kern Ltd",),
        ("Kontoinhaber: Anna Weber  Steuerberater: Roth Treuhand GmbH",),
        ("Rechnung an: Bäckerei Kern GmbH", "Kontoinhaber: Bäckerei Kern GmbH"),
    ],
)
def test_else_it_is_the_senders(lines: Sequence[str]) -> None:
    pages = placed(*column(500, 100, *CUSTOMER), *column(500, 6_000, *lines))
    assert parts(pages)[0] == CUSTOMER[0]


def test_who_names_himself_at_the_foot_sends_it_whoever_is_paid() -> None:
    own = ("Malerei Sonnenberg GmbH", "Am Hang 12", "80333 München")
    pages = placed(*column(500, 100, *own), *column(500, 6_000, HOLDER, f"{own[0]}, HRB 1234"))
    assert parts(pages) == (own[0], None)


@pytest.mark.parametrize("holder", ["Kontoinhaber: abcfinance GmbH", "Kontoinhaber: Abcfinance GmbH", HOLDER])
def test_of_two_addresses_none_gives_way_to_an_accounts_holder(holder: str) -> None:
    """A firm may have sold its claim, and a lawyer collects another's."""
    pages = placed(*column(3_000, 100, *PRINTER), *column(500, 1_000, *CUSTOMER), (holder, 500, 6_000))
    assert parts(pages) == (PRINTER[0], CUSTOMER[0])


def test_of_two_addresses_the_one_whose_name_is_the_letterhead_is_the_senders() -> None:
    buyer = column(420, 1_700, "Beat Oberholzer", "Bahnhofstrasse 64", "9000 St. Gallen")
    own = column(420, 2_610, "Seegrund Bootswerft AG", "Hafenweg 5", "9326 Horn")
    top = ("SEEGRUND BOOTSWERFT AG", 4_200, 400)
    assert parts(placed(top, *buyer, *own)) == ("Seegrund Bootswerft AG", "Beat Oberholzer")
    assert parts(placed(*buyer, *own)) == ("Beat Oberholzer", "Seegrund Bootswerft AG"), "the first one sends"
    first = column(420, 1_700, "Seegrund Bootswerft AG", "Hafenweg 5", "9326 Horn")
    second = column(420, 2_610, "Beat Oberholzer", "Bahnhofstrasse 64", "9000 St. Gallen")
    called = ("Beat Oberholzer", 4_200, 400)
    assert parts(placed(called, *first, *second)) == ("Seegrund Bootswerft AG", "Beat Oberholzer"), "no firm"
