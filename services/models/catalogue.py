"""Models that Postkorb knows: family, sources, licence, size, chat template. Data in `catalogue.yaml`.

Adapters are not in its file: the owner makes them of his own documents, and names them in his routes. `postkorb models`
shows, fetches and verifies them like models.
"""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from schemas.envelope import first_error
from services.models.architecture import ELEMENT_BYTES, Architecture
from services.models.errors import ModelError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,80}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
RelativeFile = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*(/\w[\w.-]*)*$", max_length=200)]

UNKNOWN_LICENCE: Final = "unknown: see the model's own papers"
UNKNOWN_CONTEXT_TOKENS: Final = 4096
"""Taken for most tokens of a folder's model whose `config.json` does not say it."""


class CatalogueError(ModelError, ValueError):
    """A catalogue or a model folder that cannot be used; the message says where and what would be right."""


class ModelUnknownError(ModelError, LookupError):
    """A model name that is neither in the catalogue nor a folder; the message lists the names."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HubSource(_Data):
    """A repository on the model hub at one of its commits, or one GGUF file of it."""

    kind: Literal["hub"] = "hub"
    id: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    revision: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$", description="Absent: the hash alone decides.")
    file: RelativeFile | None = Field(default=None, description="Absent: the repository's safetensors.")


class PackagePart(_Data):
    """A file inside a Python package."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    version: str = Field(pattern=r"^[0-9][0-9a-z.]*$")
    file: RelativeFile


class PackagesSource(_Data):
    """Python packages whose files, joined in this order, are the model's file."""

    kind: Literal["packages"] = "packages"
    parts: tuple[PackagePart, ...] = Field(min_length=1, max_length=200)


class FolderSource(_Data):
    """A folder with safetensors, config and tokenizer; used where it lies."""

    kind: Literal["folder"] = "folder"
    path: Path


Source = Annotated[HubSource | PackagesSource | FolderSource, Field(discriminator="kind")]


class Entry(_Data):
    """What can be fetched: what one may do with it, and where its bytes come from."""

    name: Name
    licence: str = Field(min_length=1, description="SPDX identifier, or the licence's own name.")
    licence_url: str | None = Field(default=None, pattern=r"^https://")
    bytes: int | None = Field(default=None, gt=0, description="Size of the GGUF file, or of a folder's safetensors.")
    sha256: Sha256 | None = Field(default=None, description="Of the GGUF file.")
    sources: tuple[Source, ...] = Field(min_length=1, description="Tried in this order.")

    @property
    def folder(self) -> Path | None:
        """Where it lies, if the owner brought it."""
        source = self.sources[0]
        return source.path if isinstance(source, FolderSource) else None

    @property
    def revision(self) -> str | None:
        """Commit of the hub's repository, for safetensors from there."""
        source = self.sources[0]
        return source.revision if isinstance(source, HubSource) and source.file is None else None


class AdapterEntry(Entry):
    """A LoRA adapter of the configured model."""

    base: str | None = Field(
        default=None, description="What the adapter's own configuration calls that model, where it is another name."
    )

    @model_validator(mode="after")
    def _bytes_are_pinned(self) -> Self:
        match self.sources:
            case (FolderSource(),) | (HubSource(file=None, revision=str()),):
                return self
        message = f"{self.name}: an adapter is a folder, or a hub's repository at a `revision`"
        raise ValueError(message)


class ModelEntry(Entry):
    """A model: what it is beside that."""

    family: str = Field(min_length=1)
    title: str = Field(min_length=1)
    languages: tuple[str, ...] = Field(default=(), description="That its card names.")
    domain: Literal["general", "german", "medical"] = "general"
    note: str = ""
    context_tokens: int = Field(gt=0, description="Most tokens that the model itself takes.")
    config: Architecture | None = Field(default=None, description="Numbers of its `config.json`; None: unknown.")
    chat_template: str = Field(default="", description="Where its chat template stands.")
    format: Literal["gguf", "safetensors"]
    calibration: RelativeFile | None = Field(
        default=None, description="What makes its confidences, beside the catalogue: `calibrations/<name>.json`."
    )
    pages: tuple[Annotated[str, StringConstraints(pattern=r"^https://")], ...] = Field(
        default=(), description="Public pages that this entry was checked against."
    )

    @model_validator(mode="after")
    def _bytes_are_pinned(self) -> Self:
        for source in self.sources:
            match self.format, source:
                case ("gguf", HubSource(file=str()) | PackagesSource()) | ("safetensors", FolderSource()):
                    continue
                case ("safetensors", HubSource(file=None, revision=str())):
                    continue
            message = (
                f"{self.name}: GGUF is a file of a hub or of packages; safetensors are a folder, or a hub's repository "
                "at a `revision`"
            )
            raise ValueError(message)
        if self.format == "gguf" and not (self.sha256 and self.bytes):
            message = f"{self.name}: a GGUF file needs `sha256` and `bytes`"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _size_is_known(self) -> Self:
        if self.config is None and self.folder is None:
            message = f"{self.name}: needs `config`, the numbers of its config.json"
            raise ValueError(message)
        return self

    @property
    def weights_bytes(self) -> int:
        """Memory of the weights in the engine, bytes; 0 if unknown."""
        if self.config is not None and self.folder is None:
            return self.config.parameters * ELEMENT_BYTES
        return self.bytes or 0


class _Told(BaseModel):
    """What a folder's `config.json` says of its model, beside the numbers that decide about memory."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    model_type: str = Field(default="unknown", min_length=1)
    max_position_embeddings: int | None = Field(default=None, gt=0)


class Catalogue(Mapping[str, ModelEntry]):
    """Models by name, in the file's order."""

    def __init__(self, entries: tuple[ModelEntry, ...]) -> None:
        self._entries = {entry.name: entry for entry in entries}
        if len(self._entries) != len(entries):
            message = "the catalogue has two models of the same name"
            raise CatalogueError(message)

    def __getitem__(self, name: str) -> ModelEntry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, wanted: str) -> ModelEntry:
        """Give the model of that name, or the one in that folder.

        Raises
        ------
        ModelUnknownError
            If there is neither.
        CatalogueError
            If the folder holds no model that can be used.
        """
        if entry := self.get(wanted):
            return entry
        folder = Path(wanted).expanduser()
        if folder.is_dir():
            return model_from_folder(folder)
        message = f"no model {wanted!r}: neither a folder nor one of {', '.join(self)} (see `postkorb models list`)"
        raise ModelUnknownError(message)


def load_catalogue() -> Catalogue:
    """Read the catalogue that ships with Postkorb.

    Raises
    ------
    CatalogueError
        With the first thing that is wrong.
    """
    text = (files("services.models") / "catalogue.yaml").read_text("utf-8")
    return Catalogue(parse_entries(yaml.load(text, yaml.CSafeLoader)["models"]))


def shipped_calibration(entry: ModelEntry) -> bytes | None:
    """Read the calibration that ships for a model, as JSON; None if none does."""
    return (files("services.models") / entry.calibration).read_bytes() if entry.calibration else None


def parse_entries(data: list[Any]) -> tuple[ModelEntry, ...]:
    """Validate entries as they stand in YAML.

    Raises
    ------
    CatalogueError
        Naming the entry and the first thing that is wrong.
    """
    entries = []
    for number, item in enumerate(data, start=1):
        try:
            entries.append(ModelEntry.model_validate(item))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            message = f"catalogue, entry {number}, {'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise CatalogueError(message) from error
    return tuple(entries)


def model_from_folder(folder: Path) -> ModelEntry:
    """Describe a model that lies in a folder; what a folder does not say stays unknown.

    Raises
    ------
    CatalogueError
        If there is no `*.safetensors`, or no `config.json` that can be used.
    """
    folder = folder.resolve()
    weights = _weights_of(folder)
    if not weights:
        message = f"{folder}: no *.safetensors in it; give the folder of a model in that format"
        raise CatalogueError(message)
    config = _read_config(folder / "config.json")
    told = _told(config, folder / "config.json")
    size = sum(file.stat().st_size for file in weights)
    return ModelEntry(
        name=_name_of(folder),
        family=told.model_type,
        title=f"{folder.name} (folder)",
        licence=licence_on_card(folder / "README.md"),
        context_tokens=told.max_position_embeddings or UNKNOWN_CONTEXT_TOKENS,
        config=Architecture.read(config),
        chat_template="the folder's tokenizer",
        format="safetensors",
        bytes=size or None,
        sources=(FolderSource(path=folder),),
    )


def licence_on_card(card: Path) -> str:
    """Read the licence out of a card's front matter, as the hub's repositories have it; `UNKNOWN_LICENCE` if none."""
    front = re.match(r"---\n(.*?)\n---\n", card.read_text("utf-8", "replace"), re.DOTALL) if card.is_file() else None
    try:
        said = yaml.load(front[1], yaml.CSafeLoader) if front else None
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a day that is none, such as 2026-13-01
        said = None
    told = said if isinstance(said, dict) else {}
    name = told.get("license_name") or told.get("license")
    return name if name and isinstance(name, str) else UNKNOWN_LICENCE


def _name_of(folder: Path) -> str:
    kept = "".join(character if character.isalnum() or character in "._-" else "-" for character in folder.name.lower())
    return f"folder-{kept.encode('ascii', 'ignore').decode() or 'model'}"[:80]


def _weights_of(folder: Path) -> list[Path]:
    """Give the files with a model's weights: those that its index names; Mistral's own copy is no further one."""
    found = sorted(file for file in folder.glob("*.safetensors") if file.is_file())
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        named = _read_config(index).get("weight_map")
        if not isinstance(named, dict) or not all(isinstance(name, str) for name in named.values()):
            message = f"{index}: its `weight_map` does not name one file for each weight; take it as it was published"
            raise CatalogueError(message)
        wanted = set(named.values())  # a value a weight: tens of thousands
        return [file for file in found if file.name in wanted] or found
    return [file for file in found if not file.name.startswith("consolidated")] or found


def _told(config: Mapping[str, Any], file: Path) -> _Told:
    try:
        return _Told.model_validate(config)
    except ValidationError as error:
        message = f"{file}: {first_error(error)}; take it as it was published"
        raise CatalogueError(message) from error


def _read_config(file: Path) -> dict[str, Any]:
    try:
        config = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{file}: cannot be read as JSON ({error}); a model's folder needs its config.json"
        raise CatalogueError(message) from error
    if not isinstance(config, dict):
        message = f"{file}: is no JSON object"
        raise CatalogueError(message)
    return config
