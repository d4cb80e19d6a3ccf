"""How well engine time is divided among documents: in a simulated engine, where it is known whose each step was.

    PYTHONPATH=.:tests python load-tests/engine_time.py [--decoding 5]

Shown are each kind's engine seconds a document, and what it is given, as a part of that: by the service's division, by
equal parts for all that are in the engine at a time, and by dividing all of the time by all of the work at once.
"""

import argparse

from rich.console import Console
from rich.table import Table
from simulated_engine import Kind, Machine, SimulatedEngine

from services.inference.engine_time import DECODING

DOCUMENTS = 600
LETTERS = {"short": Kind(300, 100, 5), "medium": Kind(800, 150, 3), "long": Kind(3000, 150, 2)}
UNLIKE = {"tiny": Kind(200, 150, 9), "huge": Kind(6000, 60, 1)}
GPU = {"step": 0.008, "prompt_token": 1 / 20_000, "answer_token": 0.00005, "budget": 8192}
SETS = {
    "CPU, 16 in flight": (Machine(), LETTERS),
    "CPU, 4 in flight": (Machine(documents=4), LETTERS),
    "CPU, 1 in flight": (Machine(documents=1), LETTERS),
    "CPU, 4 at once, then 4 more": (Machine(documents=4, bursts=True), LETTERS),
    "CPU, 16 at once, then 16 more": (Machine(bursts=True), LETTERS),
    "GPU, 64 in flight": (Machine(documents=64, **GPU), LETTERS),
    "CPU, 16 in flight, very unlike": (Machine(), UNLIKE),
    "CPU, 4 in flight, very unlike": (Machine(documents=4), UNLIKE),
}


def main() -> None:
    """Simulate each machine and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    help_text = "what a generated token is counted as, in tokens of a prompt"
    parser.add_argument("--decoding", type=float, default=DECODING, help=help_text)
    decoding = parser.parse_args().decoding
    table = Table("machine", "kind", "documents", "seconds a document", "given", "equal parts", "all at once")
    for name, (machine, kinds) in SETS.items():
        engine = SimulatedEngine(machine, kinds, decoding)
        engine.run(DOCUMENTS)
        for kind, times in engine.times.items():
            at_once = engine.busy * times.work / sum(one.work for one in engine.times.values())
            parts = [f"{part / times.true:.2f}" for part in (times.ours, times.equal, at_once)]
            table.add_row(name, kind, str(times.documents), f"{times.true / times.documents:.2f}", *parts)
    Console().print(table)


if __name__ == "__main__":
    main()
