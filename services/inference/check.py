"""Step 7, check: verbatim answers to typed values, with evidence, confidence, what is missing, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.events import Finding, Status
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.completeness import completeness
from services.answers.questions import Question, question_about
from services.answers.review import Review, better, review
from services.answers.summary import tidy_summary
from services.inference.ask import Asked, AskedAgain
from services.inference.einvoice import read_otherwise, review_of_xml, shown_otherwise
from services.inference.outcome import Answered
from services.inference.prompts import SUMMARY_CHARACTERS


@dataclass(frozen=True, slots=True)
class Checked:
    """What the engine said, checked, and the question that may still be worth asking.

    Parameters
    ----------
    question
        None if there is nothing to ask, or it was asked already.
    shown_otherwise
        What the pages show otherwise than the document's own XML says, where the model read the pages.
    """

    asked: Asked
    candidates: Candidates
    review: Review
    question: Question | None
    shown_otherwise: Sequence[Finding] = ()


def check(asked: Asked) -> Checked:
    """Check what the engine said against the pages that it read, and repair what code can.

    What an e-invoice's own XML says is held against the pages, and not repaired.
    """
    pages, language = asked.admitted.pages, asked.admitted.document.language
    candidates = Candidates(pages, language)
    if asked.einvoice is not None and not asked.generations:
        return Checked(asked, candidates, review_of_xml(asked.kind, asked.einvoice, pages, language), None)
    fields = check_answer(asked.kind, asked.verbatim, pages, language, asked.logprobs)
    found = review(asked.kind, fields, candidates, language)
    question = question_about(asked.kind, found.fields, found.findings, candidates)
    shown: Sequence[Finding] = ()
    if asked.einvoice is not None:
        shown = shown_otherwise(asked.kind, asked.einvoice, asked.admitted.document.pages, language)
    return Checked(asked, candidates, found, question, shown)


def check_again(checked: Checked, again: AskedAgain) -> Checked:
    """Take from the second answer what leaves fewer findings."""
    asked = checked.asked
    pages, language = asked.admitted.pages, asked.admitted.document.language
    second = check_answer(asked.kind, again.verbatim, pages, language, again.logprobs)
    found = better(asked.kind, checked.review, second, checked.candidates, language)
    asked = replace(asked, generations=(*asked.generations, again.generation))
    return replace(checked, asked=asked, review=found, question=None)


def answered(checked: Checked) -> Answered:
    """Make the outcome: what is there, and what is missing."""
    asked, found = checked.asked, checked.review
    admitted, document = asked.admitted, asked.admitted.document
    status, reasons = completeness(
        asked.kind, found.fields, pages_total=len(document.pages), pages_read=admitted.pages_read, cut_off=False
    )
    if admitted.cut_page is not None:
        status, reasons = Status.INCOMPLETE, [*reasons, f"page {admitted.cut_page} was read only in part"]
    if document.notes:
        status, reasons = Status.INCOMPLETE, [*reasons, *document.notes]
    summary = tidy_summary(asked.summary, SUMMARY_CHARACTERS)
    findings = [*found.findings, *checked.shown_otherwise]
    if asked.einvoice is not None and asked.generations:
        language = document.language
        findings += read_otherwise(asked.kind, asked.einvoice, found.fields, checked.shown_otherwise, language)
    return Answered(asked, found.fields, summary, status, reasons, findings)
