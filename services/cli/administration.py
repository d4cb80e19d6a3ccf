"""Models, document types, schemas, and the database."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from schemas.export import export, exported
from services.cli.output import AsJson, console, print_json, table_of
from services.cli.progress import fetching
from services.models.catalogue import load_catalogue
from services.models.fetch import fetch, fetched
from services.settings import Settings, load_settings
from services.storage.migration import current, downgrade, upgrade
from services.wiring import connected, database_of, types_of

models = typer.Typer(help="The models: list, fetch, verify.", no_args_is_help=True)
types = typer.Typer(help="The document types: list, check.", no_args_is_help=True)
schemas = typer.Typer(help="The event schemas: export, check.", no_args_is_help=True)
db = typer.Typer(help="The database: upgrade, downgrade, check.", no_args_is_help=True)

DEFAULT_SCHEMAS = Path("schemas/json")


@models.command("list")
def list_models(*, as_json: AsJson = False) -> None:
    """Show the models of the catalogue and which of them are here."""
    settings = load_settings()
    entries = list(load_catalogue().values())
    if as_json:
        print_json([entry.model_dump(mode="json") for entry in entries])
        return
    rows = [
        (
            entry.name,
            entry.family,
            entry.licence,
            ", ".join(entry.languages),
            entry.context_tokens,
            entry.memory_gib,
            "yes" if (settings.models_folder / entry.name).is_dir() else "",
        )
        for entry in entries
    ]
    columns = ("name", "family", "licence", "languages", "context", "memory GiB", "here")
    console.print(table_of("Models", columns, rows))


@models.command("fetch")
def fetch_model(
    name: Annotated[str | None, typer.Argument(help="Name; the configured model if absent.")] = None,
) -> None:
    """Fetch a model once, verify it, and keep it in the data folder."""
    settings = load_settings()
    entry = load_catalogue().find(name or settings.model)
    with fetching(f"model {entry.name}") as on_progress:
        model = fetch(entry, settings.models_folder, on_progress)
    console.print(f"{model.name} is in {model.folder} (sha256 {model.sha256[:16]}…)")


@models.command("verify")
def verify_model(
    name: Annotated[str | None, typer.Argument(help="Name; the configured model if absent.")] = None,
) -> None:
    """Hash every file of a fetched model again."""
    settings = load_settings()
    model = fetched(load_catalogue().find(name or settings.model), settings.models_folder, full=True)
    console.print(f"{model.name} is unharmed (sha256 {model.sha256[:16]}…)")


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
def check_types() -> None:
    """Read every type file; the first that cannot be used is named, with the reason."""
    loaded = types_of(load_settings())
    console.print(f"{len(loaded)} document types are in order: {', '.join(loaded)}")


@schemas.command("export")
def export_schemas(folder: Path = DEFAULT_SCHEMAS) -> None:
    """Write the JSON Schemas of the events and the AsyncAPI document."""
    export(folder)
    console.print(f"schemas are in {folder}")


@schemas.command("check")
def check_schemas(folder: Path = DEFAULT_SCHEMAS) -> None:
    """Say whether the exported schemas are those of this version."""
    drifted = [
        name
        for name, document in exported().items()
        if not (folder / name).is_file() or json.loads((folder / name).read_text("utf-8")) != document
    ]
    if drifted:
        console.print(f"drifted: {', '.join(drifted)}; `postkorb schemas export` writes them anew")
        raise typer.Exit(1)
    console.print("the exported schemas are those of this version")


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to this version's schema, and its typed views to the configured document types."""
    settings = connected(load_settings())
    revision = asyncio.run(upgrade(_url(settings), types_of(settings)))
    console.print(f"the database is at revision {revision}")


@db.command("downgrade")
def downgrade_database(revision: Annotated[str, typer.Argument(help="Revision, or `base`.")]) -> None:
    """Take the database back to an older schema."""
    settings = connected(load_settings())
    asyncio.run(downgrade(_url(settings), revision))
    console.print(f"the database is at revision {asyncio.run(current(_url(settings))) or 'base'}")


@db.command("check")
def check_database() -> None:
    """Say whether the database fits this version and the configured document types."""

    async def check() -> str:
        settings = connected(load_settings())
        async with database_of(settings, "postkorb-check") as database:
            return await database.check_schema(types_of(settings))

    console.print(f"the database fits: revision {asyncio.run(check())}")


def _url(settings: Settings) -> str:
    url = settings.database_url
    return url.get_secret_value() if url else ""
