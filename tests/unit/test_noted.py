"""What measurements ask a model: only what it was never asked, of its own answers alone."""

import json
from collections.abc import Sequence
from pathlib import Path

import calibrate
import pytest
from first_readings import first_readings
from hostile.attacks import letters_in
from lessons import LAYOUTS, MADE, of_other_people
from noted import Noted
from recorded import Record, Recorded, key_of
from scripted import ScriptedEngine

from services.answers.calibration import UNFITTED, read_calibration
from services.answers.places.learned import NO_PLACES
from services.cli import evaluation
from services.evaluation.place_learning import PlaceLesson
from services.inference.engines.port import EngineIdentity, Generation, Prompt
from services.settings import Settings
from services.wiring import places_of

PROMPT = Prompt("request", "Classify.", "Rechnung Nr. 4711", {"type": "object"}, 40, 5)
OTHER = Prompt("request", "Classify.", "Mahnung", {"type": "object"}, 40, 5)


def record(model: str, *prompts: Prompt) -> Record:
    identity = EngineIdentity(model, "sha", {})
    return Record(
        identity=identity, context_tokens=4096, answers={key_of(p): Generation(model, "stop", 1, 1) for p in prompts}
    )


async def test_what_is_written_is_what_was_asked_this_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recorded.Texts", lambda _: None)
    noted = Noted(record("small", PROMPT, OTHER))
    engine = await noted.load(Settings(), print, None)
    assert isinstance(engine, Recorded)
    assert (await engine.generate(PROMPT)).text == "small"
    noted.write(tmp_path / "answers" / "small.json.gz")
    assert Record.read(tmp_path / "answers" / "small.json.gz").answers.keys() == {key_of(PROMPT)}


async def test_without_a_record_everything_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded = ScriptedEngine()

    async def load(*_: object) -> ScriptedEngine:
        return loaded

    monkeypatch.setattr("noted.load_engine", load)
    noted = Noted(None)
    engine = await noted.load(Settings(), print, None)
    assert engine.identity is loaded.identity
    noted.write(tmp_path / "nothing.json.gz")
    assert Record.read(tmp_path / "nothing.json.gz").answers == {}


def test_answers_of_another_model_are_none_of_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "SAMPLES", tmp_path)
    monkeypatch.setattr(calibrate, "ANSWERS", tmp_path)
    record("small", PROMPT).write(tmp_path / "small.json.gz")
    record("small", OTHER).write(tmp_path / "answers.json.gz")
    record("large", OTHER).write(tmp_path / "large.json.gz")
    small, large = calibrate.kept("small"), calibrate.kept("large")
    assert small is not None
    assert large is not None
    assert small.answers.keys() == {key_of(PROMPT), key_of(OTHER)}
    assert {answer.text for answer in small.answers.values()} == {"small"}
    assert {answer.text for answer in large.answers.values()} == {"large"}
    assert calibrate.kept("unknown") is None


def test_confidences_are_fitted_to_sets_that_were_read_and_not_to_the_newest(tmp_path: Path) -> None:
    unread = calibrate.SAMPLES / "unread"
    calibrate.write_documents(tmp_path)
    written = {path.name for path in tmp_path.iterdir()}
    for name in calibrate.READ:
        assert {letter.file_name for letter in letters_in(unread / f"{name}_invoices.yaml").values()} <= written
    labels = json.loads((tmp_path / "labels.json").read_text("utf-8")).values()
    pairs = {(label["fields"].get("invoice_number"), label["fields"].get("seller_name")) for label in labels}
    newest = letters_in(unread / "tenth_invoices.yaml").values()
    assert pairs.isdisjoint((letter.values["invoice_number"], letter.values["seller_name"]) for letter in newest)


def test_confidences_are_fitted_to_first_readings_of_documents_that_are_not_among_those_asked() -> None:
    shipped = read_calibration((calibrate.SHIPPED / "qwen2.5-coder-1.5b-instruct.json").read_bytes()).fitted
    earlier = first_readings("qwen2.5-coder-1.5b-instruct")
    assert shipped is not None
    assert len({row.document for row in earlier.fields if not row.right}) > 10
    assert shipped.documents > len(earlier.documents) > 100


class JudgedError(Exception):
    """The documents would be judged now."""


def test_documents_made_for_development_are_judged_by_places_learned_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned, folders, judged_by = NO_PLACES.model_copy(update={"documents": 7}), list[Path](), list[int]()

    def place_lessons(given: Sequence[Path]) -> list[PlaceLesson]:
        folders.extend(given)
        return []

    def run(_: evaluation.Order, settings: Settings, *__: object) -> None:
        judged_by.append(places_of(settings).documents)
        raise JudgedError

    for name in ("SHIPPED", "RESULTS"):
        monkeypatch.setattr(calibrate, name, tmp_path)
    monkeypatch.setattr(calibrate, "kept", lambda _: None)
    monkeypatch.setattr(calibrate, "write_documents", lambda _: 0)
    monkeypatch.setattr(calibrate, "place_lessons", place_lessons)
    monkeypatch.setattr(calibrate, "learn_places", lambda *_: learned)
    monkeypatch.setattr(calibrate.evaluation, "run", run)
    monkeypatch.setattr("sys.argv", ["calibrate.py"])
    with pytest.raises(JudgedError):
        calibrate.main()
    assert judged_by == [learned.documents]
    assert len(folders) > 10
    assert {folder.parent for folder in folders if folder != MADE} == {LAYOUTS}, "where none of them lies"


def test_nothing_is_learned_from_papers_that_no_model_has_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {folder.name for folder in of_other_people()} >= {"development", "first", "sixteenth"}
    monkeypatch.setattr("lessons.LAYOUTS", tmp_path)
    monkeypatch.setattr("lessons.DEVELOPMENT", tmp_path / "development")
    monkeypatch.setattr("lessons.ANSWERS", tmp_path / "answers")
    for name in ("development", "sixth", "sixteenth", "unlabelled"):
        (tmp_path / name).mkdir()
        if name != "unlabelled":
            (tmp_path / name / "labels.json").write_text("{}", "utf-8")
    (tmp_path / "answers").mkdir()
    for name in ("sixth", "unlabelled"):
        (tmp_path / "answers" / f"{name}-small.json.gz").touch()
    assert [folder.name for folder in of_other_people()] == ["development", "sixth", "papers"]


def test_a_fit_begins_with_what_is_set_by_hand_where_what_ships_is_of_other_features(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    ours = UNFITTED.model_copy(update={"review_below": 0.5})
    for shipped, begun in ((None, UNFITTED), ('{"version": 1}', UNFITTED), (ours.model_dump_json(), ours)):
        if shipped is not None:
            file.write_text(shipped, "utf-8")
        calibrate.begin_with(file)
        assert read_calibration(file.read_bytes()) == begun
