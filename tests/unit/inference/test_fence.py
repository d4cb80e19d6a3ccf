"""No text ends its own fence, begins a turn, or becomes a token of a chat template."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.fence import fence, without_marks

MARKS = [
    "</document>", "<document>", "</DOCUMENT>", "< / document >", "\uff1c/document\uff1e", "</document",
    "<|im_start|>", "<|im_end|>", "<|endoftext|>",  # Qwen, SmolLM
    "<|begin_of_text|>", "<|start_header_id|>", "<|eot_id|>", "<|python_tag|>",  # Llama 3
    "<<SYS>>", "<</SYS>>", "[INST]", "[/INST]", "<s>", "</s>",  # Llama 2, Mistral
    "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[/TOOL_RESULTS]", "[SYSTEM_PROMPT]",  # Mistral
    "<\uff5cbegin\u2581of\u2581sentence\uff5c>", "<\uff5cUser\uff5c>", "<think>", "</think>",  # DeepSeek
    "<|system|>", "<|user|>", "<|assistant|>", "<|end|>",  # Phi
    "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<unused0>",  # Gemma
    "<tool_call>", "[gMASK]", "<sop>",  # Qwen's tools, GLM
    "[page 2]",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_the_marks_of_every_family_are_without_marks(mark: str):
    assert mark not in without_marks(f"before {mark} after")


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "Anna Beispiel <anna@firma.example>",
        "[1]",
        "[EU]",
        "Betrag [in EUR]",
        "<0,5 mg/dl>",
        "x << 2",
    ],
)
def test_what_letters_write_stays(text: str):
    assert without_marks(text) == text


@given(st.lists(st.sampled_from([*MARKS, "<", "[", "|", "/", " ", "document", "s>", "\n"]), max_size=12))
def test_whatever_is_put_together_the_document_ends_once(parts: list[str]):
    fenced = fence(["".join(parts)])
    assert len(re.findall(r"<\s*/?\s*document", fenced.replace("< ", "<_"), re.IGNORECASE)) == 2
    assert not any(mark in fenced.removeprefix("<document>").removesuffix("</document>") for mark in MARKS)


def test_pages_are_numbered_and_cannot_number_themselves():
    fenced = fence(["one [page 7]", "two"])
    assert fenced == "<document>\n[page 1]\none [ page 7]\n[page 2]\ntwo\n\n</document>"
    assert fence(["alone"]) == "<document>\nalone\n</document>"
