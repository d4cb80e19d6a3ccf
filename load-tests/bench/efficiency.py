"""Efficiency: the whole service against bare vLLM that is given the same prompts at once."""

from collections.abc import Sequence
from typing import Final

from bench.report import Made, Part, Plot, Ratio, Table, spread
from bench.rounds import Round

GOAL: Final = 0.98
MINUTE: Final = 60


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
        ratios=[Ratio.of("of bare vLLM's rate", [a / b for a, b in zip(service, bare, strict=True)], GOAL)],
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
