"""Queries as an analyst asks them: with the read-only role, which sees the views and nothing else."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def analyst_rows(connection: AsyncConnection, query: str, **values: object) -> list[dict[str, object]]:
    """Run a query in the role `postkorb_analyst` and give its rows by column.

    Parameters
    ----------
    query
        SQL with `:name` for each value.
    values
        Bound, never pasted.
    """
    await connection.execute(text("SET LOCAL ROLE postkorb_analyst"))
    rows = await connection.execute(text(query), values)
    return [dict(row) for row in rows.mappings()]
