"""A statement of account whose mail came back after a server had taken it: it did not arrive, and its address takes no mail."""

import datetime as dt

from inbaar.debtor_statements.states import SENT, after
from inbaar.kit.bulk import fetch
from inbaar.letters.bouncing import CameBack, mark_bad_address, named_mail
from inbaar.receivables.timeline import NewEvent, write_events

_BACK = """
    UPDATE debtor_statements_accountstatement SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND state = %s RETURNING debtor_id, number, address
"""


def take_back_returned_statement(
    client_id: int, message_id: str, answer: str, on: dt.date, at: dt.datetime
) -> CameBack | None:
    """Keep that the mail of a Message-ID came back; None where it is no statement that was sent, or came back before.

    Needs the client's scope, in one transaction.
    """
    key = named_mail(message_id, "statement", client_id)
    rows = fetch(_BACK, [after(SENT, "come_back"), answer[:300], at, client_id, key, SENT]) if key else []
    for debtor, number, address in rows:
        mark_bad_address(client_id, address, answer, on)
        facts = {"number": number, "address": address, "answer": answer[:300]}
        write_events(client_id, [NewEvent("statement_refused", on, None, debtor, facts, key)], at)
        return CameBack(number, address)
    return None
