"""What a document says of its issuer besides his address: at its foot, in a margin, as the holder of an account."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice, takewhile
from typing import Final

from services.answers.names import firms_in, is_legal_form, without_form
from services.answers.normal_form import normal_text
from services.answers.short_texts import keeping
from services.answers.surroundings import Surroundings
from services.answers.tables.sheet import Cell

FOOT_LINES: Final = 8
"""Lines at the end of a document in which its sender names himself."""
MAX_FOOT: Final = 400
"""Characters of such a line that are looked at."""
MOST_CELLS: Final = 12
"""Cells of a line, and cells of a column below a name, that are looked at."""
MOST_PLACES: Final = 4
"""Places of a name below which words are looked at."""
MOST_WORDS: Final = 8
"""Words of a firm's name that is looked for behind an account's holder."""
MOST_LINES: Final = 100
"""Lines of the first page and of the last one among which a name is looked for."""

_LOWER_PART: Final = 0.7
"""Part of a page, up to its last line, below which such lines stand."""
_COLUMN_GAP: Final = 4.5
"""Distance of two lines of a column, as part of the font size, at most."""
_LETTER: Final = re.compile(
    r"\b(?:rechnung|invoice|facture|gutschrift|credit note|mahnung|zahlungserinnerung|reminder|rappel|bestell|commande"
    r"|purchase order|lieferschein|delivery note|bescheid|vertrag|contract|betreff|subject|objet|kunden-?n|customer n"
    r"|datum\b|date\b|sehr geehrte|dear\b|bonjour|madame|monsieur)",
    re.IGNORECASE,
)
"""Where the letter begins: what stands below a recipient's window is no more of him than of anybody."""
_REGISTERED: Final = re.compile(
    r"\b(?:HR[AB]|FN|RPM|RCS|RC|CoC|KvK|CHE|UID|USt|Ust|VAT|TVA|BTW|MWST|IBAN|BIC|SIRET|SIREN|Tel|Tél|Geschäftsführ"
    r"|Steuer-?[Nn]|St\.-Nr|Registered|Company)"
)
"""What stands beside the name of one who names himself at a document's end."""
_ONLY_OWN: Final = re.compile(
    r"\b(?:HR[AB]|RCS|SIRET|IBAN|Sort [Cc]ode|Geschäftsführ\w*(?::|\W+\w)|Amtsgericht|Finanzamt|Steuer-?[Nn]|St\.-Nr"
    r"|Registered in|Inh(?:\.|aber))"
)
"""What stands below a name that is the issuer's, and below no other: a buyer's address may have a VAT number."""
_ACCOUNT: Final = re.compile(
    r"\b(?:IBAN|BIC|SWIFT|BLZ|Bankleitzahl|(?:Konto|Bank)verbindung|Sort[- ]code|RIB|coordonnées bancaires)\b"
    r"|\b(?:Konto|Kto|Account)[-. ]?(?:Nr|No|number)",
    re.IGNORECASE,
)
"""Words of an account, beside which the bank that keeps it is named."""
_BANK: Final = re.compile(r"(?:\w*bank|\w*sparkasse|\w*raiffeisenkasse|banque|crédit)\b", re.IGNORECASE)
_HOLDER: Final = re.compile(
    r"(?:kontoinhaber(?:in)?|account (?:name|holder)|beneficiary|payable to|zahlbar an|titulaire(?: du compte)?"
    r"|à l.ordre de)\W{0,4}",
    re.IGNORECASE,
)
_END_OF_NAME: Final = re.compile(r"\n|\t| {2}|[,;:|(]")
"""What a name ends with behind words that say whose an account is."""
END_OF_SENTENCE: Final = re.compile(r"(?<=[A-Z]{2}|[a-z]H)\.$")
"""A point behind a legal form that has none of its own: `Zahlbar an Muster GmbH.`"""
_DEBITED: Final = re.compile(
    r"abbuch|abgebucht|\bbuchen [^.\n]{1,60}\bab\b|einziehen|eingezogen|einzug|lastschrift|mandat|erstatte"
    r"|rücküberweis|direct debit|\bdebited|refund|prélev|prélèvement|rembours|\bIhr(?:em|es)? (?:Bank|Giro)?konto"
    r"|\byour (?:bank )?account",
    re.IGNORECASE,
)
"""Words of an account that is debited, or to which is paid back."""
_PAYMENT_PART: Final = re.compile(r"zahlbar durch|payable par|payable by", re.IGNORECASE)
"""Where the foot is a slip to pay with, which names who pays, too."""
_DOMAIN: Final = re.compile(r"(?:@|www\.)([\w.-]+)\.")
_WORD: Final = re.compile(r"\w+")
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")


class Imprint:
    """The places where an issuer, and nobody else, names himself."""

    def __init__(self, pages: Sequence[str], surroundings: Surroundings) -> None:
        self._pages = pages
        self._surroundings = surroundings
        self._known: dict[str, bool] = {}
        """Of each name that was looked for: those of both parties are, several times."""

    def has(self, name: str) -> bool:
        """Say whether one of the places has a name; that of a bank stands there for the account."""
        if name not in self._known:
            self._known[name] = self._has(name)
        return self._known[name]

    def _has(self, name: str) -> bool:
        return (
            bool(_LONG_WORD.search(without_form(name)))
            and not self.is_keeper(name)
            and (
                self._is_in_foot(name)
                or self._is_in_domain(name)
                or self._is_holder(name)
                or self._is_above_own_words(name)
            )
        )

    def is_keeper(self, name: str) -> bool:
        """Say whether a name is that of a bank, and stands nowhere but beside the words of an account it keeps."""
        if not _BANK.search(name):
            return False
        places = [
            sheet.lines[max(0, at - 2) : at + 3]
            for sheet in self._surroundings.sheets
            for at, line in enumerate(sheet.lines)
            if any(has_words(cell.text[:MAX_FOOT], name) for cell in line.cells)
        ]
        return bool(places) and all(
            any(_ACCOUNT.search(cell.text[:MAX_FOOT]) for line in lines for cell in line.cells) for lines in places
        )

    def has_at_foot(self, page: int, start: int) -> bool:
        """Say whether a place is at the document's end, with words there that only an issuer has beside his name."""
        is_last = page == len(self._pages) and any(map(_ONLY_OWN.search, self._said_in_foot))
        return is_last and any(cell.start <= start < cell.end for cell in self.foot)

    @cached_property
    def foot(self) -> Sequence[Cell]:
        """The cells at the document's end, if words are among them that stand beside an issuer's name."""
        lines = self._surroundings.sheets[-1].lines[-FOOT_LINES:] if self._surroundings.sheets else ()
        lower = [line for line in lines if line.baseline > _LOWER_PART * lines[-1].baseline]
        cells = [cell for line in lower for cell in line.cells[:MOST_CELLS]]
        return cells if any(_REGISTERED.search(cell.text[:MAX_FOOT]) for cell in cells) else ()

    @cached_property
    def _said_in_foot(self) -> Sequence[str]:
        texts = [cell.text[:MAX_FOOT] for cell in self.foot]
        return () if any(map(_PAYMENT_PART.search, texts)) else texts

    def _is_in_foot(self, name: str) -> bool:
        return any(has_words(text, name) for text in self._said_in_foot)

    def _is_in_domain(self, name: str) -> bool:
        """Say whether a word of a name is in a domain that stands in the foot."""
        words = _LONG_WORD.findall(normal_text(without_form(name)))
        domains = (match[1] for text in self._said_in_foot for match in _DOMAIN.finditer(text.casefold()))
        return any(word in "".join(filter(str.isalnum, domain)) for domain in domains for word in words)

    def _is_holder(self, name: str) -> bool:
        """Say whether a name begins behind words that say whose an account is."""
        words, most = words_of(name), 2 * len(name)
        behind = [page[end : end + most] for page, end in self._behind_holder]
        lines = [words_of(text.lstrip().partition("\n")[0]) for text in behind]  # a person holds his firm's account
        held = (words.startswith(line) for line in lines if len(line.split()) > 1)
        return any(words_of(text).startswith(words) for text in behind) or any(held)

    @cached_property
    def firm_paid(self) -> tuple[str, int, int] | None:
        """The only firm that stands behind words for an account's holder; with its page, and where it begins.

        None where the account is one to debit or to pay back to, and so may be the recipient's.
        """
        found = []
        for number, page in enumerate(self._pages, 1):
            for match in islice(_HOLDER.finditer(page), MOST_PLACES):
                name = _firm_at(page[match.end() : match.end() + MAX_FOOT])
                if name and not _BANK.search(name):
                    found.append((name, number, page.index(name, match.end())))
        if len({words_of(name) for name, *_ in found}) != 1 or any(map(_DEBITED.search, self._pages)):
            return None
        return found[0]

    @cached_property
    def _behind_holder(self) -> Sequence[tuple[str, int]]:
        """Pages, and where words end there that say whose an account is."""
        return [(page, match.end()) for page in self._pages for match in _HOLDER.finditer(page)]

    @cached_property
    def _at_both_ends(self) -> Sequence[tuple[Sequence[Cell], Sequence[str]]]:
        """The cells of the first sheet and of the last one, with the words of each: several names are looked for."""
        sheets = self._surroundings.sheets
        found = []
        for sheet in (sheets[0], sheets[-1]) if len(sheets) > 1 else sheets:
            cells = [cell for line in sheet.lines[:MOST_LINES] for cell in line.cells[:MOST_CELLS]]
            found.append((cells, [words_of(cell.text[:MAX_FOOT]) for cell in cells]))
        return found

    def _is_above_own_words(self, name: str) -> bool:
        """Say whether words below a name, in the same column, are such as an issuer alone has there."""
        wanted = words_of(name)
        for cells, said in self._at_both_ends:
            for at in [at for at, words in enumerate(said) if wanted in words][:MOST_PLACES]:
                below = (cell.text[:MAX_FOOT] for cell in _column(cells[at], cells[at + 1 :]))
                if any(map(_ONLY_OWN.search, takewhile(lambda text: not _LETTER.search(text), below))):
                    return True
        return False


def _firm_at(text: str) -> str | None:
    """Give the firm whose name a text begins with; all of it may be in capitals."""
    name = _END_OF_NAME.split(text.strip(), maxsplit=1)[0].strip()
    words = name.split()[:MOST_WORDS]
    if not name[:1].isupper():
        return None
    if len(words) > 1 and is_legal_form(words[-1]) and " ".join(words) == name:
        return END_OF_SENTENCE.sub("", name)
    firm = next(firms_in(name), None)
    return firm if firm and name.startswith(firm) else None


def has_words(text: str, name: str) -> bool:
    """Say whether a text has all words of a name, one after the other."""
    wanted = words_of(name)
    return bool(wanted.strip()) and wanted in words_of(text)


@keeping
def words_of(text: str) -> str:
    """Give the words of a text in their normal form, a space around each."""
    words = " ".join(_WORD.findall(normal_text(text)))
    return f" {words} "


def _column(top: Cell, cells: Sequence[Cell]) -> Iterator[Cell]:
    """Give the cells below another one, up to a gap or the end of what is looked at."""
    last, found = top, 0
    for cell in cells:
        if cell.overlaps(top) and cell.baseline > last.baseline:
            if cell.baseline - last.baseline > _COLUMN_GAP * max(cell.size, last.size) or found == MOST_CELLS:
                return
            last, found = cell, found + 1
            yield cell
