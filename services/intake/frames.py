"""Length-prefixed frames between the parser and its worker processes.

Never pickle: what a worker says may have been written by the document that it read.
"""

import os
import struct
from typing import Final

LENGTH: Final = struct.Struct(">I")
"""A frame's length in bytes, before the frame."""

READY: Final = b"ready"
"""A worker's first frame: its libraries are loaded and its limits are set."""

ENDED: Final = b"ended"
"""What a worker says on standard error, which its children do not have, once the child that read a document is gone."""

_CHUNK: Final = 1024 * 1024


def packed(body: bytes) -> bytes:
    """Put a frame's length before it."""
    return LENGTH.pack(len(body)) + body


def read_frame(descriptor: int) -> bytes | None:
    """Read one frame and not a byte more: the next one belongs to another process. None at the end."""
    head = _read_exactly(descriptor, LENGTH.size)
    return None if head is None else _read_exactly(descriptor, LENGTH.unpack(head)[0])


def write_frame(descriptor: int, body: bytes) -> None:
    """Write one frame."""
    rest = memoryview(packed(body))
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    chunks: list[bytes] = []
    while size:
        chunk = os.read(descriptor, min(size, _CHUNK))
        if not chunk:
            return None
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
