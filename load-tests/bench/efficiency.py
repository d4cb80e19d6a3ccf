"""Efficiency: the whole service against bare vLLM that is given the same prompts at once."""

from collections.abc import Sequence
from typing import Final

from bench.report import Made, Part, Plot, Ratio, Table, spread
from bench.rounds import Round

GOAL: Final = 0.98
MINUTE: Final = 60
LEAST_ANSWERS: Final = 40
"""Of fewer, most are of the beginning and the end: the engine has 16 at a time."""


def part(rounds: Sequence[Round], documents: int, made: Made) -> Part:
    """Make the part of the rounds of `model`."""
    service = [MINUTE * documents / one.service_seconds for one in rounds]
    bare = [MINUTE * documents / one.bare_seconds for one in rounds]
    prompts = [len(one.prompts) for one in rounds]
    return Part(
        name="efficiency",
        title="Efficiency",
        question="How much of what the engine can do is left when everything around it is there?",
        tables=[
            Table(
                title=f"{documents} documents, {prompts[0]} prompts",
                columns=("", "documents a minute"),
                rows=[
                    ["bare vLLM, all prompts at once", spread(bare, ".2f")],
                    ["the whole service", spread(service, ".2f")],
                ],
            )
        ],
        ratios=[
            Ratio.of("of bare vLLM's rate", [a / b for a, b in zip(service, bare, strict=True)], GOAL),
            *_in_between(rounds),
        ],
        notes=[
            (
                "Bare vLLM has an advantage that no service can have: it knows the second prompt of a document before "
                "the first is answered. With few documents the service also has a beginning and an end in which the "
                "engine is not full."
            )
        ],
        plot=Plot(
            title="Documents a minute",
            across="",
            up="documents a minute",
            labels=["bare vLLM", "whole service"],
            series={"median": [sorted(bare)[len(bare) // 2], sorted(service)[len(service) // 2]]},
        ),
        made=made,
    )


def _in_between(rounds: Sequence[Round]) -> list[Ratio]:
    """Hold the rates of answers between the first and the last tenth against each other: what goes on for ever."""
    if min(len(one.bare_ends) for one in rounds) < LEAST_ANSWERS:
        return []
    return [
        Ratio.of(
            "of bare vLLM's rate, answers between the first and the last tenth",
            [_rate(one.service_ends) / _rate(one.bare_ends) for one in rounds],
        )
    ]


def _rate(ends: Sequence[float]) -> float:
    """Give answers a second, without the first tenth and the last one."""
    tenth, ordered = len(ends) // 10, sorted(ends)
    return (len(ends) - 2 * tenth - 1) / (ordered[-tenth - 1] - ordered[tenth])
