"""A model of a few thousand random weights with a tokenizer trained here: vLLM loads it like any other."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TEXTS = [
    "Sehr geehrte Damen und Herren, hiermit stellen wir Ihnen die folgenden Leistungen in Rechnung: 1.234,56 €",
    "Dear Sir or Madam, please find enclosed our invoice no. 2026-0815 dated 5 June 2026. Kind regards",
    '{"document_type":"invoice","invoice_number":"","issue_date":"","total":"","summary":""}',
]
WEIGHT = 5.0
"""Above anything that the random weights make of a prompt."""


def make_tiny_model(folder: Path, context_tokens: int, *, terse: bool = False) -> Path:
    """Make a Llama in a folder, and give the folder.

    Parameters
    ----------
    terse
        It ends every text of its answers as soon as the grammar lets it. Random weights alone run on until the
        answer is cut off.
    """
    if find_spec("vllm") is None:
        pytest.skip("vLLM is not installed")
    import torch  # noqa: PLC0415  (seconds; the fast tests do without)
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415  (as above)

    tokenizer = _save_tokenizer(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=context_tokens,
        bos_token_id=0,
        eos_token_id=1,
        dtype=torch.bfloat16,
    )
    untyped: Any = LlamaForCausalLM
    model = untyped(config).to(torch.bfloat16)
    if terse:  # every state has a large first component, and the quotation mark asks for nothing else
        model.model.embed_tokens.weight.data[:, 0] = WEIGHT
        model.lm_head.weight.data[tokenizer.convert_tokens_to_ids('"'), 0] = WEIGHT
    model.save_pretrained(folder)
    return folder


def _save_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: PLC0415  (as above)
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415  (as above)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=480, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    fast: Any = PreTrainedTokenizerFast  # not typed
    wrapped = fast(tokenizer_object=tokenizer, bos_token=special[0], eos_token=special[1])
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(folder)
    return wrapped
