"""`postkorb` for measurements: the engine is scripted, and where the time goes may be sampled.

BENCH_ANSWER_SECONDS
    How long each answer of the engine takes.
BENCH_SAMPLES
    File to write samples into when the process ends; SIGUSR1 begins taking them.
"""

import os
import signal
from collections import deque
from collections.abc import Callable
from pathlib import Path

from bench.sampler import Sampler
from scripted import ScriptedEngine

from services import wiring
from services.cli.main import main
from services.inference.engines.port import Engine
from services.inference.routes import NO_ROUTING, Routes
from services.settings import Settings


async def load_engine(settings: Settings, say: Callable[[str], None], routes: Routes = NO_ROUTING.routes) -> Engine:
    """Give the scripted engine in the place of a model."""
    assert not routes.models, "what is measured is one engine"
    say("a script")
    engine = ScriptedEngine(float(os.environ["BENCH_ANSWER_SECONDS"]))
    engine.context_tokens = settings.context_tokens
    engine.side_by_side = settings.max_sequences or engine.side_by_side
    engine.prompts = deque(maxlen=1)  # type: ignore[assignment]  # memory is measured: it must keep nothing
    return engine


if __name__ == "__main__":
    wiring.load_engine = load_engine
    sampler = Sampler()
    file = os.environ.get("BENCH_SAMPLES")
    signal.signal(signal.SIGUSR1, lambda *_: sampler.start())
    try:
        main()
    finally:
        if file:
            sampler.save(Path(file))
