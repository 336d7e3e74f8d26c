"""Proving the books, client by client: what `inbaar check` and the demo run. Every proof is one query that must be empty."""

from dataclasses import dataclass

from inbaar.banking.online.queries import WRONG
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.letters.parts import NO_STEPS, in_sql
from inbaar.receivables.age_steps import BOOKED, SIGNED, STEPS_OF_MOVED

_LEDGER = """
    WITH ledger AS (
        SELECT t.client_id, t.subject,
               sum(CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END) AS amount
        FROM ledger_transfer t
        JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
        WHERE t.client_id = %(client)s AND a.code = 'receivable' GROUP BY 1, 2
    )
"""

PROOFS: dict[str, tuple[str, str]] = {
    "open-amounts": (
        "what is open of each invoice equals the ledger",
        _LEDGER  # noqa: S608 - our own text
        + """
        SELECT i.number, i.open_amount, coalesce(l.amount, 0) FROM receivables_invoice i
        LEFT JOIN ledger l ON l.client_id = i.client_id AND l.subject = i.id
        WHERE i.client_id = %(client)s
          AND i.open_amount <> CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END * coalesce(l.amount, 0)
        """,
    ),
    # Open amounts equal the ledger (above), so with no posting that belongs to no invoice they tie on every day.
    "ageing": (
        "the ageing of open invoices adds up to the receivable account, on any day",
        """
        SELECT currency, sum(amount)::text FROM (
            SELECT currency, CASE kind WHEN 'invoice' THEN open_amount ELSE -open_amount END AS amount
            FROM receivables_invoice WHERE client_id = %(client)s
            UNION ALL
            SELECT t.currency, CASE WHEN a.id = t.debit_id THEN -t.amount ELSE t.amount END
            FROM ledger_transfer t
            JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
            WHERE t.client_id = %(client)s AND a.code = 'receivable'
        ) s GROUP BY 1 HAVING sum(amount) <> 0
        UNION ALL
        SELECT t.currency, t.reference FROM ledger_transfer t
        JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
        LEFT JOIN receivables_invoice i ON i.client_id = t.client_id AND i.id = t.subject AND i.currency = t.currency
        WHERE t.client_id = %(client)s AND a.code = 'receivable' AND i.id IS NULL
        """,
    ),
    "age-steps": (
        "the steps of the ageing are those of the ledger",
        f"""
        WITH moved AS (
            SELECT t.subject, t.booked_on, 0::numeric AS had, {SIGNED} AS added FROM ledger_transfer t
            WHERE t.client_id = %(client)s AND {BOOKED}
        ), document AS (SELECT * FROM receivables_invoice WHERE client_id = %(client)s), {STEPS_OF_MOVED}
        SELECT currency, kind, due_date, dated, booked_on, sum(count), sum(amount) FROM (
            SELECT currency, kind, due_date, dated, booked_on, count, amount FROM step
            UNION ALL
            SELECT currency, kind, due_date, dated, booked_on, -count, -amount FROM receivables_agestep
            WHERE client_id = %(client)s
        ) s GROUP BY 1, 2, 3, 4, 5 HAVING sum(count) <> 0 OR sum(amount) <> 0
        """,  # noqa: S608 - our own text
    ),
    "bank": (
        "the bank account in the ledger equals the entries of the statements",
        """
        SELECT currency, sum(amount) FROM (
            SELECT currency, amount FROM banking_entry WHERE client_id = %(client)s AND part_of_id IS NULL
            UNION ALL
            SELECT t.currency, CASE WHEN a.id = t.debit_id THEN -t.amount ELSE t.amount END
            FROM ledger_transfer t
            JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
            WHERE t.client_id = %(client)s AND a.code = 'bank'
        ) s GROUP BY 1 HAVING sum(amount) <> 0
        """,
    ),
    "unapplied": (
        "money received and not applied equals the unapplied account",
        """
        SELECT currency, sum(amount) FROM (
            SELECT currency, unapplied AS amount FROM banking_entry WHERE client_id = %(client)s AND amount > 0
            UNION ALL
            SELECT t.currency, CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END
            FROM ledger_transfer t
            JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
            WHERE t.client_id = %(client)s AND a.code = 'unapplied'
        ) s GROUP BY 1 HAVING sum(amount) <> 0
        """,
    ),
    "online": ("each online payment is what its invoices are paid with it", WRONG),
    "matches": (
        "each entry's matches, what is kept or taken back of it and what is paid out of it are what was taken off it",
        """
        SELECT e.id, e.amount, e.unapplied, sum(off.amount) FROM banking_entry e
        LEFT JOIN (
            SELECT client_id, entry_id, amount FROM banking_match WHERE undone_on IS NULL
            UNION ALL SELECT client_id, entry_id, amount FROM banking_allotment WHERE undone_on IS NULL
            UNION ALL SELECT client_id, entry_id, amount FROM transfers_transfermoney
        ) off ON off.client_id = e.client_id AND off.entry_id = e.id
        WHERE e.client_id = %(client)s AND e.amount > 0
        GROUP BY e.client_id, e.id
        HAVING CASE WHEN e.state = 'split' THEN 0 ELSE e.amount - e.unapplied END <> coalesce(sum(off.amount), 0)
        """,
    ),
    "to-pay-out": (
        "what is to be paid out equals the transfers asked for, less those paid",
        """
        SELECT currency, sum(amount) FROM (
            SELECT currency, amount FROM transfers_credittransfer
            WHERE client_id = %(client)s AND NOT replaced AND state <> 'withdrawn'
            UNION ALL
            SELECT 'EUR', CASE role WHEN 'debit' THEN -amount ELSE amount END FROM transfers_transfermoney
            WHERE client_id = %(client)s AND role IN ('debit', 'return')
            UNION ALL
            SELECT t.currency, CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END
            FROM ledger_transfer t
            JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
            WHERE t.client_id = %(client)s AND a.code = 'to_pay_out'
        ) s GROUP BY 1 HAVING sum(amount) <> 0
        """,
    ),
    "matches-are-payments": (
        "each match that stands is a payment of its invoice, and no other payment came from the bank",
        """
        SELECT key, sum(amount) FROM (
            SELECT 'entry:' || entry_id || ':' || invoice_id || CASE round WHEN 0 THEN '' ELSE ':' || round END AS key,
                   amount FROM banking_match WHERE client_id = %(client)s AND undone_on IS NULL
            UNION ALL
            SELECT p.key, -p.amount FROM receivables_payment p
            WHERE p.client_id = %(client)s AND p.kind = 'bank' AND p.key LIKE 'entry:%%'
              AND NOT EXISTS (SELECT FROM receivables_payment b WHERE b.client_id = p.client_id AND b.key = 'back:' || p.id)
        ) s GROUP BY 1 HAVING sum(amount) <> 0
        """,
    ),
    "kept-for-debtors": (
        "what is kept for debtors equals its account",
        """
        SELECT currency, sum(amount) FROM (
            SELECT e.currency, k.amount FROM banking_allotment k
            JOIN banking_entry e ON e.client_id = k.client_id AND e.id = k.entry_id
            WHERE k.client_id = %(client)s AND k.undone_on IS NULL AND k.kind IN ('keep', 'next_invoice')
            UNION ALL
            SELECT t.currency, CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END
            FROM ledger_transfer t
            JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
            WHERE t.client_id = %(client)s AND a.code = 'debtor_credit'
        ) s GROUP BY 1 HAVING sum(amount) <> 0
        """,
    ),
    "batches": (
        "each batch holds the payments and the sum that were approved, and its file is whole",
        """
        SELECT b.message_id, b.count, b.total, count(t.id), sum(t.amount) FROM batches_batch b
        LEFT JOIN (
            SELECT bt.client_id, bt.batch_id, x.id, x.amount FROM transfers_batchedtransfer bt
            JOIN transfers_credittransfer x ON x.client_id = bt.client_id AND x.id = bt.transfer_id
            UNION ALL
            SELECT bd.client_id, bd.batch_id, x.id, x.amount FROM debits_batcheddebit bd
            JOIN debits_directdebit x ON x.client_id = bd.client_id AND x.id = bd.debit_id
        ) t ON t.client_id = b.client_id AND t.batch_id = b.id
        WHERE b.client_id = %(client)s
        GROUP BY b.client_id, b.id, b.message_id, b.count, b.total
        HAVING count(t.id) <> b.count OR sum(t.amount) <> b.total OR (b.state = 'approved') <> (
            SELECT count(*) = 1 FROM batches_batchfile f WHERE f.client_id = b.client_id AND f.batch_id = b.id
            AND f.size = (SELECT sum(length(p.content)) FROM batches_filepart p
                          WHERE p.client_id = f.client_id AND p.file_id = f.id))
        """,
    ),
    "payments-in-one-file": (
        "no payment is in two files, and none is paid that was in no approved one or in one that is void",
        """
        SELECT t.id, t.state, count(f.id) FROM transfers_credittransfer t
        LEFT JOIN transfers_batchedtransfer bt ON bt.client_id = t.client_id AND bt.transfer_id = t.id
        LEFT JOIN batches_batchfile f ON f.client_id = bt.client_id AND f.batch_id = bt.batch_id AND NOT EXISTS (
            SELECT 1 FROM batches_batchvoid v
            WHERE v.client_id = f.client_id AND v.batch_id = f.batch_id AND v.state = 'confirmed')
        WHERE t.client_id = %(client)s GROUP BY t.client_id, t.id, t.state
        HAVING count(f.id) > 1
            OR (count(f.id) = 0 AND t.state IN ('in_file', 'accepted', 'rejected', 'paid', 'returned'))
            OR (count(f.id) = 1 AND t.state IN ('to_check', 'requested', 'batched', 'refused'))
        """,
    ),
    "debits-allowed": (
        "no debit left without a mandate that stood for it, nor without its announcement in time",
        """
        SELECT dd.id, dd.due_on, dd.announced_on FROM debits_directdebit dd
        JOIN debits_batcheddebit bd ON bd.client_id = dd.client_id AND bd.debit_id = dd.id
        LEFT JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
        LEFT JOIN debits_mandateversion v ON v.client_id = bd.client_id AND v.id = bd.version_id AND v.mandate_id = m.id
        WHERE dd.client_id = %(client)s AND (v.id IS NULL OR m.signed_on > dd.due_on OR dd.announced_on IS NULL
            OR dd.announced_on + dd.announced_days > dd.due_on
            OR (m.scheme = 'b2b' AND (m.capacity = 'consumer' OR m.registered_on IS NULL OR m.registered_on > dd.due_on)))
        """,
    ),
    "one-off-once": (
        "no one-off mandate is debited twice",
        """
        SELECT dd.mandate_id, count(*) FROM debits_directdebit dd
        JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id AND m.kind = 'one_off'
        WHERE dd.client_id = %(client)s AND dd.state NOT IN ('refused', 'rejected', 'withdrawn')
        GROUP BY dd.client_id, dd.mandate_id HAVING count(*) > 1
        """,
    ),
    "debits-in-one-file": (
        "no debit is in two files, and none is collected that was in no approved one or in one that is void",
        """
        SELECT dd.id, dd.state, count(f.id) FROM debits_directdebit dd
        LEFT JOIN debits_batcheddebit bd ON bd.client_id = dd.client_id AND bd.debit_id = dd.id
        LEFT JOIN batches_batchfile f ON f.client_id = bd.client_id AND f.batch_id = bd.batch_id AND NOT EXISTS (
            SELECT 1 FROM batches_batchvoid v
            WHERE v.client_id = f.client_id AND v.batch_id = f.batch_id AND v.state = 'confirmed')
        WHERE dd.client_id = %(client)s GROUP BY dd.client_id, dd.id, dd.state
        HAVING count(f.id) > 1
            OR (count(f.id) = 0 AND dd.state IN ('in_file', 'accepted', 'rejected', 'collected', 'returned'))
            OR (count(f.id) = 1 AND dd.state IN ('requested', 'batched', 'refused', 'withdrawn'))
        """,
    ),
    "batch-bookings": (
        "the payments of a batch booking make it up, and only they wait to be matched",
        """
        SELECT e.id, e.amount, sum(p.amount) FROM banking_entry e
        LEFT JOIN banking_entry p ON p.client_id = e.client_id AND p.part_of_id = e.id
        WHERE e.client_id = %(client)s AND e.part_of_id IS NULL
        GROUP BY e.client_id, e.id
        HAVING (e.state = 'split') <> (count(p.id) > 0)
            OR e.state = 'split' AND (sum(p.amount) <> e.amount OR e.unapplied > 0 OR bool_or(p.currency <> e.currency))
        """,
    ),
    "purses": (
        "no transfer moves money between client money and own money",
        """
        SELECT t.id FROM ledger_transfer t
        JOIN ledger_account d ON d.client_id = t.client_id AND d.id = t.debit_id
        JOIN ledger_account c ON c.client_id = t.client_id AND c.id = t.credit_id
        WHERE t.client_id = %(client)s AND (d.purse <> c.purse OR d.currency <> c.currency)
        """,
    ),
    "titles": (
        "every invoice has one owner at a time",
        """
        SELECT i.number FROM receivables_invoice i
        WHERE i.client_id = %(client)s AND i.kind = 'invoice' AND (
            NOT EXISTS (SELECT 1 FROM receivables_title t WHERE t.client_id = i.client_id AND t.invoice_id = i.id)
            OR EXISTS (SELECT 1 FROM receivables_title a JOIN receivables_title b
                       ON b.client_id = a.client_id AND b.invoice_id = a.invoice_id AND b.id > a.id AND b.period && a.period
                       WHERE a.client_id = i.client_id AND a.invoice_id = i.id))
        """,
    ),
    "letters-have-steps": (
        "no letter without its step",
        f"""
        SELECT l.number, li.invoice_id FROM letters_letteritem li
        JOIN letters_letter l ON l.client_id = li.client_id AND l.id = li.letter_id
        LEFT JOIN dunning_step s ON s.client_id = li.client_id AND s.invoice_id = li.invoice_id AND s.key = li.step_key
            AND s.on <= l.on
        WHERE li.client_id = %(client)s AND li.step NOT IN {in_sql(NO_STEPS)} AND s.id IS NULL AND NOT EXISTS (
            SELECT 1 FROM letters_delivery d
            WHERE d.client_id = l.client_id AND d.letter_id = l.id AND d.state IN ('withdrawn', 'bounced'))
        """,  # noqa: S608 - our own text
    ),
    "invoices-are-sent-once": (
        "no invoice is sent twice, and none without being kept as sent",
        """
        SELECT i.number, count(d.id), count(x.sent_on) FROM receivables_invoice i
        JOIN letters_letteritem li ON li.client_id = i.client_id AND li.invoice_id = i.id AND li.step = 'invoice'
        JOIN letters_delivery d ON d.client_id = li.client_id AND d.letter_id = li.letter_id AND d.state = 'sent'
        LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id AND x.letter = li.letter_id
        WHERE i.client_id = %(client)s GROUP BY i.client_id, i.id, i.number
        HAVING count(d.id) > 1 OR count(x.sent_on) = 0
        """,
    ),
    "steps-have-letters": (
        "no step without its letter",
        """
        SELECT s.invoice_id, s.kind FROM dunning_step s
        LEFT JOIN letters_letteritem li ON li.client_id = s.client_id AND li.invoice_id = s.invoice_id AND li.step_key = s.key
        WHERE s.client_id = %(client)s AND s.kind NOT IN ('hand_over', 'call') AND li.id IS NULL
        """,
    ),
    "letters-are-sent-once": (
        "every letter is sent once at most, and none is without a delivery",
        """
        SELECT l.number, count(d.id) FROM letters_letter l
        LEFT JOIN letters_delivery d ON d.client_id = l.client_id AND d.letter_id = l.id
        WHERE l.client_id = %(client)s GROUP BY l.client_id, l.id, l.number
        HAVING count(d.id) = 0 OR count(d.id) FILTER (WHERE d.state IN ('queued', 'sending', 'sent')) > 1
        """,
    ),
    "letter-amounts": (
        "a letter's total is that of its invoices",
        """
        SELECT l.number, l.total, sum(li.principal + li.interest + li.costs) FROM letters_letter l
        JOIN letters_letteritem li ON li.client_id = l.client_id AND li.letter_id = l.id
        WHERE l.client_id = %(client)s GROUP BY l.client_id, l.id, l.number, l.total
        HAVING l.total <> sum(li.principal + li.interest + li.costs)
        """,
    ),
    "bundles": (
        "what is paid as one is divided in full, over invoices of one debtor in one currency",
        """
        SELECT b.reference, b.total, sum(p.amount) FROM banking_paymentbundle b
        LEFT JOIN banking_bundlepart p ON p.client_id = b.client_id AND p.bundle_id = b.id
        LEFT JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
        WHERE b.client_id = %(client)s GROUP BY b.client_id, b.id, b.reference, b.total
        HAVING b.total <> coalesce(sum(p.amount), 0)
            OR bool_or(i.debtor_id IS DISTINCT FROM b.debtor_id OR i.currency IS DISTINCT FROM b.currency)
        """,
    ),
    "account-statements": (
        "a statement of account asks what its items ask",
        """
        SELECT s.number, s.asked, sum(i.asked) FROM debtor_statements_accountstatement s
        LEFT JOIN debtor_statements_statementitem i ON i.client_id = s.client_id AND i.statement_id = s.id
        WHERE s.client_id = %(client)s AND s.content IS NOT NULL
        GROUP BY s.client_id, s.id, s.number, s.asked HAVING s.asked <> coalesce(sum(i.asked), 0)
        """,
    ),
    "replies": (
        "what a debtor said is of his own invoice, and what it says that rests is held by a hold of his",
        """
        SELECT r.number, r.kind, r.effect FROM debtor_page_reply r
        LEFT JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
        LEFT JOIN receivables_hold h ON h.client_id = r.client_id AND h.key = r.hold_key AND r.hold_key <> ''
        WHERE r.client_id = %(client)s AND (i.debtor_id <> r.debtor_id
            OR r.hold_key <> '' AND (h.debtor_id, h.invoice_id) IS DISTINCT FROM (r.debtor_id, r.invoice_id))
        """,
    ),
    "plans": (
        "the terms of a plan add up to what was owed on its invoices, and each is what its bundle divides",
        """
        SELECT p.id, p.total, t.terms, x.owed FROM arrangements_plan p
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(t.amount), 0) AS terms, bool_and(t.amount = b.total) AS same FROM arrangements_planterm t
            JOIN banking_paymentbundle b ON b.client_id = t.client_id AND b.id = t.bundle_id
            WHERE t.client_id = p.client_id AND t.plan_id = p.id
        ) t ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(x.principal + x.interest + x.costs), 0) AS owed FROM arrangements_planinvoice x
            WHERE x.client_id = p.client_id AND x.plan_id = p.id
        ) x ON true
        WHERE p.client_id = %(client)s AND (p.total <> t.terms OR p.total <> x.owed OR t.same IS NOT TRUE)
        """,
    ),
    "arrangements-hold": (
        "each invoice of a plan or promise that runs is held by it, and by none that ended",
        """
        SELECT r.key, h.id FROM (
            SELECT x.client_id, 'plan:' || x.plan_id || ':' || x.invoice_id AS key, p.state = 'running' AS runs, x.runs AS says
            FROM arrangements_planinvoice x JOIN arrangements_plan p ON p.client_id = x.client_id AND p.id = x.plan_id
            UNION ALL
            SELECT x.client_id, 'promise:' || x.promise_id || ':' || x.invoice_id, q.state = 'open', x.runs
            FROM arrangements_promiseinvoice x JOIN arrangements_promise q ON q.client_id = x.client_id AND q.id = x.promise_id
        ) r
        LEFT JOIN receivables_hold h ON h.client_id = r.client_id AND h.key = r.key AND h.released_on IS NULL
        WHERE r.client_id = %(client)s AND (r.runs <> r.says OR r.runs <> (h.id IS NOT NULL))
        """,
    ),
    "mandates": (
        "a mandate says what its last version says, is what was drawn up, and what was signed online is kept unchanged",
        """
        SELECT m.reference, m.version, m.signed_how FROM debits_mandate m
        JOIN receivables_evidencefile f ON f.client_id = m.client_id AND f.id = m.evidence_id
        LEFT JOIN debits_signinglink l ON l.client_id = m.client_id AND l.mandate_id = m.id
        WHERE m.client_id = %(client)s AND (
            (m.signed_how = 'online' AND (l.id IS NULL OR encode(sha256(f.content), 'hex') <> f.sha256))
            OR (l.reference, l.debtor_id, l.kind, l.scheme, l.announced_days)
                <> (m.reference, m.debtor_id, m.kind, m.scheme, m.announced_days)
            OR m.version IS DISTINCT FROM (SELECT max(v.number) FROM debits_mandateversion v
                                           WHERE v.client_id = m.client_id AND v.mandate_id = m.id))
        """,
    ),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement about the books of one client, and the first rows that break it."""

    client_id: int
    name: str
    statement: str
    breaches: tuple[tuple[object, ...], ...]

    @property
    def holds(self) -> bool:
        """Nothing breaks it."""
        return not self.breaches


def prove_books(client_id: int, most: int = 20) -> list[Proof]:
    """Run every proof for one client; at most `most` breaches each are shown."""
    with client_scope(client_id):
        return [
            Proof(client_id, name, statement, tuple(fetch(f"{sql} LIMIT {int(most)}", {"client": client_id})))
            for name, (statement, sql) in PROOFS.items()
        ]
