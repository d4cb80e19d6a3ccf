"""Totals that prove themselves: by what stands below each other, or by the rates of the taxes within."""

import pytest
from unit.answers.invoices import INVOICE, answers, candidates, said

from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.tax_lines import with_totals
from services.answers.tax_stack import by_tax_stack

NAMES = ("net_total", "tax_total", "gross_total")
HEAD = "Muster GmbH\nRechnung RE-7\nMenge    Gesamt\n48    1.752,00 €\n1    3.067,36 €\n"
STACK = f"{HEAD}Zwischensumme    4.819,36 €\nMwSt 19%    472,76 €\nMwSt 7%    163,18 €\n5.455,30 €\n"
TOTALS = ("4819.36", "635.94", "5455.30")


def put_in(fields: list[FieldAnswer], found: Candidates) -> list[FieldAnswer]:
    return with_totals(INVOICE, fields, by_tax_stack(INVOICE, fields, found))


def totals(page: str, net: str = "", tax: str = "", gross: str = "") -> tuple[str | None, ...]:
    copied = {name: value for name, value in zip(NAMES, (net, tax, gross), strict=True) if value}
    found = said(put_in(answers(page, **copied), candidates(page)))
    return tuple(found.get(name) for name in NAMES)


@pytest.mark.parametrize(
    "copied",
    [("4.819,36 €", "5.455,30 €", "1.752,00 €"), ("", "", ""), ("4.819,36 €", "472,76 €", ""), ("", "", "5.455,30 €")],
    ids=["a row below the word for a total", "nothing", "the tax of one rate", "the total alone"],
)
def test_what_the_stack_proves_is_put_in_the_place_of_what_was_copied(copied: tuple[str, ...]) -> None:
    assert totals(STACK, *copied) == TOTALS


def test_a_sum_that_is_not_printed_has_its_parts_for_its_place() -> None:
    tax = next(field for field in put_in([], candidates(STACK)) if field.path == "tax_total")
    assert tax.verbatim == "472,76 €\nMwSt 7%    163,18 €"
    assert STACK[tax.char_start : tax.char_end] == tax.verbatim


def test_a_sum_that_is_printed_has_its_own_place() -> None:
    page = f"{STACK}darin Steuern    635,94 €"
    tax = next(field for field in put_in([], candidates(page)) if field.path == "tax_total")
    assert tax.verbatim == "635,94 €"


@pytest.mark.parametrize(
    "page",
    [
        STACK.replace("5.455,30", "5.456,30"),
        STACK.replace("MwSt 7% ", "Versand "),
        STACK.replace("MwSt 7% ", "Ohne MwSt "),
        f"{HEAD}Zwischensumme    4.819,36 €\nMwSt 19%    472,76 €\n5.292,12 €\n",
        STACK + STACK.replace("4.819,36", "4.000,00").replace("5.455,30", "4.635,94"),
    ],
    ids=["no sum", "no tax", "no rate", "one rate", "two stacks"],
)
def test_nothing_is_put_where_nothing_is_proved(page: str) -> None:
    assert totals(page, "4.819,36 €", "", "1.752,00 €") == ("4819.36", None, "1752.00")


DISCOUNTED = (
    "Subtotal    $2,533.60\nDiscount    -$126.68\nTaxable amount    $2,406.92\nSales tax 7.25%    $174.50\nTotal    "
)


def test_what_stands_above_the_one_tax_that_is_given_with_its_total_is_the_net_total() -> None:
    page = f"{DISCOUNTED}$2,581.42"
    assert totals(page, "$2,533.60", "$174.50", "$2,581.42") == ("2406.92", "174.50", "2581.42")
    assert totals(page, "$2,533.60", "$126.68", "$2,581.42") == ("2533.60", "126.68", "2581.42")
    assert totals(f"{DISCOUNTED}$2,600.00", "$2,533.60", "$174.50", "$2,600.00")[0] == "2533.60"


def test_a_larger_total_that_stands_by_its_name_stays() -> None:
    added = f"{STACK}Pfand    20,00 €\nGesamtbetrag    5.475,30 €"
    assert totals(added, gross="5.475,30 €") == (None, None, "5475.30")


def test_a_subtotal_above_the_stack_is_no_net_total() -> None:
    page = f"Zwischensumme    4.900,00 €\nRabatt    -80,64 €\n{STACK.removeprefix(HEAD)}"
    assert totals(page, net="4.900,00 €", gross="5.455,30 €") == TOTALS


def test_what_is_taxed_on_the_line_of_its_tax_is_no_part_of_the_stack() -> None:
    page = STACK.replace("19%    ", "19% auf 2.488,21 €    ").replace("7%    ", "7% auf 2.331,15 €    ")
    assert totals(page, net="4.819,36 €") == TOTALS
    untaxed = page.replace("5.455,30", "nicht steuerbar auf 120,00 €    0,00 €\nBruttobetrag    5.455,30")
    assert totals(untaxed, net="4.900,00 €") == TOTALS


def test_rates_have_three_decimals_in_quebec() -> None:
    page = "Subtotal    $9,225.00\nGST 5%    $461.25\nQST 9.975%    $920.19\nTOTAL DUE    $10,606.44"
    found = said(put_in([], Candidates([page], "en")))
    assert found["tax_total"] == "1381.44"


def test_indian_taxes_are_told_by_their_names() -> None:
    page = "Amount before Tax    1,000.00\nAdd CGST:    90.00\nAdd SGST:    90.00\nAdd IGST:    0.00\nTotal    1,180.00"
    assert said(put_in([], Candidates([page], "en")))["tax_total"] == "180.00"


def test_what_is_left_to_pay_is_no_gross_total() -> None:
    paid = f"{STACK}Anzahlung    -455,30 €\nGesamtbetrag    5.000,00 €"
    assert totals(paid, gross="5.000,00 €") == TOTALS


FINAL = (
    "Muster GmbH\nRechnung RE-7\nErbrachte Leistung    20.000,00\n19 % MwSt    3.040,00\n7 % MwSt    280,00\n"
    "Zwischensumme brutto    23.320,00\nSchlussrechnung netto    10.000,00\nzzgl. 19 % MwSt    1.900,00\n"
    "Rechnungsbetrag    11.900,00 EUR\n"
)


def test_totals_that_add_up_are_not_replaced_by_those_of_a_part() -> None:
    assert totals(FINAL, "10.000,00", "1.900,00", "11.900,00 EUR") == ("10000.00", "1900.00", "11900.00")


def test_a_larger_total_below_the_stack_stays_whatever_it_is_called() -> None:
    page = f"{STACK}Parkplatz    20,00 €\nCharges    5.475,30 €"
    assert totals(page, gross="5.475,30 €") == (None, None, "5475.30")


ROWS = "Muster GmbH\nRechnung RE-7\nHandmühle    1    53,10 €    7%    67,20 €\n"
INCLUDED = f"{ROWS}Bestellwert    170,90 €\nVersand    4,90 €\nSumme    175,80 €\n"
TAXES = "inkl. 7 % MwSt.    7,12 €\ninkl. 19 % MwSt.    10,68 €\n"


def test_taxes_within_a_total_prove_it_by_their_rates_and_it_has_no_net_total() -> None:
    assert totals(f"{INCLUDED}{TAXES}", "170,90 €", "7,12 €", "67,20 €") == (None, "17.80", "175.80")


@pytest.mark.parametrize(
    ("taxes", "total"),
    [
        ("Includes GST 10%    $ 5,785.42\n", "BALANCE PAYABLE (AUD)    63,639.60"),
        ("TOTAL    63,639.60\n", "Dont TVA (10 %)    5,785.42"),
        ("", "Total including 10 % VAT    63,639.60\nVAT 10 %    5,785.42"),
    ],
)
def test_one_tax_proves_a_total_above_it_or_below_it(taxes: str, total: str) -> None:
    page = f"Tray    7,480.00\nCar    56,159.60\n{taxes}{total}"
    found = said(put_in([], Candidates([page], "en")))
    assert found == {"tax_total": "5785.42", "gross_total": "63639.60"}


def test_where_the_net_total_is_printed_it_is_put_too() -> None:
    page = "Total (ex. VAT):    £689.93\nVAT (20%):    £137.99\nTotal:    £827.92\nBalance Due:    £677.92"
    copied = {"net_total": "£827.92", "tax_total": "£137.99", "gross_total": "£677.92"}
    found = said(put_in(answers(page, **copied), Candidates([page], "en")))
    assert [found[name] for name in NAMES] == ["689.93", "137.99", "827.92"]


def test_a_net_total_that_the_taxes_leave_stays_where_no_form_finds_it() -> None:
    page = "Summe    5751.9€\nMwSt 19 %    1092,86 €\nGesamt    6844,76 €\n"
    assert totals(page, "5751.9€", "1092,86 €", "6844,76 €") == ("5751.9", "1092.86", "6844.76")


@pytest.mark.parametrize(
    "taxes",
    [
        TAXES.replace("10,68", "10,86"),
        TAXES.replace("7 %", "8 %"),
        TAXES.replace(" MwSt.", ""),
        f"{TAXES}inkl. 7 % MwSt. auf Versand    0,32 €\ninkl. 20 % MwSt.    3,00 €\n",
        "inkl. 2,5 % MwSt.    0,20 €\n",
        f"{TAXES}Anzahlung    175,80 €\n".replace("Summe", "Rest"),
    ],
    ids=["another tax", "no such rate", "no tax", "one more tax", "a low rate of a small tax", "what was paid"],
)
def test_taxes_that_no_total_fits_prove_nothing(taxes: str) -> None:
    page = f"{INCLUDED.replace('175,80', '8,30') if '2,5' in taxes else INCLUDED}{taxes}"
    assert totals(page, gross="67,20 €") == (None, None, "67.20")


@pytest.mark.parametrize(
    "page",
    [
        "Wir buchen ab: 65,00 €\nGrundpreis 59,50 €\ndarin 19 % USt 9,50 €\nVersicherung steuerfrei 5,50 €",
        "Abbuchung am 3. des Monats 607,00 €\nMiete 107,00 €\ndarin 7 % USt 7,00 €\nKaution 500,00 €",
    ],
)
def test_what_is_taxed_is_not_put_in_the_place_of_the_whole(page: str) -> None:
    gross = "65,00 €" if "65,00" in page else "607,00 €"
    assert totals(page, gross=gross)[2] == gross.removesuffix(" €").replace(",", ".")


def test_a_larger_total_stays_above_one_that_taxes_prove() -> None:
    page = f"{INCLUDED}{TAXES}Pfand    20,00 €\nGesamtbetrag    195,80 €"
    assert totals(page, gross="195,80 €") == (None, None, "195.80")


HOTEL = (
    "Lodge LLC\nInvoice 4217\nAmount Tax Total\nRoom 148.00 19.98 167.98\nDinner 225.00 17.44 242.44\n"
    "Laundry 31.75 31.75\n"
    "Subtotal: 404.75\nTaxes: 37.42\nCharge Total: 442.17\nDeposit 300.00\n"
)


def test_totals_that_were_copied_from_a_row_give_way_to_those_that_are_named_below_it() -> None:
    assert totals(HOTEL, "148.00", "19.98", "167.98") == ("404.75", "37.42", "442.17")


def test_totals_that_were_copied_from_lines_of_their_own_do_not() -> None:
    page = HOTEL.replace("Room 148.00 19.98 167.98", "Net 148.00\nTax 19.98\nTotal 167.98")
    assert totals(page, "148.00", "19.98", "167.98") == ("148.00", "19.98", "167.98")


def test_totals_that_stand_on_one_line_stay_where_none_are_named_below() -> None:
    page = HOTEL.replace("Charge Total: 442.17", "Charge Total: 443.17")
    assert totals(page, "148.00", "19.98", "167.98") == ("148.00", "19.98", "167.98")


def test_totals_of_one_line_are_not_replaced_by_the_stack_of_a_part() -> None:
    page = f"Netto MwSt Brutto\n10.000,00 1.900,00 11.900,00\n{STACK}"
    assert totals(page, "10.000,00", "1.900,00", "11.900,00") == ("10000.00", "1900.00", "11900.00")


def test_totals_of_one_line_stay_beside_smaller_ones_that_are_named() -> None:
    page = HOTEL.replace("Room 148.00 19.98 167.98", "Room 1480.00 199.80 1679.80")
    assert totals(page, "1480.00", "199.80", "1679.80") == ("1480.00", "199.80", "1679.80")


def test_a_deposit_is_no_total_of_what_stands_above_it() -> None:
    page = HOTEL.replace("Charge Total: 442.17", "Deposit: 442.17")
    assert totals(page, "148.00", "19.98", "167.98") == ("148.00", "19.98", "167.98")


@pytest.mark.parametrize(
    "page",
    [
        (
            "Auftragssumme netto    50.000,00\nzzgl. 19 % MwSt    9.500,00\nAuftragssumme brutto    59.500,00\n"
            "Netto    MwSt 19 %    Brutto\n15.000,00 2.850,00 17.850,00\n"
        ),
        (
            "Netto    MwSt    Brutto\n15.000,00 2.850,00 17.850,00\n"
            "Netto im Jahr    50.000,00\nMwSt im Jahr    9.500,00\nGesamt im Jahr    59.500,00\n"
        ),
    ],
    ids=["the order's totals above", "the year's below"],
)
def test_totals_of_one_line_are_none_of_an_order_or_a_year(page: str) -> None:
    assert totals(page, "15.000,00", "2.850,00", "17.850,00") == ("15000.00", "2850.00", "17850.00")


def test_numbers_of_a_row_that_do_not_add_up_give_way_to_a_stack_as_before() -> None:
    page = STACK.replace(HEAD, f"{HEAD}Artikel 150,00 2,00 300,00\n")
    assert totals(page, "150,00", "2,00", "300,00") == TOTALS
