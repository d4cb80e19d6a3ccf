from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.judging import is_right


@pytest.mark.parametrize(
    ("kind", "truth", "value", "verbatim"),
    [
        ("money", "15387.08", "15387.08", "15.387,08 €"),
        ("money", "22.0", "22.00", "22,00"),
        ("number", "3.0", "3", "3 Stück"),
        ("percentage", "19", "19.00", "19,00 %"),
        ("date", "2018-06-05", "2018-06-05", "05.06.18"),
        ("iban", "DE02120300000000202051", "DE02120300000000202051", "DE02 1203 0000 0000 2020 51"),
        ("iban", "DE12123456781234567890", None, "DE12 1234 5678 1234 5678 90"),
        ("vat_id", "DE123456789", None, "DE 123 456 789"),
        ("phone", "+49891234567", "+49891234567", "+49 89 1234567"),
        ("email", "info@firma.example", "info@firma.example", "Info@Firma.example"),
        ("address", "14 Lower Priory, Kings Langford, KL4 7RD", "14 Lower Priory, Kings Langford KL4 7RD", ""),
        ("currency", "EUR", "EUR", "€"),
        ("period", "P14D", "P2W", "zwei Wochen"),
        ("period", "P3M", "P3M", "3 Monate"),
        ("choice", "appeal", "appeal", "appeal"),
        ("quantity", "20", "20.0 Stk", "20,0 Stk"),
        ("quantity", "20 Stk", "20 stk", "20 stk"),
        ("register_number", "Köln HRB 12345", "Köln HRB 12345", "Amtsgericht Köln, HRB 12 345"),
        ("name", "Müller AG", "Müller AG", "Müller AG"),
        ("name", "Jens Kappel", "Herrn Jens Kappel", "Herrn Jens Kappel"),
        ("name", "Mr Leonard Bassett", "Leonard Bassett", "Mr Leonard Bassett"),
        ("vat_id", "CHE-499.557.213", "CHE499557213TVA", "CHE-499.557.213 TVA"),
        ("vat_id", "CHE-499.557.213 MWST", "CHE499557213", "CHE-499.557.213"),
        ("text", "Müller & Söhne GmbH", "MÜLLER & SÖHNE  GmbH", "MÜLLER & SÖHNE\nGmbH"),
        ("text", "Straßenbau AG", "STRASSENBAU AG", "STRASSENBAU AG"),
        ("text", "RE-2026-17", "RE\u20132026\u201317", "RE\u20132026\u201317"),
        ("text", "Büroflächen", "Büroflächen.", "Büroﬂächen."),
    ],
)
def test_what_differs_in_its_typesetting_alone_is_right(kind, truth, value, verbatim):
    assert is_right(kind, truth, value, verbatim)


@pytest.mark.parametrize(
    ("kind", "truth", "value", "verbatim"),
    [
        ("money", "15387.08", "15387.09", "15.387,09 €"),
        ("money", "12.00", "-12.00", "(12,00)"),
        ("money", "15387.08", None, "15.387,08 €"),
        ("date", "2018-06-05", "2018-05-06", "05/06/18"),
        ("date", "2018-06-05", None, "05.06.2018"),
        ("iban", "DE12123456781234567890", "DE12123456781234567891", "DE12123456781234567891"),
        ("currency", "EUR", "CHF", "CHF"),
        ("quantity", "20 Stk", "20 kg", "20 kg"),
        ("period", "P3M", "P6M", "6 Monate"),
        ("period", "P14D", "P1W", "eine Woche"),
        ("period", "P1M", "P4W", "4 Wochen"),
        ("address", "14 Lower Priory, KL4 7RD", "14 Lower Priory, Dock 2, KL4 7RD", ""),
        ("address", "Flat 1, 4 Road", "Flat 14 Road", ""),
        ("text", "Umzug, Mainz", "Umzug Mainz", ""),
        ("text", "Grundbesitz GmbH & Co.", "Grundbesitz GmbH & Co. KG", "Grundbesitz GmbH & Co. KG"),
        ("text", "Dr. Max Muster", "Max Muster", "Max Muster"),
        ("name", "Dr. Max Muster", "Max Muster", "Max Muster"),
        ("name", "Frau Brook", "Herr Brook", "Herr Brook"),
        ("vat_id", "CHE-499.557.213", "CHE499557214", "CHE-499.557.214"),
        ("text", "471102", "471103", "471103"),
    ],
)
def test_another_value_is_wrong(kind, truth, value, verbatim):
    assert not is_right(kind, truth, value, verbatim)


amounts = st.decimals(-(10**9), 10**9, places=2)


@given(amounts)
def test_an_amount_is_itself_however_many_zeros_it_has(amount: Decimal):
    assert is_right("money", f"{amount:f}", f"{amount:f}00", "")


@given(amounts, st.decimals("0.01", 1000, places=2), st.sampled_from([-1, 1]))
def test_an_amount_is_no_other_one(amount: Decimal, distance: Decimal, sign: int):
    assert not is_right("money", f"{amount:f}", f"{amount + sign * distance:f}", "")


@given(st.text(st.characters(categories=["L", "N"]), min_size=1), st.sampled_from(["", " ", "\n", "\u00a0"]))
def test_a_text_is_itself_whatever_stands_around_it(word: str, space: str):
    assert is_right("text", word, f"{space}{word}{space}.", word)
