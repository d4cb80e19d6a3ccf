"""Step 7, check: verbatim answers to typed values, with evidence, confidence, and what is missing."""

from schemas.events import Status
from services.answers.check import check_answer
from services.answers.completeness import completeness
from services.answers.summary import tidy_summary
from services.inference.ask import Asked
from services.inference.outcome import Answered
from services.inference.prompts import SUMMARY_CHARACTERS


def check(asked: Asked) -> Answered:
    """Check what the engine said against the pages that it read."""
    admitted, document = asked.admitted, asked.admitted.document
    fields = check_answer(asked.kind, asked.verbatim, admitted.pages, document.language, asked.logprobs)
    status, reasons = completeness(
        asked.kind, fields, pages_total=len(document.pages), pages_read=admitted.pages_read, cut_off=False
    )
    if admitted.cut_page is not None:
        status, reasons = Status.INCOMPLETE, [*reasons, f"page {admitted.cut_page} was read only in part"]
    if document.notes:
        status, reasons = Status.INCOMPLETE, [*reasons, *document.notes]
    return Answered(asked, fields, tidy_summary(asked.summary, SUMMARY_CHARACTERS), status, reasons)
