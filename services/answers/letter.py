"""Who writes a letter, to whom, and who signs it, by where the names stand: as a reader sees before reading a word.

Found are the sender's line above the address (`Firma · Straße · Ort`), blocks of an address, the lines of a mail's
head, and the name under the closing formula. What does not stand there is not guessed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from services.answers.addresses import begins_with_street, parse_address
from services.answers.imprint import MAX_FOOT, Imprint, words_of
from services.answers.names import (
    firms_in,
    is_firm,
    is_legal_form,
    is_nameless,
    is_occupation,
    is_organisation,
    is_owner,
    is_person,
    is_repeated,
    parse_name,
    without_form,
    without_label,
    without_number,
)
from services.answers.normal_form import normal_text
from services.answers.party_labels import PartyLabels, is_party_label
from services.answers.surroundings import Surroundings
from services.answers.tables.sheet import Cell, Sheet

MOST_HEAD_LINES: Final = 45
"""Lines of the first page in which addresses stand."""
MOST_HEAD_CELLS: Final = 300
"""The same in cells: a line may be made of thousands, and each is compared with the others."""
MIN_BLOCK: Final = 3
MAX_BLOCK: Final = 8
"""Lines of an address: name, street and town at least."""
MAX_NAME: Final = 80
MOST_BELOW: Final = 12
"""Cells behind another one among which the two below it are looked for."""

_ADJACENT: Final = 1.9
"""Distance of two lines of a block, as part of the font size."""
_BEFORE_TOWN: Final = 2.6
"""The same of the line above the town: an empty one stood between them in German letters of old."""
_NEAR: Final = 4
"""The same of words that say whose an address is."""
_WINDOW: Final = 6
"""The same of the sender's line."""
_WINDOW_HEIGHT: Final = 510
"""The same in tenths of a point: 17.7 mm of an envelope's window lie between (DIN 5008), however small the letters."""
_TOWN: Final = re.compile(r"(?:[A-Z]{1,3}[- ])?[0-9]{4,5} [^\W\d_]{2}")
_SAME_EDGE: Final = 12
"""Difference of left edges, in tenths of a point."""
_INDENTED: Final = 250
"""The same of a block below the words that say whose it is."""
_SALUTATION: Final = re.compile(
    r"(?:sehr geehrte|liebe[rs]? |guten tag|dear |hello|madame|monsieur|to whom)", re.IGNORECASE
)
_SENDER_LINE: Final = re.compile(r" *[·•|*] *| {2,}| [-\u2013] |, ")
_POINTS: Final = re.compile(r"[·•|]")
LEAST_POINTS: Final = 2
"""Points between the parts of a sender's line, from which a dash is a part's own: `Faden & Co - Atelier · Weg 7`."""
_BY_POINTS: Final = re.compile(r" *[·•|*] *| {2,}|, ")
_RETURN_TO: Final = re.compile(
    r"^(?:(?:if undelivered,? )?(?:please )?returns?(?: to)?|abs(?:ender)?\.?|retour(?: an| à)?)\s*:\s*", re.IGNORECASE
)
"""What may stand before it."""
_NUMBERS_BEHIND: Final = re.compile(
    rf"(?:{_SENDER_LINE.pattern}|\s)(?:(?:tel|fon|phone|fax|mobil|e-?mail|vat|ust|uid)\w*\W).*$", re.IGNORECASE
)
"""What may stand behind it."""
_BETWEEN_CELLS: Final = "  "
"""What stands for the gap between two cells; it parts a sender's line."""
_FOOT_LINE: Final = re.compile(rf"{_SENDER_LINE.pattern}|(?<=[^\W\d_]{{3}})\. ")
_BANK: Final = re.compile(r"(?:bank|sparkasse|raiffeisen|banque|crédit)", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"(?P<who>from|von|de|to|an|à)\s{0,9}:\s{0,9}(?P<name>[^<@:]{2,80}?)\s{0,9}(?:<[^>]*>)?$", re.IGNORECASE
)
_HEADER: Final = re.compile(r"(?:from|von|de|to|an|à)\s?:", re.IGNORECASE)
"""The beginning of such a line in a cell by itself."""
_FRENCH_HEADER: Final = re.compile(r"(?:de|à)\s?:", re.IGNORECASE)
"""What forms have before hours and places, too."""
_OF_A_MAIL: Final = re.compile(r"(?:sent|gesendet|envoyé|subject|betreff|objet)\s?:", re.IGNORECASE)
"""That of another line of such a head, which no form has."""
_MAILBOX: Final = re.compile(r"[^<@:0-9]{2,80}<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+")
_TO_ALONE: Final = re.compile(r"(?:to|an|à)\s?:", re.IGNORECASE)
"""The same in a cell by itself."""
_DELIVERED: Final = re.compile(
    r"^(?:(?:abweichende )?liefer(?:adresse|anschrift|ung an)|liefern an|anlieferung an|versand(?:adresse| an)"
    r"|deliver(?:y address|ed to|y to| to)|ship(?:ping address|ped to| to)|(?:adresse de )?livraison|livr(?:é|er) à"
    r")\W*$",
    re.IGNORECASE,
)
"""What stands above where goods go."""
_HEAD_DOMAIN: Final = re.compile(r"(?P<who>from|von|de|to|an|à)\s*:.*@(?P<domain>[\w.-]+)\.", re.IGNORECASE)
_TITLES: Final = re.compile(r"(?:(?:Prof|Dr|Mag|Dipl|Ing)\.(?: ?-? ?[a-zäöü]{2,5}\.)*(?:-[A-Z][a-z]+\.)* ?){1,3}(?<= )")
"""Before a person's name, with the fields they are of: `Dr. phil.`, `Prof. Dr. med.`."""
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_WORDS_OF_A_NAME: Final = (2, 3)
_TO_BE_ASKED: Final = re.compile(
    r"(?:(?:[Rr]ück|\b)[Ff]ragen|[Aa]nsprechpartner(?:in)?|[Aa]usk(?:unft|ünfte)|[Bb]earbeiter(?:in)?|wenden Sie sich"
    r"|erreichen Sie|[Aa]sk for|[Qq]uestions|[Cc]ontact)[^.;]{0,60}?"
    r"(?<!\w)(?:Frau|Herrn?|Mrs?\.?|Ms\.?|Mme|Madame|Monsieur) "
)
"""Before the name of whoever answers questions."""
_TITLED: Final = re.compile(
    r"(?:\w*(?:meister|anw[aä]lt|pfleger|richter|rat|r[aä]tin|arzt|ärztin|leiter|präsident)(?:in)?|Professor\w*|Justice"
    r"|Le|Frau|Herrn?|Madame|Monsieur|Mrs?|Ms)\b"
)
"""An office, a profession or a form of address where a first name would stand."""
_PARTS: Final = 2
"""Of an address: street and town."""
_BETWEEN_PARTS: Final = re.compile(r" [-\u2013\u00b7\u2022|] ")
"""Of an address in one line."""
_NO_PART_OF_A_NAME: Final = re.compile(
    r"(?:kunden|rechnungs|personal|buch|geschäfts|haupt|post|anschrift|adresse|address|filiale|niederlassung|zentrale|büro"
    r"|sitz|siège|registered|office|inhaber|kämmerei|verwaltung|abteilung|vertrieb|einkauf|service|standort|tel|bank)",
    re.IGNORECASE,
)
"""How a word begins that is a department or a label before an address."""
_OWNER_BEHIND: Final = re.compile(r"(?:,| [-\u2013])? (?:Inh\.|Inhaber(?:in)?\b):? .*")
_FIRM_OF_A_PERSON: Final = re.compile(r"[^\W\d_][^\d@,:;!?()/*]{4,48}[^\W\d_.]")
_NO_TRADE: Final = re.compile(
    r"(?:in\w*hab|geschäfts|konto|account|name|herrn?|frau|familie|unterschrift|signed|gezeichnet|dipl|ihre?|your|best|mit"
    r"|regards|grüße|cordialement|titulaire|gérant|director|manager|owner|partner|und|and|für|from|von|dear|liebe"
    r"|bank|sparkasse|volksbank|raiffeisen|finanzamt|amtsgericht|handelsregister|schule|volksschule)",
    re.IGNORECASE,
)
"""Words beside a person's name that make no firm of it."""
_CLOSING: Final = re.compile(
    r"(?:mit (?:freundlich|herzlich|kollegial|best)\w*(?: kollegialen)? gr[uü](?:ß|ss)\w*"
    r"|(?:freundlich|herzlich|best|viel|schön)\w* gr[uü](?:ß|ss)\w*"
    r"|hochachtungsvoll|im auftrag|i\. ?a\.|yours (?:sincerely|faithfully|truly)|sincerely|(?:kind|best|warm)? ?regards"
    r"|for the (?:council|authority|company)|veuillez agréer.*|cordialement)\W*$",
    re.IGNORECASE,
)
_BEFORE_NAME: Final = re.compile(
    r"^(?:ppa\.?|i\. ?a\.?|i\. ?v\.?|gez\.?|signed:?|\(?unterschrift\)?|im auftrag|sgd\.?)\s*", re.IGNORECASE
)
_PERSON_TO: Final = re.compile(
    r"^(?:z\. ?hd\.|attn|persönlich|vertraulich|(?:(?:einwurf|übergabe)-?)?einschreiben|per e-mail|per post"
    r"|postzustell|zustellungsurkunde|rs[ab]$|gegen (?:rück|empf)|nachnahme|versicherungsnehmer|mieter(?:in)?$"
    r"|private|confidential|by (?:e-?mail|post|recorded|registered|hand|courier)|recorded delivery|registered mail"
    r"|policyholder$|tenant$)",
    re.IGNORECASE,
)
_NO_NAME: Final = re.compile(
    r"\(.*\)$|^(?:date|datum|due|status|terms)$|(?:adresse|anschrift|address|kontakt|contact|firma|name)\W*$",
    re.IGNORECASE,
)
"""What may stand above a name besides: a remark in brackets, the head of a column."""
_HONORIFIC: Final = re.compile(
    r"^(?:(?:herrn?|frau)(?: ?(?:/|&|und) ?(?:herrn?|frau))?|familie|firma|a ?n(?: die| den| das)?|to)$", re.IGNORECASE
)
_TO_WHOM: Final = re.compile(r"^(?:an|to|à) ?:$", re.IGNORECASE)
"""What stands in a line above whoever is addressed, and is no form of address."""
_PAYEE: Final = re.compile(r"(?:konto / zahlbar an|compte / payable à|account / payable to)\W*$", re.IGNORECASE)
_PAYER: Final = re.compile(r"(?:zahlbar durch|payable par|payable by)\W*$", re.IGNORECASE)
"""What stands in the payment part of a Swiss QR-bill above creditor and debtor (Swiss Implementation Guidelines)."""
_NEXT_ENTRY: Final = re.compile(
    r"(?:\w*(?:datum|zeitraum|nummer|zeichen|referenz|betreff|kostenstelle|projekt|anschrift|adresse|konto)"
    r"|(?:(?:invoice|due|order|delivery|issue|service|billing) )?(?:date|period|number|reference|terms|address)"
    r"|date|période|numéro|référence|adresse|échéance)"
    r"(?: (?:von|vom|bis|ab|nr\.?|no\.?|from|to|of|d(?:es?|u)? \w+|d\W\w+|du|au))?\W*$",
    re.IGNORECASE,
)
"""What an entry of a form is called that stands below another one's: no party's name."""
_ACCOUNT: Final = re.compile(r"(?:CH|LI)[0-9]{2} ?[0-9A-Z]{4} ?")
_ADDRESSED: Final = re.compile(r"(?:herrn?|frau|mrs?|ms|miss|m\.|mme|madame|monsieur)\.? [^\W\d_]", re.IGNORECASE)
"""How a person is addressed in one line."""
_PERSONS_TITLE: Final = re.compile(r"(?:M?Mag|Dr|Prof|Dipl|DI|Ing)\b")
_PART_OF_PLACE: Final = re.compile(
    r"(?:haus|hinterhaus|hof|wohnung|stiege|stock|gebäude|ortsteil|postfach|abteilung|abt|einkauf|buchhaltung)\b",
    re.IGNORECASE,
)
"""What may stand between a person's name and the street, and is nobody's."""
_TITLE: Final = re.compile(
    r"^(?:rechnung|gutschrift|faktura|bestellung|lieferschein|mahnung"
    r"|(?:tax |vat |sales )?invoice|credit note|statement|purchase order|delivery note"
    r"|facture|avoir|bon de (?:commande|livraison))\W*$",
    re.IGNORECASE,
)
_OF_ANOTHER: Final = re.compile(
    r"^(?:liefer(?:adresse|anschrift|daten|ung an)|versand(?:adresse|information(?:en)?|daten| an)"
    r"|deliver(?:y address|ed to|y to| to)|ship(?:ping (?:address|information|details)|ped to| to)"
    r"|consignee|livr(?:é|er) à|(?:adresse de )?livraison|shipping|patient(?:[(/:*]?in\)?)?|absender|from"
    r"|adresse (?:de l.installation|du chantier|d.intervention)|lieu de (?:livraison|prestation)|verbrauchsstelle"
    r"|(?:service|site|installation|supply) address|lieferstelle|leistungsort|einbauort|objekt(?:adresse)?"
    r"|baustelle|einsatzort|standort|lieferort|chantier|(?:(?:job|project|work|building) ?)?site)\W*$",
    re.IGNORECASE,
)
_WORDS_OF_A_LETTERHEAD: Final = range(2, 8)
_WORDS_OF_A_PERSON: Final = range(2, 7)
_FIGURES: Final = re.compile(r"[\d:@/]")
"""What no letterhead has."""
_CONTACT: Final = re.compile(
    r"(?:(?:ihr(?:e|en)?|unser(?:e|en)?|your|our|votre|notre) )?(?:ansprech(?:partner|person)(?:in)?|kontakt(?:person)?"
    r"|sachbearbeit(?:er|erin|ung)|bearbeiter(?:in)?|contact(?: (?:name|person))?|sales ?person|account manager"
    r"|interlocut(?:eur|rice))\W*$",
    re.IGNORECASE,
)
"""What stands before the name of a person who works for a party, and is none."""
_REPRESENTED: Final = r"(?:vertreten durch|handelnd durch|represented by|acting (?:by|through)|représentée? par)\b"
_CARE_OF: Final = re.compile(rf"c/o\b|bei\b|chez\b|(?-i:p\. ?a\.) |{_REPRESENTED}", re.IGNORECASE)
_AGENT: Final = re.compile(
    r"(?:(?:kaufm|techn)\w*\.? )?federführung: |(?:hausverwaltung|verwalter(?:in)?|managing agent|syndic): ",
    re.IGNORECASE,
)
"""How a line of an address begins that names who acts for the one above."""
_BEHIND_CARE_OF: Final = re.compile(
    rf"(?:\bc/o|\bp\. ?a\.|\bper adresse"
    rf"|{_REPRESENTED}[^\W\d]{{0,3}}(?:[ :]+[^\W\d]{{1,15}}){{0,2}})\W*$",
    re.IGNORECASE,
)
_NO_PERSON: Final = re.compile(r"[\d:@&]|\b(?:GmbH|AG|KG|Ltd|plc|LLP|Inc|eG)\b")
_NUMBER: Final = re.compile(r"\d.*\d.*\d")


@dataclass(frozen=True, slots=True)
class Party:
    """A name that has a role.

    Parameters
    ----------
    page
        From 1.
    char_start, char_end
        First, and one past the last, character in that page's text, from 0.
    is_letterhead
        It is only what stands at the top of the page.
    is_labelled
        Words beside it or above it say whose name it is.
    is_in_window
        The sender's line stands above it, as in the window of an envelope.
    """

    verbatim: str
    page: int
    char_start: int
    char_end: int
    is_letterhead: bool = False
    is_labelled: bool = False
    is_in_window: bool = False


class _Block(NamedTuple):
    """The lines of an address, from the name to the town.

    Parameters
    ----------
    is_to, is_from, is_trader
        Words above it say so, see `PartyLabels`; who is addressed as `Herrn` or `Frau` gets the letter.
    """

    cells: Sequence[Cell]
    is_to: bool
    is_from: bool
    is_trader: bool


class Letter:
    """A document taken for a letter; each role has a name, or none.

    Attributes
    ----------
    pages
        Text of each page.
    surroundings
        The words around places of the document.
    imprint
        Where its issuer names himself.
    """

    def __init__(self, pages: Sequence[str], surroundings: Surroundings, *, sender_buys: bool = False) -> None:
        self.pages = pages
        self.surroundings = surroundings
        self._sender_buys = sender_buys
        self.imprint = Imprint(pages, surroundings)

    @cached_property
    def _labels(self) -> PartyLabels:
        return PartyLabels([cell.text for cell in self._head], sender_buys=self._sender_buys)

    @cached_property
    def sender(self) -> Party | None:
        """Who writes: of the sender's line, a mail's head, the first of two addresses, the foot, or the letterhead."""
        line = self._sender_line
        line = None if line is None or is_occupation(line.verbatim) else line
        if party := line or self._of_head("from", "von", "de"):
            return party
        if party := self._below(self._labels.are_of_sender):
            return replace(party, is_labelled=True)
        own, _ = self._addresses
        if own:
            return self._named(own)
        foot = self._foot[0] if self._foot else None
        return self._below(_PAYEE.match) or foot or self._letterhead or self._paid

    @cached_property
    def recipient(self) -> Party | None:
        """Whom it is written to: of the mail's head, of the address below the sender's, or behind words that say so."""
        if party := self._of_head("to", "an", "à"):
            return party
        if party := self._beside_to:
            return replace(party, is_labelled=True)
        _, other = self._addresses
        if other and (party := self._named(other)):
            return replace(party, is_labelled=other.is_to, is_in_window=self._is_in_window(other))
        if any(self._labels.are_of_trader(cell.text) for cell in self._head):
            return None
        party = self._behind_label or self._below(self._labels.are_of_recipient) or self._below(_PAYER.match)
        return replace(party, is_labelled=True) if party else None

    @cached_property
    def delivered(self) -> Party | None:
        """Who gets the goods, below words that say so."""
        return self._below(_DELIVERED.match)

    @property
    def is_order(self) -> bool:
        """Whether its sender is who buys."""
        return self._sender_buys

    @property
    def is_mail(self) -> bool:
        """Whether it has a mail's head."""
        return bool(self._own_domain)

    def is_recipients_firm(self, name: str) -> bool:
        """Say whether a word of a name is in the domain to which a mail goes, and none in that from which it comes."""
        other = self._domain("to", "an", "à")
        is_other = any(word in other for word in _LONG_WORD.findall(normal_text(name)))
        return is_other and not self._is_senders_firm(name)

    def first_place(self, text: str) -> tuple[int, int] | None:
        """Give the page, and the character in its normal form, where a text stands first; None if it stands nowhere."""
        wanted = normal_text(text).strip()
        places = ((number, form.text.find(wanted)) for number, form in enumerate(self.surroundings.searchable.forms))
        return next((place for place in places if place[1] >= 0), None)

    def is_at(self, text: str, page: int, start: int) -> bool:
        """Say whether a text stands at a place."""
        return self.pages[page - 1].startswith(text, start)

    def _is_senders_firm(self, name: str) -> bool:
        """Say whether a word of a name is in the domain from which a mail comes."""
        return any(word in self._own_domain for word in _LONG_WORD.findall(normal_text(name)))

    def is_saluted(self, page: int, start: int) -> bool:
        """Say whether a name stands in the salutation."""
        text = self.pages[page - 1]
        return _SALUTATION.match(text[text.rfind("\n", 0, start) + 1 : start].lstrip()) is not None

    def is_contact(self, page: int, start: int) -> bool:
        """Say whether a place is in the recipient's address, below his name.

        So is what stands below a firm's, a person below an organisation, and who is called `Frau`.
        """
        _, other = self._addresses
        if other is None or page != 1:
            return False
        first, *below = [cell for cell in other.cells if not is_above_address(cell.text)] or other.cells
        cell = next((cell for cell in below if cell.start <= start < cell.end), None)
        if cell is None:
            return False
        is_body = is_firm(first.text) or (is_organisation(first.text) and is_person(cell.text))
        return is_body or _ADDRESSED.match(cell.text) is not None

    def is_in_address(self, page: int, start: int) -> bool:
        """Say whether a place is in the recipient's address."""
        _, other = self._addresses
        return other is not None and page == 1 and any(cell.start <= start < cell.end for cell in other.cells)

    def is_called_recipient(self, page: int, start: int) -> bool:
        """Say whether words beside a place, or above it, call who stands there the recipient: `Rechnungsempfänger:`."""
        return any(map(self._labels.are_of_recipient, self.surroundings.labels(page, start)))

    def is_called_billed(self, page: int, start: int) -> bool:
        """Say whether words beside a place, or above it on the page or in its text, say that bills go there."""
        above = self.pages[page - 1][:start].rstrip("\n").rpartition("\n")[2].strip()
        return any(map(self._labels.are_above_recipients_address, (*self.surroundings.labels(page, start), above)))

    def is_called_contact(self, page: int, start: int) -> bool:
        """Say whether words beside a place, or above it, call who stands there the one to ask: `Votre contact`."""
        return any(map(_CONTACT.match, self.surroundings.labels(page, start)))

    def is_care_of(self, page: int, start: int) -> bool:
        """Say whether a name stands behind `c/o`, or below `vertreten durch`: it gets the post of another."""
        text, above = self.pages[page - 1], self.surroundings.cell_above(page, start)
        before = text[text.rfind("\n", 0, start) + 1 : start]
        is_behind = any(map(_BEHIND_CARE_OF.search, [before, above.text if above else ""]))
        return is_behind or text[start : start + 3].casefold() == "c/o"

    def is_agent(self, page: int, start: int) -> bool:
        """Say whether a name in the recipient's address stands behind a word for who acts for him."""
        cell = self.surroundings.cell(page, start)
        return cell is not None and self.is_in_address(page, start) and _AGENT.match(cell.text) is not None

    def firm_of(self, person: str) -> Party | None:
        """Give the firm that bears a person's surname, `Schreinerei Hans Kern` of Hans Kern, on a line by itself.

        In a mail, which has no letterhead, its address may follow.
        """
        surname = person.rsplit(maxsplit=1)[-1] if len(person.split()) in _WORDS_OF_A_NAME else ""
        if not _LONG_WORD.fullmatch(surname) or _NO_PERSON.search(person) or is_firm(person) or is_legal_form(surname):
            return None
        pattern = re.compile(rf"(?<!\w){re.escape(surname)}(?!\w)", re.IGNORECASE)
        for page, sheet in enumerate(self._sheets, start=1):
            cells = (cell for line in sheet.lines for cell in line.cells if pattern.search(cell.text))
            for cell in (cell for cell in cells if not is_owner(cell.text)):
                name = _OWNER_BEHIND.sub("", self._before_address(cell.text, person))
                more = [word for word in _LONG_WORD.findall(pattern.sub(" ", name)) if word not in person]
                if _FIRM_OF_A_PERSON.fullmatch(name) and _is_trade(more):
                    return self._party(page, cell, name)
        return None

    def titled(self, person: str) -> Party | None:
        """Give a person with the titles that stand before the name in a cell of its own: `Dr. phil. Ida Brook`."""
        pattern = re.compile(rf"{_TITLES.pattern}{re.escape(person)}")
        cells = (
            (page, cell)
            for page, sheet in enumerate(self._sheets, start=1)
            for line in sheet.lines
            for cell in line.cells
        )
        return next((self._party(page, cell, cell.text) for page, cell in cells if pattern.fullmatch(cell.text)), None)

    def whole_person(self, surname: str) -> Party | None:
        """Give the only name of two or three words that ends with a surname, where somebody is named to be asked."""
        if not _LONG_WORD.fullmatch(surname):
            return None
        pattern = re.compile(
            rf"{_TO_BE_ASKED.pattern}(?P<name>(?:[^\W\d_a-z][\w-]+ ){{1,2}}{re.escape(surname)})(?![\w-])"
        )
        found: dict[str, Party] = {}
        for page, sheet in enumerate(self._sheets, start=1):
            cells = (cell for line in sheet.lines for cell in line.cells if surname in cell.text)
            said = ((cell, match["name"]) for cell in cells for match in pattern.finditer(cell.text))
            persons = ((where, name) for where, name in said if is_person(name) and not _TITLED.match(name))
            found |= {name: party for where, name in persons if (party := self._party(page, where, name))}
        return next(iter(found.values())) if len(found) == 1 else None

    def registered(self, said: str) -> Party | None:
        """Give the only firm with a legal form that a name without one may be short for, or whose owner it names.

        `Ledgerwell Billing` is `Ledgerwell, Inc.`, `hagedorn` is `Hagedorn Antriebe GmbH`.
        """
        if is_firm(said):
            return None
        found: dict[str, Party] = {}
        for page, sheet in enumerate(self._sheets, start=1):
            cells = (cell for line in sheet.lines for cell in line.cells[:MOST_BELOW])
            for cell in (cell for cell in cells if not is_owner(cell.text)):
                for name in firms_in(cell.text[:MAX_FOOT]):
                    if _is_short_for(said, name) and (party := self._party(page, cell, name)):
                        found.setdefault(words_of(name), party)
        return next(iter(found.values())) if len(found) == 1 else None

    def before_address(self, said: str) -> Party | None:
        """Give the name before an address in a line of the foot that goes on by a word from one without a legal form.

        `ATELIER VAUBAN SIGNALÉTIQUE - 14, rue des Glacis - 25000 Besançon` is who has `ATELIER VAUBAN` for a logo.
        """
        if is_firm(said) or len(said.split()) not in _WORDS_OF_A_NAME:
            return None
        pattern = re.compile(
            rf"(?P<name>{re.escape(said)} (?P<more>[^\W\d_]{{4,}})){_BETWEEN_PARTS.pattern}", re.IGNORECASE
        )
        for cell in self.imprint.foot:
            text = cell.text[:MAX_FOOT]
            match = pattern.match(text)
            if match is None or _NO_PART_OF_A_NAME.match(match["more"]) or is_occupation(match["more"]):
                continue
            if parse_address(", ".join(_BETWEEN_PARTS.split(text[match.end() :])[:_PARTS])):
                return self._party(len(self._sheets), cell, match["name"])
        return None

    def _before_address(self, line: str, person: str) -> str:
        """Give what stands before an address in a line of a mail, if the whole name is in it; else the line."""
        first = next(filter(None, _SENDER_LINE.split(line)), "")
        is_own = self.is_mail and person in first and first != line and _is_sender_line(line)
        return first if is_own else line

    @cached_property
    def _own_domain(self) -> str:
        return self._domain("from", "von", "de")

    def _domain(self, *words: str) -> str:
        """Give the letters of the domain in a line of the mail's head."""
        for text, _ in self._headers:
            if (match := _HEAD_DOMAIN.match(text)) and match["who"].casefold() in words:
                return "".join(filter(str.isalnum, match["domain"].casefold()))
        return ""

    @property
    def signatory(self) -> Party | None:
        """Who signs: the first name under the closing formula."""
        return next(iter(self.signed), None)

    @cached_property
    def signed(self) -> Sequence[Party]:
        """All names under the closing formula: a firm's may stand above that of the person."""
        for number, sheet in reversed(list(enumerate(self._sheets, start=1))):
            cells = [cell for line in sheet.lines for cell in line.cells]
            for at, cell in enumerate(cells):
                if is_closing(cell.text):
                    below = (item for item in cells[at + 1 : at + 6] if abs(item.left - cell.left) <= 10 * _SAME_EDGE)
                    if found := [party for item in below if (party := self._signed(number, item))]:
                        return found
        return ()

    def _signed(self, page: int, cell: Cell) -> Party | None:
        text = cell.text.strip()
        before = _BEFORE_NAME.match(text)
        name = text[before.end() :] if before else text
        is_person = len(name.split()) in _WORDS_OF_A_PERSON and not _NO_PERSON.search(name)
        name = name.split(",")[0]
        return self._party(page, cell, name) if not is_occupation(name) and is_person and name[:1].isupper() else None

    @property
    def _sheets(self) -> Sequence[Sheet]:
        return self.surroundings.sheets

    @cached_property
    def _head(self) -> list[Cell]:
        """The cells of the first page above the salutation."""
        cells: list[Cell] = []
        for line in self._sheets[0].lines[:MOST_HEAD_LINES] if self._sheets else ():
            if any(_SALUTATION.match(cell.text) for cell in line.cells):
                break
            cells.extend(line.cells)
        return cells[:MOST_HEAD_CELLS]

    @cached_property
    def _sender_line(self) -> Party | None:
        """The sender in one line, as it stands in the window of an envelope, directly above the recipient."""
        firsts = (block.cells[0] for block in self._blocks if block.cells[0].size)
        for above in (cell for first in firsts for cell in self._in_window_above(first)):
            text = self._with_cells_behind(above)
            text = text if _is_sender_line(text) else self._in_two_lines(above)
            if _is_sender_line(text) and not _is_parted(*_parts_of_sender(text)[:2]):
                return self._party(1, above, _parts_of_sender(text)[0])
        return None

    def _is_in_window(self, block: _Block) -> bool:
        """Say whether the sender's line stands above an address, as in the window of an envelope."""
        above, line = self._in_window_above(block.cells[0]), self._sender_line
        return line is not None and any(cell.start <= line.char_start < cell.end for cell in above)

    def _in_window_above(self, first: Cell) -> Iterator[Cell]:
        """Give what stands above an address as near as an envelope's window is high."""
        return self._nearly_above(first, _INDENTED, max(_WINDOW, _WINDOW_HEIGHT / (first.size or 1)))

    def _in_two_lines(self, first: Cell) -> str:
        """Give the words of a line of several parts, and of the one directly below it: a sender's may be broken."""
        if len(_parts_of_sender(first.text)) == 1 or any(self._nearly_above(first, reach=_ADJACENT)):
            return first.text
        following = self._head[self._head.index(first) + 1 :][:MOST_BELOW]
        below = (cell for cell in following if abs(cell.left - first.left) <= _SAME_EDGE and _is_next_line(first, cell))
        return f"{first.text} {next((cell.text for cell in below), '')}"

    def _is_sender_line(self, cell: Cell) -> bool:
        return _is_sender_line(self._with_cells_behind(cell))

    def _with_cells_behind(self, cell: Cell) -> str:
        """Give the words of a cell; if they are too few for a sender's line, with those of two more of its line."""
        if _is_sender_line(cell.text):
            return cell.text
        at = self._head.index(cell)
        behind = [item.text for item in self._head[at : at + 3] if item.baseline == cell.baseline]
        return _BETWEEN_CELLS.join(behind)

    @cached_property
    def _addresses(self) -> tuple[_Block | None, _Block | None]:
        """The sender's address and the recipient's, as far as their places, or the words above them, say."""
        blocks = [block for block in self._blocks if not self._is_senders_firm(block.cells[0].text)]
        first, second = ([*blocks, None, None])[:2]
        if first is None:
            return None, None
        if line := self._sender_line:
            return None, next((block for block in blocks if not is_part(block.cells[0].text, line.verbatim)), first)
        by_foot = self._by_foot(first, second)
        return by_foot or (self._by_place(first, second) if second else self._alone(first))

    def _alone(self, block: _Block) -> tuple[_Block | None, _Block | None]:
        """Give the only address, as the sender's or the recipient's.

        At the top of the page it is the sender's, unless an account belongs to a firm that is not named in it.
        """
        recipient = self._below(self._labels.are_of_recipient)
        is_elsewhere = recipient is not None and all(cell.start != recipient.char_start for cell in block.cells)
        is_billed = is_elsewhere or self._below(self._labels.are_above_recipients_address) is not None
        is_other = not block.is_to and is_billed
        is_own = block.is_from or is_other or (block.cells[0] == self._head[0] and not self._is_who_pays(block))
        return (None, None) if block.is_trader else (block, None) if is_own else (None, block)

    def _is_who_pays(self, block: _Block) -> bool:
        """Say whether none of an address's first two lines is short for the firm that is paid, or names an issuer."""
        paid = self._paid
        names = [cell.text for cell in block.cells[:2]]
        return paid is not None and not (
            self._names_itself(block) or any(_is_short_for(name, paid.verbatim) for name in names)
        )

    @cached_property
    def _paid(self) -> Party | None:
        """The firm to whose account is paid, if nothing calls it the recipient."""
        if self.imprint.firm_paid is None:
            return None
        name, page, start = self.imprint.firm_paid
        called = [cell.text for block in self._blocks if block.is_to for cell in block.cells]
        is_name = len(name) <= MAX_NAME and parse_name(name) is not None and not begins_with_street(name)
        is_other = any(is_part(name, text) for text in called) or self._labels_name(name)
        return Party(name, page, start, start + len(name)) if is_name and not is_other else None

    def _labels_name(self, name: str) -> bool:
        """Say whether a name stands beside words for the recipient, or below them."""
        named = (self._behind_label, self._below(self._labels.are_of_recipient), self._beside_to)
        return any(party is not None and is_part(name, party.verbatim) for party in named)

    def _by_place(self, first: _Block, second: _Block) -> tuple[_Block | None, _Block | None]:
        if first.is_to and not (second.is_to or second.is_trader):
            return second, first
        beside = second.cells[0].baseline <= first.cells[-1].baseline
        both = first, second
        named = [block for block in both if self._names_itself(block)] or list(filter(self._heads_page, both))
        if len(named) == 1 and not named[0].is_to and not named[0].is_trader:
            return named[0], second if named[0] is first else first
        return (None, None) if beside or first.is_to or first.is_trader else (first, second)

    def _by_foot(self, first: _Block, second: _Block | None) -> tuple[_Block | None, _Block | None] | None:
        """Give both addresses by the name at the document's end; None if it tells neither."""
        if self._foot is None:
            return None
        own = [block for block in (first, second) if block and _is_own(block, *self._foot)]
        if not own:
            is_second = second is not None and second.is_to and not first.is_to
            return None, None if first.is_trader else second if is_second else first
        if len(own) == 1 and not own[0].is_to:
            return own[0], second if own[0] is first else first
        return None

    def _names_itself(self, block: _Block) -> bool:
        """Say whether the first or second line of an address stands where an issuer alone names himself."""
        names = (cell.text for cell in block.cells[:2] if len(_LONG_WORD.findall(cell.text)) > 1)
        return any(map(self.imprint.has, names))

    def _heads_page(self, block: _Block) -> bool:
        """Say whether the name of an address is a firm's, and the letterhead's."""
        name, top = block.cells[0].text, self._letterhead
        return top is not None and is_firm(name) and words_of(top.verbatim) == words_of(name)

    @cached_property
    def _foot(self) -> tuple[Party, str] | None:
        """The name before an address at the document's end, in a line or a column, and the postcode."""
        cells, heads = self.imprint.foot, [block.cells[0] for block in self._blocks[:1]]
        for at, cell in enumerate(cells):
            name, *parts = [part for part in _FOOT_LINE.split(cell.text[:MAX_FOOT]) if part] or [""]
            if not parts and cell not in heads:
                parts = _lines_below(cell, cells[at + 1 :])
            is_whole = len(parts) == 1 and "," in parts[0]
            address = parse_address(", ".join(parts[:2])) if is_whole or len(parts) > 1 else None
            is_name = address is not None and ":" not in name and not _BANK.search(name)
            if address and is_name and (party := self._party(len(self._sheets), cell, name)):
                return party, address.postcode
        return None

    @property
    def _letterhead(self) -> Party | None:
        """The words at the top of the page, if they can be a firm's name."""
        first = min(self._head, key=lambda cell: (cell.baseline, cell.left), default=None)
        # Large letters stand lower than small ones beside them: a line is as high as the first cell's letters.
        line = [cell for cell in self._head if first and cell.baseline - first.baseline < first.size]
        named = [cell for cell in line if not (_FIGURES.search(cell.text) or is_above_address(cell.text))]
        top = max(named, key=lambda cell: cell.size, default=None)
        if top is None or len(top.text.split()) not in _WORDS_OF_A_LETTERHEAD:
            return None
        party = None if any(top in block.cells for block in self._blocks) else self._party(1, top, top.text)
        return replace(party, is_letterhead=True) if party else None

    def _nearly_above(self, cell: Cell, edge: int = _SAME_EDGE, reach: float = _NEAR) -> Iterator[Cell]:
        """Give the cells that stand directly above another one, or nearly; its left edge may differ by so much.

        Parameters
        ----------
        reach
            Distance in font sizes, at most.
        """
        at = self._head.index(cell)
        for above in self._head[max(0, at - 8) : at]:
            if abs(above.left - cell.left) <= edge and 0 < cell.baseline - above.baseline <= reach * cell.size:
                yield above

    @cached_property
    def _blocks(self) -> list[_Block]:
        """Addresses in lines below each other, each from the name to the town, from above."""
        found = []
        for chain in self._chains():
            for end in range(MIN_BLOCK, len(chain) + 1):
                lines = [cell.text for cell in chain[:end]]
                if parse_address("\n".join(lines[-2:])) or (end > MIN_BLOCK and parse_address("\n".join(lines[-3:]))):
                    block = [cell for cell in chain[:end] if not (self._is_sender_line(cell) or _is_label(cell.text))]
                    if MIN_BLOCK <= len(block) <= MAX_BLOCK and not self._is_of_another(block[0]):
                        found.append(self._block(block))
                    break
        return sorted(found, key=lambda block: (block.cells[0].baseline, block.cells[0].left))

    def _is_of_another(self, first: Cell) -> bool:
        """Say whether an address is where goods go, or whom it is about: its first line says so, or the one above."""
        above = max(self._nearly_above(first), key=lambda cell: cell.baseline, default=first)
        return any(_OF_ANOTHER.match(text) for text in (first.text, above.text, *self._beside(first)))

    def _beside(self, cell: Cell) -> Iterator[str]:
        """Give the words directly to the left of a cell, as `Sold to:` stands beside an address."""
        left = [item for item in self._head if item.baseline == cell.baseline and item.left < cell.left]
        nearest = max(left, key=lambda item: item.left, default=None)
        if nearest is not None and nearest.text.endswith(":"):  # another column's head has none
            yield nearest.text

    def _block(self, cells: Sequence[Cell]) -> _Block:
        above = [*(cell.text for cell in self._nearly_above(cells[0], _INDENTED)), *self._beside(cells[0])]
        labels, is_addressed = self._labels, any(word.match(cells[0].text) for word in (_HONORIFIC, _TO_WHOM))
        is_to = is_addressed or any(map(labels.are_of_recipient, above))
        return _Block(cells, is_to, any(map(labels.are_of_sender, above)), any(map(labels.are_of_trader, above)))

    def _chains(self) -> Iterator[list[Cell]]:
        """Give lines below each other that begin at one edge, or else end at one."""
        waiting: list[list[Cell]] = []
        farthest = _BEFORE_TOWN * max((cell.size for cell in self._head), default=0)  # most chains have ended
        for cell in self._head:
            begun = (chain for chain in reversed(waiting) if cell.baseline - chain[-1].baseline <= farthest)
            near = [chain for chain in begun if _is_next_line(chain[-1], cell)]
            own = next((chain for chain in near if abs(chain[-1].left - cell.left) <= _SAME_EDGE), None)
            own = own or next((chain for chain in near if abs(chain[-1].right - cell.right) <= _SAME_EDGE), None)
            if own is None:
                waiting.append([cell])
            else:
                own.append(cell)
        yield from waiting

    def _named(self, block: _Block) -> Party | None:
        names = [cell for cell in block.cells if not is_above_address(cell.text)]
        is_addressed = any(_HONORIFIC.match(cell.text) for cell in block.cells)
        first = names[1] if is_addressed and _is_titled(names) else _firm_of(names)
        return None if first is None or first.text.rstrip().endswith(":") else self._party(1, first, first.text)

    def _of_head(self, *words: str) -> Party | None:
        for text, cell in self._headers:
            match = _HEAD.match(text)
            if match and match["who"].casefold() in words:
                return self._party(1, cell, match["name"])
        return None

    @cached_property
    def _headers(self) -> list[tuple[str, Cell]]:
        """What may be lines of a mail's head, and where: printed, `Von:` is a cell of its own, an address beside it."""
        lines = [(cell.text, cell) for cell in self._head if not _FRENCH_HEADER.match(cell.text)]
        if not any(_OF_A_MAIL.match(cell.text) for cell in self._head):
            return lines
        printed = [
            (f"{cell.text} {following.text}", following)
            for cell, following in pairwise(self._head)
            if cell.baseline == following.baseline
            and _HEADER.fullmatch(cell.text.strip())
            and _MAILBOX.fullmatch(following.text.strip())
        ]
        return sorted([*lines, *printed], key=lambda line: line[1].baseline)

    @property
    def _beside_to(self) -> Party | None:
        """The name beside `An:`, where both are cells of one line."""
        for cell, following in pairwise(self._head):
            is_beside = following.baseline == cell.baseline and not following.text.rstrip().endswith(":")
            if _TO_ALONE.fullmatch(cell.text.strip()) and is_beside and not is_above_address(following.text):
                return self._party(1, following, following.text)
        return None

    @property
    def _behind_label(self) -> Party | None:
        """The name behind words that say that it is the recipient's, in their cell or the next one of the line."""
        for cell, following in pairwise(self._head):
            name = self._labels.named_recipient(cell.text)
            if name and not self._is_of_another(cell) and (party := self._party(1, cell, name)):
                return party
            if following.baseline != cell.baseline or following.text.endswith(":") or _is_label(following.text):
                continue
            is_own = self._labels.are_beside_recipient(cell.text) or (
                self._labels.are_of_recipient(cell.text) and _is_sender_line(following.text)
            )
            if is_own and (party := self._party(1, following, following.text.split(",")[0])):
                return party
        return None

    def _below(self, is_label: Callable[[str], object]) -> Party | None:
        """Give the name directly below words that say whose it is; the number of an account may stand between."""
        for page, sheet in enumerate(self._sheets, start=1):
            cells = [cell for line in sheet.lines for cell in line.cells]
            for at, above in enumerate(cells):
                if not is_label(above.text.strip()):
                    continue
                near = cells[at + 1 : at + MOST_BELOW]
                below = [_filled_in(cell, near) for cell in near if _is_below(cell, above)]
                first = _firm_of([cell for cell in below[:2] if _may_be_name(cell.text)])
                heads = [item for item in near if item.baseline == above.baseline and _LONG_WORD.search(item.text)]
                names_figure = first is not None and _is_before_figure(first, near, heads)
                if first and not names_figure and (party := self._party(page, first, first.text)):
                    return party
        return None

    def _party(self, page: int, cell: Cell, name: str) -> Party | None:
        name = without_number(without_label(name.strip(" ,;\"'")))
        if (
            not name
            or _NUMBER.search(name)
            or len(name) > MAX_NAME
            or begins_with_street(name)
            or parse_name(name) is None
        ):
            return None
        text = self.pages[page - 1]
        start = text.find(name, cell.start)
        if 0 <= start <= cell.end:
            return Party(name, page, start, start + len(name))
        written = re.compile(r"\s+".join(map(re.escape, name.split())))  # with spaces that do not break, as the cell's
        match = written.search(text, cell.start, cell.end)
        return Party(match[0], page, *match.span()) if match else None


def is_closing(text: str) -> bool:
    """Tell whether a text is how a letter ends: `Mit freundlichen Grüßen`."""
    return _CLOSING.match(text.strip()) is not None


def is_part(one: str, other: str) -> bool:
    """Say whether a name is another one, or words of it, or has it in its words: `Bau AG` is not `Hochbau AG`."""
    first, second = words_of(one), words_of(other)
    return bool(first.strip() and second.strip()) and (first in second or second in first)


def _is_short_for(said: str, firm: str) -> bool:
    """Say whether all long words of one of two names are in the other, or a person's surname is in the firm's."""
    short, whole = (set(_LONG_WORD.findall(normal_text(name))) for name in (said, without_form(firm)))
    surname = normal_text(said.rsplit(maxsplit=1)[-1]) if len(said.split()) in _WORDS_OF_A_NAME else ""
    return bool(short and whole) and (short <= whole or whole <= short or surname in whole)


def _is_own(block: _Block, party: Party, postcode: str) -> bool:
    """Say whether an address is that of who names himself at the end: by his name, or his postcode."""
    return is_part(block.cells[0].text, party.verbatim) or any(postcode in cell.text for cell in block.cells)


def _firm_of(names: Sequence[Cell]) -> Cell | None:
    """Give the first name of an address, or the firm in the second line that a person's name or a logo stands above."""
    first, second = [*names[:2], None, None][:2]
    if first is None or second is None or is_firm(first.text) or _CARE_OF.match(second.text):
        return first
    is_person = len(first.text.split()) in _WORDS_OF_A_NAME and not _NO_PERSON.search(first.text)
    is_above = is_person or is_repeated(first.text, second.text)
    is_whole = is_firm(second.text) and not (is_legal_form(second.text) or is_nameless(second.text))
    return second if is_above and is_whole else first


def _is_titled(names: Sequence[Cell]) -> bool:
    """Say whether an address is that of a person with a title, at what stands below: no street, and no part of one."""
    if len(names) < MIN_BLOCK + 1 or not _PERSONS_TITLE.match(names[0].text) or is_firm(names[0].text):
        return False
    second = names[1].text
    is_place = any(map(str.isdigit, second)) or _CARE_OF.match(second) or _PART_OF_PLACE.match(second)
    return not is_place and len(_LONG_WORD.findall(second)) > 1


def _may_be_name(text: str) -> bool:
    is_other = _ACCOUNT.match(text) or _NEXT_ENTRY.match(text) or is_above_address(text)
    return not is_other and _LONG_WORD.search(text) is not None


def _is_before_figure(cell: Cell, cells: Sequence[Cell], heads: Sequence[Cell]) -> bool:
    """Say whether a date or number stands beside it: then it names that, unless the number has a head of its own."""
    beside = (item for item in cells if item.baseline == cell.baseline and item.left > cell.left)
    following = min(beside, key=lambda item: item.left, default=None)
    is_figure = following is not None and _LONG_WORD.search(following.text) is None
    return is_figure and not any(head.overlaps(following) for head in heads if following)


def _lines_below(top: Cell, cells: Sequence[Cell]) -> list[str]:
    """Give the lines directly below another one, up to one of several parts, or with it where that is the address.

    An owner's name is left out.
    """
    found: list[Cell] = [top]
    for cell in cells:
        if abs(cell.left - top.left) <= _SAME_EDGE and _is_next_line(found[-1], cell):
            has_parts = len(_FOOT_LINE.split(cell.text[:MAX_FOOT])) > 1 and not is_owner(cell.text)
            if not has_parts or (len(found) == 1 and parse_address(cell.text[:MAX_FOOT])):
                found.append(cell)
            if has_parts:
                break
    return [cell.text for cell in found[1:] if not is_owner(cell.text)]


def _filled_in(cell: Cell, cells: Sequence[Cell]) -> Cell:
    """Give the cell behind one of a form that names it: `Name:`."""
    behind = (item for item in cells if item.baseline == cell.baseline and item.left > cell.right)
    return min(behind, key=lambda item: item.left, default=cell) if cell.text.endswith(":") else cell


def _is_below(cell: Cell, above: Cell) -> bool:
    distance = cell.baseline - above.baseline
    is_aligned = min(abs(cell.left - above.left), abs(cell.right - above.right)) <= _SAME_EDGE
    return is_aligned and 0 < distance <= 2 * _ADJACENT * max(above.size, cell.size)


def _is_trade(words: Sequence[str]) -> bool:
    return bool(words) and all(word[0].isupper() and not _NO_TRADE.match(word) for word in words)


def is_above_address(text: str) -> bool:
    """Say whether words stand above a name in an address, and are none: `Herrn`, `Notarin`, `Bill to`."""
    is_word = any(pattern.match(text) for pattern in (_HONORIFIC, _TO_WHOM, _PERSON_TO, _OF_ANOTHER, _NO_NAME))
    return is_word or is_occupation(text) or _is_label(text)


def _is_label(text: str) -> bool:
    return is_party_label(text) or _TITLE.match(text) is not None


def _is_next_line(above: Cell, cell: Cell) -> bool:
    distance, size = cell.baseline - above.baseline, max(above.size, cell.size)
    if not 0 < distance <= _BEFORE_TOWN * size:
        return False
    return distance <= _ADJACENT * size or _TOWN.match(cell.text) is not None


def _parts_of_sender(text: str) -> list[str]:
    own = _NUMBERS_BEHIND.sub("", _RETURN_TO.sub("", text))
    has_points = len(_POINTS.findall(own)) >= LEAST_POINTS
    return [part for part in (_BY_POINTS if has_points else _SENDER_LINE).split(own) if part] or [""]


def _is_parted(*parts: str) -> bool:
    """Say whether a sender's line parts the words of his name as well: `Martin · Beispiel · Ring 1 · 12345 Stadt`."""
    return all(map(_LONG_WORD.fullmatch, parts))


def _is_sender_line(text: str) -> bool:
    if len(text) > MAX_FOOT:
        return False
    parts = _parts_of_sender(text)
    return parse_address(", ".join(parts[1:])) is not None and parse_name(parts[0]) is not None
