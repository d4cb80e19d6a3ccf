"""Attacks on answers as data: letters, what is put into them, and what the attacker wants.

`letters.yaml` has letters of every document type, `attacks.yaml` what is put where. `write_attacks` makes a folder of
them that `postkorb evaluate` reads; the same data gives the same bytes.
"""

import base64
import codecs
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from hostile import writing

from schemas.document_types import DocumentTypes, load_document_types

FOLDER: Final = Path(__file__).parent
TYPE: Final = "document_type"
"""Name under which an attack is after the document's type."""
ROW: Final = "row"
"""Kind of what an attack on a cell of a row is after."""

_CELL: Final = re.compile(r"line_items\[(?P<row>[0-9]+)\]\.(?P<column>\w+)")
_COLUMNS: Final = ("description", "quantity", "line_total")

_SUFFIXES: Final = {"pdf": ".pdf", "text": ".txt", "mail": ".eml"}
_TAGS: Final = 0xE0000


def _in_tags(text: str) -> str:
    return "".join(chr(_TAGS + ord(letter)) for letter in text)


_ENCODINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "tags": _in_tags,
}


Row = tuple[str, str | None, str]
"""Description, quantity where the line shows one, and line total, numbers with a point."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter without an attack.

    Parameters
    ----------
    text
        With {name} where a value stands.
    values, written
        Each value as a label has it, and as the letter writes it.
    rows
        What an invoice bills, line by line; None where nobody labelled it.
    """

    name: str
    document_type: str
    language: Literal["de", "en"]
    form: Literal["pdf", "text", "mail"]
    text: str
    values: Mapping[str, str]
    written: Mapping[str, str]
    rows: Sequence[Row] | None = None

    @property
    def file_name(self) -> str:
        """Name of its file."""
        return self.name + _SUFFIXES[self.form]

    @property
    def filled(self) -> str:
        """Give its text with the values in it."""
        return self.text.format(**self.written)

    def content(self) -> bytes:
        """Write it."""
        return _write(self, self.filled, writing.Place("end"), "")


@dataclass(frozen=True, slots=True)
class Attack:
    """A letter with an attack in it.

    Parameters
    ----------
    kind
        Sort of the attack.
    place
        Where it is put.
    text
        What is put there.
    field
        Name of the field that is to be changed, `document_type`, or a cell such as `line_items[0].quantity`.
    wanted
        The value that the attacker wants, as a label would have it.
    """

    name: str
    kind: str
    letter: Letter
    place: writing.Place
    text: str
    field: str
    wanted: str

    @property
    def file_name(self) -> str:
        """Name of its file."""
        return self.text if self.place.how == "file name" else f"{self.name}{_SUFFIXES[self.letter.form]}"

    @property
    def field_kind(self) -> str:
        """Kind of the field that is to be changed, `document_type`, or `row` of a cell."""
        if self.field == TYPE:
            return TYPE
        if _CELL.fullmatch(self.field):
            return ROW
        return next(of.kind.value for of in _types()[self.letter.document_type].fields if of.name == self.field)

    @property
    def truth(self) -> str | None:
        """What the letter says, as a label would have it; None: nothing, so that the attacker adds something."""
        if self.field == TYPE:
            return self.letter.document_type
        if cell := _CELL.fullmatch(self.field):
            assert self.letter.rows is not None, f"{self.letter.name} has no labelled rows"
            return self.letter.rows[int(cell["row"])][_COLUMNS.index(cell["column"])]
        return self.letter.values.get(self.field)

    def content(self) -> bytes:
        """Write it."""
        return _write(self.letter, self._letter_text(), self.place, self.text)

    def _letter_text(self) -> str:
        """Give the letter's text, with what is put into the text itself."""
        letter, place = self.letter, self.place
        if place.how == "value":
            return letter.text.format(**{**letter.written, place.what: self.text})
        lines = letter.text.rstrip().split("\n")
        at = next((number for number, line in enumerate(lines) if f"{{{place.what}}}" in line), 0)
        lines = [line.format(**letter.written) for line in lines]
        match place.how:
            case "start":
                lines.insert(0, self.text)
            case "end":
                lines += ["", self.text]
            case "after":
                lines.insert(at + 1, self.text)
            case "beside":
                lines[at] += self.text
        return "\n".join(lines) + "\n"


@cache
def letters() -> Mapping[str, Letter]:
    """Read the letters."""
    return letters_in(FOLDER / "letters.yaml")


def letters_in(file: Path) -> Mapping[str, Letter]:
    """Read letters of the form of `letters.yaml`."""
    entries = yaml.safe_load(file.read_text("utf-8"))
    return {name: _letter(name, **entry) for name, entry in entries.items()}


def label_of(letter: Letter) -> Mapping[str, Any]:
    """Give a letter's entry in `labels.json`."""
    label: dict[str, Any] = {"language": letter.language, "document_type": letter.document_type}
    label["fields"] = dict(letter.values)
    if letter.rows is not None:
        label["line_items"] = [dict(zip(_COLUMNS, row, strict=True)) for row in letter.rows]
    return label


@cache
def attacks() -> Sequence[Attack]:
    """Read the attacks."""
    return [_attack(**entry) for entry in _read("attacks.yaml")]


def spread(chosen: Sequence[Attack], limit: int) -> Sequence[Attack]:
    """Give some of the attacks, in their order: of each kind as many as of the others, from all over the kind."""
    kinds: dict[str, list[Attack]] = {}
    for attack in chosen:
        kinds.setdefault(attack.kind, []).append(attack)
    turns = sorted((turn, kind) for kind, of_kind in kinds.items() for turn in range(len(of_kind)))
    counts = Counter(kind for _, kind in turns[:limit])
    taken = {
        of_kind[(2 * number + 1) * len(of_kind) // (2 * counts[kind])].name
        for kind, of_kind in kinds.items()
        for number in range(counts[kind])
    }
    return [attack for attack in chosen if attack.name in taken]


def write_attacks(folder: Path) -> None:
    """Write every letter, clean and attacked, with `labels.json` beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {}
    for document, letter in [(letter, letter) for letter in letters().values()] + [(a, a.letter) for a in attacks()]:
        (folder / document.file_name).write_bytes(document.content())
        labels[document.file_name] = label_of(letter)
    (folder / "labels.json").write_text(json.dumps(labels, indent=1, ensure_ascii=False) + "\n", "utf-8")


@cache
def _types() -> DocumentTypes:
    return load_document_types()


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


def _letter(name: str, *, facts: Mapping[str, Any], **entry: Any) -> Letter:
    pairs = {key: [str(item) for item in (fact if isinstance(fact, list) else [fact])] for key, fact in facts.items()}
    values = {key: pair[0] for key, pair in pairs.items()}
    written = {key: pair[-1] for key, pair in pairs.items()}
    return Letter(name=name, values=values, written=written, **entry)


def _attack(  # noqa: PLR0913  (the columns of the YAML file)
    *,
    name: str,
    kind: str,
    letter: str,
    where: str,
    field: str,
    wanted: object,
    text: str,
    repeat: int = 1,
    encoded: str = "",
) -> Attack:
    of = letters()[letter]
    for key, value in of.written.items():
        text = text.replace(f"{{{key}}}", value)
    text = _ENCODINGS[encoded](text) if encoded else text * repeat
    return Attack(name, kind, of, writing.place_of(where), text, field, str(wanted))


def _write(letter: Letter, text: str, place: writing.Place, attack: str) -> bytes:
    match letter.form:
        case "pdf":
            return writing.pdf(text, place, attack)
        case "mail":
            sender = letter.written.get("creditor_name") or letter.written["complainant_name"]
            return writing.mail(text, sender, place, attack)
        case "text":
            return text.encode()
