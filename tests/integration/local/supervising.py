"""A supervisor of two families, for tests that kill it. Usage: supervising.py FOLDER [--stubborn]."""

import asyncio
import sys
from pathlib import Path

from services.local.child import ChildSpec
from services.local.supervisor import Supervisor

FAMILY = Path(__file__).with_name("family.py")


async def main(folder: Path, options: list[str]) -> None:
    async with Supervisor(folder) as supervisor:
        for name in ("first", "second"):
            pids = folder / f"{name}.pids"
            argv = (sys.executable, str(FAMILY), str(pids), *options)
            await supervisor.start(ChildSpec(name, argv, ready=pids.exists, grace_seconds=1))
        (folder / "ready").touch()
        await supervisor.wait()


asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
