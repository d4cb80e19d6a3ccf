"""Words above or before a name that say which part in a document its bearer has.

Some say it whatever the document: `Empfänger`, `Issued by`. Others say who buys: a buyer sends orders and gets
invoices, so that `Rechnungsadresse` or `Bill to` above an address makes it the recipient's on an invoice, and the
sender's on an order.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from schemas.document_types import Role

_RECIPIENT: Final = re.compile(r"^(?:(?:leistungs)?empfänger|prepared for|destinataire)\W*$", re.IGNORECASE)
_SENDER: Final = re.compile(
    r"^(?:rechnungs(?:er|aus)?steller|rechnung von|aussteller|(?:bill(?:ed)?|invoiced?) from|issued by|sold by"
    r"|service provider|émetteur|prestataire|émis par|facturé par|vendu par)\W*$",
    re.IGNORECASE,
)
_BILLED: Final = re.compile(
    r"^(?:rechnung(?:sadresse|sanschrift|sempfänger| an| für)|kunde|bill(?:ed|ing address)? to|bill(?:ing address| for)"
    r"|invoice(?:d)? (?:to|address|for)|sold to|customer|(?:livré et )?factur(?:é|er|ation) à|adresse de facturation"
    r"|client|doit)\W*$",
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

_Patterns = Sequence[re.Pattern[str]]
_MEANINGS: Final[Mapping[Role | None, tuple[_Patterns, _Patterns, _Patterns]]] = {
    Role.RECIPIENT: ((_RECIPIENT, _BILLED, _BUYER), (_SENDER, _SELLER), ()),
    Role.SENDER: ((_RECIPIENT, _SELLER), (_SENDER, _BILLED, _BUYER), ()),
    None: ((_RECIPIENT, _BILLED), (_SENDER,), (_BUYER, _SELLER)),
}
"""By the buyer's part: words of the recipient, of the sender, and such as say of neither."""


class PartyLabels:
    """What such words mean in a type of document.

    Parameters
    ----------
    buyer
        Which part the buyer has; None: not known. Then words for who is billed are the recipient's all the same, and
        those for buyer and seller say nothing.
    """

    def __init__(self, buyer: Role | None) -> None:
        self._sells = buyer is Role.SENDER  # the recipient
        self._recipient, self._sender, self._open = _MEANINGS[buyer]

    def are_of_recipient(self, text: str) -> bool:
        """Say whether words alone above a name make it the recipient's."""
        return any(pattern.match(text) for pattern in self._recipient)

    def are_of_sender(self, text: str) -> bool:
        """Say whether words alone above a name make it the sender's."""
        return any(pattern.match(text) for pattern in self._sender)

    def are_of_trader(self, text: str) -> bool:
        """Say whether words alone above a name say that he buys or sells, and not whether he sends or receives."""
        return any(pattern.match(text) for pattern in self._open)

    def named_recipient(self, text: str) -> str | None:
        """Give the name behind words that make it the recipient's."""
        match = _TO_NAME.match(text) or (None if self._sells else _BILLED_NAME.match(text))
        return match["name"] if match else None

    def are_beside_recipient(self, text: str) -> bool:
        """Say whether words alone in a cell make the name in the next one the recipient's."""
        return not self._sells and _BILLED_BESIDE.match(text) is not None


def is_party_label(text: str) -> bool:
    """Say whether words alone are such as stand above a party's name, whatever they make of it."""
    return any(pattern.match(text) for pattern in (_RECIPIENT, _SENDER, _BILLED, _BUYER, _SELLER))
