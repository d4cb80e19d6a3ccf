"""What a safetensors file says of its tensors, read from its head alone.

The format: eight bytes with the head's length (little-endian), then the head, a JSON object that has for each tensor
its type, shape and place (https://github.com/huggingface/safetensors, "Format").
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from services.models.errors import ModelError

LENGTH_BYTES: Final = 8
MOST_HEAD_BYTES: Final = 100_000_000
"""The format's own limit."""


class WeightsError(ModelError, ValueError):
    """A file that is no safetensors; the message names it."""


def tensor_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """Give the shape of each tensor, by its name.

    Raises
    ------
    WeightsError
        If the file is no safetensors.
    """
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(LENGTH_BYTES), "little")
        head = stream.read(length) if length <= MOST_HEAD_BYTES else b""
    try:
        told: Mapping[str, Any] = json.loads(head)
        return {name: tuple(map(int, item["shape"])) for name, item in told.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        message = f"{file}: its head is not that of a safetensors file"
        raise WeightsError(message) from error
