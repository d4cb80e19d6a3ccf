"""Verification: a flipped byte is found, and code that comes with a model is refused."""

import json
import os
from pathlib import Path

import pytest

from services.models import verify as module
from services.models.native import EngineUnknownError, Native
from services.models.verify import (
    MANIFEST,
    ModelChangedError,
    ModelManifest,
    ModelMissingError,
    ModelUnsafeError,
    ignore_progress,
    make_manifest,
    refuse_code,
    verify,
    write_manifest,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (tmp_path / "model.safetensors").write_bytes(b"weights" * 1000)
    write_manifest(manifest_of(tmp_path), tmp_path / MANIFEST)
    return tmp_path


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install an engine that has one model itself."""
    native = Native(frozenset({"LlamaForCausalLM"}), frozenset({"llama"}))
    monkeypatch.setattr(module, "installed", lambda: native)


def manifest_of(folder: Path) -> ModelManifest:
    return make_manifest(folder, name="m1", licence="MIT", source="here", gguf_sha256=None, on_progress=ignore_progress)


def flip_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[3] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("full", [False, True])
def test_an_untouched_model_is_right(folder: Path, *, full: bool) -> None:
    assert verify(folder, full=full).sha256 == manifest_of(folder).sha256


@pytest.mark.parametrize("full", [False, True])
def test_a_flipped_byte_is_found(folder: Path, *, full: bool) -> None:
    flip_a_byte(folder / "model.safetensors")
    with pytest.raises(ModelChangedError, match=r"model\.safetensors: has another hash.*postkorb models fetch m1"):
        verify(folder, full=full)


def test_a_flipped_byte_under_the_old_time_is_found_by_the_full_check(folder: Path) -> None:
    file = folder / "model.safetensors"
    before = file.stat()
    flip_a_byte(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelChangedError):
        verify(folder, full=True)


def test_a_copy_with_other_times_is_right(folder: Path) -> None:
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert verify(folder).name == "m1"


def test_a_missing_an_added_and_a_shorter_file_are_named(folder: Path) -> None:
    (folder / "extra.json").write_text("{}")
    with pytest.raises(ModelChangedError, match=r"extra\.json: was added"):
        verify(folder)
    (folder / "extra.json").unlink()
    (folder / "model.safetensors").write_bytes(b"short")
    with pytest.raises(ModelChangedError, match="has 5 bytes and not 7000"):
        verify(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelChangedError, match="is missing"):
        verify(folder)


def test_a_folder_without_manifest_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="postkorb models fetch"):
        verify(tmp_path)


def test_a_broken_manifest_says_what_to_do(folder: Path) -> None:
    for broken in (b"{}", b"\xff"):
        (folder / MANIFEST).write_bytes(broken)
        with pytest.raises(ModelChangedError, match="remove it"):
            verify(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl", "modeling_own.py", "sub/kernel.so"])
def test_pickled_weights_and_code_are_refused(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    with pytest.raises(ModelUnsafeError, match=Path(name).name):
        refuse_code(folder)
    with pytest.raises(ModelUnsafeError):
        verify(folder)


NAMES_CODE = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "auto_map": {"AutoModelForCausalLM": "modeling_own.Model"},
}


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({"model_type": "own"}, "transformers has no model_type 'own'"),
        ({"model_type": None}, "transformers has no model_type None"),
        ({"architectures": ["OwnForCausalLM"]}, "vLLM has no OwnForCausalLM of its own"),
        ({"architectures": ["LlamaForCausalLM", "OwnForCausalLM"]}, "vLLM has no OwnForCausalLM of its own"),
        ({"architectures": []}, "names no `architectures`"),
        ({"architectures": "LlamaForCausalLM"}, "names no `architectures`"),
    ],
)
def test_a_configuration_that_asks_for_code_is_refused(folder: Path, changed: dict[str, object], lacking: str) -> None:
    (folder / "config.json").write_text(json.dumps(NAMES_CODE | changed))
    with pytest.raises(ModelUnsafeError, match=f"auto_map.*{lacking}"):
        refuse_code(folder)
    with pytest.raises(ModelUnsafeError):
        verify(folder)


def test_code_of_a_model_that_the_engine_has_itself_is_not_asked_for(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps(NAMES_CODE))
    refuse_code(folder)
    (folder / "modeling_own.py").touch()
    with pytest.raises(ModelUnsafeError, match="modeling_own"):
        refuse_code(folder)


@pytest.mark.parametrize("name", ["tokenizer_config.json", "processor_config.json", "preprocessor_config.json"])
def test_a_tokenizer_or_processor_that_asks_for_code_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps(NAMES_CODE))
    with pytest.raises(ModelUnsafeError, match=f"{name}: `auto_map`"):
        refuse_code(folder)


def test_what_the_engine_has_is_not_guessed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Native:
        message = "no vLLM here"
        raise EngineUnknownError(message)

    monkeypatch.setattr(module, "installed", unknown)
    refuse_code(folder)  # a model that names no code asks nobody
    (folder / "config.json").write_text(json.dumps(NAMES_CODE))
    with pytest.raises(ModelUnsafeError, match="no vLLM here"):
        refuse_code(folder)


def test_an_empty_auto_map_asks_for_nothing(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"auto_map": {}}))
    refuse_code(folder)


def test_the_hash_does_not_depend_on_where_or_when(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    for name in ("model.safetensors", "config.json"):
        (other / name).write_bytes((folder / name).read_bytes())
    assert manifest_of(other).sha256 == manifest_of(folder).sha256


@pytest.mark.parametrize("said", ["{", "[]", '"auto_map"', "[" * 100_000])
def test_a_configuration_that_cannot_be_read_is_named(folder: Path, said: str) -> None:
    (folder / "tokenizer_config.json").write_text(said)
    with pytest.raises(ModelUnsafeError, match=r"tokenizer_config\.json: .*fetch the model anew"):
        refuse_code(folder)
