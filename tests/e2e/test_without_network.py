"""With the network cut everything works: broker, database, services, and the real vLLM that loads its model."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e.conftest import MakeInstallation
from e2e.installation import ended, stop
from scripted import letter
from tiny_model import make_tiny_model

CONTEXT_TOKENS = 4096
TOOLS = ("unshare", "nsenter", "ip")
ALONE = """
import fcntl, os, select, socket, struct, subprocess, sys
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x1, 0x1000  # linux/if_tun.h
out = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(out, TUNSETIFF, struct.pack("16sH14x", b"out", IFF_TUN | IFF_NO_PI))
if os.path.exists("/proc/sys/net/ipv6/conf/out/disable_ipv6"):  # it would look for neighbours by itself
    with open("/proc/sys/net/ipv6/conf/out/disable_ipv6", "w") as switch:
        switch.write("1")
for command in ("link set lo up", "addr add 192.0.2.2/24 dev out", "link set out up", "route add default dev out"):
    subprocess.run(["ip", *command.split()], check=True)
print("cut", flush=True)
while out in select.select([out, sys.stdin], [], [])[0]:
    packet = os.read(out, 65536)
    print(socket.inet_ntoa(packet[16:20]), flush=True)
"""
"""In a new network namespace: a loopback, and a way out that swallows every packet and says where it wanted to go."""


@dataclass(frozen=True)
class Cut:
    """A place without a network.

    Parameters
    ----------
    launcher
        A program, with its arguments, that starts a command there.
    """

    launcher: Sequence[str]
    holder: subprocess.Popen[str]

    def tried(self) -> list[str]:
        """Give up the place, and list the addresses outside that were tried from there, a packet each."""
        return ended(self.holder).stdout.split()


@pytest.fixture
def cut() -> Iterator[Cut]:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip(f"cutting the network takes root and {', '.join(TOOLS)}")
    command = ["unshare", "--net", sys.executable, "-c", ALONE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        if holder.stdout.readline() != "cut\n":
            pytest.skip("this machine gives no process a network of its own")
        yield Cut(("nsenter", f"--net=/proc/{holder.pid}/ns/net"), holder)


def test_who_tries_to_get_out_fails_and_is_seen(cut: Cut) -> None:
    fetch = "import socket; socket.create_connection(('198.51.100.7', 443), timeout=1)"
    done = subprocess.run([*cut.launcher, sys.executable, "-c", fetch], capture_output=True, text=True, check=False)
    assert "TimeoutError" in done.stderr
    assert set(cut.tried()) == {"198.51.100.7"}


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_document_goes_the_whole_way_and_nothing_outside_is_tried(
    installation: MakeInstallation, cut: Cut, tmp_path: Path, prefix: str
) -> None:
    folder = make_tiny_model(tmp_path / "model", CONTEXT_TOKENS, terse=True)
    here = installation(
        ENGINE="in-process", ENGINE_URLS="", MODEL=str(folder), CONTEXT_TOKENS=str(CONTEXT_TOKENS), KV_CACHE_GIB="0.25"
    )
    here.launcher = cut.launcher
    document = tmp_path / f"{prefix}brief.txt"
    document.write_text(letter("invoice", invoice_number=prefix), "utf-8")
    process = here.start("up")
    try:
        here.wait_until(here.is_ready, process)
        with pytest.raises(ConnectionRefusedError):
            _connect(here.stack.kafka_bootstrap_servers)
        (result,) = here.json("submit", str(document), "--wait")["results"]
        assert here.json("doctor")["healthy"]
        assert "Traceback" not in stop(here, process, signal.SIGTERM)
    finally:
        if process.poll() is None:
            stop(here, process, signal.SIGTERM)
    assert result["file_name"] == document.name
    assert result["model"] == "folder-model"
    assert not here.left()
    assert cut.tried() == []


def _connect(address: str) -> None:
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), timeout=5).close()
