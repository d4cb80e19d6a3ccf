"""What a field may be: the values that code finds by their form, with the words around them.

A candidate is what a field may be, never what it is: that is for the rules, the labels and the model to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from itertools import islice, pairwise
from typing import Final
from weakref import proxy

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.field_names import (
    OTHER_BEFORE,
    Doubts,
    FieldNames,
    anywhere,
    owner_by,
    owner_by_letters,
    since_asked_to_pay,
)
from services.answers.letter import Letter
from services.answers.normal_form import plain
from services.answers.places.learned import NO_PLACES, LearnedPlaces
from services.answers.places.scored import ScoredPlaces
from services.answers.sentences import MAX_SENTENCE, MONTH, NEXT_DATE, sentence_around
from services.answers.surroundings import Surroundings
from services.answers.values import Value
from services.answers.values_by_form import (
    BEHIND_WORDS,
    GAP,
    KINDS,
    MAX_CANDIDATES,
    MAX_CODED_TRIES,
    VAT_FORM,
    Candidate,
    candidates_by_form,
    numbers_like_dates,
)

MAX_BEGUN: Final = 30
"""Characters before a date in which a span may have begun."""
_SPACED: Final = re.compile(r"\d \d")
_OPEN_SIGN: Final = re.compile(rf"[-\u2212\u2013][{GAP}]|\(")
_FOR_ONE: Final = re.compile(
    r"\s?(?:/ ?|(?:je|pro|per|par)\s)(?:angefangen\w+\s)?(?:m[²³2]?\b|qm\b|km\b|kg\b|st(?:ü|\.|k|d|unde)|quadrat|kubik"
    r"|meter|square|cubic|person|pers\.|hour|h\b|heure|tag\b|day\b|jour\b|piece|unit\b|pièce|seite|page|übernachtung|night)",
    re.IGNORECASE,
)
"""What stands behind an amount that is the price for one of something."""
_TERMS: Final = re.compile(r"(?:mit|abzüglich|abzgl|abz|unter|with|less|avec)\b")
"""What begins a condition of the date before: `mit Skonto bis 5.6.2026`."""
_BEHIND: Final = re.compile(
    rf"(?:(?!{NEXT_DATE.pattern}|\.\s+[^\W\d_a-zäöü]| {{2}}|\s(?:und|and|et)\s)[^;,|\t\n]){{0,35}}"
)
"""Words behind a date, up to the next one, the end of the sentence, or what is said of something else."""
_UNTIL: Final = re.compile(r"\s{0,3}(?:[-\u2013\u2014]|bis(?: zum)?|to|until|till|au)\s{0,3}")
"""What stands between the two dates of a span."""
_BEGUN_SPAN: Final = re.compile(
    rf"(?<![\w.,/-])[0-3]?[0-9](?:\. ?[01]?[0-9]\.|\.? ?{MONTH}|\.)(?:{_UNTIL.pattern})$", re.IGNORECASE
)
"""A day without its year before the second date of a span: `01.05. bis zum`."""
_ORDER: Final = re.compile(r"PO (?=[0-9]{6,}$)")
"""What names the number of an order behind it."""
_TOWN_BEHIND: Final = re.compile(r" [A-ZÄÖÜ][a-zäöüß-]+(?:\n|$)")
"""What may make it a post office's box, as a word alone does at the end of its line: `PO 654321 Bradford`."""
_NAMES_A_NUMBER: Final = re.compile(r"[^\W\d_][.:#°\s)-]*$")


class Candidates:
    """The candidates of one document, found a kind at a time, when they are asked for.

    Parameters
    ----------
    language
        ISO 639-1, with a country where values need it, see `services.answers.dates.regional`.
    sender_buys
        Whether its sender is who buys, as of an order.
    learned_places
        What was learned of where values stand.
    """

    def __init__(
        self,
        pages: Sequence[str],
        language: str,
        layouts: Sequence[Sequence[int]] = (),
        *,
        sender_buys: bool = False,
        learned_places: LearnedPlaces = NO_PLACES,
    ) -> None:
        self.pages = pages
        self.language = language
        self.surroundings = Surroundings(pages, layouts)
        self.letter = Letter(pages, self.surroundings, sender_buys=sender_buys)
        # Not held by what it holds: a long document is megabytes, and gone at once when its check is.
        self.places = ScoredPlaces(learned_places, pages, proxy(self))
        self._found: dict[Kind, list[Candidate]] = {}
        self._owned_by: dict[tuple[str, Kind, Doubts], Mapping[str, Sequence[Candidate]]] = {}
        self.told: dict[tuple[str, Kind], Mapping[str, Sequence[Candidate]]] = {}
        """By type and kind, what sentences tell; kept for `told_in_sentences`."""

    def of(self, kind: Kind) -> Sequence[Candidate]:
        """Give the candidates of a kind, in the order of the document; none for kinds without a form of their own."""
        if kind not in self._found:
            found = list(islice(self._find(kind), MAX_CANDIDATES)) if kind in KINDS else []
            in_groups = kind is Kind.MONEY and self.language.startswith("fr")
            self._found[kind] = _without_parts(found) if in_groups else found
        return self._found[kind]

    def labelled(self, field: FieldDefinition, kind: DocumentType) -> Sequence[Candidate]:
        """Give the candidates beside which stands a name of the field, and no nearer one of another field.

        The document's own date and number are also named by its heading; its date may stand where letters have theirs.
        """
        return self._owned(field, kind, "told")

    def may_be_labelled(self, field: FieldDefinition, kind: DocumentType) -> Sequence[Candidate]:
        """Give the same with those beside a doubtful name of which the sentence says nothing: they may be the field's.

        That is enough to leave a value where it was copied, and too little to take it.
        """
        return self._owned(field, kind, "all")

    def are_spoken_of(self, field: FieldDefinition, kind: DocumentType, said: str) -> bool:
        """Say whether, somewhere, a value's sentence has words of what a field is of, and none denies it."""
        names = FieldNames(field, kind)
        places = [item for item in self.of(field.kind) if item.value.text == said]
        return any(names.is_spoken_of(item) and not names.is_denied(item) for item in places)

    def surely_labelled(self, field: FieldDefinition, kind: DocumentType) -> Sequence[Candidate]:
        """Give the same as `labelled`, but none that only a doubtful name tells, whatever its sentence says."""
        return self._owned(field, kind, "none")

    def _owned(self, field: FieldDefinition, kind: DocumentType, doubts: Doubts) -> Sequence[Candidate]:
        key = (kind.name, field.kind, doubts)
        if key not in self._owned_by:
            names = {item.name: FieldNames(item, kind, doubts) for item in kind.fields if item.kind is field.kind}
            dated = [item.name for item in kind.fields if item.of_document and item.kind is field.kind is Kind.DATE]
            owned: dict[str, list[Candidate]] = {}
            for item in self.of(field.kind):
                owner = _by_letters(item, names, owner_by(item, names))
                if owner := owner or next((name for name in dated if names[name].are_of(item)), None):
                    owned.setdefault(owner, []).append(item)
            self._owned_by[key] = owned
        return self._owned_by[key].get(field.name, [])

    def instead_of(self, field: FieldDefinition, kind: DocumentType, said: str) -> Candidate | None:
        """Give the date that follows, within a sentence, one that the words behind it make another field's.

        Parameters
        ----------
        said
            What was copied: `bis 16.5.2026 mit 2 % Skonto oder bis 5.6.2026`; canonical.
        """
        names, dates = FieldNames(field, kind), self.of(field.kind)
        after = (two for two in pairwise(dates) if two[0].value.text == said and names.exclude_behind(two[0]))
        return next((two[1] for two in after if _are_near(*two) and not names.exclude_behind(two[1])), None)

    def not_of_another(self, field: FieldDefinition) -> list[Candidate]:
        """Give the candidates of a field's kind before which no word makes them another's, see `unlike`."""
        words = anywhere(field.unlike)
        return [item for item in self.of(field.kind) if words is None or not words.search(self._said_before(item))]

    def excluded(self, field: FieldDefinition, kind: DocumentType) -> set[str]:
        """Give the values, canonical, that the nearest words make another's, see `unlike`."""
        names = FieldNames(field, kind)
        return {item.value.text for item in self.of(field.kind) if names.exclude(nearest_words(item))}

    def misprinted(self, field: FieldDefinition, kind: DocumentType) -> list[Candidate]:
        """Give what looks like a VAT number and is called one, whatever its check digits; as `labelled` does."""
        names = {item.name: FieldNames(item, kind) for item in kind.fields if item.kind is field.kind}
        places = ((page, match) for page, text in enumerate(self.pages, 1) for match in VAT_FORM.finditer(text))
        found = []
        for page, match in islice(places, MAX_CODED_TRIES):
            value = Value("".join(filter(str.isalnum, match[0])))
            labels = self.surroundings.labels(page, match.start())
            item = Candidate(Kind.VAT_ID, match[0], value, page, *match.span(), labels)
            if owner_by(item, names) == field.name:
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
        names = FieldNames(field, kind)
        found = self.of(field.kind)
        places = [(found[at - 1] if at else item, item) for at, item in enumerate(found) if item.value.text == said]
        is_whole = len(found) < MAX_CANDIDATES
        return (
            is_whole
            and bool(places)
            and all(
                names.name_another(nearest_words(item))
                or (names.is_denied(item) and not names.is_spoken_of(item))
                or self._says_another(item, field, names)
                or (not field.needs_label and self._is_span(before, item))
                for before, item in places
            )
        )

    def _says_another(self, item: Candidate, field: FieldDefinition, names: FieldNames) -> bool:
        """Say whether its sentence says of an account, or the words before it of a VAT number, that it is another's."""
        if field.kind not in (Kind.VAT_ID, Kind.IBAN):
            return False
        before, _ = sentence_around(self.pages[item.page - 1], item.char_start, item.char_end)
        return names.call_anothers(before) if field.kind is Kind.VAT_ID else names.are_of_another(before)

    def has_open_sign(self, item: Candidate) -> bool:
        """Say whether words stand right before what may be an amount's sign: `Rechnungsbetrag \u2013 1.190,00 €`."""
        before = self.pages[item.page - 1][max(0, item.char_start - 3) : item.char_start]
        return _OPEN_SIGN.match(item.verbatim) is not None and BEHIND_WORDS.search(before) is not None

    def is_price_for_one(self, item: Candidate) -> bool:
        """Say whether words behind an amount make it a price for one of something: `1,90 € je Quadratmeter`."""
        return _FOR_ONE.match(self.pages[item.page - 1], item.char_end) is not None

    def has_other_sign(self, answer: FieldAnswer) -> bool:
        """Say whether the document writes an amount, where it was found, with a sign that the answer has not."""
        page, start, end = answer.page, answer.char_start, answer.char_end
        if page is None or start is None or end is None or not answer.value_numeric:
            return False
        if self.pages[page - 1][max(0, start - 5) : start].rstrip().endswith("./."):
            return answer.value_numeric > 0
        here = (item for item in self.of(Kind.MONEY) if item.page == page)
        return any(
            item.value.numeric == -answer.value_numeric and item.char_start < end and start < item.char_end
            for item in here
        )

    def _is_span(self, first: Candidate, last: Candidate) -> bool:
        between = self.pages[last.page - 1][first.char_end : last.char_start]
        return first.page == last.page and first.kind is Kind.DATE and _UNTIL.fullmatch(between) is not None

    def _has_begun_span(self, last: Candidate) -> bool:
        before = self.pages[last.page - 1][max(0, last.char_start - MAX_BEGUN) : last.char_start]
        return last.kind is Kind.DATE and _BEGUN_SPAN.search(before) is not None

    def _said_before(self, item: Candidate) -> str:
        """Give the words before a value, from where somebody is asked to pay on, if anybody is; in small letters."""
        before = self.pages[item.page - 1][max(0, item.char_start - MAX_SENTENCE) : item.char_start]
        return since_asked_to_pay(plain(before).casefold())

    def _find(self, kind: Kind) -> Iterator[Candidate]:
        # The number in the next column is another one.
        part = self.surroundings.by_cells if kind is Kind.REFERENCE else None
        values = candidates_by_form(kind, self.pages, self.language, part)
        last: Candidate | None = None
        since = 0
        for value in merge(numbers_like_dates(self.pages), values, key=_place) if kind is Kind.REFERENCE else values:
            if kind is Kind.MONEY and self._is_of_two_columns(value):
                continue
            found, labels = self._with_labels(value)
            if kind is not Kind.REFERENCE or _is_named(labels):
                follows_first = last is not None and self._is_span(last, found)
                ends_span = follows_first or self._has_begun_span(found)
                if last is not None and not follows_first:
                    since = last.char_end if last.page == found.page else 0
                last = replace(found, labels=labels, sentence=self._sentence(found, since), ends_span=ends_span)
                yield self._date(last) if kind is Kind.DATE else last

    def _with_labels(self, found: Candidate) -> tuple[Candidate, tuple[str, ...]]:
        """Give the words that name a value; a number that nothing names but its first letters, without these."""
        labels = self.surroundings.labels(found.page, found.char_start)
        number = _behind_its_name(found)
        if number is None or _is_named(labels) or _TOWN_BEHIND.match(self.pages[found.page - 1], found.char_end):
            return found, labels
        return number, self.surroundings.labels(number.page, number.char_start)

    def _is_of_two_columns(self, found: Candidate) -> bool:
        """Say whether a count and the amount in the next column were taken for one: `3 126,00`."""
        if not _SPACED.search(found.verbatim):
            return False
        return len([*self.surroundings.by_cells(found.page, found.char_start, found.char_end)]) > 1

    def _sentence(self, found: Candidate, since: int) -> tuple[str, str]:
        if found.kind not in (Kind.DATE, Kind.MONEY):
            return "", ""
        page, end = self.pages[found.page - 1], found.char_end
        before, behind = sentence_around(page, found.char_start, end, since)
        # An amount often ends a line of a form, and the next line is about another one.
        return before, "" if found.kind is Kind.MONEY and page[end : end + 1] == "\n" else behind

    def _date(self, found: Candidate) -> Candidate:
        behind = _BEHIND.match(self.pages[found.page - 1], found.char_end)
        words = plain(behind[0]).casefold() if behind else ""
        is_whole = "%" in words or _TERMS.match(words) is not None
        if behind and not is_whole and NEXT_DATE.match(self.pages[found.page - 1], behind.end()):
            other = OTHER_BEFORE.search(words)
            words = words[: other.start()] if other else ""  # they lead to the next date
        return replace(found, is_dateline=self.surroundings.is_dateline(found.page, found.char_start), behind=words)


def _by_letters(item: Candidate, names: Mapping[str, FieldNames], owner: str | None) -> str | None:
    """Give the field whose name a number begins with, where words beside it name none, or a heading alone does."""
    is_named = owner is not None and names[owner].call(nearest_words(item))
    return owner if is_named else owner_by_letters(item, names) or owner


def nearest_words(item: Candidate) -> str:
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


def _behind_its_name(found: Candidate) -> Candidate | None:
    """Give the number of an order whose first letters may be its name: `PO 4500087719`."""
    match = _ORDER.match(found.verbatim) if found.kind is Kind.REFERENCE else None
    if match is None:
        return None
    number = found.verbatim[match.end() :]
    return replace(found, verbatim=number, value=Value(number), char_start=found.char_start + match.end())


def _is_named(labels: Sequence[str]) -> bool:
    """Say whether words, and no other number, stand before a number."""
    return any(_NAMES_A_NUMBER.search(label) for label in labels)
