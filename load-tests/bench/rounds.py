"""What a turn of the measurements with a model gives."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.cost import Cost

from services.inference.engines.port import Prompt


@dataclass(frozen=True, slots=True)
class Round:
    """What one turn of service and bare vLLM took; seconds by the clock.

    Parameters
    ----------
    texts
        Of the documents, as the service read them.
    service_ends, bare_ends
        When each answer ended, counted from the beginning of its run.
    """

    service_seconds: float
    bare_seconds: float | None
    prompts: Sequence[Prompt]
    texts: Sequence[str]
    costs: Sequence[Cost]
    service_ends: Sequence[float] = ()
    bare_ends: Sequence[float] = ()
