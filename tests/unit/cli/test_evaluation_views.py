from pathlib import Path

from unit.evaluation.outcomes import copied, document
from unit.evaluation.test_page import report

from services.cli.evaluation_views import figures_json, print_evaluation
from services.cli.output import console


def test_copies_without_a_value_have_a_line_of_their_own_and_are_in_the_json():
    found = report(document("a", copied("iban", "DE1")))
    with console.capture() as printed:
        print_evaluation(found, None, Path("page.html"))
    [line] = [line for line in printed.get().splitlines() if "exact copies" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "of them exact copies, no value",
        "1",
        "",
        "not valid on the page itself",
    ]
    assert figures_json(found, None, Path("page.html"))["figures"]["copies"] == 1


def test_without_copies_there_is_no_line_of_them():
    with console.capture() as printed:
        print_evaluation(report(document("a")), None, Path("page.html"))
    assert "exact copies" not in printed.get()
