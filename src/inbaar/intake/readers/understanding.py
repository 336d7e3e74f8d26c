"""A draft of texts to an `InvoiceRead`: exact values, chosen fields, and the verdict of the checks.

Used by `read_invoice` after the reader of the syntax. Nothing is guessed: of two values that cannot both be meant one
is taken and the checks say so.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inbaar.intake.checks import CREDIT_CODES, judge
from inbaar.intake.facts import Facts, VatLine
from inbaar.intake.identifiers import compact, has_iban_shape, has_rf_shape
from inbaar.intake.readers.draft import LONGEST_TEXT, Draft
from inbaar.intake.readers.parties import ROLES, name_parties, party
from inbaar.intake.reading import InvoiceRead
from inbaar.intake.values import day, due_by_terms, exact_amount, to_cents

_AMOUNTS = (
    "line_total", "allowance_total", "charge_total", "net", "vat", "total", "prepaid", "rounding", "payable",
    "g_account_amount", "own_account_amount",
)  # fmt: skip
#: Days that decide nothing here: shown as days where they are, else as the file has them.
_OTHER_DAYS = ("delivery_date", "period_from", "period_to", "credits_invoice_date")
#: What BR-CO-26 takes as an identification of the supplier.
_IDENTIFYING = tuple(f"supplier.{name}" for name in ("id", "global_id", "kvk", "legal_id", "vat"))
#: Whose identifier it is, which kind, and where it stands.
_CHECKED = tuple((f"{role}'s ", kind, f"{role}.{kind}") for role in ROLES for kind in ("kvk", "vat"))


@dataclass(slots=True)
class _Values:
    """The numbers and days of a draft, with what could not be read and what had to be rounded."""

    amounts: dict[str, Decimal]
    unreadable: list[tuple[str, str]]
    overprecise: list[str]

    def exact(self, name: str, text: str | None) -> Decimal | None:
        """The number of a text; one that is none is noted."""
        stripped = text.strip() if text is not None else ""
        if not stripped:
            return None
        value = exact_amount(stripped)
        if value is None:
            self.unreadable.append((name, stripped))
        return value

    def keep(self, name: str, text: str) -> None:
        """One of the document's totals, in cents."""
        value = self.exact(name, text)
        if value is not None:
            self.amounts[name] = cents = to_cents(value)
            if cents != value:
                self.overprecise.append(name)

    def several(self, name: str, texts: list[str]) -> tuple[Decimal, ...]:
        """The numbers of a list; missing ones left out."""
        if not texts:
            return ()
        found = [self.exact(name, text) for text in texts]
        return tuple([value for value in found if value is not None])


def understood(draft: Draft, file: str, sha256: str) -> InvoiceRead:
    """What the draft says, checked."""
    texts = draft.texts
    values = _Values({}, [], [])
    texts.update(_vat_texts(draft))
    for name in _AMOUNTS:
        if name in texts:
            values.keep(name, texts[name])
    issued = _day(texts.get("issue_date"), "issue_date", values)
    due_dates = _due_dates(draft, issued, values)
    name_parties(texts)
    ibans = _accounts(draft)
    _number_texts(texts, "payment_reference", draft.references)
    _number_texts(texts, "credits_invoice", draft.credits)
    if draft.terms:
        texts["payment_terms"] = " / ".join(draft.terms)[:LONGEST_TEXT]
    facts = _facts(draft, values, issued, due_dates, ibans)
    status, problems = judge(facts, draft.breaches)
    amounts = values.amounts
    return InvoiceRead(
        file=file,
        status=status,
        format=draft.format,
        number=texts.get("number"),
        issue_date=issued,
        due_date=due_dates[0] if due_dates else None,
        currency=texts.get("currency"),
        net=amounts.get("net"),
        vat=amounts.get("vat"),
        total=amounts.get("total"),
        payable=amounts.get("payable"),
        credit_note=facts.credit_note,
        supplier=party(texts, "supplier", ibans[0] if ibans else None),
        customer=party(texts, "customer", None),
        payment_reference=texts.get("payment_reference"),
        payment_terms_text=texts.get("payment_terms"),
        credits_invoice=texts.get("credits_invoice"),
        order_reference=texts.get("order_reference"),
        found=_fields(texts, amounts, issued, due_dates),
        problems=problems,
        sha256=sha256,
    )


def _vat_texts(draft: Draft) -> dict[str, str]:
    """VAT in the invoice's own currency; the same VAT in the tax office's currency is kept beside it."""
    currency = draft.texts.get("currency")
    own = [text for code, text in draft.vat_totals if code in (None, currency)]
    found = {f"vat_in_{code}": text for code, text in draft.vat_totals if code not in (None, currency)}
    numbers = [exact_amount(text) for text in own]
    wrong = next((text for text, number in zip(own, numbers, strict=True) if number is None), None)
    if wrong is not None:
        found["vat"] = wrong
    elif own:
        found["vat"] = f"{sum((number for number in numbers if number is not None), Decimal(0)):f}"
    return found


def _day(text: str | None, name: str, values: _Values) -> dt.date | None:
    if text is None:
        return None
    found = day(text)
    if found is None:
        values.unreadable.append((name, text))
    return found


def _due_dates(draft: Draft, issued: dt.date | None, values: _Values) -> tuple[dt.date, ...]:
    """Every due date the document names, the one to keep first; else the one its only term states beyond doubt.

    The document's own due date goes before those of its ways to pay, and of several terms the last one counts.
    """
    stated = draft.texts.pop("due_date", None)
    own = _day(stated, "due_date", values)
    others = sorted(
        {found for text in draft.due_dates if (found := _day(text, "due_date", values))}, reverse=True
    )
    if stated is None and not draft.due_dates and issued is not None and len(draft.terms) == 1:
        own = due_by_terms(next(iter(draft.terms)), issued)
    return tuple(dict.fromkeys((*(() if own is None else (own,)), *others)))


def _accounts(draft: Draft) -> list[str]:
    """The IBANs to pay to, in the document's order; other account numbers become fields of their own."""
    ibans: dict[str, None] = {}
    others: dict[str, None] = {}
    for account in draft.accounts:
        number = compact(account.number)
        if account.named_iban or has_iban_shape(number):
            draft.add(ibans, number)
        else:
            draft.add(others, account.number)
    _number_texts(draft.texts, "iban", ibans)
    _number_texts(draft.texts, "account", others)
    return list(ibans)


def _number_texts(texts: dict[str, str], name: str, found: Iterable[str]) -> None:
    """`name`, `name_2`, `name_3`: the first is the one a person would take."""
    for place, text in enumerate(found, 1):
        texts[name if place == 1 else f"{name}_{place}"] = text


def _facts(
    draft: Draft, values: _Values, issued: dt.date | None, due_dates: tuple[dt.date, ...], ibans: list[str]
) -> Facts:
    texts = draft.texts
    lines = [text for text in draft.line_amounts if text is not None]
    code = texts.get("type_code")
    return Facts(
        number=texts.get("number"),
        issue_date=issued,
        due_dates=due_dates,
        currency=texts.get("currency"),
        payable_currency=texts.get("payable_currency"),
        profile=texts.get("profile"),
        type_code=code,
        credit_root=draft.credit_root,
        credit_note=bool(draft.credit_root) or code in CREDIT_CODES,
        supplier_name=texts.get("supplier.name"),
        customer_name=texts.get("customer.name"),
        supplier_identified=not texts.keys().isdisjoint(_IDENTIFYING),
        marked_currencies=draft.marked_currencies and draft.format != "zugferd",
        references=len(draft.references),
        lines=values.several("line amount", lines),
        allowances=values.several("allowance amount", draft.allowances),
        charges=values.several("charge amount", draft.charges),
        vat_lines=_vat_lines(draft, values),
        identifiers=_identifiers(draft, ibans),
        amounts=values.amounts,
        unreadable=tuple(values.unreadable),
        overprecise=tuple(values.overprecise),
        repeated=tuple(draft.repeated),
    )


def _vat_lines(draft: Draft, values: _Values) -> tuple[VatLine, ...]:
    found = []
    for part in draft.vat_parts:
        taxable, tax = values.exact("vat base", part.taxable), values.exact("vat amount", part.tax)
        percent = values.exact("vat percentage", part.percent)
        if taxable is not None and tax is not None:
            found.append(VatLine(taxable, percent, tax))
    return tuple(found)


def _identifiers(draft: Draft, ibans: list[str]) -> tuple[tuple[str, str, str], ...]:
    """(whose, which kind, value) of everything that has a check."""
    texts = draft.texts
    found = [("", "iban", iban) for iban in ibans]
    found += [(whose, kind, texts[name]) for whose, kind, name in _CHECKED if name in texts]
    if "supplier.creditor_id" in texts:
        found.append(("", "creditor", texts["supplier.creditor_id"]))
    # Sixteen digits are a betalingskenmerk in the Netherlands; elsewhere they may be anything.
    dutch = texts.get("supplier.country") == "NL"
    for reference in map(compact, draft.references):
        if dutch or has_rf_shape(reference):
            found.append(("", "reference", reference))
    return tuple(found)


def _fields(
    texts: dict[str, str], amounts: dict[str, Decimal], issued: dt.date | None, due_dates: tuple[dt.date, ...]
) -> dict[str, str]:
    """Every value read, normalised where it has a type."""
    for name, amount in amounts.items():
        texts[name] = str(amount)
    if issued is not None:
        texts["issue_date"] = issued.isoformat()
    for name in _OTHER_DAYS:
        if name in texts and (found := day(texts[name])) is not None:
            texts[name] = found.isoformat()
    _number_texts(texts, "due_date", [found.isoformat() for found in due_dates])
    return texts
