"""The head of a table: which column means what, and where it stands."""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import accumulate, islice
from typing import Final

from babel.dates import get_month_names

from schemas.tables import ColumnLabels, TableDefinition
from services.answers.amounts import currency_code
from services.answers.tables.parted import MOST_WORDS, apart_as_below, columns_below, parts_over
from services.answers.tables.sheet import ALIGNED, FIGURE, SEVERAL, Cell, Line
from services.answers.tables.words import aside_of, label_of, words_of

ROW_NUMBER: Final = "#"
"""Name of the column that counts the rows; no column of a definition can have it."""

MOST_HEADS: Final = 1000
"""Ways to read heads on one sheet; what comes later there goes on under the last one."""
_STACKED: Final = 1.7
"""Distance of a head's lines, as part of the font size."""
_REACH: Final = 3
"""Lines of a head above, and below, the one with most labels."""

_NO_HEAD: Final = ""
"""Text of a column without a head."""
_LONGEST_LABEL: Final = 60
_LEAST_COLUMNS: Final = 2
_MOST_COLUMNS: Final = 40
"""Of a head's line; drawn word by word it has more cells than columns."""

_EXACT: Final = 1_000
_BEGINNING: Final = 500
_WITHIN: Final = 100
_PART: Final = 200
"""How much less one line of a label fits than all of it."""

_BESIDE_THE_POINT: Final = frozenset({
    "in", "eur", "euro", "chf", "usd", "gbp", "sfr", "fr", "netto", "net", "nett", "brutto", "gross", "excl", "exkl",
    "ohne", "ht", "ttc", "zzgl", "inkl", "incl", "mwst", "ust", "vat", "tva", "hors", "pro", "per", "de", "der", "la",
    "le", "of", "the",
})  # fmt: skip
_OF_CODES: Final = frozenset({"nr", "no", "num", "nummer", "number", "code", "id", "ref", "réf", "sku", "n"})
_TAX_RATE: Final = re.compile(
    r"(?:mwst|ust|umsatzsteuer|steuer|vat|tax|gst|sales tax) ?(?:satz|rate)|taux(?: de)?(?: la)? (?:tva|taxe)"
)
"""What a rate is of tells it from a price: `Satz` is what an hour costs, `MwSt.-Satz` is not."""
_HOURLY: Final = re.compile(
    r"(?:@|à|je)?(?:€|\$|£|eur|chf|fr\.?)?[0-9]{1,4}(?:[.,][0-9]{2})?(?:€|eur|chf|fr\.?|,-)?(?:/|pro|per|je|par)"
    r"(?:h|hr|std\.?|stunde|hour|heure|tag|day|jour)"
)
"""A rate at the head of a column, without spaces and in small letters, is what its amounts are made with: `74 €/h`."""
_FACTORS: Final = frozenset({"faktor", "faktoren", "steigerungsfaktor", "steigerungssatz", "factor"})
"""What doctors and vets have beside the count: by how much a fee of the tariff is raised."""
_PERIODS: Final = frozenset({
    "minuten", "stunden", "tage", "nächte", "übernachtungen", "wochen", "monate", "quartale", "jahre", "minutes",
    "hours", "days", "nights", "weeks", "months", "quarters", "years", "heures", "jours", "nuits", "nuitées",
    "semaines", "trimestres", "années",
})  # fmt: skip
"""What is counted where something is rented or served; a French `Mois` may say which one."""
_COUNTING: Final = _PERIODS | {"x"}
"""What heads how many there are, the sign of multiplication as it is typed among them."""
_BARE_AMOUNTS: Final = frozenset({
    "eur", "euro", "chf", "sfr", "usd", "gbp", "netto", "net", "brutto", "gross", "ht", "ttc",
})  # fmt: skip
"""What a head says of an amount without naming it: `Brutto €`."""
_ROWS_BELOW: Final = 12
"""Lines below a head that show what its columns have."""
_FIRST_CELLS: Final = 2
"""Below a label, of which one is a number unless the label names something else."""
_PER_UNIT: Final = re.compile(r"(?:[€£$]|\b(?:EUR|CHF|GBP|USD)) ?(?:/|pro\b|je\b|per\b)", re.IGNORECASE)
"""What money is per piece: `EUR/Stk` counts nothing."""
_COUNTED_LABEL: Final = re.compile(r"([^\W\d_]{2,4}) ?[0-9]{1,2}")
_AND: Final = re.compile(r" ?[/&+,] ?| (?:und|and|et) ")
"""Between what stands in one column: `Part number / Description`."""
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KG: Final = "kg"
_OF_WEIGHT: Final = frozenset({"kg", "netto", "net", "gewicht", "nettogewicht", "weight", "poids"})
"""What a head says of a weight in it, and no firm of its legal form."""
_WHOLE: Final = frozenset({
    "kg", "exemplare", "flaschen", "gebinde", "bottles", "tubes", "number of packages", "bouteilles", "exemplaires",
    "cases",
})  # fmt: skip
"""What a head must say and nothing else: `Muster KG` is no `Netto kg`, `Flaschen je Karton` are not those delivered."""
_SHIP: Final = "ship"
"""How many were shipped, if numbers stand below it: else the day, or who ships."""
_HEAD_NOUNS: Final = frozenset({"bezeichnung", "beschreibung"})
"""Ends of German words that say of what a column of words is: `Betonbezeichnung`."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_CODE: Final = re.compile(r"(?=[^0-9]*[0-9])[A-Z0-9][A-Z0-9./-]+")
"""An article's number: `SDS-TR-B-3000`."""
_DIGITS: Final = re.compile(r"[0-9]")
_BARE_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_PERIOD: Final = re.compile(r"zeitraum|periode?\b|période|period\b|datum|\bdates?\b")
"""In the label of a column of words, what says that days stand below it."""
_MONTHS: Final = frozenset(
    name.strip(".").lower()
    for locale in ("de", "de_AT", "en", "fr")
    for width in ("wide", "abbreviated")
    for name in get_month_names(width, locale=locale).values()
) | {"bis", "to", "au", "du", "von", "from", "th", "st", "nd", "rd"}
"""What days and periods say beside their numbers."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was found.

    Parameters
    ----------
    columns
        Cells of the head by the name of their column; those of columns that nobody asked for under their own words.
    named
        Names that a definition gives, `ROW_NUMBER` among them.
    first, last
        Its lines on the sheet, both included.
    score
        How well the labels fit.
    joined
        Counts whose label begins the cell of another column: heads may stand so close that they are one.
    """

    columns: Mapping[str, Cell]
    named: frozenset[str]
    first: int
    last: int
    score: int
    joined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HeadFinder:
    """Finds heads of one table.

    Parameters
    ----------
    by_content
        Where no label names the column of words, it is the one that has words.
    """

    table: TableDefinition
    by_content: bool = False
    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def find(self, lines: Sequence[Line]) -> list[Head]:
        """Give the heads on a sheet, from above; none overlaps another."""
        found: list[Head] = []
        # Lines above may name more columns; lines below are the first row unless they make a label whole.
        first = islice(self._candidates(lines), MOST_HEADS)
        candidates = sorted(first, key=lambda head: (-head.score, head.last, head.first))
        for head in candidates:
            # Two heads right below one another are one.
            if not any(head.first <= other.last + 1 and other.first <= head.last + 1 for other in found):
                found.append(head)
        return sorted(found, key=lambda head: head.first)

    def named(self, line: Line) -> Mapping[str, Cell]:
        """Give the cells of a line that name columns, be they as few as one; empty if it has numbers."""
        if not self._may_be(line):
            return {}
        scored = [
            (score, name, at) for at, cell in enumerate(line.cells) for name, score in self._scores(cell.text).items()
        ]
        return {name: line.cells[at] for name, at in _chosen(scored, frozenset()).items()}

    def names_words(self, cell: Cell) -> bool:
        """Tell whether a cell is a label of the column of words, and nothing else."""
        return self._scores(cell.text).get(self.table.description.name, 0) > _BEGINNING

    def _candidates(self, lines: Sequence[Line]) -> Iterator[Head]:
        for index, line in enumerate(lines):
            if self._may_be(line):
                for first, last in _stacks(lines, index):
                    if head := self._head(lines, index, first, last):
                        yield head

    def _may_be(self, line: Line) -> bool:
        """Say whether a line has some label, and no number: most lines of a long table are told apart at once."""
        if not _LEAST_COLUMNS <= len(line.cells) <= _MOST_COLUMNS:
            return False
        if any(FIGURE.fullmatch(cell.text) and not _is_counted_label(cell.text) for cell in line.cells):
            return False
        return any(self._scores(cell.text) for cell in line.cells)

    def _head(self, lines: Sequence[Line], index: int, first: int, last: int) -> Head | None:
        stacked = _stacked([lines[at] for at in range(first, last + 1)], index - first)
        below = _up_to_sum(lines[last + 1 : last + 1 + _ROWS_BELOW])
        stacked = [part for variants in stacked for part in apart_as_below(variants, below)]
        stacked = [part for variants in stacked for part in self._apart_by_columns(variants, below)]
        cells = [part for variants in stacked for part in self._told_apart(variants)]
        scored = [
            (score, name, at)
            for at, variants in enumerate(cells)
            if words_of(variants[0].text) != _SHIP or _has_bare_numbers(variants[0], below)
            for name, score in self._best(variants).items()
        ]
        chosen = _chosen(scored, frozenset())
        if not self._is_head(chosen):
            # `Preis` alone is the price of the row.
            required = frozenset(column.name for column in self.table.columns if column.required)
            chosen = _chosen(self._without_other_numbers(scored, cells), required)
        if ROW_NUMBER in chosen and len(chosen) == len(cells) and self.table.description.name not in chosen:
            chosen[self.table.description.name] = chosen.pop(ROW_NUMBER)  # `Position | Preis`: nothing else has words
        heads = [variants[0] for variants in cells]
        self._name_other_words(chosen, scored, heads, below)
        self._name_second_number(chosen, scored, heads, below)
        if self.table.key.product_of and chosen.keys().isdisjoint(self.table.key.product_of):
            self._name_periods(chosen, heads, below)
        self._name_price_beside_amounts(chosen, heads, below)
        if self.by_content:
            self._name_amounts(chosen, heads)
            heads = [*heads, *_unheaded(heads, below)]
            self._name_words(chosen, heads, below)
        if not self._is_head(chosen) or self._is_denied(chosen, heads, below):
            return None
        total = sum(score for score, name, at in scored if chosen.get(name) == at)
        columns = {name: heads[at] for name, at in chosen.items()}
        others = {
            f"{at} {cell.text}": cell
            for at, cell in enumerate(heads)
            if at not in chosen.values() and cell.text != _NO_HEAD
        }
        counts = {column.name for column in self.table.columns if column.kind == "number"} - chosen.keys()
        joined = frozenset(
            name for score, name, at in scored if name in counts and score > _WITHIN and at in chosen.values()
        )
        return Head(columns | others, frozenset(chosen), first, last, total, joined)

    def _is_denied(self, chosen: Mapping[str, int], heads: Sequence[Cell], below: Sequence[Line]) -> bool:
        """Tell whether a label only mentions what has no total, and no number stands below it: `To be delivered to`.

        A table of amounts has totals that tell.
        """
        head = heads[chosen[self.table.key.name]]
        if self.table.key.adds_up_to or self._scores(head.text).get(self.table.key.name, 0) > _BEGINNING:
            return False
        lines = (line for line in below if len(line.cells) >= _LEAST_COLUMNS)
        found = (cell for line in lines for cell in line.cells if cell.overlaps(head))
        return not any(FIGURE.fullmatch(cell.text) for cell in islice(found, _FIRST_CELLS))

    def _without_other_numbers(
        self, scored: Sequence[tuple[int, str, int]], cells: Sequence[Sequence[Cell]]
    ) -> list[tuple[int, str, int]]:
        """Leave out amounts by a word of what names another number: `Price each` is no `Price` of all.

        Parameters
        ----------
        cells
            For each column, the cell with all its lines, then each line alone.
        """
        numbers = {column.name for column in self.table.columns if column.kind != "text"} - {self.table.key.name}
        whole = [self._scores(variants[0].text) for variants in cells]
        others = {at for at, scores in enumerate(whole) if any(scores.get(name, 0) > _BEGINNING for name in numbers)}
        return [
            (score, name, at)
            for score, name, at in scored
            if name != self.table.key.name or at not in others or whole[at].get(name, 0) > _BEGINNING
        ]

    def _apart_by_columns(self, variants: list[Cell], below: Sequence[Line]) -> list[list[Cell]]:
        """Part a cell that stands above several columns and is no label of one: `Anz. Faktor Betrag EUR`."""
        cell, *others = variants
        if others or not 0 < cell.text.count(" ") < MOST_WORDS or self._is_label(cell.text):
            return [variants]
        parts = parts_over(cell, columns_below(cell, below))
        return [[part] for part in parts] if any(self._is_label(part.text) for part in parts) else [variants]

    def _is_label(self, text: str) -> bool:
        return any(score > _BEGINNING for score in self._scores(text).values())

    def _told_apart(self, variants: list[Cell]) -> list[list[Cell]]:
        """Part a cell that is the labels of two columns of numbers: `Menge Einzelpreis` above a narrow column."""
        cell, *others = variants
        words = cell.text.split(" ")
        is_one = others or len(words) > MOST_WORDS or self._is_label(cell.text)
        for count in range(1, len(words)) if not is_one else ():
            parts = " ".join(words[:count]), " ".join(words[count:])
            first, second = map(self._numbers_named, parts)
            if first and second and first != second:
                middle = cell.left + (cell.right - cell.left) * len(parts[0]) // len(cell.text)
                return [
                    [cell._replace(text=parts[0], right=middle)],
                    [cell._replace(text=parts[1], left=middle + 1)],
                ]
        return [variants]

    def _numbers_named(self, label: str) -> set[str]:
        """Give the columns of numbers that a label fits exactly; what no definition asks for under its own word."""
        numbers = {column.name for column in self.table.columns if column.kind != "text"}
        named = {name for name, score in self._scores(label).items() if score >= _EXACT} & numbers
        return named | ({words_of(label)} & _FACTORS)

    def _name_periods(self, chosen: dict[str, int], cells: Sequence[Cell], below: Sequence[Line]) -> None:
        """Find the quantity by what it counts: `Monate`, or by an `X`, where numbers stand below it.

        Nothing else is a factor: beside a price the products tell.
        """
        quantity = next(iter(self.table.key.product_of), "")
        for at, cell in enumerate(cells):
            if at not in chosen.values() and words_of(cell.text) in _COUNTING and _has_numbers(cell, below):
                chosen[quantity] = at
                return

    def _name_other_words(
        self,
        chosen: dict[str, int],
        scored: Sequence[tuple[int, str, int]],
        cells: Sequence[Cell],
        below: Sequence[Line],
    ) -> None:
        """Take the second label of words where nothing but codes or numbers stand below the first: `Teil | Material`.

        The first one may be a label of numbers, too: English `Items` are counted, or named.
        """
        words = self.table.description.name
        if words not in chosen:
            return
        first, taken = chosen[words], {at for name, at in chosen.items() if name != ROW_NUMBER}
        if _is_status(cells[first], below):
            best = _most_words(cells, (at for at in range(len(cells)) if at not in taken), below)
            self._take_words(chosen, first if best is None else best)
            return
        if _has_words(cells[first], below):
            if _PERIOD.search(cells[first].text.lower()) and _are_days(cells[first], below):
                self._take_words_beside_days(chosen, cells, below)
            return
        others = [(score, at) for score, name, at in scored if name == words and at not in taken]
        if with_words := [(score, at) for score, at in others if _has_words(cells[at], below)]:
            self._take_words(chosen, max(with_words)[1])
            counts = [(score, name) for score, name, at in scored if at == first and name not in chosen]
            if counts:
                chosen[max(counts)[1]] = first

    def _take_words_beside_days(self, chosen: dict[str, int], cells: Sequence[Cell], below: Sequence[Line]) -> None:
        """Take the column of words for what names rows, where the labelled one has days: `Service period`."""
        taken = {at for name, at in chosen.items() if name != ROW_NUMBER}
        best = _most_words(cells, (at for at in range(len(cells)) if at not in taken), below)
        if best is not None:
            self._take_words(chosen, best)

    def _take_words(self, chosen: dict[str, int], at: int) -> None:
        """Let a cell name the words: it counts no rows then, as English `Item` may."""
        if chosen.get(ROW_NUMBER) == at:
            del chosen[ROW_NUMBER]
        chosen[self.table.description.name] = at

    def _name_second_number(
        self,
        chosen: dict[str, int],
        scored: Sequence[tuple[int, str, int]],
        cells: Sequence[Cell],
        below: Sequence[Line],
    ) -> None:
        """Find the column of words where two heads say that they count the rows: `Nr. | Position | Menge`."""
        if self.table.description.name in chosen:
            return
        taken = {at for name, at in chosen.items() if name != ROW_NUMBER}
        counting = [at for score, name, at in scored if name == ROW_NUMBER and score > _BEGINNING and at not in taken]
        with_words = [at for at in counting if _has_words(cells[at], below)]
        if len(counting) > 1 and len(with_words) == 1:
            if chosen[ROW_NUMBER] == with_words[0]:
                chosen[ROW_NUMBER] = next(at for at in counting if at not in with_words)
            chosen[self.table.description.name] = with_words[0]

    def _name_price_beside_amounts(self, chosen: dict[str, int], cells: Sequence[Cell], below: Sequence[Line]) -> None:
        """Take `Preis` for that of a piece where `Netto` stands right of it above numbers, and a quantity is named."""
        key, (quantity, price) = self.table.key.name, self.table.key.product_of or ("", "")
        if {key, quantity} - chosen.keys() or price in chosen:
            return
        at = chosen[key]
        if self._scores(cells[at].text).get(price, 0) <= _BEGINNING:
            return
        others = [
            other
            for other, cell in enumerate(cells)
            if cell.left > cells[at].right and _is_bare_amount(cell) and _has_numbers(cell, below)
        ]
        if len(others) == 1 and others[0] not in chosen.values():
            chosen |= {price: at, key: others[0]}

    def _name_amounts(self, chosen: dict[str, int], cells: Sequence[Cell]) -> None:
        """Find the amounts by what they are in, if no label names them: `Brutto €`, the last of several."""
        if self.table.key.name not in chosen:
            for at, cell in enumerate(cells):
                if at not in chosen.values() and _is_bare_amount(cell):
                    chosen[self.table.key.name] = at

    def _name_words(self, chosen: dict[str, int], cells: Sequence[Cell], below: Sequence[Line]) -> None:
        """Find the column of words by what stands below: `Position | Menge | Tagespreis | Betrag`.

        Another number than the amount is named: two amounts alone may be those of a table of taxes. Where rows have no
        amounts, as on a delivery note, the quantity is enough if the head does not only mention it: `4 Stück`.
        """
        numbers = {column.name for column in self.table.columns if column.kind != "text" and column.name in chosen}
        words = self.table.description.name
        if words in chosen or self.table.key.name not in numbers:
            return
        fit = self._scores(cells[chosen[self.table.key.name]].text).get(self.table.key.name, 0)
        is_enough = len(numbers) > 1 or not (self.table.key.adds_up_to or fit <= _WITHIN)
        if not is_enough:
            return
        rows = [line for line in below if any(FIGURE.fullmatch(cell.text) for cell in line.cells) and not _is_sum(line)]
        others = [at for at in range(len(cells)) if at not in {chosen[name] for name in numbers}]
        best = _most_words(cells, others, rows)
        if best is None or _words_below(cells[best], rows)[0] < len(rows):
            # Words may stand above and below the lines of their numbers, and remarks on some of these.
            found = (at for at in (best, _most_words(cells, others, below)) if at is not None)
            best = max(found, key=lambda at: _different_letters(cells[at], below), default=None)
        if best is not None:
            self._take_words(chosen, best)

    def _is_head(self, chosen: Mapping[str, int]) -> bool:
        return all(column.name in chosen for column in self.table.columns if column.required)

    def _best(self, variants: Sequence[Cell]) -> dict[str, int]:
        best: dict[str, int] = {}
        for cell in variants:
            for name, score in self._scores(cell.text).items():
                fit = score if cell is variants[0] else max(score - _PART, 1)
                best[name] = max(fit, best.get(name, 0))
        for name, score in self._scores(_unbroken(variants[1:])).items():
            if score > _BEGINNING:
                best[name] = max(score, best.get(name, 0))
        return best

    def _scores(self, text: str) -> dict[str, int]:
        """Say how well a text fits the labels of each column; those that it does not fit are left out."""
        if text not in self._known:
            words = _without_accents(words_of(text))
            is_price = _PER_UNIT.search(text) if len(words) <= _LONGEST_LABEL else None
            labelled = {} if _TAX_RATE.fullmatch(words) else self._labels
            if is_price:
                labelled = {name: labels for name, labels in labelled.items() if name in self._prices}
            scores = {name: _score(words, labels) for name, labels in labelled.items()}
            if _HOURLY.fullmatch(text.replace(" ", "").lower()):
                scores[self.table.key.name] = _BEGINNING + 1
            if scores.get(self.table.description.name) == 0:
                scores[self.table.description.name] = self._score_of_parts(text)
            if is_price and not is_price.start():
                scores |= dict.fromkeys(self.table.key.product_of[1:], _BEGINNING + 1)
            least = {ROW_NUMBER: _BEGINNING}  # `Art.-Nr.` counts nothing
            self._known[text] = {name: score for name, score in scores.items() if score > least.get(name, 0)}
        return self._known[text]

    def _score_of_parts(self, text: str) -> int:
        """Say how well one of several things that a label names fits the column of words."""
        parts = _AND.split(text) if len(text) <= _LONGEST_LABEL else ()
        if not 1 < len(parts) <= MOST_WORDS:
            return 0
        labels = self._labels[self.table.description.name]
        return max(max(_score(_without_accents(words_of(part)), labels) for part in parts) - _PART, 0)

    @cached_property
    def _prices(self) -> frozenset[str]:
        return frozenset(column.name for column in self.table.columns if column.kind == "money")

    @cached_property
    def _labels(self) -> dict[str, tuple[tuple[str, int], ...]]:
        labels = {column.name: _ranked(column.labels) for column in self.table.columns}
        return {**labels, ROW_NUMBER: _ranked(self.table.row_numbers)}


def _is_counted_label(text: str) -> bool:
    """Tell whether a number is that of a label: `KW 15`, `EAN 13`."""
    return (match := _COUNTED_LABEL.fullmatch(text)) is not None and not currency_code(match[1])


def _unheaded(heads: Sequence[Cell], below: Sequence[Line]) -> Iterator[Cell]:
    """Give cells without text above words that stand left of all heads, or of which several begin between two."""
    ordered = sorted(heads, key=lambda cell: cell.left)
    ends = [-math.inf, *accumulate((head.right for head in ordered), max)]
    for end, head in zip(ends, ordered, strict=False):
        words = [cell for line in below for cell in line.cells if end < cell.left and cell.right < head.left]
        words = [cell for cell in words if _WORD.search(cell.text)]
        if words and (head is ordered[0] or _begin_alike(words)):
            left, right = min(cell.left for cell in words), max(cell.right for cell in words)
            yield head._replace(text=_NO_HEAD, end=head.start, left=left, right=right)


def _begin_alike(cells: Sequence[Cell]) -> bool:
    """Tell whether several words begin at one edge, and none elsewhere."""
    edges = [cell.left for cell in cells]
    return len(cells) >= SEVERAL and max(edges) - min(edges) <= ALIGNED


def _unbroken(lines: Sequence[Cell]) -> str:
    """Make one word of a narrow head's lines: `Men` above `ge`; empty if they are words of their own."""
    goes_on = lines and all(cell.text.isalpha() and cell.text.islower() for cell in lines[1:])
    return "".join(cell.text for cell in lines) if goes_on else ""


def _words_below(head: Cell, lines: Sequence[Line]) -> tuple[int, int]:
    """Count the lines that have words of several letters below a head, and those that have anything there."""
    below = [[cell for cell in line.cells if cell.overlaps(head)] for line in lines]
    return sum(any(map(_is_name, cells)) for cells in below), sum(map(bool, below))


def _is_name(cell: Cell) -> bool:
    return _WORD.search(cell.text) is not None and not _CODE.fullmatch(cell.text)


def _are_days(head: Cell, lines: Sequence[Line]) -> bool:
    """Tell whether nothing but days, months and years stands below a head, on several lines."""
    texts = [cell.text for line in lines for cell in line.cells if cell.overlaps(head)]
    words = [word.lower() for text in texts for word in _LETTERS.findall(text)]
    dated = sum(any(map(str.isdigit, text)) for text in texts)
    return len(texts) >= SEVERAL and dated == len(texts) and bool(words) and _MONTHS.issuperset(words)


def _different_letters(head: Cell, lines: Sequence[Line]) -> int:
    """Count the letters below a head, of what stands there twice once: units and makers repeat, names do not."""
    texts = {cell.text for line in lines for cell in line.cells if cell.overlaps(head)}
    return sum(map(str.isalpha, "".join(texts)))


def _is_status(head: Cell, below: Sequence[Line]) -> bool:
    """Tell whether a head goes on in the next line, and the same words stand below both on several lines.

    `Produkt` above `Status` names no product: each is `Versendet`.
    """
    found = [cell for line in below for cell in line.cells if cell.overlaps(head)][: 1 + SEVERAL]
    if len(found) <= SEVERAL or found[0].baseline - head.baseline > _STACKED * head.size:
        return False
    texts = [cell.text for cell in found]
    is_head = found[0] in below[0].cells and not any(FIGURE.fullmatch(cell.text) for cell in below[0].cells)
    return is_head and texts[0] != texts[1] and len(set(texts[1:])) == 1


def _is_bare_amount(head: Cell) -> bool:
    """Tell whether a head says in what amounts are, and no more: `Netto €`."""
    words = words_of(head.text).split()
    return bool(words) and _BARE_AMOUNTS.issuperset(words)


def _has_numbers(head: Cell, lines: Sequence[Line]) -> bool:
    found = [cell for line in lines for cell in line.cells if cell.overlaps(head)]
    return 2 * sum(FIGURE.fullmatch(cell.text) is not None for cell in found) > len(found)


def _has_bare_numbers(head: Cell, lines: Sequence[Line]) -> bool:
    """Tell whether most of what stands below a head is a number without a unit, and no day."""
    found = [cell for line in lines for cell in line.cells if cell.overlaps(head)]
    return 2 * sum(_BARE_NUMBER.fullmatch(cell.text) is not None for cell in found) > len(found)


def _up_to_sum(lines: Sequence[Line]) -> Sequence[Line]:
    """Give the lines above the first one that names a sum, if there are any: below it another table may stand."""
    end = next((at for at, line in enumerate(lines) if _is_sum(line)), len(lines))
    return lines[:end] or lines


def _is_sum(line: Line) -> bool:
    return aside_of(label_of(cell.text for cell in line.cells)) is not None


def _most_words(cells: Sequence[Cell], columns: Iterable[int], lines: Sequence[Line]) -> int | None:
    """Give the column that has words on most lines; of several, the one that repeats least."""
    return max(
        (at for at in columns if _has_words(cells[at], lines)),
        key=lambda at: (_words_below(cells[at], lines)[0], _different_letters(cells[at], lines)),
        default=None,
    )


def _has_words(head: Cell, lines: Sequence[Line]) -> bool:
    words, anything = _words_below(head, lines)
    return 2 * words > anything


def _chosen(scored: Iterable[tuple[int, str, int]], first: frozenset[str]) -> dict[str, int]:
    """Give each name the cell that fits it best, those of `first` before others."""
    chosen: dict[str, int] = {}
    for _, name, at in sorted(scored, key=lambda item: (item[1] not in first, -item[0])):
        if name not in chosen and at not in chosen.values():
            chosen[name] = at
    return chosen


@cache
def _ranked(labels: ColumnLabels) -> tuple[tuple[str, int], ...]:
    """Give the words of each label, and how unusual it is in its language."""
    return tuple(
        (_without_accents(words_of(label)), rank)
        for of_language in (labels.de, labels.en, labels.fr)
        for rank, label in enumerate(of_language)
    )


def _without_accents(words: str) -> str:
    """Give words as programs print them that know no accents: `designation`, `quantite`, `stueck`."""
    if words.isascii():
        return words
    letters = unicodedata.normalize("NFKD", words.translate(_UMLAUTS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _score(words: str, labels: tuple[tuple[str, int], ...]) -> int:
    """Say how well words fit the best of some labels; usual labels fit better, 0 is not at all."""
    return _best_fit(words, labels) if words and len(words) <= _LONGEST_LABEL else 0


@lru_cache(maxsize=4096)
def _best_fit(words: str, labels: tuple[tuple[str, int], ...]) -> int:
    return max((max(fit - rank, 1) for label, rank in labels if (fit := _fit(words, label))), default=0)


def _fit(words: str, label: str) -> int:
    essential, wanted = _essential(words), _essential(label)
    if words == label:
        return _EXACT + _WITHIN
    if wanted in _WHOLE:
        return _fit_of_weight(words, essential) if wanted == _KG else 0
    if essential == wanted:
        return _EXACT
    if not _OF_CODES.isdisjoint(words.split()) and _OF_CODES.isdisjoint(label.split()):
        return 0  # `Artikel-Nr.` is no description
    if f"{essential} ".startswith(f"{wanted} ") or (wanted in _HEAD_NOUNS and essential.split()[0].endswith(wanted)):
        return _BEGINNING
    return _WITHIN if f" {wanted} " in f" {essential} " else 0


def _fit_of_weight(words: str, essential: str) -> int:
    if not _OF_WEIGHT.issuperset(words.split()):
        return 0
    return _EXACT if essential == _KG else _WITHIN


@lru_cache(maxsize=4096)
def _essential(words: str) -> str:
    kept = [word for word in words.split() if word not in _BESIDE_THE_POINT]
    return " ".join(kept) or words


def _stacks(lines: Sequence[Line], index: int) -> Iterator[tuple[int, int]]:
    """Give ranges of lines that may be one head around a line: close to each other, and without numbers."""
    first = index
    while first > 0 and index - first < _REACH and _may_stack(lines[first - 1], lines[first], lines[index]):
        first -= 1
    last = index
    while last + 1 < len(lines) and last - index < _REACH and _may_stack(lines[last], lines[last + 1], lines[index]):
        last += 1
    for top in range(first, index + 1):
        for bottom in range(index, last + 1):
            yield top, bottom


def _may_stack(upper: Line, lower: Line, base: Line) -> bool:
    added = upper if lower is base or lower.baseline <= base.baseline else lower
    if len(added.cells) > _MOST_COLUMNS:
        return False
    if lower.baseline - upper.baseline > _STACKED * base.size or abs(added.size - base.size) > base.size // 4:
        return False
    return not any(_DIGITS.search(cell.text) for cell in added.cells)


def _stacked(lines: Sequence[Line], base: int) -> list[list[Cell]]:
    """Put cells above each other together.

    Returns
    -------
    list
        For each column, the cell with all its lines, then what else its label may be: each line alone.
    """
    groups: list[list[Cell]] = [[cell] for cell in lines[base].cells]
    for at, line in enumerate(lines):
        for cell in line.cells if at != base else ():
            above = [group for group in groups if any(cell.overlaps(other) for other in group)]
            if len(above) == 1:
                above[0].append(cell)
            elif not above:
                groups.append([cell])
    return [_with_whole(sorted(group, key=lambda cell: cell.baseline)) for group in groups]


def _with_whole(cells: Sequence[Cell]) -> list[Cell]:
    whole = cells[0]
    for cell in cells[1:]:
        text = whole.text[:-1] + cell.text if whole.text.endswith("-") else f"{whole.text} {cell.text}"
        whole = whole._replace(text=text, left=min(whole.left, cell.left), right=max(whole.right, cell.right))
    return [whole, *cells] if len(cells) > 1 else [whole]
