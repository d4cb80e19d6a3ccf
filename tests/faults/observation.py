"""What the services do while something that they need is away: they wait, say so, and do not do more than that."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from faults.place import Place
from faults.replica import Replica
from faults.said import ALL

LOOK_SECONDS: Final = 0.5

CPU_SHARE: Final = 0.25
"""Of one core; a loop that does not wait takes all of it."""
GROWTH_BYTES: Final = 64 * 1024 * 1024
COMPLAINTS: Final = 15
COMPLAINTS_A_MINUTE: Final = 30
"""Warnings and errors that a service may log of an outage: at its beginning, and while it lasts."""

HARMLESS: Final = re.compile(r'"level": "(debug|info)"')


@dataclass
class Conduct:
    """What one service did in an outage.

    Parameters
    ----------
    cpu_seconds, grown_bytes
        Of its own process, without parsers and the like.
    complaints
        Lines of the log from warning on, and those that are no JSON, such as a traceback's.
    not_live
        What `/livez` said when it was not well; None where it did not answer.
    is_ready, reasons
        What `/readyz` said last, and by check why not, at any time.
    """

    service: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    grown_bytes: int = 0
    restarts: int = 0
    complaints: list[str] = field(default_factory=list)
    not_live: list[Any] = field(default_factory=list)
    is_ready: bool = True
    reasons: dict[str, str] = field(default_factory=dict)

    def misconduct(self, lacking: str) -> list[str]:
        """Give what it should not have done; none is good.

        Parameters
        ----------
        lacking
            The check of `/readyz` that must be red at the end, with a reason.
        """
        most_complaints = COMPLAINTS + COMPLAINTS_A_MINUTE * self.seconds / 60
        found = {
            f"ended {self.restarts} times": self.restarts > 0,
            f"was not live: {self.not_live[:3]}": bool(self.not_live),
            f"was ready without {lacking}": self.is_ready,
            f"did not say what is wrong with {lacking}: {self.reasons}": not self.reasons.get(lacking),
            f"took {self.cpu_seconds:.1f} s of CPU": self.cpu_seconds > CPU_SHARE * self.seconds,
            f"took {self.grown_bytes >> 20} MiB more": self.grown_bytes > GROWTH_BYTES,
            f"logged {len(self.complaints)} complaints, such as {self.complaints[-5:]}": (
                len(self.complaints) > most_complaints
            ),
        }
        return [f"{self.service} {what} in {self.seconds:.0f} s" for what, is_so in found.items() if is_so]


def watch(place: Place, seconds: float, *harms: Callable[[], object]) -> list[Conduct]:
    """Do harm of several kinds, one after the other, an equal part of the time each; tell what the services did."""
    watchers = [_Watcher(replica) for replica in place.replicas]
    begun = time.monotonic()
    for number, harm in enumerate(harms, 1):
        harm()
        while time.monotonic() - begun < seconds * number / len(harms):
            for watcher in watchers:
                watcher.look()
            time.sleep(LOOK_SECONDS)
    return [watcher.end(time.monotonic() - begun) for watcher in watchers]


def reasons(replica: Replica) -> dict[str, str] | None:
    """Give what `/readyz` complains of, by check; None if nothing answers."""
    if (said := replica.health("/readyz")) is None:
        return None
    return {check["name"]: check["reason"] for check in said.json()["checks"] if not check["healthy"]}


def all_say_ready(place: Place) -> bool:
    """Say whether `/readyz` of all three is green."""
    return all(reasons(replica) == {} for replica in place.replicas)


def misconduct(conducts: Sequence[Conduct], lacking: str) -> list[str]:
    """Give what the services should not have done; see `Conduct.misconduct`."""
    return [what for conduct in conducts for what in conduct.misconduct(lacking)]


class _Watcher:
    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._conduct = Conduct(replica.name)
        self._restarts = replica.restarts
        self._program = replica.program
        self._lines = len(_complaints(replica))
        self._cpu_seconds = self._cpu()
        self._bytes = self._program.memory_info().rss

    def look(self) -> None:
        live, why_not = self._replica.health("/livez"), reasons(self._replica)
        if live is None or live.status_code != 200:
            self._conduct.not_live.append(live and live.json())
        if why_not is not None:
            self._conduct.is_ready = not why_not
            self._conduct.reasons |= why_not

    def end(self, seconds: float) -> Conduct:
        conduct = self._conduct
        conduct.seconds = seconds
        conduct.restarts = self._replica.restarts - self._restarts
        conduct.complaints = _complaints(self._replica)[self._lines :]
        if self._program.is_running():
            conduct.cpu_seconds = self._cpu() - self._cpu_seconds
            conduct.grown_bytes = self._program.memory_info().rss - self._bytes
        else:
            conduct.restarts += 1
        return conduct

    def _cpu(self) -> float:
        times = self._program.cpu_times()
        return float(times.user + times.system)


def _complaints(replica: Replica) -> list[str]:
    return [line for line in replica.log(ALL).splitlines() if not HARMLESS.search(line)]
