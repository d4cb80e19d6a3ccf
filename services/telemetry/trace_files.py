"""Trace files of one machine: written by each service's process, read by `postkorb trace`."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from services.telemetry import names
from services.telemetry.spans import SpanRecord, as_written, from_line

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_FILES: Final = 8
"""Newest files kept of a service, over all of its processes."""


class TraceFile:
    """The file that a process appends its spans to; a full one is left as it is and a next one begun.

    It is opened for each append, so that a reader sees every line at once, and so that the loss of a file
    (pruned by another process of the service) costs nothing but what stood in it.

    Parameters
    ----------
    folder
        Made if it is not there.
    service, pid
        Make the name: `<service>-<pid>.jsonl`, then `<service>-<pid>.1.jsonl`, and so on.
    max_bytes, max_files
        Size at which the next file is begun, and how many of the service are kept.
    """

    def __init__(
        self, folder: Path, service: str, pid: int, max_bytes: int = MAX_FILE_BYTES, max_files: int = MAX_FILES
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._service = service
        self._pid = pid
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._number = max((number for _, number in self._files(str(pid))), default=0)
        _end_last_line(self.path)

    @property
    def path(self) -> Path:
        """Where the next spans go, if they still fit."""
        number = f".{self._number}" if self._number else ""
        return self._folder / f"{self._service}-{self._pid}{number}.jsonl"

    def append(self, lines: Iterable[bytes]) -> None:
        """Write whole lines, readable at once.

        Raises
        ------
        OSError
            If the disk does not take them.
        """
        block = b"".join(lines)
        size = self.path.stat().st_size if self.path.exists() else 0
        if size and size + len(block) > self._max_bytes:
            self._number += 1
            size = 0
        with open(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as file:  # noqa: PTH123 (Path.open cannot set the mode)
            file.write(block)
        if not size:
            self._prune()

    def _files(self, pid: str = r"\d+") -> list[tuple[Path, int]]:
        pattern = re.compile(rf"{re.escape(self._service)}-{pid}(?:\.(\d+))?\.jsonl")
        matches = [(path, pattern.fullmatch(path.name)) for path in self._folder.glob("*.jsonl")]
        return [(path, int(match[1] or 0)) for path, match in matches if match]

    def _prune(self) -> None:
        newest_first = sorted((path for path, _ in self._files()), key=_modified, reverse=True)
        for path in newest_first[self._max_files :]:
            path.unlink(missing_ok=True)


def read_trace(traces_dir: Path, trace_id: str) -> list[SpanRecord]:
    """Read all spans of a trace, by start."""
    return _by_start(span for span in _spans_with(traces_dir, trace_id) if span.trace_id == trace_id)


def read_batch(traces_dir: Path, batch_id: str) -> list[SpanRecord]:
    """Read the span of a batch, first, and every span that was made for a document in it, by start.

    The first one's `links` lead to each document's trace; `6 ask` spans link back to it.
    """
    spans = [span for span in _spans_with(traces_dir, batch_id) if span.attributes.get(names.BATCH_ID) == batch_id]
    return sorted(spans, key=lambda span: (span.name != names.BATCH, span.start_ns))


def find_trace_ids(traces_dir: Path, document_id: str) -> list[str]:
    """Find the traces that a document stands in, oldest first."""
    spans = _spans_with(traces_dir, document_id)
    ours = (span for span in spans if span.attributes.get(names.DOCUMENT_ID) == document_id)
    return list(dict.fromkeys(span.trace_id for span in _by_start(ours)))


def _spans_with(traces_dir: Path, text: str) -> Iterator[SpanRecord]:
    wanted = as_written(text)
    for path in sorted(traces_dir.glob("*.jsonl")):
        for line in _lines_with(path, wanted):
            if span := from_line(line):
                yield span


def _lines_with(path: Path, wanted: bytes) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except FileNotFoundError:  # pruned by its service since it was listed
        return
    with file:
        yield from (line for line in file if wanted in line)


def _by_start(spans: Iterable[SpanRecord]) -> list[SpanRecord]:
    return sorted(spans, key=lambda span: (span.start_ns, span.span_id))


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # pruned by another process of the service: as old as can be
        return 0.0


def _end_last_line(path: Path) -> None:
    # A process of the same id may have died while writing (in a container every process has id 1).
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")
