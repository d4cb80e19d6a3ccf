"""Several models in one deployment: each is asked for its own documents, and one that is away takes nobody along."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine, letter

from schemas.document_types import load_document_types
from services.answers.calibration import UNFITTED
from services.inference.admit import Admitted
from services.inference.ask import Asked, Asker
from services.inference.check import check
from services.inference.engines.port import (
    EngineAwayError,
    EngineError,
    EngineIdentity,
    Generation,
    ModelAwayError,
    ModelDeniedError,
    ModelIdentity,
    Prompt,
)
from services.inference.engines.routed import RoutedEngine
from services.inference.pipeline import pipeline_of
from services.inference.routes import NO_ROUTING, Routing, read_routes
from services.inference.windows import whole
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
ROUTES = read_routes(
    """
models:
  acme: {urls: ["http://one"]}
  medical: {urls: ["http://two"]}
routes:
  - {tenant: acme, document_type: invoice, model: acme}
  - {document_type: medical_report, model: medical}
""",
    TYPES,
)
ROUTED_CALIBRATION = UNFITTED.model_copy(update={"other_below": 0.3})
INVOICE = letter("invoice", invoice_number="RE-7", issue_date="05.06.2026", seller_name="M", gross_total="1,00 €")


class Named(ScriptedEngine):
    """A scripted engine with a name, a context of its own, and perhaps away."""

    def __init__(self, name: str, context_tokens: int = 4096, *, letters_a_token: int = 4) -> None:
        super().__init__()
        offered = {name: ModelIdentity(name, name[0] * 64)}
        self.identity = EngineIdentity(name, name[0] * 64, {"engine": f"{name}'s"}, offered)
        self.context_tokens = context_tokens
        self.away: str | None = None
        self.error: Exception | None = None
        self._letters = letters_a_token

    @property
    def trouble(self) -> str | None:  # type: ignore[override]
        return self.away

    def count_tokens(self, texts: Any) -> list[int]:
        return [len(text) // self._letters for text in texts]

    async def generate(self, prompt: Prompt) -> Generation:
        if self.error:
            raise self.error
        return await super().generate(prompt)


@pytest.fixture
def own() -> Named:
    return Named("own")


@pytest.fixture
def acme() -> Named:
    return Named("acme", 2048, letters_a_token=2)


@pytest.fixture
def medical() -> Named:
    return Named("medical")


@pytest.fixture
def routed(own: Named, acme: Named, medical: Named) -> RoutedEngine:
    return RoutedEngine(own, {"acme": acme, "medical": medical})


def asker(engine: RoutedEngine) -> Asker:
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    routing = Routing(ROUTES, ROUTED_CALIBRATION)
    return Asker(engine, TYPES, "document", tracing, metrics, routing=routing)


def admitted(text: str, tenant: str = "default") -> Admitted:
    return Admitted(pending_document(text, tenant=tenant), [whole((text,))])


def ask(engine: RoutedEngine, text: str, tenant: str = "default") -> Asked:
    return asyncio.run(asker(engine).ask(admitted(text, tenant)))


def counts(*engines: Named) -> list[int]:
    return [len(engine.prompts) for engine in engines]


def test_the_own_model_classifies_and_the_routes_model_reads(
    routed: RoutedEngine, own: Named, acme: Named, medical: Named
):
    asked = ask(routed, INVOICE, "acme")
    assert counts(own, acme, medical) == [1, 1, 0]
    assert "document_type" in own.prompts[0].schema["properties"]
    assert [copies.verbatim["invoice_number"] for copies in asked.copies] == ["RE-7"]
    assert asked.read_by == ModelIdentity("acme", "a" * 64, settings={"engine": "acme's"})


def test_another_tenants_document_of_the_same_type_is_read_by_the_own_model(
    routed: RoutedEngine, own: Named, acme: Named, medical: Named
):
    asked = ask(routed, INVOICE, "other")
    assert counts(own, acme, medical) == [2, 0, 0]
    assert asked.read_by is None


def test_a_type_has_its_model_whatever_the_tenant(routed: RoutedEngine, own: Named, acme: Named, medical: Named):
    for tenant in ("acme", "other"):
        ask(routed, letter("medical_report"), tenant)
    assert counts(own, acme, medical) == [2, 0, 2]


def test_the_second_question_goes_to_the_model_that_answered_the_first(
    routed: RoutedEngine, own: Named, acme: Named, medical: Named
):
    async def both() -> None:
        of_engine = asker(routed)
        checked = check(await of_engine.ask(admitted(letter("invoice", invoice_number="RE-7"), "acme")))
        assert checked.question
        await of_engine.ask_again(checked.asked, checked.question)

    asyncio.run(both())
    assert counts(own, acme, medical) == [1, 2, 0]


def test_confidences_of_another_models_answers_are_made_by_another_calibration(routed: RoutedEngine):
    assert ask(routed, INVOICE, "acme").calibration == ROUTED_CALIBRATION
    assert ask(routed, INVOICE, "other").calibration == UNFITTED


def test_what_holds_for_all_documents_is_that_of_the_narrowest_model(routed: RoutedEngine):
    assert routed.context_tokens == 2048
    assert routed.count_tokens(["12345678", ""]) == [4, 0]


def test_as_many_documents_are_in_work_as_the_own_engine_takes(routed: RoutedEngine, own: Named, acme: Named):
    own.side_by_side, acme.side_by_side = 16, 64
    assert routed.side_by_side == 16


def test_an_away_model_is_not_an_away_engine(routed: RoutedEngine, own: Named, medical: Named):
    medical.error = EngineAwayError("no server answers")
    with pytest.raises(ModelAwayError, match="model medical: no server answers"):
        ask(routed, letter("medical_report"))
    ask(routed, INVOICE)
    own.error = EngineAwayError("no server answers")
    with pytest.raises(EngineAwayError):
        ask(routed, INVOICE)


def test_a_model_that_no_server_has_any_more_is_away(routed: RoutedEngine, medical: Named):
    medical.error = ModelDeniedError("status 404: no such model")
    with pytest.raises(ModelAwayError, match="model medical: status 404"):
        ask(routed, letter("medical_report", patient_name="A"))
    medical.away = "no server answers"
    assert routed.trouble == "model medical: no server answers"


def test_another_error_of_a_model_stays_what_it_is(routed: RoutedEngine, medical: Named):
    medical.error = EngineError("refused")
    with pytest.raises(EngineError, match=r"^refused$") as caught:
        ask(routed, letter("medical_report"))
    assert type(caught.value) is EngineError


def test_the_fingerprint_has_models_and_routes_and_is_the_old_one_without(routed: RoutedEngine, own: Named):
    plain = pipeline_of(own.identity, TYPES, "document")
    assert pipeline_of(own.identity, TYPES, "document", routing=NO_ROUTING) == plain
    assert "routing" not in plain.settings
    routing = Routing(ROUTES)
    whole = pipeline_of(routed.identity, TYPES, "document", routing=routing)
    assert whole.settings["routing"]["models"]["acme"]["model_sha256"] == "a" * 64
    assert whole.settings["routing"]["routes"][0] == {"tenant": "acme", "document_type": "invoice", "model": "acme"}
    others = {**routed.identity.others, "acme": ModelIdentity("acme", "f" * 64)}
    ids = {
        plain.pipeline_id,
        whole.pipeline_id,
        pipeline_of(replace(routed.identity, others=others), TYPES, "document", routing=routing).pipeline_id,
        pipeline_of(routed.identity, TYPES, "document", routing=Routing(ROUTES, ROUTED_CALIBRATION)).pipeline_id,
        pipeline_of(
            routed.identity,
            TYPES,
            "document",
            routing=Routing(ROUTES.model_copy(update={"routes": ROUTES.routes[:1]})),
        ).pipeline_id,
    }
    assert len(ids) == 5


def test_where_a_models_servers_are_does_not_change_the_fingerprint(routed: RoutedEngine):
    elsewhere = ROUTES.model_copy(
        update={
            "models": {
                name: model.model_copy(update={"urls": ("http://else",)}) for name, model in ROUTES.models.items()
            }
        }
    )
    made = [pipeline_of(routed.identity, TYPES, "document", routing=Routing(item)) for item in (ROUTES, elsewhere)]
    assert made[0] == made[1]
