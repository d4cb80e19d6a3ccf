"""Step 7, check: verbatim answers to typed values, with evidence, confidence, what is missing, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from schemas.events import FieldAnswer, Finding, Status
from schemas.wording import Wording
from services.answers.candidates import Candidates
from services.answers.charges_on_top import total_with_charges
from services.answers.check import check_answer
from services.answers.completeness import completeness, reasons_of_type
from services.answers.dates import regional
from services.answers.einvoice_summary import is_summary_in
from services.answers.figures import DocumentFigures
from services.answers.findings import (
    doubtful,
    doubtful_type,
    exceeded_by_charges,
    exceeded_totals,
    open_signs,
    reduced,
    table_findings,
    titled_otherwise,
    unknown_type,
    untold,
    withheld_for,
)
from services.answers.labelling import with_open_signs
from services.answers.merging import Reading, merge
from services.answers.part_payments import part_payments
from services.answers.places.elsewhere import by_places
from services.answers.questions import Question, question_about, with_summary
from services.answers.review import Review, better, review, without_impossible
from services.answers.signals import Copies, Weighed, weigh
from services.answers.stated import is_doubtful, stated, too_unsure
from services.answers.summary import tidy_summary
from services.answers.summary_check import Summary, check_summary, summary_findings, supported_part
from services.answers.surroundings import Surroundings
from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.copied import Copied, RowsQuestion, rows_question
from services.answers.tables.sheet import Sheet, sheets
from services.answers.total_of_rows import not_of_rows
from services.answers.withheld import of_nobody, withheld
from services.inference.ask import Asked, AskedAgain, AskedRows
from services.inference.einvoice import lines_left_out, read_otherwise, review_of_xml, shown_otherwise
from services.inference.outcome import Answered
from services.inference.prompts import SUMMARY_CHARACTERS
from services.inference.windows import Window
from services.storage.records import PendingDocument

LIKELIER_WRONG: Final = 0.5
"""A confidence below which a total confirms no rows: numbers that were not fitted have a bound of 0, and confirm."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the engine said, checked, and the question that may still be worth asking.

    Parameters
    ----------
    figures
        Those of the pages, but for pages of rows alone.
    copies
        Its answers, the first one first; that is merged of those of all windows.
    question
        None if there is nothing to ask, or it was asked already.
    shown_otherwise
        What the pages show otherwise than the document's own XML says, where the model read the pages.
    tables
        Rows that code read; None while there is a question: they must add up to what it is about.
    rows_question
        About rows that nothing confirms; None if there is nothing to ask, or it was asked already.
    weighed
        The fields with their confidence; None while there is a question.
    """

    asked: Asked
    candidates: Candidates
    figures: DocumentFigures
    copies: tuple[Copies, ...]
    review: Review
    summary: Summary
    question: Question | None
    shown_otherwise: Sequence[Finding] = ()
    tables: TableAnswers | None = None
    rows_question: RowsQuestion | None = None
    weighed: Weighed | None = None

    @property
    def faults(self) -> int:
        """How much is wrong with it."""
        return self.review.faults + self.summary.faults


def check_or_answer(asked: Asked) -> Checked | Answered:
    """Check, and make the outcome at once where there is nothing to ask.

    A check holds megabytes of a long document: of those in flight, only those that wait for a second answer have one.
    """
    checked = check(asked)
    if checked.question is None:
        checked = with_tables(checked)
    return checked if checked.question or checked.rows_question else answered(checked)


def check(asked: Asked) -> Checked:
    """Check what the engine said against the pages, those that it did not read among them, and repair what code can.

    What an e-invoice's own XML says is held against the pages, and not repaired.
    """
    pages, language = asked.admitted.texts, asked.admitted.document.language
    layouts = asked.admitted.layouts
    candidates = Candidates(
        pages,
        regional(language, pages),
        layouts,
        sender_buys=asked.kind.sender_buys,
        learned_places=asked.learned_places,
    )
    figures = DocumentFigures(pages, candidates)
    text = tidy_summary(asked.summary, SUMMARY_CHARACTERS)
    if asked.einvoice is not None and not asked.generations:
        found = review_of_xml(asked.kind, asked.einvoice, pages, language, layouts)
        wanted = asked.summary_language
        summary = Summary(text, wanted, (), is_in_language=is_summary_in(wanted))  # by code, of the XML
        return Checked(asked, candidates, figures, (), found, summary, None)
    read = _read(asked, candidates)
    found = review(asked.kind, read.fields, candidates, language)
    summary = check_summary(text, asked.summary_language, figures)
    question = with_summary(question_about(asked.kind, found.fields, found.findings, candidates), summary)
    shown: Sequence[Finding] = ()
    if asked.einvoice is not None:
        document = asked.admitted.document
        shown = shown_otherwise(asked.kind, asked.einvoice, document.pages, language, document.layouts)
    return Checked(asked, candidates, figures, (read.copies,), found, summary, question, shown)


def _read(asked: Asked, candidates: Candidates) -> Reading:
    """Check what was copied from each window against the pages of that window, and merge."""
    kind, pages, document = asked.kind, asked.admitted.texts, asked.admitted.document

    def of_window(window: Window, copies: Copies) -> Reading:
        within = [document.pages[number - 1] for number in window.numbers]
        around = candidates.surroundings
        if len(within) < len(document.pages):
            around = Surroundings(within, [_layout_of(document, number) for number in window.numbers])
        shown = within, candidates.language, around
        return Reading(copies, [_moved(field, window) for field in check_answer(kind, copies.verbatim, *shown)])

    def weighed(reading: Reading) -> Weighed:
        known = pages, candidates, [reading.copies], asked.type_confidence
        return weigh(kind, reading.fields, *known, asked.calibration)

    return merge(kind, list(map(of_window, asked.admitted.windows, asked.copies)), weighed)


def _layout_of(document: PendingDocument, page: int) -> Sequence[int]:
    return document.layouts[page - 1] if page <= len(document.layouts) else ()


def _moved(field: FieldAnswer, window: Window) -> FieldAnswer:
    """Give the page of a field by its number in the document."""
    return field if field.page is None else field.model_copy(update={"page": window.numbers[field.page - 1]})


def check_again(checked: Checked, again: AskedAgain) -> Checked:
    """Take from the second answer what leaves fewer findings."""
    asked = checked.asked
    pages, language, candidates = asked.admitted.texts, asked.admitted.document.language, checked.candidates
    second = check_answer(asked.kind, again.copies.verbatim, pages, candidates.language, candidates.surroundings)
    return replace(
        checked,
        asked=replace(asked, generations=(*asked.generations, again.generation)),
        copies=(*checked.copies, again.copies),
        review=better(asked.kind, checked.review, second, candidates, language),
        summary=_better_summary(checked, again.summary),
        question=None,
    )


def with_tables(checked: Checked) -> Checked:
    """Read the rows of the type's tables, and see whether the model should be asked for them.

    It is asked only about documents that it saw whole.
    """
    if checked.asked.generations:
        kind, candidates = checked.asked.kind, checked.candidates
        found = by_places(kind, checked.review, candidates, checked.asked.admitted.document.language)
        found = without_impossible(kind, found, candidates)
        checked = replace(checked, review=found)
    checked = replace(checked, weighed=_weighed(checked))
    admitted, tables, question = checked.asked.admitted, _tables(checked, {}), None
    if (
        tables.unproven
        and checked.asked.generations
        and len(admitted.windows) == 1
        and admitted.pages_read == len(admitted.document.pages)
    ):
        totals = _totals(checked).values()
        question = rows_question(tables.unproven, _laid_out(checked), admitted.document.language, totals)
    return replace(checked, question=None, tables=tables, rows_question=question)


def check_rows(checked: Checked, rows: AskedRows) -> Checked:
    """Read the rows again, with what the model copied."""
    asked = replace(checked.asked, generations=(*checked.asked.generations, *rows.generations))
    tables = _tables(checked, {rows.table: rows.pages})
    return replace(checked, asked=asked, tables=tables, rows_question=None)


def answered(checked: Checked) -> Answered:
    """Make the outcome: what is there, the rows of tables among it, and what is missing."""
    asked, found = checked.asked, checked.review
    admitted, document = asked.admitted, asked.admitted.document
    tables = checked.tables or _tables(checked, {})
    weighed = _weighed(checked)
    doubts = _withheld(asked, weighed.fields, tables, checked.candidates)
    below = asked.calibration.propose_below
    unsure = too_unsure(asked.kind, weighed.fields, asked.calibration)
    fields = stated([*weighed.fields, *tables.fields], below, {*doubts, *unsure}, asked.rows_confidence)
    status, reasons = completeness(
        asked.kind,
        fields,
        document.language,
        pages_total=len(document.pages),
        unread=admitted.unread_pages,
        cut=admitted.cut_pages,
        without_rows=sorted(admitted.row_pages - {field.page for field in tables.fields}),
        cut_off=asked.cut_off,
    )
    of_type = reasons_of_type(fields, asked.type_confidence, below, document.language)
    if more := [*document.notes, *tables.reasons, *of_type]:
        status, reasons = Status.INCOMPLETE, [*reasons, *more]
    rules = table_findings(asked.kind, [*found.fields, *tables.fields], document.language)
    exceeded = exceeded_totals(asked.kind, found.fields, tables.exceeded, document.language)
    findings = [*_of_type(asked), *found.findings, *rules, *exceeded, *checked.shown_otherwise]
    if asked.einvoice is not None and asked.generations:
        language = document.language
        findings += read_otherwise(asked.kind, asked.einvoice, found.fields, checked.shown_otherwise, language)
    findings += summary_findings(checked.summary, document.language)
    summary = supported_part(checked.summary, checked.figures) if checked.summary.lacking else checked.summary.text
    if asked.generations:
        signs = with_open_signs(asked.kind, weighed.fields, checked.candidates)
        findings += open_signs(asked.kind, weighed.fields, signs, document.language)
        paid = part_payments(asked.kind, weighed.fields, checked.candidates)
        findings += reduced(asked.kind, weighed.fields, paid, document.language)
        findings += withheld_for(asked.kind, weighed.fields, doubts, document.language)
        charged = total_with_charges(asked.kind, weighed.fields, checked.candidates)
        findings += exceeded_by_charges(asked.kind, weighed.fields, charged, document.language)
        findings += untold(asked.kind, weighed.fields, document.pages, document.language)
        findings += doubtful(asked.kind, weighed.fields, asked.calibration.review_below, unsure, document.language)
    return Answered(asked, fields, summary, status, reasons, findings, weighed.signals)


def _withheld(
    asked: Asked, fields: Sequence[FieldAnswer], tables: TableAnswers, candidates: Candidates
) -> Mapping[str, Wording]:
    """Give, by field, why a copy of the model's is not stated."""
    if not asked.generations:
        return {}
    by_rows = not_of_rows(asked.kind, fields, tables.fields, candidates)
    of_unknown = of_nobody(asked.kind, fields, asked.calibration.propose_below)
    return {**of_unknown, **by_rows, **withheld(asked.kind, fields, candidates)}


def _tables(checked: Checked, copied: Copied) -> TableAnswers:
    """Read the rows of the type's tables off all pages, those that the engine did not read included.

    Rows that an e-invoice's own XML gives are not read off its pages. Its smallest profiles give none; of XML alone the
    pages are ours, and have no layout.
    """
    asked, document = checked.asked, checked.asked.admitted.document
    by_xml = asked.einvoice is not None and not asked.generations
    if asked.einvoice is not None and by_xml and (asked.einvoice.line_items or not any(document.layouts)):
        return TableAnswers((), lines_left_out(asked.kind, asked.einvoice, document.language))
    laid_out, totals = _laid_out(checked), _totals(checked)
    return read_tables(asked.kind, document.pages, laid_out, checked.candidates.language, totals, copied)


def _totals(checked: Checked) -> dict[str, Decimal]:
    """Give the values of fields that are numbers: what rows must add up to is among them.

    One that is likelier wrong than right, and less than another, confirms nothing: some of the rows may come to it.
    """
    below = min(LIKELIER_WRONG, checked.asked.calibration.propose_below)
    read = [(field, value) for field in _weighed(checked).fields if (value := _number(field)) is not None]
    largest = max((abs(value) for field, value in read if not is_doubtful(field, below)), default=Decimal(0))
    return {field.path: value for field, value in read if not is_doubtful(field, below) or abs(value) >= largest}


def _number(field: FieldAnswer) -> Decimal | None:
    return field.value_numeric if field.status == "ok" else None


def _laid_out(checked: Checked) -> Sequence[Sheet]:
    """Give all pages laid out; where none is left to code they are already."""
    document = checked.asked.admitted.document
    if not checked.asked.admitted.row_pages:
        return checked.candidates.surroundings.sheets
    return sheets(document.pages, document.layouts)


def _weighed(checked: Checked) -> Weighed:
    """Give the fields their confidence; what the XML alone said has its own."""
    asked, fields = checked.asked, checked.review.fields
    if checked.weighed is not None:
        return checked.weighed
    if not checked.copies:
        return Weighed(fields, {})
    known = (asked.admitted.texts, checked.candidates, checked.copies, asked.type_confidence)
    return weigh(asked.kind, fields, *known, asked.calibration)


def _better_summary(checked: Checked, again: str | None) -> Summary:
    first = checked.summary
    if again is None:
        return first
    second = check_summary(tidy_summary(again, SUMMARY_CHARACTERS), first.language, checked.figures)
    return second if second.faults < first.faults else first


def _of_type(asked: Asked) -> list[Finding]:
    classified, language = asked.classified, asked.admitted.document.language
    if classified.kind is not classified.nearest:
        return [unknown_type(classified.nearest, classified.nearest_confidence, language)]
    found = []
    if asked.generations and classified.confidence < asked.calibration.review_below:
        found.append(doubtful_type(classified.kind, classified.confidence, language))
    if classified.titled is not None:
        found.append(titled_otherwise(classified.kind, classified.titled, language))
    return found
