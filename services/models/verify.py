"""Check that a model's files are what was fetched, and that nothing in them is code."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from services.models.errors import ModelError
from services.models.native import EngineUnknownError, installed

MANIFEST: Final = "postkorb-model.json"
CHUNK_BYTES: Final = 8 * 2**20

Progress = Callable[[str, int, int], None]
"""Called with the phase (`wait`, `download`, `convert`, `verify`), what is done, and the total (0 if unknown)."""

_CODE_SUFFIXES: Final = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".py", ".so"})
_CONFIG: Final = "config.json"
_OTHER_CONFIGS: Final = ("tokenizer_config.json", "processor_config.json", "preprocessor_config.json")


class ModelUnsafeError(ModelError, ValueError):
    """A folder that could run code when loaded; the message names the file and what would be right."""


class ModelChangedError(ModelError, ValueError):
    """Files that are not what the manifest says; the message names the first one and the command that helps."""


class ModelMissingError(ModelError, LookupError):
    """A model that is not on this machine; the message names the command that fetches it."""


class FileRecord(BaseModel):
    """A file as it was when its hash was taken."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    mtime_ns: int
    sha256: str


class ModelManifest(BaseModel):
    """What lies in a model's folder and where it came from."""

    model_config = ConfigDict(frozen=True)

    name: str
    licence: str
    source: str
    gguf_sha256: str | None
    revision: str | None = None
    made_at: datetime
    files: Mapping[str, FileRecord]

    @property
    def sha256(self) -> str:
        """Hash over the names and hashes of all files: the model's identity."""
        lines = [f"{name}\0{record.sha256}\n" for name, record in sorted(self.files.items())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def weights_bytes(self) -> int:
        """Size of the files that an engine loads."""
        return sum(record.bytes for name, record in self.files.items() if name.endswith(".safetensors"))


def ignore_progress(_phase: str, _done: int, _total: int) -> None:
    """Take progress and show it to nobody."""


def sync(file: Path) -> None:
    """Bring a file onto the disk: under a name that says it is whole, a loss of power must not leave another one."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def hash_file(file: Path, on_bytes: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file, in hexadecimal digits.

    Parameters
    ----------
    on_bytes
        Called with the number of bytes of each piece read.
    """
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            digest.update(piece)
            if on_bytes:
                on_bytes(len(piece))
    return digest.hexdigest()


def refuse_code(folder: Path) -> None:
    """Refuse a model that would run code of others when it is loaded.

    Raises
    ------
    ModelUnsafeError
        On pickled weights, Python files, compiled libraries, or a configuration that asks for code (`auto_map`) where
        the installed engine has nothing of its own for it.
    """
    for file in model_files(folder):
        if file.suffix in _CODE_SUFFIXES:
            message = f"{file}: pickled weights and code are refused; remove it, Postkorb loads *.safetensors alone"
            raise ModelUnsafeError(message)
    for name in (_CONFIG, *_OTHER_CONFIGS):
        file = folder / name
        said = _says(file) if file.exists() else {}
        if said.get("auto_map") and (lacking := _lacking(name, said)):
            message = (
                f"{file}: `auto_map` asks to run code that comes with the model: {lacking}; use a model without it"
            )
            raise ModelUnsafeError(message)


def _lacking(name: str, said: Mapping[str, Any]) -> str | None:
    """Say why a configuration that names code could not do without it; None if it can.

    Of a tokenizer there is no telling: transformers would take the nearest class of its own, and tokens that the model
    was not trained on are wrong answers in silence.
    """
    if name != _CONFIG:
        return "no other tokenizer or processor is known to do the same"
    try:
        return installed().lacks(said)
    except EngineUnknownError as error:
        return str(error)


def _says(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{file}: cannot be read as JSON ({error}); fetch the model anew"
        raise ModelUnsafeError(message) from error
    if not isinstance(said, dict):
        message = f"{file}: is no JSON object; fetch the model anew"
        raise ModelUnsafeError(message)
    return said


def model_files(folder: Path) -> list[Path]:
    """All files of a model, without the manifest and hidden ones."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in found if file.name != MANIFEST and not _hidden(file.relative_to(folder)))


def make_manifest(
    folder: Path,
    *,
    name: str,
    licence: str,
    source: str,
    gguf_sha256: str | None = None,
    revision: str | None = None,
    on_progress: Progress,
) -> ModelManifest:
    """Hash every file of a folder.

    Parameters
    ----------
    gguf_sha256
        Of the file that the folder was converted from.
    revision
        Commit of the hub's repository that the folder was fetched from.

    Raises
    ------
    ModelUnsafeError
        As `refuse_code` does.
    """
    refuse_code(folder)
    found = model_files(folder)
    count = _counter(sum(file.stat().st_size for file in found), on_progress)
    records = {}
    for file in found:
        status = file.stat()
        records[file.relative_to(folder).as_posix()] = FileRecord(
            bytes=status.st_size, mtime_ns=status.st_mtime_ns, sha256=hash_file(file, count)
        )
    return ModelManifest(
        name=name,
        licence=licence,
        source=source,
        gguf_sha256=gguf_sha256,
        revision=revision,
        made_at=datetime.now(UTC),
        files=records,
    )


def write_manifest(manifest: ModelManifest, file: Path) -> None:
    """Write a manifest in one step: a reader sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".tmp")
    written.write_text(manifest.model_dump_json(indent=1), "utf-8")
    written.replace(file)


def verify(
    folder: Path,
    *,
    manifest_file: Path | None = None,
    wanted: str | None = None,
    full: bool = False,
    on_progress: Progress = ignore_progress,
) -> ModelManifest:
    """Compare a model's files with its manifest.

    Parameters
    ----------
    manifest_file
        Default: the one in the folder.
    wanted
        What `postkorb models fetch` is to be asked for. Default: the manifest's name.
    full
        Hash every file again. Otherwise only those whose time of change is another one than in the manifest, which
        takes milliseconds for a model at its place: bytes flipped with the time set back stay unnoticed.
    on_progress
        Called with the bytes that were hashed, of those that are to be.

    Raises
    ------
    ModelMissingError
        If there is no manifest.
    ModelChangedError
        If a file is missing, was added, or differs.
    ModelUnsafeError
        As `refuse_code` does.
    """
    manifest = _read_manifest(manifest_file or folder / MANIFEST)
    refuse_code(folder)
    if changed := _changed(folder, manifest, full=full, on_progress=on_progress):
        command = f"postkorb models fetch {wanted or manifest.name}"
        message = f"{folder / changed} since the model was fetched; run `{command}` to fetch it again"
        raise ModelChangedError(message)
    return manifest


def _changed(folder: Path, manifest: ModelManifest, *, full: bool, on_progress: Progress) -> str | None:
    """Name the first file that is not as the manifest says, and how; sizes are looked at before anything is hashed."""
    found = {file.relative_to(folder).as_posix(): file for file in model_files(folder)}
    for name in sorted(set(found) ^ set(manifest.files)):
        return f"{name}: was added" if name in found else f"{name}: is missing"
    to_hash = []
    for name, record in manifest.files.items():
        status = found[name].stat()
        if status.st_size != record.bytes:
            return f"{name}: has {status.st_size} bytes and not {record.bytes}"
        if full or status.st_mtime_ns != record.mtime_ns:
            to_hash.append(name)
    count = _counter(sum(manifest.files[name].bytes for name in to_hash), on_progress)
    for name in to_hash:
        if hash_file(found[name], count) != manifest.files[name].sha256:
            return f"{name}: has another hash"
    return None


def _counter(total: int, on_progress: Progress) -> Callable[[int], None]:
    """Give what adds up the bytes that were hashed, and tells it."""
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        on_progress("verify", done, total)

    return count


def _read_manifest(file: Path) -> ModelManifest:
    try:
        return ModelManifest.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        message = f"{file.parent}: no model here; run `postkorb models fetch`"
        raise ModelMissingError(message) from error
    except ValidationError as error:
        message = f"{file}: cannot be read ({error.errors()[0]['msg']}); remove it and run `postkorb models fetch`"
        raise ModelChangedError(message) from error


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
