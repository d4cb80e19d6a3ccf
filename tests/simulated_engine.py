"""A simulated engine that batches as vLLM does, and knows what nobody can measure: whose each part of a step was.

It works in steps. A step computes one token of each answer that is being written, and pieces of the prompts that wait,
first come first served, up to a budget. It takes a time of its own, which all that are in it share alike, and more for
each token. A document is asked as Postkorb asks: which type, then fields and summary, and some of them once more.
"""

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from services.inference.engine_time import DECODING, EngineTime


@dataclass(frozen=True)
class Machine:
    """How fast it is, and how much is in it at a time.

    Parameters
    ----------
    step, prompt_token, answer_token
        Seconds of a step, and of each token computed in it. The default is about what a model of 1.5 billion parameters
        does on two CPU cores: 200 tokens of prompts a second, 80 of answers with 16 in flight.
    documents
        In the engine at the same time.
    bursts
        The next documents come when all before them are done, not one by one.
    """

    step: float = 0.1
    prompt_token: float = 1 / 200
    answer_token: float = 0.0065
    budget: int = 2048
    documents: int = 16
    bursts: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of document: tokens of its text and of its answer, and its part of all documents."""

    text: int
    answer: int
    weight: int


@dataclass
class Times:
    """Seconds of engine time of a kind: in truth, as divided, and as equal parts would be; and its work."""

    documents: int = 0
    true: float = 0.0
    ours: float = 0.0
    equal: float = 0.0
    work: float = 0.0


@dataclass
class _Request:
    identity: str
    kind: str
    text: float
    stage: int
    waiting: float
    answer: int
    work: float
    written: int = 0
    true: float = 0.0
    equal: float = 0.0

    @property
    def is_done(self) -> bool:
        return self.waiting <= 0 and self.written >= self.answer


class SimulatedEngine:
    """Runs documents through, and divides the time with an `EngineTime`.

    Parameters
    ----------
    decoding
        What a generated token is counted as, in tokens of a prompt.
    """

    def __init__(self, machine: Machine, kinds: Mapping[str, Kind], decoding: float = DECODING) -> None:
        self.now = 0.0
        self.busy = 0.0
        self.times = {name: Times() for name in kinds}
        self._machine = machine
        self._kinds = kinds
        self._decoding = decoding
        self._chance = random.Random(1)  # noqa: S311  (a simulation)
        self._divided = EngineTime(lambda: self.now)
        self._begun = 0
        self._documents = 0
        self._waiting: deque[_Request] = deque()
        self._running: list[_Request] = []

    def run(self, documents: int) -> None:
        """Answer so many documents."""
        weights = [kind.weight for kind in self._kinds.values()]
        queue = deque(self._chance.choices(list(self._kinds), weights=weights, k=documents))
        while queue or self._documents:
            if not (self._machine.bursts and self._documents):
                while queue and self._documents < self._machine.documents:
                    self._documents += 1
                    name = queue.popleft()
                    self._ask(name, self._kinds[name].text * self._chance.uniform(0.7, 1.3), stage=0)
            self._step()

    def _ask(self, name: str, text: float, stage: int) -> None:
        """Ask for the type (0), for the answer (1), or once more with the text in the cache (2)."""
        answer = self._kinds[name].answer * self._chance.uniform(0.6, 1.4)
        read, computed, said = ((min(400, text), min(400, text), 8), (text, text, answer), (text, 120, 60))[stage]
        self._begun += 1
        waiting, answer_tokens = computed + 60, max(1, int(said))
        work = waiting + self._decoding * answer_tokens
        request = _Request(str(self._begun), name, text, stage, waiting, answer_tokens, work)
        self._divided.begin(request.identity, int(read * self._chance.uniform(3, 4)))
        self._waiting.append(request)

    def _step(self) -> None:
        writing = [one for one in self._running if one.waiting <= 0]
        reading: list[tuple[_Request, float]] = []
        room = float(self._machine.budget - len(writing))
        for one in [one for one in self._running if one.waiting > 0] + list(self._waiting):
            if part := min(room, one.waiting):
                reading.append((one, part))
                room -= part
        read = sum(part for _, part in reading)
        machine = self._machine
        seconds = machine.step + machine.prompt_token * read + machine.answer_token * len(writing)
        share = machine.step / (len(writing) + len(reading))
        for one, part in reading:
            one.true += share + machine.prompt_token * part
            one.waiting -= part
            one.written += one.waiting <= 0
            if one in self._waiting:
                self._waiting.remove(one)
                self._running.append(one)
        for one in writing:
            one.true += share + machine.answer_token
            one.written += 1
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        inside = [*self._running, *self._waiting]
        for one in inside:
            one.equal += seconds / len(inside)
        self.now += seconds
        self.busy += seconds
        for one in [one for one in self._running if one.is_done]:
            self._running.remove(one)
            self._end(one)

    def _end(self, one: _Request) -> None:
        times = self.times[one.kind]
        times.ours += self._divided.end(one.identity, one.work)
        times.true += one.true
        times.equal += one.equal
        times.work += one.work
        if one.stage == 0:
            self._ask(one.kind, one.text, stage=1)
        elif one.stage == 1 and self._chance.random() < 0.3:
            self._ask(one.kind, one.text, stage=2)
        else:
            times.documents += 1
            self._documents -= 1
