"""The real broker and the real database, each behind a proxy that the services cannot avoid."""

from pathlib import Path

import psutil
from faults.background import Background
from faults.proxy import Proxy

from services.local.broker import Broker
from services.local.child import Child
from services.local.database import LocalDatabase
from services.local.ports import LOOPBACK, free_ports


class ProxiedBroker(Broker):
    """A broker that tells its clients the proxy's port; `direct` is an address of its own for the tests.

    Stop, kill and start it at will: clients of the proxy keep their address.
    """

    def __init__(self, data_dir: Path, libs: Path, background: Background) -> None:
        super().__init__(data_dir, libs)
        self.proxy = Proxy(background)
        self.direct = ""

    @property
    def address(self) -> str:
        """Where the services connect."""
        return f"{LOOPBACK}:{self.proxy.port}"

    @property
    def program(self) -> psutil.Process:
        """The broker's own process."""
        return program_of(self._child)

    def prepare(self) -> None:
        super().prepare()
        (direct,) = free_ports(1)
        self.direct, self.proxy.target = f"{LOOPBACK}:{direct}", self._port
        file = self._home / "server.properties"
        settings = dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())
        settings["listeners"] += f",DIRECT://{self.direct}"
        settings["advertised.listeners"] = f"PLAINTEXT://{self.address},DIRECT://{self.direct}"
        settings["listener.security.protocol.map"] += ",DIRECT:PLAINTEXT"
        settings["inter.broker.listener.name"] = "DIRECT"
        file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), "utf-8")


class ProxiedDatabase(LocalDatabase):
    """A database whose `address` is the proxy's; `direct` goes past it."""

    def __init__(self, data_dir: Path, background: Background) -> None:
        super().__init__(data_dir)
        self.proxy = Proxy(background)

    @property
    def address(self) -> str:
        """URL that the services are given."""
        return self.url.replace(f":{self._port}/", f":{self.proxy.port}/")

    @property
    def direct(self) -> str:
        """URL for asyncpg that goes past the proxy."""
        return self.url.replace("+asyncpg", "")

    @property
    def program(self) -> psutil.Process:
        """The server's own process, parent of its backends."""
        return program_of(self._child)

    def prepare(self) -> None:
        super().prepare()
        self.proxy.target = self._port


def program_of(child: Child | None) -> psutil.Process:
    """Give the process of a child itself, below its reaper.

    Raises
    ------
    LookupError, psutil.NoSuchProcess
        If it does not run yet, or not any more. The reaper's copy that is about to become it does not count: a signal
        would be lost on it.
    """
    assert child is not None, "it has not been started"
    reaper = psutil.Process(child.pid)
    found = [one for one in reaper.children() if one.cmdline() not in ([], reaper.cmdline())]
    if not found:
        message = f"{child.spec.name} does not run"
        raise LookupError(message)
    return found[0]
