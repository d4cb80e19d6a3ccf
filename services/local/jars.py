"""The broker's jars: fetched once by Maven, each checked against the lock."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from services.local.errors import LocalError

JAVA_FLOOR: Final = 17
INSTALL: Final = "apt-get install openjdk-17-jdk-headless maven"
FETCH_SECONDS: Final = 600


def fetch_broker(data_dir: Path, on_progress: Callable[[str], None]) -> Path:
    """Fetch the jars of Apache Kafka once, and verify them.

    Parameters
    ----------
    data_dir
        The jars go to `kafka/libs` there.
    on_progress
        Told in one line what is being done.

    Returns
    -------
    Path
        The folder of the jars.

    Raises
    ------
    LocalError
        If Java or Maven is missing, Maven fails, or a jar is not the one that the lock names.
    """
    libs = data_dir.resolve() / "kafka" / "libs"
    find_java()
    if not libs.exists():
        on_progress("fetching the broker (Apache Kafka, 43 MB)")
        _fetch(libs)
    on_progress("verifying the broker's jars")
    verify_jars(libs)
    return libs


def find_java() -> str:
    """Give the path of a Java runtime that can run the broker.

    Raises
    ------
    LocalError
        If there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else None
    java = java or shutil.which("java")
    if java is None:
        message = f"Java {JAVA_FLOOR} or newer is missing; install it: {INSTALL}"
        raise LocalError(message)
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  (found by us)
    version = java_version(answer.stderr)
    if version is None or version < JAVA_FLOOR:
        message = f"{java} is Java {version or 'of an unknown version'}; {JAVA_FLOOR} or newer is needed: {INSTALL}"
        raise LocalError(message)
    return java


def java_version(text: str) -> int | None:
    """Read the major version from what `java -version` prints; 1 stands for everything before Java 9."""
    found = re.search(r'version "(\d+)', text)
    return int(found[1]) if found else None


def read_lock() -> dict[str, str]:
    """Give the SHA-256 of each jar by its file name."""
    lines = files("services.local").joinpath("kafka", "jars.sha256").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def verify_jars(libs: Path) -> None:
    """Compare a folder with the lock.

    Raises
    ------
    LocalError
        If a jar is missing, altered or unknown.
    """
    present = {path.name: _digest(path) for path in libs.iterdir()}
    if wrong := differences(present, read_lock()):
        message = f"{libs} is not the broker that was locked: {'; '.join(wrong)}. Remove the folder and start again"
        raise LocalError(message)


def differences(present: Mapping[str, str], lock: Mapping[str, str]) -> list[str]:
    """Say in which files a folder differs from its lock; both map names to digests."""
    return [
        *(f"{name} is missing" for name in sorted(lock.keys() - present.keys())),
        *(f"{name} is unknown" for name in sorted(present.keys() - lock.keys())),
        *(f"{name} is altered" for name in sorted(lock.keys() & present.keys()) if lock[name] != present[name]),
    ]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(libs: Path) -> None:
    libs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=libs.parent, prefix="libs.") as folder:
        fetched = Path(folder) / "libs"
        _run_maven(fetched)
        verify_jars(fetched)
        try:
            fetched.rename(libs)
        except OSError:
            if not libs.exists():  # otherwise somebody else was faster; theirs is verified next
                raise


def _run_maven(target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        message = f"Maven is missing; install it: {INSTALL}"
        raise LocalError(message)
    with as_file(files("services.local") / "kafka" / "pom.xml") as pom:
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={target}", "-DincludeScope=runtime"]
        answer = subprocess.run(  # noqa: S603  (arguments of our own)
            [maven, "-q", "-B", "-f", str(pom), *goal],
            capture_output=True,
            text=True,
            check=False,
            timeout=FETCH_SECONDS,
        )
    if answer.returncode:
        lines = "\n  ".join((answer.stdout + answer.stderr).splitlines()[-8:])
        message = f"Maven cannot fetch the broker; is its repository reachable from here?\n  {lines}"
        raise LocalError(message)
