"""The broker and the database that a measurement runs on: started for it, or those that run already."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from bench.report import REPOSITORY

from services.delivery.connection import KafkaConnection
from services.local.broker import Broker
from services.local.database import LocalDatabase
from services.local.jars import fetch_broker

LENT_KAFKA: Final = "POSTKORB_TESTS_KAFKA"
LENT_POSTGRES: Final = "POSTKORB_TESTS_POSTGRES"
"""Servers that run already, as `tests/conftest.py` knows them."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are.

    Parameters
    ----------
    database_url
        Of the server's own database, as its superuser.
    folder
        For whatever else a measurement writes; it goes when the servers stop.
    """

    bootstrap_servers: str
    database_url: str
    folder: Path

    @property
    def kafka(self) -> KafkaConnection:
        """How to connect to the broker."""
        return KafkaConnection(bootstrap_servers=self.bootstrap_servers)

    @property
    def processes(self) -> Mapping[str, psutil.Process]:
        """The process of each server, the others below it."""
        ports = {"Kafka": self.bootstrap_servers, "PostgreSQL": self.database_url.rpartition("/")[0]}
        return {name: _listening_on(int(address.rpartition(":")[2])) for name, address in ports.items()}

    @property
    def spent(self) -> Mapping[str, float]:
        """Seconds of processor time so far, by server."""
        return {name: seconds_of(process) for name, process in self.processes.items()}


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Start both, unless the environment lends some."""
    with tempfile.TemporaryDirectory(prefix="postkorb-load-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL has an account of its own
        if lent := os.environ.get(LENT_KAFKA):
            yield Servers(lent, os.environ[LENT_POSTGRES], folder)
            return
        jars = fetch_broker(Path(os.environ.get("POSTKORB_DATA_DIR", REPOSITORY / ".postkorb")), lambda _: None)
        with Broker(folder, jars) as broker, LocalDatabase(folder) as database:
            yield Servers(broker.bootstrap_servers, database.url, folder)


def seconds_of(program: psutil.Process) -> float:
    """Add up the processor time of a process, of all below it, and of those below it that have ended."""
    total = 0.0
    for process in (program, *program.children(recursive=True)):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:  # it has ended meanwhile: its parent has its time
            continue
    return total


def _listening_on(port: int) -> psutil.Process:
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return psutil.Process(connection.pid)
    message = f"no process of this machine listens on port {port}"
    raise LookupError(message)
