"""What the composition root makes of settings: confidences, words that speak for types, the price of an hour."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine, letter

from schemas.document_types import load_document_types
from services import wiring
from services.answers.calibration import UNFITTED, Calibration
from services.answers.learned_words import NO_WORDS, shipped_words
from services.answers.places.learned import NO_PLACES, shipped_places
from services.cli import serving
from services.inference.admit import Admitted
from services.inference.windows import whole
from services.models import catalogue
from services.models.catalogue import Catalogue, load_catalogue
from services.settings import Settings, SettingsError, load_settings
from services.storage.records import Price
from services.telemetry.load_times import LoadTimes
from services.telemetry.metrics import Metrics
from services.telemetry.state import State, StateFile, read_state
from services.telemetry.tracing import Tracing
from services.vitals import Vitals
from services.wiring import (
    NO_ROUTING,
    Place,
    asker_of,
    calibration_of,
    configured_pipeline,
    places_of,
    price_of,
    words_of,
)

OURS = UNFITTED.model_copy(update={"other_below": 0.4})
SHIPPED = UNFITTED.model_copy(update={"other_below": 0.2})


def settings(tmp_path: Path, **changes: object) -> Settings:
    return Settings(data_dir=tmp_path, engine="remote", engine_urls=["http://nowhere"], **changes)  # type: ignore[arg-type]


def written(tmp_path: Path, calibration: Calibration) -> Path:
    file = tmp_path / "given.json"
    file.write_text(calibration.model_dump_json(), "utf-8")
    return file


@pytest.fixture
def shipping(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Let a calibration ship for the first model; give its name."""
    entry = next(iter(load_catalogue().values())).model_copy(update={"calibration": "calibrations/m.json"})
    package = tmp_path / "package"
    (package / "calibrations").mkdir(parents=True)
    (package / "calibrations" / "m.json").write_text(SHIPPED.model_dump_json(), "utf-8")

    def files(_: str) -> Traversable:
        return package

    monkeypatch.setattr(catalogue, "files", files)
    monkeypatch.setattr(wiring, "load_catalogue", lambda: Catalogue((entry,)))
    return entry.name


def test_a_model_that_nobody_knows_has_numbers_set_by_hand(tmp_path: Path) -> None:
    assert calibration_of(settings(tmp_path, model="nobody")) == UNFITTED


def test_what_ships_for_a_model_is_of_that_model_alone(shipping: str, tmp_path: Path) -> None:
    assert calibration_of(settings(tmp_path, model=shipping)) == SHIPPED
    assert calibration_of(settings(tmp_path, model="nobody")) == UNFITTED


def test_the_owners_own_goes_before_what_ships(shipping: str, tmp_path: Path) -> None:
    assert calibration_of(settings(tmp_path, model=shipping, calibration=written(tmp_path, OURS))) == OURS


def test_one_that_cannot_be_used_is_a_wrong_setting_and_nothing_is_started(tmp_path: Path) -> None:
    broken = written(tmp_path, OURS)
    broken.write_bytes(b"{\xff")
    for file, reason in ((tmp_path / "absent.json", "No such file"), (broken, "no calibration of this version")):
        with pytest.raises(SettingsError, match=rf"^POSTKORB_CALIBRATION: .*{file.name}: {reason}"):
            serving.check(settings(tmp_path, calibration=file))


def test_what_ships_can_be_used_and_was_fitted() -> None:
    for name in load_catalogue():
        calibration = calibration_of(Settings(model=name, calibration=None))
        assert calibration == UNFITTED or calibration.fitted
    assert calibration_of(Settings(calibration=None)).fitted, "the demo's model has one"


def test_the_owners_own_words_go_before_those_that_ship(tmp_path: Path) -> None:
    assert words_of(settings(tmp_path)) == shipped_words()
    file, ours = tmp_path / "words.json", shipped_words().model_copy(update={"documents": 7})
    file.write_text(ours.as_json(), "utf-8")
    assert words_of(settings(tmp_path, learned_words=file)) == ours


def test_words_of_other_types_altogether_are_a_wrong_setting_and_nothing_is_started(tmp_path: Path) -> None:
    file, broken = tmp_path / "words.json", tmp_path / "broken.json"
    file.write_text(NO_WORDS.model_copy(update={"types": ("other", "waybill"), "bias": (0.0, 0.0)}).as_json(), "utf-8")
    broken.write_text("{", "utf-8")
    for given, reason in (
        (file, "learned for other, waybill, and none of these is a type here; `postkorb types learn`"),
        (broken, "no learned words of this version"),
        (tmp_path / "absent.json", "No such file"),
    ):
        with pytest.raises(SettingsError, match=rf"^POSTKORB_LEARNED_WORDS: .*{given.name}: {reason}"):
            serving.check(settings(tmp_path, learned_words=given))


def test_the_owners_own_places_go_before_those_that_ship_and_are_another_pipeline(tmp_path: Path) -> None:
    assert places_of(settings(tmp_path)) is shipped_places()
    file, ours = tmp_path / "places.json", NO_PLACES.model_copy(update={"documents": 7})
    file.write_text(ours.as_json(), "utf-8")
    assert places_of(settings(tmp_path, learned_places=file)).as_json() == ours.as_json()
    made = [
        configured_pipeline(each, ScriptedEngine(), load_document_types(), UNFITTED)
        for each in (settings(tmp_path), settings(tmp_path, learned_places=file))
    ]
    said = [pipeline.settings["learned_places_sha256"] for pipeline in made]
    assert said == [shipped_places().fingerprint, ours.fingerprint]
    assert made[0].pipeline_id != made[1].pipeline_id


def test_places_that_cannot_be_used_are_a_wrong_setting_and_nothing_is_started(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"{\xff")
    for given, reason in (
        (broken, "no learned places of this version .*; `postkorb types learn-places` makes them"),
        (tmp_path / "absent.json", "No such file"),
    ):
        with pytest.raises(SettingsError, match=rf"^POSTKORB_LEARNED_PLACES: .*{given.name}: {reason}"):
            serving.check(settings(tmp_path, learned_places=given))


async def test_what_asks_knows_the_places_of_the_settings(tmp_path: Path) -> None:
    file, ours = tmp_path / "places.json", NO_PLACES.model_copy(update={"documents": 7})
    file.write_text(ours.as_json(), "utf-8")
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    given = settings(tmp_path, learned_places=file)
    asker = await asker_of(given, ScriptedEngine(), load_document_types(), UNFITTED, tracing, metrics)
    text = letter("invoice", invoice_number="RE-7")
    asked = await asker.ask(Admitted(pending_document(text), [whole((text,))]))
    assert asked.learned_places.as_json() == ours.as_json()


def test_the_price_of_an_hour_is_that_of_the_settings(tmp_path: Path) -> None:
    assert price_of(settings(tmp_path)) is None
    assert price_of(settings(tmp_path, hourly_price="0.35", currency="EUR")) == Price(Decimal("0.35"), "EUR")
    assert price_of(settings(tmp_path, hourly_price=0, currency="EUR")) == Price(Decimal(0), "EUR")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hourly_price": "1"}, "POSTKORB_HOURLY_PRICE needs POSTKORB_CURRENCY, such as EUR"),
        ({"hourly_price": "-1", "currency": "EUR"}, "POSTKORB_HOURLY_PRICE: "),
        ({"hourly_price": "1", "currency": "Euro"}, "POSTKORB_CURRENCY: "),
    ],
)
def test_a_price_that_says_nothing_is_a_wrong_setting(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=f"^{said}"):
        load_settings(**given)


MODEL = "qwen (2.9 GiB)"


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Give what loads a scripted engine as inference does at its start, and gives what was said while it loaded."""
    said: list[tuple[str, float | None]] = []
    clock = iter(range(0, 10_000, 40))

    async def load_engine(_settings: Settings, say: Callable[[str], None], _routes: object) -> ScriptedEngine:
        say(MODEL)
        state = read_state(tmp_path, "inference")
        assert state is not None
        assert state.state is State.LOADING
        said.append((state.detail, state.expected_seconds))
        say("acme on 1 servers")
        return ScriptedEngine()

    async def start(given: Settings) -> tuple[str, float | None]:
        vitals = Vitals(Metrics(NoOpMeterProvider().get_meter("test")))
        async with AsyncExitStack() as stack:
            place = Place(stack, given, telemetry=None, state=StateFile(tmp_path, "inference"), vitals=vitals)  # type: ignore[arg-type]
            await wiring._loaded_engine(place, NO_ROUTING.routes)
        return said[-1]

    monkeypatch.setattr(wiring, "load_engine", load_engine)
    monkeypatch.setattr(wiring, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    return start


async def test_a_start_says_how_long_the_model_took_to_load_the_last_time(
    tmp_path: Path, load: Callable[..., Any]
) -> None:
    here = settings(tmp_path).model_copy(update={"engine": "in-process"})
    assert await load(here) == (MODEL, None)
    assert await load(here) == (MODEL, 40.0)
    assert LoadTimes(tmp_path).last("acme on 1 servers") is None


async def test_what_servers_elsewhere_have_loaded_is_not_kept(tmp_path: Path, load: Callable[..., Any]) -> None:
    assert await load(settings(tmp_path)) == (MODEL, None)
    assert LoadTimes(tmp_path).last(MODEL) is None
