"""The tasks through langextract, as its pages on OpenAI-compatible servers and on output schemas show.

An extraction class is a property of the task's schema, and a document is one piece (langextract would cut it after
1,000 characters), so that a task is one call. No examples: the output schema takes their place, and prompts stay short.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import langextract
from asked import Answer, Asked, Calls, Task, run, type_in
from langextract.factory import ModelConfig
from openai.resources.chat.completions import Completions

ENVELOPE_TOKENS = 24
ITEM_TOKENS = 4
"""What the form of its answers takes beyond the script's: a list of objects of one property each."""


def ask(asked: Asked, calls: Calls) -> Iterable[Answer]:
    """Ask about all documents, as many side by side as is asked for."""
    create = Completions.create

    def counted(self: Completions, **parameters: Any) -> Any:  # noqa: ANN401  (as it is)
        calls.count()
        return create(self, **parameters)

    with mock.patch.object(Completions, "create", counted), ThreadPoolExecutor(asked.side_by_side) as pool:
        found = list(pool.map(lambda text: one(asked, calls, text), asked.texts))
    return [answer for answers in found for answer in answers]


def one(asked: Asked, calls: Calls, text: str) -> list[Answer]:
    """Ask for the type, for a summary, and for the fields of that type, if it has any."""
    said = call(asked, calls, "type", text)
    answers = [said, call(asked, calls, "summary", text)]
    if (fields := f"fields of {type_in(said[1])}") in asked.tasks:
        answers.append(call(asked, calls, fields, text))
    return answers


def call(asked: Asked, calls: Calls, name: str, text: str) -> Answer:
    """Ask for one task; what was not found of a document of which something was is empty, as in our answers."""
    task = asked.tasks[name]
    try:
        found = langextract.extract(
            text_or_documents=text,
            prompt_description=task.instruction,
            config=ModelConfig(
                model_id=asked.model,
                provider="openai",
                provider_kwargs={
                    "api_key": "none",
                    "base_url": asked.url,
                    "temperature": 0.0,
                    "max_output_tokens": task.tokens + ENVELOPE_TOKENS + ITEM_TOKENS * len(task.schema["properties"]),
                },
            ),
            output_schema=schema_of(task),
            max_char_buffer=len(text) + 1,
            resolver_params={"suppress_parse_errors": False},
            show_progress=False,
        )
    except Exception as error:  # noqa: BLE001  (whatever a library raises: the task has no answer)
        return calls.failed(name, error)
    said = {item.extraction_class: item.extraction_text for item in found.extractions or ()}
    if not said:
        return calls.failed(name, LookupError("nothing was extracted"))
    return name, dict.fromkeys(task.schema["properties"], "") | said


def schema_of(task: Task) -> dict[str, Any]:
    """Give the envelope that langextract reads: a list of objects of one property each, as many as the task has.

    Where the list may be empty, a small model leaves it so.
    """
    envelope = langextract.schema.extractions_schema(
        *(
            {"type": "object", "properties": {name: rules}, "required": [name], "additionalProperties": False}
            for name, rules in task.schema["properties"].items()
        )
    )
    wanted = len(task.schema["properties"])
    envelope["properties"]["extractions"] |= {"minItems": wanted, "maxItems": wanted}
    return envelope


if __name__ == "__main__":
    run(lambda asked, calls: lambda: ask(asked, calls))
