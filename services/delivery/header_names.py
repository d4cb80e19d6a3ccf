"""Header names that are no UTF-8: aiokafka raises on the first of them and never gets past its record.

aiokafka has no hook between what it fetched and its records, so `forgive_header_names` replaces the class with which
its fetcher reads them. Nothing changes for records that can be read.
"""

from collections.abc import Iterator
from typing import SupportsIndex, overload

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy
from aiokafka.record.util import decode_varint_py


def forgive_header_names() -> None:
    """Let every consumer of this process read names that are no UTF-8; what is none is written as a hex escape."""
    fetcher.MemoryRecords = _Records


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka ships no types
    def next_batch(self) -> "_Batch":
        data = self._next_slice
        return _Batch(super().next_batch(), data)


class _Batch:
    """A batch as aiokafka reads it, but a second time, slowly, if it fails at a name."""

    def __init__(self, batch: Iterator[object], data: memoryview) -> None:
        self._batch = batch
        self._data = data

    def __getattr__(self, name: str) -> object:
        return getattr(self._batch, name)

    def __next__(self) -> object:
        return next(self._batch)

    def __iter__(self) -> Iterator[object]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(_ForgivingBatch(self._data))


class _ForgivingBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    _buffer: bytearray

    def __iter__(self) -> Iterator[object]:
        super().__iter__()
        self._buffer = _Buffer(self._buffer)
        return self

    def _read_msg(self) -> object:
        return super()._read_msg(decode_varint_py)  # the compiled one takes no subclass of `bytearray`


class _Buffer(bytearray):
    """Decodes what is cut out of it as names are to be decoded: `_read_msg` decodes nothing else."""

    @overload
    def __getitem__(self, at: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> "_Buffer": ...
    def __getitem__(self, at: SupportsIndex | slice) -> "int | _Buffer":
        return _Buffer(super().__getitem__(at)) if isinstance(at, slice) else super().__getitem__(at)

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)
