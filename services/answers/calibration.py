"""Confidence that means what it says: what is known of an answer, weighed by a small logistic model.

One model for each family of fields (names, dates, amounts, words, all others), and one of document types, each a bias
and a weight for each feature. Every feature is turned so that more of it speaks for the answer, and no weight is
negative: more evidence never lowers a confidence.
Weights come from labelled documents by `postkorb evaluate --calibrate`. Until then `UNFITTED` is in force, whose
numbers are judgement: they order answers sensibly, and nobody has measured what they mean.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.document_types import FieldDefinition, Kind, Role
from schemas.envelope import first_error

VERSION: Final = 10
"""Raise it with every change of the features or bounds: weights of other ones mean nothing. Then `make calibrate`."""

UNKNOWN_LOGPROB: Final = math.log(0.5)
"""Takes the place of a log-probability that the engine does not give."""
LEAST_MEAN: Final = -4.0
LEAST_TOKEN: Final = -8.0
LEAST_TYPE: Final = -4.0
MOST_MARGIN: Final = 10.0
"""Natural logarithms beyond which a model is as unsure, or as sure, as can be."""
MOST_PLACED: Final = 8.0
"""Logarithm of odds beyond which a place is as sure as can be, each way."""
MOST_AHEAD: Final = 8.0
"""The same of the odds between two places."""
MOST_RULES: Final = 3
"""Rules that count, each way."""

Match = Literal["exact", "normalised", "fuzzy", "none", "not_needed"]
"""How the document says a value: as `Place.match`, or not at all; or it need not (a choice is a conclusion)."""

_SIDES: Final = {True: (1.0, 1.0), None: (0.0, 1.0), False: (0.0, 0.0)}
"""What speaks for something, and what does not speak against it: for a check that held, none, one that failed."""
_PLACES: Final[Mapping[Match, tuple[float, float, float]]] = {
    "none": (0.0, 0.0, 0.0),
    "fuzzy": (1.0, 0.0, 0.0),
    "normalised": (1.0, 1.0, 0.0),
    "exact": (1.0, 1.0, 1.0),
    "not_needed": (1.0, 1.0, 1.0),
}


class Family(StrEnum):
    """Kinds of values that the same signs speak for: where a name stands says more of it than what a date is called."""

    NAME = "name"
    DATE = "date"
    MONEY = "money"
    WORDS = "words"
    """What each office words or writes in its own way."""
    OTHER = "other"


_FAMILIES: Final[Mapping[Kind, Family]] = {
    Kind.NAME: Family.NAME,
    Kind.DATE: Family.DATE,
    Kind.MONEY: Family.MONEY,
    **dict.fromkeys((Kind.TEXT, Kind.PERIOD, Kind.QUANTITY, Kind.ADDRESS), Family.WORDS),
}


def family_of(kind: Kind) -> Family:
    """Say with which other kinds a kind shares its weights."""
    return _FAMILIES.get(kind, Family.OTHER)


class CalibrationError(ValueError):
    """A calibration that cannot be used; the message says why, and what helps."""


@dataclass(frozen=True, slots=True)
class FieldSignals:
    """What is known of a field's value before it is said how sure it is.

    Parameters
    ----------
    mean_logprob, least_logprob, first_logprob
        Of the value's tokens, natural logarithms: their mean, the least likely one, the first. None: not known, as of
        a value that code put there.
    tokens
        How many there are; 0 if not known.
    match
        How the document says it.
    labelled
        Whether one of the field's names stands beside it, or it is the name of the field's part in the letter.
    misplaced
        Whether the name of another field stands beside it instead, or it is the name of another part.
    shared
        Whether another field of its kind has the same value.
    parsed
        Whether code could read it.
    checksum
        Whether its check digits are right; None for kinds without.
    rules_held, rules_failed
        Rules of the document type that name the field, applied, and held or failed.
    rivals
        Other values of its kind that code finds in the document.
    agreed
        Whether the model, asked a second time, said the same; None: it was not asked.
    copied
        Whether it, or a part of it that code made a firm's whole name, is what the model copied; False where code put
        another value in its place.
    type_confidence
        Of the document type, under which it was asked for.
    is_firm
        It is a name with a legal form.
    has_domain
        It is a name of which a word is in a domain that the document tells.
    affirmed
        It is a name or a VAT number, and the places where an issuer alone names himself say that it is the issuer's, or
        that the other party is: True, or False where they say so of the wrong one; None: they say nothing.
    contested
        Other values beside which a name of the field stands; 0 for kinds that code does not find by their form.
    placed
        Logarithm of the odds that the place is the field's, by what was learned of its places; None: nothing is known.
    ahead
        By how much it is likelier than the best place that says another thing, negative if that is likelier: a
        difference of such logarithms; None: nothing is known.
    """

    kind: Kind
    mean_logprob: float | None = None
    least_logprob: float | None = None
    first_logprob: float | None = None
    tokens: int = 0
    match: Match = "none"
    labelled: bool = False
    misplaced: bool = False
    shared: bool = False
    parsed: bool = False
    checksum: bool | None = None
    rules_held: int = 0
    rules_failed: int = 0
    rivals: int = 0
    agreed: bool | None = None
    copied: bool = True
    type_confidence: float = 1.0
    is_firm: bool = False
    has_domain: bool = False
    affirmed: bool | None = None
    contested: int = 0
    placed: float | None = None
    ahead: float | None = None


@dataclass(frozen=True, slots=True)
class ClassSignals:
    """What is known of a document type before it is said how sure it is.

    Parameters
    ----------
    logprob
        Natural logarithm of its probability; None: not known.
    margin
        By how much it exceeds that of the second type; None: not known.
    """

    logprob: float | None = None
    margin: float | None = None


def field_features(signals: FieldSignals) -> dict[str, float]:
    """Give the features of a value, by name; each larger the more speaks for it."""
    found, closely, exactly = _PLACES[signals.match]
    checksum, no_wrong_checksum = _SIDES[signals.checksum]
    agreed, undisputed = _SIDES[signals.agreed]
    affirmed, not_denied = _SIDES[signals.affirmed]
    placed, ahead = signals.placed or 0.0, signals.ahead or 0.0
    return {
        "mean_logprob": _logprob(signals.mean_logprob, LEAST_MEAN),
        "least_logprob": _logprob(signals.least_logprob, LEAST_TOKEN),
        "first_logprob": _logprob(signals.first_logprob, LEAST_TOKEN),
        "brevity": -math.log1p(signals.tokens),
        "found": found,
        "found_closely": closely,
        "found_exactly": exactly,
        "labelled": float(signals.labelled),
        "not_misplaced": -float(signals.misplaced),
        "not_shared": -float(signals.shared),
        "parsed": float(signals.parsed),
        "checksum": checksum,
        "no_wrong_checksum": no_wrong_checksum,
        "rules_held": float(min(signals.rules_held, MOST_RULES)),
        "no_rules_failed": -float(min(signals.rules_failed, MOST_RULES)),
        "no_rivals": -math.log1p(signals.rivals),
        "agreed": agreed,
        "undisputed": undisputed,
        "copied": float(signals.copied),
        "type": max(math.log(max(signals.type_confidence, math.exp(LEAST_TYPE))), LEAST_TYPE),
        "firm": float(signals.is_firm),
        "domain": float(signals.has_domain),
        "affirmed": affirmed,
        "not_denied": not_denied,
        "uncontested": -math.log1p(signals.contested),
        "placed": min(max(placed, 0.0), MOST_PLACED),
        "not_elsewhere": max(min(placed, 0.0), -MOST_PLACED),
        "ahead": min(max(ahead, 0.0), MOST_AHEAD),
        "not_behind": max(min(ahead, 0.0), -MOST_AHEAD),
    }


def class_features(signals: ClassSignals) -> dict[str, float]:
    """Give the features of a document type, by name; each larger the more speaks for it."""
    logprob = _logprob(signals.logprob, LEAST_TOKEN)
    margin = signals.margin
    if margin is None or math.isnan(margin):
        # The second type has at most what the first one leaves.
        margin = logprob - math.log(max(-math.expm1(logprob), math.exp(-MOST_MARGIN)))
    return {"logprob": logprob, "margin": min(max(margin, 0.0), MOST_MARGIN)}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Offset = Annotated[float, Field(allow_inf_nan=False)]


class Logistic(_Data):
    """A logistic model: the confidence is 1 / (1 + exp(-(bias + offset + sum of weight times feature)))."""

    bias: _Offset
    weights: dict[str, _Weight] = Field(description="By feature; never negative.")
    offsets: dict[str, _Offset] = Field(default={}, description="By kind of value; 0 for others.")

    def confidence(self, features: Mapping[str, float], kind: str = "") -> float:
        """Weigh features, 0 to 1."""
        products = (weight * features[name] for name, weight in self.weights.items())
        return _logistic(math.fsum([self.bias, self.offsets.get(kind, 0.0), *products]))


class Measured(_Data):
    """How a fitted model did on documents that it was not fitted on; None where it cannot be said."""

    answers: int
    wrong: int
    auroc: float | None
    ece: float | None


class Fitted(_Data):
    """What a calibration was fitted on."""

    at: datetime
    documents: int
    pipeline_id: str
    fields: Measured
    classes: Measured


class Calibration(_Data):
    """How confidences are made.

    Parameters
    ----------
    fields
        Of each family.
    other_below
        A document whose type has less confidence becomes `other`.
    other_share
        Of the documents whose type is wrong, the share that are of none of the types.
    review_below
        A value, or a document type, of less confidence is for a person to look at.
    propose_below
        A value of less confidence is not stated but proposed.
    propose_optional_below
        Nor is one of an optional field other than the name of a party: many documents have none (decision 50).
    fitted
        On what; None: set by hand.
    """

    version: Literal[10] = VERSION
    fields: dict[Family, Logistic]
    classes: Logistic
    other_below: float = Field(ge=0, le=1)
    other_share: float = Field(ge=0, le=1)
    review_below: float = Field(ge=0, le=1)
    propose_below: float = Field(ge=0, le=1)
    propose_optional_below: float = Field(ge=0, le=1)
    fitted: Fitted | None = None

    @model_validator(mode="after")
    def _features_are_ours(self) -> Self:
        if missing := [family for family in Family if family not in self.fields]:
            message = f"it lacks the weights of {', '.join(missing)}"
            raise ValueError(message)
        of_fields = field_features(FieldSignals(Kind.TEXT))
        for model, features in (
            *((model, of_fields) for model in self.fields.values()),
            (self.classes, class_features(ClassSignals())),
        ):
            if set(model.weights) != set(features):
                message = f"its weights should be of {', '.join(features)}"
                raise ValueError(message)
        return self

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all of it, hexadecimal."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    def field_confidence(self, signals: FieldSignals) -> float:
        """Say how sure a value is: the share of right ones among values of which as much is known."""
        return self.fields[family_of(signals.kind)].confidence(field_features(signals), signals.kind.value)

    def stated_from(self, field: FieldDefinition) -> float:
        """Give the confidence from which a field's value is stated; senders and recipients are in every document."""
        is_always_there = field.required or field.role in (Role.SENDER, Role.RECIPIENT)
        return self.propose_below if is_always_there else max(self.propose_below, self.propose_optional_below)

    def class_confidence(self, signals: ClassSignals) -> float:
        """Say how sure the model's document type is."""
        return self.classes.confidence(class_features(signals))

    def is_unknown(self, signals: ClassSignals) -> bool:
        """Say whether a document is rather of none of the types; never where the engine tells no probabilities."""
        return signals.logprob is not None and self.class_confidence(signals) < self.other_below

    def other_confidence(self, class_confidence: float) -> float:
        """Say how sure it is that a document is of none of the types, from the confidence of the nearest one."""
        return (1 - class_confidence) * self.other_share


def read_calibration(text: str | bytes) -> Calibration:
    """Read a calibration from JSON.

    Raises
    ------
    CalibrationError
        If it is none of this version.
    """
    try:
        return Calibration.model_validate_json(text)
    except ValidationError as error:
        message = f"no calibration of this version ({first_error(error)}); `postkorb evaluate --calibrate` makes one"
        raise CalibrationError(message) from None


def _logprob(given: float | None, least: float) -> float:
    # Rounding in an engine may give a logarithm just above 0; one that is no number says nothing.
    known = UNKNOWN_LOGPROB if given is None or math.isnan(given) else given
    return min(max(known, least), 0.0)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


_BY_HAND: Final = Logistic(
    # A value that stands in the document behind its label, read, of which the model was sure: 0.95.
    bias=-8.2,
    weights={
        "mean_logprob": 1.5,
        "least_logprob": 0.25,
        "first_logprob": 0.25,
        "brevity": 0.1,
        "found": 3.5,
        "found_closely": 0.5,
        "found_exactly": 0.25,
        "labelled": 1.5,
        "not_misplaced": 1.5,
        "not_shared": 1.0,
        "parsed": 3.0,
        "checksum": 1.0,
        "no_wrong_checksum": 1.0,
        "rules_held": 0.5,
        "no_rules_failed": 1.0,
        "no_rivals": 0.1,
        "agreed": 0.5,
        "undisputed": 0.5,
        "copied": 0.5,
        "type": 1.0,
        "firm": 0.5,
        "domain": 0.5,
        "affirmed": 0.5,
        "not_denied": 0.5,
        "uncontested": 0.5,
        "placed": 0.2,
        "not_elsewhere": 0.4,
        "ahead": 0.2,
        "not_behind": 0.4,
    },
)

UNFITTED: Final = Calibration(
    fields=dict.fromkeys(Family, _BY_HAND),
    classes=Logistic(bias=0.2, weights={"logprob": 1.0, "margin": 0.7}),
    other_below=1 / 3,
    other_share=0.5,
    review_below=0.8,
    propose_below=0.0,
    propose_optional_below=0.0,
)
"""Set by hand, fitted on nothing. `other_below` is where `other` becomes the likelier answer, see `likelier_other`.

All that is `ok` is stated: numbers set by hand order values, and do not tell which are likelier wrong than right.
"""


def likelier_other(other_share: float) -> float:
    """Give the confidence of a type below which `other` is likelier right: p = (1 - p) times the share."""
    return other_share / (1 + other_share)
