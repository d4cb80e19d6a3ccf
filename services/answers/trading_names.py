"""Who is behind the name under which somebody trades, where the document says it.

`Haus Seeblick ist ein Betrieb der Ostsee Hotel GmbH`, `Corrib Build is a trading name of Dunmore DAC`; the whole name
of a business, of which its logo has a part, before its owner's: `Weingut Haslauer · Inhaber Franz Haslauer`.
"""

import re
from collections.abc import Iterator
from typing import Final

from services.answers.imprint import END_OF_SENTENCE, MAX_FOOT, MOST_CELLS, words_of
from services.answers.letter import Letter, Party, is_part
from services.answers.names import firms_in, is_firm, is_legal_form, is_organisation, is_owner, is_person, parse_name

MAX_NAME: Final = 80
"""Characters of a name, at most."""
MOST_ADDED: Final = 4
"""Words of a business's whole name besides those of its logo."""
MOST_PLACES: Final = 20
"""Sentences of a page that are looked at."""
_BEGIN: Final = r"(?:(?<=[\s,:\u2013-])|(?<!\s)\s{1,3})"
_OF_FIRM: Final = re.compile(
    rf"{_BEGIN}(?:(?:ist|is|est)\s{{1,3}})?(?:eine?|an?|une?|the)\s{{1,3}}"
    r"(?:Betrieb|Marke|Handelsname|Geschäftsbereich|trading\s{1,3}(?:name|style)|brand|marque|enseigne"
    r"|établissement)\s{1,3}"
    r"(?:der|des|von|of|de\s{1,3}la|de|du)\s{1,3}(?:the\s{1,3}|Firma\s{1,3})?"
)
_TRADES_AS: Final = re.compile(
    r"(?<=\S)\s{1,3}\(?(?:t/a|T/A|trading\s{1,3}as|handelnd\s{1,3}unter"
    r"|exerçant\s{1,3}sous\s{1,3}le\s{1,3}nom)\s{1,3}"
)
_OWNER: Final = re.compile(
    r"(?<=\S)[.,·|\u2013(-]?\s{1,2}(?:[.,·|\u2013-]\s)?"
    r"(?=(?:Inhaber(?:in)?|Inh\.|Proprietor|Prop\.|Owner)[:.]? [A-ZÀ-Þ])"
)
_ADDED: Final = re.compile(r"(?:(?:[A-ZÀ-Þ][\w'\u2019-]*|&|und|and|et|für|of)(?: |$)){1,4}")
"""Words of a business's name besides those of its logo."""
_NO_PART: Final = re.compile(
    r"(?:Ihr|Ihre|Your|Konto|Bank\w*|Account|Tel|Rechnung|Invoice|Facture|Familie|Nr|Vielen|Team|Kontakt|Contact)\b"
)


def who_trades(said: str, letter: Letter) -> Party | None:
    """Give the name of who trades under another one; None where the document does not say it.

    Parameters
    ----------
    said
        What was copied for the issuer's name: of a firm with its legal form nothing more is to be known, unless the
        sentence was copied with it.
    """
    if not words_of(said).strip() or (is_firm(said) and not _OF_FIRM.search(said)):
        return None
    found = (*_firms_behind(said, letter), *_before_owner(said, letter))
    return next((party for party in found if not _is_recipients(party, letter)), None)


def _is_recipients(party: Party, letter: Letter) -> bool:
    is_other = letter.recipient is not None and is_part(party.verbatim, letter.recipient.verbatim)
    return is_other or letter.is_in_address(party.page, party.char_start)


def _firms_behind(said: str, letter: Letter) -> Iterator[Party]:
    wanted = words_of(said)
    for number, page in enumerate(letter.pages, 1):
        for match in [*_OF_FIRM.finditer(page)][:MOST_PLACES]:
            before = words_of(page[max(0, match.start() - MAX_NAME) : match.start()])
            behind = page[match.end() : match.end() + MAX_NAME].replace("\n", " ")
            firm = END_OF_SENTENCE.sub("", next(firms_in(behind), ""))
            is_it = before.endswith(wanted) or words_of(page[match.start() : match.end()] + firm) in wanted
            if firm and is_it and behind.startswith(firm):
                yield _party(page, number, match.end(), match.end() + len(firm))
        for match in [*_TRADES_AS.finditer(page)][:MOST_PLACES]:
            before = _own_line(page[max(0, match.start() - MAX_NAME) : match.start()]).rstrip(",")
            *_, firm = ["", *firms_in(before)]
            is_it = words_of(page[match.end() : match.end() + MAX_NAME]).startswith(wanted)
            if firm and is_it and before.endswith(firm):
                start = page.rfind(firm, 0, match.start())
                yield _party(page, number, start, start + len(firm))


def _own_line(before: str) -> str:
    """Give the last line; with the one above, where it is a legal form alone: they are one name."""
    above, _, line = before.rpartition("\n")
    return f"{above.rpartition(chr(10))[2]}\n{line}" if is_legal_form(line.strip(" ,")) else line


def _before_owner(said: str, letter: Letter) -> Iterator[Party]:
    """Give the names of businesses before their owners that begin or end with what was copied, and are longer."""
    if is_person(said) and not is_organisation(said) and len(said.split()) > 1:
        return  # who owns it may be who is asked for
    for number, sheet in enumerate(letter.surroundings.sheets, 1):
        for at, line in enumerate(sheet.lines):
            below = sheet.lines[at + 1].cells[:MOST_CELLS] if at + 1 < len(sheet.lines) else ()
            owners = [item for item in below if is_owner(item.text)]
            for cell in line.cells[:MOST_CELLS]:
                owner = _OWNER.search(cell.text[:MAX_FOOT])
                is_above = any(item.overlaps(cell) for item in owners)
                name = cell.text[: owner.start()].strip() if owner else cell.text if is_above else ""
                page = letter.pages[number - 1]
                if name and _is_whole(name, said) and page.startswith(name, cell.start):
                    yield _party(page, number, cell.start, cell.start + len(name))


def _is_whole(name: str, said: str) -> bool:
    """Say whether a name is what was said and a few words more, before or behind it, which may be a business's."""
    whole, part = name.casefold(), said.casefold()
    is_longer = len(whole) > len(part) + 1 and parse_name(name) is not None
    if not is_longer:
        return False
    if whole.startswith(f"{part} "):
        added = name[len(part) :].strip()
    elif whole.endswith(f" {part}"):
        added = name[: -len(part)].strip()
    else:
        return False
    return _ADDED.fullmatch(added) is not None and not any(map(_NO_PART.match, added.split()))


def _party(page: str, number: int, start: int, end: int) -> Party:
    return Party(page[start:end], number, start, end)
