"""The table of faults: a row a fault, summed over the seeds."""

from collections.abc import Mapping, Sequence

from faults.account import Account, total
from rich.table import Table

COLUMNS = (
    "fault",
    "what was done",
    "submitted",
    "processed",
    "failed",
    "dead-lettered",
    "published",
    "duplicates by event id",
    "asked again",
    "repeats",
    "lost",
    "seconds",
)


def rows_of(accounts: Mapping[tuple[int, str], Sequence[Account]]) -> list[list[str]]:
    """Make the rows, in the order of the faults.

    Parameters
    ----------
    accounts
        By number and description of the fault, one a seed.
    """
    return [[str(number), what, *_counts(total(found))] for (number, what), found in sorted(accounts.items()) if found]


def _counts(account: Account) -> list[str]:
    counts = (
        account.submitted,
        account.processed,
        account.failed,
        account.dead_lettered,
        account.published,
        account.duplicates,
        account.asked_again,
        account.repeats,
        account.lost + account.conflicts,
    )
    return [*map(str, counts), f"{account.seconds:.1f}"]


def for_terminal(rows: Sequence[Sequence[str]]) -> Table:
    """Make a table for people."""
    table = Table(title="Faults")
    for number, name in enumerate(COLUMNS):
        table.add_column(name, justify="left" if number == 1 else "right")
    for row in rows:
        table.add_row(*row)
    return table


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Write the table in Markdown."""
    rule = ["---:" if number != 1 else ":---" for number in range(len(COLUMNS))]
    return "".join(f"| {' | '.join(row)} |\n" for row in [COLUMNS, rule, *rows])
