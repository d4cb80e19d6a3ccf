"""What numbers with check digits look like, whether the digits are right or not."""

import re
from typing import Final

from schemas.document_types import Kind

MIN_DIGITS: Final = 7
"""A VAT number with fewer is a word or a postcode."""
IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
"""Without spaces, in capitals; ISO 13616, whatever the country."""
_VAT_ID: Final = re.compile(r"(?!STN)(?:[A-Z]{2}|CHE)[0-9A-Z]{7,15}")  # `St.-Nr.`: a number of another kind
_BIC: Final = re.compile(r"[A-Z]{4}[A-Z]{2}[0-9A-Z]{2}(?:[0-9A-Z]{3})?")


def has_form(kind: Kind, verbatim: str) -> bool:
    """Say whether a text looks like an IBAN, VAT number or BIC, whatever its check digits; False for other kinds."""
    text = "".join(filter(str.isalnum, verbatim)).upper()
    match kind:
        case Kind.IBAN:
            return IBAN.fullmatch(text) is not None and 2 * sum(map(str.isdigit, text)) > len(text)
        case Kind.VAT_ID:
            return _VAT_ID.fullmatch(text) is not None and sum(map(str.isdigit, text)) >= MIN_DIGITS
        case Kind.BIC:
            return _BIC.fullmatch(text) is not None
        case _:
            return False
