"""Document types, schemas, and the database."""

import asyncio
import json
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from schemas.export import export, exported
from services.cli.measuring import LabelsElsewhere
from services.cli.output import AsJson, console, print_json, report, table_of
from services.settings import Settings, SettingsError, load_settings
from services.storage.migration import current, downgrade, upgrade
from services.wiring import connected, database_of, types_of, words_of

types = typer.Typer(help="The document types: list, check, learn.", no_args_is_help=True)
schemas = typer.Typer(help="The event schemas: export, check.", no_args_is_help=True)
db = typer.Typer(help="The database: upgrade, downgrade, check.", no_args_is_help=True)

DEFAULT_SCHEMAS = Path("schemas/json")
Labelled = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, help="Documents, with labels.json as for `evaluate`.")
]


@types.command("list")
def list_types(*, as_json: AsJson = False) -> None:
    """Show the document types and their fields."""
    loaded = types_of(load_settings())
    if as_json:
        print_json([item.model_dump(mode="json") for item in loaded.values()])
        return
    rows = [
        (item.name, item.version, item.title.de, item.view, ", ".join(field.name for field in item.fields))
        for item in loaded.values()
    ]
    console.print(table_of("Document types", ("name", "version", "title", "SQL view", "fields"), rows))


@types.command("check")
def check_types(*, as_json: AsJson = False) -> None:
    """Read every type file and show its rules; the first that cannot be used is named, with the reason."""
    settings = load_settings()
    loaded = types_of(settings)
    words = words_of(settings)
    rules = [(kind.name, rule) for kind in loaded.values() for rule in kind.rules]
    if not as_json:
        rows = [(name, rule.name, rule.check, ", ".join(rule.fields), rule.message.de) for name, rule in rules]
        console.print(table_of("Rules", ("type", "rule", "check", "asked again", "finding"), rows))
    learned = f"words learned from {words.documents} documents speak for them ({words.right} right if left out)"
    if strange := words.strange(loaded):
        learned += f", but for {', '.join(strange)}, from whose documents `postkorb types learn` would learn"
    sentence = f"{len(loaded)} document types are in order: {', '.join(loaded)}; {learned}"
    said = {
        "document_types": list(loaded),
        "rules": [{"document_type": name, **rule.model_dump(mode="json")} for name, rule in rules],
        "sha256": loaded.fingerprint,
        "learned_words": words.model_dump(mode="json", exclude={"weights", "bias"}),
    }
    report(sentence, said, as_json=as_json)


@types.command("learn")
def learn_words(
    folder: Labelled,
    *,
    labels: LabelsElsewhere = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For POSTKORB_LEARNED_WORDS. Default: in the data folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Learn from labelled documents which words speak for which type; no model is asked.

    The words that ship know the types that ship, and take documents of your own types for `other`: learn from your own.
    What is told to be right are documents judged by words that were learned without them.
    """
    settings = load_settings()
    file = output or settings.data_dir / "learned_words.json"
    _learning("learn").learn_words(folder, labels, file, settings, as_json=as_json)


@types.command("learn-places")
def learn_places(
    folder: Labelled,
    *,
    labels: LabelsElsewhere = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For POSTKORB_LEARNED_PLACES. Default: in the data folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Learn from labelled documents where the values of each field stand; no model is asked.

    The places that ship know the fields of the types that ship. What is learned takes their place, and says nothing of
    a field that few of the documents say. Fit confidences anew afterwards (`postkorb evaluate --calibrate`).
    """
    settings = load_settings()
    file = output or settings.data_dir / "learned_places.json"
    _learning("learn-places").learn_where(folder, labels, file, settings, as_json=as_json)


def _learning(command: str) -> ModuleType:
    try:
        from services.cli import learning  # noqa: PLC0415  (scikit-learn: not in every installation)
    except ModuleNotFoundError as error:
        message = f"`postkorb types {command}` needs {error.name}: install Postkorb with its extra `evaluation`"
        raise SettingsError(message) from None
    return learning


@schemas.command("export")
def export_schemas(folder: Path = DEFAULT_SCHEMAS, *, as_json: AsJson = False) -> None:
    """Write the JSON Schemas of the events and the AsyncAPI document."""
    written = export(folder)
    report(f"schemas are in {folder}", {"files": [str(path) for path in written]}, as_json=as_json)


@schemas.command("check")
def check_schemas(folder: Path = DEFAULT_SCHEMAS, *, as_json: AsJson = False) -> None:
    """Say whether the exported schemas are those of this version."""
    drifted = [
        name
        for name, document in exported().items()
        if not (folder / name).is_file() or json.loads((folder / name).read_text("utf-8")) != document
    ]
    sentence = "the exported schemas are those of this version"
    if drifted:
        sentence = f"drifted: {', '.join(drifted)}; `postkorb schemas export` writes them anew"
    report(sentence, {"drifted": drifted}, as_json=as_json)
    raise typer.Exit(1 if drifted else 0)


@db.command("upgrade")
def upgrade_database(*, as_json: AsJson = False) -> None:
    """Bring the database to this version's schema, and its typed views to the configured document types."""
    settings = connected(load_settings())
    revision = asyncio.run(upgrade(_url(settings), types_of(settings)))
    report(f"the database is at revision {revision}", {"revision": revision}, as_json=as_json)


@db.command("downgrade")
def downgrade_database(
    revision: Annotated[str, typer.Argument(help="Revision, or `base`.")], *, as_json: AsJson = False
) -> None:
    """Take the database back to an older schema."""
    settings = connected(load_settings())
    asyncio.run(downgrade(_url(settings), revision))
    now = asyncio.run(current(_url(settings)))
    report(f"the database is at revision {now or 'base'}", {"revision": now}, as_json=as_json)


@db.command("check")
def check_database(*, as_json: AsJson = False) -> None:
    """Say whether the database fits this version and the configured document types."""

    async def check() -> str:
        settings = connected(load_settings())
        async with database_of(settings, "postkorb-check") as database:
            return await database.check_schema(types_of(settings))

    revision = asyncio.run(check())
    report(f"the database fits: revision {revision}", {"revision": revision}, as_json=as_json)


def _url(settings: Settings) -> str:
    url = settings.database_url
    return url.get_secret_value() if url else ""
