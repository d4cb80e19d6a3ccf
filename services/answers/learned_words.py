"""What a document's words say of its type: a linear model, learned from labelled documents, that a person can read.

A letter that names its type in no heading still speaks the language of its trade: of doses, of arrears, of notice
periods. Each word, pair of words, and piece of four letters has a weight for each type (`postkorb types learn`).
Figures, dates and addresses count as what they are, not as what they say.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.document_types import OTHER
from schemas.envelope import first_error
from services.answers.normal_form import plain

SEARCHED: Final = 3000
"""Characters, from the beginning, whose words count."""
PIECE: Final = 4
"""Letters of the pieces of a word: German makes one word of what English says in three, and inflects it."""

LONGEST_KEPT: Final = 30
"""Letters of a word whose pieces are kept for the next document; a hostile one may be as long as the document."""

_TOKEN: Final = re.compile(
    r"(?P<email>[\w.+-]+@[\w.-]+)"
    r"|(?P<iban>\b[a-z]{2}\d\d(?: ?[\da-z]{4}){3,7}(?: ?[\da-z]{1,3})?\b)"
    r"|(?P<date>\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b)"
    r"|(?P<amount>\b\d[\d.,']*[.,]\d\d\b)"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+|[§%])"
)

Array = NDArray[np.float64]
_Weights = Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], Field(max_length=100)]


class LearnedWordsError(ValueError):
    """Learned words that cannot be used; the message says why, and what helps."""


class LearnedWords(BaseModel):
    """Weights of words, by type.

    Parameters
    ----------
    types
        In the order of the weights; `other` is among them.
    documents, right
        From how many it was learned, and how many of them a model learned from the others gets right.
    bias
        A weight for each type, whatever the words.
    weights
        By term, see `terms_of`: a weight for each type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    learned_at: datetime | None = None
    documents: int = Field(ge=0)
    right: int = Field(ge=0)
    types: tuple[str, ...] = Field(min_length=1)
    bias: _Weights
    weights: dict[str, _Weights]

    def as_json(self) -> str:
        """Write it, a term a line."""
        head = self.model_dump(mode="json", exclude={"weights"})
        lines = [f"{json.dumps(term, ensure_ascii=False)}: {list(row)}" for term, row in sorted(self.weights.items())]
        return f'{json.dumps(head)[:-1]}, "weights": {{\n' + ",\n".join(lines) + "\n}}\n"

    def strange(self, types: Iterable[str]) -> list[str]:
        """Give the types that they were not learned for."""
        return [name for name in types if name not in self.types]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all of it, hexadecimal."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    @model_validator(mode="after")
    def _one_weight_a_type(self) -> Self:
        for term, weights in (("bias", self.bias), *self.weights.items()):
            if len(weights) != len(self.types):
                message = f"{term!r} has {len(weights)} weights for {len(self.types)} types"
                raise ValueError(message)
        if OTHER not in self.types:
            message = f"`{OTHER}` is none of their types"
            raise ValueError(message)
        return self

    def logprobs(self, pages: Sequence[str], types: Iterable[str]) -> dict[str, float]:
        """Say how likely each type of a deployment is by a document's words.

        Returns
        -------
        dict
            Natural logarithms of probabilities that add up to one, of the types that they were learned for; what is of
            a type that there is no more is `other`. Empty if they know `other` alone.
        """
        wanted, said = {*types, OTHER}, self._logprobs(pages)
        known = {name: said[name] for name in self.types if name in wanted}
        left = [said[name] for name in self.types if name not in known]
        known[OTHER] = float(np.logaddexp.reduce([known[OTHER], *left]))
        return known if len(known) > 1 else {}

    def _logprobs(self, pages: Sequence[str]) -> dict[str, float]:
        places, matrix = self._table
        known = [(places[term], strength) for term, strength in strengths(pages).items() if term in places]
        scores = np.array(self.bias)
        if known:
            rows, strength = zip(*known, strict=True)
            scores += np.array(strength) @ matrix[list(rows)]
        scores -= scores.max()
        return dict(zip(self.types, (scores - np.log(np.exp(scores).sum())).tolist(), strict=True))

    @cached_property
    def _table(self) -> tuple[dict[str, int], Array]:
        """Where each term's row is, and the rows."""
        rows = np.array(list(self.weights.values()), dtype=np.float64)
        return {term: place for place, term in enumerate(self.weights)}, rows


def strengths(pages: Sequence[str]) -> dict[str, float]:
    """Give how strongly a document has each of its terms: 1 + ln(count), divided by the length of that vector."""
    counted = Counter(terms_of("\n".join(pages)[:SEARCHED]))
    raw = {term: 1.0 + math.log(count) for term, count in counted.items()}
    length = math.sqrt(math.fsum(value * value for value in raw.values())) or 1.0
    return {term: value / length for term, value in raw.items()}


def terms_of(text: str) -> Iterator[str]:
    """Give a text's terms: words, pairs of them, pieces (`-hnun-`, `-ung_-`), `<date>` and the like."""
    tokens = [_token(match) for match in _TOKEN.finditer(plain(text).casefold())]
    yield from tokens
    for first, second in pairwise(tokens):
        yield f"{first} {second}"
    for token in tokens:
        if token.isalpha():
            yield from _known_pieces(token) if len(token) <= LONGEST_KEPT else _pieces(token)


def _pieces(token: str) -> tuple[str, ...]:
    word = f"_{token}_"
    return tuple(f"-{word[start : start + PIECE]}-" for start in range(len(word) - PIECE + 1))


_known_pieces: Final = lru_cache(maxsize=5_000)(_pieces)


def _token(match: re.Match[str]) -> str:
    return match[0] if match.lastgroup == "word" else f"<{match.lastgroup}>"


NO_WORDS: Final = LearnedWords(documents=0, right=0, types=(OTHER,), bias=(0.0,), weights={})
"""Learned from nothing: every type is as likely as the others."""


@cache
def shipped_words() -> LearnedWords:
    """Give the words that ship, learned for the types that ship."""
    return read_learned_words((files("services.answers") / "learned_words.json").read_bytes())


def read_learned_words(text: str | bytes) -> LearnedWords:
    """Read learned words from JSON.

    Raises
    ------
    LearnedWordsError
        If they are none of this version.
    """
    try:
        return LearnedWords.model_validate_json(text)
    except ValidationError as error:
        message = f"no learned words of this version ({first_error(error)}); `postkorb types learn` makes them"
        raise LearnedWordsError(message) from None
