"""LoRA adapters: that a folder is one, and that it is of the model that it shall change."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.envelope import first_error
from services.models.catalogue import AdapterEntry, HubSource, ModelEntry
from services.models.errors import ModelError
from services.models.weights import tensor_shapes

CONFIG: Final = "adapter_config.json"
WEIGHTS: Final = "adapter_model.safetensors"
MOST_RANK: Final = 512
"""That the engine takes (`MaxLoRARanks` in vLLM 0.32)."""

_TENSOR: Final = re.compile(r"base_model\.model\.(.+)\.lora_([AB])\.weight")


class AdapterError(ModelError, ValueError):
    """An adapter that cannot be used, or not with this model; the message says why and what would be right."""


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    peft_type: Literal["LORA"]
    r: int = Field(gt=0, le=MOST_RANK)
    base_model_name_or_path: str | None = None


@dataclass(frozen=True, slots=True)
class Adapter:
    """What an adapter's files say.

    Parameters
    ----------
    base
        Name or path of the model that it was made of; None if they do not say.
    rank
        The greatest of its matrices.
    modules
        Outputs and inputs of each module of the model that it changes.
    """

    base: str | None
    rank: int
    modules: Mapping[str, tuple[int, int]]


def read_adapter(folder: Path) -> Adapter:
    """Look at an adapter's configuration and at the shapes of its matrices; its weights are not read.

    Raises
    ------
    AdapterError
        If the folder holds no LoRA adapter, or one with parts besides pairs of low-rank matrices.
    """
    config = _read_config(folder / CONFIG)
    file = folder / WEIGHTS
    if not file.is_file():
        message = f"{folder}: no {WEIGHTS} in it; adapters are taken as safetensors alone"
        raise AdapterError(message)
    modules: dict[str, tuple[int, int]] = {}
    ranks = {config.r}
    shapes = tensor_shapes(file)
    for name in shapes:
        found = _TENSOR.fullmatch(name)
        if found is None:
            message = f"{file}: {name} is no matrix of a LoRA (lora_A, lora_B); other changes to a model are not taken"
            raise AdapterError(message)
        inputs, outputs = (shapes.get(f"base_model.model.{found[1]}.lora_{part}.weight", ()) for part in "AB")
        match inputs, outputs:
            case ((rank, wide), (high, other)) if rank == other and 0 < rank <= MOST_RANK:
                modules[found[1]] = (high, wide)
                ranks.add(rank)
            case _:
                message = f"{file}: {found[1]}: {inputs} and {outputs} are no pair of matrices of rank 1 to {MOST_RANK}"
                raise AdapterError(message)
    if not modules:
        message = f"{file}: is empty"
        raise AdapterError(message)
    return Adapter(config.base_model_name_or_path, max(ranks), modules)


def check_fits(entry: AdapterEntry, folder: Path, model: ModelEntry, model_folder: Path) -> Adapter:
    """Look whether an adapter is of this model: by the name that it declares, and by the shapes of what it changes.

    Raises
    ------
    AdapterError
        If it is another model's.
    """
    adapter = read_adapter(folder)
    _check_declared(entry, adapter, model)
    there: dict[str, tuple[int, ...]] = {}
    for file in sorted(model_folder.glob("*.safetensors")):
        there |= tensor_shapes(file)
    modules = {name.rpartition(".")[0] for name in there}
    for name, shape in adapter.modules.items():
        if name not in modules or there.get(f"{name}.weight", shape) != shape:  # quantised weights have other names
            is_there = there.get(f"{name}.weight", "nothing of that name")
            message = f"adapter {entry.name} changes {name} {shape}, and {model.name} has {is_there}: it is another's"
            raise AdapterError(message)
    return adapter


def _check_declared(entry: AdapterEntry, adapter: Adapter, model: ModelEntry) -> None:
    names = {model.name, *(source.id for source in model.sources if isinstance(source, HubSource))}
    if model.folder is not None:
        names.add(model.folder.name)
    if adapter.base is None or _last(adapter.base) in map(_last, names) or adapter.base == entry.base:
        return
    message = (
        f"adapter {entry.name} was made of {adapter.base} ({CONFIG}), and POSTKORB_MODEL is {model.name}; if these are "
        f"the same weights, say `base: {adapter.base}` beside it in the routes"
    )
    raise AdapterError(message)


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].casefold()


def _read_config(file: Path) -> _Config:
    try:
        return _Config.model_validate(json.loads(file.read_text("utf-8")))
    except (OSError, ValidationError, ValueError, RecursionError) as error:
        reason = first_error(error) if isinstance(error, ValidationError) else error
        message = f"{file}: is no configuration of a LoRA adapter ({reason})"
        raise AdapterError(message) from error
