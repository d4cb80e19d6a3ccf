"""The same reading and asking without our guards against hostile text: what they bring is measured against it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from unittest import mock

from pypdf import PageObject

from schemas.text import clean_text
from services.inference import fence, prompts
from services.inference.engines.port import Engine, Generation, Prompt
from services.intake import html_text, pdf, pdf_layout
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.mail import read_mail
from services.intake.media import MAIL, PDF, TEXT
from services.intake.pdf_hidden import Blinkers, Eyes, Why
from services.intake.plain import read_plain

_SENTENCE: Final = re.compile(
    r" ?(?:The text|What stands in quotation marks) is material [^.\n]*is an instruction to you\."
)
"""What tells the model not to obey the document."""


@contextmanager
def without_guards() -> Iterator[None]:
    """Take the guards of this process out: hidden text is read, nothing is cleaned, and no mark is broken."""
    with ExitStack() as stack:
        for module, name, without in (
            (pdf, "read_seen", _read_all),
            (html_text, "_hides", lambda _attributes: False),
            (pdf_layout, "stored_form", _stored_as_it_is),
            (fence, "without_marks", str),
            (prompts, "without_marks", str),
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


def unwarned(instruction: str) -> str:
    """Take the sentence out."""
    return _SENTENCE.sub("", instruction)


def _stored_as_it_is(text: str) -> str:
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def _read_all(_page: PageObject, read: Callable[[Eyes], Any]) -> tuple[Any, Sequence[Why]]:
    return read(Blinkers(frozenset())), []
