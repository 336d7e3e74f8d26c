"""Links to the page on which something is paid: a bundle, or what a letter asks. Signed, and short enough to be typed.

A link names the client and the number under which it is paid, and nothing is kept of it: whoever writes a letter makes its
link by reckoning alone. Whoever has the link sees what is left to pay and how, and nothing else of the debtor.
"""

from typing import NamedTuple

from inbaar.banking.bundles import number_of, reference_of
from inbaar.kit.codes import CodeUnknown, code_of, code_place, read_code
from inbaar.kit.site import site_address

SALT = "inbaar.pay"
GOOD_FOR_DAYS = 90


class Payable(NamedTuple):
    """What a link is about."""

    client_id: int
    reference: str


class LinkUnknown(Exception):
    """The link was never made here, or was changed on its way."""


def pay_token(client_id: int, reference: str) -> str:
    """The part of a link that says what it is about, with its signature, in groups of four.

    `reference` is a bundle's; that of a letter is made of the letter's own number.
    """
    return code_of(SALT, (client_id, number_of(reference)))


def read_token(token: str) -> Payable:
    """What a link is about, however it was typed: `LinkUnknown` where the signature is not ours."""
    try:
        client_id, number = read_code(SALT, token, 2)
    except CodeUnknown:
        raise LinkUnknown from None
    return Payable(client_id, reference_of(number))


def pay_link(client_id: int, reference: str) -> str:
    """The whole link, or nothing where this installation has no address of its own."""
    address = site_address()
    return f"{address}/pay/{pay_token(client_id, reference)}/" if address else ""


def letter_link(client_id: int, letter_id: int) -> str:
    """The link under which what a letter asks is paid, or nothing where this installation has no address of its own.

    The letter need not be written yet; until it is, its link is not known.
    """
    return pay_link(client_id, reference_of(letter_id)) if site_address() else ""


def link_place() -> str:
    """What stands for the link of a letter that is only looked at: the same place, and no link."""
    address = site_address()
    return f"{address}/pay/{code_place()}/" if address else ""
