"""What a report of the bank does to the transfers of a batch. One statement for any number; needs the client's scope."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from inbaar.banking.batches.reports import PaymentNews
from inbaar.banking.batches.rules import Word
from inbaar.banking.transfers.states import MOVES, State, Verb
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

# A report is heard while nothing surer is known: what a statement told, or a rejection, it no longer changes.
_HEARD = (State.IN_FILE, State.ACCEPTED)
_TELL = """
    UPDATE transfers_credittransfer t SET state = move.after, bank_status = told.status, bank_reason = told.reason,
        bank_text = told.text, state_on = CASE WHEN move.after = t.state THEN t.state_on ELSE %(on)s END
    FROM transfers_batchedtransfer b,
         unnest(%(numbers)s::int[], %(words)s::text[], %(statuses)s::text[], %(reasons)s::text[], %(texts)s::text[])
            AS told(number, word, status, reason, text),
         unnest(%(verbs)s::text[], %(before)s::text[], %(after)s::text[]) AS move(verb, before, after)
    WHERE t.client_id = %(client)s AND b.client_id = %(client)s AND b.transfer_id = t.id AND b.batch_id = %(batch)s
      AND b.number = told.number AND move.verb = told.word AND move.before = t.state
    RETURNING move.before, move.after
"""
_MOVES = [
    *((Word.ACCEPT, state, MOVES[state, Verb.ACCEPT]) for state in _HEARD),
    *((Word.REJECT, state, MOVES[state, Verb.REJECT]) for state in _HEARD),
    *((Word.NOTE, state, state) for state in _HEARD),
]


def tell_transfers(client_id: int, batch_id: int, news: list[PaymentNews], on: dt.date) -> Mapping[str, int]:
    """Move the transfers of a batch as a report says; gives how many came into which state by it."""
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
    return Counter(after for before, after in fetch(_TELL, given) if after != before)
