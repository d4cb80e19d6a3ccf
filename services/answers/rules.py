"""Whether the values of a document satisfy the rules of its type."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, Kind, Rule
from schemas.events import FieldAnswer
from schemas.expressions import ExpressionError, Scalar, Value, evaluate, names_in

_CELL: Final = re.compile(r"(\w+)\[([0-9]+)\]\.(\w+)")
"""Path of a table's cell, such as `line_items[0].line_total`."""


def values_of(fields: Iterable[FieldAnswer]) -> dict[str, Value]:
    """Give the values that rules are about, by name: typed, of status `ok`; a table as its rows."""
    values: dict[str, Value] = {}
    tables: dict[str, dict[int, dict[str, Scalar]]] = {}
    for field in fields:
        if field.status != "ok":
            continue
        if cell := _CELL.fullmatch(field.path):
            tables.setdefault(cell[1], {}).setdefault(int(cell[2]), {})[cell[3]] = _typed(field)
        else:
            values[field.path] = _typed(field)
    return values | {name: [rows[number] for number in sorted(rows)] for name, rows in tables.items()}


def holds(rule: Rule, values: Mapping[str, Value]) -> bool | None:
    """Say whether a rule holds; None if it does not apply: a value is missing, or it cannot be computed (`a / 0`)."""
    given = {name: values.get(name) for name in names_in(rule.check)}
    if not rule.over_missing and None in given.values():
        return None
    try:
        return evaluate(rule.check, given)
    except ExpressionError:
        return None


def determines(rule: Rule, name: str, values: Mapping[str, Value]) -> bool:
    """Say whether a rule holds for this value of a field alone, not for its neighbours: `a + b = c`, not `a >= b`."""
    if name not in names_in(rule.check):
        return False
    match values.get(name):
        case Decimal() as number:
            neighbours: list[Scalar] = [number - 1, number + 1]
        case dt.date() as day:
            neighbours = [day - dt.timedelta(days=1), day + dt.timedelta(days=1)]
        case _:
            return False
    return holds(rule, values) is True and not any(holds(rule, {**values, name: item}) for item in neighbours)


def broken_rules(rules: Iterable[Rule], values: Mapping[str, Value]) -> list[Rule]:
    """Give the rules that do not hold, in their order."""
    return [rule for rule in rules if holds(rule, values) is False]


def rules_about_fields(kind: DocumentType) -> list[Rule]:
    """Give the rules that need no table: they are checked before the rows are read."""
    about_tables = rules_about_tables(kind)
    return [rule for rule in kind.rules if rule not in about_tables]


def rules_about_tables(kind: DocumentType) -> list[Rule]:
    """Give the rules that need a table."""
    tables = {table.name for table in kind.tables}
    return [rule for rule in kind.rules if not tables.isdisjoint(names_in(rule.check))]


def _typed(field: FieldAnswer) -> Scalar:
    if field.value is not None and field.kind == Kind.DATE:
        return dt.date.fromisoformat(field.value)
    return field.value if field.value_numeric is None else field.value_numeric
