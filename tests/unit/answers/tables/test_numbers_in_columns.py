"""Tables whose cells stand apart from what they belong to: a currency from its amount, a number from its words."""

from unit.answers.tables.printed import read_text, said_descriptions, said_figures

ACCOUNTED = (
    "Pos   Beschreibung               Menge  Einh     Einzelpreis  USt.     Gesamt",
    "1     Relaisstation                  4   Stk      €  128,00    0%      €  512,00",
    "2     Netzteil                       6   Stk      €   64,90    0%      €  389,40",
    "3     Kabelkanal                    48     m      €    5,35    0%      €  256,80",
    "4     Not-Halt-Taster                3   Stk      €   27,40    0%      €   82,20",
    "5     Klemme                        10   Stk      €    0,50    0%      €    5,00",
    "                                     Nettobetrag                  €   1.245,40",
)


def test_currencies_that_stand_apart_from_their_amounts_are_no_head_of_another_table() -> None:
    answers = read_text("\n".join(ACCOUNTED))
    assert [figures[0] for figures in said_figures(answers)] == [4, 6, 48, 3, 10]
    assert not answers.reasons


ENDING_IN_A_NUMBER = (
    "Pos   Beschreibung                     Menge   Einh   Einzelpreis      Gesamt",
    "1     Relaisstation                        4    Stk        128,00      512,00",
    "2     Schaltschrank 800 x 1200 x  300      1    Stk        742,00      742,00",
    "3     Netzteil                             6    Stk         64,90      389,40",
    "4     Kabelkanal 60 x  40                 48      m          5,35      256,80",
    "5     Klemme                              10    Stk          0,50        5,00",
    "                                                Nettobetrag          1.905,20",
)


def test_a_number_that_ends_words_is_no_quantity_if_quantities_stand_below_each_other_elsewhere() -> None:
    answers = read_text("\n".join(ENDING_IN_A_NUMBER), net_total="1905.20")
    assert [figures[0] for figures in said_figures(answers)] == [4, 1, 6, 48, 10]
    assert said_descriptions(answers)[1] == "Schaltschrank 800 x 1200 x 300"
    assert not answers.reasons
