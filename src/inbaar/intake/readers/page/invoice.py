"""The words of a PDF's pages to an `InvoiceRead`: every field the page makes certain, and a question for each other. Pure.

Used by `read_invoice` for a PDF that carries no e-invoice. Each resolver gives findings with their words; a finding that is
not sure enough is left out here, never weakened into a guess.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from inbaar.intake.readers.page.dates import dates_of
from inbaar.intake.readers.page.findings import CHECKED, LABELLED, Finding
from inbaar.intake.readers.page.identities import identities_of
from inbaar.intake.readers.page.layout import layout_of
from inbaar.intake.readers.page.learned import NOTHING_LEARNED, Learned
from inbaar.intake.readers.page.near import Sheet
from inbaar.intake.readers.page.parties import parties_of
from inbaar.intake.readers.page.purpose import purpose_of
from inbaar.intake.readers.page.questions import Gathered, problems_of
from inbaar.intake.readers.page.references import references_of
from inbaar.intake.readers.page.sums import Sums, sums_of
from inbaar.intake.readers.page.values import amounts, currency_of
from inbaar.intake.readers.source import Unreadable
from inbaar.intake.reading import FieldRead, InvoiceRead, PartyRead, Problem

#: No name, line of an address or reference is longer.
_LONGEST = 120


def invoice_on_pages(
    pages: Sequence[Mapping[str, Any]],
    count: int,
    engine: str,
    file: str,
    sha256: str,
    learned: Learned = NOTHING_LEARNED,
) -> InvoiceRead:
    """The invoice printed on these pages, of `count` the PDF has. `engine` says who read them: `text layer` or an OCR.

    `learned` is what corrections of the same client's invoices taught.
    """
    sheet = Sheet(layout_of(pages, count), learned)
    purpose = purpose_of(sheet)
    if purpose.refused:
        raise Unreadable(
            "not-an-invoice",
            f"This is {purpose.refused}, not an invoice, by its own title: send the invoice itself.", "pdf",
        )  # fmt: skip
    identities = identities_of(sheet)
    sums = sums_of(sheet)
    read = Gathered(
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
    found |= _put_right(found, learned)
    if not purpose.titled or not sums.any_amount or not {"number", "total"} & set(found):
        raise Unreadable(
            "no-xml",
            "This PDF carries no e-invoice as XML, and its pages show no invoice that can be read: "
            "ask the sender for the invoice as a Factur-X PDF, a UBL or a CII file.", "pdf",
        )  # fmt: skip
    problems = tuple(problems_of(read, found, engine))
    return _invoice(read, found, problems, engine, file, sha256)


def _put_right(found: Mapping[str, Finding], learned: Learned) -> dict[str, Finding]:
    """The values that a person put right before, where the same thing was read again."""
    right = {}
    for (name, instead_of), value in learned.values.items():
        here = found.get(name)
        if (here.value if here else "") == instead_of:
            right[name] = Finding(value, here.words if here else (), here.page if here else 1, LABELLED)
    return right


def _findings(read: Gathered) -> Iterator[tuple[str, Finding]]:
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


def _invoice(
    read: Gathered,
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
