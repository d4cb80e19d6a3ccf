"""A newer version of a document replaces the older, never the other way round, in whatever order they arrive."""

from dataclasses import replace
from itertools import permutations, product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from integration.storage import stored as given
from sqlalchemy import Row, select

from schemas.events import ErrorCode, Step
from services.storage.answers import record_failures
from services.storage.database import Database
from services.storage.documents import load_documents
from services.storage.records import Acceptance, Failure, NewDocument
from services.storage.tables import documents, pages
from services.storage.versions import is_older

AWAY = Failure(Step.ACCEPT, ErrorCode.URI_UNREACHABLE, "The server is away.", retryable=True)


async def _stored(database: Database, document_id: str = "inv-1") -> Row[tuple[str, ...]]:
    async with database.transaction() as connection:
        return (await connection.execute(select(documents).where(documents.c.document_id == document_id))).one()


async def _acceptances(database: Database, *items: NewDocument) -> list[Acceptance]:
    return [(await given.store(database, item))[0].acceptance for item in items]


def _older(one: tuple[tuple[int, int] | None, float], other: tuple[tuple[int, int] | None, float]) -> bool:
    return is_older(given.submitted("a", *one), given.submitted("b", *other))


def test_in_one_partition_the_offset_is_the_order() -> None:
    assert _older(((0, 4), 1), ((0, 5), 1))
    assert not _older(((0, 5), 1), ((0, 4), 1))
    assert not _older(((0, 5), 0), ((0, 4), 1))


def test_a_smaller_offset_with_a_later_time_is_newer_because_the_topic_was_made_anew() -> None:
    assert not _older(((0, 4), 2), ((0, 900), 1))


def test_across_partitions_and_without_a_place_the_time_decides() -> None:
    for ours, theirs in product([(0, 9), None], [(1, 4), None]):
        assert _older((ours, 1), (theirs, 2))
        assert not _older((ours, 3), (theirs, 2))


def test_the_same_place_is_not_older() -> None:
    assert not _older(((0, 4), 1), ((0, 4), 1))
    assert not _older((None, 1), (None, 1))


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, tuple[int, int], int]]:
    """Draw contents in the order in which they were handed in: their times may be equal, but never fall."""
    contents = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=5))
    partitions = draw(st.lists(st.integers(0, 1), min_size=len(contents), max_size=len(contents)))
    if not draw(st.booleans()):
        partitions = partitions[:1] * len(contents)
    history, second = [], 0
    for offset, (content, partition) in enumerate(zip(contents, partitions, strict=True)):
        other_partition = bool(history) and history[-1][1][0] != partition
        second += draw(st.integers(int(other_partition), 1))
        history.append((content, (partition, offset), second))
    return history


@for_all(histories())
def test_the_order_is_that_of_handing_in(history: list[tuple[str, tuple[int, int], int]]) -> None:
    versions = [given.submitted(*item) for item in history]
    for (one, first), (other, second) in product(enumerate(versions), repeat=2):
        assert is_older(first, second) == (one < other)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(history=histories(), data=st.data())
async def test_the_last_version_is_stored_in_the_end_in_whatever_order_and_however_often_they_arrive(
    database: Database, history: list[tuple[str, tuple[int, int], int]], data: st.DataObject
) -> None:
    name = uuid4().hex
    versions = [given.submitted(*item, document_id=name, tenant=name) for item in history]
    repeats = data.draw(st.lists(st.sampled_from(versions), max_size=3))
    arrivals = data.draw(st.permutations(versions + repeats))
    while arrivals:
        together = data.draw(st.integers(1, len(arrivals)))
        await given.store(database, *arrivals[:together])
        arrivals = arrivals[together:]
    row = await _stored(database, name)
    last = versions[-1]
    assert row.content_sha256 == last.content_sha256
    assert (row.submitted_at, row.source_partition, row.source_offset) == (last.submitted_at, *history[-1][1])
    async with database.transaction() as connection:
        of_document = select(pages.c.text).where(pages.c.document_key == row.document_key).order_by(pages.c.page)
        assert (await connection.scalars(of_document)).all() == list(last.pages)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_content_that_came_back_is_current_in_the_end(database: Database, order: tuple[int, ...]) -> None:
    history = [given.submitted("A", (0, 1), 1), given.submitted("B", (0, 2), 2), given.submitted("A", (0, 3), 3)]
    await _acceptances(database, *(history[index] for index in order))
    assert (await _stored(database)).content_sha256 == history[2].content_sha256


async def test_an_older_content_changes_nothing(database: Database) -> None:
    key = await given.process(database, given.submitted("B", (0, 2), 2))
    before = await _stored(database)
    [older] = await given.store(database, given.submitted("A", (0, 1), 1))
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [key], given.PIPELINE.pipeline_id)
    assert (older.document_key, older.acceptance) == (key, Acceptance.OLDER)
    assert await _stored(database) == before
    assert pending.answered


async def test_an_older_content_that_failed_changes_nothing_either(database: Database) -> None:
    newer, older = given.submitted("B", (0, 2), 2), given.submitted("A", (0, 1), 1)
    acceptances = await _acceptances(database, newer, given.unreadable(AWAY, older))
    assert acceptances == [Acceptance.NEW, Acceptance.OLDER]
    assert (await _stored(database)).state == "parsed"


async def test_a_retry_of_a_replaced_content_is_older_however_late_it_comes(database: Database) -> None:
    first, second = given.submitted("A", (0, 1), 1), given.submitted("B", (0, 2), 2)
    acceptances = await _acceptances(database, second, replace(first, attempts=4))
    assert acceptances == [Acceptance.NEW, Acceptance.OLDER]


async def test_in_one_call_the_same_rule_decides_and_not_the_order_of_the_list(database: Database) -> None:
    newest, older = given.submitted("B", (0, 3), 3), given.submitted("A", (0, 2), 2)
    again = given.submitted("B", (0, 1), 1)
    results = await given.store(database, newest, older, again)
    assert [item.acceptance for item in results] == [Acceptance.NEW, Acceptance.OLDER, Acceptance.REPEAT_WAITING]
    assert (await _stored(database)).content_sha256 == newest.content_sha256


async def test_a_repeat_in_one_call_brings_its_place_but_keeps_the_pages_that_were_read(database: Database) -> None:
    read, failing = given.submitted("A", (0, 1), 1), given.submitted("A", (0, 3), 3, pages=(), failure=AWAY)
    results = await given.store(database, read, failing)
    row = await _stored(database)
    assert [item.acceptance for item in results] == [Acceptance.NEW, Acceptance.REPEAT_WAITING]
    assert (row.state, row.source_offset, row.page_count) == ("parsed", 3, 2)


async def test_a_repeat_moves_the_time_forward_and_never_back(database: Database) -> None:
    items = [given.submitted("A", (0, offset), offset) for offset in (2, 3, 1)]
    assert await _acceptances(database, *items) == [
        Acceptance.NEW,
        Acceptance.REPEAT_WAITING,
        Acceptance.REPEAT_WAITING,
    ]
    row = await _stored(database)
    assert (row.source_offset, row.submitted_at, row.version) == (3, items[1].submitted_at, 1)


async def test_a_repeat_moves_the_time_of_a_document_that_has_ended_too(database: Database) -> None:
    for name in ("processed", "failed"):
        first = given.submitted("A", (0, 1), 1, document_id=name)
        if name == "processed":
            await given.process(database, first)
        else:
            await given.store(database, replace(first, pages=(), failure=given.BROKEN))
        later = given.submitted("A", (0, 3), 3, document_id=name)
        between = given.submitted("B", (0, 2), 2, document_id=name)
        assert (await _acceptances(database, later, between))[1] is Acceptance.OLDER
        assert (await _stored(database, name)).state == name


async def test_a_record_that_was_read_once_keeps_its_content_if_it_cannot_be_read_again(database: Database) -> None:
    read = given.submitted("A", (0, 1), 1)
    unreadable = given.unreadable(AWAY, read)
    key = await given.process(database, read)
    [repeat] = await given.store(database, unreadable)
    [newer] = await given.store(database, replace(unreadable, submitted_at=given.MOMENT, origin=None))
    assert (repeat.document_key, repeat.acceptance) == (key, Acceptance.REPEAT_PROCESSED)
    assert newer.acceptance is Acceptance.OLDER
    assert (await _stored(database)).state == "processed"


async def test_a_later_try_that_can_be_read_replaces_the_failure_of_the_earlier(database: Database) -> None:
    read = given.submitted("A", (0, 1), 1, attempts=2)
    acceptances = await _acceptances(database, given.unreadable(AWAY, replace(read, attempts=1)), read)
    row = await _stored(database)
    assert acceptances == [Acceptance.NEW, Acceptance.NEWER]
    assert (row.state, row.attempts) == ("parsed", 2)


async def _failed_for_now(database: Database) -> NewDocument:
    """Store a document whose third try failed for a reason that may pass."""
    tried = given.submitted("A", (0, 5), 5, attempts=3)
    [accepted] = await given.store(database, tried)
    async with database.transaction() as connection:
        await record_failures(connection, [given.failed(accepted.document_key, tried, given.SLOW, attempts=3)])
    return tried


async def test_a_failed_document_is_tried_again_by_a_later_try_of_ours(database: Database) -> None:
    tried = await _failed_for_now(database)
    assert await _acceptances(database, replace(tried, attempts=4)) == [Acceptance.REPEAT_RETRIED]
    assert (await _stored(database)).attempts == 4


async def test_a_failed_document_is_tried_again_when_its_publisher_hands_it_in_again(database: Database) -> None:
    await _failed_for_now(database)
    assert await _acceptances(database, given.submitted("A", (0, 6), 6)) == [Acceptance.REPEAT_RETRIED]
    row = await _stored(database)
    assert (row.attempts, row.source_offset, row.state) == (1, 6, "parsed")


async def test_a_failed_document_is_not_tried_again_by_a_record_that_is_delivered_again(database: Database) -> None:
    tried = await _failed_for_now(database)
    again = [tried, replace(tried, attempts=1), given.submitted("A", (0, 2), 2)]
    assert await _acceptances(database, *again) == [Acceptance.REPEAT_FAILED] * 3
    assert (await _stored(database)).state == "failed"
