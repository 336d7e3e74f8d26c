"""The table of invoices and the payment box of a letter. Called by `wording`."""

from dataclasses import replace

from inbaar.letters.amounts import ZERO
from inbaar.letters.composed import Column, PaymentBox, Table
from inbaar.letters.content import DebitTerms, LetterContent, LetterItem, LetterKind
from inbaar.letters.parts import PLAN_KINDS
from inbaar.letters.qr import QrRefused, payment_payload
from inbaar.letters.wording_plan import asked_now, first_term_due
from inbaar.letters.words import Words, fact, grouped


def invoice_table(content: LetterContent, words: Words) -> Table:
    """One row an invoice; a column that says nothing in this letter is left out."""
    shown = _columns(content)
    titles = words.sections["invoices"]
    rows = tuple(tuple(_cell(key, item, content, words) for key in shown) for item in content.items)
    sums = {
        "open": content.principal_due,
        "interest": content.interest_due,
        "costs": content.costs_due,
        "total": content.total_due,
    }
    if len(content.items) == 1:
        return Table(titles["caption"], _headers(shown, titles), rows)
    total = [words.amount(sums[key], content.currency) if key in sums else "" for key in shown]
    total[0] = titles["sum"]
    return Table(titles["caption"], _headers(shown, titles), rows, tuple(total))


def _headers(shown: list[str], titles: dict[str, str]) -> tuple[Column, ...]:
    return tuple(Column(titles[key], figures=key in _FIGURES) for key in shown)


_FIGURES = {"gross", "deducted", "open", "interest", "costs", "total"}


def _columns(content: LetterContent) -> list[str]:
    mixed = len(content.steps) > 1
    adjusted = any(item.gross != item.open_principal for item in content.items)
    extra = bool(content.interest_due or content.costs_due)
    wanted = {
        "number": True,
        # The register knows three facts of an invoice: its number, its amount and its due date.
        "issued": content.kind is not LetterKind.REGISTER_NOTICE,
        "due": True,
        "step": mixed,
        "pay_by": mixed,
        "gross": adjusted and not mixed,
        "deducted": adjusted and not mixed,
        "open": extra or adjusted,
        "interest": content.interest_due > ZERO,
        "costs": content.costs_due > ZERO,
        "total": True,
    }
    if not extra:
        wanted["open"] = False
    return [key for key, shown in wanted.items() if shown]


def _cell(key: str, item: LetterItem, content: LetterContent, words: Words) -> str:
    if key in _FIGURES:
        amounts = {
            "gross": item.gross,
            "deducted": item.open_principal - item.gross,
            "open": item.open_principal,
            "interest": item.interest,
            "costs": item.costs,
            "total": item.total,
        }
        return words.amount(amounts[key], content.currency)
    if key == "number":
        return fact(item.invoice_number, 60)
    if key == "step":
        return words.say("steps", item.step.value)
    if key == "pay_by":
        day = content.pay_by_of(item)
        return words.short_date(day) if day else words.say("invoices", "within_term")
    return words.short_date(item.issue_date if key == "issued" else item.due_date)


def payment_box(content: LetterContent, words: Words) -> PaymentBox:
    """Amount, account, holder, reference and date, with the QR that holds the same, or why there is none; and the link.

    Where no bank could read a QR of the payment, the QR holds the link.
    """
    if content.debit is not None:
        return _debit_box(content, content.debit, words)
    payee, say = content.payee, words.sections["payment"]
    holder, account = (
        fact(payee.account_holder),
        grouped(payee.iban) if payee.iban else fact(payee.account, 60),
    )
    asked = asked_now(content)
    amount, reference = words.amount(asked, content.currency), fact(content.payment_reference, 60)
    rows = [
        (say["amount"], amount),
        (say["iban"] if payee.iban else say["account"], account),
        (say["bic"], fact(payee.bic, 20)),
        (say["holder"], holder),
        (say["reference"], reference),
        _when(content, words),
    ]
    box = PaymentBox(
        words.say("plan", "pay_first") if content.kind is LetterKind.PLAN else say["caption"],
        tuple(row for row in rows if row[1]),
        link=content.pay_link,
        link_label=say["link"] if content.pay_link else "",
        own_page=content.page_link,
        own_page_label=say["page"] if content.page_link else "",
    )
    try:
        payload = payment_payload(
            holder=payee.account_holder[:70],
            iban=payee.iban,
            amount=asked,
            reference=content.payment_reference,
            bic=payee.bic,
            currency=content.currency,
        )
    except QrRefused as refused:
        reason = refused.code if refused.code in ("currency", "iban") else "other"
        if not box.link:
            return replace(box, no_qr=say[f"no_qr_{reason}"])
        alt = words.say("payment", "qr_link_alt", link=box.link)
        return replace(box, qr_payload=box.link, qr_label=say["qr_link"], qr_alt=alt)
    alt = words.say("payment", "qr_alt", amount=amount, holder=holder, iban=account, reference=reference)
    return replace(box, qr_payload=payload, qr_label=say["qr"], qr_alt=alt)


def _debit_box(content: LetterContent, debit: DebitTerms, words: Words) -> PaymentBox:
    """What is debited, when, from where and by which mandate; nothing is to be paid, so there is no QR."""
    say = words.sections["debit_notice"]
    rows = (
        (say["amount"], words.amount(content.total_due, content.currency)),
        (say["collected_on"], words.weekday(debit.collected_on)),
        (say["from"], grouped(debit.account)),
        (say["by"], fact(content.payee.account_holder)),
        (say["creditor_id"], fact(debit.creditor_id, 40)),
        (say["mandate"], fact(debit.mandate, 40)),
        (say["about"], fact(content.payment_reference, 60)),
    )
    return PaymentBox(say["caption"], rows, no_qr=say["nothing_to_pay"])


def _when(content: LetterContent, words: Words) -> tuple[str, str]:
    say = words.sections["payment"]
    if len(content.steps) > 1:
        return say["pay_by"], say["per_invoice"]
    if content.kind is LetterKind.PLAN:
        return say["pay_by"], words.weekday(first_term_due(content))
    if content.kind in PLAN_KINDS and content.pay_by is None:
        return say["pay_by_label_term"], words.say("plan", "at_once")
    if content.pay_by is None:
        return say["pay_by_label_term"], say["within_term"]
    return say["pay_by"], words.weekday(content.pay_by)
