import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from services.local.errors import LocalError
from services.local.stack import Stack, lock_stack, process_start, read_stack, remove_stack, write_stack

URL = "postgresql+asyncpg://postkorb:geheim@127.0.0.1:5432/postkorb"

HOLDER = """
import sys
from pathlib import Path
from services.local.stack import lock_stack
with lock_stack(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def a_stack(**changes: object) -> Stack:
    return Stack.model_validate({"kafka_bootstrap_servers": "127.0.0.1:9092", "database_url": URL, **changes})


def test_a_stack_reads_back_as_written(tmp_path: Path) -> None:
    stack = a_stack(children={"kafka": 17, "postgres": 18})
    write_stack(tmp_path, stack)
    assert read_stack(tmp_path) == stack
    assert stack.pid == os.getpid()


def test_the_password_is_in_the_file_of_its_owner_and_nowhere_else(tmp_path: Path) -> None:
    write_stack(tmp_path, a_stack())
    file = tmp_path / "run" / "stack.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "geheim" in file.read_text("utf-8")
    assert "geheim" not in repr(a_stack()) + str(a_stack())


def test_no_stack_is_none(tmp_path: Path) -> None:
    assert read_stack(tmp_path) is None
    remove_stack(tmp_path)


def test_a_removed_stack_is_none(tmp_path: Path) -> None:
    write_stack(tmp_path, a_stack())
    remove_stack(tmp_path)
    assert read_stack(tmp_path) is None


def test_a_stack_whose_process_has_ended_is_none(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        stack = a_stack(pid=process.pid, process_start=process_start(process.pid))
        write_stack(tmp_path, stack)
        assert read_stack(tmp_path) == stack
        process.kill()
    assert read_stack(tmp_path) is None


def test_another_process_with_the_same_id_is_not_the_stack(tmp_path: Path) -> None:
    start = process_start(os.getpid())
    assert start is not None
    write_stack(tmp_path, a_stack(process_start=start - 1))
    assert read_stack(tmp_path) is None


def test_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    write_stack(tmp_path, a_stack())
    (tmp_path / "run" / "stack.json").write_text("{", "utf-8")
    with pytest.raises(LocalError, match="remove the file"):
        read_stack(tmp_path)


def test_a_second_supervisor_is_refused_with_the_first_ones_id(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LocalError, match=rf"already runs .*process {holder.pid}\)"), lock_stack(tmp_path):
            pytest.fail("two hold the folder")
        psutil.Process(holder.pid).kill()
        holder.wait()
        with lock_stack(tmp_path):
            assert (tmp_path / "run" / "stack.lock").read_text("utf-8") == str(os.getpid())
