"""Document types as views: made from a file, changed with it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.storage import stored as given
from sqlalchemy import text

from schemas.document_types import RESERVED_FIELDS, RESERVED_VIEWS, DocumentTypes, load_document_types
from services.storage.database import Database
from services.storage.errors import SchemaMismatchError, TypedViewError
from services.storage.migration import downgrade, upgrade
from services.storage.typed_views import definition_sha256

HOSTILE = 'it\'s 100 % :bind \\ "quoted" $$; DROP SCHEMA postkorb CASCADE; --'


def _both(text_in_both: str) -> dict[str, str]:
    return {"de": text_in_both, "en": text_in_both}


def _type(**changes: Any) -> dict[str, Any]:
    fields = [
        {"name": "order", "label": _both(HOSTILE), "description": _both("Number of the order")},
        {"name": "amount", "kind": "money", "label": {"de": "Betrag", "en": "Amount"}, "description": _both("Total")},
        {"name": "day", "kind": "date", "label": _both("Day"), "description": _both("Date of it")},
    ]
    made = {"name": "ticket", "version": 1, "view": "tickets", "title": _both("Ticket"), "description": _both(HOSTILE)}
    return made | {"fields": fields} | changes


def _types(folder: Path, *definitions: dict[str, Any]) -> DocumentTypes:
    for definition in definitions:
        (folder / f"{definition['name']}.yaml").write_text(yaml.safe_dump(definition), "utf-8")
    return load_document_types(folder)


async def test_a_type_from_a_file_gets_a_view_with_typed_columns(
    database: Database, migrated_url: str, tmp_path: Path
) -> None:
    await upgrade(migrated_url, _types(tmp_path, _type()))
    paths = ("amount", "day", "order")
    fields = [field.model_copy(update={"path": path}) for field, path in zip(given.FIELDS, paths, strict=True)]
    await given.process(database, given.document(), document_type="ticket", fields=fields)
    await given.process(database, given.document("inv-2"), document_type="invoice")
    async with database.transaction() as connection:
        rows = (await connection.execute(text("SELECT * FROM postkorb.tickets"))).mappings().all()
    assert len(rows) == 1
    assert (rows[0]["document_id"], rows[0]["status"], rows[0]["needs_review"]) == ("inv-1", "complete", True)
    assert rows[0]["findings"] == [finding.model_dump(mode="json") for finding in given.FINDINGS]
    assert (rows[0]["amount"], rows[0]["day"]) == (Decimal("15387.08"), date(2018, 6, 5))
    assert rows[0]["order"] is None


async def _columns(database: Database, view: str) -> dict[str, tuple[str, str]]:
    """Read type and comment of each column of a view; none if there is no such view."""
    statement = text(
        "SELECT attname, format_type(atttypid, NULL), col_description(attrelid, attnum) FROM pg_attribute "
        "WHERE attrelid = to_regclass(:view)"
    )
    async with database.transaction() as connection:
        rows = await connection.execute(statement, {"view": f"postkorb.{view}"})
        return {name: (kind, comment) for name, kind, comment in rows}


async def test_its_columns_explain_themselves(database: Database, migrated_url: str, tmp_path: Path) -> None:
    await upgrade(migrated_url, _types(tmp_path, _type()))
    columns = await _columns(database, "tickets")
    async with database.transaction() as connection:
        about = await connection.scalar(text("SELECT obj_description('postkorb.tickets'::regclass)"))
    assert columns["order"] == ("text", f"{HOSTILE}. Number of the order")
    assert columns["amount"] == ("numeric", "Amount / Betrag. Total")
    assert columns["day"][0] == "date"
    assert about == f"Ticket: a row a document of this type. {HOSTILE}"


async def test_a_changed_type_stops_the_start_until_the_upgrade(
    database: Database, migrated_url: str, tmp_path: Path
) -> None:
    await upgrade(migrated_url, _types(tmp_path, _type()))
    changed = _types(tmp_path, _type(view="raised_tickets", fields=_type()["fields"][1:]))
    with pytest.raises(
        SchemaMismatchError, match=r"changed since the last upgrade \(ticket\): run `postkorb db upgrade`"
    ):
        await database.check_schema(changed)
    await upgrade(migrated_url, changed)
    await database.check_schema(changed)
    assert await _columns(database, "tickets") == {}
    assert await _columns(database, "raised_tickets") != {}
    assert "order" not in await _columns(database, "raised_tickets")


async def test_a_view_of_revision_0003_gets_the_columns_of_0004(
    database: Database, migrated_url: str, shipped_types: DocumentTypes
) -> None:
    await downgrade(migrated_url, "0003")
    async with database.transaction() as connection:
        await connection.execute(text("CREATE VIEW postkorb.invoices AS SELECT document_id FROM postkorb.results"))
        await connection.execute(
            text("INSERT INTO postkorb.document_types VALUES ('invoice', 1, 'invoices', :sha256, '{}')"),
            {"sha256": definition_sha256(shipped_types["invoice"])},
        )
    await upgrade(migrated_url, shipped_types)
    assert {"findings", "needs_review"} <= set(await _columns(database, "invoices"))


async def test_a_type_that_is_gone_keeps_its_view_until_another_takes_the_name(
    database: Database, migrated_url: str, tmp_path: Path, shipped_types: DocumentTypes
) -> None:
    await upgrade(migrated_url, _types(tmp_path, _type()))
    await upgrade(migrated_url, shipped_types)
    await database.check_schema(shipped_types)
    assert "amount" in await _columns(database, "tickets")
    (tmp_path / "ticket.yaml").unlink()
    await upgrade(migrated_url, _types(tmp_path, _type(name="fine", fields=[])))
    async with database.transaction() as connection:
        names = (
            await connection.scalars(text("SELECT name FROM postkorb.document_types WHERE view_name = 'tickets'"))
        ).all()
    assert "amount" not in await _columns(database, "tickets")
    assert names == ["fine"]


async def test_a_view_whose_name_somebody_else_took_is_refused_and_changes_nothing(
    database: Database, migrated_url: str, tmp_path: Path
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE postkorb.tickets (theirs text)"))
    with pytest.raises(TypedViewError, match="its view `tickets` has the name of something else"):
        await upgrade(migrated_url, _types(tmp_path, _type()))
    assert "theirs" in await _columns(database, "tickets")


async def test_the_reserved_names_are_those_that_the_schema_and_every_typed_view_have(
    database: Database, migrated_url: str, shipped_types: DocumentTypes, tmp_path: Path
) -> None:
    await upgrade(migrated_url, _types(tmp_path, _type()))
    async with database.transaction() as connection:
        found = text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'postkorb'::regnamespace AND relkind IN ('r', 'v')"
        )
        relations = set(await connection.scalars(found))
    assert relations - {item.view for item in shipped_types.values()} - {"tickets"} == RESERVED_VIEWS
    assert set(await _columns(database, "tickets")) - {"order", "amount", "day"} == RESERVED_FIELDS


async def test_a_view_that_others_built_upon_is_not_dropped_under_them(
    database: Database, migrated_url: str, tmp_path: Path
) -> None:
    await upgrade(migrated_url, _types(tmp_path, _type()))
    async with database.transaction() as connection:
        await connection.execute(text("CREATE VIEW public.theirs AS SELECT * FROM postkorb.tickets"))
    with pytest.raises(
        TypedViewError, match=r"view postkorb\.tickets of type ticket must change, but: .*drop what needs it first"
    ):
        await upgrade(migrated_url, _types(tmp_path, _type(version=2)))
