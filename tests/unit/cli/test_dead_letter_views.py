"""What people are shown of dead letters."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.console import Console
from rich.table import Table

from schemas.events import ErrorCode
from services.cli.dead_letter_views import MOST_CHARACTERS, detail_table, list_table, outcome_of
from services.storage.dead_letter_list import Outline
from services.storage.records import DeadLetterRow, NewDeadLetter
from services.storage.retry_history import Fate, Retry

MOMENT = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def shown(table: Table, width: int = 80) -> str:
    console = Console(width=width, record=True)
    console.print(table)
    return console.export_text()


def outline(key: bytes | None) -> Outline:
    return Outline(
        dead_letter_key=7,
        topic="documents.submitted",
        partition=2,
        offset=41,
        key=key,
        size=10,
        header_size=2,
        code=ErrorCode.INVALID_EVENT,
        message="content.txt: Extra inputs are not permitted",
        attempts=1,
        trace_id="0" * 32,
        failed_at=MOMENT,
        retry_of=3,
        retries=2,
        retried_at=MOMENT,
    )


def row(value: bytes | None) -> DeadLetterRow:
    letter = NewDeadLetter(
        topic="documents.submitted",
        partition=2,
        offset=41,
        key=None,
        value=value,
        headers=[("ort", "Köln".encode()), ("leer", None)],
        code=ErrorCode.NOT_AN_EVENT,
        message="the record has no value",
        attempts=1,
        trace_id="0" * 32,
        failed_at=MOMENT.astimezone(UTC),
    )
    return DeadLetterRow(7, letter, 0, None)


def test_a_list_names_the_document_and_the_place_and_fits_a_terminal():
    text = shown(list_table([outline("Rechnung-Größe".encode())]), width=110)
    for part in ("Rechnung-Größe", "documents.submitted[2]@41", "invalid_event", "2026-11-25 08:30:00", "retry of 3"):
        assert part in text
    assert "handed in again 2 x" in text


@pytest.mark.parametrize(("key", "said"), [(None, "(no key)"), (b"\xff\x1b[2J", "\ufffd\ufffd[2J")])
def test_a_key_that_is_no_text_does_no_harm(key: bytes | None, said: str):
    assert said in shown(list_table([outline(key)]))


def test_a_long_value_is_cut_for_people():
    text = shown(detail_table(row("§".encode() * (MOST_CHARACTERS + 500))))
    assert text.count("§") == MOST_CHARACTERS
    assert "500 characters more" in text


def test_what_is_not_there_is_said():
    text = shown(detail_table(row(None)))
    assert text.count("(none)") == 2
    assert "(no value)" in text
    assert "Köln" in text


@pytest.mark.parametrize("fate", list(Fate))
def test_every_outcome_of_a_retry_is_a_sentence_of_its_own(fate: Fate):
    retry = Retry(1, fate, dead_letter=12, document_id="Brief-ß", tenant="acme", state="processed")
    others = {outcome_of(Retry(1, other)) for other in Fate if other is not fate}
    said = outcome_of(retry)
    assert said not in others
    assert ("dead letter 12" in said) == (fate is Fate.DEAD_LETTER)
    assert ("document Brief-ß of tenant acme" in said) == (fate in (Fate.DOCUMENT, Fate.OLDER))
