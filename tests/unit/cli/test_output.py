"""What documents say is shown, and does nothing else."""

from rich.console import Console

from services.cli.output import table_of


def test_markup_and_control_characters_in_a_cell_are_only_text():
    console = Console(width=80, record=True)
    console.print(table_of("Answers", ("file", "what"), [("[red]x[/red]", "a\x1b[2Jb [/] c"), (None, "line\nline")]))
    text = console.export_text()
    assert "[red]x[/red]" in text
    assert "a\ufffd[2Jb [/] c" in text
