"""Measuring pipelines, comparing them, and answering old documents anew."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from schemas.events import DEFAULT_TENANT
from services.cli.moments import read_moment
from services.cli.output import AsJson, console, print_json, table_of
from services.cli.progress import progress_bars
from services.settings import Settings, SettingsError, load_settings
from services.storage.database import Connection, Database
from services.storage.pipelines import Agreement, AnswerDifference, agreement, differences_of, pipeline_of_id
from services.storage.replay import Forecast, ReplaySelection, forecast
from services.storage.replay import replay as replay_documents
from services.wiring import connected, database_of

Found = TypeVar("Found")

DIFFERENCES_SHOWN: Final = 200
"""Rows of the table of differences; `--json` has all."""

HourlyPrice = Annotated[
    float | None,
    typer.Option("--hourly-price", min=0, metavar="PRICE", help="What the machine costs an hour, in your currency."),
]
"""Absent: `POSTKORB_HOURLY_PRICE`, which has a currency."""
LabelsElsewhere = Annotated[
    Path | None,
    typer.Option(
        "--labels", metavar="FILE", exists=True, dir_okay=False, help="Labels that are not beside the documents."
    ),
]


def evaluate(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Documents, with labels.json or truth.json.")
    ],
    *,
    pipeline: Annotated[
        str | None, typer.Option(metavar="ID", help="Take this pipeline's stored answers, instead of asking.")
    ] = None,
    labels: LabelsElsewhere = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier evaluation's JSON to compare with.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="The page; its JSON goes beside it. Default: in the data folder."
        ),
    ] = None,
    hourly_price: HourlyPrice = None,
    calibrate: Annotated[
        bool,
        typer.Option("--calibrate", help="Fit confidences to these documents; the file for POSTKORB_CALIBRATION."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure answers against labels, without broker and database; write a page for people, and JSON beside it.

    The XML of e-invoices is ignored, unless POSTKORB_EINVOICE says otherwise. The exit code is 1 if a figure is worse
    than the baseline's by more than chance explains.
    """
    if output is not None and output.suffix == ".json":
        message = (
            f"{output} would be the page and its JSON at once: name the page, such as {output.with_suffix('.html')}"
        )
        raise typer.BadParameter(message)
    if calibrate and pipeline is not None:
        message = (
            "--calibrate cannot take stored answers (--pipeline): what confidences are fitted to, such as the model's "
            "log-probabilities, is not stored; without --pipeline the model is asked"
        )
        raise typer.BadParameter(message)
    settings = load_settings()
    if "einvoice" not in settings.model_fields_set:
        settings = settings.model_copy(update={"einvoice": "ignore"})  # what is measured is the reading of pages
    try:
        from services.cli import evaluation  # noqa: PLC0415  (numpy, matplotlib: not in every installation)
    except ModuleNotFoundError as error:
        message = f"`postkorb evaluate` needs {error.name}: install Postkorb with its extra `evaluation`"
        raise SettingsError(message) from None
    page = output or settings.data_dir / "evaluations" / f"{folder.resolve().name}.html"
    price = _hourly_price(hourly_price, settings)
    order = evaluation.Order(folder, labels, pipeline, baseline, page, price, calibrate, as_json)
    done = evaluation.run(order, settings)
    evaluation.say(done, order)
    raise typer.Exit(1 if done.comparison and done.comparison.worse else 0)


def compare(
    first: Annotated[str, typer.Argument(metavar="PIPELINE", help="Id of a pipeline.")],
    second: Annotated[str, typer.Argument(metavar="PIPELINE", help="Id of another one.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show where the stored answers of two pipelines differ, over the documents that both answered."""

    async def work(connection: Connection) -> tuple[Agreement, list[AnswerDifference]]:
        for pipeline_id in (first, second):
            await pipeline_of_id(connection, pipeline_id)
        limit = None if as_json else DIFFERENCES_SHOWN
        return await agreement(connection, first, second), await differences_of(connection, first, second, limit)

    found, differences = _with_database(lambda database, _: database.in_transaction(work))
    if as_json:
        print_json({"first": first, "second": second, "agreement": found, "differences": differences})
        return
    _print_agreement(found)
    if differences:
        rows = [_difference_cells(item) for item in differences]
        console.print(table_of("Differences", ("document", "field", first, second), rows))
    if len(differences) == DIFFERENCES_SHOWN:
        console.print(f"these are the first {DIFFERENCES_SHOWN}; --json has all", style="dim")


def replay(
    *,
    document_type: Annotated[str | None, typer.Option("--type", help="Only documents answered as this type.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=read_moment, metavar="TIME", help="Answered then or later: an ISO date, or an age like 7d."
        ),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(parser=read_moment, metavar="TIME", help="Answered before then.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every processed document.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only the forecast is shown.")] = False,
    hourly_price: HourlyPrice = None,
    as_json: AsJson = False,
) -> None:
    """Answer processed documents anew with the pipeline that runs: first what it will take, then, with --yes, do it.

    Older answers stay, and can be compared. What the running pipeline has answered already costs nothing.
    """
    selection = ReplaySelection(document_type, tenant, since, until)
    if selection.narrow == every:
        message = "say which: any of --type, --tenant, --since and --until, or --all"
        raise typer.BadParameter(message)

    async def work(database: Database, settings: Settings) -> tuple[Forecast, float | None, int]:
        foreseen = await database.in_transaction(lambda connection: forecast(connection, selection))
        price = _price(foreseen, _hourly_price(hourly_price, settings))
        if not as_json:
            _print_forecast(foreseen, price)
        handed = await _hand_in(database, settings, selection, foreseen, quiet=as_json) if yes else 0
        return foreseen, price, handed

    foreseen, price, handed = _with_database(work)
    if as_json:
        print_json({"forecast": foreseen, "price": price, "handed_in": handed})
    elif yes:
        console.print(f"{handed} documents are on their way; `postkorb compare` shows what came of it", highlight=False)
    elif foreseen.documents:
        console.print("nothing was done; --yes does it", style="dim")


async def _hand_in(
    database: Database, settings: Settings, selection: ReplaySelection, foreseen: Forecast, *, quiet: bool
) -> int:
    handed = 0
    bars = progress_bars()
    bars.disable = quiet or not console.is_terminal
    with bars:
        bar = bars.add_task("documents", total=foreseen.documents)
        async for count in replay_documents(database, selection, settings.topics, foreseen.upto):
            handed += count
            bars.advance(bar, count)
    return handed


def _print_forecast(foreseen: Forecast, price: float | None) -> None:
    rows = [
        ("documents", f"{foreseen.documents:,}"),
        ("pages", f"{foreseen.pages:,}"),
        ("tokens, as their present answers took", f"{foreseen.tokens:,}"),
        ("time, at the speed of the newest batches", _duration(foreseen.seconds)),
        ("engine time, of all machines together", _duration(foreseen.engine_seconds)),
        ("price", "no price of an hour given" if price is None else f"{price:,.2f}"),
        (f"answered already by the newest pipeline ({foreseen.newest_pipeline})", f"{foreseen.answered_by_newest:,}"),
    ]
    console.print(table_of("Forecast", ("", ""), rows))


def _hourly_price(given: float | None, settings: Settings) -> float | None:
    """Give the price of an hour: the one given, else that of the settings."""
    if given is None and settings.hourly_price is not None:
        return float(settings.hourly_price)
    return given


def _price(foreseen: Forecast, hourly_price: float | None) -> float | None:
    engine_seconds = foreseen.engine_seconds
    return None if engine_seconds is None or hourly_price is None else engine_seconds / 3600 * hourly_price


def _duration(seconds: float | None) -> str:
    return "not measured yet" if seconds is None else str(timedelta(seconds=round(seconds)))


def _print_agreement(found: Agreement) -> None:
    sentence = (
        f"{found.documents} documents were answered by both: {found.differing_documents} of them differ, "
        f"in {found.differing_fields} of {found.fields} fields"
    )
    console.print(sentence, highlight=False)


def _difference_cells(item: AnswerDifference) -> tuple[object, ...]:
    name = item.document_id if item.tenant == DEFAULT_TENANT else f"{item.tenant}/{item.document_id}"
    first = _said(item.first, item.first_confidence, item.first_status)
    return name, item.path, first, _said(item.second, item.second_confidence, item.second_status)


def _said(value: str | None, confidence: float | None, status: str | None) -> str | None:
    if value is None or confidence is None:
        return value
    return f"{value} ({confidence:.2f})" if status in (None, "ok") else f"{value} ({confidence:.2f}, {status})"


def _with_database(work: Callable[[Database, Settings], Awaitable[Found]]) -> Found:
    async def opened() -> Found:
        settings = connected(load_settings())
        async with database_of(settings, "postkorb-measuring") as database:
            return await work(database, settings)

    return asyncio.run(opened())
