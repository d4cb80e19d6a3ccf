"""Repair by code: right where there is one solution, and nothing at all otherwise."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from unit.answers.invoices import INVOICE, answers, candidates, euros, page_of, said

from services.answers.repair import repair
from services.answers.rules import broken_rules, values_of

AMOUNTS = st.decimals(min_value=1, max_value=10**6, places=2)
TOTALS = ("net_total", "tax_total", "gross_total")


@st.composite
def invoices(draw: st.DrawFn) -> dict[str, Decimal]:
    net = draw(AMOUNTS)
    rate = draw(st.sampled_from(["0.07", "0.081", "0.19", "0.2"]))
    tax = (net * Decimal(rate)).quantize(Decimal("0.01"))
    return {"net_total": net, "tax_total": tax, "gross_total": net + tax}


def page(totals: dict[str, Decimal], *lines: str) -> str:
    return page_of(*(totals[name] for name in TOTALS), *lines)


@given(invoices())
def test_an_invoice_whose_rules_hold_is_never_changed(totals: dict[str, Decimal]) -> None:
    text = page(totals, "Lieferung 10,00 €", "fällig am 20.06.2026")
    given_fields = answers(text, **{name: euros(amount) for name, amount in totals.items()})
    done = repair(INVOICE, given_fields, candidates(text))
    assert (list(done.fields), dict(done.changes)) == (given_fields, {})


@given(invoices(), st.permutations(TOTALS))
def test_totals_in_the_wrong_order_are_put_right(totals: dict[str, Decimal], order: list[str]) -> None:
    text = page(totals)
    assume(len({*totals.values()}) == len(TOTALS))
    copied = dict(zip(TOTALS, (euros(totals[name]) for name in order), strict=True))
    done = repair(INVOICE, answers(text, **copied), candidates(text))
    assert {name: Decimal(said(list(done.fields))[name] or "0") for name in TOTALS} == totals
    assert set(done.changes) == {name for name in TOTALS if copied[name] != euros(totals[name])}


@given(invoices(), st.sampled_from(TOTALS))
def test_a_total_that_was_left_out_is_found(totals: dict[str, Decimal], name: str) -> None:
    text = page(totals)
    copied = {other: euros(amount) for other, amount in totals.items() if other != name}
    done = repair(INVOICE, answers(text, **copied), candidates(text))
    assert Decimal(said(list(done.fields))[name] or "0") == totals[name]
    place = done.changes[name]
    assert text[place.char_start : place.char_end] == euros(totals[name])


@given(invoices(), st.lists(AMOUNTS, max_size=4), st.data())
def test_whatever_was_copied_a_repair_satisfies_all_rules_with_values_of_the_document(
    totals: dict[str, Decimal], others: list[Decimal], data: st.DataObject
) -> None:
    text = page(totals, *(f"{label} {euros(amount)}" for label, amount in zip(LABELS, others, strict=False)))
    amounts = st.sampled_from([*totals.values(), *others, Decimal("0.07")])
    given_fields = answers(text, **{name: euros(data.draw(amounts)) for name in TOTALS})
    done = repair(INVOICE, given_fields, candidates(text))
    assert all(text[item.char_start : item.char_end] == item.verbatim for item in done.changes.values())
    if done.changes:
        assert broken_rules(INVOICE.rules, values_of(done.fields)) == []
    else:
        assert list(done.fields) == given_fields


LABELS = ("Zwischensumme", "Steuer", "Zahlbetrag", "Versand")


def test_where_two_values_would_do_nothing_is_changed() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "Zwischensumme 200,00 €", "Zahlbetrag 219,00 €")
    copied = answers(text, net_total="200,00 €", tax_total="19,00 €", gross_total="119,00 €")
    assert repair(INVOICE, copied, candidates(text)).changes == {}


def test_a_value_behind_no_label_is_not_taken() -> None:
    text = "Muster GmbH Rechnung RE-7 05.06.2026\n100,00\n19,00\n119,00"
    copied = answers(text, net_total="100,00", tax_total="19,00", gross_total="100,00")
    assert repair(INVOICE, copied, candidates(text)).changes == {}


def test_a_date_that_the_rule_does_not_determine_is_not_filled_in() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "fällig am 20.06.2026")
    assert "due_date" not in said(list(repair(INVOICE, answers(text), candidates(text)).fields))


def test_a_due_date_before_the_issue_is_replaced_by_the_one_behind_its_label() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "Lieferung 01.06.2026", "zahlbar bis 20.06.2026")
    done = repair(INVOICE, answers(text, due_date="01.06.2026"), candidates(text))
    assert said(list(done.fields))["due_date"] == "2026-06-20"


@pytest.mark.parametrize(
    ("copied", "value"),
    [
        ("DE02 1203 0000 0000 202 51", "DE02120300000000202051"),
        ("DE02 1203 0000 0000 2020 15", "DE02120300000000202051"),
        ("DE91 1000 0000 0123 4567 89", None),
    ],
)
def test_an_iban_that_was_miscopied_becomes_the_one_of_the_document(copied: str, value: str | None) -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "IBAN DE02 1203 0000 0000 2020 51")
    done = repair(INVOICE, answers(text, iban=copied), candidates(text))
    assert ("iban" in done.changes) is (value is not None)
    assert value is None or said(list(done.fields))["iban"] == value


def test_an_iban_that_goes_on_in_the_next_line_is_taken_whole() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "Kto: DE02 1203 0000 0000 2020\n51")
    done = repair(INVOICE, answers(text, iban="DE02 1203 0000 0000 2020"), candidates(text))
    assert said(list(done.fields))["iban"] == "DE02120300000000202051"
    text = page_of(
        Decimal(100), Decimal(19), Decimal(119), "Kto: DE02 1203 0000 0000 2021\nIBAN DE02120300000000202051"
    )
    assert repair(INVOICE, answers(text, iban="DE02 1203 0000 0000 2021"), candidates(text)).changes == {}


def test_a_number_that_the_document_prints_is_not_replaced_by_another() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "USt-IdNr. DE123456789", "Ihre USt-IdNr. DE136695976")
    assert repair(INVOICE, answers(text, seller_vat_id="DE123456789"), candidates(text)).changes == {}


def test_an_amount_written_otherwise_than_in_the_document_gets_its_place() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119))
    (gross,) = [
        field
        for field in repair(INVOICE, answers(text, gross_total="119.00 EUR"), candidates(text)).fields
        if field.path == "gross_total"
    ]
    assert (gross.verbatim, gross.status, gross.value) == ("119,00 €", "ok", "119.00")


def test_an_amount_that_no_label_supports_gives_way_to_the_only_one_that_two_labelled_ones_leave() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119)).replace(
        "Summe netto 100,00 €", "Total 1.100,00 €\nA 100,00 €"
    )
    copied = answers(text, net_total="1.100,00 €", tax_total="19,00 €", gross_total="119,00 €")
    assert said(list(repair(INVOICE, copied, candidates(text)).fields))["net_total"] == "100.00"
    without = text.replace("\nA 100,00 €", "")
    assert repair(INVOICE, copied, candidates(without)).changes == {}
    unlabelled = text.replace("MwSt", "B")
    assert repair(INVOICE, copied, candidates(unlabelled)).changes == {}


HEAD = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n"


def test_nothing_is_changed_to_suit_a_value_that_stands_behind_no_label() -> None:
    text = f"{HEAD}Wartungsvertrag, 200,00 €\nSumme netto 100,00 €\nZwischensumme 181,00 €\nMwSt 19,00 €"
    copied = answers(text, net_total="100,00 €", tax_total="19,00 €", gross_total="200,00 €")
    assert repair(INVOICE, copied, candidates(text)).changes == {}


def test_a_change_that_breaks_another_rule_about_the_same_fields_is_none() -> None:
    text = f"{HEAD}Zwischensumme 50,00 €\nWarenwert 19,00 €\nMwSt 100,00 €\nGesamtbetrag 119,00 €"
    copied = answers(text, net_total="50,00 €", tax_total="100,00 €", gross_total="119,00 €")
    assert repair(INVOICE, copied, candidates(text)).changes == {}


def test_a_number_that_is_printed_with_wrong_check_digits_is_not_replaced_by_one_that_differs_in_a_digit() -> None:
    text = page_of(Decimal(100), Decimal(19), Decimal(119), "USt-IdNr. DE136695975", "Ihre USt-IdNr. DE136695976")
    assert repair(INVOICE, answers(text, seller_vat_id="DE136695975"), candidates(text)).changes == {}


def test_a_miscopied_iban_that_may_be_either_of_two_is_replaced_by_none() -> None:
    ibans = ("IBAN DE02 1203 0000 0000 2020 51", "IBAN DE72 1203 0000 0000 2020 52")
    text = page_of(Decimal(100), Decimal(19), Decimal(119), *ibans)
    assert repair(INVOICE, answers(text, iban="DE02 1203 0000 0000 2020 53"), candidates(text)).changes == {}


def test_the_one_amount_that_completes_a_sum_is_put_in_wherever_it_stands() -> None:
    page = "Werbebande Saison 26/27: 350,00 Euro\nMwSt 66,50 Euro\nGesamtbetrag 416,50 Euro\nAnzahlung 50,00 Euro"
    done = repair(INVOICE, answers(page, tax_total="66,50", gross_total="416,50"), candidates(page))
    assert said(list(done.fields))["net_total"] == "350.00"
    assert done.changes["net_total"].verbatim == "350,00 Euro"[: len(done.changes["net_total"].verbatim)]


def test_a_gap_is_not_looked_for_among_more_amounts_than_may_be_tried() -> None:
    rows = "\n".join(f"Posten {euros(Decimal(number))}" for number in range(1_000, 2_001))
    page = f"Ware 350,00 Euro\nMwSt 66,50 Euro\nGesamtbetrag 416,50 Euro\n{rows}"
    done = repair(INVOICE, answers(page, tax_total="66,50", gross_total="416,50"), candidates(page))
    assert "net_total" not in done.changes


@pytest.mark.parametrize("line", ["Paid to date 0,00 €", "Rundung 0,00 €"])
def test_nothing_that_is_not_called_a_tax_is_none(line: str) -> None:
    text = f"Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\nSumme netto 80,00 €\n{line}\nGesamtbetrag 80,00 €"
    copied = answers(text, net_total="80,00 €", gross_total="80,00 €")
    assert repair(INVOICE, copied, candidates(text)).changes == {}
    taxed = text.replace(line, "MwSt 0,00 €")
    assert set(repair(INVOICE, copied, candidates(taxed)).changes) == {"tax_total"}


@pytest.mark.parametrize("words", ["Anzahlung", "Fracht", "Lieferung / Versand", "Shipping"])
def test_what_was_paid_before_or_is_freight_is_no_tax_though_it_makes_the_gross_total(words: str) -> None:
    head = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026"
    text = f"{head}\nSumme netto 80,00 €\n{words} 20,00 €\nGesamtbetrag 100,00 €"
    copied = answers(text, net_total="80,00 €", gross_total="100,00 €")
    assert repair(INVOICE, copied, candidates(text)).changes == {}
    assert set(repair(INVOICE, copied, candidates(text.replace(words, "Abgabe"))).changes) == {"tax_total"}


def test_goods_with_their_freight_may_be_the_net_total() -> None:
    text = "Muster GmbH\nRechnung RE-7\nGoods and carriage 80,00 €\nMwSt 20,00 €\nGesamtbetrag 100,00 €"
    copied = answers(text, tax_total="20,00 €", gross_total="100,00 €")
    assert set(repair(INVOICE, copied, candidates(text)).changes) == {"net_total"}


@pytest.mark.parametrize(
    ("text", "copied", "net"),
    [
        (
            "Preis netto 100,00\nPreis netto 80,00\nSumme aller Positionen 180,00\nMwSt 34,20\nGesamtbetrag 214,20",
            {"net_total": "100,00", "tax_total": "34,20", "gross_total": "214,20"},
            "180.00",
        ),
        (
            "Sous-total 500,00\nRemise -50,00\nTVA 20 % sur 450,00 90,00\nTotal TTC 540,00",
            {"net_total": "500,00", "tax_total": "90,00", "gross_total": "540,00"},
            "450.00",
        ),
        (
            "Services subtotal: 300.00\nCosts subtotal: 60.00\nSubtotal: 360.00\nHST: 46.80\nTotal due: 406.80",
            {"net_total": "300.00", "tax_total": "46.80", "gross_total": "406.80"},
            "360.00",
        ),
        (
            "Nettobetrag 500,00\nMwSt 90,00\nGesamtbetrag 540,00",
            {"net_total": "500,00", "tax_total": "90,00", "gross_total": "540,00"},
            "500.00",
        ),
    ],
    ids=["rows have its name", "the taxed amount", "a section's", "none fits"],
)
def test_a_net_total_that_does_not_add_up_gives_way_to_the_only_one_that_does(
    text: str, copied: dict[str, str], net: str
) -> None:
    page = f"Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n{text}"
    done = repair(INVOICE, answers(page, **copied), candidates(page))
    assert said(list(done.fields))["net_total"] == net


@pytest.mark.parametrize(
    "total", ["Total (keine MwSt)", "Total (no VAT)", "Total (sans TVA)", "Total, TVA non applicable"]
)
def test_a_total_without_a_tax_is_none(total: str) -> None:
    page = f"Muster GmbH\nRechnung RE-7\nZahlbetrag 362,90\n{total} 362,90"
    done = repair(INVOICE, answers(page, gross_total="362,90"), candidates(page))
    assert "tax_total" not in said(list(done.fields))
