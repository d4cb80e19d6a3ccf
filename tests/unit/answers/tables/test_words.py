"""Words of lines that are no rows."""

import pytest

from services.answers.tables.words import Aside, aside_of, is_payment


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("Zwischensumme", Aside.SUBTOTAL),
        ("Sous-total :", Aside.SUBTOTAL),
        ("ÜBERTRAG", Aside.CARRIED),
        ("Übertrag von Seite 3", Aside.CARRIED),
        ("Nettobetrag", Aside.TOTAL),
        ("zzgl. 19 % MwSt.", Aside.TOTAL),
        ("VAT 20 %", Aside.TOTAL),
        ("Net à payer", Aside.TOTAL),
        ("Gross total", Aside.TOTAL),
        ("Balance:", Aside.TOTAL),
        ("MERCHANDISE TOTAL", Aside.TOTAL),
        ("Untaxed Amount", Aside.TOTAL),
    ],
)
def test_a_line_that_sums_up_is_no_row(text: str, aside: Aside) -> None:
    assert aside_of(text) is aside


@pytest.mark.parametrize(
    "text",
    [
        "Gesamtreinigung der Halle",
        "Balance bike",
        "Merchandise",
        "große Schraube",
        "groß",
        "Totalstation",
        "Nettopumpe",
        "Lieferung frei Haus",
        "",
    ],
)
def test_words_that_only_begin_like_a_sum_are_a_row(text: str) -> None:
    assert aside_of(text) is None


def test_a_tax_that_a_description_mentions_far_behind_makes_no_total() -> None:
    assert aside_of("Beratung zur Umstellung der Buchhaltung auf neue Steuer") is None


@pytest.mark.parametrize(
    ("text", "is_another"),
    [
        ("Rechnung 2024-17", True),
        ("Facture n° 118", True),
        ("Invoice dated 02.03.2026", True),
        ("Facture détaillée papier mars 2026", False),
    ],
)
def test_another_invoice_is_named_by_its_number_right_behind_and_a_paper_one_is_billed(
    text: str, *, is_another: bool
) -> None:
    assert is_payment(text) is is_another
