"""vLLM in the inference process: an engine core of its own in a child process, batching whatever is in flight."""

import asyncio
import gc
import hashlib
import os
import tempfile
import threading
import time
import weakref
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, cast

from services.inference.engines.canary import CanaryError, check_apart
from services.inference.engines.lora import BLANK, LOUD, LoraAdapter, room_for, write_guards
from services.inference.engines.port import (
    FORBIDDEN,
    AdapterRefusedError,
    EngineDeadError,
    EngineError,
    EngineIdentity,
    Generation,
    ModelIdentity,
    Prompt,
    SchemaRefusedError,
    Token,
)
from services.inference.engines.room import Room
from services.models.architecture import LEFT_OUT_ON_CPU

if TYPE_CHECKING:
    from vllm.logprobs import Logprob
    from vllm.lora.request import LoRARequest
    from vllm.outputs import CompletionOutput, RequestOutput
    from vllm.sampling_params import SamplingParams
    from vllm.v1.engine.async_llm import AsyncLLM

QUIET: Final = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
"""Environment under which neither vLLM nor transformers calls home: no document and no use of one leaves."""

LOGGING: Final = {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_LOGGING_STREAM": "ext://sys.stderr"}
"""Unless the environment says otherwise: the service's own log stays readable."""

DEAD: Final = "the engine's process is gone; this process must end, so that its supervisor starts it again"
STANDS_STILL: Final = "the engine's process stands still; this process must end, so that its supervisor starts it again"
DEATH_SECONDS: Final = 1.0
"""How often a request that waits asks whether its engine lives."""
LOOK_SECONDS: Final = 30.0
"""How often the engine is looked at while it has requests."""
STILL_SECONDS: Final = 900.0
"""An engine that does not come to the end of a step for so long stands still: a card that hangs, a deadlock. The
longest step, thousands of tokens of a large model on few cores, takes minutes."""

SEQUENCES_ON_A_CPU: Final = 16
TOKENS_ON_A_CPU: Final = 2048
SEQUENCES_ON_A_GPU: Final = 256
"""What vLLM takes by itself on most cards; the KV cache decides how many of them there are."""


@dataclass(frozen=True, slots=True)
class InProcessConfig:
    """What to load, and how much of the machine it may take.

    Parameters
    ----------
    folder
        Safetensors, config and tokenizer with a chat template; verified before.
    model_sha256
        Hash over the folder's files.
    context_tokens
        Most tokens of a prompt and its answer together; also bounded by the model.
    kv_cache_gib
        On a CPU: memory for the KV cache, GiB. On a GPU vLLM takes its own share of the card's memory.
    max_sequences
        Requests that are computed at the same time, where the KV cache has room. Default: `SEQUENCES_ON_A_CPU` or
        `SEQUENCES_ON_A_GPU`.
    max_batched_tokens
        Tokens computed in one step; longer prompts are prefilled in pieces. Default: `TOKENS_ON_A_CPU`; on a GPU what
        vLLM's own server takes on that card.
    eager
        Compile nothing. Default: on a CPU, where compiling takes 50 s and gives a tenth.
    adapters
        What prompts may name beside the model. Each has room of its own, so that any of them share a batch.
    dtype
        In what the model computes, and caches keys and values; `auto` is what its files say.
    """

    model_name: str
    folder: Path
    model_sha256: str
    context_tokens: int = 4096
    kv_cache_gib: float = 2.0
    max_sequences: int | None = None
    max_batched_tokens: int | None = None
    eager: bool | None = None
    adapters: Sequence[LoraAdapter] = ()
    dtype: Literal["auto", "float32"] = "auto"


class InProcessEngine:
    """Adapter for vLLM in this process; see `load`."""

    def __init__(
        self, config: InProcessConfig, llm: "AsyncLLM", texts: "Texts", identity: EngineIdentity, room: Room
    ) -> None:
        self._llm = llm
        self._texts = texts
        self._identity = identity
        self._context_tokens = config.context_tokens
        self._adapters = config.adapters
        self._loaded: dict[str | None, LoRARequest | None] = {None: None}
        self._room = room
        self._running = 0
        self._watching: asyncio.Task[None] | None = None
        self._still = False
        self._guards: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def load(cls, config: InProcessConfig) -> Self:
        """Start the engine. Blocks for half a minute to minutes: call it before joining a consumer group.

        Raises
        ------
        EngineError
            If the model cannot be loaded; the message has vLLM's reason.
        """
        os.environ.update(QUIET)
        for name, value in LOGGING.items():
            os.environ.setdefault(name, value)
        try:
            texts = Texts(config.folder)
            # No variable here has the engine: vLLM keeps frames of its start, and with them what their variables have.
            return cls._around(_start(config), config, texts)
        except Exception as error:  # whatever vLLM raises while loading means the same here
            message = f"the engine could not load {config.folder}: {type(error).__name__}: {error}"
            raise EngineError(message) from error

    @classmethod
    def _around(cls, llm: "AsyncLLM", config: InProcessConfig, texts: "Texts") -> Self:
        return cls(config, llm, texts, _identity(config, llm, texts), Room(_cache_tokens(llm)))

    async def load_adapters(self) -> None:
        """Load the adapters, and try whether each request gets its own; nothing if there are none.

        Raises
        ------
        AdapterRefusedError
            If vLLM does not take one, with its name and reason.
        CanaryError
            If a request is answered with another's adapter.
        """
        if not self._adapters:
            return
        self._guards = tempfile.TemporaryDirectory(prefix="postkorb-adapters-")
        folders = await asyncio.to_thread(write_guards, self._adapters[0], Path(self._guards.name))
        folders |= {adapter.name: adapter.folder for adapter in self._adapters}
        loaded: dict[str | None, LoRARequest] = {}
        for number, (name, folder) in enumerate(folders.items(), start=1):
            loaded[name] = await self._load(name, number, folder)
        # No request goes without an adapter from now on: those for the model itself go with the blank one.
        self._loaded = {**loaded, None: loaded[BLANK]}
        told_apart = await check_apart(self, [None, LOUD, *(adapter.name for adapter in self._adapters)])
        if LOUD not in told_apart:
            message = "adapters change nothing in this engine: POSTKORB_ROUTES cannot name any for this model"
            raise CanaryError(message)
        await self._llm.remove_lora(loaded[LOUD].lora_int_id)
        del self._loaded[LOUD]

    async def _load(self, name: str, number: int, folder: Path) -> "LoRARequest":
        from vllm.lora.request import LoRARequest  # noqa: PLC0415  (loaded long before)

        request = LoRARequest(name, number, str(folder))
        try:
            await self._llm.add_lora(request)
        except Exception as error:  # whatever vLLM raises while loading means the same here
            message = (
                f"POSTKORB_ROUTES: the engine could not load adapter {name} ({folder}): {type(error).__name__}: {error}"
            )
            raise AdapterRefusedError(message) from error
        return request

    @property
    def identity(self) -> EngineIdentity:
        """What made the answers."""
        return self._identity

    @property
    def context_tokens(self) -> int:
        """Most tokens that prompt and answer may have together."""
        return self._context_tokens

    @property
    def side_by_side(self) -> int:
        """Requests that it computes at the same time, if the KV cache has room."""
        return int(self._llm.vllm_config.scheduler_config.max_num_seqs)

    @property
    def trouble(self) -> str | None:
        """Why nothing can be answered any more; None if it can. Safe to ask from another thread."""
        if self._still:
            return STANDS_STILL
        llm = getattr(self, "_llm", None)
        return "the engine's process is gone" if llm is None or llm.errored else None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text. Slow for long texts: call it in a thread."""
        return self._texts.count(texts)

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        """Compile a schema against the model's tokenizer, as the engine will.

        Raises
        ------
        SchemaRefusedError
            With `name` and the compiler's reason.
        """
        self._texts.compile(name, schema)

    async def generate(self, prompt: Prompt) -> Generation:
        """Answer one prompt. Log-probabilities are those among the tokens that the grammar allows.

        Raises
        ------
        EngineError
            If the prompt does not fit the context, or this request failed in the engine.
        EngineDeadError
            If the engine's process is gone.
        """
        started = time.monotonic()
        ids = await asyncio.to_thread(self._texts.prompt_ids, prompt.system, prompt.user)
        if len(ids) >= self._context_tokens:
            message = (
                f"the prompt has {len(ids)} tokens and the context {self._context_tokens} (POSTKORB_CONTEXT_TOKENS): "
                "nothing is left for the answer"
            )
            raise EngineError(message)
        async with self._room.taken(len(ids) + prompt.max_tokens, prompt.urgency):
            output = await self._run(ids, prompt)
        answer = output.outputs[0]
        return Generation(
            text=answer.text,
            finish=_finish(prompt, answer.finish_reason),
            prompt_tokens=len(ids),
            completion_tokens=len(answer.token_ids),
            cached_tokens=output.num_cached_tokens or 0,
            seconds=time.monotonic() - started,
            tokens=await asyncio.to_thread(self._texts.tokens, answer),
        )

    async def _run(self, ids: list[int], prompt: Prompt) -> "RequestOutput":
        from vllm.inputs import tokens_input  # noqa: PLC0415  (loaded long before; at the top it would cost 12 s)
        from vllm.v1.engine import exceptions  # noqa: PLC0415  (as above)

        if prompt.model not in self._loaded:
            message = f"request {prompt.request_id} is for {prompt.model}, which is not loaded"
            raise EngineError(message)
        adapter = self._loaded[prompt.model]
        try:
            parts = self._llm.generate(tokens_input(ids), _sampling(prompt), prompt.request_id, lora_request=adapter)
            with self._watched():
                [output] = await self._unless_dead(_all(parts))  # one, by FINAL_ONLY
        except exceptions.EngineDeadError as error:
            raise EngineDeadError(DEAD) from error
        except EngineDeadError:
            raise
        except Exception as error:  # vLLM's client and generate errors concern this request alone
            cause = error.__cause__ or error
            message = f"request {prompt.request_id} failed in the engine: {type(cause).__name__}: {cause}"
            raise EngineError(message) from error
        return output

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Have the engine looked at as long as it has any request."""
        self._running += 1
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._running -= 1

    async def _watch(self) -> None:
        """Ask the engine something that costs nothing, and that it answers between two steps, however full it is."""
        try:
            while self._running and not self._llm.errored:
                await asyncio.sleep(LOOK_SECONDS)
                async with asyncio.timeout(STILL_SECONDS):
                    await self._llm.is_sleeping()
        except TimeoutError:
            self._still = True
        except Exception:  # noqa: BLE001, S110  (of an engine that died meanwhile: its requests say so)
            pass
        finally:
            self._watching = None

    async def _unless_dead(self, answer: "Coroutine[Any, Any, list[RequestOutput]]") -> "list[RequestOutput]":
        """Wait for an answer, but not for one of an engine that is dead or stands still.

        vLLM tells the requests that it has when its process ends. One that is handed over in the moment before vLLM
        knows is told nothing, and would wait for ever.
        """
        asking = asyncio.ensure_future(answer)
        try:
            while not asking.done():
                was_dead = self._llm.errored
                await asyncio.wait({asking}, timeout=DEATH_SECONDS)
                if (was_dead or self._still) and not asking.done():
                    raise EngineDeadError(STANDS_STILL if self._still else DEAD)
            return asking.result()
        finally:
            asking.cancel()
            await asyncio.wait({asking}, timeout=DEATH_SECONDS)

    async def close(self) -> None:
        """Stop the engine's process and free its memory; a few seconds."""
        if self._watching:
            self._watching.cancel()
        await asyncio.to_thread(_shut_down, weakref.ref(self._llm))
        if self._guards:
            self._guards.cleanup()
        del self._llm  # its finaliser fails when it runs as late as the interpreter's end
        gc.collect()  # an error that its end raised in one of its tasks holds it in a circle


def _shut_down(llm: "weakref.ref[AsyncLLM]") -> None:
    """End an engine's process in a thread, which keeps what it was given for a moment longer."""
    if engine := llm():
        engine.shutdown()


async def _all(parts: "AsyncIterator[RequestOutput]") -> "list[RequestOutput]":
    return [part async for part in parts]


class Texts:
    """The model's tokenizer and grammar compiler. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        import xgrammar  # noqa: PLC0415  (seconds; only who loads an engine pays them)
        from transformers import AutoTokenizer  # noqa: PLC0415  (as above)

        self._tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
        if not self._tokenizer.chat_template:
            message = f"{folder}: its tokenizer has no chat template; use an instruct model"
            raise EngineError(message)
        self._compiler = xgrammar.GrammarCompiler(xgrammar.TokenizerInfo.from_huggingface(self._tokenizer))
        self._special = frozenset(self._tokenizer.all_special_ids)
        self._lock = threading.Lock()  # a fast tokenizer raises "Already borrowed" when two threads set it up

    @property
    def template_sha256(self) -> str:
        """Hash of the chat template."""
        return hashlib.sha256(str(self._tokenizer.chat_template).encode()).hexdigest()

    def prompt_ids(self, system: str, user: str) -> list[int]:
        """Tokens of a prompt in the model's chat template."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        with self._lock:
            ids = self._tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
        return list(ids)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        if not texts:
            return []
        with self._lock:
            found = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return [len(ids) for ids in found]

    def tokens(self, answer: "CompletionOutput") -> list[Token]:
        """Texts and log-probabilities of an answer's tokens; the texts joined are the answer's text.

        A token that ends within a character has no text; the one that completes the character has all of it.
        """
        from tokenizers.decoders import DecodeStream  # noqa: PLC0415  (loaded with transformers)

        stream = DecodeStream(skip_special_tokens=True)
        positions = cast("list[dict[int, Logprob]]", answer.logprobs)
        kept = [
            (token, at) for token, at in zip(answer.token_ids, positions, strict=True) if token not in self._special
        ]
        return [
            Token(stream.step(self._tokenizer.backend_tokenizer, token) or "", at[token].logprob, _others(at, token))
            for token, at in kept
        ]

    def compile(self, name: str, schema: Mapping[str, Any]) -> None:
        """Compile a schema.

        Raises
        ------
        SchemaRefusedError
            With `name` and the compiler's reason.
        """
        from vllm.sampling_params import SamplingParams, StructuredOutputsParams  # noqa: PLC0415  (12 s)
        from vllm.v1.structured_output.backend_xgrammar import validate_xgrammar_grammar  # noqa: PLC0415  (12 s)

        try:
            structured = StructuredOutputsParams(json=dict(schema))
            validate_xgrammar_grammar(SamplingParams(structured_outputs=structured))
            self._compiler.compile_json_schema(dict(schema), any_whitespace=False, separators=(",", ":"))
        except Exception as error:  # compiler and validator raise types of their own, all meaning a refusal
            message = f"schema {name}: the grammar compiler refuses it: {error}"
            raise SchemaRefusedError(message) from error


def _start(config: InProcessConfig) -> "AsyncLLM":
    from vllm.config import CompilationConfig, StructuredOutputsConfig  # noqa: PLC0415  (12 s of imports, and only for this adapter)
    from vllm.engine.arg_utils import AsyncEngineArgs  # noqa: PLC0415  (as above)
    from vllm.platforms import current_platform  # noqa: PLC0415  (as above)
    from vllm.usage.usage_lib import UsageContext  # noqa: PLC0415  (as above)
    from vllm.v1.engine.async_llm import AsyncLLM  # noqa: PLC0415  (as above)

    from services.inference.engines.owned_executor import OwnedExecutor  # noqa: PLC0415  (imports vLLM)

    on_cpu = current_platform.is_cpu()
    eager = on_cpu if config.eager is None else config.eager
    if on_cpu:
        _set_up_cpu(eager=eager)
    arguments = AsyncEngineArgs(
        model=str(config.folder),
        served_model_name=config.model_name,
        trust_remote_code=False,
        load_format="safetensors",
        dtype=config.dtype,
        use_tqdm_on_load=False,
        max_model_len=config.context_tokens,
        max_num_seqs=config.max_sequences or sequences_here(),
        max_num_batched_tokens=config.max_batched_tokens or (TOKENS_ON_A_CPU if on_cpu else None),
        enable_prefix_caching=True,
        enforce_eager=eager,
        kv_cache_memory_bytes=int(config.kv_cache_gib * 2**30) if on_cpu else None,
        structured_outputs_config=StructuredOutputsConfig(backend="xgrammar", disable_any_whitespace=True),
        distributed_executor_backend=OwnedExecutor,
        disable_log_stats=True,
        **_room_for_adapters(config.adapters),
        compilation_config=CompilationConfig(custom_ops=_other_kernels() if on_cpu else []),
    )
    usage = UsageContext.OPENAI_API_SERVER  # whose defaults are taken for what is None above
    return AsyncLLM.from_engine_args(arguments, usage_context=usage)


def sequences_here() -> int:
    """Give the requests that an engine on this machine computes side by side, unless settings say otherwise."""
    from vllm.platforms import current_platform  # noqa: PLC0415  (12 s of imports)

    return SEQUENCES_ON_A_CPU if current_platform.is_cpu() else SEQUENCES_ON_A_GPU


def _cache_tokens(llm: "AsyncLLM") -> int:
    """Give the tokens that the KV cache holds, as the engine made it; one block stays empty in it."""
    cache = llm.vllm_config.cache_config
    return ((cache.num_gpu_blocks or 1) - 1) * cache.block_size


def _room_for_adapters(adapters: Sequence[LoraAdapter]) -> dict[str, Any]:
    """Give the engine room for the adapters, and for the two that guard them."""
    if not adapters:
        return {}
    rank = room_for(max(adapter.rank for adapter in adapters))
    return {"enable_lora": True, "max_lora_rank": rank, "max_loras": len(adapters) + 2}


def _set_up_cpu(*, eager: bool) -> None:
    """Set what the engine's child reads when it starts."""
    # All cores: vLLM's own binding keeps one back for nothing.
    os.environ.setdefault("OMP_NUM_THREADS", str(len(os.sched_getaffinity(0))))
    # Threads that wait sleep instead of spinning: broker, database and services share these cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if eager:  # otherwise torch compiles small kernels all the same, and needs a C++ compiler for it
        os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")


def _other_kernels() -> list[str]:
    """Say which of vLLM's kernels for a CPU are not used, as `custom_ops` takes it.

    With latent attention switched off, queries come as [tokens, heads, numbers] to the rotary kernel, which takes the
    heads for less than they are and turns wrong ones: answers are wrong in silence. torch's operations are right.
    """
    return list(LEFT_OUT_ON_CPU) if os.environ.get("VLLM_MLA_DISABLE") == "1" else []


def _finish(prompt: Prompt, reason: str | None) -> Literal["stop", "length"]:
    match reason:
        case "stop" | "length":
            return reason
        case _:
            message = f"request {prompt.request_id} ended in the engine with {reason!r}"
            raise EngineError(message)


def _others(at: Mapping[int, "Logprob"], chosen: int) -> Sequence[tuple[str, float]]:
    return tuple(
        (other.decoded_token or "", other.logprob)
        for token, other in at.items()
        if token != chosen and other.logprob > FORBIDDEN
    )


def _sampling(prompt: Prompt) -> "SamplingParams":
    from vllm import SamplingParams  # noqa: PLC0415  (loaded long before)
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams  # noqa: PLC0415  (as above)

    return SamplingParams(
        temperature=0,
        max_tokens=prompt.max_tokens,
        logprobs=prompt.alternatives,  # the chosen token's is told besides
        structured_outputs=StructuredOutputsParams(json=dict(prompt.schema)),
        output_kind=RequestOutputKind.FINAL_ONLY,  # a message a token saturates the event loop
    )


def _identity(config: InProcessConfig, llm: "AsyncLLM", texts: Texts) -> EngineIdentity:
    import torch  # noqa: PLC0415  (loaded long before)
    import transformers  # noqa: PLC0415  (as above)
    import vllm  # noqa: PLC0415  (as above)

    settings = {
        "engine": "vllm",
        "vllm": vllm.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "xgrammar": version("xgrammar"),
        "temperature": "0",
        "dtype": str(llm.model_config.dtype).removeprefix("torch."),
        "chat_template_sha256": texts.template_sha256,
    }
    others = {
        adapter.name: ModelIdentity(config.model_name, config.model_sha256, adapter.name, adapter.sha256)
        for adapter in config.adapters
    }
    return EngineIdentity(config.model_name, config.model_sha256, settings, others)
