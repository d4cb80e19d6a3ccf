"""Step 7, check: the engine's text to validated members, and each to a typed value with its evidence."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, Final, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic_core import from_json

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from schemas.text import clean_json
from services.answers.amounts import currency_code, currency_of_country, shared_sign
from services.answers.confidence import UNWEIGHED
from services.answers.evidence import Place, SearchablePages
from services.answers.field_names import SHORT_NAME, FieldNames, name_pattern
from services.answers.forms import MIN_DIGITS, has_form
from services.answers.headings import is_title
from services.answers.names import is_firm, is_occupation, is_repeated
from services.answers.normal_form import plain
from services.answers.periods import durations_like
from services.answers.sentences import is_told
from services.answers.surroundings import Surroundings
from services.answers.values import Value, parse_value, spellings
from services.answers.values_by_form import is_remark, values_in
from services.answers.whole_names import above_owner, firm_beside, two_lines, whole_firm

_PLACEHOLDERS: Final = frozenset(
    {
        "n/a", "n.a.", "n. a.", "na", "null", "none", "nil", "unknown", "not given", "not stated", "not specified",
        "not provided", "not available", "not applicable", "not found", "not mentioned",
        "k.a.", "k. a.", "keine angabe", "keine angaben", "nicht angegeben", "nicht vorhanden", "nicht genannt",
        "sir or madam", "sir", "madam", "damen und herren",
        "nicht gefunden", "unbekannt", "leer", "non indiqué", "non précisé", "non spécifié", "inconnu",
    }
)  # fmt: skip
_PARTS: Final = frozenset(
    {
        "client", "contractor", "customer", "supplier", "seller", "buyer", "vendor", "landlord", "tenant", "lessor",
        "lessee", "licensor", "licensee", "employer", "employee", "consultant", "provider", "service provider",
        "auftraggeber", "auftragnehmer", "kunde", "lieferant", "käufer", "verkäufer", "mieter", "vermieter",
        "arbeitgeber", "arbeitnehmer", "lizenzgeber", "lizenznehmer", "dienstleister", "besteller",
        "fournisseur", "acheteur", "vendeur", "bailleur", "locataire", "prestataire", "employeur", "salarié",
    }
)  # fmt: skip
"""What a document calls whoever has a part in it: nobody's name."""
MOST_COUNTS: Final = 50
"""Places of a number with a word behind it that are looked at for a title."""
LABEL_REACH: Final = 80
"""Characters between a name of a field and its value, where the value needs one."""

_CODED: Final = frozenset({Kind.IBAN, Kind.VAT_ID, Kind.BIC})
"""Kinds of which a copy that does not look like one, such as a postcode, says nothing, unless it is called one."""
_ACCOUNT: Final = ("Konto", "Konto-Nr", "Kto", "Kto-Nr")
"""What documents call an account where an IBAN is due; elsewhere in the world an `account number` is a whole one."""
_AMOUNTS: Final = frozenset({Kind.MONEY, Kind.NUMBER, Kind.QUANTITY, Kind.PERCENTAGE})
_SAYS_NONE: Final = re.compile(
    r"kein|entfäll|entfall|erlassen|verzicht|ohne|nicht |befreit|(?:[^\W\d_]+)?frei\b|kostenlos|inkl|inbegriffen"
    r"|enthalten|waived|exempt|zero|none|\bno\b|not |nil\b|free\b|included|aucun|exonér|néant|sans |offert|gratuit"
    r"|inclus|compris"
)
"""Words, in small letters, with which a document says that there is no such amount or number: it said it itself."""
_LIKE_A_CODE: Final = re.compile(rf"[A-Z]{{0,4}}[ .:-]?(?:[0-9][ ./-]{{0,2}}){{{MIN_DIGITS},30}}[A-Z]{{0,4}}")
"""Letters, digits and letters: no word, no amount and no telephone in brackets."""
_DIGIT: Final = re.compile(r"\d")
_SIGNS: Final = {
    Kind.MONEY: _DIGIT,
    Kind.NUMBER: _DIGIT,
    Kind.QUANTITY: _DIGIT,
    Kind.PERCENTAGE: _DIGIT,
    Kind.PHONE: _DIGIT,
    Kind.REFERENCE: _DIGIT,
    Kind.EMAIL: re.compile("@"),
    Kind.ADDRESS: re.compile(r"^[^@]*$"),
}
"""What a copy that is not called a value of the kind must have to say anything of one; a date may be `at once`."""
_IN_ONE_COLUMN: Final = frozenset({Kind.NAME, Kind.REFERENCE, Kind.TEXT})
"""Kinds whose values never go over the gap between two columns; what follows there in the text is another's."""
_FOUND_WITHIN: Final = frozenset({Kind.MONEY, Kind.DATE, Kind.IBAN, Kind.VAT_ID})
_FIRST: Final = re.compile(r"1[.)] (?P<words>[^\W\d_].*?)(?P<more>[,;]?\s+2[.)] [^\W\d_].*)?", re.DOTALL)
"""Of a list that was copied, or the first of one alone."""
_SECOND_BELOW: Final = r"[^\n]*\n[ \t]*2[.)] [^\W\d_]"
"""Behind the first of a list, to the next one on the line below."""
_COUNT: Final = re.compile(r"(?P<count>[0-9])\.?(?: ?/ ?[0-9])?")
"""A number, and perhaps how many there are: `2 / 3`."""
_OF_A_BILL: Final = re.compile(
    r"(?P<title>(?:[0-9]\S{0,3}|erste|zweite|dritte|letzte|first|second|third|final|last) [^\W\d_]{4,30})"
    r" (?:zur|zu|der|for|of) (?:(?:Ihrer|unserer|your|our) )?(?:Rechnung|invoice)\b.*",
    re.IGNORECASE,
)
"""A title that is counted, and behind it the document that it is about: `1. Mahnung zur Rechnung RE-17`."""
_FOR_ALL: Final = re.compile(r"\s?\((?:[mwfdxi]|div)(?:[/|*,] ?(?:[mwfdxi]|div)){1,3}\)", re.IGNORECASE)
"""Men, women, others: `(m/w/d)`."""
_CUT_COUNT: Final = re.compile(r"([0-9]{1,4} [^\W\d_]{6})[^\W\d_]*")
_SPAN: Final = re.compile(
    r"[0-9]\.?\s{0,2}(?:[-\u2013\u2014]|bis(?: zum)?|to|until|till|through|au)\s{0,2}$", re.IGNORECASE
)
"""What stands before the second date of two."""
MOST_MISSPELT: Final = 2
"""Letters by which a name may be longer or shorter than the model copied it."""
MAX_SPAN: Final = 14
"""Characters before a date in which the end of another, and what leads from it, may stand."""
_RANGE: Final = re.compile(
    r"[0-9][^\s0-9]{0,4}\s(?:bis|und|to|and|et)\s[^\s0-9]{0,4}\s?[0-9]"
    r"|[.,'\u2019][0-9]{3}[^\s0-9]{0,4}\s?[-\u2013]\s?[^\s0-9]{0,4}\s?[0-9]{1,3}[.,'\u2019][0-9]{3}"
)
"""One amount to another: `zwischen 50.000 und 55.000 €`."""
_CURRENCY: Final = r"(?:€|£|\$|euro?|chf|franken|gbp|usd)"
_FIGURES: Final = r"[0-9](?:[0-9.,' \u2019]*[0-9])?(?:,-)?"
_AMOUNT_AND_WORDS: Final = re.compile(
    rf"(?P<amount>{_CURRENCY} ?{_FIGURES}|{_FIGURES} ?{_CURRENCY})"
    r"\s+(?:brutto|netto|gross|net|brut|pro|per|par|im|je|p\.|a|jährlich|monatlich|annually|inkl|incl|zzgl|plus)\b\D*",
    re.IGNORECASE,
)
"""An amount, and words that say of what it is: `58.800 Euro brutto im Jahr`."""
_AMOUNT_AND_LETTER: Final = re.compile(rf"(?P<amount>{_FIGURES}(?<=[.,][0-9]{{2}})) [A-Z]")
"""An amount, and the code of its tax rate, or a letter that stands for the sign of the currency."""
_GOES_ON: Final = r"[^\W\d_A-ZÀ-Þ](?![^\n:]{0,40}:|[^\s@]{1,64}@|ww\.)"
"""A small letter that begins neither another entry nor an address of the web."""
_REST_OF_SENTENCE: Final = re.compile(
    rf"(?=\w| [^\W_A-ZÀ-Þ]|\n{_GOES_ON})(?:[^\s.;!?]|[.](?=\w)| (?! {{2}})|\n(?={_GOES_ON}))++(?=[.;!?]|\s)"
)
"""What goes on in small letters or figures behind a copy, on its line or the next one, to where it ends."""
_MADE_WHOLE: Final = (Kind.NAME, Kind.TEXT)
_PART_OF_LINE: Final = re.compile(r"(?:[^\n\t·•|,; ]| (?! ))*")
_BRACKETED: Final = re.compile(r"\([^-()]*\)")
_HELD: Final = re.compile(r"(?P<words>[^()]*[^()\s]) ?\((?P<held>ICD[^()]{1,40})\)\.?", re.IGNORECASE)
"""Words, and behind them in brackets the code of a diagnosis."""
_CODE: Final = r"[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}"
"""Of a diagnosis (ICD-10), with its point: without one it may be a vertebra."""
_SURE_AND_SIDE: Final = r"(?: [AGVZ])?(?: [BLR])?"
"""Letters behind a German code: how sure the diagnosis is, and of which side: `M17.1 G L`."""
_NAMED: Final = r"(?:ICD[\w -]{0,8}:? ?)?"
"""The catalogue that the code is of, if it is said."""
_BEFORE_CODE: Final = re.compile(
    rf"(?P<words>[^\s(].*?)\s*(?:\({_NAMED}{_CODE}{_SURE_AND_SIDE}\)(?:[.,;]?|[.,;]\s.*)"
    rf"|(?:[;,]|\s[-\u2013\u2014:])\s*{_NAMED}{_CODE}\b.*)",
    re.DOTALL,
)
"""Words, and the code behind them; behind that, another diagnosis."""
_UNIT_BEHIND: Final = re.compile(r"\s{0,3}(?:kg|g|t|lbs?|oz|to)\b", re.IGNORECASE)
_CODE_NAME: Final = "icd-10"
"""Begins a name of the field that has such a code."""
_CODE_AND_WORDS: Final = re.compile(rf"(?P<code>{_CODE})[\s:;,\u2013\u2014-]+[^\W\d_].*", re.DOTALL)
_SENTENCE_END: Final = re.compile(r"(?<=[^\W\d_]{3})[.;](?=\s)")
_SAME_WORD: Final = 5
"""Letters by which a word of a form is one of a field's name: `Zahlungsziel`, `Zahlungsbedingungen`."""
_ENTRY: Final = re.compile(r"(?P<name>[^\W\d_][^\W\d_ .-]{1,30}(?: [^\W\d_]{2,20}){0,2}) ?: +(?P<rest>\S.*)", re.DOTALL)
_IN_ACCOUNT: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: [0-9A-Z]{4}){2,7} $")
"""An account, as far as the group before a figure that is its end and no amount."""
_LONGEST_ACCOUNT: Final = 43
_NOISE: Final = ",:; \t\r\n"
_CONTROLS: Final = re.compile(r"[\x00-\x1f]")
_DASHES_ALONE: Final = re.compile(r"[-\u2010-\u2015\u2212_.,:;?*/\\'\" ]*")


class AnswerInvalidError(ValueError):
    """The engine's text is not an answer; the message says why, without repeating what may be the document's."""


def read_answer(text: str, schema: Mapping[str, Any]) -> dict[str, str]:
    """Parse the engine's text and validate it against the schema it was generated under.

    Raises
    ------
    AnswerInvalidError
        If it is not JSON, breaks the schema, or has a member that is no string.
    """
    try:
        answer = clean_json(json.loads(text, strict=False))  # the grammar lets a raw tab through
    except (ValueError, RecursionError) as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        message = f"the answer is not JSON: it breaks off or is malformed{place} of {len(text)}"
        raise AnswerInvalidError(message) from None
    if fault := best_match(Draft202012Validator(schema).iter_errors(answer)):
        place = ".".join(map(str, fault.absolute_path)) or "the answer"
        message = f"{place} breaks `{fault.validator}` of its schema"
        raise AnswerInvalidError(message)
    if not isinstance(answer, dict) or not all(isinstance(item, str) for item in answer.values()):
        message = "the answer is not an object of strings, which its schema should demand"
        raise AnswerInvalidError(message)
    return answer


def read_beginning(text: str, schema: Mapping[str, Any]) -> dict[str, str]:
    """Give the members of an answer that was cut off which are whole and fit their part of the schema; perhaps none.

    Parameters
    ----------
    schema
        Of the whole answer: a flat object of strings.
    """
    try:
        begun = from_json(_CONTROLS.sub(" ", text), allow_partial=True)  # drops a string that is not at its end
    except ValueError:
        return {}
    known = schema["properties"]
    return {
        name: value
        for name, value in (clean_json(begun) if isinstance(begun, dict) else {}).items()
        if isinstance(value, str) and name in known and Draft202012Validator(known[name]).is_valid(value)
    }


def check_answer(
    document_type: DocumentType,
    answer: Mapping[str, str],
    pages: Sequence[str],
    language: str,
    surroundings: Surroundings | None = None,
) -> list[FieldAnswer]:
    """Turn each member that the model filled into a typed value with its place; its confidence is for `weigh`.

    Parameters
    ----------
    answer
        Verbatim copies by field name; `""` and placeholders such as `n/a` are not filled. Members that are no
        fields, such as the summary, are left alone.
    pages
        The text of each page.
    language
        ISO 639-1, of the document.
    surroundings
        Of the same pages; without them, the pages are plain text.

    Returns
    -------
    list
        In the order of the definition. `unsupported`: the value does not stand in the document, whether or not
        code could read it; `unparsed`: it stands there, and code could not read it.
    """
    around = surroundings or Surroundings(pages, ())
    document = _Document(document_type, around.searchable, around, language)
    return [
        found
        for field in document_type.fields
        if (verbatim := _filled(field, answer.get(field.name, ""))) and (found := document.answer(field, verbatim))
    ]


@dataclass(frozen=True, slots=True)
class _Document:
    """What copies are held against."""

    kind: DocumentType
    pages: SearchablePages
    surroundings: Surroundings
    language: str

    def answer(self, field: FieldDefinition, copied: str) -> FieldAnswer | None:
        """Give the answer that a copy is; None if it says nothing of the field."""
        if (sign := _SIGNS.get(field.kind)) and not sign.search(copied):
            return self._unread(field, copied)
        first = self._first_of_list(field, copied)
        whole = self._for_all(field, self._whole_count(field, self._with_title(field, self._with_unit(field, first))))
        said = self._without_anothers(field, whole)
        verbatim, value = _read(field, said, self.language)
        if value is None and field.kind is Kind.CURRENCY and (code := currency_of_country(verbatim, self.pages.texts)):
            value = Value(code)
        if value is None and field.kind in _CODED and not has_form(field.kind, verbatim):
            return self._unread(field, verbatim)
        place = self._place(field, verbatim, value)
        if place and field.kind in _MADE_WHOLE and (whole := self._whole_of(field, verbatim, place)) != verbatim:
            verbatim, value = _read(field, whole, self.language)
            place = self._place(field, verbatim, value)
        if place and field.kind is Kind.NAME and (written := self._as_written(verbatim, place)) != verbatim:
            verbatim, value = _read(field, written, self.language)
        if place and field.kind in _IN_ONE_COLUMN and (part := self._in_one_column(field, verbatim, place)) != verbatim:
            verbatim, value = _read(field, part, self.language)
            place = self._place(field, verbatim, value)
        if place and field.kind is Kind.NAME and (whole := self._whole_name(field, verbatim, place)) != verbatim:
            verbatim, value = _read(field, whole, self.language)
            place = self._place(field, verbatim, value)
        if self._is_remark(place, verbatim, value) and place:
            verbatim, value = _read(field, verbatim.strip("()"), self.language)
            place = replace(place, char_start=place.char_start + 1, char_end=place.char_end - 1)
        if self._needs_label(field, value) and not (place and self._is_labelled(field, place)):
            return None
        return _answer(field, verbatim, value, place)

    def _unread(self, field: FieldDefinition, copied: str) -> FieldAnswer | None:
        """Keep a copy that does not look like a value, if the document calls it one; else it is the model's noise.

        `USt-IdNr.: 12/345/67890`, `Vergütung: nach Vereinbarung`: a person may read what code cannot. Of a field that
        is required it is said anyway that it was not found.
        """
        if field.kind in (Kind.IBAN, Kind.VAT_ID):
            may_be_one = _LIKE_A_CODE.fullmatch(copied) is not None
        else:
            may_be_one = field.kind in _AMOUNTS and currency_code(copied) is None
        may_be_one = may_be_one and not field.required and not _SAYS_NONE.match(plain(copied).casefold())
        place = self._place(field, copied, None) if may_be_one else None
        return _answer(field, copied, None, place) if place and self._is_called(field, place) else None

    def _is_called(self, field: FieldDefinition, place: Place) -> bool:
        """Say whether the words directly before a place are a name of a field, and make it no other's."""
        labels = self.surroundings.labels(place.page, place.char_start)
        more = _ACCOUNT if field.kind is Kind.IBAN else ()
        names = FieldNames(field.model_copy(update={"synonyms": (*field.synonyms, *more)}), self.kind)
        return names.call(next((label for label in labels if any(map(str.isalpha, label))), ""))

    def _with_title(self, field: FieldDefinition, copied: str) -> str:
        """Give a title alone: `2. Mahnung` where `2`, `2 / 3`, or a title and what it is about, was copied."""
        if field.kind is not Kind.TEXT:
            return copied
        if (about := _OF_A_BILL.fullmatch(copied)) and is_title(self.kind, about["title"]):
            return about["title"]
        if (number := _COUNT.fullmatch(copied)) is None:
            return copied
        counted = re.compile(rf"(?<![\w.,]){number['count']}(?:\.|st|nd|rd|th|e|ème)? [^\W\d_]{{4,30}}")
        found = (match[0] for page in self.pages.texts for match in counted.finditer(page))
        return next((words for words in islice(found, MOST_COUNTS) if is_title(self.kind, words)), copied)

    def _first_of_list(self, field: FieldDefinition, copied: str) -> str:
        """Give the first of a list without its number, where the line below has the next: `1. Angina`, `2. Fever`."""
        first = _FIRST.fullmatch(copied) if field.kind is Kind.TEXT else None
        if first is None:
            return copied
        listed = re.compile(f"{re.escape(copied)}{_SECOND_BELOW}")
        return first["words"] if first["more"] or any(map(listed.search, self.pages.texts)) else copied

    def _whole_count(self, field: FieldDefinition, copied: str) -> str:
        """Give a number with the whole word of what it counts, where the bound of the copy cut it: `6 Europaletten`."""
        cut = _CUT_COUNT.fullmatch(copied)
        if field.kind is not Kind.NUMBER or cut is None or len(copied) < field.max_length - 1:
            return copied
        whole = re.compile(rf"(?<![\w.,]){re.escape(cut[1])}\w*", re.IGNORECASE)
        return next((match[0] for page in self.pages.texts if (match := whole.search(page))), copied)

    def _with_unit(self, field: FieldDefinition, copied: str) -> str:
        """Give a quantity with the unit right behind it, where the figures alone were copied: `2684,50 kg`."""
        if field.kind is not Kind.QUANTITY or not copied or any(map(str.isalpha, copied)):
            return copied
        whole = re.compile(rf"(?<![\w.,]){re.escape(copied)}{_UNIT_BEHIND.pattern}", re.IGNORECASE)
        return next((plain(match[0]) for page in self.pages.texts if (match := whole.search(page))), copied)

    def _for_all(self, field: FieldDefinition, copied: str) -> str:
        """Give the title of a job with the letters right behind it that tell whom it is for: `Bauleiterin (m/w/d)`."""
        if field.kind is not Kind.TEXT or not copied:
            return copied
        ends = ((page, page.find(copied) + len(copied)) for page in self.pages.texts if copied in page)
        return next((copied + found[0] for page, end in ends if (found := _FOR_ALL.match(page, end))), copied)

    def _without_anothers(self, field: FieldDefinition, copied: str) -> str:
        """Leave out a diagnosis's code where it is another field's, and the diagnosis where the code is this one's.

        `… right eye (ICD-10 H35.3)`, `Heart failure (I50.14)`; `K35.3 - Acute`.
        """
        if field.kind is not Kind.TEXT:
            return copied
        if name_pattern(field).match(_CODE_NAME):
            own = _CODE_AND_WORDS.fullmatch(copied)
            return own["code"] if own else copied
        others = [name_pattern(other) for other in self.kind.fields if other is not field]
        if (held := _HELD.fullmatch(copied)) and any(names.match(plain(held["held"]).casefold()) for names in others):
            return held["words"]
        before = _BEFORE_CODE.fullmatch(copied) if any(names.match(_CODE_NAME) for names in others) else None
        return before["words"] if before else copied

    def _needs_label(self, field: FieldDefinition, value: Value | None) -> bool:
        """Say whether a value must stand behind a name of its field; a tax of nothing that does not is a conclusion."""
        is_nothing = field.kind is Kind.MONEY and value is not None and not value.numeric
        return field.needs_label or (is_nothing and not field.required)

    def _is_remark(self, place: Place | None, verbatim: str, value: Value | None) -> bool:
        """Say whether an amount is in brackets because a sentence says it by the way, not because it is negative."""
        if place is None or value is None or value.numeric is None or not _BRACKETED.fullmatch(verbatim):
            return False
        return is_remark(self.pages.text(place.page), place.char_start + 1, place.char_end - 1)

    def _place(self, field: FieldDefinition, verbatim: str, value: Value | None) -> Place | None:
        places = self._places(field, verbatim, value)
        if not _is_told_by_words(field):
            return next(places, None)
        found = list(places)
        return next(filter(partial(self._is_told, field), found), next(iter(found), None))

    def _places(self, field: FieldDefinition, verbatim: str, value: Value | None) -> Iterator[Place]:
        """Give where a value stands, as it was copied first; of each way to write it one place."""
        labels = (field.label.de, field.label.en)
        longer = [
            name for name in (*field.synonyms, *field.doubtful) if len(name) > SHORT_NAME
        ]  # a short one may begin any word
        fits = partial(self._is_told, field) if _is_told_by_words(field) else None
        ways = (verbatim, *(spellings(field.kind, value) if value else ()))  # `EUR` is written where it has `€`
        if field.kind in _AMOUNTS:
            found = (self.pages.find(way, labels, longer, self._is_no_account) for way in ways)
            yield from (place for place in found if place and self._is_no_account(place))
            return
        yield from (place for way in ways if (place := self.pages.find(way, labels, longer, fits)))
        if field.kind is Kind.CURRENCY and value and (sign := shared_sign(value.text, self.pages.texts)):
            yield from filter(None, [self.pages.find(sign, labels, longer, fits)])
        if field.kind is Kind.PERIOD and value:
            yield from self._spelt(value.text, (*labels, *longer), fits)

    def _is_no_account(self, place: Place) -> bool:
        """Say whether a figure is not the last group of an account's number."""
        start = place.char_start
        return not _IN_ACCOUNT.search(self.pages.text(place.page), max(0, start - _LONGEST_ACCOUNT), start)

    def _is_told(self, field: FieldDefinition, place: Place) -> bool:
        return is_told(field, self.pages.text(place.page), place.char_start, place.char_end)

    def _spelt(self, duration: str, names: Sequence[str], fits: Callable[[Place], bool] | None) -> list[Place]:
        """Find a duration whose number the document writes in words: first behind a name of its field."""
        words = {way for page in self.pages.texts for way in durations_like(page, duration, self.language)}
        places = [place for way in sorted(words) if (place := self.pages.find(way, names, fits=fits))]
        return sorted(places, key=lambda place: not self.pages.follows_label(place.page, place.char_start, names))

    def _whole_of(self, field: FieldDefinition, copied: str, place: Place) -> str:
        """Give what the bound of a copy cut: a text's sentence; a name, in a word, to the end of its part of a line."""
        if len(copied) < field.max_length - 1:
            return copied
        if field.kind is Kind.TEXT:
            text = self.pages.text(place.page)
            rest = _REST_OF_SENTENCE.match(text[place.char_end :][: field.max_length] + "\n")
            if rest is None or rest.end() >= field.max_length:
                return copied
            return plain(text[place.char_start : place.char_end] + rest[0])
        line = _PART_OF_LINE.match(self.pages.text(place.page)[place.char_start :][: 2 * field.max_length])
        whole = plain(line[0]) if line else ""
        return whole if whole.startswith(copied) and whole[len(copied) :][:1].isalnum() else copied

    def _as_written(self, verbatim: str, place: Place) -> str:
        """Give a name as the document has it, where the model copied it with a letter too few, too many, or another."""
        written = plain(self.pages.text(place.page)[place.char_start : place.char_end])
        is_misspelt = place.match == "fuzzy" and abs(len(written) - len(verbatim)) <= MOST_MISSPELT
        return written if is_misspelt and len(written.split()) == len(verbatim.split()) else verbatim

    def _whole_name(self, field: FieldDefinition, verbatim: str, place: Place) -> str:
        if field.is_party and (firm := firm_beside(verbatim, place.page, place.char_start, self.surroundings)):
            return firm.text
        if field.is_party:
            verbatim = above_owner(verbatim, place.page, place.char_start, self.surroundings)
        whole = whole_firm(verbatim, place.page, place.char_start, self.surroundings)
        return two_lines(whole, place.page, place.char_start, self.surroundings)

    def _in_one_column(self, field: FieldDefinition, verbatim: str, place: Place) -> str:
        """Give a value without the words of the next column that follow it in the text: `Annika Reuter | Sparkasse`.

        Of numbers beside each other the one whose column has a name of the field: `W.O. No.`, `Invoice #`.
        """
        around, text = self.surroundings, self.pages.text(place.page)
        parts = list(around.by_cells(place.page, place.char_start, place.char_end))
        start = place.char_start
        if field.kind is Kind.REFERENCE and len(parts) > 1 and len(own := self._headed(field, place.page, parts)) == 1:
            return text[slice(*own[0])].rstrip()
        before = text[slice(*parts[0])].rstrip() if len(parts) > 1 else ""
        is_logo = before and is_firm(verbatim) and not is_firm(before) and is_repeated(before, text[slice(*parts[1])])
        if before.endswith(":") or is_logo or (before and is_title(self.kind, before)):
            start = parts[1][0]
        end = around.end_of_column(place.page, start, place.char_end)
        is_run_on = len(parts) > 1 and start == parts[0][0] and parts[0][1] == parts[1][0]
        if is_run_on and self._is_line_below(place.page, *parts[:2]):
            end = parts[0][1]  # two lines, between which the text has no space
        return verbatim if (start, end) == (place.char_start, place.char_end) else text[start:end]

    def _is_line_below(self, page: int, first: tuple[int, int], second: tuple[int, int]) -> bool:
        above, below = (self.surroundings.cell(page, start) for start, _ in (first, second))
        return above is not None and below is not None and below.baseline - above.baseline > above.size / 2

    def _headed(self, field: FieldDefinition, page: int, parts: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """Give the parts above which a name of a field stands."""
        names = name_pattern(field)
        return [part for part in parts if names.match(self.surroundings.words_above(page, part[0]))]

    def _is_labelled(self, field: FieldDefinition, place: Place) -> bool:
        if _is_told_by_words(field):
            return self._is_told(field, place)
        before = self.pages.text(place.page)[max(0, place.char_start - MAX_SPAN) : place.char_start]
        if field.kind is Kind.DATE and _SPAN.search(before):
            return True  # the second of two says what it is: `vom 01.04.2026 bis 31.03.2029`
        pattern = name_pattern(field)
        if any(map(pattern.search, self.surroundings.labels(place.page, place.char_start))):
            return True
        if self.surroundings.head(place.page, place.char_start):
            return False  # its column has another name, whatever stands before it in the text
        longer = [name for name in field.names if len(name) > SHORT_NAME]  # a short one may begin any word
        return self.pages.follows_label(place.page, place.char_start, longer, LABEL_REACH)


def _answer(field: FieldDefinition, verbatim: str, value: Value | None, place: Place | None) -> FieldAnswer:
    return FieldAnswer(
        path=field.name,
        kind=field.kind.value,
        value=value.text if value else None,
        value_numeric=value.numeric if value else None,
        verbatim=verbatim,
        status=_status(value, place, needs_evidence=field.kind is not Kind.CHOICE),
        confidence=UNWEIGHED,
        page=place.page if place else None,
        char_start=place.char_start if place else None,
        char_end=place.char_end if place else None,
    )


def _is_told_by_words(field: FieldDefinition) -> bool:
    """Say whether a type knows words that tell a period of its own: documents are full of others."""
    return field.kind is Kind.PERIOD and bool(field.told_by)


def _read(field: FieldDefinition, copied: str, language: str) -> tuple[str, Value | None]:
    """Read a copy; where more was copied than the value, read the one value of its kind in it."""
    whole = _without_cut_end(field, copied)
    if value := parse_value(field.kind, whole, language, field.choices):
        return whole, value
    is_range = field.kind is Kind.MONEY and _RANGE.search(whole) is not None
    if field.kind is Kind.MONEY and (amount := _without_words_behind(field, whole, language)):
        return amount
    within = values_in([whole], field.kind, language) if field.kind in _FOUND_WITHIN and not is_range else ()
    return (within[0].verbatim, within[0].value) if len(within) == 1 else (whole, None)


def _without_words_behind(field: FieldDefinition, copied: str, language: str) -> tuple[str, Value] | None:
    """Read an amount without the words behind it, see `_AMOUNT_AND_WORDS`."""
    begun = _AMOUNT_AND_WORDS.fullmatch(copied) or _AMOUNT_AND_LETTER.fullmatch(copied)
    value = parse_value(field.kind, begun["amount"], language, field.choices) if begun else None
    return (begun["amount"], value) if begun and value else None


def _without_cut_end(field: FieldDefinition, copied: str) -> str:
    """Take off the sentence that the bound of the copy cut: `30 Tage netto. Bitte bestätigen S`."""
    is_cut = len(copied) >= field.max_length - 1 and field.kind is Kind.TEXT
    end = max((match.start() for match in _SENTENCE_END.finditer(copied)), default=0) if is_cut else 0
    return copied[:end] if end else copied


def _status(
    value: Value | None, place: Place | None, *, needs_evidence: bool
) -> Literal["ok", "unparsed", "unsupported"]:
    if place is None and needs_evidence:
        return "unsupported"
    return "unparsed" if value is None else "ok"


def _filled(field: FieldDefinition, copied: str) -> str:
    """Give the value without the model's noise; empty if the model said that there is none."""
    verbatim = _without_noise(copied)
    if verbatim in field.choices:
        return verbatim
    said = plain(verbatim).casefold()
    if field.kind is Kind.NAME and (said in _PARTS or is_occupation(said)):
        return ""
    if field.kind is Kind.TEXT and (behind := _behind_own_name(field, verbatim)):
        return behind
    if said in _PLACEHOLDERS or _DASHES_ALONE.fullmatch(said) or said.strip(" .:") in _own_names(field):
        return ""
    return verbatim


def _behind_own_name(field: FieldDefinition, copied: str) -> str:
    """Give a text without the name of its field before it: `Zahlungsziel: 30 Tage netto`; empty if none is there."""
    if (entry := _ENTRY.fullmatch(copied)) is None:
        return ""
    own = {word[:_SAME_WORD] for name in field.names for word in name.casefold().split() if len(word) >= _SAME_WORD}
    return entry["rest"] if any(word[:_SAME_WORD] in own for word in entry["name"].casefold().split()) else ""


def _own_names(field: FieldDefinition) -> set[str]:
    """Give what a model copies where it takes the name of a field for its value."""
    names = (field.label.de, field.label.en, field.name.replace("_", " "), field.name)
    return {name.casefold() for name in names}


def _without_noise(copied: str) -> str:
    """Take off what a model under a grammar writes around a value: commas, colons, halves of quotes."""
    verbatim = copied.strip(_NOISE)
    within = verbatim.strip('"')
    # Quotes inside belong to the value, and so does one at its end alone (27").
    return within.strip(_NOISE) if verbatim.startswith('"') and '"' not in within else verbatim
