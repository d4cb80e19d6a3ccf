"""Fetch the safetensors of a hub's repository: what the engine reads and nothing else, each file checked by its hash.

The commit is pinned by the catalogue; the hub says each file's hash at that commit (SHA-256 of large files, git's own
of small ones). The small files come first: a configuration that asks for code, or that is another model's, is refused
before the weights.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from services.models import adapters
from services.models.architecture import Architecture
from services.models.catalogue import UNKNOWN_LICENCE, AdapterEntry, Entry, HubSource, ModelEntry, licence_on_card
from services.models.sources import HubFile, SourceError
from services.models.verify import CHUNK_BYTES, Progress, hash_file, refuse_code, sync

WANTED: Final = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
    "model.safetensors.index.json",
    "model*.safetensors",
    "LICENSE*",
    "README.md",
)
"""Names at the top of a repository. Not among them: code, pickled weights, and the same weights in other layouts."""

WANTED_OF_ADAPTER: Final = (adapters.CONFIG, adapters.WEIGHTS, "LICENSE*", "README.md")
"""The same of an adapter: prompts are the model's own, so tokenizers that come with adapters are left."""

Download = Callable[[HubSource, str, Path, Progress], None]


def fetch_repository(
    entry: Entry,
    source: HubSource,
    files: Sequence[HubFile],
    work: Path,
    download: Download,
    on_progress: Progress,
) -> Path:
    """Bring the wanted files into a folder below `work`; what is there and whole is not fetched again.

    Parameters
    ----------
    files
        What the hub lists at the source's commit.

    Returns
    -------
    Path
        The folder, named after the commit.

    Raises
    ------
    SourceError
        If something is missing, the disk is too small, or a file is not what the hub listed.
    ModelUnsafeError
        If the configuration asks for code.
    """
    names = WANTED_OF_ADAPTER if isinstance(entry, AdapterEntry) else WANTED
    wanted = sorted((file for file in files if _is_wanted(file.name, names)), key=_weights_last)
    folder, parts = work / str(source.revision), work / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    parts.mkdir(exist_ok=True)
    _check_listing(entry, source, wanted)
    _check_space(source, wanted, folder, parts)
    total = sum(file.bytes for file in wanted)
    done, checked = 0, False
    for file in wanted:
        if file.name.endswith(".safetensors") and not checked:
            _check_configuration(entry, folder)
            checked = True
        if not _is_whole(folder / file.name, file):
            part = _part(parts, source, file)
            download(source, file.name, part, _shifted(on_progress, done, total))
            _check_hash(source, file, part)
            sync(part)
            part.rename(folder / file.name)
        done += file.bytes
        on_progress("download", done, total)
    return folder


def has_chat_template(folder: Path) -> bool:
    """Say whether a model's tokenizer comes with a chat template; `refuse_code` has read its configuration."""
    told = folder / "tokenizer_config.json"
    in_tokenizer = told.exists() and json.loads(told.read_text("utf-8")).get("chat_template")
    return bool(in_tokenizer) or any(folder.glob("chat_template.*"))


def git_hash(file: Path) -> str:
    """Hash of a file as git takes it for a blob, in hexadecimal digits."""
    digest = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _is_wanted(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _weights_last(file: HubFile) -> tuple[bool, str]:
    return file.name.endswith(".safetensors"), file.name


def _is_whole(place: Path, file: HubFile) -> bool:
    return place.is_file() and place.stat().st_size == file.bytes


def _part(parts: Path, source: HubSource, file: HubFile) -> Path:
    """Give where a file lies while it comes."""
    return parts / f"{str(source.revision)[:12]}-{file.name}"


def _check_listing(entry: Entry, source: HubSource, wanted: Sequence[HubFile]) -> None:
    names = {file.name for file in wanted}
    of_adapter = isinstance(entry, AdapterEntry)
    config, weights = (adapters.CONFIG, adapters.WEIGHTS) if of_adapter else ("config.json", "model*.safetensors")
    if config not in names or not any(name.endswith(".safetensors") for name in names):
        message = f"model hub, {source.id}: no {config} or no {weights} at {source.revision}"
        raise SourceError(message)


def _check_space(source: HubSource, wanted: Sequence[HubFile], folder: Path, parts: Path) -> None:
    to_come = [file for file in wanted if not _is_whole(folder / file.name, file)]
    here = (part.stat().st_size for file in to_come if (part := _part(parts, source, file)).exists())
    missing = sum(file.bytes for file in to_come) - sum(here)
    free = shutil.disk_usage(folder).free
    if free < missing:
        message = (
            f"{missing / 2**30:.1f} GiB are to be fetched into {folder.parent}, {free / 2**30:.1f} are free; make "
            "room, or set POSTKORB_MODELS_DIR to another disk"
        )
        raise SourceError(message)


def _check_configuration(entry: Entry, folder: Path) -> None:
    refuse_code(folder)
    match entry:
        case ModelEntry():
            _check_model(entry, folder)
        case _:
            _check_licence(entry, folder)


def _check_licence(entry: Entry, folder: Path) -> None:
    """Hold the licence that somebody wrote down for an adapter against its card."""
    said = licence_on_card(folder / "README.md")
    if said != UNKNOWN_LICENCE and said.casefold() != entry.licence.casefold():
        message = f"adapter {entry.name}: its card names the licence {said}, and the routes {entry.licence}"
        raise SourceError(message)


def _check_model(entry: ModelEntry, folder: Path) -> None:
    read = Architecture.read(json.loads((folder / "config.json").read_text("utf-8")))
    if read is None or entry.config is None or _size(read) != _size(entry.config):
        message = f"{folder / 'config.json'} is another model's: {read}, and in the catalogue {entry.config}"
        raise SourceError(message)
    if not has_chat_template(folder):
        message = f"model hub, {entry.name}: its tokenizer has no chat template"
        raise SourceError(message)


def _size(architecture: Architecture) -> tuple[str, int, int]:
    """Give what must agree: `head_dim` may stand in one and follow from other numbers in the other."""
    return architecture.model_type, architecture.parameters, architecture.kv_bytes_per_token


def _check_hash(source: HubSource, file: HubFile, part: Path) -> None:
    found = hash_file(part) if file.sha256 else git_hash(part)
    expected = file.sha256 or file.git_sha1
    if found == expected:
        return
    size = part.stat().st_size
    part.unlink()
    message = (
        f"model hub, {source.id}: {file.name} came with {size} bytes and the hash {found}, and not {file.bytes} with "
        f"{expected}: refused"
    )
    raise SourceError(message)


def _shifted(on_progress: Progress, before: int, total: int) -> Progress:
    """Count one file's bytes as part of all."""

    def report(phase: str, done: int, _total: int) -> None:
        on_progress(phase, min(before + done, total), total)

    return report
