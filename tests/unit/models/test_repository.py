"""A repository of the hub: resumed, checked file by file, refused before its weights if it is not what it should be."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from safetensors_files import lora

from services.models.catalogue import AdapterEntry, ModelEntry
from services.models.fetch import FetchError, fetch, fetched
from services.models.native import Native
from services.models.verify import MANIFEST, ModelChangedError, ModelUnsafeError
from services.models.weights import WeightsError

REVISION = "0123456789abcdef0123456789abcdef01234567"
CONFIG: dict[str, Any] = {
    "model_type": "mistral",
    "vocab_size": 100,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
}
WEIGHTS = bytes(range(256)) * 400
INDEX = b'{"weight_map": {}}'


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


@dataclass
class Repository:
    """What the hub has: files, what it says of them, and how it behaves."""

    files: dict[str, bytes] = field(
        default_factory=lambda: {
            "config.json": as_json(CONFIG),
            "tokenizer_config.json": as_json({"chat_template": "{{ messages }}"}),
            "tokenizer.json": b"{}",
            "model.safetensors.index.json": INDEX,
            "model-00001-of-00002.safetensors": WEIGHTS,
            "model-00002-of-00002.safetensors": WEIGHTS[::-1],
            "consolidated.safetensors": b"the same again",
            "pytorch_model.bin": b"pickle",
            "modeling_own.py": b"import os",
            "figures/plot.png": b"png",
        }
    )
    breaks_after: int | None = None
    """Bytes of a file of weights, after which the connection ends."""
    gated: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """File and offset of each request."""
    tokens: list[str | None] = field(default_factory=list)

    def listing(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = [{"type": "directory", "oid": "0" * 40, "size": 0, "path": "figures"}]
        for name, content in self.files.items():
            if "/" in name:
                continue
            item = {"type": "file", "oid": git_hash(content), "size": len(content), "path": name}
            if name.endswith(".safetensors"):
                sha256 = hashlib.sha256(content).hexdigest()
                item |= {"oid": "f" * 40, "lfs": {"oid": sha256, "size": len(content), "pointerSize": 134}}
            listed.append(item)
        return listed


def git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def handler_of(repository: Repository) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == f"/api/models/owner/model/tree/{REVISION}":
                self.answer(200, as_json(repository.listing()), "application/json")
            elif path.startswith(f"/owner/model/resolve/{REVISION}/"):
                self.give(path.rpartition("/")[2])
            else:
                self.answer(404, b"", "text/plain")

        def give(self, name: str) -> None:
            repository.asked.append((name, self.headers["range"]))
            repository.tokens.append(self.headers["authorization"])
            if repository.gated:
                self.answer(403, b"ask first", "text/plain")
                return
            start = int((self.headers["range"] or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            rest = repository.files[name][start:]
            self.send_response(206 if start else 200)
            self.send_header("content-length", str(len(rest)))
            self.end_headers()
            broken = repository.breaks_after if name.endswith(".safetensors") else None
            self.wfile.write(rest[:broken])

        def answer(self, code: int, body: bytes, kind: str) -> None:
            self.send_response(code)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    constants = pytest.importorskip("huggingface_hub.constants")
    there = Repository()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(there))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    native = Native(frozenset({"MistralForCausalLM"}), frozenset({"mistral"}))
    monkeypatch.setattr("services.models.verify.installed", lambda: native)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


def entry(**changes: Any) -> ModelEntry:
    plain: dict[str, Any] = {
        "name": "whole",
        "family": "f",
        "title": "t",
        "licence": "Apache-2.0",
        "context_tokens": 10,
        "config": CONFIG,
        "format": "safetensors",
        "sources": [{"kind": "hub", "id": "owner/model", "revision": REVISION}],
    }
    return ModelEntry.model_validate(plain | changes)


def test_what_the_engine_reads_is_fetched_and_nothing_else(tmp_path: Path, repository: Repository) -> None:
    seen: list[tuple[str, int, int]] = []
    model = fetch(entry(), tmp_path / "models", lambda *step: seen.append(step))
    expected = {
        name: content
        for name, content in repository.files.items()
        if name not in {"consolidated.safetensors", "pytorch_model.bin", "modeling_own.py", "figures/plot.png"}
    }
    here = {file.name: file.read_bytes() for file in model.folder.iterdir() if file.name in repository.files}
    assert here == expected
    assert model.manifest.source == f"hub owner/model@{REVISION}"
    assert model.manifest.revision == REVISION
    total = sum(map(len, expected.values()))
    downloads = [done for phase, done, of in seen if phase == "download" and of == total]
    assert downloads == sorted(downloads)
    assert downloads[-1] == total


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path, repository: Repository) -> None:
    repository.breaks_after = 5000
    with pytest.raises(FetchError, match="owner/model"):
        fetch(entry(), tmp_path / "models")
    assert not (tmp_path / "models" / "whole").exists()
    repository.breaks_after = None
    repository.asked.clear()
    model = fetch(entry(), tmp_path / "models")
    assert repository.asked == [
        ("model-00001-of-00002.safetensors", "bytes=5000-"),
        ("model-00002-of-00002.safetensors", None),
    ]
    assert (model.folder / "model-00001-of-00002.safetensors").read_bytes() == WEIGHTS
    assert not (tmp_path / "models" / ".work" / "whole").exists()


@pytest.mark.parametrize("name", ["tokenizer.json", "model-00002-of-00002.safetensors"])
def test_bytes_that_the_hub_did_not_list_are_refused(tmp_path: Path, repository: Repository, name: str) -> None:
    right = repository.files[name]
    listed = repository.listing()
    repository.listing = lambda: listed  # type: ignore[method-assign]
    repository.files[name] = right[:-1] + b"!"
    with pytest.raises(FetchError, match=rf"{name} came with {len(right)} bytes .* refused"):
        fetch(entry(), tmp_path / "models")
    repository.files[name] = right
    assert (fetch(entry(), tmp_path / "models").folder / name).read_bytes() == right


def refused(repository: Repository) -> bool:
    """Say whether no weights were asked for."""
    return not any(name.endswith(".safetensors") for name, _ in repository.asked)


def test_a_configuration_that_asks_for_code_is_refused_before_the_weights(
    tmp_path: Path, repository: Repository
) -> None:
    asks = CONFIG | {"architectures": ["OwnForCausalLM"], "auto_map": {"AutoModel": "modeling_own.Model"}}
    repository.files["config.json"] = as_json(asks)
    with pytest.raises(ModelUnsafeError, match=r"auto_map.*OwnForCausalLM"):
        fetch(entry(), tmp_path / "models")
    assert refused(repository)


def test_a_model_that_the_engine_has_itself_is_fetched_without_the_code_that_it_names(
    tmp_path: Path, repository: Repository
) -> None:
    asks = CONFIG | {"architectures": ["MistralForCausalLM"], "auto_map": {"AutoModel": "modeling_own.Model"}}
    repository.files["config.json"] = as_json(asks)
    model = fetch(entry(), tmp_path / "models")
    assert json.loads((model.folder / "config.json").read_text()) == asks
    assert "modeling_own.py" not in {name for name, _ in repository.asked}
    assert not list(model.folder.glob("*.py"))


def test_another_models_configuration_is_refused_before_the_weights(tmp_path: Path, repository: Repository) -> None:
    repository.files["config.json"] = as_json(CONFIG | {"num_hidden_layers": 3})
    with pytest.raises(FetchError, match="another model's"):
        fetch(entry(), tmp_path / "models")
    assert refused(repository)


def test_a_model_without_a_chat_template_is_refused_before_the_weights(tmp_path: Path, repository: Repository) -> None:
    repository.files["tokenizer_config.json"] = b"{}"
    with pytest.raises(FetchError, match="no chat template"):
        fetch(entry(), tmp_path / "models")
    assert refused(repository)
    repository.files["chat_template.jinja"] = b"{{ messages }}"
    fetch(entry(), tmp_path / "models")


def test_a_repository_of_pickles_is_refused(tmp_path: Path, repository: Repository) -> None:
    for name in list(repository.files):
        if name.startswith("model-"):
            del repository.files[name]
    with pytest.raises(FetchError, match=r"no model\*\.safetensors"):
        fetch(entry(), tmp_path / "models")


def test_a_full_disk_is_said_before_the_weights(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 1000

    monkeypatch.setattr("services.models.repository.shutil.disk_usage", lambda _: Full)
    with pytest.raises(FetchError, match="POSTKORB_MODELS_DIR"):
        fetch(entry(), tmp_path / "models")
    assert repository.asked == []


def test_what_came_before_needs_no_room_again(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.breaks_after = len(WEIGHTS) - 1
    with pytest.raises(FetchError, match="owner/model"):
        fetch(entry(), tmp_path / "models")

    class NearlyFull:
        free = len(WEIGHTS) + 1

    monkeypatch.setattr("services.models.repository.shutil.disk_usage", lambda _: NearlyFull)
    repository.breaks_after = None
    fetch(entry(), tmp_path / "models")


def test_a_file_that_a_loss_of_power_left_empty_is_fetched_again(tmp_path: Path, repository: Repository) -> None:
    repository.breaks_after = 10
    with pytest.raises(FetchError, match="owner/model"):
        fetch(entry(), tmp_path / "models")
    [lost] = tmp_path.rglob("tokenizer.json")
    lost.write_bytes(b"")
    repository.breaks_after = None
    assert (fetch(entry(), tmp_path / "models").folder / "tokenizer.json").read_bytes() == b"{}"


def test_a_model_whose_owner_asks_for_consent_says_what_to_do(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.gated = True
    with pytest.raises(FetchError, match=r"huggingface\.co/owner/model and set HF_TOKEN"):
        fetch(entry(), tmp_path / "models")
    repository.gated = False
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(entry(), tmp_path / "models")
    assert repository.tokens[-1] == "Bearer hf_secret"


def test_another_revision_in_the_catalogue_is_another_model(tmp_path: Path, repository: Repository) -> None:
    fetch(entry(), tmp_path / "models")
    asked = len(repository.asked)
    fetch(entry(), tmp_path / "models")
    assert len(repository.asked) == asked
    newer = entry(sources=[{"kind": "hub", "id": "owner/model", "revision": "f" * 40}])
    with pytest.raises(ModelChangedError, match="postkorb models fetch whole"):
        fetched(newer, tmp_path / "models")


ADAPTER = {
    "adapter_config.json": as_json({"peft_type": "LORA", "r": 4, "base_model_name_or_path": "owner/base"}),
    "adapter_model.safetensors": lora({"model.layers.0.mlp.down_proj": (8, 16)}),
    "README.md": b"---\nlicense: mit\n---\n",
    "LICENSE": b"MIT",
    "tokenizer.json": b"{}",
    "training_args.bin": b"pickle",
}


def adapter(licence: str = "MIT") -> AdapterEntry:
    source = {"kind": "hub", "id": "owner/model", "revision": REVISION}
    return AdapterEntry.model_validate({"name": "acme", "licence": licence, "sources": [source]})


def test_an_adapter_is_fetched_with_its_papers_and_nothing_else(tmp_path: Path, repository: Repository) -> None:
    repository.files = dict(ADAPTER)
    fetched_one = fetch(adapter(), tmp_path / "models")
    assert fetched_one.folder == tmp_path / "models" / "adapters" / "acme"
    here = {file.name for file in fetched_one.folder.iterdir()} - {MANIFEST}
    assert here == {"adapter_config.json", "adapter_model.safetensors", "README.md", "LICENSE"}
    assert (fetched_one.manifest.revision, fetched_one.manifest.licence) == (REVISION, "MIT")
    assert fetched(adapter(), tmp_path / "models").sha256 == fetched_one.sha256


def test_an_adapters_card_with_another_licence_refuses_it_before_the_weights(
    tmp_path: Path, repository: Repository
) -> None:
    repository.files = dict(ADAPTER)
    with pytest.raises(FetchError, match="its card names the licence mit, and the routes Apache"):
        fetch(adapter("Apache-2.0"), tmp_path / "models")
    assert refused(repository)


def test_a_repository_without_an_adapter_is_refused(tmp_path: Path, repository: Repository) -> None:
    with pytest.raises(FetchError, match=r"no adapter_config\.json or no adapter_model\.safetensors"):
        fetch(adapter(), tmp_path / "models")
    repository.files = ADAPTER | {"adapter_model.safetensors": b"nothing of that kind"}
    with pytest.raises(WeightsError):
        fetch(adapter(), tmp_path / "models")
    assert not (tmp_path / "models" / "adapters" / "acme").exists()
