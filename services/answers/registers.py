"""Numbers under which firms stand in public registers; read only if form and check digits hold.

========= =============================== ======================================
country   written                         canonical
========= =============================== ======================================
Germany   `Amtsgericht Köln, HRB 12345`   `Köln HRB 12345`; without a court that
                                          is named, `HRB 12345`
Austria   `FN 122119 m, HG Wien`          `FN 122119m`
Swiss     `CHE-109.322.551`               `CHE109322551`
France    `RCS Paris B 552 100 554`       `552100554` (SIREN), 14 digits (SIRET)
Britain   `Company No. 9412087`           `09412087`, `SC123456`
========= =============================== ======================================
"""

import re
from collections.abc import Callable
from typing import Any, Final

import stdnum.at.businessid
import stdnum.ch.uid
import stdnum.de.handelsregisternummer
import stdnum.fr.siren
import stdnum.fr.siret
from stdnum.exceptions import ValidationError

from services.answers.normal_form import UNIFIED, plain

MAX_CHARACTERS: Final = 200

_GERMAN: Final = re.compile(
    r"\b(?P<register>HRA|HRB|GnR|GsR|PR|VR)(?![^\W\d_])[-.:]? ?(?:(?:Nr|No)\.?:? ?)?"
    r"(?P<number>[1-9][0-9]{0,2}[ .]?[0-9]{0,3})"
    r"(?![0-9])(?: ?(?P<letter>[A-Z]{1,2})(?!\w))?",
    re.IGNORECASE,
)
_BEFORE_COURT: Final = re.compile(
    r"(?:(?:Handels|Vereins|Genossenschafts|Partnerschafts|Gesellschafts)?[Rr]egister(?:nummer|nr|eintrag)?\b"
    r"|(?:eingetragen|im|beim|des|der|am|bei|Nr|Sitz)\b|[ .,;:/(-])*"
)
_COURT: Final = re.compile(r"(?:Registergericht[: ] ?)?(?:Amtsgerichts?|AG)[: ] ?|Registergericht[: ] ?")
_AUSTRIAN: Final = re.compile(
    r"(?:.*\b)?(?:FN|Firmenbuch(?:nummer|nr|-nr)?)[.: ]{0,3}([0-9]{1,6}) ?([a-z])\b[^0-9]*", re.IGNORECASE
)
_AUSTRIAN_ALONE: Final = re.compile(r"([0-9]{5,6}) ?([a-z])")
_AUSTRIAN_LETTERS: Final = "abdfghikmpstvwxyz"
"""Check letters by the number's remainder after division by 17 (Wikidata, property P5285)."""
_SWISS: Final = re.compile(r"[^0-9]*\b(CHE[-. ]?[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3})(?: ?(?:MWST|TVA|IVA|HR|RC))?")
_FRENCH: Final = re.compile(r"\b(?:SIRET|SIREN|RCS|R\.C\.S\.?)(?!\w)", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[0-9](?:[0-9 .]*[0-9])?")
_BRITISH_LABEL: Final = re.compile(
    r"\b(?:company|registered|registration|reg|crn|england|wales|scotland)\b", re.IGNORECASE
)
_BRITISH: Final = re.compile(r"[^0-9]*?\b((?:SC|NI|OC|SO|NC|FC|SF|LP|SL|NL|CE) ?[0-9]{6}|[0-9]{6,8})")
_BRITISH_LENGTH: Final = 8


def parse_register_number(verbatim: str, language: str) -> str | None:
    """Read a register number; one of bare digits only where the language leaves no doubt about the register."""
    if len(verbatim) > MAX_CHARACTERS:
        return None
    text = plain(verbatim).translate(UNIFIED).strip(" .,;()")
    return (
        _german(text)
        or _austrian(text, language)
        or _swiss(text)
        or _french(text, language)
        or _british(text, language)
    )


def _german(text: str) -> str | None:
    found = list(_GERMAN.finditer(text))
    if len(found) != 1:
        return None
    match = found[0]
    if match["letter"] and not match["letter"].isupper():
        return None
    register = next(
        name for name in ("HRA", "HRB", "GnR", "GsR", "PR", "VR") if name.upper() == match["register"].upper()
    )
    number = " ".join(filter(None, (register, re.sub("[ .]", "", match["number"]), match["letter"])))
    around = [_court(part) for part in (text[: match.start()], text[match.end() :])]
    courts = [court for court in around if court]
    return _with_court(courts[0], number) if len(courts) == 1 else (number if not courts else None)


def _court(part: str) -> str:
    begin = _BEFORE_COURT.match(part)
    return part[begin.end() if begin else 0 :].rstrip(" ,;:/()-")


def _with_court(court: str, number: str) -> str | None:
    named = _COURT.match(court)
    town = court[named.end() :] if named else court
    if known := _valid(stdnum.de.handelsregisternummer.validate, f"{town} {number}"):
        return known
    # A court that the list lacks is taken if the document itself calls it one.
    return f"{town} {number}" if named and not re.search("[0-9]", town) else None


def _austrian(text: str, language: str) -> str | None:
    match = _AUSTRIAN.fullmatch(text) or (_AUSTRIAN_ALONE.fullmatch(text) if language.startswith("de") else None)
    if match is None:
        return None
    number = _valid(stdnum.at.businessid.validate, f"{match[1].lstrip('0')}{match[2].lower()}")
    return f"FN {number}" if number and number[-1] == _AUSTRIAN_LETTERS[int(match[1]) % 17] else None


def _swiss(text: str) -> str | None:
    match = _SWISS.fullmatch(text)
    return _valid(stdnum.ch.uid.validate, match[1]) if match else None


def _french(text: str, language: str) -> str | None:
    numbers = _DIGITS.findall(text)
    if len(numbers) != 1 or not (_FRENCH.search(text) or (language.startswith("fr") and numbers[0] == text)):
        return None
    digits = re.sub("[ .]", "", numbers[0])
    return _valid(stdnum.fr.siren.validate, digits) or _valid(stdnum.fr.siret.validate, digits)


def _british(text: str, language: str) -> str | None:
    match = _BRITISH.fullmatch(text)
    if match is None:
        return None
    number = match[1].replace(" ", "")
    whole = len(number) == _BRITISH_LENGTH and (not number.isdigit() or language.startswith("en"))
    labelled = _BRITISH_LABEL.search(text[: match.start(1)]) is not None
    return number.zfill(_BRITISH_LENGTH) if whole or labelled else None


def _valid(validate: Callable[[str], Any], number: str) -> str | None:
    try:
        return str(validate(number))
    except ValidationError:
        return None  # its check digits or its form say that it is none
