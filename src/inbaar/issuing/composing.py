"""The message with which an invoice goes to its debtor: who writes to whom, what is asked by when, and what goes along."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from inbaar.banking.pay_links import link_place
from inbaar.dunning.addressing import client_row, creditor_of
from inbaar.einvoice.facts import Holder
from inbaar.einvoice.queries import invoice_facts
from inbaar.issuing.enclosing import enclosures
from inbaar.issuing.queries import addressee, papers_of, sendable
from inbaar.issuing.rules import may_send, pay_by, warnings_of
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.amounts import ZERO
from inbaar.letters.content import (
    ContentError,
    Language,
    LetterContent,
    LetterItem,
    LetterKind,
    SheetPayment,
    to_json,
)
from inbaar.letters.mail import EnclosedFile
from inbaar.letters.parts import Payee
from inbaar.letters.rules import demand_lawful
from inbaar.parties.page_links import page_place
from inbaar.receivables.claims import ClaimFacts
from inbaar.receivables.queries import claim_facts

#: What stands for the number of a letter that is not written yet.
UNNUMBERED = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Message:
    """What would leave: the letter, the files, and by which way; `warnings` are what to know before it does."""

    debtor_id: int
    content: LetterContent
    files: tuple[EnclosedFile, ...]
    address: str
    warnings: tuple[str, ...]

    @property
    def channel(self) -> str:
        """By e-mail where there is an address."""
        return "email" if self.address else "post"

    @property
    def seal(self) -> str:
        """The same for the same message: what is sent is what was seen."""
        shown = hashlib.sha256(to_json(replace(self.content, letter_number=UNNUMBERED)).encode())
        for file in self.files:
            shown.update(hashlib.sha256(file.content).digest())
        return shown.hexdigest()


def message_of(client_id: int, invoice_id: int, on: dt.date, *, lock: bool = False) -> Message:
    """The message with an invoice of the client in scope, as of a day. Writes nothing; raises `Refused` with every reason.

    With `lock` nobody else can send it until the transaction ends.
    """
    standing = sendable(client_id, invoice_id, on, lock=lock)
    facts = invoice_facts(client_id, [invoice_id], on).get(invoice_id)
    if standing is None or facts is None:
        raise Refused(
            Refusal("invoice-unknown", "a message brings an invoice", "there is no such invoice", "an invoice",
                    next_step="look the invoice up")
        )  # fmt: skip
    may_send(standing).require()
    papers, account_corrected = papers_of(client_id, invoice_id)
    files = enclosures(facts, papers)
    try:
        creditor, to = creditor_of(client_row(client_id)), addressee(client_id, invoice_id)
        payee = _payee(facts.holder, creditor.iban, moved=facts.new_holder is not None)
        claim = claim_facts([invoice_id], on)[invoice_id]
        content = LetterContent(
            kind=LetterKind.INVOICE,
            language=Language(to.language),
            letter_number=UNNUMBERED,
            letter_date=on,
            sender=creditor.sender,
            recipient=to.recipient,
            payee=payee,
            payment_reference=claim.payment_reference or claim.number,
            items=(item := _item(claim, pay_by(standing.due_date, on)),),
            total_due=item.total,
            pay_by=pay_by(standing.due_date, on),
            currency=claim.currency,
            enclosures=tuple(file.name for file in files),
            pay_link=link_place(),
            page_link=page_place(),
        )
    except ContentError as why:
        raise Refused(
            Refusal("letter-incomplete", "no letter that is incomplete", str(why), "all it needs",
                    next_step="complete what lacks")
        ) from None  # fmt: skip
    demand_lawful(content)
    warnings = warnings_of(standing.due_date, on) + (("account-corrected",) if account_corrected else ())
    return Message(to.debtor_id, content, files, to.recipient.email, warnings)


def _payee(holder: Holder | None, own_iban: str, *, moved: bool) -> Payee:
    if holder is None:
        raise Refused(
            Refusal("title-missing", "a letter says whom to pay", "nobody owns the claim on this day", "one owner",
                    next_step="record the title")
        )  # fmt: skip
    since = holder.since if moved else None
    return Payee(account_holder=holder.name, iban=holder.iban or own_iban, entitled_since=since)


def _item(claim: ClaimFacts, due: dt.date) -> LetterItem:
    disputed = min(claim.disputed, claim.open_amount)
    return LetterItem(
        invoice_number=claim.number,
        step=LetterKind.INVOICE,
        issue_date=claim.issue_date,
        due_date=due,
        gross=claim.payable,
        open_principal=claim.open_amount - disputed,
        credited=sum((p.principal for p in claim.payments if p.kind != "bank"), ZERO),
        paid=claim.paid,
        disputed=disputed,
        payments=tuple(
            SheetPayment(p.on, p.amount, p.costs, p.interest, p.principal)
            for p in claim.payments
            if p.kind == "bank" and p.amount
        ),
    )
