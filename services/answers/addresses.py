"""Postal addresses of most of Western and Central Europe, the United States and Australia, in their parts.

The town stands behind its postcode, in Great Britain, Ireland, the United States and Australia before it; the street is
the line before, or the one behind where its words say that it is one (`1010 Wien, Stephansplatz 3`). What stands before
the street (a name, `c/o`, a floor) is kept. A country is no part of it, but where the document names one, in words or
by a prefix (`A-1010`), the postcode must be such a country's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale

from services.answers.normal_form import UNIFIED, plain
from services.answers.short_texts import keeping

MAX_CHARACTERS: Final = 400

_LINES: Final = re.compile(r" *(?:[\n,;·|•]| - ) *")
_PREFIXED: Final = re.compile(r"(?P<prefix>^|[\n,] ?)(?P<country>DE|D|AT|A|CH|FR|F) - (?=[0-9]{4,5} )")
"""A country before a postcode, set apart: `D - 48653 Coesfeld`."""
_HYPHENATED: Final = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*\r?\n[ \t]*(?=[^\W\d_A-Z])")
_UNIT: Final = r"(?!(?:mm|cm|dm|km|kg|mg|ml|cl|kw|pcs|pages|sheets|copies)\b)"
"""Behind a number that is no postcode: `850 x 2000 mm with hooks`."""
_TOWN: Final = rf"{_UNIT}(?P<town>[^\W\d_](?:[^\W\d_]|[ .'()/-]){{1,60}})"
_CONTINENTAL: Final = re.compile(
    r"(?:(?P<before>.{3,}?[0-9] ?[a-z]?) )?(?:(?P<prefix>DE|D|AT|A|CH|FR|F)[- ] ?)?"
    rf"(?P<postcode>[0-9]{{4}}-[0-9]{{3}}|[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4}} [A-Z]{{2}}|[0-9]{{4,5}}) {_TOWN}"
)
_TOWN_FIRST: Final = re.compile(
    r"(?!(?:rechnung|kunde|beleg|auftrag|bestellung|postfach|tel|fax|nr|no|invoice|order|box)\b)"
    r"(?P<town>[^\W\d_]{3,}(?:[ -][^\W\d_]{2,}){0,3}) (?P<postcode>[0-9]{5})",
    re.IGNORECASE,
)
"""As programs from elsewhere write German addresses: `Weimar 99423`."""
_CEDEX: Final = re.compile(r" ?\bcedex(?: [0-9]{1,2})?$", re.IGNORECASE)
_BRITISH: Final = re.compile(r"(?:(?P<town>[^\d]{2,60}?) )?(?P<postcode>[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})")
STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|PR|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
"""Of the United States, as its post writes them."""
AUSTRALIAN_STATES: Final = "ACT|NSW|NT|QLD|SA|TAS|VIC|WA"
_AMERICAN: Final = re.compile(
    rf"(?:(?P<town>[^\d]{{2,60}}?) )?(?P<state>{STATES}) (?P<postcode>[0-9]{{5}}(?:-[0-9]{{4}})?)"
)
_AUSTRALIAN: Final = re.compile(
    rf"(?:(?P<town>[^\d]{{2,60}}?) )?(?P<state>{AUSTRALIAN_STATES}) (?P<postcode>[0-9]{{4}})"
)
_IRISH: Final = re.compile(
    r"(?:(?P<town>[^\d]{2,60}?) )?(?P<postcode>[AC-FHKNPRTV-Y][0-9][0-9W] ?(?=[A-Z]{0,3}[0-9])[0-9A-Z]{4})"
)
_TOWNS_FIRST: Final = {"GB": _BRITISH, "IE": _IRISH, "US": _AMERICAN, "AU": _AUSTRALIAN}
_LIKE_POSTCODE: Final = re.compile(r"\d(?:\d{3}|W?\s*[^\W\d_][^\W_]|\d-\d{3})")
"""What every postcode has, however it is set; most lines are no addresses, and that is known soonest by it."""
_HOUSE_NUMBER: Final = re.compile(r"[0-9]{1,5} ?(?:bis|ter|[a-z])?", re.IGNORECASE)
_POSTBOX: Final = re.compile(r"(?:postfach|p\.? ?o\.? box|bp|b\.p\.|case postale|cs)\b", re.IGNORECASE)
_STREET_WORD: Final = re.compile(
    r"(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|damm|ufer|markt|graben|kai|hof)$"
    r"|\b(?:road|street|lane|yard|row|square|avenue|terrace|gardens|house|court|mews|close|drive|hill|wharf|quay)$"
    r"|^the [^\W\d_ ]+ (?:barn|cottage|farm|forge|hall|lodge|manor|mill|rectory)$"
    r"|^(?:rue|avenue|boulevard|place|chemin|quai|impasse|route|allée|cours|square)\b"
    r"|^(?:am|an der|auf der|im|in der|zum|zur)\b",
    re.IGNORECASE,
)
_AREA: Final = re.compile(
    r"(?:Z\.?A\.?C?\.?|Z\.?I\.?|[Zz]one (?:artisanale|industrielle|d.activités?)|[Pp]arc d.activités?) \S"
)
_NUMBERED: Final = re.compile(r"(?:[0-9]{1,3} ?[a-z]? )?(?P<name>[^\d]{4,60}?)(?: [0-9]{1,3} ?[a-z]?)?", re.IGNORECASE)
"""A street, its number before it or behind."""
_NUMBER_FIRST: Final = re.compile(
    r"[0-9]{1,4} ?[a-z]? (?:[^\W\d_][\w'\u2019-]* ){0,3}"
    r"(?:street|road|lane|row|square|avenue|terrace|gardens|crescent|close|drive|wharf|quay|way|st|rd|ave|ln|dr|blvd)\.?"
    r"|[0-9]{1,4}(?: ?(?:bis|ter))? (?:rue|avenue|boulevard|chemin|quai|impasse|route|allée) .+",
    re.IGNORECASE,
)
_PREFIXES: Final = {"D": "DE", "DE": "DE", "A": "AT", "AT": "AT", "CH": "CH", "F": "FR", "FR": "FR"}
_FIVE_DIGITS: Final = re.compile("[0-9]{5}")
_FOUR_DIGITS: Final = re.compile("[0-9]{4}")
_POSTCODES: Final = {
    **dict.fromkeys(("DE", "FR", "ES", "FI", "IT"), _FIVE_DIGITS),
    **dict.fromkeys(("AT", "BE", "CH", "DK", "LI", "LU", "NO"), _FOUR_DIGITS),
    "NL": re.compile("[0-9]{4} [A-Z]{2}"),
    "PL": re.compile("[0-9]{2}-[0-9]{3}"),
    "PT": re.compile("[0-9]{4}-[0-9]{3}"),
}
_GREAT_BRITAIN: Final = ("uk", "u.k.", "united kingdom", "england", "scotland", "wales", "great britain", "gb")
_UNITED_STATES: Final = ("us", "u.s.", "usa", "u.s.a.", "united states of america")


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts.

    Parameters
    ----------
    before
        Lines before the street.
    street
        With its number, or a post box.
    form
        Whose form it has, of those countries that write the town before the postcode: `GB`, `IE`, `US`, `AU`.
    """

    before: tuple[str, ...]
    street: str
    postcode: str
    town: str
    form: str = ""

    @property
    def text(self) -> str:
        """Canonical: on one line, the town on its country's side of the postcode."""
        sides = (self.town, self.postcode) if self.form else (self.postcode, self.town)
        return ", ".join(filter(None, (*self.before, self.street, " ".join(sides))))


@keeping
def parse_address(verbatim: str) -> Address | None:
    """Read an address; one that cannot be split without doubt is not read."""
    if len(verbatim) > MAX_CHARACTERS or not _LIKE_POSTCODE.search(verbatim):
        return None
    whole = _PREFIXED.sub(r"\g<prefix>\g<country>-", _HYPHENATED.sub("", verbatim.translate(UNIFIED)))
    pieces = (plain(line).translate(UNIFIED) for line in _LINES.split(whole))
    lines = _with_house_number([line for line in pieces if line])
    country = _countries().get(lines[-1].casefold(), "") if lines else ""
    lines = lines[:-1] if country else lines
    if not lines:
        return None
    town_first = (_town_first(pattern, own, lines, country) for own, pattern in _TOWNS_FIRST.items())
    return next(filter(None, town_first), None) or _continental(_with_street_before(lines), country)


def begins_with_street(line: str) -> bool:
    """Say whether a line is a street behind its number, or has one behind a comma: `Oak House, 4 Station Road`.

    A street before its number is as well the name of those who live there: `WEG Ringstraße 41`. French firms stand in
    areas without numbers: `ZA des Tannes`.
    """
    return _AREA.match(line) is not None or any(_NUMBER_FIRST.fullmatch(part.strip()) for part in line.split(","))


def _with_house_number(lines: Sequence[str]) -> list[str]:
    """Join what a comma parts in France: `12, rue de la Paix`."""
    joined: list[str] = []
    for line in lines:
        if joined and _HOUSE_NUMBER.fullmatch(joined[-1]):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _with_street_before(lines: Sequence[str]) -> list[str]:
    """Put a street that stands behind postcode and town where others have it; it must be one for sure, and the only."""
    if len(lines) == 1:
        return list(lines)
    *before, town, street = lines
    match = _CONTINENTAL.fullmatch(_CEDEX.sub("", town))
    if match is None or match["before"] or not _is_numbered_street(street) or any(map(_is_numbered_street, before)):
        return list(lines)
    return [*before, street, town]


def _is_numbered_street(line: str) -> bool:
    match = _NUMBERED.fullmatch(line)
    return _POSTBOX.match(line) is not None or (
        match is not None and match["name"] != line and _STREET_WORD.search(match["name"]) is not None
    )


def _continental(lines: Sequence[str], country: str) -> Address | None:
    match = _CONTINENTAL.fullmatch(_CEDEX.sub("", lines[-1])) or _TOWN_FIRST.fullmatch(lines[-1])
    if match is None:
        return None
    found = match.groupdict()
    postcode, town = match["postcode"], match["town"].strip()
    prefix = _PREFIXES.get(found.get("prefix") or "", "")
    said = {country, prefix, "FR" if _CEDEX.search(lines[-1]) else ""} - {""}
    before = [*lines[:-1], *filter(None, [found.get("before")])]
    if len(said) > 1 or not before or not _is_street(before[-1]):
        return None
    if not all(code in _POSTCODES and _POSTCODES[code].fullmatch(postcode) for code in said):
        return None
    return Address(tuple(before[:-1]), before[-1], postcode, town)


def _town_first(pattern: re.Pattern[str], own: str, lines: Sequence[str], country: str) -> Address | None:
    """Read an address of a country where the town stands before the postcode."""
    match = pattern.fullmatch(lines[-1])
    if match is None or country not in {"", own}:
        return None
    *before, town = [*lines[:-1], *([match["town"]] if match["town"] else [])] or [""]
    if not town or not any(map(_is_street, before[-2:])):  # `Unit 3, Whitehall Cross`
        return None
    state = match.groupdict().get("state")
    whole = f"{town}{' ' if own == 'AU' else ', '}{state}" if state else town
    return Address(tuple(before[:-1]), before[-1], match["postcode"], whole, form=own)


def _is_street(line: str) -> bool:
    return bool(re.search(r"[0-9]", line) or _POSTBOX.match(line) or _STREET_WORD.search(line)) and any(
        map(str.isalpha, line)
    )


@cache
def _countries() -> Mapping[str, str]:
    """Names of countries in three languages; of all countries, so that none is taken for a town."""
    names = {
        name.casefold(): code
        for language in ("de", "fr", "en")
        for code, name in Locale(language).territories.items()
        if code.isalpha()
    }
    return names | dict.fromkeys(_GREAT_BRITAIN, "GB") | dict.fromkeys(_UNITED_STATES, "US")
