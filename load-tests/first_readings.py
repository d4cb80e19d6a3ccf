"""What became of answers about documents that nobody had tuned on, as they were read first.

A mend makes a set easier than the next one will be, so that what it says of confidences is said once: by the code that
had not seen it. Kept are the signals of each answer and whether it was right. Since the thirteenth set the evaluation
is kept, too, with values and places: a new signal can be judged by what the code of that day had answered.
"""

import gzip
from pathlib import Path
from typing import Final

from pydantic import BaseModel, TypeAdapter

from services.evaluation.fitting import NO_ROWS, Rows
from services.evaluation.report import DocumentOutcome, Report

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
    with (FOLDER / f"{name}-{model}.json.gz").open("xb") as file:
        file.write(_packed(rows))
    with (FOLDER / f"{name}-{model}.report.json.gz").open("xb") as file:
        file.write(gzip.compress(report.model_dump_json(indent=0).encode(), mtime=0))


def names_of_reports(model: str) -> list[str]:
    """Give the names of sets whose evaluation is kept."""
    end = f"-{model}.report.json.gz"
    return sorted(file.name.removesuffix(end) for file in FOLDER.glob(f"*{end}"))


def kept_rows(name: str, model: str) -> Rows:
    """Give what is kept of a set's answers."""
    return _ROWS.validate_json(gzip.decompress((FOLDER / f"{name}-{model}.json.gz").read_bytes()))


class _Evaluated(BaseModel):
    """What all versions of a report have in common."""

    documents: list[DocumentOutcome]


def kept_documents(name: str, model: str) -> list[DocumentOutcome]:
    """Give what is kept of a set's evaluation, document by document; figures were counted in other ways once."""
    packed = (FOLDER / f"{name}-{model}.report.json.gz").read_bytes()
    return _Evaluated.model_validate_json(gzip.decompress(packed)).documents


def write_rows(name: str, model: str, rows: Rows) -> None:
    """Write what is kept of a set's answers, where a signal is said anew."""
    (FOLDER / f"{name}-{model}.json.gz").write_bytes(_packed(rows))


def _packed(rows: Rows) -> bytes:
    return gzip.compress(_ROWS.dump_json(rows, indent=0), mtime=0)


def first_readings(model: str) -> Rows:
    """Give all answers of a model that are kept."""
    end = f"-{model}.json.gz"
    names = sorted(file.name.removesuffix(end) for file in FOLDER.glob(f"*{end}"))
    return sum((kept_rows(name, model) for name in names), NO_ROWS)
