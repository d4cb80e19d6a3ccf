"""What fresh eyes found too wide in rules for names, totals, numbers and contacts: it stays what it was."""

import time

import pytest
from unit.answers.invoices import INVOICE, answers, candidates, said
from unit.answers.placed import column, placed
from unit.answers.test_contacts import of_application
from unit.answers.test_surroundings import around
from unit.answers.test_trading_names import of_sentence, seller
from unit.answers.test_withheld import of_text, reasons

from services.answers.letter import Letter
from services.answers.names import parse_name
from services.answers.references import parse_reference
from services.answers.surroundings import Surroundings
from services.answers.trading_names import who_trades
from services.answers.what_is_left import before_payments
from services.answers.whole_names import whole_firm

HEAD = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n"
VALUES = (("R 26/0219", 500, 1_000), ("9. 6. 2026", 1_700, 1_000), ("LS-2213", 2_900, 1_000))
NAMES = (("Rechnung", 500, 1_120), ("ausgestellt", 1_700, 1_120), ("Lieferschein", 2_900, 1_120))


@pytest.mark.parametrize(
    "page",
    [
        "Subtotal 1.200,00 €\nPrompt payment discount 24,00 €\nTotal 1.176,00 €",
        "Goods 1.196,00 €\nDeposit on returned crates 20,00 €\nInvoice total 1.176,00 €",
        "Waren 1.196,00 €\nGutschrift Leergut erhalten 20,00 €\nGesamtbetrag 1.176,00 €",
        "Leistungsstand kumuliert 2.352,00 €\nbisherige Abschlagszahlungen 1.176,00 €\nRestbetrag 1.176,00 €",
        "Contract price 2.000,00 €\nBalance payable after deposit 824,00 €\nTotal of this invoice 1.176,00 €",
        "Auftragswert 2.000,00 €\nRestbetrag nach Anzahlung 824,00 €\nRechnungsbetrag 1.176,00 €",
        "Previous balance 2.352,00 €\nPayment received 1.176,00 €\nCharges this quarter 1.176,00 €",
        "Previous balance 2.352,00 €\nPayment received 1.176,00 €\nBalance due 1.176,00 €",
        "Summe 2.000,00 €\nAnzahlung 824,00 €\nRechnungsbetrag zu zahlen 1.176,00 €",
    ],
)
def test_a_total_behind_a_discount_or_of_a_part_or_named_so_stays(page: str) -> None:
    fields = answers(HEAD + page, gross_total="1.176,00 €")
    assert said(before_payments(INVOICE, fields, candidates(HEAD + page)))["gross_total"] == "1176.00"


def test_a_total_that_its_tax_proves_stays() -> None:
    page = f"{HEAD}Summe 1.190,00 €\nAnzahlung 595,00 €\nzu zahlen 595,00 €\nenthaltene MwSt 19 % 95,00 €"
    fields = answers(page, gross_total="595,00 €", tax_total="95,00 €")
    assert said(before_payments(INVOICE, fields, candidates(page)))["gross_total"] == "595.00"


@pytest.mark.parametrize(
    "line",
    [
        "Haus am See · Jan Kern, Inhaber",
        "Haus am See | Jan Kern | Owner",
        "Haus am See · Familie Kern · Inhaber Jan Kern",
        "Konto: Haus am See, Inhaber Jan Kern",
        "Vielen Dank, Ihr Haus am See - Inhaber Jan Kern",
        "Ihr Team vom Haus am See, Inhaber Jan Kern",
        "Haus am See Account Owner: Tom Field",
        "Haus am See heißt Sie willkommen · Inhaber Jan Kern",
    ],
)
def test_what_stands_beside_a_business_before_its_owner_is_no_part_of_its_name(line: str) -> None:
    assert of_sentence("Haus am See", line) == "Haus am See"


def test_the_point_behind_a_sentence_is_none_of_the_firms() -> None:
    assert of_sentence("Haus am See", "Haus am See ist ein Betrieb der Ostsee Hotel GmbH.") == "Ostsee Hotel GmbH"


@pytest.mark.parametrize("above", ["Tax Invoice", "Registered Office Galway Ireland", "Rechnung"])
def test_the_line_above_a_firm_that_trades_under_a_name_is_none_of_it(above: str) -> None:
    more = ((above, 500, 8_000), ("Dunmore Ltd t/a Haus am See", 500, 8_120))
    assert seller("Haus am See", *more) == "Dunmore Ltd"


def test_the_recipients_trading_name_is_not_the_sellers() -> None:
    to = (
        ("Kern GmbH, handelnd unter See Gasthof", 500, 1_240),
        ("Am Hang 12", 500, 1_360),
        ("80333 München", 500, 1_480),
    )
    page = placed(("See", 500, 100), *to)
    assert who_trades("See", Letter(page[0], Surroundings(*page))) is None


@pytest.mark.parametrize("filling", [" " * 20_000, "\u00a0" * 20_000, "\n" * 20_000, "ist eine " * 3_000])
def test_hostile_text_is_looked_at_in_no_time(filling: str) -> None:
    text = f"Haus{filling}x\nHaus (t/a {filling}"
    letter = Letter([text], Surroundings([text], [[]]))
    begin = time.process_time()
    who_trades("Haus", letter)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    "sentence",
    [
        "Sehr geehrte Frau Krause,\ngerne bin ich unter {} zu erreichen.",
        "Dear Mr Field,\nplease call me on {}",
        "Wie mit Frau Krause besprochen, erreichen Sie mich unter {}",
        "I spoke to Mr Field and left him my number {}",
        "Your reference: HR/22   Phone: {}",
        "Order reference 77123 · {}",
        "In an emergency please ring {}",
        "Für jede weitere Auskunft: {}",
        "Ms Word, Ms Excel {}",
        "Herr Dr. med. Jan Kern, Tel. {}",
    ],
)
def test_a_writers_own_number_is_stated_whoever_is_addressed_or_talked_of(sentence: str) -> None:
    number = "0431 555 0143"
    assert of_application(sentence.format(number), phone=number) == []


@pytest.mark.parametrize(
    ("said", "number"), [("12 für Haus 3", "12 für Haus 3"), ("05/2026 zu 88123", "05/2026 zu 88123"), ("A-17", "A-17")]
)
def test_a_short_number_or_a_month_is_not_taken_for_one_with_words(said: str, number: str) -> None:
    assert parse_reference(said, "de") == number


@pytest.mark.parametrize("words", ["USt-IdNr. der Gesellschaft", "USt-IdNr. der Praxis"])
def test_a_sellers_vat_number_is_his_whatever_he_calls_himself(words: str) -> None:
    text = f"Rechnung 7\nWohnbau Gesellschaft mbH\n{words}: DE136695976"
    assert of_text("invoice", text, buyer_name="Wohnbau Gesellschaft mbH", seller_vat_id="DE136695976") == {}


def test_a_sign_of_several_currencies_contradicts_none() -> None:
    assert (
        of_text("invoice", "Invoice 7\nTotal Rs. 1,500.00 LKR", "en", currency="LKR", gross_total="Rs. 1,500.00") == {}
    )


def test_a_code_before_an_amount_tells_its_currency() -> None:
    text = "Invoice 7\nTotal EUR 3,656.40\nFor your return GBP 3,148.16"
    assert list(of_text("invoice", text, "en", currency="EUR", gross_total="3,148.16")) == ["gross_total"]
    assert of_text("invoice", text, "en", currency="EUR", gross_total="3,656.40") == {}


@pytest.mark.parametrize("name", ["c/o Brunner Bau AG", "Inhaberin Wiebke Kern"])
def test_who_gets_the_post_and_the_line_of_an_owner_are_only_proposed(name: str) -> None:
    assert list(reasons("invoice", placed((name, 500, 1_000)), seller_name=name)) == ["seller_name"]


def test_labels_in_the_line_below_name_their_values() -> None:
    page = placed(*VALUES, *NAMES, ("70 318", 500, 1_400), ("tel. 28. 5. 2026", 1_700, 1_400), ("Nr. 8", 2_900, 1_400))
    assert around(page, "R 26/0219")[0] == "rechnung"
    assert "lieferschein" in around(page, "LS-2213")


def test_labels_above_are_nearer_than_those_of_the_next_values() -> None:
    heads = tuple((name, left, 880) for name, left in (("Beleg", 500), ("Datum", 1_700), ("Schein", 2_900)))
    below = tuple((text, left, 1_120) for text, left, _ in NAMES)
    assert around(placed(*heads, *VALUES, *below), "R 26/0219")[0] == "beleg"


def test_a_line_of_figures_below_values_names_none() -> None:
    page = placed(*VALUES, *((f"{text} 7", left, base) for text, left, base in NAMES))
    assert "rechnung 7" not in around(page, "R 26/0219")


@pytest.mark.parametrize("words", ["zzgl. MWST", "Zwischentotal exkl. MWST", "SUMME"])
def test_the_end_of_a_word_before_an_amount_is_no_currency(words: str) -> None:
    text = f"Rechnung 7\nBetrag CHF 5.00\n{words}\n644.00\n{words} 644.00"
    assert of_text("invoice", text, currency="CHF", gross_total="644.00") == {}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Umweltlabor Kern GmbH & Co. KG in Ringstadt", "Umweltlabor Kern GmbH & Co. KG"),
        ("Weingut Kern GbR Inh. Familie Kern", "Weingut Kern GbR"),
        ("Weingut Kern GbR, Inhaberin: Ida Kern", "Weingut Kern GbR"),
        ("Kern & Co. Inhouse GmbH", "Kern & Co. Inhouse GmbH"),
    ],
)
def test_the_town_and_the_owner_behind_a_firm_are_none_of_its_name(said: str, name: str) -> None:
    assert parse_name(said) == name


@pytest.mark.parametrize(
    ("line", "said", "name"),
    [
        ("Camille Roux EI", "Camille Roux", "Camille Roux EI"),
        ("Camille Roux EIFFEL", "Camille Roux", "Camille Roux"),
        ("Spedition Hardtlog, 2 Paletten", "Hardtlog", "Spedition Hardtlog"),
        ("mit der Spedition Hardtlog", "Hardtlog", "Hardtlog"),
    ],
)
def test_a_sole_traders_form_and_a_carriers_trade_belong_to_the_name(line: str, said: str, name: str) -> None:
    page = placed((line, 500, 1_000))
    assert whole_firm(said, 1, line.index(said), Surroundings(*page)) == name


def test_an_address_ends_the_block_of_whoever_stands_above_it() -> None:
    number = "0431 555 0143"

    def withheld(*lines: str) -> list[str]:
        page = placed(("Jan Kern", 5_000, 100), *column(500, 1_000, *lines, number))
        return list(reasons("job_application", page, applicant_name="Jan Kern", phone=number))

    far = "Leitung des Einkaufs und der Lager, Hinterhaus links, dritter Stock, München an der Isar"
    assert withheld("Frau Krause", far) == ["phone"]
    assert withheld("Frau Krause", far.replace("München", "80333 München")) == []


def test_who_is_copied_with_care_of_gets_the_post_of_another() -> None:
    page = placed(("c/o Korff Bau AG", 500, 1_000), ("Brook Bau AG", 500, 2_000))
    letter = Letter(page[0], Surroundings(*page))
    assert letter.is_care_of(1, 0)
    assert not letter.is_care_of(1, page[0][0].index("Brook"))
