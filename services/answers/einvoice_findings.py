"""What is said of an e-invoice whose pages and XML differ, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.document_types import FieldDefinition
from schemas.events import Finding, FindingKind
from schemas.wording import Wording

_SAID: Final = {
    "absent": Wording(
        de="{label}: Im XML steht {value}, auf den Seiten steht das nicht{instead}.",
        en="{label}: the XML says {value}, the pages do not show it{instead}.",
    ),
    "contradicted": Wording(
        de="{label}: Im XML steht {value}, auf den Seiten steht dort {other}.",
        en="{label}: the XML says {value}, the pages show {other} there.",
    ),
    "instead": Wording(de=", sondern {other}", en=", but {other}"),
    "misread": Wording(
        de="{label}: Im XML steht {value}, von den Seiten wurde {other} gelesen.",
        en="{label}: the XML says {value}, {other} was read off the pages.",
    ),
    "checksum": Wording(
        de="{label}: {value} aus dem XML hat falsche Prüfziffern oder eine falsche Form.",
        en="{label}: {value} of the XML has wrong check digits, or a wrong form.",
    ),
    "line": Wording(
        de="Position {number}: Im XML steht {value}, auf den Seiten steht das nicht.",
        en="Line {number}: the XML says {value}, the pages do not show it.",
    ),
    "more_lines": Wording(
        de="In {count} weiteren Positionen steht im XML etwas, das nicht auf den Seiten steht.",
        en="{count} more lines of the XML say what the pages do not show.",
    ),
    "sum": Wording(
        de="Die Positionen im XML ergeben {sum}, als ihre Summe nennt es {value}.",
        en="The lines of the XML make {sum}, it gives {value} as their sum.",
    ),
    "payable": Wording(
        de="{label}: {value}, davon ist nach dem XML nur {other} zu zahlen.",
        en="{label}: {value}, and by the XML only {other} of it is to be paid.",
    ),
    "credit_note": Wording(
        de="Nach dem XML ist es eine Gutschrift (Code {code}): der Verkäufer schuldet den Betrag.",
        en="By its XML it is a credit note (code {code}): the seller owes the amount.",
    ),
    "unstated": Wording(
        de="{label}: Auf den Seiten steht {other}, im XML steht das nirgends.",
        en="{label}: the pages show {other}, the XML does not say it anywhere.",
    ),
    "unstated_row": Wording(
        de="Positionen: Auf den Seiten steht eine weitere, {other}, die das XML nicht hat.",
        en="Line items: the pages show another one, {other}, which the XML does not have.",
    ),
    "line_otherwise": Wording(
        de="Position {number}: Im XML steht {value}, auf den Seiten {other}.",
        en="Line {number}: the XML says {value}, the pages {other}.",
    ),
    "payee": Wording(de="Zahlungsempfänger", en="Payee"),
    "unread": Wording(de="E-Rechnung: {note}.", en="E-invoice: {note}."),
    "blank": Wording(
        de="Die Seiten haben keinen Text: was im XML steht, konnte nicht mit ihnen verglichen werden.",
        en="The pages have no text: what the XML says could not be held against them.",
    ),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes findings in German for a document in German, in English for any other.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    """

    language: str

    def label(self, field: FieldDefinition) -> str:
        """Give what people call a field."""
        return field.label.de if self.language.startswith("de") else field.label.en

    def say(self, name: str, said: Mapping[str, object]) -> str:
        """Fill in one of the sentences."""
        wording = _SAID[name]
        return (wording.de if self.language.startswith("de") else wording.en).format_map(said)

    def finding(
        self, name: str, fields: Sequence[str], said: Mapping[str, object], kind: FindingKind = FindingKind.EINVOICE
    ) -> Finding:
        """Make a finding about fields."""
        return Finding(kind=kind, fields=list(fields), message=self.say(name, said))
