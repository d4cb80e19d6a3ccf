"""The page for people: one file that needs nothing else, with every fault beside its evidence.

What documents and models say is hostile: the template escapes everything, and the page's own policy forbids scripts,
frames and any address outside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from schemas.events import FindingKind
from services.evaluation.calibration import at_threshold
from services.evaluation.comparison import Comparison
from services.evaluation.figures import readable
from services.evaluation.fitting import Fit
from services.evaluation.plots import coverage_plot, reliability_plot
from services.evaluation.report import Calibration, DocumentOutcome, FieldOutcome, Report, Share

THRESHOLDS: Final = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Confidences whose coverage stands in a table."""
ROWS_OPEN: Final = 4
"""Rows of a document's table that are shown at once, missing and surplus ones each; the others unfold."""

REASONS_OPEN: Final = 3
"""Reasons to look at a document that are shown at once; the others unfold."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person should look at a document.

    Parameters
    ----------
    kind
        Of the finding; None of what makes the document incomplete.
    """

    kind: FindingKind | None
    message: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that misleads, or one that the pages do not show and that was answered otherwise."""

    document: DocumentOutcome
    field: FieldOutcome


def render(report: Report, comparison: Comparison | None = None, fit: Fit | None = None) -> str:
    """Make the page.

    Parameters
    ----------
    comparison
        With a baseline, if there is one.
    fit
        The calibration that was fitted to these documents, if one was.
    """
    figures, documents = report.figures, readable(report.documents)
    environment = Environment(
        loader=PackageLoader("services.evaluation", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "interval": interval,
        "auroc": auroc,
        "counted": counted,
        "breakable": breakable,
        "reasons": reasons_of,
    }
    return environment.get_template("page.html.j2").render(
        report=report,
        figures=figures,
        comparison=comparison,
        rows_open=ROWS_OPEN,
        reasons_open=REASONS_OPEN,
        faults=faults_of(documents),
        coverage=[figures.untouched, *(at_threshold(documents, threshold) for threshold in THRESHOLDS)],
        coverage_plot=_coverage(report, len(documents)),
        field_plot=_plot(figures.field_calibration),
        class_plot=_plot(figures.class_calibration),
        fit=fit,
        fitted_plots=[] if fit is None else [_plot(fit.after.fields), _plot(fit.after.classes)],
    )


def faults_of(documents: Sequence[DocumentOutcome]) -> list[Fault]:
    """Give every fault: those that do not say that they may be wrong first, then by document."""
    faults = [Fault(document, field) for document in documents for field in document.fields if field.is_fault]
    return sorted(faults, key=lambda fault: (fault.field.flagged or fault.field.answer is None, fault.document.file))


def reasons_of(document: DocumentOutcome) -> list[Reason]:
    """Give what a document says itself of why a person should look: what it lacks first."""
    found = [Reason(item.kind, item.message) for item in document.findings if item.needs_review]
    return [*(Reason(None, reason) for reason in document.reasons), *found]


def _coverage(report: Report, documents: int) -> Markup | None:
    figures = report.figures
    if not figures.coverage:
        return None
    return Markup(coverage_plot(figures.coverage, figures.untouched, documents))  # noqa: S704  (our own figures alone)


def _plot(calibration: Calibration) -> Markup | None:
    return Markup(reliability_plot(calibration)) if calibration.count else None  # noqa: S704  (our own figures alone)


def percent(value: float | None) -> str:
    """Say a share in per cent, with one digit behind the point."""
    return "\u2013" if value is None else f"{100 * value:.1f} %"


def counted(count: int, one: str, more: str | None = None) -> str:
    """Say how many; `more` is the plural of a noun that has another one than with `s`."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def breakable(name: str) -> Markup:
    """Let a long name go on in the next line behind a mark, and not in the middle of a word."""
    return Markup("<wbr>").join(re.split(r"(?<=[_-])", name))


def auroc(value: float | None) -> str:
    """Say how well confidences rank."""
    return "one kind only" if value is None else f"{value:.3f}"


def interval(share: Share) -> str:
    """Say the interval of a share."""
    if share.low is None or share.high is None:
        return ""
    return f"{100 * share.low:.0f}\u2013{100 * share.high:.0f} %"
