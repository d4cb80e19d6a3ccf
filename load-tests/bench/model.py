"""The real model under the whole service, under bare vLLM, and under other ways: efficiency, alternatives and cost.

One engine at a time is in memory: first the one in this process, for the service and for bare vLLM in turns; then
vLLM's server for a script and for libraries. All get the same documents on the same machine, in one run.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest import mock
from uuid import uuid4

from bench import alternatives, cores, cost, efficiency
from bench.by_library import LIBRARIES, RAY
from bench.ground import Document, Ground, new_ground, submit, wait_for_ends
from bench.report import REPOSITORY, Part, made
from bench.rounds import Round
from bench.running import END_SECONDS
from bench.script import running_vllm
from bench.servers import Servers
from bench.ways import Way, make_environment, measure_ray, measure_ways
from pydantic import SecretStr
from recorded import Noting

from schemas.events import Content
from services import wiring
from services.evaluation.labels import read_labels
from services.inference.engines.in_process import InProcessEngine, _sampling
from services.inference.engines.port import Engine, Generation, Prompt
from services.inference.routes import Routes
from services.settings import Settings, load_settings
from services.telemetry.setup import set_up
from services.telemetry.state import StateFile
from services.vitals import Vitals

PARTS: Final = ("efficiency", "alternatives", "cost")
PARTITIONS: Final = 4
SAMPLES: Final = REPOSITORY / "samples"
LAYOUTS: Final = tuple(sorted(path.parent for path in SAMPLES.glob("layouts/*/labels.json")))
"""Papers in layouts of others: enough of them for a run that is mostly neither its beginning nor its end."""

LOOK_SECONDS: Final = 0.5
"""How often it is looked whether all have ended: the engine needs every core, and documents take minutes together."""

Say = Callable[[str], None]
Keep = Callable[[Part], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Parameters
    ----------
    rounds
        Of the service and of bare vLLM in turns: one says little where the machine's own speed varies by a tenth.
    folders
        What the documents are taken from, spread over all.
    others
        Rounds of each of the other ways.
    """

    rounds: int
    documents: int
    folders: Sequence[Path]
    others: int


SHORT: Final = Size(rounds=2, documents=8, folders=(SAMPLES,), others=1)
LONG: Final = Size(rounds=1, documents=72, folders=(SAMPLES, *LAYOUTS), others=1)


class Lent(Noting):
    """An engine that outlives the service that uses it, and knows when each answer ended."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.ended: list[float] = []

    async def generate(self, prompt: Prompt) -> Generation:
        """Ask, and note when the answer is there."""
        generation = await super().generate(prompt)
        self.ended.append(time.perf_counter())
        return generation

    async def close(self) -> None:
        """Leave it open: it is used again."""


def measure(
    servers: Servers,
    size: Size,
    wanted: Collection[str],
    say: Say,
    keep: Keep,
    *,
    ray: bool = False,
    apart: bool = False,
) -> None:
    """Measure those of the three parts that are wanted; alternatives with Ray Data, the engine on a core of its own.

    Each is kept as soon as it is there: other ways take longest, and may fail.
    """
    asyncio.run(_measure(servers, size, wanted, say, keep, ray=ray, apart=apart))


async def _measure(
    servers: Servers, size: Size, wanted: Collection[str], say: Say, keep: Keep, *, ray: bool, apart: bool
) -> None:
    started = time.perf_counter()
    settings = load_settings(einvoice="ignore")
    if settings.hourly_price is None:
        settings = load_settings(einvoice="ignore", hourly_price=cost.HOURLY_PRICE, currency=cost.CURRENCY)
    documents = list(samples(settings, size.documents, size.folders))
    if apart:
        cores.one_thread()
    engine = await wiring.load_engine(settings, lambda what: say(f"loading {what}"))
    try:
        if apart:
            cores.part(servers)
        await one_round(servers, settings, engine, documents[:1], (), say)  # what is made once and kept, in vLLM too
        rounds = [await one_round(servers, settings, engine, documents, wanted, say) for _ in range(size.rounds)]
    finally:
        await engine.close()
    if "efficiency" in wanted:
        keep(efficiency.part(rounds, len(documents), made(time.perf_counter() - started)))
    if "cost" in wanted:
        keep(cost.part(rounds[-1].costs, made(time.perf_counter() - started)))
    if "alternatives" in wanted:
        ways = await other_ways(servers.folder, settings, [rounds[0].texts] * size.others, say, ray=ray)
        keep(alternatives.part(rounds, ways, made(time.perf_counter() - started)))


async def other_ways(
    folder: Path, settings: Settings, rounds: Sequence[Sequence[str]], say: Say, *, ray: bool
) -> list[Way]:
    """Ask by all other ways about the same texts."""
    python = make_environment(LIBRARIES, settings, say)
    say("starting vLLM's server")
    with running_vllm(folder, settings) as url:
        ways = await measure_ways(url, settings, python, rounds, folder, say)
    if ray:
        ways.append(measure_ray(settings, make_environment(RAY, settings, say), rounds, folder, say))
    return ways


def samples(settings: Settings, count: int, folders: Sequence[Path] = (SAMPLES,)) -> Iterator[Document]:
    """Give documents that can be read, spread over all of some folders."""
    types = wiring.types_of(settings)
    labels = [label for folder in folders for label in read_labels(folder, types) if label.fails_with is None]
    count = min(count, len(labels))
    for place in range(count):
        file = labels[place * len(labels) // count].file
        content = Content(base64=base64.b64encode(file.read_bytes()).decode())
        yield Document(uuid4().hex, content, file.name)


async def one_round(
    servers: Servers,
    settings: Settings,
    engine: Engine,
    documents: Sequence[Document],
    wanted: Collection[str],
    say: Say,
) -> Round:
    """Let the service work off the documents, then bare vLLM the same prompts; both begin with an empty cache."""
    ground = await new_ground(servers, PARTITIONS)
    lent = Lent(engine)
    async with service_on(ground, settings, lent):
        await clear(engine)
        say(f"{len(documents)} documents through the whole service")
        started = time.perf_counter()
        await submit(ground, (Document(uuid4().hex, item.content, item.file_name) for item in documents))
        await wait_for_ends(ground, len(documents), END_SECONDS, look_seconds=LOOK_SECONDS)
        service_seconds = time.perf_counter() - started
    service_ends = [at - started for at in lent.ended]
    bare_ends: list[float] = []
    if "efficiency" in wanted:
        assert isinstance(engine, InProcessEngine), "bare vLLM needs POSTKORB_ENGINE=in-process"
        say(f"{len(lent.asked)} prompts at once to bare vLLM")
        await clear(engine)
        bare_ends = await ask_bare_vllm(engine, lent.asked)
    costs = await cost.costs_of(ground) if "cost" in wanted else []
    bare_seconds = max(bare_ends, default=None)
    texts = await _texts(ground)
    return Round(service_seconds, bare_seconds, lent.asked, texts, costs, service_ends, bare_ends)


@asynccontextmanager
async def service_on(ground: Ground, settings: Settings, engine: Lent) -> AsyncIterator[None]:
    """Run the three services in this process, put together as always, on a ground and with an engine."""
    folder = ground.servers.folder / ground.topics.prefix
    settings = settings.model_copy(
        update={
            "kafka_bootstrap_servers": ground.servers.bootstrap_servers,
            "database_url": SecretStr(ground.url),
            "topic_prefix": ground.topics.prefix,
            "partitions": ground.partitions,
            "models_dir": settings.models_folder,
            "data_dir": folder,
        }
    )

    async def lend(_settings: Settings, say: Say, _routes: Routes) -> Lent:
        say(engine.identity.model)
        return engine

    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.enter_context(mock.patch.object(wiring, "load_engine", lend))
        services = []
        for name in wiring.ServiceName:
            telemetry = set_up(name, folder, log_level="WARNING", log_format="json")
            stack.callback(telemetry.shutdown)
            place = wiring.Place(stack, settings, telemetry, StateFile(folder, name, ""), Vitals(telemetry.metrics))
            services.append(await wiring.build(name, place))
        async with asyncio.TaskGroup() as group:
            for service in services:
                group.create_task(service.run(stop))
            try:
                yield
            finally:
                stop.set()


async def clear(engine: Engine) -> None:
    """Empty the prefix cache of the engine in this process: nobody reads what somebody else computed."""
    if isinstance(engine, InProcessEngine):
        await engine._llm.reset_prefix_cache()  # noqa: SLF001  (no service ever wants to)


async def ask_bare_vllm(engine: InProcessEngine, prompts: Sequence[Prompt]) -> list[float]:
    """Hand all prompts to vLLM at once, past all of ours; give the seconds until each answer."""
    from vllm.inputs import tokens_input  # noqa: PLC0415  (12 s of imports, and only for this part)

    async def one(prompt: Prompt) -> float:
        ids = engine._texts.prompt_ids(prompt.system, prompt.user)  # noqa: SLF001  (the same tokens as the service's)
        async for _ in engine._llm.generate(tokens_input(ids), _sampling(prompt), uuid4().hex):  # noqa: SLF001
            pass
        return time.perf_counter() - started

    started = time.perf_counter()
    return await asyncio.gather(*map(one, prompts))


async def _texts(ground: Ground) -> list[str]:
    rows: Sequence[Mapping[str, str]] = await ground.query(
        "SELECT string_agg(text, E'\\n' ORDER BY page) AS text FROM postkorb.pages GROUP BY document_key"
    )
    return [row["text"] for row in rows]
