"""What a pipeline answered before, in place of asking: documents are found by their bytes."""

from collections.abc import Sequence

from services.evaluation.asking import Reading
from services.evaluation.report import Cost
from services.evaluation.scoring import Case, Said, Unsaid
from services.storage.database import Database
from services.storage.pipelines import StoredAnswer, stored_answers

NOT_ANSWERED = "not_answered"


async def stored_cases(database: Database, pipeline_id: str, readings: Sequence[Reading]) -> list[Case]:
    """Give what a pipeline answered to each document; the order stays."""
    contents = [reading.sha256 for reading in readings]
    found = await database.in_transaction(lambda connection: stored_answers(connection, pipeline_id, contents))
    return [Case(reading.label, reading.source, _said(reading, found, pipeline_id)) for reading in readings]


def _said(reading: Reading, found: dict[str, StoredAnswer], pipeline_id: str) -> Said | Unsaid:
    answer = found.get(reading.sha256)
    if answer is None:
        return reading.failure or Unsaid(NOT_ANSWERED, f"the database has no answer of pipeline {pipeline_id} to it")
    cost = Cost(
        seconds=None,
        calls=None,
        prompt_tokens=answer.prompt_tokens,
        cached_tokens=None,
        completion_tokens=answer.completion_tokens,
    )
    return Said(
        answer.document_type,
        answer.type_confidence,
        answer.fields,
        answer.status,
        answer.reasons,
        answer.findings,
        cost,
    )
