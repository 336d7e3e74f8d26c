"""Mandates as they are signed: on paper with the scan, or by a link that shows the whole text. Called through `actions`.

What proves a signature is kept by its content before the mandate is there, in one transaction; a reference is used once,
so nothing is signed twice.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.banking.debits.mandate_text import mandate_text
from inbaar.banking.debits.models import Mandate
from inbaar.banking.debits.rules import MandateTerms, terms_refusals
from inbaar.banking.transfers.rules import compact_iban
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.kit.text import printable
from inbaar.receivables.evidence import NewFile, keep_files
from inbaar.receivables.timeline import NewEvent, write_events

MANDATE = {
    "client_id": "bigint", "id": "bigint", "debtor_id": "bigint", "capacity": "text", "reference": "text", "kind": "text",
    "scheme": "text", "announced_days": "smallint", "signed_on": "date", "signed_how": "text", "evidence_id": "bigint",
    "version": "integer", "state": "text", "state_on": "date", "state_reason": "text", "recorded_at": "timestamptz",
}  # fmt: skip
VERSION = {
    "client_id": "bigint", "mandate_id": "bigint", "number": "integer", "debtor_name": "text", "debtor_iban": "text",
    "creditor_identifier": "text", "creditor_name": "text", "since": "date", "changed_by": "text",
}  # fmt: skip
LINK = {
    "client_id": "bigint", "debtor_id": "bigint", "reference": "text", "kind": "text", "scheme": "text",
    "announced_days": "smallint", "debtor_name": "text", "debtor_iban": "text", "made_on": "date", "expires_on": "date",
    "made_by": "text",
}  # fmt: skip
_LINKED = """
    SELECT l.id, l.debtor_id, l.reference, l.kind, l.scheme, l.announced_days, l.debtor_name, l.debtor_iban, l.expires_on,
           l.withdrawn_on, l.mandate_id, d.capacity, d.language
    FROM debits_signinglink l JOIN parties_debtor d ON d.client_id = l.client_id AND d.id = l.debtor_id
    WHERE l.client_id = %s AND l.id = %s
"""


@dataclass(frozen=True, slots=True)
class NewMandate:
    """A mandate as it is asked for. Without a `reference` it gets one of ours; `announced_days` as agreed, else 14."""

    debtor_id: int
    kind: str
    scheme: str
    debtor_name: str
    debtor_iban: str
    reference: str = ""
    announced_days: int = 14


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came with an online signature: from where, with what, in which language it was read, and the account."""

    agreed: bool
    name: str
    iban: str
    language: str
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation as it stands, with who collects."""

    id: int
    debtor_id: int
    terms: MandateTerms
    expires_on: dt.date
    withdrawn_on: dt.date | None
    mandate_id: int | None
    language: str
    creditor_identifier: str
    creditor_name: str


def sign_paper(
    client_id: int,
    wanted: NewMandate,
    scan: NewFile,
    signed_on: dt.date,
    by: str,
    on: dt.date,
    at: dt.datetime,
) -> int:
    """See `actions.sign_on_paper`."""
    terms, refusals = _terms(client_id, wanted)
    if signed_on > on:
        refusals.append(
            Refusal(
                "mandate-signed-later", "a mandate was signed before it is recorded", f"{signed_on}",
                f"{on} or earlier", signed_on, "look at the day on the paper",
            )
        )  # fmt: skip
    creditor = creditor_of(client_id, refusals)
    _refuse_known(client_id, terms.reference, refusals)
    if refusals:
        raise Refused(*refusals)
    (proof,) = keep_files(client_id, [scan])
    signed = _Signature(signed_on, Mandate.Signed.PAPER.value, proof, by)
    return _write(client_id, wanted.debtor_id, terms, creditor, signed, on, at)


def invite(
    client_id: int, wanted: NewMandate, expires_on: dt.date, by: str, on: dt.date, at: dt.datetime
) -> int:
    """See `actions.invite_to_sign`."""
    terms, refusals = _terms(client_id, wanted, filled_in_later=not wanted.debtor_iban)
    if expires_on <= on:
        refusals.append(
            Refusal("link-expires", "a link is good for some days", f"{expires_on}", f"after {on}", next_step="name a later day")
        )  # fmt: skip
    creditor_of(client_id, refusals)
    _refuse_known(client_id, terms.reference, refusals)
    if refusals:
        raise Refused(*refusals)
    row = (
        client_id, wanted.debtor_id, terms.reference, terms.kind, terms.scheme, terms.announced_days, terms.debtor_name,
        terms.debtor_iban, on, expires_on, by,
    )  # fmt: skip
    ((number,),) = insert_rows("debits_signinglink", LINK, [row], returning="id")
    told = {"reference": terms.reference, "until": expires_on.isoformat(), "by": by}
    write_events(client_id, [NewEvent("mandate_link_made", on, None, wanted.debtor_id, told, number)], at)
    return int(number)


def link_of(client_id: int, link_id: int, *, lock: bool = False) -> Link:
    """An invitation of the client in scope; refuses one that is not there. With `lock`, nobody else signs it meanwhile."""
    rows = fetch(_LINKED + (" FOR UPDATE OF l" if lock else ""), [client_id, link_id])
    if not rows:
        raise Refused(
            Refusal("link-unknown", "a link leads to a mandate", "it does not", "a link we made", "never")
        )
    (
        (
            number,
            debtor,
            reference,
            kind,
            scheme,
            days,
            name,
            iban,
            until,
            withdrawn,
            mandate,
            capacity,
            language,
        ),
    ) = rows
    refusals: list[Refusal] = []
    identifier, creditor = creditor_of(client_id, refusals)
    terms = MandateTerms(kind, scheme, reference, name, iban, capacity, days)
    return Link(number, debtor, terms, until, withdrawn, mandate, language, identifier, creditor)


def link_refusals(link: Link, on: dt.date) -> list[Refusal]:
    """Why a link is no longer good: it was used, taken back, or its last day has passed (that day itself is good)."""
    if link.mandate_id is not None:
        return [Refusal("link-used", "a mandate is signed once", "it was signed", "not signed", "never")]
    if link.withdrawn_on is not None:
        return [Refusal("link-withdrawn", "a link that was taken back is not signed", "taken back", "a good link", "never")]  # fmt: skip
    if on > link.expires_on:
        fact = f"it was good until {link.expires_on}"
        return [Refusal("link-expired", "a link is good for some days", fact, f"{link.expires_on}", "never", "ask for a new link")]  # fmt: skip
    if not link.creditor_identifier:
        return [_no_creditor()]
    return []


def sign_online(client_id: int, link_id: int, given: Confirmed, on: dt.date, at: dt.datetime) -> int:
    """See `actions.sign_by_link`."""
    link = link_of(client_id, link_id, lock=True)
    refusals = link_refusals(link, on)
    if refusals:
        raise Refused(*refusals)
    terms = MandateTerms(
        link.terms.kind, link.terms.scheme, link.terms.reference, " ".join(given.name.split()), compact_iban(given.iban),
        link.terms.capacity, link.terms.announced_days,
    )  # fmt: skip
    refusals = terms_refusals(terms)
    if not given.agreed:
        refusals.append(
            Refusal("not-agreed", "a mandate is signed by agreeing to it", "not ticked", "ticked", next_step="tick that you agree")
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    (proof,) = keep_files(client_id, [NewFile("machtiging.txt", _proof(link, terms, given, on, at))])
    signed = _Signature(on, Mandate.Signed.ONLINE.value, proof, terms.debtor_name)
    creditor = (link.creditor_identifier, link.creditor_name)
    mandate_id = _write(client_id, link.debtor_id, terms, creditor, signed, on, at)
    run(
        "UPDATE debits_signinglink SET mandate_id = %s WHERE client_id = %s AND id = %s",
        [mandate_id, client_id, link_id],
    )
    return mandate_id


def creditor_of(client_id: int, refusals: list[Refusal]) -> tuple[str, str]:
    """Who collects: identifier and name, which stays so until the transaction ends; a refusal more where nobody does yet."""
    rows = fetch("SELECT identifier, name FROM debits_creditor WHERE client_id = %s FOR SHARE", [client_id])
    if not rows:
        refusals.append(_no_creditor())
        return "", ""
    return rows[0][0], rows[0][1]


@dataclass(frozen=True, slots=True)
class _Signature:
    on: dt.date
    how: str
    proof: int
    by: str


def _terms(
    client_id: int, wanted: NewMandate, *, filled_in_later: bool = False
) -> tuple[MandateTerms, list[Refusal]]:
    """What is to be agreed, written as it is kept, and what is wrong with it."""
    rows = fetch(
        "SELECT capacity FROM parties_debtor WHERE client_id = %s AND id = %s FOR SHARE",
        [client_id, wanted.debtor_id],
    )
    if not rows:
        fact = f"there is no debtor {wanted.debtor_id}"
        raise Refused(Refusal("debtor-unknown", "a mandate is of a debtor", fact, "a debtor", "never"))
    reference = wanted.reference.strip() or f"M{wanted.debtor_id}-{next_ids(1)[0]}"
    terms = MandateTerms(
        wanted.kind, wanted.scheme, reference, " ".join(wanted.debtor_name.split()), compact_iban(wanted.debtor_iban),
        rows[0][0], wanted.announced_days,
    )  # fmt: skip
    refusals = terms_refusals(terms)
    if filled_in_later:
        refusals = [refusal for refusal in refusals if refusal.code != "mandate-iban"]
    return terms, refusals


def _refuse_known(client_id: int, reference: str, refusals: list[Refusal]) -> None:
    known = fetch(
        "SELECT 1 FROM debits_mandate WHERE client_id = %s AND reference = %s "
        "UNION ALL SELECT 1 FROM debits_signinglink WHERE client_id = %s AND reference = %s",
        [client_id, reference, client_id, reference],
    )
    if known:
        refusals.append(
            Refusal(
                "mandate-known", "a reference is of one mandate", f"{reference} is in use", "a new one", "never",
                "name another reference",
            )
        )  # fmt: skip


def _write(
    client_id: int, debtor_id: int, terms: MandateTerms, creditor: tuple[str, str], signed: _Signature, on: dt.date,
    at: dt.datetime,
) -> int:  # fmt: skip
    (number,) = next_ids(1)
    row = (
        client_id, number, debtor_id, terms.capacity, terms.reference, terms.kind, terms.scheme, terms.announced_days,
        signed.on, signed.how, signed.proof, 1, "live", on, "", at,
    )  # fmt: skip
    insert_rows("debits_mandate", MANDATE, [row])
    version = (
        client_id,
        number,
        1,
        terms.debtor_name,
        terms.debtor_iban,
        *creditor,
        signed.on,
        signed.by[:100],
    )
    insert_rows("debits_mandateversion", VERSION, [version])
    told = {"reference": terms.reference, "kind": terms.kind, "scheme": terms.scheme, "how": signed.how, "by": signed.by,
            "iban": terms.debtor_iban}  # fmt: skip
    write_events(client_id, [NewEvent("mandate_signed", signed.on, None, debtor_id, told, number)], at)
    return number


def _proof(link: Link, terms: MandateTerms, given: Confirmed, on: dt.date, at: dt.datetime) -> bytes:
    """What was shown and confirmed, as it is kept: the text word for word, then when, from where and with what."""
    shown: Sequence[str] = mandate_text(
        terms, link.creditor_name, link.creditor_identifier, given.language, on
    )
    facts = {
        "agreed": given.agreed, "language": given.language, "at": at.isoformat(), "address": printable(given.address)[:60],
        "browser": printable(given.browser)[:300], "reference": terms.reference, "name": terms.debtor_name,
        "iban": terms.debtor_iban,
    }  # fmt: skip
    return "\n\n".join([*shown, json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)]).encode()


def _no_creditor() -> Refusal:
    return Refusal(
        "creditor-missing", "a mandate names who collects", "no creditor identifier is known", "one of the bank",
        next_step="fill in the creditor identifier first",
    )  # fmt: skip
