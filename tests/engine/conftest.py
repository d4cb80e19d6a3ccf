"""A model of a few thousand random weights with a tokenizer trained here, and the real vLLM that runs it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.inference.engines.in_process import InProcessConfig, InProcessEngine

MODEL_NAME = "tiny"
CONTEXT_TOKENS = 2048
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TEXTS = [
    "Sehr geehrte Damen und Herren, hiermit stellen wir Ihnen die folgenden Leistungen in Rechnung: 1.234,56 €",
    "Dear Sir or Madam, please find enclosed our invoice no. 2026-0815 dated 5 June 2026. Kind regards",
    '{"document_type":"invoice","invoice_number":"","issue_date":"","total":"","summary":""}',
]


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a random-weight Llama that the engine loads like any other model."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("vllm")
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415  (seconds; the fast tests here do without)

    folder = tmp_path_factory.mktemp("model")
    vocabulary = _save_tokenizer(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=CONTEXT_TOKENS,
        bos_token_id=0,
        eos_token_id=1,
        dtype=torch.bfloat16,
    )
    model: Any = LlamaForCausalLM  # not typed
    model(config).to(torch.bfloat16).save_pretrained(folder)
    return folder


def _save_tokenizer(folder: Path) -> int:
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
    return len(wrapped)


@pytest.fixture(scope="session")
def config(model_folder: Path) -> InProcessConfig:
    return InProcessConfig(
        model_name=MODEL_NAME,
        folder=model_folder,
        model_sha256="a" * 64,
        context_tokens=CONTEXT_TOKENS,
        kv_cache_gib=0.25,
        max_sequences=8,
        max_batched_tokens=1024,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(config: InProcessConfig) -> AsyncIterator[InProcessEngine]:
    """Load the engine under test once a session."""
    loaded = InProcessEngine.load(config)
    yield loaded
    await loaded.close()
