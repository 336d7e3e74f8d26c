"""Whether a read invoice is certain: refused, for a person to look at, or accepted. Pure; used by the readers.

An `error` refuses, a `warning` asks for a person, a `note` changes nothing. Where an official rule says exactly what is
checked here, the problem carries that rule's id, and the official verdict does not tell it again: these checks name
the figures, and they also hold for what no official rules are published for (ZUGFeRD 1, a PDF that was read).
"""

from collections.abc import Iterator, Sequence

from inbaar.intake import identifiers
from inbaar.intake.currencies import is_currency
from inbaar.intake.facts import Facts, doubt, quoted, words
from inbaar.intake.official.verdict import Breach
from inbaar.intake.reading import Problem, Status
from inbaar.intake.sums import sum_doubts

_LONGEST_NUMBER = 100

#: UNTDID 1001, as BR-CL-01 lists them: codes of credit notes, and codes an invoice may have.
# fmt: off
CREDIT_CODES = frozenset({
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
})
INVOICE_CODES = frozenset({
    "71", "80", "81", "82", "84", "102", "130", "202", "203", "204", "211", "218", "219",
    "295", "325", "326", "331", "380", "382", "383", "384", "385", "386", "387", "388", "389",
    "390", "393", "394", "395", "456", "457", "471", "472", "473", "500", "501", "527", "553",
    "575", "623", "633", "751", "780", "817", "870", "875", "876", "877", "935",
})
# fmt: on
_REQUIRED = {
    "number": ("BR-02", "invoice number"),
    "issue_date": ("BR-03", "issue date"),
    "currency": ("BR-05", "currency"),
    "payable": ("BR-15", "amount to pay"),
}
#: The rules that say a value occurs once.
_REPEATED = {
    "supplier.name": "UBL-SR-09", "supplier.legal_id": "UBL-SR-11", "supplier.vat": "UBL-SR-12",
    "customer.name": "UBL-SR-15", "customer.legal_id": "UBL-SR-17", "customer.vat": "UBL-SR-18",
}  # fmt: skip
_FAULTS = {
    "iban": ("iban", "IBAN", identifiers.iban_fault),
    "vat": ("vat-id", "VAT id", identifiers.vat_fault),
    "kvk": ("kvk", "KvK number", identifiers.kvk_fault),
    "reference": ("payment-reference", "payment reference", identifiers.reference_fault),
    "creditor": ("creditor-id", "creditor identifier", identifiers.creditor_fault),
}


def judge(facts: Facts, breaches: Sequence[Breach] | None = ()) -> tuple[Status, tuple[Problem, ...]]:
    """The status and every reason for it: what is found here, then the official rules it breaks that were not told yet.

    `breaches` is None where the official rules could not be applied to the end.
    """
    found = (
        *_refusals(facts), *_identity_doubts(facts), *_date_doubts(facts), *sum_doubts(facts), *_identifier_doubts(facts),
    )  # fmt: skip
    told = {problem.rule for problem in found}
    problems = (*found, *_official(told, breaches))
    levels = {problem.level for problem in problems}
    return "refused" if "error" in levels else "review" if "warning" in levels else "accepted", problems


def _official(told: set[str], breaches: Sequence[Breach] | None) -> Iterator[Problem]:
    """The official verdict, what asks for a person first. An invoice is never refused for it."""
    if breaches is None:
        yield doubt(
            "rules-not-run", "The document is too large to hold against the official rules: check it by hand."
        )
        return
    for breach in sorted(breaches, key=lambda breach: not breach.fatal):
        if breach.rule not in told:
            place = f" ({breach.where})" if breach.where else ""
            said = breach.text.rstrip(" .") + place
            if breach.fatal:
                yield doubt(breach.rule, f"{said}: ask the supplier for a corrected invoice.")
            else:
                yield Problem("note", breach.rule, f"{said}.")


def _refusals(facts: Facts) -> Iterator[Problem]:
    bad = {name for name, _ in facts.unreadable}
    present = {
        "number": facts.number if _is_number(facts.number) else None,
        "issue_date": facts.issue_date,
        "currency": facts.currency,
        "payable": facts.amounts.get("payable"),
    }
    for name, (rule, meaning) in _REQUIRED.items():
        if present[name] is None and name not in bad:
            yield Problem(
                "error", rule, f"The {meaning} is missing: ask the supplier for a complete invoice."
            )
    for name, text in facts.unreadable:
        if name != "due_date":
            what = "a date (year-month-day)" if name == "issue_date" else "a number such as 1234.56"
            yield Problem(
                "error", f"unreadable-{name.split(' ')[0].replace('_', '-')}",
                f"The {words(name)} {quoted(text)} is not {what}: ask the supplier for a corrected invoice.",
            )  # fmt: skip
    if facts.currency is not None and not is_currency(facts.currency):
        yield Problem(
            "error", "BR-CL-04",
            f"The currency {quoted(facts.currency)} is not in ISO 4217: ask the supplier for a corrected invoice.",
        )  # fmt: skip
    if facts.number is not None and len(facts.number) > _LONGEST_NUMBER:
        yield Problem(
            "error", "number-too-long",
            f"The invoice number has {len(facts.number)} characters, more than {_LONGEST_NUMBER}: "
            "ask the supplier for a corrected invoice.",
        )  # fmt: skip


def _is_number(text: str | None) -> bool:
    """Whether anything of it can be quoted: a dash, or letters without width, say no more than an empty field."""
    return text is not None and any(letter.isalnum() for letter in text)


def _identity_doubts(facts: Facts) -> Iterator[Problem]:
    if facts.profile is None:
        yield doubt(
            "BR-01", "The document does not say which standard it follows: check that it is an invoice."
        )
    if facts.supplier_name is None:
        yield doubt("BR-06", "The supplier's name is missing: add it before the invoice is used.")
    if facts.customer_name is None:
        yield doubt("BR-07", "The customer's name is missing: add it before the invoice is used.")
    if not facts.supplier_identified:
        yield doubt(
            "BR-CO-26",
            "The supplier has no registration number, VAT id or other identifier: check who it is.",
        )
    for name in facts.repeated:
        rule = _REPEATED.get(name, "repeated")
        yield doubt(rule, f"The {words(name)} is given more than once: choose the right one.")
    if facts.references > 1:
        yield doubt(
            "UBL-SR-44", f"There are {facts.references} payment references: the first was taken; check it."
        )
    yield from _type_doubts(facts)


def _type_doubts(facts: Facts) -> Iterator[Problem]:
    code = facts.type_code
    if code is None:
        if not facts.credit_root:
            yield doubt("BR-04", "The document does not say what type it is: check that it is an invoice.")
        return
    allowed = {True: CREDIT_CODES, False: INVOICE_CODES, None: INVOICE_CODES | CREDIT_CODES}[
        facts.credit_root
    ]
    if code not in allowed:
        kind = {True: "a credit note", False: "an invoice", None: "an invoice or credit note"}[
            facts.credit_root
        ]
        yield doubt("BR-CL-01", f"The type code {quoted(code)} does not belong on {kind}: check what it is.")


def _date_doubts(facts: Facts) -> Iterator[Problem]:
    for name, text in facts.unreadable:
        if name == "due_date":
            yield doubt(
                "unreadable-due-date", f"The due date {quoted(text)} is not a date: fill in the right one."
            )
    if len(facts.due_dates) > 1:
        days = ", ".join(day.isoformat() for day in facts.due_dates[:5])
        yield doubt(
            "several-due-dates",
            f"The invoice has several due dates ({days}): {facts.due_dates[0]} was taken; check it.",
        )
    if facts.issue_date is None:
        return
    for day in facts.due_dates:
        if day < facts.issue_date:
            yield doubt(
                "due-before-issue",
                f"The due date {day} is before the issue date {facts.issue_date}: "
                "ask the supplier which is right, or correct it.",
            )


def _identifier_doubts(facts: Facts) -> Iterator[Problem]:
    for owner, kind, value in facts.identifiers:
        rule, meaning, fault_of = _FAULTS[kind]
        fault = fault_of(value)
        if fault is not None:
            yield doubt(
                rule, f"The {owner}{meaning} {quoted(value)} fails its check, {fault}: correct or confirm it."
            )
