"""What the field's cheap gains bring: the same prompts to engines that differ in one thing each, in turns.

    make gains                          eager, compiled, n-grams, 8-bit weights, spinning threads, what can be preloaded
    make gains VARIANTS="eager tcmalloc" some of them; the first is what the others are divided by
    make gains DOCUMENTS=12 ROUNDS=2

The prompts are those that the service would ask about the samples. Each variant is a process of its own, warms up with
the first document, and then, with an empty prefix cache, answers all classifications at once, then all extractions.
Said are the seconds of that, in which nothing is compiled any more, as a part of the first variant's in the same round,
and how many answers are the same, letter by letter. Libraries to preload are looked for where Debian has them, in this
environment, and in PRELOAD, a folder.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest import mock
from uuid import uuid4

from recorded import Noting, Record, Recorded
from rich.console import Console
from rich.table import Table

from services.inference.engines.in_process import InProcessConfig, InProcessEngine
from services.inference.engines.port import Prompt
from services.inference.routes import Routes
from services.settings import Settings, load_settings
from services.wiring import load_engine

REPOSITORY: Final = Path(__file__).parents[1]
RESULTS: Final = REPOSITORY / "load-tests" / "results" / "gains.json"
ANSWERS: Final = REPOSITORY / "samples" / "answers.json.gz"
"""What the model said of the samples: the second prompts follow from it."""
LIBRARIES: Final = (
    Path("/usr/lib/x86_64-linux-gnu"),
    Path(sys.prefix) / "lib",
    Path(os.environ.get("PRELOAD", "/usr/lib/llvm-14/lib")),
)
CHILD_SECONDS: Final = 1800


@dataclass(frozen=True, slots=True)
class Variant:
    """What is different about an engine.

    Parameters
    ----------
    preload
        Names of libraries.
    arguments
        More arguments of vLLM's engine.
    environment
        Of its process.
    int8
        With 8-bit weights, made from the model's own.
    """

    preload: Sequence[str] = ()
    eager: bool = True
    arguments: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    int8: bool = False


NGRAMS: Final = {"method": "ngram", "num_speculative_tokens": 4, "prompt_lookup_max": 4, "prompt_lookup_min": 2}
VARIANTS: Final = {
    "eager": Variant(),
    "compiled": Variant(eager=False),
    "tcmalloc": Variant(preload=["libtcmalloc_minimal.so.4"]),
    "libomp": Variant(preload=["libomp.so.5"]),
    "libiomp5": Variant(preload=["libiomp5.so"]),
    "tcmalloc+libomp": Variant(preload=["libtcmalloc_minimal.so.4", "libomp.so.5"]),
    "tcmalloc+libiomp5": Variant(preload=["libtcmalloc_minimal.so.4", "libiomp5.so"]),
    "n-grams": Variant(arguments={"speculative_config": NGRAMS}),
    "more n-grams": Variant(arguments={"speculative_config": NGRAMS | {"num_speculative_tokens": 8}}),
    "spins": Variant(environment={"GOMP_SPINCOUNT": "20000"}),
    "active": Variant(environment={"OMP_WAIT_POLICY": "ACTIVE"}),
    "int8": Variant(int8=True),
}


def note_prompts(file: Path, documents: int) -> None:
    """Write the prompts that the service asks about so many samples."""
    from bench.model import samples  # noqa: PLC0415  (a child's part)

    from services.cli import evaluation  # noqa: PLC0415  (as above)

    settings = load_settings(einvoice="ignore")
    with tempfile.TemporaryDirectory() as folder:
        labels = json.loads((REPOSITORY / "samples" / "labels.json").read_text("utf-8"))
        names = [document.file_name for document in samples(settings, documents)]
        for name in names:
            (Path(folder) / str(name)).write_bytes((REPOSITORY / "samples" / str(name)).read_bytes())
        (Path(folder) / "labels.json").write_text(json.dumps({name: labels[str(name)] for name in names}), "utf-8")
        noting: list[Noting] = []

        async def load(settings: Settings, say: Callable[[str], None], routes: Routes) -> Noting:
            recorded = Recorded(Record.read(ANSWERS), _model(settings), lambda: load_engine(settings, say, routes))
            noting.append(Noting(recorded))
            return noting[0]

        output = Path(folder) / "page.html"
        order = evaluation.Order(
            Path(folder), None, None, None, output, None, calibrate=False, as_json=False, recorded=True
        )
        evaluation.run(order, settings, load)
    file.write_text(json.dumps([asdict(prompt) for prompt in noting[0].asked]), "utf-8")


def answer(file: Path, variant: Variant, folder: Path) -> dict[str, Any]:
    """Load a variant, warm it up, and give the seconds and the answers."""
    from vllm.engine import arg_utils  # noqa: PLC0415  (a child's part)

    settings = load_settings()
    config = InProcessConfig(
        settings.model, folder, "", settings.context_tokens, settings.kv_cache_gib, eager=variant.eager
    )
    changed = partial(arg_utils.AsyncEngineArgs, **variant.arguments)
    with mock.patch.object(arg_utils, "AsyncEngineArgs", changed):
        started = time.perf_counter()
        engine = InProcessEngine.load(config)
        loaded = time.perf_counter() - started
    prompts = [Prompt(**prompt) for prompt in json.loads(file.read_text("utf-8"))]
    return asyncio.run(_answer(engine, prompts)) | {"load": loaded}


async def _answer(engine: InProcessEngine, prompts: Sequence[Prompt]) -> dict[str, Any]:
    systems = [prompt.system for prompt in prompts]
    stages = [[prompt for prompt in prompts if (prompt.system == systems[0]) is first] for first in (True, False)]
    for stage in stages:
        await asyncio.gather(*(engine.generate(_anew(prompt)) for prompt in stage[:1]))
    await engine._llm.reset_prefix_cache()  # noqa: SLF001  (no service ever wants to)
    started = time.perf_counter()
    given = [await asyncio.gather(*(engine.generate(_anew(prompt)) for prompt in stage)) for stage in stages if stage]
    seconds = time.perf_counter() - started
    await engine.close()
    return {"seconds": seconds, "texts": [generation.text for stage in given for generation in stage]}


def _anew(prompt: Prompt) -> Prompt:
    return Prompt(**(asdict(prompt) | {"request_id": uuid4().hex}))


def make_int8(model: Path, target: Path) -> None:
    """Write a model with the weights of its linear layers in 8 bits: one scale an output channel, by its maximum."""
    import torch  # noqa: PLC0415  (a child's part)
    from safetensors.torch import load_file, save_file  # noqa: PLC0415  (as above)

    target.mkdir()
    written: dict[str, torch.Tensor] = {}
    for part in sorted(model.glob("*.safetensors")):
        for name, weight in load_file(part).items():
            if name.endswith("_proj.weight"):
                scale = weight.float().abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
                written[name] = (weight.float() / scale).round().clamp(-128, 127).to(torch.int8)
                written[name + "_scale"] = scale.to(weight.dtype)
            else:
                written[name] = weight
    save_file(written, target / "model.safetensors", metadata={"format": "pt"})
    for file in model.iterdir():
        if file.suffix != ".safetensors" and "index" not in file.name and file.is_file():
            (target / file.name).write_bytes(file.read_bytes())
    config = json.loads((target / "config.json").read_text("utf-8"))
    config["quantization_config"] = _INT8
    (target / "config.json").write_text(json.dumps(config), "utf-8")


_WEIGHTS: Final = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel", "dynamic": False}
_INPUTS: Final = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "token", "dynamic": True}
_GROUP: Final = {"targets": ["Linear"], "weights": _WEIGHTS, "input_activations": _INPUTS}
_INT8: Final = {
    "quant_method": "compressed-tensors",
    "format": "int-quantized",
    "quantization_status": "compressed",
    "ignore": ["lm_head"],
    "config_groups": {"group_0": _GROUP},
}


def child(arguments: argparse.Namespace) -> None:
    """Do one part in this process."""
    match arguments.child:
        case "note":
            note_prompts(arguments.file, arguments.documents)
        case "make int8":
            make_int8(_model(load_settings()), arguments.folder)
        case name:
            said = answer(arguments.file, VARIANTS[name], arguments.folder)
            arguments.output.write_text(json.dumps(said), "utf-8")


def _model(settings: Settings) -> Path:
    return settings.models_folder / settings.model


def _run(arguments: Sequence[str], variant: Variant | None = None) -> None:
    variant = variant or Variant()
    names = variant.preload
    found = [next((str(place / name) for place in LIBRARIES if (place / name).exists()), None) for name in names]
    if missing := [name for name, place in zip(names, found, strict=True) if place is None]:
        message = f"{', '.join(missing)} not found"
        raise FileNotFoundError(message)
    environment = os.environ | variant.environment | ({"LD_PRELOAD": ":".join(map(str, found))} if found else {})
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(  # noqa: S603  (this file)
        command, env=environment, timeout=CHILD_SECONDS, check=False, capture_output=True, text=True
    )
    if done.returncode:
        message = (done.stdout + done.stderr)[-2000:]
        raise RuntimeError(message)


def main() -> None:
    """Measure all variants in turns, print and write."""
    arguments = _arguments()
    if arguments.child:
        child(arguments)
        return
    console = Console()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postkorb-gains-")))
        prompts = folder / "prompts.json"
        _run(["--child", "note", "--file", str(prompts), "--documents", str(arguments.documents)])
        said: dict[str, list[dict[str, Any]]] = {name: [] for name in arguments.variants}
        for _ in range(arguments.rounds):
            for name in arguments.variants:
                try:
                    said[name].append(_of(name, prompts, folder))
                except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                    console.print(f"{name}: {error}", markup=False, highlight=False)
                    continue
                last = said[name][-1]
                console.print(f"{name}: {last['seconds']:.1f} s, loaded in {last['load']:.0f} s", highlight=False)
    console.print(_table(said, arguments.variants[0]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(said), "utf-8")


def _of(name: str, prompts: Path, folder: Path) -> dict[str, Any]:
    variant, output = VARIANTS[name], folder / "said.json"
    model = _model(load_settings())
    if variant.int8:
        model = folder / "int8"
        if not model.exists():
            _run(["--child", "make int8", "--folder", str(model)])
    given = ["--child", name, "--file", str(prompts), "--folder", str(model), "--output", str(output)]
    _run(given, variant)
    read: dict[str, Any] = json.loads(output.read_text("utf-8"))
    return read


def _table(said: Mapping[str, Sequence[Mapping[str, Any]]], first: str) -> Table:
    table = Table("variant", "load, s", "seconds", f"of {first}", "same answers")
    for name, rounds in said.items():
        if not rounds or len(rounds) != len(said[first]):
            table.add_row(name, "", "", "failed", "")
            continue
        ratios = [mine["seconds"] / base["seconds"] for mine, base in zip(rounds, said[first], strict=True)]
        same = [
            sum(a == b for a, b in zip(mine["texts"], base["texts"], strict=True))
            for mine, base in zip(rounds, said[first], strict=True)
        ]
        table.add_row(
            name,
            f"{median(one['load'] for one in rounds):.0f}",
            f"{median(one['seconds'] for one in rounds):.1f}",
            " ".join(f"{ratio:.2f}" for ratio in ratios),
            f"{median(same):g} of {len(rounds[0]['texts'])}",
        )
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what cheap gains bring.")
    parser.add_argument("--variants", nargs="*", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--child")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
