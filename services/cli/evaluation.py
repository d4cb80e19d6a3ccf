"""`postkorb evaluate`: documents with labels in, figures and a page for people out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from schemas.document_types import DocumentTypes
from services.cli.evaluation_views import figures_json, fit_json, print_evaluation, print_fit
from services.cli.output import print_json
from services.cli.progress import DocumentBars, document_bars
from services.evaluation.asking import Questioner, Reader, Reading
from services.evaluation.comparison import Comparison, compare, require_common
from services.evaluation.examples import examples_of
from services.evaluation.figures import figures_of
from services.evaluation.fitting import NO_ROWS, Fit, Rows, fit, require_documents, rows_of
from services.evaluation.labels import Label, read_labels
from services.evaluation.page import render
from services.evaluation.report import Made, Report, read_report, write_report
from services.evaluation.scoring import Case, score
from services.evaluation.stored import stored_cases
from services.inference.engines.port import Engine
from services.inference.routes import Routes
from services.settings import Settings
from services.storage.pipelines import pipeline_of_id
from services.storage.records import Pipeline
from services.telemetry.setup import Telemetry, set_up
from services.wiring import (
    asker_of,
    calibration_of,
    configured_pipeline,
    connected,
    database_of,
    fetcher_of,
    limits_of,
    load_engine,
    parser_of,
    routing_of,
    types_of,
)

LoadEngine = Callable[[Settings, Callable[[str], None], Routes], Awaitable[Engine]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be evaluated, and how.

    Parameters
    ----------
    labels
        Where they are, if not in the folder.
    pipeline_id
        Take its stored answers; None: ask now.
    baseline
        An earlier evaluation's JSON.
    output
        Where the page is written; the JSON goes beside it.
    hourly_price
        Of the machine, in any currency.
    calibrate
        Fit confidences to what became of the answers.
    recorded
        The engine says again what a model said before, so that neither seconds nor a price are measured.
    """

    folder: Path
    labels: Path | None
    pipeline_id: str | None
    baseline: Path | None
    output: Path
    hourly_price: float | None
    calibrate: bool
    as_json: bool
    recorded: bool = False

    @property
    def calibration(self) -> Path:
        """Where the calibration is written: beside the page."""
        return self.output.with_suffix(".calibration.json")


@dataclass(frozen=True, slots=True)
class Done:
    """What an evaluation gave.

    Parameters
    ----------
    rows
        The answers that confidences can be fitted to.
    """

    report: Report
    comparison: Comparison | None
    rows: Rows
    fit: Fit | None


async def evaluate(order: Order, settings: Settings, load: LoadEngine = load_engine, first: Rows = NO_ROWS) -> Done:
    """Do it, and write page, JSON, and the calibration if one is wanted.

    Parameters
    ----------
    load
        Loads the engine that is asked.
    first
        First readings of other documents to which confidences are fitted, too.

    Raises
    ------
    LabelsError, ReportError
        If labels or baseline cannot be used; before anything is asked.
    FitError
        If documents are too few for a calibration: before anything is asked, or, where it is the answers that are too
        few, after page and JSON are written.
    """
    types = types_of(settings)
    labels = read_labels(order.folder, types, order.labels)
    baseline = None if order.baseline is None else read_report(order.baseline)
    telemetry = set_up("evaluate", None, log_level="WARNING", log_format=settings.log_format)
    try:
        with document_bars(quiet=order.as_json) as bars:
            readings = await read_documents(settings, labels, bars)
            if baseline is not None:
                require_common(baseline, [item.sha256 for item in readings])
            if order.calibrate:
                require_documents(
                    [item.sha256 for item in readings if item.failure is None and not item.label.fails_with]
                )
            made, cases = await _answers(order, settings, types, readings, bars, telemetry, load)
    finally:
        telemetry.shutdown()
    documents = [score(case, types) for case in cases]
    report = Report(
        made=made, figures=figures_of(documents, made.wall_seconds, order.hourly_price), documents=documents
    )
    order.output.parent.mkdir(parents=True, exist_ok=True)
    write_report(report, order.output.with_suffix(".json"))  # before all else: it took hours
    comparison = None if baseline is None else compare(baseline, report)
    order.output.write_text(render(report, comparison), "utf-8")
    rows = rows_of(examples_of(cases, report.documents))
    fitted = _calibrate(order, report, comparison, rows.with_first_readings(first)) if order.calibrate else None
    return Done(report, comparison, rows, fitted)


def say(done: Done, order: Order) -> None:
    """Print the figures."""
    if order.as_json:
        print_json(
            figures_json(done.report, done.comparison, order.output)
            | {"calibration": done.fit and fit_json(done.fit, order.calibration)}
        )
        return
    print_evaluation(done.report, done.comparison, order.output)
    if done.fit:
        print_fit(done.fit, order.calibration)


async def read_documents(settings: Settings, labels: Sequence[Label], bars: DocumentBars) -> list[Reading]:
    """Do steps 2 and 3 for all documents."""
    async with parser_of(settings) as parser:
        return await Reader(fetcher_of(settings), parser).read_all(labels, bars.add("read", len(labels)))


async def _answers(
    order: Order,
    settings: Settings,
    types: DocumentTypes,
    readings: Sequence[Reading],
    bars: DocumentBars,
    telemetry: Telemetry,
    load: LoadEngine,
) -> tuple[Made, list[Case]]:
    if order.pipeline_id is not None:
        return await _stored(order, order.pipeline_id, settings, readings)
    calibration, routing = calibration_of(settings), routing_of(settings)
    engine = await load(settings, lambda what: bars.say(f"loading {what}"), routing.routes)
    try:
        asker = await asker_of(settings, engine, types, calibration, telemetry.tracing, telemetry.metrics, routing)
        started = perf_counter()
        questioner = Questioner(engine, asker, limits_of(settings, engine), order.recorded)
        cases = await questioner.ask_all(readings, bars.add("answered", len(readings)))
        pipeline = configured_pipeline(settings, engine, types, calibration, routing)
        return _made(order, pipeline, None if order.recorded else perf_counter() - started), cases
    finally:
        await engine.close()


async def _stored(
    order: Order, pipeline_id: str, settings: Settings, readings: Sequence[Reading]
) -> tuple[Made, list[Case]]:
    async with database_of(connected(settings), "postkorb-evaluate") as database:
        pipeline = await database.in_transaction(lambda connection: pipeline_of_id(connection, pipeline_id))
        return _made(order, pipeline, None), await stored_cases(database, pipeline_id, readings)


def _made(order: Order, pipeline: Pipeline, wall_seconds: float | None) -> Made:
    return Made(
        at=datetime.now(UTC),
        folder=order.folder.resolve().name.encode(errors="replace").decode(),
        source="stored" if order.pipeline_id is not None else "recorded" if order.recorded else "asked",
        pipeline_id=pipeline.pipeline_id,
        model=pipeline.model,
        settings=dict(pipeline.settings),
        wall_seconds=wall_seconds,
        hourly_price=order.hourly_price,
    )


def _calibrate(order: Order, report: Report, comparison: Comparison | None, rows: Rows) -> Fit:
    """Fit confidences, and show on the page what that brought."""
    found = fit(rows, report.made.pipeline_id, report.made.at)
    order.calibration.write_text(found.calibration.model_dump_json(indent=1) + "\n", "utf-8")
    order.output.write_text(render(report, comparison, found), "utf-8")
    return found


def run(order: Order, settings: Settings, load: LoadEngine = load_engine, first: Rows = NO_ROWS) -> Done:
    """Do an evaluation from outside any event loop."""
    return asyncio.run(evaluate(order, settings, load, first))
