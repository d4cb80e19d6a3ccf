"""What `postkorb evaluate` prints: tables for people, an object for programs."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.table import Table

from services.cli.output import console, plain_text, table_of
from services.evaluation.comparison import Comparison
from services.evaluation.figures import readable
from services.evaluation.fitting import Fit
from services.evaluation.page import auroc, interval, percent
from services.evaluation.report import Calibration, Figures, Report, Share

Row = tuple[object, ...]


def print_evaluation(report: Report, comparison: Comparison | None, page: Path) -> None:
    """Print the figures, the differences, and where the page is."""
    console.print(_main_table(report))
    console.print(_types_table(report.figures))
    if report.figures.failed:
        console.print(_unanswered_table(report))
    if comparison:
        console.print(_comparison_table(comparison))
        _print_changes(comparison)
    console.print(plain_text(f"page: {page}   JSON: {page.with_suffix('.json')}"), soft_wrap=True)


def figures_json(report: Report, comparison: Comparison | None, page: Path) -> dict[str, Any]:
    """Give the figures without the documents, which stand in the JSON beside the page."""
    return {
        "made": report.made.model_dump(mode="json"),
        "figures": report.figures.model_dump(mode="json"),
        "baseline": comparison and _comparison_json(comparison),
        "page": str(page),
        "report": str(page.with_suffix(".json")),
    }


def print_fit(fit: Fit, file: Path) -> None:
    """Print what fitted confidences are worth on documents that they were not fitted to, and how they are used."""
    rows = [
        (
            name,
            after.count,
            after.count - after.right,
            auroc(before.auroc),
            auroc(after.auroc),
            percent(before.ece),
            percent(after.ece),
        )
        for name, before, after in _compared(fit)
    ]
    columns = ("confidence of", "answers", "wrong", "AUROC before", "fitted", "calibration error before", "fitted")
    console.print(table_of("Confidence, fitted; each document judged by a fit without it", columns, rows))
    console.print(plain_text(f"calibration: {file}   POSTKORB_CALIBRATION={file} puts it to use"), soft_wrap=True)


def fit_json(fit: Fit, file: Path) -> dict[str, Any]:
    """Give what the fit brought, and where the calibration is."""
    compared = {name: {"before": before, "fitted": after} for name, before, after in _compared(fit)}
    return {"file": str(file), **compared}


def _compared(fit: Fit) -> Iterator[tuple[str, Calibration, Calibration]]:
    yield "fields", fit.before.fields, fit.after.fields
    yield "types", fit.before.classes, fit.after.classes


def _main_table(report: Report) -> Table:
    made, title = report.made, f"{report.figures.documents} documents of {report.made.folder}, {report.made.model}"
    return table_of(
        f"{title} (pipeline {made.pipeline_id})", ("figure", "value", "95 % interval", "of"), [*_main(report)]
    )


def _main(report: Report) -> Iterator[Row]:
    figures = report.figures
    yield _share("fields right (that the pages show)", figures.fields)
    if figures.copies:
        yield ("of them exact copies, no value", figures.copies, "", "not valid on the page itself")
    yield _share("fields right, not shown ones too", figures.fields_all)
    yield _share("left empty where there is none", figures.silence)
    yield _share("document types right", figures.classes)
    if figures.rows:
        yield _share("table rows found", figures.rows.recall)
        yield _share("answered rows that are rows", figures.rows.precision)
        yield ("documents that lose rows in silence", figures.rows.silent_losses, "", f"{figures.rows.documents}")
    wrongs = figures.contradictions
    yield ("misleading values, flagged", wrongs.total - wrongs.unflagged, "", f"{wrongs.answered} values")
    yield ("misleading values, unflagged", wrongs.unflagged, "", f"{wrongs.answered} values")
    if wrongs.proposed.of:
        yield ("values proposed, not stated", wrongs.proposed.of, "", f"{wrongs.proposed.right} would be right")
    yield _share("values that nobody has to look at", figures.left_alone)
    passed = figures.untouched
    faulty = f"{passed.faulty_documents} faulty, {passed.faulty_values} of {passed.values} values"
    yield ("documents that pass untouched", passed.documents, "", f"{figures.documents}: {faulty}")
    for name, found in (("fields", figures.field_calibration), ("types", figures.class_calibration)):
        yield (f"confidence of {name}: AUROC", auroc(found.auroc), "", f"{found.count}")
        yield (f"confidence of {name}: calibration error", percent(found.ece), "", f"{found.count}")
    if figures.expected_failures.of:
        yield _share("unreadable documents that fail as they should", figures.expected_failures)
    yield from _cost(figures)


def _cost(figures: Figures) -> Iterator[Row]:
    cost = figures.cost
    tokens = f"{cost.prompt_tokens:,.0f} + {cost.completion_tokens:,.0f}"
    yield ("tokens a document, prompt + generated", tokens, "", f"{cost.documents} documents")
    if cost.calls is not None:
        yield ("calls a document", f"{cost.calls:.2f}", "", "")
    seconds = "not measured" if cost.seconds is None else f"{cost.seconds:.1f}"
    yield ("seconds a document, others in flight", seconds, "", "")
    if cost.documents_per_hour:
        yield ("documents an hour", f"{cost.documents_per_hour:,.0f}", "", f"{cost.wall_seconds:,.0f} s")
    if cost.price_per_thousand is not None:
        yield ("price of a thousand documents", f"{cost.price_per_thousand:.2f}", "", f"{cost.hourly_price} an hour")


def _share(name: str, share: Share) -> Row:
    return name, percent(share.value), interval(share), f"{share.right} of {share.of}"


def _types_table(figures: Figures) -> Table:
    rows = [
        (
            name,
            item.documents,
            percent(item.fields.value),
            interval(item.fields),
            f"{item.fields.right} of {item.fields.of}",
            f"{item.classes.right} of {item.classes.of}",
        )
        for name, item in figures.by_type.items()
    ]
    columns = ("type", "documents", "fields right", "95 % interval", "of", "type recognised")
    return table_of("By document type", columns, rows)


def _unanswered_table(report: Report) -> Table:
    """List reasons, each with its documents: an engine that is set up wrongly gives all of them the same one."""
    reasons: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for item in readable(report.documents):
        if item.answered is None:
            reasons[item.failure, item.failure_message].append(item.file)
    rows = [(len(files), files[0], code, message) for (code, message), files in reasons.items()]
    return table_of("Documents without an answer", ("documents", "such as", "code", "why"), rows)


def _comparison_table(comparison: Comparison) -> Table:
    rows = [
        (
            item.name,
            percent(item.before),
            percent(item.after),
            f"{100 * (item.after - item.before):+.1f}",
            f"{100 * item.low:+.1f} to {100 * item.high:+.1f}",
            "worse" if item.worse else "better" if item.better else "",
        )
        for item in comparison.differences
    ]
    title = f"Against the baseline, {comparison.documents} documents that both have"
    return table_of(title, ("figure", "before", "now", "change", "its 95 % interval", "beyond chance"), rows)


def _print_changes(comparison: Comparison) -> None:
    rows = [
        (
            item.file,
            item.after.path,
            "lost" if item.lost else "won",
            item.after.truth,
            item.before.answer and item.before.answer.verbatim,
            item.after.answer and item.after.answer.verbatim,
        )
        for item in comparison.changed
    ]
    if rows:
        console.print(table_of("Fields that changed", ("document", "field", "", "truth", "before", "now"), rows))
    if comparison.relabelled:
        console.print(f"{comparison.relabelled} fields are left out: their labels are others than the baseline's")


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "documents": comparison.documents,
        "worse": comparison.worse,
        "relabelled": comparison.relabelled,
        "differences": [
            {
                "name": item.name,
                "before": item.before,
                "after": item.after,
                "low": item.low,
                "high": item.high,
                "worse": item.worse,
            }
            for item in comparison.differences
        ],
        "changed": [{"file": item.file, "path": item.after.path, "lost": item.lost} for item in comparison.changed],
    }
