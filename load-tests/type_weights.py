"""Fit the weights by which a type is chosen: of the model's opinion, headings, phrases, labels, and learned words.

    python load-tests/type_weights.py     the configured model classifies the letters of samples/development and unread

Multinomial logistic regression with weights that all types share, none negative; said is also what it gets right of
documents that it was not fitted to. No document is one that words were learned from. The weights are constants of
`services.answers.headings`; put there by hand what is printed. With them there, `--write` fits how sure a type is.
What the model said is kept in load-tests/results/type_weights.json, so that a second run asks nothing.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np
from calibrate import FIXED, OWN, SHIPPED, write_letters
from hostile.attacks import letters_in
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.optimize import Bounds, minimize
from scipy.special import log_softmax
from sklearn.model_selection import KFold

from schemas.document_types import OTHER
from services.answers.calibration import UNFITTED, class_features, likelier_other, read_calibration
from services.answers.confidence import class_signals
from services.answers.headings import SelfDescription, SelfDescriptions
from services.answers.learned_words import shipped_words
from services.evaluation.asking import Reader, pending
from services.evaluation.labels import read_labels
from services.evaluation.logistic import LabelledFeatures
from services.inference.admit import admit
from services.settings import Settings, load_settings
from services.telemetry.setup import set_up
from services.wiring import asker_of, calibration_of, fetcher_of, load_engine, parser_of, types_of

RESULTS: Final = Path(__file__).parent / "results" / "type_weights.json"
FEATURES: Final = ("model", "heading", "phrase", "label", "missing", "learned")
STRENGTH: Final = 0.3
"""Of the prior around 0, in units of the likelihood."""
FOLDS: Final = 10
SEED: Final = 20_260_101

Array = NDArray[np.float64]


def main() -> None:
    """Ask, if it was not asked before; fit, and print."""
    parser = argparse.ArgumentParser(description="Fit the weights by which a type is chosen.")
    parser.add_argument("--write", action="store_true", help="fit the confidence of types too, and ship it")
    write = parser.parse_args().write
    console = Console()
    if not RESULTS.exists():
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(asyncio.run(_ask(load_settings(einvoice="ignore"))), ensure_ascii=False), "utf-8")
    rows = json.loads(RESULTS.read_text("utf-8"))
    names = list(types_of(load_settings()))
    matrix = np.array([_features(row, names) for row in rows])
    truth = np.array([names.index(row["truth"]) for row in rows])
    weights = fitted(matrix, truth)
    left_out = np.zeros(len(rows), dtype=int)
    for train, judged in KFold(FOLDS, shuffle=True, random_state=SEED).split(matrix):
        left_out[judged] = (matrix[judged] @ fitted(matrix[train], truth[train])).argmax(axis=1)
    table = Table("weight of", "", title=f"{len(rows)} documents")
    for name, weight in zip(FEATURES, weights, strict=True):
        table.add_row(name, f"{weight:.2f}")
    table.add_row("right, fitted to all", f"{((matrix @ weights).argmax(axis=1) == truth).sum()}")
    table.add_row("right, left out", f"{(left_out == truth).sum()}")
    for place, name in enumerate(FEATURES):
        table.add_row(f"right by {name} alone", f"{(matrix[:, :, place].argmax(axis=1) == truth).sum()}")
    console.print(table)
    if write:
        _write_classes(rows, matrix @ weights, names, load_settings().model)
    for row, guess in zip(rows, left_out, strict=True):
        if names[guess] != row["truth"]:
            console.print(f"{row['file']}: {names[guess]} instead of {row['truth']}", highlight=False)


def _write_classes(rows: Sequence[Mapping[str, Any]], scores: Array, names: Sequence[str], model: str) -> None:
    """Fit how sure a type is, and put it into the calibration that ships for the model."""
    answered = [
        (row, names[one.argmax()], class_signals(dict(zip(names, log_softmax(one).tolist(), strict=True))))
        for row, one in zip(rows, scores, strict=True)
    ]
    table = [(row["file"], class_features(said), "", row["truth"] == name) for row, name, said in answered]
    wrong = [row for row, name, _ in answered if row["truth"] != name]
    other_share = (1 + sum(row["truth"] == OTHER for row in wrong)) / (2 + len(wrong))
    file = SHIPPED / f"{model}.json"
    changed = {
        "classes": LabelledFeatures.of(table, UNFITTED.classes).fitted(),
        "other_share": other_share,
        "other_below": likelier_other(other_share),
    }
    calibration = read_calibration(file.read_bytes()).model_copy(update=changed)
    file.write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")


def fitted(matrix: Array, truth: NDArray[np.int_]) -> Array:
    """Give the most probable weights; `matrix`: documents by types by features."""

    def loss(weights: Array) -> float:
        chosen = log_softmax(matrix @ weights, axis=1)[np.arange(len(truth)), truth]
        return float(-chosen.sum() + STRENGTH * (weights**2).sum() / 2)

    return np.asarray(minimize(loss, np.ones(len(FEATURES)), bounds=Bounds(0, np.inf)).x)


def _features(row: Mapping[str, Any], names: Sequence[str]) -> list[list[float]]:
    """Weigh words anew: they may have changed since the model was asked."""
    pages: list[str] = row["pages"]
    described = SelfDescriptions(types_of(load_settings())).of(pages)
    learned = shipped_words().logprobs(pages, names)
    said: Mapping[str, float] = row["said"]
    return [[said[name], *_own(described[name]), learned[name]] for name in names]


def _own(described: SelfDescription) -> tuple[float, ...]:
    return (described.heading, float(described.phrases), float(described.labels), -float(described.is_wanting))


async def _ask(settings: Settings) -> list[dict[str, object]]:
    """Let the service classify the documents, and note what the model said of each."""
    types, telemetry = types_of(settings), set_up("weights", None, log_level="WARNING", log_format=settings.log_format)
    with tempfile.TemporaryDirectory(prefix="postkorb-development-") as folder:
        entries = write_letters(Path(folder), [letters_in(file) for file in FIXED], [letters_in(OWN[-1])])
        (Path(folder) / "labels.json").write_text(json.dumps(entries), "utf-8")
        labels = read_labels(Path(folder), types)
        async with parser_of(settings) as parser:
            readings = await Reader(fetcher_of(settings), parser).read_all(labels, lambda: None)
    engine = await load_engine(settings, print)
    asker = await asker_of(settings, engine, types, calibration_of(settings), telemetry.tracing, telemetry.metrics)
    admitted = await admit([pending(*item) for item in enumerate(readings)], engine, asker.text_budget(), 1)
    turns, done = asyncio.Semaphore(engine.side_by_side), count(1)

    async def said_of(pages: Sequence[str]) -> dict[str, float]:
        async with turns:
            said = asker.type_logprobs(await engine.generate(asker.class_prompt(pages)))
        sys.stdout.write(f"{next(done)} of {len(readings)} classified\n")
        return said

    said = await asyncio.gather(*(said_of(item.windows[0].pages) for item in admitted))
    await engine.close()
    telemetry.shutdown()
    return [
        {"file": reading.label.file.name, "truth": reading.label.document_type, "said": one, "pages": pages}
        for reading, one, pages in zip(readings, said, (list(item.windows[0].pages) for item in admitted), strict=True)
    ]


if __name__ == "__main__":
    main()
