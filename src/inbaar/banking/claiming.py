"""Which entries a program matches, and whose turn it is. Called by `matching` and `retrying`.

What a payment is depends on what the payments before it left open, and a debtor may pay from several accounts. So the
entries of a client are matched in the order in which they came, by one program at a time. Programs that come meanwhile wait:
whoever goes on to chase debtors must know of all money that came in.
"""

from inbaar.banking.outcomes import EntryFacts
from inbaar.kit.bulk import fetch

ENTRY_COLUMNS = """
    id, "date", amount, unapplied, currency, counterparty_name, counterparty_iban, reference, end_to_end_id, text,
    rounds
"""
_TURN = "SELECT pg_advisory_xact_lock(48422722, %s::int)"
_CLAIM = f"""
    SELECT {ENTRY_COLUMNS} FROM banking_entry WHERE client_id = %s AND state = 'new' ORDER BY id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - our own text


def take_turn(client_id: int) -> None:
    """Wait until no other program matches entries of a client; until the transaction ends, none does.

    Taken before any row is locked, so that nobody waits for a turn who keeps another from ending his.
    """
    fetch(_TURN, [client_id % (1 << 31)])


def claim_new(client_id: int, limit: int) -> list[EntryFacts]:
    """Up to `limit` entries that nobody looked at yet, oldest first, locked. Needs the turn. An entry that a person has in
    hand is left to him.
    """
    return [EntryFacts(*row) for row in fetch(_CLAIM, [client_id, limit])]
