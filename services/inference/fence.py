"""The marks between which the model finds a document, and nothing in it that could be taken for them."""

import re
from typing import Final

_MARK: Final = re.compile(
    r"""
      <[|\uff5c]                                         # <|im_end|> of Qwen, Llama 3, Phi, ...; DeepSeek's wide bar
    | [<\uff1c\u2039\u3008\ufe64]\s{0,3}/?\s{0,3}document\b   # the fence, in look-alikes and with spaces too
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


def fence(text: str) -> str:
    """Put the document between marks, with every mark in it broken."""
    return f"<document>\n{broken(text)}\n</document>"


def broken(text: str) -> str:
    """Put a space behind the bracket of each mark: to a tokenizer it is plain text then."""
    return _MARK.sub(_break, text)


def _break(mark: re.Match[str]) -> str:
    return f"{mark[0][0]} {mark[0][1:]}"
