"""Make the held-out documents and their labels: `python samples/make_held_out.py [folder]`.

They are for measuring alone: see `held_out/README.md`.
"""

import sys
from pathlib import Path

from make_samples import write_labelled
from making.held_out import letters, others, trade

ROOMS = (trade, letters, others)

if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "held_out"
    number = write_labelled(target, (make() for room in ROOMS for make in room.SAMPLES))
    sys.stdout.write(f"{number} documents in {target}\n")
