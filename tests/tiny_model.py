"""Models of some ten thousand random weights with a tokenizer trained here: vLLM loads them like any other."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
"""The first tokens of the vocabulary."""
TEXTS = [
    "Sehr geehrte Damen und Herren, hiermit stellen wir Ihnen die folgenden Leistungen in Rechnung: 1.234,56 €",
    "Dear Sir or Madam, please find enclosed our invoice no. 2026-0815 dated 5 June 2026. Kind regards",
    '{"document_type":"invoice","invoice_number":"","issue_date":"","total":"","summary":""}',
]
ADAPTED = ["q_proj", "o_proj", "down_proj"]
RANK = 4
SPREAD = 0.2
"""Of the random weights: ten times what is usual, or a prompt would hardly move what is said after it."""
WEIGHT = 100.0
"""Above anything that the random weights make of a prompt."""

_NAMES_CODE: Mapping[str, Any] = {
    "auto_map": {"AutoConfig": "configuration_own.Config", "AutoModelForCausalLM": "modeling_own.Model"},
}
"""As DeepSeek V2 Lite and Phi-4 mini have it. The files are not there, and nobody may ask for them."""

_LATENT: Mapping[str, Any] = {
    "model_type": "deepseek_v2",
    "kv_lora_rank": 32,
    "q_lora_rank": None,
    "qk_nope_head_dim": 16,
    "qk_rope_head_dim": 16,
    "v_head_dim": 16,
    "num_key_value_heads": 2,
    "first_k_dense_replace": 1,
    "n_routed_experts": 4,
    "n_shared_experts": 1,
    "n_group": 1,
    "topk_group": 1,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 32,
}
"""Latent attention, one dense layer and one of experts, as DeepSeek V2 Lite has them; a CPU asks for the groups."""

_FACTORS = [1.0 + number / 4 for number in range(12)]
"""One for each pair of the numbers turned. vLLM takes the long ones for all texts, transformers for long ones."""

FAMILIES: Mapping[str, Mapping[str, Any]] = {
    "llama": {"model_type": "llama"},
    "mistral": {"model_type": "mistral", "sliding_window": None, "head_dim": 64},  # as in Nemo: its own
    "phi3": _NAMES_CODE
    | {  # as in Phi-4 mini: some numbers of a head are not turned, the others by factors
        "model_type": "phi3",
        "partial_rotary_factor": 0.75,
        "original_max_position_embeddings": 1024,
        "rope_scaling": {"type": "longrope", "long_factor": _FACTORS, "short_factor": _FACTORS},
    },
    "deepseek_v2": _LATENT
    | _NAMES_CODE
    | {
        "rope_parameters": {
            "rope_type": "yarn",
            "rope_theta": 10000.0,
            "factor": 4.0,
            "original_max_position_embeddings": 1024,
            "beta_fast": 32,
            "beta_slow": 1,
            "mscale": 0.707,
            "mscale_all_dim": 0.707,
        }
    },
    "deepseek_v2_without_yarn": _LATENT,
}
"""What the configuration of a family has beside what all have."""


def make_tiny_model(
    folder: Path, context_tokens: int, *, family: str = "llama", terse: bool = False, seed: int = 7
) -> Path:
    """Make a model in a folder, and give the folder.

    Parameters
    ----------
    family
        One of `FAMILIES`.
    terse
        It ends every text of its answers as soon as the grammar lets it. Random weights alone run on until the
        answer is cut off.
    """
    if find_spec("vllm") is None:
        pytest.skip("vLLM is not installed")
    import torch  # noqa: PLC0415  (seconds; the fast tests do without)
    from transformers import AutoConfig, AutoModelForCausalLM  # noqa: PLC0415  (as above)

    tokenizer = _save_tokenizer(folder)
    torch.manual_seed(seed)
    common = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": context_tokens,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
        "initializer_range": SPREAD,
        "dtype": torch.bfloat16,
    }
    config = AutoConfig.for_model(**common | FAMILIES[family])
    model = AutoModelForCausalLM.from_config(config)
    if terse:
        _let_texts_end(model, tokenizer.convert_tokens_to_ids('"'))
    model.save_pretrained(folder)
    return folder


def _let_texts_end(model: Any, quotation_mark: int) -> None:
    """Keep one component of every state at a constant that no layer changes, and that asks for the quotation mark.

    It asks for none of the special tokens: a grammar takes them for the signs in their names, and allows them in texts.
    """
    for name, weights in model.named_parameters():
        if "o_proj" in name or "down_proj" in name:
            weights.data[..., 0, :] = 0
    model.model.embed_tokens.weight.data[:, 0] = 1
    model.model.norm.weight.data[0] = WEIGHT
    model.lm_head.weight.data[:, 0] = 0
    model.lm_head.weight.data[: len(SPECIAL), 0] = -1
    model.lm_head.weight.data[quotation_mark, 0] = 1


def _save_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: PLC0415  (as above)
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415  (as above)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=480, special_tokens=SPECIAL, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    fast: Any = PreTrainedTokenizerFast  # not typed
    wrapped = fast(tokenizer_object=tokenizer, bos_token=SPECIAL[0], eos_token=SPECIAL[1])
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(folder)
    return wrapped


def make_tiny_adapter(model: Path, folder: Path, seed: int, *, size: float = 1.0) -> Path:
    """Make a LoRA adapter of random numbers for such a model, in PEFT's form, and give the folder.

    Parameters
    ----------
    size
        Of its changes; 0 changes nothing.
    """
    import torch  # noqa: PLC0415  (as above)
    from safetensors import safe_open  # noqa: PLC0415  (as above)
    from safetensors.torch import save_file  # noqa: PLC0415  (as above)

    folder.mkdir(parents=True, exist_ok=True)
    random, weights = torch.Generator().manual_seed(seed), {}
    with safe_open(model / "model.safetensors", "pt") as tensors:
        for name in tensors.keys():  # noqa: SIM118  (no mapping)
            if name.endswith(tuple(f"{module}.weight" for module in ADAPTED)):
                outputs, inputs = tensors.get_slice(name).get_shape()
                module = f"base_model.model.{name.removesuffix('.weight')}"
                weights[f"{module}.lora_A.weight"] = torch.randn(RANK, inputs, generator=random) / inputs**0.5
                added = weights[f"{module}.lora_B.weight"] = size * torch.randn(outputs, RANK, generator=random)
                if not module.endswith("q_proj"):
                    added[0] = 0  # the component that lets texts end stays as it is
    save_file(weights, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "base_model_name_or_path": model.name, "r": RANK, "lora_alpha": 2 * RANK}
    (folder / "adapter_config.json").write_text(json.dumps(config | {"target_modules": ADAPTED, "bias": "none"}))
    return folder
