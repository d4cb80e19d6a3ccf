"""An invoice with two tax rates: the line of one rate is no total."""

from decimal import Decimal

import pytest
from unit.answers.invoices import INVOICE

from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.tax_lines import (
    MOST_BETWEEN,
    MOST_LINES,
    TaxLine,
    by_tax_lines,
    tax_lines,
    with_totals,
    without_tax_of_one_rate,
)

TWO = """
Satz    Netto    Steuer    Brutto
A 19,00 %    143,19    27,21    170,40
B 7,00 %    199,16    13,94    213,10
"""
WHOLE = f"Rechnung\nSumme    383,50\n{TWO}\ngesamt    342,35    41,15    383,50"
NAMES = ("net_total", "tax_total", "gross_total")


def totals(page: str, *copied: str) -> dict[str, str | None]:
    candidates = Candidates([page], "de")
    given = check_answer(INVOICE, dict(zip(NAMES, copied, strict=True)), [page], "de", candidates.surroundings)
    found = with_totals(INVOICE, given, by_tax_lines(INVOICE, given, candidates))
    return {field.path: field.value for field in found}


@pytest.mark.parametrize(
    "copied",
    [
        ("143,19", "27,21", "170,40"),
        ("199,16", "13,94", "213,10"),
        ("143,19", "27,21", "383,50"),
        ("", "27,21", ""),
        ("342,35", "143,19", "383,50"),
    ],
)
def test_the_totals_of_all_rates_are_put_where_those_of_one_stand(copied: tuple[str, ...]) -> None:
    assert totals(WHOLE, *copied) == {"net_total": "342.35", "tax_total": "41.15", "gross_total": "383.50"}


def test_sums_that_the_document_does_not_print_have_their_parts_for_their_place() -> None:
    page = f"Summe    383,50\n{TWO}"
    assert totals(page, "143,19", "27,21", "170,40") == {
        "net_total": "342.35",
        "tax_total": "41.15",
        "gross_total": "383.50",
    }
    assert of_parts(page)["net_total"] == "143,19    27,21    170,40\nB 7,00 %    199,16"
    assert of_parts(page)["tax_total"] == "27,21    170,40\nB 7,00 %    199,16    13,94"


def of_parts(page: str) -> dict[str, str]:
    candidates = Candidates([page], "de")
    given = check_answer(INVOICE, {"tax_total": "27,21"}, [page], "de", candidates.surroundings)
    found = with_totals(INVOICE, given, by_tax_lines(INVOICE, given, candidates))
    assert all(page[field.char_start : field.char_end] == field.verbatim for field in found)
    return {field.path: field.verbatim for field in found}


def test_parts_that_stand_far_apart_or_on_two_pages_have_no_place() -> None:
    pages = [f"Summe    383,50\n{TWO.strip()}"]
    far = pages[0].replace("\nB", "\n" + "Ein Satz ohne Zahlen.\n" * 20 + "B")
    assert len(far) > MOST_BETWEEN
    first, second = pages[0].split("\nB")
    for shown in ([far], [first, f"B{second}"]):
        candidates = Candidates(shown, "de")
        given = check_answer(INVOICE, {"tax_total": "27,21"}, shown, "de", candidates.surroundings)
        found = with_totals(INVOICE, given, by_tax_lines(INVOICE, given, candidates))
        assert [field.path for field in found] == ["gross_total"]


@pytest.mark.parametrize(
    ("page", "copied"),
    [
        (WHOLE, ("342,35", "41,15", "383,50")),
        (TWO, ("143,19", "27,21", "170,40")),
        (WHOLE.replace("B 7,00 %    199,16    13,94", "B 7,00 %    199,16    99,99"), ("143,19", "27,21", "170,40")),
        ("netto 100,00\nzzgl. 19 % MwSt 100,00 19,00\nbrutto 119,00", ("100,00", "19,00", "119,00")),
    ],
)
def test_nothing_is_put_where_they_are_right_or_the_lines_do_not_add_up(page: str, copied: tuple[str, ...]) -> None:
    before = {name: value.replace(",", ".") for name, value in zip(NAMES, copied, strict=True)}
    assert totals(page, *copied) == before


def test_a_rate_of_nothing_is_a_line_and_one_that_stands_twice_counts_once() -> None:
    lines = "C  0%    15,00    0,00    15,00\nA 10%    411,82    41,18    453,00\nA 10%    411,82    41,18    453,00"
    expected = [TaxLine(Decimal("15.00"), Decimal("0.00")), TaxLine(Decimal("411.82"), Decimal("41.18"))]
    assert tax_lines(Candidates([lines], "de")) == expected


def test_thousands_of_lines_with_a_percentage_are_not_all_looked_at() -> None:
    lines = "\n".join(f"10 %    {n},00    {n / 10:.2f}".replace(".", ",") for n in range(1, 3000))
    assert len(tax_lines(Candidates([lines], "de"))) == MOST_LINES


RATES = """Summe netto 300,00
zzgl. 7 % MwSt. 7,00
zzgl. 19 % MwSt. 38,00
Gesamtbetrag 345,00"""


def tax_of(page: str, *copied: str) -> str | None:
    candidates = Candidates([page], "de")
    given = check_answer(INVOICE, dict(zip(NAMES, copied, strict=True)), [page], "de", candidates.surroundings)
    found = with_totals(INVOICE, given, without_tax_of_one_rate(INVOICE, given, candidates))
    return {field.path: field.value for field in found}.get("tax_total")


@pytest.mark.parametrize("one", ["7,00", "38,00"])
def test_the_sum_takes_the_place_of_the_tax_of_one_rate_printed_or_not(one: str) -> None:
    assert tax_of(RATES, "300,00", one, "345,00") == "45.00"
    assert tax_of(f"{RATES}\ndarin Steuern 45,00", "300,00", one, "345,00") == "45.00"


@pytest.mark.parametrize(
    ("page", "copied"),
    [
        (RATES.replace("345,00", "338,00"), ("300,00", "38,00", "338,00")),
        (RATES.replace("zzgl. 7 % MwSt. 7,00", "Rabatt 7 % 7,00"), ("300,00", "38,00", "345,00")),
        (RATES, ("300,00", "38,00", "")),
    ],
    ids=["one makes the total", "the other is no tax", "no gross total"],
)
def test_a_tax_that_no_other_completes_stays(page: str, copied: tuple[str, ...]) -> None:
    assert tax_of(page, *copied) == copied[1].replace(",", ".")


def test_a_tip_of_so_many_percent_is_no_tax() -> None:
    page = "Subtotal €160.00\nVAT 13.5% €21.60\nTip 10% €16.00\nTotal €197.60"
    candidates = Candidates([page], "en")
    given = check_answer(INVOICE, dict(zip(NAMES, ("160.00", "21.60", "197.60"), strict=True)), [page], "en")
    assert without_tax_of_one_rate(INVOICE, given, candidates) == {}


def test_an_amount_that_is_a_cent_less_is_no_sum_unless_it_is_called_so() -> None:
    rates = "Summe netto 280,00\nzzgl. 7 % MwSt 16,80\nzzgl. 19 % MwSt 7,60\nGesamtbetrag 304,40"
    copied = ("280,00", "7,60", "304,40")
    assert tax_of(f"Menü 24,39\n{rates}", *copied) == "24.40"
    assert tax_of(f"{rates}\nSumme MwSt 24,39", *copied) == "24.39"


def test_what_was_paid_before_is_no_line_by_rate() -> None:
    page = "1. Abschlag 19 %    400,00    76,00    476,00\nRest 19 %    600,00    114,00    714,00"
    assert tax_lines(Candidates([page], "de")) == [TaxLine(Decimal("600.00"), Decimal("114.00"))]


ROWS = """
Code    Prix    Remise    Montant HT    Montant TVA    Taux
VIN    31,50    5,00 %    1.197,00    239,40    TVA 20 %
JUS    2,15    0,00 %    387,00    21,29    TVA 5,5 %
"""


def test_the_rate_of_a_discount_beside_that_of_a_tax_is_none() -> None:
    assert tax_lines(Candidates([ROWS], "de")) == [
        TaxLine(Decimal("1197.00"), Decimal("239.40")),
        TaxLine(Decimal("387.00"), Decimal("21.29")),
    ]
    assert not tax_lines(Candidates([ROWS.replace("TVA ", "")], "de"))


def test_lines_that_make_the_gross_total_tell_the_others_where_one_is_missing() -> None:
    page = f"{ROWS}Totaux    1.584,00    260,69\nNet à payer    1.844,69"
    whole = {"net_total": "1584.00", "tax_total": "260.69", "gross_total": "1844.69"}
    assert totals(page, "", "", "1.844,69") == whole
    assert totals(page, "1.584,00", "", "1.844,69") == whole
    assert totals(page, "", "", "1.584,00") == {"gross_total": "1584.00"}
