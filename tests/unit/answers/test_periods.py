"""Spans of dates and durations, and what is not plainly one of them."""

from datetime import date, timedelta
from typing import Literal

import pytest
from babel.dates import format_date, format_interval
from babel.units import format_unit
from hypothesis import given, settings
from hypothesis import strategies as st

from services.answers.periods import parse_period

LOCALES = ["de", "de-AT", "de-CH", "fr", "fr-CH", "en", "en-GB", "en-US"]


@pytest.mark.parametrize(
    ("verbatim", "language", "text"),
    [
        ("01.01.\u201331.12.2026", "de", "2026-01-01/2026-12-31"),
        ("vom 1. Januar 2026 bis\nzum 31. Dezember 2026", "de", "2026-01-01/2026-12-31"),
        ("Leistungszeitraum: 05.\u201310.06.2018", "de", "2018-06-05/2018-06-10"),
        ("1. Jän. bis 28. Feber 2026", "de-AT", "2026-01-01/2026-02-28"),
        ("from 1 April 2026 to 31 March 2029", "en", "2026-04-01/2029-03-31"),
        ("January 1, 2026 \u2013 March 31, 2026", "en", "2026-01-01/2026-03-31"),
        ("Mar 5 - 10, 2018", "en", "2018-03-05/2018-03-10"),
        ("mar. 5 \u2013 dim. 10 juin 2018", "fr", "2018-06-05/2018-06-10"),
        ("du 1er janvier au 31 décembre 2024", "fr", "2024-01-01/2024-12-31"),
        ("du 1er au 30 juin 2018", "fr", "2018-06-01/2018-06-30"),
        ("du 1\u1d49\u02b3 au 30 juin 2018", "fr", "2018-06-01/2018-06-30"),
        ("1st to 30th June 2018", "en", "2018-06-01/2018-06-30"),
        ("from the 1st to the 30th of June 2018", "en", "2018-06-01/2018-06-30"),
        ("between 1 June and 31 July 2018", "en", "2018-06-01/2018-07-31"),
        ("entre le 1er et le 30 juin 2018", "fr", "2018-06-01/2018-06-30"),
        ("Zeitraum: zwischen dem 1. und dem 30. Juni 2018", "de", "2018-06-01/2018-06-30"),
        ("2026-01-01/2026-12-31", "en", "2026-01-01/2026-12-31"),
        ("01/2026 - 03/2026", "de", "2026-01-01/2026-03-31"),
        ("von Januar bis März 2026", "de", "2026-01-01/2026-03-31"),
        ("2024\u20132026", "de", "2024-01-01/2026-12-31"),
        ("01.03. bis einschließlich 31.05.2026", "de", "2026-03-01/2026-05-31"),
        ("Februar 2024", "de", "2024-02-01/2024-02-29"),
        ("06/2018", "fr", "2018-06-01/2018-06-30"),
        ("Kalenderjahr 2026", "de", "2026-01-01/2026-12-31"),
        ("1. Quartal 2026", "de", "2026-01-01/2026-03-31"),
        ("IV. Quartal 2026", "de", "2026-10-01/2026-12-31"),
        ("Q3/2025", "en", "2025-07-01/2025-09-30"),
        ("first quarter of 2026", "en", "2026-01-01/2026-03-31"),
        ("2e trimestre 2026", "fr", "2026-04-01/2026-06-30"),
        ("2. Halbjahr 2025", "de", "2025-07-01/2025-12-31"),
        ("KW 1/2026", "de", "2025-12-29/2026-01-04"),
    ],
)
def test_a_span_is_its_first_and_its_last_day(verbatim: str, language: str, text: str) -> None:
    assert parse_period(verbatim, language) == text


@pytest.mark.parametrize(
    ("verbatim", "language", "text"),
    [
        ("3 Monate zum Quartalsende", "de", "P3M"),
        ("drei Mo\u00adnate\nzum Vertragsende", "de", "P3M"),
        ("innerhalb eines Monats nach Bekanntgabe", "de", "P1M"),
        ("vier Wochen zum 15. oder zum Ende eines Kalendermonats", "de", "P4W"),
        ("mit einer Frist von 3 (drei) Monaten zum Ende eines Quartals", "de", "P3M"),
        ("dreimonatige Frist", "de", "P3M"),
        ("14-tägig", "de", "P14D"),
        ("zwei Quartale", "de", "P6M"),
        ("anderthalb Jahre", "de", "P18M"),
        ("ein halbes Jahr", "de", "P6M"),
        ("1 Jahr und 6 Monate", "de", "P1Y6M"),
        ("ein weiteres Jahr", "de", "P1Y"),
        ("48 Stunden", "de", "PT48H"),
        ("mit einer Frist von dreißig (30) Tagen", "de", "P30D"),
        ("dreissig Tage", "de", "P30D"),
        ("six months\u2019 written notice", "en", "P6M"),
        ("within 28 days of the date of service", "en", "P28D"),
        ("ninety (90) days", "en", "P90D"),
        ("two-year term", "en", "P2Y"),
        ("a fortnight", "en", "P2W"),
        ("deux mois avant la fin d\u2019un trimestre", "fr", "P2M"),
        ("quinze jours", "fr", "P15D"),
        ("unbefristet", "de", "indefinite"),
        ("for an indefinite period", "en", "indefinite"),
        ("à durée indéterminée", "fr", "indefinite"),
    ],
)
def test_a_duration_is_read_out_of_the_words_around_it(verbatim: str, language: str, text: str) -> None:
    assert parse_period(verbatim, language) == text


@pytest.mark.parametrize(
    "verbatim",
    [
        "", "bald", "monatlich", "31.12.2026", "ab 01.01.2026", "1,5 Jahre", "0.5 Jahre", "10 Werktage",
        "5 working days", "10 jours ouvrés", "bis zu 3 Monate", "not less than 30 days", "keine Kündigungsfrist",
        "nicht unbefristet",
        "ein Jahr, verlängert sich um drei Monate", "30 days (one month)", "3 (vier) Monate", "3 bis 6 Monate",
        "two or three weeks", "2-3 Wochen", "01.02.2026 - 31.01.2026", "15.12. bis 10.01.2027", "31.02. - 31.03.2026",
        "Juni 2024 bis 2026", "5. Quartal 2026", "3. Halbjahr 2026", "KW 54/2026", "Jahr 1800", "05.06.2018-05.06.2018",
        "unbefristet oder drei Jahre", "12345 Tage",
        "6 - 12 Monate", "2 \u2013 3 Wochen", "6 / 12 Monate", "three - four weeks", "2 x 6 Monate",
        "zweimal 12 Monate", "zwei- bis dreijährig", "ein- bis zweimonatig", "3 ans et demi", "six mois et demi",
        "two years and a half", "1. und 30. Juni 2018", "le 1er et le 30 juin 2018", "between 3 and 6 months",
        "zwei und ein halbes Jahr", "zweieinhalb Jahre", "2025 bis März 2026", "2025/2026", "2025/26",
    ],
)  # fmt: skip
def test_what_is_not_plainly_one_period_is_not_read(verbatim: str) -> None:
    assert parse_period(verbatim, "de") is None


@settings(deadline=None)
@given(
    st.dates(date(1940, 1, 1), date(2039, 1, 1)),
    st.integers(1, 800),
    st.sampled_from(["yMMMd", "yMMMEd", "yMd"]),
    st.sampled_from(LOCALES),
)
def test_a_span_that_babel_formats_comes_back_unless_its_order_is_open(
    start: date, days: int, skeleton: str, locale: str
) -> None:
    end = start + timedelta(days)
    value = parse_period(format_interval(start, end, skeleton, locale=locale.replace("-", "_")), locale)
    if value is None:
        assert (skeleton, locale) == ("yMd", "en")
        assert min(start.day, end.day) <= 12
    else:
        assert value == f"{start}/{end}"


@settings(deadline=None)
@given(st.dates(date(1940, 1, 1), date(2039, 1, 1)), st.integers(1, 800), st.sampled_from(["de", "fr", "en-GB"]))
def test_two_days_between_which_something_is_come_back(start: date, days: int, locale: str) -> None:
    end = start + timedelta(days)
    first, last = (format_date(day, "long", locale=locale.replace("-", "_")) for day in (start, end))
    form = {"de": "zwischen dem {} und dem {}", "fr": "entre le {} et le {}", "en-GB": "between {} and {}"}[locale]
    assert parse_period(form.format(first, last), locale) == f"{start}/{end}"


@settings(deadline=None)
@given(
    st.integers(1, 9999),
    st.sampled_from(["day", "week", "month", "year", "hour"]),
    st.sampled_from(["long", "short"]),
    st.sampled_from(LOCALES),
)
def test_a_duration_that_babel_formats_comes_back(
    count: int, unit: str, length: Literal["long", "short"], locale: str
) -> None:
    written = format_unit(count, f"duration-{unit}", length, "0", locale=locale.replace("-", "_"))
    assert parse_period(written, locale) == f"P{'T' if unit == 'hour' else ''}{count}{unit[0].upper()}"
