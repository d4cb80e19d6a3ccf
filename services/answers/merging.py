"""One answer of several: a long document is read in windows, and each says what it has of the document.

For each field the best copy is taken: one that stands in the document and that code can read, beside its label, of the
most confidence, and of equal ones that of the first window. What two windows say alike is one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.document_types import DocumentType
from schemas.events import FieldAnswer
from services.answers.signals import Copies, Weighed

_STATUSES: Final[Mapping[str, int]] = {"unsupported": 0, "unparsed": 1, "ok": 2}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model copied, and the fields that it is; their pages are those of the document."""

    copies: Copies
    fields: Sequence[FieldAnswer]


Weigh = Callable[[Reading], Weighed]
"""Gives the fields of a reading their confidence, with what it was made of."""


def merge(kind: DocumentType, readings: Sequence[Reading], weigh: Weigh) -> Reading:
    """Take for each field the best that a reading has; a single reading stays as it is.

    Parameters
    ----------
    readings
        Of the windows, the first one first.

    Returns
    -------
    Reading
        Its fields in the order of the definition, its copies those that were taken.
    """
    if len(readings) == 1:
        return readings[0]
    ranked = [(_ranks(weigh(reading)), reading) for reading in readings]
    taken: dict[str, Reading] = {}
    for field in kind.fields:
        given = [(ranks[field.name], reading) for ranks, reading in ranked if field.name in ranks]
        if given:
            taken[field.name] = max(given, key=lambda item: item[0])[1]
    return Reading(
        Copies(
            {name: reading.copies.verbatim[name] for name, reading in taken.items()},
            {name: reading.copies.logprobs.get(name, ()) for name, reading in taken.items()},
        ),
        [next(field for field in reading.fields if field.path == name) for name, reading in taken.items()],
    )


def _ranks(weighed: Weighed) -> dict[str, tuple[int, bool, float]]:
    """Give how good each field is, by name; the better the greater."""
    return {
        field.path: (_STATUSES[field.status], weighed.signals[field.path].labelled, field.confidence)
        for field in weighed.fields
    }
