"""Whether the figures of a text stand in the document that it is about."""

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from services.answers.candidates import Candidates
from services.answers.figures import DocumentFigures

PAGE = """Rechnung RE-2018/77 vom 05.06.2018
Kundennummer 471 1081 5
12 Stück zu 1.234,50 EUR, 19 % USt
Gesamtbetrag 15.387,08 €, zahlbar bis 19. Juni 2018 um 10:00 Uhr
Guthaben -42,00 EUR; Anteil 2,5 %
IBAN DE02 1203 0000 0000 2020 51
"""
SECOND = """Lieferung im März 2017, Auftrag A 4711, Frist 14 Tage, 3 Monate,
Gewährleistung bis zum 7. September
2019. Sechs Raten, eine sofort; twelve months."""


def lacking(text: str, language: str = "de", pages: tuple[str, ...] = (PAGE, SECOND), of: str = "de") -> list[str]:
    return [figure.text for figure in DocumentFigures(pages, Candidates(pages, of)).lacks(text, language)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Es sind 15.387,08 € bis zum 19.06.2018 zu zahlen.", "de"),
        ("EUR 15,387.08 must be paid by 19 June 2018.", "en"),
        ("15387.08 EUR, due June 19, 2018, invoice of 2018-06-05.", "en"),
        ("15 387,08 € à payer avant le 19 juin 2018.", "fr"),
        ("Rechnung RE-2018/77, zahlbar bis 19. Juni.", "de"),
        ("Rechnung RE 2018/77 über 12 Stück mit 19% und 2.5 %.", "de"),
        ("Konto DE02120300000000202051, Kunde 47110815.", "de"),
        ("Auftrag A4711 vom März 2017, im Juni 2018, aus 2017.", "de"),
        ("Die 14-tägige Frist und die 3-monatige Laufzeit.", "de"),
        ("Ein Guthaben von 42 Euro.", "de"),
        ("Um 10:00 Uhr, also um 10 Uhr.", "de"),
        ("Zwei Wochen, keine Zahl.", "de"),
        ("Zahlbar bis 19.06., Rechnung 06/2018 oder 6.2018, Anteil 2.5.", "de"),
        ("Due on 6/19/2018, invoice of 6/5/2018.", "en"),
        ("Due on 6/19/2018.", "de"),
        ("Gewährleistung bis 7. September 2019, 6 Raten, 1 Rate, 12-monatig.", "de"),
        ("", "de"),
    ],
)
def test_what_the_document_says_in_any_form_is_there(text: str, language: str) -> None:
    assert lacking(text, language) == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Es sind 15.387,80 € zu zahlen.", ["15.387,80 €"]),
        ("Zahlbar bis 5. Juli 2018, sonst 40 € Mahngebühr.", ["5. Juli 2018", "40 €"]),
        ("Zahlbar bis 20. Juni.", ["20. Juni"]),
        ("Lieferung im April 2017.", ["April 2017"]),
        ("Rechnung RE-2018/78 mit 20 % USt.", ["RE-2018/78", "20"]),
        ("Konto DE89370400440532013000.", ["DE89370400440532013000"]),
        ("Kunde 47110816.", ["47110816"]),
        ("Etwa 15.000 Euro in 15 Raten.", ["15.000 Euro", "15"]),
        ("Laufzeit 24 Monate, 9-monatige Frist.", ["24", "9-monatige"]),
        ("Preis 1.538.708 Stück", ["1.538.708"]),
        ("Nr. 1538708", ["1538708"]),
        ("2016 begonnen", ["2016"]),
        ("Bis 20.06., im Monat 04/2017.", ["20.06.", "04/2017"]),
        ("Due on 6/20/2018.", ["6/20/2018"]),
        ("In 8 Raten.", ["8"]),
    ],
)
def test_what_the_document_does_not_say_is_named_as_it_is_written(text: str, figures: list[str]) -> None:
    found = [figure.removesuffix(" Euro") for figure in lacking(text)]
    assert found == [figure.removesuffix(" Euro") for figure in figures]


@pytest.mark.parametrize(
    ("text", "language", "page", "figures"),
    [
        ("Zu zahlen sind fünfhundert Euro.", "de", "Betrag 400,00 €", ["fünfhundert"]),
        ("Zu zahlen sind fünfhundert Euro.", "de", "Betrag 500,00 €", []),
        ("Zu zahlen sind 500 EUR.", "de", "Betrag: fünfhundert Euro", []),
        ("Zu zahlen sind 500 EUR.", "de", "Tausend Teile, fünfhundert Kisten", ["500 EUR"]),
        ("Zwanzig Prozent Rabatt", "de", "Ein Rabatt", ["Zwanzig"]),
        ("Zwanzig Prozent Rabatt", "de", "20 % Rabatt", []),
        ("20 % Rabatt", "de", "zwanzig Prozent Rabatt", []),
        ("20 % Rabatt", "de", "zwanzigprozentiger Rabatt", []),
        ("Frist drei Monate, dreimonatige Frist", "de", "3 Monate", []),
        ("Frist drei Monate, viermonatige Frist", "de", "2 Monate", ["drei", "viermonatige"]),
        ("Frist 3 Monate", "de", "Dreimonatsfrist, drei Monate", []),
        ("vier weitere Wochen", "de", "28 Tage", []),
        ("vier weitere Wochen", "de", "29 Tage", ["vier"]),
        ("zweiwöchige Frist, Dreijahresvertrag", "de", "14 Tage, 36 Monate", []),
        ("zweiwöchige Frist, Dreijahresvertrag", "de", "15 Tage, 24 Monate", ["zweiwöchige", "Dreijahresvertrag"]),
        ("zwei Millionen Euro", "de", "2.000.000,00 Euro", []),
        ("a term of twenty-five months", "en", "a term of twenty months", ["twenty-five"]),
        ("a term of twenty-five months", "en", "Laufzeit fünfundzwanzig Monate", []),
        ("two hundred and five units at five cents", "en", "205 units, 5 ct", []),
        ("deux semaines, quatre-vingt-dix jours", "fr", "90 jours", ["deux"]),
        ("mille deux cents euros, cinq pour cent", "fr", "1.200,00 EUR, 5 %", []),
        ("mille deux cents euros, cinq pour cent", "fr", "200,00 EUR, 6 %", ["mille deux cents", "cinq"]),
        ("Eine Rechnung, eines von zwei Exemplaren, ein Jahr", "de", "Rechnung", []),
        ("One of the two parties, three rooms for an hour", "en", "The parties", []),
    ],
)
def test_words_that_say_an_amount_a_share_a_quantity_or_a_time_are_figures(
    text: str, language: str, page: str, figures: list[str]
) -> None:
    assert lacking(text, language, (page,)) == figures


@pytest.mark.parametrize(
    ("text", "language", "page", "figures"),
    [
        ("Es sind 1,785 EUR.", "de", "Summe 1.785,00 EUR", ["1,785"]),
        ("Es sind 1,785 EUR.", "de", "Summe 1.785 EUR", ["1,785"]),
        ("Es sind 1.785 EUR.", "de", "Summe 1.785,00 EUR", []),
        ("Es sind 1.785 EUR.", "de", "Total USD 1,785", []),
        ("Preis 1,785 EUR je Liter", "de", "1,785 EUR/l", []),
        ("It is EUR 1,785.", "en", "Summe 1.785,00 EUR", []),
        ("It is EUR 1.785.", "en", "Summe 1.785,00 EUR", ["1.785"]),
        ("Total de 1,785 EUR", "fr", "Total 1 785,00 EUR", ["1,785"]),
        ("Summa 1,785 EUR", "xx", "Summe 1.785,00 EUR", []),
    ],
)
def test_what_a_sign_before_three_digits_means_the_language_of_the_text_says(
    text: str, language: str, page: str, figures: list[str]
) -> None:
    assert lacking(text, language, (page,)) == figures


def test_a_date_that_the_document_leaves_open_is_there_either_way() -> None:
    for said in ("5 June 2018", "6 May 2018"):
        assert lacking(f"Due on {said}.", "en", ("Due 05/06/2018",), "en") == []
    assert lacking("Due on 7 May 2018.", "en", ("Due 05/06/2018",), "en") == ["7 May 2018"]


@given(
    st.decimals("0.01", "999999999.99", places=2),
    st.sampled_from(["de_DE", "en_US", "fr_FR", "de_CH"]),
    st.sampled_from(["de_DE", "en_US", "fr_FR", "de_CH"]),
)
def test_an_amount_is_found_whatever_country_wrote_document_and_text(amount: Decimal, one: str, other: str) -> None:
    page = f"Summe {format_decimal(amount, '#,##0.00', locale=one)} EUR"
    text = f"Summe {format_decimal(amount, '#,##0.00', locale=other)} EUR"
    assert lacking(text, other[:2], (page,), one[:2]) == []


@given(
    st.decimals("1000", "999999.99", places=2),
    st.decimals("1000", "999999.99", places=2),
    st.sampled_from(["de", "en"]),
)
def test_another_amount_is_not(amount: Decimal, other: Decimal, language: str) -> None:
    page = f"Summe {format_decimal(amount, '#,##0.00', locale=language)} EUR"
    text = f"Summe {format_decimal(other, '#,##0.00', locale=language)} EUR"
    assert bool(lacking(text, language, (page,), language)) == (amount != other)


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["short", "medium", "long"]),
    st.sampled_from(["de", "en_GB", "fr"]),
    st.integers(1, 20),
)
def test_a_date_is_found_in_words_and_another_day_is_not(day: date, width: str, locale: str, days: int) -> None:
    page = f"Datum: {format_date(day, 'dd.MM.yyyy')}"
    language = locale.replace("_", "-")
    said = format_date(day, "long", locale=locale)
    assert lacking(f"Am {said}", language, (page,)) == []
    other = format_date(day + timedelta(days=days), "long" if width == "short" else width, locale=locale)
    assert lacking(f"Am {other}", language, (page,)) != []


@given(st.text(alphabet="0123456789 .,-/€%AZaz:'", max_size=400))
def test_a_text_has_the_figures_of_itself(text: str) -> None:
    assert all(figure.text for figure in DocumentFigures((text,), Candidates((text,), "de")).lacks(text, "de"))


@pytest.mark.parametrize(
    "text",
    [
        "1" * 4000,
        "1 " * 2000,
        "a1-" * 1300,
        "1.1," * 1000,
        "5. Juni 2018 " * 300,
        "zwei hundert " * 300,
        "tausend" * 600,
        "twenty-five" * 400,
        "cent " * 800,
    ],
)
def test_a_hostile_text_takes_no_more_than_seconds_of_the_processor(text: str) -> None:
    pages = (text * 20,)
    started = time.process_time()
    DocumentFigures(pages, Candidates(pages, "de")).lacks(text, "de")
    assert time.process_time() - started < 3
