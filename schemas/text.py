"""Text that every part of the system can store and send."""

import re
from typing import Any, Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"


def clean_text(text: str) -> str:
    """Replace what PostgreSQL and UTF-8 refuse: U+0000 and lone surrogates, one character for one."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def clean_json(value: Any) -> Any:  # noqa: ANN401  (any JSON value in, the same shape out)
    """Apply `clean_text` to every string of a JSON value, keys included."""
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(key): clean_json(item) for key, item in value.items()}
        case list():
            return [clean_json(item) for item in value]
        case _:
            return value
