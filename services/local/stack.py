"""What runs on this machine: a file that other commands read, and a lock so that it runs only once a data folder."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_serializer

from services.local.errors import LocalError
from services.local.reaper import stat_fields


def process_start(pid: int) -> int | None:
    """Give the time at which a process began, in clock ticks since the machine's start; None if it has ended.

    Together with the process id it names a process: ids are used again.
    """
    fields = stat_fields(pid)
    return int(fields[19]) if fields and fields[0] != "Z" else None  # field 22 of proc_pid_stat(5)


class Stack(BaseModel):
    """A running stack.

    Attributes
    ----------
    pid
        The supervisor.
    process_start
        When that process began, in clock ticks since the machine's start.
    children
        Process group of each child by its name; 0 for one that is being started again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int = Field(default_factory=os.getpid)
    process_start: int | None = Field(default_factory=lambda: process_start(os.getpid()))
    started_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    kafka_bootstrap_servers: str
    database_url: SecretStr
    children: Mapping[str, int] = Field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether its supervisor still runs."""
        return self.process_start is not None and process_start(self.pid) == self.process_start

    @field_serializer("database_url", when_used="json")
    def _reveal(self, url: SecretStr) -> str:
        return url.get_secret_value()


def write_stack(data_dir: Path, stack: Stack) -> None:
    """Write the state file, readable by its owner only, at once or not at all."""
    file = _file(data_dir)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(stack.model_dump_json(indent=2), "utf-8")
    new.replace(file)


def read_stack(data_dir: Path) -> Stack | None:
    """Read the stack that runs on a data folder; None if none does, though a killed one may have left its file.

    Raises
    ------
    LocalError
        If the file cannot be read.
    """
    file = _file(data_dir)
    try:
        stack = Stack.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except PermissionError as error:
        message = f"{file} belongs to another user, who runs Postkorb on this data folder; ask them, or be them"
        raise LocalError(message) from error
    except ValidationError as error:
        message = f"{file} is of another version of Postkorb, or broken; stop what runs there and remove the file"
        raise LocalError(message) from error
    return stack if stack.alive else None


def remove_stack(data_dir: Path) -> None:
    """Remove the state file, if there is one."""
    _file(data_dir).unlink(missing_ok=True)


@contextmanager
def lock_stack(data_dir: Path) -> Iterator[None]:
    """Hold a data folder: at most one supervisor may. The kernel lets go when the process ends, however it ends.

    Raises
    ------
    LocalError
        If another one holds it, with its process id.
    """
    file = _file(data_dir).with_name("stack.lock")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            message = f"Postkorb already runs on {data_dir} (process {lock.read().strip()}): `postkorb down` stops it"
            raise LocalError(message) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _file(data_dir: Path) -> Path:
    return data_dir.resolve() / "run" / "stack.json"
