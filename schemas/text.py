"""Text that every part of the system can store and send."""

import math
import re
from typing import Any, Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"

MAX_DEPTH: Final = 64
"""Levels of objects and arrays in a JSON value: far above what people write, far below what breaks a serializer."""


def clean_text(text: str) -> str:
    """Replace what PostgreSQL and UTF-8 refuse: U+0000 and lone surrogates, one character for one."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def clean_json(value: Any, depth: int = MAX_DEPTH) -> Any:  # noqa: ANN401  (any JSON value in, the same shape out)
    """Apply `clean_text` to every string of a JSON value, keys included.

    Raises
    ------
    ValueError
        If the value is nested deeper than `depth` levels, or holds a number that JSON does not have.
    """
    if depth < 0:
        message = f"nested deeper than {MAX_DEPTH} levels"
        raise ValueError(message)
    match value:
        case str():
            return clean_text(value)
        case float() if not math.isfinite(value):
            message = "a number that JSON does not have (NaN, Infinity)"
            raise ValueError(message)
        case dict():
            return {clean_text(key): clean_json(item, depth - 1) for key, item in value.items()}
        case list():
            return [clean_json(item, depth - 1) for item in value]
        case _:
            return value
