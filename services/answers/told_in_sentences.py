"""What sentences tell: where a field is empty, the one value of the document that stands in a sentence of its form.

So where a text says less than its sentence, or stands in another one: of `governed by the laws of Ireland` the model
copies `Ireland` for the place of the courts, and `the courts of Dublin, Ireland` tell it.

A type gives the forms: `Frist von {} … gekündigt` is a time of notice. Words that make a sentence another matter's,
`unlike` and `denied_by`, count in the whole sentence and in the heading above it, as a value that is put in must be
right. Another value of the kind in such a sentence, of which no form speaks, leaves the field empty, and so does
another one that stands beside a name of the field.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from schemas.document_types import GAP, VALUE, DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.field_names import beginning_with
from services.answers.labelling import Labelled, answer_of
from services.answers.normal_form import plain
from services.answers.periods import durations_in
from services.answers.sentences import CURRENCY, NEXT_ENTRY, SENTENCE_END, whole_words
from services.answers.values import parse_value
from services.answers.values_by_form import KINDS, MAX_CHARACTERS, Candidate

MAX_GAP: Final = 90
"""Characters of the words that a form leaves open."""
MAX_TOLD: Final = 600
"""Characters of a sentence that is looked at; a longer one is a table, or no text."""
MAX_ABOVE: Final = 1_500
"""Characters before a sentence in which its heading may stand."""
MAX_HEADING: Final = 60

_A_VALUE: Final = "\ufffc"
"""Stands for each character of a value of the kind: a form goes over none but its own."""
_ONE_LINE: Final = str.maketrans("\n\r\u00a0\u2019\u02bc", "   ''")
_SPACE: Final = r"(?:(?<=\w'),? *|(?<!\w'),? +)"
"""What stands between two words; nothing need behind one that is elided: `d'un mois`."""
_END: Final = re.compile(
    rf"{SENTENCE_END.pattern}|{NEXT_ENTRY.pattern}|[ ]{{3,}}|(?<=[^\W\d_][.!?:;])[ ]*\n"
    r"|\n(?=[ ]*(?:§|[-•\u2013*] |\(?[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[.)]? +[^\W\d_]|\(?[a-z]\) ))"
)
"""Where a sentence of a contract ends: a paragraph, a numbered line, a column, or the end of a line that is one's."""
_BEGINS: Final = "[§(0-9A-ZÄÖÜÉ]"
_HEADING: Final = re.compile(
    rf"(?:^|[.;:]\s*\n|\n\s*\n)[ ]*(?P<words>(?={_BEGINS})[^\n:]{{3,{MAX_HEADING}}}(?<![.,;\s]))[ ]*\n\s*(?={_BEGINS})"
)
"""A short line that is no sentence, between the end of one and the beginning of another."""
_AT_LEAST: Final = (
    r"(?:(?:mindestens|wenigstens|jeweils|je|weiteren?|at least|(?:not|no) less than|a minimum of|further|additional"
    r"|another|a further|successive|au moins|ferme) ){0,2}"
)
"""Words that may stand before a value, and leave it what it is."""
_NAME_WORD: Final = r"(?:St\. |Ste\. )?[A-ZÀ-ÖØ-Þ][\w'-]*"
_JOINS_NAMES: Final = (
    r" (?:(?:am|an der|ob der|in der|im|bei|vor der|upon|on|of|de|du|la|le|les|sur|and) )?"
    r"|, (?=[A-ZÀ-Þ][\w'-]+(?:[.;]?\s*$|,? (?:ha(?:s|ve|ving)|shall|will) ))"
)
_A_COURT: Final = r"(?!(?:Commerce|(?:Grande|Première) Instance|Arrondissement)\b)"
"""What a French court is called by, before its place: `Tribunal de Commerce de Lyon`."""
_NOT_THE_WHOLE: Final = r"(?! (?:und|oder|bzw|or|ou|et|der|des)\b)(?! ?[/(])"
_PROPER_NAME: Final = rf"(?-i:{_A_COURT}(?>{_NAME_WORD}(?:(?:{_JOINS_NAMES}){_NAME_WORD}){{0,4}}){_NOT_THE_WHOLE})"
"""What a value of kind `text` is in a sentence: `Frankfurt am Main`, `England and Wales`."""
_ENDS_NAME: Final = r"(?=\s*(?:[.,;)]|$|\b(?:soweit|sofern|wenn|falls|vereinbart|if|shall|as|for|to|unless)\b))"
"""What stands behind a name that ends what is told: `Gerichtsstand ist Sache der Parteien` tells none."""
_ELSEWHERE: Final = re.compile(
    r"\b(?:in dieser zeit|in diesem (?:fall|zeitraum)|während dieser|in (?:this|that|such) (?:case|event|period)"
    r"|in such an? (?:case|event)|during (?:this|that|such)|dans ce cas|(?:pendant|durant) cette"
    r"|gilt nicht|gelten nicht|(?:does|do|shall) not apply|ne s'applique(?:nt)? pas"
    r"|(?:früher|bisherig|vorherig|ehemalig)e[nrsm]?|hatten?|previous|former|had|précédente?|ancien(?:ne)?|avait)\b"
)
"""Words that make a sentence that of a case told before, or of what was, or that it does not hold; in small letters."""
_CASE: Final = re.compile(
    r"\b(?:bei|im falle?|falls|wenn|soweit|sofern|solange|if|in the event|provided that|lorsque?|en cas)\b[^,;]*"
    r"|^[\W\d]*(?:sollten?|should|where|following|si|\w{2,}t (?:der|die|das|ein|eine|er|sie|es))\b[^,;]*"
)
"""What a sentence says only holds in a case; in small letters."""
_USUAL_CASE: Final = re.compile(
    r"\b(?:nicht|kein\w*|not|pas)\b.*(?:kündig|widerspr|widersprich|terminat|notice|renew|résili|dénonc)"
    r"|kaufm|kaufleute|unternehmer|merchant|commerçant|zulässig|permitted|gerichtsstand|unresolved|negotiations? fail"
)
"""Cases that hold as long as nobody does anything: `wenn er nicht gekündigt wird`, `sofern der Kunde Kaufmann ist`."""
_IN_MONEY: Final = re.compile(CURRENCY)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence on one line.

    Parameters
    ----------
    page
        From 1.
    start
        Its first character in that page's text, from 0.
    since
        The page from far above it to its end: what has its heading.
    """

    page: int
    start: int
    text: str
    since: str

    def is_of_another(self, field: FieldDefinition) -> bool:
        """Say whether it speaks of something else than the field, or of a case told before."""
        said = plain(f"{_heading_of(self.since)}\n{self.text}").casefold()
        words = (whole_words(field.denied_by), beginning_with(field.unlike), _ELSEWHERE)
        cases = _CASE.findall(plain(self.text).casefold())
        return any(pattern.search(said) for pattern in words if pattern) or not all(map(_USUAL_CASE.search, cases))


def by_sentences(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Labelled:
    """Fill fields that are empty, or that code could not read, with the one value that their sentences tell.

    A text gives way to it unless it has its words.
    """
    read = {field.path: field.value or "" for field in fields if field.status == "ok"}
    empty = [field for field in kind.fields if field.sentences and (field.kind is Kind.TEXT or field.name not in read)]
    taken: dict[str, Candidate] = {}
    for each in dict.fromkeys(field.kind for field in empty):
        key = (kind.name, each)
        if key not in candidates.told:
            candidates.told[key] = _told(each, kind, candidates)
        told = candidates.told[key]
        found = {
            field.name: _only(field, kind, told.get(field.name, ()), candidates)
            for field in empty
            if field.kind is each
        }
        taken |= {name: only for name, only in found.items() if only and not _has_words(read.get(name), only)}
    definitions = {field.name: field for field in empty}
    given = {field.path: field for field in fields}
    given |= {name: answer_of(definitions[name], only) for name, only in taken.items()}
    order = {definition.name: place for place, definition in enumerate(kind.fields)}
    return Labelled(sorted(given.values(), key=lambda field: order.get(field.path, len(order))), taken)


def _only(
    field: FieldDefinition, kind: DocumentType, told: Sequence[Candidate], candidates: Candidates
) -> Candidate | None:
    """Give what is told if it is one value, and no other one stands beside a name of the field."""
    labelled = candidates.labelled(field, kind) if field.kind in KINDS else []
    is_one = len({item.value.text for item in (*told, *labelled)}) == 1
    return told[0] if told and is_one else None


def _has_words(read: str | None, told: Candidate) -> bool:
    return read is not None and told.value.text.casefold() in read.casefold()


def _told(each: Kind, kind: DocumentType, candidates: Candidates) -> Mapping[str, Sequence[Candidate]]:
    """Give what sentences tell of each field of a kind, and what else of the kind they have that no form speaks of."""
    fields = [field for field in kind.fields if field.kind is each and field.sentences]
    told: dict[str, list[Candidate]] = defaultdict(list)
    for sentence in _sentences(candidates.surroundings.searchable.texts):
        spans = _values_in(sentence, each, candidates)
        if not spans and each is not Kind.TEXT:
            continue
        masked = _masked(sentence.text, spans)
        claims = {
            field.name: found
            for field in fields
            if (found := _claimed(field, masked)) and not sentence.is_of_another(field)
        }
        unclaimed = [span for span in spans if not any(span in found for found in claims.values())]
        for name, found in claims.items():
            shared = any(span in other for span in found for path, other in claims.items() if path != name)
            said = [] if shared else [*found, *unclaimed]
            told[name] += filter(None, (_candidate(each, sentence, span, candidates.language) for span in said))
    return told


def _candidate(kind: Kind, sentence: _Sentence, span: Span, language: str) -> Candidate | None:
    start, end = span
    verbatim = sentence.text[start:end]
    value = parse_value(kind, verbatim, language)
    place = (sentence.page, sentence.start + start, sentence.start + end)
    return Candidate(kind, verbatim, value, *place, ()) if value else None


def _values_in(sentence: _Sentence, kind: Kind, candidates: Candidates) -> list[Span]:
    """Give the places, in a sentence, of the values of a kind that code knows by their form."""
    if kind is Kind.PERIOD:
        return list(durations_in(sentence.text, candidates.language))
    here = (item for item in candidates.of(kind) if item.page == sentence.page)
    spans = ((item.char_start - sentence.start, item.char_end - sentence.start) for item in here)
    within = [(start, end) for start, end in spans if start >= 0 and end <= len(sentence.text)]
    # A section is numbered like an amount: `2.10`.
    return [(start, end) for start, end in within if _IN_MONEY.search(sentence.text[max(0, start - 4) : end + 4])]


def _masked(text: str, spans: Iterable[Span]) -> str:
    for start, end in spans:
        text = text[:start] + _A_VALUE * (end - start) + text[end:]
    return text


def _claimed(field: FieldDefinition, masked: str) -> set[Span]:
    """Give the places of the values of which the forms of a field speak."""
    patterns = _patterns(field.sentences, is_text=field.kind is Kind.TEXT)
    return {match.span("value") for pattern in patterns for match in pattern.finditer(masked)}


def _sentences(pages: Sequence[str]) -> Iterator[_Sentence]:
    left = MAX_CHARACTERS
    for page, text in enumerate(pages, start=1):
        searched = text[:left]
        left -= len(searched)
        begins = 0
        for ends, after in (*(match.span() for match in _END.finditer(searched)), (len(searched), len(searched))):
            said = searched[begins : ends + 1]
            if len(said) <= MAX_TOLD:
                yield _Sentence(
                    page, begins, said.translate(_ONE_LINE), searched[max(0, begins - MAX_ABOVE) : ends + 1]
                )
            begins = after


def _heading_of(since: str) -> str:
    """Give the last heading of a part of a page."""
    return next((match["words"] for match in reversed([*_HEADING.finditer(since)])), "")


@cache
def _patterns(forms: tuple[str, ...], *, is_text: bool) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_pattern_of(form, is_text=is_text), re.IGNORECASE) for form in forms)


def _pattern_of(form: str, *, is_text: bool) -> str:
    """Make a pattern of a form, see `FieldDefinition.sentences`."""
    what = _PROPER_NAME if is_text else f"{_A_VALUE}+"
    value, gap = rf"{_AT_LEAST}(?P<value>{what})", rf"(?:[^{_A_VALUE};:]{{0,{MAX_GAP}}}?[ ,(])??"
    pattern, joined = "", ""
    for token in form.split():
        if token == GAP:
            pattern, joined = pattern + joined + gap, ""
        elif token == VALUE:
            pattern, joined = f"{pattern}(?: ?:)?{joined}{value}", "(?:'s?)? *"
        elif token.endswith("?"):
            pattern, joined = f"{pattern}{joined}(?:{_word(token[:-1])}{_SPACE})?", ""
        else:
            pattern, joined = pattern + joined + _word(token), _SPACE
    return pattern + _ENDS_NAME if is_text and form.endswith(VALUE) else pattern


def _word(token: str) -> str:
    """Make a pattern of a word, or of several of which one stands there; a star is the rest of a word."""
    ways = "|".join(re.escape(way).replace(r"\*", r"\w*") for way in token.split("/"))
    return rf"(?<![\w-])(?:{ways})(?:(?<=')|(?!\w))"
