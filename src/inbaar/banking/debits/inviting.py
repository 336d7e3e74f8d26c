"""Mandates that are drawn up: signed by a link that shows the whole text, or on the printed form. Called through `actions`.

What is drawn up becomes a mandate once, whichever way it is signed first; what was shown online is kept word for word.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, replace

from inbaar.banking.debits.mandate_text import mandate_text, shown_text
from inbaar.banking.debits.models import Mandate
from inbaar.banking.debits.rules import LONGEST_NAME, MandateTerms, terms_refusals
from inbaar.banking.debits.signing import (
    NewMandate,
    Signature,
    creditor_of,
    no_creditor,
    refuse_known,
    scan_refusals,
    signed_later,
    terms_of,
    write_mandate,
)
from inbaar.banking.formats.sepa_text import says_something
from inbaar.banking.transfers.rules import compact_iban
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable
from inbaar.receivables.evidence import NewFile, keep_files
from inbaar.receivables.timeline import NewEvent, write_events

LINK = {
    "client_id": "bigint", "debtor_id": "bigint", "reference": "text", "kind": "text", "scheme": "text",
    "announced_days": "smallint", "debtor_name": "text", "debtor_iban": "text", "made_on": "date", "expires_on": "date",
    "made_by": "text", "tries": "smallint",
}  # fmt: skip
#: How often within an hour somebody may press the button of one link: who mistypes comes through, a program does not.
TRIES_AN_HOUR = 10
_LINKED = """
    SELECT l.id, l.debtor_id, l.reference, l.kind, l.scheme, l.announced_days, l.debtor_name, l.debtor_iban, l.made_on,
           l.expires_on, l.withdrawn_on, l.mandate_id, d.capacity, d.language,
           concat_ws(', ', nullif(o.street, ''), nullif(concat_ws(' ', nullif(o.postcode, ''), nullif(o.city, '')), ''))
    FROM debits_signinglink l
    JOIN parties_debtor d ON d.client_id = l.client_id AND d.id = l.debtor_id
    JOIN parties_client c ON c.id = l.client_id JOIN parties_organisation o ON o.id = c.organisation_id
    WHERE l.client_id = %s AND l.id = %s
"""
_TRY = """
    UPDATE debits_signinglink
    SET tries = CASE WHEN tried_at > %(since)s THEN least(tries + 1, 1000) ELSE 1 END,
        tried_at = CASE WHEN tried_at > %(since)s THEN tried_at ELSE %(at)s END
    WHERE client_id = %(client)s AND id = %(link)s RETURNING tries
"""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came with an online signature: the account, the place, in which language it was read, from where, with what.

    `shown` is the print of the text that stood on the page (`shown_digest`).
    """

    agreed: bool
    name: str
    iban: str
    place: str
    shown: str
    language: str
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class SignedForm:
    """What the printed form says that came back signed, and its scan."""

    name: str
    iban: str
    signed_on: dt.date
    scan: NewFile


@dataclass(frozen=True, slots=True)
class Link:
    """A mandate that is drawn up, as it stands, with who collects."""

    id: int
    debtor_id: int
    terms: MandateTerms
    made_on: dt.date
    expires_on: dt.date
    withdrawn_on: dt.date | None
    mandate_id: int | None
    language: str
    creditor_identifier: str
    creditor_name: str
    creditor_address: str

    def shown(self, language: str, on: dt.date) -> tuple[str, ...]:
        """The paragraphs that stand above the signature on a day."""
        return shown_text(
            self.terms, self.creditor_name, self.creditor_identifier, language, on, self.creditor_address
        )


def shown_digest(paragraphs: tuple[str, ...]) -> str:
    """The print of a text: SHA-256 over its paragraphs with a blank line between them."""
    return hashlib.sha256("\n\n".join(paragraphs).encode()).hexdigest()


def invite(
    client_id: int, wanted: NewMandate, expires_on: dt.date, by: str, on: dt.date, at: dt.datetime
) -> int:
    """See `actions.invite_to_sign`."""
    terms, refusals = terms_of(client_id, wanted, filled_in_later=not wanted.debtor_iban)
    if expires_on <= on:
        refusals.append(
            Refusal("link-expires", "a link is good for some days", f"{expires_on}", f"after {on}", next_step="name a later day")
        )  # fmt: skip
    creditor_of(client_id, refusals, lock=True)
    refuse_known(client_id, terms.reference, refusals)
    if refusals:
        raise Refused(*refusals)
    row = (
        client_id, wanted.debtor_id, terms.reference, terms.kind, terms.scheme, terms.announced_days, terms.debtor_name,
        terms.debtor_iban, on, expires_on, by, 0,
    )  # fmt: skip
    ((number,),) = insert_rows("debits_signinglink", LINK, [row], returning="id")
    told = {"reference": terms.reference, "until": expires_on.isoformat(), "by": by}
    write_events(client_id, [NewEvent("mandate_link_made", on, None, wanted.debtor_id, told, number)], at)
    return int(number)


def link_of(client_id: int, link_id: int, *, lock: bool = False) -> Link:
    """What is drawn up for the client in scope; refuses one that is not there. With `lock`, nobody else signs it meanwhile."""
    rows = fetch(_LINKED + (" FOR UPDATE OF l" if lock else ""), [client_id, link_id])
    if not rows:
        raise Refused(
            Refusal("link-unknown", "a link leads to a mandate", "it does not", "a link we made", "never")
        )
    (number, debtor, reference, kind, scheme, days, name, iban, *days_of, mandate, capacity, language, address) = rows[0]  # fmt: skip
    made, until, withdrawn = days_of
    identifier, creditor = creditor_of(client_id, [], lock=lock)
    terms = MandateTerms(kind, scheme, reference, name, iban, capacity, days)
    return Link(
        number, debtor, terms, made, until, withdrawn, mandate, language, identifier, creditor, address
    )


def link_refusals(link: Link, on: dt.date, *, online: bool = True) -> list[Refusal]:
    """Why it is no longer to be signed: it was, it was taken back, or online its last day has passed (that day is good)."""
    if link.mandate_id is not None:
        return [Refusal("link-used", "a mandate is signed once", "it was signed", "not signed", "never")]
    if link.withdrawn_on is not None:
        return [Refusal("link-withdrawn", "a link that was taken back is not signed", "taken back", "a good link", "never")]  # fmt: skip
    if online and on > link.expires_on:
        fact = f"it was good until {link.expires_on}"
        return [Refusal("link-expired", "a link is good for some days", fact, f"{link.expires_on}", "never", "ask for a new link")]  # fmt: skip
    return [] if link.creditor_identifier else [no_creditor()]


def sign_online(client_id: int, link_id: int, given: Confirmed, on: dt.date, at: dt.datetime) -> int:
    """See `actions.sign_by_link`."""
    link = link_of(client_id, link_id, lock=True)
    if refusals := link_refusals(link, on):
        raise Refused(*refusals)
    terms = _signed_terms(link, given.name, given.iban)
    refusals = terms_refusals(terms)
    place = " ".join(printable(given.place).split())
    if not says_something(place) or len(place) > LONGEST_NAME:
        refusals.append(
            Refusal("sign-place", "a mandate says where it was signed", place or "nothing", "a place", next_step="fill in the place")
        )  # fmt: skip
    if not given.agreed:
        refusals.append(
            Refusal("not-agreed", "a mandate is signed by agreeing to it", "not ticked", "ticked", next_step="tick that you agree")
        )  # fmt: skip
    if given.shown != shown_digest(link.shown(given.language, on)):
        refusals.append(
            Refusal("text-changed", "what is signed is what was read", "the text is another now", "the same text",
                    next_step="read it again, and sign it then")
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    (proof,) = keep_files(client_id, [NewFile("machtiging.txt", _proof(link, terms, given, place, on, at))])
    return _signed(
        client_id, link, terms, Signature(on, Mandate.Signed.ONLINE.value, proof, terms.debtor_name), on, at
    )


def sign_form(client_id: int, link_id: int, form: SignedForm, by: str, on: dt.date, at: dt.datetime) -> int:
    """See `actions.sign_printed_form`."""
    link = link_of(client_id, link_id, lock=True)
    if refusals := link_refusals(link, on, online=False):
        raise Refused(*refusals)
    terms = _signed_terms(link, form.name, form.iban)
    refusals = terms_refusals(terms) + signed_later(form.signed_on, on) + scan_refusals(form.scan)
    if form.signed_on < link.made_on:
        refusals.append(
            Refusal("mandate-signed-early", "a form is signed after it was drawn up", f"{form.signed_on}",
                    f"{link.made_on}", next_step="look at the day on the paper")
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    (proof,) = keep_files(client_id, [form.scan])
    return _signed(
        client_id, link, terms, Signature(form.signed_on, Mandate.Signed.PAPER.value, proof, by), on, at
    )


def withdraw_link(client_id: int, link_id: int, by: str, on: dt.date, at: dt.datetime) -> bool:
    """See `actions.withdraw_link`."""
    rows = fetch(
        "UPDATE debits_signinglink SET withdrawn_on = %s WHERE client_id = %s AND id = %s AND withdrawn_on IS NULL "
        "AND mandate_id IS NULL RETURNING debtor_id, reference",
        [on, client_id, link_id],
    )
    events = [
        NewEvent("mandate_link_withdrawn", on, None, debtor, {"reference": reference, "by": by}, link_id)
        for debtor, reference in rows
    ]
    write_events(client_id, events, at)
    return bool(rows)


def count_try(client_id: int, link_id: int, at: dt.datetime) -> int:
    """Count that somebody tried to sign by a link; gives how often within the hour that began with the first time."""
    facts = {"client": client_id, "link": link_id, "at": at, "since": at - dt.timedelta(hours=1)}
    rows = fetch(_TRY, facts)
    return int(rows[0][0]) if rows else 0


def _signed_terms(link: Link, name: str, iban: str) -> MandateTerms:
    return replace(link.terms, debtor_name=" ".join(name.split()), debtor_iban=compact_iban(iban))


def _signed(
    client_id: int, link: Link, terms: MandateTerms, signed: Signature, on: dt.date, at: dt.datetime
) -> int:
    creditor = (link.creditor_identifier, link.creditor_name)
    mandate_id = write_mandate(client_id, link.debtor_id, terms, creditor, signed, on, at)
    run(
        "UPDATE debits_signinglink SET mandate_id = %s WHERE client_id = %s AND id = %s",
        [mandate_id, client_id, link.id],
    )
    return mandate_id


def _proof(
    link: Link, terms: MandateTerms, given: Confirmed, place: str, on: dt.date, at: dt.datetime
) -> bytes:
    """What was shown and confirmed, as it is kept: the text word for word, then when, from where and with what."""
    text = mandate_text(
        terms, link.creditor_name, link.creditor_identifier, given.language, on, link.creditor_address
    )
    facts = {
        "agreed": given.agreed, "language": given.language, "at": at.isoformat(), "address": printable(given.address)[:60],
        "browser": printable(given.browser)[:300], "reference": terms.reference, "name": terms.debtor_name,
        "iban": terms.debtor_iban, "place": place, "shown_sha256": given.shown,
    }  # fmt: skip
    return "\n\n".join([*text, json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)]).encode()
