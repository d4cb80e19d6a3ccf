"""Terms: a licence that nobody allowed, and a model that does not fit, are refused with the setting that helps."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.models import terms as module
from services.models.catalogue import load_catalogue, model_from_folder
from services.models.terms import (
    GIB,
    Machine,
    ModelRefusedError,
    Terms,
    this_machine,
)

CATALOGUE = load_catalogue()
TERMS = Terms(licences=["Apache-2.0", "MIT"], machine=Machine("cpu", 32 * GIB), kv_cache_gib=2, context_tokens=4096)


def test_an_allowed_model_that_fits_is_taken() -> None:
    TERMS.check(CATALOGUE["mistral-7b-instruct-v0.3"])


def test_a_licence_that_is_not_allowed_is_refused_with_its_address_and_the_setting() -> None:
    with pytest.raises(
        ModelRefusedError, match=r"llama3\.1 \(https://.*POSTKORB_ALLOWED_LICENCES allows Apache-2\.0, MIT;"
    ):
        TERMS.check(CATALOGUE["llama-3.1-8b-instruct"])


def test_a_licence_is_allowed_by_its_name_however_it_is_written() -> None:
    replace(TERMS, licences=["LLAMA3.1"]).check(CATALOGUE["llama-3.1-8b-instruct"])
    replace(TERMS, licences=["apache-2.0"]).check(CATALOGUE["mistral-7b-instruct-v0.3"])


def test_without_any_licence_nothing_is_fetched() -> None:
    with pytest.raises(ModelRefusedError, match="allows none"):
        replace(TERMS, licences=[]).check(CATALOGUE["phi-4"])


def test_what_the_owner_brings_is_allowed_by_bringing_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    replace(TERMS, licences=[]).check(model_from_folder(tmp_path))


def test_weights_and_cache_of_a_cpu_must_fit_the_memory() -> None:
    with pytest.raises(
        ModelRefusedError, match=r"27\.3 of weights, 2\.0 of KV cache\), and this machine has 32\.0; .*KV_CACHE"
    ):
        TERMS.check(CATALOGUE["phi-4"])
    replace(TERMS, machine=Machine("cpu", 35 * GIB)).check(CATALOGUE["phi-4"])
    with pytest.raises(ModelRefusedError):
        replace(TERMS, machine=Machine("cpu", 35 * GIB), kv_cache_gib=4).check(CATALOGUE["phi-4"])


def test_the_measured_model_needs_what_was_measured() -> None:
    assert TERMS.need(CATALOGUE["qwen2.5-coder-1.5b-instruct"]).total / GIB == pytest.approx(9.5, abs=0.05)


@pytest.mark.parametrize(
    ("flags", "computes"),
    [
        ("flags\t\t: fpu avx512f avx512_vnni", False),
        ("flags\t\t: fpu avx512f avx512_bf16 amx", True),
        ("flags\t\t: fpu amx_bf16 amx_tile", True),
        ("Features\t: fp asimd i8mm bf16 dgh", True),
        ("Features\t: fp asimd", False),
        ("model name\t: bf16", False),
    ],
)
def test_a_cpu_says_whether_it_computes_16_bits(
    flags: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, computes: bool
) -> None:
    monkeypatch.setattr(module, "version", _not_installed)
    monkeypatch.setattr(module, "_CPU_INFO", tmp_path / "cpuinfo")
    assert this_machine().computes_halves  # nothing says otherwise
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\nbugs\t\t: none\n")
    assert this_machine().computes_halves is computes


def test_a_cpu_without_16_bits_computes_in_32_where_they_fit() -> None:
    def terms(gib: int, **changed: Any) -> Terms:
        return replace(TERMS, machine=Machine("cpu", gib * GIB, computes_halves=False), **changed)

    small, large = CATALOGUE["qwen2.5-coder-1.5b-instruct"], CATALOGUE["mistral-7b-instruct-v0.3"]
    assert (TERMS.dtype(small), terms(24).dtype(small), terms(24).dtype(large)) == ("auto", "float32", "auto")
    assert terms(24).need(small).weights == 2 * TERMS.need(small).weights
    assert terms(24).need(large) == TERMS.need(large)
    assert 2 * (terms(24).cache_tokens(small) or 0) == TERMS.cache_tokens(small)
    wide = terms(64, context_tokens=16384)
    assert (wide.dtype(large), wide.cache_tokens(large)) == ("auto", 16384)  # 32 bits of it would hold half
    wide.check(large)


def test_the_cache_of_a_cpu_must_hold_one_context() -> None:
    wide = replace(TERMS, context_tokens=32768)
    with pytest.raises(ModelRefusedError, match=r"KV_CACHE_GIB=2 holds 16,384 tokens of it, fewer than .*TOKENS=32768"):
        wide.check(CATALOGUE["mistral-7b-instruct-v0.3"])
    replace(wide, kv_cache_gib=4).check(CATALOGUE["mistral-7b-instruct-v0.3"])


def test_a_card_must_hold_weights_and_the_cache_of_one_context() -> None:
    card = replace(TERMS, machine=Machine("gpu", 24 * GIB), kv_cache_gib=1000)
    card.check(CATALOGUE["mistral-7b-instruct-v0.3"])
    with pytest.raises(ModelRefusedError, match=r"card has 24\.0, 92% of it .*POSTKORB_CONTEXT_TOKENS"):
        card.check(CATALOGUE["phi-4"])
    with pytest.raises(ModelRefusedError, match=r"15\.0 of weights, 16\.0 of KV cache"):
        replace(card, licences=["llama3.1"], context_tokens=131072).check(CATALOGUE["llama-3.1-8b-instruct"])


def test_a_context_that_a_model_does_not_take_is_refused_before_it_is_fetched() -> None:
    long = replace(TERMS, machine=Machine("gpu", 80 * GIB), context_tokens=100_000)
    with pytest.raises(
        ModelRefusedError, match=r"it takes 16384 tokens at most, fewer than POSTKORB_CONTEXT_TOKENS=100000"
    ):
        long.check(CATALOGUE["phi-4"])


def test_memory_elsewhere_or_out_of_sight_is_not_judged() -> None:
    replace(TERMS, machine=None).check(CATALOGUE["phi-4"])
    replace(TERMS, machine=Machine("gpu", None)).check(CATALOGUE["phi-4"])


def test_a_container_has_less_than_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "version", _not_installed)
    limit, none = tmp_path / "memory.max", tmp_path / "max"
    limit.write_text(f"{3 * 2**20}\n")
    none.write_text("max\n")
    monkeypatch.setattr(module, "_LIMITS", (none, tmp_path / "missing"))
    whole = this_machine()
    monkeypatch.setattr(module, "_LIMITS", (limit,))
    assert replace(this_machine(), computes_halves=True) == Machine("cpu", 3 * 2**20)
    assert whole.bytes is not None
    assert whole.bytes > 3 * 2**20


def test_the_build_for_cards_is_judged_by_the_first_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "version", lambda _: "0.32.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_machine() == Machine("gpu", None)
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 81559\necho 24000\n")
    tool.chmod(0o755)
    assert this_machine() == Machine("gpu", 81559 * 2**20)
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert this_machine() == Machine("gpu", None)


def test_latent_attention_is_switched_off_on_a_cpu_alone(tmp_path: Path) -> None:
    numbers = {"model_type": "deepseek_v2", "vocab_size": 9, "hidden_size": 8, "intermediate_size": 8}
    numbers |= {"num_hidden_layers": 1, "num_attention_heads": 2, "kv_lora_rank": 4, "qk_nope_head_dim": 4}
    (tmp_path / "config.json").write_text(json.dumps(numbers))
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    on_card, elsewhere = replace(TERMS, machine=Machine("gpu", 80 * GIB)), replace(TERMS, machine=None)
    for latent in (model_from_folder(tmp_path), CATALOGUE["deepseek-v2-lite-chat"]):
        for terms in (TERMS, elsewhere):
            assert terms.engine_environment(latent) == {"VLLM_MLA_DISABLE": "1"}
            assert list(terms.engine_flags(latent)) == [
                "--compilation-config",
                '{"custom_ops":["-rotary_embedding"]}',
            ]
        assert (on_card.engine_environment(latent), on_card.engine_flags(latent)) == ({}, [])
    assert (TERMS.engine_environment(CATALOGUE["phi-4"]), TERMS.engine_flags(CATALOGUE["phi-4"])) == ({}, [])


def test_a_server_is_told_to_compute_in_32_bits_where_the_engine_would() -> None:
    slow = replace(TERMS, machine=Machine("cpu", 24 * GIB, computes_halves=False))
    assert slow.engine_flags(CATALOGUE["qwen2.5-coder-1.5b-instruct"]) == ["--dtype", "float32"]
    assert slow.engine_flags(CATALOGUE["mistral-7b-instruct-v0.3"]) == []  # twice its weights do not fit


def _not_installed(name: str) -> str:
    raise module.PackageNotFoundError(name)
