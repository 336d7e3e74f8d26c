"""Accepting invoices: from drafts to rows, a whole batch in a fixed number of statements.

A draft that is there already changes nothing and says so; a number that is there with other contents is refused.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.law.errors import LawError
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting
from inbaar.parties.actions import KnownDebtor, know_debtors
from inbaar.parties.models import Client
from inbaar.parties.rules import Size, plain
from inbaar.receivables.balances import book_accepted
from inbaar.receivables.credits import apply_credit_notes
from inbaar.receivables.dispatch import hold_back
from inbaar.receivables.drafts import Accepted, Draft
from inbaar.receivables.rules import Terms, deadlines_of, number_key, terms_of
from inbaar.receivables.timeline import NewEvent, write_events

_INVOICE = {
    "client_id": "bigint", "debtor_id": "bigint", "kind": "text", "number": "text", "number_key": "text",
    "issue_date": "date", "received_on": "date", "due_date": "date", "term_agreed": "boolean", "claim_kind": "text",
    "first_interest_day": "date", "currency": "text", "net": "numeric", "vat": "numeric", "total": "numeric",
    "payable": "numeric", "payment_reference": "text", "credits_number": "text", "content_key": "text",
    "open_amount": "numeric", "accepted_at": "timestamptz", "printed_number": "text", "number_read": "boolean",
    "description": "text",
}  # fmt: skip
_TITLE = {
    "client_id": "bigint", "invoice_id": "bigint", "owner_name": "text", "owner_kvk": "text", "payee_iban": "text",
    "period": "daterange", "deed": "text",
}  # fmt: skip
_DEADLINE = {
    "client_id": "bigint", "invoice_id": "bigint", "kind": "text", "on": "date", "rule": "text", "lost": "text",
    "unconfirmed": "boolean",
}  # fmt: skip

Key = tuple[str, str]
_NO_TERM = (
    "an invoice that is not sent yet needs a due date, for its term does not run before the debtor has it; "
    "fill it in, or say that it was sent"
)


def accept_invoices(client_id: int, drafts: Sequence[Draft], recorded_at: dt.datetime) -> list[Accepted]:
    """Accept drafts; one answer per draft, in order.

    Needs the client's scope. Twice the same draft, also in one batch, is accepted once. Facts are checked before: the
    due date is not before the issue date and amounts are not negative, or the database refuses the whole batch.
    """
    known = _known(drafts)
    answers: list[Accepted | None] = []
    fresh: dict[Key, Draft] = {}
    for draft in drafts:
        key = (draft.number, draft.kind)
        here = _fitting(draft, known.get(key, ()))
        answers.append(_answer_to_known(draft, here) if here else None)
        if here is None:
            fresh.setdefault(key, draft)
    uncovered: dict[Key, str] = {}
    # By number, so that two programs that bring the same invoices wait for each other and never both.
    made = _insert(client_id, [fresh[key] for key in sorted(fresh)], recorded_at, uncovered)
    # Another program may have been first; what it wrote is known by now.
    late = _known([draft for key, draft in fresh.items() if key not in made])
    return [
        answer or _answer(draft, fresh[draft.number, draft.kind], made, late, uncovered)
        for draft, answer in zip(drafts, answers, strict=True)
    ]


def known_invoices(drafts: Sequence[Draft]) -> list[Accepted | None]:
    """For each draft that is in the books to the letter that it is `known`; None for any other. Changes nothing.

    Needs the client's scope. One statement for any number.
    """
    known = _known(drafts)
    there = [_fitting(draft, known.get((draft.number, draft.kind), ())) for draft in drafts]
    return [
        _answer_to_known(draft, invoice) if invoice is not None and invoice.is_same(draft) else None
        for draft, invoice in zip(drafts, there, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Known:
    """An invoice that is there: its contents, and the two ways its debtor may be recognised."""

    invoice_id: int
    content_key: str
    identity: str
    name: str

    def is_same(self, draft: Draft) -> bool:
        """The same invoice, also where another format names the customer by another of his numbers."""
        same_customer = self.identity == draft.customer.identity.key or plain(self.name) == plain(
            draft.customer.name
        )
        return self.content_key == draft.content_key and same_customer


_BY_NUMBER = """
    SELECT i.{number}, i.kind, i.id, i.content_key, d.identity, d.name FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE i.{number} = ANY(%(numbers)s::text[]) AND i.withdrawn_on IS NULL
"""


def _known(drafts: Sequence[Draft]) -> dict[Key, list[Known]]:
    """What is there under the drafts' numbers, also under another number than the one on its paper."""
    if not drafts:
        return {}
    rows = fetch(
        f"{_BY_NUMBER.format(number='number')} UNION ALL {_BY_NUMBER.format(number='printed_number')}"
        " AND i.printed_number <> ''",
        {"numbers": array_parameter([draft.number for draft in drafts])},
    )
    found: dict[Key, list[Known]] = defaultdict(list)
    for number, kind, *facts in rows:
        found[number, kind].append(Known(*facts))
    return found


def _fitting(draft: Draft, known: Sequence[Known]) -> Known | None:
    """The same invoice of those that bear its number, else the one that has taken the number."""
    return next((each for each in known if each.is_same(draft)), known[0] if known else None)


def _answer_to_known(draft: Draft, known: Known) -> Accepted:
    if known.is_same(draft):
        return Accepted(
            "known", known.invoice_id, f"{draft.number} is there already; nothing was changed", "known"
        )
    return Accepted(
        "refused",
        known.invoice_id,
        f"number {draft.number} is taken by an invoice with other contents; "
        "an accepted invoice never changes: send a credit note and a new number",
        "number-taken",
    )


def _answer(
    draft: Draft,
    first: Draft,
    made: dict[Key, int],
    late: dict[Key, list[Known]],
    uncovered: dict[Key, str],
) -> Accepted:
    key = (draft.number, draft.kind)
    if key in uncovered:
        rule = "unsent-due-date" if uncovered[key] is _NO_TERM else "law-not-covered"
        return Accepted("refused", None, uncovered[key], rule)
    if key in made and draft is first:
        return Accepted("accepted", made[key])
    mine = Known(made.get(key, 0), first.content_key, first.customer.identity.key, first.customer.name)
    return _answer_to_known(draft, _fitting(draft, late.get(key, ())) or mine)


def _insert(
    client_id: int, drafts: Sequence[Draft], recorded_at: dt.datetime, uncovered: dict[Key, str]
) -> dict[Key, int]:
    """Write what is new; a draft whose term cannot be told, by the law's tables or without a date, goes to `uncovered`, with the reason."""
    if not drafts:
        return {}
    by_identity = know_debtors(client_id, [draft.customer for draft in drafts])
    debtors = {(d.number, d.kind): by_identity[d.customer.identity.key] for d in drafts}
    owner = Client.objects.select_related("organisation").get(pk=client_id)
    small = owner.organisation.size == Size.SMALL
    terms: dict[Key, Terms] = {}
    for draft in drafts:
        if draft.unsent and draft.due_date is None:
            uncovered[draft.number, draft.kind] = _NO_TERM
            continue
        try:
            terms[draft.number, draft.kind] = _terms(draft, debtors[draft.number, draft.kind], small)
        except LawError as error:
            uncovered[draft.number, draft.kind] = str(error)
    drafts = [draft for draft in drafts if (draft.number, draft.kind) in terms]
    rows = insert_rows(
        "receivables_invoice",
        _INVOICE,
        (_row(client_id, d, debtors[d.number, d.kind], terms[d.number, d.kind], recorded_at) for d in drafts),
        on_conflict="DO NOTHING",
        returning="number, kind, id",
    )
    made = {(number, kind): invoice_id for number, kind, invoice_id in rows}
    written = [(d, made[d.number, d.kind]) for d in drafts if (d.number, d.kind) in made]
    _write_titles_and_deadlines(client_id, owner, written, terms)
    hold_back(client_id, [invoice_id for draft, invoice_id in written if draft.unsent])
    book_accepted(client_id, _postings(written), recorded_at)
    write_events(client_id, _events(written, debtors, terms), recorded_at)
    apply_credit_notes(client_id, [invoice_id for _, invoice_id in written], recorded_at)
    return made


def _terms(draft: Draft, debtor: KnownDebtor, small_creditor: bool) -> Terms:
    """The terms by the draft's due date, else by the term that was agreed with the debtor, else by the law.

    The term that a large debtor is given at most runs from when he gets the invoice: not known yet of one not sent.
    """
    due = draft.due_date
    if due is None and debtor.term_days is not None:
        due = draft.issue_date + dt.timedelta(days=debtor.term_days)
    return terms_of(
        capacity=debtor.capacity,
        large_debtor=debtor.large and not draft.unsent,
        small_creditor=small_creditor,
        issue_date=draft.issue_date,
        received_on=draft.received_on,
        due_date=due,
    )


def _row(
    client_id: int, draft: Draft, debtor: KnownDebtor, terms: Terms, recorded_at: dt.datetime
) -> tuple[object, ...]:
    return (
        client_id, debtor.id, draft.kind, draft.number, number_key(draft.number_on_paper),
        draft.issue_date, draft.received_on, terms.due_date, terms.agreed, terms.claim_kind, terms.first_interest_day,
        draft.currency, draft.net, draft.vat, draft.total, draft.payable, draft.payment_reference,
        draft.credits_number or "", draft.content_key, draft.payable, recorded_at,
        draft.printed_number, draft.number_read, draft.description[:300],
    )  # fmt: skip


def _write_titles_and_deadlines(
    client_id: int, owner: Client, written: Sequence[tuple[Draft, int]], terms: dict[Key, Terms]
) -> None:
    invoices = [(draft, number) for draft, number in written if draft.kind == "invoice"]
    insert_rows(
        "receivables_title",
        _TITLE,
        (
            (
                client_id,
                i,
                owner.name,
                owner.organisation.kvk_number,
                d.payee_iban,
                f"[{d.issue_date},)",
                "own claim",
            )
            for d, i in invoices
        ),
    )
    insert_rows(
        "receivables_deadline",
        _DEADLINE,
        (
            (client_id, i, fact.kind, fact.on, fact.rule, fact.lost, fact.unconfirmed)
            for d, i in invoices
            for fact in deadlines_of(terms[d.number, d.kind].due_date, d.vat, d.received_on)
        ),
    )


def _postings(written: Sequence[tuple[Draft, int]]) -> Iterator[Posting]:
    for draft, invoice_id in written:
        if draft.payable == Decimal(0):
            continue
        sale = draft.kind == "invoice"
        yield Posting(
            reference=f"invoice:{invoice_id}",
            line=1,
            debit=Code.RECEIVABLE if sale else Code.SALES,
            credit=Code.SALES if sale else Code.RECEIVABLE,
            amount=draft.payable,
            currency=draft.currency,
            booked_on=draft.issue_date,
            subject=invoice_id,
        )


def _events(
    written: Sequence[tuple[Draft, int]], debtors: dict[Key, KnownDebtor], terms: dict[Key, Terms]
) -> Iterator[NewEvent]:
    for draft, invoice_id in written:
        yield NewEvent(
            kind="accepted",
            on=draft.received_on,
            invoice_id=invoice_id,
            debtor_id=debtors[draft.number, draft.kind].id,
            facts={"payable": str(draft.payable), "note": terms[draft.number, draft.kind].note}
            | ({"unsent": True} if draft.unsent else {}),
        )
