"""One typed view a document type, made from its definition: `postkorb.invoices` and the like.

A type that is not configured any more keeps its view and its row in `document_types`: documents were answered
as that type, and analysts' queries go on. Its view goes only when another type takes the view's name.
A changed view is dropped and made again; what an administrator granted on it beyond Postkorb's own roles, or
built upon it, is not carried over (the upgrade stops if something was built upon it).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    MetaData,
    Numeric,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateView, DropView, ExecutableDDLElement, SetColumnComment
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import String

from schemas.document_types import DocumentType, DocumentTypes, FieldDefinition
from schemas.wording import Wording
from services.storage.errors import TypedViewError
from services.storage.tables import SCHEMA, answer_fields, current_answers, document_types

ANALYST: Final = "postkorb_analyst"
SERVICE: Final = "postkorb_service"
READERS: Final = (ANALYST, SERVICE)

_FIRST: Final = ("document_id", "tenant", "file_name")
_LAST: Final = tuple(
    column.name for column in current_answers.c if column.name not in {*_FIRST, "answer_key", "document_type"}
)
_TYPES: Final = {"numeric": Numeric, "date": Date, "text": Text}


class _CommentOnView(ExecutableDDLElement):
    def __init__(self, view: Table, comment: str) -> None:
        self.view = view
        self.comment = comment


class _GrantSelect(ExecutableDDLElement):
    def __init__(self, view: Table, roles: Sequence[str]) -> None:
        self.view = view
        self.roles = roles


@compiles(_CommentOnView)
def _comment_on_view(element: _CommentOnView, compiler: DDLCompiler, **_: object) -> str:
    name = compiler.preparer.format_table(element.view)
    return f"COMMENT ON VIEW {name} IS {compiler.sql_compiler.render_literal_value(element.comment, String())}"


@compiles(_GrantSelect)
def _grant_select(element: _GrantSelect, compiler: DDLCompiler, **_: object) -> str:
    roles = ", ".join(map(compiler.preparer.quote, element.roles))
    return f"GRANT SELECT ON {compiler.preparer.format_table(element.view)} TO {roles}"


@dataclass(frozen=True, slots=True)
class _Synced:
    """A type that has a view."""

    name: str
    view: str
    sha256: str


def definition_sha256(item: DocumentType) -> str:
    """Fingerprint of a definition."""
    return hashlib.sha256(item.model_dump_json().encode()).hexdigest()


async def sync_document_types(connection: AsyncConnection, types: DocumentTypes) -> list[str]:
    """Make the views of new and changed types, with comments and grants, and note them in `document_types`.

    Returns
    -------
    list of str
        Names of the types whose views were made.

    Raises
    ------
    TypedViewError
        If a view's name is taken by something else in the schema, or something outside Postkorb is built upon a
        view that must change.
    """
    synced = {row.name: _Synced(row.name, row.view_name, row.sha256) for row in await connection.execute(_registry())}
    changed = [item for item in types.values() if _differs(item, synced.get(item.name))]
    await _drop(connection, _outdated(changed, synced))
    await _check_names(connection, changed)
    for item in changed:
        await _make(connection, item)
    return [item.name for item in changed]


def typed_view(item: DocumentType) -> CreateView:
    """Make the statement for a type's view: a row a document, a typed column a field.

    A column shows a value that was read and that stands in the document; the view `fields` shows the others too.
    """
    values = _values(item.fields).lateral("field_values") if item.fields else None
    columns: list[ColumnElement[Any]] = [current_answers.c[name] for name in _FIRST]
    columns += [values.c[field.name] for field in item.fields] if values is not None else []
    columns += [current_answers.c[name] for name in _LAST]
    rows = current_answers if values is None else current_answers.join(values, true())
    statement = select(*columns).select_from(rows).where(current_answers.c.document_type == item.name)
    return CreateView(statement, item.view, schema=SCHEMA)


def _values(fields: Sequence[FieldDefinition]) -> Select[Any]:
    columns = [
        func.max(_value_column(field), type_=_TYPES[field.kind.column]())
        .filter(answer_fields.c.path == field.name)
        .label(field.name)
        for field in fields
    ]
    return select(*columns).where(
        answer_fields.c.answer_key == current_answers.c.answer_key, answer_fields.c.status == "ok"
    )


def _value_column(field: FieldDefinition) -> Column[Any]:
    by_type: Mapping[str, Column[Any]] = {
        "numeric": answer_fields.c.value_numeric,
        "date": answer_fields.c.value_date,
        "text": answer_fields.c.value,
    }
    return by_type[field.kind.column]


def _registry() -> Select[tuple[str, str, str]]:
    return select(document_types.c.name, document_types.c.view_name, document_types.c.sha256)


def _differs(item: DocumentType, synced: _Synced | None) -> bool:
    return synced is None or synced.sha256 != definition_sha256(item)


def _outdated(changed: Sequence[DocumentType], synced: Mapping[str, _Synced]) -> list[_Synced]:
    names = {item.name for item in changed}
    views = {item.view for item in changed}
    return [row for row in synced.values() if row.name in names or row.view in views]


async def _drop(connection: AsyncConnection, outdated: Sequence[_Synced]) -> None:
    for row in outdated:
        try:
            await connection.execute(DropView(Table(row.view, MetaData(schema=SCHEMA)), if_exists=True))
        except DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            message = (
                f"view {SCHEMA}.{row.view} of type {row.name} must change, but: {reason}; drop what needs it first"
            )
            raise TypedViewError(message) from None
    await connection.execute(delete(document_types).where(document_types.c.name.in_([row.name for row in outdated])))


async def _check_names(connection: AsyncConnection, changed: Sequence[DocumentType]) -> None:
    taken = await connection.run_sync(
        lambda sync: {*inspect(sync).get_table_names(SCHEMA), *inspect(sync).get_view_names(SCHEMA)}
    )
    for item in changed:
        if item.view in taken:
            message = f"type {item.name}: its view `{item.view}` has the name of something else in the schema {SCHEMA}"
            raise TypedViewError(message)


async def _make(connection: AsyncConnection, item: DocumentType) -> None:
    create = typed_view(item)
    await connection.execute(create)
    title = f"{_both(item.title)}: a row a document of this type. {item.description.en}"
    await connection.execute(_CommentOnView(create.table, title))
    for name, comment in _column_comments(item).items():
        column = create.table.c[name]
        column.comment = comment
        await connection.execute(SetColumnComment(column))
    await connection.execute(_GrantSelect(create.table, READERS))
    await connection.execute(
        insert(document_types).values(
            name=item.name,
            version=item.version,
            view_name=item.view,
            sha256=definition_sha256(item),
            definition=item.model_dump(mode="json"),
        )
    )


def _column_comments(item: DocumentType) -> dict[str, str]:
    fixed = {name: cast("str", current_answers.c[name].comment) for name in (*_FIRST, *_LAST)}
    return fixed | {field.name: f"{_both(field.label)}. {field.description.en}" for field in item.fields}


def _both(wording: Wording) -> str:
    return wording.en if wording.en == wording.de else f"{wording.en} / {wording.de}"
