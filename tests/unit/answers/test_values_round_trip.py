"""What is written as its country writes it comes back, whatever its digits and letters are, and however it is set."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pytest
from babel.numbers import format_currency, format_decimal, format_percent, list_currencies
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.at import uid as austrian_vat
from stdnum.ch import uid as swiss_uid
from stdnum.de.handelsregisternummer import GERMAN_COURTS
from stdnum.gb import vat as british_vat
from stdnum.iso7064 import mod_11_10
from unit.answers.typesetting import typeset

from schemas.document_types import Kind
from services.answers.amounts import currency_spellings
from services.answers.values import parse_value

CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS: Final = "0123456789"
LANGUAGES: Final = st.sampled_from(["de", "de-AT", "de-CH", "fr", "fr-CH", "en", "en-GB", "en-US"])
BIC_COUNTRIES: Final = ["DE", "AT", "CH", "FR", "GB", "LI", "LU", "NL", "US"]


def read(kind: Kind, verbatim: str, language: str = "de") -> str | None:
    value = parse_value(kind, verbatim, language)
    return None if value is None else value.text


def digits(number: int, first: str = DIGITS) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(first), st.text(DIGITS, min_size=number - 1, max_size=number - 1)).map("".join)


def mixed(number: int, letters: str = CAPITALS + DIGITS) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=number, max_size=number)


BANK_ACCOUNTS: Final = {
    "DE": digits(18),
    "AT": digits(16),
    "CH": st.tuples(digits(5), mixed(12)).map("".join),
    "FR": st.tuples(digits(10), mixed(11), digits(2)).map("".join),
    "GB": st.tuples(mixed(4, CAPITALS), digits(14)).map("".join),
}
"""Bank and account, as the country's IBAN has them."""


@pytest.mark.parametrize("country", BANK_ACCOUNTS)
@settings(deadline=None)
@given(data=st.data(), language=LANGUAGES)
def test_an_iban_comes_back_in_groups_or_without_and_with_its_label(
    country: str, data: st.DataObject, language: str
) -> None:
    account = data.draw(BANK_ACCOUNTS[country])
    number = f"{country}{iban.calc_check_digits(f'{country}00{account}')}{account}"
    grouped = iban.format(number)
    for written in (
        number,
        grouped,
        number.lower(),
        f"IBAN: {grouped}",
        f"IBAN {number}",
        grouped.replace(" ", "\u00a0"),
    ):
        assert read(Kind.IBAN, written, language) == number


def german_vat(eight: str) -> str:
    return f"DE{eight}{mod_11_10.calc_check_digit(eight)}"


def austrian(seven: str) -> str:
    return f"ATU{seven}{austrian_vat.calc_check_digit(f'U{seven}')}"


def french(eight: str) -> str:
    siren = eight + luhn.calc_check_digit(eight)
    return f"FR{int(f'{siren}12') % 97:02}{siren}"


def british(seven: str) -> str:
    return f"GB{seven}{-british_vat.checksum(f'{seven}00') % 97:02}"


VAT_NUMBERS: Final[dict[str, tuple[int, Callable[[str], str], tuple[int, ...]]]] = {
    "DE": (8, german_vat, (2, 5, 8)),
    "AT": (7, austrian, (3, 7)),
    "FR": (8, french, (4, 7, 10)),
    "GB": (7, british, (2, 5, 9)),
}
"""How many digits are free, what the number is, and where it is parted when it is set in groups."""


@pytest.mark.parametrize("country", VAT_NUMBERS)
@settings(deadline=None)
@given(data=st.data(), language=LANGUAGES, gap=st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_a_vat_number_comes_back_in_groups_or_without_and_with_its_label(
    country: str, data: st.DataObject, language: str, gap: str
) -> None:
    free, of, parted = VAT_NUMBERS[country]
    number = of(data.draw(digits(free, DIGITS[1:])))
    written = gap.join(number[start:end] for start, end in zip((0, *parted), (*parted, None), strict=True))
    for label in ("", "USt-IdNr.: ", "UID: ", "N° TVA : ", "VAT no.: ", "VAT Reg. No. ", "USt-IdNr. "):
        assert read(Kind.VAT_ID, label + written, language) == number


@settings(deadline=None)
@given(digits(8, DIGITS[1:]), st.sampled_from(["MWST", "TVA", "IVA"]), LANGUAGES)
def test_a_swiss_vat_number_comes_back_with_and_without_what_says_that_it_is_one(
    eight: str, tax: str, language: str
) -> None:
    check = swiss_uid.calc_check_digit(eight)
    number = f"{eight}{check}"
    written = f"CHE-{number[:3]}.{number[3:6]}.{number[6:]}"
    known = len(check) == 1  # the office gives out no number whose check digit would be 10
    for label in ("", "MWST-Nr.: ", "MWST-Nr. ", "No TVA "):
        assert read(Kind.VAT_ID, f"{label}{written} {tax}", language) == (f"CHE{number}{tax}" if known else None)
        assert read(Kind.VAT_ID, label + written, language) == (f"CHE{number}" if known else None)


@settings(deadline=None)
@given(mixed(4, CAPITALS), st.sampled_from(BIC_COUNTRIES), mixed(2), st.just("") | mixed(3), LANGUAGES)
def test_a_bic_comes_back_in_groups_or_without_and_with_its_label(
    bank: str, country: str, place: str, branch: str, language: str
) -> None:
    number = f"{bank}{country}{place}{branch}"
    parts = filter(None, (bank, country, place, branch))
    for written in (number, f"BIC: {number}", f"SWIFT {number}", f"BIC {' '.join(parts)}"):
        assert read(Kind.BIC, written, language) == number


LOCAL: Final = st.from_regex(r"[a-z][a-z0-9_+-]{0,10}(?:\.[a-z0-9_-]{1,8}){0,2}", fullmatch=True)
DOMAIN: Final = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?(?:\.[a-z]{2,10}){1,2}", fullmatch=True)


@settings(deadline=None)
@given(LOCAL, DOMAIN, st.sampled_from([str.upper, str.title, str.lower]))
def test_an_email_address_comes_back_with_its_domain_in_small_letters(
    local: str, domain: str, cased: Callable[[str], str]
) -> None:
    written = f"{local}@{cased(domain)}"
    for around in ("{}", "<{}>", "E-Mail: {}", "mailto:{}", "{},", "({})"):
        assert read(Kind.EMAIL, around.format(written)) == f"{local}@{domain}"
    assert read(Kind.EMAIL, f"{local}@\n{cased(domain)}") == f"{local}@{domain}"


@settings(deadline=None)
@given(
    st.sampled_from(["49", "43", "41", "33", "44", "1"]),
    digits(3, DIGITS[1:]),
    digits(6, DIGITS[1:]),
    st.sampled_from([" ", "-", " / ", ".", "\u00a0", "\u2013", ""]),
)
def test_a_telephone_number_comes_back_with_its_countrys_code_or_without(
    country: str, area: str, line: str, gap: str
) -> None:
    national, abroad = f"0{area}{line}", f"+{country}{area}{line}"
    for written in (f"0{area}{gap}{line}", f"(0{area}) {line}", f"Tel.: 0{area}{gap}{line[:3]} {line[3:]}"):
        assert read(Kind.PHONE, written) == national
    for written in (
        f"+{country} {area}{gap}{line}",
        f"00{country} {area}{gap}{line}",
        f"+{country} (0){area}{gap}{line}",
    ):
        assert read(Kind.PHONE, written) == abroad


@pytest.mark.parametrize("code", sorted(list_currencies()))
def test_every_way_to_write_a_currency_that_we_know_comes_back(code: str) -> None:
    for spelling in {code, code.lower(), *currency_spellings(code)}:
        for written in (spelling, f"({spelling})", f"in {spelling}", f"100,00 {spelling}", f"{spelling} 100,00"):
            assert read(Kind.CURRENCY, written) == code


FIRST: Final = ["Björn", "Anne-Marie", "Zoë", "Ute", "Jean", "Dr. Ida", "François", "Seán", "K."]
LAST: Final = ["Flößer", "Müller-Lüdenscheid", "von der Heide", "O'Brien", "Lœwenguth", "Achterberg", "Fischer"]
TRADES: Final = ["Gartenpflege", "Bäckerei", "Imprimerie", "Harrow & Finch", "Müller + Söhne", "Büro-Offset", "A. Graf"]
FORMS: Final = ["GmbH", "AG", "e.K.", "GmbH & Co. KG", "KG", "eG", "SARL", "SAS", "Ltd", "plc", "LLP", "e.U.", "e. V."]
HONORIFICS: Final = ["", "Herrn ", "Herr ", "Frau ", "Mr ", "Mrs. ", "Madame "]
PERSONS: Final = st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)).map(" ".join)
FIRMS: Final = st.tuples(
    st.sampled_from(TRADES), st.sampled_from(["", "Nord ", "Offenbach "]), st.sampled_from(FORMS)
).map(lambda parts: f"{parts[0]} {parts[1]}{parts[2]}")


@settings(deadline=None)
@given(PERSONS, FIRMS, st.sampled_from(HONORIFICS))
def test_a_name_comes_back_without_its_label_and_form_of_address(person: str, firm: str, honorific: str) -> None:
    assert read(Kind.NAME, f"{honorific}{person}") == person
    for written in (firm, f"Firma {firm}", f"Kunde: {firm}", f"{firm},"):
        assert read(Kind.NAME, written) == firm


STREETS: Final = {
    "DE": ["Gerberstraße", "Am Güterbahnhof", "Straße des 17. Juni", "Hohe Str.", "Flößerweg"],
    "AT": ["Schmiedgasse", "Währinger Straße", "Marktplatz"],
    "CH": ["Seestrasse", "Bahnhofstrasse", "Rue du Rhône"],
    "FR": ["rue des Tanneurs", "place de l'Étoile", "avenue Foch"],
    "GB": ["Calder Wharf", "High Street", "Marsh Lane"],
}
TOWNS: Final = {
    "DE": ["Leipzig", "Freiburg im Breisgau", "Rabenau am See", "Castrop-Rauxel", "Neustadt (Dosse)"],
    "AT": ["Grieskirchen", "Sankt Pölten", "Hinterdorf"],
    "CH": ["Flüelen", "Zürich", "La Chaux-de-Fonds"],
    "FR": ["Colmar", "Villefranche-sur-Saône", "L'Isle-d'Abeau"],
    "GB": ["Leeds", "Newcastle upon Tyne", "Stoke-on-Trent"],
}
COUNTRY_NAMES: Final = {
    "DE": "Deutschland",
    "AT": "Österreich",
    "CH": "Schweiz",
    "FR": "France",
    "GB": "United Kingdom",
}
BRITISH_POSTCODE: Final = st.from_regex(r"[A-Z]{1,2}[1-9][0-9A-Z]? [0-9][A-Z]{2}", fullmatch=True)


@st.composite
def addresses(draw: st.DrawFn, country: str) -> tuple[str, str, str]:
    """Give street, the line with the town, and the canonical form."""
    street, number = draw(st.sampled_from(STREETS[country])), draw(st.integers(1, 299))
    town = draw(st.sampled_from(TOWNS[country]))
    if country == "GB":
        line = f"{town} {draw(BRITISH_POSTCODE)}"
    else:
        line = f"{draw(digits(4 if country in {'AT', 'CH'} else 5, DIGITS[1:]))} {town}"
    street = f"{number} {street}" if country in {"FR", "GB"} else f"{street} {number}"
    return street, line, f"{street}, {line}"


@pytest.mark.parametrize("country", STREETS)
@settings(deadline=None)
@given(data=st.data(), between=st.sampled_from([", ", "\n", " · ", " | ", " - "]))
def test_an_address_comes_back_on_one_line_without_the_country_that_it_names(
    country: str, data: st.DataObject, between: str
) -> None:
    street, line, canonical = data.draw(addresses(country))
    assert read(Kind.ADDRESS, between.join((street, line, COUNTRY_NAMES[country]))) == canonical
    assert read(Kind.ADDRESS, between.join((street, line))) == canonical
    if country in {"DE", "AT"} and "Str." not in street and "17. Juni" not in street:
        assert read(Kind.ADDRESS, between.join((line, street))) == canonical
    if country != "GB":
        prefix = {"DE": "D", "AT": "A", "FR": "F"}.get(country, country)
        assert read(Kind.ADDRESS, between.join((street, f"{prefix}-{line}"))) == canonical


@settings(deadline=None)
@given(st.sampled_from(GERMAN_COURTS), st.sampled_from(["HRA", "HRB"]), st.integers(1, 999_999), LANGUAGES)
def test_a_german_register_number_comes_back_with_its_court(
    court: str, register: str, number: int, language: str
) -> None:
    for written in (
        f"Amtsgericht {court}, {register} {number}",
        f"Amtsgericht {court} {register} {number}",
        f"{register} {number}, Amtsgericht {court}",
        f"AG {court} {register}-Nr. {number}",
        f"Handelsregister: Amtsgericht {court}, {register} {number}",
        f"Registergericht: Amtsgericht {court}\n{register} Nr. {number}",
    ):
        assert read(Kind.REGISTER_NUMBER, written, language) == f"{court} {register} {number}"


AMOUNTS: Final = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
LOCALES: Final = st.sampled_from(["de", "de_AT", "de_CH", "fr", "fr_CH", "en_GB", "en_US"])


def spaced(text: str) -> str:
    """Write ordinary spaces, where typesetting may do otherwise."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@settings(deadline=None)
@given(st.integers(100_000, 10**12), st.integers(0, 99), LANGUAGES)
def test_an_indian_amount_of_a_hundred_thousand_or_more_needs_no_language(
    rupees: int, paise: int, language: str
) -> None:
    whole = format_decimal(rupees, locale="en_IN")
    exact = format_currency(Decimal(f"{rupees}.{paise:02}"), "INR", locale="en_IN")
    for written in (whole, f"Rs. {whole}", f"Rs. {whole}/-", f"INR {whole}", f"\u20b9 {whole}/-", f"{whole} INR"):
        assert read(Kind.MONEY, written, language) == f"{rupees}"
    assert read(Kind.MONEY, exact, language) == f"{rupees}.{paise:02}"


@st.composite
def amounts_of_money(draw: st.DrawFn) -> str:
    """Write an amount with cents: no language is needed to read it."""
    amount, currency, locale = draw(AMOUNTS), draw(st.sampled_from(["EUR", "CHF", "GBP", "USD"])), draw(LOCALES)
    return spaced(format_currency(amount, currency, locale=locale, format_type=draw(st.sampled_from(FORMATS))))


FORMATS: Final = ["standard", "accounting", "name"]
ACCOUNTS: Final = st.sampled_from(sorted(BANK_ACCOUNTS)).flatmap(
    lambda country: BANK_ACCOUNTS[country].map(
        lambda account: iban.format(f"{country}{iban.calc_check_digits(f'{country}00{account}')}{account}")
    )
)
SET: Final[dict[Kind, st.SearchStrategy[str]]] = {
    Kind.TEXT: st.sampled_from(["Offene Rechnungen über Pflegeaufwand", "fluid leak at the office floor, affected"]),
    Kind.NAME: PERSONS | FIRMS,
    Kind.ADDRESS: st.sampled_from(sorted(STREETS)).flatmap(addresses).map(lambda parts: f"{parts[0]}, {parts[1]}"),
    Kind.REFERENCE: st.sampled_from(["PO 77120", "WX 7043 8812", "RE-2026-04817"]),
    Kind.DATE: st.sampled_from(["5. Februar 2026", "Freitag, den 5. Juni 2026", "19 September 2026", "16 mars 2026"]),
    Kind.PERIOD: st.sampled_from(["drei Monate", "12 Wochen", "ein Jahr", "fünf Jahre"]),
    Kind.QUANTITY: st.sampled_from(["12 laufende Meter", "3,5 kg", "40 Flaschen", "6 Bündel"]),
    Kind.REGISTER_NUMBER: st.sampled_from(["Amtsgericht Leipzig, HRB 99114", "Handelsregister Köln HRA 123"]),
    Kind.CURRENCY: st.sampled_from(["Schweizer Franken", "Pfund Sterling", "Euro"]),
    Kind.MONEY: amounts_of_money(),
    Kind.NUMBER: st.tuples(
        st.builds(lambda number, locale: spaced(format_decimal(number, "#,##0.00", locale)), AMOUNTS, LOCALES),
        st.sampled_from(["", " Stück", " kg", " Stunden", " pièces"]),
    ).map("".join),
    Kind.PERCENTAGE: st.builds(
        lambda share, locale: spaced(format_percent(share, "0.0 %", locale)),
        st.integers(0, 999).map(lambda share: Decimal(share).scaleb(-3)),
        LOCALES,
    )
    | st.sampled_from(["7,7 Prozent", "19 v.H.", "20 percent", "5 per cent", "5,5 pour cent"]),
    Kind.IBAN: ACCOUNTS | ACCOUNTS.map("IBAN: {}".format),
    Kind.BIC: st.sampled_from(["COBADEFFXXX", "BIC: COBA DE FF XXX", "SWIFT COBADEFF", "Bankcode: GENODEF1M04"]),
    Kind.VAT_ID: st.sampled_from([
        "USt-IdNr.: DE 136 695 976", "Umsatzsteuernummer: DE136695976", "CHE-123.456.788 MWST", "ATU13585627",
        "Numéro de TVA intracommunautaire : FR 40 303 265 045", "VAT GB 980 7806 84",
    ]),
    Kind.PHONE: st.sampled_from([
        "Telefon: 06221 4711 12", "+41 44 123 45 67", "(030) 123 456", "0 30 / 12 34 56", "Office: +44 20 7946 0958",
    ]),
    Kind.EMAIL: st.sampled_from([
        "E-Mail: office@fluss-firma.example", "affiliates@baffin.example",
        "Adresse électronique : flora.finck@office.example",
    ]),
}  # fmt: skip
"""What stands in words or groups, so that typesetting may change it."""
NEVER_HYPHENATED: Final = {Kind.EMAIL}
"""A hyphen may be the address's own: one at a line's end is not read."""


@pytest.mark.parametrize("kind", SET)
@settings(deadline=None)
@given(data=st.data())
def test_a_value_says_the_same_however_it_is_set(kind: Kind, data: st.DataObject) -> None:
    said = data.draw(SET[kind])
    written = data.draw(typeset(said, between_words=kind is not Kind.ADDRESS, hyphenated=kind not in NEVER_HYPHENATED))
    assert parse_value(kind, said, "de") is not None
    assert parse_value(kind, written, "de") == parse_value(kind, said, "de")
