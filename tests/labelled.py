"""Documents with labels beside them, as the samples are."""

import email
import email.policy
import json
from pathlib import Path
from typing import Any

import pypdf


def labels_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Read what is true of each document."""
    labels: dict[str, dict[str, Any]] = json.loads((folder / "labels.json").read_text("utf-8"))
    return labels


def documents_in(folder: Path) -> set[str]:
    """Give the names of the documents."""
    return {path.name for path in folder.iterdir() if path.suffix in {".pdf", ".txt", ".eml"}}


def text_of(path: Path) -> str:
    """Read the document's text, white space made single."""
    match path.suffix:
        case ".pdf":
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
        case ".eml":
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))
            assert body is not None
            text = body.get_content()
        case _:
            text = plain_text(path.read_bytes())
    return single_spaced(text)


def single_spaced(text: str) -> str:
    """Make white space single, whatever spaces and line breaks it was."""
    return " ".join(text.split())


def plain_text(content: bytes) -> str:
    """Read a text as UTF-8, or else as Windows does."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("windows-1252")
