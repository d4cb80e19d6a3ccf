"""What became of answers about documents that nobody had tuned on, as they were read first.

A mend makes a set easier than the next one will be, so that what it says of confidences is said once: by the code that
had not seen it. Kept are the signals of each answer and whether it was right. Since the thirteenth set the evaluation
is kept, too, with values and places: a new signal can be judged by what the code of that day had answered.
"""

import gzip
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from services.evaluation.fitting import NO_ROWS, Rows
from services.evaluation.report import Report

FOLDER: Final = Path(__file__).parents[1] / "samples" / "first_readings"
"""A file a set and model."""
_ROWS: Final = TypeAdapter(Rows)


def note(name: str, model: str, rows: Rows, report: Report) -> None:
    """Keep a set's first reading; there is one.

    Raises
    ------
    FileExistsError
        If it is kept already.
    """
    FOLDER.mkdir(exist_ok=True)
    of_files = {f"{name}-{model}.json.gz": _ROWS.dump_json(rows, indent=0)}
    of_files[f"{name}-{model}.report.json.gz"] = report.model_dump_json(indent=0).encode()
    for file_name, text in of_files.items():
        with (FOLDER / file_name).open("xb") as file:
            file.write(gzip.compress(text, mtime=0))


def first_readings(model: str) -> Rows:
    """Give all answers of a model that are kept."""
    files = sorted(FOLDER.glob(f"*-{model}.json.gz"))
    return sum((_ROWS.validate_json(gzip.decompress(file.read_bytes())) for file in files), NO_ROWS)
