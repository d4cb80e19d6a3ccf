"""Dead letters: looked at, and handed in again."""

import asyncio
import difflib
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final, TypeVar

import typer

from schemas.events import ErrorCode
from services.cli.dead_letter_views import (
    dead_letter_json,
    detail_table,
    history_table,
    list_table,
    outline_json,
)
from services.cli.moments import read_moment
from services.cli.output import AsJson, console, print_json, table_of
from services.cli.progress import progress_bars
from services.settings import Settings, load_settings
from services.storage.database import Connection, Database
from services.storage.dead_letter_list import Selection, count, outlines
from services.storage.dead_letters import MAX_KEY
from services.storage.queries import dead_letter_rows
from services.storage.records import DeadLetterRow
from services.storage.resubmission import Remark, Run, parts_of
from services.storage.retry_history import Retry, history
from services.wiring import connected, database_of

dead_letters = typer.Typer(help="Records that are no documents: list, show, retry.", no_args_is_help=True)

Found = TypeVar("Found")

ELSEWHERE: Final = "documents that failed are no dead letters, see `postkorb results`"

REMARKS_SHOWN: Final = 50
"""Rows of the table of what was not handed in; `--json` has all."""


def read_code(text: str) -> ErrorCode:
    """Read an error code of the closed list.

    Raises
    ------
    typer.BadParameter
        If it is not on the list; the message has the likeliest one, and the list.
    """
    codes = [code.value for code in ErrorCode]
    if text in codes:
        return ErrorCode(text)
    near = difflib.get_close_matches(text, codes, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    message = f"{text!r} is no error code{hint} The codes are {', '.join(codes)}"
    raise typer.BadParameter(message)


Reason = Annotated[
    ErrorCode | None, typer.Option(parser=read_code, metavar="CODE", help="Only those with this error code.")
]
Since = Annotated[
    datetime | None,
    typer.Option(
        parser=read_moment,
        metavar="TIME",
        help="Given up then or later: an ISO date or date-time, or an age like 2h, 7d.",
    ),
]
Until = Annotated[datetime | None, typer.Option(parser=read_moment, metavar="TIME", help="Given up before then.")]


@dead_letters.command("list")
def list_dead_letters(
    *,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Most to list.")] = 100,
    every: Annotated[bool, typer.Option("--all", help="Also those that were handed in again.")] = False,
    as_json: AsJson = False,
) -> None:
    """List records that are no documents and were not handed in again, the newest first."""
    selection = Selection(None, reason, since, until, retried=every)
    found = _with_database(
        lambda database, _: database.in_transaction(lambda connection: outlines(connection, selection, limit + 1))
    )
    shown = found[:limit]
    if as_json:
        print_json([outline_json(item) for item in shown])
        return
    if not shown:
        console.print("no such dead letters" if selection.narrow else "no dead letters")
        hint = ELSEWHERE if every else f"{ELSEWHERE}; --all lists those too that were handed in again"
        console.print(hint, style="dim", soft_wrap=True)
        return
    console.print(list_table(shown))
    if len(found) > limit:
        console.print(f"these are the newest {limit}; --limit shows more", style="dim")


@dead_letters.command("show")
def show_dead_letter(
    key: Annotated[int, typer.Argument(min=1, max=MAX_KEY, metavar="KEY", help="Key, as `list` prints it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show a dead letter, and what became of its retries; with --json all of its bytes, as text and in base64."""
    found = _with_database(lambda database, _: _with_history(database, key))
    if found is None:
        typer.secho(f"there is no dead letter {key}", fg="red", err=True)
        raise typer.Exit(1)
    if as_json:
        print_json(dead_letter_json(*found))
        return
    row, retries = found
    console.print(detail_table(row))
    if retries:
        console.print(history_table(retries))


@dead_letters.command("retry")
def retry_dead_letters(  # noqa: PLR0913  (a parameter an option of the command)
    keys: Annotated[
        list[int] | None,
        typer.Argument(min=1, max=MAX_KEY, metavar="KEY", help="Keys, as `list` prints them.", show_default=False),
    ] = None,
    *,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    every: Annotated[bool, typer.Option("--all", help="Every one.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also those that were handed in again before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, say what would happen.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hand dead letters in again, with their original bytes: by key, by reason, by time, or all.

    The exit code is 1 if one that was meant was not handed in.
    """
    meant = selection_of(keys, Selection(None, reason, since, until, retried=again), every=every)
    order = _Order(meant, again=again, dry=dry_run, sure=yes or dry_run, as_json=as_json)
    done = _with_database(lambda database, settings: _retry(database, settings, order))
    if as_json:
        print_json({"dry_run": dry_run, "handed_in": done.keys, "refused": done.refused, "changed": done.changed})
    else:
        _print(done, dry=dry_run)
    raise typer.Exit(1 if done.refused else 0)


@dataclass(frozen=True, slots=True)
class _Order:
    selection: Selection
    again: bool
    dry: bool
    sure: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Done:
    keys: list[int] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    changed: list[Remark] = field(default_factory=list)


def selection_of(keys: Sequence[int] | None, filters: Selection, *, every: bool) -> Selection:
    """Make one selection of keys, or filters, or `--all`; those named by key are meant even if they were retried.

    Raises
    ------
    typer.BadParameter
        If it is none of these, or more than one.
    """
    if [bool(keys), filters.narrow, every].count(True) != 1:
        message = "say which: KEY..., or any of --reason, --since and --until, or --all"
        raise typer.BadParameter(message)
    return Selection(keys=list(dict.fromkeys(keys)), retried=True) if keys else filters


async def _retry(database: Database, settings: Settings, order: _Order) -> _Done:
    selection = order.selection
    letters, upto = await database.in_transaction(lambda connection: count(connection, selection))
    if letters > 1 and not order.sure:
        _confirm(letters)
    run = Run(selection, settings.topics, upto, again=order.again, dry=order.dry)
    done, missing = _Done(), set(selection.keys or ())
    bars = progress_bars()
    bars.disable = order.as_json or not console.is_terminal
    with bars:
        bar = bars.add_task("dead letters", total=letters)
        async for part in parts_of(database, run):
            done.keys.extend(part.keys)
            done.refused.extend(part.refused)
            done.changed.extend(part.changed)
            missing.difference_update(part.looked_at)
            bars.advance(bar, len(part.looked_at))
    done.refused.extend(Remark(key, "there is no such dead letter") for key in sorted(missing))
    return done


def _confirm(letters: int) -> None:
    if not sys.stdin.isatty():
        message = f"{letters} dead letters are meant; nobody is there to be asked, so pass --yes (or --dry-run)"
        raise typer.BadParameter(message)
    typer.confirm(f"hand in {letters} dead letters again?", abort=True, err=True)


def _print(done: _Done, *, dry: bool) -> None:
    said = "would be handed in again" if dry else "handed in again"
    keys = ", ".join(map(str, done.keys[:REMARKS_SHOWN])) + (", …" if len(done.keys) > REMARKS_SHOWN else "")
    listed = f": {keys}" if keys else ""
    console.print(f"{_counted(len(done.keys))} {said}{listed}", soft_wrap=True, highlight=False)
    for title, remarks in (("Not handed in", done.refused), ("Not byte for byte", done.changed)):
        if remarks:
            cells = [(item.dead_letter_key, item.sentence) for item in remarks[:REMARKS_SHOWN]]
            console.print(table_of(title, ("key", "what happened"), cells))
        if len(remarks) > REMARKS_SHOWN:
            console.print(f"and {len(remarks) - REMARKS_SHOWN} more; --json has all", style="dim")
    if done.keys and not dry:
        console.print("`postkorb dead-letters show KEY` says what becomes of it", style="dim")


def _counted(letters: int) -> str:
    return f"{letters or 'no'} dead letter{'' if letters == 1 else 's'}"


async def _with_history(database: Database, key: int) -> tuple[DeadLetterRow, list[Retry]] | None:
    async def read(connection: Connection) -> tuple[DeadLetterRow, list[Retry]] | None:
        rows = await dead_letter_rows(connection, [key])
        return (rows[0], await history(connection, rows[0])) if rows else None

    return await database.in_transaction(read)


def _with_database(work: Callable[[Database, Settings], Awaitable[Found]]) -> Found:
    async def opened() -> Found:
        settings = connected(load_settings())
        async with database_of(settings, "postkorb-dead-letters") as database:
            return await work(database, settings)

    return asyncio.run(opened())
