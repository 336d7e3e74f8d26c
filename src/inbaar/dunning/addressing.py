"""Who writes, to whom, and who is paid: read in bulk, for letters and for statements of account."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from inbaar.dunning.demands import Creditor
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.site import site_address
from inbaar.letters.parts import Recipient, Sender
from inbaar.parties.page_links import link_made_on, page_link
from inbaar.parties.rules import LegalForm

_ADDRESSEES = """
    SELECT d.id, d.name, d.capacity, d.street, d.postcode, d.city, d.country, d.language,
           coalesce((SELECT c.email FROM parties_contact c
                     LEFT JOIN letters_badaddress b ON b.client_id = c.client_id AND b.address = lower(c.email)
                         AND b.cleared_on IS NULL
                     WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.email <> ''
                       AND c.role IN ('follow_up', 'invoice') AND b.id IS NULL
                     ORDER BY c.role = 'follow_up' DESC, c.id LIMIT 1), ''),
           coalesce((SELECT c.name FROM parties_contact c
                     WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.role = 'follow_up'
                     ORDER BY c.id LIMIT 1), ''), coalesce(above.email, ''), coalesce(above.name, ''),
           coalesce(first.email, ''), coalesce(first.name, ''), d.legal_form, d.page_edition
    FROM parties_debtor d
    LEFT JOIN LATERAL (
        SELECT c.email, c.name FROM parties_contact c
        LEFT JOIN letters_badaddress b ON b.client_id = c.client_id AND b.address = lower(c.email) AND b.cleared_on IS NULL
        WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.role = 'escalation' AND c.email <> '' AND b.id IS NULL
        ORDER BY c.id LIMIT 1
    ) above ON true
    LEFT JOIN LATERAL (
        SELECT c.email, c.name FROM parties_contact c
        LEFT JOIN letters_badaddress b ON b.client_id = c.client_id AND b.address = lower(c.email) AND b.cleared_on IS NULL
        WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.role = 'invoice' AND c.email <> '' AND b.id IS NULL
        ORDER BY c.id LIMIT 1
    ) first ON true
    WHERE d.client_id = %s AND d.id = ANY(%s)
"""
_TITLES = """
    SELECT t.invoice_id, t.owner_name, t.payee_iban, t.notified_on FROM receivables_title t
    WHERE t.client_id = %s AND t.invoice_id = ANY(%s) AND t.period @> %s::date
"""
# Which of these claims are not the client's own: by the KvK number where both have one, for a name is written in many ways.
_OF_OTHERS = """
    SELECT t.invoice_id FROM receivables_title t
    JOIN parties_client c ON c.id = t.client_id JOIN parties_organisation o ON o.id = c.organisation_id
    WHERE t.client_id = %s AND t.invoice_id = ANY(%s) AND t.period @> %s::date
      AND CASE WHEN t.owner_kvk <> '' AND o.kvk_number <> '' THEN t.owner_kvk <> o.kvk_number ELSE t.owner_name <> c.name END
"""
_CLIENT = """
    SELECT c.name, o.street, o.postcode, o.city, o.kvk_number, o.vat_id, c.phone, c.email, c.website, c.reclaims_vat,
           (SELECT b.iban FROM banking_bankaccount b WHERE b.client_id = c.id AND b.currency = 'EUR' ORDER BY b.id LIMIT 1)
    FROM parties_client c JOIN parties_organisation o ON o.id = c.organisation_id WHERE c.id = %s
"""


def client_row(client_id: int) -> tuple[Any, ...]:
    """The facts of the client as a sender, for `creditor_of`. One statement."""
    return fetch(_CLIENT, [client_id])[0]


def addressee_rows(client_id: int, debtors: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The facts of debtors as recipients, for `recipient_of` and `page_of`; the seventh is their language. One statement."""
    return {row[0]: row[1:] for row in fetch(_ADDRESSEES, [client_id, array_parameter(debtors)])}


def titles_on(client_id: int, invoices: Sequence[int], on: dt.date) -> dict[int, tuple[Any, ...]]:
    """Who owns each invoice on a day: name, account to pay to, and since when the debtor knows. One statement."""
    return {row[0]: row[1:] for row in fetch(_TITLES, [client_id, array_parameter(invoices), on])}


def owned_by_others(client_id: int, invoices: Sequence[int], on: dt.date) -> frozenset[int]:
    """The invoices of these that somebody else owns on a day. One statement."""
    return frozenset(row[0] for row in fetch(_OF_OTHERS, [client_id, array_parameter(invoices), on]))


def creditor_of(row: tuple[Any, ...]) -> Creditor:
    """The client as sender of its letters; ContentError if a debtor could not answer it."""
    name, street, postcode, city, kvk, vat, phone, email, website, reclaims, iban = row
    address = tuple(line for line in (street, f"{postcode} {city}".strip()) if line)
    return Creditor(Sender(name, address, kvk, vat, phone, email, website), iban or "", reclaims)


def is_natural_person(row: tuple[Any, ...]) -> bool:
    """Whether a debtor is a natural person who lives here, also where he is in business (Wki article 1)."""
    return (
        row[-2] in (LegalForm.PRIVATE_PERSON, LegalForm.SOLE_TRADER, LegalForm.PARTNERSHIP) and row[5] == "NL"
    )


def page_of(client_id: int, debtor_id: int, row: tuple[Any, ...], on: dt.date) -> str:
    """The link to the debtor's own page as a letter of a day bears it, or nothing where this installation has no address."""
    return page_link(link_made_on(client_id, debtor_id, row[-1], on)) if site_address() else ""


def recipient_of(row: tuple[Any, ...], *, role: str = "follow_up") -> Recipient:
    """The debtor as a letter is addressed to him; ContentError without a name.

    `role` is whom it is meant for: `escalation`, for when reminders do not help, or `invoice`; where nobody is named for
    that, whoever gets reminders.
    """
    name, capacity, street, postcode, city, country, _, email, attention, *others = row
    named = {"escalation": others[:2], "invoice": others[2:4]}.get(role, ("", ""))
    if named[0]:
        email, attention = named
    return Recipient(
        name=name,
        address=tuple(line for line in (street, f"{postcode} {city}".strip()) if line),
        consumer=capacity == "consumer",
        attention=attention,
        email=email,
        country=country,
    )
