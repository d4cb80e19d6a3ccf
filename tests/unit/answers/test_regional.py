"""Whose English a document is in: 05/06/2026 is in May or in June."""

import pytest

from services.answers.amounts import parse_money, parse_number
from services.answers.dates import parse_date, regional


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("on 29/05/2026 and 12/06/2026", "en-GB"),
        ("on 08/21/2026 and 09/06/2026", "en-US"),
        ("on 29/05/2026 and 08/21/2026", "en"),
        ("due 09/06/2026, VAT 20 %", "en-GB"),
        ("due 09/06/2026, ABN 86 990 417 338", "en-GB"),
        ("Marlow, OH 00431, due 09/06/2026", "en-US"),
        ("Sales tax 6.25 %, due 09/06/2026", "en-US"),
        ("Sales tax and VAT, due 09/06/2026", "en"),
        ("08/21/2026, VAT 20 %", "en-US"),
        ("due 09/06/2026", "en"),
        ("Acton, MA 01720, VAT No: IT12990250966, due 09/06/2026", "en-US"),  # the buyer's
        ("VAT No: GB980780684, due 09/06/2026", "en-GB"),
        ("at 30/04/2026, sort code 40-19-82", "en-GB"),  # no month is the nineteenth
        ("Bristol BS1 6ZY, due 09/06/2026", "en-GB"),
        ("Acton, MA 01720, fertilizer 18-6-12 and 20-10-10, due 09/06/2026", "en-US"),
        ("on 29-05-2026 and 12/06/26", "en-GB"),
        ("PO 44718, due 09/06/2026", "en"),
        ("Subtotal Rp 3.046.000, each 485.000", "en-DE"),
        ("Total EUR 1.250,00, each 25,00, VAT 23 %", "en-DE"),
        ("Total EUR 1,250.00, meter 4.118.220", "en"),
        ("Phone 0712.118.220, due 09/06/2026", "en"),
        ("Invoice NO 12345, due 09/06/2026", "en"),
        ("Invalidenstraße 3, DE 10115 Berlin, due 09/06/2026", "en"),
    ],
)
def test_dates_tell_and_where_none_does_taxes_and_addresses(text: str, language: str) -> None:
    assert regional("en", [text]) == language


@pytest.mark.parametrize("language", ["de", "fr", "en-GB", "en-US", ""])
def test_other_languages_stay(language: str) -> None:
    assert regional(language, ["08/21/2026"]) == language


def test_an_open_amount_is_read_once_other_amounts_tell_what_dots_are() -> None:
    language = regional("en", ["Total Rp 3.046.000"])
    assert (parse_money("485.000", "en"), parse_money("485.000", language)) == (None, 485_000)
    assert parse_money("Rp 485.000", language) == 485_000
    assert parse_number("1.500", language) == 1_500
    assert parse_money("45 Rp.", language) is None, "hundredth parts of a franc"


def test_an_open_date_is_read_once_the_country_is_known() -> None:
    assert parse_date("09/06/2026", "en") is None
    assert str(parse_date("09/06/2026", regional("en", ["13/06/2026"]))) == "2026-06-09"
    assert str(parse_date("09/06/2026", regional("en", ["06/13/2026"]))) == "2026-09-06"
