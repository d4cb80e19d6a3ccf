"""Quantities and prices that have no column of their own, in tables with a head."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

from services.answers.tables.entries import entries_of
from services.answers.tables.fields import CONFIRMED
from services.answers.tables.sheet import sheets


def read(
    *lines: str, language: str = "de", **totals: str
) -> tuple[list[tuple[str | None, str | None]], list[str | None]]:
    """Give quantities and prices, and descriptions."""
    answers = read_text("\n".join(lines), language=language, **totals)
    pairs = [(quantity, price) for quantity, price, _ in said_figures(answers)]
    texts = [(quantity and f"{quantity}", price and f"{price}") for quantity, price in pairs]
    return texts, said_descriptions(answers)


@pytest.mark.parametrize("times", ["x ", " x ", " \u00d7 ", " Stk. à "])
def test_quantity_and_price_may_stand_in_one_cell(times: str) -> None:
    cells = [f"{quantity}{times}£{price}" for quantity, price in (("3", "38.00"), ("2", "6.50"))]
    lines = (
        "#   Product                         Quantity & Price         Total",
        f"1   Mail account                    {cells[0]:24}£114.00",
        f"2   Backup, 250 GB                  {cells[1]:24} £13.00",
        "Total                                                      £127.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="127.00")
    assert [(f"{count}", f"{price}") for count, price, _ in said_figures(answers)] == [("3", "38.00"), ("2", "6.50")]
    assert not answers.reasons


def test_a_quantity_without_a_head_behind_the_words_is_no_word() -> None:
    lines = (
        "Bezeichnung                                      Einzelpreis     Gesamt",
        "Hecke schneiden        38     m                   á 4,00 €     152,00 €",
        "Rasen mähen            120    qm                  á 0,50 €      60,00 €",
        "Anfahrt                1      Pauschale          á 25,00 €      25,00 €",
        "Netto                                                          237,00 €",
    )
    pairs, words = read(*lines, net_total="237.00")
    assert pairs == [("38", "4.00"), ("120", "0.50"), ("1", "25.00")]
    assert words == ["Hecke schneiden", "Rasen mähen", "Anfahrt"]


@pytest.mark.parametrize(("quantity", "price"), [("1.250", "4.00"), ("2.500", "2.00"), ("40.000", "0.125")])
def test_three_decimals_are_read_where_only_they_make_the_amount(quantity: str, price: str) -> None:
    lines = (
        "Pos  Bezeichnung          Menge      Einzelpreis   Betrag CHF",
        f"1    Äpfel, lose          {quantity:10} {price:12}      5.00",
        "2    Lieferung            1          10.00             10.00",
        "Nettobetrag CHF                                        15.00",
    )
    pairs, _ = read(*lines, net_total="15.00")
    read_as = [(quantity.rstrip("0").rstrip("."), price)] if quantity == "40.000" else [(quantity.rstrip("0"), price)]
    assert pairs == [*read_as, ("1", "10.00")]


def test_thousands_stay_thousands_where_the_amount_says_so() -> None:
    lines = (
        "Pos  Bezeichnung          Menge      Einzelpreis       Betrag",
        "1    Flugblätter          1.250      0,04               50,00",
        "Nettobetrag                                             50,00",
    )
    assert read(*lines, net_total="50.00")[0] == [("1250", "0.04")]


@pytest.mark.parametrize("heads", [("Litres", "Unit ex-VAT"), ("Unit ex-VAT", "Litres")])
def test_two_columns_without_known_heads_are_what_most_amounts_before_tax_are_the_products_of(
    heads: tuple[str, str],
) -> None:
    rows = (("Gas oil", "2,500", "0.79", "1975.00", "2370.00"), ("Kerosene", "1,200", "0.71", "852.00", "1022.40"))
    rows += (("Tank dip", "1", "48.50", "48.50", "58.20"),)
    lines = [f"Description         {heads[0]:14}{heads[1]:14}        Net      VAT %       Total"]
    for words, litres, price, net, gross in rows:
        one, other = (litres, f"£{price}") if heads[0] == "Litres" else (f"£{price}", litres)
        lines.append(f"{words:20}{one:14}{other:14}{'£' + net:>11}        20% {'£' + gross:>11}")
    lines.append(f"{'Subtotal (Net)':>48}{'£2875.50':>11}")
    pairs, _ = read(*lines, language="en", net_total="2875.50")
    assert pairs == [("2500", "0.79"), ("1200", "0.71"), ("1", "48.50")]


def test_numbers_that_multiply_in_a_few_rows_alone_are_no_factors() -> None:
    lines = (
        "Bezeichnung                              Gesamt",
        "Kiste mit 12    2 x 30,00               60,00 €",
        "Kiste mit 14    2 x 30,00               55,00 €",
        "Kiste mit 16    2 x 30,00               70,00 €",
        "Netto                                  185,00 €",
    )
    assert read(*lines, net_total="185.00")[0] == [(None, None)] * 3


ROWS_OF_TWO_LINES = (
    "Survey of the roof, half a day                 £970.00",
    "2 \u00d7 £485.00",
    "Report with a map                              £340.00",
    "1 \u00d7 £340.00",
    "",
    "Sub-Total                                    £1,310.00",
)


@pytest.mark.parametrize("head", [(), ("Description                                      Total",)])
def test_quantity_and_price_on_a_line_of_their_own_below_the_words_are_no_words(head: tuple[str, ...]) -> None:
    pairs, words = read(*head, *ROWS_OF_TWO_LINES, language="en", net_total="1310.00")
    assert pairs == [("2", "485.00"), ("1", "340.00")]
    assert words == ["Survey of the roof, half a day", "Report with a map"]


def test_hours_and_their_rate_in_a_sentence_below_the_words_are_no_words() -> None:
    lines = (
        "Description                                    Amount",
        "Survey of the roof                          £1,288.00",
        "14 hours at a rate of £92.00 per hour",
        "Drawings                                    £3,937.50",
        "37.5 hours at a rate of £105.00 per hour",
        "",
        "Subtotal                                    £5,225.50",
    )
    pairs, words = read(*lines, language="en", net_total="5225.50")
    assert pairs == [("14", "92.00"), ("37.5", "105.00")]
    assert words == ["Survey of the roof", "Drawings"]


def test_what_a_price_is_for_is_no_number_and_makes_the_product() -> None:
    lines = (
        "Pos.  Bezeichnung              Menge      Preis je Einh.          Betrag",
        "1     Kalkammonsalpeter        2.460      31,80 je 100 kg         782,28",
        "2     Legemehl                     6      13,20 je 1 SA            79,20",
        "3     Unterlegscheibe            500      2,30 / 100 ST            11,50",
        "      Warenwert netto                                             872,98",
    )
    answers = read_text("\n".join(lines), net_total="872.98")
    assert [f"{price}" for _, price, _ in said_figures(answers)] == ["31.80", "13.20", "2.30"]
    assert {field.confidence for field in answers.fields} == {CONFIRMED}


def test_what_each_piece_costs_is_a_price() -> None:
    lines = (
        "Pos.  Bezeichnung              Menge      Preis          Betrag",
        "1     Kalkammonsalpeter            2      je 31,80        63,60",
        "2     Legemehl                     6      je 100 EUR     600,00",
        "      Warenwert netto                                    663,60",
    )
    assert [figures[1] for figures in said_figures(read_text("\n".join(lines), net_total="663.60"))] == [
        Decimal("31.80"), Decimal(100),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "is_product"),
    [
        ("Katalog             2      0,00      0,00", True),  # given away
        ("für die      2.000,00         0      0,00", False),  # a sum, and a tax of 0 on it
        ("Katalog             2      4,00      0,00", False),
    ],
)
def test_nothing_is_a_product_if_its_price_is_nothing(line: str, *, is_product: bool) -> None:
    (entry,) = entries_of(sheets([line], [()]), "de")
    assert entry.last is not None
    assert entry.is_product_of(entry.last) is is_product
