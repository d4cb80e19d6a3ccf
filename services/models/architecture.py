"""What a model's `config.json` says about its size, and the memory that follows from it."""

from collections.abc import Mapping
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

ELEMENT_BYTES: Final = 2
"""The engine computes and caches in 16 bits, whatever the files hold: it casts 32-bit weights down."""


class Architecture(BaseModel):
    """The numbers of a `config.json` that decide about memory, by the names that they have there.

    `head_dim` is absent where it is `hidden_size / num_attention_heads`. With `kv_lora_rank` the model caches one
    latent vector a layer instead of keys and values by head (DeepSeek's MLA).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    model_type: str
    vocab_size: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    intermediate_size: int = Field(gt=0)
    num_hidden_layers: int = Field(gt=0)
    num_attention_heads: int = Field(gt=0)
    num_key_value_heads: int = Field(gt=0)
    head_dim: int | None = None
    tie_word_embeddings: bool = False
    kv_lora_rank: int | None = None
    qk_nope_head_dim: int = 0
    qk_rope_head_dim: int = 0

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self | None:
        """Take the numbers out of a configuration; None if it lacks one (pictures and text, recurrent models)."""
        try:
            return cls.model_validate({"num_key_value_heads": config.get("num_attention_heads")} | dict(config))
        except ValidationError:
            return None

    @property
    def head_size(self) -> int:
        """Numbers a head, in keys and in values."""
        return self.head_dim or self.hidden_size // self.num_attention_heads

    @property
    def parameters(self) -> int:
        """Weights of a dense decoder with gated feed-forward layers: Llama, Mistral, Phi-3 and 4, Qwen2.

        Embeddings, then in each layer queries, keys, values and output (Qwen2 has a bias at the first three), three
        matrices of the feed-forward layer and two norms; one norm and, unless tied, the output's own embeddings.
        """
        query, keys = self.num_attention_heads * self.head_size, self.num_key_value_heads * self.head_size
        attention = self.hidden_size * (2 * query + 2 * keys)
        bias = query + 2 * keys if self.model_type == "qwen2" else 0
        layer = attention + bias + 3 * self.hidden_size * self.intermediate_size + 2 * self.hidden_size
        embeddings = self.vocab_size * self.hidden_size * (1 if self.tie_word_embeddings else 2)
        return embeddings + self.num_hidden_layers * layer + self.hidden_size

    @property
    def kv_bytes_per_token(self) -> int:
        """Memory of one token in the KV cache, bytes."""
        if self.kv_lora_rank is not None:
            numbers = self.kv_lora_rank + self.qk_rope_head_dim
        else:
            numbers = 2 * self.num_key_value_heads * self.head_size
        return self.num_hidden_layers * numbers * ELEMENT_BYTES

    @property
    def kv_bytes_per_token_on_cpu(self) -> int:
        """The same on a CPU, where the engine has no kernel for latent vectors and caches keys and values by head."""
        if self.kv_lora_rank is None:
            return self.kv_bytes_per_token
        head = self.qk_nope_head_dim + self.qk_rope_head_dim
        return self.num_hidden_layers * 2 * self.num_attention_heads * head * ELEMENT_BYTES

    @property
    def cpu_environment(self) -> Mapping[str, str]:
        """What the engine's environment needs for this model on a CPU, or else its process dies (vLLM 0.32)."""
        return {"VLLM_MLA_DISABLE": "1"} if self.kv_lora_rank is not None else {}
