"""Values that code finds in a document by their form: amounts, dates, IBANs, VAT numbers, numbers of things.

Found in one pass a kind, over at most `MAX_CHARACTERS`; numbers of tries are bounded.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from schemas.document_types import Kind
from services.answers.amounts import currency_code
from services.answers.sentences import CURRENCY, MAX_SENTENCE
from services.answers.values import Value, parse_value

MAX_CHARACTERS: Final = 500_000
"""Of a document, from its beginning: some two hundred pages."""
MAX_CANDIDATES: Final = 3_000
MAX_TRIES: Final = 10_000
"""Forms that are tried, a kind: a document may be made of nothing else."""
MAX_CODED_TRIES: Final = 500
"""The same for IBAN and VAT number, whose end their check digits tell: each is tried at several lengths."""
MAX_NUMBERS_TRIED: Final = 4_000
"""The same for numbers by which things are called: most numbers of a long document are none."""
MIN_REFERENCE: Final = 3
"""Letters and digits of such a number; a shorter one is a row or a page."""
GAP: Final = " \u00a0\u2009\u202f"
_THOUSANDS: Final = "(?:" + "|".join(rf"(?<=(?<![\w.,/])[0-9]{{{digits}}} )" for digits in (1, 2, 3)) + ")"
"""Behind what may be thousands of a number: `1 230 €` is no 230, and `30.06.2026 450 €` is no 2026450."""
_NO_CENTS: Final = rf"(?!(?:{CURRENCY}[{GAP}]?)?[0-9.'\u2019\u2032,]{{1,15}}[.,][0-9]{{2}}(?![0-9]))"
"""`1.000 - 50,00 €` is no range."""
_IN_A_RANGE: Final = (
    rf"(?<=[0-9][{GAP}])(?<![.,][0-9]{{2}}[{GAP}])"
    rf"|(?<=[.,'\u2019\u2032][0-9]{{3}}[{GAP}][€$£][{GAP}])(?=[-\u2013][{GAP}]{_NO_CENTS})"
)
"""Before a dash that leads from one amount to another: `50.000 - 55.000 €`, not `1.000,00 € - 50,00 €`."""
_MANY: Final = r"(?:Mio|Mrd|Tsd|Mia|bn|mn|[Mm]illi[oa]\w*|[Bb]illion\w*|[Tt]housand|[Tt]ausend)"
_AMOUNT: Final = re.compile(
    r"(?=[-+\u2212\u2013€$£₹CEGUZ0-9])"  # how one can begin: most places of a page are passed over soonest by it
    rf"(?<![\w/:])(?<!\d[.,'\u2019\u2032-])(?!(?:{_IN_A_RANGE})[-\u2013][{GAP}])"
    rf"(?:[-\u2212\u2013][{GAP}]?(?={CURRENCY}))?(?P<before>{CURRENCY}[{GAP}]?)?(?:[-+\u2212\u2013][{GAP}]?)?"
    rf"(?!(?<=[.,'\u2019\u2032][0-9]{{3}}[{GAP}][-\u2013][{GAP}]){_NO_CENTS})"
    rf"(?!{_THOUSANDS}[0-9]{{3}}[{GAP}]?{CURRENCY})"
    r"(?:[0-9]{1,3}(?:[.'\u2019\u2032,\u00a0\u2009\u202f][0-9]{3}){1,4}|[0-9]{1,12})"
    rf"(?P<cents>[.,](?:[0-9]{{2}}|[0-9](?=[{GAP}]?(?:[€$£]|EUR\b|CHF\b)(?![{GAP}]?[0-9]))|-{{1,2}}|\u2013)|[{GAP}][.,][-\u2013])?"
    rf"(?![\w/:]|[.,'\u2019\u2032-]\d|[{GAP}]?%)-?(?P<after>[{GAP}]?{CURRENCY}(?![0-9]))?"
    r"(?(after)(?:-(?![\w-]))?)"
    rf"(?![{GAP}]?{_MANY}\b)"
)
_MILLIONS: Final = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})")
_BEFORE_MILLIONS: Final = re.compile(
    r"(?:\b(?P<code>[A-Z]{3})|(?i:total|summe|betrag|amount|\([0-9.,]{1,5} ?%\))\W{0,3}) {0,3}$"
)
"""Numbers of taxpayers are parted so, too: `CHE-548.090.553`."""
_DASH_BEFORE_CURRENCY: Final = re.compile(rf"[-\u2212\u2013][{GAP}](?={CURRENCY})")
BEHIND_WORDS: Final = re.compile(r"[^\W\d_][.)]? $")
_SPACED_AMOUNT: Final = re.compile(
    r"(?<![\w.,/:-])-?[0-9]{1,3}(?:"
    r"(?: [0-9]{3}){1,4}[.,][0-9]{2}(?![\w/:]|[.,'\u2019\u2032-]\d)-?|(?:[ .][0-9]{3}){0,4} F ?CFA(?!\w))"
)
"""With cents, or in francs that have none: `1 375 000 FCFA`."""
_DATE: Final = re.compile(
    r"(?<![\w.,/-])(?:"
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    r"|[0-9]{1,2}(?:\.[ \xa0]?|[-/])[0-9]{1,2}(?:\.[ \xa0]?|[-/])(?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}(?:\.|st|nd|rd|th|er)?[ \xa0-]{1,2}(?:of )?[^\W\d_]{3,12}\.?,?[ \xa0-]{1,2}[0-9]{2,4}"
    r"|[^\W\d_]{3,12}+\.?[ \xa0]{1,2}[0-9]{1,2}(?:st|nd|rd|th)?(?:[ \xa0]?,)?[ \xa0]{1,2}[0-9]{4}"
    # A comma alone may be that of a decimal: `Dez 12,2026 kWh`.
    r"|(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    r"|Nov|Dec(?:ember)?)\.? [0-9]{1,2},[0-9]{4}"
    # What follows may make the last digits no year: `bis zum 15. Juni 30,00 EUR`, `am 5. Mai 12:00 Uhr`.
    r")(?![\w/]|[.,:]\d|[ \xa0]?(?:[€$£%]|(?:EUR|CHF|USD|GBP|[Ee]uro|Uhr|h)\b)"
    # Two digits may be a count: `ab dem 1. Juli 30 Stunden`.
    r"|(?<!19[0-9]{2})(?<!20[0-9]{2})(?<!\.[0-9]{2})(?<!-[0-9]{2})[ \xa0]?(?:Stunden|Std|Wochenstunden"
    r"|hours|hrs|heures|Tage|days|jours|Stück|Stk|pieces|pcs|Paletten|pallets|Kartons?|boxes|Personen)\b)"
)
_IBAN_START: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9]{2}(?=[ \nA-Z0-9])")
_IBAN_LENGTHS: Final = range(34, 14, -1)
_VAT_START: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"(?=[ .-]?[0-9A-Z])"
    r"|ABN(?=[: ]{0,2}[0-9])|[0-9]{2}(?=[A-Z]{5}[0-9]{4}[A-Z])|[0-9](?=[0-9 ]{8,9} ?RT ?[0-9]{4}))"
)
_VAT_LENGTHS: Final = range(16, 7, -1)
VAT_FORM: Final = re.compile(rf"(?:{_VAT_START.pattern})(?:[ .-]?[0-9]){{7,12}}(?![0-9A-Za-z])")
"""What looks like a VAT number of digits alone."""
_BETWEEN: Final = frozenset(" .:-\u00a0\n")
"""What may stand between the digits of a number that tells its own end: it may go on in the next line."""
_REFERENCE: Final = re.compile(
    r"(?<![\w(.,/€$£-])(?<![€$£] )(?:(?!(?:AZ|GZ|NR|NO|REF|ID) |PO [A-Z])[A-Z]{1,4} )?"
    r"(?=[^\s()]{0,30}[0-9])[^\W_][\w./#:+-]{0,30}(?<![.:,])"
    r"(?: ?[/-] ?(?=[\w.-]{0,11}[0-9])[\w.-]{1,12}(?<![.,:])| [0-9]{2,4}(?![\w.,/-]))*"
    r"(?![\w)€]|[/-][\w/-]{1,20}\)|[.,]\d| ?[€%]| EUR\b)"
)
_NUMBER_LIKE_DATE: Final = re.compile(
    r"(?=[n#])(?:\b(?:nr|no|nummer|number|numéro)\b|n°|#)[.:]{0,2}[ \t]{0,3}"
    r"(?P<number>[0-9]{4}([-/])[0-9]{1,2}\2[0-9]{1,2})(?![\w/-])",
    re.IGNORECASE,
)
_PART_OF: Final = re.compile(r"enthalten|darin|davon|included|of which|dont\b|inclus|compris", re.IGNORECASE)
_WORDS_FOLLOW: Final = re.compile(r"[,;]? [^\W\d_]{2}")
KINDS: Final = frozenset({Kind.MONEY, Kind.DATE, Kind.IBAN, Kind.VAT_ID, Kind.REFERENCE})
"""Kinds that have a form of their own."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that stands in the document.

    Parameters
    ----------
    verbatim
        As it stands there; on one line.
    page
        From 1.
    char_start, char_end
        First, and one past the last, character in that page's text, from 0.
    labels
        The words around it that may say what it is, the nearest first, in small letters; see `Surroundings.labels`.
    is_dateline
        It is a date that stands where letters have theirs.
    behind
        The words of its sentence behind a date, up to the next date, in small letters: `mit 2 % Skonto oder bis`.
    """

    kind: Kind
    verbatim: str
    value: Value
    page: int
    char_start: int
    char_end: int
    labels: tuple[str, ...]
    is_dateline: bool = False
    behind: str = ""
    sentence: tuple[str, str] = ("", "")
    """The words of its sentence before an amount or a date, from the one before on, and behind it; in small letters."""
    ends_span: bool = False
    """It is the second of two dates: `vom 01.01.2026 bis zum 31.12.2026`."""
    parts: tuple[str, ...] = ()
    """Of a sum that the document does not print: what was summed, as it stands there."""

    @property
    def label(self) -> str:
        """The nearest words."""
        return next(filter(None, self.labels), "")


def values_in(pages: Sequence[str], kind: Kind, language: str) -> list[Candidate]:
    """Give the values of a kind, as `Candidates` does, but without the words around them."""
    return list(islice(candidates_by_form(kind, pages, language), MAX_CANDIDATES))


def candidates_by_form(
    kind: Kind,
    pages: Sequence[str],
    language: str,
    part: Callable[[int, int, int], Iterator[tuple[int, int]]] | None = None,
) -> Iterator[Candidate]:
    """Find what can be read as a value.

    Parameters
    ----------
    part
        Divides a stretch of a page.
    """
    left, tries, most_tries = MAX_CHARACTERS, 0, _MOST_TRIES.get(kind, MAX_TRIES)
    for page, text in enumerate(pages, start=1):
        searched = text[:left]
        left -= len(searched)
        spans = _SPANS[kind](searched)
        for start, end in spans if part is None else (each for span in spans for each in part(page, *span)):
            tries += 1
            if value := parse_value(kind, searched[start:end], language):
                yield Candidate(kind, searched[start:end], value, page, start, end, ())
            if tries == most_tries:
                return


def _amounts(text: str) -> Iterator[tuple[int, int]]:
    for match in _AMOUNT.finditer(text):
        if match["cents"] or match["before"] or match["after"] or _is_in_millions(text, match):
            yield _with_brackets(text, _without_dash(text, match.start()), match.end())
    yield from (match.span() for match in _SPACED_AMOUNT.finditer(text))


def _is_in_millions(text: str, match: re.Match[str]) -> bool:
    """Say whether thousands are parted twice, behind a currency's code or words for an amount: `IDR 116,830,000`."""
    before = _BEFORE_MILLIONS.search(text, max(0, match.start() - MAX_SENTENCE), match.start())
    if before is None or not _MILLIONS.fullmatch(match[0]):
        return False
    return before["code"] is None or (before["code"] != "CHE" and currency_code(before["code"]) is not None)


def _without_dash(text: str, start: int) -> int:
    """Leave out a dash between words and a currency: `Zwischensumme - CHF 1'404.10`."""
    dash = _DASH_BEFORE_CURRENCY.match(text, start)
    return dash.end() if dash and BEHIND_WORDS.search(text[max(0, start - 3) : start]) else start


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the brackets around an amount alone: they make it negative, but not within a sentence."""
    is_bracketed = text[max(start - 1, 0) : start] == "(" and text[end : end + 1] == ")"
    return (start - 1, end + 1) if is_bracketed and not is_remark(text, start, end) else (start, end)


def is_remark(text: str, start: int, end: int) -> bool:
    """Say whether an amount in brackets is said by the way: `19 % Umsatzsteuer (214,09 EUR) also 1.340,89 EUR`.

    Words follow on the same line, or say that it is a part: `im Beitrag enthaltene Versicherungsteuer (35,13 €)`.

    Parameters
    ----------
    start, end
        Of what is within the brackets: currency and amount.
    """
    has_currency = re.search(CURRENCY, text[start:end]) is not None
    line = text[max(text.rfind("\n", 0, start) + 1, start - MAX_SENTENCE) : start]
    return has_currency and (_WORDS_FOLLOW.match(text, end + 1) is not None or _PART_OF.search(line) is not None)


def _dates(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _DATE.finditer(text))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    return _coded(text, _IBAN_START, _IBAN_LENGTHS, Kind.IBAN)


def _vat_ids(text: str) -> Iterator[tuple[int, int]]:
    return _coded(text, _VAT_START, _VAT_LENGTHS, Kind.VAT_ID)


def _coded(text: str, start: re.Pattern[str], lengths: range, kind: Kind) -> Iterator[tuple[int, int]]:
    """Find numbers with check digits: the longest stretch from each start that passes its own check."""
    done = 0
    for match in start.finditer(text):
        if match.start() < done:
            continue
        ends = _ends(text, match.start(), lengths.start)
        for length in lengths:
            end = ends.get(length)
            if end is not None and parse_value(kind, text[match.start() : end], "") is not None:
                done = end
                break
        yield match.start(), max(done, match.end())


def _ends(text: str, start: int, most: int) -> dict[int, int]:
    """Give for each number of letters and digits from `start` where it ends, if a word ends there."""
    ends: dict[int, int] = {}
    counted = 0
    for at in range(start, min(len(text), start + 2 * most)):
        if text[at].isascii() and text[at].isalnum():
            counted += 1
            if not text[at + 1 : at + 2].isalnum():
                ends[counted] = at + 1
        elif text[at] not in _BETWEEN:
            break
        if counted == most:
            break
    return ends


def numbers_like_dates(pages: Sequence[str]) -> Iterator[Candidate]:
    """Find numbers that would be dates if they were not called a number: `Facture n° 2026-11-02`."""
    found = ((page, match) for page, text in enumerate(pages, 1) for match in _NUMBER_LIKE_DATE.finditer(text))
    for page, match in islice(found, MAX_CANDIDATES):
        start, end = match.span("number")
        yield Candidate(Kind.REFERENCE, match["number"], Value(match["number"]), page, start, end, ())


def _references(text: str) -> Iterator[tuple[int, int]]:
    """Find numbers of three letters and digits or more, up to a date that follows: `4711 / 05.06.2018`."""
    dates = [start for start, _ in _dates(text)]
    for match in _REFERENCE.finditer(text):
        start, end = match.span()
        next_date = bisect_left(dates, start)
        if next_date < len(dates) and dates[next_date] < end:
            end = start + len(text[start : dates[next_date]].rstrip(" /-"))
        if sum(map(str.isalnum, text[start:end])) >= MIN_REFERENCE:
            yield start, end


_MOST_TRIES: Final = {Kind.IBAN: MAX_CODED_TRIES, Kind.VAT_ID: MAX_CODED_TRIES, Kind.REFERENCE: MAX_NUMBERS_TRIED}
_SPANS: Final[Mapping[Kind, Callable[[str], Iterator[tuple[int, int]]]]] = {
    Kind.MONEY: _amounts,
    Kind.DATE: _dates,
    Kind.IBAN: _ibans,
    Kind.VAT_ID: _vat_ids,
    Kind.REFERENCE: _references,
}
