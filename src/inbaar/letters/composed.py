"""A composed letter: its words in reading order, with no layout. Made by `wording`; `text` and `drawing` only draw it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Some words, bold or not."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """Its words without bold."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; figures stand right-aligned."""

    title: str
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; `total` is its closing row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentBox:
    """How to pay: labels and facts, the QR's payload or the reason there is none, the page to pay on where there is one, and
    the debtor's own page, on which he sees why and can say that it is not right.
    """

    caption: str
    rows: tuple[tuple[str, str], ...]
    qr_payload: str = ""
    qr_label: str = ""
    qr_alt: str = ""
    no_qr: str = ""
    link: str = ""
    link_label: str = ""
    own_page: str = ""
    own_page_label: str = ""


@dataclass(frozen=True, slots=True)
class TermCode:
    """How one term of a plan is paid: what it is in words, and the QR's payload."""

    label: str
    payload: str
    alt: str


@dataclass(frozen=True, slots=True)
class PlanPart:
    """The terms of a plan, and the QR of each under a title of its own where there are any."""

    terms: Table
    title: str = ""
    intro: str = ""
    codes: tuple[TermCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the calculation sheet."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The calculation sheet."""

    title: str
    intro: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole letter, ready to be drawn as PDF or as text. `page_label` holds `{page}` and `{pages}`."""

    language: str
    title: str
    subject: str
    description: str
    sender_name: str
    sender_address: tuple[str, ...]
    sender_facts: tuple[tuple[str, str], ...]
    recipient: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    salutation: str
    opening: tuple[Paragraph, ...]
    invoices: Table
    remarks: tuple[Paragraph, ...]
    payment: PaymentBox
    closing: tuple[Paragraph, ...]
    farewell: str
    appendix_notice: str
    sheet: Sheet
    page_label: str
    plan: PlanPart | None = None
