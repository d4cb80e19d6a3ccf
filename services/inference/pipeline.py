"""A pipeline is a fingerprint: whatever changes answers changes its id."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from schemas.document_types import DocumentTypes
from services.answers.calibration import UNFITTED, Calibration
from services.answers.learned_words import NO_WORDS, LearnedWords
from services.answers.places.learned import NO_PLACES, LearnedPlaces
from services.answers.questions import Question
from services.answers.summary_check import Summary
from services.inference import prompts
from services.inference.einvoice import EInvoiceUse
from services.inference.engines.port import EngineIdentity
from services.inference.routes import NO_ROUTING, Routing
from services.storage.records import Pipeline


def pipeline_of(  # noqa: PLR0913, PLR0917  (all that an answer depends on, put together by the composition root)
    identity: EngineIdentity,
    types: DocumentTypes,
    summary_language: str,
    einvoices: EInvoiceUse = EInvoiceUse.PREFER,
    calibration: Calibration = UNFITTED,
    max_windows: int = 1,
    routing: Routing = NO_ROUTING,
    words: LearnedWords = NO_WORDS,
    words_decide_from: float = 1.0,
    learned_places: LearnedPlaces = NO_PLACES,
    context_tokens: int = 0,
) -> Pipeline:
    """Make the pipeline of an engine, types, prompts, and all else that answers depend on.

    Parameters
    ----------
    max_windows
        Windows in which a document is read, at most.
    words, words_decide_from
        What was learned of the types' words, and the probability from which they name a type alone.
    learned_places
        What was learned of where values stand.
    context_tokens
        Tokens that prompt and answer may have together: how much of a document a window has.

    Returns
    -------
    Pipeline
        Its id is the first 16 hexadecimal digits of the SHA-256 over everything in it.
    """
    settings = {
        "document_types": {item.name: item.version for item in types.values()},
        "document_types_sha256": types.fingerprint,
        "prompts_version": prompts.VERSION,
        "prompts_sha256": _prompts_hash(types),
        "summary_language": summary_language,
        "einvoices": einvoices.value,
        "calibration_sha256": calibration.fingerprint,
        "learned_words_sha256": words.fingerprint,
        "words_decide_from": words_decide_from,
        "learned_places_sha256": learned_places.fingerprint,
        "max_windows": max_windows,
        "context_tokens": context_tokens,
        "engine": dict(identity.settings),
        **({"routing": _routing(identity, routing)} if routing.routes.routes else {}),
    }
    text = json.dumps([identity.model, identity.model_sha256, settings], sort_keys=True)
    pipeline_id = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Pipeline(pipeline_id, identity.model, identity.model_sha256, settings, calibration.model_dump(mode="json"))


def _routing(identity: EngineIdentity, routing: Routing) -> dict[str, Any]:
    """Say which model reads what, and what each of them is: where their servers are makes no difference."""
    return {
        "models": {name: asdict(model) for name, model in identity.others.items()},
        "routes": [route.model_dump() for route in routing.routes.routes],
        "calibration_sha256": routing.calibration.fingerprint,
    }


def _prompts_hash(types: DocumentTypes) -> str:
    texts = [prompts.classify_instruction(types), *(prompts.answer_instruction(item) for item in types.values())]
    texts.append(prompts.answer_prompt(["page"], "de"))
    summary = Summary("summary", "de", ("7",), is_in_language=False)
    texts += [prompts.second_prompt(["page"], Question(item.fields, [], {}, {}, summary)) for item in types.values()]
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()
