"""Tables whose rows have no words: dates or codes name them, and a sum proves them."""

from unit.answers.tables.printed import read_text, said_descriptions, said_figures

TARIFF = (
    "Datum        Tarif   Tarifziffer   Anzahl   TP AL    f AL   TPW AL     Betrag",
    "04.05.2026   001     00.0010         1.00   10.42    1.00     0.89      16.56",
    "04.05.2026   001     00.0020         2.00   10.42    1.00     0.89      33.13",
    "18.05.2026   001     00.0715         1.00    0.00    1.00     0.89       7.29",
    "Gesamtbetrag                                                            56.98",
)


def test_codes_name_rows_if_a_head_names_what_they_count() -> None:
    answers = read_text("\n".join(TARIFF), language="de-CH", gross_total="56.98")
    assert [(figures[0], float(figures[2] or 0)) for figures in said_figures(answers)] == [
        (1, 16.56),
        (2, 33.13),
        (1, 7.29),
    ]
    assert said_descriptions(answers)[0] == "04.05.2026 001 00.0010"
    assert not answers.reasons


def test_tables_below_each_other_with_subtotals_and_dates_are_read_as_one() -> None:
    lines = (
        "Datum        Start   Ende   Geladene kWh   Kosten (€)",
        "02.06.2026   18:12   21:47         22,41         7,15",
        "06.06.2026   09:05   13:31         31,08         9,91",
        "Zwischensumme Skoda: 53,49 kWh, 17,06 €",
        "Renault",
        "Datum        Start   Ende   Geladene kWh   Kosten (€)",
        "04.06.2026   20:01   23:55         27,30         8,71",
        "Gesamtkosten: 25,77 €",
    )
    answers = read_text("\n".join(lines), gross_total="25.77")
    assert [float(figures[0] or 0) for figures in said_figures(answers)] == [22.41, 31.08, 27.3]
    assert not answers.reasons


def test_instalments_are_no_rows() -> None:
    lines = ("Fällig am        Betrag", "01.02.2026        50,00", "01.03.2026        50,00", "Summe            100,00")
    answers = read_text("\n".join(lines), gross_total="100.00")
    assert not answers.fields
    assert answers.reasons
