"""Looking at what is there: results, traces, health."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.cli.health import look, print_health
from services.cli.output import AsJson, console, print_json
from services.cli.results import print_results
from services.settings import load_settings
from services.telemetry.names import BATCH, BATCH_ID
from services.telemetry.spans import SpanRecord
from services.telemetry.trace_files import find_trace_ids, read_batch, read_trace
from services.telemetry.tree import as_json as tree_as_json
from services.telemetry.tree import render
from services.wiring import connected, database_of, types_of


def results(
    document_id: Annotated[str | None, typer.Argument(help="Document id; the newest documents if absent.")] = None,
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the answers to a document, or to the newest ones."""

    async def show() -> None:
        settings = connected(load_settings())
        async with database_of(settings, "postkorb-results") as database:
            document_ids = [document_id] if document_id else None
            await print_results(database, types_of(settings), document_ids, tenant, as_json=as_json)

    asyncio.run(show())


def trace(
    identifier: Annotated[str, typer.Argument(help="Document id, trace id, or batch id.")], *, as_json: AsJson = False
) -> None:
    """Show the way of a document through all steps and its batch, or of a batch to all of its documents."""
    folder = load_settings().data_dir / "traces"
    trees = trees_of(folder, identifier)
    if not trees:
        console.print(f"no spans of {identifier} in {folder}; it takes the id of a document, a trace or a batch")
        raise typer.Exit(1)
    if as_json:
        print_json([node for spans in trees for node in tree_as_json(spans)])
        return
    for spans in trees:
        console.print(render(spans))


def trees_of(folder: Path, identifier: str) -> list[list[SpanRecord]]:
    """Find the spans to show, a list for each tree.

    Of a batch: its span, then every document's spans in it. Of a document or a trace: its own spans, then each batch
    that it was in.
    """
    if batch := read_batch(folder, identifier):
        return [batch]
    traces = [read_trace(folder, trace_id) for trace_id in find_trace_ids(folder, identifier) or [identifier]]
    spans = [span for found in traces for span in found]
    batches = dict.fromkeys(str(span.attributes[BATCH_ID]) for span in spans if BATCH_ID in span.attributes)
    if any(span.name == BATCH for span in spans):
        return [read_batch(folder, batch_id) for batch_id in batches]
    heads = [[span for span in read_batch(folder, batch_id) if span.name == BATCH] for batch_id in batches]
    return [found for found in [*traces, *heads] if found]


def doctor(*, as_json: AsJson = False) -> None:
    """Say where broker, database and model are, and what is healthy; exit code 1 if something is not."""
    health = asyncio.run(look(load_settings()))
    print_health(health, as_json=as_json)
    raise typer.Exit(0 if health.healthy else 1)
