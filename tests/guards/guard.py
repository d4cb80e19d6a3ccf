"""A guard against a trap, how it is taken out, and the tests that must notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

REPOSITORY: Final = Path(__file__).parents[2]
LIST: Final = Path(__file__).with_name("guards.yaml")


class GuardError(ValueError):
    """The list does not fit the code any more."""


@dataclass(frozen=True, slots=True)
class Guard:
    """An entry of `guards.yaml`.

    Parameters
    ----------
    trap
        What the guard is against, in one sentence.
    file
        Where it stands, from the root of the repository.
    old
        Its text, which stands exactly once in the file.
    new
        The text without the guard.
    tests
        Ids of the tests that must fail then, as pytest writes them, without parameters.
    """

    name: str
    trap: str
    file: str
    old: str
    new: str
    tests: Sequence[str]

    def taken_out(self, text: str) -> str:
        """Give the file's text without the guard.

        Raises
        ------
        GuardError
            If the guard does not stand in it exactly once.
        """
        if (count := text.count(self.old)) != 1:
            message = f"{self.name}: stands {count} times in {self.file}, not once:\n{self.old}"
            raise GuardError(message)
        return text.replace(self.old, self.new)


def listed_guards() -> list[Guard]:
    """Read the list."""
    return [Guard(**entry) for entry in yaml.load(LIST.read_text("utf-8"), yaml.CSafeLoader)]
