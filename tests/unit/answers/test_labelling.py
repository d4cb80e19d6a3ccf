"""What alone stands beside a field's name is its value; a right value is never replaced, nor left out."""

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from unit.answers.placed import BOTH, TYPES, Pages, Placed, a_type, answered, field, placed, values

from schemas.document_types import DocumentType, Kind, Role, Rule, TaxTotals
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.labelling import Labelled, answer_of, by_labels, is_said_by
from services.answers.surroundings import Surroundings

BILL = a_type(
    field("number", Kind.REFERENCE, "Rechnungsnummer", "Invoice number", of_document=True, required=True),
    field("order", Kind.REFERENCE, "Bestellnummer", "Order number", synonyms=("PO", "Bestellung")),
    field("issued", Kind.DATE, "Rechnungsdatum", "Date of issue", of_document=True, required=True),
    field("due", Kind.DATE, "Fällig", "Due"),
    field("net", Kind.MONEY, "Netto", "Net"),
    field("tax", Kind.MONEY, "Steuer", "Tax"),
    field("gross", Kind.MONEY, "Gesamt", "Total", required=True),
    field("iban", Kind.IBAN, "IBAN", "Account"),
    field("seller", Kind.NAME, "Verkäufer", "Seller"),
    headings=("Rechnung", "Invoice"),
    rules=(Rule(name="sum", check="near(net + tax, gross, 1)", fields=("net", "tax", "gross"), message=BOTH),),
)
GERMAN = """Muster GmbH
Rechnungsnummer: RE-2026/17
Rechnungsdatum: 05.06.2026
Fällig: 19.06.2026
Lieferung 01.06.2026
Netto 100,00 €
Steuer 19,00 €
Gesamt 119,00 €
Anzahlung 50,00 €
IBAN DE02 1203 0000 0000 2020 51
"""
ENGLISH = """Sample Ltd
Invoice number: INV-17
Date of issue: 5 June 2026
Due: 19 June 2026
Delivered 1 June 2026
Net £100.00
Tax £19.00
Total £119.00
Deposit £50.00
Account GB33 BUKB 2020 1555 5555 55
"""
RIGHT = {
    "issued": "2026-06-05", "due": "2026-06-19", "net": "100.00", "tax": "19.00", "gross": "119.00",
}  # fmt: skip
COPIED = {
    "de": {"number": "RE-2026/17", "issued": "05.06.2026", "due": "19.06.2026", "net": "100,00", "tax": "19,00",
           "gross": "119,00 €", "iban": "DE02 1203 0000 0000 2020 51"},
    "en": {"number": "INV-17", "issued": "5 June 2026", "due": "19 June 2026", "net": "£100.00", "tax": "19.00",
           "gross": "£119.00", "iban": "GB33 BUKB 2020 1555 5555 55"},
}  # fmt: skip
TEXTS = {"de": GERMAN, "en": ENGLISH}
WRONG = {"issued": ["01.06.2026", "1 June 2026"], "due": ["01.06.2026", "1 June 2026"], "gross": ["50,00", "£50.00"]}


def labelled(page: Pages, kind: DocumentType = BILL, language: str = "de", **copied: str) -> Labelled:
    checked = check_answer(kind, copied, page[0], language, Surroundings(*page))
    return by_labels(kind, checked, Candidates(page[0], language, page[1]))


def decided(text: str, language: str = "de", **copied: str) -> dict[str, str | None]:
    return values([*labelled(([text], []), language=language, **copied).fields])


@pytest.mark.parametrize("language", ["de", "en"])
def test_right_values_stand_as_they_were_copied(language: str) -> None:
    found = labelled(([TEXTS[language]], []), language=language, **COPIED[language])
    assert not found.taken
    assert {answer.path: answer.verbatim for answer in found.fields} == COPIED[language]


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_was_not_copied_is_taken_from_beside_its_name(language: str) -> None:
    found = labelled(([TEXTS[language]], []), language=language)
    assert values([*found.fields]).items() >= RIGHT.items()
    assert set(found.taken) == {"number", "issued", "due", "net", "tax", "gross", "iban"}
    for answer in found.fields:
        assert TEXTS[language][answer.char_start : answer.char_end] == answer.verbatim


@pytest.mark.parametrize(("language", "at"), [("de", 0), ("en", 1)])
@pytest.mark.parametrize("name", WRONG)
def test_another_value_of_the_document_gives_way_to_the_one_beside_the_name(name: str, language: str, at: int) -> None:
    copied = COPIED[language] | {name: WRONG[name][at]}
    found = labelled(([TEXTS[language]], []), language=language, **copied)
    assert set(found.taken) == {name}
    assert values([*found.fields])[name] == RIGHT[name]


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Fällig: 19.06.2026\nFällig: 20.06.2026"), ("en", "Due 19 June 2026\nDue 20 June 2026")],
)
def test_where_two_values_stand_beside_the_name_nothing_is_decided(language: str, text: str) -> None:
    assert decided(text, language) == {}
    one_value = text.replace("20.06", "19.06").replace("20 June", "19 June")
    assert decided(one_value, language) == {"due": "2026-06-19"}


def test_labels_above_and_beside_are_those_of_the_page_and_not_of_its_text() -> None:
    head = [("Rechnungsnummer", 0, 100), ("Rechnungsdatum", 2_000, 100), ("Due", 4_000, 100)]
    cells = [("4711", 0, 220), ("05.06.2026", 2_000, 220), ("19.06.2026", 4_000, 220)]
    sums = [("Netto", 0, 900), ("Total", 0, 1_020), ("100,00", 5_000, 900), ("119,00", 5_000, 1_020)]
    found = labelled(placed(*head, *cells, *sums))
    assert values([*found.fields]) == {
        "number": "4711", "issued": "2026-06-05", "due": "2026-06-19", "net": "100.00", "gross": "119.00",
    }  # fmt: skip
    as_text = labelled(([placed(*head, *cells, *sums)[0][0]], []))
    assert values([*as_text.fields]) != values([*found.fields])


ONE_ROW = {
    "de": "Text    Menge   Gesamt\nRat     10      1.000,00\n\nNetto 1.000,00\nSteuer 190,00\nBitte zahlen 1.190,00",
    "en": "Item    Units   Total\nAdvice  10      1,000.00\n\nNet 1,000.00\nTax 190.00\nPlease pay 1,190.00",
}


@pytest.mark.parametrize(
    ("language", "copied"),
    [
        ("de", {"net": "1.000,00", "tax": "190,00", "gross": "1.190,00"}),
        ("en", {"net": "1,000.00", "tax": "190.00", "gross": "1,190.00"}),
    ],
)
def test_what_the_rules_confirm_is_not_replaced_by_what_breaks_them(language: str, copied: dict[str, str]) -> None:
    sums = {"net": "1000.00", "tax": "190.00", "gross": "1190.00"}
    assert decided(ONE_ROW[language], language, **copied) == sums
    assert decided(ONE_ROW[language], language, gross=copied["gross"])["gross"] == "1190.00"  # the other is a row's


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("Rechnungsnummer: 4711 / 05.06.2026", "4711"),
        ("Rechnungsnummer: 4711 - Webhosting", "4711"),
        ("Rechnungsnummer: 4711 12 Stück", "4711"),
        ("Rechnungsnummer: RE-4711", "4711"),
        ("Rechnungsnummer: RE 2026-4711", "2026-4711"),
        ("Invoice number: 4711 of 5 June 2026", "4711"),
        ("Invoice number: INV 4711", "INV 4711"),
        ("Invoice number INV-4711", "Invoice number INV-4711"),
    ],
)
def test_a_number_copied_with_less_around_it_stands(text: str, copied: str) -> None:
    found = labelled(([text], []), number=copied)
    assert "number" not in found.taken
    assert copied.endswith(str(values([*found.fields])["number"]))


@pytest.mark.parametrize("text", ["Rechnungsnummer: RE-2026-4711", "Invoice number: 2026/4711"])
def test_a_number_that_was_cut_within_is_completed(text: str) -> None:
    assert decided(text, number="4711")["number"] == text.rsplit(maxsplit=1)[-1]


def test_a_required_field_keeps_what_stands_beside_another_name() -> None:
    assert decided("Netto 100,00", net="100,00", gross="100,00") == {"net": "100.00", "gross": "100.00"}


@pytest.mark.parametrize("text", ["Fällig: 19.06.2026\nFällig: 20.06.2026", "Due: 19.06.2026\nDue: 20.06.2026"])
def test_an_optional_value_that_is_copied_twice_and_named_once_is_the_named_fields(text: str) -> None:
    kind = a_type(field("due", Kind.DATE, "Fällig", "Due"), field("paid", Kind.DATE, "Bezahlt", "Paid"))
    assert values([*labelled(([text], []), kind, due="19.06.2026", paid="19.06.2026").fields]) == {"due": "2026-06-19"}
    # Another field that has its own value does not claim this one, though its name stands beside both.
    kept = {"due": "2026-06-20", "paid": "2026-06-19"}
    assert values([*labelled(([text], []), kind, due="20.06.2026", paid="19.06.2026").fields]) == kept


def test_a_value_beside_both_names_is_both_fields() -> None:
    kind = a_type(field("due", Kind.DATE, "Fällig", "Due"), field("paid", Kind.DATE, "Bezahlt", "Paid"))
    text = "Fällig: 19.06.2026\nPaid: 19.06.2026"
    found = labelled(([text], []), kind, due="19.06.2026", paid="19.06.2026")
    assert values([*found.fields]) == {"due": "2026-06-19", "paid": "2026-06-19"}


def test_an_unlabelled_value_without_a_rival_stands() -> None:
    assert decided("Lieferung 01.06.2026", due="01.06.2026") == {"due": "2026-06-01"}
    assert decided("Verkäufer Muster GmbH", seller="Muster GmbH") == {"seller": "Muster GmbH"}


AMOUNTS = st.decimals(min_value=1, max_value=10**5, places=2)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
@example(Decimal(1), Decimal(1), Decimal("1.98"))
@example(Decimal(1), Decimal(1), Decimal("2.02"))
def test_totals_that_add_up_are_never_changed(net: Decimal, tax: Decimal, other: Decimal) -> None:
    # A total a cent off adds up as well, and then its label decides.
    assume(other not in (net, tax) and abs(other - net - tax) > Decimal("0.01"))
    copied = {"net": f"{net:.2f}", "tax": f"{tax:.2f}", "gross": f"{net + tax:.2f}"}
    text = f"Total\n{other:.2f}\nSumme {copied['gross']} {copied['net']} {copied['tax']}"
    fields = labelled(([text], []), language="en", **copied).fields
    assert {answer.path: answer.verbatim for answer in fields} == copied


@given(st.dictionaries(st.sampled_from([one.name for one in BILL.fields]), st.sampled_from(GERMAN.split())))
def test_each_field_comes_once_in_the_order_of_the_type(copied: dict[str, str]) -> None:
    names = [answer.path for answer in labelled(([GERMAN], []), **copied).fields]
    order = [one.name for one in BILL.fields]
    assert names == sorted(set(names), key=order.index)


def test_an_answer_made_of_a_candidate_is_said_by_it() -> None:
    for kind, text in ((Kind.MONEY, "Netto 100,00 €"), (Kind.DATE, "am 05.06.2026"), (Kind.REFERENCE, "Nr. RE-17")):
        (item,) = Candidates([text], "de").of(kind)
        answer = answer_of(field("x", kind, "x", "x"), item)
        assert is_said_by(answer, item)
        assert (answer.status, answer.page) == ("ok", 1)
        assert text[answer.char_start : answer.char_end] == answer.verbatim


@pytest.mark.parametrize(
    ("said", "stands", "same"),
    [
        ("4711", "RE-4711", True),
        ("RE 4711", "RE-4711", True),
        ("4711", "RE-2026-4711", False),
        ("11", "RE-4711", False),
        ("4711 B", "4711", True),
        ("47110", "4711", False),
    ],
)
def test_numbers_are_the_same_but_for_letters_before_and_words_around(said: str, stands: str, same: bool) -> None:  # noqa: FBT001
    (item,) = Candidates([f"Nr. {stands}"], "de").of(Kind.REFERENCE)
    answer = FieldAnswer(path="x", kind="reference", value=said, verbatim=said, status="ok", confidence=0)
    assert is_said_by(answer, item) is same


SKONTO = a_type(field("due", Kind.DATE, "Fällig", "Due", synonyms=("zahlbar bis", "oder bis"), unlike=("Skonto",)))


@pytest.mark.parametrize(
    "line",
    [
        "Zahlbar bis 16.5.2026 mit 2 % Skonto oder bis 5.6.2026 netto.",
        "Zahlbar bis 16.5.2026 abzgl. 2 % Skonto\noder bis 5.6.2026",
        "Zahlbar bis 5.6.2026. Skonto gibt es nicht.",
        "Zahlbar bis 5.6.2026\nSkonto 2 % innerhalb von zehn Tagen",
        "Zahlbar bis 5.6.2026\tSkonto 2 %",
    ],
)
def test_a_date_with_discount_behind_it_is_not_the_due_date(line: str) -> None:
    assert [item.value.text for item in Candidates([line], "de").labelled(SKONTO.fields[0], SKONTO)] == ["2026-06-05"]


DATED = a_type(
    field("number", Kind.REFERENCE, "Rechnungsnummer", "Invoice number", of_document=True, synonyms=("Bill no",)),
    field("due", Kind.DATE, "Fällig", "Due", synonyms=("zahlbar bis",), unlike=("Skonto",)),
    field("vat_id", Kind.VAT_ID, "USt-ID", "VAT number"),
    headings=("Gutschrift", "Rechnung"),
)


def said_of(text: str, **copied: str) -> dict[str, str | None]:
    given = check_answer(DATED, copied, [text], "de")
    return values(list(by_labels(DATED, given, Candidates([text], "de")).fields))


@pytest.mark.parametrize(
    "text",
    [
        "Zahlbar bis 21.03.2026 mit 2 % Skonto (23,81 €), bis 10.04.2026 ohne Abzug.",
        "Bezahlen Sie am 21.03.2026 mit 2 % Skonto, sonst am 10.04.2026.",
    ],
)
def test_the_date_after_one_with_discount_is_taken_where_that_was_copied(text: str) -> None:
    assert said_of(text, due="21.03.2026") == {"due": "2026-04-10"}
    assert said_of(text, due="10.04.2026") == {"due": "2026-04-10"}


def test_a_date_with_discount_that_no_other_follows_stays_for_a_person() -> None:
    assert said_of("Zahlen Sie bis 21.03.2026 mit 2 % Skonto.", due="21.03.2026") == {"due": "2026-03-21"}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Zahlen Sie bald.\nSkonto am 21.03.2026", None),
        ("Skonto am 21.03.2026\nZahlen Sie am 21.03.2026", "2026-03-21"),
        ("Skonto gibt es nicht.\nZahlen Sie am 21.03.2026", "2026-03-21"),
        ("Kein Skonto. Zahlen Sie am 21.03.2026", "2026-03-21"),
        ("Zahlen Sie ohne Skonto am 21.03.2026", "2026-03-21"),
        ("2 % Skonto innerhalb 10 Tagen, ganz am 21.03.2026", "2026-03-21"),
        ("Skonto-Datum: 21.03.2026", None),
        ("Skonto ist am 21.03.2026", None),
        ("Skonto bis 21.03.2026", None),
    ],
)
def test_a_date_that_a_word_of_another_names_wherever_it_stands_is_left_out(text: str, due: str | None) -> None:
    assert said_of(text, due="21.03.2026").get("due") == due


def test_a_number_beside_a_date_does_not_hide_the_word_above_it() -> None:
    pages, layouts = placed(
        ("Beginn", 500, 1_000), ("Skonto bis", 1_500, 1_000), ("01.01.2026", 500, 1_120), ("21.03.2026", 1_500, 1_120)
    )
    given = check_answer(DATED, {"due": "21.03.2026"}, pages, "de")
    assert "due" not in values([*by_labels(DATED, given, Candidates(pages, "de", layouts)).fields])


def test_our_reminder_of_before_is_no_letter_of_today() -> None:
    kind = a_type(field("day", Kind.DATE, "Datum", "Date", of_document=True), headings=("Zahlungserinnerung",))
    text = "Auf unsere Zahlungserinnerung vom 27.04.2026 kam nichts."
    assert Candidates([text], "de").labelled(kind.fields[0], kind) == []


def test_of_several_labelled_numbers_the_first_is_the_documents_own_unless_one_of_them_was_copied() -> None:
    text = "Bill no 88107\nAkte 20314-002\nOffen: Bill no 87733"
    assert said_of(text, number="20314-002") == {"number": "88107"}
    assert said_of(text, number="87733") == {"number": "87733"}


def test_our_own_earlier_invoice_does_not_name_a_credit_note() -> None:
    text = "Gutschrift GS-26-00093\nzu unserer Rechnung RE-26-01844"
    assert said_of(text, number="RE-26-01844") == {"number": "GS-26-00093"}


def test_a_vat_number_in_the_recipients_address_is_not_the_senders() -> None:
    text = (
        "Muster Spedition KG\nHafenallee 21, 23966 Wismar\n\nHolz GmbH\nSägewerkstraße 4\n6330 Kufstein\n"
        "UID: ATU58402678\n\nRechnung RG260204\n\nWare\n\nUSt-ID DE342068171"
    )
    recipient = Candidates([text], "de").letter.recipient
    assert recipient is not None
    assert recipient.verbatim == "Holz GmbH"
    assert said_of(text, vat_id="ATU58402678")["vat_id"] == "DE342068171"


def test_of_two_vat_numbers_the_one_beside_the_senders_name_or_register_is_his() -> None:
    head = "Rechnung RG260204\n\nUSt-IdNr. ATU58402678\n\nWare" + "\n" * 20
    foot = "Muster Spedition KG · HRB 4711 · USt-ID DE342068171"
    assert said_of(f"{head}{foot}", vat_id="ATU58402678")["vat_id"] == "DE342068171"
    assert said_of(f"{head}{foot}", vat_id="DE342068171")["vat_id"] == "DE342068171"
    line = (
        "Muster Spedition KG · Hafenallee 21 · 23966 Wismar · USt-ID DE342068171\n\nHolz GmbH\nWeg 4\n6330 Kufstein\n\n"
    )
    assert said_of(f"{line}{head}", vat_id="ATU58402678")["vat_id"] == "DE342068171"
    slip = f"Zahlbar durch\n{foot}"
    assert said_of(f"{head}{slip}", vat_id="ATU58402678")["vat_id"] == "ATU58402678"


def test_an_address_goes_on_below_itself_whatever_stands_beside_it() -> None:
    beside = "\tUnsere Ansprechpartnerin\tFrau Femke Zijlstra, Telefon 0381 4455"
    address = ("Holz GmbH", "Sägewerkstraße 4", "6330 Kufstein", "USt-ID: ATU58402678")
    text = "\n".join(
        [
            "Muster Spedition KG\nHafenallee 21, 23966 Wismar\n",
            *(f"{line}{beside}" for line in address),
            "\nRechnung RG260204\n\nWare\n\nUSt-ID DE342068171",
        ]
    )
    assert said_of(text, vat_id="ATU58402678")["vat_id"] == "DE342068171"
    apart = text.replace("USt-ID: ATU", "\n\nUSt-ID: ATU")
    assert said_of(apart, vat_id="ATU58402678")["vat_id"] == "ATU58402678"


@pytest.mark.parametrize(
    ("lines", "vat_id"),
    [
        ("Rechnung an\nHolz GmbH\nSägewerkstraße 4\n6330 Kufstein\nUID: ATU58402678", None),
        ("Holz GmbH\nSägewerkstraße 4\n6330 Kufstein\nUID: ATU58402678", "ATU58402678"),
    ],
    ids=["his", "nobody says whose address"],
)
def test_the_only_vat_number_is_left_out_where_it_stands_in_the_recipients_address(
    lines: str, vat_id: str | None
) -> None:
    text = f"Muster Spedition KG\nHafenallee 21\n23966 Wismar\n\n{lines}\n\nRechnung RG260204"
    assert said_of(text, vat_id="ATU58402678").get("vat_id") == vat_id


def test_nobody_is_addressed_below_all_amounts() -> None:
    block = "Rechnung an\nHolz GmbH\nSägewerkstraße 4\n6330 Kufstein\nUID: ATU58402678"
    amounts = "Rechnung RG260204\nGesamtbetrag 119,00 €\n\n"
    assert said_of(f"{amounts}{block}", vat_id="ATU58402678").get("vat_id") == "ATU58402678"
    assert said_of(f"{block}\n\n{amounts}", vat_id="ATU58402678").get("vat_id") is None


def test_a_name_may_begin_within_another_one() -> None:
    kind = a_type(field("order", Kind.REFERENCE, "Bestellung", "Order number", synonyms=("your order",)))
    assert values([*labelled((["Your order number: MD/26/0455"], []), kind).fields]) == {"order": "MD/26/0455"}


def test_the_number_of_another_document_is_not_its_own_though_its_name_stands_on_the_line_above() -> None:
    kind = a_type(
        field("number", Kind.REFERENCE, "Nummer", "Number", of_document=True, unlike=("ursprüngliche",)),
        headings=("Rechnung", "Gutschrift"),
    )
    text = "Gutschrift\nNummer GS-300716\nBitte beachten Sie, dass die ursprüngliche\nRechnung RG-418833 Bestand hat."
    assert values([*labelled(([text], []), kind, number="RG-418833").fields]) == {"number": "GS-300716"}


@pytest.mark.parametrize(
    ("text", "is_left"),
    [
        ("Der Betrag wird per SEPA-Lastschrift von Ihrem Konto\nDE02120300000000202051 eingezogen.", False),
        ("Überweisen Sie bitte von Ihrem Konto auf IBAN DE02120300000000202051.", True),
        ("Sofern keine Lastschrift vorliegt: IBAN DE02120300000000202051", True),
    ],
)
def test_an_account_that_is_debited_is_left_out_and_one_to_pay_into_is_not(text: str, *, is_left: bool) -> None:
    kind = a_type(field("iban", Kind.IBAN, "IBAN", "IBAN", unlike=("Lastschrift", "Ihrem Konto")))
    found = values([*labelled(([text], []), kind, iban="DE02120300000000202051").fields])
    assert found == ({"iban": "DE02120300000000202051"} if is_left else {})


RECIPIENT = "Wohnbau Süd eG\nAm Hang 12\n80333 München\nUID: ATU58402678"


@pytest.mark.parametrize(
    ("text", "copied", "vat_id"),
    [
        (f"{RECIPIENT}\n\nRechnung 7\n\nMalerei Gruber\nUID ATU71718634", "ATU58402678", "ATU71718634"),
        (f"{RECIPIENT}\n\nRechnung 7\n\nMalerei Gruber", "", None),
        ("Rechnung 7\n\n071 555 30 77 | CHE-116.281.710 MWST", "", "CHE116281710MWST"),
        ("Rechnung 7\n\nIhre Nummer: CHE-116.281.710 MWST", "", None),
    ],
    ids=["the other one", "the recipient's alone", "the only one", "called the recipient's"],
)
def test_a_vat_number_is_the_senders_unless_it_stands_in_the_address_that_was_answered(
    text: str, copied: str, vat_id: str | None
) -> None:
    kind = a_type(
        field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.RECIPIENT),
        field("vat_id", Kind.VAT_ID, "Umsatzsteuer", "VAT", synonyms=("UID",), unlike=("Ihre",)),
    )
    said = {"buyer": "Wohnbau Süd eG"} | ({"vat_id": copied} if copied else {})
    mail = f"From: Sandra <s@gruber.example>\nTo: <rechnung@bau.example>\n\nGuten Tag,\n\n{text}"
    assert values([*labelled(([mail], []), kind, **said).fields]).get("vat_id") == vat_id


def test_a_letters_date_is_taken_where_one_of_a_table_was_copied() -> None:
    rows = [("Datum", 0, 800), ("04.03.2026", 0, 920), ("Akten", 2_000, 920), ("31.03.2026", 0, 1_040)]
    kind = a_type(field("issued", Kind.DATE, "Datum", "Date", of_document=True))
    page = placed(("Winterthur, 9. April 2026", 4_000, 300), *rows)
    taken = labelled(page, kind, issued="31.03.2026")
    assert values([*taken.fields]) == {"issued": "2026-04-09"}
    assert values([*labelled(page, kind, issued="04.03.2026").fields]) == {"issued": "2026-03-04"}  # it is called so


BOUGHT = a_type(
    field(
        "order",
        Kind.REFERENCE,
        "Bestellnummer",
        "Order number",
        needs_label=True,
        synonyms=("Auftrag-Nr", "PO", "order"),
    ),
    field("due", Kind.DATE, "Fällig", "Due", unlike=("Skonto",)),
)


@pytest.mark.parametrize(
    "text",
    [
        "Auftrag-Nr.: 2026-311\nIhre Bestellnummer: BW-88",
        "Our order: 2026-311\nYour order: BW-88",
        "Auftrag-Nr. 2026-311\nKundenbestellnummer BW-88",
        "Order no. 2026-311\nPurchase Order no. BW-88",
        "Order no. 2026-311\nP.O. no. order BW-88",
    ],
)
def test_of_two_orders_the_one_that_is_called_the_recipients_is_meant(text: str) -> None:
    kind = BOUGHT.model_copy(
        update={"fields": (BOUGHT.fields[0].model_copy(update={"synonyms": ("Auftrag-Nr", "order", "Kundenbestell")}),)}
    )
    assert values([*labelled(([text], []), kind, order="2026-311").fields]) == {"order": "BW-88"}
    assert values([*labelled(([text], []), kind).fields]) == {"order": "BW-88"}


def test_of_two_orders_that_are_both_the_recipients_or_neither_the_copied_one_stays() -> None:
    for text in ("Ihre Bestellnummer: BW-88\nIhre Bestellnummer: BW-90", "Auftrag-Nr.: BW-88\nAuftrag-Nr.: BW-90"):
        assert values([*labelled(([text], []), BOUGHT, order="BW-90").fields]) == {"order": "BW-90"}


@pytest.mark.parametrize(
    ("text", "order"),
    [("Reference: PO-3318", "PO-3318"), ("Reference: PO 3318", "PO 3318"), ("Reference: INV-3318", None)],
)
def test_a_number_may_be_named_by_its_own_letters(text: str, order: str | None) -> None:
    assert values([*labelled(([text], []), BOUGHT).fields]).get("order") == order


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Periode 01.03.2026 - 31.08.2026", None),
        ("von 01.03.2026 bis zum 31.08.2026", None),
        ("Periode 01.03.2026 - 31.08.2026\nZahlen Sie am 31.08.2026", "2026-08-31"),
        ("Bestellt 01.03.2026, zu zahlen 31.08.2026", "2026-08-31"),
        ("Fällig: 01.03.2026 - 31.08.2026\nFällig: 31.08.2026", "2026-08-31"),
    ],
)
def test_the_end_of_a_span_is_no_day_of_another_field(text: str, due: str | None) -> None:
    assert values([*labelled(([text], []), BOUGHT, due="31.08.2026").fields]).get("due") == due


def test_a_vat_number_that_words_make_the_recipients_gives_way_to_the_other() -> None:
    number = field("vat_id", Kind.VAT_ID, "USt-IdNr.", "VAT number", unlike=("Leistungsempfänger",))
    kind = a_type(field("seller", Kind.NAME, "Verkäufer", "Seller"), number)
    text = (
        "Steuerschuld des Leistungsempfängers. USt-IdNr. des Leistungserbringers: DE136695976, USt-IdNr. des\n"
        "Leistungsempfängers: ATU57780814."
    )
    given = check_answer(kind, {"vat_id": "ATU57780814"}, [text], "de")
    assert values([*by_labels(kind, given, Candidates([text], "de")).fields])["vat_id"] == "DE136695976"
    given = check_answer(kind, {"vat_id": "DE136695976"}, [text], "de")
    assert values([*by_labels(kind, given, Candidates([text], "de")).fields])["vat_id"] == "DE136695976"


@pytest.mark.parametrize(
    ("lines", "delivered"),
    [
        ("Datum: 02.11.2026\nLieferdatum: 04.11.2026", "2026-11-04"),
        ("Lieferdatum: 04.11.2026\nDatum: 02.11.2026", "2026-11-04"),
        ("Datum: 02.11.2026\nLieferdatum: 04.11.2026\nLieferdatum: 05.11.2026", "2026-11-02"),
        ("Datum: 02.11.2026\nLiefertag: 04.11.2026", "2026-11-04"),
        ("Liefertag: 02.11.2026\nRestlieferung\nLieferdatum: 20.11.2026", "2026-11-02"),
        ("Datum: 02.11.2026\nzum Lieferschein LS-1\nLieferdatum: 04.10.2026", "2026-11-02"),
    ],
    ids=["own name", "other order", "own name twice", "another name that tells", "another as good", "an earlier one"],
)
def test_a_fields_own_name_tells_more_than_others(lines: str, delivered: str) -> None:
    note = a_type(
        field("delivered", Kind.DATE, "Lieferdatum", "Delivery date", of_document=True, synonyms=("Datum", "Liefertag"))
    )
    page = f"Lieferschein LS-7\n{lines}\n"
    read = check_answer(note, {"delivered": "02.11.2026"}, [page], "de")
    assert values(by_labels(note, read, Candidates([page], "de")).fields)["delivered"] == delivered


NAMED: Final = [("Lieferdatum:", 0, 200), ("20.11.2026", 600, 200)]
EARLIER: Final = [("Lieferdatum:", 0, 200), ("02.11.2026", 600, 200)]
ROWS: Final = [("Die Tide", 0, 520), ("10.11.2026", 1000, 520), ("Der Turm", 0, 820), ("12.11.2026", 1000, 820)]


@pytest.mark.parametrize(
    ("words", "dated"),
    [([*NAMED, *ROWS], "2026-11-20"), ([*NAMED, *ROWS[:2]], "2026-11-20"), ([*EARLIER, *ROWS[:2]], "2026-11-10")],
    ids=["a column", "one, as of a letter", "one before it"],
)
def test_a_named_date_is_taken_before_those_that_stand_as_a_letters_do(words: list[Placed], dated: str) -> None:
    note = a_type(field("delivered", Kind.DATE, "Lieferdatum", "Delivery date", of_document=True))
    pages, layouts = placed(*words)
    read = check_answer(note, {"delivered": "10.11.2026"}, pages, "de")
    assert values(by_labels(note, read, Candidates(pages, "de", layouts)).fields)["delivered"] == dated


@pytest.mark.parametrize(
    ("totals", "due"),
    [(None, "115.00"), (TaxTotals(net="open", tax="fee", gross="sum"), "100.00")],
    ids=["a reminder", "an invoice"],
)
def test_of_two_amounts_the_one_that_the_other_makes_with_a_charge_is_due(totals: TaxTotals | None, due: str) -> None:
    kind = a_type(
        field("open", Kind.MONEY, "Offen", "Due", synonyms=("Summe",)),
        field("fee", Kind.MONEY, "Gebühr", "Fee"),
        field("sum", Kind.MONEY, "Brutto", "Gross"),
        tax_totals=totals,
    )
    page = "Offen: 100,00 €\nGebühr: 15,00 €\nSumme: 115,00 €"
    read = check_answer(kind, {"open": "100,00 €"}, [page], "de")
    assert values([*by_labels(kind, read, Candidates([page], "de")).fields])["open"] == due


@pytest.mark.parametrize(
    ("below", "due"),
    [
        ("Zins: 2,00 €\nSumme: 117,00 €", "117,00 €"),
        ("bereits gezahlt: 50,00 €\nSumme: 65,00 €", "65,00 €"),
        ("gezahlt: 50,00 €\nRest: 65,00 €", "65,00 €"),
    ],
    ids=["a further charge", "a payment", "an answer that no name tells"],
)
def test_a_sum_with_a_charge_is_not_due_where_more_is_or_something_was_paid(below: str, due: str) -> None:
    kind = a_type(
        field("open", Kind.MONEY, "Offen", "Due", synonyms=("Summe",)), field("fee", Kind.MONEY, "Gebühr", "Fee")
    )
    page = f"Offen: 100,00 €\nGebühr: 15,00 €\nSumme: 115,00 €\n{below}"
    read = check_answer(kind, {"open": due}, [page], "de")
    done = by_labels(kind, read, Candidates([page], "de")).fields
    assert [answer.verbatim for answer in done if answer.path == "open"] == [due]


def test_an_account_takes_the_place_of_a_number_that_does_not_look_like_one() -> None:
    text = "Account 1234567890\nVon auswärts: GB33 BUKB 2020 1555 5555 55"
    (number,) = check_answer(BILL, {"iban": "1234567890"}, [text], "en")
    assert number.status == "unparsed"
    found = by_labels(BILL, [number], Candidates([text], "en")).fields
    assert values([*found]) == {"iban": "GB33BUKB20201555555555"}
    alone = text.splitlines()[0]
    assert by_labels(BILL, [number], Candidates([alone], "en")).fields == [number]


def test_an_order_that_is_called_the_customers_is_taken_and_not_his_own_number() -> None:
    page = "Kundennummer: 30877 Bestellnummer Kunde: SH-PO-0614"
    taken = labelled(([page], []), TYPES["delivery_note"], order_number="30877").fields
    assert values([*taken]) == {"order_number": "SH-PO-0614"}


@pytest.mark.parametrize(
    ("words", "copied", "gross"),
    [
        ("Summe", "170,00", "170.00"),
        ("Gesamt", "170,00", "170.00"),
        ("Summe", "50,00", "120.00"),
    ],
    ids=["the sum stays", "named, too", "a smaller one gives way"],
)
def test_a_row_below_the_name_of_its_column_is_no_total_where_a_greater_amount_was_copied(
    words: str, copied: str, gross: str
) -> None:
    head = [("Leistung", 0, 100), ("Menge", 2_000, 100), ("Gesamt", 4_000, 100)]
    rows = [("Schnitt", 0, 220), ("3", 2_000, 220), ("120,00", 4_000, 220)]
    more = [("Farbe", 0, 340), ("1", 2_000, 340), ("50,00", 4_000, 340)]
    page = placed(*head, *rows, *more, (words, 2_000, 520), ("170,00", 4_000, 520))
    kind = BILL.model_copy(update={"tax_totals": TaxTotals(net="net", tax="tax", gross="gross")})
    assert values([*labelled(page, kind, gross=copied).fields]).get("gross") == gross


def test_what_stands_above_a_number_that_is_called_something_beside_it_does_not_name_it() -> None:
    cells = [("Rechnungsnummer: 26-07-1142", 0, 100), ("Kundennummer:", 0, 220), ("20815", 1_000, 220)]
    found = labelled(placed(*cells), number="26-07-1142").fields
    assert values([*found]) == {"number": "26-07-1142"}
    short = [("Rechnungsnummer", 0, 100), ("Nr.:", 0, 220), ("20815", 300, 220)]
    assert values([*labelled(placed(*short)).fields]) == {"number": "20815"}


@pytest.mark.parametrize(("page", "number"), [("Jahresrechnung 2025", None), ("Jahresrechnung 20251", "20251")])
def test_a_heading_and_a_year_are_no_number(page: str, number: str | None) -> None:
    assert values([*labelled(([page], []), TYPES["invoice"]).fields]).get("invoice_number") == number


@pytest.mark.parametrize(
    ("line", "copied", "order"),
    [
        ("Customer reference: BW-PO-3371", "", "BW-PO-3371"),
        ("Ihre Referenznr. 4500-118273\nIhre Kundennr. 10467", "10467", "4500-118273"),
        ("Auftrags-ID: 4400817265", "", "4400817265"),
        ("Order:\n24659", "", "24659"),
        ("Please quote your PO LHF-2291 with your payment", "", "LHF-2291"),
        ("Kundennummer 30518 Bestell-Nr. 4711-B", "30518", "4711-B"),
    ],
)
def test_an_order_is_known_by_what_buyers_call_it(line: str, copied: str, order: str) -> None:
    found = answered("invoice", f"Muster GmbH\nRechnung RE-7\n{line}\n", "de", order_number=copied)
    assert found.get("order_number") == order


@pytest.mark.parametrize("kind", ["invoice", "delivery_note"])
def test_a_customers_number_is_no_order(kind: str) -> None:
    found = answered(kind, "Muster GmbH\nKundennummer 30518\nDatum 02.02.2026\n", "de", order_number="30518")
    assert "order_number" not in found


def test_our_account_is_the_one_to_pay_into_whatever_other_stands_first() -> None:
    page = (
        "Umsatzsteuernummer: ATU12345675\nMitglied: Wohnbau eG\nMitgliedsnummer: 67, Umsatzsteuernummer: ATU76543215\n"
        "Bank am Hang | DE72 1203 0000 0000 2020 52 | Wohnbau GmbH\n"
        "Bitte überweisen Sie den Gesamtbetrag bis 30.04.2026 auf unser Konto DE02 1203 0000 0000 2020 51 (Bank AG)."
    )
    found = answered("invoice", page, "de", iban="DE72 1203 0000 0000 2020 52")
    assert found["iban"] == "DE02120300000000202051"
    assert found["due_date"] == "2026-04-30"
    assert found["seller_vat_id"] == "ATU12345675"


NOTICE = TYPES["public_notice"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Die Gebühr wird auf 486,40 € festgesetzt.\nDie Gebühr beträgt 1,90 € je Quadratmeter und Monat.", "486.40"),
        ("Sondernutzung 983,30 €\nEs sind zu zahlen (EUR 296,31)", "983.30"),
        ("Festgesetzt werden 486,40 €.\nGebühr: 1,90 € je Quadratmeter", "486.40"),
        ("Festgesetzt werden 486,40 €.\nBetrag: 1,90 € je Quadratmeter", "486.40"),
    ],
)
def test_what_was_copied_stays_where_the_amount_beside_the_name_cannot_be_it(text: str, right: str) -> None:
    copied = {"486.40": "486,40 €", "983.30": "983,30 €"}[right]
    assert answered("public_notice", text, "de", amount=copied)["amount"] == right


def test_a_negative_amount_beside_the_name_takes_the_place_of_a_positive_copy_from_elsewhere() -> None:
    text = "Rechnungskorrektur\nNettopreis 1,00\nBetrag: -7,67"
    assert values([*labelled(([text], []), NOTICE, amount="1,00").fields]) == {"amount": "-7.67"}


def test_an_amount_below_its_columns_name_is_a_rows_where_a_greater_one_was_copied() -> None:
    page = placed(
        ("Sondernutzungsgebühr", 0, 100), ("983,30 €", 5_000, 100),
        ("Position", 0, 300), ("Betrag", 5_000, 300),
        ("Baugerüst", 0, 420), ("611,80 €", 5_000, 420),
    )  # fmt: skip
    assert {field.path: field.value for field in labelled(page, NOTICE, amount="983,30 €").fields} == {
        "amount": "983.30"
    }


def test_an_orders_value_has_no_tax_in_it() -> None:
    text = "Total Before Discount: 482,542.00\nTax Amount: 77,677.56\nTotal Payment Due: 560,219.56"
    kind = TYPES["purchase_order"]
    copied = labelled(([text], []), kind, "en", net_total="482,542.00")
    assert values(list(copied.fields)) == {"net_total": "482542.00"}


def test_a_documents_number_is_the_one_that_is_called_it_before_one_below_the_heading() -> None:
    text = "Rechnung\nB-Nr.: HM-4471\nAB-Nr.: 26020188\nRechnungsnummer: 26040035"
    assert values(list(labelled(([text], []), number="HM-4471").fields))["number"] == "26040035"


def test_a_number_that_begins_with_the_name_of_another_is_not_the_documents_own() -> None:
    text = "Rechnung\nPO-58214\nRechnungsnummer fehlt"
    assert values(list(labelled(([text], []), order="PO-58214", number="PO-58214").fields))["order"] == "PO-58214"


def test_a_credit_notes_total_is_negative_as_its_name_says() -> None:
    text = "Rechnungskorrektur\nArtikel 1,00 €\nNettobetrag: -7,67 €"
    assert values(list(labelled(([text], []), TYPES["invoice"], net_total="1,00 €").fields)) == {"net_total": "-7.67"}
    notice = "Festsetzung 98,77 €\nZu zahlen (EUR 296,31)"
    assert values(list(labelled(([notice], []), NOTICE, amount="98,77 €").fields)) == {"amount": "98.77"}


@pytest.mark.parametrize("written", ["318 .-", "318.-", "318 .\u2013", "318,- €"])
def test_whole_francs_and_euros_have_a_dash_for_their_cents(written: str) -> None:
    page = f"Muster GmbH\nHonorarnote\nGesamt in Euro: {written}\nZahlbar prompt"
    gross = next(definition for definition in BILL.fields if definition.name == "gross")
    (found,) = Candidates([page], "de").labelled(gross, BILL)
    assert (found.verbatim, found.value.numeric) == (written, Decimal(318))


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("Rechnung zu Ihrem Auftrag PJ-0412", "PJ-0412"),
        ("Lieferung gemäß Ihrer Bestellung 8834-B", "8834-B"),
        ("PO 4500087719", "4500087719"),
        ("PO 4500087719 applies. Thank you.", "4500087719"),
        ("Client Ref.:\nPO 4500087719", "PO 4500087719"),
        ("Auftrag PJ-0412", None),
        ("Leistungszeitraum September, Ihr Abruf 7000341955 vom 24.08.2026.", "7000341955"),
        ("PO 654321 Bradford", None),
        ("Bestellung #2862\nPO-Nummer EK-26/7", "EK-26/7"),
        ("PO 44718", None),
    ],
)
def test_an_order_that_is_called_the_buyers_is_filled_in(line: str, order: str | None) -> None:
    found = answered("invoice", f"Muster GmbH\nRechnung RE-7\n{line}\n", "de")
    assert found.get("order_number") == order


@pytest.mark.parametrize(
    ("sentence", "claimed"),
    [
        ("die Erstattung von 349,00 € sowie der Lieferkosten von 49,00 €, zusammen 398,00 €.", "398.00"),
        ("die Erstattung von 349,00 € und 49,00 €, insgesamt also\n398,00 €.", "349.00"),
        ("die Erstattung von 349,00 €, das sind zusammen 349,00 €.", "349.00"),
        ("die Erstattung von 349,00 € sowie 49,00 €, zusammen 400,00 €.", "349.00"),
    ],
)
def test_what_is_claimed_is_what_the_amounts_of_its_sentence_make_together(sentence: str, claimed: str) -> None:
    text = f"Reklamation\nIch verlange {sentence}\n"
    assert answered("complaint", text, "de", amount_claimed="349,00 €")["amount_claimed"] == claimed
