"""What the headers of a record say of the tries before it, and that headers which are not ours say nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import ErrorCode
from schemas.topics import RETRY_ATTEMPT, RETRY_DEAD_LETTER, RETRY_SUBMITTED, Topics
from schemas.wording import Wording
from services.delivery.record import Record
from services.intake.accept import MOST_ATTEMPT, MOST_PARTITION, History, history_of, parsed_document
from services.intake.document import ParsedDocument
from services.intake.store import Retried, again
from services.storage.records import DeadLetterRow, NewDeadLetter, NewDocument, Origin
from services.storage.resubmission import resubmission

WRITTEN = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
FIRST_WRITTEN = datetime(2026, 4, 30, 9, 0, 0, 123_000, tzinfo=UTC)
FIRST_WRITTEN_MS = 1_777_539_600_123
PUBLISHERS_OWN = History(attempt=1, submitted_at=WRITTEN, origin=Origin(4, 77), dead_letter=None)
MOST_OFFSET = 10**18 - 1


def _record(*headers: tuple[str, bytes | None]) -> Record:
    return Record("documents.submitted", 4, 77, b"key", b"value", headers, WRITTEN)


def test_a_record_of_a_publisher_is_the_first_try_of_itself():
    assert history_of(_record()) == PUBLISHERS_OWN
    assert history_of(_record(("traceparent", b"00-1-2-01"), ("ce_id", None))) == PUBLISHERS_OWN


def test_a_retry_says_which_try_it_is_and_where_the_first_record_stood():
    retry = _record((RETRY_ATTEMPT, b"3"), (RETRY_SUBMITTED, b"%d/2/15" % FIRST_WRITTEN_MS))
    assert history_of(retry) == History(3, FIRST_WRITTEN, Origin(2, 15), None)


def test_a_retried_dead_letter_says_which():
    assert history_of(_record((RETRY_DEAD_LETTER, b"812"))) == replace(PUBLISHERS_OWN, dead_letter=812)


@pytest.mark.parametrize(("language", "note"), [("de", "nur Bilder"), ("fr", "pictures alone")])
def test_what_was_not_read_is_kept_in_the_documents_language(language: str, note: str):
    parsed = ParsedDocument(("x",), (Wording(de="nur Bilder", en="pictures alone"),))
    assert parsed_document(_document(WRITTEN, Origin(1, 2)), parsed, language).notes == (note,)


@given(
    partition=st.integers(0, MOST_PARTITION),
    offset=st.integers(0, MOST_OFFSET),
    attempt=st.integers(1, MOST_ATTEMPT),
    dead_letter=st.none() | st.integers(1, MOST_OFFSET),
    written=st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_intake_writes_for_another_try_is_read_back(
    partition: int, offset: int, attempt: int, dead_letter: int | None, written: datetime
):
    headers = () if dead_letter is None else ((RETRY_DEAD_LETTER, b"%d" % dead_letter),)
    document = _document(written, Origin(partition, offset))
    row = again(Retried(_record(*headers), document, attempt, timedelta(seconds=1)))
    read = history_of(_record(*[(name, value.encode()) for name, value in row.headers.items()]))
    assert read == History(attempt, read.submitted_at, Origin(partition, offset), dead_letter)
    assert abs(read.submitted_at - written) <= timedelta(milliseconds=0.5)


def test_what_a_retried_dead_letter_says_of_its_place_is_read_back():
    letter = NewDeadLetter(
        topic="documents.submitted",
        partition=2,
        offset=15,
        key=b"key",
        value=b"value",
        headers=[(RETRY_ATTEMPT, b"9")],
        code=ErrorCode.NOT_AN_EVENT,
        message="not JSON",
        attempts=9,
        trace_id="0" * 32,
        failed_at=FIRST_WRITTEN,
    )
    row, _ = resubmission(DeadLetterRow(812, letter, retries=0, retried_at=None), Topics())
    read = history_of(_record(*[(name, value.encode()) for name, value in row.headers.items()]))
    assert read == History(1, FIRST_WRITTEN, Origin(2, 15), 812)


def _document(submitted_at: datetime, origin: Origin) -> NewDocument:
    return NewDocument(
        tenant="default",
        document_id="d",
        content_sha256="0" * 64,
        media_type=None,
        file_name=None,
        metadata={},
        byte_count=0,
        language=None,
        pages=(),
        submitted_at=submitted_at,
        traceparent="",
        origin=origin,
    )


@pytest.mark.parametrize(
    "submitted",
    [
        b"",
        b"//",
        b"1777539600123",
        b"1777539600123/2",
        b"1777539600123/2/15/1",
        b"/2/15",
        b"1777539600123//15",
        b"1777539600123/2/",
        b"-1/2/15",
        b"1777539600123/-2/15",
        b"1777539600123/2/1.5",
        b"1777539600123/2/ 15",
        b"1777539600123/2/1_5",
        b"1777539600123/2/\xff",
        "1777539600123/2/\N{ARABIC-INDIC DIGIT NINE}".encode(),
        "1777539600123/2/\N{SUPERSCRIPT TWO}".encode(),
        b"1777539600123/%d/15" % (MOST_PARTITION + 1),
        b"1777539600123/2/%d" % (MOST_OFFSET + 1),
        b"1777539600123/2/" + b"9" * 5_000,
    ],
)
def test_a_place_that_is_not_as_we_write_it_is_that_of_the_record_itself(submitted: bytes):
    assert history_of(_record((RETRY_SUBMITTED, submitted))) == PUBLISHERS_OWN


@pytest.mark.parametrize("attempt", [b"", b"0", b"-3", b"2.0", b" 2", b"two", b"\xb2", b"9" * 5_000])
def test_a_try_that_is_no_number_of_ours_is_the_first(attempt: bytes):
    assert history_of(_record((RETRY_ATTEMPT, attempt))) == PUBLISHERS_OWN


def test_a_header_without_a_value_says_nothing():
    headers = [(name, None) for name in (RETRY_ATTEMPT, RETRY_SUBMITTED, RETRY_DEAD_LETTER)]
    assert history_of(_record(*headers)) == PUBLISHERS_OWN


def test_a_number_of_tries_that_nobody_makes_is_cut():
    assert history_of(_record((RETRY_ATTEMPT, b"999"))).attempt == 999
    assert history_of(_record((RETRY_ATTEMPT, b"1001"))).attempt == MOST_ATTEMPT


def test_the_largest_place_fits_the_database():
    read = history_of(_record((RETRY_SUBMITTED, b"%d/%d/%d" % (FIRST_WRITTEN_MS, MOST_PARTITION, MOST_OFFSET))))
    assert read.origin == Origin(2**31 - 1, MOST_OFFSET)
    assert MOST_OFFSET < 2**63


@pytest.mark.parametrize("letter", [b"x", b"-1", b"9" * 19])
def test_a_dead_letter_that_is_no_key_of_ours_is_none(letter: bytes):
    assert history_of(_record((RETRY_DEAD_LETTER, letter))) == PUBLISHERS_OWN


def test_one_spoilt_header_spoils_no_other():
    spoilt = _record((RETRY_ATTEMPT, b"3"), (RETRY_SUBMITTED, b"spoilt"), (RETRY_DEAD_LETTER, b"812"))
    assert history_of(spoilt) == replace(PUBLISHERS_OWN, attempt=3, dead_letter=812)


@given(st.lists(st.tuples(st.sampled_from([RETRY_ATTEMPT, RETRY_SUBMITTED, RETRY_DEAD_LETTER]), st.binary())))
def test_no_header_is_an_error_and_what_is_read_fits_the_database(headers: list[tuple[str, bytes]]):
    read = history_of(_record(*headers))
    assert 1 <= read.attempt <= MOST_ATTEMPT
    assert 0 <= read.origin.partition <= MOST_PARTITION
    assert 0 <= read.origin.offset < 2**63
    assert read.dead_letter is None or 0 <= read.dead_letter < 2**63
