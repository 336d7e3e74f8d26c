"""What a person is asked about a page: each doubt in a sentence, each field without a value that can be trusted. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inbaar.intake.facts import doubt
from inbaar.intake.readers.page.dates import Dates
from inbaar.intake.readers.page.findings import CHECKED, LABELLED, Finding
from inbaar.intake.readers.page.layout import Layout
from inbaar.intake.readers.page.parties import Parties
from inbaar.intake.readers.page.purpose import Purpose
from inbaar.intake.readers.page.references import References
from inbaar.intake.readers.page.sums import Sums
from inbaar.intake.reading import Problem

#: Who reads the words that the PDF itself carries, as a reading names it.
TEXT_LAYER = "text layer"

_NAMES = {
    "number": "invoice number", "issue_date": "issue date", "due_date": "due date", "currency": "currency", "net": "net amount",
    "vat": "VAT", "total": "total", "payable": "amount to pay", "supplier.name": "supplier's name", "customer.name": "customer's name",
    "supplier.vat": "supplier's VAT id", "customer.vat": "customer's VAT id", "supplier.kvk": "supplier's KvK number",
    "customer.kvk": "customer's KvK number", "iban": "IBAN to pay to", "credits_invoice": "number of the invoice it credits",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that the resolvers found on the pages, before what is not sure enough is left out."""

    purpose: Purpose
    dates: Dates
    sums: Sums
    references: References
    parties: Parties
    failing: tuple[tuple[str, str], ...]
    layout: Layout
    currency: Finding | None


def problems_of(read: Gathered, found: Mapping[str, Finding], engine: str) -> Iterator[Problem]:
    """Every reason why a person must look; none where all is certain."""
    if engine != TEXT_LAYER:
        yield doubt("read-by-ocr", f"This is a scan, read by {engine}: compare every value with the page.")
    yield from _sum_problems(read, found)
    for name in _asked(read, found):
        yield doubt(
            f"unsure-{name.replace('_', '-').replace('.', '-')}",
            f"The {_NAMES[name]} could not be read with certainty: look at the page and fill it in.",
        )
    yield from _identifier_problems(read)
    yield from _document_problems(read)
    if not _certain(found):
        yield doubt(
            "read-from-page",
            "This was read from the page, not from an e-invoice, and not all of it is confirmed: check it.",
        )


def _sum_problems(read: Gathered, found: Mapping[str, Finding]) -> Iterator[Problem]:
    sums = read.sums
    if sums.contradicted:
        yield doubt("BR-CO-15", f"The sums do not tie: {sums.contradicted}; ask the supplier which is right.")
    elif not sums.ties:
        yield doubt("sums-unchecked", "The page prints no net, VAT and total that add up: check the amounts.")
    if sums.rate_fails:
        yield doubt("BR-CO-17", f"{sums.rate_fails}: ask the supplier for a corrected invoice.")
    totals = (found[name].value for name in ("total", "payable") if name in found)
    if not read.purpose.credit_note and any(value.startswith("-") for value in totals):
        yield doubt(
            "negative-invoice",
            "The invoice is negative but is not called a credit note: ask the supplier for a credit note.",
        )


def _identifier_problems(read: Gathered) -> Iterator[Problem]:
    for kind, text in read.failing:
        rule, meaning = ("iban", "IBAN") if kind == "iban" else ("vat-id", "VAT id")
        yield doubt(rule, f"The {meaning} {text!r} on the page fails its check: correct it.")
    reference, accounts = read.references.payment_fails, read.parties.several_accounts
    if reference:
        yield doubt(
            "payment-reference",
            f"The payment reference {reference!r} on the page fails its check: correct it.",
        )
    if accounts:
        named = ", ".join(accounts[:4])
        yield doubt(
            "several-accounts", f"The page names several accounts ({named}): choose the one to pay to."
        )


def _document_problems(read: Gathered) -> Iterator[Problem]:
    if read.purpose.doubtful:
        yield doubt(
            "may-be-reminder",
            "The text speaks of an unpaid invoice: check that this is the invoice itself, not a reminder.",
        )
    if read.dates.differs:
        yield doubt(
            "term-differs", "The due date is not the issue date plus the term on the page: check both."
        )
    if not read.layout.complete:
        yield doubt(
            "pages-left-out",
            "The document is long: only a part of its pages was read; check that nothing else matters.",
        )
    if read.purpose.credit_note:
        yield doubt(
            "credit-note-on-page",
            "This is a credit note that was read from its page: check which invoice it credits.",
        )


def _asked(read: Gathered, found: Mapping[str, Finding]) -> list[str]:
    """The fields an invoice needs, or that the page seems to have, without a value that can be trusted."""
    needed = ["number", "issue_date", "currency", "total", "payable", "supplier.name", "customer.name"]
    if read.sums.ties is False:
        needed += ["net", "vat"]
    if read.purpose.credit_note:
        needed.append("credits_invoice")
    seen = [*read.dates.asked, *read.parties.asked]
    return [name for name in dict.fromkeys((*needed, *seen)) if name not in found and name in _NAMES]


def _certain(found: Mapping[str, Finding]) -> bool:
    """Whether nothing is left to look at: sums that tie, both parties known by a number that is checked, all labelled."""
    checked = ("net", "vat", "total", "payable")
    labelled = (
        "number",
        "issue_date",
        "due_date",
        "currency",
        "supplier.name",
        "customer.name",
        "customer.postcode",
    )
    return (
        all(name in found and found[name].confidence >= CHECKED for name in checked)
        and all(name in found and found[name].confidence >= LABELLED for name in labelled)
        and any(f"supplier.{kind}" in found for kind in ("vat", "kvk"))
        and any(f"customer.{kind}" in found for kind in ("vat", "kvk"))
    )
