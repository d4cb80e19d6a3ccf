"""Points in time, as people type them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import typer

_AGE: Final = re.compile(r"([0-9]{1,9})([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_moment(text: str) -> datetime:
    """Read an ISO date or date-time (UTC, if it names no zone), or an age such as `30m`, `2h`, `7d`.

    Raises
    ------
    typer.BadParameter
        If it is neither.
    """
    return moment_of(text, datetime.now(UTC))


def moment_of(text: str, now: datetime) -> datetime:
    """Do the same, with a given present."""
    try:
        if age := _AGE.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        message = (
            f"{text!r} is no time: an ISO date or date-time such as 2026-11-25 or 2026-11-25T14:30+01:00 "
            "(UTC if it names no zone), or an age such as 30m, 2h, 7d"
        )
        raise typer.BadParameter(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
