"""Adapters: taken as safetensors of low-rank matrices alone, and for no model but the one that they were made of."""

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors_files import lora, safetensors, write_adapter

from services.models.adapters import AdapterError, check_fits, read_adapter
from services.models.catalogue import AdapterEntry, FolderSource, ModelEntry, load_catalogue, model_from_folder
from services.models.fetch import fetch, fetched
from services.models.verify import ModelChangedError, ModelMissingError, ModelUnsafeError
from services.models.weights import WeightsError, tensor_shapes

QUERY, DOWN = "model.layers.0.self_attn.q_proj", "model.layers.0.mlp.down_proj"
MODULES = {QUERY: (8, 8), DOWN: (8, 16)}
FIRST = f"base_model.model.{QUERY}.lora_A.weight"


@pytest.fixture
def model(tmp_path: Path) -> ModelEntry:
    """Make a model in two files, as it lies in a folder."""
    folder = tmp_path / "Tiny-Instruct"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "model-1.safetensors").write_bytes(safetensors({f"{QUERY}.weight": (8, 8), f"{QUERY}.bias": (8,)}))
    (folder / "model-2.safetensors").write_bytes(safetensors({f"{DOWN}.weight": (8, 16)}))
    return model_from_folder(folder)


def entry(folder: Path, **more: Any) -> AdapterEntry:
    return AdapterEntry(name="acme", licence="MIT", sources=(FolderSource(path=folder),), **more)


def fits(model: ModelEntry, folder: Path, **more: Any) -> Any:
    assert model.folder
    return check_fits(entry(folder, **more), folder, model, model.folder)


def test_an_adapter_says_its_rank_its_model_and_what_it_changes(tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "a", MODULES, base_model_name_or_path="owner/Tiny-Instruct", lora_alpha=8)
    read = read_adapter(folder)
    assert (read.base, read.rank, read.modules) == ("owner/Tiny-Instruct", 4, MODULES)


def test_the_rank_is_the_greatest_that_is_said_anywhere(tmp_path: Path) -> None:
    assert read_adapter(write_adapter(tmp_path / "a", MODULES, r=16)).rank == 16
    folder = write_adapter(tmp_path / "b", MODULES, r=2)
    assert read_adapter(folder).rank == 4


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"peft_type": "IA3"}, "no configuration of a LoRA adapter .*peft_type"),
        ({"r": 0}, "no configuration of a LoRA adapter .*r:"),
        ({"r": 513}, "no configuration of a LoRA adapter .*r:"),
    ],
)
def test_another_kind_of_adapter_is_refused(tmp_path: Path, config: dict[str, Any], reason: str) -> None:
    with pytest.raises(AdapterError, match=reason):
        read_adapter(write_adapter(tmp_path, MODULES, **config))


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        (safetensors({FIRST: (4, 8)}), r"q_proj: \(4, 8\) and \(\) are no pair"),
        (safetensors({FIRST: (4, 8), FIRST.replace("A", "B"): (8, 5)}), r"\(4, 8\) and \(8, 5\) are no pair"),
        (safetensors({FIRST: (600, 8), FIRST.replace("A", "B"): (8, 600)}), "rank 1 to 512"),
        (lora(MODULES) and safetensors({"base_model.model.model.norm.weight": (8,)}), "norm.weight is no matrix"),
        (safetensors({FIRST.replace("lora_A", "lora_magnitude_vector"): (8,)}), "is no matrix of a LoRA"),
        (safetensors({}), "is empty"),
    ],
)
def test_changes_besides_pairs_of_matrices_are_refused(tmp_path: Path, weights: bytes, reason: str) -> None:
    folder = write_adapter(tmp_path, MODULES)
    (folder / "adapter_model.safetensors").write_bytes(weights)
    with pytest.raises(AdapterError, match=reason):
        read_adapter(folder)


def test_pickled_adapters_are_not_read_and_not_taken(tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "a", MODULES)
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(AdapterError, match="safetensors alone"):
        read_adapter(folder)
    write_adapter(folder, MODULES)
    with pytest.raises(ModelUnsafeError, match=r"adapter_model\.bin"):
        fetch(entry(folder), tmp_path / "models")


@pytest.mark.parametrize("base", ["Tiny-Instruct", "/checkpoints/tiny-instruct/", "Owner/Tiny-INSTRUCT", None])
def test_an_adapter_of_this_model_fits(tmp_path: Path, model: ModelEntry, base: str | None) -> None:
    assert fits(model, write_adapter(tmp_path / "a", MODULES, base_model_name_or_path=base)).rank == 4


def test_an_adapter_of_another_model_is_refused_unless_the_owner_says_that_it_is_the_same(
    tmp_path: Path, model: ModelEntry
) -> None:
    folder = write_adapter(tmp_path / "a", MODULES, base_model_name_or_path="owner/Tiny-Base")
    with pytest.raises(AdapterError, match=r"was made of owner/Tiny-Base .*say `base: owner/Tiny-Base`"):
        fits(model, folder)
    with pytest.raises(AdapterError, match="was made of owner/Tiny-Base"):
        fits(model, folder, base="owner/Tiny")
    fits(model, folder, base="owner/Tiny-Base")


def test_names_of_the_catalogue_and_of_the_hub_are_names_of_the_model(tmp_path: Path, model: ModelEntry) -> None:
    source = {"kind": "hub", "id": "maker/Tiny-v2-GGUF", "revision": "a" * 40}
    config = load_catalogue()["smollm2-135m-instruct"].config
    entry_of_catalogue = ModelEntry.model_validate(
        model.model_dump() | {"name": "tiny-v2", "sources": [source], "config": config}
    )
    for base in ("maker/Tiny-v2", "maker/Tiny-v2-GGUF"):
        folder = write_adapter(tmp_path / "a", MODULES, base_model_name_or_path=base)
        assert model.folder
        check_fits(entry(folder), folder, entry_of_catalogue, model.folder)


@pytest.mark.parametrize(
    ("modules", "reason"),
    [
        ({QUERY: (8, 16)}, r"q_proj \(8, 16\), and folder-tiny-instruct has \(8, 8\)"),
        ({QUERY.replace("0", "1"): (8, 8)}, "has nothing of that name"),
    ],
)
def test_an_adapter_for_other_shapes_is_refused_whatever_it_says(
    tmp_path: Path, model: ModelEntry, modules: dict[str, tuple[int, int]], reason: str
) -> None:
    with pytest.raises(AdapterError, match=reason):
        fits(model, write_adapter(tmp_path / "a", modules, base_model_name_or_path="Tiny-Instruct"))


def test_quantised_weights_have_other_names_and_are_no_reason_to_refuse(tmp_path: Path, model: ModelEntry) -> None:
    assert model.folder
    (model.folder / "model-1.safetensors").write_bytes(safetensors({f"{QUERY}.qweight": (2, 8)}))
    fits(model, write_adapter(tmp_path / "a", MODULES))


def test_a_folder_is_hashed_where_it_lies_and_a_changed_one_is_refused(tmp_path: Path) -> None:
    folder, models = write_adapter(tmp_path / "a", MODULES), tmp_path / "models"
    with pytest.raises(ModelMissingError, match="run `postkorb models fetch acme`"):
        fetched(entry(folder), models)
    adapter = fetch(entry(folder), models)
    assert adapter.folder == folder
    assert fetched(entry(folder), models).sha256 == adapter.sha256
    (folder / "adapter_model.safetensors").write_bytes(lora(MODULES, rank=8))
    with pytest.raises(ModelChangedError, match="run `postkorb models fetch acme`"):
        fetched(entry(folder), models)
    assert fetch(entry(folder), models).sha256 != adapter.sha256


@pytest.mark.parametrize(
    "content",
    [b"", b"\x10\0\0\0\0\0\0\0", b"\xff" * 8 + b"{}", b"\x02\0\0\0\0\0\0\0[]", b"\x07\0\0\0\0\0\0\0" + b'{"a":1}']
    + [len(head).to_bytes(8, "little") + head for head in (b'{"a":{"shape":[1e999]}}', b'{"a":{"shape":[NaN]}}')],
)
def test_a_file_that_is_no_safetensors_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors: its head is not"):
        tensor_shapes(file)
