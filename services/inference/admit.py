"""Step 5, admit: the windows in which the model reads a document, and what they do not reach."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.inference.engines.port import Engine
from services.inference.windows import Window, windows_of
from services.storage.records import PendingDocument


@dataclass(frozen=True, slots=True)
class Admitted:
    """A document with the windows in which the model reads it, from its beginning on."""

    document: PendingDocument
    windows: Sequence[Window]

    @property
    def pages(self) -> Sequence[str]:
        """The texts that are read, from the first page on; the last one may be cut."""
        last = self.windows[-1]
        texts = self.document.pages[: last.last_page]
        return [*texts[:-1], texts[-1][: last.end]]

    @property
    def pages_read(self) -> int:
        """Pages that are read whole."""
        return len(self.pages) - (self.cut_page is not None)

    @property
    def cut_page(self) -> int | None:
        """The page that is read only in part, from 1; None if there is none."""
        last = self.windows[-1]
        return last.last_page if last.end < len(self.document.pages[last.last_page - 1]) else None


async def admit(documents: Sequence[PendingDocument], engine: Engine, budget: int, most_windows: int) -> list[Admitted]:
    """Count the tokens of each document and divide what does not fit at once.

    Parameters
    ----------
    budget
        Tokens that a document's text may have in one prompt, instruction and answer not counted.
    most_windows
        Windows in which a document is read.
    """

    def divided(document: PendingDocument) -> Admitted:
        return Admitted(document, windows_of(document.pages, engine.count_tokens, budget, most_windows))

    return [await asyncio.to_thread(divided, document) for document in documents]
