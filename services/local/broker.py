"""Apache Kafka for one machine: one JVM, one node, broker and controller in one (KRaft)."""

import base64
import socket
import struct
import subprocess
import uuid
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from services.local.child import Child, ChildSpec
from services.local.errors import LocalError
from services.local.jars import find_java
from services.local.ports import LOOPBACK, free_ports

NODE_ID: Final = 1
LOGGING: Final = "log4j2.properties"
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
ANSWER_SECONDS: Final = 2.0
FRUGAL: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData")
"""What the JVM does beside its work takes an engine's cores: the second compiler would compute for minutes after each
start, for a throughput that no machine of one broker needs."""


class Broker:
    """A broker whose data lies in `data_dir/kafka`; it listens on 127.0.0.1 alone, on ports found at each start.

    Use `start` and `stop` (or `with`) to run it below this process; or call `prepare` and hand `spec` to a supervisor.

    Parameters
    ----------
    libs
        The verified jars, as `fetch_broker` gives them.
    """

    def __init__(self, data_dir: Path, libs: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._home = self._data_dir / "kafka"
        self._libs = libs.resolve()
        self._java = ""
        self._port = 0
        self._child: Child | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect; known from `prepare` on."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def spec(self) -> ChildSpec:
        """How to run it; known from `prepare` on."""
        logging = f"-Dlog4j2.configurationFile={self._home / LOGGING}"
        options = ["-Xmx512m", "-Djava.awt.headless=true", "-XX:+ExitOnOutOfMemoryError", *FRUGAL, logging]
        return ChildSpec(
            name="kafka",
            argv=(*self._command(*options), "kafka.Kafka", str(self._home / "server.properties")),
            ready=lambda: answers(self._port),
            grace_seconds=15,
        )

    def prepare(self) -> None:
        """Choose ports, write the settings, and format the storage the first time.

        Raises
        ------
        LocalError
            If Java is missing or the storage cannot be formatted.
        """
        self._java = find_java()
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._port, controller = free_ports(2)
        settings = server_properties(self._home / "data", self._port, controller)
        (self._home / "server.properties").write_text(settings, "utf-8")
        logging = files("services.local").joinpath("kafka", LOGGING).read_text("utf-8")
        (self._home / LOGGING).write_text(logging, "utf-8")
        if not (self._home / "data" / "meta.properties").exists():
            self._format()

    def start(self) -> None:
        """Prepare it, start it, and wait until it answers.

        Raises
        ------
        LocalError
            If Java is missing, or the broker does not come up.
        """
        self.prepare()
        self._child = Child(self.spec, self._data_dir)
        self._child.start_and_wait()

    def stop(self) -> None:
        """Stop it: SIGTERM, then SIGKILL."""
        if self._child:
            self._child.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _command(self, *options: str) -> tuple[str, ...]:
        return (self._java, *options, "-cp", f"{self._libs}/*")

    def _format(self) -> None:
        settings = str(self._home / "server.properties")
        # --ignore-formatted: a format that was killed half-way may have left some of its files.
        arguments = ["kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", settings, "--ignore-formatted"]
        answer = subprocess.run(  # noqa: S603  (arguments of our own)
            [*self._command("-Xmx256m"), *arguments], capture_output=True, text=True, check=False, timeout=120
        )
        if answer.returncode:
            lines = "\n  ".join((answer.stdout + answer.stderr).splitlines()[-8:])
            message = f"the broker's storage in {self._home} cannot be formatted:\n  {lines}"
            raise LocalError(message)


def new_cluster_id() -> str:
    """Make a cluster id as Kafka writes them; one that begins with a dash would read as an option."""
    while (identifier := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return identifier


def server_properties(data: Path, port: int, controller_port: int) -> str:
    """Write the broker's settings.

    A static quorum of one (`controller.quorum.voters`) is read anew at each start, so its port may change; with
    `controller.quorum.bootstrap.servers` the first port would be stored as the voter's address for good.
    """
    settings = {
        "process.roles": "broker,controller",
        "node.id": NODE_ID,
        "controller.quorum.voters": f"{NODE_ID}@{LOOPBACK}:{controller_port}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": data,
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 5,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 5,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "auto.create.topics.enable": "false",
        # Threads wake up three times a second, whether there is work or not; the controller has as many again.
        "num.network.threads": 1,
        "num.io.threads": 2,
        "metadata.max.idle.interval.ms": 0,  # no record that says nothing, twice a second
        "message.max.bytes": MAX_MESSAGE_BYTES,
        "replica.fetch.max.bytes": MAX_MESSAGE_BYTES,
        "replica.fetch.response.max.bytes": MAX_MESSAGE_BYTES,
        "fetch.max.bytes": 4 * MAX_MESSAGE_BYTES,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def answers(port: int) -> bool:
    """Ask for the cluster's metadata, and say whether it names a broker that takes requests.

    A port that accepts connections is not enough: until the controller has let the broker in, topics cannot be made.
    """
    # Header: key 3 (Metadata), version 0, correlation 0, no client id. Body: one topic that is not there.
    request = struct.pack(">hhihi", 3, 0, 0, -1, 1) + struct.pack(">h1s", 1, b"_")
    try:
        with socket.create_connection((LOOPBACK, port), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            head = connection.recv(12, socket.MSG_WAITALL)
    except OSError:  # refused, reset, or too slow: not yet
        return False
    _size, _correlation, brokers = struct.unpack(">iii", head) if len(head) == struct.calcsize(">iii") else (0, 0, 0)
    return bool(brokers > 0)
