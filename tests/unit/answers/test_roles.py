"""Names by the part that their bearers have in a letter; a right one is never replaced."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.placed import Pages, Placed, a_type, answered, column, field, letter_of, placed, values

from schemas.document_types import DocumentType, Kind, Role
from schemas.events import FindingKind
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.letter import Letter, Party
from services.answers.review import review
from services.answers.roles import by_roles, is_name_of, party_of
from services.answers.surroundings import Surroundings

BILL = a_type(
    field("seller", Kind.NAME, "Verkäufer", "Seller", role=Role.SENDER, is_party=True),
    field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.RECIPIENT, is_party=True),
    field("clerk", Kind.NAME, "Bearbeiter", "Clerk", role=Role.SIGNATORY),
    field("bank", Kind.NAME, "Bank", "Bank"),
    headings=("Rechnung", "Invoice"),
)
COMPLAINT = a_type(field("complainant", Kind.NAME, "Kunde", "Customer", role=Role.SENDER), name="complaint")
GERMAN = placed(
    ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
    *column(500, 1_240, "Wohnbau Süd eG", "Frau Ida Brook", "Am Hang 12", "80333 München"),
    *column(500, 4_000, "Mit freundlichen Grüßen", "Anna Weber", "Bank am Ring"),
)
ENGLISH = placed(
    *column(500, 300, "Harbour Joinery Ltd", "5 Mill Lane", "York YO1 7HH"),
    *column(500, 1_240, "Orchard Homes plc", "12 Station Road", "Leeds LS1 4AB"),
    *column(500, 4_000, "Yours sincerely", "Tom Field"),
)
PARTIES = {
    "de": ("Dachdeckerei Hammer GmbH", "Wohnbau Süd eG", "Anna Weber"),
    "en": ("Harbour Joinery Ltd", "Orchard Homes plc", "Tom Field"),
}
LETTERS = {"de": GERMAN, "en": ENGLISH}


def decided(page: Pages, kind: DocumentType = BILL, **copied: str) -> dict[str, str | None]:
    read = check_answer(kind, copied, page[0], "de", Surroundings(*page))
    return values(by_roles(kind, read, letter_of(*page)))


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_was_not_copied_or_stands_nowhere_is_filled_by_place(language: str) -> None:
    expected = dict(zip(("seller", "buyer", "clerk"), PARTIES[language], strict=True))
    assert decided(LETTERS[language]) == expected
    assert decided(LETTERS[language], seller="Nirgends AG", buyer="Nowhere Ltd", clerk="Nemo Niemand") == expected


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_name_of_another_part_is_replaced(language: str) -> None:
    seller, buyer, clerk = PARTIES[language]
    expected = {"seller": seller, "buyer": buyer, "clerk": clerk}
    assert decided(LETTERS[language], seller=buyer, buyer=seller, clerk=clerk) == expected
    assert decided(LETTERS[language], seller=clerk, buyer=buyer, clerk=seller) == expected


@pytest.mark.parametrize(("language", "name"), [*product(["de", "en"], ["seller", "buyer", "clerk"])])
def test_a_right_name_stands_whole_or_in_part(language: str, name: str) -> None:
    right = dict(zip(("seller", "buyer", "clerk"), PARTIES[language], strict=True))
    assert decided(LETTERS[language], **right) == right
    part = " ".join(right[name].split()[:2])
    assert decided(LETTERS[language], **right | {name: part})[name] in (part, right[name])


def test_a_name_that_code_put_in_is_said_and_one_that_was_copied_is_not() -> None:
    copied = check_answer(BILL, {"seller": "Wohnbau Süd eG", "clerk": "Anna Weber"}, GERMAN[0], "de")
    found = review(BILL, copied, Candidates(GERMAN[0], "de", GERMAN[1]), "de")
    assert found.repaired == {"seller": ("Dachdeckerei Hammer GmbH",), "buyer": ("Wohnbau Süd eG",)}
    said = {item.fields[0]: item.message for item in found.findings if item.kind is FindingKind.REPAIRED}
    assert said.keys() == found.repaired.keys()
    assert "„Dachdeckerei Hammer GmbH“ steht im Dokument und wurde von der Prüfung eingesetzt" in said["seller"]


def test_who_is_greeted_is_not_the_firm_that_is_billed() -> None:
    page = placed(
        ("Hammer Dach", 3_000, 100),
        *column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München"),
        ("Sehr geehrte Frau Wiegand,", 500, 3_000),
        ("Ihre Frau Brook hat bestellt.", 500, 3_120),
    )
    assert decided(page, buyer="Wiegand")["buyer"] == "Wohnbau Süd eG"
    assert decided(page, buyer="Brook")["buyer"] == "Brook"


def test_who_is_named_anywhere_else_than_in_the_window_is_not_billed() -> None:
    line = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    page = placed(line, *column(500, 1_240, "Kasse Nord", "Am Hang 12", "80333 München"), ("Ida Brook", 500, 3_000))
    assert decided(page, buyer="Ida Brook")["buyer"] == "Kasse Nord"


def test_who_is_called_the_recipient_is_billed_wherever_the_letter_goes() -> None:
    line = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    window = column(500, 1_240, "Hausverwaltung Nord GmbH", "Am Hang 12", "80333 München")
    label = ("Rechnungsempfänger:", 500, 3_000), ("Wohneigentum Süd GbR", 2_000, 3_000)
    page = placed(line, *window, *label)
    assert decided(page, buyer="Wohneigentum Süd GbR")["buyer"] == "Wohneigentum Süd GbR"


@pytest.mark.parametrize("below", ["info@kern.example", "Am Hang 12", "Rechnung 4711", "z. Hd. Frau Krause"])
def test_a_name_that_ends_with_and_does_not_go_on_with_just_anything(below: str) -> None:
    line = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    page = placed(line, *column(500, 1_240, "Kern und", below, "Am Hang 14", "80333 München"))
    assert below not in (decided(page).get("buyer") or "")


def test_who_stands_below_a_firm_in_its_address_is_not_billed() -> None:
    assert decided(GERMAN, buyer="Ida Brook")["buyer"] == "Wohnbau Süd eG"
    person = placed(
        ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
        *column(500, 1_240, "Ida Brook", "Wohnhof Süd", "Am Hang 12", "80333 München"),
    )
    assert decided(person, buyer="Wohnhof Süd")["buyer"] == "Wohnhof Süd"  # without a legal form, nobody knows


def test_who_is_addressed_below_a_name_without_a_legal_form_is_not_billed_either() -> None:
    page = placed(
        ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
        *column(500, 1_240, "Praxis Brook & Partner", "Frau Dr. Ida Brook", "Am Hang 12", "80333 München"),
    )
    assert decided(page, buyer="Dr. Ida Brook")["buyer"] == "Praxis Brook & Partner"


def test_what_the_document_does_not_have_gives_way_to_the_name_in_it() -> None:
    assert decided(GERMAN, buyer="weiter Wohnbau Süd eG")["buyer"] == "Wohnbau Süd eG"


def test_an_address_that_was_cut_off_is_no_part_of_a_name() -> None:
    page = placed(("Bill to", 500, 1_000), ("Wohnbau Süd, Am Hang 12, 80333 München", 2_000, 1_000))
    assert decided(page, buyer="Wohnbau Süd, Am Hang 12, 80333 Mü")["buyer"] == "Wohnbau Süd"
    assert decided(page, buyer="Wohnbau Süd · München")["buyer"] == "Wohnbau Süd"


def test_a_senders_name_is_short_for_his_firm_though_the_model_gave_it_to_the_buyer() -> None:
    foot = ("Haus Kastanie Hammer oHG · Gerüstweg 3 · 10115 Berlin · AG Berlin HRA 4711", 500, 7_000)
    line = ("Haus Kastanie · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    page = placed(line, *column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München"), foot)
    changed = decided(page, seller="Wohnbau Süd eG", buyer="Haus Kastanie")
    assert changed == {"seller": "Haus Kastanie Hammer oHG", "buyer": "Wohnbau Süd eG"}


def test_a_longer_name_that_the_model_gave_to_the_buyer_is_the_senders_where_the_buyer_is_known() -> None:
    foot = ("ATELIER LUMEN ENSEIGNES SARL au capital de 30 000 € - 14 rue des Tanneurs", 500, 7_000)
    page = placed(
        ("ATELIER LUMEN", 500, 100), *column(5_000, 1_240, "Les Dunes", "2 rue du Port", "59240 Dunkerque"), foot
    )
    changed = decided(page, seller="Les Dunes", buyer="ATELIER LUMEN Enseignes SARL")
    assert changed == {"seller": "ATELIER LUMEN ENSEIGNES SARL", "buyer": "Les Dunes"}


def test_what_the_model_gave_to_the_buyer_is_the_sellers_firm_where_another_firm_buys() -> None:
    page = placed(
        ("Hammer Splittwerke GmbH · Am Hang 2 · 95502 Himmelkron", 500, 300),
        *column(500, 1_700, "Kundennr.: 20417 | Projektnr.: 388", "Wohnbau Süd eG", "Am Hang 12", "80333 München"),
        ("Hammer Splittwerke · Am Hang 2 · 95502 Himmelkron · HRB 4418", 500, 7_900),
    )
    changed = decided(page, seller="Hammer Splittwerke", buyer="Wohnbau Süd eG")
    assert changed == {"seller": "Hammer Splittwerke GmbH", "buyer": "Wohnbau Süd eG"}
    assert decided(page, seller="Wohnbau Süd eG", buyer="Hammer Splittwerke GmbH") == changed


ORDER = a_type(
    field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.SENDER, is_party=True),
    field("supplier", Kind.NAME, "Lieferant", "Supplier", role=Role.RECIPIENT, is_party=True),
    name="order",
    sender_buys=True,
)


def traders(kind: DocumentType, of_buyer: str, of_supplier: str) -> dict[str, str | None]:
    pages, layouts = placed(
        *column(500, 1_000, of_buyer, "Hammer GmbH", "Gerüstweg 3", "10115 Berlin"),
        *column(500, 2_000, of_supplier, "Wohnbau Süd eG", "Am Hang 12", "80333 München"),
    )
    candidates = Candidates(pages, "de", layouts, sender_buys=kind.sender_buys)
    return values(by_roles(kind, check_answer(kind, {}, pages, "de"), candidates.letter))


@pytest.mark.parametrize(
    ("of_buyer", "of_supplier"),
    [("Rechnungsadresse:", "Lieferant"), ("Invoice to", "Vendor:"), ("Besteller", "Empfänger"), ("Bill to:", "")],
)
def test_who_is_billed_sends_an_order(of_buyer: str, of_supplier: str) -> None:
    assert traders(ORDER, of_buyer, of_supplier) == {"buyer": "Hammer GmbH", "supplier": "Wohnbau Süd eG"}


@pytest.mark.parametrize("billed", ["Rechnungsadresse:", "Invoice to", "Bill to:"])
def test_who_is_billed_gets_everything_else(billed: str) -> None:
    assert traders(BILL, billed, "")["buyer"] == "Hammer GmbH"


@pytest.mark.parametrize(
    "own",
    [
        (("Please pay to account name Harbour Joinery Ltd, IBAN GB33 BUKB 2020 1555 5555 55", 500, 3_000),),
        (("Harbour Joinery Ltd · Registered in England 1234567", 500, 7_000),),
        (("www.harbour-joinery.example · Tel. 01904 555 0100", 500, 7_000),),
        tuple(
            column(5_000, 3_000, "Harbour Joinery Ltd", "The Boatyard", "Tel. 01904 555 0100", "IBAN GB33 BUKB 2020")
        ),
    ],
    ids=["holds the account", "stands at the foot", "its domain stands at the foot", "has its register in the margin"],
)
def test_names_that_have_changed_places_are_exchanged_where_only_one_can_be_the_issuers(
    own: tuple[Placed, ...],
) -> None:
    names = [("Harbour Joinery Ltd", 3_000, 500), ("Orchard Homes plc", 500, 880)]
    head = [("Invoice 17", 3_000, 200), *names]
    page = placed(*head, *own)
    changed = {"seller": "Orchard Homes plc", "buyer": "Harbour Joinery Ltd"}
    assert decided(page, **changed) == {"seller": "Harbour Joinery Ltd", "buyer": "Orchard Homes plc"}
    right = {"seller": "Harbour Joinery Ltd", "buyer": "Orchard Homes plc"}
    assert decided(page, **right) == right
    assert decided(placed(*head), **changed) == changed  # nothing tells


def test_names_are_not_exchanged_where_both_or_the_address_say_otherwise() -> None:
    changed = {"seller": "Orchard Homes plc", "buyer": "Harbour Joinery Ltd"}
    both = ("Harbour Joinery Ltd, Orchard Homes plc, Registered in England", 500, 7_000)
    assert decided(placed(("Orchard Homes plc", 500, 880), both), **changed) == changed
    held = (
        *column(500, 880, "Harbour Joinery Ltd", "Frau Brook", "Geschäftsführerin"),
        ("Orchard Homes plc", 500, 300),
    )
    assert decided(placed(*held), **changed) == changed  # what somebody is, is no register
    slip = (("Zahlbar durch", 500, 6_900), ("Harbour Joinery Ltd", 500, 7_000), ("IBAN CH93", 500, 7_120))
    assert decided(placed(("Orchard Homes plc", 500, 880), *slip), **changed)["seller"] == "Orchard Homes plc"


def test_a_name_that_is_no_partys_stands() -> None:
    assert decided(GERMAN, clerk="Ida Brook")["clerk"] == "Ida Brook"
    assert decided(GERMAN, bank="Wohnbau Süd eG")["bank"] == "Wohnbau Süd eG"


def test_an_answer_says_where_the_name_stands_and_fields_keep_their_order() -> None:
    found = by_roles(BILL, [], letter_of(*GERMAN))
    assert [answer.path for answer in found] == ["seller", "buyer", "clerk"]
    for answer in found:
        assert answer.page == 1
        assert GERMAN[0][0][answer.char_start : answer.char_end] == answer.verbatim
        assert (answer.kind, answer.status) == ("name", "ok")


def test_words_that_two_parties_share_are_either_ones_name() -> None:
    page = placed(
        ("Muster Bau GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
        *column(500, 1_240, "Muster Haus GmbH", "Am Hang 12", "80333 München"),
    )
    assert decided(page, seller="Muster")["seller"] == "Muster"


@pytest.mark.parametrize("lines", [("Praxis am Markt", "Dr. Jan Kern"), ("Dr. Jan Kern", "Praxis am Markt")])
def test_one_who_writes_and_signs_is_no_other_though_a_firm_stands_there_too(lines: tuple[str, str]) -> None:
    page = placed(
        ("Dr. Jan Kern · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
        *column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München"),
        *column(500, 4_000, "Mit freundlichen Grüßen", *lines),
    )
    assert decided(page, clerk="Dr. Jan Kern")["clerk"] == "Dr. Jan Kern"


@pytest.mark.parametrize(
    ("top", "closing", "name"),
    [
        ("Kontaktformular der Möwe", "Mit freundlichem Gruß", "Anna Weber"),
        ("My broken kettle", "Kind regards", "Ida Brook"),
    ],
)
def test_a_private_writer_signs_whatever_stands_at_the_top(top: str, closing: str, name: str) -> None:
    page = placed((top, 500, 100), *column(500, 4_000, closing, name))
    assert decided(page, COMPLAINT, complainant=name) == {"complainant": name}
    assert decided(page, seller=name)["seller"] == top  # a firm's letter is signed by others


@pytest.mark.parametrize("title", ["Rechnung im Original", "Tax Invoice"])
def test_a_title_is_nobodys_name(title: str) -> None:
    page = placed((title, 500, 100), *column(500, 1_240, "Orchard Homes plc", "12 Station Road", "Leeds LS1 4AB"))
    assert decided(page) == {"buyer": "Orchard Homes plc"}
    assert decided(page, seller="Orchard Homes plc")["seller"] == "Orchard Homes plc"


RECIPIENT = ("Orchard Homes plc", "12 Station Road", "Leeds LS1 4AB")


@pytest.mark.parametrize("above", ["Bill to", "Kunde"])
def test_names_that_changed_places_change_back(above: str) -> None:
    page = placed(*column(500, 1_240, above, *RECIPIENT[:1]), ("Muster GmbH", 500, 9_000))
    given = {"seller": "Orchard Homes plc", "buyer": "Muster GmbH"}
    assert decided(page, **given) == {"seller": "Muster GmbH", "buyer": "Orchard Homes plc"}


def test_an_address_that_may_be_the_senders_own_changes_no_places() -> None:
    page = placed(("Nr. 4711", 500, 100), *column(500, 1_240, *RECIPIENT), ("an Jan Kern", 500, 9_000))
    assert decided(page, seller="Orchard Homes plc", buyer="Jan Kern")["seller"] == "Orchard Homes plc"


def test_a_seller_stays_where_nothing_else_is_left_for_him() -> None:
    page = placed(*column(500, 1_240, *RECIPIENT))
    assert decided(page, seller="Orchard Homes plc")["seller"] == "Orchard Homes plc"


def test_in_a_mail_the_firm_in_whose_domain_it_goes_is_the_recipient() -> None:
    head = "From: Ida Brook <ida@brook-edits.example>\nTo: Tom Field <tom@fernlight.example>"
    found = decided(([f"{head}\n\nHi Tom, Fernlight Ltd owes"], []), seller="Fernlight Ltd", buyer="Tom Field")
    assert found == {"seller": "Ida Brook", "buyer": "Fernlight Ltd"}


FROM_WHOM = "From: {} <buero@firma.example>\nTo: Tom Field <tom@fernlight.example>\n\nDear Tom,\n\n"


@pytest.mark.parametrize(
    ("said", "printed", "firm"),
    [
        ("Ledgerwell Billing", "Ledgerwell, Inc.\n900 Congress Ave", "Ledgerwell, Inc."),
        ("slaney fuelcard", "Slaney Fuelcard DAC, Enniscorthy", "Slaney Fuelcard DAC"),
        ("Sandra Gruber", "Es grüßt die Malerei Gruber GmbH & Co. KG", "Malerei Gruber GmbH & Co. KG"),
        ("Hagedorn", "Hagedorn Antriebe GmbH · Hagedorn Service AG", None),
        ("Praxis Weber", "Erstellt mit Praxis Software GmbH", None),
        ("Ledgerwell Ltd", "Ledgerwell, Inc.", None),
        ("Ledgerwell Billing", "Kanzlei Ledger AG", None),
    ],
)
def test_a_seller_is_the_firm_with_a_legal_form_that_his_name_is_short_for(
    said: str, printed: str, firm: str | None
) -> None:
    found = decided(([FROM_WHOM.format(said) + printed], []), seller=said, buyer="Tom Field")
    assert found["seller"] == (firm or said)


def test_a_seller_is_never_the_firm_that_is_billed() -> None:
    page = [FROM_WHOM.format("Gruber") + "Rechnung an Gruber Bau GmbH, Linz"]
    assert decided((page, []), seller="Gruber", buyer="Gruber Bau GmbH")["seller"] == "Gruber"


@pytest.mark.parametrize(
    ("said", "foot", "seller"),
    [
        ("ATELIER VAUBAN", "ATELIER VAUBAN SIGNALÉTIQUE - 14, rue des Glacis - 25000 Besançon", True),
        ("Henrik Maaß", "Henrik Maaß Veranstaltungston · Gerüstweg 3 · 10115 Berlin", True),
        ("Hammer Dach GmbH", "Hammer Dach GmbH Holz · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer Dach", "Hammer Dach Inhaberin · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer Dach", "Hammer Dach Kundenservice · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer Dach", "Hammer Dach Postfach · Gerüstweg 3 · 10115 Berlin", False),
        ("Henrik Maaß", "Henrik Maaß Rechtsanwalt · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer Dach", "Hammer Dach Holz Glas · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer Dach", "Hammer Dach Holz · seit 1980 · aus Berlin", False),
        ("Hammer Dach", "Hammer Dach 24 · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer", "Hammer Dach · Gerüstweg 3 · 10115 Berlin", False),
        ("Hammer Dach", "Hammer Dachbau Holz · Gerüstweg 3 · 10115 Berlin", False),
    ],
)
def test_a_sellers_name_goes_on_before_his_address_at_the_foot(said: str, foot: str, *, seller: bool) -> None:
    words = [(said, 500, 300), *column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München")]
    page = placed(*words, (f"{foot} · Tel. 030 1234 · HRB 14402", 500, 7_000))
    whole = foot.replace(" - ", " · ").partition(" · ")[0]
    assert decided(page, seller=said, buyer="Wohnbau Süd eG")["seller"] == (whole if seller else said)


@pytest.mark.parametrize(
    ("text", "clerk"),
    [
        ("Für Rückfragen erreichen Sie Frau Wiebke Hartung, Zimmer 2.14.", "Wiebke Hartung"),
        ("Please ask for Ms Anna-Lena Maria Hartung.", "Anna-Lena Maria Hartung"),
        ("Für Rückfragen erreichen Sie Frau Hartung.", "Hartung"),
        ("Fragen an: Frau Wiebke Hartung, Herr Jan Hartung.\nFragen an Herrn Jan Hartung", "Hartung"),
        ("Für Rückfragen erreichen Sie Frau Wiebke Hartungen", "Hartung"),
        ("Für Rückfragen erreichen Sie Frau Wiebke Hartung-Schulz", "Hartung"),
        ("Für Rückfragen erreichen Sie Frau Rechtsanwältin Hartung", "Hartung"),
        ("Für Rückfragen erreichen Sie Herrn Professor Hartung", "Hartung"),
        ("Für Rückfragen erreichen Sie Herrn Schulz oder Frau Hartung", "Hartung"),
        ("Ihre Patientin Frau Karin Hartung, geb. 01.02.1950", "Hartung"),
        ("Rückfragen beantwortet Wiebke Hartung", "Hartung"),
    ],
)
def test_who_signs_with_his_surname_has_the_whole_name_that_the_letter_says_once(text: str, clerk: str) -> None:
    lines = [(line, 500, 3_000 + 200 * at) for at, line in enumerate(text.splitlines())]
    page = placed(*lines, *column(500, 4_000, "Mit freundlichen Grüßen", "Im Auftrag", "Hartung"))
    assert decided(page, clerk="Hartung")["clerk"] == clerk


def test_who_is_no_signatory_has_the_name_that_was_copied() -> None:
    page = placed(("Fragen beantwortet Ihnen Frau Ida Brook.", 500, 3_000), *column(500, 4_000, "Rechnung an", "Brook"))
    assert decided(page, buyer="Brook")["buyer"] == "Brook"


def party(name: str) -> Party:
    return Party(name, 1, 0, len(name))


@pytest.mark.parametrize(
    ("bearer", "said"),
    [
        ("Muster GmbH & Co. KG", "Muster GmbH"),
        ("Muster GmbH", "MUSTER  GMBH"),
        ("Harbour Joinery Ltd", "Harbour Joinery Ltd, York"),
        ("Dr. Jan Kern", "Jan Kern"),
    ],
)
def test_a_name_may_be_said_in_part_or_with_more(bearer: str, said: str) -> None:
    assert is_name_of(party(bearer), said)


@pytest.mark.parametrize(
    ("bearer", "said"),
    [("Hochbau AG", "Bau AG"), ("Tec Ltd", "Ventec Ltd"), ("Muster GmbH", None), ("Muster GmbH", ""), ("Muster", "-")],
)
def test_a_word_within_a_word_is_not_the_name(bearer: str, said: str | None) -> None:
    assert not is_name_of(party(bearer), said)
    assert not is_name_of(None, bearer)


def test_each_role_has_its_party() -> None:
    letter = letter_of(*GERMAN)
    assert [party_of(letter, role) for role in Role] == [letter.sender, letter.recipient, letter.signatory]


CELLS = st.tuples(
    st.sampled_from(
        ["Bau AG", "Anna Weber", "Am Hang 3", "10115 Berlin", "Bill to:", "Kind regards", "Von: Ida Brook"]
    ),
    st.sampled_from([0, 500, 5_000]),
    st.integers(1, 30).map(lambda line: 120 * line),
)


@given(
    st.lists(CELLS, max_size=12), st.dictionaries(st.sampled_from(["seller", "buyer", "clerk"]), st.text(max_size=20))
)
def test_whatever_the_page_and_the_answer_each_field_comes_once(cells: list[Placed], copied: dict[str, str]) -> None:
    page = placed(*cells)
    found = by_roles(BILL, check_answer(BILL, copied, page[0], "de", Surroundings(*page)), letter_of(*page))
    assert len({answer.path for answer in found}) == len(found)
    for answer in found:
        assert answer.page is None or page[0][0][answer.char_start : answer.char_end] != ""


def test_the_firm_of_the_sender_is_not_billed() -> None:
    page = placed(
        ("Technikbüro Leitgeb", 500, 100),
        *column(3_000, 300, "Martina Leitgeb", "Annenstraße 44", "8020 Graz"),
        *column(500, 1_240, "Weingut Kogler", "Kranachberg 23", "8462 Gamlitz"),
    )
    assert decided(page, seller="Martina Leitgeb", buyer="Technikbüro Leitgeb") == {
        "seller": "Technikbüro Leitgeb",
        "buyer": "Weingut Kogler",
    }


def test_two_names_beside_each_other_are_not_one() -> None:
    page = placed(
        *column(500, 300, "Harbour Joinery Ltd", "5 Mill Lane", "York YO1 7HH"),
        *column(500, 1_240, "Bill to", "Orchard Homes plc", "12 Station Road", "Leeds LS1 4AB"),
        ("Orchard Homes plc, Harbour Joinery Ltd", 500, 3_000),
    )
    assert decided(page, buyer="Orchard Homes plc, Harbour Joinery Ltd")["buyer"] == "Orchard Homes plc"


def test_who_gets_the_post_of_another_is_not_billed() -> None:
    page = placed(
        ("Oser Motorgeräte AG", 3_000, 300),
        *column(500, 1_240, "Eigentümerschaft Im Holz", "c/o Livit Treuhand AG", "Steinenberg 5", "4051 Basel"),
    )
    assert decided(page, buyer="Livit Treuhand AG")["buyer"] == "Eigentümerschaft Im Holz"


CONTRACT = a_type(
    field("first", Kind.NAME, "Erste Partei", "First party", named_before="second"),
    field("second", Kind.NAME, "Zweite Partei", "Second party"),
)


@pytest.mark.parametrize(
    "text",
    [
        "Vertrag zwischen Kern Bau GmbH (Auftraggeber) und Wohnbau Süd eG (Auftragnehmer)",
        "Agreement between Kern Bau\nGmbH and Wohnbau Süd eG. Signed: Wohnbau Süd eG, Kern Bau GmbH",
    ],
)
def test_parties_of_a_contract_come_in_the_order_in_which_it_names_them(text: str) -> None:
    expected = {"first": "Kern Bau GmbH", "second": "Wohnbau Süd eG"}
    page: Pages = ([text], [])
    assert decided(page, CONTRACT, first="Wohnbau Süd eG", second="Kern Bau GmbH") == expected
    assert decided(page, CONTRACT, **expected) == expected


@pytest.mark.parametrize("words", ["Bankverbindung:", "IBAN: DE02 1203 0000 0000 2020 51", "Sort code 20-51-33"])
def test_a_bank_that_keeps_the_account_is_no_party(words: str) -> None:
    page = placed(*column(500, 5_000, words, "Talgauer Hausbank eG"))
    assert decided(page, seller="Talgauer Hausbank eG", bank="Talgauer Hausbank eG") == {"bank": "Talgauer Hausbank eG"}


@pytest.mark.parametrize(
    "lines",
    [
        ("Talgauer Hausbank eG", "Am Markt 1", "80333 München"),  # it has an address of its own
        ("Steinbank Möbel", "", "", "", "", "Bankverbindung: IBAN DE02 1203 0000 0000 2020 51"),
    ],
)
def test_a_bank_that_stands_elsewhere_too_may_be_one(lines: tuple[str, ...]) -> None:
    page = placed(*column(500, 1_000, *lines), *column(500, 5_000, "IBAN: DE02 1203 0000", lines[0]))
    assert decided(page, seller=lines[0])["seller"] == lines[0]


def test_the_name_at_the_top_is_not_the_senders_where_only_another_stands_beside_the_register() -> None:
    foot = column(500, 8_000, "Kern Baugeräte GmbH", "HRB 4711", "Amtsgericht Ringstadt")
    page = placed(
        ("Gartenbau Weber", 500, 100), *column(500, 4_000, "Mit freundlichen Grüßen", "Kern Baugeräte"), *foot
    )
    assert decided(page, seller="Kern Baugeräte GmbH")["seller"] == "Kern Baugeräte GmbH"
    bare = placed(("Gartenbau Weber", 500, 100), *column(500, 4_000, "Mit freundlichen Grüßen", "Kern Baugeräte"))
    assert decided(bare, seller="Kern Baugeräte")["seller"] == "Gartenbau Weber"


def test_who_holds_the_account_is_the_firm_that_begins_with_his_name() -> None:
    sides = (("Adam Kern Softwareentwicklung", 500, 400), ("Logistikzentrum Süd GmbH", 3_000, 400))
    page = placed(("Rechnung", 500, 100), *sides, ("Kontoinhaber: Adam Kern", 500, 6_000))
    expected = {"seller": "Adam Kern Softwareentwicklung", "buyer": "Logistikzentrum Süd GmbH"}
    assert decided(page, seller="Logistikzentrum Süd GmbH", buyer="Adam Kern Softwareentwicklung") == expected


def test_who_orders_for_a_firm_is_not_who_buys() -> None:
    order = a_type(
        field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.SENDER, is_party=True), sender_buys=True, name="order"
    )
    page = placed(("Bildungszentrum Ringstadt gGmbH", 500, 100), *column(3_000, 600, "Besteller:", "Ida Brook"))
    letter = Candidates(page[0], "de", page[1], sender_buys=True).letter
    copied = {"buyer": "Bildungszentrum Ringstadt gGmbH"}
    read = check_answer(order, copied, page[0], "de", Surroundings(*page))
    assert letter.sender
    assert letter.sender.verbatim == "Ida Brook"
    assert values(by_roles(order, read, letter)) == copied


@pytest.mark.parametrize("label", ["Ihr Ansprechpartner", "Your contact:", "Votre contact"])
def test_who_is_called_the_one_to_ask_is_not_billed(label: str) -> None:
    own = column(3_000, 300, "Régie du Lac SA", "Avenue des Bains 7", "1400 Yverdon")
    page = placed(("Menuiserie Morel", 500, 100), *own, (label, 500, 900), ("Luc Morel", 1_300, 900))
    assert decided(page, buyer="Luc Morel")["buyer"] == "Régie du Lac SA"


def test_a_firm_in_the_imprint_is_surer_than_the_name_of_its_group_at_the_top() -> None:
    page = placed(
        ("Kern & Brook Group", 500, 100),
        ("Customer: Field Crafts Limited (AB-C-04712)", 500, 900),
        *column(500, 8_000, "Kern & Brook Giftware DAC", "VAT IE1234567A"),
    )
    copied = {"seller": "Field Crafts Limited (AB-C-04712)", "buyer": "Kern & Brook Giftware DAC"}
    assert decided(page, **copied) == {"seller": "Kern & Brook Giftware DAC", "buyer": "Field Crafts Limited"}


SIGNED = placed(
    ("Sehr geehrte Frau Brook,", 500, 3_000), *column(500, 4_000, "Mit freundlichen Grüßen", "Prof. Dr. Anna Weber")
)


def test_who_signs_did_not_get_the_letter() -> None:
    assert decided(SIGNED, buyer="Anna Weber", clerk="Frau Brook") == {
        "buyer": "Frau Brook",
        "clerk": "Prof. Dr. Anna Weber",
    }


def test_who_signs_has_all_titles_that_stand_there() -> None:
    assert decided(SIGNED, clerk="Dr. Anna Weber") == {"clerk": "Prof. Dr. Anna Weber"}
    assert decided(SIGNED, clerk="Weber") == {"clerk": "Weber"}


def test_who_writes_has_the_titles_of_his_letterhead() -> None:
    head = (("Dr. Henrike Baumgart", 500, 300), ("Tierärztin", 500, 420))
    head += (("Dr. Henrike Baumgart, Am Kanonenberg 17, 99425 Weimar", 500, 1_000),)
    address = column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München")
    page = placed(*head, *address, *column(500, 4_000, "Mit freundlichen Grüßen", "Henrike Baumgart"))
    assert decided(page, COMPLAINT, complainant="Henrike Baumgart") == {"complainant": "Dr. Henrike Baumgart"}


def test_a_name_at_the_top_is_no_person_of_whom_a_firm_has_the_name() -> None:
    page = placed(("Räumwerk Ohlsen", 500, 100), ("Katrin Ohlsen", 3_000, 3_000))
    assert decided(page, seller="Räumwerk Ohlsen")["seller"] == "Räumwerk Ohlsen"
    person = placed(("Katrin Ohlsen", 500, 100), ("Ohlsen Texte", 3_000, 3_000))
    assert decided(person, seller="Katrin Ohlsen")["seller"] == "Ohlsen Texte"


def test_an_organisation_copied_of_the_address_of_who_works_for_it_stays() -> None:
    address = column(500, 1_240, "Sold to:", "Ida Brook", "Ringstadt Archery Club", "12 Station Road", "Leeds LS1 4AB")
    page = placed(*column(500, 300, "Harbour Joinery Ltd", "5 Mill Lane", "York YO1 7HH"), *address)
    assert decided(page, buyer="Ringstadt Archery Club")["buyer"] == "Ringstadt Archery Club"
    assert decided(page, buyer="12 Station Road")["buyer"] == "Ringstadt Archery Club"
    both = {"seller": "Ringstadt Archery Club", "buyer": "Ringstadt Archery Club"}
    assert decided(page, **both)["buyer"] == "Ida Brook"


def test_so_it_does_where_a_title_stands_behind_that_person() -> None:
    address = ("Sold to:", "Ida Brook, Property Manager", "Ringstadt Archery Club", "12 Station Road", "Leeds LS1 4AB")
    page = placed(
        *column(500, 300, "Harbour Joinery Ltd", "5 Mill Lane", "York YO1 7HH"), *column(500, 1_240, *address)
    )
    assert decided(page, buyer="Ringstadt Archery Club")["buyer"] == "Ringstadt Archery Club"


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        ("Eheleute Gisela und Hans Kern", "Gisela und Hans Kern"),
        ("Société mixte Roux Habitat", "Roux Habitat"),
        ("Ida Brook, Dry Stone Walling", "Dry Stone Walling"),
    ],
)
def test_a_name_has_the_words_that_begin_it_in_its_address(name: str, copied: str) -> None:
    page = placed(
        ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000),
        *column(500, 1_240, name, "Am Hang 12", "80333 München"),
    )
    assert decided(page, buyer=copied)["buyer"] == name


@pytest.mark.parametrize("person", ["Frau Ida Brook", "Kunde: Ida Brook"])
def test_what_is_no_part_of_a_name_does_not_begin_it(person: str) -> None:
    page = placed(*column(500, 1_240, person, "Am Hang 12", "80333 München"))
    assert decided(page, buyer="Ida Brook")["buyer"] == "Ida Brook"


def ordered(page: Pages, **copied: str) -> dict[str, str | None]:
    read = check_answer(ORDER, copied, page[0], "de", Surroundings(*page))
    return values(by_roles(ORDER, read, Letter(*page[:1], Surroundings(*page), sender_buys=True)))


@pytest.mark.parametrize("words", ["Deliver to:", "Ship to", "Lieferanschrift:", "Liefern an:"])
def test_an_orders_goods_go_to_who_buys_them(words: str) -> None:
    page = placed(
        ("Date: 06/05/2026", 4_000, 100),
        *column(500, 300, "Orchard Doors", "Unit 22, Parkmore East", "Galway"),
        *column(500, 1_240, words, "Harbour Interiors Ltd", "Unit 5, Ballymount Cross", "Dublin D12 ZK83"),
    )
    right = {"buyer": "Harbour Interiors Ltd", "supplier": "Orchard Doors"}
    assert ordered(page, buyer="Orchard Doors", supplier="Harbour Interiors Ltd") == right
    assert ordered(page, **right) == right


def test_who_stands_beside_an_is_written_to() -> None:
    page = placed(
        *column(500, 300, "Molkerei Sennhof eG", "Ringstraße 8", "87700 Memmingen"),
        ("An:", 500, 1_240),
        *column(1_500, 1_240, "Zettler Verpackung GmbH", "Industrieweg 31", "89231 Neu-Ulm"),
    )
    assert ordered(page, supplier="Molkerei Sennhof eG")["supplier"] == "Zettler Verpackung GmbH"


def test_what_stands_above_another_address_is_nobodys_name() -> None:
    page = placed(
        ("To:", 500, 1_120), ("Ship to", 4_000, 1_120),
        *column(500, 1_240, "Pacific Rim Metals LLC", "18200 SE Freeman Way", "Milwaukie, OR 97222"),
        *column(4_000, 1_240, "Harbour Fabrication", "6040 N Cutter Circle", "Portland, OR 97217"),
    )  # fmt: skip
    assert ordered(page, supplier="Pacific Rim Metals LLC")["supplier"] == "Pacific Rim Metals LLC"


def test_who_signs_for_a_firm_of_his_name_is_not_the_firm() -> None:
    page = placed(
        *column(500, 300, "Hausmeisterdienst Zander, Inhaber: Tilo Zander", "Gartenring 44", "39114 Magdeburg"),
        *column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München"),
        *column(500, 4_000, "Mit freundlichen Grüßen", "Tilo Zander"),
    )
    assert decided(page, seller="Hausmeisterdienst Zander")["seller"] == "Hausmeisterdienst Zander"


def test_a_name_stays_whole_where_a_form_has_its_label_in_one_line_with_its_beginning() -> None:
    page = placed(
        *column(500, 300, "Roux Frères SARL", "7 chemin du Pont", "17610 Chaniers"),
        *column(500, 1_240, "CLIENT", "Nom / société : Comité social Verrerie", "de Saintonge", "17100 Saintes"),
    )
    said = "Comité social Verrerie\nde Saintonge"
    assert decided(page, buyer=said)["buyer"] == "Comité social Verrerie de Saintonge"


def test_an_issuer_is_known_by_the_account_below_any_of_his_names() -> None:
    page = placed(
        ("Summary", 500, 100),
        *column(500, 300, "Meadowcroft School Trust", "3 Priory Walk", "Leominster"),
        *column(5_000, 300, "Quill Tutors Ltd", "46 Broad Street", "Hereford"),
        *column(500, 4_000, "Quill Tutors Ltd", "Account Number - 30718842", "Sort Code - 20-51-33"),
    )
    right = {"seller": "Quill Tutors Ltd", "buyer": "Meadowcroft School Trust"}
    assert decided(page, seller=right["buyer"], buyer=right["seller"]) == right
    assert decided(page, **right) == right


@pytest.mark.parametrize(
    ("name", "buyer"), [("Verein Kammermusik am See", "Verein Kammermusik am See"), ("Reto Kern", "Luc Morel")]
)
def test_a_person_below_an_organisation_is_not_billed(name: str, buyer: str) -> None:
    page = placed(
        ("Anna Weber, Gesang", 500, 100),
        *column(3_000, 900, name, "Luc Morel", "Murtenstrasse 31", "3008 Bern"),
        ("Anna Weber, Lorrainestrasse 18, 3013 Bern", 500, 8_000),
    )
    assert decided(page, buyer="Luc Morel")["buyer"] == buyer


def test_whom_goods_are_sent_to_is_not_billed() -> None:
    page = placed(
        ("Farbenhaus Nord GmbH", 500, 100),
        ("Versandinformationen", 500, 900),
        ("Rechnungsinformationen", 3_000, 900),
        ("Firma: Kindergarten Regenbogen", 500, 1_020),
        ("Name: Frauke Kern", 3_000, 1_020),
    )
    assert decided(page, buyer="Frauke Kern")["buyer"] == "Frauke Kern"
    recipient = letter_of(*page).recipient
    assert recipient
    assert recipient.verbatim == "Frauke Kern"


def test_who_complains_for_a_firm_of_his_name_is_the_firm() -> None:
    lines = ("Von: Peter Kern <info@fliesen-kern.example>", "An: Kontor GmbH <post@kontor.example>", "Guten Tag,")
    end = ("Mit freundlichen Grüßen", "Peter Kern", "Fliesen Kern e.K.", "Tel. 02941 66 20 18")
    text = "\n".join((*lines, "hiermit reklamiere ich die Fliesen.", *end))
    assert answered("complaint", text, "de", complainant_name="Peter Kern")["complainant_name"] == "Fliesen Kern e.K."


def test_goods_are_for_whom_they_go_to_and_not_for_whoever_pays() -> None:
    note = a_type(
        field("recipient", Kind.NAME, "Empfänger", "Recipient", role=Role.RECIPIENT, is_party=True, gets_goods=True),
        name="note",
    )
    paid = column(500, 1_240, "Rechnungsadresse", "Gemeinde Trogen", "Landsgemeindeplatz 1", "9043 Trogen")

    def given(name: str, kind: DocumentType = note) -> str | None:
        goods = column(4_000, 1_240, "Lieferadresse", name, "Niderenstrasse 2", "9043 Trogen")
        key = kind.fields[-1].name if kind is note else "buyer"
        return decided(placed(*paid, *goods), kind, **{key: "Gemeinde Trogen"})[key]

    assert given("Schule Trogen Werkraum") == "Schule Trogen Werkraum"
    assert given("Lager, Tor 2") == "Gemeinde Trogen"
    assert given("Regula Sonderegger") == "Gemeinde Trogen"
    for site in ("Baustelle Schule Nord", "Spedition Korff GmbH", "BV Neubau Kindergarten"):
        assert given(site) == "Gemeinde Trogen"
    address = column(500, 1_240, "Gemeinde Trogen", "Landsgemeindeplatz 1", "9043 Trogen")
    goods = column(4_000, 1_240, "Lieferadresse", "Schule Trogen Werkraum", "Niderenstrasse 2", "9043 Trogen")
    said = decided(placed(*address, *goods), note, recipient="Gemeinde Trogen")
    assert said["recipient"] == "Gemeinde Trogen", "nothing says that it only pays"
    assert given("Schule Trogen Werkraum", BILL) == "Gemeinde Trogen"


@pytest.mark.parametrize("titles", ["Dr. phil.", "Prof. Dr. med.", "Dipl.-Ing.", "Dr. rer. nat.", "Mag."])
def test_a_person_who_sells_has_the_titles_of_a_line_of_his_own(titles: str) -> None:
    def seller(head: str, name: str = "Ursina Caduff") -> str | None:
        line = (f"{name} · Poststrasse 27 · 7000 Chur", 500, 1_000)
        to = column(500, 1_240, "Stiftung Casa Soldanella", "Via Centrala 14", "7130 Ilanz")
        return decided(placed((head, 500, 200), line, *to), seller=name)["seller"]

    assert seller(f"{titles} Ursina Caduff") == f"{titles} Ursina Caduff"
    page = placed((f"{titles} Ursina Caduff", 500, 200), (f"Praxis {titles} Ida Brook", 500, 320))
    named = letter_of(*page).titled
    assert (titled := named("Ursina Caduff"))
    assert titled.verbatim == f"{titles} Ursina Caduff"
    assert (named("Ida Brook"), named("sina Caduff")) == (None, None)


@pytest.mark.parametrize(
    ("line", "seller"),
    [
        ("Nadel & Faden - Atelier Anna Korff · Gerüstweg 3 · 10115 Berlin", "Nadel & Faden - Atelier Anna Korff"),
        ("Nadel & Faden - Gerüstweg 3 - 10115 Berlin", "Nadel & Faden"),
    ],
)
def test_a_dash_between_points_is_a_part_of_the_senders_name(line: str, seller: str) -> None:
    page = placed((line, 500, 1_000), *column(500, 1_200, "Wohnbau Süd GmbH", "Seeweg 7", "80333 München"))
    assert decided(page, seller="Nadel & Faden")["seller"] == seller
