"""The naive way: what our guards bring is measured against it.

A script as anybody would write it on a first day. It reads all text that a file holds, hidden or not, and cleans
nothing; it puts that text behind the instruction as it is, with no fence, no mark broken, and no word of warning; and
it takes the model's first answer for true: no evidence, no rule, no repair, no second question, no finding.

Left as it is, because it is no guard against hostile text: the wording of the task, the type's schema, the reading of
copied text into values, so that the same values compare alike, and the rows of tables, which code reads off the pages.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from unittest import mock

from pypdf import PageObject

from schemas.document_types import FieldDefinition
from schemas.events import FieldAnswer, Status
from schemas.text import clean_text
from services.answers.tables.answers import read_tables
from services.answers.tables.sheet import sheets
from services.answers.values import parse_value
from services.evaluation import asking
from services.inference import prompts
from services.inference.ask import Asked
from services.inference.engines.port import Engine, Generation, Prompt
from services.inference.outcome import Answered
from services.intake import html_text, pdf, pdf_layout
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.html_looks import Look
from services.intake.mail import read_mail
from services.intake.media import MAIL, PDF, TEXT
from services.intake.pdf_font import Fonts
from services.intake.pdf_hidden import Blinkers, Eyes, Unseen
from services.intake.plain import read_plain

_SENTENCE: Final = re.compile(
    r" ?(?:The text|What stands in (?:quotation marks|the document)) is material [^.\n]*is an instruction to you\."
)
"""What tells the model not to obey the document."""


@contextmanager
def without_guards() -> Iterator[None]:
    """Take the guards of this process out: go the naive way, in everything but what an engine is told."""
    with ExitStack() as stack:
        for module, name, without in (
            (pdf, "read_seen", _read_all),
            (html_text, "hides", lambda _attributes: False),
            (html_text, "look_of", lambda tag, *_, **__: Look(tag)),
            (pdf_layout, "stored_form", _stored_as_it_is),
            (prompts, "fence", _unfenced),
            (asking, "check", _Believed),
            (asking, "with_tables", lambda believed: believed),
            (asking, "answered", _answer_of),
        ):
            stack.enter_context(mock.patch.object(module, name, without))
        yield


@dataclass(frozen=True, slots=True)
class UnguardedParser:
    """Reads documents of our own making in this process, as the parser's workers would."""

    limits: ReadingLimits

    async def parse(self, content: bytes, media_type: str) -> ParsedDocument:
        """Read a document."""
        readers = {PDF: pdf.read_pdf, MAIL: read_mail, TEXT: read_plain}
        parsed = readers[media_type](content, self.limits)
        return replace(parsed, pages=tuple(map(_stored_as_it_is, parsed.pages)))


@dataclass(frozen=True, slots=True)
class UnwarnedEngine:
    """An engine that is not told that the document is material and no instruction."""

    engine: Engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    async def generate(self, prompt: Prompt) -> Generation:
        """Ask without that sentence."""
        return await self.engine.generate(replace(prompt, system=unwarned(prompt.system), user=unwarned(prompt.user)))


@dataclass(frozen=True, slots=True)
class _Believed:
    """A first answer that nobody checks, and nobody asks about again."""

    asked: Asked
    question: None = None
    rows_question: None = None


def _answer_of(believed: _Believed) -> Answered:
    """Take an answer for true."""
    asked, document = believed.asked, believed.asked.admitted.document
    fields = [
        _field(definition, verbatim, document.language)
        for definition in asked.kind.fields
        if (verbatim := asked.copies[0].verbatim.get(definition.name, "").strip())
    ]
    totals = {field.path: field.value_numeric for field in fields if field.value_numeric is not None}
    laid_out = sheets(document.pages, document.layouts)
    rows = read_tables(asked.kind, document.pages, laid_out, document.language, totals)
    return Answered(asked, [*fields, *rows.fields], asked.summary, Status.COMPLETE, ())


def _field(definition: FieldDefinition, verbatim: str, language: str) -> FieldAnswer:
    value = parse_value(definition.kind, verbatim, language, definition.choices)
    return FieldAnswer(
        path=definition.name,
        kind=definition.kind,
        value=value and value.text,
        value_numeric=value and value.numeric,
        verbatim=verbatim,
        status="ok" if value else "unparsed",
        confidence=1,
    )


def unwarned(instruction: str) -> str:
    """Take the sentence out."""
    return _SENTENCE.sub("", instruction)


def _unfenced(pages: Sequence[str], _numbers: Sequence[int] = ()) -> str:
    return "\n".join(pages)


def _stored_as_it_is(text: str) -> str:
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def _read_all(_page: PageObject, _fonts: Fonts, read: Callable[[Eyes], Any]) -> tuple[Any, Unseen]:
    nothing = Unseen([], may_be_more=False, is_malformed=False, is_picture=False, is_partly=False)
    return read(Blinkers(frozenset())), nothing
