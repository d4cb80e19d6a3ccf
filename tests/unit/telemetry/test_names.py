from schemas.events import Step
from services.telemetry import names


def test_spans_are_numbered_as_the_steps_of_events_and_sql() -> None:
    spans = [names.ACCEPT, names.PARSE, names.STORE, names.ADMIT, names.ASK, names.CHECK, names.RECORD, names.RELAY]
    assert [names.span_of(step) for step in Step] == spans


def test_names_taken_from_the_semantic_conventions_are_theirs() -> None:
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes, messaging_attributes  # noqa: PLC0415  (unstable module)
    from opentelemetry.semconv._incubating.metrics import gen_ai_metrics  # noqa: PLC0415  (unstable module)

    theirs = {
        value
        for module in (gen_ai_attributes, messaging_attributes, gen_ai_metrics)
        for value in vars(module).values()
        if isinstance(value, str)
    }
    ours = {
        value
        for name, value in vars(names).items()
        if name.isupper() and isinstance(value, str) and value.startswith(("gen_ai.", "messaging."))
    }
    assert ours
    assert ours <= theirs
