"""The catalogue: what ships is complete, pinned and has its sources, and wrong entries are named."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.models.catalogue import (
    UNKNOWN_LICENCE,
    CatalogueError,
    HubSource,
    ModelEntry,
    ModelUnknownError,
    load_catalogue,
    model_from_folder,
    parse_entries,
)
from services.settings import Settings

CATALOGUE = load_catalogue()
CONFIG = {
    "model_type": "llama",
    "vocab_size": 100,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
}


def test_the_default_model_is_in_the_catalogue() -> None:
    assert Settings.model_fields["model"].default in CATALOGUE


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_model_says_its_licence_where_it_was_looked_up_and_pins_its_bytes(entry: ModelEntry) -> None:
    assert entry.licence_url
    assert entry.pages
    assert entry.revision or entry.sha256
    assert entry.chat_template


def test_the_families_and_domains_that_are_promised_can_be_fetched() -> None:
    families = Counter(entry.family for entry in CATALOGUE.values())
    assert min(families[name] for name in ("Llama", "DeepSeek", "Mistral", "Phi", "Qwen2.5")) >= 2
    default = {name.casefold() for name in Settings.model_fields["allowed_licences"].default}
    for domain in ("german", "medical"):
        assert any(entry.licence.casefold() in default for entry in CATALOGUE.values() if entry.domain == domain)


def test_of_every_model_is_said_which_languages_it_speaks_or_that_its_card_does_not_say() -> None:
    silent = {name for name, entry in CATALOGUE.items() if not entry.languages}
    assert silent == {
        "mistral-7b-instruct-v0.3",
        "deepseek-r1-distill-llama-8b",
        "deepseek-r1-distill-qwen-7b",
        "deepseek-v2-lite-chat",
    }
    assert all("de" in entry.languages for entry in CATALOGUE.values() if entry.domain == "german")


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_model_names_a_page_of_the_repository_that_it_comes_from(entry: ModelEntry) -> None:
    # Meta shows no file of Llama 3.1 to who has not consented: a copy of the whole repository stands for it.
    source = entry.sources[0]
    assert isinstance(source, HubSource)
    copies = {"meta-llama/Llama-3.1-8B-Instruct": "NousResearch/Meta-Llama-3.1-8B-Instruct"}
    assert any(f"/{copies.get(source.id, source.id)}/" in page for page in entry.pages)


def test_small_models_come_from_packages_too() -> None:
    both = [
        name for name, entry in CATALOGUE.items() if {source.kind for source in entry.sources} == {"hub", "packages"}
    ]
    assert both == ["qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-0.5b-instruct", "smollm2-135m-instruct"]


def entry(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": "m1",
        "family": "f",
        "title": "t",
        "licence": "MIT",
        "context_tokens": 10,
        "config": CONFIG,
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
        ({"sources": [{"kind": "folder", "path": "x"}]}, "safetensors are a folder"),
        ({"sources": [{"kind": "hub", "id": "a/b"}]}, "GGUF is a file"),
        ({"format": "safetensors", "sources": [{"kind": "hub", "id": "a/b"}]}, "at a `revision`"),
        ({"format": "safetensors", "sources": [{"kind": "hub", "id": "a/b", "revision": "main"}]}, "revision"),
        ({"config": None}, "needs `config`"),
        ({"domain": "legal"}, "domain"),
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


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\n---\n# Model\n", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: deepseek\n---\n", "deepseek"),
        ("---\nlicense: [\n---\n", UNKNOWN_LICENCE),
        ("---\nlicense: ''\n---\n", UNKNOWN_LICENCE),
        ("---\nlicense: 2026-13-45\n---\n", UNKNOWN_LICENCE),
        ("# Model\n", UNKNOWN_LICENCE),
        (None, UNKNOWN_LICENCE),
    ],
)
def test_a_folder_has_the_licence_of_its_card(tmp_path: Path, card: str | None, licence: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    if card is not None:
        (tmp_path / "README.md").write_text(card)
    found = model_from_folder(tmp_path)
    assert found.licence == licence
    assert found.weights_bytes == 7
    assert found.config is not None


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ('{"max_position_embeddings": "abc"}', "max_position_embeddings"),
        ('{"max_position_embeddings": -5}', "max_position_embeddings"),
        ('{"max_position_embeddings": 0}', "max_position_embeddings"),
        ('{"max_position_embeddings": {}}', "max_position_embeddings"),
        ('{"max_position_embeddings": [4096]}', "max_position_embeddings"),
        ('{"max_position_embeddings": NaN}', "max_position_embeddings"),
        ('{"max_position_embeddings": 1e999}', "max_position_embeddings"),
        ('{"max_position_embeddings": true}', "max_position_embeddings"),
        ('{"model_type": ""}', "model_type"),
        ('{"model_type": ["llama"]}', "model_type"),
        (f'{{"max_position_embeddings": {"9" * 5000}}}', "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_what_a_folder_s_config_says_wrongly_is_named(tmp_path: Path, config: str, named: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(CatalogueError, match=rf"config\.json: .*{named}"):
        model_from_folder(tmp_path)


@pytest.mark.parametrize(
    "index", ['{"weight_map": {"a": ["x"]}}', '{"weight_map": {"a": {}}}', '{"weight_map": []}', "{}"]
)
def test_an_index_that_names_no_files_is_refused(tmp_path: Path, index: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors.index.json").write_text(index)
    with pytest.raises(CatalogueError, match=r"index\.json: its `weight_map`"):
        model_from_folder(tmp_path)


def test_weights_that_are_a_link_to_nowhere_are_none(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").symlink_to(tmp_path / "absent")
    with pytest.raises(CatalogueError, match=r"no \*\.safetensors"):
        model_from_folder(tmp_path)


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
