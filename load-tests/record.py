"""Note what the demo's model says of the samples, and the figures that follow: what the tests hold later code to.

    make record            asks what it was not asked yet: seconds where only our own code has changed
    make record ANEW=1     asks everything: after a change of the engine
    make record WORSE=1    writes figures that are worse than the committed ones, too

Written are the answers (samples/answers.json.gz), which spare the tests the model, and the figures
(samples/baseline.json); seconds among them mean something with ANEW=1 alone. The page goes to load-tests/results.
"""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from recorded import Noting, Record, Recorded

from services.cli import evaluation
from services.inference.routes import Routes
from services.settings import Settings, load_settings
from services.wiring import load_engine

REPOSITORY: Final = Path(__file__).parents[1]
SAMPLES: Final = REPOSITORY / "samples"
BASELINE: Final = SAMPLES / "baseline.json"
ANSWERS: Final = SAMPLES / "answers.json.gz"
PAGE: Final = REPOSITORY / "load-tests" / "results" / "samples.html"
WORSE: Final = "worse than samples/baseline.json: nothing is written (WORSE=1 if that is meant)"


def main() -> None:
    """Ask, compare, write."""
    parser = argparse.ArgumentParser(description="Note what the demo's model says of the samples.")
    parser.add_argument("--anew", action="store_true", help="ask everything")
    parser.add_argument("--worse", action="store_true", help="write figures that are worse, too")
    arguments = parser.parse_args()
    settings = load_settings(einvoice="ignore")
    engines: list[Noting | Recorded] = []

    async def load(settings: Settings, say: Callable[[str], None], routes: Routes) -> Noting | Recorded:
        if arguments.anew:
            engines.append(Noting(await load_engine(settings, say, routes)))
        else:
            folder = settings.models_folder / settings.model
            engines.append(Recorded(Record.read(ANSWERS), folder, lambda: load_engine(settings, say, routes)))
        return engines[0]

    order = evaluation.Order(SAMPLES, None, None, BASELINE, PAGE, None, calibrate=False, as_json=False)
    done = evaluation.run(order, settings, load)
    evaluation.say(done, order)
    if done.comparison is not None and done.comparison.worse and not arguments.worse:
        raise SystemExit(WORSE)
    asked = engines[0]
    Record(identity=asked.identity, context_tokens=asked.context_tokens, answers=asked.noted).write(ANSWERS)
    shutil.copy(PAGE.with_suffix(".json"), BASELINE)


if __name__ == "__main__":
    main()
