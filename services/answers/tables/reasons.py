"""Why rows of a table may be missing or wrong, in the language of the document."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

from schemas.tables import ColumnDefinition, TableDefinition
from schemas.wording import Wording
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.listed import Listing
from services.answers.tables.products import are_no_products, is_product
from services.answers.tables.reading import MAX_ROWS, Found
from services.answers.tables.row import Row
from services.answers.tables.totals import column_sum, is_counted, jumps
from services.answers.tables.uncounted import is_uncounted
from services.answers.tables.words import is_carried_on

_MOST_NAMED: Final = 3
"""Rows that a reason names one by one."""

_LOCALE: Final = Wording(de="de", en="en")
_NO_HEAD: Final = Wording(
    de="keine Zeile wurde gelesen: das Dokument zeigt keinen Tabellenkopf, den die Prüfung kennt.",
    en="no row was read: the document shows no head of a table that code recognises.",
)
_NOT_UNDER_HEAD: Final = Wording(
    de="unter dem Tabellenkopf auf Seite {page} wurde keine Zeile gelesen.",
    en="no row was read under the head of the table on page {page}.",
)
_ONLY_ROW: Final = Wording(
    de="keine Summe darunter ist der Betrag der einzigen Zeile: es können Zeilen fehlen.",
    en="no total below is the amount of the only row: rows may be missing.",
)
_TOO_MANY: Final = Wording(
    de="nur die ersten {count} Zeilen wurden gelesen.", en="only the first {count} rows were read."
)
_STRAYS: Final = Wording(
    de="Zahlen, die zu keiner Zeile gehören: {count} (Seite {page}).",
    en="numbers that belong to no row: {count} (page {page}).",
)
_NO_PRODUCT: Final = Wording(
    de="Menge mal Preis ergibt nicht den Betrag von {rows}, und keine Summe bestätigt sie.",
    en="quantity times price is not the amount of {rows}, and no total confirms them.",
)
_FACTORS: Final = Wording(
    de="Menge mal Preis ergibt in keiner Zeile den Betrag: Mengen oder Preise sind falsch gelesen.",
    en="quantity times price is the amount of no row: quantities or prices were read wrong.",
)
_FEWER: Final = Wording(
    de="Zeilen fehlen gegenüber der Summe: die Zeilen ergeben {sum}, „{label}“ lautet {value}.",
    en="rows missing against the total: the rows add up to {sum}, “{label}” says {value}.",
)
_MORE: Final = Wording(
    de="Zeilen zu viel oder falsch gegenüber der Summe: die Zeilen ergeben {sum}, „{label}“ lautet {value}.",
    en="rows too many or wrong against the total: the rows add up to {sum}, “{label}” says {value}.",
)
_UNCONFIRMED: Final = Wording(
    de="nichts bestätigt, dass alle Zeilen gelesen wurden ({count}): weder eine Summe noch Nummern der Zeilen.",
    en="nothing confirms that all rows were read ({count}): no total, no numbers of rows.",
)
_UNREAD: Final = Wording(de="nicht als Zahl lesbar: {cells}.", en="cannot be read as a number: {cells}.")
_CELL: Final = Wording(
    de="„{said}“ als „{column}“ (Zeile {row}, Seite {page})", en="“{said}” as “{column}” (row {row}, page {page})"
)
_JUMPS: Final = Wording(
    de="Zeilen fehlen nach ihren Nummern: diese springen {gaps}.",
    en="rows missing against their numbers, which jump {gaps}.",
)
_GAP: Final = Wording(de="von {first} auf {second}", en="from {first} to {second}")
_NO_AMOUNT: Final = Wording(
    de="Zeilen fehlen nach ihren Nummern: Nummer {numbers} ohne „{column}“.",
    en="rows missing against their numbers: number {numbers} has no “{column}”.",
)
_UNBILLED: Final = Wording(
    de="Seite {page} nennt statt „{column}“ „{said}“, mit Menge oder Preis: was dort steht, ist in keiner Zeile.",
    en="page {page} has “{said}” for “{column}”, with a quantity or a price: what it is of is in no row.",
)
_NOT_BILLED: Final = Wording(
    de="{rows}: ein Saldo oder eine Zahlung, und nichts, was hier berechnet wird.",
    en="{rows}: a balance or a payment, and nothing that is billed here.",
)
_ROW: Final = Wording(de="Zeile {row} (Seite {page})", en="row {row} (page {page})")
_UNSURE_WORDS: Final = Wording(
    de="nichts zeigt, ob Wörter zwischen den Zahlen zweier Zeilen oben oder unten dazugehören: „{column}“ prüfen.",
    en="nothing shows whether words between the numbers of two rows are the upper or lower one's: check “{column}”.",
)
_KINDS: Final = Wording(
    de="„{column}“ ist in jeder Zeile ein Wort, das sich wiederholt; was daneben steht, wurde nicht gelesen.",
    en="“{column}” is one word in each row, which repeats; what stands beside it was not read.",
)
_HOLE: Final = Wording(de="{row} ohne „{column}“", en="{row} has no “{column}”")
_NO_COLUMN: Final = Wording(
    de="„{column}“ wurde nicht gelesen, und das Dokument nennt eine solche Spalte.",
    en="no “{column}” was read, and the document names a column of it.",
)
_UNCOUNTED: Final = Wording(
    de="Zeilen ohne „{column}“ haben eine Spalte ganzer Zahlen: nichts bestätigt, dass es die Mengen sind.",
    en="rows without “{column}” have a column of whole numbers: nothing confirms that these are the quantities.",
)
_ITEMISED: Final = Wording(
    de="{count} Zeilen ohne Beträge: das Dokument zählt sie nur auf, und nichts bestätigt, dass es alle sind.",
    en="{count} rows without amounts: the document only lists them, and nothing confirms that they are all.",
)
_AND_MORE: Final = Wording(de=" und {count} weitere", en=" and {count} more")


@dataclass(frozen=True, slots=True)
class Reasons:
    """Says of one table why rows of it may be missing or wrong.

    Parameters
    ----------
    labels
        Of the document's fields that are totals, by name.
    language
        ISO 639-1, of the document; sentences are in German or in English.
    """

    table: TableDefinition
    labels: Mapping[str, Wording]
    language: str

    def not_found(self, found: Found) -> str:
        """Say that there is no row."""
        return self._sentence(_NOT_UNDER_HEAD, page=found.heads[0]) if found.heads else self._sentence(_NO_HEAD)

    def denied(self) -> str:
        """Say that the totals below deny the only row."""
        return self._sentence(_ONLY_ROW)

    def unsure_words(self) -> str:
        """Say that words may be those of the row above or below."""
        return self._sentence(_UNSURE_WORDS, column=self._label(self.table.description))

    def kinds(self) -> str:
        """Say that the words of rows may only tell their kinds."""
        return self._sentence(_KINDS, column=self._label(self.table.description))

    def itemised(self, count: int) -> str:
        """Say that rows have no amounts, and stand in no table."""
        return self._sentence(_ITEMISED, count=self._count(count))

    def too_many(self, count: int) -> str:
        """Say that there are more rows than were read."""
        return self._sentence(_TOO_MANY, count=self._count(count))

    def of_rows(
        self, found: Found, rows: Sequence[Row], named: Mapping[str, Decimal], *, confirmed: bool
    ) -> Iterator[str]:
        """Say what is wrong with rows that were read under a head.

        Parameters
        ----------
        named
            The document's totals that the rows may come to, by name; the usual one first.
        confirmed
            Whether they do.
        """
        if found.too_many:
            yield self.too_many(MAX_ROWS)
        yield from self._unread(rows)
        yield from self._missing_numbers(found, rows)
        if holes := [self._hole(*hole) for hole in self._holes(found, rows)]:
            yield self._of_table(f"{self._some(holes)}.")
        yield from self._unread_columns(found.joined, rows)
        yield from self._uncounted(rows)
        if found.unbilled:
            page, said = found.unbilled[0]
            yield self._sentence(_UNBILLED, page=page, said=said, column=self._label(self.table.key))
        if found.strays and not confirmed:
            yield self._sentence(_STRAYS, count=self._count(len(found.strays)), page=found.strays[0])
        if not confirmed:
            yield from self._unconfirmed(rows, named)
        elif are_no_products(self.table, rows):
            yield self._sentence(_FACTORS)
        yield from self._carried_on(rows)

    def of_listing(self, listing: Listing) -> Iterator[str]:
        """Say what of quantities and prices is missing; one of something has its price in the amount."""
        yield from self._unread(listing.rows)
        factors = [column for column in self.table.columns if column.name in self.table.key.product_of]
        whole = any(all(column.name in row.figures for column in factors) for row in listing.rows)
        halves = [
            self._hole(index, row, column)
            for index, row in enumerate(listing.rows, start=1)
            for column, other in zip(factors, reversed(factors), strict=True)
            if whole and column.name not in row.figures and other.name in row.figures
            if row.figures[other.name].value != 1
        ]
        if halves:
            yield self._of_table(f"{self._some(halves)}.")
        if are_no_products(self.table, listing.rows):
            yield self._sentence(_FACTORS)
        wordless = [
            self._hole(index, row, self.table.description)
            for index, row in enumerate(listing.rows, start=1)
            if not _has_letters(row) and not self._is_named_by_codes(row)
        ]
        if wordless:
            yield self._of_table(f"{self._some(wordless)}.")
        yield from self._carried_on(listing.rows)
        yield from self._unread_columns(listing.named & {column.name for column in factors}, listing.rows)
        yield from self._uncounted(listing.rows)

    def _unconfirmed(self, rows: Sequence[Row], named: Mapping[str, Decimal]) -> Iterator[str]:
        odd = [self._row(index, row) for index, row in enumerate(rows, 1) if is_product(self.table, row) is False]
        if odd:
            yield self._sentence(_NO_PRODUCT, rows=self._some(odd))
        total = column_sum(rows, self.table.key.name)
        if named and total is not None:
            name, value = next(iter(named.items()))
            label = self.labels[name].for_language(self.language)
            said = {"sum": self._amount(total), "label": label, "value": self._amount(value)}
            yield self._sentence(_FEWER if abs(total) < abs(value) else _MORE, **said)
        elif not named and not (is_counted(rows) and not jumps(rows)):
            yield self._sentence(_UNCONFIRMED, count=self._count(len(rows)))

    def _carried_on(self, rows: Sequence[Row]) -> Iterator[str]:
        if carried := [self._row(index, row) for index, row in enumerate(rows, 1) if _is_no_item(row)]:
            yield self._sentence(_NOT_BILLED, rows=self._some(carried))

    def _unread(self, rows: Sequence[Row]) -> Iterator[str]:
        columns = {column.name: column for column in self.table.columns}
        unread = [
            self._say(_CELL, said=figure.cell.text, column=self._label(columns[name]), row=index, page=row.page)
            for index, row in enumerate(rows, start=1)
            for name, figure in row.figures.items()
            if figure.value is None
        ]
        if unread:
            yield self._sentence(_UNREAD, cells=self._some(unread))

    def _missing_numbers(self, found: Found, rows: Sequence[Row]) -> Iterator[str]:
        if gaps := jumps(rows):
            said = [self._say(_GAP, first=first, second=second) for first, second in gaps]
            yield self._sentence(_JUMPS, gaps=self._some(said))
        if found.uncounted:
            numbers = self._some([str(number) for number in found.uncounted])
            yield self._sentence(_NO_AMOUNT, numbers=numbers, column=self._label(self.table.key))

    def _holes(self, found: Found, rows: Sequence[Row]) -> Iterator[tuple[int, Row, ColumnDefinition]]:
        """Find rows that lack a number whose column the head names; those with words and an amount alone are whole."""
        numeric = [column for column in self.table.columns if column.name in found.named and column.kind != "text"]
        for index, row in enumerate(rows, start=1):
            if len(row.figures) > 1 or row.unnamed.keys() - {ROW_NUMBER}:
                missing = (column for column in numeric if column.name not in row.figures)
                yield from ((index, row, column) for column in missing if not self._is_for_nothing(row, column))
            if not row.lines:
                yield index, row, self.table.description

    def _is_for_nothing(self, row: Row, column: ColumnDefinition) -> bool:
        """Tell whether a column is the price of what costs nothing: `n/c`, or nothing at all, beside `0.00`."""
        amount = row.figures.get(self.table.key.name)
        return column.name in self.table.key.product_of[1:] and amount is not None and amount.value == 0

    def _is_named_by_codes(self, row: Row) -> bool:
        """Tell whether a date or a code that is none of a row's numbers stands for its words."""
        starts = {figure.cell.start for figure in row.figures.values()}
        is_counted_row = any(name in row.figures for name in self.table.key.product_of)
        return is_counted_row and all(cell.start not in starts for _, cell in row.lines)

    def _unread_columns(self, named: Collection[str], rows: Sequence[Row]) -> Iterator[str]:
        for column in (column for column in self.table.columns if column.name in named):
            if not any(column.name in row.figures for row in rows):
                yield self._sentence(_NO_COLUMN, column=self._label(column))

    def _uncounted(self, rows: Sequence[Row]) -> Iterator[str]:
        if is_uncounted(self.table, rows):
            name = next(iter(self.table.key.product_of), "")
            quantity = next(column for column in self.table.columns if column.name == name)
            yield self._sentence(_UNCOUNTED, column=self._label(quantity))

    def _sentence(self, wording: Wording, **said: object) -> str:
        return self._of_table(self._say(wording, **said))

    def _of_table(self, said: str) -> str:
        return f"{self.table.label.for_language(self.language)}: {said}"

    def _say(self, wording: Wording, **said: object) -> str:
        return wording.for_language(self.language).format_map(said)

    def _label(self, column: ColumnDefinition) -> str:
        return column.label.for_language(self.language)

    def _row(self, index: int, row: Row) -> str:
        return self._say(_ROW, row=index, page=row.page)

    def _hole(self, index: int, row: Row, column: ColumnDefinition) -> str:
        return self._say(_HOLE, row=self._row(index, row), column=self._label(column))

    def _some(self, items: Sequence[str]) -> str:
        more = len(items) - _MOST_NAMED
        return ", ".join(items[:_MOST_NAMED]) + (self._say(_AND_MORE, count=self._count(more)) if more > 0 else "")

    def _count(self, number: int) -> str:
        return str(format_decimal(number, locale=_LOCALE.for_language(self.language)))

    def _amount(self, amount: Decimal) -> str:
        return str(format_decimal(amount, "#,##0.00", locale=_LOCALE.for_language(self.language)))


def are_counted_on(found: Found, rows: Sequence[Row]) -> bool:
    """Tell whether the numbers of rows say that there are more than were read."""
    return bool(found.uncounted or jumps(rows))


def _is_no_item(row: Row) -> bool:
    """Tell whether a row of words and an amount carries on what was billed or paid before."""
    return len(row.figures) == 1 and is_carried_on(" ".join(cell.text for _, cell in row.lines))


def _has_letters(row: Row) -> bool:
    return any(any(map(str.isalpha, cell.text)) for _, cell in row.lines)
