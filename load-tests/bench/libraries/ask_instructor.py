"""The tasks through instructor, as its page on OpenAI-compatible servers shows: a pydantic model an answer.

A model that an answer does not fit is asked again with the error, as often as instructor does by default.
"""

import asyncio
from typing import Annotated, Any, Literal

import instructor
from asked import Answer, Asked, Calls, Task, run, type_in
from openai import AsyncOpenAI
from pydantic import BaseModel, ConfigDict, Field, create_model

ANSWER_SECONDS = 3600


class Asking:
    """A client and the models of all answers."""

    def __init__(self, asked: Asked, calls: Calls) -> None:
        server = AsyncOpenAI(base_url=asked.url, api_key="none", max_retries=0, timeout=ANSWER_SECONDS)
        self._client = instructor.from_openai(server, mode=instructor.Mode.JSON_SCHEMA)
        self._client.on("completion:kwargs", calls.count)
        self._asked = asked
        self._calls = calls
        self._models = {name: model_of(task) for name, task in asked.tasks.items()}
        self._side_by_side = asyncio.Semaphore(asked.side_by_side)

    def all(self) -> list[Answer]:
        """Ask about all documents, as many side by side as is asked for."""
        return [answer for answers in asyncio.run(self._all()) for answer in answers]

    async def _all(self) -> list[list[Answer]]:
        return await asyncio.gather(*map(self._one, self._asked.texts))

    async def _one(self, text: str) -> list[Answer]:
        async with self._side_by_side:
            said = await self._call("type", text)
            answers = [said, await self._call("summary", text)]
            if (fields := f"fields of {type_in(said[1])}") in self._asked.tasks:
                answers.append(await self._call(fields, text))
        return answers

    async def _call(self, name: str, text: str) -> Answer:
        task = self._asked.tasks[name]
        try:
            said: BaseModel = await self._client.create(
                model=self._asked.model,
                messages=[{"role": "system", "content": task.instruction}, {"role": "user", "content": text}],
                response_model=self._models[name],
                temperature=0,
                max_tokens=task.tokens,
            )
        except Exception as error:  # noqa: BLE001  (whatever a library raises: the task has no answer)
            return self._calls.failed(name, error)
        return name, said.model_dump()


def model_of(task: Task) -> type[BaseModel]:
    """Make the pydantic model of a task's schema: texts that have a greatest length, or one of some words."""
    fields: dict[str, Any] = {name: (kind_of(rules), ...) for name, rules in task.schema["properties"].items()}
    return create_model("Answer", __config__=ConfigDict(extra="forbid"), **fields)


def kind_of(rules: dict[str, Any]) -> Any:  # noqa: ANN401  (a type)
    """Give the type of a property."""
    if "enum" in rules:
        return Literal[tuple(rules["enum"])]
    return Annotated[str, Field(max_length=rules["maxLength"])]


if __name__ == "__main__":
    run(lambda asked, calls: Asking(asked, calls).all)
