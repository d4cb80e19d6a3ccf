"""Points in time, as people type them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import typer

from services.cli.moments import moment_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        ("2h", NOW - timedelta(hours=2)),
        (" 7d ", NOW - timedelta(days=7)),
        ("1w", NOW - timedelta(weeks=1)),
        ("90s", NOW - timedelta(seconds=90)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T08:30", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20 08:30:00Z", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T08:30+01:00", datetime(2026, 11, 20, 8, 30, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_a_time_is_an_iso_date_or_an_age(text: str, moment: datetime):
    assert moment_of(text, NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "", "2", "h", "-2h", "2y", "2026-13-01", "999999999w", "٣h"])
def test_anything_else_is_refused_with_what_would_be_right(text: str):
    with pytest.raises(typer.BadParameter, match=r"ISO date.*age such as 30m"):
        moment_of(text, NOW)
