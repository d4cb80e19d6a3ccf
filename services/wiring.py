"""The composition root: settings in, running services out."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import Final, Protocol

import structlog

from schemas.document_types import DocumentTypes, load_document_types
from schemas.topics import INFERENCE_GROUP, INTAKE_GROUP
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Budget, Consumption
from services.delivery.publication import MAX_RECORD_BYTES, Publication
from services.delivery.topics import ensure_topics
from services.inference.ask import Asker
from services.inference.engines.port import Engine
from services.inference.engines.remote import RemoteConfig, RemoteEngine
from services.inference.pipeline import pipeline_of
from services.inference.record import Recorder
from services.inference.service import BatchLimits, Inference
from services.intake.fetch import ContentFetcher
from services.intake.parse import Parser
from services.intake.service import Intake
from services.intake.store import Store
from services.local.stack import read_stack
from services.models.catalogue import load_catalogue
from services.models.fetch import FetchedModel, fetched
from services.relay.service import Relay
from services.settings import Settings, SettingsError
from services.storage.answers import ensure_pipeline
from services.storage.database import Database
from services.telemetry.metrics import PartitionLag
from services.telemetry.setup import Telemetry, set_up
from services.telemetry.state import State, StateFile

log = structlog.get_logger(__name__)


class Service(Protocol):
    """What every service is."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in flight."""


Builder = Callable[[AsyncExitStack, Settings, Telemetry, StateFile], Awaitable[Service]]

INTAKE_BUDGET: Final = Budget(records=500, size=256 * 1024 * 1024)
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
    """Open the database of connected settings."""
    url = settings.database_url
    async with Database.open(url.get_secret_value() if url else "", application_name=application) as database:
        yield database


async def run_service(name: ServiceName, settings: Settings) -> None:
    """Run one service until SIGTERM or SIGINT, then let it finish what is in flight."""
    settings = connected(settings)
    state = StateFile(settings.data_dir, name)
    state.say(State.STARTING)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    telemetry = set_up(name, settings.data_dir, log_level=settings.log_level, log_format=settings.log_format)
    try:
        async with AsyncExitStack() as stack:
            service = await _BUILDERS[name](stack, settings, telemetry, state)
            state.say(State.READY)
            log.info("ready", service=name.value)
            await service.run(stop)
            state.say(State.STOPPING)
    except ExceptionGroup as group:
        raise _first_of(group) from group
    finally:
        telemetry.shutdown()


def _first_of(group: ExceptionGroup[Exception]) -> Exception:
    """Give the error that ended a service: a task that fails cancels its siblings, so there is one."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first


async def _intake(stack: AsyncExitStack, settings: Settings, telemetry: Telemetry, _: StateFile) -> Intake:
    database, _revision = await _checked_database(stack, settings, ServiceName.INTAKE)
    kafka = kafka_of(settings)
    await make_topics(settings)
    parser = await stack.enter_async_context(
        Parser(
            workers=settings.parsers,
            seconds=settings.parse_seconds,
            memory_mib=settings.parse_memory_mib,
            max_pages=settings.max_pages,
            max_characters=MAX_CHARACTERS,
        )
    )
    consumption = Consumption(kafka, settings.topics.submitted, INTAKE_GROUP, INTAKE_BUDGET, settings.instance)
    telemetry.metrics.watch_lag(lambda: _lag_of(consumption, INTAKE_GROUP))
    return Intake(
        await stack.enter_async_context(consumption),
        ContentFetcher(settings.uri_prefixes, settings.max_document_bytes, FETCH_SECONDS),
        parser,
        Store(database, settings.topics),
        telemetry.tracing,
        telemetry.metrics,
        side_by_side=2 * settings.parsers,
        max_record_bytes=MAX_RECORD_BYTES,
    )


async def _inference(stack: AsyncExitStack, settings: Settings, telemetry: Telemetry, state: StateFile) -> Inference:
    types = types_of(settings)
    database, revision = await _checked_database(stack, settings, ServiceName.INFERENCE, types)
    # The engine is loaded before the consumer group is joined: loading blocks, and heartbeats would stop.
    engine = await load_engine(settings, lambda detail: state.say(State.LOADING, detail))
    stack.push_async_callback(engine.close)
    asker = Asker(engine, types, settings.summary_language, telemetry.tracing, telemetry.metrics)
    await asyncio.to_thread(asker.check_schemas)
    if (left := asker.text_budget()) < LEAST_TEXT_TOKENS:
        needed = engine.context_tokens - left + LEAST_TEXT_TOKENS
        message = f"POSTKORB_CONTEXT_TOKENS: {engine.context_tokens} leave no room for a document; at least {needed}"
        raise SettingsError(message)
    pipeline = pipeline_of(engine.identity, types, settings.summary_language)
    await database.in_transaction(lambda connection: ensure_pipeline(connection, pipeline))
    kafka, topics = kafka_of(settings), settings.topics
    await make_topics(settings)
    limits = BatchLimits(settings.batch_documents, settings.batches_in_flight)
    budget = Budget(records=4 * limits.documents * limits.in_flight, size=64 * 1024 * 1024)
    consumption = Consumption(kafka, topics.parsed, INFERENCE_GROUP, budget, settings.instance)
    telemetry.metrics.watch_lag(lambda: _lag_of(consumption, INFERENCE_GROUP))
    return Inference(
        await stack.enter_async_context(consumption),
        engine,
        asker,
        Recorder(database, topics, pipeline, revision),
        limits,
        telemetry.tracing,
        telemetry.metrics,
    )


async def _relay(stack: AsyncExitStack, settings: Settings, telemetry: Telemetry, _: StateFile) -> Relay:
    database, _revision = await _checked_database(stack, settings, ServiceName.RELAY)
    kafka = kafka_of(settings)
    await make_topics(settings)
    publication = await stack.enter_async_context(Publication(kafka, "postkorb-relay"))
    return Relay(database, publication, telemetry.tracing, telemetry.metrics)


_BUILDERS: Final[Mapping[ServiceName, Builder]] = {
    ServiceName.INTAKE: _intake,
    ServiceName.INFERENCE: _inference,
    ServiceName.RELAY: _relay,
}


async def _checked_database(
    stack: AsyncExitStack, settings: Settings, name: ServiceName, types: DocumentTypes | None = None
) -> tuple[Database, str]:
    database = await stack.enter_async_context(database_of(settings, f"postkorb-{name}"))
    return database, await database.check_schema(types)


def _lag_of(consumption: Consumption, group: str) -> list[PartitionLag]:
    return [PartitionLag(group, consumption.topic, *item) for item in consumption.lag().items()]


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
