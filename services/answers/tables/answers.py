"""Step 7: rows of a document's tables as fields, each with its place, and what is missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from math import prod
from types import MappingProxyType
from typing import Final

from schemas.document_types import DocumentType
from schemas.events import FieldAnswer
from schemas.tables import ColumnDefinition, TableDefinition
from schemas.wording import Wording
from services.answers.tables.abreast import one_list_below_the_other
from services.answers.tables.adding_up import FEWEST_GROUPS
from services.answers.tables.columns import is_figure
from services.answers.tables.copied import Copied, CopiedRow, copied_rows
from services.answers.tables.entries import is_money
from services.answers.tables.feet import without_feet
from services.answers.tables.fields import Surety, fields_of
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.itemised import counted_items, itemised_rows
from services.answers.tables.justified import without_justified
from services.answers.tables.kinds_of_rows import are_kinds
from services.answers.tables.listed import Listing, listed_rows
from services.answers.tables.misleading import (
    amounts_without_tax,
    prices_without_tax,
    products_without_tax,
    sums_with_tax,
    with_column,
)
from services.answers.tables.products import is_product, name_factors
from services.answers.tables.reading import Found, find_rows
from services.answers.tables.reasons import Reasons, are_counted_on
from services.answers.tables.row import Figure, Row
from services.answers.tables.sheet import ALIGNED, SEVERAL, Cell, Sheet
from services.answers.tables.totals import (
    column_sum,
    equal,
    have,
    is_between,
    is_charged_on,
    is_confirmed,
    totals_below,
)
from services.answers.tables.uncounted import with_counts
from services.answers.tables.without_amounts import Unpriced, rows_without_amounts
from services.answers.tables.without_head import counted_rows
from services.answers.tables.words import (
    Aside,
    aside_of,
    is_adjustment,
    is_payment,
    leads_on,
    names_tax_anywhere,
    rate_of,
    says_tax_alone,
)
from services.answers.tables.wrapped import unwrapped

_MOST_TRAILING: Final = 5
"""Lines of words and an amount at the end that may be no rows."""
_SERVICE: Final = re.compile(
    r"service|bedienung|trinkgeld|gratuity|\btip\b|pourboire|zuschlag|gebühr|pauschale|provision|rabatt|nachlass"
    r"|surcharge|\bfees?\b|commission|discount|remise|versand|lieferung"
)
"""What is charged in percent as well, and no tax."""
_TAX: Final = re.compile(r"steuer|\btax|\biva\b|\bbtw\b|\bmoms\b|mehrwert|zuzüglich|\bzzgl|\bplus\b")
"""What a tax may be called that no list of names knows; in small letters."""
_TAXED: Final = re.compile(r"\b(?:auf|on|sur|nach)\b")
"""What is taxed follows."""
_SENTENCE: Final = 5
"""Words that are no name of a charge."""
_MOST_BELOW: Final = 100
"""Rows that a title sums up; a document with more wants to be slow."""
_CENT: Final = Decimal("0.02")
"""A tax is rounded."""


@dataclass(frozen=True, slots=True)
class TableAnswers:
    """What the tables of a document say.

    Parameters
    ----------
    fields
        A value each, with paths such as `line_items[0].quantity`; rows in the order of the document.
    reasons
        Why rows may be missing or wrong, a sentence for people each; empty if all is confirmed.
    unproven
        Tables that have a sum, and none that was found confirms their rows.
    exceeded
        Fields whose totals are less than rows that nothing confirms come to.
    """

    fields: Sequence[FieldAnswer]
    reasons: Sequence[str]
    unproven: Sequence[TableDefinition] = ()
    exceeded: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Totals:
    """What is known of a document's amounts.

    Parameters
    ----------
    values
        By the name of their field.
    tax
        The one that is the tax.
    """

    values: Mapping[str, Decimal]
    tax: Decimal | None


def read_tables(
    kind: DocumentType,
    pages: Sequence[str],
    laid_out: Sequence[Sheet],
    language: str,
    totals: Mapping[str, Decimal],
    copied: Copied = MappingProxyType({}),
) -> TableAnswers:
    """Read all rows of all tables of a document.

    Parameters
    ----------
    kind
        Its type: it has the tables, and the fields that their rows add up to.
    pages
        The stored text of each page.
    laid_out
        The same pages, laid out.
    language
        ISO 639-1, of the document; reasons are in German or in English.
    totals
        Values of the document's fields by name, for those that are numbers: what the rows must add up to.
    copied
        What the model copied of tables whose rows nothing confirms.
    """
    whole = without_feet(without_justified(unwrapped(laid_out, pages)))
    labels = {field.name: field.label for field in kind.fields}
    known = _Totals(totals, totals.get(kind.tax_totals.tax) if kind.tax_totals else None)
    answers = [
        _read_any_table(table, labels, whole, pages, language, known, copied.get(table.name, {}))
        for table in kind.tables
    ]
    return TableAnswers(
        [field for answer in answers for field in answer.fields],
        [reason for answer in answers for reason in answer.reasons],
        [table for answer in answers for table in answer.unproven],
        [name for answer in answers for name in answer.exceeded],
    )


def _read_any_table(
    table: TableDefinition,
    labels: Mapping[str, Wording],
    laid_out: Sequence[Sheet],
    pages: Sequence[str],
    language: str,
    totals: _Totals,
    copied: Mapping[int, Sequence[CopiedRow]],
) -> TableAnswers:
    """Read the rows of a table, be it printed without amounts."""
    stacked = [one_list_below_the_other(table, sheet) for sheet in laid_out]
    answers = _read_table(table, labels, stacked, pages, language, totals, copied)
    if answers.fields and not answers.unproven:
        return answers
    why = Reasons(table, labels, language)
    if not (answers.fields or table.key.adds_up_to):
        return _counted(table, why, laid_out, pages) or answers
    named = {name: totals.values[name] for name in table.key.adds_up_to if name in totals.values}
    unpriced = rows_without_amounts(table, laid_out, language, named)
    if unpriced is None and not answers.fields:
        return _itemised(table, why, laid_out, pages) or answers
    if unpriced is None or (answers.fields and not _in_another_column(unpriced, answers, table.key)):
        return answers
    return replace(
        _answers_without_amounts(unpriced, Reasons(unpriced.table, labels, language), pages),
        unproven=() if unpriced.confirmed else answers.unproven,
    )


def _counted(
    table: TableDefinition, why: Reasons, laid_out: Sequence[Sheet], pages: Sequence[str]
) -> TableAnswers | None:
    """Read a list without a head of a table that has no amounts; nothing confirms it."""
    rows = counted_rows(table, laid_out, why.language)
    rows = rows or counted_items(table.key.name, laid_out, why.language)
    return _unconfirmed(table, rows, list(why.of_rows(Found(), rows, {}, confirmed=False)), pages)


def _itemised(
    table: TableDefinition, why: Reasons, laid_out: Sequence[Sheet], pages: Sequence[str]
) -> TableAnswers | None:
    """Read a list without amounts; nothing confirms it."""
    quantity = next(iter(table.key.product_of), "")
    rows = quantity and counted_items(quantity, laid_out, why.language)
    rows = rows or itemised_rows(table, laid_out)
    return _unconfirmed(table, rows, [why.itemised(len(rows))], pages)


def _unconfirmed(
    table: TableDefinition, rows: Sequence[Row], reasons: Sequence[str], pages: Sequence[str]
) -> TableAnswers | None:
    surety = Surety(confirmed=False, words=True)
    fields = [field for index, row in enumerate(rows) for field in fields_of(table, index, row, pages, surety)]
    return TableAnswers(fields, reasons) if rows else None


def _in_another_column(unpriced: Unpriced, answers: TableAnswers, key: ColumnDefinition) -> bool:
    """Tell whether rows have their amounts where others were taken for them: a price perhaps."""
    taken = {(field.page, field.char_end) for field in answers.fields if field.path.endswith(f".{key.name}")}
    figures = [(row.page, row.figures[key.name].cell.end) for row in unpriced.rows if key.name in row.figures]
    return bool(figures) and taken.isdisjoint(figures)


def _answers_without_amounts(unpriced: Unpriced, why: Reasons, pages: Sequence[str]) -> TableAnswers:
    found, rows = unpriced.found, unpriced.rows
    reasons = list(why.of_rows(found, rows, {}, confirmed=unpriced.confirmed))
    surety = Surety(confirmed=not reasons, words=not found.unsure_words)
    fields = [field for index, row in enumerate(rows) for field in fields_of(unpriced.table, index, row, pages, surety)]
    return TableAnswers(fields, [*reasons, *([why.unsure_words()] if found.unsure_words else [])])


def _read_table(
    table: TableDefinition,
    labels: Mapping[str, Wording],
    laid_out: Sequence[Sheet],
    pages: Sequence[str],
    language: str,
    totals: _Totals,
    copied: Mapping[int, Sequence[CopiedRow]],
    *,
    by_content: bool = False,
) -> TableAnswers:
    key = table.key
    found, named = _without_tax(find_rows(table, laid_out, language, by_content=by_content), key, totals)
    denied = _is_denied(found, table, named, laid_out, language)
    if denied:
        named = {}  # what is said to be the total may have been copied from the row
    found, rows, confirmed = _added_up(table, found, laid_out, language, named, by_content=by_content)
    rows = _with_untaxed(found, rows, key, totals)
    products = None
    confirmed = confirmed and not found.may_end_with_tax
    if (net := _in_wanted_column(rows, key, named)) is not None:
        rows, confirmed = net, True
        name_factors(table, rows, language)
    elif (untaxed := prices_without_tax(table, rows, named)) is not None:
        rows, found = untaxed, replace(found, named=found.named - {*key.product_of[1:]})
    else:
        products = _products_below(table, rows, laid_out, language)
        rows = products or (_without_known_tax(table, rows, named) if confirmed else rows)
        confirmed = confirmed or _come_to_with_tax(rows, key, laid_out, language, named)
    why = Reasons(table, labels, language)
    reasons = [why.denied()] if denied else _reasons(why, found, rows, named, confirmed=confirmed)
    may_add_up = reasons and key.adds_up_to and not (found.may_end_with_tax or products)
    listing = _listing(table, found, laid_out, language, named, coded=by_content) if may_add_up else Listing()
    unproven = [table] if may_add_up and not (listing.rows or confirmed) else []
    if unproven and copied:
        listing = copied_rows(table, laid_out, language, named, copied)
    if listing.rows:
        rows = _before_adjustments(listing.rows, key, laid_out, language) or listing.rows
        rows = _without_known_tax(table, rows, named)
        reasons = list(why.of_listing(listing))
    under_heads = None
    if not (found.heads or by_content or _has_words(listing)):
        under_heads = _read_table(table, labels, laid_out, pages, language, totals, {}, by_content=True)
    if under_heads and not (listing.rows and (under_heads.reasons or not under_heads.fields)):
        return under_heads  # the head names columns in part: better than a list without words, if nothing is missing
    if not rows:
        return TableAnswers([], reasons if table.required or found.heads else [], unproven)
    rows = with_counts(table, rows) if reasons else rows
    kinds = are_kinds(rows, laid_out)
    surety = Surety(confirmed=not reasons, words=not (found.unsure_words or kinds))
    fields = [field for index, row in enumerate(rows) for field in fields_of(table, index, row, pages, surety)]
    reasons += [why.unsure_words()] if found.unsure_words else []
    reasons += [why.kinds()] if kinds else []
    if listing.rows or not unproven:
        return TableAnswers(fields, reasons)
    return TableAnswers(fields, reasons, unproven, _exceeded(key, rows, named))


def _has_words(listing: Listing) -> bool:
    """Tell whether a list has rows, and each of them words."""
    return bool(listing.rows) and all(any(map(str.isalpha, _words(row))) for row in listing.rows)


def _reasons(
    why: Reasons, found: Found, rows: Sequence[Row], named: Mapping[str, Decimal], *, confirmed: bool
) -> list[str]:
    return list(why.of_rows(found, rows, named, confirmed=confirmed)) if rows else [why.not_found(found)]


def _added_up(
    table: TableDefinition,
    found: Found,
    laid_out: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
    *,
    by_content: bool,
) -> tuple[Found, Sequence[Row], bool]:
    """Give what was found, without what repeats it or with what is under lesser heads; its rows; whether they add up.

    Parameters
    ----------
    named
        The document's totals, by the names that the table's key gives.
    """
    if not found.rows:
        return found, (), False
    key = table.key
    rows, confirmed = _settled(found, key, named, laid_out, language)
    if found.repeating and not confirmed:
        found = replace(found, rows=found.rows[: -found.repeating], trailing=0, repeating=0)
        rows, confirmed = _settled(found, key, named, laid_out, language)
    for at in found.breaks if named and not confirmed else ():
        if _is_bill(found, at, key, named, laid_out, language):
            above, last = found.rows[:at], found.rows[at - 1]
            above[-1] = replace(last, lines=[line for line in last.lines if line[0] == last.page])
            return replace(found, rows=above, trailing=0), above, True
    wider = None
    if found.lesser_heads and key.adds_up_to:
        wider = _under_lesser_heads(table, laid_out, language, named, by_content=by_content)
    if wider and (not confirmed or _bill_more(rows, wider[1], key, named)):
        return *wider, True
    if not named or _come_to(rows, key, named):
        return found, rows, confirmed
    for parts in () if confirmed else (_without_titles(rows, key), _without_what_is_off(rows, key)):
        if 0 < len(parts) < len(rows) and _are_confirmed(parts, key, named, laid_out, language):
            return found, parts, True
    return _made_whole(table, found, rows, laid_out, language, named, by_content=by_content) or (found, rows, confirmed)


def _made_whole(
    table: TableDefinition,
    found: Found,
    rows: Sequence[Row],
    laid_out: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
    *,
    by_content: bool,
) -> tuple[Found, Sequence[Row], bool] | None:
    """Give what was found with fewer rows or more, if it makes a total then which those found at first do not.

    Sums were among them, something leads from their sum to a total, such as a charge, or what a second table without
    known words comes to, or groups follow each other's totals, or a form has the total on its first sheet.
    """
    key = table.key
    if parts := _without_recap(rows, key, named) or _without_sums(rows, key, named):
        return found, parts, True
    for content, groups in ((True, False), (by_content, True), (True, True)):
        wider = _under_lesser_heads(table, laid_out, language, named, by_content=content, groups=groups)
        if wider and len(wider[1]) > len(rows) and _come_to(wider[1], key, named):
            return *wider, True
    if len(laid_out) > 1:
        beyond = find_rows(table, laid_out, language, by_content=by_content, beyond=True)
        if len(beyond.rows) > len(found.rows) and _come_to(beyond.rows, key, named):
            return beyond, beyond.rows, True
    return None


def _without_recap(rows: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal]) -> Sequence[Row] | None:
    """Give the rows without the last one, if they make a total and it only says so, below words for a tax."""
    above, last = rows[:-1], rows[-1]
    total, value = column_sum(above, key.name), last.figures[key.name].value
    repeats = len(above) > 1 and total and value is not None and equal(total, value)
    names_tax = last.number is None and any(names_tax_anywhere(cell.text) for _, cell in last.lines)
    return above if repeats and names_tax and _come_to(above, key, named) else None


def _without_sums(rows: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal]) -> Sequence[Row] | None:
    """Give the rows without those whose numbers are the sums of the rows above: `Labour`, `Fees`, hours and fees.

    None if they do not add up to a total of the document then.
    """
    kept: list[Row] = []
    since = 0
    for row in rows:
        if len(kept) - since > 1 and row.number is None and _sums_up(row, kept[since:]):
            since = len(kept)
        else:
            kept.append(row)
    return kept if len(kept) < len(rows) and _come_to(kept, key, named) else None


def _without_titles(rows: Sequence[Row], key: ColumnDefinition) -> Sequence[Row]:
    """Give the rows without titles that have the sum of those below them: `Couverture 13 333,30`."""
    kept: list[Row] = []
    rest = Decimal(0)
    for at, row in enumerate(rows):
        value = row.figures[key.name].value or Decimal(0)
        if not rest and _is_sum_of_next(row, rows[at + 1 :], key):
            rest = value
        else:
            rest -= value if rest else 0
            kept.append(row)
    return kept


def _without_what_is_off(rows: Sequence[Row], key: ColumnDefinition) -> Sequence[Row]:
    """Give the rows without those that say what is off the amounts above them already: `abzgl. 10 % Rabatt -19,20`."""
    return [
        row for row, above in zip(rows, [None, *rows], strict=False) if above is None or not _is_off(row, above, key)
    ]


def _is_off(row: Row, above: Row, key: ColumnDefinition) -> bool:
    """Tell whether a discount is what makes the amount above it of the product there."""
    off = row.figures[key.name].value or Decimal(0)
    factors = [figure.value for name in key.product_of if (figure := above.figures.get(name)) and figure.value]
    if off >= 0 or not _adjusts(row, key) or len(factors) < len(key.product_of) or not factors:
        return False
    return equal(prod(factors, start=Decimal(1)) + off, above.figures[key.name].value or Decimal(0))


def _are_confirmed(
    rows: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal], laid_out: Sequence[Sheet], language: str
) -> bool:
    total = column_sum(rows, key.name)
    below = totals_below(laid_out, rows[-1], language, {Aside.TOTAL, Aside.SUBTOTAL}, adjustments=True)
    return total is not None and is_confirmed(total, named, below)


def _is_sum_of_next(row: Row, below: Sequence[Row], key: ColumnDefinition) -> bool:
    """Tell whether a row of words and an amount has what some rows right below it come to, the first with factors."""
    total = row.figures[key.name].value
    if not total or len(row.figures) > 1 or row.number is not None or not below or len(below[0].figures) == 1:
        return False
    return total in accumulate(other.figures[key.name].value or Decimal(0) for other in below[:_MOST_BELOW])


def _sums_up(row: Row, rows: Sequence[Row]) -> bool:
    """Tell whether each number of a row is the sum of a column above."""
    sums = ((column_sum(rows, name), figure.value) for name, figure in row.figures.items())
    return all(total and value is not None and equal(total, value) for total, value in sums)


def _with_untaxed(found: Found, rows: Sequence[Row], key: ColumnDefinition, totals: _Totals) -> Sequence[Row]:
    """Give rows that make the net total with those below that are billed too, without tax: a lawyer's disbursements.

    All rows come to what the gross total has but for the tax.
    """
    net, gross = (totals.values.get(name) for name in (*key.adds_up_to, "", "")[:2])
    total, tax = column_sum(found.rows, key.name), totals.tax
    if net is None or gross is None or total is None or tax is None or len(rows) == len(found.rows):
        return rows
    others = (_words(row) for row in found.rows[len(rows) :])
    if equal(net + tax, gross) or any(is_adjustment(words) or is_payment(words) for words in others):
        return rows
    return found.rows if equal(total + tax, gross) else rows


def _is_bill(
    found: Found,
    at: int,
    key: ColumnDefinition,
    named: Mapping[str, Decimal],
    laid_out: Sequence[Sheet],
    language: str,
) -> bool:
    """Tell whether rows above a break are all that is billed, and what follows are details, such as hours worked.

    They make a total, and no subtotal below them is that unless a total follows before the break; the others do not
    count on, and nobody adds all of them up.
    """
    above, later = found.rows[:at], found.rows[at:]
    if not above or not later or not _come_to(above, key, named):
        return False
    if above[-1].number is not None and later[0].number == above[-1].number + 1:
        return False
    total, everything = column_sum(above, key.name), column_sum(found.rows, key.name)
    subtotals = totals_below(laid_out, above[-1], language, {Aside.SUBTOTAL, Aside.CARRIED})
    ends = totals_below(laid_out, above[-1], language, {Aside.TOTAL}, until=later[0])
    totals = totals_below(laid_out, later[-1], language, {Aside.TOTAL, Aside.SUBTOTAL})
    is_part = total is None or (have(subtotals, total) and not any(have(ends, value) for value in named.values()))
    return not is_part and not (everything and have(totals, everything))


def _come_to(rows: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal]) -> bool:
    """Tell whether rows add up to one of the document's totals."""
    total = column_sum(rows, key.name)
    return total is not None and any(equal(total, value) for value in named.values())


def _listing(
    table: TableDefinition,
    found: Found,
    laid_out: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
    *,
    coded: bool,
) -> Listing:
    """Give the rows that a sum proves; none if what stands under a head, or counts rows, says that there are more."""
    listing = listed_rows(table, laid_out, language, named, coded=coded)
    if not listing.rows or found.unbilled or are_counted_on(found, found.rows):
        return Listing()
    places = {(row.page, row.figures[table.key.name].cell.baseline) for row in listing.rows}
    last = max(places)
    others = [row for row in found.rows if places.isdisjoint({(row.page, row.top), (row.page, row.bottom)})]
    if any(len(row.figures) > 1 or (row.page, row.top) < last for row in others):
        return Listing()
    under_head = _under_head(table, found, listing, laid_out, language, named)
    proven = 2 * sum(is_product(table, row) is True for row in listing.rows) > len(listing.rows)
    rows = [_as_under_head(table, row, under_head, proven=proven) for row in listing.rows]
    return replace(listing, rows=rows)


def _under_head(
    table: TableDefinition,
    found: Found,
    listing: Listing,
    laid_out: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
) -> Mapping[tuple[int, int, int], Row]:
    """Give the rows that stand under a head by the places of their amounts.

    A head without labels of words or amounts counts if it has all rows. Amounts with their tax may stand beside those
    without it.
    """
    key = table.key
    rows = found.rows if found.heads else find_rows(table, laid_out, language, by_content=True).rows
    by_amount = {_place_of(row, row.figures[key.name]): row for row in rows}
    if found.heads:
        return by_amount
    if _come_to(rows, key, named):
        by_amount |= {_place_of(row, figure): row for row in rows for figure in row.unnamed.values()}
    amounts = {_place_of(row, row.figures[key.name]) for row in listing.rows}
    return by_amount if by_amount.keys() >= amounts else {}


def _as_under_head(
    table: TableDefinition, row: Row, under_head: Mapping[tuple[int, int, int], Row], *, proven: bool
) -> Row:
    """Give a row the words that stand below their head, and quantity and price if none was found without it.

    Parameters
    ----------
    proven
        Most amounts are the products of what was found without a head: what else stands under one is no factor.
    """
    other = under_head.get(_place_of(row, row.figures[table.key.name]))
    if other is None:
        return row
    names = table.key.product_of
    if is_product(table, other):
        row = replace(row, figures={name: row.figures[name] for name in row.figures if name not in names})
    factors = {} if proven and any(name in row.figures for name in names) else other.figures
    added = {name: factors[name] for name in names if name in factors}
    return replace(row, figures=row.figures | added, unnamed=other.unnamed, lines=other.lines or row.lines)


def _place_of(row: Row, figure: Figure) -> tuple[int, int, int]:
    """Give where a number's cell stands: of what was read of the cell, the edges are those of all of it."""
    return row.page, figure.cell.baseline, figure.cell.right


def _settled(
    found: Found, key: ColumnDefinition, named: Mapping[str, Decimal], laid_out: Sequence[Sheet], language: str
) -> tuple[Sequence[Row], bool]:
    """Leave out last lines of words and an amount if only without them the rows add up."""
    taxes = found.taxes or _taxes_below(found, key, named, laid_out, language)
    whole, trailing = len(found.rows) - taxes, found.trailing - taxes
    certain = max(whole - trailing, whole - _MOST_TRAILING, 1) if trailing < whole else whole
    for count in range(whole, certain - 1, -1) if key.adds_up_to else ():
        rows = found.rows[:count]
        total = column_sum(rows, key.name)
        # A subtotal is the sum of all rows only if none of what looks like a row follows it.
        asides = {Aside.TOTAL, Aside.SUBTOTAL} if count == whole else {Aside.TOTAL}
        others = found.rows[count:] if named else ()  # a row proves nothing of those above it
        below = totals_below(laid_out, rows[-1], language, asides, others, adjustments=True)
        is_all = named or all(leads_on(_words(row)) for row in found.later)
        if total is not None and is_all and is_confirmed(total, named, below):
            charged = _above_empty_charges(rows, key, laid_out, language)
            return _before_adjustments(charged, key, laid_out, language) or charged, True
    if above := _before_what_is_taken_off(found, key, named) or _above_a_summary(found.rows, key, named):
        return above, True
    if later := _below_a_sum(found, key, named, laid_out, language):
        return later, True
    total = column_sum(found.rows, key.name)
    return found.rows, total is not None and is_charged_on(laid_out, found.rows[-1], total, named, language)


def _above_empty_charges(
    rows: Sequence[Row], key: ColumnDefinition, laid_out: Sequence[Sheet], language: str
) -> Sequence[Row]:
    """Give the rows above charges of nothing that a form prints below the sum of the rows: `Misc 0.00`."""
    total = column_sum(rows, key.name)
    for count in range(len(rows) - 1, max(len(rows) - _MOST_TRAILING, 1) - 1, -1):
        last = rows[count]
        if len(last.figures) > 1 or last.number is not None or last.figures[key.name].value != 0:
            break
        sums = totals_below(laid_out, rows[count - 1], language, {Aside.SUBTOTAL, Aside.TOTAL}, until=last)
        if total is not None and have(sums, total):
            return rows[:count]
    return rows


def _taxes_below(
    found: Found, key: ColumnDefinition, named: Mapping[str, Decimal], laid_out: Sequence[Sheet], language: str
) -> int:
    """Count the last rows that are a tax: it makes the gross total of the net one, which a line above it says.

    It names its rate, or a tax: what else makes one total of another may be billed.
    """
    net, gross = (named.get(name) for name in (*key.adds_up_to, "", "")[:2])
    values = [row.figures[key.name].value or Decimal(0) for row in found.rows]
    if net is None or gross is None or equal(net, gross) or not equal(sum(values, Decimal(0)), gross):
        return 0
    for last in range(1, min(found.trailing, len(values) - 1, _MOST_TRAILING) + 1):
        tax, above = found.rows[-last], found.rows[-last - 1]
        words = _words(tax)
        if is_adjustment(words) or _SERVICE.search(words.lower()):
            return 0
        if rate_of(words) is None and not (names_tax_anywhere(words) and says_tax_alone(words)):
            return 0
        if equal(sum(values[:-last], Decimal(0)), net):
            below = totals_below(laid_out[: tax.page], above, language, {Aside.SUBTOTAL, Aside.TOTAL}, until=tax)
            return last if have(below, net) else 0
    return 0


def _without_tax(found: Found, key: ColumnDefinition, totals: _Totals) -> tuple[Found, dict[str, Decimal]]:
    """Give what was found, with its last row said to be the document's tax if it is, and what the others come to."""
    named = {name: totals.values[name] for name in key.adds_up_to if name in totals.values}
    net = _below_which_is_tax(found, key, named, totals.tax)
    if net is None or not totals.tax:
        return found, named
    words = _TAXED.split(_words(found.rows[-1]).lower(), maxsplit=1)[0]
    is_charge = _SERVICE.search(words) or (len(words.split()) < _SENTENCE and is_adjustment(words))
    rate, first = rate_of(words), key.adds_up_to[0]
    if not is_charge and first in named and equal(net, named[first]):
        return replace(found, taxes=1), named
    if is_charge or rate is None or abs(net * rate / 100 - totals.tax) > _CENT:
        return found, named
    if _TAX.search(words) or not any(map(str.isalpha, words)):
        return replace(found, taxes=1), named | {first: net}
    return replace(found, may_end_with_tax=True), named


def _below_which_is_tax(
    found: Found, key: ColumnDefinition, named: Mapping[str, Decimal], tax: Decimal | None
) -> Decimal | None:
    """Give what the rows above the last one come to, if that is the document's tax and makes one of its totals."""
    net = column_sum(found.rows[:-1], key.name) if found.trailing and len(found.rows) > 1 else None
    if net is None or not tax or not equal(found.rows[-1].figures[key.name].value or Decimal(0), tax):
        return None
    return net if any(equal(net + tax, value) for value in named.values()) else None


def _under_lesser_heads(
    table: TableDefinition,
    laid_out: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
    *,
    by_content: bool,
    groups: bool = False,
) -> tuple[Found, Sequence[Row]] | None:
    """Give the rows with those under heads that name fewer columns, if only with these they add up: disbursements.

    Parameters
    ----------
    groups
        Give those below the totals of groups too.
    """
    wider = find_rows(table, laid_out, language, by_content=by_content, lesser_heads=True, groups=groups)
    if groups and wider.groups < FEWEST_GROUPS:
        return None
    rows, confirmed = _settled(wider, table.key, named, laid_out, language) if wider.rows else ((), False)
    return (wider, rows) if confirmed else None


def _bill_more(rows: Sequence[Row], wider: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal]) -> bool:
    """Tell whether what stands under lesser heads is billed too, before tax, and a subtotal confirmed the others."""
    known = {(row.page, row.top) for row in rows}
    added = [_words(row) for row in wider if (row.page, row.top) not in known]
    if any(is_adjustment(words) or is_payment(words) or names_tax_anywhere(words) for words in added):
        return False
    total = column_sum(wider, key.name)
    return total is not None and abs(total) < max(map(abs, named.values()), default=Decimal(0))


def _below_a_sum(
    found: Found, key: ColumnDefinition, named: Mapping[str, Decimal], laid_out: Sequence[Sheet], language: str
) -> Sequence[Row] | None:
    """Give the rows with those below a sum of some of them, if only with these they make the total that is wanted.

    What bills nothing is no row there either: discounts and charges, taxes, payments. The gross total is wanted where
    no net one is known: a tax may then stand there by its rate alone.
    """
    wanted = next((named[name] for name in key.adds_up_to if name in named), None)
    if wanted is None:
        return None
    for count in range(1, len(found.later) + 1):
        words = _words(last := found.later[count - 1])
        if _adjusts(last, key) or is_adjustment(words) or is_payment(words) or names_tax_anywhere(words):
            return None
        if key.adds_up_to[0] not in named and (rate_of(words) is not None or says_tax_alone(words)):
            return None
        rows = [*found.rows, *found.later[:count]]
        total = column_sum(rows, key.name)
        below = totals_below(laid_out, last, language, {Aside.TOTAL})
        if total is not None and equal(total, wanted) and have(below, total):
            return sorted(rows, key=lambda row: (row.page, row.top))
    return None


def _before_what_is_taken_off(
    found: Found, key: ColumnDefinition, named: Mapping[str, Decimal]
) -> Sequence[Row] | None:
    """Give the rows above discounts that are printed without a sign, if taking these off makes a total."""
    for count in range(len(found.rows) - 1, max(len(found.rows) - _MOST_TRAILING, 1) - 1, -1):
        if len(found.rows[count].figures) > 1 or not is_adjustment(_words(found.rows[count])):
            return None
        total, off = column_sum(found.rows[:count], key.name), column_sum(found.rows[count:], key.name)
        if total is not None and off and any(equal(total - off, value) for value in named.values()):
            return found.rows[:count]
    return None


def _above_a_summary(rows: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal]) -> Sequence[Row] | None:
    """Give the rows above a summary of their groups: words and amounts alone, which come to the same total again."""
    for count in range(len(rows) - 1, 1, -1):
        if len(rows[count].figures) > 1:
            return None
        above, below = column_sum(rows[:count], key.name), column_sum(rows[count:], key.name)
        if above and below and equal(above, below) and any(equal(above, value) for value in named.values()):
            return rows[:count]
    return None


def _before_adjustments(
    rows: Sequence[Row], key: ColumnDefinition, laid_out: Sequence[Sheet], language: str
) -> Sequence[Row] | None:
    """Give the rows above discounts and charges that are none of them, whatever is taken off there.

    They stand below a subtotal that is the sum of the rows, its label perhaps on another line, or their words are set
    as those of the totals below them are, and as those of no row. So may be words for no charge that end with a colon.
    """
    for count in range(len(rows) - 1, max(len(rows) - _MOST_TRAILING, 1) - 1, -1) if key.adds_up_to else ():
        row, above = rows[count], rows[:count]
        adjusts = _adjusts(row, key)
        may_be_total = adjusts or (len(row.figures) == 1 and _words(row).endswith(":"))
        if may_be_total and _are_among_totals(rows[count:], above, laid_out):
            return above
        if not adjusts:
            return None
        total = column_sum(above, key.name)
        subtotals = totals_below(laid_out[: row.page], above[-1], language, {Aside.SUBTOTAL})
        if total is not None and (have(subtotals, total) or is_between(total, above[-1], row, laid_out, language)):
            return above
    return None


def _adjusts(row: Row, key: ColumnDefinition) -> bool:
    """Tell whether a row of words and an amount takes off, or is called a discount or a charge."""
    amount = row.figures[key.name].value
    is_off = amount is not None and amount < 0 and row.number is None and row.group is None
    return len(row.figures) == 1 and (is_off or is_adjustment(_words(row)))


def _are_among_totals(last: Sequence[Row], rows: Sequence[Row], laid_out: Sequence[Sheet]) -> bool:
    """Tell whether the last rows' words begin or end where two totals' below do, and right of where others begin.

    One total is enough for words that end with a colon, as those of no row do.
    """
    below = [line for line in laid_out[last[-1].page - 1].lines if line.baseline > last[-1].bottom]
    labels = [cells[0] for line in below if aside_of((cells := line.cells)[0].text) is Aside.TOTAL]
    edge = max((row.lines[0][1].left for row in rows if row.lines), default=0) + ALIGNED
    are_labels = all(_words(row).endswith(":") for row in last) and not any(_words(row).endswith(":") for row in rows)
    wanted = 1 if are_labels else 2
    return all(
        cell.left > edge and sum(_are_aligned(cell, label) for label in labels) >= wanted for cell in map(_label, last)
    )


def _label(row: Row) -> Cell:
    """Give the words that stand on a row's own line, up to the last of them, or else its first ones."""
    amounts = {figure.cell.start for figure in (*row.figures.values(), *row.unnamed.values())}
    own = [cell for cell in row.line.cells if cell.start not in amounts and any(map(str.isalpha, cell.text))]
    if own:
        return own[0]._replace(right=own[-1].right)  # a weight may part them: `Versand (Paket, | 9,4 kg):`
    return row.lines[0][1] if row.lines else row.line.cells[0]


def _are_aligned(cell: Cell, other: Cell) -> bool:
    return min(abs(cell.left - other.left), abs(cell.right - other.right)) <= ALIGNED


def _words(row: Row) -> str:
    """Give what a row says it is of; of what stands beside a column of words, its own line does: `Freight`."""
    amounts = {figure.cell.start for figure in (*row.figures.values(), *row.unnamed.values())}
    own = [cell for cell in row.line.cells if cell.start not in amounts and any(map(str.isalpha, cell.text))]
    lines = [cell for _, cell in row.lines]
    is_apart = own and not {cell.start for cell in own} & {cell.start for cell in lines}
    return " ".join(cell.text for cell in (own if is_apart else lines))


def _is_denied(
    found: Found, table: TableDefinition, named: Mapping[str, Decimal], laid_out: Sequence[Sheet], language: str
) -> bool:
    """Say whether one row has what is said to be the total, and none of the totals below it has.

    Or others above it have as many numbers, and its amount is not the product of its own.
    """
    total = column_sum(found.rows, table.key.name) if len(found.rows) == 1 else None
    if total is None or not any(equal(total, value) for value in named.values()):
        return False
    row = found.rows[0]
    if is_product(table, row) is False and _has_others(row, laid_out[row.page - 1]):
        return True
    below = totals_below(laid_out, row, language, {Aside.TOTAL, Aside.SUBTOTAL})
    return bool(below) and not have(below, total)


def _has_others(row: Row, sheet: Sheet) -> bool:
    """Tell whether several lines above a row's amount have as many numbers as it has beside that."""
    least = len(row.figures) - 1
    lines = [line for line in sheet.lines if line.baseline < row.bottom and any(map(is_money, line.cells))]
    return sum(sum(map(is_figure, line.cells)) >= least for line in lines) > SEVERAL


def _in_wanted_column(rows: Sequence[Row], key: ColumnDefinition, named: Mapping[str, Decimal]) -> Sequence[Row] | None:
    """Give the rows with the amounts of another column, if these add up to the total that the key names first.

    A table with net and gross amounts may call the gross ones `Amount`; e-invoices have the net ones (EN 16931,
    BT-131).

    Returns
    -------
    None
        If there is no such column, or the amounts are those already.
    """
    wanted = named.get(key.adds_up_to[0]) if key.adds_up_to else None
    total = column_sum(rows, key.name) if rows else None
    if wanted is None or total is None or equal(total, wanted):
        return None
    for name in (name for name in rows[0].unnamed if name != ROW_NUMBER):  # from the left: the first one
        figures = [row.unnamed[name] for row in rows if name in row.unnamed]
        values = [figure.value for figure in figures if figure.value is not None]
        if len(values) == len(rows) and equal(sum(values, Decimal(0)), wanted):
            return [with_column(row, key.name, name) for row in rows]
    return None


def _products_below(
    table: TableDefinition, rows: Sequence[Row], laid_out: Sequence[Sheet], language: str
) -> Sequence[Row] | None:
    """Give the rows with their products before tax as amounts, if a total below them is what these come to."""
    products = products_without_tax(table, rows)
    total = column_sum(products, table.key.name) if products else None
    below = totals_below(laid_out, rows[-1], language, {Aside.TOTAL, Aside.SUBTOTAL}) if total is not None else []
    return products if total and have(below, total) else None


def _without_known_tax(table: TableDefinition, rows: Sequence[Row], named: Mapping[str, Decimal]) -> Sequence[Row]:
    """Give rows with their amounts before tax, where another column has these and no net total is known."""
    is_known = not table.key.adds_up_to or table.key.adds_up_to[0] in named
    return rows if is_known else amounts_without_tax(table, rows) or rows


def _come_to_with_tax(
    rows: Sequence[Row],
    key: ColumnDefinition,
    laid_out: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
) -> bool:
    """Tell whether a column beside rows' amounts, which has their tax, comes to a total."""
    if not rows or not named:
        return False
    below = totals_below(laid_out, rows[-1], language, {Aside.TOTAL, Aside.SUBTOTAL}, adjustments=True)
    return any(is_confirmed(total, named, below) for total in sums_with_tax(rows, key.name))


def _exceeded(key: ColumnDefinition, rows: Sequence[Row], named: Mapping[str, Decimal]) -> list[str]:
    """Name the totals if rows come to more than each of them: one of both is wrong."""
    total = column_sum(rows, key.name) or Decimal(0)
    return list(named) if all(abs(value) < abs(total) for value in named.values()) else []
