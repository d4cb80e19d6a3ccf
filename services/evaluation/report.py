"""What an evaluation found, as it is kept in JSON: each document's outcome, and the figures over them."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.envelope import first_error
from schemas.events import FieldAnswer, Finding, Status

VERSION: Final = 2


class ReportError(ValueError):
    """A file that is no evaluation of this version; the message names it and says what would be right."""


class Verdict(StrEnum):
    """What became of one field of one document."""

    RIGHT = "right"
    WRONG = "wrong"
    """Stated, and the truth is another value."""
    MISSING = "missing"
    """Not stated, and there is a value."""
    SILENT = "silent"
    """Not stated, and there is none: right, and counted apart."""
    INVENTED = "invented"
    """Stated, and there is none."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Excerpt(_Data):
    """A place in a document with a few words around it; `page` from 1."""

    page: int
    before: str
    text: str
    after: str


class FieldOutcome(_Data):
    """One field of one document: the truth, the answer, and what became of it."""

    path: str
    kind: str
    truth: str | None = Field(description="Canonical; None: the document does not say it.")
    shown: bool = Field(description="The pages show the truth, or there is none.")
    answer: FieldAnswer | None
    flagged: bool = Field(description="The answer says itself that it may be wrong.")
    verdict: Verdict = Field(description="Of what is stated, or copied where the page itself has no valid value.")
    proposal_right: bool = Field(default=False, description="Not stated, and what is proposed would be right.")
    evidence: Excerpt | None = Field(description="Where the answer stands.")
    truth_place: Excerpt | None = Field(description="Where the truth stands, as far as it was found.")

    @property
    def confidence(self) -> float:
        """Of the answer; 0 without one."""
        return self.answer.confidence if self.answer else 0.0

    @property
    def is_stated(self) -> bool:
        """Whether the answer has a value, and not only a proposal."""
        return self.answer is not None and self.answer.status == "ok"

    @property
    def is_proposed(self) -> bool:
        """Whether the answer is not stated, and not the best there is for a page whose own value is not valid."""
        return self.answer is not None and not self.is_stated and not self.is_copy

    @property
    def is_copy(self) -> bool:
        """Whether it is the exact copy, flagged and without a value, of what is not valid on the page itself."""
        return self.verdict is Verdict.RIGHT and not self.is_stated

    @property
    def is_read_right(self) -> bool:
        """Whether what was read is right, stated or proposed: what its confidence is about."""
        return self.verdict is Verdict.RIGHT or self.proposal_right

    @property
    def is_fault(self) -> bool:
        """Whether somebody who trusts the answer is misled, by what the pages show."""
        return self.shown and self.verdict in (Verdict.WRONG, Verdict.MISSING, Verdict.INVENTED)


class RowFault(_Data):
    """A row that is not as it should be."""

    text: str = Field(description="Quantity, description and total in one line: as labelled, or as answered.")
    places: list[Excerpt] = Field(
        description="Where it stands: of a missing row its words, of a surplus one its cells."
    )


class RowsOutcome(_Data):
    """The rows of one document's table; `shown` are those whose values the pages show."""

    truth: int
    shown: int
    answered: int
    found: int
    found_shown: int
    missing: list[RowFault] = Field(description="True rows that were not found.")
    extra: list[RowFault] = Field(description="Answered rows that are none.")

    @property
    def lost(self) -> int:
        """Rows that the pages show, and that were not found."""
        return self.shown - self.found_shown


class Cost(_Data):
    """What one document cost; None: not known of stored answers."""

    seconds: float | None = Field(
        description="From the first request to the checked answer, others in flight; None where nothing was asked now."
    )
    calls: int | None
    prompt_tokens: int
    cached_tokens: int | None
    completion_tokens: int


class DocumentOutcome(_Data):
    """What became of one document."""

    file: str
    sha256: str
    pages: int
    truth: str = Field(description="Its document type.")
    answered: str | None = Field(description="The type that was answered; None: no answer.")
    type_confidence: float = 0.0
    status: Status | None = None
    reasons: list[str] = []
    findings: list[Finding] = Field(
        default=[], description="What checks found: why it needs a look, and what does not."
    )
    needs_review: bool = False
    held: bool = Field(default=False, description="Whether anything but a confidence makes somebody look.")
    expected_failure: str | None = Field(default=None, description="Code with which it should fail.")
    failure: str | None = Field(default=None, description="Code with which it failed.")
    failure_message: str | None = None
    least_confidence: float = Field(
        default=1.0, description="Of all values that were answered, labelled or not, but for cells of tables."
    )
    fields: list[FieldOutcome] = []
    rows: RowsOutcome | None = None
    cost: Cost | None = None

    @property
    def scored(self) -> bool:
        """Whether there is anything to read in it."""
        return self.expected_failure is None

    @property
    def faults(self) -> int:
        """Wrong things in what it says, its type included."""
        rows = 0 if self.rows is None else self.rows.lost + self.rows.answered - self.rows.found
        return sum(field.is_fault for field in self.fields) + rows + (self.answered != self.truth)

    @property
    def passes(self) -> bool:
        """Whether nobody is asked to look, at the bound of confidence in force."""
        flagged = self.needs_review or any(item.flagged for item in self.fields)
        return self.may_pass and not flagged

    @property
    def may_pass(self) -> bool:
        """Whether nobody is asked to look, were it not for confidences."""
        return self.answered is not None and self.status is Status.COMPLETE and not self.held

    @property
    def confidence(self) -> float:
        """Least confidence of its type and of all values that were answered."""
        return min(self.type_confidence, self.least_confidence)


class Share(_Data):
    """So many of so many, with the interval in which 95 of 100 such measurements would lie."""

    right: int
    of: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None of nothing."""
        return self.right / self.of if self.of else None


class TypeFigures(_Data):
    """Figures of one document type."""

    documents: int
    classes: Share
    fields: Share
    fields_all: Share
    silence: Share


class FieldFigures(_Data):
    """Figures of one field of one type."""

    document_type: str
    path: str
    kind: str
    fields: Share
    fields_all: Share
    copies: int = Field(default=0, description="As in `Figures`.")
    wrong: int
    missing: int
    invented: int


class Confusion(_Data):
    """Documents by true type (rows) and answered type (columns); the last column is of those without an answer."""

    truth: list[str]
    answered: list[str]
    counts: list[list[int]]


class RowFigures(_Data):
    """Rows of tables, over all documents with labelled rows."""

    documents: int
    recall: Share
    recall_all: Share
    precision: Share
    silent_losses: int = Field(description="Documents that lack rows and are not said to be incomplete.")


class Contradictions(_Data):
    """Values that mislead: the document says another one, or none."""

    answered: int = Field(description="Values stated, with a label that the pages show, or whose absence is labelled.")
    proposed: Share = Field(description="Such values that are only proposed; right: those that would be.")
    empty: int = Field(description="Fields that the documents do not have.")
    wrong_flagged: int
    wrong_unflagged: int
    invented_flagged: int
    invented_unflagged: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.wrong_flagged + self.wrong_unflagged + self.invented_flagged + self.invented_unflagged

    @property
    def unflagged(self) -> int:
        """Those that do not say that they may be wrong."""
        return self.wrong_unflagged + self.invented_unflagged


class Bin(_Data):
    """Answers of nearly the same confidence."""

    low: float
    high: float
    count: int
    confidence: float = Field(description="Their mean.")
    right: float = Field(description="Share of them that is right.")


class Calibration(_Data):
    """Whether confidences mean what they say, and whether they rank."""

    count: int
    right: int
    auroc: float | None = Field(description="None where all are right, or none is.")
    ece: float | None = Field(description="Expected calibration error over `bins`; None of nothing.")
    bins: list[Bin]


class CoveragePoint(_Data):
    """What passes untouched if everything below a confidence is looked at."""

    threshold: float | None = Field(description="None: that in force.")
    documents: int
    faulty_documents: int
    values: int
    faulty_values: int


class CostFigures(_Data):
    """Means a document, and the time of all."""

    documents: int
    wall_seconds: float | None
    seconds: float | None
    calls: float | None
    prompt_tokens: float
    cached_tokens: float | None
    completion_tokens: float
    hourly_price: float | None = Field(description="Of the machine, in a currency of the asker's own.")

    @property
    def documents_per_hour(self) -> float | None:
        """Throughput of the run."""
        return 3600 * self.documents / self.wall_seconds if self.wall_seconds else None

    @property
    def price_per_thousand(self) -> float | None:
        """Price of a thousand documents."""
        per_hour = self.documents_per_hour
        return 1000 * self.hourly_price / per_hour if per_hour and self.hourly_price is not None else None


class Figures(_Data):
    """All figures of an evaluation."""

    documents: int = Field(description="Documents that can be read; figures are over these, unless they say else.")
    failed: int = Field(description="Those of them without an answer.")
    expected_failures: Share
    fields: Share = Field(description="The main figure: values that the pages show.")
    copies: int = Field(
        default=0,
        description="Right ones of `fields` that are exact copies of what is not valid on the page itself: "
        "no value, flagged.",
    )
    fields_all: Share = Field(description="All labelled values, those that no page shows included.")
    silence: Share = Field(description="Fields that a document does not have, and that were left empty.")
    classes: Share
    by_type: dict[str, TypeFigures]
    by_field: list[FieldFigures]
    confusion: Confusion
    rows: RowFigures | None
    contradictions: Contradictions
    field_calibration: Calibration
    class_calibration: Calibration
    coverage: list[CoveragePoint]
    left_alone: Share = Field(description="Values that nobody is asked to look at.")
    untouched: CoveragePoint = Field(description="At the bound of confidence in force.")
    cost: CostFigures


class Made(_Data):
    """How an evaluation came about."""

    at: datetime
    folder: str
    source: Literal["asked", "recorded", "stored"] = Field(
        description="Asked now; said again by a record of what the model said before, whose time nobody measured; or"
        " stored in the database."
    )
    pipeline_id: str
    model: str
    settings: dict[str, Any]
    wall_seconds: float | None = Field(description="None where nothing was asked now.")
    hourly_price: float | None = None


class Report(_Data):
    """An evaluation."""

    version: Literal[2] = VERSION
    made: Made
    figures: Figures
    documents: list[DocumentOutcome]


def read_report(path: Path) -> Report:
    """Read an evaluation of this version.

    Raises
    ------
    ReportError
        If the file cannot be used as one.
    """
    try:
        return Report.model_validate_json(path.read_text("utf-8"))
    except OSError as error:
        message = f"{path}: not readable: {error.strerror}"
        raise ReportError(message) from None
    except UnicodeDecodeError:
        message = f"{path}: not UTF-8, so no evaluation; `postkorb evaluate` writes one"
        raise ReportError(message) from None
    except ValidationError as error:
        message = f"{path}: no evaluation of this version ({first_error(error)}); `postkorb evaluate` writes one"
        raise ReportError(message) from None


def write_report(report: Report, path: Path) -> None:
    """Write an evaluation as JSON."""
    path.write_text(report.model_dump_json(indent=1) + "\n", "utf-8")
