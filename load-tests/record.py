"""Note what the demo's model says of the samples, and the figures that follow: what the tests hold later code to.

    make record            asks what it was not asked yet: seconds where only our own code has changed
    make record ANEW=1     asks everything: after a change of the engine
    make record WORSE=1    writes figures that are worse than the committed ones, too

Written are the answers (samples/answers.json.gz), which spare the tests the model, and the figures
(samples/baseline.json); seconds are measured with ANEW=1 alone. The page goes to load-tests/results.
"""

import argparse
import shutil
from pathlib import Path
from typing import Final

from noted import Noted
from recorded import Record

from services.cli import evaluation
from services.settings import load_settings

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
    engine = Noted(None if arguments.anew else Record.read(ANSWERS))
    order = evaluation.Order(
        SAMPLES, None, None, BASELINE, PAGE, None, calibrate=False, as_json=False, recorded=not arguments.anew
    )
    done = evaluation.run(order, settings, engine.load)
    evaluation.say(done, order)
    if done.comparison is not None and done.comparison.worse and not arguments.worse:
        raise SystemExit(WORSE)
    engine.write(ANSWERS)
    shutil.copy(PAGE.with_suffix(".json"), BASELINE)


if __name__ == "__main__":
    main()
