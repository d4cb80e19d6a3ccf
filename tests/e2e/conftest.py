"""One installation that runs through all of these tests; what a test hands in is told by its ids."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from e2e.installation import STOP_SECONDS, Installation, stop
from scripted_server import MODEL, ScriptedServer, scripted_server

MakeInstallation = Callable[..., Installation]


@pytest.fixture(scope="session", autouse=True)
def _heard_interrupts() -> None:
    """Let children hear Ctrl-C even where the tests run in the background: a shell has it ignored there."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def engine() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _at_once(engine: ScriptedServer) -> Iterator[None]:
    """Let no test inherit the delay of another one."""
    yield
    engine.seconds = 0.0


@pytest.fixture(scope="session")
def installation(broker_jars: Path, engine: ScriptedServer) -> Iterator[MakeInstallation]:
    """Make installations that ask the scripted engine."""
    with tempfile.TemporaryDirectory(prefix="postkorb-e2e-") as folder:  # pytest's own is closed to PostgreSQL

        def make(**settings: str) -> Installation:
            remote = {"ENGINE": "remote", "ENGINE_URLS": engine.url, "MODEL": MODEL}
            return Installation(Path(folder) / uuid4().hex[:8], broker_jars, **remote | settings)

        yield make


@pytest.fixture(scope="session")
def stack(installation: MakeInstallation) -> Iterator[Installation]:
    """Run `postkorb up`, and in the end `postkorb down` (SIGTERM): no process may be left."""
    here = installation()
    process = here.start("up")
    try:
        here.wait_until(here.is_ready, process)
        yield here
        here.remember_family(process)
        assert here.run("down").returncode == 0
        assert process.wait(STOP_SECONDS) == 0
        assert not here.left()
    finally:
        if process.poll() is None:
            stop(here, process, signal.SIGTERM)


@pytest.fixture
def prefix() -> str:
    """Beginning of the ids of a test's documents."""
    return f"{uuid4().hex[:8]}-"
