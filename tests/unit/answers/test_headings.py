"""What a document calls itself, beside the model's opinion; weights and the shipped words are measured elsewhere."""

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.placed import a_type, field, types

from schemas.document_types import Kind, load_document_types
from services.answers.headings import (
    ALONE,
    BEGINNING,
    MAX_HEADING,
    MOST_PHRASES,
    SEARCHED,
    SelfDescription,
    SelfDescriptions,
    is_title,
    title_against,
    title_of,
    weighed,
)

BILL = a_type(
    name="bill",
    headings=("Rechnung", "-rechnung", "Invoice"),
    phrases=("zahlbar ohne Abzug", "amount due", "net 30", "Zahlungsziel", "please pay"),
)
ORDER = a_type(name="order", headings=("Bestellung", "Purchase order"), phrases=("bitte liefern Sie",))
SOME = SelfDescriptions(types(BILL, ORDER))


def heading(text: str, name: str = "bill") -> float:
    return SOME.of([text])[name].heading


@pytest.mark.parametrize(
    "line",
    [
        "Rechnung", "RECHNUNG", "R E C H N U N G", "Schlussrechnung", "Rechnung Nr. 4711", "Rechnung 7 vom 05.06.2026",
        "Invoice", "INVOICE No. 4711", "*** Invoice ***", "Betreff: Rechnung", "Subject: invoice 7", "Invoices",
        "Muster GmbH\tRechnung",
    ],
)  # fmt: skip
def test_a_line_that_says_the_type_is_its_heading(line: str) -> None:
    assert heading(f"Muster GmbH\n\n{line}\nGuten Tag") == 1


@pytest.mark.parametrize(
    "line",
    [
        "Ihre Rechnung vom 5. Mai", "zu Rechnung 4711", "gemäß Rechnung 4711", "your invoice of 5 May",
        "as per invoice 4711", "Référence : Invoice 4711", "Ref.: Rechnung 4711",
        "Subject: Your invoice", "Rechnungswesen", "Invoicing", "rechnung in kleinen Buchstaben",
        "Sie finden hier und heute die Rechnung", "x" * MAX_HEADING + " Rechnung",
    ],
)  # fmt: skip
def test_a_line_about_another_document_or_of_running_text_is_none(line: str) -> None:
    assert heading(f"Muster GmbH\n\n{line}\nGuten Tag") == 0


def test_a_long_subject_is_told_by_its_beginning_and_a_sentence_is_not() -> None:
    place = "Neubau eines Einfamilienhauses mit Garage am Deichweg 8 in 25813 Husum"
    assert heading(f"Rechnung mit Stundennachweis \u2013 Bauvorhaben {place}") == pytest.approx(0.7)
    assert heading(f"Die Rechnung \u2013 wie besprochen \u2013 betrifft unser Bauvorhaben {place}") == 0
    assert heading(f"Wie besprochen, liegt die Rechnung \u2013 zweifach \u2013 bei. Sie betrifft: {place}") == 0


def test_a_label_or_a_sentence_counts_less_than_a_heading_alone() -> None:
    whole, more = heading("Rechnung"), heading("Rechnung für den Dachdecker")
    label, sentence = heading("Rechnung erstellt: 05.06.2026"), heading("Rechnung folgt mit getrennter Post.")
    assert whole > more > label > sentence > 0


def test_the_first_heading_counts_most_and_one_type_may_have_two() -> None:
    text = "Purchase order\nInvoice"
    assert heading(text, "order") == 1
    assert 0 < heading(text) < 1


def test_a_heading_stands_at_the_beginning() -> None:
    assert heading("\n".join(["Zeile"] * (BEGINNING - 1) + ["Rechnung"])) == 1
    assert heading("\n".join(["Zeile"] * BEGINNING + ["Rechnung"])) == 0


def test_phrases_are_whole_words_in_any_letters_anywhere_near_the_beginning_and_few_count() -> None:
    assert SOME.of(["Das ist ZAHLBAR\nohne Abzug."])["bill"].phrases == 1
    assert SOME.of(["The amount due is 7."])["bill"].phrases == 1
    assert SOME.of(["unzahlbar ohne Abzugshaube, amount duely"])["bill"].phrases == 0
    assert SOME.of(["x" * SEARCHED, "amount due"])["bill"].phrases == 0
    every = " ".join(BILL.phrases)
    assert SOME.of([every])["bill"].phrases == MOST_PHRASES < len(BILL.phrases)


def test_a_type_without_words_cannot_miss_any() -> None:
    nothing = SOME.of(["Guten Tag"])
    assert nothing["bill"].is_wanting
    assert not nothing["other"].is_wanting
    assert not SOME.of(["Rechnung"])["bill"].is_wanting
    assert not SOME.of(["amount due"])["bill"].is_wanting


@given(st.text(max_size=300))
def test_any_text_is_described_for_every_type(text: str) -> None:
    found = SOME.of([text, text])
    assert set(found) == {"bill", "order", "other"}
    assert all(0 <= one.heading <= 1 and 0 <= one.phrases <= MOST_PHRASES for one in found.values())


LOGPROBS = st.dictionaries(st.sampled_from(["bill", "order", "other"]), st.floats(-12, 0), min_size=1)


FORM = """Beleg
Rechnung vom: 5. Juni 2026
Betrag:  119,00 €
Der Betrag ist so hoch, weil die Ware teurer geworden ist und der Transport auch."""


def test_labels_of_a_types_fields_are_counted_once_each_and_not_in_sentences() -> None:
    labelled = a_type(
        field("issued", Kind.DATE, "Rechnung vom", "Invoice of"),
        field("amount", Kind.MONEY, "Betrag", "Amount"),
        field("number", Kind.REFERENCE, "Nummer", "Number"),
        name="bill",
    )
    described = SelfDescriptions(types(labelled, a_type(name="order"))).of([FORM + "\nBetrag\t119,00"])
    assert (described["bill"].labels, described["order"].labels) == (2, 0)
    likely = {"bill": math.log(0.3), "order": math.log(0.6), "other": math.log(0.1)}
    found = weighed(likely, described)
    assert found["bill"] > found["order"]


@given(LOGPROBS)
def test_probabilities_add_up_to_one_and_without_words_keep_their_order(logprobs: dict[str, float]) -> None:
    found = weighed(logprobs, dict.fromkeys(logprobs, SelfDescription(has_words=False)))
    assert sum(map(math.exp, found.values())) == pytest.approx(1)
    first = next(iter(logprobs))
    assert all(
        found[name] - found[first] == pytest.approx(ALONE.model * (logprobs[name] - logprobs[first]))
        for name in logprobs
    )


@given(LOGPROBS.filter(lambda found: "bill" in found), st.integers(0, MOST_PHRASES), st.floats(0, 1))
def test_own_words_never_speak_against_a_type(logprobs: dict[str, float], phrases: int, strength: float) -> None:
    without = dict.fromkeys(logprobs, SelfDescription())
    own = without | {"bill": SelfDescription(strength, phrases)}
    assert weighed(logprobs, own)["bill"] >= weighed(logprobs, without)["bill"]


def test_a_clear_heading_outweighs_a_model_that_is_not_sure() -> None:
    unsure = {"bill": math.log(0.04), "order": math.log(0.94), "other": math.log(0.02)}
    assert max(unsure, key=weighed(unsure, SOME.of(["Guten Tag"])).__getitem__) == "order"
    for text in ("Muster GmbH\nRechnung Nr. 4711", "Sample Ltd\nInvoice no. 4711"):
        found = weighed(unsure, SOME.of([text]))
        assert max(found, key=found.__getitem__) == "bill"


def test_learned_words_decide_where_the_model_is_not_sure_and_nothing_else_speaks() -> None:
    unsure = {"bill": math.log(0.3), "order": math.log(0.4), "other": math.log(0.3)}
    learned = {"bill": math.log(0.98), "order": math.log(0.01), "other": math.log(0.01)}
    found = weighed(unsure, SOME.of(["Guten Tag"]), learned)
    assert max(found, key=found.__getitem__) == "bill"


def test_a_type_that_learned_words_do_not_know_is_as_likely_as_other() -> None:
    unsure = {"bill": math.log(0.2), "order": math.log(0.5), "other": math.log(0.3)}
    for text, name in (("Guten Tag", "other"), ("Muster GmbH\nBestellung 7", "order")):
        learned = {"bill": math.log(0.02), "other": math.log(0.98)}
        found = weighed(unsure, SOME.of([text]), learned)
        assert max(found, key=found.__getitem__) == name
        assert found["order"] > found["bill"]


@pytest.mark.parametrize("text", ["Rechnung", "Schlussrechnung", "Tax Invoice", "Ihre Rechnung"])
def test_words_that_name_a_document_are_a_title(text: str) -> None:
    assert is_title(BILL, text)


@pytest.mark.parametrize("text", ["Muster GmbH", "Rechnungshof Berlin", "Invoicing Services Ltd"])
def test_names_are_no_title_nor_is_anything_of_a_type_without_headings(text: str) -> None:
    assert not is_title(BILL, text)
    assert not is_title(a_type(), "Rechnung")


def test_a_label_of_one_character_counts() -> None:
    labelled = SelfDescriptions(types(a_type(field("number", Kind.REFERENCE, "#", "#"))))
    assert labelled.of(["# 4711"])["bill"].labels == 1


def against(text: str, kind: str) -> str | None:
    return title_against(SOME.of([text]), kind)


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("Invoice", "order", "bill"),
        ("Invoice", "bill", None),
        ("Invoice No: 4711", "order", "bill"),  # nothing calls it an order
        ("Invoice No: 4711\nPurchase order No: 12", "order", None),
        ("Purchase order\nInvoice No: 4711", "order", None),
        ("Payment for invoice 4711", "order", None),
        ("Hallo", "order", None),
    ],
)
def test_a_line_may_say_what_a_document_is_against_what_it_is_taken_for(
    text: str, kind: str, title: str | None
) -> None:
    assert against(text, kind) == title


def test_of_two_headings_of_a_type_the_stronger_one_counts() -> None:
    assert heading("Rechnung: 4711\nMuster GmbH\nRechnung 4711") == 1
    assert heading("Rechnung 4711\nRechnung: 4711") == 1


@pytest.mark.parametrize(
    "line",
    [
        "Auftragsbestätigung 7714", "Order confirmation", "Order Acknowledgement No. 5", "Confirmation de commande",
        "Proforma", "Pro-forma invoice", "Proforma-Rechnung", "Proformarechnung 12", "Facture pro forma n° 8",
        "Kostenvoranschlag", "Devis n° 31", "Angebot Nr. 9", "Quotation 44", "REQUEST FOR QUOTATION", "Preisanfrage 8",
        "Demande de devis n° 4",
    ],
)  # fmt: skip
def test_what_only_offers_or_confirms_is_none_of_the_types(line: str) -> None:
    described = SelfDescriptions(load_document_types()).of([f"Muster GmbH\nAngebot: 100\n{line}\nGuten Tag"])
    assert title_of(described) == "other"
    assert title_against(described, "invoice") == "other"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Materialbestellung 24-117", "purchase_order"),
        ("Verwalterbestellung 7", None),
        ("Bestellung 8", "purchase_order"),
        ("2. Mahnung zur Rechnung RE-2026-01733", "payment_reminder"),
        ("Letzte Mahnung zu unserer Rechnung 4711", "payment_reminder"),
        ("INVOICE - 2nd reminder", "payment_reminder"),
        ("Receipt & Tax Invoice", "invoice"),
        ("Receipt 4711", "other"),
        ("Référence : Devis HS-2611\nObjet : Ordre d'achat n° 318", "purchase_order"),
        ("Rechnung 4711, 3. Mahnung", None),
        ("Invoice - 2nd edition of posters", None),
        ("Mahnung wegen Rechnung 4711", None),
        ("Wir bitten um Mahnung zur Rechnung 4711", None),
    ],
)
def test_an_order_may_say_of_what_it_is_and_who_is_appointed_orders_nothing(line: str, title: str | None) -> None:
    described = SelfDescriptions(load_document_types()).of([f"Muster GmbH\n{line}\nGuten Tag"])
    assert title_of(described) == title


def likeliest(logprobs: Mapping[str, float]) -> str:
    return max(logprobs, key=logprobs.__getitem__)


CONFIRMED = """Muster GmbH
Auftragsbestätigung 7714
Rechnung an:  Holz OHG
Betrag:  119,00 €"""


@pytest.mark.parametrize(
    "line",
    [
        "Lohnabrechnung", "PAYSLIP", "Bulletin de paie", "Reisekostenabrechnung", "Expense report",
        "BOOKING VOUCHER", "Buchungsbestätigung 8812", "Timesheet",
        "Auftragsbestätigung Nr. AB-7 vom 1.5.2026 Kunden-Nr. 8",
    ],
)  # fmt: skip
def test_a_title_outweighs_a_type_that_no_heading_names(line: str) -> None:
    kinds = load_document_types()
    sure = {name: -0.1 if name == "invoice" else -2.5 for name in kinds}
    called = SelfDescriptions(kinds).of([f"Muster GmbH\n{line}\nSumme 100,00\nRechnung erhalten Sie später."])
    assert likeliest(weighed(sure, called, sure)) == "other"
    nameless = SelfDescriptions(kinds).of(["Muster GmbH\nSumme 100,00\nRechnung erhalten Sie später."])
    assert likeliest(weighed(sure, nameless, sure)) == "invoice"


def test_a_type_whose_own_heading_stands_there_too_is_not_called_otherwise() -> None:
    nearly = {"bill": -0.1, "order": -4.0, "other": -4.0}
    none = SOME.of(["Bestellung\nMuster GmbH\nZu zahlen mit dieser Rechnung"])
    assert likeliest(weighed(nearly, none, nearly)) == "bill", "the model and the words are sure enough"
    sure = {"bill": -1.5, "order": -2.5, "other": -4.0}
    both = SOME.of(["Bestellung\nMuster GmbH\nRechnung 4711"])
    assert title_of(both) == "order"
    assert likeliest(weighed(sure, both, sure)) == "bill"


def test_a_type_of_whose_words_none_stands_there_needs_much_to_be_likelier_than_others() -> None:
    sure = {"bill": -0.9, "order": -4.0, "other": -1.2}
    assert likeliest(weighed(sure, SOME.of(["Muster GmbH\nRechnung 4711"]), sure)) == "bill"
    assert likeliest(weighed(sure, SOME.of(["Muster GmbH\nWir grüßen Sie"]), sure)) == "other"


@pytest.mark.parametrize(
    "line", ["K4 Rechnung", "Anlage 2 Rechnung", "Enclosure: Invoice", "Exhibit 3 Invoice", "Anlagen: Rechnung"]
)
def test_what_is_enclosed_is_no_heading(line: str) -> None:
    assert heading(f"Muster GmbH\n{line}\nGuten Tag") == 0


def test_labels_do_not_count_where_the_title_names_another_type_and_nothing_this_one() -> None:
    labelled = a_type(
        field("to", Kind.NAME, "Rechnung an", "Bill to"),
        field("amount", Kind.MONEY, "Betrag", "Amount"),
        name="bill",
        headings=("Honorarnote",),
    )
    confirmed = a_type(name="order", headings=("Auftragsbestätigung",))
    some = SelfDescriptions(types(labelled, confirmed))
    alike = dict.fromkeys(("bill", "order", "other"), math.log(1 / 3))
    described = some.of([CONFIRMED])
    without = {name: replace(one, labels=0) for name, one in described.items()}
    assert described["bill"].labels > 0
    assert weighed(alike, described) == weighed(alike, without)
    both = some.of([f"{CONFIRMED}\nHonorarnote"])
    assert weighed(alike, both)["bill"] > weighed(alike, {n: replace(one, labels=0) for n, one in both.items()})["bill"]


def test_a_subject_that_begins_with_other_words_is_no_title() -> None:
    described = SOME.of(["Subject: Posters and bestellung 17\nGuten Tag"])
    assert 0.5 < described["order"].heading < 1
    assert title_of(described) is None
    assert title_of(SOME.of(["Subject: Bestellung 17, posters"])) == "order"


@pytest.mark.parametrize(
    "line",
    [
        "Betrifft unsere Rechnung: 2026-0932 vom 17.09.2026",
        "Betrifft Ihre Rechnung 12",
        "Betrifft unser Rechnungsschreiben",
    ],
)
def test_what_a_letter_says_it_is_about_is_no_title(line: str) -> None:
    assert heading(f"Muster GmbH\n\n{line}") == 0


def test_an_order_may_be_about_itself() -> None:
    assert heading("Muster GmbH\n\nBetrifft unsere Bestellung 17", "order") > 0


@pytest.mark.parametrize("number", ["#P00342", "P00342", "# P00342", "4711/26"])
def test_a_title_with_its_number_is_nothing_else(number: str) -> None:
    assert title_of(SOME.of([f"Muster GmbH\nBestellung {number}\nGuten Tag"])) == "order"
