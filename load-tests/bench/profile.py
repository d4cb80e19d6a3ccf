"""Samples to tables: which step takes the processor time of a service, and which functions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bench.report import Table

Stack = tuple[str, ...]

OURS: Final = ("services.", "schemas.")
AROUND: Final = ("services.cli.", "services.running:")
"""What stands around everything a service does, and in every stack of its main thread."""

STEPS: Final[Sequence[tuple[str, str]]] = (
    ("scripted:", "the scripted engine itself"),
    ("bench.", "the sampler itself"),
    ("structlog", "log lines"),
    ("services.telemetry.logs:", "log lines"),
    ("opentelemetry", "spans and metrics"),
    ("services.telemetry.", "spans and metrics"),
    ("services.vitals:", "health"),
    ("services.storage.outbox:oldest_unpublished_age", "health"),
    ("services.delivery.publication:", "9 relay: to the broker"),
    ("services.relay.service:Relay._claim", "9 relay: claim rows"),
    ("services.relay.service:Relay._mark", "9 relay: mark rows as published"),
    ("services.relay.", "9 relay"),
    ("services.intake.store:", "4 store"),
    ("services.answers.language:", "3 parse: language"),
    ("services.intake.parse:", "3 parse: talk to the workers"),
    ("services.intake.accept:", "2 accept"),
    ("services.intake.fetch:", "2 accept"),
    ("services.intake.media:", "2 accept"),
    ("services.inference.record:Recorder.load", "5 admit: load"),
    ("services.inference.admit:", "5 admit"),
    ("services.inference.parsed:", "5 admit"),
    ("services.inference.ask:", "6 ask"),
    ("services.inference.turns:", "6 ask"),
    ("services.inference.in_engine:", "6 ask"),
    ("services.inference.check:", "7 check"),
    ("services.answers.", "7 check"),
    ("services.inference.record:", "8 record"),
    ("services.inference.recording:", "8 record"),
    ("services.delivery.", "records in, offsets out"),
    ("services.intake.service:Intake._document", "2 accept"),
    ("services.intake.", "between the steps"),
    ("services.inference.", "between the steps"),
)
"""The innermost function of a stack that begins so decides; of those that fit it, the first."""

MOST_FUNCTIONS: Final = 15
LEAST_SHARE: Final = 0.01
"""Steps that take less are put together."""


def tables_of(samples: Mapping[str, Mapping[Stack, int]], milliseconds: Mapping[str, float]) -> list[Table]:
    """Make the tables of the profile.

    Parameters
    ----------
    samples
        By service.
    milliseconds
        Processor time a document, by service: what the samples are shares of.
    """
    return [_by_step(samples, milliseconds), _by_function(samples, milliseconds)]


def step_of(stack: Stack) -> str:
    """Name the step of the innermost function that belongs to one; else the library whose own task it is."""
    for function in stack:
        for start, step in STEPS:
            if function.startswith(start):
                return step
    library = next((name for name in map(_package, stack) if name in _LIBRARIES), None)
    return f"{library}'s own tasks" if library else "Python and its event loop"


_LIBRARIES: Final = frozenset({"aiokafka", "asyncpg", "sqlalchemy", "faststream"})


def _by_step(samples: Mapping[str, Mapping[Stack, int]], milliseconds: Mapping[str, float]) -> Table:
    rows = []
    for service, counted in samples.items():
        steps: Counter[str] = Counter()
        for stack, count in counted.items():
            steps[step_of(stack)] += count
        shares = {step: count / steps.total() for step, count in steps.most_common()}
        shown = {step: share for step, share in shares.items() if share >= LEAST_SHARE}
        if (rest := 1 - sum(shown.values())) > 0:
            shown["what is left"] = rest
        rows += [[service, *_cells(step, share, milliseconds[service])] for step, share in shown.items()]
    return Table(
        title="Where the time of each service goes, by step",
        words=(0, 1),
        columns=("service", "step", "share", "ms a document"),
        rows=rows,
    )


def _by_function(samples: Mapping[str, Mapping[Stack, int]], milliseconds: Mapping[str, float]) -> Table:
    """List the functions of ours that took most, with what they called in libraries."""
    took: Counter[tuple[str, str]] = Counter()
    for service, counted in samples.items():
        total = sum(counted.values())
        for stack, count in counted.items():
            ours = next((item for item in stack if item.startswith(OURS) and not item.startswith(AROUND)), None)
            if ours is not None:
                took[service, ours] += count / total * milliseconds[service]  # type: ignore[assignment]
    rows = [
        [service, function.removeprefix("services."), f"{spent:.3f}"]
        for (service, function), spent in took.most_common(MOST_FUNCTIONS)
    ]
    return Table(
        title="The functions that take most, with what libraries did for them",
        words=(0, 1),
        columns=("service", "function", "ms a document"),
        rows=rows,
    )


def _cells(step: str, share: float, milliseconds: float) -> list[str]:
    return [step, f"{100 * share:.1f} %", f"{share * milliseconds:.3f}"]


def _package(function: str) -> str:
    return function.partition(":")[0].partition(".")[0]
