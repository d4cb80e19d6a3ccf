"""What looks like a number with check digits, whether they are right or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document_types import Kind
from services.answers.forms import has_form


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.IBAN, "DE02 1203 0000 0000 2020 51"),
        (Kind.IBAN, "DE03 1203 0000 0000 2020 51"),  # wrong check digits
        (Kind.IBAN, "GB33BUKB20201555555555"),
        (Kind.VAT_ID, "DE 123 456 789"),
        (Kind.VAT_ID, "GB 980 6645 32"),
        (Kind.VAT_ID, "CHE-123.456.789 MWST"),
        (Kind.BIC, "BYLADEM1001"),
        (Kind.BIC, "BUKBGB22"),
    ],
)
def test_a_number_has_its_form_however_it_is_parted_and_whatever_its_check_digits(kind: Kind, said: str) -> None:
    assert has_form(kind, said)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.IBAN, "10115 Berlin"),
        (Kind.IBAN, "DE12 Musterbank Berlin Mitte"),
        (Kind.VAT_ID, "LS1 4AB Leeds"),
        (Kind.VAT_ID, "DE 80333 München"),
        (Kind.VAT_ID, "St.-Nr. 201/113/40209"),
        (Kind.BIC, "Sparkasse Köln"),
        (Kind.MONEY, "119,00"),
        (Kind.TEXT, "DE02120300000000202051"),
    ],
)
def test_a_postcode_a_town_or_another_kind_of_number_has_it_not(kind: Kind, said: str) -> None:
    assert not has_form(kind, said)


@given(st.sampled_from(Kind), st.text(max_size=60))
def test_any_text_may_be_asked_about(kind: Kind, said: str) -> None:
    assert has_form(kind, said) in (True, False)
