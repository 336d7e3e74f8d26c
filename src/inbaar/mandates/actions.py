"""What leaves about a mandate: its printed form, the request to sign it, and the copy of who signed online."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from inbaar.banking.debits.actions import Confirmed, link_token, read_token, sign_by_link
from inbaar.banking.debits.inviting import Link, link_of, link_refusals
from inbaar.banking.debits.mandate_text import mandate_text
from inbaar.banking.transfers.rules import compact_iban
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of, recipient_of
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.kit.site import site_address
from inbaar.kit.text import printable
from inbaar.letters.amounts import ContentError
from inbaar.letters.mail import AddressRefused, checked_address
from inbaar.letters.parts import Language
from inbaar.mandates.drawing import mandate_pdf
from inbaar.mandates.states import QUEUED
from inbaar.mandates.wording import Paper, Signature, copy_mail, request_mail

_MESSAGE = {
    "client_id": "bigint", "debtor_id": "bigint", "link_id": "bigint", "mandate_id": "bigint", "kind": "text", "key": "text",
    "reference": "text", "language": "text", "from_name": "text", "from_address": "text", "to_name": "text", "address": "text", "subject": "text", "text": "text",
    "pdf": "bytea", "made_by": "text", "made_at": "timestamptz", "state": "text", "attempts": "smallint", "answer": "text",
    "changed_at": "timestamptz",
}  # fmt: skip
#: What stands for the address of the page until the message leaves: that address is written anew each time.
UNWRITTEN = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it would leave, with the PDF that goes along."""

    from_name: str
    from_address: str
    to_name: str
    address: str
    language: str
    subject: str
    text: str
    pdf: bytes

    @property
    def seal(self) -> str:
        """The same for the same message: what is sent is what was seen."""
        told = "\n".join(
            (self.from_name, self.from_address, self.to_name, self.address, self.subject, self.text)
        ).encode()
        return hashlib.sha256(told + self.pdf).hexdigest()


def form_pdf(client_id: int, link_id: int) -> tuple[str, bytes]:
    """The form of what was drawn up, to be signed on paper, with its reference. Needs the client's scope.

    Refused where there is none, nobody collects yet, or the client cannot be answered.
    """
    link = link_of(client_id, link_id)
    if refusals := link_refusals(link, link.made_on, online=False):
        raise Refused(*refusals)
    return link.terms.reference, mandate_pdf(_paper(client_id, link))


def request_of(client_id: int, link_id: int, on: dt.date, page: str = UNWRITTEN) -> Message:
    """The request to sign, as it would leave on a day. Needs the client's scope; writes nothing.

    Refused, with every reason: what can no longer be signed, no address to write to, and no address of this installation.
    """
    link = link_of(client_id, link_id)
    if refusals := link_refusals(link, on):
        raise Refused(*refusals)
    paper = _paper(client_id, link)
    _require_ways(paper.recipient.email, paper.sender.email)
    subject, text = request_mail(paper, page)
    return _message(paper, subject, text)


def send_request(
    client_id: int, link_id: int, key: str, seal: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> int:
    """Put the request on its way, as it was seen (`seal`); gives the message, the same one where its `key` was used before."""
    with client_scope(client_id):
        seen = request_of(client_id, link_id, on)
        if seen.seal != seal:
            raise Refused(
                Refusal("sent-changed", "what leaves is what was shown", "it changed since", "the same",
                        next_step="look at it again")
            )  # fmt: skip
        message = request_of(
            client_id, link_id, on, f"{site_address()}/sign/{link_token(client_id, link_id)}/"
        )
        link = link_of(client_id, link_id)
        return _write(client_id, link, None, "request", key[:60], message, by, recorded_at)


def sign_and_confirm(token: str, given: Confirmed, on: dt.date, recorded_at: dt.datetime) -> int:
    """Sign a mandate by its link, and put the debtor's copy on its way where he has an address; gives the mandate.

    Both or nothing. Refused as by `sign_by_link`.
    """
    client_id, link_id = read_token(token)
    with client_scope(client_id):
        mandate_id = sign_by_link(token, given, on, recorded_at)
        link = link_of(client_id, link_id)
        try:
            paper = _paper(client_id, link, given.language)
            address = checked_address(paper.recipient.email)
            checked_address(paper.sender.email)
        except (AddressRefused, Refused):
            return mandate_id
        signed = Signature(
            " ".join(given.name.split()), compact_iban(given.iban), printable(given.place).strip(), on
        )
        terms = replace(link.terms, debtor_name=signed.name, debtor_iban=signed.iban)
        text = mandate_text(
            terms, link.creditor_name, link.creditor_identifier, given.language, on, link.creditor_address
        )
        paper = replace(paper, text=text, on=on, signed=signed)
        message = replace(_message(paper, *copy_mail(paper)), address=address)
        _write(client_id, link, mandate_id, "copy", f"copy-{mandate_id}", message, signed.name, recorded_at)
    return mandate_id


def _paper(client_id: int, link: Link, language: str = "") -> Paper:
    row = addressee_rows(client_id, [link.debtor_id])[link.debtor_id]
    read_in = Language(language or link.language)
    try:
        sender, recipient = creditor_of(client_row(client_id)).sender, recipient_of(row)
    except ContentError as why:
        raise Refused(
            Refusal("letter-incomplete", "no letter that is incomplete", str(why), "all it needs",
                    next_step="complete what lacks")
        ) from None  # fmt: skip
    return Paper(link, read_in, link.shown(read_in.value, link.made_on), sender, recipient, link.made_on)


def _require_ways(address: str, from_address: str) -> None:
    refusals = []
    try:
        checked_address(from_address)
    except AddressRefused as why:
        refusals.append(
            Refusal("request-no-sender", "a request comes from an address that can be answered", str(why),
                    "an address of the client", next_step="fill in the client's e-mail address, or print the form")
        )  # fmt: skip
    try:
        checked_address(address)
    except AddressRefused as why:
        refusals.append(
            Refusal("request-no-address", "a request goes to an e-mail address", str(why), "an address of the debtor",
                    next_step="add one to the debtor, or print the form")
        )  # fmt: skip
    if not site_address():
        refusals.append(
            Refusal("request-no-site", "a debtor can reach the page", "this installation has no address", "INBAAR_ORIGINS",
                    next_step="have it set, or print the form")
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)


def _message(paper: Paper, subject: str, text: str) -> Message:
    by, to = paper.sender, paper.recipient
    return Message(
        by.name, by.email, to.attention or to.name, to.email, paper.language.value, subject, text, mandate_pdf(paper)
    )  # fmt: skip


def _write(
    client_id: int, link: Link, mandate_id: int | None, kind: str, key: str, message: Message, by: str, at: dt.datetime
) -> int:  # fmt: skip
    row = (
        client_id, link.debtor_id, link.id, mandate_id, kind, key, link.terms.reference,
        message.language, message.from_name[:200], message.from_address, message.to_name[:200], message.address, message.subject[:300], message.text, message.pdf, by[:100],
        at, QUEUED, 0, "", at,
    )  # fmt: skip
    made = insert_rows(
        "mandates_mandatemessage",
        _MESSAGE,
        [row],
        on_conflict="(client_id, key) DO NOTHING",
        returning="id",
    )
    if made:
        return int(made[0][0])
    known = "SELECT id FROM mandates_mandatemessage WHERE client_id = %s AND key = %s"
    return int(fetch(known, [client_id, key])[0][0])
