"""`postkorb models`: what may and can be used here is shown, and what may not is refused before anything is fetched."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from safetensors_files import safetensors, write_adapter
from typer.testing import CliRunner

from services import wiring
from services.cli import models as module
from services.cli import serving
from services.cli.main import app
from services.inference.engines.remote import SERVER_FLAGS
from services.models.fetch import fetch
from services.models.terms import GIB, Machine, ModelRefusedError
from services.models.verify import MANIFEST
from services.settings import load_settings

RUN = CliRunner()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTKORB_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(wiring, "this_machine", lambda: Machine("cpu", 24 * GIB))
    monkeypatch.setattr(module, "fetch", _fetches_nothing)
    return tmp_path


def _fetches_nothing(*_: object) -> None:
    message = "something was fetched"
    raise AssertionError(message)


def asked(*arguments: str) -> Any:
    result = RUN.invoke(app, ["models", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_list_says_of_each_model_whether_it_may_and_can_be_used_and_is_here(place: Path) -> None:
    here = place / "data" / "models" / "phi-4"
    here.mkdir(parents=True)
    (here / MANIFEST).touch()
    models = {model["name"]: model for model in asked("list")}
    small, large = models["qwen2.5-coder-1.5b-instruct"], models["phi-4"]
    llama = models["llama-3.1-8b-instruct"]
    assert (small["allowed"], small["fits"], small["here"], small["why_not"]) == (True, True, False, None)
    assert (large["allowed"], large["fits"], large["here"]) == (True, False, True)
    assert (llama["allowed"], llama["fits"], llama["licence"]) == (False, True, "llama3.1")


def test_the_table_has_a_row_a_model_and_says_what_it_was_held_against() -> None:
    result = RUN.invoke(app, ["models", "list"])
    assert result.exit_code == 0
    row = next(line for line in result.output.splitlines() if "huatuogpt-o1-7b" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == [
        "huatuogpt-o1-7b",
        "Apache-2.0",
        "yes",
        "en, zh",
        "medical",
        "32,768",
        "20.8",
        "yes",
        "",
    ]
    assert "This machine has 24.0 GiB" in result.output


def test_a_model_is_shown_with_its_sources_memory_and_pages() -> None:
    shown = asked("show", "mistral-7b-instruct-v0.3")
    assert shown["sources"] == ["hub mistralai/Mistral-7B-Instruct-v0.3@c170c708c41dac9275d15a8fff4eca08d52bab71"]
    assert shown["weights_bytes"] == 2 * shown["parameters"]
    assert shown["kv_cache_bytes_per_token"] * shown["kv_cache_holds_tokens"] == 2 * GIB
    assert all(page.startswith("https://") for page in shown["pages"])
    table = RUN.invoke(app, ["models", "show", "mistral-7b-instruct-v0.3"])
    assert "(13.5 GiB)" in table.output


@pytest.mark.parametrize("name", list(module.load_catalogue()))
def test_what_an_engine_here_needs_for_a_model_is_shown(name: str) -> None:
    latent = name == "deepseek-v2-lite-chat"
    shown = asked("show", name)
    assert shown["engine_environment"] == ({"VLLM_MLA_DISABLE": "1"} if latent else {})
    table = RUN.invoke(app, ["models", "show", name]).output
    rows = {line.split("│")[1].strip(): line.split("│")[2].strip() for line in table.splitlines() if "│" in line}
    assert rows["engine environment"] == ("VLLM_MLA_DISABLE=1" if latent else "none needed")


@pytest.mark.parametrize("engine", ["in-process", "remote"])
@pytest.mark.parametrize("name", ["deepseek-v2-lite-chat", "mistral-7b-instruct-v0.3"])
def test_the_whole_command_of_a_server_is_shown_whatever_the_engine_is(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, engine: str
) -> None:
    monkeypatch.setenv("POSTKORB_ENGINE", engine)
    monkeypatch.setenv("POSTKORB_ENGINE_URLS", "http://gpu1:8000")
    command = asked("show", name)["server_command"]
    folder = str(place / "data" / "models" / name)
    assert command[:7] == ["vllm", "serve", folder, "--served-model-name", name, "--max-model-len", "4096"]
    assert command[7 : 7 + len(SERVER_FLAGS)] == list(SERVER_FLAGS)
    latent = name == "deepseek-v2-lite-chat"
    kernels = ["--compilation-config", '{"custom_ops":["-rotary_embedding"]}']
    assert command[7 + len(SERVER_FLAGS) :] == (kernels if latent else [])
    said = RUN.invoke(app, ["models", "show", name]).output.splitlines()[-1]
    assert shlex.split(said) == (["VLLM_MLA_DISABLE=1", *command] if latent else command)
    assert "none needed" not in said


def test_a_folder_s_server_offers_it_under_the_name_that_the_settings_have(place: Path) -> None:
    folder = place / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    assert asked("show", str(folder))["server_command"][2:5] == [str(folder), "--served-model-name", str(folder)]


def test_a_folder_is_shown_too(place: Path) -> None:
    folder = place / "mine"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "model.safetensors").write_bytes(b"weights")
    shown = asked("show", str(folder))
    assert (shown["allowed"], shown["here"], shown["kv_cache_bytes_per_token"]) == (True, True, None)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("llama-3.1-8b-instruct", "POSTKORB_ALLOWED_LICENCES"),
        ("phi-4", "GiB"),
        ("deepseek-v2-lite-chat", "its licence is deepseek"),
    ],
)
def test_fetch_and_the_whole_stack_refuse_before_anything_is_fetched(name: str, reason: str) -> None:
    result = RUN.invoke(app, ["models", "fetch", name])
    assert isinstance(result.exception, ModelRefusedError)
    assert reason in str(result.exception)
    with pytest.raises(ModelRefusedError, match=reason):
        serving.check(load_settings(model=name))


def test_an_allowed_licence_and_an_engine_elsewhere_let_a_model_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTKORB_ALLOWED_LICENCES", "MIT, llama3.1")
    with pytest.raises(AssertionError, match="something was fetched"):
        module.bring(load_settings(), module.load_catalogue().find("llama-3.1-8b-instruct"))
    elsewhere = load_settings(engine="remote", engine_urls=["http://gpu1:8000"])
    with pytest.raises(AssertionError, match="something was fetched"):
        module.bring(elsewhere, module.load_catalogue().find("phi-4"))


def test_a_deployments_adapters_are_fetched_and_verified_with_its_model(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "fetch", fetch)
    model = place / "tiny"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "llama"}')
    (model / "chat_template.jinja").write_text("{{ messages }}")
    (model / "model.safetensors").write_bytes(safetensors({"q.weight": (8, 8)}))
    write_adapter(place / "adapter", {"q": (8, 8)})
    (place / "routes.yaml").write_text(
        "models: {acme: {adapter: {kind: folder, path: adapter}}}\nroutes: [{tenant: acme, model: acme}]"
    )
    monkeypatch.setenv("POSTKORB_MODEL", str(model))
    monkeypatch.setenv("POSTKORB_ROUTES", "routes.yaml")
    shown = asked("show", "acme")
    assert shown == asked("list")[-1]
    assert (shown["adapter_of"], shown["allowed"], shown["sources"]) == (str(model), True, [f"folder {place}/adapter"])
    assert "Adapters of POSTKORB_ROUTES" in RUN.invoke(app, ["models", "list"]).output
    said = RUN.invoke(app, ["models", "fetch"]).output
    assert "folder-tiny is in" in said
    assert "acme is in" in said
    brought = asked("fetch")
    assert brought["folder"] == str(model)
    (adapter,) = brought["adapters"]
    assert (adapter["name"], adapter["folder"]) == ("acme", str(place / "adapter"))
    assert asked("verify") == brought
    said = RUN.invoke(app, ["models", "verify"]).output
    assert [line.partition(" (sha256")[0] for line in said.splitlines() if line and "%" not in line] == [
        "model folder-tiny: verify",
        "model acme: verify",
        "folder-tiny is unharmed",
        "acme is unharmed",
    ]
    assert asked("fetch", "acme") == adapter | {"adapters": []}
    assert asked("verify", str(model))["adapters"] == []
    (place / "adapter" / "adapter_config.json").write_text("{}")
    result = RUN.invoke(app, ["models", "verify"])
    assert result.exit_code != 0
