"""Alternatives: a script that makes one call a task to vLLM's own server, and extraction libraries that do the same."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Final

from bench.report import Made, Part, Plot, Ratio, Table, spread
from bench.rounds import Round
from bench.ways import SCRIPT, Way

GOAL: Final = 2.0
TOLERANCE: Final = 0.2
"""The sides take no turns here, and the machine's own speed varies by a tenth within minutes: a tenth on each side."""
MINUTE: Final = 60
NOT_DONE: Final = (
    "All others get the text that the service read, without paying for reading PDFs, check nothing against it, and "
    "keep nothing. Each begins with an empty prefix cache, and has as many documents side by side as the engine takes. "
    "Their server is set like our engine, and one document goes before the clock starts."
)
LIBRARIES: Final = (
    "The libraries get the tasks of the script: the same words, schemas and limits. instructor makes a pydantic model "
    "of each schema and asks again where an answer does not fit it. langextract has the schemas as output schemas, "
    "each document in one piece, and no examples: with its own defaults it would ask more and longer."
)


def part(rounds: Sequence[Round], ways: Sequence[Way], made: Made) -> Part:
    """Make the part of the rounds of `model` and of what the other ways took."""
    documents = len(rounds[0].texts)
    service = [MINUTE * documents / one.service_seconds for one in rounds]
    calls = sum(len(one.prompts) for one in rounds) / (documents * len(rounds))
    rates = {way.name: [MINUTE * documents / one.seconds for one in way.took] for way in ways if way.fault is None}
    plotted = {**rates, "whole service": service}
    return Part(
        name="alternatives",
        title="Against a script and libraries",
        question="How much faster is it than one call a task, which is how most people begin?",
        tables=[
            Table(
                title=f"{documents} documents, the same model on the same machine",
                columns=("", "documents a minute", "calls a document", "answers that validate"),
                rows=[
                    *(_row(way, rates.get(way.name), documents) for way in ways),
                    ["the whole service", spread(service, ".2f"), f"{calls:.1f}", ""],
                ],
            )
        ],
        ratios=list(_ratios(service, rates)),
        notes=[NOT_DONE, LIBRARIES, *_faults(ways)],
        plot=Plot(
            title="Documents a minute",
            across="",
            up="documents a minute",
            labels=list(plotted),
            series={"median": [statistics.median(values) for values in plotted.values()]},
        ),
        made=made,
    )


def _row(way: Way, rates: Sequence[float] | None, documents: int) -> list[str]:
    if rates is None:
        return [f"{way.title}: not measured, see below", "", "", ""]
    calls = sum(one.calls for one in way.took) / (documents * len(way.took))
    valid, tasks = sum(one.valid for one in way.took), sum(one.tasks for one in way.took)
    return [way.title, spread(rates, ".2f"), f"{calls:.1f}", f"{valid} of {tasks}"]


def _faults(ways: Sequence[Way]) -> Iterator[str]:
    """Say what could not be measured, and the first task that a way has no answer to."""
    for way in ways:
        faults = [one.fault for one in way.took if one.fault is not None]
        if way.fault is not None:
            yield f"{way.title} is not measured: {way.fault}"
        elif faults:
            yield f"{way.title} has no answer to some tasks; the first: {faults[0]}"


def _ratios(service: Sequence[float], rates: dict[str, list[float]]) -> Iterator[Ratio]:
    """Hold the service's median round against each round of each way; only the script has a goal."""
    for name, others in rates.items():
        named = f"of the {name}'s rate" if name == SCRIPT else f"of {name}'s rate"
        ratios = [statistics.median(service) / other for other in others]
        yield Ratio.of(named, ratios, GOAL if name == SCRIPT else None, tolerance=TOLERANCE)
