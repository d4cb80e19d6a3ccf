"""The composition root: settings in, running services out."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Protocol

from schemas.document_types import DocumentTypes, load_document_types
from schemas.topics import INFERENCE_GROUP, INTAKE_GROUP
from services.answers.calibration import UNFITTED, Calibration, CalibrationError, read_calibration
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Consumption, Membership
from services.delivery.in_flight import Budget
from services.delivery.publication import MAX_RECORD_BYTES, Publication
from services.delivery.retrying import RetryPolicy
from services.delivery.topics import ensure_topics
from services.inference.ask import Asker
from services.inference.einvoice import EInvoiceUse
from services.inference.engines.port import Engine
from services.inference.engines.remote import RemoteConfig, RemoteEngine
from services.inference.parsed import estimated_tokens
from services.inference.pipeline import pipeline_of
from services.inference.record import Recorder
from services.inference.service import Inference, Limits
from services.intake.fetch import ContentFetcher
from services.intake.parse import Parser
from services.intake.service import Intake, IntakeLimits
from services.intake.store import Store
from services.local.stack import read_stack
from services.models.catalogue import load_catalogue, shipped_calibration
from services.models.fetch import FetchedModel, fetched
from services.models.terms import engine_environment
from services.relay.service import Relay
from services.settings import Settings, SettingsError
from services.storage.answers import ensure_pipeline
from services.storage.database import Database
from services.storage.records import Pipeline
from services.telemetry.metrics import Metrics
from services.telemetry.setup import Telemetry
from services.telemetry.state import State, StateFile
from services.telemetry.tracing import Tracing
from services.vitals import Breaking, Vitals


class Service(Protocol):
    """What every service is."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in flight."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a service is built in.

    Parameters
    ----------
    stack
        Whose end closes what was opened.
    vitals
        Told what to look at.
    """

    stack: AsyncExitStack
    settings: Settings
    telemetry: Telemetry
    state: StateFile
    vitals: Vitals

    def say(self, state: State, detail: str = "") -> None:
        """Say where the service is in its life, to whoever reads its file and to whoever asks `/readyz`."""
        self.vitals.say(state, detail)
        self.state.say(state, detail)


Builder = Callable[[Place], Awaitable[Service]]

NO_TOKENS: Final = 1
"""Nothing is weighed in tokens before it was read."""
INTAKE_BUDGET: Final = Budget(records=500, size=256 * 1024 * 1024, tokens=NO_TOKENS)
BUDGET_CONTEXTS: Final = 2
"""Tokens that may wait for each document in the engine, in contexts: a document fills one at most."""
LEAST_TEXT_TOKENS: Final = 256
FETCH_SECONDS: Final = 30.0
MAX_CHARACTERS: Final = 5_000_000
"""Text of one document: two thousand dense pages."""


class ServiceName(StrEnum):
    """The three services."""

    INTAKE = "intake"
    INFERENCE = "inference"
    RELAY = "relay"


def connected(settings: Settings) -> Settings:
    """Fill in broker and database of the stack that runs on this machine, where the settings name none.

    Raises
    ------
    SettingsError
        If neither the settings nor a running stack say where they are.
    """
    stack = read_stack(settings.data_dir)
    updates: dict[str, object] = {}
    for name in ("kafka_bootstrap_servers", "database_url"):
        if getattr(settings, name) is None:
            if stack is None:
                message = f"POSTKORB_{name.upper()} is not set and nothing runs here; `postkorb up` starts everything"
                raise SettingsError(message)
            updates[name] = getattr(stack, name)
    return settings.model_copy(update=updates)


def kafka_of(settings: Settings) -> KafkaConnection:
    """Give the broker of connected settings."""
    return KafkaConnection(
        bootstrap_servers=settings.kafka_bootstrap_servers or "",
        protocol=settings.kafka_security_protocol,
        mechanism=settings.kafka_sasl_mechanism,
        username=settings.kafka_username,
        password=settings.kafka_password,
        ca_file=str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
    )


async def make_topics(settings: Settings) -> None:
    """Create the deployment's topics, where they are not there."""
    await ensure_topics(kafka_of(settings), settings.topics.all, settings.partitions, settings.replication_factor)


def types_of(settings: Settings) -> DocumentTypes:
    """Read the configured document types."""
    return load_document_types(*settings.types_dirs)


@asynccontextmanager
async def database_of(settings: Settings, application: str) -> AsyncIterator[Database]:
    """Open the database of connected settings, once its schema is known to be ours."""
    url = settings.database_url
    async with Database.open(url.get_secret_value() if url else "", application_name=application) as database:
        await database.check_schema()
        yield database


async def build(name: ServiceName, place: Place) -> Service:
    """Build a service; it consumes nothing before it runs."""
    return await _BUILDERS[name](place)


async def _intake(place: Place) -> Intake:
    settings, telemetry = place.settings, place.telemetry
    database, _revision = await _checked_database(place, ServiceName.INTAKE)
    await make_topics(settings)
    parser = await place.stack.enter_async_context(parser_of(settings))
    membership = Membership(INTAKE_GROUP, settings.instance)
    consumption = Consumption(kafka_of(settings), settings.topics.submitted, membership, INTAKE_BUDGET)
    intake = Intake(
        await place.stack.enter_async_context(consumption),
        fetcher_of(settings),
        parser,
        Store(database, settings.topics),
        IntakeLimits(2 * settings.parsers, MAX_RECORD_BYTES),
        retries_of(settings),
        telemetry.tracing,
        telemetry.metrics,
    )
    _watch_consumer(place, consumption, intake)
    return intake


async def _inference(place: Place) -> Inference:
    settings, telemetry = place.settings, place.telemetry
    types = types_of(settings)
    database, revision = await _checked_database(place, ServiceName.INFERENCE, types)
    calibration = calibration_of(settings)
    # The engine is loaded before the consumer group is joined: loading blocks, and heartbeats would stop.
    engine = await load_engine(settings, lambda detail: place.say(State.LOADING, detail))
    place.stack.push_async_callback(engine.close)
    place.vitals.watch_engine(lambda: engine.trouble)
    asker = await asker_of(settings, engine, types, calibration, telemetry.tracing, telemetry.metrics)
    pipeline = configured_pipeline(settings, engine, types, calibration)
    await database.in_transaction(lambda connection: ensure_pipeline(connection, pipeline))
    await make_topics(settings)
    limits = limits_of(settings)
    budget = Budget(
        records=4 * limits.documents,
        size=64 * 1024 * 1024,
        tokens=BUDGET_CONTEXTS * limits.documents * engine.context_tokens,
    )
    membership = Membership(INFERENCE_GROUP, settings.instance)
    consumption = Consumption(kafka_of(settings), settings.topics.parsed, membership, budget, estimated_tokens)
    inference = Inference(
        await place.stack.enter_async_context(consumption),
        engine,
        asker,
        Recorder(database, settings.topics, pipeline, revision),
        limits,
        retries_of(settings),
        telemetry.tracing,
        telemetry.metrics,
    )
    _watch_consumer(place, consumption, inference)
    return inference


async def _relay(place: Place) -> Relay:
    settings, telemetry = place.settings, place.telemetry
    database, _revision = await _checked_database(place, ServiceName.RELAY)
    await make_topics(settings)
    publication = await place.stack.enter_async_context(Publication(kafka_of(settings), "postkorb-relay"))
    keep = timedelta(days=settings.outbox_keep_days)
    relay = Relay(database, publication, telemetry.tracing, telemetry.metrics, keep=keep)
    place.vitals.watch_relay(publication.probe, lambda: relay.away)
    return relay


_BUILDERS: Final[Mapping[ServiceName, Builder]] = {
    ServiceName.INTAKE: _intake,
    ServiceName.INFERENCE: _inference,
    ServiceName.RELAY: _relay,
}


def parser_of(settings: Settings) -> Parser:
    """Give what reads documents, not yet started."""
    return Parser(
        workers=settings.parsers,
        seconds=settings.parse_seconds,
        memory_mib=settings.parse_memory_mib,
        max_pages=settings.max_pages,
        max_characters=MAX_CHARACTERS,
    )


def fetcher_of(settings: Settings) -> ContentFetcher:
    """Give what fetches documents."""
    return ContentFetcher(settings.uri_prefixes, settings.max_document_bytes, FETCH_SECONDS)


def limits_of(settings: Settings) -> Limits:
    """Give how much is in the engine at a time."""
    documents = settings.batch_documents * settings.batches_in_flight
    return Limits(settings.batch_documents, documents, settings.ask_seconds)


def calibration_of(settings: Settings) -> Calibration:
    """Give what makes confidences: by the settings, else what ships for the model, else what was set by hand.

    Raises
    ------
    SettingsError
        If the file that the settings name cannot be used.
    """
    if settings.calibration is None:
        entry = load_catalogue().get(settings.model)
        shipped = entry and shipped_calibration(entry)
        return read_calibration(shipped) if shipped else UNFITTED
    try:
        return read_calibration(settings.calibration.read_bytes())
    except (OSError, CalibrationError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"POSTKORB_CALIBRATION: {settings.calibration}: {reason}"
        raise SettingsError(message) from None


def configured_pipeline(settings: Settings, engine: Engine, types: DocumentTypes, calibration: Calibration) -> Pipeline:
    """Give what makes the answers, with its fingerprint."""
    use = EInvoiceUse(settings.einvoice)
    return pipeline_of(engine.identity, types, settings.summary_language, use, calibration)


async def asker_of(
    settings: Settings,
    engine: Engine,
    types: DocumentTypes,
    calibration: Calibration,
    tracing: Tracing,
    metrics: Metrics,
) -> Asker:
    """Give what asks the engine, once every schema is known to be taken and a document to have room."""
    use = EInvoiceUse(settings.einvoice)
    asker = Asker(engine, types, settings.summary_language, tracing, metrics, use, calibration)
    await asyncio.to_thread(asker.check_schemas)
    _check_context(engine, asker.text_budget())
    return asker


def retries_of(settings: Settings) -> RetryPolicy:
    """Give how patient the deployment is with documents."""
    first, most = timedelta(seconds=settings.retry_seconds), timedelta(seconds=settings.retry_most_seconds)
    return RetryPolicy(settings.attempts, first, most)


async def _checked_database(
    place: Place, name: ServiceName, types: DocumentTypes | None = None
) -> tuple[Database, str]:
    url = place.settings.database_url
    opened = Database.open(url.get_secret_value() if url else "", f"postkorb-{name}", patient=True)
    database = await place.stack.enter_async_context(opened)
    place.vitals.watch_database(database)
    return database, await database.check_schema(types)


def _check_context(engine: Engine, left: int) -> None:
    if left < LEAST_TEXT_TOKENS:
        needed = engine.context_tokens - left + LEAST_TEXT_TOKENS
        message = f"POSTKORB_CONTEXT_TOKENS: {engine.context_tokens} leave no room for a document; at least {needed}"
        raise SettingsError(message)


def _watch_consumer(place: Place, consumption: Consumption, service: Breaking) -> None:
    place.vitals.watch_consumption(consumption, service, place.settings.stuck_seconds)


async def load_engine(settings: Settings, say: Callable[[str], None]) -> Engine:
    """Load the configured engine; the model must have been fetched before.

    Parameters
    ----------
    say
        Told what is being loaded.
    """
    if settings.engine == "remote":
        say(f"{settings.model} on {len(settings.engine_urls)} servers")
        return await connect_engine(settings)
    model = model_of(settings)
    os.environ.update(engine_environment(load_catalogue().find(settings.model)))
    say(model.name)
    from services.inference.engines.in_process import InProcessConfig, InProcessEngine  # noqa: PLC0415  (12 s of imports)

    return InProcessEngine.load(
        InProcessConfig(
            model_name=model.name,
            folder=model.folder,
            model_sha256=model.sha256,
            context_tokens=settings.context_tokens,
            kv_cache_gib=settings.kv_cache_gib,
            max_sequences=settings.max_sequences,
        )
    )


async def connect_engine(settings: Settings) -> RemoteEngine:
    """Connect to the configured servers.

    Raises
    ------
    EngineError
        If none answers, or none has the model.
    """
    config = RemoteConfig(
        urls=settings.engine_urls,
        model=settings.model,
        api_key=settings.engine_api_key,
        context_tokens=settings.context_tokens,
    )
    return await RemoteEngine.connect(config)


def model_of(settings: Settings) -> FetchedModel:
    """Give the configured model, after a look at its files.

    Raises
    ------
    ModelError
        If it is unknown, not here, or not what it was; the message has the command that helps.
    """
    return fetched(load_catalogue().find(settings.model), settings.models_folder)
