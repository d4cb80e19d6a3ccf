"""Document types as data: a YAML file a type gives schema, prompt wording, typed values, and SQL view."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from schemas.envelope import first_error
from schemas.expressions import ExpressionError, Scalar, Value, evaluate, names_in
from schemas.tables import TableDefinition
from schemas.wording import Wording

OTHER: Final = "other"
"""Name of the type for documents of none of the types."""

RESERVED_VIEWS: Final = frozenset(
    [
        "account",
        "alembic_version",
        "answer_fields",
        "answers",
        "batches",
        "costs",
        "current_answers",
        "dead_letter_records",
        "calibrations",
        "dead_letters",
        "document_failures",
        "document_types",
        "documents",
        "failures",
        "fields",
        "outbox",
        "pages",
        "pipelines",
        "results",
        "usage",
    ]
)
"""Tables and views of Postkorb's own."""

RESERVED_FIELDS: Final = frozenset(
    [
        "batch_id",
        "document_id",
        "duplicate_of",
        "file_name",
        "findings",
        "language",
        "metadata",
        "needs_review",
        "pipeline_id",
        "processed_at",
        "reasons",
        "status",
        "submitted_at",
        "summary",
        "tenant",
        "trace_id",
        "type_confidence",
    ]
)
"""Columns that every typed view has."""

MAX_TYPES: Final = 60
MAX_FIELDS: Final = 40
MAX_RULES: Final = 20
MAX_TABLES: Final = 3
MAX_WORDS: Final = 100
MAX_HEADINGS: Final = 200

_SAMPLES: Final[Mapping[str, Scalar]] = {"numeric": Decimal(7), "date": dt.date(2026, 1, 2), "text": "text"}
"""A value for each type of column, to try rules on."""

VALUE: Final = "{}"
"""Where the value is in the form of a sentence."""
GAP: Final = "…"
"""Where words are left open in it."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Words = Annotated[str, StringConstraints(pattern=r"^-?[^\s\x00-\x1f-].{0,58}\S$")]


class Kind(StrEnum):
    """What a value is; decides how code reads what the model copied."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    QUANTITY = "quantity"
    PERCENTAGE = "percentage"
    DATE = "date"
    PERIOD = "period"
    CURRENCY = "currency"
    IBAN = "iban"
    BIC = "bic"
    VAT_ID = "vat_id"
    REGISTER_NUMBER = "register_number"
    REFERENCE = "reference"
    NAME = "name"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    CHOICE = "choice"

    @property
    def column(self) -> str:
        """PostgreSQL type of the value's column in the typed view."""
        match self:
            case Kind.MONEY | Kind.NUMBER | Kind.QUANTITY | Kind.PERCENTAGE:
                return "numeric"
            case Kind.DATE:
                return "date"
            case _:
                return "text"


_IN_SENTENCES: Final = frozenset({Kind.TEXT, Kind.MONEY, Kind.PERIOD})
"""Kinds whose values code finds in a sentence."""


class Role(StrEnum):
    """What part the bearer of a name has in a letter."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    SIGNATORY = "signatory"


class DocumentTypeError(ValueError):
    """A type file that cannot be used; the message names the file, the place, and what would be right."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldDefinition(_Data):
    """One value that a document of the type should give."""

    name: Name
    kind: Kind = Kind.TEXT
    required: bool = False
    of_document: bool = Field(
        default=False, description="The document's own date or number: its heading names it too, see `headings`."
    )
    needs_label: bool = Field(
        default=False,
        description="Left empty where none of its names stands beside it: others like it are usual.",
    )
    before_tax: bool = Field(
        default=False,
        description="For kind `money`, in a type without `tax_totals`: of subtotal, tax and their sum, the subtotal.",
    )
    role: Role | None = Field(default=None, description="For kind `name` alone: where in a letter the name stands.")
    is_party: bool = Field(
        default=False, description="A firm or person with an address: of a firm and its contact, the firm is meant."
    )
    gets_goods: bool = Field(
        default=False,
        description="For a recipient's name alone: who stands below `Lieferadresse`, before who is billed.",
    )
    named_before: str | None = Field(
        default=None,
        description="For kind `name` alone: another field, whose bearer a document names after this one's.",
    )
    not_addressee: bool = Field(
        default=False,
        description="For kind `name` alone: never whom the document is written to; such a name is only proposed.",
    )
    max_length: int = Field(default=80, ge=1, le=400, description="Characters that the model may copy.")
    choices: tuple[Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")], ...] = Field(
        default=(), max_length=40, description="For kind `choice` alone."
    )
    label: Wording
    description: Wording
    synonyms: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(), max_length=60, description="Other words that stand before the value; not in the prompt."
    )
    unlike: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(),
        max_length=MAX_WORDS,
        description="Words before a value that make it another one's: `including` of a net total.",
    )
    doubtful: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(),
        max_length=24,
        description="Further words before the value that many others share (`by`): they count beside one of `told_by`.",
    )
    told_by: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(),
        max_length=60,
        description="Beginnings of words in the sentence of a doubtful name that say what it is of: `pay`. For kind "
        "`period` without one: somebody looks at a period of which no words speak (`terminat`).",
    )
    denied_by: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(),
        max_length=60,
        description="Words there that say that it is of something else, if no request to pay stands between: `appeal`.",
    )

    senders: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(),
        max_length=24,
        description="For kind `reference`: names that a sender's own number has, too (`Auftragsnummer`). What they "
        "alone name is only proposed.",
    )
    sentences: tuple[Annotated[str, StringConstraints(min_length=5, max_length=240)], ...] = Field(
        default=(),
        max_length=60,
        description="Forms of sentences that tell the value, where the model left it out: `notice of {} … terminat*`. "
        "`{}` is the value, `…` leaves words open, `*` a part of one, `?` a whole one; `/` is between alternatives.",
    )
    reduced_by: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = Field(
        default=(),
        max_length=60,
        description="For kind `money`, of what is left to pay: words beside another amount that say that so much was "
        "paid (`Teilzahlung`). Somebody looks where nothing confirms that this one is what is left.",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """What documents call the field: labels, synonyms, and doubtful names."""
        return (self.label.de, self.label.en, *self.synonyms, *self.doubtful)

    @model_validator(mode="after")
    def _doubts_fit(self) -> Self:
        needed = bool(self.told_by) if self.kind is not Kind.PERIOD else False
        if bool(self.doubtful) != needed or (self.denied_by and not self.told_by):
            message = (
                f"field {self.name}: `doubtful` and `told_by` need each other, but for kind `period`, which has "
                "`told_by` alone; and `denied_by` needs `told_by`"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _sentences_fit(self) -> Self:
        if self.sentences and self.kind not in _IN_SENTENCES:
            message = f"field {self.name}: `sentences` is for kinds {', '.join(sorted(_IN_SENTENCES))}"
            raise ValueError(message)
        if wrong := [form for form in self.sentences if form.split().count(VALUE) != 1 or GAP in form.split()[:1]]:
            message = f"field {self.name}: `{wrong[0]}` of `sentences` needs one `{VALUE}` and begins with a word"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _choices_fit(self) -> Self:
        if (self.kind is Kind.CHOICE) != bool(self.choices):
            message = f"field {self.name}: `choices` belongs to kind `choice`, and that kind needs it"
            raise ValueError(message)
        if len(set(self.choices)) != len(self.choices):
            message = f"field {self.name}: two choices are the same"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        for key, is_set, kinds in (
            ("role", self.role is not None, (Kind.NAME,)),
            ("is_party", self.is_party, (Kind.NAME,)),
            ("gets_goods", self.gets_goods, (Kind.NAME,)),
            ("named_before", self.named_before is not None, (Kind.NAME,)),
            ("not_addressee", self.not_addressee, (Kind.NAME,)),
            ("of_document", self.of_document, (Kind.DATE, Kind.REFERENCE)),
            ("senders", bool(self.senders), (Kind.REFERENCE,)),
            ("before_tax", self.before_tax, (Kind.MONEY,)),
            ("reduced_by", bool(self.reduced_by), (Kind.MONEY,)),
        ):
            if is_set and self.kind not in kinds:
                message = f"field {self.name}: `{key}` belongs to kind {' or '.join(f'`{kind}`' for kind in kinds)}"
                raise ValueError(message)
        if self.needs_label and self.kind is Kind.CHOICE:
            message = f"field {self.name}: `needs_label` is for what stands in the document, and a choice need not"
            raise ValueError(message)
        return self


class Rule(_Data):
    """What the values of a document must satisfy, such as net + tax = gross."""

    name: Name
    check: str = Field(description="An expression over names of fields, see `schemas.expressions`.")
    fields: tuple[Name, ...] = Field(min_length=1, max_length=8, description="Asked again if it fails.")
    over_missing: bool = Field(
        default=False, description="Whether it applies where a value is missing; the expression sees `None` then."
    )
    message: Wording = Field(description="What is wrong if it fails.")


class TaxTotals(_Data):
    """The fields that lines by tax rate are parts of."""

    net: Name
    tax: Name
    gross: Name


class DocumentType(_Data):
    """A type of document."""

    name: Name
    version: int = Field(ge=1, description="Raise it with every change that alters answers.")
    view: Name = Field(description="Name of the typed view in SQL, such as `invoices`.")
    title: Wording
    description: Wording = Field(description="How to recognise it; goes into the prompt.")
    headings: tuple[Words, ...] = Field(
        default=(),
        max_length=MAX_HEADINGS,
        description="What its documents call themselves; `-bescheid`: the end of a compound word. Not in the prompt.",
    )
    phrases: tuple[Words, ...] = Field(
        default=(), max_length=MAX_WORDS, description="Words that hardly stand in another type. Not in the prompt."
    )
    fields: tuple[FieldDefinition, ...] = Field(default=(), max_length=MAX_FIELDS)
    sender_buys: bool = Field(
        default=False, description="Its sender is who buys: who stands below `Bill to` sends it, as an order."
    )
    key_fields: tuple[Name, ...] = Field(default=(), max_length=4, description="Shown first in tables for people.")
    tables: tuple[TableDefinition, ...] = Field(default=(), max_length=MAX_TABLES)
    tax_totals: TaxTotals | None = Field(
        default=None,
        description="Of an invoice: a line of one tax rate has none of its totals; its only total is the gross one.",
    )
    rules: tuple[Rule, ...] = Field(default=(), max_length=MAX_RULES)

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            message = f"type {self.name}: two fields have the same name"
            raise ValueError(message)
        if taken := RESERVED_FIELDS.intersection(names):
            message = (
                f"type {self.name}: a field may not be named {', '.join(sorted(taken))}: every typed view has that"
            )
            raise ValueError(message)
        named = {field.name for field in self.fields if field.kind is Kind.NAME}
        if other := {field.named_before for field in self.fields if field.named_before} - named:
            message = (
                f"type {self.name}: named_before names {', '.join(sorted(other))}, which is no field of kind `name`"
            )
            raise ValueError(message)
        if unknown := set(self.key_fields) - set(names):
            message = f"type {self.name}: key_fields names {', '.join(sorted(unknown))}, which is no field"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_is_of_document(self) -> Self:
        own = [field for field in self.fields if field.of_document]
        for field in own:
            names = [other.name for other in own if other.kind is field.kind]
            if len(names) > 1:
                message = f"type {self.name}: {', '.join(names)} are `of_document`, and there is one {field.kind} of it"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _tax_totals_are_amounts(self) -> Self:
        amounts = {field.name for field in self.fields if field.kind is Kind.MONEY}
        totals = self.tax_totals
        if totals and (unknown := {totals.net, totals.tax, totals.gross} - amounts):
            message = f"type {self.name}: tax_totals names {', '.join(sorted(unknown))}, which is no amount of money"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _tables_fit(self) -> Self:
        numbers = {field.name for field in self.fields if field.kind.column == "numeric"}
        names = [field.name for field in self.fields] + [table.name for table in self.tables]
        for table in self.tables:
            if names.count(table.name) > 1:
                message = f"type {self.name}: table {table.name} has the name of a field or of another table"
                raise ValueError(message)
            if unknown := {name for column in table.columns for name in column.adds_up_to} - numbers:
                message = (
                    f"type {self.name}: table {table.name}: adds_up_to names {', '.join(sorted(unknown))}, "
                    "which is no field with a number"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _rules_can_be_checked(self) -> Self:
        samples = self._sample_values()
        names = [rule.name for rule in self.rules]
        for rule in self.rules:
            if names.count(rule.name) > 1:
                message = f"type {self.name}: two rules are named {rule.name}"
                raise ValueError(message)
            if fault := _fault_of(rule, samples):
                message = f"type {self.name}: rule {rule.name}: {fault}"
                raise ValueError(message)
        return self

    def _sample_values(self) -> dict[str, Value]:
        """Give a value of the right type for each name that a rule may use."""
        tables: dict[str, Value] = {
            table.name: [{column.name: _SAMPLES[Kind(column.kind).column] for column in table.columns}]
            for table in self.tables
        }
        fields: dict[str, Value] = {field.name: _SAMPLES[field.kind.column] for field in self.fields}
        return fields | tables

    def answer_schema(self, max_summary: int) -> dict[str, Any]:
        """JSON Schema of the fused answer: each field verbatim (`""` for not there), then the summary.

        Parameters
        ----------
        max_summary
            Upper bound of the summary, in characters.
        """
        properties: dict[str, Any] = {field.name: _verbatim_schema(field) for field in self.fields}
        properties["summary"] = {"type": "string", "minLength": 1, "maxLength": max_summary}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


class DocumentTypes(Mapping[str, DocumentType]):
    """All configured types by name; `other` is always among them."""

    def __init__(self, types: Iterable[DocumentType]) -> None:
        ordered = sorted(types, key=lambda item: (item.name == OTHER, item.name))
        self._types = {item.name: item for item in ordered}
        _check_together(ordered)

    def __getitem__(self, name: str) -> DocumentType:
        return self._types[name]

    def __iter__(self) -> Any:  # noqa: ANN401  (Iterator[str]; Mapping's own signature)
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all definitions: part of the pipeline's identity."""
        text = "\n".join(item.model_dump_json() for item in self._types.values())
        return hashlib.sha256(text.encode()).hexdigest()

    def class_schema(self) -> dict[str, Any]:
        """JSON Schema of the classification's answer."""
        return {
            "type": "object",
            "properties": {"document_type": {"enum": list(self._types)}},
            "required": ["document_type"],
            "additionalProperties": False,
        }


def load_document_types(*folders: Path) -> DocumentTypes:
    """Read the types that ship with Postkorb, then those in `folders`; a later file replaces a name.

    Raises
    ------
    DocumentTypeError
        If a folder or file cannot be used, with its name and the first thing that is wrong.
    """
    shipped = [item for item in files("schemas.documents").iterdir() if item.name.endswith(".yaml")]
    types = {item.name: item for item in (_read(entry.name, entry.read_text("utf-8")) for entry in shipped)}
    for folder in folders:
        if not folder.is_dir():
            message = f"{folder}: no such folder of document types"
            raise DocumentTypeError(message)
        for path in sorted(folder.glob("*.yaml")):
            item = _read(str(path), path.read_text("utf-8"))
            types[item.name] = item
    return DocumentTypes(types.values())


def _read(name: str, text: str) -> DocumentType:
    try:
        return DocumentType.model_validate(yaml.load(text, yaml.CSafeLoader))
    except yaml.YAMLError as error:
        message = f"{name}: not YAML: {' '.join(str(error).split())}"
        raise DocumentTypeError(message) from None
    except ValidationError as error:
        message = f"{name}: {first_error(error, whole='')}"
        raise DocumentTypeError(message) from None


def _check_together(types: list[DocumentType]) -> None:
    if OTHER not in {item.name for item in types}:
        message = f"no type named `{OTHER}`: documents of none of the types need one"
        raise DocumentTypeError(message)
    if len(types) > MAX_TYPES:
        message = f"{len(types)} types; at most {MAX_TYPES} fit into one prompt"
        raise DocumentTypeError(message)
    views = [item.view for item in types]
    for view in views:
        if views.count(view) > 1 or view in RESERVED_VIEWS:
            message = f"view `{view}` is used by two types or by Postkorb itself"
            raise DocumentTypeError(message)


def _fault_of(rule: Rule, samples: Mapping[str, Value]) -> str | None:
    """Say what is wrong with a rule, by trying it on values of the right types."""
    try:
        unknown = {*names_in(rule.check), *rule.fields} - set(samples)
        if unknown:
            return f"{', '.join(sorted(unknown))} is no field or table"
        evaluate(rule.check, samples)
    except ExpressionError as error:
        return f"`{rule.check}`: {error}"
    return _fault_over_missing(rule, samples) if rule.over_missing else None


def _fault_over_missing(rule: Rule, samples: Mapping[str, Value]) -> str | None:
    """Try a rule where all values are missing, each of them alone, and all but one."""
    names = names_in(rule.check)
    for missing in [names, *({name} for name in sorted(names)), *(names - {name} for name in sorted(names))]:
        try:
            evaluate(rule.check, {**samples, **dict.fromkeys(missing)})
        except ExpressionError as error:
            return f"`{rule.check}` without {', '.join(sorted(missing))}: {error}"
    return None


def _verbatim_schema(field: FieldDefinition) -> dict[str, Any]:
    if field.choices:
        return {"enum": [*field.choices, ""]}
    return {"type": "string", "maxLength": field.max_length}
