"""Many rows in one statement: an array a column, put together by `unnest` on the server."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Table, TableValuedAlias, any_, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

ORDINAL = "ordinal"
"""Column with the place of a row in the list, from 1."""


def unnest(columns: Sequence[Column[Any]], rows: Iterable[Mapping[str, Any]]) -> TableValuedAlias:
    """Make a table of `rows`; each is bound, as one array a column of the column's own type.

    Parameters
    ----------
    columns
        Whose names the rows have as keys.
    """
    listed = list(rows)
    arrays = [bindparam(None, [row[item.name] for row in listed], type_=_array(item)) for item in columns]
    named = [column(item.name, item.type) for item in columns]
    numbered = func.unnest(*arrays).table_valued(*named, with_ordinality=ORDINAL)
    numbered.c[ORDINAL].type = BigInteger()
    return numbered.render_derived(name="given")


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet; columns that no row names get their default."""
    if not rows:
        return
    columns = [item for item in table.c if item.name in rows[0]]
    given = unnest(columns, rows)
    names = [item.name for item in columns]
    source = select(*(given.c[name] for name in names))
    await connection.execute(insert(table).from_select(names, source).on_conflict_do_nothing())


def is_any_of(item: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Tell whether a column has one of `values`; one bound array, however many they are."""
    return item == any_(bindparam(None, list(values), type_=_array(item)))


def _array(item: Column[Any]) -> ARRAY[Any]:
    # One dimension: a JSON array among the values is a value, not a row of a matrix.
    return ARRAY(item.type, dimensions=1)
