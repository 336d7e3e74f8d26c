"""What a changed claim does to its report, in the transaction of the change: paid or in a plan it ends, contested it rests.

Told by the receivables whenever something was paid, credited or put on hold. Nothing here needs today: whoever enters an
arrear looks at all the rules again.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.register.ending import end_reports
from inbaar.register.entries import forget

# Holds of every kind that were not released, whatever day they begin on: a plan that is agreed ends the matter. What had
# ended before the report is over and done with.
_CHANGED = """
    SELECT r.id, r.amount, i.open_amount, coalesce(bool_or(h.kind = 'plan'), false),
           coalesce(bool_or(h.kind <> 'plan'), false), coalesce(bool_or(h.kind = 'dispute'), false)
    FROM register_report r
    JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
    LEFT JOIN receivables_hold h ON h.client_id = r.client_id AND h.released_on IS NULL
        AND (h.until IS NULL OR h.until >= r.reported_on)
        AND (h.invoice_id = r.invoice_id OR (h.invoice_id IS NULL AND h.debtor_id = r.debtor_id))
    WHERE r.client_id = %(client)s
      AND (r.invoice_id = ANY(%(invoices)s::bigint[]) OR r.debtor_id = ANY(%(debtors)s::bigint[]))
    GROUP BY r.client_id, r.id, r.amount, i.open_amount
"""


def claims_changed(client_id: int, invoices: Sequence[int], debtors: Sequence[int]) -> None:
    """End what is settled, and take out of sight what is held or of which another amount is open. One statement where
    nothing was reported.

    What is only taken out of sight is looked at by the next run, which enters it again where all the rules still allow it.
    """
    asked = {
        "client": client_id,
        "invoices": array_parameter(list(invoices)),
        "debtors": array_parameter(list(debtors)),
    }
    rows = fetch(_CHANGED, asked)
    if not rows:
        return
    paid = [report for report, _, still_open, *_ in rows if still_open <= 0]
    planned = [report for report, _, still_open, plan, *_ in rows if still_open > 0 and plan]
    others = [row for row in rows if row[2] > 0 and not row[3]]
    end_reports(client_id, paid, "paid")
    end_reports(client_id, planned, "plan")
    forget(
        client_id,
        [report for report, told, still_open, _, held, _ in others if held or told != still_open],
    )
    _take_approval_back(
        client_id,
        [report for report, told, still_open, _, _, disputed in others if disputed or told != still_open],
    )
    _keep_amounts(
        client_id, {report: still_open for report, told, still_open, *_ in others if told != still_open}
    )


def _take_approval_back(client_id: int, reports: Sequence[int]) -> None:
    """What a second person agreed to has changed, in its amount or by a dispute: he is asked anew."""
    run(
        """
        UPDATE register_report SET approved_by_id = NULL, approved_at = NULL, approved_amount = NULL
        WHERE client_id = %s AND id = ANY(%s::bigint[]) AND approved_by_id IS NOT NULL
        """,
        [client_id, array_parameter(reports)],
    )


def _keep_amounts(client_id: int, amounts: Mapping[int, Decimal]) -> None:
    run(
        """
        UPDATE register_report r SET amount = n.amount FROM unnest(%s::bigint[], %s::numeric[]) AS n(id, amount)
        WHERE r.client_id = %s AND r.id = n.id
        """,
        [array_parameter(list(amounts)), array_parameter(list(amounts.values())), client_id],
    )
