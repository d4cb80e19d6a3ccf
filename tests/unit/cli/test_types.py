"""`postkorb types check`: what rules there are, and which file, rule and reason is wrong."""

import json
import sys
from pathlib import Path

import pytest

from services.cli import main

TYPE = """
name: permit
version: 1
view: permits
title: {de: Genehmigung, en: Permit}
description: {de: Eine Genehmigung, en: A permit}
fields:
  - {name: fee, kind: money, label: {de: Gebühr, en: Fee}, description: {de: Gebühr, en: Fee}}
rules:
  - name: fee_is_positive
    check: CHECK
    fields: [fee]
    message: {de: Die Gebühr fehlt., en: The fee is missing.}
"""


def check(monkeypatch: pytest.MonkeyPatch, folder: Path, expression: str, *options: str) -> int:
    """Run the command over a type with this rule; give its exit code."""
    (folder / "permit.yaml").write_text(TYPE.replace("CHECK", expression), encoding="utf-8")
    monkeypatch.setenv("POSTKORB_TYPES_DIRS", str(folder))
    monkeypatch.setattr(sys, "argv", ["postkorb", "types", "check", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_each_rule_is_shown_with_its_fields(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(monkeypatch, tmp_path, "fee > 0", "--json") == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    ours = next(rule for rule in rules if rule["document_type"] == "permit")
    assert (ours["name"], ours["check"], ours["fields"]) == ("fee_is_positive", "fee > 0", ["fee"])
    assert {"net_and_tax_make_gross", "due_on_or_after_issue"} <= {rule["name"] for rule in rules}


def test_rules_are_a_table_for_people(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(monkeypatch, tmp_path, "fee > 0") == 0
    said = capsys.readouterr().out
    assert "fee_is_positive" in said
    assert "Die Gebühr fehlt." in said
    assert "11 document types are in order" in said


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("fee >", "`fee >`: it cannot be read: invalid syntax"),
        ("fee > net", "net is no field or table"),
        ("fee.real > 0", "`fee.real > 0`: Attribute is not allowed in a rule"),
        ("fee ** 9 > 0", "`fee ** 9 > 0`: Pow is not allowed in a rule"),
    ],
)
def test_a_bad_rule_is_refused_with_file_rule_and_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], expression: str, reason: str
) -> None:
    assert check(monkeypatch, tmp_path, expression) == 78
    expected = f"postkorb: {tmp_path / 'permit.yaml'}: type permit: rule fee_is_positive: {reason}\n"
    assert capsys.readouterr().err == expected
