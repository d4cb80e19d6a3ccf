"""Memory from the numbers of a config.json, held to figures that others have published."""

from typing import Any

import pytest

from services.models.architecture import Architecture
from services.models.catalogue import load_catalogue

GIB = 2**30
CATALOGUE = load_catalogue()

PUBLISHED = {  # `safetensors.total` of the hub, as public repositories quote it
    "llama-3.1-8b-instruct": 8_030_261_248,
    "llama-3.2-3b-instruct": 3_212_749_824,
    "mistral-7b-instruct-v0.3": 7_248_023_552,
    "mistral-nemo-instruct-2407": 12_247_782_400,
    "phi-4": 14_659_507_200,
    "phi-4-mini-instruct": 3_836_021_760,
    "deepseek-v2-lite-chat": 15_706_484_224,
    "qwen2.5-7b-instruct": 7_615_616_512,
    "qwen2.5-coder-1.5b-instruct": 1_543_714_304,
    "qwen2.5-coder-0.5b-instruct": 494_032_768,
    "smollm2-135m-instruct": 134_515_008,
}
DEEPSEEK_V2_LITE: dict[str, Any] = {  # of the page that the catalogue names for it
    "model_type": "deepseek_v2",
    "vocab_size": 102400,
    "hidden_size": 2048,
    "intermediate_size": 10944,
    "num_hidden_layers": 27,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
}
DEEPSEEK_V3: dict[str, Any] = {  # of https://huggingface.co/deepseek-ai/DeepSeek-V3/blob/main/config.json
    "model_type": "deepseek_v3",
    "vocab_size": 129280,
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "num_hidden_layers": 61,
    "num_attention_heads": 128,
    "num_key_value_heads": 128,
    "kv_lora_rank": 512,
    "q_lora_rank": 1536,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "moe_intermediate_size": 2048,
    "first_k_dense_replace": 3,
}


@pytest.mark.parametrize(("name", "parameters"), PUBLISHED.items())
def test_parameters_are_the_published_ones(name: str, parameters: int) -> None:
    config = CATALOGUE[name].config
    assert config is not None
    assert config.parameters == parameters
    assert CATALOGUE[name].weights_bytes == 2 * parameters


@pytest.mark.parametrize(("tokens", "gib"), [(1024, 0.125), (16_000, 1.95), (128_000, 15.62)])
def test_the_kv_cache_of_llama_is_that_of_its_announcement(tokens: int, gib: float) -> None:
    """https://huggingface.co/blog/llama31#inference-memory-requirements, in 16 bits."""
    config = CATALOGUE["llama-3.1-8b-instruct"].config
    assert config is not None
    assert tokens * config.kv_bytes_per_token / GIB == pytest.approx(gib, abs=0.006)


@pytest.mark.parametrize(
    ("name", "gigabytes"),  # sums of the sizes that the hub's pages show for the files
    [
        ("sauerkrautlm-nemo-12b-instruct", 24.5),
        ("llama-3.1-sauerkrautlm-8b-instruct", 16.07),
        ("llama3-med42-8b", 16.07),
        ("huatuogpt-o1-7b", 15.23),
        ("deepseek-r1-distill-llama-8b", 16.06),
        ("deepseek-r1-distill-qwen-7b", 15.23),
    ],
)
def test_weights_are_as_large_as_the_published_files(name: str, gigabytes: float) -> None:
    assert CATALOGUE[name].weights_bytes / 1e9 == pytest.approx(gigabytes, rel=0.002)


def test_latent_attention_caches_one_vector_a_layer_and_on_a_cpu_keys_and_values() -> None:
    config = Architecture.read(DEEPSEEK_V2_LITE)
    assert config is not None
    assert config.kv_bytes_per_token == 27 * (512 + 64) * 2
    assert config.kv_bytes_per_token_on_cpu == 27 * 2 * 16 * (128 + 64) * 2
    assert config.cpu_environment == {"VLLM_MLA_DISABLE": "1"}
    assert config.cpu_flags == ("--compilation-config", '{"custom_ops":["-rotary_embedding"]}')


def test_a_latent_vector_of_the_queries_counts_too() -> None:
    """671 billion by its publisher: https://github.com/deepseek-ai/DeepSeek-V3."""
    config = Architecture.read(DEEPSEEK_V3)
    assert config is not None
    assert config.parameters / 1e9 == pytest.approx(671, abs=0.5)


def test_heads_without_groups_and_without_a_size_follow_from_the_other_numbers() -> None:
    numbers = {"vocab_size": 10, "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 3}
    config = Architecture.read({"model_type": "llama", "num_attention_heads": 4} | numbers)
    assert config is not None
    assert config.num_key_value_heads == 4
    assert config.kv_bytes_per_token == 3 * 2 * 4 * 16 * 2
    assert config.kv_bytes_per_token_on_cpu == config.kv_bytes_per_token
    assert config.cpu_environment == {}
    assert config.cpu_flags == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"head_dim": -64},
        {"head_dim": 0},
        {"head_dim": [64]},
        {"hidden_size": float("nan")},
        {"hidden_size": 8, "num_attention_heads": 16},  # no number is left for a head
        {"vocab_size": 10**400},
        {"kv_lora_rank": -1},
        {"kv_lora_rank": 512},  # and none of what a CPU would cache
        {"qk_rope_head_dim": -64},
    ],
)
def test_numbers_that_cannot_be_are_unknown_and_no_memory_is_reckoned_of_them(wrong: dict[str, Any]) -> None:
    numbers = {"vocab_size": 10, "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 3}
    plain = {"model_type": "llama", "num_attention_heads": 4} | numbers
    assert Architecture.read(plain) is not None
    assert Architecture.read(plain | wrong) is None


@pytest.mark.parametrize("config", [{}, {"model_type": "gemma3", "text_config": DEEPSEEK_V2_LITE}])
def test_a_configuration_without_the_numbers_is_unknown(config: dict[str, Any]) -> None:
    assert Architecture.read(config) is None
