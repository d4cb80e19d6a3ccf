"""What became of a ratio since the baseline."""

from enum import StrEnum

from bench.report import Ratio, Report


class Verdict(StrEnum):
    """Against the baseline."""

    WORSE = "worse than the baseline"
    BETTER = "better than the baseline"
    ALIKE = "as the baseline, within what rounds differ by"
    UNKNOWN = "not in the baseline"
    OF_MACHINE = "of this machine, not held against another one's"


def verdicts_on(report: Report, baseline: Report) -> dict[str, Verdict]:
    """Judge each ratio; the key is the part's name and the ratio's own."""
    return {
        f"{name}: {item.name}": verdict_on(item, _of(baseline, name, item.name))
        for name, part in report.parts.items()
        for item in part.ratios
    }


def missed_now(report: Report, baseline: Report) -> list[str]:
    """Name the ratios that miss a goal which the baseline reaches, by however little."""
    return [
        f"{name}: {item.name}"
        for name, part in report.parts.items()
        for item in part.ratios
        if item.reached is False
        and not item.of_machine
        and (before := _of(baseline, name, item.name)) is not None
        and before.reached
    ]


def verdict_on(now: Ratio, before: Ratio | None) -> Verdict:
    """Judge one; by the tolerance of now, for a baseline of before has none."""
    if now.of_machine:
        return Verdict.OF_MACHINE
    if before is None:
        return Verdict.UNKNOWN
    slack = now.slack_against(before)
    if now.is_worse_than(before, slack):
        return Verdict.WORSE
    return Verdict.BETTER if before.is_worse_than(now, slack) else Verdict.ALIKE


def _of(baseline: Report, part: str, name: str) -> Ratio | None:
    found = baseline.parts.get(part)
    return next((item for item in found.ratios if item.name == name), None) if found else None
