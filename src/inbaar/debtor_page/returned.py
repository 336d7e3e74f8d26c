"""A mail about a debtor's page that came back after a server had taken it: it did not arrive, and its address takes no mail."""

import datetime as dt

from inbaar.debtor_page.states import SENT, after
from inbaar.kit.bulk import fetch
from inbaar.letters.bouncing import CameBack, mark_bad_address, named_mail
from inbaar.receivables.timeline import NewEvent, write_events

_BACK = """
    UPDATE debtor_page_pagemail SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND state = %s RETURNING debtor_id, subject, kind, address
"""


def take_back_returned_page_mail(
    client_id: int, message_id: str, answer: str, on: dt.date, at: dt.datetime
) -> CameBack | None:
    """Keep that the mail of a Message-ID came back; None where it is none of these that was sent, or came back before.

    Needs the client's scope, in one transaction.
    """
    number = named_mail(message_id, "page", client_id)
    rows = (
        fetch(_BACK, [after(SENT, "come_back"), answer[:300], at, client_id, number, SENT]) if number else []
    )
    for debtor, subject, kind, address in rows:
        mark_bad_address(client_id, address, answer, on)
        facts = {"mail": kind, "subject": subject, "address": address, "answer": answer[:300]}
        write_events(client_id, [NewEvent("page_mail_refused", on, None, debtor, facts, number)], at)
        return CameBack(subject, address)
    return None
