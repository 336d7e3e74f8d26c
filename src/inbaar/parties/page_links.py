"""Links to a debtor's own page: signed, good until a day, and short enough to be typed from a letter.

Nothing is kept of a link. It bears the number of times that the debtor's links were taken back (`page_edition`): taking them
back once more ends all that were made before.
"""

import datetime as dt
from typing import NamedTuple

from inbaar.kit.codes import CodeUnknown, code_of, code_place, read_code
from inbaar.kit.site import site_address

SALT = "inbaar.debtor_page"
GOOD_FOR_DAYS = 90
_FIRST_DAY = dt.date(2020, 1, 1)
_FARTHEST_DAY = 100_000


class PageLink(NamedTuple):
    """Whose page it is, of which edition of his links, and the last day on which it opens."""

    client_id: int
    debtor_id: int
    edition: int
    good_until: dt.date


def page_token(link: PageLink) -> str:
    """The part of a link that says whose page it is, with its signature, in groups of four."""
    until = (link.good_until - _FIRST_DAY).days
    return code_of(SALT, (link.client_id, link.debtor_id, until, link.edition))


def read_page_token(token: str) -> PageLink:
    """Whose page it is, however it was typed: `CodeUnknown` where the signature is not ours."""
    client_id, debtor_id, until, edition = read_code(SALT, token, 4)
    if until > _FARTHEST_DAY:
        raise CodeUnknown
    return PageLink(client_id, debtor_id, edition, _FIRST_DAY + dt.timedelta(days=until))


def link_made_on(client_id: int, debtor_id: int, edition: int, on: dt.date) -> PageLink:
    """The link that is given on a day: the same one all that day."""
    return PageLink(client_id, debtor_id, edition, on + dt.timedelta(days=GOOD_FOR_DAYS))


def page_link(link: PageLink) -> str:
    """The whole link, or nothing where this installation has no address of its own."""
    address = site_address()
    return f"{address}/my/{page_token(link)}/" if address else ""


def page_place() -> str:
    """What stands for the link in a letter that is only looked at: the same place, and no link."""
    address = site_address()
    return f"{address}/my/{code_place()}/" if address else ""
