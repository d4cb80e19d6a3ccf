"""Orders that print no amounts: words and quantities, and perhaps what one of each costs."""

from decimal import Decimal

from unit.answers.tables.printed import read_text, said_descriptions, said_figures

ORDER = (
    "Pos   Artikel                    Best.      AEP €",
    "1     Nasenspray 0,1 %              12       1,92",
    "2     Wundsalbe                      5       6,02",
    "3     Kompressen 10 x 10 cm          2       6,44",
)
NEXT_TO_UNITS = (
    "Artikel                      Menge   Einh      €/Einh",
    "Möhren 10 kg                     2   SCK         8,60",
    "Lauch Bund                      12   BD          1,10",
    "Bestellwert netto ca. 30,40 €",
)


def test_quantities_and_prices_are_rows_whose_products_come_to_the_total() -> None:
    answers = read_text("\n".join(ORDER), kind="purchase_order", net_total="66.02")
    assert said_descriptions(answers) == ["Nasenspray 0,1 %", "Wundsalbe", "Kompressen 10 x 10 cm"]
    assert said_figures(answers) == [
        (12, Decimal("1.92"), None),
        (5, Decimal("6.02"), None),
        (2, Decimal("6.44"), None),
    ]
    assert not answers.reasons
    assert not answers.unproven


def test_rows_without_amounts_are_none_where_their_products_do_not_come_to_the_total() -> None:
    answers = read_text("\n".join(ORDER), kind="purchase_order", net_total="66.03")
    assert not answers.fields
    assert answers.reasons
    assert answers.unproven


def test_the_total_tells_which_column_is_the_price() -> None:
    answers = read_text("\n".join(NEXT_TO_UNITS), kind="purchase_order", net_total="30.40")
    assert said_figures(answers) == [(2, Decimal("8.60"), None), (12, Decimal("1.10"), None)]
    assert not answers.reasons


def test_quantities_alone_are_said_to_be_unconfirmed() -> None:
    lines = ("Menge    Artikel", "12 kg    Karotten", "6 Bund   Petersilie", "500 g    Bärlauch")
    answers = read_text("\n".join(lines), kind="purchase_order")
    assert said_descriptions(answers) == ["Karotten", "Petersilie", "Bärlauch"]
    assert [quantity for quantity, _, _ in said_figures(answers)] == [12, 6, 500]
    assert answers.reasons
    assert max(field.confidence for field in answers.fields) < Decimal("0.9")


def test_what_one_costs_is_no_amount_of_a_row() -> None:
    lines = (
        "Menge     Teil                     Preis",
        "4 Satz    Bremsbeläge              je Satz 38,90 €",
        "20 l      Motoröl 5W-30            je l 5,15 €",
    )
    answers = read_text("\n".join(lines), kind="purchase_order")
    assert said_figures(answers) == [(4, Decimal("38.90"), None), (20, Decimal("5.15"), None)]
    assert answers.reasons


def test_an_amount_that_no_head_names_is_the_product_of_its_row() -> None:
    lines = (
        "Particulars         Qty      Due on        Rate      per    Worth",
        "Steel coil            3   12-May-25   25,000.00     MT   75,000.00",
        "Steel sheet           2   12-May-25   30,000.00     MT   60,000.00",
        "Freight                                                  1,000.00",
    )
    answers = read_text("\n".join(lines), kind="purchase_order", language="en", net_total="135000.00")
    assert [amount for _, _, amount in said_figures(answers)] == [75000, 60000]


def test_quantities_beside_words_are_no_rows_of_an_invoice_that_bills_something_else() -> None:
    lines = ("Menge    Artikel", "12 kg    Karotten", "6 Bund   Petersilie", "Gesamtbetrag 1.200,00")
    assert not read_text("\n".join(lines), gross_total="1200.00").fields


def test_numbered_quantities_are_rows_of_an_order_that_prints_its_total_alone() -> None:
    lines = (
        "Pos.   Art.-Nr.   Bezeichnung                  Menge   Einheit",
        "1      10233      Wildsalami am Stück             24   Stk.",
        "2      10250      Bergkäse, 9 Monate            12,5   kg",
        "3      11015      Apfelsaft naturtrüb             15   Kiste",
        "                               Gesamtbetrag (netto):   842,60 €",
    )
    answers = read_text("\n".join(lines), kind="purchase_order", net_total="842.60")
    assert said_figures(answers) == [(24, None, None), (Decimal("12.5"), None, None), (15, None, None)]
    assert not read_text("\n".join([lines[0], *(f" {line[1:]}" for line in lines[1:])]), net_total="842.60").fields


def test_a_form_below_what_is_delivered_has_no_rows() -> None:
    lines = (
        "Produkt                                            Anzahl",
        "Wandkalender, A3                                      120",
        "Tischkalender                                         250",
        "Versandhüllen                                          80",
        "",
        "Paketdienst / Spedition        Kartons:    11      EW-Palette:    ____",
        "(Nichtzutreffendes streichen)                      Gewicht:    148,5 kg",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert said_descriptions(answers) == ["Wandkalender, A3", "Tischkalender", "Versandhüllen"]


def test_a_batch_beside_what_is_delivered_is_no_form() -> None:
    lines = (
        "Artikel                    Charge              Menge",
        "Schraube M8      Charge:   4711                  100",
        "Mutter M8        Charge:   4712                  200",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [100, 200]
