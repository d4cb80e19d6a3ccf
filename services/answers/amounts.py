"""Decimal numbers as documents write them: `15.387,08 €`, `1'234.50 CHF`, `(12,00-)`, `19 %`, `3,5 kg`.

Which sign is the decimal one follows from the pattern, and from the language only where the pattern leaves
it open: in `1.234,50` and `1,234.50` the last sign is the decimal one in any language, and a sign that stands
twice or before other than three digits says what it is. One sign before exactly three digits is open:

========= =========================== =========================================
written   decimal comma (de, fr, …)   decimal point (en)
========= =========================== =========================================
`1.234`   1234                        number 1.234; money: not read
`1,234`   number 1.234; money: not    1234
          read
========= =========================== =========================================

Money with three decimals is so rare, and the other country's grouping in a letter so common, that code does
not choose. The language's own signs are those of CLDR, by Babel.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    get_territory_currencies,
    list_currencies,
)

from services.answers.addresses import AUSTRALIAN_STATES, STATES
from services.answers.normal_form import UNIFIED, plain
from services.answers.short_texts import keeping

MAX_DIGITS: Final = 28
"""Digits that a number may have (Python's default decimal context keeps as many)."""

HUNDREDTH: Final = re.compile(
    r"(?P<number>[0-9]+[.,][0-9]+) ?(?:(?:ct|cts|cents?|rp)\b|(?<=[0-9])p(?=/| per|$))(?:/[^\W\d_]+)?", re.IGNORECASE
)
"""A price in the hundredth part of the currency: `24,85 ct/kWh`."""
_MOST_HUNDREDTHS: Final = 1_000
"""No price is said in more of them: `12.400 ct` of a country whose decimal sign is a comma are 12.4."""

_MORE_WORDS: Final = r"(?:[ -][^\W\d_]+){0,3}"
"""Of a unit's name: `Schweizer Franken`, `US-Dollar`, `dollars des États-Unis`."""
_PREFIX: Final = re.compile(rf"(?P<sign>[(+-]{{0,2}}) ?(?P<unit>[^\s0-9()+-]+?{_MORE_WORDS}) ?(?P<rest>[0-9(+-].*)")
_SUFFIX: Final = re.compile(
    rf"(?P<rest>.*(?:[0-9)]|(?<![^\W\d_])-)) ?(?P<unit>[^\s0-9()+-]+{_MORE_WORDS})(?P<sign>[)-]{{0,2}})"
)
_NO_CENTS: Final = re.compile(r"(?<=[0-9]) ?[.,] ?-{1,2}(?=\)?$)")
_NO_PAISE: Final = re.compile(r"(?<=[0-9])/[-\u2013]$")
"""What stands behind whole rupees: `Rs. 1,500/-`."""
_SIGNED: Final = re.compile(r"(?P<open>\(?) ?(?P<lead>[+-]?) ?(?P<digits>[0-9].*?) ?(?P<trail>-?) ?(?P<close>\)?)")
_TYPESET_EURO: Final = re.compile(r"(?<=[0-9][.,][0-9]{2}) ?e$")
"""The euro sign of a LaTeX font (eurosym), as most readers of PDF give it: `1 450,00 e`."""
_PER_TIME: Final = re.compile(
    r"(?<=[^\W_]|[€$£])(?: ?/ ?| (?:pro|je|per|par|a|an) )"
    r"(?:jahr|monat|quartal|woche|tag|stunde|std|h|year|month|quarter|week|day|hour|annum|an|mois|semaine|jour|heure)\.?$"
    r"|(?<=[^\W_]|[€$£]) (?:monatlich|jährlich|monthly|annually|yearly|p\. ?a\.)$",
    re.IGNORECASE,
)
"""What an amount is paid for each of: `£48,300.00/year`."""
_SIGNS: Final = "[.,'\u2018\u2019\u0060\u00b4\u2032]"
_BROKEN_LINE: Final = re.compile(rf"(?<=[0-9])\s*\n\s*(?={_SIGNS}[0-9])|(?<=[0-9]{_SIGNS})\s*\n\s*(?=[0-9])")
"""A line's end before or behind a decimal sign, or one that groups."""

_PLAIN: Final = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_OPEN: Final = re.compile(r"([1-9][0-9]{0,2})([.,])([0-9]{3})")
_GROUPED: Final = re.compile(
    r"([1-9][0-9]{0,2}(?:(?P<group>[ '.,])[0-9]{3})(?:(?P=group)[0-9]{3})*)(?:([.,])([0-9]+))?"
)
_IN_LAKHS: Final = re.compile(r"([1-9][0-9]?(?:,[0-9]{2}){1,8},[0-9]{3})(?:\.([0-9]+))?")
"""Indian grouping: `1,65,000`; the sign stands twice, and groups."""

_CURRENCIES: Final = {
    get_currency_name(code, count, locale).casefold(): code
    for code in ("EUR", "CHF", "GBP", "USD")
    for locale in ("de", "fr", "en")
    for count in (1, 2)
} | {
    "€": "EUR", "fr": "CHF", "sfr": "CHF", "franken": "CHF", "us$": "USD", "$us": "USD",
    "£": "GBP", "£gb": "GBP", "pfund sterling": "GBP", "pounds sterling": "GBP",
    "dt": "TND", "zł": "PLN", "kč": "CZK", "₹": "INR", "rs": "INR", "r$": "BRL", "r": "ZAR",
    "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD",
    "$ us": "USD", "$ ca": "CAD", "$ca": "CAD", "s$": "SGD", "hk$": "HKD",
}  # fmt: skip
_CODES: Final = frozenset(list_currencies())
_MILLIEMES: Final = 3
_OF_THOUSANDTHS: Final = "|".join(sorted(code for code in _CODES if get_currency_precision(code) == _MILLIEMES))
"""Currencies that have three decimals, as the dinars of Tunis and Kuwait."""
IN_THOUSANDTHS: Final = re.compile(
    rf"(?<![0-9])[0-9]{{1,3}}(?P<sign>[.,])[0-9]{{3}} ?(?:{_OF_THOUSANDTHS}|DT)(?!\w)"
    rf"|(?<!\w)(?:{_OF_THOUSANDTHS}) ?[0-9]{{1,3}}(?P<last>[.,])[0-9]{{3}}(?![0-9.,])"
)
"""An amount in one of them, with one sign: `146.566 TND`."""
_SIGN_AND_CODE: Final = re.compile(r"(?P<sign>[^\s0-9()+-]{1,3}) (?P<code>[A-Z]{3}) ?(?=[0-9])")
_RAND_SIGN: Final = "R"
_RAND: Final = re.compile(rf"^{_RAND_SIGN} ?(?=[0-9][0-9 ,.']{{0,20}}[.,][0-9]{{2}}$)")
"""The sign of the rand before an amount with cents: `R12` may be an article as well."""
_RUPIAH: Final = re.compile(r"^Rp\.? ?(?=[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]{2})?$)")
"""The sign of the rupiah before digits grouped by dots: behind a number, `Rp.` are the hundredth parts of a franc."""
_NUMBER_BESIDE: Final = re.compile(r"[0-9][0-9 '.,]*")
_CURRENCY_NAME: Final = re.compile(r"[^\s()\[\]/,:;+.-]+")
_IN: Final = frozenset({"in", "en"})
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_SHARED_SIGNS: Final = frozenset({"$", "¥", "kr", "dollar", "dollars", "fcfa", "f cfa", "francs cfa", "franc cfa"})
"""Signs of several currencies: they make an amount money, but do not say which."""
_SIGNED_OTHERWISE: Final = frozenset({"EUR", "CHF", "GBP"})
"""Currencies that none of these signs means."""
_SPELLINGS: Final = {
    "EUR": ("€", "Euro", "Euros"),
    "CHF": ("Fr.", "SFr.", "Franken"),
    "USD": ("US$", "$ US"),
    "CAD": ("CA$", "$ CA"),
    "AUD": ("A$", "AU$"),
    "NZD": ("NZ$",),
    "SGD": ("S$",),
    "HKD": ("HK$",),
    "GBP": ("£",),
    "INR": ("₹",),
}
DOLLAR: Final = "$"
_OF_DOLLARS: Final = {
    "USD": re.compile(
        rf"\bU\.?S\.?A\b|\b(?:United States|Vereinigte Staaten)\b|\b(?:{STATES}),? [0-9]{{5}}(?:-[0-9]{{4}})?\b"
    ),
    "CAD": re.compile(r"\b(?:Canada|Kanada)\b|\b[ABCEGHJ-NPR-TVXY][0-9][A-Z] [0-9][A-Z][0-9]\b"),
    "AUD": re.compile(rf"\b(?:Australia|Australien)\b|\bABN\W{{0,3}}[0-9]|\b(?:{AUSTRALIAN_STATES}),? [0-9]{{4}}\b"),
    "NZD": re.compile(r"\b(?:New Zealand|Neuseeland|NZBN)\b"),
    "SGD": re.compile(r"\b(?:Singapore|Singapur)\b"),
    "HKD": re.compile(r"\b(?:Hong Kong|Hongkong)\b"),
    "MXN": re.compile(r"(?<!New )\b(?:Mexico|México|Mexiko)\b"),
}
"""What tells the country of a dollar: its name, and how its post writes places."""
_TOWN_AND_STATE: Final = re.compile(rf"[^\W\d_]{{3}}, (?!(?:AR|CA|CO|DE|WA)\b)(?:{STATES})[ \t]*$", re.MULTILINE)
"""A place of the United States without its postcode: `Burlington, VT`. What may as well be a country, or a state of
Australia, tells none."""

_FRACTIONS: Final = {
    "\u00bc": Decimal("0.25"), "\u00bd": Decimal("0.5"), "\u00be": Decimal("0.75"),
    "\u215b": Decimal("0.125"), "\u215c": Decimal("0.375"), "\u215d": Decimal("0.625"), "\u215e": Decimal("0.875"),
}  # fmt: skip
"""Those that decimals say exactly."""
_FRACTION_SIGNS: Final = "".join(map(chr, (*range(0xBC, 0xBF), *range(0x2150, 0x215F))))
FRACTION: Final = re.compile(f"[{_FRACTION_SIGNS}]")
"""`1½` is no 1."""
_WITH_FRACTION: Final = re.compile(rf"(?P<whole>[0-9]+) ?(?P<fraction>{FRACTION.pattern})(?P<unit>(?![0-9]).*)")
"""Hours of a time sheet: `14 \u00bd`, `9\u00be Std.`"""
_WEIGHED: Final = re.compile(r"(?<=[^\W\d_]) \(?(?:brutto|netto|gross|net|brut|brt|ntt)\.?\)?$", re.IGNORECASE)
"""Behind a unit: with its packing, or without."""
_UNIT_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[./-](?=.)){0,23}\.?")
_MULTIPLIERS: Final = frozenset({
    "tsd", "t€", "mio", "mrd", "tausend", "million", "millionen", "milliarde", "milliarden", "thousand", "millions",
    "billion", "billions", "milliers", "milliard", "milliards", "k", "m", "mn", "bn",
})  # fmt: skip
_MOST_PERCENT: Final = 1000
_PERCENT: Final = frozenset({"%", "v.h", "vh", "vom hundert", "prozent", "percent", "per cent", "pct", "pour cent"})
_UNITS: Final = frozenset({
    "stück", "stk", "st", "pcs", "pc", "pieces", "pièces", "units", "kg", "g", "t", "l", "ml", "m", "cm", "mm",
    "km", "m²", "m³", "qm", "kwh", "h", "std", "stunden", "hours", "heures", "tag", "tage", "tagen", "day", "days",
    "jour", "jours", "woche", "wochen", "week", "weeks", "semaine", "semaines", "monat", "monate", "monaten",
    "month", "months", "mois", "jahr", "jahre", "jahren", "year", "years", "an", "ans",
    "box", "boxes", "carton", "cartons", "pallet", "pallets", "parcel", "parcels", "package", "packages", "crate",
    "crates", "karton", "kartons", "palette", "paletten", "europalette", "europaletten", "paket", "pakete", "packstück",
    "packstücke", "kiste", "kisten", "collo", "colli", "kollo", "kolli", "colis", "palettes", "caisse", "caisses",
})  # fmt: skip


@keeping
def parse_money(verbatim: str, language: str) -> Decimal | None:
    """Read an amount with or without a currency, for once or for each month or the like."""
    written = _NO_PAISE.sub("", _PER_TIME.sub("", _TYPESET_EURO.sub("", verbatim)))
    return _amount(written, language, _is_money, money=True)


def parse_hundredths(verbatim: str, language: str) -> Decimal | None:
    """Read a price in cents, pence or the like; none in a thousand or more of them."""
    match = HUNDREDTH.fullmatch(verbatim.strip())
    number = parse_number(match["number"], language) if match else None
    return None if number is None or number >= _MOST_HUNDREDTHS else number / 100


@keeping
def parse_number(verbatim: str, language: str) -> Decimal | None:
    """Read a number with or without a unit of the list; words that multiply (`Mio.`) are not read."""
    if not verbatim.isascii() and (parts := _WITH_FRACTION.fullmatch(verbatim.strip())):
        whole = parse_number(parts["whole"] + parts["unit"], language)
        fraction = _FRACTIONS.get(parts["fraction"])
        return None if whole is None or fraction is None else whole + fraction
    return _amount(verbatim, language, _UNITS.__contains__, money=False)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it counts.

    Parameters
    ----------
    unit
        As the document writes it (`Stück`, `kg`); empty if there is none.
    """

    number: Decimal
    unit: str

    @property
    def text(self) -> str:
        """Canonical: the plain number, and the unit behind it."""
        return f"{self.number:f} {self.unit}".rstrip()


def parse_quantity(verbatim: str, language: str) -> Quantity | None:
    """Read a number with or without a unit behind it: one or two words, but no currency and none that multiplies.

    Words behind the unit that say how something was weighed are no part of it: `386 kg brutto`.
    """
    text = _WEIGHED.sub("", plain(verbatim))
    unit = text[max(map(text.rfind, "0123456789" + _FRACTION_SIGNS)) + 1 :].strip()
    known = parse_number(text, language)
    if known is None and not _is_unit(unit):
        return None
    number = parse_number(text.removesuffix(unit), language) if known is None else known
    return None if number is None else Quantity(number, unit)


def _is_unit(text: str) -> bool:
    words = text.split()
    return (
        len(words) in {1, 2}
        and not _is_money(text)
        and text.casefold() not in _PERCENT
        and all(
            _UNIT_WORD.fullmatch(word)
            and not _is_money(word)
            and word.casefold().rstrip(".") not in _MULTIPLIERS | _PERCENT
            for word in words
        )
    )


def parse_percentage(verbatim: str, language: str) -> Decimal | None:
    """Read a percentage as it is written: `19 %` is 19, not 0.19; the sign may be missing, as in a column.

    None of a thousand or more: `3.250 %` is three and a quarter somewhere.
    """
    number = _amount(verbatim, language, _PERCENT.__contains__, money=False)
    return None if number is None or abs(number) >= _MOST_PERCENT else number


def currency_code(verbatim: str) -> str | None:
    """Give the ISO 4217 code of a currency, alone, beside its sign (`EUR (€)`, `AUD $`) or beside an amount.

    Signs that several currencies share (`$`) are not read, nor two different currencies.
    """
    text = _NUMBER_BESIDE.sub(" ", plain(verbatim).translate(UNIFIED)).strip()
    if code := _currency(text.strip("()[]:- ").removeprefix("in ").removeprefix("en ")):
        return code
    names = [name for name in _CURRENCY_NAME.findall(text) if name not in _IN]
    codes = {_currency(name) for name in names if name not in _SHARED_SIGNS}
    code = codes.pop() if len(codes) == 1 else None
    return code if code and all(_is_sign_of(name, code) for name in names if name in _SHARED_SIGNS) else None


def currency_of_country(code: str, pages: Iterable[str]) -> str | None:
    """Give the currency of a country, by its ISO 3166-1 code, if that currency's sign stands beside a number.

    Several countries have a `$`: that of a seller in `NC 28787, US` is the American one.
    """
    tender = get_territory_currencies(code) if _COUNTRY.fullmatch(code) else []
    if not tender:
        return None
    sign = re.escape(get_currency_symbol(tender[-1], "en")[-1])
    beside = re.compile(rf"{sign} ?[0-9]|[0-9] ?{sign}")
    return tender[-1] if any(map(beside.search, pages)) else None


def currency_spellings(code: str) -> tuple[str, ...]:
    """Give other ways to write a currency: where the model says `EUR`, the document may have `€` alone."""
    return (code, *_SPELLINGS.get(code, ()))


def shared_sign(code: str, pages: Sequence[str]) -> str | None:
    """Give the sign that stands for a currency where no other country that has it, and its own one, is named: `$`."""
    return DOLLAR if code == own_dollar(pages) else None


def own_dollar(pages: Sequence[str]) -> str | None:
    """Give the currency whose sign a dollar's is, where one country alone that has such a currency is named."""
    named = [code for code, pattern in _OF_DOLLARS.items() if any(map(pattern.search, pages))]
    if not named and any(map(_TOWN_AND_STATE.search, pages)):
        return "USD"
    return named[0] if len(named) == 1 else None


def is_dollar(code: str) -> bool:
    """Say whether a currency's sign is that of the dollar: `$` beside amounts in `USD` says no other."""
    return code in _OF_DOLLARS


def _currency(name: str) -> str | None:
    if name.upper() in _CODES:
        return name.upper()
    return _CURRENCIES.get(name.casefold().rstrip("."))


def _is_sign_of(name: str, code: str) -> bool:
    """Say whether a sign is that of a currency, alone or shared: `$` is of `AUD`."""
    return code in _CODES and (_currency(name) == code or get_currency_symbol(code, "en").endswith(name))


def _is_money(unit: str) -> bool:
    return unit in _SHARED_SIGNS or (_currency(unit) is not None and unit.upper() != _RAND_SIGN)


def _amount(verbatim: str, language: str, is_unit: Callable[[str], bool], *, money: bool) -> Decimal | None:
    text = plain(_BROKEN_LINE.sub("", verbatim)).translate(UNIFIED)
    signed = _SIGNED.fullmatch(_NO_CENTS.sub("", _without_unit(_without_sign(text) if money else text, is_unit)))
    if signed is None or bool(signed["open"]) != bool(signed["close"]):
        return None
    if money and IN_THOUSANDTHS.fullmatch(text) and (open_ := _OPEN.fullmatch(signed["digits"])):
        magnitude: Decimal | None = Decimal(f"{open_[1]}.{open_[3]}")
    else:
        magnitude = _magnitude(signed["digits"], _decimal_sign(language), money=money)
    # Brackets and minus signs mark a negative amount; two of them mark it twice, as in "(12,00-)".
    negative = signed["open"] or signed["trail"] or signed["lead"] == "-"
    return -magnitude if magnitude and negative else magnitude


def _without_sign(text: str) -> str:
    """Leave out a currency's sign before its code (`R ZAR259,023.20`), and a rand's or a rupiah's before an amount."""
    text = _RUPIAH.sub("", _RAND.sub("", text))
    match = _SIGN_AND_CODE.match(text)
    return text[match.end("sign") :].lstrip() if match and _is_sign_of(match["sign"], match["code"]) else text


def _without_unit(text: str, is_unit: Callable[[str], bool]) -> str:
    before, after = _PREFIX.fullmatch(text), _SUFFIX.fullmatch(text)
    if before and is_unit(before["unit"].casefold().rstrip(".")):
        return before["sign"] + _without_code(before["rest"], before["unit"])
    if after and is_unit(after["unit"].casefold().rstrip(".")):
        return after["rest"] + after["sign"]
    return text


def _without_code(rest: str, sign: str) -> str:
    """Leave out a currency's code behind an amount that has its sign before it: `£8.90 GBP`, `$5.00 AUD`."""
    after = _SUFFIX.fullmatch(rest)
    code = _currency(after["unit"]) if after else None
    same = code is not None and (_currency(sign) == code or (sign in _SHARED_SIGNS and code not in _SIGNED_OTHERWISE))
    return after["rest"] + after["sign"] if after and same else rest


def _magnitude(digits: str, decimal_sign: str | None, *, money: bool) -> Decimal | None:
    if sum(map(str.isdigit, digits)) > MAX_DIGITS:
        return None
    if match := _OPEN.fullmatch(digits):
        return _open_magnitude(match[1], match[2], match[3], decimal_sign, money=money)
    if (match := _GROUPED.fullmatch(digits)) and match[3] != match["group"]:
        return Decimal(f"{re.sub('[^0-9]', '', match[1])}.{match[4] or ''}")
    if match := _IN_LAKHS.fullmatch(digits):
        return Decimal(f"{match[1].replace(',', '')}.{match[2] or ''}")
    if match := _PLAIN.fullmatch(digits):
        return Decimal(f"{match[1]}.{match[2] or ''}")
    return None


def _open_magnitude(head: str, sign: str, tail: str, decimal_sign: str | None, *, money: bool) -> Decimal | None:
    if decimal_sign is None or (money and sign == decimal_sign):
        return None
    return Decimal(f"{head}.{tail}") if sign == decimal_sign else Decimal(head + tail)


@lru_cache(maxsize=64)
def _decimal_sign(language: str) -> str | None:
    try:
        symbols = Locale.parse(language, sep="-").number_symbols["latn"]
    except (ValueError, UnknownLocaleError):
        return None  # a language that CLDR does not know decides nothing
    return str(symbols["decimal"])
