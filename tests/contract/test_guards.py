"""The list of `make guards` fits the code: it names guards that stand there, and tests that exist."""

import ast
from collections import Counter
from pathlib import Path

import pytest
from guards.guard import REPOSITORY, Guard, GuardError, listed_guards
from guards.verdict import Verdict, verdicts_of

GUARDS = listed_guards()
EACH = pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
TEST = "tests/unit/test_x.py::test_y"

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_x" name="test_y[1]"/>
<testcase classname="tests.unit.test_x" name="test_y[2]">{}</testcase>
<testcase classname="tests.unit.test_x" name="test_z"><failure message="of another one"/></testcase>
<testcase classname="tests.unit.test_x.TestX" name="test_y"><failure message="of a class"/></testcase>
</testsuite></testsuites>"""


def test_no_two_guards_have_one_name() -> None:
    assert [name for name, count in Counter(guard.name for guard in GUARDS).items() if count > 1] == []


@EACH
def test_a_guard_stands_once_in_its_file_and_what_is_left_without_it_is_a_program(guard: Guard) -> None:
    text = (REPOSITORY / guard.file).read_text("utf-8")
    without = guard.taken_out(text)
    assert without != text
    if guard.file.endswith(".py"):
        ast.parse(without)


@EACH
def test_every_test_of_a_guard_exists(guard: Guard) -> None:
    assert guard.tests
    for test in guard.tests:
        file, _, name = test.partition("::")
        assert name in _tests_in(ast.parse((REPOSITORY / file).read_text("utf-8"))), test


def _tests_in(scope: ast.Module | ast.ClassDef) -> set[str]:
    functions = {node.name for node in scope.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    classes = [node for node in scope.body if isinstance(node, ast.ClassDef)]
    return functions | {f"{node.name}::{name}" for node in classes for name in _tests_in(node)}


@pytest.mark.parametrize("text", ["", "guard guard"])
def test_a_guard_that_is_not_there_once_is_found(text: str) -> None:
    with pytest.raises(GuardError, match="not once"):
        Guard("x", "A trap.", "x.py", "guard", "", [TEST]).taken_out(text)


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ('<failure message="assert 1 == 2"/>', Verdict(failed=True, reason="assert 1 == 2")),
        ("", Verdict(failed=False, reason="passed")),
        ('<error message="no broker"/>', Verdict(failed=False, reason="could not be set up")),
        ("<failure>E   NameError: name</failure>", Verdict(failed=False, reason="NameError: no program")),
    ],
)
def test_a_guard_is_noticed_by_a_test_that_fails_in_itself(tmp_path: Path, case: str, verdict: Verdict) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(case))
    assert verdicts_of(report, [TEST]) == {TEST: verdict}


def test_a_test_of_a_class_is_another_one_than_that_of_its_module(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(""))
    of_class = "tests/unit/test_x.py::TestX::test_y"
    assert verdicts_of(report, [TEST, of_class]) == {
        TEST: Verdict(failed=False, reason="passed"),
        of_class: Verdict(failed=True, reason="of a class"),
    }


def test_a_test_that_did_not_run_has_noticed_nothing(tmp_path: Path) -> None:
    assert not verdicts_of(tmp_path / "none.xml", [TEST])[TEST].failed
