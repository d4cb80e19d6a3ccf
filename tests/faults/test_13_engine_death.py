"""Fault 13: the engine is killed in the middle of a batch. The one fault of which a real vLLM is part."""

import os
import random
import signal
from collections.abc import Callable, Mapping

import psutil
import pytest
from faults.ledger import Ledger
from faults.place import Place
from faults.replica import Replica
from faults.said import said
from faults.waiting import wait_until
from tiny_model import make_tiny_model

from services.inference.service import ENGINE_DEATHS
from services.models.catalogue import model_from_folder
from services.models.fetch import fetch

DOCUMENTS = 16
KILLS = "SCRIPT-KILLS-ENGINE"
CONTEXT_TOKENS = 4096
LOAD_SECONDS = 240
"""One load takes half a minute where nothing else runs."""

KILLED = 128 + signal.SIGKILL


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Give settings of the inference service with a real vLLM in it, slow enough to be met at work."""
    folder = make_tiny_model(tmp_path_factory.mktemp("model"), CONTEXT_TOKENS, terse=True)
    models = tmp_path_factory.mktemp("models")
    fetch(model_from_folder(folder), models)
    return {
        "ENGINE": "in-process",
        "MODEL": str(folder),
        "MODELS_DIR": str(models),
        "CONTEXT_TOKENS": str(CONTEXT_TOKENS),
        "KV_CACHE_GIB": "0.25",
        "MAX_SEQUENCES": "2",
    }


@pytest.mark.engine
@pytest.mark.timeout(1200)
@pytest.mark.fault(13, "kill -9 of vLLM's own process in mid-batch, and of the whole service with it")
def test_what_vllm_was_working_on_is_answered_by_the_next_one(
    place: Place, ledger: Ledger, chance: random.Random, tiny_model: Mapping[str, str]
):
    inference = place["inference"]
    inference.stop()
    inference.start(**tiny_model)
    inference.wait_until_ready(LOAD_SECONDS)
    kills: dict[int, Callable[[], None]] = {
        os.EX_UNAVAILABLE: lambda: engine_core(inference).kill(),
        KILLED: inference.kill,
    }
    for status, kill in chance.sample(list(kills.items()), len(kills)):
        names = set(ledger.submit(DOCUMENTS))
        answered = chance.randint(1, DOCUMENTS // 4)
        wait_until(lambda: len(ledger.processed() & names) >= answered, 120, "nothing is answered", inference.log)  # noqa: B023
        core, exits, restarts = engine_core(inference), len(inference.exits), inference.restarts
        kill()
        wait_until(lambda: inference.restarts > restarts, 60, "it is not replaced", inference.log)  # noqa: B023
        assert inference.exits[exits:] == [status]
        assert not core.is_running()
        assert ledger.unended() & names
        inference.wait_until_ready(LOAD_SECONDS)
    account = ledger.account()
    assert account.whole, account
    assert account.processed == 2 * DOCUMENTS
    (death,) = said(inference, "the engine died")
    assert death["documents"] > 1
    answers = [line["document_id"] for line in said(inference, "processed")]
    assert len(set(answers)) == len(answers)  # one that the kill met between its commit and its line has no line


@pytest.mark.engine
@pytest.mark.timeout(1800)
@pytest.mark.fault(13, "a document kills the engine each time (vLLM where there is time for it, else a scripted one)")
def test_a_document_that_kills_the_engine_is_asked_alone_and_fails(
    place: Place,
    ledger: Ledger,
    chance: random.Random,
    request: pytest.FixtureRequest,
    long: bool,  # noqa: FBT001  (a fixture)
):
    inference = place["inference"]
    exits = len(inference.exits) + 1
    inference.stop()
    inference.start(FAULT_KILLS_ENGINE=KILLS, **(request.getfixturevalue("tiny_model") if long else {}))
    inference.wait_until_ready(LOAD_SECONDS)
    place.engine.seconds = 0.3
    before = chance.randint(1, DOCUMENTS - 1)
    neighbours = ledger.submit(before)
    (killer,) = ledger.submit(1, KILLS)
    neighbours += ledger.submit(DOCUMENTS - before)
    account = ledger.account(ENGINE_DEATHS * (LOAD_SECONDS if long else 30))
    assert account.whole, account
    assert set(ledger.ended().processed) == set(neighbours)
    assert ledger.failures() == {killer: ("engine_died", 1)}
    together, *alone = [line["documents"] for line in said(inference, "the engine died")]
    assert together > 1
    assert alone == [1] * (ENGINE_DEATHS - 1)
    assert inference.exits[exits:] == [os.EX_UNAVAILABLE] * ENGINE_DEATHS


def engine_core(inference: Replica) -> psutil.Process:
    """Give vLLM's own process."""
    (core,) = [child for child in inference.program.children() if "EngineCore" in child.name()]
    return core
