"""Mandates as they are written down once they were signed, with what proves it. Called through `actions`.

What proves a signature is kept by its content before the mandate is there, in one transaction; a reference is used once,
so nothing is signed twice.
"""

import datetime as dt
from dataclasses import dataclass

from inbaar.banking.debits.models import Mandate
from inbaar.banking.debits.rules import MandateTerms, terms_refusals
from inbaar.banking.transfers.rules import compact_iban
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.kit.text import printable
from inbaar.receivables.evidence import NewFile, keep_files
from inbaar.receivables.evidence_rules import media_type_of
from inbaar.receivables.timeline import NewEvent, write_events

WORDS_ALONE = ("text/plain", "message/rfc822")
MANDATE = {
    "client_id": "bigint", "id": "bigint", "debtor_id": "bigint", "capacity": "text", "reference": "text", "kind": "text",
    "scheme": "text", "announced_days": "smallint", "signed_on": "date", "signed_how": "text", "evidence_id": "bigint",
    "version": "integer", "state": "text", "state_on": "date", "state_reason": "text", "withdrawn_by": "text",
    "recorded_at": "timestamptz",
}  # fmt: skip
VERSION = {
    "client_id": "bigint", "mandate_id": "bigint", "number": "integer", "debtor_name": "text", "debtor_iban": "text",
    "creditor_identifier": "text", "creditor_name": "text", "since": "date", "changed_by": "text",
}  # fmt: skip


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
    terms, refusals = terms_of(client_id, wanted)
    refusals += signed_later(signed_on, on) + scan_refusals(scan)
    creditor = creditor_of(client_id, refusals, lock=True)
    refuse_known(client_id, terms.reference, refusals)
    if refusals:
        raise Refused(*refusals)
    (proof,) = keep_files(client_id, [scan])
    signed = Signature(signed_on, Mandate.Signed.PAPER.value, proof, by)
    return write_mandate(client_id, wanted.debtor_id, terms, creditor, signed, on, at)


def scan_refusals(scan: NewFile) -> list[Refusal]:
    """Why a file shows nobody's signature: it is words. What is no proof at all is refused where it is kept."""
    if media_type_of(scan.content) not in WORDS_ALONE:
        return []
    return [
        Refusal(
            "mandate-scan", "a signature on paper is shown by a picture or a PDF", printable(scan.name)[:100], "one of these",
            next_step="scan or photograph the paper",
        )
    ]  # fmt: skip


def signed_later(signed_on: dt.date, on: dt.date) -> list[Refusal]:
    """Why a day cannot be the one on which a paper was signed: it is yet to come."""
    if signed_on <= on:
        return []
    return [
        Refusal(
            "mandate-signed-later", "a mandate was signed before it is recorded", f"{signed_on}",
            f"{on}", signed_on, "look at the day on the paper",
        )
    ]  # fmt: skip


def creditor_of(client_id: int, refusals: list[Refusal], *, lock: bool = False) -> tuple[str, str]:
    """Who collects: identifier and name, which stays so until the transaction ends; a refusal more where nobody does yet.

    With `lock` mandates of this client are written one after the other, so that a reference is looked up once it is safe.
    """
    how = "NO KEY UPDATE" if lock else "SHARE"
    rows = fetch(f"SELECT identifier, name FROM debits_creditor WHERE client_id = %s FOR {how}", [client_id])  # noqa: S608
    if not rows:
        refusals.append(no_creditor())
        return "", ""
    return rows[0][0], rows[0][1]


@dataclass(frozen=True, slots=True)
class Signature:
    """When and how a mandate was signed, the file that proves it, and by whom it came here."""

    on: dt.date
    how: str
    proof: int
    by: str


def terms_of(
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


def refuse_known(client_id: int, reference: str, refusals: list[Refusal]) -> None:
    """A refusal more where a mandate, or one that is drawn up, has this reference."""
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


def write_mandate(
    client_id: int, debtor_id: int, terms: MandateTerms, creditor: tuple[str, str], signed: Signature, on: dt.date,
    at: dt.datetime,
) -> int:  # fmt: skip
    """Write a mandate down with its first version and its line on the timeline; gives it."""
    (number,) = next_ids(1)
    row = (
        client_id, number, debtor_id, terms.capacity, terms.reference, terms.kind, terms.scheme, terms.announced_days,
        signed.on, signed.how, signed.proof, 1, "live", on, "", "", at,
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


def no_creditor() -> Refusal:
    """Why nothing can be signed where nobody collects yet."""
    return Refusal(
        "creditor-missing", "a mandate names who collects", "no creditor identifier is known", "one of the bank",
        next_step="fill in the creditor identifier first",
    )  # fmt: skip
