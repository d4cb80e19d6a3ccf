"""What documents say is shown, and does nothing else."""

import json

import pytest
from rich.console import Console

from services.cli.output import print_json, table_of


def test_markup_and_control_characters_in_a_cell_are_only_text():
    console = Console(width=80, record=True)
    console.print(table_of("Answers", ("file", "what"), [("[red]x[/red]", "a\x1b[2Jb [/] c"), (None, "line\nline")]))
    text = console.export_text()
    assert "[red]x[/red]" in text
    assert "a\ufffd[2Jb [/] c" in text


def test_long_cells_share_a_narrow_terminal():
    console = Console(width=80, record=True)
    columns = ("file", "type", "key fields", "summary", "what happened")
    long = "Dachdeckerei " * 20
    console.print(table_of("Answers", columns, [("f" * 120, "public_notice", long, long, long)]))
    assert max(line.count("Dachdeckerei") for line in console.export_text().splitlines()) == 3


def test_json_has_umlauts_as_they_are_and_no_character_that_a_terminal_obeys(capsys: pytest.CaptureFixture[str]):
    value = {"text": "Größe 17 €\x1b[2J\x7f\x9b2J"}
    print_json(value)
    said = capsys.readouterr().out
    assert "Größe 17 €" in said
    assert not {"\x1b", "\x7f", "\x9b"} & set(said)
    assert json.loads(said) == value
