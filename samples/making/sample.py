"""What a sample is: a file and what is true of it."""

from dataclasses import dataclass
from typing import Any

from making.facts import Facts

MEDIA_TYPES = {"pdf": "application/pdf", "txt": "text/plain", "eml": "message/rfc822"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A document that should be read well.

    Parameters
    ----------
    summary_mentions
        Words that any good summary of it would contain.
    line_items
        Rows of its table, each with description, quantity and, where the table has it, line_total; none if they are not
        labelled.
    """

    file_name: str
    content: bytes
    document_type: str
    facts: Facts
    summary_mentions: tuple[str, ...]
    line_items: tuple[dict[str, str], ...] = ()

    @property
    def label(self) -> dict[str, Any]:
        """What the system should find in it."""
        return {
            "media_type": media_type(self.file_name),
            "language": self.facts.language,
            "document_type": self.document_type,
            "fields": self.facts.values,
            "verbatim": self.facts.verbatim,
            "summary_mentions": list(self.summary_mentions),
        } | ({"line_items": list(self.line_items)} if self.line_items else {})


@dataclass(frozen=True, slots=True)
class FailingSample:
    """A document that nobody can read, and the error code that says so."""

    file_name: str
    content: bytes
    fails_with: str

    @property
    def label(self) -> dict[str, Any]:
        """How the system should fail on it."""
        return {"media_type": media_type(self.file_name), "fails_with": self.fails_with}


def media_type(file_name: str) -> str:
    """Give the media type for a sample's file name."""
    return MEDIA_TYPES[file_name.rsplit(".", 1)[1]]
