"""Tables whose head names no column of words that a type knows: what stands below the heads says which one it is."""

from unit.answers.tables.printed import read_text, said_descriptions, said_figures

HEAD = "Position                Menge   Tagespreis   Nächte     Betrag"
NIGHTS = (
    "Gruppenwiese Nord           1        62,00        7     434,00",
    "Jurtenplatz                 2        18,50        7     259,00",
)


def test_position_names_the_words_if_there_are_words_below_it() -> None:
    answers = read_text("\n".join((HEAD, *NIGHTS, "Summe                                                   693,00")))
    assert said_descriptions(answers) == ["Gruppenwiese Nord", "Jurtenplatz"]
    assert [(figures[0], figures[2]) for figures in said_figures(answers)] == [(1, 434), (2, 259)]
    assert not answers.reasons


def test_a_head_that_no_label_knows_names_the_words_if_there_are_words_below_it() -> None:
    head = HEAD.replace("Position     ", "Was geschah? ")
    answers = read_text("\n".join((head, *NIGHTS, "Summe                                                   693,00")))
    assert said_descriptions(answers) == ["Gruppenwiese Nord", "Jurtenplatz"]


def test_numbers_below_position_count_the_rows() -> None:
    lines = (
        "Position   Vorgang              Menge   Tagespreis   Nächte     Betrag",
        "1          Gruppenwiese Nord        1        62,00        7     434,00",
        "2          Jurtenplatz              2        18,50        7     259,00",
        "           Summe                                                693,00",
    )
    assert said_descriptions(read_text("\n".join(lines))) == ["Gruppenwiese Nord", "Jurtenplatz"]


def test_a_subtotal_is_none_of_the_rows_if_its_amount_stands_between_the_lines_of_its_cell() -> None:
    lines = (
        HEAD,
        *NIGHTS,
        "                                                        693,00",
        "Zwischensumme Plätze",
        "Jugendliche                 3         5,00        2      30,00",
        "Summe                                                   723,00",
    )
    answers = read_text("\n".join(lines))
    assert said_descriptions(answers) == ["Gruppenwiese Nord", "Jurtenplatz", "Jugendliche"]
    assert not answers.reasons


def test_a_heading_is_none_of_the_words_of_a_row_in_a_table_whose_rows_begin_above_their_numbers() -> None:
    lines = (
        "Beschreibung            Menge       Preis                Betrag",
        "",
        "Gruppenwiese Nord",
        "bis 40 Personen             7        62,00               434,00",
        "",
        "",
        "Jurtenplatz",
        "am Bach                     2        18,50                37,00",
        "",
        "",
        "",
        "Verbrauch",
        "",
        "Brennholz                   3        78,00               234,00",
        "",
        "Summe                                                   705,00",
    )
    answers = read_text("\n".join(lines), gross_total="705.00")
    assert said_descriptions(answers) == ["Gruppenwiese Nord bis 40 Personen", "Jurtenplatz am Bach", "Brennholz"]
