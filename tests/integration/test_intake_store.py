"""Step 4 when the database refuses a value: one document fails, its neighbours do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from schemas.topics import Topics
from services.delivery.record import Record
from services.intake.store import Accepted, Retried, Store
from services.storage.database import Database
from services.storage.records import Acceptance, NewDocument


def accepted(document_id: str, **changes: object) -> Accepted:
    document = NewDocument(
        tenant="default",
        document_id=document_id,
        content_sha256="0" * 63 + document_id[-1],
        media_type="text/plain",
        file_name=None,
        metadata={},
        byte_count=1,
        language="de",
        pages=("Seite eins",),
        submitted_at=datetime.now(UTC),
        traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
    )
    return Accepted(replace(document, **changes), f"topic[0]@{document_id}")


async def test_a_value_that_the_database_refuses_fails_its_document_alone(database: Database):
    store = Store(database, Topics())
    given = [accepted("d1"), accepted("d2", pages=("\x00",)), accepted("d3", metadata={"a": "\x00"}), accepted("d4")]
    assert await store.store(given, []) == [Acceptance.NEW] * 4
    async with database.transaction() as connection:
        states = dict((await connection.execute(text("SELECT document_id, state FROM postkorb.documents"))).all())
        codes = dict((await connection.execute(text("SELECT document_id, code FROM postkorb.failures"))).all())
        topics = sorted((await connection.execute(text("SELECT topic FROM postkorb.outbox"))).scalars())
    assert states == {"d1": "parsed", "d2": "failed", "d3": "failed", "d4": "parsed"}
    assert codes == {"d2": "document_not_stored", "d3": "document_not_stored"}
    assert topics == ["documents.failed"] * 2 + ["documents.parsed"] * 2


async def test_a_record_whose_headers_the_database_would_refuse_is_tried_again_without_them(database: Database):
    headers = [("kept", b"x"), ("nul\x00name", b"x"), ("nul", b"\x00"), ("bytes", b"\xff"), ("none", None)]
    record = Record("documents.submitted", 0, 1, b"d1", b"{}", headers, datetime.now(UTC))
    retried = Retried(record, accepted("d1").document, 2, timedelta(seconds=5))
    await Store(database, Topics()).store([], [], [retried])
    async with database.transaction() as connection:
        [stored] = (await connection.execute(text("SELECT headers FROM postkorb.outbox"))).scalars()
    assert stored == {"kept": "x", "postkorb_attempt": "2"}
