"""What people do instead: a script and libraries, in turns on the same server, and Ray Data with its own engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.by_library import LIBRARIES, RAY, WayError, ask_by_library, name_and_version, python_with
from bench.script import ask_by_script, clear_server, engine_of
from bench.tasks import Took

from services.settings import Settings

SCRIPT: Final = "script"
ON_THE_SERVER: Final = ("instructor", "langextract")

Say = Callable[[str], None]


@dataclass
class Way:
    """One way.

    Parameters
    ----------
    title
        As people read it.
    took
        One a round.
    fault
        Why it cannot be measured; None if it can.
    """

    name: str
    title: str
    took: list[Took] = field(default_factory=list)
    fault: str | None = None


def make_environment(lock: Path, settings: Settings, say: Say) -> Path | WayError:
    """Give the Python of a lock's own environment, or why there is none."""
    say(f"making the environment of {lock.name}, unless it is there")
    try:
        return python_with(lock, settings.data_dir)
    except WayError as error:
        return error


async def measure_ways(
    url: str, settings: Settings, python: Path | WayError, rounds: Sequence[Sequence[str]], place: Path, say: Say
) -> list[Way]:
    """Ask the server by each way in each round about the texts of the round; each begins with an empty prefix cache."""
    script = Way(SCRIPT, "a script: type, summary, fields, each a call to vLLM's server")
    libraries = [_way(name, name_and_version(name, LIBRARIES), python) for name in ON_THE_SERVER]
    await ask_by_script(url, settings, rounds[0][:1])  # what the server makes once and keeps
    for texts in rounds:
        say(f"{len(texts)} documents through a script")
        clear_server(url)
        script.took.append(await ask_by_script(url, settings, texts))
        for way in libraries:
            if way.fault is None:
                say(f"{len(texts)} documents through {way.name}")
                clear_server(url)
                _measure(way, python, settings, texts, place, url=url)
    return [script, *libraries]


def measure_ray(
    settings: Settings, python: Path | WayError, rounds: Sequence[Sequence[str]], place: Path, say: Say
) -> Way:
    """Ask through Ray Data, which has an engine of its own: no other may be in memory."""
    way = _way("ray", f"Ray Data's LLM batch, {name_and_version('ray', RAY)}, engine starts not counted", python)
    for texts in rounds:
        if way.fault is None:
            say(f"{len(texts)} documents through Ray Data")
            _measure(way, python, settings, texts, place, engine=engine_of(settings))
    return way


def _way(name: str, title: str, python: Path | WayError) -> Way:
    return Way(name, title, fault=f"could not be installed: {python}" if isinstance(python, WayError) else None)


def _measure(
    way: Way,
    python: Path | WayError,
    settings: Settings,
    texts: Sequence[str],
    place: Path,
    *,
    url: str = "",
    engine: Mapping[str, Any] | None = None,
) -> None:
    """Measure a round of a way, or note why it cannot be measured."""
    assert isinstance(python, Path)
    try:
        way.took.append(ask_by_library(way.name, python, settings, texts, place, url=url, engine=engine))
    except WayError as error:
        way.fault = str(error)
