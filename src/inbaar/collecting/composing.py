"""The notice of a direct debit as a letter: what is debited, when, from where and by whose mandate. Called by `notices`."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.dunning.addressing import recipient_of
from inbaar.dunning.demands import Creditor
from inbaar.law.direct_debit import Scheme, refund_weeks
from inbaar.letters.actions import NewLetter
from inbaar.letters.content import (
    DebitTerms,
    Language,
    LetterContent,
    LetterItem,
    LetterKind,
)
from inbaar.letters.parts import Payee
from inbaar.letters.rules import demand_lawful

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Announcing:
    """A debit to be announced: of what, by which mandate and from which account; `amount` in euro."""

    debit_id: int
    invoice_id: int
    debtor_id: int
    number: str
    reference: str
    issued_on: dt.date
    payable_on: dt.date
    amount: Decimal
    announced_days: int
    scheme: str
    mandate: str
    creditor_id: str
    creditor_name: str
    iban: str


def notice_of(
    letter_id: int, debit: Announcing, due_on: dt.date, creditor: Creditor, row: tuple[Any, ...], on: dt.date
) -> NewLetter:  # fmt: skip
    """The letter that announces a debit on a day to `row`, the debtor; ContentError where it lacks something, Refused where it may not be written."""
    recipient = recipient_of(row)
    item = _item(debit)
    weeks = refund_weeks(due_on) if debit.scheme == Scheme.CORE else 0
    content = LetterContent(
        kind=LetterKind.DEBIT_NOTICE,
        language=Language(row[6]),
        letter_number=f"{on.year}-{letter_id}",
        letter_date=on,
        sender=creditor.sender,
        recipient=recipient,
        payee=Payee(account_holder=debit.creditor_name, iban=creditor.iban),
        payment_reference=debit.reference or debit.number,
        items=(item,),
        total_due=item.total,
        debit=DebitTerms(
            due_on, due_on - dt.timedelta(days=debit.announced_days), debit.mandate, debit.creditor_id,
            _shortened(debit.iban), weeks,
        ),
    )  # fmt: skip
    demand_lawful(content)
    address = recipient.email
    return NewLetter(
        letter_id, debit.debtor_id, content, (debit.invoice_id,), "email" if address else "post", address
    )


def _shortened(iban: str) -> str:
    """An account by its country and last signs: enough to know one's own by, and no more in a mail."""
    return f"{iban[:SHOWN]}{'•' * (len(iban) - 2 * SHOWN)}{iban[-SHOWN:]}"


def _item(debit: Announcing) -> LetterItem:
    """The invoice as the notice tells it: what is debited of it, and nothing of how that came about."""
    return LetterItem(
        invoice_number=debit.number,
        step=LetterKind.DEBIT_NOTICE,
        issue_date=debit.issued_on,
        due_date=debit.payable_on,
        gross=debit.amount,
        open_principal=debit.amount,
    )
