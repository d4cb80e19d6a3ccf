"""Lines in and under a table that are no rows: subtotals, carry-overs, totals, taxes. German, English, French."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.answers.short_texts import keeping

_CARRIED: Final = (
    "übertrag", "uebertrag", "vortrag von", "vortrag vom", "vortrag seite", "vortrag aus", "vortrag s",
    "vortrag vorige", "vortrag vorherige", "vortrag letzte", "vortrag blatt", "vortrag vorseite", "vortrag vorblatt",
    "zwischenübertrag", "seitenübertrag", "seitensumme", "summe seite",
    "saldovortrag", "carry over", "carryover", "carried forward", "brought forward", "carried over",
    "balance carried", "balance brought", "page total", "total page", "total this page", "à reporter",
    "a reporter", "report page", "report de", "report du",
)  # fmt: skip
_SUBTOTALS: Final = (
    "zwischensumme", "zwischentotal", "subtotal", "sub total", "sous total", "summe titel", "summe gruppe", "summe los",
    "summe abschnitt", "summe kapitel", "total titel", "total gruppe", "total group", "total section",
    "section total", "group total",
)  # fmt: skip
_TOTALS: Final = (
    "summe", "summen", "gesamt", "gesamtbetrag", "gesamtsumme", "gesamtpreis", "gesamtwert", "gesamttotal", "total",
    "gesamtkosten", "totalbetrag", "totals", "totaux", "grand total", "sum", "netto", "nettobetrag", "nettosumme",
    "nettogesamt", "nettogesamtbetrag", "gesamtnetto", "nettowarenwert", "warenwert", "warennettowert", "brutto",
    "bruttobetrag", "gesamtnettowert", "bruttosumme", "gesamtbrutto", "positionssumme", "rechnungsbetrag",
    "rechnungssumme", "rechnungsendbetrag", "endbetrag", "endsumme", "zahlbetrag", "zahlungsbetrag", "zu zahlen",
    "zu zahlender betrag", "offener betrag",
    "bestellwert", "auftragswert", "auftragssumme", "net", "net total", "net amount", "gross", "gross total",
    "amount due", "balance due", "invoice total", "order total", "total due", "amount payable", "montant total",
    "montant ht", "montant ttc", "montant tva", "net à payer", "net a payer", "total ht", "total ttc", "total tva",
    "base ht", "merchandise total", "merchandise subtotal", "untaxed amount",
)  # fmt: skip
_TAXES: Final = frozenset({
    "mwst", "ust", "umsatzsteuer", "umsatzst", "mehrwertst", "mehrwertsteuer", "steuerbetrag", "steuer", "vat", "tva",
    "tax", "taxes", "versicherungsteuer", "versicherungssteuer", "hst", "gst", "pst", "qst", "tps", "tvq", "tvh",
    "cgst", "igst", "sgst", "utgst",
})  # fmt: skip
_ADJUSTMENTS: Final = frozenset({
    "abschlag", "abschlagsrechnung", "abzgl", "abzug", "abzüglich", "acompte", "akonto", "anzahlung", "arrondi",
    "carriage", "charge", "charges", "coupon", "delivery", "deposit", "disc", "discount", "discounts", "escompte",
    "fracht", "frachtkosten", "frachtpauschale", "freight", "gutschein", "gutscheincode", "handling", "less",
    "lieferkosten", "livraison", "mindermengenzuschlag", "nachlass", "nachlaß", "paketversand", "port", "porto",
    "postage", "rabais", "rabatt", "remise", "rounding", "rundung", "shipping", "skonto", "surcharge", "verpackung",
    "verpackungspauschale", "versand", "versandkosten", "versandpauschale", "voucher", "zuschlag",
})  # fmt: skip

_TAKEN_OFF: Final = ("nachlass", "nachlaß", "rabatt", "skonto")
"""Ends of German words for what is taken off: `Paketrabatt`, `Gesamtrabatt`."""

_ROUNDED: Final = re.compile(
    r"round(?:ing|ed)?(?: (?:off|up|down|adjustment|difference))?|rundung(?:s(?:differenz|betrag|ausgleich))?|arrondis?"
)
"""What a sum is rounded by, and nothing else."""
_TAX_STEMS: Final = re.compile(
    r"mehrwertst|umsatzst|\b(?:mwst|ust|vat|tva|(?:[cis]|ut)?gst|hst|pst|qst|tps|tvq|sales tax)\b|valeur ajout"
)
_BESIDE_TAX: Final = frozenset({
    "and", "auf", "aus", "betrag", "brutto", "chf", "das", "de", "der", "die", "enthalten", "enthaltene", "eur",
    "federal", "gbp", "gesamt", "gesetzl", "gesetzliche", "gesetzlicher", "h", "i", "incl", "including", "inkl",
    "inklusive", "la", "local", "m", "net", "netto", "of", "on", "order", "plus", "rate", "s", "sales", "satz", "state",
    "sur", "t", "the", "total", "u", "usd", "v", "von", "zuzüglich", "zzgl",
})  # fmt: skip
_SUMS: Final = re.compile(
    r"betrag|summe|total|amount|montant|\bsum\b|balance|saldo|solde|payable|zahlen|gesamt|\bnet\b|netto|brutto|gross"
)
_PAYMENTS: Final = re.compile(
    r"\braten?\b(?= (?:am|zum|bis|[0-9]))|[0-9]\.? rate\b|\braten\b|zahlbar|\bzahlung|anzahlung|abschlags(?:zahl|rech)"
    r"|\babschlag\b|fällig|\bbuchen\b|abgebucht|lastschrift|überweis|instal?ment|\bpayments?\b|\bdue\b|\bdeposit\b"
    r"|échéance|prélèvement|\bacompte|\bversement|^(?:rechnung|invoice|facture)\b(?:\W+[^\W\d]+){0,2}\W*[0-9]|\bpaid\b|bezahlt"
    r"|offene? (?:rechnung|posten)|kontostand|open items?\b"
)
_CARRIED_ON: Final = re.compile(
    r"(?:(?:abzüglich|abzgl\.?|less|minus|your|ihre)\s+)?"
    r"(?:(?:previous|opening|old|last|prior) balance(?! sheet)|balance (?:brought|b/f|from previous)"
    r"|(?:offener|alter|voriger) saldo"
    r"|saldo (?:vormonat|vorjahr|alt|vom|per)|(?:ancien|précédent) solde|solde (?:précédent|antérieur|reporté)"
    r"|payments? received|amount (?:already )?paid|already paid|paid to date|less payments?\b|zahlungseingang"
    r"|(?:zahlung|anzahlung)(?:en)? (?:erhalten|vom)|(?:erhaltene|geleistete)[nr]? (?:an)?zahlung(?:en)?"
    r"|bereits (?:ge|be)zahlt"
    r"|(?:paiements?|acomptes?) reçus?|déjà (?:payé|réglé))(?:\W+\w+){0,4}\W*"
)
_NUMBERS: Final = re.compile(r"\d[\d./-]*")
_SPACED: Final = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){3,}(?!\S)")
"""A word whose letters are set apart: `I T E M S`."""
_DOTTED: Final = re.compile(r"\b[a-z](?:\.[a-z]{1,3})+\b")
"""`V.A.T.`, `T.V.A.`, `U.St.`"""
_RATE: Final = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?) ?%")
_OF_A_GROUP: Final = re.compile(r"(?:summe|total|sum|gesamt) [0-9]{1,2}(?:\.[0-9])*[.:]?")
"""Of `1`, or `1.2`: other groups follow."""
_FREE: Final = re.compile(
    r"kostenlos|kostenfrei|gratis|inkl(?:\.|usive)?|enthalten|ohne berechnung|free(?: of charge)?|no charge|n/c"
    r"|included|incl\.?|offerte?s?|gratuit(?:e?s?)?|inclus(?:e?s?)?|compris(?:e?s?)?",
    re.IGNORECASE,
)
"""In the place of an amount, what says that nothing is charged; `auf Anfrage` or `nur EP` do not."""
_NOT_WORD: Final = re.compile(r"[^\w#]+|_+")
_WORDS_OF_LABEL: Final = 4
"""A tax is named among the first words: `zzgl. 19 % MwSt.`; further behind, a description mentions it."""
_NOTE_LABEL_AMOUNT: Final = 3
"""Cells of a line of totals beside notes, at least."""


class Aside(StrEnum):
    """What a line is that is no row."""

    CARRIED = "carried"
    """Repeats a sum at a page's end or beginning."""
    SUBTOTAL = "subtotal"
    """Sums up some rows; more may follow."""
    TOTAL = "total"
    """Sums up all rows, or says a tax; no more rows follow, as a rule."""


_ALONE: Final = {
    "report": Aside.CARRIED, "vortrag": Aside.CARRIED,
    "balance": Aside.TOTAL, "saldo": Aside.TOTAL, "solde": Aside.TOTAL,
}  # fmt: skip
"""The same where nothing else stands beside it: a report, a German talk or a balance bike may be billed."""


@keeping
def aside_of(text: str) -> Aside | None:
    """Tell by a line's words what it is, if it is no row."""
    words = words_of(text)
    if words in _ALONE:
        return _ALONE[words]
    if _OF_A_GROUP.fullmatch(text.strip().lower()):
        return Aside.SUBTOTAL
    for aside, labels in _LABELS.items():
        if labels.match(words):
            return aside
    return Aside.TOTAL if _names_tax(words) or _ROUNDED.fullmatch(words) else None


def label_of(texts: Iterable[str]) -> str:
    """Give the words that say what a line is, of those of its cells.

    They are the first ones, unless others that end with a colon, or the last ones, name a sum, or what it is rounded
    by, and nothing else: terms of payment may stand on the left of the totals.
    """
    given = list(texts)
    words = [text for text in given if any(map(str.isalpha, text))]
    others = [text for text in words[1:] if text.endswith(":") or text is words[-1]]
    found = next((text for text in others if names_sum_alone(text) or _ROUNDED.fullmatch(words_of(text))), None)
    return found or beside_note(given) or (words[0] if words else "")


def beside_note(texts: Sequence[str]) -> str | None:
    """Give what adjusts a total, or taxes it, where notes alone stand to its left, and its amount to its right.

    `Purchase order: 4471`, `Trade discount 5 %`, `- 148.94`: a note has a colon, as no day or code of a row has.
    """
    if len(texts) < _NOTE_LABEL_AMOUNT:
        return None
    *notes, label, amount = texts
    if not all(": " in note for note in notes) or any(map(str.isalpha, amount)):
        return None
    is_label = len(words_of(label).split()) <= _WORDS_OF_LABEL
    return label if is_label and (is_adjustment(label) or names_tax(label)) else None


@keeping
def names_sum_alone(text: str) -> bool:
    """Tell whether words name a sum, and little else."""
    words = words_of(text)
    return len(words.split()) <= _WORDS_OF_LABEL and any(labels.match(words) for labels in _LABELS.values())


def names_tax(text: str) -> bool:
    """Tell whether a tax is what makes a line no row."""
    words = words_of(text)
    return not any(labels.match(words) for labels in _LABELS.values()) and _names_tax(words)


def names_tax_anywhere(text: str) -> bool:
    """Tell whether any of its words is of a tax, be it part of a longer one."""
    return _TAX_STEMS.search(text.lower()) is not None


def names_sum(text: str) -> bool:
    """Tell whether words may be those of a sum or a total."""
    return _SUMS.search(text.lower()) is not None


def is_payment(text: str) -> bool:
    """Tell whether a line is of a payment, an instalment or another invoice, and bills nothing."""
    return _PAYMENTS.search(text.lower()) is not None


def is_carried_on(text: str) -> bool:
    """Tell whether words are of a balance from before, or of what was paid, and of little else, as on a statement."""
    return _CARRIED_ON.fullmatch(_NUMBERS.sub(" ", text.lower())) is not None


def rate_of(text: str) -> Decimal | None:
    """Give the percentage that a line names, if it names one."""
    rates = _RATE.findall(text)
    return Decimal(rates[0].replace(",", ".")) if len(rates) == 1 else None


def is_adjustment(text: str) -> bool:
    """Tell whether a line below a sum takes something off or adds what is not billed as goods."""
    words = words_of(text).split()[:_WORDS_OF_LABEL]
    is_rounding = _ROUNDED.fullmatch(" ".join(words)) is not None
    return is_rounding or not _ADJUSTMENTS.isdisjoint(words) or any(word.endswith(_TAKEN_OFF) for word in words)


def leads_on(text: str) -> bool:
    """Tell whether a line below a sum adds to it or takes off: a discount, a charge, a payment, a tax."""
    return is_adjustment(text) or is_payment(text) or names_tax_anywhere(text) or _names_tax(words_of(text))


def says_nothing_is_charged(text: str) -> bool:
    """Tell whether words in the place of an amount say that it is none."""
    return _FREE.fullmatch(text) is not None


def says_tax_alone(text: str) -> bool:
    """Tell whether words say a tax and nothing else: `zzgl. USt`, not `Umsatzsteuer-Voranmeldung`."""
    return all(word in _TAXES or word in _BESIDE_TAX for word in words_of(text).split() if word.isalpha())


def _names_tax(words: str) -> bool:
    named = [word for word in words.split() if not word.isdigit()][:_WORDS_OF_LABEL]
    return not _TAXES.isdisjoint(named)


@keeping
def words_of(text: str) -> str:
    """Give a text's words in small letters, single spaces between them; a word of dotted or spaced letters is one."""
    joined = _SPACED.sub(lambda match: match[0].replace(" ", ""), text.lower())
    return _NOT_WORD.sub(" ", _DOTTED.sub(lambda match: match[0].replace(".", ""), joined)).strip()


def _begins_with(labels: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, labels))})(?: |$)")


_LABELS: Final = {
    Aside.CARRIED: _begins_with(_CARRIED),
    Aside.SUBTOTAL: _begins_with(_SUBTOTALS),
    Aside.TOTAL: _begins_with(_TOTALS),
}
"""The first that fits decides."""
