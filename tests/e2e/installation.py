"""Postkorb as a newcomer has it: a data folder, an environment, and the command, in processes of their own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from services.local.stack import Stack, read_stack
from services.telemetry.state import State, read_state

SERVICES = ("intake", "inference", "relay")
START_SECONDS = 240
STOP_SECONDS = 60
OUR_VARIABLES = ("POSTKORB_", "OTEL_")


class Installation:
    """One data folder with the broker's jars in it, and the settings of everything that runs on it.

    Parameters
    ----------
    settings
        Environment variables without their prefix `POSTKORB_`.

    Attributes
    ----------
    launcher
        A program that starts every command, with its own arguments; none: they are started as they are.
    """

    launcher: Sequence[str] = ()

    def __init__(self, data_dir: Path, jars: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.settings = settings
        self._family: dict[int, psutil.Process] = {}
        (data_dir / "kafka").mkdir(parents=True)
        (data_dir / "kafka" / "libs").symlink_to(jars.resolve())

    def environment(self, changes: Mapping[str, str]) -> dict[str, str]:
        """Give the environment of a newcomer, with nothing of this shell's own settings."""
        foreign = {name: value for name, value in os.environ.items() if not name.startswith(OUR_VARIABLES)}
        settings = {"DATA_DIR": str(self.data_dir), **self.settings, **changes}
        return foreign | {f"POSTKORB_{name}": value for name, value in settings.items() if value}

    def start(self, *command: str, **changes: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a shell does; an empty setting is taken away."""
        return subprocess.Popen(
            [*self.launcher, sys.executable, "-m", "services.cli", *command],
            env=self.environment(changes),
            cwd=self.data_dir,  # no `.env` of the checkout
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return ended(self.start(*command, **changes))

    def json(self, *command: str) -> Any:
        """Run a command that must succeed, and read the JSON that it prints."""
        done = self.run(*command, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    @property
    def stack(self) -> Stack:
        """What runs here."""
        stack = read_stack(self.data_dir)
        assert stack is not None, f"nothing runs on {self.data_dir}"
        return stack

    @property
    def database_url(self) -> str:
        """URL as clients of PostgreSQL write it."""
        return self.stack.database_url.get_secret_value().replace("+asyncpg", "")

    def is_ready(self) -> bool:
        """Whether every service says so."""
        said = [read_state(self.data_dir, name) for name in SERVICES]
        return all(state is not None and state.state is State.READY for state in said)

    def wait_until(self, condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
        """Wait for a moment of the start; a process that ends before is shown with what it said."""
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            if process is not None and process.poll() is not None:
                raise AssertionError("".join(process.communicate()))
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.02)

    def program(self, service: str) -> psutil.Process:
        """Give the process of a service itself, below its reaper."""
        return psutil.Process(self.stack.children[service]).children()[0]

    def remember_family(self, process: subprocess.Popen[str]) -> None:
        """Note every process below `process`, to look for it after the end."""
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(process.pid)
            self._family |= {one.pid: one for one in [root, *root.children(recursive=True)]}

    def left(self) -> list[str]:
        """List processes of this installation that still live: known ones, and whoever names its folder."""
        known = [one for one in self._family.values() if one.is_running()]  # compares the start time too
        return sorted({said for one in [*known, *_naming(self.data_dir)] if (said := _said(one))})

    def logs(self) -> str:
        """End of every log, for a person who looks at a failed test."""
        files = sorted((self.data_dir / "logs").glob("*.log"))
        return "\n".join(f"{file.name}:\n{file.read_text('utf-8', errors='replace')[-2000:]}" for file in files)


def ended(process: subprocess.Popen[str], seconds: float = 90) -> subprocess.CompletedProcess[str]:
    """Wait for the end of a command; one that does not end is killed, and the test fails."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def stop(installation: Installation, process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Stop `postkorb up` as a terminal does (its whole process group), and give what it said on stderr."""
    installation.remember_family(process)
    assert installation.left(), "what is running must be found, or nothing is said by finding nothing afterwards"
    os.killpg(process.pid, number)
    return ended(process, STOP_SECONDS).stderr


def _naming(folder: Path) -> Iterator[psutil.Process]:
    """Find processes that name the folder: as argument, in their environment, or as their current folder."""
    for process in psutil.process_iter():
        asked = (
            process.cmdline,
            lambda one=process: [one.cwd()],
            lambda one=process: [one.environ().get("POSTKORB_DATA_DIR", "")],
        )
        if any(str(folder) in text for ask in asked for text in _told(ask)):
            yield process


def _told(ask: Callable[[], list[str]]) -> list[str]:
    """Ask a process of itself; one that has ended, is another user's, or shows this to root alone says nothing."""
    try:
        return ask()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def _said(process: psutil.Process) -> str:
    try:
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.pid}: {' '.join(process.cmdline())}"
    except psutil.NoSuchProcess:  # it ended meanwhile
        return ""


async def until(condition: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def rows(url: str, statement: str, *values: object) -> list[asyncpg.Record]:
    """Ask PostgreSQL as an analyst's client does."""
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


def records(bootstrap_servers: str, topic: str) -> Sequence[ConsumerRecord]:
    """Read a topic from its beginning to its present end, with a client that is not ours."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[ConsumerRecord] = []
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            found += [record for batch in consumer.poll(500).values() for record in batch]
        return found
    finally:
        consumer.close()
