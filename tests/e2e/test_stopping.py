"""Ctrl-C at any moment of the start leaves no process behind, and the next start goes on from there.

When everything is ready: see `test_side_by_side`.
"""

import signal
from collections.abc import Callable

import pytest
from e2e.conftest import MakeInstallation
from e2e.installation import Installation, stop

MOMENTS: dict[str, Callable[[Installation], bool]] = {
    "right after the start": lambda here: (here.data_dir / "run" / "stack.lock").exists(),
    "while the database is made": lambda here: any(here.data_dir.glob("postgres.*")),
    "while services start": lambda here: (here.data_dir / "run" / "inference.lock").exists(),
}


@pytest.fixture(scope="module")
def here(installation: MakeInstallation) -> Installation:
    return installation()


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
def test_ctrl_c_leaves_no_process_behind(here: Installation, moment: Callable[[Installation], bool]):
    for run in (here.data_dir / "run").glob("*"):
        run.unlink()
    process = here.start("up")
    here.wait_until(lambda: moment(here), process)
    said = stop(here, process, signal.SIGINT)
    assert not here.left()
    assert "Traceback" not in said
