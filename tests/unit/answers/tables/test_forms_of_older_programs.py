"""What older programs print: totals on a first sheet, rules of dashes, words above the line of their numbers."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

HEAD = "Pos  Bezeichnung              Menge     Preis     Betrag"


def test_rows_go_on_behind_a_sheet_that_has_the_total_already() -> None:
    first = (
        "Qty  UOM   Item Description            Unit Price    Ext. Price",
        " 24   EA   Ball bearing                     11.85        284.40",
        "  6   EA   Pillow block                     46.20        277.20",
        "                                      Subtotal:        1,786.40",
        "                                      Total Due:       1,786.40",
    )
    second = (
        "  2   EA   Worm gear reducer               612.40      1,224.80",
        "Notes: keep dry",
    )
    answers = read_text("\n".join(first), "\n".join(second), language="en", net_total="1786.40")
    assert said_descriptions(answers) == ["Ball bearing", "Pillow block", "Worm gear reducer"]
    assert not answers.reasons


def test_what_follows_a_total_on_another_sheet_is_no_row_if_the_rows_above_make_it() -> None:
    first = (
        "Qty  UOM   Item Description            Unit Price    Ext. Price",
        " 24   EA   Ball bearing                     11.85        284.40",
        "                                      Total Due:         284.40",
    )
    second = ("  2   EA   Worm gear reducer               612.40      1,224.80",)
    answers = read_text("\n".join(first), "\n".join(second), language="en", net_total="284.40")
    assert said_descriptions(answers) == ["Ball bearing"]


def test_what_follows_a_total_on_another_sheet_is_no_row_if_it_does_not_make_the_documents_total() -> None:
    first = (
        "Qty  UOM   Item Description            Unit Price    Ext. Price",
        " 24   EA   Ball bearing                     11.85        284.40",
        "                                      Total Due:         999.00",
    )
    second = ("  2   EA   Worm gear reducer               612.40      1,224.80",)
    answers = read_text("\n".join(first), "\n".join(second), language="en", net_total="999.00")
    assert said_descriptions(answers) == ["Ball bearing"]
    assert answers.reasons


def test_what_stands_above_the_head_of_each_sheet_alike_is_no_row() -> None:
    letterhead = (
        "Quarry Creek Fasteners                Page             {}",
        "Twin Falls          Dale Whitcomb",
        "Net 45",
    )
    head = "Line   Item description             Unit price     Amount"
    first = (*letterhead, head, "10     Moly paste                         21.65     519.60")
    second = (*letterhead, head, "20     Pallet                             17.25      69.00")
    pages = ["\n".join(page).format(number) for number, page in enumerate((first, second), start=1)]
    answers = read_text(*pages, kind="purchase_order", language="en", net_total="588.60")
    assert said_descriptions(answers) == ["Moly paste", "Pallet"]
    assert not answers.reasons


def test_a_foot_below_a_rule_is_no_row_of_a_delivery_note_and_a_rule_is_none_of_its_words() -> None:
    lines = (
        "Artikel   Bezeichnung              Bestellt  Geliefert  ME",
        "----------------------------------------------------------",
        "100220    Verbundrohr 16 x 2           3,00       3,00  RO",
        "101016    Pressfitting                60,00      60,00  ST",
        "220410    HT-Rohr DN 50               20,00      20,00  ST",
        "----------------------------------------------------------",
        "Rückstände werden nachgeliefert.             Packstücke 9",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert said_descriptions(answers) == ["Verbundrohr 16 x 2", "Pressfitting", "HT-Rohr DN 50"]


def test_what_stands_below_a_rule_is_a_row_if_its_number_stands_below_those_above() -> None:
    lines = (
        "Artikel   Bezeichnung              Bestellt  Geliefert  ME",
        "100220    Verbundrohr 16 x 2           3,00       3,00  RO",
        "101016    Pressfitting                60,00      60,00  ST",
        "----------------------------------------------------------",
        "          Europalette                             1,00    ",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert said_descriptions(answers) == ["Verbundrohr 16 x 2", "Pressfitting", "Europalette"]


@pytest.mark.parametrize(("foot", "count"), [("  Positionen: 6      Datum", 3), ("     Europalette          2", 4)])
def test_a_line_below_counted_rows_is_one_only_if_its_number_stands_below_theirs(foot: str, count: int) -> None:
    lines = (
        "Pos  Bezeichnung      Menge",
        "1    Grundierung         12",
        "2    Antifouling          8",
        "3    Lackierwalze        20",
        "",
        foot,
        "     Unterschrift des Empfängers",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert len(said_figures(answers)) == count
    assert bool(answers.reasons) == (count > 3)


def test_an_amount_has_the_discount_before_it_that_is_taken_off_already() -> None:
    lines = (
        HEAD,
        "1    Eiche Schnittholz            1    200,00   (-5 %) 190,00",
        "2    Linde Schnittholz            2     10,00           20,00",
        "                            Nettobetrag                210,00",
    )
    answers = read_text("\n".join(lines), net_total="210.00")
    assert [figures[2] for figures in said_figures(answers)] == [190, 20]
    assert not answers.reasons


def test_the_first_row_of_a_table_has_the_paragraph_above_its_numbers_for_words() -> None:
    lines = (
        "                          Menge               Preis          Betrag",
        "Heizöl EL schwefelarm",
        "Zählwerk 1 184 022",
        "",
        "                    3.482 Liter         97,35 / 100 l      3.389,73",
        "",
        "Additiv Thermoclean",
        "Dosierung eins zu tausend",
        "",
        "                    3.482 Liter          1,90 / 100 l         66,16",
        "                                    Nettobetrag            3.455,89",
    )
    answers = read_text("\n".join(lines), net_total="3455.89")
    assert [words and words.split()[0] for words in said_descriptions(answers)] == ["Heizöl", "Additiv"]
    assert [figures[0] for figures in said_figures(answers)] == [3482, 3482]


def test_what_costs_nothing_needs_no_price() -> None:
    lines = (
        "Qty  Description              Rate      Total",
        "2    Chesterfield sofa       85.00     170.00",
        "6    Brass ashtrays            n/c       0.00",
        "                          Subtotal     170.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="170.00")
    assert [figures[0] for figures in said_figures(answers)] == [2, 6]
    assert not answers.reasons


def test_all_rows_that_show_a_price_show_the_quantity_if_the_products_say_so() -> None:
    lines = (
        "No.  Description               Unit     Unit Cost     Total",
        "1    Time for interpreting      3.5            38    133.00",
        "2    Other expenses               -             -      6.40",
        "3    Travel cost                  -             -      0.00",
        "4    Milage cost                 42          0.45     18.90",
        "5    Admin charges                -             -      5.00",
        "                            Sub total                163.30",
    )
    answers = read_text("\n".join(lines), language="en", net_total="163.30")
    assert [figures[0] for figures in said_figures(answers)] == [Decimal("3.5"), None, None, 42, None]


@pytest.mark.parametrize(
    ("line", "count"),
    [("                261  Stück auf diesem Karren", 3), ("9 x       29    261  Rosa Avalanche        70", 4)],
)
def test_the_sum_of_the_quantities_above_is_no_row_of_a_delivery_note(line: str, count: int) -> None:
    lines = (
        "Bund  Inhalt  Stück  Sorte              Länge",
        "6 x        6     36  Phalaenopsis          65",
        "5 x        5     25  Chrysantheme          70",
        "8 x       25    200  Gypsophila            80",
        line,
    )
    assert len(said_figures(read_text("\n".join(lines), kind="delivery_note"))) == count


def test_a_row_that_alone_has_its_numbers_among_words_has_those_that_make_its_amount() -> None:
    lines = (
        "Description                   Qty      Price         Total",
        "Scaffold erection             146      17.35       2533.10",
        "Tube and fitting hire           9     238.50       2146.50",
        "Monoflex, 146 x 3.80                                554.80",
        "Delivery                                            100.00",
        "Clear site                      2      50.00        100.00",
        "                                       Total       5434.40",
    )
    answers = read_text("\n".join(lines), language="en", net_total="5434.40")
    assert said_figures(answers)[2:4] == [(146, Decimal("3.80"), Decimal("554.80")), (None, None, 100)]
