"""Dead letters as people see them, and as programs do."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, assert_never

from rich.table import Table

from services.cli.output import table_of
from services.storage.dead_letter_list import Outline
from services.storage.records import DeadLetterRow, NewDeadLetter
from services.storage.retry_history import Fate, Retry

MOST_CHARACTERS: Final = 2000
"""Of a value or a header that people are shown; programs get all."""


def list_table(items: Sequence[Outline]) -> Table:
    """Make a table of dead letters."""
    columns = ("key", "record", "what happened", "when (UTC)")
    return table_of("Dead letters", columns, [_cells(item) for item in items])


def detail_table(row: DeadLetterRow) -> Table:
    """Make a table of all there is to say about one."""
    letter = row.letter
    facts: list[tuple[str, object]] = [
        ("record", place_of(letter)),
        ("its key", _shown(letter.key, "none")),
        ("code", letter.code.value),
        ("what happened", letter.message),
        ("tries", letter.attempts),
        ("given up", f"{_moment(letter.failed_at)} UTC"),
        ("trace", letter.trace_id),
    ]
    if letter.retry_of is not None:
        facts.append(("retry of", f"dead letter {letter.retry_of}"))
    if row.retried_at is not None:
        facts.append(("handed in again", f"{row.retries} x, the last {_moment(row.retried_at)} UTC"))
    facts += [(f"header {name}", _shown(value, "no value")) for name, value in letter.headers]
    facts.append(("its value", _shown(letter.value, "none")))
    return table_of(f"Dead letter {row.dead_letter_key}", ("what", "detail"), facts)


def history_table(retries: Sequence[Retry]) -> Table:
    """Make a table of what became of one's retries."""
    columns = ("retry", "what became of it")
    return table_of("Retries", columns, [(item.number, outcome_of(item)) for item in retries])


def outcome_of(retry: Retry) -> str:
    """Say what became of a retry."""
    document = f"document {retry.document_id} of tenant {retry.tenant}, which is {retry.state}"
    match retry.fate:
        case Fate.WAITING:
            return "it waits for the relay"
        case Fate.PUBLISHED:
            return "it is on its topic, and nothing came of it yet"
        case Fate.DEAD_LETTER:
            return f"no document again: dead letter {retry.dead_letter}"
        case Fate.DOCUMENT:
            return document
        case Fate.OLDER:
            return f"nothing: {document}, has the same content or a newer one"
        case _:
            assert_never(retry.fate)


def outline_json(item: Outline) -> dict[str, object]:
    """Turn a dead letter to JSON, without its bytes."""
    return {
        "key": item.dead_letter_key,
        "record": item.place,
        "record_key": _bytes_json(item.key),
        "bytes": item.size,
        "code": item.code,
        "message": item.message,
        "attempts": item.attempts,
        "trace_id": item.trace_id,
        "failed_at": item.failed_at,
        "retry_of": item.retry_of,
        "retries": item.retries,
        "retried_at": item.retried_at,
    }


def dead_letter_json(row: DeadLetterRow, retries: Sequence[Retry]) -> dict[str, object]:
    """Turn a dead letter to JSON, with its bytes and its history."""
    letter = row.letter
    return {
        "key": row.dead_letter_key,
        "record": place_of(letter),
        "record_key": _bytes_json(letter.key),
        "record_value": _bytes_json(letter.value),
        "headers": [{"name": name, **(_bytes_json(value) or {"text": None})} for name, value in letter.headers],
        "code": letter.code,
        "message": letter.message,
        "attempts": letter.attempts,
        "trace_id": letter.trace_id,
        "failed_at": letter.failed_at,
        "retry_of": letter.retry_of,
        "retries": row.retries,
        "retried_at": row.retried_at,
        "history": retries,
    }


def place_of(letter: NewDeadLetter) -> str:
    """Say where the record stands, for people."""
    return f"{letter.topic}[{letter.partition}]@{letter.offset}"


def _cells(item: Outline) -> tuple[object, ...]:
    when = [_moment(item.failed_at)]
    if item.retry_of is not None:
        when.append(f"retry of {item.retry_of}")
    if item.retries:
        when.append(f"handed in again {item.retries} x")
    record = f"{_shown(item.key, 'no key')}\n{item.place}"
    return (item.dead_letter_key, record, f"{item.code}\n{item.message}", "\n".join(when))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%F %T}"


def _shown(value: bytes | None, absent: str) -> str:
    if value is None:
        return f"({absent})"
    text = value.decode("utf-8", "replace")
    rest = len(text) - MOST_CHARACTERS
    return text if rest <= 0 else f"{text[:MOST_CHARACTERS]}… and {rest} characters more; --json has all"


def _bytes_json(value: bytes | None) -> dict[str, str] | None:
    if value is None:
        return None
    return {"text": value.decode("utf-8", "replace"), "base64": base64.b64encode(value).decode()}
