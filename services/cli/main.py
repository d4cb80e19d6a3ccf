"""The command and its sub-commands."""

import logging
import os
import sys
from typing import Final

import typer
from rich.console import Console

from schemas.document_types import DocumentTypeError
from services.cli import (
    administration,
    costs,
    dead_letters,
    demonstration,
    inspection,
    measuring,
    models,
    publishing,
    serving,
)
from services.delivery.errors import BrokerError
from services.delivery.publication import PublicationError
from services.evaluation.labels import LabelsError
from services.evaluation.report import ReportError
from services.inference.engines.port import EngineDeadError, EngineError, EngineUnsuitableError, SchemaRefusedError
from services.local.errors import LocalError
from services.models.errors import ModelError
from services.settings import SettingsError, unknown_settings
from services.storage.errors import DatabaseUnreachableError, DataRefusedError, StorageError
from services.telemetry.setup import TelemetrySettingError

WRONG: Final = (
    SettingsError,
    DocumentTypeError,
    StorageError,
    TelemetrySettingError,
    LocalError,
    ModelError,
    SchemaRefusedError,
    LabelsError,
    ReportError,
)
"""Errors that a person must set right: one line, exit code 78 (EX_CONFIG), no restart by the supervisor."""

AWAY: Final = (BrokerError, DatabaseUnreachableError, PublicationError, EngineError, EngineDeadError)
"""Errors that may pass by themselves: one line, exit code 69 (EX_UNAVAILABLE), and the supervisor tries again."""

app = typer.Typer(
    name="postkorb",
    help="Documents in, typed answers out, on your own machines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("up")(serving.up)
app.command("down")(serving.down)
app.command("run")(serving.run)
app.command("demo")(demonstration.demo)
app.command("submit")(publishing.submit)
app.command("results")(inspection.results)
app.command("trace")(inspection.trace)
app.command("doctor")(inspection.doctor)
app.command("evaluate")(measuring.evaluate)
app.command("compare")(measuring.compare)
app.command("replay")(measuring.replay)
app.command("costs")(costs.costs)
app.add_typer(dead_letters.dead_letters, name="dead-letters")
app.add_typer(models.models, name="models")
app.add_typer(administration.types, name="types")
app.add_typer(administration.schemas, name="schemas")
app.add_typer(administration.db, name="db")


def main() -> None:
    """Run the command; an expected error is one line, everything else keeps its traceback."""
    # Commands say themselves what is wrong; the services set up logging of their own.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    for sentence in unknown_settings():
        _say(sentence, style="yellow")
    try:
        app()
    except AWAY as error:
        _say(str(error))
        sys.exit(os.EX_CONFIG if isinstance(error, EngineUnsuitableError) else os.EX_UNAVAILABLE)
    except DataRefusedError:
        raise  # no setting is wrong: a value got through that ought to have been stopped, and the traceback says where
    except WRONG as error:
        _say(str(error))
        sys.exit(os.EX_CONFIG)


def _say(sentence: str, style: str = "red") -> None:
    Console(stderr=True).print(f"postkorb: {sentence}", style=style, highlight=False, markup=False, soft_wrap=True)
