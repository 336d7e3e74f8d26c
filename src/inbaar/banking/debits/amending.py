"""What changes a mandate after it was signed: its account, who collects, and whether it stands. Called through `actions`.

Each change is a version or a state of its own with a line on the timeline; nothing that was agreed is written over.
"""

import datetime as dt
from dataclasses import dataclass

from inbaar.banking.debits.models import Mandate
from inbaar.banking.debits.rules import account_refusals, creditor_refusals
from inbaar.banking.debits.signing import VERSION
from inbaar.banking.debits.states import MANDATE_MOVES, MandateState, MandateVerb
from inbaar.banking.transfers.rules import compact_iban
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.evidence import NewFile, keep_files
from inbaar.receivables.timeline import NewEvent, write_events

_LOCKED = """
    SELECT m.id, m.debtor_id, m.reference, m.scheme, m.state, m.version, m.signed_on, m.registered_on, v.debtor_name,
           v.debtor_iban, v.creditor_identifier, v.creditor_name
    FROM debits_mandate m
    JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id AND v.number = m.version
    WHERE m.client_id = %s AND m.id = %s FOR UPDATE OF m
"""
_CREDITOR = """
    INSERT INTO debits_creditor (client_id, identifier, name, since) VALUES (%s, %s, %s, %s)
    ON CONFLICT (client_id) DO UPDATE SET identifier = excluded.identifier, name = excluded.name, since = excluded.since
    WHERE (debits_creditor.identifier, debits_creditor.name) IS DISTINCT FROM (excluded.identifier, excluded.name)
"""
# Every mandate that can still be collected on says from now on who collects; the old name goes into the next file.
_NEW_CREDITOR = """
    WITH changed AS (
        UPDATE debits_mandate m SET version = m.version + 1
        WHERE m.client_id = %(client)s AND m.state <> 'withdrawn' RETURNING m.id, m.version
    )
    INSERT INTO debits_mandateversion
        (client_id, mandate_id, number, debtor_name, debtor_iban, creditor_identifier, creditor_name, since, changed_by)
    SELECT %(client)s, c.id, c.version, v.debtor_name, v.debtor_iban, %(identifier)s, %(name)s, %(on)s, %(by)s
    FROM changed c JOIN debits_mandateversion v
      ON v.client_id = %(client)s AND v.mandate_id = c.id AND v.number = c.version - 1
"""


@dataclass(frozen=True, slots=True)
class LockedMandate:
    """A mandate while it is changed, as it says now."""

    id: int
    debtor_id: int
    reference: str
    scheme: str
    state: str
    version: int
    signed_on: dt.date
    registered_on: dt.date | None
    debtor_name: str
    debtor_iban: str
    creditor_identifier: str
    creditor_name: str


def set_creditor(client_id: int, identifier: str, name: str, by: str, on: dt.date) -> int:
    """See `actions.set_creditor`."""
    identifier, name = "".join(identifier.split()).upper(), " ".join(name.split())
    if refusals := creditor_refusals(identifier, name):
        raise Refused(*refusals)
    if not run(_CREDITOR, [client_id, identifier, name, on]):
        return 0
    given = {"client": client_id, "identifier": identifier, "name": name, "on": on, "by": by[:100]}
    return run(_NEW_CREDITOR, given)


def amend(
    client_id: int, mandate_id: int, name: str, iban: str, by: str, on: dt.date, at: dt.datetime
) -> bool:
    """See `actions.amend_account`."""
    mandate = locked_mandate(client_id, mandate_id)
    name, iban = " ".join(name.split()), compact_iban(iban)
    refusals = account_refusals(name, iban)
    if mandate.state == MandateState.WITHDRAWN:
        refusals.append(_withdrawn(mandate))
    if refusals:
        raise Refused(*refusals)
    if (name, iban) == (mandate.debtor_name, mandate.debtor_iban):
        return False
    number = mandate.version + 1
    row = (
        client_id, mandate.id, number, name, iban, mandate.creditor_identifier, mandate.creditor_name, on, by[:100],
    )  # fmt: skip
    insert_rows("debits_mandateversion", VERSION, [row])
    run(
        "UPDATE debits_mandate SET version = %s WHERE client_id = %s AND id = %s",
        [number, client_id, mandate.id],
    )
    told = {"reference": mandate.reference, "was": mandate.debtor_iban, "iban": iban, "was_name": mandate.debtor_name,
            "name": name, "by": by}  # fmt: skip
    write_events(client_id, [NewEvent("mandate_amended", on, None, mandate.debtor_id, told, mandate.id)], at)
    return True


def move(
    client_id: int, mandate_id: int, verb: MandateVerb, reason: str, by: str, on: dt.date, at: dt.datetime, asked_by: str = ""
) -> bool:  # fmt: skip
    """Move a mandate by the table of its states; False, and nothing changed, where it is there already."""
    mandate = locked_mandate(client_id, mandate_id)
    state = MandateState(mandate.state)
    if verb == MandateVerb.WITHDRAW and state == MandateState.WITHDRAWN:
        return False
    after = MANDATE_MOVES.get((state, verb))
    if after is None:
        fact = f"{mandate.reference} is {mandate.state}"
        raise Refused(Refusal("mandate-state", f"a mandate is {verb} from another state", fact, "another state", "never"))  # fmt: skip
    if not reason.strip():
        raise Refused(
            Refusal("reason-missing", "a change needs a reason", "none was given", "a few words", next_step="say why")
        )  # fmt: skip
    if after == state:
        return False
    run(
        "UPDATE debits_mandate SET state = %s, state_on = %s, state_reason = %s WHERE client_id = %s AND id = %s",
        [after.value, on, reason.strip()[:300], client_id, mandate.id],
    )
    told = {"reference": mandate.reference, "reason": reason.strip()[:300], "by": by}
    if asked_by:
        told["asked_by"] = asked_by
    event = NewEvent(_EVENTS[verb], on, None, mandate.debtor_id, told, mandate.id)
    write_events(client_id, [event], at)
    return True


def withdraw(
    client_id: int, mandate_id: int, reason: str, by: str, on: dt.date, at: dt.datetime, asked_by: str, since: dt.date
) -> bool:  # fmt: skip
    """See `actions.withdraw_mandate`."""
    mandate = locked_mandate(client_id, mandate_id)
    refusals = []
    if asked_by not in Mandate.AskedBy.values:
        refusals.append(
            Refusal("mandate-asked-by", "a mandate is withdrawn by one of the two who agreed", asked_by or "nobody",
                    " or ".join(Mandate.AskedBy.values), next_step="say who asked")
        )  # fmt: skip
    if not mandate.signed_on <= since <= on:
        refusals.append(
            Refusal("mandate-withdrawn-when", "a mandate is withdrawn after it was signed", f"{since}",
                    f"{mandate.signed_on} to {on}", next_step="look at the day of the message")
        )  # fmt: skip
    if refusals and mandate.state != MandateState.WITHDRAWN:
        raise Refused(*refusals)
    if not move(client_id, mandate_id, MandateVerb.WITHDRAW, reason, by, since, at, asked_by):
        return False
    run(
        "UPDATE debits_mandate SET withdrawn_by = %s WHERE client_id = %s AND id = %s",
        [asked_by, client_id, mandate_id],
    )
    return True


def register(
    client_id: int, mandate_id: int, proof: NewFile, registered_on: dt.date, by: str, on: dt.date, at: dt.datetime
) -> None:  # fmt: skip
    """See `actions.record_registration`."""
    mandate = locked_mandate(client_id, mandate_id)
    refusals: list[Refusal] = []
    if mandate.scheme != "b2b":
        refusals.append(
            Refusal("not-b2b", "only a B2B mandate is registered at a bank", mandate.scheme, "b2b", "never")
        )
    if mandate.registered_on is not None:
        fact = f"it was on {mandate.registered_on}"
        refusals.append(Refusal("registered-before", "a mandate is registered once", fact, "not registered", "never"))  # fmt: skip
    if mandate.state == MandateState.WITHDRAWN:
        refusals.append(_withdrawn(mandate))
    if not mandate.signed_on <= registered_on <= on:
        refusals.append(
            Refusal("registered-when", "a bank registers what was signed", f"{registered_on}",
                    f"{mandate.signed_on} to {on}", next_step="look at the bank's confirmation")
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    (kept,) = keep_files(client_id, [proof])
    run(
        "UPDATE debits_mandate SET registered_on = %s, registration_id = %s WHERE client_id = %s AND id = %s",
        [registered_on, kept, client_id, mandate.id],
    )
    told = {"reference": mandate.reference, "by": by}
    event = NewEvent("mandate_registered", registered_on, None, mandate.debtor_id, told, mandate.id)
    write_events(client_id, [event], at)


def locked_mandate(client_id: int, mandate_id: int) -> LockedMandate:
    """The mandate, locked until the transaction ends; refuses one that is not there."""
    rows = fetch(_LOCKED, [client_id, mandate_id])
    if not rows:
        fact = f"there is no mandate {mandate_id}"
        raise Refused(Refusal("mandate-unknown", "the mandate must be this client's", fact, "a mandate", "never"))  # fmt: skip
    return LockedMandate(*rows[0])


_EVENTS = {
    MandateVerb.SUSPEND: "mandate_suspended",
    MandateVerb.RESUME: "mandate_resumed",
    MandateVerb.WITHDRAW: "mandate_withdrawn",
}


def _withdrawn(mandate: LockedMandate) -> Refusal:
    return Refusal(
        "mandate-withdrawn", "a mandate that was withdrawn does not change", f"{mandate.reference} is withdrawn",
        "one that stands", "never", "ask for a new mandate",
    )  # fmt: skip
