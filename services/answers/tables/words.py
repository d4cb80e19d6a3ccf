"""Lines in and under a table that are no rows: subtotals, carry-overs, totals, taxes. German, English, French."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

_CARRIED: Final = (
    "übertrag", "uebertrag", "vortrag", "zwischenübertrag", "seitenübertrag", "seitensumme", "summe seite",
    "saldovortrag", "carry over", "carryover", "carried forward", "brought forward", "carried over",
    "balance carried", "balance brought", "page total", "total page", "total this page", "report", "à reporter",
    "a reporter", "report page",
)  # fmt: skip
_SUBTOTALS: Final = (
    "zwischensumme", "zwischentotal", "subtotal", "sub total", "sous total", "summe titel", "summe gruppe", "summe los",
    "summe abschnitt", "summe kapitel", "total titel", "total gruppe", "total group", "total section",
    "section total", "group total",
)  # fmt: skip
_TOTALS: Final = (
    "summe", "summen", "gesamt", "gesamtbetrag", "gesamtsumme", "gesamtpreis", "gesamtwert", "gesamttotal", "total",
    "totalbetrag", "totaux", "grand total", "sum", "netto", "nettobetrag", "nettosumme", "nettogesamt",
    "nettogesamtbetrag", "gesamtnetto", "nettowarenwert", "warenwert", "warennettowert", "brutto", "bruttobetrag",
    "bruttosumme", "gesamtbrutto", "positionssumme", "rechnungsbetrag", "rechnungssumme", "rechnungsendbetrag",
    "endbetrag", "endsumme", "zahlbetrag", "zahlungsbetrag", "zu zahlen", "zu zahlender betrag", "offener betrag",
    "bestellwert", "auftragswert", "auftragssumme", "net", "net total", "net amount", "gross", "gross total",
    "amount due", "balance due", "invoice total", "order total", "total due", "amount payable", "montant total",
    "montant ht", "montant ttc", "montant tva", "net à payer", "net a payer", "total ht", "total ttc", "total tva",
    "base ht",
)  # fmt: skip
_TAXES: Final = frozenset({
    "mwst", "ust", "umsatzsteuer", "mehrwertsteuer", "steuerbetrag", "steuer", "vat", "tva", "tax", "taxes",
    "versicherungsteuer", "versicherungssteuer", "hst", "gst", "pst", "qst", "tps", "tvq", "tvh",
})  # fmt: skip
_ADJUSTMENTS: Final = frozenset({
    "abschlag", "abschlagsrechnung", "abzgl", "abzug", "abzüglich", "acompte", "akonto", "anzahlung", "arrondi",
    "carriage", "delivery", "deposit", "disc", "discount", "escompte", "fracht", "frachtkosten", "freight",
    "handling", "less", "lieferkosten", "livraison", "mindermengenzuschlag", "nachlass", "nachlaß", "port", "porto",
    "postage", "rabais", "rabatt", "remise", "rounding", "rundung", "shipping", "skonto", "surcharge", "verpackung",
    "versand", "versandkosten", "zuschlag",
})  # fmt: skip

_NOT_WORD: Final = re.compile(r"[^\w#]+|_+")
_LEADING_NUMBER: Final = re.compile(r"^(?:[0-9]+ )+")
_WORDS_OF_LABEL: Final = 4
"""A tax is named among the first words: `zzgl. 19 % MwSt.`; further behind, a description mentions it."""


class Aside(StrEnum):
    """What a line is that is no row."""

    CARRIED = "carried"
    """Repeats a sum at a page's end or beginning."""
    SUBTOTAL = "subtotal"
    """Sums up some rows; more may follow."""
    TOTAL = "total"
    """Sums up all rows, or says a tax; no more rows follow, as a rule."""


def aside_of(text: str) -> Aside | None:
    """Tell by a line's words what it is, if it is no row."""
    words = words_of(text)
    for aside, labels in _LABELS.items():
        if labels.match(words):
            return aside
    return Aside.TOTAL if _names_tax(words) else None


def names_tax(text: str) -> bool:
    """Tell whether a tax is what makes a line no row."""
    words = words_of(text)
    return not any(labels.match(words) for labels in _LABELS.values()) and _names_tax(words)


def is_adjustment(text: str) -> bool:
    """Tell whether a line below a sum takes something off or adds what is not billed as goods."""
    return not _ADJUSTMENTS.isdisjoint(words_of(text).split()[:_WORDS_OF_LABEL])


def _names_tax(words: str) -> bool:
    return not _TAXES.isdisjoint(_LEADING_NUMBER.sub("", words).split()[:_WORDS_OF_LABEL])


def words_of(text: str) -> str:
    """Give a text's words in small letters, single spaces between them."""
    return _NOT_WORD.sub(" ", text.lower()).strip()


def _begins_with(labels: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, labels))})(?: |$)")


_LABELS: Final = {
    Aside.CARRIED: _begins_with(_CARRIED),
    Aside.SUBTOTAL: _begins_with(_SUBTOTALS),
    Aside.TOTAL: _begins_with(_TOTALS),
}
"""The first that fits decides."""
