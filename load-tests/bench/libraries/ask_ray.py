"""The tasks through Ray Data's LLM batch, as its page on batch inference shows, on an engine of its own.

Two passes, since fields depend on the type: all types and summaries, then all fields. Ray starts the engine anew in
each; what counts is the time from the first prompt that an engine has to its last token, so its starts are not in it.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ray
from asked import Answer, Asked, Calls, run, type_in
from ray.data.llm import build_processor, vLLMEngineProcessorConfig

CORES = 8
"""That Ray reckons with: each of its stages is an actor that wants one, and all but the engine's hardly compute."""


def prepare(asked: Asked, calls: Calls) -> Callable[[], list[Answer]]:
    """Start Ray on this machine."""
    ray.init("local", num_cpus=CORES, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)

    def ask() -> list[Answer]:
        try:
            return in_two_passes(asked, calls)
        finally:
            ray.shutdown()

    return ask


def in_two_passes(asked: Asked, calls: Calls) -> list[Answer]:
    """Ask for all types and summaries, then for the fields of those types that have any."""
    texts = list(enumerate(asked.texts))
    first = one_pass(asked, calls, [(place, name, text) for place, text in texts for name in ("type", "summary")])
    fields = {place: f"fields of {type_in(said)}" for place, name, said in first if name == "type"}
    wanted = [(place, fields[place], text) for place, text in texts if fields[place] in asked.tasks]
    return [(name, said) for _, name, said in (*first, *(one_pass(asked, calls, wanted) if wanted else ()))]


def one_pass(asked: Asked, calls: Calls, prompts: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, Any]]:
    """Hand all prompts to an engine at once; give place, task and what was said."""
    engine = {name: value for name, value in asked.engine.items() if name != "model"}
    config = vLLMEngineProcessorConfig(
        model_source=asked.engine["model"],
        engine_kwargs=engine,
        placement_group_config={"bundles": [{"CPU": 1}]},
        concurrency=1,
        batch_size=asked.side_by_side,
    )
    # A schema as a text: Ray keeps rows in columns, and would give each schema the properties of all others, as nulls.
    tasks = {name: (task.instruction, json.dumps(task.schema), task.tokens) for name, task in asked.tasks.items()}

    def prompt(row: Mapping[str, Any]) -> dict[str, Any]:
        instruction, schema, tokens = tasks[row["task"]]
        said = [{"role": "system", "content": instruction}, {"role": "user", "content": row["text"]}]
        sampling = {"temperature": 0.0, "max_tokens": tokens, "structured_outputs": {"json": schema}}
        return {"messages": said, "sampling_params": sampling}

    def answer(row: Mapping[str, Any]) -> dict[str, Any]:
        times = {name: row["metrics"][name] for name in ("queued_ts", "last_token_ts")}
        return {"place": row["place"], "task": row["task"], "said": row["generated_text"], **times}

    processor = build_processor(config, preprocess=prompt, postprocess=answer)
    items = [{"place": place, "task": name, "text": text} for place, name, text in prompts]
    rows = processor(ray.data.from_items(items)).take_all()
    took = max(row["last_token_ts"] for row in rows) - min(row["queued_ts"] for row in rows)
    calls.seconds = (calls.seconds or 0.0) + took
    calls.made += len(rows)
    return [(row["place"], row["task"], read(row["said"])) for row in rows]


def read(text: str) -> Any:  # noqa: ANN401  (JSON)
    """Read an answer; None if it is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


if __name__ == "__main__":
    run(prepare)
