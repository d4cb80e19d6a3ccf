"""How far a set of documents is, for people who wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Progress:
    """Documents past each step.

    Parameters
    ----------
    submitted
        Documents asked about.
    stored
        Past step 4, or dead-lettered.
    finished
        Past step 8: processed, failed or dead-lettered.
    published
        Past step 9: their last event is on its topic.
    """

    submitted: int
    stored: int
    finished: int
    published: int

    @property
    def whole(self) -> bool:
        """Each one has ended, and its event is out."""
        return self.finished >= self.submitted and self.published >= self.submitted

    @property
    def steps(self) -> Mapping[str, int]:
        """Documents by group of steps, in order."""
        return {"2-4 stored": self.stored, "5-8 answered": self.finished, "9 published": self.published}


_PROGRESS = text("""
    WITH mine AS (
        SELECT document_key, document_id, state FROM postkorb.documents
        WHERE document_id = ANY(:ids) AND tenant = :tenant
    ), dead AS (
        SELECT DISTINCT key FROM postkorb.dead_letters
        WHERE key = ANY(:keys) AND retried_at IS NULL
          AND key NOT IN (SELECT convert_to(document_id, 'UTF8') FROM mine)
    ), waiting AS (
        SELECT count(DISTINCT key) FILTER (WHERE document_key IS NULL) AS letters,
               count(DISTINCT document_key) AS documents
        FROM postkorb.outbox
        WHERE published_at IS NULL AND attempt IS NULL
          AND (document_key IN (SELECT document_key FROM mine WHERE state <> 'parsed')
               OR (document_key IS NULL AND key IN (SELECT key FROM dead)))
    )
    SELECT (SELECT count(*) FROM mine) + (SELECT count(*) FROM dead) AS stored,
           (SELECT count(*) FROM mine WHERE state <> 'parsed') + (SELECT count(*) FROM dead) AS finished,
           waiting.letters + waiting.documents AS unpublished
    FROM waiting
""")


async def progress_of(connection: AsyncConnection, document_ids: Sequence[str], tenant: str) -> Progress:
    """Count how far documents of a tenant are.

    Records that became dead letters are counted by their key, as long as they were not handed in again; rows of the
    outbox that are another try are no events.
    """
    keys = [identifier.encode() for identifier in document_ids]
    row = (await connection.execute(_PROGRESS, {"ids": list(document_ids), "keys": keys, "tenant": tenant})).one()
    return Progress(len(document_ids), row.stored, row.finished, row.finished - row.unpublished)
