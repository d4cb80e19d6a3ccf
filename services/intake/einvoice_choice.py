"""Which of several texts is the value of a business term, and a note for what is not taken.

Whoever forges an XML may say a thing twice: programs differ in which of the two they take.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Final

from services.answers.einvoice import EInvoice, EInvoiceLine
from services.intake.einvoice_terms import DUE_DATE, Term
from services.intake.einvoice_values import date_of, is_iban, squeezed

MAX_SAID: Final = 120
"""Characters of what a note says was not taken."""
_FIELDS: Final = frozenset({*EInvoice.model_fields, *EInvoiceLine.model_fields})
_ACCOUNT: Final = "iban"
_MIN_ACCOUNT: Final = 4
"""Characters of an account that an IBAN may have within it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a term.

    Parameters
    ----------
    currency
        The one that its element names, in capitals; empty if it names none.
    """

    text: str
    currency: str = ""


def chosen(term: Term, said: Sequence[Said], currency: str) -> tuple[str | None, list[str]]:
    """Give the value of a term, and what to note of the rest.

    Parameters
    ----------
    said
        Its texts as they follow each other, none of them empty.
    currency
        The invoice's, in capitals; empty if it has none, and then any will do.
    """
    own = [one.text for one in said if not currency or one.currency in ("", currency)]
    if not own:
        foreign = _list(f"{one.text} {one.currency}" for one in said)
        return None, [f"{term.name} in the XML is not in the invoice's currency: {foreign}"] if said else []
    if term is DUE_DATE:
        return _last_day(own)
    if term.name == _ACCOUNT:
        return _account(own)
    if term.name not in _FIELDS:
        return ", ".join(dict.fromkeys(own)), []
    _, *others = dict.fromkeys(" ".join(text.split()) for text in own)
    several = f"{term.name} in the XML has {len(others) + 1} values, the first one was taken, not {_list(others)}"
    return own[0], [several] * bool(others)


def _last_day(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Give the last day in time; the first text if none is a day, which is named where it is read."""
    days = {day: text for text in texts if (day := date_of(text))}
    if not days:
        return texts[0], []
    unread = [text for text in texts if date_of(text) is None]
    notes = [f"the XML has {len(days)} days by which to pay, the last one was taken"] * (len(days) > 1)
    notes += [f"due_date in the XML is not a date: {_list(unread)}"] * bool(unread)
    return days[max(days, key=dt.date.toordinal)], notes


def _account(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Give the first IBAN; the same account as its bank wrote it before is no other one."""
    accounts = {squeezed(text): text for text in reversed(texts)}
    ibans = [account for account in reversed(accounts) if is_iban(account)]
    others = [account for account in reversed(accounts) if not (is_iban(account) or _is_within(account, ibans))]
    if not ibans:
        return texts[0], [f"the XML has an account that is no IBAN: {_list(others)}"]
    left = [accounts[account] for account in (*ibans[1:], *others)]
    notes = [f"the XML has {len(left) + 1} accounts, the first IBAN was taken, not {_list(left)}"] if left else []
    return accounts[ibans[0]], notes


def _is_within(account: str, ibans: Iterable[str]) -> bool:
    number = account.lstrip("0")
    return len(number) >= _MIN_ACCOUNT and any(number in iban for iban in ibans)


def _list(texts: Iterable[str]) -> str:
    return shorten(", ".join(texts), MAX_SAID, placeholder="…")
