import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.local.child import Child, ChildFailedError, ChildSpec
from services.local.supervisor import Done, Failed, StartAgain, Supervisor, after_exit

FAMILY = Path(__file__).with_name("family.py")
SUPERVISING = Path(__file__).with_name("supervising.py")


def python(name: str, code: str, **options: object) -> ChildSpec:
    return ChildSpec(name, (sys.executable, "-c", code), **options)  # type: ignore[arg-type]  # options by name


def family(folder: Path, **options: object) -> ChildSpec:
    pids = folder / "family.pids"
    return ChildSpec("family", (sys.executable, str(FAMILY), str(pids)), ready=pids.exists, **options)  # type: ignore[arg-type]  # options by name


def members(pids: Path) -> list[psutil.Process]:
    return [psutil.Process(int(pid)) for pid in pids.read_text("utf-8").split()]


def still_there(processes: list[psutil.Process], seconds: float = 10) -> list[psutil.Process]:
    left: list[psutil.Process] = psutil.wait_procs(processes, timeout=seconds)[1]
    return left


async def supervise(folder: Path, spec: ChildSpec) -> None:
    async with Supervisor(folder) as supervisor:
        await supervisor.start(spec)
        await supervisor.wait()


async def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("options", [[], ["--stubborn"]], ids=["willing", "stubborn"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
async def test_no_process_outlives_the_supervisor(tmp_path: Path, number: signal.Signals, options: list[str]) -> None:
    process = subprocess.Popen([sys.executable, str(SUPERVISING), str(tmp_path), *options])  # noqa: ASYNC220  (takes no time; arguments of our own)
    await eventually((tmp_path / "ready").exists)
    family_members = members(tmp_path / "first.pids") + members(tmp_path / "second.pids")
    everybody = [*family_members, *psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(number)
    code = await asyncio.to_thread(process.wait, 20)
    assert code == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    assert not still_there(everybody)


async def test_a_killed_child_is_started_again_and_nothing_of_its_family_is_left(tmp_path: Path) -> None:
    changes: list[Mapping[str, int]] = []
    async with Supervisor(tmp_path, changes.append) as supervisor:
        await supervisor.start(family(tmp_path))
        former = members(tmp_path / "family.pids")
        (tmp_path / "family.pids").unlink()
        former[0].kill()
        await eventually((tmp_path / "family.pids").exists)
        assert not still_there(former)
        assert former[0].pid not in [member.pid for member in members(tmp_path / "family.pids")]
        assert len(changes) == 2
        assert changes[0]["family"] != changes[1]["family"] == supervisor.pids["family"]


async def test_a_killed_reaper_takes_its_group_along_and_is_started_again(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(family(tmp_path))
        own, near, far = members(tmp_path / "family.pids")
        (tmp_path / "family.pids").unlink()
        os.kill(supervisor.pids["family"], signal.SIGKILL)
        await eventually((tmp_path / "family.pids").exists)
        assert not still_there([own, near])
        far.kill()  # it had left the group: only the reaper could have known it


async def test_a_wrong_setting_is_not_started_again_but_reported(tmp_path: Path) -> None:
    code = f"print('POSTKORB_MODEL: no such model'); open({str(tmp_path / 'starts')!r}, 'a').write('x'); exit(78)"
    with pytest.raises(ChildFailedError, match=r"intake refuses its settings(.|\n)*POSTKORB_MODEL: no such model"):
        await supervise(tmp_path, python("intake", code))
    assert (tmp_path / "starts").read_text("utf-8") == "x"


async def test_a_child_that_ends_before_it_answers_fails_the_start(tmp_path: Path) -> None:
    with pytest.raises(ChildFailedError, match=r"intake ended with exit code 3 before it answered(.|\n)*no disk"):
        await supervise(tmp_path, python("intake", "print('no disk'); exit(3)", ready=lambda: False))


async def test_a_child_that_never_answers_fails_the_start_and_is_stopped(tmp_path: Path) -> None:
    spec = python("intake", "import signal; signal.pause()", ready=lambda: False, ready_seconds=0.5)
    with pytest.raises(ChildFailedError, match=r"intake did not answer within 0\.5 s"):
        await supervise(tmp_path, spec)
    running = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    assert not [child for child in running if str(tmp_path) in " ".join(child.cmdline())]


async def test_children_stop_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = """
import signal, sys
def stop(*_):
    with open({order!r}, "a") as file:
        file.write({name!r})
    sys.exit()
signal.signal(signal.SIGTERM, stop)
open({ready!r}, "w").close()
while True: signal.pause()
"""
    async with Supervisor(tmp_path) as supervisor:
        for name in ("a", "b", "c"):
            ready = tmp_path / name
            filled = code.format(order=str(order), name=name, ready=str(ready))
            await supervisor.start(python(name, filled, ready=ready.exists))
    assert order.read_text("utf-8") == "cba"


async def test_the_stop_signal_reaches_the_program_and_not_its_children(tmp_path: Path) -> None:
    ready, seen = tmp_path / "ready", tmp_path / "seen"
    code = f"""
import pathlib, signal, subprocess, sys
engine = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
def stop(*_):
    try:
        engine.wait(0.5)
        text = "the engine died first"
    except subprocess.TimeoutExpired:
        text = "the engine still ran"
    pathlib.Path({str(seen)!r}).write_text(text)
    sys.exit()
signal.signal(signal.SIGTERM, stop)
pathlib.Path({str(ready)!r}).touch()
while True: signal.pause()
"""
    child = Child(python("inference", code, ready=ready.exists), tmp_path)
    child.start_and_wait()
    await asyncio.to_thread(child.stop)
    assert seen.read_text("utf-8") == "the engine still ran"
    assert child.exit_code == 0


async def test_a_child_waits_until_its_predecessor_on_the_same_data_folder_has_ended(tmp_path: Path) -> None:
    pids = tmp_path / "family.pids"
    first, second = Child(family(tmp_path), tmp_path), Child(family(tmp_path), tmp_path)
    first.start_and_wait()
    former = members(pids)
    pids.unlink()
    second.start()
    await asyncio.to_thread(first.stop)
    await asyncio.to_thread(second.wait_until_ready)
    assert not still_there(former)
    second.stop()


async def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        child = Child(python("talker", f"print({text!r})"), tmp_path)
        child.start()
        await eventually(lambda child=child: child.exit_code == 0)  # type: ignore[misc]  # bound at once
    assert (tmp_path / "logs" / "talker.log").read_text("utf-8") == "three\n"
    assert (tmp_path / "logs" / "talker.log.1").read_text("utf-8") == "two\n"


def test_the_environment_of_a_child_is_not_in_its_repr() -> None:
    assert "geheim" not in repr(python("intake", "", env={"POSTKORB_DATABASE_URL": "postgresql://u:geheim@h/d"}))


@given(code=st.integers(0, 255).filter(lambda code: code != os.EX_CONFIG), deaths=st.integers(0, 10_000))
def test_delays_double_from_half_a_second_to_ten(code: int, deaths: int) -> None:
    following = after_exit(python("a", ""), code, deaths)
    assert following == StartAgain([0.5, 1, 2, 4, 8][deaths] if deaths < 5 else 10)


def test_a_child_that_is_not_to_restart_is_done_or_failed() -> None:
    once = python("a", "", restart=False)
    assert after_exit(once, 0, 0) == Done()
    assert after_exit(once, 1, 0) == Failed("ended with exit code 1")


async def test_a_crash_loop_waits_longer_each_time(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    code = f"open({str(starts)!r}, 'a').write('x'); exit(1)"
    began = time.monotonic()
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python("crashing", code))
        await eventually(lambda: starts.exists() and len(starts.read_text("utf-8")) == 3)
    assert time.monotonic() - began >= 1.5
