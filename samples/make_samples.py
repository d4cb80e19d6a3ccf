"""Make the demo's documents and their labels: `python samples/make_samples.py [folder]`.

The same code always gives the same bytes (with the same versions of its libraries).
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from making import applications, complaints, contracts, failing, invoices, medical, messages, notices, orders, reminders
from making.sample import FailingSample, Sample

ROOMS = (invoices, orders, reminders, contracts, complaints, applications, medical, notices, messages)


def all_samples() -> Iterator[Sample | FailingSample]:
    """Make each sample, those that should be read well first."""
    for room in ROOMS:
        for make in room.SAMPLES:
            yield make()
    plain = invoices.invoice_consulting().content
    yield from (failing.encrypted(plain), failing.truncated(plain), failing.empty(), failing.picture_without_text())


def write_labelled(folder: Path, samples: Iterable[Sample | FailingSample]) -> int:
    """Write documents and `labels.json` into `folder`; give the number of documents."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {}
    for sample in samples:
        (folder / sample.file_name).write_bytes(sample.content)
        labels[sample.file_name] = sample.label
    text = json.dumps(dict(sorted(labels.items())), ensure_ascii=False, indent=2)
    (folder / "labels.json").write_text(text + "\n", encoding="utf-8")
    return len(labels)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    sys.stdout.write(f"{write_labelled(target, all_samples())} documents in {target}\n")
