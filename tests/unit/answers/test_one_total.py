"""An invoice that shows one total: it is the gross total, and no net total."""

from decimal import Decimal

import pytest
from unit.answers.invoices import INVOICE, answers, candidates, said

from schemas.document_types import DocumentType, load_document_types
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.one_total import RATES, by_named_tax, by_one_total, by_tax_above, is_within
from services.answers.values_by_form import MAX_CANDIDATES

HEAD = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n"
INCLUDED = f"{HEAD}Total CHF 214.60, darin inbegriffen 8.1 % MWST von CHF 16.08"
AUSTRALIAN = f"{HEAD}TOTAL 4,092.00\nTotal includes GST of 372.00"
EXEMPT = f"{HEAD}Total: Fr. 570.00 (nicht mehrwertsteuerpflichtig)"


def totals(page: str, **copied: str) -> dict[str, str | None]:
    given = said(by_one_total(INVOICE, answers(page, **copied), candidates(page)))
    return {name: value for name, value in given.items() if name.endswith("total")}


def test_an_amount_with_tax_in_it_is_the_gross_total_whatever_the_model_added() -> None:
    copied = {"net_total": "214.60", "tax_total": "16.08", "gross_total": "230.68"}
    assert totals(INCLUDED, **copied) == {"tax_total": "16.08", "gross_total": "214.60"}


def test_the_same_where_no_rate_is_said_and_the_gross_total_was_left_out() -> None:
    assert totals(AUSTRALIAN, net_total="4,092.00", tax_total="372.00") == {
        "tax_total": "372.00",
        "gross_total": "4092.00",
    }


def test_one_amount_given_twice_with_the_tax_in_it_is_no_net_total() -> None:
    copied = {"net_total": "214.60", "tax_total": "16.08", "gross_total": "214.60"}
    assert totals(INCLUDED, **copied) == {"tax_total": "16.08", "gross_total": "214.60"}


def test_one_amount_without_tax_is_no_net_total() -> None:
    assert totals(EXEMPT, net_total="570.00", gross_total="570.00") == {"gross_total": "570.00"}


@pytest.mark.parametrize(
    ("page", "copied"),
    [
        (f"{HEAD}Nettobetrag 570,00\nUSt 0 % 0,00\nGesamt 570,00", {"net_total": "570,00", "gross_total": "570,00"}),
        (f"{HEAD}Wert 100,00 + 19,00 = 119,00", {"net_total": "100,00", "tax_total": "19,00", "gross_total": "119,00"}),
        (f"{HEAD}Wert 100,00 und 19,00", {"net_total": "100,00", "tax_total": "19,00"}),
        (f"{HEAD}Wert 100,00 und 17,34", {"net_total": "100,00", "tax_total": "17,34"}),
    ],
    ids=["named", "two totals", "tax comes on top", "tax of no rate"],
)
def test_nothing_changes_where_the_net_total_is_named_or_tax_may_come_on_top(page: str, copied: dict[str, str]) -> None:
    assert totals(page, **copied) == {name: value.replace(",", ".") for name, value in copied.items()}


@pytest.mark.parametrize("rate", RATES)
def test_a_tax_on_top_of_an_amount_is_never_said_to_be_within(rate: Decimal) -> None:
    for net in (Decimal("10.00"), Decimal("87.35"), Decimal("4321.99"), Decimal(100)):
        assert not is_within((net * rate / 100).quantize(Decimal("0.01")), net)


SUMS = f"{HEAD}Total fees 2,052.00\nTotal costs 107.25\nAmount due 2,159.25"
SUMMED = {"net_total": "2,052.00", "tax_total": "107.25", "gross_total": "2,159.25"}


TWO_RATES = {"net_total": "350.00", "tax_total": "54.50", "gross_total": "404.50"}


def named(page: str, **copied: str) -> dict[str, str | None]:
    given = said(by_named_tax(INVOICE, answers(page, **copied), candidates(page)))
    return {name: value for name, value in given.items() if name.endswith("total")}


def test_two_sums_that_nobody_calls_net_or_tax_are_neither() -> None:
    assert named(SUMS, **SUMMED) == {"gross_total": "2159.25"}


@pytest.mark.parametrize(
    ("page", "copied"),
    [
        (SUMS.replace("Total costs", "Sales tax"), SUMMED),
        (SUMS.replace("Total fees", "Subtotal"), SUMMED),
        (SUMS, SUMMED | {"gross_total": "2,052.00"}),
        (SUMS, {"net_total": "2,052.00", "gross_total": "2,159.25"}),
        (f"{HEAD}100.00 19.00 119.00", {"net_total": "100.00", "tax_total": "19.00", "gross_total": "119.00"}),
        (f"{HEAD}7 % 100.00 7.00\n19 % 250.00 47.50\nSum 350.00 54.50 404.50", TWO_RATES),
        (f"{HEAD}Work 350.00\nplus 7 % / 19 %: 54.50\nTotal 404.50", TWO_RATES),
        (f"{HEAD}Work 350.00\nTaxes in all 54.50\nTotal 404.50", TWO_RATES),
        (HEAD + "Pos 1.00 €\n" * MAX_CANDIDATES + "Total fees 350.00\nTotal costs 54.50\nTotal 404.50", TWO_RATES),
    ],
    ids=[
        *(
            "tax is named",
            "net is named",
            "no sum",
            "no tax",
            "tax of a rate",
            "lines by rate",
            "rates",
            "word for tax",
        ),
        "more than is looked at",
    ],
)
def test_what_may_be_a_tax_stays(page: str, copied: dict[str, str]) -> None:
    assert named(page, **copied) == {name: value.replace(",", "") for name, value in copied.items()}


ORDER = load_document_types()["purchase_order"]
TAXED = "Goods 250.00\nSubtotal: 400.00\nVAT (20 %): 80.00\nGrand total: 480.00"


def worth(page: str, copied: str, kind: DocumentType = ORDER) -> str | None:
    fields = check_answer(kind, {"net_total": copied}, [page], "en")
    return said(by_tax_above(kind, fields, Candidates([page], "en")))["net_total"]


@pytest.mark.parametrize(
    "page",
    [
        TAXED,
        TAXED.replace("VAT (20 %): 80.00", "GST 5 % 20.00\nTotal tax on goods 60.00"),
        f"Order over 480.00\n{TAXED}",
        f"{TAXED}\nPlease quote: 480.00",
        TAXED.replace("VAT (20 %)", "Freight: 0.00\nVAT (20 %)"),
        TAXED.replace("Grand total: 480.00", "Shipping: 12.50\nGrand total: 492.50"),
        TAXED.replace("VAT (20 %)", "VAT (20 %), goods and delivery"),
        TAXED.replace("Subtotal", "Total prior to tax"),
        TAXED.replace("Subtotal", "Summe ohne Umsatzsteuer"),
        TAXED.replace("VAT (20 %)", "PPN (20 %)"),
    ],
    ids=[
        "one tax",
        "two",
        "said before",
        "said behind",
        "freight of nothing",
        "freight",
        "a tax on delivery, too",
        "prior to tax",
        "without tax",
        "another country's tax",
    ],
)
def test_an_order_is_worth_what_stands_above_its_tax(page: str) -> None:
    assert worth(page, "492.50" if "492.50" in page else "480.00") == "400.00"
    assert worth(page, "400.00") == "400.00"


@pytest.mark.parametrize(
    "page",
    [
        TAXED.replace("VAT (20 %)", "Freight"),
        TAXED.replace("80.00", "70.00"),
        TAXED.replace("VAT (20 %)", "PPN (25 %)"),
        TAXED.replace("VAT (20 %)", "Contingency (20 %)"),
        "VAT 80.00\nGrand total 480.00",
        "Total 480.00",
    ],
    ids=["no tax", "no sum", "another share", "a charge", "no subtotal", "alone"],
)
def test_an_order_without_a_subtotal_and_a_tax_that_make_it_is_worth_what_was_copied(page: str) -> None:
    assert worth(page, "480.00") == "480.00"


@pytest.mark.parametrize("charge", ["Pallets", "USB port surcharge", "Delivery note deposit", "Lieferant 4711, Rabatt"])
def test_nothing_but_freight_stands_between_the_tax_of_an_order_and_its_total(charge: str) -> None:
    page = TAXED.replace("Grand total: 480.00", f"{charge}: 12.50\nGrand total: 492.50")
    assert worth(page, "492.50") == "492.50"


def test_an_invoice_has_fields_for_both() -> None:
    assert worth(TAXED, "480.00", INVOICE) == "480.00"
