"""The words of a PDF's pages to an `InvoiceRead`: every field the page makes certain, and a question for each other. Pure.

Used by `read_invoice` for a PDF that carries no e-invoice. Each resolver gives findings with their words; a finding that is
not sure enough is left out here, never weakened into a guess.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.intake.facts import doubt
from inbaar.intake.readers.page.dates import Dates, dates_of
from inbaar.intake.readers.page.findings import CHECKED, LABELLED, Finding
from inbaar.intake.readers.page.identities import identities_of
from inbaar.intake.readers.page.layout import Layout, layout_of
from inbaar.intake.readers.page.near import Sheet
from inbaar.intake.readers.page.parties import Parties, parties_of
from inbaar.intake.readers.page.purpose import Purpose, purpose_of
from inbaar.intake.readers.page.references import References, references_of
from inbaar.intake.readers.page.sums import Sums, sums_of
from inbaar.intake.readers.page.values import amounts, currency_of
from inbaar.intake.readers.source import Unreadable
from inbaar.intake.reading import FieldRead, InvoiceRead, PartyRead, Problem

#: No name, line of an address or reference is longer.
_LONGEST = 120
_NAMES = {
    "number": "invoice number", "issue_date": "issue date", "due_date": "due date", "currency": "currency", "net": "net amount",
    "vat": "VAT", "total": "total", "payable": "amount to pay", "supplier.name": "supplier's name", "customer.name": "customer's name",
    "supplier.vat": "supplier's VAT id", "customer.vat": "customer's VAT id", "supplier.kvk": "supplier's KvK number",
    "customer.kvk": "customer's KvK number", "iban": "IBAN to pay to", "credits_invoice": "number of the invoice it credits",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    """All that the resolvers found."""

    purpose: Purpose
    dates: Dates
    sums: Sums
    references: References
    parties: Parties
    failing: tuple[tuple[str, str], ...]
    layout: Layout
    currency: Finding | None


def invoice_on_pages(
    pages: Sequence[Mapping[str, Any]], count: int, engine: str, file: str, sha256: str
) -> InvoiceRead:
    """The invoice printed on these pages, of `count` the PDF has. `engine` says who read them: `text layer` or an OCR."""
    sheet = Sheet(layout_of(pages, count))
    purpose = purpose_of(sheet)
    if purpose.refused:
        raise Unreadable(
            "not-an-invoice",
            f"This is {purpose.refused}, not an invoice, by its own title: send the invoice itself.", "pdf",
        )  # fmt: skip
    identities = identities_of(sheet)
    sums = sums_of(sheet)
    read = _Read(
        purpose=purpose,
        dates=dates_of(sheet),
        sums=sums,
        references=references_of(sheet, purpose.credit_note),
        parties=parties_of(sheet, identities),
        failing=identities.failing,
        layout=sheet.layout,
        currency=_currency(sheet, sums),
    )
    found = {name: f for name, f in _findings(read) if f.trusted and len(f.value) <= _LONGEST}
    if not purpose.titled or not sums.any_amount or not {"number", "total"} & set(found):
        raise Unreadable(
            "no-xml",
            "This PDF carries no e-invoice as XML, and its pages show no invoice that can be read: "
            "ask the sender for the invoice as a Factur-X PDF, a UBL or a CII file.", "pdf",
        )  # fmt: skip
    problems = tuple(_problems(read, found, engine))
    return _invoice(read, found, problems, engine, file, sha256)


def _findings(read: _Read) -> Iterator[tuple[str, Finding]]:
    single = {
        "number": read.references.number, "issue_date": read.dates.issued, "due_date": read.dates.due,
        "payment_terms": read.dates.term, "currency": read.currency, "payment_reference": read.references.payment,
        "credits_invoice": read.references.credits,
    }  # fmt: skip
    yield from ((name, finding) for name, finding in single.items() if finding is not None)
    credit = read.purpose.credit_note
    for name, finding in (*read.sums.found.items(), *_rates(read.sums)):
        yield name, _positive(finding) if credit and not name.startswith("vat_percent") else finding
    yield from read.parties.found.items()


def _positive(finding: Finding) -> Finding:
    """A credit note's amounts have no sign of their own: that it is one says it."""
    return Finding(finding.value.lstrip("-"), finding.words, finding.page, finding.level)


def _rates(sums: Sums) -> Iterator[tuple[str, Finding]]:
    for place, rate in enumerate(sums.rates, 1):
        ending = "" if place == 1 else f"_{place}"
        words = tuple(word for amount in rate.amounts for word in amount.words)
        yield f"vat_percent{ending}", Finding(f"{rate.percent:f}", words, rate.page, CHECKED)
        if rate.base is not None:
            yield f"vat_base{ending}", Finding(f"{rate.base:.2f}", rate.amounts[0].words, rate.page, CHECKED)
        yield f"vat_amount{ending}", Finding(f"{rate.tax:.2f}", rate.amounts[-1].words, rate.page, CHECKED)


def _currency(sheet: Sheet, sums: Sums) -> Finding | None:
    """The currency printed with the total; else the only one printed with any amount, or named by itself."""
    for label in sheet.named("currency"):
        named = [word for word in sheet.right(label)[:3] if word.text not in (":", "=")]
        if named and (code := currency_of(named[0].text)) and len(code) == 3:
            return Finding(code, (named[0],), label.cell.page, LABELLED)
    seen: dict[str, Finding] = {}
    for cell in sheet.layout.cells:
        for amount in amounts(cell.words):
            if amount.currency:
                seen.setdefault(amount.currency, Finding(amount.currency, amount.words, cell.page, LABELLED))
        for word in cell.words:
            code = currency_of(word.text)
            if code and ((len(code) == 3 and word.text.strip("().,:").isupper()) or code == "$"):
                seen.setdefault(code, Finding(code, (word,), cell.page, LABELLED))
            elif word.text.strip("().,:").casefold() in ("euro", "euro's") or "€" in word.text:
                seen.setdefault("EUR", Finding("EUR", (word,), cell.page, LABELLED))
    if "$" in seen and ("USD" in seen or "us dollar" in sheet.text):
        dollar = seen.pop("$")
        seen.setdefault("USD", Finding("USD", dollar.words, dollar.page, LABELLED))
    printed = {
        c
        for f in (sums.found.get("total"), sums.found.get("payable"))
        if f
        for w in f.words
        if (c := currency_of(w.text) or currency_of(w.text[:1]))
    }
    own = {code for code in printed if code in seen}
    if len(own) == 1 and own != {"$"}:
        return seen[own.pop()]
    return next(iter(seen.values())) if len(seen) == 1 and "$" not in seen else None


def _problems(read: _Read, found: Mapping[str, Finding], engine: str) -> Iterator[Problem]:
    sums, parties = read.sums, read.parties
    if engine != "text layer":
        yield doubt("read-by-ocr", f"This is a scan, read by {engine}: compare every value with the page.")
    if read.purpose.doubtful:
        yield doubt(
            "may-be-reminder",
            "The text speaks of an unpaid invoice: check that this is the invoice itself, not a reminder.",
        )
    if sums.contradicted:
        yield doubt("BR-CO-15", f"The sums do not tie: {sums.contradicted}; ask the supplier which is right.")
    elif not sums.ties:
        yield doubt("sums-unchecked", "The page prints no net, VAT and total that add up: check the amounts.")
    if sums.rate_fails:
        yield doubt("BR-CO-17", f"{sums.rate_fails}: ask the supplier for a corrected invoice.")
    if not read.purpose.credit_note and any(
        found[n].value.startswith("-") for n in ("total", "payable") if n in found
    ):
        yield doubt(
            "negative-invoice",
            "The invoice is negative but is not called a credit note: ask the supplier for a credit note.",
        )
    for name in _asked(read, found):
        yield doubt(
            f"unsure-{name.replace('_', '-').replace('.', '-')}",
            f"The {_NAMES[name]} could not be read with certainty: look at the page and fill it in.",
        )
    for kind, text in read.failing:
        meaning = "IBAN" if kind == "iban" else "VAT id"
        yield doubt(
            "iban" if kind == "iban" else "vat-id",
            f"The {meaning} {text!r} on the page fails its check: correct it.",
        )
    if read.references.payment_fails:
        yield doubt(
            "payment-reference",
            f"The payment reference {read.references.payment_fails!r} on the page fails its check: correct it.",
        )
    if parties.several_accounts:
        yield doubt(
            "several-accounts",
            f"The page names several accounts ({', '.join(parties.several_accounts[:4])}): choose the one to pay to.",
        )
    if read.dates.differs:
        yield doubt(
            "term-differs", "The due date is not the issue date plus the term on the page: check both."
        )
    if not read.layout.complete:
        yield doubt(
            "pages-left-out",
            "The document is long: only its first and last pages were read; check that nothing in between matters.",
        )
    if read.purpose.credit_note:
        yield doubt(
            "credit-note-on-page",
            "This is a credit note that was read from its page: check which invoice it credits.",
        )
    if not _certain(found):
        yield doubt(
            "read-from-page",
            "This was read from the page, not from an e-invoice, and not all of it is confirmed: check it.",
        )


def _asked(read: _Read, found: Mapping[str, Finding]) -> list[str]:
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


def _invoice(
    read: _Read,
    found: Mapping[str, Finding],
    problems: tuple[Problem, ...],
    engine: str,
    file: str,
    sha256: str,
) -> InvoiceRead:
    fields: dict[str, str | FieldRead] = {name: finding.field for name, finding in found.items()}
    fields["read_by"] = engine

    def text(name: str) -> str | None:
        return found[name].value if name in found else None

    def amount(name: str) -> Decimal | None:
        return Decimal(found[name].value) if name in found else None

    def day(name: str) -> dt.date | None:
        return dt.date.fromisoformat(found[name].value) if name in found else None

    return InvoiceRead(
        file=file,
        status="review" if problems else "accepted",
        format="pdf",
        number=text("number"),
        issue_date=day("issue_date"),
        due_date=day("due_date"),
        currency=text("currency"),
        net=amount("net"),
        vat=amount("vat"),
        total=amount("total"),
        payable=amount("payable"),
        credit_note=read.purpose.credit_note,
        supplier=PartyRead(name=text("supplier.name"), kvk=text("supplier.kvk"), vat=text("supplier.vat"), iban=text("iban")),
        customer=PartyRead(
            name=text("customer.name"), kvk=text("customer.kvk"), vat=text("customer.vat"), street=text("customer.street"),
            postcode=text("customer.postcode"), city=text("customer.city"), country=text("customer.country"),
        ),
        payment_reference=text("payment_reference"),
        payment_terms_text=text("payment_terms"),
        credits_invoice=text("credits_invoice"),
        found=fields,
        problems=problems,
        sha256=sha256,
    )  # fmt: skip
