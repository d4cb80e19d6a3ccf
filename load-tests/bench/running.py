"""The three services as processes of their own, as they run in production, with a scripted engine."""

import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from bench.ground import Document, Ground, submit, wait_for_ends
from bench.servers import seconds_of
from faults.background import Background
from faults.replica import Replica
from faults.waiting import wait_until

START_SECONDS: Final = 300
END_SECONDS: Final = 3600

SETTINGS: Final = {
    "BATCH_DOCUMENTS": "32",
    "MAX_SEQUENCES": "128",
    "PARSERS": "2",
    "LOG_FORMAT": "json",
    "DRAIN_SECONDS": "10",
}
"""What a deployment would set for an engine that is never slow; the rest is as it ships."""


class MeasuredReplica(Replica):
    """A service whose engine is scripted; see `launcher.py` for the settings that begin with `BENCH_`."""

    launcher = Path(__file__).with_name("launcher.py")
    aside = "BENCH_"

    @property
    def answers_ready(self) -> bool:
        """Whether it would work on a document now: it has its partitions, too."""
        said = self.health("/readyz")
        return said is not None and said.is_success


@dataclass(frozen=True, slots=True)
class Spent:
    """What documents took.

    Parameters
    ----------
    seconds
        By the clock, from handing in the first to the event of the last.
    cpu
        Seconds of processor time, by who spent it.
    """

    documents: int
    seconds: float
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds

    @property
    def cpu_ms(self) -> Mapping[str, float]:
        """Milliseconds of processor time a document, by who spent it."""
        return {name: 1000 * seconds / self.documents for name, seconds in self.cpu.items()}

    @property
    def total_ms(self) -> float:
        """Milliseconds of processor time a document, of all together."""
        return sum(self.cpu_ms.values())


@dataclass
class Services:
    """What runs; inference may be there several times.

    Parameters
    ----------
    ended
        Documents that have ended on this ground so far.
    """

    ground: Ground
    background: Background
    settings: Mapping[str, str]
    ended: int = 0
    _replicas: dict[str, MeasuredReplica] = field(default_factory=dict)

    def start(self, inferences: int = 1) -> None:
        """Start what does not run yet, and wait until all of it would work on a document."""
        names = ["intake", "relay", *(f"inference-{number}" for number in range(1, inferences + 1))]
        for name in names:
            if name not in self._replicas:
                self._replicas[name] = self._make(name)
                self._replicas[name].start()
        for replica in self._replicas.values():
            wait_until(
                lambda one=replica: one.answers_ready, START_SECONDS, f"{replica.name} is not ready", replica.log
            )

    def begin_sampling(self) -> None:
        """Let the samplers begin: what a start takes is no document's."""
        for replica in self._replicas.values():
            replica.send(signal.SIGUSR1)

    def stop(self) -> None:
        """Stop them all."""
        for replica in self._replicas.values():
            replica.ask_to_stop()
        for replica in self._replicas.values():
            replica.wait_for_end()
        self._replicas.clear()

    def work_off(self, documents: Iterable[Document]) -> Spent:
        """Hand documents in and wait until all have ended."""
        before, started = self._cpu(), time.perf_counter()
        count = len(self.background.run(submit(self.ground, documents), END_SECONDS))
        self.ended += count
        self.background.run(wait_for_ends(self.ground, self.ended, END_SECONDS), END_SECONDS)
        seconds, after = time.perf_counter() - started, self._cpu()
        return Spent(count, seconds, {name: after[name] - before.get(name, 0.0) for name in after})

    def memory(self) -> dict[str, float]:
        """MiB of each service in memory, its parser workers with it; pages that they share count once (PSS)."""
        found: dict[str, float] = {}
        for replica in self._replicas.values():
            processes = (replica.program, *replica.program.children(recursive=True))
            found[replica.service] = found.get(replica.service, 0.0) + sum(map(_mebibytes, processes))
        return found

    def _cpu(self) -> dict[str, float]:
        """Seconds of processor time so far, by service and server; parser workers count by themselves."""
        found: dict[str, float] = {}
        for replica in self._replicas.values():
            workers = sum(map(seconds_of, replica.program.children()))
            service = sum(replica.program.cpu_times()[:2])
            found[replica.service] = found.get(replica.service, 0.0) + service
            if replica.service == "intake":
                found["parsers"] = workers
        return found | dict(self.ground.servers.spent)

    def _make(self, name: str) -> MeasuredReplica:
        ground, service = self.ground, name.partition("-")[0]
        where = {
            "KAFKA_BOOTSTRAP_SERVERS": ground.servers.bootstrap_servers,
            "DATABASE_URL": ground.url,
            "TOPIC_PREFIX": ground.topics.prefix,
            "PARTITIONS": str(ground.partitions),
            "INSTANCE": f"{ground.topics.prefix}{name}",
        }
        folder = ground.servers.folder / ground.topics.prefix / name
        sampled = {"BENCH_SAMPLES": str(samples_of(ground, service))} if "BENCH_SAMPLES" in self.settings else {}
        settings = SETTINGS | {"BENCH_ANSWER_SECONDS": "0"} | where | self.settings | sampled
        return MeasuredReplica(service, name, folder, settings, self.background)


def _mebibytes(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.NoSuchProcess:  # the child that a parser worker had for one document
        return 0.0
    except (
        psutil.AccessDenied
    ):  # intake and its workers show themselves to root alone: what is shared counts for nobody
        used = process.memory_info()
        return float(used.rss - used.shared) / 2**20


def samples_of(ground: Ground, service: str) -> Path:
    """Say where a sampled service writes its samples."""
    return ground.servers.folder / f"{ground.topics.prefix}{service}.samples.json"


@contextmanager
def running_services(ground: Ground, background: Background, **settings: str) -> Iterator[Services]:
    """Give services that `start` starts, and stop them in the end."""
    services = Services(ground, background, settings)
    try:
        yield services
    finally:
        services.stop()
