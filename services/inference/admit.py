"""Step 5, admit: the windows in which the model reads a document, what is left to code, and what nobody reads."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.document_types import DocumentType
from services.answers.tables.answers import read_tables
from services.answers.tables.row_pages import row_pages
from services.answers.tables.sheet import sheets
from services.inference.engines.port import Engine
from services.inference.windows import Window, windows_of
from services.storage.records import PendingDocument


@dataclass(frozen=True, slots=True)
class Admitted:
    """A document with the windows in which the model reads it.

    Parameters
    ----------
    row_pages
        Numbers of the pages that no window has: they show rows of a table alone, and code reads those.
    of_all_pages
        The windows where no page is left to code; empty if they are the same.
    """

    document: PendingDocument
    windows: Sequence[Window]
    row_pages: frozenset[int] = frozenset()
    of_all_pages: Sequence[Window] = ()

    @property
    def most_windows(self) -> int:
        """Most windows in which it may be read, once its type is known."""
        return max(len(self.windows), len(self.of_all_pages))

    @property
    def given_pages(self) -> Sequence[int]:
        """Numbers of the pages that the model is given, whole or in part."""
        return sorted({number for window in self.windows for number in window.numbers})

    @property
    def cut_pages(self) -> Sequence[int]:
        """Numbers of the pages that the model is given only in part."""
        reached = dict.fromkeys(self.given_pages, 0)
        for window in self.windows:
            for number, text in zip(window.numbers, window.pages, strict=True):
                start = window.start if number == window.first_page else 0
                if start <= reached[number]:
                    reached[number] = max(reached[number], start + len(text))
        return [number for number, end in reached.items() if end < len(self.document.pages[number - 1])]

    @property
    def unread_pages(self) -> Sequence[int]:
        """Numbers of the pages that neither the model is given nor code reads for it."""
        known = self.row_pages.union(self.given_pages)
        return [number for number in range(1, len(self.document.pages) + 1) if number not in known]

    @property
    def pages_read(self) -> int:
        """Pages that the model is given whole."""
        return len(self.given_pages) - len(self.cut_pages)

    @property
    def texts(self) -> Sequence[str]:
        """All pages; those with rows alone are empty: no value of the document itself stands there."""
        return ["" if number in self.row_pages else text for number, text in enumerate(self.document.pages, start=1)]

    @property
    def layouts(self) -> Sequence[Sequence[int]]:
        """Packed runs of `texts`, from the first page on."""
        return [() if number in self.row_pages else runs for number, runs in enumerate(self.document.layouts, start=1)]

    def for_type(self, kind: DocumentType) -> "Admitted":
        """Leave no page to code if the type has no tables, or if the model can read all and some page gives no row."""
        if not self.row_pages:
            return self
        everything = replace(self, windows=self.of_all_pages, row_pages=frozenset(), of_all_pages=())
        if not kind.tables:
            return everything
        document = self.document
        if everything.pages_read < len(document.pages):
            return self
        laid_out = sheets(document.pages, document.layouts)
        rows = read_tables(kind, document.pages, laid_out, document.language, {}).fields
        return self if self.row_pages <= {field.page for field in rows} else everything


async def admit(documents: Sequence[PendingDocument], engine: Engine, budget: int, most_windows: int) -> list[Admitted]:
    """Count the tokens of each document and divide what does not fit at once, without pages that have rows alone.

    Parameters
    ----------
    budget
        Tokens that a document's text may have in one prompt, instruction and answer not counted.
    most_windows
        Windows in which a document is read.
    """

    def divided(document: PendingDocument) -> Admitted:
        windows = windows_of(document.pages, engine.count_tokens, budget, most_windows)
        admitted = Admitted(document, windows)
        if len(windows) == 1 and not (admitted.cut_pages or admitted.unread_pages):
            return admitted
        of_rows = row_pages(sheets(document.pages, document.layouts))
        if not of_rows:
            return admitted
        others = windows_of(document.pages, engine.count_tokens, budget, most_windows, of_rows)
        return Admitted(document, others, of_rows, windows)

    return [await asyncio.to_thread(divided, document) for document in documents]
