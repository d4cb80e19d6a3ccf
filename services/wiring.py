"""The composition root: settings in, running services out."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar

from schemas.document_types import OTHER, DocumentTypes, load_document_types
from schemas.events import Step
from schemas.topics import INFERENCE_GROUP, INTAKE_GROUP
from services.answers.calibration import UNFITTED, Calibration, CalibrationError, read_calibration
from services.answers.learned_words import LearnedWords, LearnedWordsError, read_learned_words, shipped_words
from services.answers.places.learned import LearnedPlaces, LearnedPlacesError, read_learned_places, shipped_places
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Consumption, Membership
from services.delivery.in_flight import Budget
from services.delivery.publication import MAX_RECORD_BYTES, Publication
from services.delivery.retrying import RetryPolicy
from services.delivery.topics import ensure_topics
from services.inference.ask import Asker
from services.inference.einvoice import EInvoiceUse
from services.inference.engines.lora import LoraAdapter
from services.inference.engines.port import Engine, EngineError, server_address
from services.inference.engines.remote import SEQUENCES_OF_A_SERVER, RemoteConfig, RemoteEngine
from services.inference.engines.routed import RoutedEngine
from services.inference.metering import MeteredEngine
from services.inference.parsed import estimated_tokens
from services.inference.pipeline import pipeline_of
from services.inference.record import Recorder
from services.inference.routes import NO_ROUTING, Routes, RoutesError, Routing, read_routes
from services.inference.service import Inference, Limits
from services.intake.fetch import ContentFetcher
from services.intake.parse import Parser
from services.intake.service import Intake, IntakeLimits
from services.intake.store import Store
from services.local.stack import read_stack
from services.models.adapters import check_fits
from services.models.catalogue import FolderSource, load_catalogue, shipped_calibration
from services.models.fetch import FetchedModel, fetched
from services.models.terms import Terms, this_machine
from services.relay.service import Relay
from services.settings import Settings, SettingsError
from services.storage.answers import ensure_pipeline
from services.storage.database import Database
from services.storage.records import Pipeline, Price
from services.telemetry.load_times import LoadTimes
from services.telemetry.metrics import Metrics
from services.telemetry.setup import Telemetry
from services.telemetry.state import State, StateFile
from services.telemetry.tracing import Tracing
from services.vitals import Breaking, Vitals

SIGNALLED: Final = 128
"""Exit code of a process that a signal ends, with its number added."""
STEP_SECONDS: Final = 120.0
"""How long a step of a start may take; loading a model has a setting. What it waits for, such as a broker that does not
answer, is given up sooner and said."""


_Read = TypeVar("_Read")


class Service(Protocol):
    """What every service is."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in flight."""


@dataclass(slots=True)
class Loading:
    """Whether a service loads a model in its event loop's own thread, which hears nothing meanwhile.

    Parameters
    ----------
    signal
        What the process was sent before.
    """

    now: bool = False
    signal: int | None = None

    def begin(self) -> None:
        """Say that it begins; who was asked to end does so."""
        self.now = True
        if self.signal is not None:
            os._exit(SIGNALLED + self.signal)


@dataclass(frozen=True, slots=True)
class Place:
    """What a service is built in.

    Parameters
    ----------
    stack
        Whose end closes what was opened.
    vitals
        Told what to look at.
    loading
        Told while a model is loaded.
    """

    stack: AsyncExitStack
    settings: Settings
    telemetry: Telemetry
    state: StateFile
    vitals: Vitals
    loading: Loading = field(default_factory=Loading)

    def say(self, state: State, detail: str = "", expected_seconds: float | None = None) -> None:
        """Say where the service is in its life, to whoever reads its file and to whoever asks `/readyz`."""
        self.vitals.say(state, detail, expected_seconds)
        self.state.say(state, detail, expected_seconds)

    @contextmanager
    def step(self, name: str, limit_seconds: float = STEP_SECONDS) -> Iterator[None]:
        """Do a step of the start: it is said, and may not go without progress for longer than the limit."""
        self.say(State.STARTING, name)
        with self.vitals.start.step(name, min(limit_seconds, self.settings.start_seconds)):
            yield


Builder = Callable[[Place], Awaitable[Service]]

NO_TOKENS: Final = 1
"""Nothing is weighed in tokens before it was read."""
INTAKE_BUDGET: Final = Budget(records=500, size=256 * 1024 * 1024, tokens=NO_TOKENS)
BUDGET_CONTEXTS: Final = 2
"""Tokens that may wait for each request in the engine, in contexts: a request fills one at most."""
LEAST_TEXT_TOKENS: Final = 256
FETCH_SECONDS: Final = 30.0
MAX_CHARACTERS: Final = 5_000_000
"""Text of one document: two thousand dense pages."""
_UNUSABLE: Final = (OSError, CalibrationError, LearnedPlacesError, LearnedWordsError, RoutesError)
"""What a file that a setting names raises if it cannot be read, or is none of its kind."""


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
    place.telemetry.metrics.begin(_STEPS[name])
    return await _BUILDERS[name](place)


async def _intake(place: Place) -> Intake:
    settings, telemetry = place.settings, place.telemetry
    database, _revision = await _checked_database(place, ServiceName.INTAKE)
    await _there_are_topics(place)
    with place.step("parsers"):
        parser = await place.stack.enter_async_context(parser_of(settings))
    membership = Membership(INTAKE_GROUP, settings.instance)
    consumption = Consumption(kafka_of(settings), [settings.topics.submitted], membership, INTAKE_BUDGET)
    intake = Intake(
        await _begun(place, consumption),
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
    await _there_are_topics(place)
    calibration, routing = calibration_of(settings), routing_of(settings)
    # The engine is loaded before the consumer group is joined: loading blocks, and heartbeats would stop.
    engine = MeteredEngine(await _loaded_engine(place, routing.routes))
    with place.step("schemas"):
        asker = await asker_of(settings, engine, types, calibration, telemetry.tracing, telemetry.metrics, routing)
    pipeline = configured_pipeline(settings, engine, types, calibration, routing)
    with place.step("pipeline"):
        await database.in_transaction(lambda connection: ensure_pipeline(connection, pipeline))
    limits = limits_of(settings, engine)
    budget = Budget(
        records=4 * limits.documents,
        size=64 * 1024 * 1024,
        tokens=BUDGET_CONTEXTS * limits.documents * engine.context_tokens,
    )
    membership = Membership(INFERENCE_GROUP, settings.instance)
    consumption = Consumption(kafka_of(settings), settings.topics.all_parsed, membership, budget, estimated_tokens)
    inference = Inference(
        await _begun(place, consumption),
        engine,
        asker,
        Recorder(database, settings.topics, pipeline, revision, price_of(settings)),
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
    await _there_are_topics(place)
    with place.step("publisher"):
        publication = await place.stack.enter_async_context(Publication(kafka_of(settings), "postkorb-relay"))
    keep = timedelta(days=settings.outbox_keep_days)
    relay = Relay(database, publication, telemetry.tracing, telemetry.metrics, keep=keep)
    place.vitals.watch_relay(publication.probe, lambda: relay.away)
    return relay


_STEPS: Final[Mapping[ServiceName, Sequence[Step]]] = {
    ServiceName.INTAKE: (Step.ACCEPT, Step.PARSE, Step.STORE),
    ServiceName.INFERENCE: (Step.ADMIT, Step.ASK, Step.CHECK, Step.RECORD),
    ServiceName.RELAY: (Step.RELAY,),
}
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


def limits_of(settings: Settings, engine: Engine) -> Limits:
    """Give how much is in the engine at a time: what it computes side by side."""
    return Limits(settings.batch_documents, engine.side_by_side, settings.ask_seconds, settings.max_windows)


def price_of(settings: Settings) -> Price | None:
    """Give what an hour of the engine costs, if the settings say so."""
    if settings.hourly_price is None or settings.currency is None:
        return None
    return Price(settings.hourly_price, settings.currency)


def calibration_of(settings: Settings) -> Calibration:
    """Give what makes confidences, with the owner's own bounds of what is looked at and what is stated, if there are.

    Raises
    ------
    SettingsError
        If the file that the settings name cannot be used.
    """
    return _with_own_bounds(settings, _calibration_file(settings))


def _with_own_bounds(settings: Settings, found: Calibration) -> Calibration:
    bound = settings.propose_below
    own = {"review_below": settings.review_below, "propose_below": bound, "propose_optional_below": bound}
    return found.model_copy(update={name: bound for name, bound in own.items() if bound is not None})


def _calibration_file(settings: Settings) -> Calibration:
    """Give the calibration of the settings, else what ships for the model, else what was set by hand.

    Raises
    ------
    SettingsError
        If the file that the settings name cannot be used.
    """
    if settings.calibration is None:
        entry = load_catalogue().get(settings.model)
        shipped = entry and shipped_calibration(entry)
        return read_calibration(shipped) if shipped else UNFITTED
    return _read("POSTKORB_CALIBRATION", settings.calibration, read_calibration)


def words_of(settings: Settings) -> LearnedWords:
    """Give the learned words of the settings, else those that ship.

    Raises
    ------
    SettingsError
        If the file that the settings name cannot be used, or is of other types altogether.
    """
    if settings.learned_words is None:
        return shipped_words()
    words = _read("POSTKORB_LEARNED_WORDS", settings.learned_words, read_learned_words)
    if set(words.types) & set(types_of(settings)) == {OTHER}:
        message = (
            f"POSTKORB_LEARNED_WORDS: {settings.learned_words}: learned for {', '.join(words.types)}, and none of "
            "these is a type here; `postkorb types learn` learns them anew"
        )
        raise SettingsError(message)
    return words


def places_of(settings: Settings) -> LearnedPlaces:
    """Give the learned places of the settings, else those that ship.

    Raises
    ------
    SettingsError
        If the file that the settings name cannot be used.
    """
    if settings.learned_places is None:
        return shipped_places()
    return _read("POSTKORB_LEARNED_PLACES", settings.learned_places, read_learned_places)


def _read(setting: str, file: Path, read: Callable[[bytes], _Read]) -> _Read:
    """Read the file that a setting names; what is wrong with it is said with the setting's name."""
    try:
        return read(file.read_bytes())
    except _UNUSABLE as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"{setting}: {file}: {reason}"
        raise SettingsError(message) from None


def routing_of(settings: Settings) -> Routing:
    """Give which model reads what, and what makes confidences where it is not the deployment's own.

    What ships for a model says nothing of another one, or of an adapter; what the owner fitted, he fitted with all.

    Raises
    ------
    SettingsError
        If the routes cannot be used.
    """
    if settings.routes is None:
        return NO_ROUTING
    routes = _read("POSTKORB_ROUTES", settings.routes, lambda text: _routes(settings, text))
    if settings.calibration is None:
        return Routing(routes, _with_own_bounds(settings, UNFITTED))
    return Routing(routes, calibration_of(settings))


def _routes(settings: Settings, text: bytes) -> Routes:
    """Read routes, and hold the models that they lead to against the engine that there is."""
    routes = read_routes(text, types_of(settings))
    _check_models(settings, routes)
    return routes


def _check_models(settings: Settings, routes: Routes) -> None:
    catalogue = load_catalogue()
    for name, model in routes.models.items():
        reason = None
        if name == settings.model:
            reason = "is POSTKORB_MODEL, which reads whatever has no route"
        elif settings.engine == "remote" and model.adapter:
            reason = (
                "cannot be loaded from here; let the servers of POSTKORB_ENGINE_URLS offer it, and leave `adapter` out"
            )
        elif settings.engine == "in-process" and not model.adapter and not model.urls:
            reason = "needs `adapter`, or `urls` of servers that offer it: in the process there is one model"
        elif model.adapter and name in catalogue:
            reason = "is a model of the catalogue; give the adapter another name"
        elif settings.engine == "remote" and model.servers & set(map(server_address, settings.engine_urls)):
            reason = "is on servers of POSTKORB_ENGINE_URLS; leave `urls` out, and let all of those offer it"
        elif isinstance(model.adapter, FolderSource) and not model.adapter.path.expanduser().is_dir():
            reason = f"is to be in {model.adapter.path}, and there is no such folder"
        if reason:
            message = f"model {name} {reason}"
            raise RoutesError(message)


def configured_pipeline(
    settings: Settings,
    engine: Engine,
    types: DocumentTypes,
    calibration: Calibration,
    routing: Routing = NO_ROUTING,
) -> Pipeline:
    """Give what makes the answers, with its fingerprint."""
    use = EInvoiceUse(settings.einvoice)
    return pipeline_of(
        engine.identity,
        types,
        settings.summary_language,
        use,
        calibration,
        settings.max_windows,
        routing,
        words_of(settings),
        settings.words_decide_from,
        places_of(settings),
        engine.context_tokens,
    )


async def asker_of(
    settings: Settings,
    engine: Engine,
    types: DocumentTypes,
    calibration: Calibration,
    tracing: Tracing,
    metrics: Metrics,
    routing: Routing = NO_ROUTING,
) -> Asker:
    """Give what asks the engine, once every schema is known to be taken and a document to have room."""
    use = EInvoiceUse(settings.einvoice)
    asker = Asker(
        engine,
        types,
        settings.summary_language,
        tracing,
        metrics,
        use,
        calibration,
        routing,
        words_of(settings),
        settings.words_decide_from,
        places_of(settings),
    )
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
    with place.step("database"):
        database = await place.stack.enter_async_context(opened)
        place.vitals.watch_database(database)
        return database, await database.check_schema(types)


async def _there_are_topics(place: Place) -> None:
    with place.step("topics"):
        await make_topics(place.settings)


async def _begun(place: Place, consumption: Consumption) -> Consumption:
    with place.step("consumer group"):
        return await place.stack.enter_async_context(consumption)


async def _loaded_engine(place: Place, routes: Routes) -> Engine:
    """Load the engine; said are what is loaded, and how long that took the last time."""
    settings, times, began = place.settings, LoadTimes(place.settings.data_dir), time.monotonic()
    said: list[str] = []

    def say(what: str) -> None:
        said.append(what)
        place.say(State.LOADING, what, times.last(what))
        place.vitals.start.progress(what, times.last(what))

    with place.step("model", settings.start_seconds):
        if settings.engine == "in-process":
            place.loading.begin()
        engine = await load_engine(settings, say, routes)
        place.loading.now = False
    place.stack.push_async_callback(engine.close)
    place.vitals.watch_engine(lambda: engine.trouble)
    if settings.engine == "in-process":  # servers elsewhere have loaded theirs
        times.keep(said[0], time.monotonic() - began)
    return engine


def _check_context(engine: Engine, left: int) -> None:
    if left < LEAST_TEXT_TOKENS:
        needed = engine.context_tokens - left + LEAST_TEXT_TOKENS
        message = f"POSTKORB_CONTEXT_TOKENS: {engine.context_tokens} leave no room for a document; at least {needed}"
        raise SettingsError(message)


def _watch_consumer(place: Place, consumption: Consumption, service: Breaking) -> None:
    place.telemetry.metrics.commit_failed(consumption.group, 0)
    place.vitals.watch_consumption(consumption, service, place.settings.stuck_seconds)


async def load_engine(settings: Settings, say: Callable[[str], None], routes: Routes = NO_ROUTING.routes) -> Engine:
    """Load the configured engine, and connect to the servers of further models; what it loads was fetched before.

    Parameters
    ----------
    say
        Told what is being loaded.

    Raises
    ------
    EngineError
        If a model or an adapter cannot be loaded, or no server of one answers.
    """
    own = await _own_engine(settings, say, routes)
    others: dict[str, Engine] = {}
    async with AsyncExitStack() as opened:
        opened.push_async_callback(own.close)
        for urls, names in routes.servers().items():
            say(f"{', '.join(names)} on {len(urls)} servers")
            # One try a server, and no waiting: the document comes again, and until then others have its place.
            config = _remote_config(settings, sorted(urls), names[0])
            config = replace(config, attempts=len(urls), waits=False, others=names)
            engine = await RemoteEngine.connect(config)
            opened.push_async_callback(engine.close)
            others |= dict.fromkeys(names, engine)
        opened.pop_all()
    return RoutedEngine(own, others) if others else own


def terms_of(settings: Settings) -> Terms:
    """Give the terms on which this deployment takes models."""
    return Terms(
        licences=settings.allowed_licences,
        machine=this_machine() if settings.engine == "in-process" else None,
        kv_cache_gib=settings.kv_cache_gib,
        context_tokens=settings.context_tokens,
    )


async def _own_engine(settings: Settings, say: Callable[[str], None], routes: Routes) -> Engine:
    if settings.engine == "remote":
        say(f"{settings.model} on {len(settings.engine_urls)} servers")
        return await connect_engine(settings, routes)
    model = model_of(settings)
    entry = load_catalogue().find(settings.model)
    terms = terms_of(settings)
    os.environ.update(terms.engine_environment(entry))
    dtype = terms.dtype(entry)
    in_32_bits = ", in 32 bits: this CPU has no instructions for 16" if dtype == "float32" else ""
    say(f"{model.name} ({model.manifest.weights_bytes / 2**30:.1f} GiB{in_32_bits})")
    from services.inference.engines.in_process import InProcessConfig, InProcessEngine  # noqa: PLC0415  (12 s of imports)

    engine = InProcessEngine.load(
        InProcessConfig(
            model_name=model.name,
            folder=model.folder,
            model_sha256=model.sha256,
            context_tokens=settings.context_tokens,
            kv_cache_gib=settings.kv_cache_gib,
            max_sequences=settings.max_sequences,
            adapters=adapters_of(settings, routes, model),
            dtype=dtype,
        )
    )
    try:
        await engine.load_adapters()
    except EngineError:
        await engine.close()
        raise
    return engine


async def connect_engine(settings: Settings, routes: Routes = NO_ROUTING.routes) -> RemoteEngine:
    """Connect to the configured servers.

    Raises
    ------
    EngineError
        If none answers, or one lacks a model.
    """
    config = _remote_config(settings, settings.engine_urls, settings.model)
    others = [name for name, model in routes.models.items() if not model.urls]
    return await RemoteEngine.connect(replace(config, others=others))


def _remote_config(settings: Settings, urls: Sequence[str], model: str) -> RemoteConfig:
    return RemoteConfig(
        urls,
        model,
        settings.engine_api_key,
        settings.context_tokens,
        request_seconds=settings.ask_seconds,
        side_by_side=settings.max_sequences or SEQUENCES_OF_A_SERVER,
    )


def model_of(settings: Settings) -> FetchedModel:
    """Give the configured model, after a look at its files.

    Raises
    ------
    ModelError
        If it is unknown, not here, or not what it was; the message has the command that helps.
    """
    return fetched(load_catalogue().find(settings.model), settings.models_folder)


def adapters_of(settings: Settings, routes: Routes, model: FetchedModel) -> list[LoraAdapter]:
    """Give the adapters that routes lead to, after a look at their files and at what model they are of.

    Raises
    ------
    ModelError
        If one is not here, not what it was, or another model's.
    """
    of_model, found = load_catalogue().find(settings.model), []
    for entry in routes.adapters():
        adapter = fetched(entry, settings.models_folder)
        rank = check_fits(entry, adapter.folder, of_model, model.folder).rank
        found.append(LoraAdapter(entry.name, adapter.folder, adapter.sha256, rank))
    return found
