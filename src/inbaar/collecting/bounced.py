"""Notices whose mail came back: the debtor was told nothing, so the debit is announced anew, or leaves no batch meanwhile.

Called by `notices`; needs the client's scope. A debit that is in a file already is not stopped: its timeline tells.
"""

import datetime as dt

from inbaar.banking.debits.waiting import BY
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.receivables.holds import NewHold, open_holds, release_keys

KEY = "notice:"
_BOUNCED = """
    SELECT dd.id, dd.state, dd.invoice_id, i.debtor_id, m.reference, cl.language
    FROM debits_directdebit dd
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN parties_client cl ON cl.id = dd.client_id
    JOIN LATERAL (
        SELECT v.state FROM collecting_debitnotice n
        JOIN debits_directdebit o ON o.client_id = n.client_id AND o.id = n.debit_id AND o.invoice_id = dd.invoice_id
        JOIN letters_delivery v ON v.client_id = n.client_id AND v.letter_id = n.letter_id
        WHERE n.client_id = dd.client_id AND o.announced_on = dd.announced_on AND o.due_on = dd.due_on
        ORDER BY v.id DESC LIMIT 1
    ) told ON told.state = 'bounced'
    WHERE dd.client_id = %s AND dd.state IN ('requested', 'batched') AND dd.announced_how = 'letter'
    ORDER BY dd.id FOR UPDATE OF dd
"""
_UNTOLD = """
    UPDATE debits_directdebit SET announced_on = NULL, announced_how = ''
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND state = 'requested'
"""
_OVER = """
    SELECT h.key FROM receivables_hold h
    WHERE h.client_id = %s AND h.released_on IS NULL AND left(h.key, 7) = 'notice:' AND NOT EXISTS (
        SELECT 1 FROM debits_directdebit dd
        WHERE dd.client_id = h.client_id AND dd.state = 'batched' AND h.key = 'notice:' || dd.id)
"""
_HOLD_WORDS = {
    "nl": "De aankondiging van de incasso met machtiging {reference} kwam terug",
    "en": "The notice of the debit by mandate {reference} came back",
}


def take_back_bounced(client_id: int, on: dt.date, at: dt.datetime) -> int:
    """Deal with the notices that came back; gives of how many debits. Four statements for any number.

    What waits is not announced any more, and is told anew. What is in a batch is held, so that it is left out when the batch is
    approved; the hold ends with the batch.
    """
    rows = fetch(_BOUNCED, [client_id])
    run(_UNTOLD, [client_id, array_parameter([row[0] for row in rows if row[1] == "requested"])])
    holds = [
        NewHold(
            debtor,
            "pause",
            _HOLD_WORDS[language].format(reference=reference),
            BY,
            on,
            f"{KEY}{number}",
            invoice,
        )
        for number, state, invoice, debtor, reference, language in rows
        if state == "batched"
    ]
    open_holds(client_id, holds, at)
    release_keys(client_id, [key for (key,) in fetch(_OVER, [client_id])], on, BY, at)
    return len(rows)
