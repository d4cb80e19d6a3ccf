"""Secrets taken out of whatever is about to be logged or put on a span."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import SecretBytes, SecretStr

HIDDEN: Final = "**********"
"""As pydantic shows its own secrets."""

# Greedy up to the last @ of the word: a password may hold one itself, and hiding too much is the safe mistake.
# Bounded, so that hostile text cannot make it slow.
_URL_PASSWORD: Final = re.compile(r"(?<=://)([^\s:/@]{0,256}):[^\s\"<>]{1,512}@")
_NAMED_PASSWORD: Final = re.compile(
    r"(?i)\b((?:ssl|sasl_plain_)?(?:password|passwd|secret|api_key))=[^\s&,;\"')]{1,512}"
)


def redact_text(text: str) -> str:
    """Hide passwords of URLs and values after `password=` and its like."""
    if "@" in text:
        text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    return _NAMED_PASSWORD.sub(rf"\1={HIDDEN}", text) if "=" in text else text


def redact(value: Any) -> Any:  # noqa: ANN401  (a log line takes any value)
    """Hide the secrets of a value, however deep; what is no plain data becomes its text, redacted."""
    match value:
        case SecretStr() | SecretBytes():
            return HIDDEN
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {redact_text(str(key)): redact(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact(item) for item in value]
        case _:
            return redact_text(repr(value) if isinstance(value, BaseException) else str(value))
