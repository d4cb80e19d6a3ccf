"""Safetensors files of zeros, written without any library: for tests of what reads their heads alone."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

NUMBER_BYTES = 2


def safetensors(shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    """Give a file with tensors of these shapes, in 16 bits."""
    head: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + math.prod(shape) * NUMBER_BYTES
        head[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    written = json.dumps(head).encode()
    return len(written).to_bytes(8, "little") + written + bytes(end)


def lora(modules: Mapping[str, tuple[int, int]], rank: int = 4) -> bytes:
    """Give an adapter's weights for modules with so many outputs and inputs."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, (outputs, inputs) in modules.items():
        shapes[f"base_model.model.{name}.lora_A.weight"] = (rank, inputs)
        shapes[f"base_model.model.{name}.lora_B.weight"] = (outputs, rank)
    return safetensors(shapes)


def write_adapter(folder: Path, modules: Mapping[str, tuple[int, int]], **config: object) -> Path:
    """Write an adapter in PEFT's form, and give its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_model.safetensors").write_bytes(lora(modules))
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 4, **config}))
    return folder
