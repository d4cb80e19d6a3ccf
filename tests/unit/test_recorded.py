"""What a model said is said again for the same prompt alone; for any other one the model is asked."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import recorded
from recorded import Noting, Record, Recorded, key_of
from scripted import ScriptedEngine

from services.inference.engines.port import Engine, Generation, Prompt, Token

PROMPT = Prompt("request", "Classify.", "Rechnung Nr. 4711", {"type": "object"}, 40, 5)
SAID = Generation("{}", "stop", 7, 2, tokens=(Token("{", -0.25, (("[", -1.5),)), Token("}", 0.0)))


class Counted(ScriptedEngine):
    """Says that it was loaded, and whether it was closed."""

    closed = False

    async def generate(self, prompt: Prompt) -> Generation:
        return replace(SAID, text=prompt.user)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def loaded() -> list[Counted]:
    return []


@pytest.fixture
def engine(loaded: list[Counted], monkeypatch: pytest.MonkeyPatch) -> Recorded:
    async def load() -> Engine:
        loaded.append(Counted())
        return cast("Any", loaded[-1])

    monkeypatch.setattr(recorded, "Texts", lambda _: None)
    record = Record(identity=ScriptedEngine().identity, context_tokens=4096, answers={key_of(PROMPT): SAID})
    return Recorded(record, Path(), load)


async def test_what_was_asked_before_needs_no_model(engine: Recorded, loaded: list[Counted]) -> None:
    assert await engine.generate(replace(PROMPT, request_id="another")) == SAID
    await engine.close()
    assert (loaded, engine.asked_anew) == ([], 0)


@pytest.mark.parametrize(
    "change",
    [{"system": "Extract."}, {"user": "Rechnung Nr. 4712"}, {"schema": {}}, {"max_tokens": 41}, {"alternatives": 0}],
)
async def test_whatever_else_is_asked_the_model_answers_once_loaded(
    engine: Recorded, loaded: list[Counted], change: dict[str, Any]
) -> None:
    other = replace(PROMPT, **change)
    assert [(await engine.generate(other)).text for _ in range(2)] == [other.user] * 2
    assert set(engine.noted) == {key_of(other)}
    with pytest.warns(UserWarning, match="2 prompts"):
        await engine.close()
    assert [one.closed for one in loaded] == [True]


async def test_a_record_is_read_as_it_was_written_and_has_the_same_bytes(tmp_path: Path) -> None:
    noting = Noting(cast("Any", Counted()))
    prompts = [PROMPT, replace(PROMPT, user="Mahnung")]
    for prompt in prompts:
        await noting.generate(prompt)
    for number, keys in enumerate((list(noting.noted), list(reversed(noting.noted)))):
        answers = {key: noting.noted[key] for key in keys}
        record = Record(identity=noting.identity, context_tokens=noting.context_tokens, answers=answers)
        record.write(tmp_path / str(number))
    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()
    read = Record.read(tmp_path / "0")
    assert {key: answer.text for key, answer in read.answers.items()} == {key_of(one): one.user for one in prompts}
    assert read.model_copy(update={"answers": answers}).model_dump() == record.model_dump()
    assert read.answers[key_of(PROMPT)].tokens[0] == Token("{", -0.25, [("[", -1.5)])
