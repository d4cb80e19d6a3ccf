from datetime import UTC, datetime

import pytest
from unit.evaluation.outcomes import document, field, rows

from schemas.events import Status
from services.evaluation.comparison import compare, require_common
from services.evaluation.figures import figures_of
from services.evaluation.report import Made, Report, ReportError, read_report, write_report

NAMES = "0123456789ab"


def report(documents) -> Report:
    made = Made(
        at=datetime(2026, 11, 25, tzinfo=UTC),
        folder="letters",
        source="asked",
        pipeline_id="p",
        model="m",
        settings={},
        wall_seconds=1.0,
    )
    return Report(made=made, figures=figures_of(documents, 1.0), documents=documents)


def letters(wrong_in: str, names: str = NAMES):
    said = {True: "no", False: "yes"}
    return [
        document(name, *(field(f"f{n}", "yes", said[name in wrong_in and n == 0]) for n in range(3))) for name in names
    ]


def test_what_became_worse_in_most_documents_is_worse():
    comparison = compare(report(letters("")), report(letters("01234567")))
    [fields] = [item for item in comparison.differences if item.name == "fields"]
    assert fields.worse
    assert comparison.worse
    assert (fields.before, fields.after) == (1, pytest.approx(28 / 36))


def test_what_became_worse_in_one_document_may_be_chance():
    assert not compare(report(letters("")), report(letters("0"))).worse


def test_what_became_better_is_not_worse():
    comparison = compare(report(letters("01234567")), report(letters("")))
    assert not comparison.worse
    assert any(item.better for item in comparison.differences)


def misleading(unflagged_in: str):
    """Letters with the same wrong value, which a person is told of but in some."""
    return [
        document(name, field("f", "yes", "no", flagged=name not in unflagged_in), field("g", "a", "a"))
        for name in NAMES
    ]


def with_rows(silent_in: str):
    """Letters that lack the same row, which a person is told of but in some."""
    status = {True: Status.COMPLETE, False: Status.INCOMPLETE}
    return [
        document(name, rows=rows(found=9, found_shown=9, answered=9), status=status[name in silent_in])
        for name in NAMES
    ]


@pytest.mark.parametrize(
    ("name", "letters_of"),
    [("misleading values, unflagged", misleading), ("documents that lose rows in silence", with_rows)],
)
def test_faults_that_nobody_is_told_of_any_more_are_worse(name, letters_of):
    before, after = report(letters_of("")), report(letters_of("01234567"))
    comparison = compare(before, after)
    [found] = [item for item in comparison.differences if item.name == name]
    assert found.worse
    assert not found.better
    assert comparison.worse
    assert [item.name for item in comparison.differences if item.worse] == [name]
    back = compare(after, before)
    assert not back.worse
    assert [item.name for item in back.differences if item.better] == [name]
    assert not compare(before, report(letters_of("0"))).worse


def test_the_fields_that_changed_are_named():
    comparison = compare(report(letters("01")), report(letters("12")))
    assert [(item.file, item.lost) for item in comparison.changed] == [("0.pdf", False), ("2.pdf", True)]


def test_only_documents_that_both_have_are_compared():
    comparison = compare(report(letters("", "0123")), report(letters("3", "23456789ab")))
    assert comparison.documents == 2


def test_nothing_in_common_is_an_error():
    before = report(letters("", "01"))
    require_common(before, ["1" * 64, "2" * 64])
    with pytest.raises(ReportError, match="none of these documents"):
        require_common(before, ["2" * 64, "3" * 64])


def test_a_few_documents_of_a_type_that_became_wrong_are_worse():
    """A draw without any of them says nothing of it."""
    of_type = [document(name, field("f", "yes", "yes"), truth="contract") for name in "cde"]
    wrong = [document(name, field("f", "yes", "no"), truth="contract") for name in "cde"]
    rest = letters("", "0123456789") + [document(letter, field("f", "a", "a")) for letter in "ghijklmnopqrstu"]
    comparison = compare(report([*rest, *of_type]), report([*rest, *wrong]))
    assert [item.name for item in comparison.differences if item.worse] == ["fields of contract"]


def test_a_label_that_was_mended_makes_nothing_worse():
    before = [document(name, field("f", "yes", "yes"), field("g", "a", "a")) for name in NAMES]
    after = [document(name, field("f", "no", "yes"), field("g", "a", "a")) for name in NAMES]
    comparison = compare(report(before), report(after))
    assert not comparison.worse
    assert (comparison.relabelled, comparison.changed) == (len(NAMES), [])
    retyped = [item.model_copy(update={"truth": "contract"}) for item in before]
    kept = [document("z", field("f", "yes", "yes"))]
    comparison = compare(report([*before, *kept]), report([*retyped, *kept]))
    assert (comparison.worse, comparison.documents, comparison.relabelled) == (False, 1, 2 * len(NAMES))


def test_documents_that_no_longer_fail_as_they_must_are_worse():
    must_fail = {"expected_failure": "document_broken", "answered": None, "status": None}
    before = [document(name, failure="document_broken", **must_fail) for name in NAMES]
    after = [document(name, failure="document_broken" if name == "0" else None, **must_fail) for name in NAMES]
    rest = [document("z", field("f", "yes", "yes"))]
    comparison = compare(report([*rest, *before]), report([*rest, *after]))
    assert [item.name for item in comparison.differences if item.worse] == ["documents that must fail"]


def test_a_report_is_read_as_it_was_written(tmp_path):
    written = report(letters("0"))
    write_report(written, tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == written


def test_a_report_from_before_findings_and_copies_is_read():
    written = report(letters("0")).model_dump(mode="json")
    del written["figures"]["copies"], written["documents"][0]["findings"], written["figures"]["by_field"][0]["copies"]
    read = Report.model_validate(written)
    assert (read.figures.copies, read.documents[0].findings) == (0, [])


@pytest.mark.parametrize("text", ["", "{}", '{"version": 2}'])
def test_what_is_no_report_is_said_in_one_line(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ReportError, match="no evaluation of this version") as caught:
        read_report(path)
    assert "\n" not in str(caught.value)


def test_a_report_that_is_no_text_is_said(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ReportError, match="not UTF-8"):
        read_report(path)
