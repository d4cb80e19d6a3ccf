"""The catalogue: what ships is complete and pinned, and wrong entries are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.models.catalogue import (
    CatalogueError,
    ModelEntry,
    ModelUnknownError,
    load_catalogue,
    model_from_folder,
    parse_entries,
)
from services.settings import Settings

CATALOGUE = load_catalogue()


def test_the_default_model_is_in_the_catalogue() -> None:
    assert Settings.model_fields["model"].default in CATALOGUE


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_model_says_its_licence_and_pins_its_bytes(entry: ModelEntry) -> None:
    assert entry.licence == "Apache-2.0"
    assert entry.licence_url
    assert entry.sha256
    assert entry.bytes
    assert entry.parameters
    assert {source.kind for source in entry.sources} == {"hub", "packages"}


def entry(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": "m1",
        "family": "f",
        "title": "t",
        "licence": "MIT",
        "context_tokens": 10,
        "memory_gib": 1,
        "format": "gguf",
        "bytes": 1,
        "sha256": "0" * 64,
        "sources": [{"kind": "hub", "id": "a/b", "file": "c.gguf"}],
    }
    return plain | changes


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sha256": None}, "sha256"),
        ({"sha256": "abc"}, "sha256"),
        ({"licence": ""}, "licence"),
        ({"sources": []}, "sources"),
        ({"sources": [{"kind": "hub", "id": "a/b", "file": "../../etc/passwd"}]}, "file"),
        ({"sources": [{"kind": "hub", "id": "a/b", "file": "/etc/passwd"}]}, "file"),
        ({"sources": [{"kind": "folder", "path": "x"}]}, "safetensors from a folder"),
        ({"name": "../m"}, "name"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_wrong_entry_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(CatalogueError, match="entry 1") as caught:
        parse_entries([entry(**changes)])
    assert named in str(caught.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelUnknownError, match="smollm2-135m-instruct"):
        CATALOGUE.find("gpt-oss")


def test_a_folder_is_a_model_too(tmp_path: Path) -> None:
    folder = tmp_path / "My Model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "mistral", "max_position_embeddings": 4711}))
    (folder / "model.safetensors").write_bytes(b"weights")
    found = CATALOGUE.find(str(folder))
    assert (found.family, found.context_tokens, found.format) == ("mistral", 4711, "safetensors")
    assert found == model_from_folder(folder)


@pytest.mark.parametrize("config", [None, "no json", "[]"])
def test_a_folder_without_a_usable_config_is_refused(tmp_path: Path, config: str | None) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(CatalogueError, match=r"config\.json"):
        model_from_folder(tmp_path)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="safetensors"):
        model_from_folder(tmp_path)
