"""What the programs in this folder are asked, and what they answer: a JSON in, a JSON out.

They run on the Python of the libraries' own environment, which has nothing of Postkorb's.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Answer = tuple[str, Any]
"""Name of a task, and what was said; None if the library gave nothing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task: what is wanted, the JSON Schema of the answer, and how many tokens it may have."""

    instruction: str
    schema: Mapping[str, Any]
    tokens: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Parameters
    ----------
    url
        Of the server, with its `/v1`.
    side_by_side
        How many documents are in work at the same time.
    engine
        How an engine of the way's own is set, as vLLM names it; empty where the server has one.
    """

    url: str
    model: str
    side_by_side: int
    texts: Sequence[str]
    tasks: Mapping[str, Task]
    engine: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Calls:
    """How often the engine was asked, and the first task that a library failed.

    Parameters
    ----------
    seconds
        What it took, if the way knows better than the clock around it.
    """

    made: int = 0
    fault: str | None = None
    seconds: float | None = None
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, *_: object, **__: object) -> None:
        """Count one."""
        with self._one_at_a_time:
            self.made += 1

    def failed(self, task: str, error: Exception) -> Answer:
        """Note it, and give the answer of a task that has none."""
        with self._one_at_a_time:
            self.fault = self.fault or f"{task}: {type(error).__name__}: {error}"
        return task, None


def type_in(said: object) -> str | None:
    """Give the type that an answer names."""
    return said.get("document_type") if isinstance(said, dict) else None


def run(prepare: Callable[[Asked, Calls], Callable[[], Iterable[Answer]]]) -> None:
    """Read the file of the first argument, prepare, ask, and write the file of the second one; only asking is timed."""
    read, written = map(Path, sys.argv[1:])
    given = json.loads(read.read_text("utf-8"))
    asked = Asked(**given | {"tasks": {name: Task(**task) for name, task in given["tasks"].items()}})
    calls = Calls()
    ask = prepare(asked, calls)
    started = time.perf_counter()
    answers = list(ask())
    seconds = time.perf_counter() - started
    seconds = seconds if calls.seconds is None else calls.seconds
    found = {"seconds": seconds, "calls": calls.made, "answers": answers, "fault": calls.fault}
    written.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
