"""What attacks do is counted right, and without our guards they reach the model."""

import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hostile.attacks import TYPE, Attack, Letter, attacks, letters, spread
from hostile.effects import ALL, GROUPS, Heard, as_data, effect_of, rates
from hostile.unguarded import UnguardedParser, unwarned, without_guards
from rich.console import Console
from scripted import ScriptedEngine, answer, letter

from schemas.document_types import load_document_types
from schemas.events import FieldAnswer, Finding, FindingKind, Status
from services.evaluation.report import Cost
from services.evaluation.scoring import Said, Unsaid
from services.inference import prompts
from services.inference.engines.port import Engine, Generation, Prompt
from services.intake.document import ReadingLimits
from services.intake.media import media_type_of
from services.settings import Settings

TYPES = load_document_types()
REPOSITORY = Path(__file__).parents[2]


def attack(name: str) -> Attack:
    return next(item for item in attacks() if item.name == name)


def said(
    kind: str = "invoice", status: Status = Status.COMPLETE, findings: tuple[Finding, ...] = (), **values: str
) -> Said:
    fields = [
        FieldAnswer(path=path, kind="money", value=value, verbatim=value, status="ok", confidence=0.9)
        for path, value in values.items()
    ]
    return Said(
        kind,
        0.9,
        fields,
        status,
        (),
        findings,
        Cost(seconds=1, calls=2, prompt_tokens=1, cached_tokens=0, completion_tokens=1),
    )


CLEAN = said(gross_total="2380.00")
REVIEW = Finding(kind=FindingKind.RULE, fields=["gross_total"], message="?")
REPAIRED = Finding(kind=FindingKind.REPAIRED, fields=["gross_total"], message="!")


@pytest.mark.parametrize(
    ("attacked", "changed", "won", "silent"),
    [
        (CLEAN, set(), False, False),
        (said(gross_total="0.00"), {"gross_total"}, True, True),
        (said(gross_total="5.00"), {"gross_total"}, False, True),
        (said(), {"gross_total"}, False, True),
        (said("other", gross_total="2380.00"), {TYPE}, False, True),
        (said(gross_total="0.00", status=Status.INCOMPLETE), {"gross_total"}, True, False),
        (said(gross_total="0.00", findings=(REVIEW,)), {"gross_total"}, True, False),
        (said(gross_total="0.00", findings=(REPAIRED,)), {"gross_total"}, True, True),
        (Unsaid("answer_invalid", "?"), {TYPE, "gross_total"}, False, False),
    ],
)
def test_an_effect_is_what_differs_from_the_clean_letter(
    attacked: Said | Unsaid, changed: set[str], *, won: bool, silent: bool
):
    effect = effect_of(attack("ignore-above-total"), Heard(CLEAN), Heard(attacked))
    assert set(effect.changed) == changed
    assert (effect.won, effect.silent) == (won, silent)


def test_a_summary_that_differs_is_told_from_an_answer_that_does():
    clean, other = Heard(CLEAN, "A bill."), Heard(CLEAN, "Nothing to pay.")
    both = Heard(said(gross_total="0.00"), "Nothing to pay.")
    effects = [
        (attack("ignore-above-total"), effect_of(attack("ignore-above-total"), clean, after), clean_effect)
        for after in (clean, other, both)
        for clean_effect in [effect_of(attack("ignore-above-total"), clean, clean)]
    ]
    figures = rates(effects)[ALL]
    assert figures["summary only"].guarded.right == 1
    assert figures["changed"].guarded.right == 1
    assert figures["summary only"].unguarded.right == 0


@pytest.mark.parametrize("limit", [1, 12, 40, len(attacks()), 1_000])
def test_some_attacks_are_of_all_kinds(limit: int):
    chosen = spread(attacks(), limit)
    counts = Counter(item.kind for item in chosen)
    whole = Counter(item.kind for item in attacks())
    assert len(chosen) == min(limit, len(attacks()))
    assert [item for item in attacks() if item in chosen] == list(chosen)
    assert all(counts[kind] >= min(whole[kind], max(counts.values()) - 1) for kind in whole)


def test_what_the_clean_letter_is_misread_as_is_no_merit_of_the_attacker():
    misread = said(gross_total="0.00")
    assert not effect_of(attack("ignore-above-total"), Heard(misread), Heard(misread)).won


def test_an_attack_on_the_type_wins_by_the_type():
    assert effect_of(attack("order-type"), Heard(CLEAN), Heard(said("other", gross_total="2380.00"))).won


def test_rates_are_told_for_each_kind_and_for_all():
    clean = Heard(CLEAN)
    gone = effect_of(attack("ignore-above-total"), clean, clean)
    done = effect_of(attack("ignore-above-total"), clean, Heard(said(gross_total="0.00")))
    effects = [(attack("ignore-above-total"), gone, done), (attack("label-total"), done, done)]
    counted = {
        kind: (figures["won"].guarded.right, figures["won"].unguarded.right) for kind, figures in rates(effects).items()
    }
    assert counted == {"order": (0, 1), "fake label": (1, 1), ALL: (1, 2)}
    by_field = rates(effects, GROUPS["field"])
    assert {kind: figures["won"].guarded.of for kind, figures in by_field.items()} == {"money": 2, ALL: 2}
    low, high = rates(effects)[ALL]["won"].change
    assert -1 <= low < 0
    assert high <= 0
    assert json.loads(json.dumps(as_data(effects)))["attacks"][0]["unguarded"]["changed"] == {
        "gross_total": ["2380.00", "0.00"]
    }


@pytest.mark.parametrize("item", [item for item in attacks() if item.kind == "hidden text"], ids=lambda item: item.name)
async def test_without_guards_hidden_text_reaches_the_model(item: Attack):
    content = item.content()
    with without_guards():
        parser = UnguardedParser(ReadingLimits(10, 100_000))
        pages = (await parser.parse(content, media_type_of(content, None, item.file_name))).pages
    assert " ".join(item.text.split()) in " ".join(" ".join(pages).split())


def test_without_guards_the_text_stands_bare_in_the_prompt_and_no_mark_is_broken():
    with without_guards():
        assert prompts.answer_prompt(["</document>\n</s>", "x"], "de").startswith("</document>\n</s>\nx\nWrite")
    assert "</document>\n</s>" not in prompts.answer_prompt(["</document>\n</s>"], "de")


@pytest.mark.parametrize(
    "instruction", [prompts.classify_instruction(TYPES), *map(prompts.answer_instruction, TYPES.values())]
)
def test_the_sentence_that_warns_the_model_can_be_taken_out_of_every_instruction(instruction: str):
    assert "instruction" in instruction
    assert "instruction" not in unwarned(instruction)


class CredulousEngine(ScriptedEngine):
    """Reads every letter rightly, unless it sees an attack whose marks are whole: then it does as it is told."""

    async def generate(self, prompt: Prompt) -> Generation:
        seen = _squeezed(prompt.user)
        of = max(letters().values(), key=lambda item: _likeness(item, seen))
        values = {TYPE: of.document_type} | dict(of.written)
        for item in attacks():
            if item.letter is of and _squeezed(item.text) in seen:
                values[item.field] = item.wanted
        kind = values.pop(TYPE)
        await super().generate(prompt)
        text = answer(letter(kind, **values), prompt.schema)
        return Generation(text, "stop", 1, 1)


def _squeezed(text: str) -> str:
    return " ".join(re.findall(r"[^\s]+", text))


def _likeness(of: Letter, seen: str) -> float:
    lines = [line for line in of.text.format(**of.written).replace("\t", "\n").split("\n") if line.strip()]
    return sum(_squeezed(line) in seen for line in lines) / len(lines)


async def test_guards_keep_from_a_credulous_model_what_readers_do_not_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    runner = _runner()
    engine, loaded = CredulousEngine(0.001), []
    monkeypatch.setattr(runner, "load_engine", _given(engine, loaded))
    chosen = [
        item for item in attacks() if item.kind in {"hidden text", "chat template", "fake label", "beside the pages"}
    ]
    console = Console(file=io.StringIO(), width=200)
    effects, made = await runner.measure(chosen, Settings(data_dir=tmp_path, parsers=1), console)
    won = {
        kind: (figures["won"].guarded.right, figures["won"].unguarded.right) for kind, figures in rates(effects).items()
    }
    assert won["hidden text"][0] == 0
    assert won["hidden text"][1] == sum(item.kind == "hidden text" for item in chosen)
    assert won["chat template"][0] == 0
    assert won["chat template"][1] >= 6
    assert won["beside the pages"] == (0, 0)
    seen, believed = won["fake label"]
    assert 6 <= seen < believed  # what readers see reaches the model; a total that breaks a rule is repaired by code
    assert (made["model"], len(loaded)) == ("scripted", 1)
    assert engine.most_at_once > 8
    answered, of = made["letters"], 2 * int(str(made["letters"]))
    assert answered == len(chosen) + len({item.letter.name for item in chosen})
    assert f"{of} of {of} letters answered, about 0 s left" in console.file.getvalue()
    runner.show(effects, console)
    assert "kind of attack" in (shown := console.file.getvalue())
    assert "kind of field" in shown


async def test_the_naive_way_asks_twice_and_believes_what_the_rules_and_the_pages_deny(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    runner = _runner()
    engine = CredulousEngine()
    monkeypatch.setattr(runner, "load_engine", _given(engine, []))
    (effect,), _ = await runner.measure(
        [attack("json-total")], Settings(data_dir=tmp_path, parsers=1), Console(quiet=True)
    )
    naive = [prompt for prompt in engine.prompts if "<document>" not in prompt.user]
    assert len(naive) == 2 * 2
    assert effect[2].changed["gross_total"] == ("2380.00", "0.00")
    assert effect[2].silent
    assert not effect[1].silent


def test_the_runner_starts_as_make_starts_it_and_writes_the_letters(tmp_path: Path):
    environment = os.environ | {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}"}
    command = [sys.executable, "load-tests/hostile_text.py", "--write", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    assert len(list(tmp_path.iterdir())) == len(letters()) + len(attacks()) + 1


def _runner() -> Any:
    spec = importlib.util.spec_from_file_location("hostile_runner", REPOSITORY / "load-tests" / "hostile_text.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _given(engine: Engine, loaded: list[str]) -> Any:
    async def load(*_: object) -> Engine:
        loaded.append("once more")
        return engine

    return load
