"""Net totals and taxes that the other totals do not leave room for; what may be one is never named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.invoices import INVOICE, answers, candidates, euros, page_of

from services.answers.impossible_totals import impossible_totals
from services.answers.one_total import RATES

HEAD = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n"


def left_out(page: str, **copied: str) -> set[str]:
    return impossible_totals(INVOICE, answers(page, **copied), candidates(page))


@pytest.mark.parametrize(
    ("page", "copied", "names"),
    [
        (
            f"{HEAD}Subtotal 130.00\nDelivery 10.00\nTax 26.00\nGrand total 140.00",
            {"net_total": "130.00", "tax_total": "26.00", "gross_total": "140.00"},
            set(),
        ),
        (
            f"{HEAD}Subtotal 130.00\nDelivery 10.00\nTax 22.35\nGrand total 140.00",
            {"net_total": "130.00", "tax_total": "22.35", "gross_total": "140.00"},
            {"net_total"},
        ),
        (
            f"{HEAD}Zwischensumme 80,00\nVersand 4,90\nGutschein -5,00\nGesamtbetrag 79,90",
            {"net_total": "80,00", "tax_total": "4,90", "gross_total": "79,90"},
            {"net_total", "tax_total"},
        ),
        (
            f"{HEAD}Warenwert: 80,00\nVersand: 4,90\nGesamtbetrag 84,90\nUmsatzsteuer wird nicht erhoben.",
            {"net_total": "80,00", "gross_total": "84,90"},
            {"net_total"},
        ),
        (
            f"{HEAD}Sous-total 410,00\nRemise -20,00\nTotal net à payer 390,00",
            {"net_total": "410,00", "tax_total": "-20,00", "gross_total": "390,00"},
            {"net_total", "tax_total"},
        ),
        (
            f"{HEAD}Total soins 640,00\nPart caisse 210,00\nTotal TTC 640,00",
            {"net_total": "640,00", "tax_total": "210,00", "gross_total": "640,00"},
            {"tax_total"},
        ),
        (
            f"{HEAD}Anteil 210,00\nTotal CHF 640,00",
            {"net_total": "640,00", "tax_total": "210,00", "gross_total": "640,00"},
            {"net_total", "tax_total"},
        ),
        (
            f"{HEAD}Nettobetrag 100,00\nMwSt 21,00\nGesamtbetrag 122,00",
            {"net_total": "100,00", "tax_total": "21,00", "gross_total": "122,00"},
            set(),
        ),
        (f"{HEAD}Nettobetrag 100,00\nzu zahlen 119,00", {"net_total": "100,00", "gross_total": "119,00"}, set()),
        (
            f"{HEAD}Netto 100,00\n7 % MwSt 3,50\n19 % MwSt 9,50\nSumme 113,00",
            {"net_total": "100,00", "gross_total": "113,00"},
            set(),
        ),
        (
            f"{HEAD}Endsumme 13,00 | 113,00\ndarin MwSt 7 % 3,50\ndarin MwSt 19 % 9,50",
            {"tax_total": "13,00", "gross_total": "113,00"},
            set(),
        ),
        (f"{HEAD}Total 570,00", {"net_total": "570,00", "gross_total": "570,00"}, set()),
        (f"{HEAD}Subtotal 570,00", {"net_total": "570,00"}, set()),
    ],
    ids=[
        "tax of no rate",
        "tax within the total",
        "freight for a tax",
        "no tax",
        "a discount for a tax",
        "a part for a tax",
        "a part for a tax, and one total",
        "a named tax",
        "of a rate",
        "taxes printed",
        "a sum of taxes",
        "same",
        "no gross total",
    ],
)
def test_a_total_that_the_others_leave_no_room_for_is_named(page: str, copied: dict[str, str], names: set[str]) -> None:
    assert left_out(page, **copied) == names


@pytest.mark.parametrize("label", ["Nettobetrag", "Net total", "Total HT", "Amount before VAT", "Betrag ohne MwSt"])
def test_what_the_page_calls_net_stays_however_wrong_it_is(label: str) -> None:
    page = f"{HEAD}{label} 500,00 €\nMwSt 19 % 190,00 €\nGesamtbetrag 1.190,00 €"
    said = {"net_total": "500,00 €", "tax_total": "190,00 €", "gross_total": "1.190,00 €"}
    assert left_out(page, **said) == set()
    for other in ("Zwischensumme", "Netzentgelt", "Zahlbar netto in 30 Tagen"):
        assert left_out(page.replace(label, other), **said) == {"net_total"}


@given(st.decimals("1", "9999", places=2), st.sampled_from(RATES))
def test_totals_that_add_up_are_never_named(net: Decimal, rate: Decimal) -> None:
    tax = round(net * rate / 100, 2)
    page = page_of(net, tax, net + tax)
    assert left_out(page, net_total=euros(net), tax_total=euros(tax), gross_total=euros(net + tax)) == set()


def test_a_type_without_taxes_has_no_such_totals() -> None:
    page = f"{HEAD}Subtotal 80,00\nGesamtbetrag 84,90"
    bare = INVOICE.model_copy(update={"tax_totals": None})
    assert impossible_totals(bare, answers(page, net_total="80,00", gross_total="84,90"), candidates(page)) == set()
