"""The links to a debtor's page: which is good, taking all of them back, and mailing a fresh one to a known address."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from inbaar.debtor_page.mails import NewMail, correspondent, queue_mail
from inbaar.debtor_page.wording import link_mail
from inbaar.kit.bulk import fetch
from inbaar.kit.codes import CodeUnknown
from inbaar.letters.parts import Language
from inbaar.parties.page_links import PageLink, link_made_on, page_link, read_page_token
from inbaar.receivables.timeline import NewEvent, write_events

_DEBTOR = "SELECT name, language, page_edition FROM parties_debtor WHERE client_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class Door:
    """What a link leads to: whose page, in which language he is written to, and why it does not open where it does not."""

    client_id: int
    debtor_id: int
    name: str
    language: str
    good_until: dt.date
    closed: Literal["", "expired", "withdrawn"]


def read_link(token: str) -> PageLink | None:
    """What a link says; None where it is not ours. Looks nothing up."""
    try:
        return read_page_token(token)
    except CodeUnknown:
        return None


def door_of(link: PageLink, on: dt.date) -> Door | None:
    """What a link leads to on a day; None where its debtor is not there any more. Needs the client's scope. One statement."""
    for name, language, edition in fetch(_DEBTOR, [link.client_id, link.debtor_id]):
        closed: Literal["", "expired", "withdrawn"] = ""
        if link.edition != edition:
            closed = "withdrawn"
        elif on > link.good_until:
            closed = "expired"
        return Door(link.client_id, link.debtor_id, name, language, link.good_until, closed)
    return None


def link_of(client_id: int, debtor_id: int, on: dt.date) -> PageLink | None:
    """The link of a debtor as it is given on a day; None where there is no such debtor. Needs the client's scope."""
    for _, _, edition in fetch(_DEBTOR, [client_id, debtor_id]):
        return link_made_on(client_id, debtor_id, edition, on)
    return None


def take_back_links(client_id: int, debtor_id: int, on: dt.date, by: str, recorded_at: dt.datetime) -> bool:
    """End every link to a debtor's page that was made so far; False where there is no such debtor. Needs the client's scope."""
    rows = fetch(
        "UPDATE parties_debtor SET page_edition = page_edition + 1 WHERE client_id = %s AND id = %s RETURNING id",
        [client_id, debtor_id],
    )
    if rows:
        write_events(client_id, [NewEvent("page_links_ended", on, None, debtor_id, {"by": by})], recorded_at)
    return bool(rows)


def mail_fresh_link(client_id: int, debtor_id: int, on: dt.date, recorded_at: dt.datetime) -> bool:
    """Mail a link that is good to the address that is known of him, once a day however often it is asked.

    False where there is no such address; who asks is not told which. Needs the client's scope.
    """
    link, person = link_of(client_id, debtor_id, on), correspondent(client_id, debtor_id)
    if link is None or person is None or not (address := page_link(link)):
        return False
    language = Language(person.language)
    subject, text = link_mail(language, person.sender, address, link.good_until)
    mail = NewMail(debtor_id, None, "link", f"link-{debtor_id}-{on}", language, subject, text)
    return queue_mail(client_id, mail, person, "", recorded_at)
