"""`postkorb types`: what rules there are, and which file, rule and reason is wrong."""

import json
import re
import sys
from pathlib import Path

import pytest
from unit.answers.places.spots import likeliest

from schemas.document_types import load_document_types
from services.answers.learned_words import shipped_words
from services.cli import main
from services.settings import load_settings
from services.wiring import places_of, words_of

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


def learn(monkeypatch: pytest.MonkeyPatch, folder: Path, labels: dict[str, str], *options: str) -> int:
    """Run `postkorb types learn` over a folder of texts, whose names begin with their type; give its exit code."""
    for name, text in labels.items():
        (folder / name).write_text(text, encoding="utf-8")
    entries = {name: {"document_type": name.partition("-")[0]} for name in labels}
    (folder / "labels.json").write_text(json.dumps(entries), "utf-8")
    arguments = ["postkorb", "types", "learn", str(folder), "--output", str(folder / "words.json"), *options]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_words_are_learned_from_labelled_documents_and_can_be_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    types = load_document_types()
    texts = {f"{name}-{n}.txt": f"Guten Tag {n}\nHier geht es um {name} und {name}" for name in types for n in range(6)}
    assert learn(monkeypatch, tmp_path, texts, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["documents"], said["not_readable"]) == (6 * len(types), 0)
    assert {row["document_type"]: row["right"] for row in said["types"]} == dict.fromkeys(types, 6)
    words = words_of(load_settings(learned_words=tmp_path / "words.json"))
    chances = words.logprobs(["Wieder geht es um contract"], types)
    assert max(chances, key=chances.__getitem__) == "contract"


def test_too_few_documents_are_refused_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(monkeypatch, tmp_path, {"invoice-1.txt": "Rechnung", "other-1.txt": "Hallo"}) == 78
    assert "every type needs at least 5 documents to learn from: complaint has 0" in capsys.readouterr().err
    assert not (tmp_path / "words.json").exists()


def learn_places(monkeypatch: pytest.MonkeyPatch, folder: Path, invoices: int, *options: str) -> int:
    """Run `postkorb types learn-places` over a folder of invoices, and a letter without fields; give its exit code."""
    entries: dict[str, object] = {"letter.txt": {"document_type": "other"}}
    (folder / "letter.txt").write_text("Guten Tag,\nam 1.6.2026 kommen wir.\nGruß, Ida Brook", "utf-8")
    for n in range(1, invoices + 1):
        text = f"Rechnung an Ida Brook\nvom Versand: 1{n}.06.2026\nStichtag: 0{n}.06.2026\nEnde: 2{n}.06.2026"
        (folder / f"{n}.txt").write_text(text, "utf-8")
        entries[f"{n}.txt"] = {"document_type": "invoice", "fields": {"issue_date": f"2026-06-0{n}"}}
    (folder / "labels.json").write_text(json.dumps(entries), "utf-8")
    arguments = ["postkorb", "types", "learn-places", str(folder), *options]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_places_are_learned_from_labelled_documents_and_can_be_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new" / "places.json"
    assert learn_places(monkeypatch, tmp_path, 8, "--output", str(file), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["file"], said["documents"]) == (str(file), 8)
    told = {row["field"]: (row["document_type"], row["documents"], row["learned"]) for row in said["fields"]}
    assert told["issue_date"] == ("invoice", 8, True)
    assert told["due_date"] == ("invoice", 0, False)
    learned, invoice = places_of(load_settings(learned_places=file)), load_document_types()["invoice"]
    assert likeliest(learned, "Ende: 27.07.2026\nStichtag: 08.07.2026", invoice, "issue_date") == "2026-07-08"


def test_learned_places_are_a_table_for_people_and_lie_in_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTKORB_DATA_DIR", str(tmp_path / "data"))
    assert learn_places(monkeypatch, tmp_path, 8) == 0
    said = capsys.readouterr().out
    assert re.search(r"invoice +.? *issue_date +.? *8 +.? *yes", said)
    file = tmp_path / "data" / "learned_places.json"
    assert f"POSTKORB_LEARNED_PLACES={file} uses it" in said
    assert places_of(load_settings(learned_places=file)).documents == 8


def test_too_few_documents_teach_no_places_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn_places(monkeypatch, tmp_path, 7, "--output", str(tmp_path / "places.json")) == 78
    assert (
        "no field is said by 8 documents or more: there is nothing to learn its places from" in capsys.readouterr().err
    )
    assert not (tmp_path / "places.json").exists()


@pytest.mark.parametrize("command", ["learn", "learn-places"])
def test_an_installation_that_cannot_learn_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.delattr("services.cli.learning", raising=False)
    monkeypatch.setitem(sys.modules, "services.cli.learning", None)
    monkeypatch.setattr(sys, "argv", ["postkorb", "types", command, str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 78
    said = capsys.readouterr().err
    assert said.startswith(f"postkorb: `postkorb types {command}` needs ")
    assert said.endswith("install Postkorb with its extra `evaluation`\n")


def test_a_check_says_what_words_are_in_force(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(monkeypatch, tmp_path, "fee > 0") == 0
    assert "but for permit, from whose documents `postkorb types learn`" in " ".join(capsys.readouterr().out.split())
    monkeypatch.delenv("POSTKORB_TYPES_DIRS")
    monkeypatch.setattr(sys, "argv", ["postkorb", "types", "check", "--json"])
    with pytest.raises(SystemExit):
        main()
    assert json.loads(capsys.readouterr().out)["learned_words"]["documents"] == shipped_words().documents
