"""What pipelines answered, and where two of them differ."""

from dataclasses import replace

import pytest
from integration.storage import stored as given
from sqlalchemy import text

from schemas.events import FieldAnswer, Status
from services.answers.stated import stated
from services.storage.answers import ensure_pipeline, record_answers
from services.storage.database import Database
from services.storage.pipelines import (
    Agreement,
    AnswerDifference,
    UnknownPipelineError,
    agreement,
    differences_of,
    pipeline_of_id,
    stored_answers,
)
from services.storage.records import Pipeline

OTHER = Pipeline("pipeline-2", "phi", "e" * 64, {})
FIRST_FIELD, SECOND_FIELD, THIRD_FIELD = given.FIELDS


async def answer_again(database: Database, key: int, document_id: str, fields: list[FieldAnswer], **changes) -> None:
    """Record what the other pipeline says of a document."""
    of_batch = given.batch(OTHER.pipeline_id)
    item = given.answer(key, given.document(document_id), of_batch, fields=fields, **changes)
    async with database.transaction() as connection:
        await ensure_pipeline(connection, OTHER)
        assert await record_answers(connection, [of_batch], [item]) == {key}


async def compared(database: Database) -> tuple[Agreement, list[AnswerDifference]]:
    async with database.transaction() as connection:
        pair = (given.PIPELINE.pipeline_id, OTHER.pipeline_id)
        return await agreement(connection, *pair), await differences_of(connection, *pair)


async def test_pipelines_that_say_the_same_agree(database: Database) -> None:
    key = await given.process(database, given.document())
    await answer_again(database, key, "inv-1", list(given.FIELDS))
    assert await compared(database) == (Agreement(1, 0, 3, 0), [])


async def test_type_status_and_fields_may_differ(database: Database) -> None:
    key = await given.process(database, given.document())
    changed = FIRST_FIELD.model_copy(update={"value": "15387.80", "confidence": 0.4})
    fields = [changed, SECOND_FIELD, THIRD_FIELD.model_copy(update={"path": "iban"})]
    await answer_again(database, key, "inv-1", fields, document_type="contract", status=Status.INCOMPLETE)
    found, differences = await compared(database)
    assert found == Agreement(1, 1, 4, 3)
    assert [(item.path, item.first, item.second) for item in differences] == [
        ("document_type", "invoice", "contract"),
        ("status", "complete", "incomplete"),
        ("gross_total", "15387.08", "15387.80"),
        ("iban", None, "Nowhere"),
        ("seller_name", "Nowhere", None),
    ]
    assert (differences[2].first_confidence, differences[2].second_confidence) == (0.9, 0.4)
    assert (differences[3].first_confidence, differences[3].second_confidence) == (None, 0.1)


async def test_the_same_text_that_is_not_sure_to_stand_there_is_a_difference(database: Database) -> None:
    key = await given.process(database, given.document())
    (unsupported,) = stated([FIRST_FIELD.model_copy(update={"status": "unsupported"})], 0.0)
    await answer_again(database, key, "inv-1", [unsupported, SECOND_FIELD, THIRD_FIELD], needs_review=False)
    found, differences = await compared(database)
    assert found == Agreement(1, 1, 3, 1)
    assert [(item.path, item.first_status, item.second_status) for item in differences] == [
        ("needs_review", None, None),
        ("gross_total", "ok", "unsupported"),
    ]
    assert {differences[1].first, differences[1].second} == {"15387.08"}, (
        "what is proposed is compared with what is said"
    )
    assert (differences[0].first, differences[0].second) == ("true", "false")


async def test_answers_to_several_contents_of_a_document_are_not_crossed(database: Database) -> None:
    older, newer = given.document(), given.document(content="newer content")
    for document, value in ((older, "1.00"), (newer, "2.00")):
        fields = [FIRST_FIELD.model_copy(update={"value": value})]
        key = await given.process(database, document, fields=fields)
        await answer_again(database, key, "inv-1", fields, content_sha256=document.content_sha256)
    assert await compared(database) == (Agreement(2, 0, 2, 0), [])


async def test_only_what_both_answered_is_compared(database: Database) -> None:
    await given.process(database, given.document("inv-1"))
    key = await given.process(database, given.document("inv-2", "other content"))
    of_batch = given.batch(OTHER.pipeline_id)
    item = given.answer(key, given.document("inv-2", "newer content"), of_batch, fields=[])
    async with database.transaction() as connection:
        await ensure_pipeline(connection, OTHER)
        await record_answers(connection, [of_batch], [item])
    assert await compared(database) == (Agreement(0, 0, 0, 0), [])


async def test_answers_are_found_by_their_content(database: Database) -> None:
    document = given.document()
    await given.process(database, document)
    async with database.transaction() as connection:
        found = await stored_answers(connection, "pipeline-1", [document.content_sha256, "f" * 64])
        assert await stored_answers(connection, "pipeline-2", [document.content_sha256]) == {}
    answer = found.pop(document.content_sha256)
    assert not found
    assert list(answer.fields) == list(given.FIELDS)
    assert (answer.document_type, answer.status, answer.prompt_tokens) == ("invoice", Status.COMPLETE, 500)
    assert list(answer.findings) == list(given.FINDINGS)


async def test_analysts_see_by_what_confidences_were_made_and_whether_it_was_fitted(database: Database) -> None:
    by_hand, fitted = {"other_below": 0.3, "fitted": None}, {"fitted": {"documents": 40}}
    known = [
        Pipeline("by hand", "m", "f" * 64, {}, by_hand),
        Pipeline("fitted", "m", "f" * 64, {}, fitted),
        Pipeline("older", "m", "f" * 64, {}),
    ]
    async with database.transaction() as connection:
        for pipeline in known:
            await ensure_pipeline(connection, pipeline)
        assert [await pipeline_of_id(connection, item.pipeline_id) for item in known] == known
        await connection.execute(text("SET LOCAL ROLE postkorb_analyst"))
        seen = await connection.execute(
            text("SELECT pipeline_id, fitted, calibration FROM postkorb.calibrations ORDER BY pipeline_id")
        )
        assert [tuple(row) for row in seen] == [
            ("by hand", None, by_hand),
            ("fitted", {"documents": 40}, fitted),
            ("older", None, None),
        ]
        unfitted = "SELECT count(*) FROM postkorb.calibrations WHERE fitted IS NULL"
        assert await connection.scalar(text(unfitted)) == 2


async def test_a_pipeline_that_is_not_there_is_said_with_those_that_are(database: Database) -> None:
    await given.process(database, given.document())
    async with database.transaction() as connection:
        assert await pipeline_of_id(connection, "pipeline-1") == replace(given.PIPELINE)
        with pytest.raises(UnknownPipelineError, match=r"no pipeline 'nowhere'.*pipeline-1"):
            await pipeline_of_id(connection, "nowhere")
