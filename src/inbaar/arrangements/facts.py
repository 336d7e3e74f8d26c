"""How invoices stand on a day for whoever promises or plans to pay them, read in bulk. A fixed number of statements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.arrangements.rules import ClaimStanding
from inbaar.banking.debits.collectable import HOLD_KEY
from inbaar.banking.online.underway import underway
from inbaar.dunning.addressing import client_row, creditor_of, titles_on
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.law.claim import Owed
from inbaar.letters.amounts import ContentError
from inbaar.receivables.claims import ClaimFacts, owed_on
from inbaar.receivables.queries import STANDING, claim_facts

_HELD = f"""EXISTS (SELECT 1 FROM receivables_hold h WHERE h.client_id = i.client_id AND {STANDING}
    AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id)) AND {{what}})"""  # noqa: S608 - our own text
#: Σ of all that was ever paid on an invoice (i), what was taken back off it: money, credit notes and write-offs alike.
PAID = """coalesce((SELECT sum(p.amount) FROM receivables_payment p
    WHERE p.client_id = i.client_id AND p.invoice_id = i.id), 0)"""
_STANDINGS = f"""
    SELECT i.id, {_HELD.format(what="h.kind = 'dispute'")}, {_HELD.format(what="h.kind = 'insolvency'")},
           {_HELD.format(what=f"left(h.key, {len(HOLD_KEY)}) = '{HOLD_KEY}'")},
           EXISTS (SELECT 1 FROM receivables_dispatch x
                   WHERE x.client_id = i.client_id AND x.invoice_id = i.id AND x.sent_on IS NULL),
           EXISTS (SELECT 1 FROM arrangements_planinvoice x WHERE x.client_id = i.client_id AND x.invoice_id = i.id
                   AND x.runs AND x.plan_id IS DISTINCT FROM %(beside)s::bigint),
           (SELECT max(q.due_on) FROM arrangements_promiseinvoice x
            JOIN arrangements_promise q ON q.client_id = x.client_id AND q.id = x.promise_id
            WHERE x.client_id = i.client_id AND x.invoice_id = i.id AND x.runs),
           ARRAY(SELECT q.made_on FROM arrangements_promiseinvoice x
                 JOIN arrangements_promise q ON q.client_id = x.client_id AND q.id = x.promise_id
                 WHERE x.client_id = i.client_id AND x.invoice_id = i.id AND q.state <> 'withdrawn' ORDER BY 1),
           (SELECT d.on FROM receivables_deadline d
            WHERE d.client_id = i.client_id AND d.invoice_id = i.id AND d.kind = 'vat_relief'),
           (SELECT d.on FROM receivables_deadline d
            WHERE d.client_id = i.client_id AND d.invoice_id = i.id AND d.kind = 'prescription'),
           (SELECT r.reported_on FROM register_report r WHERE r.client_id = i.client_id AND r.invoice_id = i.id),
           {PAID}
    FROM receivables_invoice i
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s::bigint[]) AND i.kind = 'invoice' AND i.withdrawn_on IS NULL
"""  # noqa: S608 - our own text
#: Whether money came in, or is on its way, that may be a payment of an invoice (i): then nobody is said not to have paid.
MAY_BE_PAID = f"""(EXISTS (SELECT 1 FROM banking_suspect s
        JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id AND e.state = 'unmatched'
        WHERE s.client_id = i.client_id AND s.invoice_id = i.id)
    OR EXISTS (SELECT 1 FROM banking_announcedfor f
        JOIN banking_announcedpayment a ON a.client_id = f.client_id AND a.id = f.payment_id AND a.entry_id IS NULL
        JOIN banking_bankaccount b ON b.client_id = a.client_id AND b.id = a.account_id
            AND (b.read_up_to IS NULL OR b.read_up_to <= a.until)
        WHERE f.client_id = i.client_id AND f.invoice_id = i.id)
    OR {underway("i.client_id", "i.id")})"""  # noqa: S608 - our own text
_NEWS = "SELECT count(*), count(*) FILTER (WHERE read_up_to IS NULL), min(read_up_to) FROM banking_bankaccount WHERE client_id = %s"


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice as the rules see it, what its sheet says, and all that was ever paid on it."""

    standing: ClaimStanding
    facts: ClaimFacts
    owed: Owed
    paid: Decimal


def standing_claims(
    client_id: int, invoices: Sequence[int], on: dt.date, *, beside: int | None = None
) -> list[Claim]:
    """How these invoices stand on a day, oldest due date first; no credit notes and none that was withdrawn.

    `beside` is a plan that is about to be replaced, so it stands in no other's way. Needs the client's scope.
    """
    ids = array_parameter(list(dict.fromkeys(invoices)))
    rows = fetch(_STANDINGS, {"client": client_id, "ids": ids, "on": on, "beside": beside})
    numbers = [row[0] for row in rows]
    facts, titles = claim_facts(numbers, on), titles_on(client_id, numbers, on)
    own = _own_iban(client_id)
    claims = []
    for (
        number,
        disputed,
        insolvent,
        debited,
        unsent,
        in_plan,
        promised,
        promises,
        vat,
        prescribes,
        reported,
        paid,
    ) in rows:
        claim = facts[number]
        owed = owed_on(claim, on)
        owner, iban, _ = titles.get(number, ("", "", None))
        standing = ClaimStanding(
            number, claim.number, claim.due_date, claim.currency, (owner, iban or own), owed.total, disputed, insolvent,
            debited, unsent, in_plan, promised, tuple(promises), vat, prescribes, reported,
        )  # fmt: skip
        claims.append(Claim(standing, claim, owed, paid))
    return sorted(claims, key=lambda one: (one.standing.due_date, one.standing.invoice_id))


def _own_iban(client_id: int) -> str:
    try:
        return creditor_of(client_row(client_id)).iban
    except ContentError:
        return ""  # its letters are refused for it, with the reason


def bank_news(client_id: int) -> dt.date | None:
    """The day up to and including which every account's statements were read; `date.max` without any account, None where one
    was never read."""
    accounts, unread, day = fetch(_NEWS, [client_id])[0]
    if not accounts:
        return dt.date.max
    return None if unread else day


def lock_debtor(client_id: int, debtor_id: int) -> str | None:
    """Hold a debtor, so that one thing at a time is agreed with him; gives the client's language, None if there is no such debtor."""
    rows = fetch(
        """
        SELECT c.language FROM parties_debtor d JOIN parties_client c ON c.id = d.client_id
        WHERE d.client_id = %s AND d.id = %s FOR UPDATE OF d
        """,
        [client_id, debtor_id],
    )
    return str(rows[0][0]) if rows else None
