"""The friendly letter about a reported arrear, to the debtor, with the payee that follows the title."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from inbaar.banking.pay_links import letter_link
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of, recipient_of, titles_on
from inbaar.dunning.demands import Creditor
from inbaar.dunning.rules import leaves_from
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.law.amounts import ZERO
from inbaar.letters.actions import NewLetter, write_letters
from inbaar.letters.content import (
    ContentError,
    Language,
    LetterContent,
    LetterItem,
    LetterKind,
    Payee,
    SheetPayment,
)
from inbaar.letters.rules import demand_lawful
from inbaar.receivables.claims import ClaimFacts
from inbaar.receivables.queries import claim_facts
from inbaar.register.rules import last_day_to_pay


@dataclass(slots=True)
class Prepared:
    """Letters ready to be written, by invoice, and why another could not be."""

    letters: dict[int, NewLetter] = field(default_factory=dict)
    failures: dict[int, Refusal] = field(default_factory=dict)


def letter_day(on: dt.date, moment: dt.datetime) -> dt.date:
    """The day on which a letter of a day leaves, and which it bears: letters leave on working days, in office hours."""
    return leaves_from(on, moment).astimezone(DUTCH_TIME).date()


def prepare_letters(client_id: int, invoices: Sequence[int], on: dt.date, moment: dt.datetime) -> Prepared:
    """Compose the letter about each invoice. Writes nothing. A handful of statements for any number."""
    day = letter_day(on, moment)
    claims, titles = claim_facts(invoices, on), titles_on(client_id, invoices, on)
    addressees = addressee_rows(client_id, [claim.debtor_id for claim in claims.values()])
    prepared = Prepared()
    row = client_row(client_id)
    for (invoice_id, claim), letter_id in zip(sorted(claims.items()), next_ids(len(claims)), strict=True):
        try:
            content = _content(
                client_id,
                creditor_of(row),
                addressees[claim.debtor_id],
                titles[invoice_id],
                claim,
                day,
                letter_id,
            )
            demand_lawful(content)
        except ContentError as why:
            prepared.failures[invoice_id] = Refusal(
                "letter-incomplete", "no letter that is incomplete", str(why), "all it needs",
                next_step="complete what lacks",
            )  # fmt: skip
        except Refused as refused:
            prepared.failures[invoice_id] = refused.refusals[0]
        else:
            email = content.recipient.email
            prepared.letters[invoice_id] = NewLetter(
                letter_id, claim.debtor_id, content, (invoice_id,), "email" if email else "post", email
            )
    return prepared


def write_prepared(
    client_id: int, letters: Sequence[NewLetter], on: dt.date, recorded_at: dt.datetime
) -> None:
    """Write prepared letters, to leave in the sending hours."""
    write_letters(client_id, letters, recorded_at, leaves_from(on, recorded_at))


def _content(
    client_id: int,
    creditor: Creditor,
    addressee: tuple[object, ...],
    title: tuple[str, str, dt.date | None],
    claim: ClaimFacts,
    day: dt.date,
    letter_id: int,
) -> LetterContent:
    owner, iban, notified_on = title
    item = _item(claim)
    return LetterContent(
        kind=LetterKind.REGISTER_NOTICE,
        language=Language(str(addressee[6])),
        letter_number=f"{day.year}-{letter_id}",
        letter_date=day,
        sender=creditor.sender,
        recipient=recipient_of(addressee),
        payee=Payee(account_holder=owner, iban=iban or creditor.iban, entitled_since=notified_on),
        payment_reference=claim.payment_reference or claim.number,
        items=(item,),
        total_due=item.total,
        pay_by=last_day_to_pay(day),
        pay_link=letter_link(client_id, letter_id),
        currency=claim.currency,
    )


def _item(claim: ClaimFacts) -> LetterItem:
    """What is open of the invoice itself: neither interest nor costs, whatever was claimed elsewhere."""
    return LetterItem(
        invoice_number=claim.number,
        step=LetterKind.REGISTER_NOTICE,
        issue_date=claim.issue_date,
        due_date=claim.due_date,
        gross=claim.payable,
        open_principal=claim.open_amount,
        credited=sum((p.principal for p in claim.payments if p.kind != "bank"), ZERO),
        paid=sum((p.principal for p in claim.payments if p.kind == "bank"), ZERO),
        payments=tuple(
            SheetPayment(p.on, p.principal, ZERO, ZERO, p.principal)
            for p in claim.payments
            if p.kind == "bank" and p.principal
        ),
    )
