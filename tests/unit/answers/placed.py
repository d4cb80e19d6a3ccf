"""Pages whose words have places, as step 3 stores them; types with few words of their own; what is said in the end."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from schemas.document_types import OTHER, DocumentType, DocumentTypes, FieldDefinition, Kind, load_document_types
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.letter import Letter
from services.answers.review import review
from services.answers.surroundings import Surroundings
from services.answers.tables.runs import Run, pack

SIZE: Final = 100
"""Of all letters, in tenths of a point; a line below the next one is 120 away."""
LETTER: Final = 50
"""Width of a letter."""
BOTH: Final = Wording(de="x", en="x")
TYPES: Final = load_document_types()
"""Those that ship."""

Placed = tuple[str, int, int]
"""Text, left edge and baseline, in tenths of a point."""
Pages = tuple[list[str], list[list[int]]]
"""Pages and their layouts."""


def placed(*words: Placed, size: int = SIZE) -> Pages:
    """Give a page of cells, and its packed runs; its text has them below each other, in the order given."""
    text = ""
    runs = []
    for word, left, baseline in filter(itemgetter(0), words):
        runs.append(Run(len(text), len(text) + len(word), left, left + LETTER * len(word), baseline, size))
        text += f"{word}\n"
    return [text], [pack(runs)]


def letter_of(pages: Sequence[str], layouts: Sequence[Sequence[int]]) -> Letter:
    """Take pages for a letter."""
    return Letter(pages, Surroundings(pages, layouts))


def column(left: int, top: int, *lines: str) -> list[Placed]:
    """Give lines directly below each other; an empty one is a gap."""
    return [(line, left, top + 120 * number) for number, line in enumerate(lines)]


def field(name: str, kind: Kind, de: str, en: str, **more: Any) -> FieldDefinition:
    return FieldDefinition(name=name, kind=kind, label=Wording(de=de, en=en), description=BOTH, **more)


def a_type(*fields: FieldDefinition, name: str = "bill", **more: Any) -> DocumentType:
    return DocumentType(
        name=name, version=1, view=f"{name}s", title=BOTH, description=BOTH, fields=fields, **more
    )  # fmt: skip


def types(*some: DocumentType) -> DocumentTypes:
    return DocumentTypes([*some, a_type(name=OTHER)])


def values(fields: list[FieldAnswer]) -> dict[str, str | None]:
    return {answer.path: answer.value for answer in fields}


def answered(kind: str, text: str, language: str, **copied: str) -> dict[str, str | None]:
    """Give what is said of a letter of a type that ships in the end."""
    candidates = Candidates([text], language)
    checked = check_answer(TYPES[kind], copied, [text], language, candidates.surroundings)
    return values(list(review(TYPES[kind], checked, candidates, language).fields))
