"""What documents call a field, and which field the words around a value name.

The words are data of the types; see `FieldDefinition`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, Literal

from schemas.document_types import DocumentType, FieldDefinition, Kind
from services.answers.sentences import CLAUSE_END, beginnings, in_small_letters, whole_words
from services.answers.values_by_form import Candidate

MAX_UNLIKE: Final = 40
"""Characters before a value in which words may say that it is another field's."""
MAX_BETWEEN: Final = 10
"""Letters between a label and its value, at most: `in Euro`, not `der Lieferung`."""
MAX_BEFORE_NUMBER: Final = 4
"""The same before a number by which something is called: `Nr.`, `Ref.`, `vom`."""
SHORT_NAME: Final = 3
"""Letters of a name that begins no longer word: `PO` says nothing of `Postfach`, `USt` nothing of `§ 19 UStG`."""
OTHER_BEFORE: Final = re.compile(r"\d[.,]\d\d(?!\d)|(?<!\w)(?:oder|sonst|or|otherwise|ou|sinon)(?!\w)")
"""An amount or a date, or a word before another way: what stands before it is not about the value that follows."""
_NUMBER_BEFORE: Final = re.compile(rf"{OTHER_BEFORE.pattern}|\d(?=[\s,;|])")
"""The same before a number by which something is called: another number has its own words."""
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
_MAY_PAY: Final = re.compile(
    r"\b(?:nicht|keine?|not|sans|oder|or|ou)\b|überweis|zahl|gleich|\b(?:pay|transfer|remit|send|settle|reference)|virement"
    r"|\bvers(?:e|ez|ement)|verwendungszweck|unsere? (?:konto|bank)|auf iban|our account|notre compte"
)
"""Words of a sentence with which an account may be one to pay into, whatever is said of debits; in small letters."""
_NO_MORE: Final = re.compile(r"[a-zäöü]{0,3}[ .:°]*(?:(?:number|nummer|no|nr|n|de|des|der|of|the|id|idnr)\b[ .:°]*)*")
"""What may stand, but for names of it, between words that make a VAT number another's and the number."""
_NOT_DENIED: Final = r"(?<!kein )(?<!keine )(?<!ohne )(?<!no )(?<!without )(?<!aucun )(?<!sans )(?<!pas de )"
"""Words that deny what follows them: `ohne Skonto`."""
_DIRECTLY: Final = r"\w*(?:[ -](?:date|datum))?(?: (?:is|ist|est))?\W{0,3}(?:(?:am|vom|bis|on|of|dated|le|du|ab)\W?)?$"
"""What may stand between a word and the value that it names: the rest of the word, `date`, `is`, a colon, `on`."""
_OWN_LETTERS: Final = re.compile(r"([A-Z]{2,4})[-/ #]?(?=[0-9])")
"""Those that begin a number."""
_OF_ANOTHER: Final = (
    r"(?:(?:die|der|das|dem|den|des|ihre?[nmrs]?|unsere[nmr]?|zu[mr]?|gemäß|gemäss|laut|lt\.?|aus|auf|mit|in|im|für|siehe"
    r"|the|your|to|of|against|under|with|from|for|per|votre|vos|la|du|sur) )"
)
"""Words before a heading that make it another document's, or a part of a sentence: `gemäß Vertrag Nr. 7`."""
_OWN_NAME: Final = re.compile(r"[^\W\d_]{5}[^\W\d_]*(?:[ .-]{1,2}[^\W\d_]{1,8}\.?)? ?:$")
"""What a number is called beside it, with a colon: what stands above calls it nothing."""
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
"""No number of a document where only its heading stands before it: `Jahresabrechnung 2025`."""
Doubts = Literal["none", "told", "all"]


def since_asked_to_pay(words: str) -> str:
    """Give words from the last request to pay on: what was said before it counts no more."""
    return words[max((match.start() for match in _ASKS_TO_PAY.finditer(words)), default=0) :]


def words_since_asked_to_pay(words: str) -> str | None:
    """Give the words behind the last request to pay; None if there is none. In small letters."""
    ends = [match.end() for match in _ASKS_TO_PAY.finditer(words)]
    return words[ends[-1] :] if ends else None


class FieldNames:
    """What documents call a field.

    Parameters
    ----------
    doubts
        Which doubtful names count: those whose sentence says what they are of, all unless it says that they are of
        something else, or none.
    """

    def __init__(self, field: FieldDefinition, kind: DocumentType, doubts: Doubts = "told") -> None:
        self._between = MAX_BETWEEN if field.kind in (Kind.MONEY, Kind.DATE) else MAX_BEFORE_NUMBER
        self._other_before = _NUMBER_BEFORE if field.kind is Kind.REFERENCE else OTHER_BEFORE
        self._pattern = _pattern_of(in_small_letters((field.label.de, field.label.en, *field.synonyms)))
        self._doubtful = _pattern_of(in_small_letters(field.doubtful)) if field.doubtful and doubts != "none" else None
        self._told_by, self._denied_by = beginnings(field.told_by), whole_words(field.denied_by)
        self._with_all, self._may_end_span = doubts == "all", field.needs_label
        self._heading = _heading_pattern(kind.headings) if field.of_document and kind.headings else None
        self._unlike, self._another, self._unlike_behind = _others_patterns(field.unlike)
        own = _without(field.unlike, kind.headings) if self._heading else field.unlike
        self._unlike_above = _others_patterns(own)[0]

    def nearest(self, label: str, item: Candidate) -> tuple[int, int]:
        """Give the end of the last word that names the field, and the length of the name."""
        matches = list(_overlapping(self._pattern, label))
        if not (matches or self._doubtful or self._heading) or self.exclude(label, matches):
            return _NOWHERE
        if self._doubtful and self._is_told(item):
            matches += _overlapping(self._doubtful, label)
        counted = _COUNTED_FROM.search(label) if item.kind is Kind.DATE else None
        since = counted.start() if counted else 0
        found = [(_end_of_word(label, match.end()), len(match[0])) for match in matches if match.end() > since]
        if self._heading and not (item.kind is Kind.REFERENCE and _YEAR.fullmatch(item.verbatim)):
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
        clause = CLAUSE_END.split(behind, maxsplit=1)[0]
        return self._denied_by is not None and any(map(self._denied_by.search, (since_asked_to_pay(before), clause)))

    def is_spoken_of(self, item: Candidate) -> bool:
        """Say whether a value's sentence has words of what the field is of, whatever else it says."""
        return self._told_by is not None and any(map(self._told_by.search, item.sentence))

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
        """Say whether words of a sentence make an account another's, and none may deny it: `von Ihrem Konto`."""
        is_free = not _MAY_PAY.search(words)
        return is_free and self._unlike_behind is not None and self._unlike_behind.search(words) is not None

    def call_anothers(self, words: str) -> bool:
        """Say whether words of a sentence call a VAT number another's, and say little else: `Ihre USt-IdNr.:`."""
        if self._unlike is None:
            return False
        ends = [match.end() for match in self._unlike.finditer(words)]
        return bool(ends) and _NO_MORE.fullmatch(self._pattern.sub("", words[ends[-1] :])) is not None

    def call(self, label: str) -> bool:
        """Say whether the words before a value end with a name of the field and little else: `VAT Reg. Number:`."""
        names = list(_overlapping(self._pattern, label))
        ends = {_end_of_word(label, match.end()) for match in names}
        return not self.exclude(label, names) and any(_NO_MORE.fullmatch(label[end:].strip(" #()")) for end in ends)

    def exclude_number(self, item: Candidate) -> bool:
        """Say whether words a line above make a number another document's: `die ursprüngliche / Rechnung RG-418833`."""
        if self._heading is None or item.kind is not Kind.REFERENCE:
            return False
        is_named = self._pattern.search(next(iter(item.labels), "")) is not None
        words = self._unlike_above if is_named and not any(map(_CORRECTS.search, item.labels)) else self._unlike
        return words is not None and any(words.search(label, max(0, len(label) - MAX_UNLIKE)) for label in item.labels)

    def exclude(self, label: str, names: Sequence[re.Match[str]] = ()) -> bool:
        """Say whether words before a value make it another one's, and are no part of a name that it has."""
        since = max(0, len(label) - MAX_UNLIKE)
        if self._unlike is None or not self._unlike.search(label, since):
            return False
        before = max((match.end() for match in self._other_before.finditer(label)), default=0)
        return any(
            not any(name.start() <= other.start() and other.end() <= name.end() for name in names)
            for other in self._unlike.finditer(label, max(before, since))
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
def anywhere(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make a pattern of words, in small letters, that may be parts of others: `Bankeinzug`."""
    return re.compile("|".join(map(_flexible, sorted(in_small_letters(words))))) if words else None


@cache
def beginning_with(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make a pattern of beginnings of words, in small letters: `Garantie` of `Garantiezeit`, too."""
    return _others_patterns(words)[2]


@cache
def _heading_pattern(headings: tuple[str, ...]) -> re.Pattern[str]:
    """Make a pattern of headings, whole words, that are in the group `own` where no word makes them another's."""
    ways = [
        rf"\w*{re.escape(name[1:].casefold())}" if name.startswith("-") else re.escape(name.casefold())
        for name in sorted(headings, key=len, reverse=True)
    ]
    word = rf"(?:{'|'.join(ways)})(?:e?s|en)?(?!\w)"
    return re.compile(rf"(?<!\w)(?:{_OF_ANOTHER}{word}|(?P<own>{word}))")


@cache
def _without(words: tuple[str, ...], headings: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out words that have a heading in them."""
    heading = _heading_pattern(headings)
    return tuple(word for word in words if not heading.search(word.casefold()))


def owner_by(item: Candidate, names: Mapping[str, FieldNames]) -> str | None:
    """Give the field that the nearest words name which name any, unless words behind it make it another's."""
    labels = item.labels[:1] if item.kind is Kind.REFERENCE and _OWN_NAME.search(item.label) else item.labels
    owner = next(filter(None, (_owner(label, names, item) for label in labels)), None)
    return None if owner and (names[owner].exclude_behind(item) or names[owner].exclude_number(item)) else owner


def owner_by_letters(item: Candidate, names: Mapping[str, FieldNames]) -> str | None:
    """Give the field whose name begins a number itself: `Reference: PO-44718`."""
    letters = _OWN_LETTERS.match(item.verbatim) if item.kind is Kind.REFERENCE else None
    owner = _owner(letters[1].casefold(), names, item) if letters else None
    return None if owner and any(map(names[owner].exclude, item.labels)) else owner


def _owner(label: str, names: Mapping[str, FieldNames], value: Candidate) -> str | None:
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
