"""Values that are only proposed for what the document says around them, each with its reason; others are stated."""

import pytest
from unit.answers.placed import TYPES, Pages, column, placed

from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.findings import withheld_for
from services.answers.withheld import of_nobody, withheld


def reasons(kind: str, page: Pages, language: str = "de", **copied: str) -> dict[str, str]:
    candidates = Candidates(page[0], language, page[1])
    fields = check_answer(TYPES[kind], copied, page[0], language, candidates.surroundings)
    found = withheld(TYPES[kind], fields, candidates)
    findings = withheld_for(TYPES[kind], fields, found, language)
    assert all(finding.needs_review for finding in findings)
    return {finding.fields[0]: finding.message for finding in findings}


def of_text(kind: str, text: str, language: str = "de", **copied: str) -> dict[str, str]:
    return reasons(kind, ([text], []), language, **copied)


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        ("invoice", "invoice_number", "Abschlagsrechnung\nProjekt-Nr.: 2026-033"),
        ("delivery_note", "delivery_note_number", "Lieferschein\nBuchungsnummer: 7F3A91C2"),
        ("delivery_note", "delivery_note_number", "Delivery slip\nOrder: S07714"),
        ("payment_reminder", "invoice_number", "2. Mahnung\nAktenzeichen: 20260323-9F41"),
        ("payment_reminder", "invoice_number", "2. Mahnung\nAmtliches Kennzeichen: KI-AB 417"),
        ("payment_reminder", "invoice_number", "Reminder\nVehicle Registration No.: AV17 KLO"),
        ("payment_reminder", "invoice_number", "Relance\nImmatriculation : GK-417-TB"),
    ],
)
def test_a_number_that_words_call_anothers_is_only_proposed(kind: str, field: str, text: str) -> None:
    said = text.rpartition(": ")[2]
    (message,) = of_text(kind, text, **{field: said}).values()
    assert message.endswith(f"die Wörter vor „{said}“ nennen etwas anderes.")


def test_a_number_that_is_found_by_its_form_may_stand_behind_more_words() -> None:
    assert of_text("invoice", "Original invoice #BK-2026-01873", "en", invoice_number="BK-2026-01873") == {}


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        ("invoice", "invoice_number", "Rechnung\nRechnungsnummer: 2026-033"),
        ("invoice", "invoice_number", "Rechnung 2026-033"),
        ("invoice", "invoice_number", "Projekt-Nr.: 2026-033\nRechnungsnummer: 2026-033"),
        ("delivery_note", "delivery_note_number", "Lieferschein Nr. 2026-033"),
    ],
)
def test_a_documents_own_number_is_stated(kind: str, field: str, text: str) -> None:
    assert of_text(kind, text, **{field: "2026-033"}) == {}


@pytest.mark.parametrize("words", ["Auftragsnummer", "Auftrags-Nr.", "Auftrag Nr."])
def test_an_order_that_may_have_the_senders_own_number_is_only_proposed(words: str) -> None:
    text = f"Rechnung RE-17\n{words}: A-2026-0377"
    assert of_text("invoice", text, order_number="A-2026-0377") == {
        "order_number": "Bestellnummer: „A-2026-0377“ kann eine eigene Nummer des Absenders sein."
    }


@pytest.mark.parametrize(
    "words", ["Bestellnummer", "Ihr Auftrag", "Ihre Auftragsnummer", "Your order no.", "Auftrags-ID"]
)
def test_a_number_that_is_called_the_buyers_is_stated(words: str) -> None:
    assert of_text("invoice", f"Rechnung RE-17\n{words}: A-2026-0377", order_number="A-2026-0377") == {}


def test_a_vat_number_that_is_called_the_customers_alone_is_only_proposed() -> None:
    number = "DE319774206"
    assert of_text("invoice", f"Rechnung\nKunden-USt-IdNr.: {number}", seller_vat_id=number) == {
        "seller_vat_id": f"USt-IdNr. des Verkäufers: die Wörter vor „{number}“ nennen etwas anderes."
    }
    assert of_text("invoice", f"Rechnung\nUSt-IdNr.: {number}", seller_vat_id=number) == {}
    both = f"Rechnung\nKunden-USt-IdNr.: {number}\nUSt-IdNr.: {number}"
    assert of_text("invoice", both, seller_vat_id=number) == {}


APPLICATION = placed(
    *column(500, 300, "Ida Brook", "27 Station View", "Sheffield S11 8TP"),
    *column(500, 1_240, "Pennine Water plc", "Calder House", "6 Weir Street", "Wakefield WF1 4QX"),
    *column(500, 3_000, "Dear Mr Field", "I work for Don Valley Testing Ltd."),
)


def test_nobody_applies_to_the_firm_that_employs_him_now() -> None:
    assert reasons("job_application", APPLICATION, "en", current_employer="Pennine Water plc") == {
        "current_employer": "Current employer: “Pennine Water plc” is whom the document is written to."
    }
    assert reasons("job_application", APPLICATION, "en", current_employer="Don Valley Testing Ltd") == {}


TAXES = "Netto 780,14 €\nMwSt. 7 % 36,96 €\nMwSt. 19 % 39,30 €\nRechnungsbetrag 856,40 €"


def test_one_of_several_taxes_is_only_proposed_as_their_total() -> None:
    amounts = {"net_total": "780,14 €", "gross_total": "856,40 €"}
    assert of_text("invoice", TAXES, tax_total="39,30 €", **amounts) == {
        "tax_total": "Steuerbetrag: „39,30 €“ ist wohl eine von mehreren Steuern."
    }
    one = "Netto 100,00 €\nMwSt. 19 % 19,00 €\nPfand 2,00 €\nRechnungsbetrag 121,00 €"  # what no tax is left
    assert of_text("invoice", one, tax_total="19,00 €", net_total="100,00 €", gross_total="121,00 €") == {}
    rounded = "Netto 780,14 €\nMwSt. 39,30 €\nRechnungsbetrag 819,45 €"
    assert of_text("invoice", rounded, tax_total="39,30 €", net_total="780,14 €", gross_total="819,45 €") == {}
    assert of_text("invoice", TAXES, tax_total="39,30 €") == {}
    freight = "SUBTOTAL $100.00\nSALES TAX $7.25\nSHIPPING $10.00\nTOTAL DUE $117.25"  # a rate of the United States
    amounts = {"net_total": "$100.00", "tax_total": "$7.25", "gross_total": "$117.25"}
    assert of_text("invoice", freight, "en", **amounts) == {}


def test_of_two_periods_that_the_same_words_tell_the_less_sure_one_is_only_proposed() -> None:
    text = "Der Vertrag läuft bis 30.06.2029. Er verlängert sich automatisch um 12 Monate."
    candidates = Candidates([text], "de")
    copied = {"term": "automatisch um 12 Monate", "renewal_period": "12 Monate"}
    fields = check_answer(TYPES["contract"], copied, [text], "de", candidates.surroundings)
    weighed = [field.model_copy(update={"confidence": 0.8 if field.path == "term" else 0.9}) for field in fields]
    assert [*withheld(TYPES["contract"], weighed, candidates)] == ["term"]
    assert withheld(TYPES["contract"], [field for field in weighed if field.path == "term"], candidates) == {}


@pytest.mark.parametrize("name", ["Camille", "LAMBERTS"])
def test_one_word_is_only_proposed_as_a_partys_name(name: str) -> None:
    assert of_text("invoice", f"Facture\n{name}\nRoux", "fr", seller_name=name) == {
        "seller_name": f"Seller: “{name}” is probably a part of a name."
    }


def test_the_title_of_a_party_is_only_proposed_as_its_name() -> None:
    text = "Vertrag zwischen\nAgentur\nLindenblatt Digital GmbH\nund\nTischlerei Ohnesorg"
    assert [*of_text("contract", text, party_a="Agentur", party_b="Tischlerei Ohnesorg")] == ["party_a"]
    assert of_text("contract", text, party_a="Lindenblatt Digital GmbH", party_b="Tischlerei Ohnesorg") == {}
    assert of_text("delivery_note", "Lieferschein\nSpedition: Rhenus", carrier="Rhenus") == {}


@pytest.mark.parametrize(
    ("below", "withheld_fields"),
    [("Zweckverband Wasser Altdorf", ["party_b"]), ("Wohnbau Süd eG", ["party_b"]), ("Das Haus am Hang", [])],
)
def test_who_stands_above_an_organisation_is_only_proposed_as_a_contracts_party(
    below: str, withheld_fields: list[str]
) -> None:
    page = placed(*column(0, 100, "Auftraggeber", "Ida Brook", below, "Am Hang 12", "80333 München"))
    assert [*reasons("contract", page, party_b="Ida Brook")] == withheld_fields


@pytest.mark.parametrize("name", ["Lindenhof-Apotheke", "Korff GmbH", "Ida Brook", "Netto24"])
def test_a_compound_a_firm_and_two_words_are_stated_as_a_name(name: str) -> None:
    assert of_text("invoice", f"Rechnung\n{name}\nAm Hang 12", seller_name=name) == {}


def test_an_address_with_a_partys_name_in_it_is_only_proposed() -> None:
    text = "Deliver to: Harbour Homes Trust, Bay 2, 5 Mill Lane, York YO1 7HH"
    copied = {"buyer_name": "Harbour Homes Trust", "delivery_address": text.removeprefix("Deliver to: ")}
    (message,) = of_text("purchase_order", text, "en", **copied).values()
    assert message.endswith("has a name in it, too.")
    assert of_text("purchase_order", text, "en", **copied | {"delivery_address": "5 Mill Lane, York YO1 7HH"}) == {}


def test_a_tax_that_is_surer_than_the_total_is_stated() -> None:
    candidates = Candidates([TAXES], "de")
    copied = {"net_total": "780,14 €", "tax_total": "39,30 €", "gross_total": "856,40 €"}
    fields = check_answer(TYPES["invoice"], copied, [TAXES], "de", candidates.surroundings)
    sure = [field.model_copy(update={"confidence": 0.9 if field.path == "tax_total" else 0.5}) for field in fields]
    assert withheld(TYPES["invoice"], sure, candidates) == {}


def test_an_amount_of_which_a_part_is_paid_is_only_proposed_where_what_is_left_is_printed() -> None:
    text = (
        "Rechnung über 2.129,98 €. Am 21.09.2026 ist eine Teilzahlung von 1.000,00 € eingegangen.\nMahngebühr: 7,50 €"
    )
    copied = {"invoice_amount": "2.129,98 €", "late_fee": "7,50 €", "amount_due": "2.129,98 €"}
    found = of_text("payment_reminder", f"{text}\nOffen: 1.129,98 €", **copied)
    assert [*found] == ["invoice_amount", "amount_due"]
    assert found["invoice_amount"].endswith("von „2.129,98 €“ ist ein Teil schon gezahlt.")
    assert of_text("payment_reminder", text, **copied) == {}


def test_a_name_of_one_word_that_is_sure_is_stated() -> None:
    text = "Rechnung\nPhysiotherapeutin\nAm Hang 12"
    candidates = Candidates([text], "de")
    fields = check_answer(TYPES["invoice"], {"seller_name": "Physiotherapeutin"}, [text], "de", candidates.surroundings)
    sure = [field.model_copy(update={"confidence": 0.89}) for field in fields]
    assert withheld(TYPES["invoice"], sure, candidates) == {}


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("Praxis am Domhof", True),
        ("Autohaus an der Domhof", True),
        ("am Domhof", False),
        ("Praxis am Domhofplatz", False),
    ],
)
def test_the_place_at_the_end_of_a_longer_name_is_a_part_of_it_however_sure(name: str, *, cut: bool) -> None:
    text = f"Arztbrief\n{name}\nDomhof 11"
    candidates = Candidates([text], "de")
    fields = check_answer(TYPES["medical_report"], {"facility": "Domhof"}, [text], "de", candidates.surroundings)
    sure = [field.model_copy(update={"confidence": 0.96}) for field in fields]
    assert [*withheld(TYPES["medical_report"], sure, candidates)] == ["facility"] * cut


def test_a_number_of_another_kind_that_is_written_as_an_amount_paid_in_part_is_stated() -> None:
    text = "Rechnung über 2.129,98 €. Eine Teilzahlung von 1.000,00 € ist da.\nGebühr: 7,50 €\nOffen: 1.129,98 €"
    candidates, kind = Candidates([text], "de"), TYPES["payment_reminder"]
    copied = {"invoice_amount": "2.129,98 €", "late_fee": "7,50 €", "amount_due": "2.129,98 €"}
    fields = check_answer(kind, copied, [text], "de", candidates.surroundings)
    number = fields[0].model_copy(update={"path": "invoice_number", "kind": "reference"})
    assert [*withheld(kind, [*fields, number], candidates)] == ["invoice_amount", "amount_due"]


def test_the_name_of_both_parties_is_only_proposed_for_the_one_where_it_is_less_sure() -> None:
    pages = ["Purchase order\nSold-To\nNorthgate Pathology LLP\nShip-To Address\nNorthgate Pathology LLP"]
    candidates = Candidates(pages, "en", [])
    copied = {"buyer_name": "Northgate Pathology LLP", "supplier_name": "Northgate Pathology LLP"}
    fields = check_answer(TYPES["purchase_order"], copied, pages, "en", candidates.surroundings)

    def without(**confidence: float) -> list[str]:
        given = [field.model_copy(update={"confidence": confidence[field.path]}) for field in fields]
        return [*withheld(TYPES["purchase_order"], given, candidates)]

    assert without(buyer_name=0.95, supplier_name=0.92) == ["supplier_name"]
    assert without(buyer_name=0.9, supplier_name=0.92) == ["buyer_name"]
    assert without(buyer_name=0.9, supplier_name=0.9) == ["buyer_name", "supplier_name"], "nothing tells which"
    in_capitals = fields[0].model_copy(update={"value": "NORTHGATE PATHOLOGY LLP", "confidence": 0.9})
    assert [*withheld(TYPES["purchase_order"], [in_capitals, fields[1]], candidates)], "capitals are no other name"
    others = [field for field in fields if field.path == "supplier_name"]
    assert withheld(TYPES["purchase_order"], others, candidates) == {}


def test_who_runs_a_practice_may_sign_as_well() -> None:
    text = "Dr. med. Konrad Feldhoff\nArztbrief"
    both = {"facility": "Dr. med. Konrad Feldhoff", "physician": "Dr. med. Konrad Feldhoff"}
    assert of_text("medical_report", text, **both) == {}


@pytest.mark.parametrize("words", ["Job No", "Job ID", "Work order no."])
def test_a_job_may_be_the_senders_own(words: str) -> None:
    text = "Delivery note 17\n{}: JC-1187"
    assert [*of_text("delivery_note", text.format(words), "en", order_number="JC-1187")] == ["order_number"]
    assert of_text("delivery_note", text.format("Your order"), "en", order_number="JC-1187") == {}


def test_a_vat_number_below_the_buyers_address_is_his() -> None:
    own = column(5_000, 700, "Pichl Software GmbH", "Hofweg 14", "4020 Linz")
    buyer = ("Getriebe Westerhoff AG", "Hangweg 55", "48653 Coesfeld", "HRB. NR.: 14877", "UST.-IDNR.: DE136695976")
    copied = {"seller_vat_id": "DE136695976", "buyer_name": "Getriebe Westerhoff AG"}
    found = reasons("invoice", placed(*own, *column(500, 1_970, *buyer)), **copied)
    assert found == {
        "seller_vat_id": "USt-IdNr. des Verkäufers: „DE136695976“ steht unter der Anschrift des Empfängers."
    }
    orderer = (*buyer[:4], "USt-IdNr. des Bestellers: DE136695976")
    assert list(reasons("invoice", placed(*own, *column(500, 1_970, *orderer)), **copied)) == ["seller_vat_id"]
    ours = (*buyer[:4], "Unsere USt-IdNr.: DE136695976")
    assert reasons("invoice", placed(*own, *column(500, 1_970, *ours)), **copied) == {}
    seller = (*buyer[:3], "Pichl Software GmbH", "Hofweg 14", "UST.-IDNR.: DE136695976")
    assert reasons("invoice", placed(*own, *column(500, 1_970, *seller)), **copied) == {}
    apart = [*column(500, 1_970, *buyer[:3]), *column(500, 3_500, *buyer[3:])]
    assert reasons("invoice", placed(*own, *apart), **copied) == {}
    again = ("UID: DE136695976", 500, 7_000)
    assert reasons("invoice", placed(*own, *column(500, 1_970, *buyer), again), **copied) == {}


def test_a_net_total_from_which_a_discount_is_taken_is_only_proposed() -> None:
    text = "Invoice 17\nSubtotal $2,648.00\n{} $132.40\nTax (8.9%) $223.89\nGrand Total $2,739.49"
    copied = {"net_total": "$2,648.00", "tax_total": "$223.89", "gross_total": "$2,739.49"}
    assert of_text("invoice", text.format("Discount (5.0%)"), "en", **copied) == {
        "net_total": "Net total: a discount is taken off “$2,648.00” before tax is added."
    }
    two = "Special discount $100.00\nLoyalty discount $32.40\nDiscount $0.00\nDeposit"
    assert list(of_text("invoice", text.format(two), "en", **copied)) == ["net_total"]
    above = "Item discount $100.00\nOther discount $32.40\n"
    moved = text.format("Deposit paid").replace("Subtotal", f"{above}Subtotal")
    assert of_text("invoice", moved, "en", **copied) == {}, "they stand above it"
    assert of_text("invoice", text.format("Deposit paid"), "en", **copied) == {}
    voucher = "Invoice 17\nNet £100.00\nVAT 20% £20.00\nVoucher discount £10.00\nTo pay £110.00"
    taxed = {"net_total": "£100.00", "tax_total": "£20.00", "gross_total": "£110.00"}
    assert of_text("invoice", voucher, "en", **taxed) == {}, "the tax is on the net total"
    assert of_text("invoice", text.format("Discount (5.0%)"), "en", net_total="$2,648.00") == {}


@pytest.mark.parametrize(
    "below",
    [
        *("Rabatt 12,00 €\nGesamt 389,54 €", "Treuerabatt 3 % 12,00 €\nTotal 389,54 €"),
        *("Discount 12,00 €\nTotal 389,54 €", "Customer savings 12,00 €\nTotal 389,54 €"),
        *("Ihre Ersparnis 12,00 €\nGesamt 389,54 €", "Hauspreis 389,54 €\nRabatt 12,00 €\nZu zahlen 389,54 €"),
    ],
)
def test_a_gross_total_of_which_a_discount_leaves_less_below_is_only_proposed(below: str) -> None:
    text = f"Rechnung 17\nNetto 366,35 €\nMwSt. 35,19 €\nSumme 401,54 €\n{below}"
    assert of_text("invoice", text, gross_total="401,54 €") == {
        "gross_total": "Gesamtbetrag: unter „401,54 €“ steht, was nach einem Rabatt davon bleibt."
    }


@pytest.mark.parametrize(
    "below",
    [
        "Rabatt 12,00 €\nGesamt 388,54 €",
        "Anzahlung 12,00 €\nGesamt 389,54 €",
        "Rabatt bei Zahlung binnen 8 Tagen 12,00 €\nGesamt 389,54 €",
        "Early payment discount 12,00 €\nGesamt 389,54 €",
        "Hauspreis 388,54 €\nRabatt 12,00 €\nZu zahlen 388,54 €",
    ],
)
def test_a_gross_total_below_which_nothing_is_taken_off_is_stated(below: str) -> None:
    text = f"Rechnung 17\nNetto 366,35 €\nMwSt. 35,19 €\nSumme 401,54 €\n{below}"
    assert of_text("invoice", text, gross_total="401,54 €") == {}


def test_totals_of_which_one_is_called_a_discount_are_none_of_a_tax() -> None:
    text = "Invoice 17\nRidgeline price $11,986.20\n{} $732.30\nAmount due $12,718.50"
    copied = {"net_total": "$11,986.20", "tax_total": "$732.30", "gross_total": "$12,718.50"}
    found = of_text("invoice", text.format("Customer savings (5.8%)"), "en", **copied)
    assert set(found) == {"net_total", "tax_total"}
    assert all(message.endswith("name something else.") for message in found.values())
    assert of_text("invoice", text.format("Tax (6.1%)"), "en", **copied) == {}
    in_a_row = "Invoice 17\nGross Discount Net Tax Total\n$12,500.00 $513.80 $11,986.20 $732.30 $12,718.50"
    assert of_text("invoice", in_a_row, "en", **copied) == {}, "the head names the tax as well"


def test_who_sells_is_not_stated_as_who_carries() -> None:
    text = "Delivery note\nAshdown Upholstery Ltd\nDelivered by"
    candidates = Candidates([text], "en", [])
    both = {"supplier_name": "Ashdown Upholstery Ltd", "carrier": "Ashdown Upholstery Ltd"}
    fields = check_answer(TYPES["delivery_note"], both, [text], "en", candidates.surroundings)

    def without(**confidence: float) -> list[str]:
        given = [field.model_copy(update={"confidence": confidence[field.path]}) for field in fields]
        return [*withheld(TYPES["delivery_note"], given, candidates)]

    assert without(supplier_name=0.99, carrier=0.8) == ["carrier"]
    assert "carrier" not in without(supplier_name=0.2, carrier=0.99)
    assert of_text("delivery_note", text, "en", carrier="Ashdown Upholstery Ltd") == {}


@pytest.mark.parametrize(
    ("lines", "acts"),
    [
        (("Morag Pettigrew", "The Corner", "Haberdashery Ltd"), True),
        (("Morag Pettigrew", "4 Corner Street", "Haberdashery Ltd"), False),
        (("Morag Pettigrew", "The Corner", "Haberdashery"), False),
        (("Pettigrew Yarn Ltd", "The Corner", "Haberdashery Ltd"), False),
        (("Morag Pettigrew", "Seller", "Haberdashery Ltd"), False),
        (("Morag Pettigrew", "Am Hang", "Muri AG"), False),
    ],
)
def test_a_person_above_a_firm_in_two_lines_is_only_proposed_as_who_buys(lines: tuple[str, ...], *, acts: bool) -> None:
    page = placed(("Invoice 17", 500, 300), *column(500, 1_240, *lines, "31 Bridge Street", "Kelso", "TD5 7HT"))
    assert ([*reasons("invoice", page, "en", buyer_name=lines[0])] == ["buyer_name"]) is acts
    no_address = placed(("Invoice 17", 500, 300), *column(500, 1_240, *lines, "With best wishes"))
    assert reasons("invoice", no_address, "en", buyer_name=lines[0]) == {}


@pytest.mark.parametrize("title", ["Clinic Consultation Letter", "Discharge Summary", "Befundbericht", "Arztbrief"])
def test_a_title_is_nobodys_name(title: str) -> None:
    text = f"{title}\nPatient: Moira Drummond"
    assert of_text("medical_report", text, "en", facility=title) == {
        "facility": f"Facility: “{title}” is probably a title of the document."
    }
    firm = f"Norder {title}"
    assert of_text("invoice", f"Rechnung 17\n{firm}\nAm Hang 4\n26122 Oldenburg", seller_name=firm) == {}
    assert of_text("medical_report", f"Letter Street Clinic\n{text}", "en", facility="Letter Street Clinic") == {}


def decided(text: str, name: str) -> dict[str, str]:
    """Give what is withheld where a name was copied for both parties, for who sells more surely."""
    candidates = Candidates([text], "de", [])
    copied = {"seller_name": name, "buyer_name": name}
    fields = check_answer(TYPES["invoice"], copied, [text], "de", candidates.surroundings)
    weighed = [field.model_copy(update={"confidence": 0.9 if field.path == "seller_name" else 0.2}) for field in fields]
    findings = withheld_for(TYPES["invoice"], weighed, withheld(TYPES["invoice"], weighed, candidates), "de")
    return {finding.fields[0]: finding.message for finding in findings}


SLIP = (
    "Rechnung R-17\nTischlerei Harms GbR\n{}\nErstellt: 27.11.2026\nArbeitszeit 38,5 Std 2.002,00 €\nGesamt 2.002,00 €"
)


@pytest.mark.parametrize("line", ["", "Baustelle: Wiesmoor", "Kunde 4711 / 2026"])
def test_the_only_name_of_a_page_that_says_nothing_of_who_issued_it_is_only_proposed(line: str) -> None:
    name = "Tischlerei Harms GbR"
    said = f"Verkäufer: außer „{name}“ ist niemand genannt, und nichts sagt, wer das Dokument ausgestellt hat."
    both = decided(SLIP.format(line), name)
    assert both["seller_name"] == said
    assert of_text("invoice", SLIP.format(line), seller_name=name) == {}, "nobody else was found either"


@pytest.mark.parametrize(
    "line",
    [
        "Tel. 0441 88 12",
        "info@harms.example",
        "26122 Oldenburg",
        "IBAN DE32 2585 0110 0046 1188 20",
        "USt-IdNr. DE281447302",
    ],
)
def test_the_only_name_of_a_page_that_says_where_somebody_is_is_stated(line: str) -> None:
    assert "seller_name" not in decided(SLIP.format(line), "Tischlerei Harms GbR")


def test_who_sells_to_somebody_else_is_stated() -> None:
    text = SLIP.format("Bauherrin: Anna Onnen")
    assert of_text("invoice", text, seller_name="Tischlerei Harms GbR", buyer_name="Anna Onnen") == {}


def test_a_currency_in_which_half_of_the_amounts_are_is_only_proposed() -> None:
    text = "Invoice 17\nDrawings $140.00 509.76 PLN\nMeeting $95.00 345.91 PLN\n{}"
    assert of_text("invoice", text.format(""), "en", currency="PLN") == {
        "currency": "Currency: as many amounts are in another currency than “PLN”."
    }
    assert of_text("invoice", text.format("Total 855.67 PLN, PLN 17.00"), "en", currency="PLN") == {}
    units = "Rechnung 17\n12,50 STD 95,00\n2,00 STD 95,00\nGesamt EUR 190,00"
    assert of_text("invoice", units, currency="EUR") == {}
    rate = "Beträge in CHF\nArbeit 1'000.00\nMaterial 621.50\nTotal CHF 1'621.50\nKurs EUR 1 = 0.95\nTotal EUR 1'706.84"
    assert of_text("invoice", rate, currency="CHF") == {}
    assert of_text("invoice", "Invoice 17\nTotal €95.00\nShare capital 7,500.00 PLN", "en", currency="EUR") == {}


JOURNEYS = (("Date", 0), ("Circuit", 1000), ("Prix", 3000))


def journeys(*days: str, period: str = "") -> Pages:
    rows = (
        (word, left, 900 + 200 * at)
        for at, day in enumerate(days)
        for word, left in zip((day, "Nord - Sud", "86,50"), (0, 1000, 3000), strict=True)
    )
    return placed(("Facture FC-17", 0, 100), (period, 0, 300), *((word, left, 700) for word, left in JOURNEYS), *rows)


def test_a_date_that_only_rows_and_a_period_have_is_not_the_invoices() -> None:
    days = ("02/11/2026", "03/11/2026", "04/11/2026")
    page = journeys(*days, period="Période : du 02/11/2026 au 09/11/2026")
    (message,) = reasons("invoice", page, "fr", issue_date=days[0]).values()
    assert message.endswith("“02/11/2026” only stands in the rows of a table.")


def test_a_date_that_stands_elsewhere_as_well_or_in_a_line_of_few_is_the_invoices() -> None:
    days = ("02/11/2026", "03/11/2026", "04/11/2026")
    assert reasons("invoice", journeys(*days, period="Date : 02/11/2026"), "fr", issue_date=days[0]) == {}
    assert reasons("invoice", journeys(*days[:2]), "fr", issue_date=days[0]) == {}


def test_a_date_beside_others_right_above_a_table_of_dates_is_the_invoices() -> None:
    head = (("Invoice date", 0, 300), ("Account", 1000, 300), ("31/03/2026", 0, 420), ("C-17", 1000, 420))
    rows = ((word, left, 700 + 120 * at) for at in range(3) for word, left in (("24/03/2026", 0), ("Crane", 1000)))
    page = placed(*head, ("Date", 0, 580), ("Work", 1000, 580), *rows)
    assert reasons("invoice", page, "fr", issue_date="31/03/2026") == {}


@pytest.mark.parametrize(("code", "is_sure"), [("USD", True), ("CAD", True), ("EUR", False)])
def test_amounts_with_a_dollar_sign_are_in_the_dollars_that_are_named(code: str, *, is_sure: bool) -> None:
    text = f"Invoice 17\nBalance ({code})\nWork $ 450.00\nTravel $ 50.00\nTotal $ 500.00\n"
    assert (of_text("invoice", text, "en", currency=code) == {}) is is_sure


FORM = placed(
    *column(0, 100, "Firma: Muster GmbH", "a@muster.example", "Lieferant", "Brook AG", "Dirk Kern", "b@brook.example")
)


@pytest.mark.parametrize(("mail", "is_own"), [("a@muster.example", True), ("b@brook.example", False)])
def test_a_mail_below_the_recipients_name_in_a_form_is_his(mail: str, *, is_own: bool) -> None:
    names = {"complainant_name": "Muster GmbH", "recipient_name": "Brook AG"}
    assert (reasons("complaint", FORM, email=mail, **names) == {}) is is_own


@pytest.mark.parametrize(("confidence", "held"), [(0.9, set()), (0.5, {"email", "phone"})])
def test_a_mail_of_nobody_whose_name_is_sure_is_only_proposed(confidence: float, held: set[str]) -> None:
    (name,) = check_answer(TYPES["complaint"], {"complainant_name": "Anna Korff"}, ["Anna Korff"], "de")
    said = [name.model_copy(update={"confidence": confidence})]
    assert set(of_nobody(TYPES["complaint"], said, 0.8)) == held
    assert of_nobody(TYPES["invoice"], said, 0.8) == {}
