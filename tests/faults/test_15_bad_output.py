"""Fault 15: output that loops, is cut off at the token limit, or is not valid against the schema."""

import json
import random

import pytest
from faults.ledger import Ledger, submission_of
from faults.place import Place
from scripted import CUT_OFF, INVALID
from scripted_server import HANGS, OUTSIDE_SCHEMA

from services.inference.prompts import CLASSIFY_CHARACTERS

NEIGHBOURS = 20
ASK_SECONDS = 4
TRIES = 2

FAULTS = {
    INVALID: ("answer_invalid", 1),
    OUTSIDE_SCHEMA: ("answer_invalid", 1),
    CUT_OFF: ("answer_cut_off", 2),
    HANGS: ("answer_timeout", 1),
}
"""What is wrong with the answer: the code that the document fails with, and how often the engine is asked for it in a
try (what was cut off is asked for once more, with twice the tokens)."""


@pytest.mark.fault(15, "answers that never end, are cut off, no JSON, or outside the schema")
def test_it_is_tried_twice_and_fails_with_a_code_and_the_neighbours_are_answered(
    place: Place, ledger: Ledger, chance: random.Random
):
    inference = place["inference"]
    inference.stop()
    inference.start(ASK_SECONDS=str(ASK_SECONDS))
    restarts = place.restarts
    expected, requests, records = {}, {}, []
    for marker, (code, asked_a_try) in FAULTS.items():
        # In the classification's answer, and in that about the fields alone: then half an answer is there already.
        for said, answered_before in (([marker], 0), ([*beginning(), marker], 1)):
            name = ledger.name()
            expected[name] = (code, TRIES)
            requests[name] = TRIES * (answered_before + asked_a_try)
            records.append((name, submission_of(name, *said)))
    neighbours = [ledger.name() for _ in range(NEIGHBOURS)]
    records += [(name, submission_of(name)) for name in neighbours]
    ledger.write(chance.sample(records, len(records)))

    account = ledger.account()
    assert account.whole, account
    ended = ledger.ended()
    assert set(ended.processed) == set(neighbours)
    assert ledger.failures() == expected
    told = {record.key.decode(): json.loads(record.value) for record in ledger.records("documents.failed")}
    assert {name: told[name]["code"] for name in expected} == {name: code for name, (code, _) in expected.items()}
    assert {name: requests_about(place, name) for name in requests} == requests
    assert place.restarts == restarts


def beginning() -> list[str]:
    """Write what is longer than what the classification reads."""
    return [f"line_{number}: {'x' * 40}" for number in range(CLASSIFY_CHARACTERS // 40)]


def requests_about(place: Place, name: str) -> int:
    return sum(f"invoice_number: {name}\n" in one.prompt for one in place.engine.asked)
