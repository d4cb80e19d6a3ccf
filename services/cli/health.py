"""What `doctor` finds: where everything is, and whether it is healthy."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import httpx

from schemas.document_types import DocumentTypeError
from services.cli.output import console, print_json, table_of
from services.delivery.errors import BrokerError
from services.delivery.topics import missing_topics
from services.inference.engines.port import EngineError
from services.models.errors import ModelError
from services.settings import Settings, SettingsError
from services.storage.address import without_password
from services.storage.errors import StorageError
from services.telemetry.state import read_state
from services.wiring import (
    ServiceName,
    adapters_of,
    connect_engine,
    connected,
    database_of,
    kafka_of,
    model_of,
    routing_of,
    types_of,
)

HEALTH_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    detail
        What it is, or what is wrong and what helps.
    """

    what: str
    healthy: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """Where everything is, and what was found."""

    kafka_bootstrap_servers: str | None
    database_url: str | None
    model: str
    engine: str
    data_dir: str
    findings: Sequence[Finding]

    @property
    def healthy(self) -> bool:
        """Everything is as it should be."""
        return all(finding.healthy for finding in self.findings)


async def look(settings: Settings) -> Health:
    """Look at broker, database, model, document types, and the services of this machine."""
    try:
        there = connected(settings)
        findings = [await _broker(there), await _database(there)]
    except SettingsError as error:
        there = settings
        findings = [Finding("stack", healthy=False, detail=str(error))]
    findings += [_types(settings), await _model(settings), *(_service(settings, name) for name in ServiceName)]
    return Health(
        kafka_bootstrap_servers=there.kafka_bootstrap_servers,
        database_url=_url_to_show(settings, there),
        model=settings.model,
        engine=settings.engine,
        data_dir=str(settings.data_dir.resolve()),
        findings=findings,
    )


def print_health(health: Health, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        print_json(asdict(health) | {"healthy": health.healthy})
        return
    console.print(f"broker    {health.kafka_bootstrap_servers or 'none'}", highlight=False)
    console.print(f"database  {health.database_url or 'none'}", highlight=False, soft_wrap=True)
    console.print(f"model     {health.model} ({health.engine})", highlight=False)
    rows = [("ok" if finding.healthy else "NOT OK", finding.what, finding.detail) for finding in health.findings]
    console.print(table_of("Health", ("", "what", "detail"), rows))


def _url_to_show(settings: Settings, there: Settings) -> str | None:
    if there.database_url is None:
        return None
    url = there.database_url.get_secret_value()
    # The local server's password was made on this machine for whoever owns the data folder; a configured one is secret.
    shown = url if settings.database_url is None else without_password(url)
    return shown.replace("+asyncpg", "", 1)  # as psql and every other client take it


async def _broker(settings: Settings) -> Finding:
    try:
        missing = await missing_topics(kafka_of(settings), settings.topics.all)
    except BrokerError as error:
        return Finding("broker", healthy=False, detail=str(error))
    if missing:
        return Finding("broker", healthy=False, detail=f"topics that are not there yet: {', '.join(missing)}")
    return Finding("broker", healthy=True, detail="answers, and every topic is there")


async def _database(settings: Settings) -> Finding:
    try:
        async with database_of(settings, "postkorb-doctor") as database:
            revision = await database.check_schema(types_of(settings))
    except (StorageError, DocumentTypeError) as error:
        return Finding("database", healthy=False, detail=str(error))
    return Finding("database", healthy=True, detail=f"answers, and its schema is this version's: {revision}")


def _types(settings: Settings) -> Finding:
    try:
        types = types_of(settings)
    except DocumentTypeError as error:
        return Finding("document types", healthy=False, detail=str(error))
    return Finding("document types", healthy=True, detail=", ".join(types))


async def _model(settings: Settings) -> Finding:
    if settings.engine == "remote":
        return await _remote_model(settings)
    try:
        model = model_of(settings)
        adapters = adapters_of(settings, routing_of(settings).routes, model)
    except (ModelError, SettingsError, DocumentTypeError) as error:
        return Finding("model", healthy=False, detail=str(error))
    with_adapters = "".join(f"; adapter {adapter.name}, sha256 {adapter.sha256}" for adapter in adapters)
    said = f"{model.name}, {model.manifest.licence}, sha256 {model.sha256}{with_adapters}"
    return Finding("model", healthy=True, detail=said)


async def _remote_model(settings: Settings) -> Finding:
    try:
        engine = await connect_engine(settings, routing_of(settings).routes)
    except (EngineError, SettingsError, DocumentTypeError) as error:
        return Finding("model", healthy=False, detail=str(error))
    await engine.close()
    models = ", ".join([settings.model, *engine.identity.others])
    return Finding("model", healthy=True, detail=f"{models} at {', '.join(settings.engine_urls)}")


def _service(settings: Settings, name: ServiceName) -> Finding:
    state = read_state(settings.data_dir, name)
    if state is None:
        return Finding(name.value, healthy=False, detail="does not run on this machine; `postkorb up` starts it")
    detail = f"{state.told}, process {state.pid}, {state.health_url}"
    reasons = _reasons(state.health_url)
    return Finding(name.value, healthy=not reasons, detail="; ".join([*reasons, detail]))


def _reasons(health_url: str) -> list[str]:
    """Ask a service why it is not ready; nothing if it is."""
    try:
        report = httpx.get(f"{health_url}/readyz", timeout=HEALTH_SECONDS, trust_env=False).json()
        return [f"{check['name']}: {check['reason']}" for check in report["checks"] if not check["healthy"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError) as error:
        return [f"does not answer ({type(error).__name__})"]
