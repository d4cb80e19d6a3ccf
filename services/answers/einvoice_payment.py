"""Whom the pages of an e-invoice ask to pay, and into which account, where the XML says nothing of it.

An IBAN proves itself, see `einvoice_unstated`. A name and an account by its number do not: they count where the pages
call them so, right before them, and an account's number beside that of its bank, as customers have accounts, too.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import Finding
from services.answers.einvoice_findings import Teller
from services.answers.einvoice_pages import EInvoicePages
from services.answers.einvoice_unstated import MOST_VALUES_NAMED, StatedValues
from services.answers.names import without_form_in_any_letters

LEAST_SHARE: Final = 0.5
"""Share of the words of a payee's name that the XML must have: a first name or a department may stand there, too."""
MAX_TOGETHER: Final = 90
"""Characters of an account and the number of its bank, with what stands between them."""
_SELLER: Final = "seller_name"
_PAYEE: Final = re.compile(
    r"(?<!\w)(?:zahlungsempfänger(?:in)?|konto-?inhaber(?:in)?|payee|beneficiary(?: name)?|account (?:holder|name)"
    r"|bénéficiaire|titulaire(?: du compte)?)[ \u00a0]?(?:name[ \u00a0]?)?[:\t][ \t\u00a0]*"
    r"(?P<name>[^\n\t,;|•·]{3,80})",
    re.IGNORECASE,
)
_NO_PAYEE: Final = re.compile(
    r"(?:(?:iban|bic|swift|bank$|konto\w*|siehe|wie|see|as|same|idem|voir|bitte|please|rechnungs(?:aus)?steller"
    r"|auftragnehmer|verkäufer|lieferant|seller|supplier|issuer|vendeur|fournisseur)\b"
    r"|.*\b(?:account|girokonto|geschäftskonto|compte courant)\b)",
    re.IGNORECASE,
)
"""What may stand there instead of a name: the next head of a foot in columns, where it stands, what account it is."""
_NUMBER: Final = r"[0-9](?:[ \u00a0.-]?[0-9]){3,17}(?![\w.,-]?[0-9])"
_BANK: Final = re.compile(
    r"(?<!\w)(?:BLZ|bankleitzahl|bank code|sort ?code|routing(?: (?:no|number))?|ABA|BSB|code banque)\W{1,4}"
    rf"{_NUMBER}",
    re.IGNORECASE,
)
_ACCOUNT: Final = re.compile(
    rf"(?<!\w)(?:kto|konto|account|acct|a/c|compte)(?:[ .-]{{0,2}}(?:nr|nummer|number|no|num|n°))?\W{{1,4}}"
    rf"(?P<number>{_NUMBER})",
    re.IGNORECASE,
)
_NEXT_LABEL: Final = re.compile(r"[ \u00a0]{2,}|[ \u00a0][^\s:]+[ \u00a0]?:")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def unstated_payment(stated: StatedValues, kind: DocumentType, shown: EInvoicePages, teller: Teller) -> list[Finding]:
    """Give the payees and accounts by number that the pages name and the XML does not."""
    found = []
    seller = next((field for field in kind.fields if field.name == _SELLER), None)
    account = next((field for field in kind.fields if field.kind is Kind.IBAN), None)
    for text in shown.texts:
        if seller:
            found += [([seller.name], teller.say("payee", {}), name) for name in _payees(text, stated)]
        if account:
            found += [([account.name], teller.label(account), said) for said in _accounts(text, stated)]
    named = {(label, other): fields for fields, label, other in found}
    return [
        teller.finding("unstated", fields, {"label": label, "other": other})
        for (label, other), fields in islice(named.items(), MOST_VALUES_NAMED)
    ]


def _payees(text: str, stated: StatedValues) -> Iterator[str]:
    for match in _PAYEE.finditer(text):
        name = " ".join(_NEXT_LABEL.split(match["name"])[0].split())
        words = " ".join(_WORD.findall(without_form_in_any_letters(name)))
        if words and not _NO_PAYEE.match(words) and stated.share_of_words(words) < LEAST_SHARE:
            yield name


def _accounts(text: str, stated: StatedValues) -> Iterator[str]:
    banks = [match.span() for match in _BANK.finditer(text)]
    for match in _ACCOUNT.finditer(text):
        spans = [(min(match.start(), start), max(match.end(), end)) for start, end in banks]
        start, end = min(spans, key=lambda span: span[1] - span[0], default=match.span())
        is_beside = spans and end - start <= MAX_TOGETHER
        if is_beside and not stated.has_account("".join(filter(str.isdigit, match["number"]))):
            yield " ".join(text[start:end].split())
