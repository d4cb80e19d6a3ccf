"""Plots as SVG that stands inside a page."""

from collections.abc import Sequence
from io import StringIO
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from services.evaluation.report import Calibration, CoveragePoint

INK: Final = "#1d2733"
QUIET: Final = "#8896a5"
GRID: Final = "#e4e9ee"
RIGHT: Final = "#1f6feb"
WRONG: Final = "#c2410c"

STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",  # text stays text: it is found, copied, and drawn in the page's own font
    "svg.hashsalt": "postkorb",  # the same figures give the same bytes
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "grid.color": GRID,
}
_INCHES: Final = (5.4, 3.9)
_LEAST_DOT, _DOT_AREA = 30.0, 420.0
_LOW: Final = 0.1
"""Below, a number stands above its dot, not on the axis."""


def reliability_plot(calibration: Calibration) -> str:
    """Draw the share of right answers over their confidence; larger dots are of more answers."""
    with rc_context(STYLE):
        figure, axes = _canvas("confidence", "right")
        axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
        axes.annotate("means what it says", (0.04, 0.08), color=QUIET, fontsize=9, rotation=36)
        sizes = [_LEAST_DOT + _DOT_AREA * item.count / calibration.count for item in calibration.bins]
        confidences, rights = [i.confidence for i in calibration.bins], [i.right for i in calibration.bins]
        axes.scatter(confidences, rights, s=sizes, color=RIGHT, alpha=0.85, linewidths=0, clip_on=False, zorder=3)
        for item in calibration.bins:
            offset = (8, 6) if item.right < _LOW else (8, -15)
            place = (item.confidence, item.right)
            axes.annotate(f"{item.count}", place, offset, textcoords="offset points", fontsize=8, color=INK)
        return as_svg(figure)


def coverage_plot(points: Sequence[CoveragePoint], in_force: CoveragePoint, documents: int) -> str:
    """Draw which share of the documents that pass untouched is faulty, and of their values, over how many pass.

    Parameters
    ----------
    in_force
        How many pass as it is set: a line.
    """
    with rc_context(STYLE):
        figure, axes = _canvas("documents that pass untouched", "faulty among them")
        shares = [item.documents / documents for item in points]
        of_documents = [item.faulty_documents / item.documents for item in points]
        of_values = [item.faulty_values / item.values if item.values else 0.0 for item in points]
        axes.step(shares, of_documents, where="post", color=WRONG, linewidth=2, label="documents with a fault")
        axes.step(shares, of_values, where="post", color=RIGHT, linewidth=2, label="values at fault")
        axes.scatter(shares[-1:], of_documents[-1:], color=WRONG, s=28, zorder=3, clip_on=False)
        axes.scatter(shares[-1:], of_values[-1:], color=RIGHT, s=28, zorder=3, clip_on=False)
        axes.set_ylim(0, max(0.1, *of_documents) * 1.08 if points else 0.1)
        axes.axvline(
            in_force.documents / documents, color=QUIET, linewidth=1, linestyle=(0, (4, 4)), label="as it is set"
        )
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, fontsize=9, labelcolor=INK)
        return as_svg(figure)


def _canvas(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlabel=across, ylabel=up, xlim=(0, 1), ylim=(0, 1))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(visible=True)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    return figure, axes


def as_svg(figure: Figure) -> str:
    """Write a figure as an SVG element, the same bytes for the same figures."""
    written = StringIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    return svg[svg.index("<svg") :]
