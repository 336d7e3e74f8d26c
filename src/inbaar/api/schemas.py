"""What goes in and out, field by field: from these the description of the API is made.

Amounts are texts with two decimals, days are ISO, and a field that is not known is refused: a slip of the pen is no silence.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from inbaar.api.problems import refusal_facts
from inbaar.kit.errors import Refusal

MOST_AT_ONCE = 5_000
MOST_CHECKED = 500
AMOUNT = r"(0|[1-9][0-9]{0,10})\.[0-9]{2}"
_AMOUNT = re.compile(AMOUNT)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it holds a sign that cannot be printed")
    return text


def _iso(value: Any) -> dt.date:
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or len(value) != len("2026-11-22"):
        raise ValueError("write a day as 2026-11-22")
    return dt.date.fromisoformat(value)


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ValueError("write an amount as text with two decimals, as 1210.00")
    return Decimal(value)


_printed = AfterValidator(_printable)
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), _printed]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _printed]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), _printed]
Kvk = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254), AfterValidator(_printable)]  # fmt: skip
#: An amount as it comes in: digits and two decimals, within quotes, so that no program rounds it on the way.
AmountIn = Annotated[
    Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "string", "pattern": f"^{AMOUNT}$"})
]
DayIn = Annotated[dt.date, BeforeValidator(_iso)]
Amount = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DebtorIn(_In):
    """Who owes: by his KvK number and name. Without an e-mail address the letter goes by post."""

    kvk: Kvk = Field(examples=["90000002"])
    name: Name = Field(examples=["Bakkerij De Korenaar B.V."])
    email: Email | None = None


class ArrearIn(_In):
    """An arrear by its three facts and its debtor. One that is in the books is reported as it stands there."""

    number: Number = Field(description="The number of the invoice", examples=["2026-0042"])
    amount: AmountIn = Field(description="The amount of the invoice in euro", examples=["1210.00"])
    due_date: DayIn = Field(description="The last day to pay", examples=["2026-10-02"])
    debtor: DebtorIn


class ArrearsIn(_In):
    """Many arrears at once."""

    arrears: list[ArrearIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class CheckIn(_In):
    """Arrears to look at before they are reported."""

    arrears: list[ArrearIn] = Field(min_length=1, max_length=MOST_CHECKED)


class EndIn(_In):
    """Why a report ends."""

    why: str = Field(
        pattern="^(withdrawn|agreed|paid)$", description="`withdrawn`, `agreed` (you came to terms) or `paid`"
    )


class LookUpIn(_In):
    """Which company, and why: it can see both who looked and the reason."""

    company: Name = Field(description="Its KvK number, or its whole name", examples=["90000002"])
    reason: Reason = Field(examples=["Order on account"])


class RefusalOut(BaseModel):
    """One failed rule. `passes_on` is the first day on which it is met, "never", or null where an act is needed."""

    code: str
    rule: str
    fact: str
    limit: str
    passes_on: str | None
    next_step: str

    @classmethod
    def of(cls, refusal: Refusal) -> "RefusalOut":
        """The same as JSON tells it."""
        return cls(**refusal_facts(refusal))


class ProblemOut(BaseModel):
    """Why a request was refused (RFC 9457). Nothing of it was done."""

    type: str
    title: str
    status: int
    detail: str
    refusals: list[RefusalOut]


class VerdictOut(BaseModel):
    """What became of one arrear: `reported`, `known` (it was reported before, nothing changed), or `refused`, and why."""

    number: str
    state: str
    report_id: int | None
    refusals: list[RefusalOut]


class VerdictsOut(BaseModel):
    """What became of each, in the order in which they came."""

    verdicts: list[VerdictOut]


class ConditionOut(BaseModel):
    """One of the five conditions."""

    code: str
    met: bool


class CheckedOut(BaseModel):
    """What reporting an arrear today would come to. Nothing is kept of it.

    The two clocks: `reportable_from` is thirty days after the last day to pay, `enterable_from` fourteen days after the letter
    that would leave if it were reported now, or after `reportable_from`.
    """

    number: str
    known: bool = Field(description="Whether an invoice of this number is in the books")
    report_id: int | None = Field(description="The report that runs for it, if one does")
    allowed: bool
    conditions: list[ConditionOut]
    reportable_from: dt.date
    enterable_from: dt.date
    refusals: list[RefusalOut]


class ChecksOut(BaseModel):
    """What each would come to, in the order in which they came, and the fee for one report."""

    checks: list[CheckedOut]
    fee: Amount | None = Field(description="In euro without VAT; null where no price holds today")


class ReportOut(BaseModel):
    """A report that runs. `state` is waiting, suspended (contested) or entered; `waits_for` is why it is not entered yet."""

    report_id: int
    number: str
    debtor: str
    amount: Amount = Field(description="What is open of it")
    reported_on: dt.date
    reportable_from: dt.date
    letter_left_on: dt.date | None
    enterable_from: dt.date
    state: str
    conditions: list[ConditionOut]
    waits_for: list[RefusalOut]


class ReportsOut(BaseModel):
    """Reports that run, the oldest first. `next` is the cursor of the page after this one, null on the last."""

    reports: list[ReportOut]
    next: str | None


class EndedOut(BaseModel):
    """What became of it: `ended`, or `not_running` where it had ended before (twice the same is once)."""

    report_id: int
    state: str


class FoundOut(BaseModel):
    """One entered arrear."""

    creditor: str
    amount: Amount
    due_date: dt.date


class LookUpOut(BaseModel):
    """What is entered of a company. `kvk` is empty where only its name was given and nothing was found."""

    kvk: str
    name: str
    count: int
    total: Amount
    arrears: list[FoundOut]


class InvoiceOut(BaseModel):
    """An invoice in the books. `state` is open, settled or withdrawn; `report_id` is of the report that runs for it."""

    invoice_id: int
    number: str
    debtor: str
    debtor_kvk: str
    issue_date: dt.date
    due_date: dt.date
    currency: str
    payable: Amount
    open_amount: Amount
    state: str
    reportable_from: dt.date
    report_id: int | None


class InvoicesOut(BaseModel):
    """Invoices, those that were taken in first coming first. `next` is the cursor of the page after this one, null on the last."""

    invoices: list[InvoiceOut]
    next: str | None


class CallerOut(BaseModel):
    """Who the token lets in."""

    client: str
    token: str
    scopes: list[str]
