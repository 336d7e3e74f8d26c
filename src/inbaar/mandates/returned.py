"""A mail about a mandate that came back after a server had taken it: it did not arrive, and its address takes no mail.

A request to sign then waits for a person, as one that was refused at once does; what was signed stands.
"""

import datetime as dt

from inbaar.kit.bulk import fetch
from inbaar.letters.bouncing import CameBack, mark_bad_address, named_mail
from inbaar.mandates.states import SENT, after
from inbaar.receivables.timeline import NewEvent, write_events

_BACK = """
    UPDATE mandates_mandatemessage SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND state = %s RETURNING debtor_id, reference, kind, address
"""


def take_back_returned_message(
    client_id: int, message_id: str, answer: str, on: dt.date, at: dt.datetime
) -> CameBack | None:
    """Keep that the mail of a Message-ID came back; None where it is no mail about a mandate that was sent, or came back before.

    Needs the client's scope, in one transaction.
    """
    number = named_mail(message_id, "mandate", client_id)
    rows = (
        fetch(_BACK, [after(SENT, "come_back"), answer[:300], at, client_id, number, SENT]) if number else []
    )
    for debtor, reference, kind, address in rows:
        mark_bad_address(client_id, address, answer, on)
        facts = {"reference": reference, "mail": kind, "address": address, "answer": answer[:300]}
        write_events(client_id, [NewEvent("mandate_mail_refused", on, None, debtor, facts, number)], at)
        return CameBack(reference, address)
    return None
