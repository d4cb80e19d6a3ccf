"""What is exported is what the code reads and writes."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema
import pytest

import schemas
from schemas.envelope import encode_headers
from schemas.events import (
    DocumentFailed,
    DocumentProcessed,
    DocumentSubmitted,
    ErrorCode,
    EventType,
    FieldAnswer,
    Finding,
    FindingKind,
    Provenance,
    Status,
    Step,
)
from schemas.export import export, exported
from schemas.topics import Topics

FOLDER = Path(schemas.__file__).parent / "json"
EVENTS = ["document.submitted.json", "document.processed.json", "document.failed.json", "record.deadletter.json"]


def test_the_committed_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    fresh = {path.name: path.read_text("utf-8") for path in export(tmp_path)}
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    assert committed == fresh, "run `postkorb schemas export` and look at what changes for others"


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_has_a_valid_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(exported()[name])


def accepts(name: str, event: Any) -> None:
    schema = exported()[name]
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(event)


def test_events_that_are_written_satisfy_their_schema() -> None:
    field = FieldAnswer(
        path="gross",
        kind="money",
        value="11.90",
        value_numeric=Decimal("11.90"),
        verbatim="11,90 €",
        status="ok",
        confidence=0.9,
        page=1,
        char_start=0,
        char_end=7,
    )
    processed = DocumentProcessed(
        document_id="a",
        tenant="acme",
        file_name=None,
        metadata={"any": ["thing"]},
        content_sha256="0" * 64,
        duplicate_of=None,
        document_type="invoice",
        type_confidence=1,
        language="de",
        summary="Eine Rechnung.",
        fields=[field],
        status=Status.COMPLETE,
        reasons=[],
        findings=[Finding(kind=FindingKind.RULE, fields=["gross"], message="Net and tax do not make the gross.")],
        needs_review=True,
        provenance=Provenance(
            pipeline_id="p", model="m", model_sha256="0" * 64, document_type_version=1, schema_version="1"
        ),
        batch_id=uuid4(),
        processed_at=datetime.now(UTC),
    )
    failed = DocumentFailed(
        document_id="a",
        tenant="acme",
        file_name="a.pdf",
        metadata={},
        step=Step.PARSE,
        code=ErrorCode.DOCUMENT_BROKEN,
        message="x",
        retryable=False,
        failed_at=datetime.now(UTC),
    )
    accepts("document.processed.json", json.loads(processed.model_dump_json()))
    accepts("document.failed.json", json.loads(failed.model_dump_json()))


@pytest.mark.parametrize("content", [{"text": "x"}, {"base64": "eA=="}, {"uri": "s3://bucket/x"}])
def test_a_submission_that_is_read_satisfies_its_schema(content: dict[str, str]) -> None:
    event = {"document_id": "a", "content": content, "a newer member": 1}
    assert DocumentSubmitted.model_validate(event)
    accepts("document.submitted.json", event)


def resolved(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(value: Any) -> list[str]:
    match value:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [reference for item in value.values() for reference in references(item)]
        case list():
            return [reference for item in value for reference in references(item)]
        case _:
            return []


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = exported()["asyncapi.json"]
    found = references(document)
    assert found
    for reference in found:
        if reference.startswith("#/"):
            assert resolved(document, reference)
        else:
            assert reference.removeprefix("./") in exported()


def test_the_asyncapi_document_has_the_public_topics_and_not_the_internal_one() -> None:
    topics = Topics()
    addresses = {channel["address"] for channel in exported()["asyncapi.json"]["channels"].values()}
    assert addresses == set(topics.all) - set(topics.all_parsed)


def test_the_headers_that_are_written_are_those_described() -> None:
    written = encode_headers(EventType.PROCESSED, uuid4(), "a", datetime.now(UTC), f"00-{'1' * 32}-{'2' * 16}-01")
    described = exported()["asyncapi.json"]["components"]["messages"]["processed"]["headers"]
    jsonschema.Draft202012Validator(described).validate(written)
    assert set(written) == set(described["properties"])
