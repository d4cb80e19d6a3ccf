"""What a script asks of a document: the type, a summary, and the fields of that type, each a call of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jsonschema import Draft202012Validator

from schemas.document_types import OTHER, DocumentType, DocumentTypes

TYPE: Final = "type"
SUMMARY: Final = "summary"
Answer = tuple[str, Any]
"""Name of a task, and what was said; None if nothing could be read."""


@dataclass(frozen=True, slots=True)
class Task:
    """One call.

    Parameters
    ----------
    tokens
        How many the answer may have.
    """

    instruction: str
    schema: Mapping[str, Any]
    tokens: int


@dataclass(frozen=True, slots=True)
class Took:
    """What one way took for all documents.

    Parameters
    ----------
    calls
        That the server was asked.
    tasks
        That the documents gave: three each, two where the type has no fields.
    valid
        Tasks whose answer is what their schema allows.
    fault
        What the first task failed of that has no answer.
    """

    seconds: float
    calls: int
    tasks: int
    valid: int
    fault: str | None = None


def tasks_of(types: DocumentTypes) -> dict[str, Task]:
    """Give the tasks by name; a type without fields has none."""
    lines = "\n".join(f"- {item.name}: {item.description.en}" for item in types.values())
    which = f"Which type is this document? Answer as JSON.\n{lines}"
    said = "Summarise this document in two short sentences, as JSON."
    return {
        TYPE: Task(which, types.class_schema(), 32),
        SUMMARY: Task(said, _object({"summary": {"type": "string", "maxLength": 400}}), 160),
        **{fields_of(item.name): _fields(item) for item in types.values() if item.fields},
    }


def fields_of(document_type: str) -> str:
    """Name the task of a type's fields."""
    return f"fields of {document_type}"


def type_in(said: object) -> str:
    """Give the type that an answer names; the type of what is none of the others if it names none."""
    name = said.get("document_type") if isinstance(said, dict) else None
    return name if isinstance(name, str) else OTHER


def count_valid(tasks: Mapping[str, Task], answers: Iterable[Answer]) -> int:
    """Count the answers that their task's schema allows."""
    allows = {name: Draft202012Validator(dict(task.schema)) for name, task in tasks.items()}
    return sum(allows[name].is_valid(said) for name, said in answers)


def _fields(kind: DocumentType) -> Task:
    wanted = "\n".join(f"- {field.name}: {field.description.en}" for field in kind.fields)
    schema = _object({field.name: {"type": "string", "maxLength": field.max_length} for field in kind.fields})
    return Task(f"Extract these fields as JSON:\n{wanted}", schema, 28 * (1 + len(kind.fields)))


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    names: Sequence[str] = list(properties)
    return {"type": "object", "properties": dict(properties), "required": names, "additionalProperties": False}
