"""Words above or before a name that say which part in a document its bearer has.

Some say it whatever the document: `Empfänger`, `Issued by`. Others say who buys: a buyer sends orders and gets
invoices, so that `Rechnungsadresse` or `Bill to` above an address makes it the recipient's on an invoice, and the
sender's on an order.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

_RECIPIENT: Final = re.compile(r"^(?:(?:leistungs)?empfänger|prepared for|destinataire)\W*$", re.IGNORECASE)
_SENDER: Final = re.compile(
    r"^(?:rechnungs(?:er|aus)?steller|rechnung von|aussteller|(?:bill(?:ed)?|invoiced?) from|issued by|sold by"
    r"|service provider|émetteur|prestataire|émis par|facturé par|vendu par|absender|from)\W*$",
    re.IGNORECASE,
)
_BILLED: Final = re.compile(
    r"^(?:rechnung(?:sadresse|sanschrift|sempfänger|sinformation(?:en)?|sdaten| an| für)|kunde"
    r"|bill(?:ed|ing address)? to|bill(?:ing address| for)|invoice(?:d)? (?:to|address|for)|sold to|customer"
    r"|billing(?: (?:information|details))?|(?:livré et )?factur(?:é|er) à|facturation(?: à)?|adresse de facturation"
    r"|client|doit)\W*$",
    re.IGNORECASE,
)
_BILLING_ADDRESS: Final = re.compile(
    r"^(?:rechnungs(?:adresse|anschrift)|bill(?:ing address|ed to| to)|invoice address|adresse de facturation)\W*$",
    re.IGNORECASE,
)
_BUYER: Final = re.compile(r"^(?:besteller|käufer|buyer)\W*$", re.IGNORECASE)
_SELLER: Final = re.compile(r"^(?:lieferant|verkäufer|supplier|seller|vendor|fournisseur)\W*$", re.IGNORECASE)
_TO_NAME: Final = re.compile(
    r"(?:empfänger|prepared for|destinataire) ?: +(?P<name>[^\s,;:][^,;:]*?)(?: {2,}.*|[,;:].*)?$", re.IGNORECASE
)
"""Words before a recipient's name."""
_BILLED_NAME: Final = re.compile(
    r"(?:rechnung(?:sempfänger)? an|kunde|firma|bill(?:ed)? to|invoice(?:d)? to|sold to|customer"
    r"|(?:livré et )?factur(?:é|er) à|client|doit) ?: +(?P<name>[^\s,;:][^,;:]*?)(?: {2,}.*|[,;:].*)?$",
    re.IGNORECASE,
)
_BILLED_BESIDE: Final = re.compile(r"(?:firma|kunde|customer|client|bill to|doit) ?:$", re.IGNORECASE)
"""The same in a cell by itself."""


def _any_of(*patterns: re.Pattern[str]) -> re.Pattern[str]:
    """Make one pattern of several: each line of a document is held against it."""
    return re.compile("|".join(pattern.pattern for pattern in patterns), re.IGNORECASE)


_NOTHING: Final = re.compile(r"(?!)")
_Patterns = tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]
_MEANINGS: Final[Mapping[bool, _Patterns]] = {
    True: (_any_of(_RECIPIENT, _SELLER), _any_of(_SENDER, _BILLED, _BUYER), _NOTHING),
    False: (_any_of(_RECIPIENT, _BILLED), _SENDER, _any_of(_BUYER, _SELLER)),
}
"""By whether the sender buys: words of the recipient, of the sender, and such as say neither (`Verkäufer: M. Eder`)."""
_BOTH: Final[_Patterns] = (_any_of(_RECIPIENT, _BILLED, _BUYER), _any_of(_SENDER, _SELLER), _NOTHING)
"""The same where one stands above a buyer and another above a seller, and the sender does not buy."""

_ANY_PARTY: Final = _any_of(_RECIPIENT, _SENDER, _BILLED, _BUYER, _SELLER)


class PartyLabels:
    """What such words mean in a type of document.

    Parameters
    ----------
    heads
        Texts of cells that may be such words alone.
    sender_buys
        Whether its sender is who buys: the others go from a seller to a buyer, or nobody buys.
    """

    def __init__(self, heads: Sequence[str], *, sender_buys: bool) -> None:
        self._sender_buys = sender_buys
        has_both = all(any(map(pattern.match, heads)) for pattern in (_BUYER, _SELLER))
        self._recipient, self._sender, self._open = _BOTH if has_both and not sender_buys else _MEANINGS[sender_buys]

    def are_of_recipient(self, text: str) -> bool:
        """Say whether words alone above a name make it the recipient's."""
        return self._recipient.match(text) is not None

    def are_of_sender(self, text: str) -> bool:
        """Say whether words alone above a name make it the sender's."""
        return self._sender.match(text) is not None

    def are_above_recipients_address(self, text: str) -> bool:
        """Say whether words alone stand above the recipient's address, whatever is read of it."""
        return not self._sender_buys and _BILLING_ADDRESS.match(text) is not None

    def are_of_trader(self, text: str) -> bool:
        """Say whether words alone above a name say that he buys or sells, and not whether he sends or receives."""
        return self._open.match(text) is not None

    def named_recipient(self, text: str) -> str | None:
        """Give the name behind words that make it the recipient's."""
        match = _TO_NAME.match(text) or (None if self._sender_buys else _BILLED_NAME.match(text))
        return match["name"] if match else None

    def are_beside_recipient(self, text: str) -> bool:
        """Say whether words alone in a cell make the name in the next one the recipient's."""
        return not self._sender_buys and _BILLED_BESIDE.match(text) is not None


def is_party_label(text: str) -> bool:
    """Say whether words alone are such as stand above a party's name, whatever they make of it."""
    return _ANY_PARTY.match(text) is not None
