"""Many rows in one statement: an array a column, put together by `unnest` on the server.

A statement that every document needs is made once, with named parameters: to put it together and find it in
SQLAlchemy's cache takes longer than PostgreSQL needs for it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Table, TableValuedAlias, any_, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

ORDINAL = "ordinal"
"""Column with the place of a row in the list, from 1."""


def unnest(columns: Sequence[Column[Any]]) -> TableValuedAlias:
    """Make a table of the rows that the statement is given as `arrays`; a column has the type of its array."""
    parameters = [bindparam(_parameter(item), type_=_array(item)) for item in columns]
    named = [column(item.name, item.type) for item in columns]
    numbered = func.unnest(*parameters).table_valued(*named, with_ordinality=ORDINAL)
    numbered.c[ORDINAL].type = BigInteger()
    return numbered.render_derived(name="given")


def arrays(columns: Sequence[Column[Any]], rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Give rows to a statement with `unnest` of the same columns, whose names they have as keys."""
    listed = list(rows)
    return {_parameter(item): [row[item.name] for row in listed] for item in columns}


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet; columns that no row names get their default."""
    if not rows:
        return
    names = tuple(item.name for item in table.c if item.name in rows[0])
    await connection.execute(_insertion(table, names), arrays([table.c[name] for name in names], rows))


def insert_given(table: Table, columns: Sequence[Column[Any]]) -> Insert:
    """Make the statement that inserts the rows that it is given as `arrays`."""
    given = unnest(columns)
    return insert(table).from_select([item.name for item in columns], select(*(given.c[item.name] for item in columns)))


@cache
def _insertion(table: Table, names: Sequence[str]) -> Insert:
    return insert_given(table, [table.c[name] for name in names]).on_conflict_do_nothing()


def is_any_of(item: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Tell whether a column has one of `values`; one bound array, however many they are."""
    return item == any_(bindparam(None, list(values), type_=_array(item)))


def is_any_given(item: Column[Any]) -> ColumnElement[bool]:
    """Tell whether a column has one of the values that the statement is given by `these`."""
    return item == any_(bindparam(_parameter(item), type_=_array(item)))


def these(item: Column[Any], values: Collection[Any]) -> dict[str, list[Any]]:
    """Give values to a statement with `is_any_given` of the same column."""
    return {_parameter(item): list(values)}


def _parameter(item: Column[Any]) -> str:
    # Not the column's own name: SQLAlchemy would take the array for the value to write.
    return f"given_{item.name}"


def _array(item: Column[Any]) -> ARRAY[Any]:
    # One dimension: a JSON array among the values is a value, not a row of a matrix.
    return ARRAY(item.type, dimensions=1)
