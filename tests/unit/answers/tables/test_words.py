"""Words of lines that are no rows."""

import pytest

from services.answers.tables.words import Aside, aside_of, beside_note, is_payment, label_of


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
        ("S U B T O T A L", Aside.SUBTOTAL),
        ("G E S A M T :", Aside.TOTAL),
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


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (("Purchase order: 4471", "Trade discount 5 %", "- 148.94"), "Trade discount 5 %"),
        (("Due date: 2026-12-24", "VAT 20 %", "+ 565.95"), "VAT 20 %"),
        (("IBAN: DE12", "BIC: X", "Rabatt", "-5,00"), "Rabatt"),
        (("DEL1", "Delivery charge", "12.00"), None),
        (("12 Nov", "Delivery Leeds", "85.00"), None),
        (("Steuerberatung", "USt-Voranmeldung", "250,00"), None),
        (("Dienstag", "Zuschlag Nachtarbeit", "50,00"), None),
        (("Trade discount 5 %", "- 148.94"), None),
        (("Wool, 12", "24", "VAT 20 %", "148.94"), None),
        (("Montage", "pauschal", "148,94"), None),
        (("Yarn: wool", "VAT", "£1.38 VAT"), None),
        (("Yarn: wool", "less than half of what a discount takes off", "1.38"), None),
    ],
)
def test_what_adjusts_a_total_beside_a_note_is_no_row(cells: tuple[str, ...], label: str | None) -> None:
    assert beside_note(cells) == label
    assert label_of(cells) == (label or cells[0])
