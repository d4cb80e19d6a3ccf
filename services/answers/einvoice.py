"""The values of an e-invoice, as its own XML gives them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_LINES: Final = 10_000
"""Invoice lines that are read; what comes after is named in a note."""
MAX_TEXT: Final = 1_000
"""Characters of one text, such as the description of a line; a longer one is cut and named in a note."""
MAX_NOTES: Final = 50
MAX_OTHER_TEXT: Final = 50_000
"""Characters of the texts outside the lines, and of the lines' notes."""
MAX_DIGITS: Final = 28
"""Digits of a number (Python's default decimal context keeps as many)."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=MAX_DIGITS)]

CREDIT_NOTE: Final = "381"
CREDIT_NOTES: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "503", "532"})
"""Type codes (BT-3, UNTDID 1001) whose amounts the seller owes, as EN 16931 divides the code list."""

SELF_BILLED: Final = frozenset({"261", "389", "501", "527"})
"""Type codes of what the buyer bills to himself: a German `Gutschrift` for milk, or for current that is fed in."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EInvoiceLine(_Read):
    """One invoice line; None where the XML does not say."""

    description: Text | None = Field(default=None, description="BT-153.")
    quantity: Amount | None = Field(default=None, description="BT-129.")
    line_total: Amount | None = Field(default=None, description="BT-131.")


class EInvoice(_Read):
    """An e-invoice by EN 16931 or its ancestor; None where the XML does not say. Fields are named as the type's."""

    syntax: Literal["cii", "ubl", "zugferd-1"]
    type_code: Text | None = Field(default=None, description="BT-3: 380 is an invoice, 381 a credit note.")
    invoice_number: Text | None = Field(default=None, description="BT-1.")
    issue_date: dt.date | None = Field(default=None, description="BT-2.")
    due_date: dt.date | None = Field(default=None, description="BT-9.")
    order_number: Text | None = Field(default=None, description="BT-13.")
    seller_name: Text | None = Field(default=None, description="BT-27.")
    buyer_name: Text | None = Field(default=None, description="BT-44.")
    seller_vat_id: Text | None = Field(default=None, description="BT-31.")
    currency: Text | None = Field(default=None, description="BT-5.")
    iban: Text | None = Field(default=None, description="BT-84, as it is written.")
    net_total: Amount | None = Field(default=None, description="BT-109.")
    tax_total: Amount | None = Field(default=None, description="BT-110.")
    gross_total: Amount | None = Field(default=None, description="BT-112.")
    lines_total: Amount | None = Field(default=None, description="BT-106.")
    prepaid: Amount | None = Field(default=None, description="BT-113.")
    payable: Amount | None = Field(default=None, description="BT-115.")
    other_text: str | None = Field(
        default=None,
        max_length=MAX_OTHER_TEXT,
        description="Texts outside the lines, and notes of lines: what the pages may say besides. None: not kept.",
    )
    line_items: tuple[EInvoiceLine, ...] = Field(default=(), max_length=MAX_LINES)
    lines_left_out: int = Field(default=0, ge=0, description="Invoice lines of the XML beyond those that are read.")
    notes: tuple[Text, ...] = Field(
        default=(), max_length=MAX_NOTES, description="What in the XML could not be read, a sentence each."
    )

    @property
    def totals(self) -> frozenset[Decimal]:
        """All amounts that the page may call a total of some kind."""
        named = (self.net_total, self.tax_total, self.gross_total, self.lines_total, self.prepaid, self.payable)
        totals = frozenset(amount for amount in named if amount is not None)
        return totals | {-amount for amount in totals} if self.is_credit_note else totals

    def as_json(self) -> dict[str, Any]:
        """Give the values as JSON has them, without those that are not there."""
        nothing = set() if self.lines_left_out else {"lines_left_out"}
        return self.model_dump(mode="json", exclude_none=True, exclude=nothing)

    @property
    def left_to_pay(self) -> Decimal | None:
        """The amount due where it is another one than the total, but for rounding (BT-114)."""
        if self.payable is None or self.gross_total is None or abs(self.gross_total - self.payable) < 1:
            return None
        return self.payable

    @property
    def is_by_buyer(self) -> bool:
        """Whether the buyer wrote it, as the two agreed."""
        return self.type_code in SELF_BILLED

    @property
    def is_credit_note(self) -> bool:
        """Whether the seller owes the amounts."""
        return self.type_code in CREDIT_NOTES
