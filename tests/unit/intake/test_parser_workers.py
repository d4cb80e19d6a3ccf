"""Worker processes: limited, disposable, and gone when the parser is."""

import asyncio
import ctypes
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from pdfs import letter, one_page, slow, written

from schemas.events import ErrorCode
from services.intake.failure import IntakeError
from services.intake.media import PDF, TEXT
from services.intake.parse import Parser

GOOD = letter(["Rechnung Nr. 1"])
GET_DUMPABLE = 3  # linux/prctl.h


def a_parser(workers: int = 1, seconds: float = 20, memory_mib: int = 512, **more: tuple[str, ...]) -> Parser:
    return Parser(workers, seconds, memory_mib, max_pages=50, max_characters=200_000, **more)


@pytest_asyncio.fixture
async def single() -> AsyncIterator[Parser]:
    """One worker that has read a document already, so that it waits for the next."""
    async with a_parser() as parser:
        await parser.parse(GOOD, PDF)
        yield parser


async def code_of(parser: Parser, content: bytes, media_type: str = PDF) -> ErrorCode:
    with pytest.raises(IntakeError) as caught:
        await parser.parse(content, media_type)
    return caught.value.code


def processes(parser: Parser) -> list[int]:
    """Give the parser's workers and their children."""
    found = []
    for worker in parser._workers:
        process = worker.process.pid
        found += [process, *children(process)]
    return found


async def waiting(parser: Parser) -> list[int]:
    """Give the processes of a parser with one worker once its child waits for the next document."""

    def reads() -> bool:
        try:
            child = processes(parser)[1]
            # Asleep: the child before it, on its way out, is limited too.
            return resource.prlimit(child, resource.RLIMIT_NPROC) == (0, 0) and state(child) == "S"
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return False

    await becomes_true(reads)
    return processes(parser)


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [*map(int, listed.read_text().split())] if listed.exists() else []


def environment(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def open_files(process: int) -> list[str]:
    return [str(link.readlink()).partition(":")[0] for link in Path(f"/proc/{process}/fd").iterdir()]


def status(process: int) -> str:
    return Path(f"/proc/{process}/status").read_text()


def state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def running(process: int) -> bool:
    try:
        return state(process) != "Z"
    except FileNotFoundError:
        return False


async def becomes_true(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.01)


async def test_a_document_over_its_time_is_killed_and_the_next_one_is_read() -> None:
    async with a_parser(seconds=1) as parser:
        await parser.parse(GOOD, PDF)
        before = await waiting(parser)
        started = time.monotonic()
        assert await code_of(parser, slow()) is ErrorCode.PARSE_TIMEOUT
        assert time.monotonic() - started < 5
        assert (await parser.parse(GOOD, PDF)).pages[0].startswith("Rechnung")
        await becomes_true(lambda: not any(map(running, before)))


async def test_a_worker_that_does_not_move_at_all_is_killed() -> None:
    async with a_parser(seconds=1) as parser:
        await parser.parse(GOOD, PDF)
        before = await waiting(parser)
        for process in before:
            os.kill(process, signal.SIGSTOP)
        assert await code_of(parser, GOOD) is ErrorCode.PARSE_TIMEOUT
        await becomes_true(lambda: not any(map(running, before)))
        assert (await parser.parse(GOOD, PDF)).pages


async def test_a_document_that_needs_too_much_memory_fails_alone_and_its_worker_lives() -> None:
    hungry = written(one_page(b"BT /F1 9 Tf " + b"(x) Tj " * 2_000_000 + b"ET"))
    async with a_parser(memory_mib=100) as parser:
        assert await code_of(parser, hungry) is ErrorCode.PARSE_MEMORY
        workers = [worker.process.pid for worker in parser._workers]
        assert (await parser.parse(GOOD, PDF)).pages
        assert [worker.process.pid for worker in parser._workers] == workers


@pytest.mark.parametrize("whom", [0, -1], ids=["the worker", "its child"])
async def test_kill_9_while_reading_costs_that_document_alone(single: Parser, whom: int) -> None:
    process = (await waiting(single))[1]
    task = asyncio.create_task(single.parse(slow(), PDF))
    await becomes_true(lambda: state(process) == "R")
    os.kill(processes(single)[whom], signal.SIGKILL)
    with pytest.raises(IntakeError) as caught:
        await task
    assert caught.value.code is ErrorCode.PARSE_CRASHED
    assert "signal 9" in caught.value.message
    assert (await single.parse(GOOD, PDF)).pages


async def test_a_worker_killed_while_it_waits_costs_no_document(single: Parser) -> None:
    worker = next(iter(single._workers)).process
    os.kill(worker.pid, signal.SIGKILL)
    await worker.wait()
    assert (await single.parse(GOOD, PDF)).pages


async def test_a_crash_is_told_apart_from_a_lack_of_memory(single: Parser) -> None:
    child = (await waiting(single))[1]
    task = asyncio.create_task(single.parse(slow(), PDF))
    await asyncio.sleep(0)
    os.kill(child, signal.SIGSEGV)
    with pytest.raises(IntakeError, match=f"signal {signal.SIGSEGV.value}") as caught:
        await task
    assert caught.value.code is ErrorCode.PARSE_CRASHED
    assert caught.value.retryable


async def test_a_cancelled_parse_leaves_no_answer_for_the_next_document(single: Parser) -> None:
    task = asyncio.create_task(single.parse(slow(), PDF))
    await becomes_true(lambda: not single._idle.qsize())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await single.parse(b"der naechste", TEXT)).pages == ("der naechste",)


async def test_each_document_has_a_process_of_its_own(single: Parser) -> None:
    readers = set()
    for _ in range(5):
        readers.add((await waiting(single))[1])
        await single.parse(GOOD, PDF)
    assert len(readers) == 5


async def test_a_worker_inherits_no_environment_and_no_open_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if os.geteuid():
        pytest.skip("only root may look into a process that shows itself to nobody")
    monkeypatch.setenv("POSTKORB_DATABASE_URL", "postgresql://postkorb:secret@db/postkorb")
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)  # noqa: FBT003  (positional in the standard library)
        async with a_parser() as parser:
            await parser.parse(GOOD, PDF)
            for process in await waiting(parser):
                assert environment(process) == b""
                assert len(open_files(process)) == 3
                assert set(open_files(process)) <= {"pipe", "socket", "/dev/null"}


async def test_what_the_parent_knows_is_not_for_processes_of_the_same_user() -> None:
    """Root may read everything; a service does not run as root."""
    async with a_parser():
        assert ctypes.CDLL(None).prctl(GET_DUMPABLE, 0, 0, 0, 0) == 0


async def test_a_worker_is_limited_before_it_reads_anything(single: Parser) -> None:
    for process in await waiting(single):
        assert "NoNewPrivs:\t1" in status(process)
        for kind, limit in (
            (resource.RLIMIT_AS, 512 * 2**20),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, 16),
        ):
            assert resource.prlimit(process, kind) == (limit, limit)
    assert resource.prlimit(processes(single)[1], resource.RLIMIT_CPU) == (20, 21)


async def test_no_process_is_left_after_close_even_in_the_middle_of_documents() -> None:
    async with a_parser(workers=2) as parser:
        await parser.parse(GOOD, PDF)
        tasks = [asyncio.create_task(parser.parse(slow(), PDF)) for _ in range(2)]
        await becomes_true(lambda: len(processes(parser)) == 4)
        before = processes(parser)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(outcome, IntakeError) for outcome in outcomes)
    await becomes_true(lambda: not any(map(running, before)))
    assert not parser._workers


async def test_no_process_outlives_a_parser_that_was_killed() -> None:
    script = textwrap.dedent("""
        import asyncio
        from services.intake.parse import Parser
        async def main():
            async with Parser(1, 20, 512, 50, 1000) as parser:
                await parser.parse(b"x", "text/plain")
                print(next(iter(parser._workers)).process.pid, flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as owner:  # noqa: ASYNC220  (a process to kill)
        assert owner.stdout is not None
        worker = int(await asyncio.to_thread(owner.stdout.readline))
        await becomes_true(lambda: len(children(worker)) == 1)  # it forks for the next document in its own time
        (child,) = children(worker)
        assert running(worker)
        owner.kill()
    await becomes_true(lambda: not running(worker) and not running(child))


async def test_the_parent_does_not_grow_with_the_documents(single: Parser) -> None:
    for _ in range(20):
        await single.parse(GOOD, PDF)
    before = resident_kib()
    big = b"Zeile\n" * 24_000
    for _ in range(100):
        await single.parse(big, TEXT)
    assert resident_kib() - before < 20_000
    assert len(await waiting(single)) == 2


def resident_kib() -> int:
    return next(int(line.split()[1]) for line in status(os.getpid()).splitlines() if line.startswith("VmRSS"))


PRELUDE = """
import json, os, struct
def read():
    size = struct.unpack(">I", os.read(0, 4))[0]
    return os.read(0, size)
def write(body):
    os.write(1, struct.pack(">I", len(body)) + body)
def end():
    os.write(2, struct.pack(">I", 5) + b"ended")
write(b"ready")
token = json.loads(read())["token"]
read()
"""


@pytest.mark.parametrize(
    "answer",
    [
        'write(json.dumps({"pages": ["x"], "notes": {"de": [], "en": []}, "token": "guessed"}).encode()); end()',
        'write(json.dumps({"pages": [1], "notes": {"de": [], "en": []}, "token": token}).encode()); end()',
        'write(json.dumps({"pages": "x", "notes": {"de": [], "en": []}, "token": token}).encode()); end()',
        'write(json.dumps({"code": "engine_refused", "message": "x", "token": token}).encode()); end()',
        'write(json.dumps({"token": token}).encode()); end()',
        'write(b"[]")',
        'write(b"[" * 100_000)',
        'write(b"\\x80\\x04K\\x01.")',
        'os.write(1, struct.pack(">I", 2**32 - 1))',
        'os.write(1, struct.pack(">I", 1000) + b"half")',
        'write(json.dumps({"pages": [], "notes": {"de": [], "en": []}, "token": token}).encode()); end()',
        "",
    ],
)
async def test_a_worker_that_was_taken_over_can_only_spoil_its_own_document(answer: str) -> None:
    command = (sys.executable, "-c", PRELUDE + answer)
    async with a_parser(command=command) as parser:
        assert await code_of(parser, b"x", TEXT) is ErrorCode.PARSE_CRASHED


STAYS = f"""{PRELUDE}write(json.dumps({{"pages": ["x"], "notes": {{"de": [], "en": []}}, "token": token}}).encode())
write(b"and reads the next one: " + read())
"""


async def test_a_child_that_answers_and_stays_does_not_read_the_next_document() -> None:
    """Its worker says that it has ended, where the child cannot write."""
    async with a_parser(command=(sys.executable, "-c", STAYS), seconds=1) as parser:
        for _ in range(2):
            assert await code_of(parser, b"secret", TEXT) is ErrorCode.PARSE_TIMEOUT


async def test_what_a_worker_says_is_cleaned_and_bounded_by_the_parent() -> None:
    notes = '{"de": ["n\\n" * 300] * 900, "en": ["n\\n" * 300] * 900}'
    answer = f'{{"pages": ["a\\r\\nb\\u0000\\ud800"], "notes": {notes}, "token": token}}'
    async with a_parser(
        command=(sys.executable, "-c", f"{PRELUDE}write(json.dumps({answer}).encode()); end()")
    ) as parser:
        document = await parser.parse(b"x", TEXT)
    assert document.pages == ("a\nb\ufffd\ufffd",)
    assert len(document.notes) == 200
    assert len(document.notes[0].de) <= 400


async def test_a_worker_that_cannot_start_fails_the_document_for_another_try() -> None:
    async with a_parser(command=(sys.executable, "-c", "raise SystemExit(1)")) as parser:
        with pytest.raises(IntakeError) as caught:
            await parser.parse(b"x", TEXT)
    assert caught.value.code is ErrorCode.INTERNAL_ERROR
    assert caught.value.retryable
