"""Tables of a document type as data: which columns its rows have, and how to recognise them."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.wording import Wording

ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnLabels(_Data):
    """What documents write above a column, the usual first; capitals, currencies and `netto` do not matter."""

    de: tuple[Label, ...] = Field(default=(), max_length=40)
    en: tuple[Label, ...] = Field(default=(), max_length=40)
    fr: tuple[Label, ...] = Field(default=(), max_length=40)


class ColumnDefinition(_Data):
    """One column of a table."""

    name: ColumnName
    kind: Literal["text", "money", "number"]
    required: bool = Field(default=False, description="A table without this column is another table.")
    labels: ColumnLabels
    adds_up_to: tuple[ColumnName, ...] = Field(
        default=(), max_length=4, description="Fields of which one is the sum of the column."
    )
    product_of: tuple[()] | tuple[ColumnName, ColumnName] = Field(
        default=(), description="Two columns whose product is this one, but for rounding and discounts."
    )

    @property
    def label(self) -> Wording:
        """What people call it: the usual label, or its name where a language has none."""
        spoken = self.name.replace("_", " ")
        return Wording(de=next(iter(self.labels.de), spoken), en=next(iter(self.labels.en), spoken))


class TableDefinition(_Data):
    """A table whose rows code reads from where the text stands on the pages."""

    name: ColumnName
    label: Wording = Field(description="What people call it: reasons of an incomplete result begin with it.")
    required: bool = Field(default=False, description="A document without any row of it is incomplete.")
    columns: tuple[ColumnDefinition, ...] = Field(min_length=2, max_length=12)
    row_numbers: ColumnLabels = Field(default=ColumnLabels(), description="Labels of the column that counts the rows.")

    @model_validator(mode="after")
    def _columns_fit(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            message = f"table {self.name}: two columns have the same name"
            raise ValueError(message)
        if [column.kind for column in self.columns].count("text") != 1:
            message = (
                f"table {self.name}: exactly one column has kind `text`, the description that may take several lines"
            )
            raise ValueError(message)
        if not any(column.kind != "text" and column.required for column in self.columns):
            message = f"table {self.name}: one column of numbers must be required: it says where a row is"
            raise ValueError(message)
        for column in self.columns:
            self._check_product(column)
        return self

    def _check_product(self, column: ColumnDefinition) -> None:
        others = {other.name for other in self.columns if other.kind != "text" and other.name != column.name}
        if column.product_of and (len(set(column.product_of)) == 1 or not others.issuperset(column.product_of)):
            message = f"table {self.name}: product_of of {column.name} names two other columns of numbers"
            raise ValueError(message)

    @property
    def description(self) -> ColumnDefinition:
        """The column of text."""
        return next(column for column in self.columns if column.kind == "text")

    @property
    def key(self) -> ColumnDefinition:
        """The column of numbers that every row has; the one that adds up, if there is one."""
        numbers = [column for column in self.columns if column.kind != "text" and column.required]
        return next((column for column in numbers if column.adds_up_to), numbers[0])
