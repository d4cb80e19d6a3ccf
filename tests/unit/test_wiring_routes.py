"""The engine of a deployment with routes: servers of several models, and what stops the start."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest
from safetensors_files import safetensors, write_adapter
from scripted_server import MODEL, ScriptedServer, scripted_server

from services import wiring
from services.answers.calibration import UNFITTED
from services.cli import serving
from services.inference.engines import remote
from services.inference.engines.canary import CanaryError
from services.inference.engines.in_process import InProcessConfig, InProcessEngine
from services.inference.engines.port import EngineAwayError, EngineError, ModelIdentity, ModelNotOfferedError, Prompt
from services.inference.engines.remote import RemoteConfig, RemoteEngine
from services.inference.routes import NO_ROUTING, Routes
from services.models.adapters import AdapterError
from services.models.errors import ModelError
from services.models.fetch import fetch
from services.models.terms import GIB, Machine, ModelRefusedError
from services.settings import Settings, SettingsError
from services.wiring import adapters_of, limits_of, load_engine, model_of, routing_of

QUERY = "model.layers.0.self_attn.q_proj"
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
DEAD = "http://127.0.0.1:9"


@pytest.fixture
def servers() -> Iterator[Sequence[ScriptedServer]]:
    with scripted_server() as one, scripted_server() as other:
        yield one, other


def settings(tmp_path: Path, routes: str | None = None, **changes: object) -> Settings:
    if routes is not None:
        changes["routes"] = tmp_path / "routes.yaml"
        (tmp_path / "routes.yaml").write_text(routes, "utf-8")
    remote_engine = {"engine": "remote", "engine_urls": ["http://nowhere"], "model": MODEL, "data_dir": tmp_path}
    return Settings(**remote_engine | changes)  # type: ignore[arg-type]


def route(name: str, more: str = "{}") -> str:
    return f"models: {{{name}: {more}}}\nroutes: [{{tenant: acme, model: {name}}}]"


def served(tmp_path: Path, servers: Sequence[ScriptedServer], routes: str) -> dict[str | None, list[str]]:
    """Ask each model once; give which models each server was asked for then, by its place."""
    where = settings(tmp_path, routes, engine_urls=[servers[0].url])

    async def ask() -> None:
        engine = await load_engine(where, lambda _: None, routing_of(where).routes)
        for server in servers:
            server.asked.clear()
        for name in (None, *engine.identity.others):
            await engine.generate(Prompt("r", "s", "u", SCHEMA, 9, model=name))
        await engine.close()

    asyncio.run(ask())
    return {server.url: [one.model for one in server.asked] for server in servers}


def test_without_routes_there_is_the_one_engine(tmp_path: Path) -> None:
    assert routing_of(settings(tmp_path)) is NO_ROUTING


def test_adapters_of_the_servers_are_asked_for_by_their_names(
    tmp_path: Path, servers: Sequence[ScriptedServer]
) -> None:
    servers[0].adapters.append("acme-invoices")
    asked = served(tmp_path, servers, route("acme-invoices"))
    assert asked == {servers[0].url: [MODEL, "acme-invoices"], servers[1].url: []}


def test_a_model_with_servers_of_its_own_is_asked_there(tmp_path: Path, servers: Sequence[ScriptedServer]) -> None:
    servers[1].others.append("medical")
    asked = served(tmp_path, servers, route("medical", f"{{urls: ['{servers[1].url}']}}"))
    assert asked == {servers[0].url: [MODEL], servers[1].url: ["medical"]}


def test_models_of_the_same_servers_are_tried_for_being_mixed_up(
    tmp_path: Path, servers: Sequence[ScriptedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    async def try_them(_: object, names: Sequence[str]) -> frozenset[str]:
        tried.append(list(names))
        return frozenset(names)

    monkeypatch.setattr(remote, "check_apart", try_them)
    servers[1].others.append("medical")
    servers[1].adapters.append("letters")
    urls = f"{{urls: ['{servers[1].url}/v1']}}"
    routes = f"""
models: {{medical: {urls}, letters: {urls}}}
routes: [{{document_type: medical_report, model: medical}}, {{tenant: acme, model: letters}}]
"""
    asked = served(tmp_path, servers, routes)
    assert tried == [["medical", "letters"]]
    assert asked == {servers[0].url: [MODEL], servers[1].url: ["medical", "letters"]}


def test_the_identity_tells_adapters_from_models(tmp_path: Path, servers: Sequence[ScriptedServer]) -> None:
    servers[0].adapters.append("acme-invoices")
    servers[0].others.append("large")
    servers[1].others.append("medical")
    routes = f"""
models: {{acme-invoices: {{}}, large: {{}}, medical: {{urls: ['{servers[1].url}']}}}}
routes:
  - {{tenant: acme, document_type: invoice, model: acme-invoices}}
  - {{tenant: acme, model: large}}
  - {{document_type: medical_report, model: medical}}
"""
    where = settings(tmp_path, routes, engine_urls=[servers[0].url])
    engine = asyncio.run(load_engine(where, lambda _: None, routing_of(where).routes))
    openai = {"engine": "openai-compatible", "temperature": "0"}
    assert engine.identity.others == {
        "acme-invoices": ModelIdentity(MODEL, "0" * 64, "acme-invoices", "remote:acme-invoices"),
        "large": ModelIdentity("large", "remote:large"),
        "medical": ModelIdentity("medical", "remote:medical", settings=openai),
    }
    assert engine.context_tokens == 2048


@pytest.mark.parametrize(("each", "together"), [(None, 128), (5, 10)])
def test_each_server_has_its_own_documents_in_work(
    tmp_path: Path, servers: Sequence[ScriptedServer], each: int | None, together: int
) -> None:
    where = settings(tmp_path, engine_urls=[server.url for server in servers], max_sequences=each)
    engine = asyncio.run(load_engine(where, lambda _: None))
    assert limits_of(where, engine).documents == engine.side_by_side == together


def test_a_model_that_is_an_adapter_on_its_servers_says_of_which_model(
    tmp_path: Path, servers: Sequence[ScriptedServer]
) -> None:
    servers[0].adapters.append("blank")
    engine = asyncio.run(load_engine(settings(tmp_path, engine_urls=[servers[0].url], model="blank"), lambda _: None))
    assert (engine.identity.model, engine.identity.settings["base_model"]) == ("blank", MODEL)


def test_a_model_that_no_server_offers_stops_the_start(tmp_path: Path, servers: Sequence[ScriptedServer]) -> None:
    for more in ("{}", f"{{urls: ['{servers[1].url}']}}"):
        with pytest.raises(ModelNotOfferedError, match=r"no model 'medical' but scripted: .*POSTKORB_ROUTES"):
            served(tmp_path, servers, route("medical", more))


def test_a_server_that_cannot_be_tried_is_not_used(tmp_path: Path, servers: Sequence[ScriptedServer]) -> None:
    """Its models might be mixed up, and nobody would see it."""
    servers[0].adapters.append("acme-invoices")

    async def kept() -> list[str]:
        where = settings(tmp_path, route("acme-invoices"), engine_urls=[DEAD, servers[0].url])
        engine = await load_engine(where, lambda _: None, routing_of(where).routes)
        await engine.close()
        assert isinstance(engine, remote.RemoteEngine)
        return [server.url for server in engine._servers]

    assert asyncio.run(kept()) == [servers[0].url]


def test_a_server_that_mixes_models_up_stops_the_start(
    tmp_path: Path, servers: Sequence[ScriptedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mixed_up(*_: object) -> frozenset[str | None]:
        message = "mixed up"
        raise CanaryError(message)

    monkeypatch.setattr(remote, "check_apart", mixed_up)
    servers[0].adapters.append("acme-invoices")
    with pytest.raises(CanaryError, match="mixed up"):
        served(tmp_path, servers, route("acme-invoices"))


def test_a_routed_model_whose_servers_are_away_stops_the_start(
    tmp_path: Path, servers: Sequence[ScriptedServer]
) -> None:
    with pytest.raises(EngineAwayError, match=r"no server answers .*POSTKORB_ROUTES"):
        served(tmp_path, servers, route("medical", f"{{urls: ['{DEAD}']}}"))


FOLDER = "{adapter: {kind: folder, path: adapter}}"
TWO_MODELS = """
models: {acme: {urls: ['http://x:abc']}, other: {urls: ['http://y']}}
routes: [{tenant: acme, model: acme}, {tenant: other, model: other}]
"""


@pytest.mark.parametrize(
    ("routes", "changes", "reason"),
    [
        (route(MODEL), {}, f"model {MODEL} is POSTKORB_MODEL"),
        (route("acme", FOLDER), {}, "leave `adapter` out"),
        (route("acme", "{urls: ['http://nowhere/v1']}"), {}, "leave `urls` out"),
        (route("acme", FOLDER), {"engine": "in-process", "model": "phi-4"}, "to be in adapter, and there is no such"),
        (route("acme"), {"engine": "in-process", "model": "phi-4"}, "needs `adapter`, or `urls`"),
        (route("smollm2-135m-instruct", FOLDER), {"engine": "in-process", "model": "phi-4"}, "another name"),
        ("routes: {}", {}, "routes"),
        (
            route("acme", "{urls: ['http://x:abc']}"),
            {},
            r"models\.acme\.urls\.0: 'http://x:abc' is no address of a server",
        ),
        (TWO_MODELS, {}, r"models\.acme\.urls\.0: 'http://x:abc' is no address of a server"),
    ],
)
def test_routes_that_do_not_fit_the_engine_are_a_wrong_setting_and_nothing_is_started(
    tmp_path: Path, routes: str | None, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(SettingsError, match=f"^POSTKORB_ROUTES: .*{reason}"):
        serving.check(settings(tmp_path, routes, **changes))


def test_a_file_of_routes_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    absent = settings(tmp_path).model_copy(update={"routes": tmp_path / "absent.yaml"})
    with pytest.raises(SettingsError, match=r"^POSTKORB_ROUTES: .*absent\.yaml: No such file"):
        serving.check(absent)


def test_only_what_the_owner_fitted_makes_confidences_of_routed_answers(tmp_path: Path) -> None:
    ours = UNFITTED.model_copy(update={"other_below": 0.4})
    (tmp_path / "ours.json").write_text(ours.model_dump_json(), "utf-8")
    routes = route("medical", "{urls: ['http://u']}")
    assert routing_of(settings(tmp_path, routes)).calibration == UNFITTED
    looked_at = routing_of(settings(tmp_path, routes, review_below=0.5)).calibration
    assert looked_at == UNFITTED.model_copy(update={"review_below": 0.5}), "the owner's bound holds for all models"
    proposed = routing_of(settings(tmp_path, routes, propose_below=0.6)).calibration
    assert proposed == UNFITTED.model_copy(update={"propose_below": 0.6, "propose_optional_below": 0.6})
    assert routing_of(settings(tmp_path, routes, calibration=tmp_path / "ours.json")).calibration == ours


@pytest.fixture
def in_process(tmp_path: Path) -> Settings:
    """Give settings with a model and an adapter that lie in folders."""
    model = tmp_path / "tiny-instruct"
    model.mkdir()
    (model / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (model / "chat_template.jinja").write_text("{{ messages }}")
    (model / "model.safetensors").write_bytes(safetensors({f"{QUERY}.weight": (8, 8)}))
    write_adapter(tmp_path / "adapter", {QUERY: (8, 8)}, base_model_name_or_path="tiny-instruct")
    routes = route("acme", FOLDER.replace("path: ", f"path: {tmp_path}/"))
    return settings(tmp_path, routes, engine="in-process", model=str(model))


def bring_all(where: Settings) -> Routes:
    serving.bring(where, serving.load_catalogue().find(where.model))
    routes = routing_of(where).routes
    for entry in routes.adapters():
        fetch(entry, where.models_folder)
    return routes


def test_the_engine_gets_adapters_with_hash_and_rank(in_process: Settings) -> None:
    routes = bring_all(in_process)
    (adapter,) = adapters_of(in_process, routes, model_of(in_process))
    assert (adapter.name, adapter.rank, len(adapter.sha256)) == ("acme", 4, 64)
    assert adapter.folder.name == "adapter"


def test_an_adapter_that_was_not_brought_or_is_another_models_stops_the_start(in_process: Settings) -> None:
    serving.bring(in_process, serving.load_catalogue().find(in_process.model))
    routes = routing_of(in_process).routes
    with pytest.raises(ModelError, match="run `postkorb models fetch acme`"):
        adapters_of(in_process, routes, model_of(in_process))
    (entry,) = routes.adapters()
    assert entry.folder
    write_adapter(entry.folder, {QUERY: (8, 8)}, base_model_name_or_path="another")
    fetch(entry, in_process.models_folder)
    with pytest.raises(AdapterError, match="was made of another"):
        adapters_of(in_process, routes, model_of(in_process))


def test_an_adapter_of_the_hub_needs_an_allowed_licence(in_process: Settings) -> None:
    assert in_process.routes
    hub = "{adapter: {kind: hub, id: o/r, revision: " + "a" * 40 + "}, licence: llama3.1}"
    in_process.routes.write_text(route("acme", hub))
    with pytest.raises(ModelRefusedError, match=r"acme is refused: its licence is llama3\.1"):
        serving.check(in_process)
    serving.check(in_process.model_copy(update={"allowed_licences": ["Llama3.1"]}))


@pytest.mark.parametrize(("computes_halves", "dtype"), [(True, "auto"), (False, "float32")])
def test_a_cpu_without_16_bits_is_made_to_compute_in_32_and_says_so(
    in_process: Settings, monkeypatch: pytest.MonkeyPatch, *, computes_halves: bool, dtype: str
) -> None:
    bring_all(in_process)
    loaded, said = [], []

    def load(config: InProcessConfig) -> NoReturn:
        loaded.append(config.dtype)
        raise EngineError(config.model_name)

    monkeypatch.setattr(wiring, "this_machine", lambda: Machine("cpu", 24 * GIB, computes_halves))
    monkeypatch.setattr(InProcessEngine, "load", load)
    with pytest.raises(EngineError):
        asyncio.run(load_engine(in_process, said.append))
    assert loaded == [dtype]
    assert ["32 bits" in one for one in said] == [not computes_halves]


def test_a_server_has_as_long_as_the_document(
    tmp_path: Path, servers: Sequence[ScriptedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = []

    async def connect(config: RemoteConfig) -> NoReturn:
        seconds.append(config.request_seconds)
        raise EngineError(config.model)

    monkeypatch.setattr(RemoteEngine, "connect", connect)
    where = settings(tmp_path, engine_urls=[servers[0].url], ask_seconds=1234)
    with pytest.raises(EngineError):
        asyncio.run(load_engine(where, lambda _: None))
    assert seconds == [1234]
