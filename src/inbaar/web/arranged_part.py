"""What the page of a debtor or an invoice says of promises and payment plans."""

from inbaar.arrangements.queries import open_invoices, plan_rows, promise_rows, record_of
from inbaar.kit.clock import today
from inbaar.web.views.arrangements import told_promises
from inbaar.web.wording import arrangements as words

SHOWN = 10


def arranged_part(
    client_id: int, debtor_id: int, invoice_id: int | None = None, *, is_open: bool = True
) -> dict[str, object]:
    """The newest of them, and whether another can be made; of a debtor also how often he kept his word."""
    on = today()
    promises = promise_rows(client_id, on, debtor=debtor_id, invoice=invoice_id, limit=SHOWN)
    plans = plan_rows(client_id, debtor=debtor_id, invoice=invoice_id, limit=SHOWN)
    record = record_of(client_id, on, debtor_id)
    return {
        "debtor": debtor_id,
        "invoice": invoice_id,
        "promises": told_promises(promises),
        "plans": [
            (row, words.plan_summary(row.standing), *words.state_of(words.PLAN_STATES, row.standing.state))
            for row in plans
        ],
        "record": words.record_words(record) if invoice_id is None and record.judged else "",
        "open": is_open and bool(open_invoices(client_id, debtor_id)),
    }
