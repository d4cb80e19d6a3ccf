"""What commands print: tables for people, JSON for programs."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Final

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]

WIDTH_WITHOUT_TERMINAL: Final = 150

_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_CONTROL_IN_JSON: Final = re.compile(r"[\x7f-\x9f]")
"""JSON itself escapes only those below U+0020; a terminal obeys these too."""

console = Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)


def print_json(value: Any) -> None:  # noqa: ANN401  (whatever a command has to say)
    """Print a value as JSON; dataclasses and models as objects, times and decimals as text."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    typer.echo(_CONTROL_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def table_of(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Make a table; None is shown as nothing. Where the width does not suffice, the widest columns give way."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(plain_text(cell) for cell in row))
    return table


def plain_text(value: object) -> Text:
    """Make a text that shows what documents say and does nothing else: no markup, no control characters."""
    return Text("" if value is None else _CONTROL.sub("\ufffd", str(value)))


def report(sentence: str, said: Mapping[str, object], *, as_json: bool) -> None:
    """Say what a command did: a sentence for people, the same as an object for programs."""
    if as_json:
        print_json(said)
    else:
        console.print(plain_text(sentence), soft_wrap=True)


def table_of_mappings(title: str, rows: Sequence[Mapping[str, object]]) -> Table:
    """Make a table from rows of a query."""
    columns = list(rows[0]) if rows else ["no rows"]
    return table_of(title, columns, [[row[column] for column in columns] for row in rows])


def _plain(value: object) -> object:
    """Turn what JSON has no word for into something that it has; what stands inside is asked for in turn."""
    if is_dataclass(value):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    return value.model_dump() if isinstance(value, BaseModel) else str(value)
