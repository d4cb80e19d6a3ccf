"""The marks between which the model finds a document, and nothing in it that could be taken for them."""

import re
from collections.abc import Sequence
from itertools import count
from typing import Final

_MARK: Final = re.compile(
    r"""
      <[|\uff5c]                                         # <|im_end|> of Qwen, Llama 3, Phi, ...; DeepSeek's wide bar
    | [<\uff1c\u2039\u3008\ufe64]\s{0,3}/?\s{0,3}document     # the fence, in look-alikes and with spaces too
    | </?[a-z][a-z0-9_\u2581]{0,30}>                     # <s>, <bos>, <start_of_turn>, <think>, <tool_call>, ...
    | <</?SYS>>                                          # Llama 2
    | (?-i:\[/?[A-Z][A-Z_]{2,30}\]) | \[gMASK\]               # [INST], [TOOL_CALLS], [SYSTEM_PROMPT] of Mistral; GLM
    | \[page\ \d                                         # ours, between pages
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What begins or ends the document, a page, or a turn for one of the model families.

By their form, not by a list: whichever model is served, its marks are words in brackets like these.
"""


def fence(pages: Sequence[str], numbers: Sequence[int] = ()) -> str:
    """Put pages between marks, each with its number if there are several, with every mark in them broken.

    Parameters
    ----------
    numbers
        Of the pages; from 1 on if none are given.
    """
    texts = [without_marks(page) for page in pages]
    numbered = [f"[page {number}]\n{text}\n" for number, text in zip(numbers or count(1), texts, strict=False)]
    return f"<document>\n{''.join(texts if len(texts) == 1 else numbered)}\n</document>"


def without_marks(text: str) -> str:
    """Put a space behind the bracket of each mark: to a tokenizer it is plain text then."""
    return _MARK.sub(_break, text)


def _break(mark: re.Match[str]) -> str:
    return f"{mark[0][0]} {mark[0][1:]}"
