"""The page for people: one file that needs nothing else."""

from typing import Final

from bench.plots import drawn
from bench.report import REPOSITORY, Part, Ratio, Report
from bench.verdict import Verdict
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

ORDER: Final = ("efficiency", "alternatives", "ceiling", "growth", "scale-out", "cost")


def in_order(report: Report) -> list[Part]:
    """Give the parts in the order in which they are asked."""
    return [report.parts[name] for name in ORDER if name in report.parts]


def render(report: Report, verdicts: dict[str, Verdict]) -> str:
    """Make the page.

    Parameters
    ----------
    verdicts
        Of each ratio against the baseline, by part and name.
    """
    environment = Environment(
        loader=FileSystemLoader(REPOSITORY / "load-tests" / "bench"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = [(part, Markup(drawn(part.plot)) if part.plot else None) for part in in_order(report)]  # noqa: S704  (our own)
    environment.filters |= {"ratio": ratio, "goal": goal}
    return environment.get_template("page.html.j2").render(parts=parts, verdicts=verdicts)


def ratio(item: Ratio) -> str:
    """Say a ratio and how much rounds differ."""
    return f"{item.value:.3f}" + (f" ({item.low:.3f}\u2013{item.high:.3f})" if item.rounds > 1 else "")


def goal(item: Ratio) -> str:
    """Say what it should be."""
    if item.goal is None:
        return ""
    return f"at {'most' if item.lower_is_better else 'least'} {item.goal:g}"
