"""Plots of the page, in the style of the evaluation's."""

from typing import Final

from bench.report import Plot
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from services.evaluation.plots import INK, QUIET, RIGHT, STYLE, as_svg

COLOURS: Final = (RIGHT, "#7c3aed", "#0d9488", "#c2410c", "#ca8a04", "#64748b")
_INCHES: Final = (6.2, 3.4)
_BAR: Final = 0.62


def drawn(plot: Plot) -> str:
    """Draw it as an SVG element."""
    with rc_context(STYLE):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
        axes.set(xlabel=plot.across, ylabel=plot.up)
        axes.grid(visible=True, axis="both" if plot.x else "y")
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        (_lines if plot.x else _bars)(axes, plot)
        axes.set_ylim(bottom=0)
        if len(plot.series) > 1 or plot.ideal:
            axes.legend(frameon=False, fontsize=9, labelcolor=INK)
        return as_svg(figure)


def _lines(axes: Axes, plot: Plot) -> None:
    axes.set_xscale("log", base=2 if max(plot.x) <= 16 else 10)  # noqa: PLR2004  (a few processes double; pages grow tenfold)
    axes.set_xticks(list(plot.x))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.minorticks_off()
    if plot.ideal:
        axes.plot(plot.x, plot.ideal, color=QUIET, linewidth=1, linestyle=(0, (4, 4)), label="linear")
    for (name, values), colour in zip(plot.series.items(), COLOURS, strict=False):
        axes.plot(plot.x, values, color=colour, linewidth=2, marker="o", markersize=5, label=name, clip_on=False)


def _bars(axes: Axes, plot: Plot) -> None:
    """Stack the series of each label."""
    places, bottom = list(range(len(plot.labels))), [0.0] * len(plot.labels)
    for (name, values), colour in zip(plot.series.items(), COLOURS, strict=False):
        axes.bar(places, values, _BAR, bottom=bottom, color=colour, label=name)
        bottom = [low + value for low, value in zip(bottom, values, strict=True)]
    axes.set_xticks(places, plot.labels)
    axes.set_xlim(-0.7, max(2.3, len(places) - 0.3))
