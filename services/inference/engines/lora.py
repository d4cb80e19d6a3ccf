"""LoRA adapters of the in-process engine: what it is told of them, and two of its own that only guard.

Made of an adapter's own matrices, so that their shapes are right for the model, whatever it is:

- the *blank* one has zeros and so changes nothing. Requests for the base model go with it, for in vLLM's CPU build
  a request without an adapter gets that of a neighbour in its batch (vllm-project/vllm#48421);
- the *loud* one has random numbers and changes every answer. It is there while the engine starts: no request that got
  it by mistake would be overlooked.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

BLANK: Final = "(blank)"
LOUD: Final = "(loud)"
"""No model and no adapter can have a name with brackets."""

RANKS: Final = (8, 16, 32, 64, 128, 256, 320, 512)
"""That vLLM 0.32 has room for (`MaxLoRARanks`)."""

_SCALE: Final = 2
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class LoraAdapter:
    """An adapter of the model.

    Parameters
    ----------
    folder
        PEFT's two files; verified before.
    rank
        Greatest of its matrices.
    """

    name: str
    folder: Path
    sha256: str
    rank: int


def room_for(rank: int) -> int:
    """Give the least rank that vLLM has room for and that is enough."""
    return next(room for room in RANKS if room >= rank)


def write_guards(adapter: LoraAdapter, place: Path) -> dict[str, Path]:
    """Write the blank and the loud adapter beside each other, in the shapes of another one; give their folders."""
    from safetensors.torch import load_file  # noqa: PLC0415  (loaded long before; at the top it would cost torch)

    weights = load_file(adapter.folder / "adapter_model.safetensors")
    config = json.loads((adapter.folder / "adapter_config.json").read_text("utf-8"))
    loud = config | {"lora_alpha": _SCALE * config["r"], "alpha_pattern": {}, "use_rslora": False}
    return {
        BLANK: _write(place / "blank", config, {name: item.new_zeros(item.shape) for name, item in weights.items()}),
        LOUD: _write(place / "loud", loud, _random(weights)),
    }


def _random(weights: dict[str, Any]) -> dict[str, Any]:
    """Draw A so that what it makes of its inputs has about their size, and B with numbers of about one."""
    import torch  # noqa: PLC0415  (as above)

    generator = torch.Generator().manual_seed(_SEED)
    drawn = {name: torch.randn(item.shape, generator=generator).to(item.dtype) for name, item in weights.items()}
    return {name: item / item.shape[1] ** 0.5 if "lora_A" in name else item for name, item in drawn.items()}


def _write(folder: Path, config: dict[str, Any], weights: dict[str, Any]) -> Path:
    from safetensors.torch import save_file  # noqa: PLC0415  (as above)

    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    save_file(weights, folder / "adapter_model.safetensors")
    return folder
