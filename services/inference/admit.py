"""Step 5, admit: which pages of a document fit into the context."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.inference.engines.port import Engine
from services.storage.records import PendingDocument


@dataclass(frozen=True, slots=True)
class Admitted:
    """A document with the pages that the model will read.

    Parameters
    ----------
    pages
        Their texts, from the first on; the last one may be cut.
    pages_read
        Pages that are read whole.
    tokens
        Tokens of `pages`.
    """

    document: PendingDocument
    pages: Sequence[str]
    pages_read: int
    tokens: int

    @property
    def cut_page(self) -> int | None:
        """The page that is read only in part, from 1; None if there is none."""
        return self.pages_read + 1 if len(self.pages) > self.pages_read else None


async def admit(documents: Sequence[PendingDocument], engine: Engine, budget: int) -> list[Admitted]:
    """Count the tokens of each document and keep what fits.

    Parameters
    ----------
    budget
        Tokens that a document's text may have, instruction and answer not counted.
    """
    pages = [page for document in documents for page in document.pages]
    counts = iter(await asyncio.to_thread(engine.count_tokens, pages))
    return [fit_pages(document, [next(counts) for _ in document.pages], budget) for document in documents]


def fit_pages(document: PendingDocument, counts: Sequence[int], budget: int) -> Admitted:
    """Keep the first pages whose tokens fit; a first page that does not fit alone is cut, never skipped."""
    total = read = 0
    for count in counts:
        if total + count > budget:
            break
        total += count
        read += 1
    if read:
        return Admitted(document, document.pages[:read], read, total)
    part = document.pages[0][: len(document.pages[0]) * budget // max(1, counts[0])]
    return Admitted(document, [part], 0, budget)
