"""What a model's `config.json` says about its size, and the memory that follows from it."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

ELEMENT_BYTES: Final = 2
"""The engine computes and caches in 16 bits, whatever the files hold: it casts 32-bit weights down."""


LEFT_OUT_ON_CPU: Final = ("-rotary_embedding",)
"""Kernels of vLLM 0.32 that are wrong on a CPU with latent attention switched off, as its `custom_ops` takes them."""


_MOST: Final = 2**63 - 1
Count = Annotated[int, Field(gt=0, le=_MOST)]
Size = Annotated[int, Field(ge=0, le=_MOST)]
"""As the engine's own integers hold them: memory that is reckoned of greater ones is no number any more."""


class Architecture(BaseModel):
    """The numbers of a `config.json` that decide about memory, by the names that they have there.

    `head_dim` is absent where it is `hidden_size / num_attention_heads`. With `kv_lora_rank` the model caches one
    latent vector a layer instead of keys and values by head (DeepSeek's MLA). With `n_routed_experts` all layers but
    the first few are mixtures of experts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    model_type: str
    vocab_size: Count
    hidden_size: Count
    intermediate_size: Count
    num_hidden_layers: Count
    num_attention_heads: Count
    num_key_value_heads: Count
    head_dim: Count | None = None
    tie_word_embeddings: bool = False
    kv_lora_rank: Count | None = None
    qk_nope_head_dim: Size = 0
    qk_rope_head_dim: Size = 0
    v_head_dim: Size = 0
    q_lora_rank: Count | None = None
    n_routed_experts: Count | None = None
    n_shared_experts: Size | None = None
    moe_intermediate_size: Size = 0
    first_k_dense_replace: Size = 0

    @model_validator(mode="after")
    def _a_token_takes_memory(self) -> Self:
        if not self.kv_bytes_per_token or not self.kv_bytes_per_token_on_cpu:
            message = "no number of a head is left for the KV cache"
            raise ValueError(message)
        return self

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self | None:
        """Take the numbers out of a configuration; None if one lacks (pictures, recurrent models) or cannot be."""
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
        """Weights of a decoder with gated feed-forward layers: Llama, Mistral, Phi-3 and 4, Qwen2, DeepSeek V2.

        Embeddings, then in each layer attention, the feed-forward layer and two norms; one norm and, unless tied, the
        output's own embeddings.
        """
        attention = self._grouped_attention if self.kv_lora_rank is None else self._latent_attention(self.kv_lora_rank)
        embeddings = self.vocab_size * self.hidden_size * (1 if self.tie_word_embeddings else 2)
        layers = self.num_hidden_layers * (attention + 2 * self.hidden_size) + self._feed_forward
        return embeddings + layers + self.hidden_size

    @property
    def _grouped_attention(self) -> int:
        """Queries, keys, values and output of a layer; Qwen2 has a bias at the first three."""
        query, keys = self.num_attention_heads * self.head_size, self.num_key_value_heads * self.head_size
        bias = query + 2 * keys if self.model_type == "qwen2" else 0
        return self.hidden_size * (2 * query + 2 * keys) + bias

    def _latent_attention(self, rank: int) -> int:
        """Count a layer's queries, latent vector with its norm, keys and values out of it, and output."""
        query = self.num_attention_heads * (self.qk_nope_head_dim + self.qk_rope_head_dim)
        wide = self.num_attention_heads * self.v_head_dim
        queries = self.hidden_size * query
        if self.q_lora_rank is not None:  # they come out of a latent vector of their own, with a norm
            queries = self.q_lora_rank * (self.hidden_size + 1 + query)
        latent = self.hidden_size * (rank + self.qk_rope_head_dim) + rank
        keys_and_values = rank * (self.num_attention_heads * self.qk_nope_head_dim + wide)
        return queries + latent + keys_and_values + wide * self.hidden_size

    @property
    def _feed_forward(self) -> int:
        """Three matrices in each dense layer; in the others three of each expert, and what chooses among them."""
        dense = 3 * self.hidden_size * self.intermediate_size
        if self.n_routed_experts is None:
            return self.num_hidden_layers * dense
        experts = self.n_routed_experts + (self.n_shared_experts or 0)
        mixture = self.hidden_size * (3 * self.moe_intermediate_size * experts + self.n_routed_experts)
        return self.first_k_dense_replace * dense + (self.num_hidden_layers - self.first_k_dense_replace) * mixture

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

    @property
    def cpu_flags(self) -> Sequence[str]:
        """What a server needs beside that: the engine in the process leaves these kernels out by itself."""
        if self.kv_lora_rank is None:
            return ()
        return ("--compilation-config", json.dumps({"custom_ops": LEFT_OUT_ON_CPU}, separators=(",", ":")))
