"""Numbers by which offices call a document, an order, a customer or a file: letters, digits and signs, as written."""

import re
from typing import Final

from services.answers.dates import parse_date
from services.answers.normal_form import plain

MAX_CHARACTERS: Final = 60
MAX_WORDS: Final = 5
"""Words of a number that is written in groups."""

_LABEL: Final = re.compile(
    r"^(?:[^\W\d_][^:#\d]{0,40}[:#]"
    r"|(?:[^\W\d_]+[-. ]{1,2}){0,3}(?:(?:nr|no|nummer|number|ref|az)\b|n°)(?![-/])\.?|#|№)[:.\s]*(?=\S)",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_NO_PART: Final = re.compile(r"[@€$£%]")
_LIKE_A_DATE: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|[\w.,]+(?: [\w.,]+){1,3}")
_DATED: Final = re.compile(
    r"(?P<number>\S.{0,40}?),? (?:vom|v\.|of|dated|from|du|exp\.|expires|valid until|gültig bis) (?P<date>.{6,20})"
)
"""A number, and the day of what it calls: `B25/11837 vom 09.12.2025`."""
_AND_ANOTHER: Final = re.compile(
    r"(?P<number>\S+) ?[/|,;·] ?[^\W\d_][^\d:#]{0,20}(?:(?:(?<=\W)(?:nr|no|ref)|nummer|number)\b|(?<=\W)n°|[:#])"
    r"[.: ]{0,3}\S*\d\S*",
    re.IGNORECASE,
)
"""A number, and behind it another one with its own name: `2026-17 / Kunden-Nr. 4711`."""
_NUMBER_AND_WORDS: Final = re.compile(r"(?P<number>\S*\d\S*)(?:,? [^\W\d_]{3,}){2,}[,.:]?")
"""A number, and words of what it is for: `847MSO Weekly ward stock`."""
_NUMBER_AND_MORE: Final = re.compile(
    r"(?P<number>(?!\d{2}/\d{4} )(?=(?:[^\w\s]*\w){4})\S*\d[^\s,]*),? (?:zu|für|for|pour|betreffend|re)[.:]? \S.*"
)
"""A number, and what it is about: `31-2026 zu Ihrem Titel GS-2218`."""
_FLOOR: Final = re.compile(r"\d{1,2}\. ?(?:OG|UG|DG|Stock|Etage|Obergeschoss)\b.*", re.IGNORECASE)
_WORD_AND_DATE: Final = re.compile(r"[^\W\d_]+\.? (?P<date>\d{1,2}\.\d{1,2}\.\d{4})")
"""Where somebody lives (`2. OG links`), and a day with a word before it (`Dok. 15.09.2025`): no numbers."""
_HEADING_OF_A_YEAR: Final = re.compile(r"[^\W\d_]{4,}(?: [^\W\d_]{4,})* (?:19|20)[0-9]{2}")
"""What an account of a month or year is called: `Juni 2026`, `Jahresabrechnung 2025`."""
_WORD_BEFORE: Final = re.compile(r"^(?!\w*[A-Z]{2})[^\W\d_]{5,} (?=[A-Z]{1,4}[-/]?[0-9]{3,}$)")
"""A word between a label and its number: `Auftragsnummer`, and behind it `Einkauf PO612`."""
_TIME: Final = re.compile(r"(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}")
_EDGES: Final = " ,;:·|•*\"'"


def parse_reference(verbatim: str, language: str) -> str | None:
    """Read a number on one line, without the words before it; what has no digit, or is a date or a time, is none."""
    if len(verbatim) > 2 * MAX_CHARACTERS:
        return None
    text = plain(verbatim).strip(_EDGES)
    text = _LABEL.sub("", text).strip(_EDGES)
    if another := _AND_ANOTHER.fullmatch(text):
        text = another["number"]
    if (dated := _DATED.fullmatch(text)) and parse_date(dated["date"], language) is not None:
        text = dated["number"]
    if begun := _NUMBER_AND_WORDS.fullmatch(text) or _NUMBER_AND_MORE.fullmatch(text):
        text = begun["number"]
    if _FLOOR.fullmatch(text) or _WORD_AND_DATE.fullmatch(text):
        return None
    is_sentence = len(text.split()) > MAX_WORDS and not text.replace(" ", "").isdigit()
    if len(text) > MAX_CHARACTERS or is_sentence or not _DIGIT.search(text) or _NO_PART.search(text):
        return None
    if _HEADING_OF_A_YEAR.fullmatch(text) or _TIME.fullmatch(text):
        return None
    if _LIKE_A_DATE.fullmatch(text) and parse_date(text, language) is not None:
        return None
    return _WORD_BEFORE.sub("", text)
