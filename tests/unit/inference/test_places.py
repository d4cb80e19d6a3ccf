"""Where values stand decides in the end, before what they are worth is weighed; by what was learned of it."""

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine, letter
from unit.answers.places.spots import learned

from schemas.document_types import load_document_types
from schemas.events import FindingKind
from services.answers.calibration import UNFITTED
from services.answers.places.learned import NO_PLACES, LearnedPlaces
from services.inference.admit import Admitted
from services.inference.ask import Asker
from services.inference.check import check_or_answer
from services.inference.outcome import Answered
from services.inference.pipeline import pipeline_of
from services.inference.windows import whole
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
GIVEN = {
    "invoice_number": "RE-7",
    "issue_date": "19.06.2026",
    "seller_name": "Nordwerk GmbH",
    "gross_total": "119,00 €",
}
TEXT = f"Nordwerk GmbH\nStichtag: 05.06.2026\nVersand: 19.06.2026\n{letter('invoice', **GIVEN)}"
LEARNED = learned({"date:of_document": {"before:stichtag": 9.0}, "name:sender": {"line0": 7.0}})


async def answered(places: LearnedPlaces) -> Answered:
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    calibration = UNFITTED.model_copy(update={"review_below": 0.0})
    asker = Asker(ScriptedEngine(), TYPES, "document", tracing, metrics, calibration=calibration, learned_places=places)
    outcome = check_or_answer(await asker.ask(Admitted(pending_document(TEXT), [whole((TEXT,))])))
    assert isinstance(outcome, Answered)
    return outcome


async def test_a_value_is_taken_from_where_it_far_likelier_stands_and_weighed_there() -> None:
    outcome = await answered(LEARNED)
    issued = next(field for field in outcome.fields if field.path == "issue_date")
    assert (issued.value, issued.char_start) == ("2026-06-05", TEXT.index("05.06.2026"))
    assert [(item.kind, item.fields) for item in outcome.findings] == [(FindingKind.REPAIRED, ["issue_date"])]
    signals = outcome.signals["issue_date"]
    assert (signals.placed, signals.copied) == (5.0, False)
    assert outcome.signals["seller_name"].placed == 3.0
    assert outcome.signals["invoice_number"].placed is None


async def test_without_learned_places_what_was_copied_stays() -> None:
    outcome = await answered(NO_PLACES)
    assert next(field for field in outcome.fields if field.path == "issue_date").value == "2026-06-19"
    assert outcome.findings == []
    assert {signals.placed for signals in outcome.signals.values()} == {None}


def test_other_places_are_another_pipeline() -> None:
    identity = ScriptedEngine().identity
    made = [pipeline_of(identity, TYPES, "de", learned_places=places) for places in (NO_PLACES, LEARNED, LEARNED)]
    said = [pipeline.settings["learned_places_sha256"] for pipeline in made]
    assert said == [NO_PLACES.fingerprint, LEARNED.fingerprint, LEARNED.fingerprint]
    assert made[1].pipeline_id == made[2].pipeline_id != made[0].pipeline_id
