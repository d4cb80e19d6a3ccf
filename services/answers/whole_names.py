"""Names as the document has them, where the model copied a part, or a person of a firm's address for the firm."""

import re
from typing import Final

from services.answers.letter import is_above_address
from services.answers.names import (
    firms_in,
    is_firm,
    is_legal_form,
    is_nameless,
    is_organisation,
    is_owner,
    is_person,
    is_repeated,
    partners_behind,
    without_form,
)
from services.answers.surroundings import Surroundings
from services.answers.tables.sheet import Cell

MAX_WORDS: Final = 3
"""Words before the part that was copied."""

LARGE: Final = 1.2
"""Size of letters of a name, as part of those below it, from which it is written large."""
_TRADE: Final = re.compile(r"\w*(?:erei|atelier|studio|büro|praxis|kanzlei|betrieb|werkstatt|service)", re.IGNORECASE)
"""A word that makes a person's name behind it that of a business: `Tischlerei`, `Fotostudio`, `Malerbetrieb`."""
_TRADES: Final = re.compile(
    rf"(?:[A-ZÄÖÜ][\w-]*(?:,| und| &) )?"
    rf"(?:{_TRADE.pattern}|\w*(?:bau|technik|handel|verlag|handlung|verwaltung|transporte"
    r"|genossenschaft|gesellschaft|gemeinschaft|stiftung|verband|verein))",
    re.IGNORECASE,
)
"""A line that says a trade alone, and goes on with the name below: `Garten- und Landschaftsbau`."""
_GOES_ON_IN_CELL: Final = re.compile(
    r"(?: (?:d['\u2019]|l['\u2019]|de l['\u2019]|(?:de|du|des|de la|am|an der|im|in der|vom|zum|zur|of|of the) )"
    r"[A-ZÀ-Þ][\w-]*)+"
)
"""How a name goes on to the end of its cell: `Coopérative des Pêcheurs`, and then ` d'Anse`."""
_ELIDED: Final = re.compile(r"[LD]['\u2019]")
_FIRM_WORDS: Final = re.compile(
    r"[A-ZÄÖÜ][\w&.'-]*(?: (?:[A-ZÄÖÜ][\w&.'-]*|&|und|am|an|der|im|in|zum|zur|of|the|de|du|la))*"
)
_NO_NAME: Final = re.compile(
    r"^(?:an|to|from|von|herrn?|frau|mr|mrs|ms|dear|firma|fa|die|der|das|the|geschäftsführer\w*|inhaber\w*|name|bank"
    r"|ihre?|unsere?|your|our|und|and|zwischen|between|für|for|bei|by|durch|mit|with|gegen|against"
    r"|\w*rechnung|\w*vertrag|bestellung|mahnung|lieferschein|bescheid|invoice|agreement|contract|order|reminder"
    r"|kunde|käufer|verkäufer|\w*empfänger|absender|\w*lieferant|besteller|auftraggeber|auftragnehmer|kontoinhaber"
    r"|gläubiger|schuldner|\w*mieter|arbeitgeber|spediteur|partei|customer|client|buyer|seller|supplier|vendor|consignee"
    r"|recipient|creditor|debtor|landlord|tenant|employer|carrier|payee|party)\b",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(r"zu[rm]|beim?|de[rms]|die|das|im|vo[nm]|bei|einem?|einer")
_GOES_ON_IN_WORDS: Final = re.compile(r",? [a-zäöü]")
"""Behind a name in a sentence."""
_CARRIER: Final = re.compile(r"(?<!der )(?<!die )(?<!einer )(?<!unsere )(?<!unserer )\bSpedition $")
"""How a carrier's name begins in a sentence (`Versand mit Spedition Korff GmbH`); behind an article it is a word."""
_RESTRICTED: Final = re.compile(r" ?\(haftungsbeschr(?:änkt|\.)\)", re.IGNORECASE)
"""What the law wants behind `UG`."""
_SOLE: Final = re.compile(r" EI(?!\w)")
"""What a French sole trader writes behind his name: `entrepreneur individuel`."""
_ENDS_OF_FORMS: Final = frozenset({"mbB", "(haftungsbeschränkt)"})
"""What a legal form ends with, and is none without the line above."""
_AND_CO: Final = re.compile(r"\s*& ?Co\.?\s*$")
_BROKEN: Final = re.compile(r"\w (?:&|und|and|et)$")
"""The end of a line on which a name does not end: `Nordholz GmbH &`, and `Co. KG` below."""
_GOES_ON: Final = re.compile(
    r"(?:für|for|of|des|der|du|de la) (?!Rückfragen|Fragen|Ihre|Sie\b)[A-ZÀ-Þ][\w-]*"
    r"(?: (?:[A-ZÀ-Þ][\w-]*|und|and|&|et))*"
)
"""A line with which the name above it goes on: `für Körper- und Traumatherapie` below `Institut Lindenhof`."""
_CUSTOMER: Final = re.compile(r"(?:kunden?|kd|client|customer|account)\b.*\d{3,}$|kundennummer \d+$", re.IGNORECASE)
"""The customer's number, on a line of an address."""
_ATTENTION: Final = re.compile(r"z\. ?hd\.|(?:attn|(?:for the )?attention|à l['\u2019]attention)\b", re.IGNORECASE)
"""Before the name of someone who works for whom the address is."""
_PLACE: Final = re.compile(
    r"^(?:am|an der|im|rue|place|haus)\b"
    r"|\b(?:lane|street|road|court|house|cottage|close|stra(?:ß|ss)e|weg|platz)$",
    re.IGNORECASE,
)
"""A house or a street without a number, whatever it is named after: `Church Cottage`, `Am Kindergarten`."""
_TITLE: Final = re.compile(
    r"(?:[^\W\d_]+ ){0,2}(?:manager|director|secretary|treasurer|chair(?:man|woman|person)?|president|administrator"
    r"|officer|\w*(?:leiter|verwalter|führer|kassier|vorsitzende)(?:in|r)?|vorstand|einkauf|buchhaltung|directeur|directrice"
    r"|gérante?|présidente?|trésori[eè]re?)",
    re.IGNORECASE,
)
"""What someone is for an organisation, behind the name."""
_NO_WORDS: Final = re.compile(r"[\d:@]")
_OWN_NUMBER: Final = re.compile(r" (?:no|nr|n°)\.? ?[0-9]+$", re.IGNORECASE)
"""An organisation's number in its register, at the end of its name: `Owners Corporation No. 412887`."""
_PERSON: Final = re.compile(
    r"^(?:z\. ?hd\. |attn:? |for the attention of |à l'attention de )?"
    r"(?:herrn?|frau|mr|mrs|ms|miss|mx|mme|mlle|m\.|madame|mademoiselle|monsieur)(?=\W)",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(
    r"(?:(?:einwurf|übergabe)-?)?einschreiben|postzustell|zustellungsurkunde|rs[ab]$|gegen (?:rückschein|empfangs)"
    r"|(?:by )?(?:recorded|registered|special|signed for)\b|by (?:hand|courier|first class)|per (?:bote|fax|kurier)"
    r"|nachnahme|versicherungsnehmer|mieter(?:in)?$|auftraggeber|kund(?:e|in)$|eheleute|patient(?:in)?$|policyholder"
    r"|tenant$|accounts (?:payable|department|dept)|finance department|kreditorenbuchhaltung",
    re.IGNORECASE,
)
"""What may stand above a person, or for a firm, and is none: how a letter is brought, what he is, a department."""
_TITLED: Final = re.compile(r"(?:dr|prof)(?=\W)", re.IGNORECASE)
_CARE_OF: Final = re.compile(
    r"c/-|(?:c/o|p\. ?a\.|vertreten durch|represented by|représentée? par)(?!\w)", re.IGNORECASE
)


def whole_firm(verbatim: str, page: int, start: int, surroundings: Surroundings) -> str:
    """Give a firm's whole name: `Tischlerei Wendelin Korff GmbH`, where `Wendelin Korff GmbH` was copied.

    Without a legal form, only a trade before a person's name belongs to it: `Tischlerei Wendelin Korff`.
    """
    cell = surroundings.cell(page, start)
    at = cell.text.find(verbatim) if cell else -1
    if cell is not None and at >= 0 and (behind := _RESTRICTED.match(cell.text, at + len(verbatim))):
        verbatim += behind[0]
    if cell is not None and at >= 0 and (sole := _SOLE.match(cell.text, at + len(verbatim))):
        verbatim += sole[0]
    if cell is not None and at >= 0 and not is_firm(verbatim):
        verbatim += partners_behind(cell.text, at + len(verbatim))
    if cell is not None and at >= 0 and _GOES_ON_IN_CELL.fullmatch(cell.text, at + len(verbatim)):
        verbatim = cell.text[at:]
    if cell is not None and _ELIDED.fullmatch(cell.text, 0, max(at, 0)):
        return cell.text[: at + len(verbatim)]
    if cell is not None and at == 0 and (trade := _trade_before(verbatim, page, start, surroundings)):
        return f"{trade}\n{verbatim}"
    if cell is None or at <= 0:
        return verbatim
    begin = cell.text.rfind(": ", 0, at) + 1  # `Versandart: Spedition Korff GmbH`
    before = cell.text[begin:at].strip()
    is_whole = is_firm(verbatim) and _FIRM_WORDS.fullmatch(before) and len(before.split()) <= MAX_WORDS
    is_other = _NO_NAME.match(before) or is_repeated(before, verbatim)
    if not before or is_other or not (is_whole or _TRADE.fullmatch(before)):
        is_carrier = is_firm(verbatim) or verbatim.isalpha()
        carrier = _CARRIER.search(cell.text[:at]) if is_carrier else None
        return carrier[0] + verbatim if carrier else verbatim
    return cell.text[begin : at + len(verbatim)].lstrip()


def _trade_before(verbatim: str, page: int, start: int, surroundings: Surroundings) -> str:
    """Give the trade that ends a sentence's line before a firm: `ich zur Ingenieurbüro`, `Ostkamp GmbH kam`."""
    cell, above = surroundings.cell(page, start), surroundings.cell_above(page, start)
    words = above.text.split() if above else []
    in_sentence = (
        len(words) > 1 and _ARTICLE.fullmatch(words[-2]) and cell and _GOES_ON_IN_WORDS.match(cell.text, len(verbatim))
    )
    is_trade = in_sentence and words[-1][0].isupper() and _TRADE.fullmatch(words[-1])
    return words[-1] if is_trade and is_firm(verbatim) else ""


def two_lines(verbatim: str, page: int, start: int, surroundings: Surroundings) -> str:
    """Give a name in two lines, of which one was copied.

    Such are names in a form, where `Name:` stands beside the second line, a trade above a firm or a person
    (`Zahnarztpraxis`, and below it `Dr. Heike Lammers`), and what is written large above an address.
    """
    cell, above = surroundings.cell(page, start), surroundings.cell_above(page, start)
    if cell is None or cell.text != verbatim:
        return verbatim
    below = surroundings.cell_below(page, start)
    if above and (_is_in_form(above, page, start, surroundings) or _is_trade_of(above.text, verbatim)):
        return f"{above.text}\n{verbatim}"
    if above and (_is_large_name(above, cell, below) or _is_house_of(above.text, verbatim)):
        return f"{above.text}\n{verbatim}"
    under = surroundings.cell_below(page, below.start) if below else None
    goes_on = below is not None and (
        (_BROKEN.search(verbatim) is not None and is_firm(below.text) and not _NO_WORDS.search(below.text))
        or below.text in _ENDS_OF_FORMS
        or (is_legal_form(below.text) and not verbatim.casefold().endswith(f" {below.text.casefold()}"))
        or _is_trade_of(verbatim, below.text)
        or _is_trade_with_form(below.text)
        or _is_house_of(verbatim, below.text)
        or _GOES_ON.fullmatch(below.text) is not None
        or _goes_on_above_agent(verbatim, below.text, under)
    )
    if below and (goes_on or _is_large_name(cell, below, under)):
        return f"{verbatim}\n{below.text}"
    return verbatim


def _goes_on_above_agent(verbatim: str, line: str, under: Cell | None) -> bool:
    """Say whether a line is the rest of a name, below which stands through whom it is reached: `c/- Northgate`."""
    is_whole = is_firm(verbatim) or is_person(verbatim) or is_organisation(line) or is_firm(line) or is_person(line)
    is_other = _NOTE.match(line) or _PERSON.match(line) or _ATTENTION.match(line) or _PLACE.search(line) or "," in line
    is_reached = under is not None and _CARE_OF.match(under.text) is not None
    return is_reached and not (is_whole or is_other) and line[:1].isupper()


def _is_large_name(first: Cell, second: Cell, below: Cell | None) -> bool:
    """Say whether two lines are a name in letters of one size, larger than those of the address below them."""
    is_large = below is not None and abs(first.size - second.size) <= 1 and first.size >= LARGE * below.size
    return is_large and not any(_NO_NAME.match(cell.text) or _NO_WORDS.search(cell.text) for cell in (first, second))


def _is_in_form(above: Cell, page: int, start: int, surroundings: Surroundings) -> bool:
    is_first = surroundings.is_first_of_line(page, above.start) and not _NO_WORDS.search(above.text)
    return is_first and surroundings.is_labelled_row(page, start)


def _is_trade_of(line: str, name: str) -> bool:
    is_name = (is_firm(name) or _TITLED.match(name) is not None) and not _NO_WORDS.search(name)
    return is_name and _TRADES.fullmatch(line) is not None


def _is_house_of(line: str, firm: str) -> bool:
    """Say whether a line is the name of a house, and the firm below it has none of its own."""
    is_name = _FIRM_WORDS.fullmatch(line) is not None and not (
        is_firm(line) or _NO_NAME.match(line) or _NOTE.match(line)
    )
    return is_name and is_nameless(firm)


def _is_trade_with_form(line: str) -> bool:
    """Say whether a line is a trade and a legal form, and no name without the line above it: `Gemüsehandel GmbH`."""
    return is_firm(line) and _TRADES.fullmatch(_AND_CO.sub("", without_form(line)).strip()) is not None


def above_owner(verbatim: str, page: int, start: int, surroundings: Surroundings) -> str:
    """Give the firm above its owner, where `Inh. Matthias Hollerbach` was copied; else what was copied."""
    above = surroundings.cell_above(page, start) if is_owner(verbatim) else None
    return verbatim if above is None or _is_no_firm(above.text) else above.text


def firm_beside(verbatim: str, page: int, start: int, surroundings: Surroundings) -> Cell | None:
    """Give the firm of a person in an address, None if there is none.

    It stands before a comma on the same line, directly above, or below with its legal form.
    """
    is_person = _PERSON.match(verbatim) is not None
    if is_person and (own := _before_comma(page, start, surroundings)):
        return own
    if not (is_person or _TITLED.match(verbatim)):
        return organisation_below(verbatim, page, start, surroundings)
    above, below = surroundings.cell_above(page, start), surroundings.cell_below(page, start)
    if is_person and above and not (_is_no_firm(above.text) or is_above_address(above.text)):
        return above
    if is_person and above and _CUSTOMER.search(above.text) and _is_attention(surroundings.cell(page, start)):
        over = surroundings.cell_above(page, above.start)
        return over if over and is_firm(over.text) and not _NO_WORDS.search(over.text) else None
    is_below = below is not None and is_firm(below.text) and not _NO_WORDS.search(below.text)
    return below if below and is_below and not _CARE_OF.match(below.text) else None


def _before_comma(page: int, start: int, surroundings: Surroundings) -> Cell | None:
    """Give the firm before a person on his line: `Planungsbüro Noack GmbH, Frau Noack`."""
    cell = surroundings.cell(page, start)
    before = surroundings.searchable.text(page)[cell.start : start] if cell else ""
    name = before.rstrip(" ,")
    is_whole = [*firms_in(name.replace(" + ", " & "))] == [name.replace(" + ", " & ")]
    is_one = before.rstrip().endswith(",") and is_whole and not _NO_NAME.match(name)
    return cell._replace(text=name, end=cell.start + len(name)) if cell and is_one else None


def organisation_below(verbatim: str, page: int, start: int, surroundings: Surroundings) -> Cell | None:
    """Give what a name in an address works for, where it stands in the next line and is plainly no person or place."""
    cell, below = surroundings.cell(page, start), surroundings.cell_below(page, start)
    if cell is None or below is None or not _is_person_of_line(cell.text, verbatim):
        return None
    street = surroundings.cell_below(page, below.start)
    is_street_next = street is not None and not _is_large_name(cell, below, street)
    is_other = (
        is_legal_form(below.text)
        or is_nameless(below.text)
        or _is_trade_with_form(below.text)
        or _NO_WORDS.search(_OWN_NUMBER.sub("", below.text))
        or _PLACE.search(below.text)
        or _CARE_OF.match(below.text)
    )
    is_one = is_firm(below.text) or is_organisation(below.text)
    return below if is_street_next and is_one and not (is_other or is_organisation(verbatim)) else None


def stands_above_firm(verbatim: str, page: int, start: int, surroundings: Surroundings) -> bool:
    """Tell whether a person's name stands above a firm's in two lines: `The Corner`, and then `Haberdashery Ltd`."""
    cell, below = surroundings.cell(page, start), surroundings.cell_below(page, start)
    end = surroundings.cell_below(page, below.start) if below else None
    street = surroundings.cell_below(page, end.start) if end else None
    if cell is None or below is None or end is None or street is None or not _is_person_of_line(cell.text, verbatim):
        return False
    is_begun = " " in below.text and not (is_firm(below.text) or _PLACE.search(below.text))
    is_name = is_begun and is_firm(end.text) and not _NO_WORDS.search(f"{below.text} {end.text}")
    return is_name and any(map(str.isdigit, street.text))


def _is_attention(cell: Cell | None) -> bool:
    return cell is not None and _ATTENTION.match(cell.text) is not None


def _is_person_of_line(line: str, verbatim: str) -> bool:
    """Tell whether a line is a person, and at most a title behind the name: `Denise Brook, Property Manager`."""
    person, _, title = line.partition(", ")
    is_title = not title or _TITLE.fullmatch(title) is not None
    return verbatim in {line, person} and is_person(person) and is_title


def _is_no_firm(text: str) -> bool:
    return any((_NO_WORDS.search(text), _PERSON.match(text), _NOTE.match(text)))
