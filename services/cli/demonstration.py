"""The demo: samples through the real broker, the real model and the real database, and what came of them."""

import asyncio
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from uuid import uuid4

import typer

from schemas.events import DEFAULT_TENANT, DocumentSubmitted
from services.cli.output import console, table_of, table_of_mappings
from services.cli.publishing import document_of, outgoing_of, publish_records
from services.cli.results import print_results
from services.cli.serving import running_stack
from services.cli.waiting import View, follow
from services.delivery.publication import Outgoing
from services.delivery.reading import read_topics
from services.settings import Settings, load_settings
from services.storage.analyst import analyst_rows
from services.storage.database import Connection, Database
from services.storage.queries import account
from services.telemetry.trace_files import find_trace_ids, read_trace
from services.telemetry.tree import render
from services.wiring import connected, database_of, kafka_of, types_of

SAMPLES: Final = Path("samples")
SHOWN: Final = (
    "bescheid_baugenehmigung.pdf", "bestellung_grosskueche.txt", "bewerbung_buchhalterin.pdf", "complaint_hotel.eml",
    "delivery_note_electronics.pdf", "empty.pdf", "encrypted.pdf", "invoice_consulting.pdf", "mahnung_druckerei.pdf",
    "medical_report_knee.pdf", "newsletter_museum.pdf", "picture_without_text.pdf", "rechnung_buerobedarf.pdf",
    "rechnung_webhosting.eml", "truncated.pdf", "vertrag_gebaeudereinigung.pdf",
)  # fmt: skip
"""Each type once, invoices three times, both languages, every form, and all that must fail: minutes on two cores."""
SUFFIXES: Final = frozenset({".pdf", ".txt", ".eml"})

QUERIES: Final = {
    "What do we owe, to whom, and by when?": """
SELECT seller_name, count(*) AS invoices, sum(gross_total) AS gross, min(due_date) AS first_due
FROM postkorb.invoices
WHERE document_id LIKE :mine
GROUP BY seller_name ORDER BY gross DESC NULLS LAST LIMIT 8""",
    "Which values should a person look at, and where do they stand?": """
SELECT r.file_name, finding ->> 'message' AS message, round(f.confidence::numeric, 2) AS confidence, f.page
FROM postkorb.results AS r CROSS JOIN jsonb_array_elements(r.findings) AS finding
LEFT JOIN postkorb.fields AS f
  ON f.tenant = r.tenant AND f.document_id = r.document_id AND finding -> 'fields' ? f.path
WHERE r.document_id LIKE :mine AND r.needs_review AND finding ->> 'kind' NOT IN ('repaired', 'summed', 'summary')
ORDER BY f.confidence NULLS FIRST LIMIT 8""",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the demo: its documents have ids of their own, so that every run is counted by itself."""

    prefix: str
    documents: Sequence[DocumentSubmitted]
    not_json: str

    @property
    def document_ids(self) -> list[str]:
        """Ids of the documents, and the key of the record that is none."""
        return [*(document.document_id for document in self.documents), self.not_json]


def demo(
    *,
    samples: Annotated[
        Path | None,
        typer.Option(
            help=f"Publish all documents of this folder, not {len(SHOWN)} of `{SAMPLES}`.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running.")] = False,
) -> None:
    """Watch documents go the whole way, then see what an analyst and an SRE see."""
    started = time.monotonic()
    paths = _chosen() if samples is None else _documents_in(samples)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # as Ctrl-C: everything that was started is stopped
    settings = load_settings()
    with ExitStack() as stack:
        stack.enter_context(running_stack(settings, keep=keep))
        run = _make_run(paths)
        whole = asyncio.run(_run(connected(settings), run))
    console.print(f"\n[bold]{time.monotonic() - started:.0f} seconds in all[/]")
    if keep:
        _say_how_to_use()
    raise typer.Exit(0 if whole else 1)


def _chosen() -> list[Path]:
    if not SAMPLES.is_dir():
        message = (
            f"there is no folder `{SAMPLES}` here: begin in a checkout, or name a folder of documents by --samples"
        )
        raise typer.BadParameter(message)
    return [SAMPLES / name for name in SHOWN]


def _documents_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def _make_run(paths: Sequence[Path]) -> Run:
    prefix = f"demo-{uuid4().hex[:6]}"
    documents = [document_of(path, f"{prefix}-{path.stem}", DEFAULT_TENANT) for path in paths]
    return Run(prefix, documents, f"{prefix}-not-json")


async def _run(settings: Settings, run: Run) -> bool:
    await _publish(settings, run)
    async with database_of(settings, "postkorb-demo") as database:
        view = await follow(settings, database, run.document_ids, DEFAULT_TENANT, quiet=False)
        await print_results(database, types_of(settings), run.document_ids, as_json=False)
        await _print_queries(database, run)
        _print_trace(settings, run)
        return await _print_account(settings, database, run, view)


async def _publish(settings: Settings, run: Run) -> None:
    topic = settings.topics.submitted
    records = [outgoing_of(document, topic) for document in run.documents]
    records.append(Outgoing(topic, run.not_json.encode(), b"Sehr geehrte Damen und Herren", {}))
    await publish_records(settings, records)
    console.print(f"published {len(run.documents)} documents and one record that is none, to {topic}\n")


async def _print_queries(database: Database, run: Run) -> None:
    for question, query in QUERIES.items():

        async def work(connection: Connection, query: str = query) -> list[dict[str, object]]:
            return await analyst_rows(connection, query, mine=f"{run.prefix}-%")

        console.print(f"\n[bold]{question}[/]")
        console.print(query.strip(), style="cyan", highlight=False, markup=False)
        console.print(table_of_mappings("", await database.in_transaction(work)))


def _print_trace(settings: Settings, run: Run) -> None:
    folder = settings.data_dir / "traces"
    document_id = next((one.document_id for one in run.documents if "rechnung" in one.document_id), run.document_ids[0])
    console.print(f"\n[bold]The way of one document[/] (postkorb trace {document_id})")
    for trace_id in find_trace_ids(folder, document_id):
        console.print(render(read_trace(folder, trace_id)))


async def _print_account(settings: Settings, database: Database, run: Run, view: View) -> bool:
    in_sql = await database.in_transaction(lambda connection: account(connection, run.document_ids))
    on_topics = await _events_of(settings, run)
    topics = settings.topics
    rows = [
        ("submitted", len(run.document_ids), ""),
        ("processed", in_sql.processed, len(on_topics[topics.processed])),
        ("failed", in_sql.failed, len(on_topics[topics.failed])),
        ("dead-lettered", in_sql.dead_lettered, len(on_topics[topics.deadletter])),
    ]
    console.print(table_of("\nThe account", ("", "in SQL", "on the topics"), rows))
    ended = [in_sql.processed, in_sql.failed, in_sql.dead_lettered]
    whole = sum(ended) == len(run.document_ids) and ended == [len(keys) for keys in on_topics.values()]
    verdict = "[green]whole[/]: submitted = processed + failed + dead-lettered" if whole else "[red]NOT WHOLE[/]"
    console.print(f"{verdict} · {view.per_minute:.1f} documents a minute with the model loaded")
    return whole


async def _events_of(settings: Settings, run: Run) -> dict[str, set[str]]:
    topics = settings.topics
    mine: dict[str, set[str]] = {topics.processed: set(), topics.failed: set(), topics.deadletter: set()}
    ids = set(run.document_ids)
    async for record in read_topics(kafka_of(settings), list(mine)):
        key = (record.key or b"").decode("utf-8", "replace")
        if key in ids:
            mine[record.topic].add(key)
    return mine


def _say_how_to_use() -> None:
    console.print(
        "\nIt is left running:\n"
        "  .venv/bin/postkorb submit ~/letters/*.pdf --wait   your own documents\n"
        "  .venv/bin/postkorb results                         the newest answers\n"
        "  .venv/bin/postkorb doctor                          addresses and health\n"
        "  .venv/bin/postkorb down                            stop everything",
        highlight=False,
    )
