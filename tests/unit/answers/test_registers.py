"""Register numbers of five countries: form and check digits decide."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.ch import uid

from services.answers.registers import parse_register_number


@pytest.mark.parametrize(
    ("verbatim", "language", "text"),
    [
        ("HRB 12345", "de", "HRB 12345"),
        ("HRB 12 345, Amtsgericht München", "de", "München HRB 12345"),
        ("Handelsregister: AG Köln,\nHRB-Nr. 12345", "de", "Köln HRB 12345"),
        ("Registergericht Freiburg i. Br. HRB 701", "de", "Freiburg i. Br. HRB 701"),
        ("Registergericht: Amtsgericht Aachen, HRB 701", "de", "Aachen HRB 701"),
        ("Amtsgericht Charlottenburg HRB 123 B", "de", "Berlin (Charlottenburg) HRB 123 B"),
        ("Vereinsregister beim Amtsgericht Jena, VR 1234", "de", "Jena VR 1234"),
        ("FN 122119 m", "de", "FN 122119m"),
        ("Firmenbuchnummer: FN 33209m, Handelsgericht Wien", "de", "FN 33209m"),
        ("122119m", "de-AT", "FN 122119m"),
        ("UID CHE-109.322.551", "de", "CHE109322551"),
        ("CHE\u2011109.322.551 HR", "fr", "CHE109322551"),
        ("RCS Paris B 552 100 554", "fr", "552100554"),
        ("552\u202f100\u202f554 R.C.S. Nanterre", "fr", "552100554"),
        ("SIREN : 552 100 554", "de", "552100554"),
        ("SIRET 732 829 320 00074", "fr", "73282932000074"),
        ("732 829 320 00074", "fr", "73282932000074"),
        ("Company No. 99412087", "fr", "99412087"),
        ("Registered in England and Wales No. 9412087", "en", "09412087"),
        ("99412087", "en", "99412087"),
        ("SC123456", "de", "SC123456"),
    ],
)
def test_a_register_number_is_read_as_its_register_writes_it(verbatim: str, language: str, text: str) -> None:
    assert parse_register_number(verbatim, language) == text


@pytest.mark.parametrize(
    ("verbatim", "language"),
    [
        ("", "de"), ("12345", "de"), ("HRB", "de"), ("HRB 1234567", "de"), ("HRC 12345", "de"),
        ("HRB 1 und HRB 2", "de"), ("Irgendwo HRB 12", "de"), ("FN 122119a", "de"), ("FN 123456a", "de"),
        ("122119m", "en"),
        ("CHE-109.322.552", "de"), ("552100554", "de"), ("552 100 555", "fr"), ("SIRET 732 829 320 00075", "fr"),
        ("99412087", "de"), ("9412087", "en"), ("XX123456", "en"),
    ],
)  # fmt: skip
def test_what_a_register_would_not_know_is_not_read(verbatim: str, language: str) -> None:
    assert parse_register_number(verbatim, language) is None


@settings(deadline=None)
@given(st.integers(1, 99_999_999).map(lambda number: f"{number:08}"), st.integers(1, 9))
def test_a_siren_is_read_with_its_own_check_digit_alone(body: str, off: int) -> None:
    check = luhn.calc_check_digit(body)
    wrong = (int(check) + off) % 10
    assert parse_register_number(f"SIREN {body[:3]} {body[3:6]} {body[6:]}{check}", "fr") == body + check
    assert parse_register_number(f"SIREN {body}{wrong}", "fr") is None


@settings(deadline=None)
@given(st.integers(10_000_000, 99_999_999).map(str))
def test_a_swiss_number_is_read_with_its_own_check_digit_alone(body: str) -> None:
    written = [uid.format(f"CHE{body}{check}") for check in range(10)]
    found = [read for number in written if (read := parse_register_number(number, "de"))]
    check = uid.calc_check_digit(body)
    assert found == ([f"CHE{body}{check}"] if len(check) == 1 else [])


@settings(deadline=None)
@given(st.integers(1, 999_999))
def test_an_austrian_number_is_read_with_one_letter_alone(number: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = [read for letter in letters if (read := parse_register_number(f"FN {number}{letter}", "de"))]
    assert len(found) == 1
