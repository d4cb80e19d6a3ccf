"""Many rows in one statement: an array a column, put together by `unnest` on the server."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, TableValuedAlias, any_, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY

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


def is_any_of(item: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Tell whether a column has one of `values`; one bound array, however many they are."""
    return item == any_(bindparam(None, list(values), type_=_array(item)))


def _array(item: Column[Any]) -> ARRAY[Any]:
    # One dimension: a JSON array among the values is a value, not a row of a matrix.
    return ARRAY(item.type, dimensions=1)
