"""Step 3: bytes to pages of text, in disposable worker processes."""

import asyncio
import ctypes
import json
import math
import os
import secrets
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from schemas.events import ErrorCode, Step
from schemas.text import clean_json, clean_text
from services.answers.einvoice import EInvoice
from services.answers.tables.runs import BYTES_PER_RUN, FIELDS, MAX_DOCUMENT_RUNS, MAX_RUNS, is_layout
from services.intake.document import NOTE_CHARACTERS, ParsedDocument, ReadingLimits, noted
from services.intake.einvoice_xml import MAX_BYTES
from services.intake.failure import IntakeError
from services.intake.frames import ENDED, LENGTH, READY, packed
from services.intake.media import SUPPORTED
from services.intake.stored_text import stored_form

_WORKER: Final = (sys.executable, "-I", "-B", "-W", "ignore", "-m", "services.intake.parser_worker")
"""Isolated: neither the environment nor the current folder decides what is imported."""

_SET_DUMPABLE: Final = 4  # linux/prctl.h

_START_SECONDS: Final = 60.0
"""A worker loads its libraries in about a second; a machine that is busy needs longer."""

_CLOCK: Final = 3
"""By the clock a document may take so many times its processor seconds: it is not to blame for a busy machine, and a
worker that does not move at all is not waited for without end."""

_STOP_SECONDS: Final = 2.0
"""For a worker to reap its child before both are killed."""

_WORKER_CODES: Final = frozenset(
    {
        ErrorCode.DOCUMENT_BROKEN,
        ErrorCode.DOCUMENT_ENCRYPTED,
        ErrorCode.DOCUMENT_TOO_LONG,
        ErrorCode.DOCUMENT_WITHOUT_TEXT,
        ErrorCode.MEDIA_TYPE_UNKNOWN,
        ErrorCode.PARSE_MEMORY,
    }
)
"""What a worker may say of a document."""

_MOST_NOTES: Final = 200
_FRAME_OVERHEAD: Final = 1024 * 1024


class _WorkerEndedError(Exception):
    """The worker's pipes are closed, or it says what no worker says."""


@dataclass(eq=False)
class _Worker:
    """One process.

    Parameters
    ----------
    ready
        It has said that its libraries are loaded.
    usable
        Nothing is under way that would be taken for the answer to the next document.
    """

    process: Process
    ready: bool = False
    usable: bool = False

    async def wait_until_ready(self) -> None:
        if not self.ready and await _frame(self.process.stdout, len(READY)) != READY:
            raise _WorkerEndedError
        self.ready = True

    async def ask(self, media_type: str, content: bytes, most: int) -> Mapping[str, Any]:
        """Hand in one document and give the answer, at most `most` bytes of it."""
        assert self.process.stdin is not None  # noqa: S101  (made with a pipe)
        self.usable = False
        token = secrets.token_hex(16)
        order = json.dumps({"media_type": media_type, "token": token}).encode()
        try:
            self.process.stdin.write(packed(order) + LENGTH.pack(len(content)))
            self.process.stdin.write(content)
            await self.process.stdin.drain()
        except ConnectionError as error:
            raise _WorkerEndedError from error
        answer = _json_object(await _frame(self.process.stdout, most))
        # A document that took its child over could wait in it for the next one: the worker itself says that its child
        # has ended, where the child cannot write.
        if answer.get("token") != token or await _frame(self.process.stderr, len(ENDED)) != ENDED:
            raise _WorkerEndedError
        self.usable = True
        return answer

    async def status(self) -> int:
        """Give the exit status of a worker whose pipes are closed; 0 if it lives on all the same."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                return await self.process.wait()
        except TimeoutError:
            return 0

    async def stop(self) -> None:
        """End the process and its child, and reap it."""
        if self.process.returncode is None:
            # First the way that lets it reap its child: nobody else does where the service is process 1.
            _send(os.kill, self.process.pid, signal.SIGTERM)
            await self.status()
        _send(os.killpg, self.process.pid, signal.SIGKILL)
        await self.process.wait()

    async def drain(self) -> None:
        """Read what a stopped worker had still written: only at its end does asyncio close the pipes."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                for stream in (self.process.stdout, self.process.stderr):
                    while stream and await stream.read(_FRAME_OVERHEAD):
                        pass
        except TimeoutError:
            return  # Somebody who left the process group holds the pipe; nothing reads it any more.


class Parser:
    """Reads documents in worker processes; an asynchronous context manager.

    Each document is read in a process of its own with limits on memory, processor time, open files, and written bytes,
    and with an empty environment. A worker that fails takes one document with it and is replaced.

    Parameters
    ----------
    workers
        Documents read at the same time.
    seconds
        Longest processor time for one document; by the clock it may take three times as long.
    memory_mib
        Address space of one worker, in MiB; about 100 are the libraries' own.
    max_pages, max_characters
        Longest document.
    command
        How a worker is started.
    """

    def __init__(
        self,
        workers: int,
        seconds: float,
        memory_mib: int,
        max_pages: int,
        max_characters: int,
        command: Sequence[str] = _WORKER,
    ) -> None:
        self._count = workers
        self._seconds = seconds
        self._limits = ReadingLimits(max_pages, max_characters)
        arguments = (memory_mib, math.ceil(seconds), max_pages, max_characters)
        self._command = (*command, str(os.getpid()), *map(str, arguments))
        # A character takes at most twelve bytes of JSON, as two escaped surrogates; a byte of XML at most three.
        layouts = BYTES_PER_RUN * min(max_characters, max_pages * MAX_RUNS)
        self._most = layouts + 12 * max_characters + 8 * max_pages + 3 * MAX_BYTES + _FRAME_OVERHEAD
        # None: a worker that could not be started again; whoever takes it tries.
        self._idle: asyncio.Queue[_Worker | None] = asyncio.Queue()
        self._workers: set[_Worker] = set()
        self._replacements: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        _hide_from_children()
        await asyncio.gather(*(self._fill() for _ in range(self._count)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self._idle.put_nowait(None)
        await asyncio.gather(*self._replacements)
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._workers.clear()

    async def parse(self, content: bytes, media_type: str) -> ParsedDocument:
        """Read a document.

        Raises
        ------
        IntakeError
            `content_empty`, `media_type_unknown`, what the readers say of the document, `parse_timeout`,
            `parse_memory`, `parse_crashed`, or `internal_error` if no worker can be started.
        """
        _check(content, media_type)
        worker = await self._take()
        try:
            answer = await self._ask(worker, content, media_type)
            return _document(answer, self._limits)
        finally:
            if worker.usable:
                self._idle.put_nowait(worker)
            elif not self._closed:
                self._replace(worker)

    async def _take(self) -> _Worker:
        worker = await self._idle.get()
        if self._closed:
            self._idle.put_nowait(None)
            raise _not_started()
        if worker is not None and worker.process.returncode is None:
            return worker
        try:
            return await self._start()
        except OSError as error:
            self._idle.put_nowait(None)
            raise _not_started() from error

    async def _ask(self, worker: _Worker, content: bytes, media_type: str) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker.wait_until_ready()
        except (TimeoutError, _WorkerEndedError) as error:
            raise _not_started() from error
        try:
            async with asyncio.timeout(_CLOCK * self._seconds):
                return await worker.ask(media_type, content, self._most)
        except TimeoutError as error:
            raise _timed_out(_CLOCK * self._seconds) from error
        except _WorkerEndedError as error:
            raise _ended(await worker.status(), self._seconds) from error

    def _replace(self, worker: _Worker) -> None:
        """Start another at once, in the background: its libraries load while nobody waits."""
        task = asyncio.create_task(self._stop_and_fill(worker))
        self._replacements.add(task)
        task.add_done_callback(self._replacements.discard)

    async def _stop_and_fill(self, worker: _Worker) -> None:
        await worker.stop()
        await worker.drain()
        self._workers.discard(worker)
        await self._fill()

    async def _fill(self) -> None:
        """Put a worker in the place of one that is missing, or leave it to whoever needs it."""
        try:
            self._idle.put_nowait(await self._start())
        except OSError:
            self._idle.put_nowait(None)

    async def _start(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={}, cwd="/", start_new_session=True
        )
        worker = _Worker(process)
        self._workers.add(worker)
        return worker


async def _frame(stream: asyncio.StreamReader | None, most: int) -> bytes:
    """Read a frame of at most so many bytes from a worker."""
    assert stream is not None  # noqa: S101  (made with a pipe)
    try:
        size = LENGTH.unpack(await stream.readexactly(LENGTH.size))[0]
        if size > most:
            raise _WorkerEndedError
        return await stream.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise _WorkerEndedError from error


def _hide_from_children() -> None:
    """Keep this process's environment, which has passwords, and its memory from processes of the same user.

    Their own environment is empty, but `/proc` would show a worker that a document took over ours (prctl(2)).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def _check(content: bytes, media_type: str) -> None:
    if not content:
        message = "the document has no bytes; hand in the document itself"
        raise IntakeError(Step.PARSE, ErrorCode.CONTENT_EMPTY, message)
    if media_type not in SUPPORTED:
        message = f"there is no reader for {media_type!a}; there is one for each of {', '.join(sorted(SUPPORTED))}"
        raise IntakeError(Step.PARSE, ErrorCode.MEDIA_TYPE_UNKNOWN, message)


def _document(answer: Mapping[str, Any], limits: ReadingLimits) -> ParsedDocument:
    """Read a worker's answer, trusting nothing in it."""
    match answer:
        case {"code": str(code), "message": str(message)} if code in _WORKER_CODES:
            raise IntakeError(Step.PARSE, ErrorCode(code), _line(message))
        case {"pages": [_, *_] as pages, "notes": {"de": [*german], "en": [*english]}} if all(
            isinstance(text, str) for text in [*pages, *german, *english]
        ):
            lines = zip(map(_line, german[:_MOST_NOTES]), map(_line, english[:_MOST_NOTES]), strict=False)
            notes = tuple(noted(*sentences) for sentences in lines if all(sentences))
            texts = tuple(map(stored_form, pages))
            layouts = _layouts(answer.get("layouts"), texts)
            document = ParsedDocument(texts, notes, _einvoice(answer.get("einvoice")), layouts)
            limits.check(len(document.pages), document.characters)
            return document
        case _:
            reason = "answered what no parser answers"
            raise _crashed(reason)


def _einvoice(answer: object) -> EInvoice | None:
    try:
        return None if answer is None else EInvoice.model_validate(clean_json(answer))
    except ValueError as error:
        reason = "answered with an e-invoice that is none"
        raise _crashed(reason) from error


def _layouts(answer: object, texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Give the layouts of the pages; one that is none is left out, and its page is read as plain text."""
    given = answer if isinstance(answer, list) else []
    layouts = [
        tuple(numbers) if isinstance(numbers, list) and is_layout(numbers, text) else ()
        for numbers, text in zip(given, texts, strict=False)
    ]
    return tuple(layouts) if sum(map(len, layouts)) <= FIELDS * MAX_DOCUMENT_RUNS else ()


def _line(text: str) -> str:
    return " ".join(clean_text(text).split())[:NOTE_CHARACTERS]


def _json_object(frame: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise _WorkerEndedError from error
    if not isinstance(answer, dict):
        raise _WorkerEndedError
    return answer


def _send(call: Callable[[int, int], None], process: int, number: signal.Signals) -> None:
    try:
        call(process, number)
    except ProcessLookupError:
        return  # It has ended by itself: what was wanted.


def _ended(status: int, seconds: float) -> IntakeError:
    """Say what ended a worker by its exit status: a signal of its own or, above 128, of its child."""
    number = -status if status < 0 else status - 128
    if number == signal.SIGXCPU:
        return _timed_out(seconds)
    if number > 0:
        return _crashed(
            f"was ended by signal {number}" + (" (no memory, or by hand)" if number == signal.SIGKILL else "")
        )
    return _crashed("ended in the middle of the document")


def _crashed(reason: str) -> IntakeError:
    message = f"the parser {reason}; hand the document in again, and if that repeats, make the file anew"
    return IntakeError(Step.PARSE, ErrorCode.PARSE_CRASHED, message, retryable=True)


def _timed_out(seconds: float) -> IntakeError:
    message = f"the document could not be read within {seconds:g} s; make the file anew, or hand it in in parts"
    return IntakeError(Step.PARSE, ErrorCode.PARSE_TIMEOUT, message, retryable=True)


def _not_started() -> IntakeError:
    message = "no parser worker could be started; run `python -m services.intake.parser_worker` to see why"
    return IntakeError(Step.PARSE, ErrorCode.INTERNAL_ERROR, message, retryable=True)
