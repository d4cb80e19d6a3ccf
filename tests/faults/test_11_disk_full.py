"""Fault 11: the disk that PostgreSQL's tables lie on is full, for real."""

import os
import random
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import Final

import pytest
from faults.ledger import Ledger, submission_of
from faults.observation import misconduct, reasons, watch
from faults.place import Place
from faults.sessions import session
from faults.waiting import wait_until
from scripted_server import HANGS

DOCUMENTS: Final = 20
TEXT_BYTES: Final = 64 * 1024
"""Of a document's text, which does not compress: it needs pages that are not there."""
FULL_SECONDS: Final = 5
LONG_SECONDS: Final = 120
ROOM_BYTES: Final = 32 * 1024 * 1024
BLOCK: Final = b"\xff" * 4096

SIZE: Final = "SELECT sum(pg_total_relation_size(oid))::bigint AS bytes FROM pg_class WHERE relkind = 'r'"


@pytest.mark.timeout(600)
@pytest.mark.fault(11, "the disk with the tables is full; then there is room again")
def test_services_wait_until_the_disk_has_room_again(
    place: Place,
    ledger: Ledger,
    chance: random.Random,
    long: bool,  # noqa: FBT001  (a fixture)
):
    with small_disk(place) as disk:
        stuck = ledger.submit(DOCUMENTS, HANGS)
        wait_until(lambda: ledger.begun() & set(stuck), 60, "nothing arrives", place.logs)
        with filled(disk):
            names = [ledger.name() for _ in range(DOCUMENTS)]
            ledger.write([(name, submission_of(name, chance.randbytes(TEXT_BYTES // 2).hex())) for name in names])
            wait_until(lambda: says_full(place), 60, "the disk is not full", place.logs)
            place.engine.release()
            conducts = watch(place, LONG_SECONDS if long else FULL_SECONDS, lambda: None)
            assert says_full(place)
            assert ledger.unended() >= set(names)
        account = ledger.account()
        assert account.whole, account
        assert (account.asked_again, account.repeats) == (0, 0)
        (intake, *_) = conducts
        assert not misconduct([intake], "database")
        assert not [one for one in conducts if one.restarts or one.not_live]


def says_full(place: Place) -> bool:
    """Say whether `/readyz` of intake names the reason."""
    return "53100" in (reasons(place["intake"]) or {}).get("database", "")


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Write a file until there is no room for another block."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        with pytest.raises(OSError, match="No space left on device"):
            write_for_ever(file)
        yield
    filler.unlink()


def write_for_ever(file: RawIOBase) -> None:
    """Write blocks until something stops it."""
    while file.write(BLOCK):
        continue


@contextmanager
def small_disk(place: Place) -> Iterator[Path]:
    """Move all tables to a file system of their own, with little room, and back in the end."""
    disk = place.folder / "disk"
    with session(place) as admin:
        (size,) = admin.query(SIZE)
        with mounted(disk, size["bytes"] + ROOM_BYTES):
            tables = disk / "tables"
            tables.mkdir()
            os.chown(tables, (place.folder / "postgres").stat().st_uid, -1)
            admin.query(f"CREATE TABLESPACE small LOCATION '{tables}'")
            try:
                for kind in ("TABLE", "INDEX"):
                    admin.query(f"ALTER {kind} ALL IN TABLESPACE pg_default SET TABLESPACE small")
                yield disk
            finally:
                for kind in ("TABLE", "INDEX"):
                    admin.query(f"ALTER {kind} ALL IN TABLESPACE small SET TABLESPACE pg_default")
                admin.query("DROP TABLESPACE small")


@contextmanager
def mounted(disk: Path, size: int) -> Iterator[None]:
    """Mount a file system in memory."""
    disk.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(disk)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        why = f"NO FULL DISK WAS TRIED: nothing can be mounted here ({done.stderr.strip()}); run this as root"
        warnings.warn(why, stacklevel=2)
        pytest.skip(why)
    try:
        yield
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607  (where it is differs)
