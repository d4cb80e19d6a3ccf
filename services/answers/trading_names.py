"""Who is behind the name under which somebody trades, where the document says it.

`Haus Seeblick ist ein Betrieb der Ostsee Hotel GmbH`, `Corrib Build is a trading name of Dunmore DAC`; the whole name
of a business, of which its logo has a part, before its owner's: `Weingut Haslauer · Inhaber Franz Haslauer`.
"""

import re
from collections.abc import Iterator
from typing import Final

from services.answers.imprint import MAX_FOOT, words_of
from services.answers.letter import Letter, Party
from services.answers.names import firms_in, is_firm, is_organisation, is_owner, is_person, parse_name

MAX_NAME: Final = 80
"""Characters of a name, at most."""
MOST_WORDS: Final = 6
_OF_FIRM: Final = re.compile(
    r"\s*[,:\u2013-]?\s+(?:(?:ist|is|est)\s+)?(?:eine?|an?|une?|the)\s+"
    r"(?:Betrieb|Marke|Handelsname|Geschäftsbereich|trading\s+(?:name|style)|brand|marque|enseigne|établissement)\s+"
    r"(?:der|des|von|of|de\s+la|de|du)\s+(?:the\s+|Firma\s+)?"
)
_TRADES_AS: Final = re.compile(r",?\s+\(?(?:t/a|T/A|trading\s+as|handelnd\s+unter|exerçant\s+sous\s+le\s+nom)\s+")
_OWNER: Final = re.compile(r"\s*[.,·|\u2013(-]?\s+(?=(?:Inhaber(?:in)?|Inh\.|Proprietor|Prop\.|Owner)\b)")


def who_trades(said: str, letter: Letter) -> Party | None:
    """Give the name of who trades under another one; None where the document does not say it.

    Parameters
    ----------
    said
        What was copied for the issuer's name: of a firm with its legal form nothing more is to be known, unless the
        sentence was copied with it.
    """
    if is_firm(said) and not _OF_FIRM.search(said):
        return None
    return next(_firms_behind(said, letter), None) or next(_before_owner(said, letter), None)


def _firms_behind(said: str, letter: Letter) -> Iterator[Party]:
    wanted = words_of(said)
    for number, page in enumerate(letter.pages, 1):
        for match in _OF_FIRM.finditer(page):
            before = words_of(page[max(0, match.start() - MAX_NAME) : match.start()])
            behind = page[match.end() : match.end() + MAX_NAME]
            firm = next(firms_in(behind.replace("\n", " ")), "")
            is_it = before.endswith(wanted) or words_of(page[match.start() : match.end()] + firm) in wanted
            if firm and is_it and behind.replace("\n", " ").startswith(firm):
                yield _party(page, number, match.end(), match.end() + len(firm))
        for match in _TRADES_AS.finditer(page):
            before = page[max(0, match.start() - MAX_NAME) : match.start()]
            *_, firm = ["", *firms_in(before.replace("\n", " "))]
            is_it = words_of(page[match.end() : match.end() + MAX_NAME]).startswith(wanted)
            if firm and is_it and before.replace("\n", " ").endswith(firm):
                yield _party(page, number, match.start() - len(firm), match.start())


def _before_owner(said: str, letter: Letter) -> Iterator[Party]:
    """Give the names of businesses before their owners that begin or end with what was copied, and are longer."""
    wanted = words_of(said)
    if is_person(said) and not is_organisation(said) and len(wanted.split()) > 1:
        wanted = ""  # who owns it may be who is asked for
    for number, sheet in enumerate(letter.surroundings.sheets, 1):
        for at, line in enumerate(sheet.lines):
            below = sheet.lines[at + 1].cells if at + 1 < len(sheet.lines) else ()
            for cell in line.cells:
                owner = _OWNER.search(cell.text[:MAX_FOOT])
                is_above = any(is_owner(item.text) and item.overlaps(cell) for item in below)
                name = cell.text[: owner.start()] if owner else cell.text if is_above else ""
                name = name.strip()
                words = words_of(name)
                is_longer = words != wanted and (words.startswith(wanted) or words.endswith(wanted))
                if wanted.strip() and is_longer and len(words.split()) <= MOST_WORDS and parse_name(name):
                    page = letter.pages[number - 1]
                    start = page.find(name, cell.start)
                    if start >= 0:
                        yield _party(page, number, start, start + len(name))


def _party(page: str, number: int, start: int, end: int) -> Party:
    return Party(page[start:end], number, start, end)
