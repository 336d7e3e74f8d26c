"""What a report of the bank does to the debits of a batch. A few statements for any number; needs the client's scope."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from inbaar.banking.batches.reports import PaymentNews
from inbaar.banking.batches.rules import Word
from inbaar.banking.debits.ending import end_debits
from inbaar.banking.debits.states import DEBIT_MOVES, DebitState, DebitVerb
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

# A report is heard while nothing surer is known: what a statement told, or a rejection, it no longer changes.
_HEARD = (DebitState.IN_FILE, DebitState.ACCEPTED)
_TELL = """
    UPDATE debits_directdebit dd SET state = move.after, bank_status = told.status, bank_reason = told.reason,
        bank_text = told.text, state_on = CASE WHEN move.after = dd.state THEN dd.state_on ELSE %(on)s END
    FROM debits_batcheddebit b,
         unnest(%(numbers)s::int[], %(words)s::text[], %(statuses)s::text[], %(reasons)s::text[], %(texts)s::text[])
            AS told(number, word, status, reason, text),
         unnest(%(verbs)s::text[], %(before)s::text[], %(after)s::text[]) AS move(verb, before, after)
    WHERE dd.client_id = %(client)s AND b.client_id = %(client)s AND b.debit_id = dd.id AND b.batch_id = %(batch)s
      AND b.number = told.number AND move.verb = told.word AND move.before = dd.state
    RETURNING dd.id, move.before, move.after, dd.bank_reason
"""
_MOVES = [
    *((Word.ACCEPT, state, DEBIT_MOVES[state, DebitVerb.ACCEPT]) for state in _HEARD),
    *((Word.REJECT, state, DEBIT_MOVES[state, DebitVerb.REJECT]) for state in _HEARD),
    *((Word.NOTE, state, state) for state in _HEARD),
]


def tell_debits(client_id: int, batch_id: int, news: list[PaymentNews], on: dt.date) -> Mapping[str, int]:
    """Move the debits of a batch as a report says; gives how many came into which state by it."""
    if not news:
        return {}
    given = {
        "client": client_id, "batch": batch_id, "on": on,
        "numbers": array_parameter([one.number for one in news]),
        "words": array_parameter([one.word.value for one in news]),
        "statuses": array_parameter([one.told.status for one in news]),
        "reasons": array_parameter([one.told.reason for one in news]),
        "texts": array_parameter([one.told.text for one in news]),
        "verbs": [word.value for word, _, _ in _MOVES],
        "before": [before.value for _, before, _ in _MOVES],
        "after": [after.value for _, _, after in _MOVES],
    }  # fmt: skip
    rows = fetch(_TELL, given)
    rejected = {number: reason for number, before, after, reason in rows if after == "rejected" != before}
    end_debits(client_id, rejected, "debit_rejected", on)
    return Counter(after for _, before, after, _ in rows if after != before)
