"""What pytest's report says of the tests that were to notice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

BROKEN_CODE: Final = re.compile(
    r"^E .*\b(NameError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError)\b", re.MULTILINE
)
"""A test that fails for such an error has noticed nothing: the text without the guard is no program."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a test ended.

    Parameters
    ----------
    failed
        At least one of its cases did, in the test itself.
    reason
        In one line.
    """

    failed: bool
    reason: str


def verdicts_of(report: Path, tests: Sequence[str]) -> Mapping[str, Verdict]:
    """Read a report in JUnit's form.

    Parameters
    ----------
    tests
        Ids of tests; one that the report does not have did not run.
    """
    cases = list(ET.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314  (pytest wrote it)
    return {test: _verdict([case for case in cases if _is_of(case, test)]) for test in tests}


def _is_of(case: ET.Element, test: str) -> bool:
    file, *classes, name = test.split("::")
    place = ".".join([file.removesuffix(".py").replace("/", "."), *classes])
    return (case.get("classname"), case.get("name", "").partition("[")[0]) == (place, name)


def _verdict(cases: Sequence[ET.Element]) -> Verdict:
    if not cases:
        return Verdict(failed=False, reason="did not run")
    if any(case.find("error") is not None for case in cases):
        return Verdict(failed=False, reason="could not be set up")
    failures = [failure for case in cases if (failure := case.find("failure")) is not None]
    if broken := next((found for item in failures if (found := BROKEN_CODE.search(item.text or ""))), None):
        return Verdict(failed=False, reason=f"{broken[1]}: no program")
    if failures:
        return Verdict(failed=True, reason=" ".join((failures[0].get("message") or "").split()))
    skipped = all(case.find("skipped") is not None for case in cases)
    return Verdict(failed=False, reason="skipped" if skipped else "passed")
