"""Whether a summary is one of this document."""

import pytest

from services.answers.candidates import Candidates
from services.answers.figures import DocumentFigures
from services.answers.summary import sentences, tidy_summary
from services.answers.summary_check import check_summary, summary_findings, supported_part

PAGE = "Rechnung RE-7 vom 05.06.2018 über 119,00 EUR, zahlbar bis 19.06.2018, der Muster GmbH an die Beispiel AG."
DOCUMENT = DocumentFigures([PAGE], Candidates([PAGE], "de"))
RIGHT = "Die Muster GmbH verlangt 119,00 EUR von der Beispiel AG. Zu zahlen ist bis zum 19. Juni 2018."


def test_a_summary_of_the_document_has_no_faults_and_stays() -> None:
    summary = check_summary(RIGHT, "de", DOCUMENT)
    assert (summary.faults, supported_part(summary, DOCUMENT)) == (0, RIGHT)
    assert summary_findings(summary, "de") == []


def test_a_sentence_with_a_figure_that_the_document_lacks_is_cut_and_the_others_stay() -> None:
    text = RIGHT + " Danach kommen 40 EUR dazu."
    summary = check_summary(text, "de", DOCUMENT)
    assert (summary.lacking, summary.faults) == (("40 EUR",), 1)
    assert supported_part(summary, DOCUMENT) == RIGHT
    (finding,) = summary_findings(summary, "de")
    assert "„40 EUR“" in finding.message
    assert not finding.needs_review


def test_nothing_may_be_left() -> None:
    summary = check_summary("Die Beispiel AG soll 120,00 EUR zahlen.", "de", DOCUMENT)
    assert supported_part(summary, DOCUMENT) == ""


def test_a_summary_in_another_language_is_kept_and_said_so() -> None:
    text = "The seller asks the buyer to pay the amount by the end of the month."
    summary = check_summary(text, "de", DOCUMENT)
    assert (summary.is_in_language, summary.faults) == (False, 1)
    assert supported_part(summary, DOCUMENT) == text
    (german,), (english,) = summary_findings(summary, "de"), summary_findings(summary, "en")
    assert "(Deutsch)" in german.message
    assert "(German)" in english.message


@pytest.mark.parametrize("language", ["und", "", "xx"])
def test_a_language_that_nobody_can_tell_is_no_fault(language: str) -> None:
    assert check_summary(RIGHT, language, DOCUMENT).faults == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ein Satz. Noch einer! Und? Ja", ["Ein Satz.", "Noch einer!", "Und?", "Ja"]),
        ("Am 5. Juni bzw. später. Gut.", ["Am 5. Juni bzw. später.", "Gut."]),
        ("Es sind 1.000 EUR. Danke.", ["Es sind 1.000 EUR. Danke."]),
        ("Zahlbar an example.org. Danke.", ["Zahlbar an example.org. Danke."]),
        ("", []),
    ],
)
def test_a_sentence_ends_where_its_end_is_sure(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(tidy_summary(text, 100))] == parts
