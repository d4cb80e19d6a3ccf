"""Contracts as long as one wishes, whose facts stand on pages that are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

from services.intake.document import PAGE_CHARACTERS

WRITTEN: Final[Mapping[str, Mapping[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("contracts.yaml").read_text("utf-8")
)
"""By language."""
LANGUAGES: Final = tuple(WRITTEN)
NOT_TOLD: Final = ("end_date", "renewal_period")
"""Fields of which no contract says anything."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract's text, a page of it each, and its truth.

    Parameters
    ----------
    fields
        Canonical, by name, as `labels.json` has them; None: it does not tell it.
    pages_of
        The page, from 1, on which each of the others is told.
    """

    pages: Sequence[str]
    fields: Mapping[str, str | None]
    pages_of: Mapping[str, int]


def contract(language: str, pages: int) -> Contract:
    """Write a contract of that many pages, the same one each time."""
    written, random = WRITTEN[language], Random(f"{language} {pages}")  # noqa: S311  (the same ones each time)
    facts = {name: said for name, (_, said) in written["facts"].items()}
    told = {name: sentence.format(**facts) for name, sentence in written["told"].items()}
    places = {name: 1 + (pages - 1) * (number + 1) // len(told) for number, name in enumerate(told)}
    texts = [
        _page(written, page, [told[name] for name in told if places[name] == page], random)
        for page in range(1, pages + 1)
    ]
    texts[0] = f"{written['head'].format(**facts)}\n{texts[0]}"
    truth = {name: canonical for name, (canonical, _) in written["facts"].items()}
    return Contract(texts, truth | dict.fromkeys(NOT_TOLD), dict.fromkeys(facts, 1) | places)


def _page(written: Mapping[str, Any], page: int, told: Sequence[str], random: Random) -> str:
    """Fill a page with clauses, and put what is told among them."""
    head = len(written["head"]) if page == 1 else 0
    room = PAGE_CHARACTERS - 400 - head - sum(map(len, told))
    clauses: list[str] = []
    while sum(len(clause) + len("99.99 ") for clause in clauses) < room:
        section = f"{random.randint(1, 99)}.{random.randint(1, 9)}"
        clauses.append(random.choice(written["clauses"]).format(n=random.randint(2, 60), section=section))
    for sentence in told:
        clauses.insert(random.randint(len(clauses) // 4, 3 * len(clauses) // 4), sentence)
    numbered = [f"{page}.{number} {clause}" for number, clause in enumerate(clauses, 1)]
    return "\n".join([f"{written['section']} {page}", *numbered])
