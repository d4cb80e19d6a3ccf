"""A failure that may pass is tried again: later, a bounded number of times, and at nobody else's expense."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest
from integration.archive import Archive
from integration.house import House, until
from scripted import INVALID, REFUSED, ScriptedEngine, letter

from schemas.envelope import decode
from services.delivery.retrying import RetryPolicy
from services.inference.engines.port import EngineAwayError, EngineError, Generation, Prompt

HOUR = 3600.0
SLOW = RetryPolicy(attempts=5, first=timedelta(hours=1), most=timedelta(hours=3))
"""Nothing is tried again by itself during a test; `let_time_pass` stands for the wait."""
QUICK = RetryPolicy(attempts=4, first=timedelta(milliseconds=50), most=timedelta(seconds=1))
SLACK_SECONDS = 60
"""Between the beginning of a transaction and its last statement, on a machine that does much else."""

RETRIES = """
SELECT event_id, topic, convert_from(key, 'UTF8') AS document_id, attempt, published_at IS NULL AS waits,
       extract(epoch FROM due_at - created_at)::float AS seconds
FROM postkorb.outbox WHERE attempt IS NOT NULL ORDER BY outbox_id
"""
FAILURE = "SELECT * FROM postkorb.failures WHERE document_id = :id"
RESULT = "SELECT * FROM postkorb.results WHERE document_id = :id"


class RecoveringEngine(ScriptedEngine):
    """Raises errors first, one a question, and answers then."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self._errors = iter(errors)

    async def generate(self, prompt: Prompt) -> Generation:
        if error := next(self._errors, None):
            raise error
        return await super().generate(prompt)


@pytest.fixture
async def archive(house: House) -> AsyncIterator[Archive]:
    async with Archive(letter("invoice", invoice_number="ARCHIVED-1")).open() as archive:
        house.prefixes.append(archive.url)
        yield archive


async def let_time_pass(house: House) -> None:
    await house.query("UPDATE postkorb.outbox SET due_at = now() WHERE published_at IS NULL")


async def waiting_retry(house: House, document_id: str, attempt: int) -> Any:
    found: list[Any] = []

    async def there() -> bool:
        nonlocal found
        retries = await house.query(RETRIES)
        found = [row for row in retries if (row.waits, row.document_id, row.attempt) == (True, document_id, attempt)]
        return bool(found)

    await until(there)
    return found[0]


async def test_a_retry_waits_in_the_outbox_and_what_is_behind_it_on_its_partition_is_done(
    house: House, archive: Archive
):
    house.retries, archive.failures = SLOW, 1
    partition = 1
    unreachable, refused, *others = await house.ids_on(partition, 6, "d")
    async with house.running():
        await house.submit(unreachable, {"uri": archive.url})
        await house.submit(refused, f"{letter('invoice')} {REFUSED}")
        for name in others:
            await house.submit(name, letter("invoice", invoice_number=name))
        await house.rows("SELECT * FROM postkorb.results", len(others))
        await waiting_retry(house, refused, 2)
    first, second = await house.query(RETRIES)
    assert (first.document_id, first.topic, first.attempt, first.waits) == (
        unreachable,
        house.topics.submitted,
        2,
        True,
    )
    assert (second.document_id, second.topic, second.attempt, second.waits) == (refused, house.topics.parsed, 2, True)
    assert all(HOUR / 2 <= retry.seconds <= HOUR + SLACK_SECONDS for retry in (first, second))
    assert await house.committed(house.intake_group, house.topics.submitted) == {partition: 6}
    assert await house.committed(house.inference_group, house.topics.parsed) == {partition: 5}
    [waiting] = await house.query("SELECT document_id, state, attempts FROM postkorb.documents WHERE state = 'parsed'")
    assert tuple(waiting) == (refused, "parsed", 2)
    [account] = await house.query("SELECT submitted, processed, waiting FROM postkorb.account")
    assert tuple(account) == (6, 4, 2)


async def test_back_off_doubles_with_jitter_up_to_its_limit_and_tries_end(house: House, archive: Archive):
    house.retries, archive.failures = SLOW, 100
    async with house.running():
        await house.submit("unreachable", {"uri": archive.url})
        await house.submit("refused", f"{letter('invoice')} {REFUSED}")
        await house.submit("invalid", f"{letter('invoice')} {INVALID}")
        await house.submit("broken", {"base64": "%%%"})
        parts = []
        for attempt, longest in ((2, HOUR), (3, 2 * HOUR), (4, 3 * HOUR), (5, 3 * HOUR)):
            for name in ("unreachable", "refused"):
                seconds = (await waiting_retry(house, name, attempt)).seconds
                assert longest / 2 <= seconds <= longest + SLACK_SECONDS
                parts.append(seconds / longest)
            await let_time_pass(house)
        failures = {name: await house.row(FAILURE, id=name) for name in ("unreachable", "refused", "invalid", "broken")}
        events = await house.events(house.topics.failed, len(failures))
    assert max(parts) - min(parts) > 0.01, "tries that failed together come together"
    tries = {"unreachable": 5, "refused": 5, "invalid": 2, "broken": 1}
    assert {name: failure.attempts for name, failure in failures.items()} == tries
    said = [decode(event.value, event.headers).data for event in events]
    assert {event["document_id"]: event["attempts"] for event in said} == tries
    assert {event["document_id"] for event in said if event["retryable"]} == {"unreachable", "refused", "invalid"}
    history = await house.query(RETRIES)
    assert {name: [row.attempt for row in history if row.document_id == name] for name in tries} == {
        "unreachable": [2, 3, 4, 5],
        "refused": [2, 3, 4, 5],
        "invalid": [2],
        "broken": [],
    }
    assert archive.asked == 5


async def test_a_document_that_is_tried_again_in_both_services_ends_processed_with_one_event_id(
    house: House, archive: Archive
):
    house.retries, archive.failures = QUICK, 1
    engine = house.engine = RecoveringEngine(*repeat(EngineError("not now"), 2))
    async with house.running():
        await house.submit("late", {"uri": archive.url})
        result = await house.row(RESULT, id="late")
        await house.events(house.topics.processed, 1)
        asked = len(engine.prompts)
        # As if the relay had died each time before it could note what it had published.
        await house.query("UPDATE postkorb.outbox SET published_at = NULL WHERE attempt IS NOT NULL")
        events = await house.events(house.topics.processed, 2)
        await house.rows("SELECT 1 FROM postkorb.outbox WHERE published_at IS NOT NULL", 6)
    assert result.fields["invoice_number"] == "ARCHIVED-1"
    [document] = await house.query("SELECT state, attempts FROM postkorb.documents")
    assert tuple(document) == ("processed", 4)
    assert len(engine.prompts) == asked == 3  # its type, its fields, and once those that it lacks
    assert len({dict(event.headers)["ce_id"] for event in events}) == 1
    assert await house.records(house.topics.failed) == []


async def test_tries_while_the_engine_is_known_to_be_away_do_not_count(house: House):
    house.retries = replace(QUICK, attempts=1)
    house.engine = RecoveringEngine(EngineAwayError("no server answers"))
    async with house.running():
        await house.submit("patient", letter("invoice", invoice_number="LATE-1"))
        result = await house.row(RESULT, id="patient")
    assert result.fields["invoice_number"] == "LATE-1"
    assert [row.attempts for row in await house.query("SELECT attempts FROM postkorb.documents")] == [1]
