"""What commands print: tables for people, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]

console = Console()


def print_json(value: Any) -> None:  # noqa: ANN401  (whatever a command has to say)
    """Print a value as JSON; dataclasses as objects, times and decimals as text."""
    plain = [_plain(item) for item in value] if isinstance(value, (list, tuple)) else _plain(value)
    typer.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=str))


def table_of(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Make a table; None is shown as nothing."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", border_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    return table


def table_of_mappings(title: str, rows: Sequence[Mapping[str, object]]) -> Table:
    """Make a table from rows of a query."""
    columns = list(rows[0]) if rows else ["no rows"]
    return table_of(title, columns, [[row[column] for column in columns] for row in rows])


def _plain(value: Any) -> Any:  # noqa: ANN401
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
