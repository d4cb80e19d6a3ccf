"""Where values stand: what labelled documents taught of the places of each field; a linear model, a person can read it.

A model copies a value, and this says how likely the place from which it came is the field's: by the words around it,
by what stands above and below, by how large it is. One reads what is said, the other sees where; where both agree, they
are hardly wrong.
"""

import hashlib
import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.envelope import first_error
from services.answers.places.found import FoundPlace

_Weight = Annotated[float, Field(allow_inf_nan=False)]


class LearnedPlacesError(ValueError):
    """Learned places that cannot be used; the message says why, and what helps."""


class Weights(BaseModel):
    """A linear model of one group of fields.

    Parameters
    ----------
    bias
        Logarithm of the odds of a place without terms.
    terms
        By term; that of a field alone begins with its name and a bar: `invoice.seller_name|line0`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: _Weight
    terms: dict[str, _Weight]

    def score(self, place: FoundPlace) -> float:
        """Say how much speaks for a place: the logarithm of the odds."""
        return self.bias + sum(map(self.terms.get, place.terms, repeat(0.0)))


class LearnedPlaces(BaseModel):
    """Weights by group of fields.

    Parameters
    ----------
    documents
        From how many they were learned.
    groups
        See `group_of`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    learned_at: datetime | None = None
    documents: int = Field(ge=0)
    groups: dict[str, Weights]
    _by_field: dict[tuple[str, str], Weights | None] = PrivateAttr(default_factory=dict)

    def as_json(self) -> str:
        """Write it, a group a line."""
        head = self.model_dump(mode="json", exclude={"groups"})
        lines = [
            f"{json.dumps(name)}: {json.dumps(group.model_dump(), ensure_ascii=False)}"
            for name, group in sorted(self.groups.items())
        ]
        return f'{json.dumps(head)[:-1]}, "groups": {{\n' + ",\n".join(lines) + "\n}}\n"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all of it, hexadecimal."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()

    @property
    def terms(self) -> int:
        """How many there are, in all groups."""
        return sum(len(group.terms) for group in self.groups.values())

    def knows(self, kind: DocumentType, field: FieldDefinition) -> bool:
        """Say whether anything was learned of a field's places."""
        return group_of(kind, field) in self.groups

    def of(self, kind: DocumentType, field: FieldDefinition) -> Weights | None:
        """Give what was learned of a field: what its group shares, and what is its own; None: nothing was."""
        key, kept = (group_of(kind, field), own_of(kind, field)), self._by_field
        if key not in kept:
            kept[key] = self._of_field(*key)
        return kept[key]

    def _of_field(self, of_group: str, own: str) -> Weights | None:
        if (group := self.groups.get(of_group)) is None:
            return None
        terms = dict(group.terms)
        for term, weight in group.terms.items():
            if term.startswith(own):
                name = term.removeprefix(own)
                terms[name] = terms.get(name, 0.0) + weight
        return Weights(bias=group.bias + terms.pop("", 0.0), terms=terms)


def own_of(kind: DocumentType, field: FieldDefinition) -> str:
    """Give what the terms of a field alone begin with."""
    return f"{kind.name}.{field.name}|"


def group_of(kind: DocumentType, field: FieldDefinition) -> str:
    """Give the group of fields that share what is learned: all senders, all dates of a document itself, all totals."""
    if field.kind is Kind.NAME:
        return f"name:{field.role.value if field.role else f'{kind.name}.{field.name}'}"
    if field.kind is Kind.DATE and field.of_document:
        return "date:of_document"
    return f"{field.kind.value}:{field.name}"


NO_PLACES: Final = LearnedPlaces(documents=0, groups={})
"""Learned from nothing."""


@cache
def shipped_places() -> LearnedPlaces:
    """Give the places that ship, learned for the types that ship."""
    return read_learned_places((files("services.answers.places") / "learned.json").read_bytes())


def read_learned_places(text: str | bytes) -> LearnedPlaces:
    """Read learned places from JSON.

    Raises
    ------
    LearnedPlacesError
        If they are none of this version.
    """
    try:
        return LearnedPlaces.model_validate_json(text)
    except ValidationError as error:
        message = f"no learned places of this version ({first_error(error)}); `postkorb types learn-places` makes them"
        raise LearnedPlacesError(message) from None
