"""Values that code finds in a document by their form: every amount, date, IBAN and VAT number, with the words before.

A candidate is what a field may be, never what it is: that is for the rules, the labels and the model to say.
Found in one pass a kind, over at most `MAX_CHARACTERS`; numbers of tries and of what is kept are bounded.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import merge
from itertools import islice, pairwise
from typing import Final, Literal

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.letter import Letter
from services.answers.normal_form import plain
from services.answers.sentences import (
    CURRENCY,
    MAX_SENTENCE,
    MONTH,
    NEXT_DATE,
    beginnings,
    in_small_letters,
    sentence_around,
    whole_words,
)
from services.answers.surroundings import Surroundings
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
MAX_UNLIKE: Final = 40
"""Characters before a value in which words may say that it is another field's."""
MAX_BEGUN: Final = 30
"""Characters before a date in which a span may have begun."""
MAX_BETWEEN: Final = 10
"""Letters between a label and its value, at most: `in Euro`, not `der Lieferung`."""
MAX_BEFORE_NUMBER: Final = 4
"""The same before a number by which something is called: `Nr.`, `Ref.`, `vom`."""
SHORT_NAME: Final = 3
"""Letters of a name that begins no longer word: `PO` says nothing of `Postfach`, `USt` nothing of `§ 19 UStG`."""
MIN_REFERENCE: Final = 3
"""Letters and digits of such a number; a shorter one is a row or a page."""

_GAP: Final = " \u00a0\u2009\u202f"
_THOUSANDS: Final = "(?:" + "|".join(rf"(?<=(?<![\w.,/])[0-9]{{{digits}}} )" for digits in (1, 2, 3)) + ")"
"""Behind what may be thousands of a number: `1 230 €` is no 230, and `30.06.2026 450 €` is no 2026450."""
_NO_CENTS: Final = rf"(?!(?:{CURRENCY}[{_GAP}]?)?[0-9.'\u2019,]{{1,15}}[.,][0-9]{{2}}(?![0-9]))"
"""`1.000 - 50,00 €` is no range."""
_IN_A_RANGE: Final = (
    rf"(?<=[0-9][{_GAP}])(?<![.,][0-9]{{2}}[{_GAP}])"
    rf"|(?<=[.,'\u2019][0-9]{{3}}[{_GAP}][€$£][{_GAP}])(?=[-\u2013][{_GAP}]{_NO_CENTS})"
)
"""Before a dash that leads from one amount to another: `50.000 - 55.000 €`, not `1.000,00 € - 50,00 €`."""
_MANY: Final = r"(?:Mio|Mrd|Tsd|Mia|bn|mn|[Mm]illi[oa]\w*|[Bb]illion\w*|[Tt]housand|[Tt]ausend)"
_AMOUNT: Final = re.compile(
    rf"(?<![\w/:])(?<!\d[.,'\u2019-])(?!(?:{_IN_A_RANGE})[-\u2013][{_GAP}])"
    rf"(?:[-\u2212\u2013][{_GAP}]?(?={CURRENCY}))?(?P<before>{CURRENCY}[{_GAP}]?)?(?:[-+\u2212\u2013][{_GAP}]?)?"
    rf"(?!(?<=[.,'\u2019][0-9]{{3}}[{_GAP}][-\u2013][{_GAP}]){_NO_CENTS})(?!{_THOUSANDS}[0-9]{{3}}[{_GAP}]?{CURRENCY})"
    r"(?:[0-9]{1,3}(?:[.'\u2019,\u00a0\u2009\u202f][0-9]{3}){1,4}|[0-9]{1,12})(?P<cents>[.,](?:[0-9]{2}|-{1,2}|\u2013))?"
    rf"(?![\w/:]|[.,'\u2019-]\d|[{_GAP}]?%)-?(?P<after>[{_GAP}]?{CURRENCY}(?![0-9]))?"
    r"(?(after)(?:-(?![\w-]))?)"
    rf"(?![{_GAP}]?{_MANY}\b)"
)
_OPEN_SIGN: Final = re.compile(rf"[-\u2212\u2013][{_GAP}]|\(")
_DASH_BEFORE_CURRENCY: Final = re.compile(rf"[-\u2212\u2013][{_GAP}](?={CURRENCY})")
_BEHIND_WORDS: Final = re.compile(r"[^\W\d_][.)]? $")
_SPACED_AMOUNT: Final = re.compile(
    r"(?<![\w.,/:-])-?[0-9]{1,3}(?: [0-9]{3}){1,4}[.,][0-9]{2}(?![\w/:]|[.,'\u2019-]\d)-?"
)
_DATE: Final = re.compile(
    r"(?<![\w.,/-])(?:"
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    r"|[0-9]{1,2}(?:\.[ \xa0]?|[-/])[0-9]{1,2}(?:\.[ \xa0]?|[-/])(?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}(?:\.|st|nd|rd|th|er)?[ \xa0-]{1,2}(?:of )?[^\W\d_]{3,12}\.?,?[ \xa0-]{1,2}[0-9]{2,4}"
    r"|[^\W\d_]{3,12}\.?[ \xa0]{1,2}[0-9]{1,2}(?:st|nd|rd|th)?(?:[ \xa0]?,)?[ \xa0]{1,2}[0-9]{4}"
    # What follows may make the last digits no year: `bis zum 15. Juni 30,00 EUR`, `am 5. Mai 12:00 Uhr`.
    r")(?![\w/]|[.,:]\d|[ \xa0]?(?:[€$£%]|(?:EUR|CHF|USD|GBP|[Ee]uro|Uhr|h)\b)"
    # Two digits may be a count: `ab dem 1. Juli 30 Stunden`.
    r"|(?<!19[0-9]{2})(?<!20[0-9]{2})(?<!\.[0-9]{2})(?<!-[0-9]{2})[ \xa0]?(?:Stunden|Std|Wochenstunden"
    r"|hours|hrs|heures|Tage|days|jours|Stück|Stk|pieces|pcs|Paletten|pallets|Kartons?|boxes|Personen)\b)"
)
_IBAN_START: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9]{2}(?=[ \nA-Z0-9])")
_IBAN_LENGTHS: Final = range(34, 14, -1)
_VAT_START: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"(?=[ .-]?[0-9A-Z])"
    r"|(?<![A-Za-z0-9])(?:ABN(?=[: ]{0,2}[0-9])|[0-9]{2}(?=[A-Z]{5}[0-9]{4}[A-Z])|[0-9](?=[0-9 ]{8,9} ?RT ?[0-9]{4}))"
)
_VAT_LENGTHS: Final = range(16, 7, -1)
_VAT_FORM: Final = re.compile(rf"(?:{_VAT_START.pattern})(?:[ .-]?[0-9]){{7,12}}(?![0-9A-Za-z])")
"""What looks like a VAT number of digits alone."""
_BETWEEN: Final = frozenset(" .:-\u00a0\n")
"""What may stand between the digits of a number that tells its own end: it may go on in the next line."""

_REFERENCE: Final = re.compile(
    r"(?<![\w(.,/€$£-])(?<![€$£] )(?:(?!(?:AZ|GZ|NR|NO|REF|ID) )[A-Z]{1,4} )?"
    r"(?=[^\s()]{0,30}[0-9])[^\W_][\w./#:+-]{0,30}(?<![.:,])"
    r"(?: ?[/-] ?(?=[\w.-]{0,11}[0-9])[\w.-]{1,12}(?<![.,:])| [0-9]{2,4}(?![\w.,/-]))*"
    r"(?![\w)€]|[/-]\w|[.,]\d| ?[€%]| EUR\b)"
)
_OTHER_BEFORE: Final = re.compile(r"\d[.,]\d\d(?!\d)|(?<!\w)(?:oder|sonst|or|otherwise|ou|sinon)(?!\w)")
"""An amount or a date, or a word before another way: what stands before it is not about the value that follows."""
_NUMBER_LIKE_DATE: Final = re.compile(
    r"(?:\b(?:nr|no|nummer|number|numéro)\b|n°|#)[.:]{0,2}[ \t]{0,3}"
    r"(?P<number>[0-9]{4}([-/])[0-9]{1,2}\2[0-9]{1,2})(?![\w/-])",
    re.IGNORECASE,
)
_CLAUSE_END: Final = re.compile(r"[,;(]|(?:^|\s)(?:und|oder|sonst|and|or|et|ou|sinon)\s")
_CORRECTS: Final = re.compile(r"gutschrift|storn|credit|avoir")
"""What a document is called that names another one; in small letters."""
_COUNTED_FROM: Final = re.compile(
    r"(?<!\w)(?:tagen?|wochen?|days|weeks|jours) (?:ab|nach|from|after|à compter)(?: du| dem| the)?\W{0,3}$"
)
"""Words directly before a date from which days are counted: it ends nothing."""
_ASKS_TO_PAY: Final = re.compile(
    r"(?:(?:überweisen|zahlen|begleichen|entrichten) sie|(?:please|kindly) (?:transfer|pay|settle|remit)|veuillez)"
    r"(?! (?:nichts|nicht|nothing|not)\b)"
)
"""A request to pay, behind which what was said before counts no more; in small letters."""
_TERMS: Final = re.compile(r"(?:mit|abzüglich|abzgl|abz|unter|with|less|avec)\b")
"""What begins a condition of the date before: `mit Skonto bis 5.6.2026`."""
_BEHIND: Final = re.compile(
    rf"(?:(?!{NEXT_DATE.pattern}|\.\s+[^\W\d_a-zäöü]| {{2}}|\s(?:und|and|et)\s)[^;,|\t\n]){{0,35}}"
)
"""Words behind a date, up to the next one, the end of the sentence, or what is said of something else."""
_NOT_DENIED: Final = r"(?<!kein )(?<!keine )(?<!ohne )(?<!no )(?<!without )(?<!aucun )(?<!sans )(?<!pas de )"
"""Words that deny what follows them: `ohne Skonto`."""
_UNTIL: Final = re.compile(r"\s{0,3}(?:[-\u2013\u2014]|bis(?: zum)?|to|until|till|au)\s{0,3}")
"""What stands between the two dates of a span."""
_BEGUN_SPAN: Final = re.compile(
    rf"(?<![\w.,/-])[0-3]?[0-9](?:\. ?[01]?[0-9]\.|\.? ?{MONTH}|\.)(?:{_UNTIL.pattern})$", re.IGNORECASE
)
"""A day without its year before the second date of a span: `01.05. bis zum`."""
_DIRECTLY: Final = r"\w*(?:[ -](?:date|datum))?(?: (?:is|ist|est))?\W{0,3}(?:(?:am|vom|bis|on|le|du|ab)\W?)?$"
"""What may stand between a word and the value that it names: the rest of the word, `date`, `is`, a colon, `on`."""
_PART_OF: Final = re.compile(r"enthalten|darin|davon|included|of which|dont\b|inclus|compris", re.IGNORECASE)
_WORDS_FOLLOW: Final = re.compile(r"[,;]? [^\W\d_]{2}")
_OWN_LETTERS: Final = re.compile(r"([A-Z]{2,4})[-/ #]?(?=[0-9])")
"""Those that begin a number."""
_NAMES_A_NUMBER: Final = re.compile(r"[^\W\d_][.:#°\s)-]*$")
_OF_ANOTHER: Final = (
    r"(?:(?:die|der|das|dem|den|des|ihre?[nmrs]?|unsere[nmr]?|zu[mr]?|gemäß|gemäss|laut|lt\.?|aus|auf|mit|in|im|für|siehe"
    r"|the|your|to|of|against|under|with|from|for|per|votre|vos|la|du|sur) )"
)
"""Words before a heading that make it another document's, or a part of a sentence: `gemäß Vertrag Nr. 7`."""

Doubts = Literal["none", "told", "all"]

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

    @property
    def label(self) -> str:
        """The nearest words."""
        return next(filter(None, self.labels), "")


class Candidates:
    """The candidates of one document, found a kind at a time, when they are asked for.

    Parameters
    ----------
    language
        ISO 639-1, with a country where values need it, see `services.answers.dates.regional`.
    sender_buys
        Whether its sender is who buys, as of an order.
    """

    def __init__(
        self,
        pages: Sequence[str],
        language: str,
        layouts: Sequence[Sequence[int]] = (),
        *,
        sender_buys: bool = False,
    ) -> None:
        self._pages = pages
        self.language = language
        self.surroundings = Surroundings(pages, layouts)
        self.letter = Letter(pages, self.surroundings, sender_buys=sender_buys)
        self._found: dict[Kind, list[Candidate]] = {}
        self._owners: dict[tuple[str, Kind, Doubts], list[str | None]] = {}

    def of(self, kind: Kind) -> Sequence[Candidate]:
        """Give the candidates of a kind, in the order of the document; none for kinds without a form of their own."""
        if kind not in self._found:
            found = list(islice(self._find(kind), MAX_CANDIDATES)) if kind in KINDS else []
            in_groups = kind is Kind.MONEY and self.language.startswith("fr")
            self._found[kind] = _without_parts(found) if in_groups else found
        return self._found[kind]

    def labelled(self, field: FieldDefinition, kind: DocumentType) -> list[Candidate]:
        """Give the candidates beside which stands a name of the field, and no nearer one of another field.

        The document's own date and number are also named by its heading; its date may stand where letters have theirs.
        """
        return self._owned(field, kind, "told")

    def may_be_labelled(self, field: FieldDefinition, kind: DocumentType) -> list[Candidate]:
        """Give the same with those beside a doubtful name of which the sentence says nothing: they may be the field's.

        That is enough to leave a value where it was copied, and too little to take it.
        """
        return self._owned(field, kind, "all")

    def surely_labelled(self, field: FieldDefinition, kind: DocumentType) -> list[Candidate]:
        """Give the same as `labelled`, but none that only a doubtful name tells, whatever its sentence says."""
        return self._owned(field, kind, "none")

    def _owned(self, field: FieldDefinition, kind: DocumentType, doubts: Doubts) -> list[Candidate]:
        key = (kind.name, field.kind, doubts)
        if key not in self._owners:
            names = {item.name: _Names(item, kind, doubts) for item in kind.fields if item.kind is field.kind}
            dated = [item.name for item in kind.fields if item.of_document and item.kind is field.kind is Kind.DATE]
            self._owners[key] = [
                _owner_by(item, names)
                or _owner_by_letters(item, names)
                or next((name for name in dated if names[name].are_of(item)), None)
                for item in self.of(field.kind)
            ]
        owned = zip(self.of(field.kind), self._owners[key], strict=True)
        return [candidate for candidate, owner in owned if owner == field.name]

    def instead_of(self, field: FieldDefinition, kind: DocumentType, said: str) -> Candidate | None:
        """Give the date that follows, within a sentence, one that the words behind it make another field's.

        Parameters
        ----------
        said
            What was copied: `bis 16.5.2026 mit 2 % Skonto oder bis 5.6.2026`; canonical.
        """
        names, dates = _Names(field, kind), self.of(field.kind)
        after = (two for two in pairwise(dates) if two[0].value.text == said and names.exclude_behind(two[0]))
        return next((two[1] for two in after if _are_near(*two) and not names.exclude_behind(two[1])), None)

    def not_of_another(self, field: FieldDefinition) -> list[Candidate]:
        """Give the candidates of a field's kind before which no word makes them another's, see `unlike`."""
        words = _anywhere(field.unlike)
        return [item for item in self.of(field.kind) if words is None or not words.search(self._said_before(item))]

    def excluded(self, field: FieldDefinition, kind: DocumentType) -> set[str]:
        """Give the values, canonical, that the nearest words make another's, see `unlike`."""
        names = _Names(field, kind)
        return {item.value.text for item in self.of(field.kind) if names.exclude(_words_of(item))}

    def misprinted(self, field: FieldDefinition, kind: DocumentType) -> list[Candidate]:
        """Give what looks like a VAT number and is called one, whatever its check digits; as `labelled` does."""
        names = {item.name: _Names(item, kind) for item in kind.fields if item.kind is field.kind}
        places = ((page, match) for page, text in enumerate(self._pages, 1) for match in _VAT_FORM.finditer(text))
        found = []
        for page, match in islice(places, MAX_CODED_TRIES):
            value = Value("".join(filter(str.isalnum, match[0])))
            labels = self.surroundings.labels(page, match.start())
            item = Candidate(Kind.VAT_ID, match[0], value, page, *match.span(), labels)
            if _owner_by(item, names) == field.name:
                found.append(item)
        return found

    def is_of_another(self, field: FieldDefinition, kind: DocumentType, said: str) -> bool:
        """Say whether, wherever a value stands, a word of another field names it: `Renewal: 1.9.2026`.

        The end of a span of dates is that span's: `01.01.2026 - 31.12.2026` says not by when to pay. Of a field that
        needs a name it may be just that: the end of a contract.

        Parameters
        ----------
        said
            Canonical.
        """
        names = _Names(field, kind)
        found = self.of(field.kind)
        places = [(found[at - 1] if at else item, item) for at, item in enumerate(found) if item.value.text == said]
        is_whole = len(found) < MAX_CANDIDATES
        return (
            is_whole
            and bool(places)
            and all(
                names.name_another(_words_of(item))
                or (names.is_denied(item) and not names.is_told_behind(item))
                or self._says_another(item, field, names)
                or (not field.needs_label and self._is_span(before, item))
                for before, item in places
            )
        )

    def _says_another(self, item: Candidate, field: FieldDefinition, names: "_Names") -> bool:
        """Say whether its sentence says of an account, or the words before it of a VAT number, that it is another's."""
        if field.kind is Kind.VAT_ID:
            return names.exclude(_words_of(item)) and not any(map(str.isdigit, _words_of(item)))
        if field.kind is not Kind.IBAN:
            return False
        before, _ = sentence_around(self._pages[item.page - 1], item.char_start, item.char_end)
        return not _ASKS_TO_PAY.search(before) and names.are_of_another(before)

    def has_open_sign(self, item: Candidate) -> bool:
        """Say whether words stand right before what may be an amount's sign: `Rechnungsbetrag \u2013 1.190,00 €`."""
        before = self._pages[item.page - 1][max(0, item.char_start - 3) : item.char_start]
        return _OPEN_SIGN.match(item.verbatim) is not None and _BEHIND_WORDS.search(before) is not None

    def has_other_sign(self, answer: FieldAnswer) -> bool:
        """Say whether the document writes an amount, where it was found, with a sign that the answer has not."""
        page, start, end = answer.page, answer.char_start, answer.char_end
        if page is None or start is None or end is None or not answer.value_numeric:
            return False
        if self._pages[page - 1][max(0, start - 5) : start].rstrip().endswith("./."):
            return answer.value_numeric > 0
        here = (item for item in self.of(Kind.MONEY) if item.page == page)
        return any(
            item.value.numeric == -answer.value_numeric and item.char_start < end and start < item.char_end
            for item in here
        )

    def _is_span(self, first: Candidate, last: Candidate) -> bool:
        between = self._pages[last.page - 1][first.char_end : last.char_start]
        return first.page == last.page and first.kind is Kind.DATE and _UNTIL.fullmatch(between) is not None

    def _has_begun_span(self, last: Candidate) -> bool:
        before = self._pages[last.page - 1][max(0, last.char_start - MAX_BEGUN) : last.char_start]
        return last.kind is Kind.DATE and _BEGUN_SPAN.search(before) is not None

    def _said_before(self, item: Candidate) -> str:
        """Give the words before a value, from where somebody is asked to pay on, if anybody is; in small letters."""
        before = self._pages[item.page - 1][max(0, item.char_start - MAX_SENTENCE) : item.char_start]
        return _since_asked_to_pay(plain(before).casefold())

    def _find(self, kind: Kind) -> Iterator[Candidate]:
        # The number in the next column is another one.
        part = self.surroundings.by_cells if kind is Kind.REFERENCE else None
        values = _values(kind, self._pages, self.language, part)
        last: Candidate | None = None
        since = 0
        for found in merge(_numbers_like_dates(self._pages), values, key=_place) if kind is Kind.REFERENCE else values:
            labels = self.surroundings.labels(found.page, found.char_start)
            if kind is not Kind.REFERENCE or _is_named(labels):
                follows_first = last is not None and self._is_span(last, found)
                ends_span = follows_first or self._has_begun_span(found)
                if last is not None and not follows_first:
                    since = last.char_end if last.page == found.page else 0
                last = replace(found, labels=labels, sentence=self._sentence(found, since), ends_span=ends_span)
                yield self._date(last) if kind is Kind.DATE else last

    def _sentence(self, found: Candidate, since: int) -> tuple[str, str]:
        if found.kind not in (Kind.DATE, Kind.MONEY):
            return "", ""
        page, end = self._pages[found.page - 1], found.char_end
        before, behind = sentence_around(page, found.char_start, end, since)
        # An amount often ends a line of a form, and the next line is about another one.
        return before, "" if found.kind is Kind.MONEY and page[end : end + 1] == "\n" else behind

    def _date(self, found: Candidate) -> Candidate:
        behind = _BEHIND.match(self._pages[found.page - 1], found.char_end)
        words = plain(behind[0]).casefold() if behind else ""
        is_whole = "%" in words or _TERMS.match(words) is not None
        if behind and not is_whole and NEXT_DATE.match(self._pages[found.page - 1], behind.end()):
            other = _OTHER_BEFORE.search(words)
            words = words[: other.start()] if other else ""  # they lead to the next date
        return replace(found, is_dateline=self.surroundings.is_dateline(found.page, found.char_start), behind=words)


def _since_asked_to_pay(words: str) -> str:
    """Give words from the last request to pay on: what was said before it counts no more."""
    return words[max((match.start() for match in _ASKS_TO_PAY.finditer(words)), default=0) :]


def _words_of(item: Candidate) -> str:
    """Give the nearest words; another column's number to its left says nothing."""
    return next((label for label in item.labels if any(map(str.isalpha, label))), "")


def _place(item: Candidate) -> tuple[int, int]:
    return item.page, item.char_start


def _are_near(first: Candidate, second: Candidate) -> bool:
    return first.page == second.page and second.char_start - first.char_end <= MAX_SENTENCE


def _without_parts(found: Sequence[Candidate]) -> list[Candidate]:
    """Leave out the rest of another one: French writes `8 956,58 €`, and `956,58 €` is a part of that."""
    whole = sorted(found, key=lambda item: (item.page, item.char_start, -item.char_end))
    kept: list[Candidate] = []
    for item in whole:
        if not kept or kept[-1].page != item.page or item.char_start >= kept[-1].char_end:
            kept.append(item)
    return kept


def values_in(pages: Sequence[str], kind: Kind, language: str) -> list[Candidate]:
    """Give the values of a kind, as `Candidates` does, but without the words around them."""
    return list(islice(_values(kind, pages, language), MAX_CANDIDATES))


def _values(
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


class _Names:
    """What documents call a field.

    Parameters
    ----------
    doubts
        Which doubtful names count: those whose sentence says what they are of, all unless it says that they are of
        something else, or none.
    """

    def __init__(self, field: FieldDefinition, kind: DocumentType, doubts: Doubts = "told") -> None:
        self._between = MAX_BETWEEN if field.kind in (Kind.MONEY, Kind.DATE) else MAX_BEFORE_NUMBER
        self._pattern = _pattern_of(in_small_letters((field.label.de, field.label.en, *field.synonyms)))
        self._doubtful = _pattern_of(in_small_letters(field.doubtful)) if field.doubtful and doubts != "none" else None
        self._told_by, self._denied_by = beginnings(field.told_by), whole_words(field.denied_by)
        self._with_all, self._may_end_span = doubts == "all", field.needs_label
        self._heading = _heading_pattern(kind.headings) if field.of_document and kind.headings else None
        self._unlike, self._another, self._unlike_behind = _others_patterns(field.unlike)
        own = [word for word in field.unlike if not (self._heading and self._heading.search(word.casefold()))]
        self._unlike_above = _others_patterns(tuple(own))[0]

    def nearest(self, label: str, item: Candidate) -> tuple[int, int]:
        """Give the end of the last word that names the field, and the length of the name."""
        matches = list(_overlapping(self._pattern, label))
        if self.exclude(label, matches):
            return _NOWHERE
        if self._doubtful and self._is_told(item):
            matches += _overlapping(self._doubtful, label)
        counted = _COUNTED_FROM.search(label) if item.kind is Kind.DATE else None
        since = counted.start() if counted else 0
        found = [(_end_of_word(label, match.end()), len(match[0])) for match in matches if match.end() > since]
        if self._heading:
            headings = self._heading.finditer(label)
            found += [(match.end(), len(match["own"])) for match in headings if match["own"]]
        return max((place for place in found if _letters(label[place[0] :]) <= self._between), default=_NOWHERE)

    def _is_told(self, item: Candidate) -> bool:
        """Say whether the words of a value's sentence say that a doubtful name is the field's, and none denies it.

        A word that does stands in the same clause behind the value, or before it without a request to pay between. Of
        the end of a span only words behind it say anything, but for fields that may be just that.
        """
        if self.is_denied(item):
            return False
        is_told = self._told_by is not None and any(map(self._told_by.search, self._sentence(item)))
        return is_told or (self._with_all and (self._may_end_span or not item.ends_span))

    def is_denied(self, item: Candidate) -> bool:
        """Say whether a value's sentence says that it is of something else: `Einspruch bis 30.06.2026`."""
        before, behind = self._sentence(item)
        clause = _CLAUSE_END.split(behind, maxsplit=1)[0]
        return self._denied_by is not None and any(map(self._denied_by.search, (_since_asked_to_pay(before), clause)))

    def is_told_behind(self, item: Candidate) -> bool:
        """Say whether words behind a value, in its clause, say what it is of: `bis zum 15.06.2026 um Ausgleich`."""
        clause = _CLAUSE_END.split(item.sentence[1], maxsplit=1)[0]
        return self._told_by is not None and self._told_by.search(clause) is not None

    def _sentence(self, item: Candidate) -> tuple[str, str]:
        before, behind = item.sentence
        return (before if self._may_end_span or not item.ends_span else ""), behind

    def are_of(self, item: Candidate) -> bool:
        """Say whether a date that no words name stands where letters have theirs, and no words make it another's."""
        return item.is_dateline and not any(map(self.exclude, item.labels)) and not self.exclude_behind(item)

    def exclude_behind(self, item: Candidate) -> bool:
        """Say whether words behind a date make it another field's: `bis 16.5.2026 mit 2 % Skonto`."""
        return self._unlike_behind is not None and self._unlike_behind.search(item.behind) is not None

    def name_another(self, label: str) -> bool:
        """Say whether the words directly before a value name another field, and do not deny it."""
        return self._another is not None and self._another.search(label) is not None

    def are_of_another(self, words: str) -> bool:
        """Say whether words of a sentence name another field, and are not denied: `von Ihrem Konto`."""
        return self._unlike_behind is not None and self._unlike_behind.search(words) is not None

    def exclude_number(self, item: Candidate) -> bool:
        """Say whether words a line above make a number another document's: `die ursprüngliche / Rechnung RG-418833`."""
        if self._heading is None or item.kind is not Kind.REFERENCE:
            return False
        is_named = self._pattern.search(next(iter(item.labels), "")) is not None
        words = self._unlike_above if is_named and not any(map(_CORRECTS.search, item.labels)) else self._unlike
        return words is not None and any(words.search(label, max(0, len(label) - MAX_UNLIKE)) for label in item.labels)

    def exclude(self, label: str, names: Sequence[re.Match[str]] = ()) -> bool:
        """Say whether words before a value make it another one's, and are no part of a name that it has."""
        if self._unlike is None:
            return False
        before = max((match.end() for match in _OTHER_BEFORE.finditer(label)), default=0)
        return any(
            not any(name.start() <= other.start() and other.end() <= name.end() for name in names)
            for other in self._unlike.finditer(label, max(before, len(label) - MAX_UNLIKE))
        )


_NOWHERE: Final = (-1, 0)
_JOINS: Final = re.compile(r"(?<=[^\W\d_])(?:\\[ .-]){1,3}(?=[^\W\d_])")
"""What stands between the words of an escaped name."""


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Give all matches, also those that begin within another: `your order` and `order number`."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.start() + 1)


def names_of(field: FieldDefinition) -> frozenset[str]:
    """Give what documents call a field, in small letters."""
    return in_small_letters(field.names)


def name_pattern(field: FieldDefinition) -> re.Pattern[str]:
    """Make a pattern of a field's names, in small letters: each may begin a longer word, if it is not a short one."""
    return _pattern_of(names_of(field))


@cache
def _pattern_of(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(_flexible(name) + _ending(name) for name in longest_first)})")


def _flexible(name: str) -> str:
    """Make a pattern of a name whose words a document may join otherwise: `Bestell-Nr`, `Bestell Nr`, `Bestell.-Nr`."""
    return _JOINS.sub(r"[ .,(-]{1,3}", re.escape(name))


def _ending(name: str) -> str:
    if len(name) > SHORT_NAME:
        return ""
    return r"(?:e?s)?(?!\w)" if len(name) == SHORT_NAME else r"(?!\w)"


@cache
def _others_patterns(
    unlike: tuple[str, ...],
) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str] | None]:
    """Make patterns of words that name another field: before a value, directly before it, and behind it."""
    words = "|".join(map(_flexible, sorted(in_small_letters(unlike), key=len, reverse=True)))
    if not words:
        return None, None, None
    return (
        re.compile(rf"(?<!\w)(?:{words})"),
        re.compile(rf"{_NOT_DENIED}(?<!\w)(?:{words}){_DIRECTLY}"),
        re.compile(rf"{_NOT_DENIED}(?<!\w)(?:{words})"),
    )


@cache
def _anywhere(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make a pattern of words, in small letters, that may be parts of others: `Bankeinzug`."""
    return re.compile("|".join(map(_flexible, sorted(in_small_letters(words))))) if words else None


@cache
def _heading_pattern(headings: tuple[str, ...]) -> re.Pattern[str]:
    """Make a pattern of headings, whole words, that are in the group `own` where no word makes them another's."""
    ways = [
        rf"\w*{re.escape(name[1:].casefold())}" if name.startswith("-") else re.escape(name.casefold())
        for name in sorted(headings, key=len, reverse=True)
    ]
    word = rf"(?:{'|'.join(ways)})(?:e?s|en)?(?!\w)"
    return re.compile(rf"(?<!\w)(?:{_OF_ANOTHER}{word}|(?P<own>{word}))")


def _owner_by(item: Candidate, names: Mapping[str, _Names]) -> str | None:
    """Give the field that the nearest words name which name any, unless words behind it make it another's."""
    owner = next(filter(None, (_owner(label, names, item) for label in item.labels)), None)
    return None if owner and (names[owner].exclude_behind(item) or names[owner].exclude_number(item)) else owner


def _owner_by_letters(item: Candidate, names: Mapping[str, _Names]) -> str | None:
    """Give the field whose name begins a number itself: `Reference: PO-44718`."""
    letters = _OWN_LETTERS.match(item.verbatim) if item.kind is Kind.REFERENCE else None
    owner = _owner(letters[1].casefold(), names, item) if letters else None
    return None if owner and any(map(names[owner].exclude, item.labels)) else owner


def _is_named(labels: Sequence[str]) -> bool:
    """Say whether words, and no other number, stand before a number."""
    return any(_NAMES_A_NUMBER.search(label) for label in labels)


def _owner(label: str, names: Mapping[str, _Names], value: Candidate) -> str | None:
    """Give the field whose name stands nearest before a value; None if there is none, or two share the words."""
    nearest = {field: item.nearest(label, value) for field, item in names.items()}
    best = max(nearest.values(), default=_NOWHERE)
    owners = [field for field, place in nearest.items() if place == best != _NOWHERE]
    return owners[0] if len(owners) == 1 else None


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and text[at].isalpha():
        at += 1
    return at


def _amounts(text: str) -> Iterator[tuple[int, int]]:
    for match in _AMOUNT.finditer(text):
        if match["cents"] or match["before"] or match["after"]:
            yield _with_brackets(text, _without_dash(text, match.start()), match.end())
    yield from (match.span() for match in _SPACED_AMOUNT.finditer(text))


def _without_dash(text: str, start: int) -> int:
    """Leave out a dash between words and a currency: `Zwischensumme - CHF 1'404.10`."""
    dash = _DASH_BEFORE_CURRENCY.match(text, start)
    return dash.end() if dash and _BEHIND_WORDS.search(text[max(0, start - 3) : start]) else start


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


def _numbers_like_dates(pages: Sequence[str]) -> Iterator[Candidate]:
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
