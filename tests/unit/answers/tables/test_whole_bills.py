"""What a second table bills, what is charged below the rows, and what stands before a row's words."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

JOURNEYS = (
    "Leistung                    Personen     Einzelpreis     Gesamtpreis",
    "Ergometrie                         5          118,00          590,00",
    "Begehung                           1          285,00          285,00",
    "                                       Gesamt Netto          875,00 €",
    "",
    "Von            Nach         Strecke       Preis pro KM     Gesamtpreis",
    "Wilhelmshaven  Varel             58               0,52           30,16",
    "Wilhelmshaven  Varel             58               0,52           30,16",
    "                                       Gesamt Netto           60,32 €",
    "Netto:                                                      935,32 €",
)
GOODS = (
    "Bezeichnung                       Menge    Einzelpreis     Gesamtpreis",
    "Rapshonig cremig                     24           5,90          141,60",
    "Schafwolldecke Natur                  2         118,00          236,00",
    "Zwischensumme:                                                  377,60",
)


def test_rows_whose_sum_leads_to_a_total_by_the_sum_of_a_second_table_are_not_all() -> None:
    answers = read_text("\n".join(JOURNEYS), net_total="935.32")
    assert [figures[2] for figures in said_figures(answers)] == [590, 285, Decimal("30.16"), Decimal("30.16")]
    assert not answers.reasons


@pytest.mark.parametrize(
    "charge", ["Gutschein (FRUEHLING35):", "Paketversand:", "Paketrabatt (7,5 %)", "Standby charges:", "Voucher:"]
)
def test_what_is_charged_below_a_subtotal_is_no_row(charge: str) -> None:
    lines = (
        *GOODS,
        f"{charge:<60}        11,90",
        "Gesamtbetrag:                                                   389,50",
    )
    answers = read_text("\n".join(lines), gross_total="389.50")
    assert said_descriptions(answers) == ["Rapshonig cremig", "Schafwolldecke Natur"]
    assert not answers.reasons


@pytest.mark.parametrize("head", ["Mwst.-Satz", "Steuersatz", "VAT rate", "Taux de TVA"])
def test_the_rate_of_a_tax_is_no_price(head: str) -> None:
    lines = (
        f"Stunden    Beschreibung             Betrag      {head:>11}      Mwst.",
        "8          Import der Postfächer    788,00 €             19    149,72 €",
        "4,5        Einrichtung des Filters  443,25 €             19     84,22 €",
        "           Summe                  1.231,25 €",
    )
    answers = read_text("\n".join(lines), net_total="1231.25")
    assert said_figures(answers) == [(8, None, 788), (Decimal("4.5"), None, Decimal("443.25"))]
    assert not answers.reasons


def goods(*names: str) -> list[str | None]:
    rows = [f"{name:<36}{2:>6}{10:>10},00{20:>10},00" for name in names]
    head = "Item description                      Qty        Price         Amount"
    answers = read_text("\n".join((head, *rows, f"Total {20 * len(names):>53},00")), language="en")
    return said_descriptions(answers)


def test_a_number_that_counts_rows_is_none_of_their_words() -> None:
    assert goods("1 Flask 500 ml", "2 Cylinder 250 ml", "3 Condenser") == [
        "Flask 500 ml",
        "Cylinder 250 ml",
        "Condenser",
    ]


@pytest.mark.parametrize(
    "names", [("1 Flask", "2 Cylinder"), ("2 Flask", "3 Cylinder", "4 Tube"), ("1 Flask", "2 Cylinder", "4 Tube")]
)
def test_a_number_that_may_be_a_part_of_the_words_stays(names: tuple[str, ...]) -> None:
    assert goods(*names) == [*names]


def test_a_sign_between_quantity_and_words_is_none_of_them() -> None:
    lines = (
        "Stk.      Artikel                      Einzelpreis     Gesamtpreis",
        "6     x   Tomate Berner Rose                  3,20           19,20",
        "4     x   Buschbohne Maxi                     4,95           19,80",
        "Summe                                                        39,00",
    )
    answers = read_text("\n".join(lines), net_total="39.00")
    assert said_descriptions(answers) == ["Tomate Berner Rose", "Buschbohne Maxi"]


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Datum       Ziffer  Leistung                                     Anz. Faktor    Betrag EUR",
            "02.06.2026  1       Beratung                                       1    2,3          10,72",
            "02.06.2026  7       Untersuchung eines Organsystems                1    2,3          21,45",
            "02.06.2026  420     Ultraschall, weitere Organe                    3    2,3          32,17",
        ),
        (
            "Datum       Ziffer  Leistung                                     Anz./Faktor    Betrag EUR",
            "02.06.2026  1       Beratung                                       1 / 2,3           10,72",
            "02.06.2026  7       Untersuchung eines Organsystems                1 / 2,3           21,45",
            "02.06.2026  420     Ultraschall, weitere Organe                    3 / 2,3           32,17",
        ),
    ],
    ids=["two heads that stand close", "both numbers in one cell"],
)
def test_a_doctors_count_is_read_beside_the_factor_of_its_fee(lines: tuple[str, ...]) -> None:
    foot = "Rechnungsbetrag                                                                      64,34"
    answers = read_text("\n".join([*lines, foot]), gross_total="64.34")
    assert answers.reasons == []
    assert [row[0] for row in said_figures(answers)] == [1, 1, 3]
    assert said_descriptions(answers) == [
        "Beratung",
        "Untersuchung eines Organsystems",
        "Ultraschall, weitere Organe",
    ]
