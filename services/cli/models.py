"""The models: which there are, which of them may and can be used here, and bringing them here."""

from collections.abc import Mapping
from typing import Annotated, Final

import typer

from services.cli.output import AsJson, console, plain_text, print_json, report, table_of
from services.cli.progress import fetching
from services.models.catalogue import HubSource, ModelEntry, PackagesSource, load_catalogue
from services.models.fetch import FetchedModel, fetch, fetched
from services.models.terms import GIB, Terms, this_machine
from services.models.verify import MANIFEST
from services.settings import Settings, load_settings

models = typer.Typer(help="The models: list, show, fetch, verify.", no_args_is_help=True)

_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})

OptionalName = Annotated[str | None, typer.Argument(help="Name or folder; the configured model if absent.")]


@models.command("list")
def list_models(*, as_json: AsJson = False) -> None:
    """Show the models of the catalogue: licence, size, whether they may and can be used here, and which are here."""
    settings = load_settings()
    terms = terms_of(settings)
    entries = list(load_catalogue().values())
    if as_json:
        print_json([_described(entry, settings, terms) for entry in entries])
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
            "yes" if _is_here(entry, settings) else None,
        )
        for entry in entries
    ]
    columns = ("name", "licence", "allowed", "languages", "domain", "context", "memory GiB", "fits", "here")
    console.print(table_of("Models", columns, rows))
    console.print(plain_text(_conditions(terms)))


@models.command("show")
def show_model(name: OptionalName = None, *, as_json: AsJson = False) -> None:
    """Show all that is known of a model."""
    settings = load_settings()
    described = _described(load_catalogue().find(name or settings.model), settings, terms_of(settings))
    if as_json:
        print_json(described)
        return
    rows = [(key.replace("_", " "), _shown(key, value)) for key, value in described.items() if value not in _NOTHING]
    console.print(table_of(str(described["title"]), ("", ""), rows))


@models.command("fetch")
def fetch_model(name: OptionalName = None, *, as_json: AsJson = False) -> None:
    """Fetch a model once, verify it, and keep it in the data folder."""
    settings = load_settings()
    model = bring(settings, load_catalogue().find(name or settings.model))
    report(f"{model.name} is in {model.folder} (sha256 {model.sha256[:16]}…)", _model_json(model), as_json=as_json)


@models.command("verify")
def verify_model(name: OptionalName = None, *, as_json: AsJson = False) -> None:
    """Hash every file of a fetched model again."""
    settings = load_settings()
    model = fetched(load_catalogue().find(name or settings.model), settings.models_folder, full=True)
    report(f"{model.name} is unharmed (sha256 {model.sha256[:16]}…)", _model_json(model), as_json=as_json)


def terms_of(settings: Settings) -> Terms:
    """Give the terms on which this deployment takes models."""
    return Terms(
        licences=settings.allowed_licences,
        machine=this_machine() if settings.engine == "in-process" else None,
        kv_cache_gib=settings.kv_cache_gib,
        context_tokens=settings.context_tokens,
    )


def bring(settings: Settings, entry: ModelEntry) -> FetchedModel:
    """Bring a model here unless it is here, with progress.

    Raises
    ------
    ModelError
        If the deployment's terms refuse it, or it cannot be had; the message has what helps.
    """
    terms_of(settings).check(entry)
    with fetching(f"model {entry.name}") as on_progress:
        return fetch(entry, settings.models_folder, on_progress)


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
        "fits": terms.memory_refusal(entry) is None and entry.refused is None,
        "why_not": entry.refused or terms.licence_refusal(entry) or terms.memory_refusal(entry),
        "chat_template": entry.chat_template,
        "engine_environment_on_cpu": dict(known.cpu_environment) if known else {},
        "format": entry.format,
        "sha256": entry.sha256,
        "sources": [_source(source) for source in entry.sources],
        "pages": list(entry.pages),
        "here": _is_here(entry, settings),
    }


def _source(source: object) -> str:
    match source:
        case HubSource():
            return f"hub {source.id}@{source.revision or 'main'}{f', {source.file}' if source.file else ''}"
        case PackagesSource(parts=parts):
            return f"{len(parts)} packages, {parts[0].name}=={parts[0].version} to {parts[-1].name}"
        case _:
            return "its folder"


def _fits(entry: ModelEntry, terms: Terms) -> str:
    if entry.refused:
        return "refused"
    if terms.machine is None or terms.machine.bytes is None:
        return "?"
    return "no" if terms.memory_refusal(entry) else "yes"


def _is_here(entry: ModelEntry, settings: Settings) -> bool:
    return entry.folder is not None or (settings.models_folder / entry.name / MANIFEST).is_file()


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
            return (
                f"This machine has {(machine.bytes or 0) / GIB:.1f} GiB and no card for the engine; memory with "
                f"{terms.kv_cache_gib:g} GiB of KV cache."
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


def _model_json(model: FetchedModel) -> dict[str, object]:
    manifest = model.manifest
    return {
        "name": model.name,
        "folder": str(model.folder),
        "sha256": model.sha256,
        "licence": manifest.licence,
        "source": manifest.source,
    }
