"""From steps taken to letters: one per debtor, payee, currency and language, with what each invoice owes, line by line.

Facts of a chunk are read in a handful of queries; each letter's content is frozen and checked before it is written.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from inbaar.dunning.demands import Bundle, Creditor, Demand, demand_on, letter_content
from inbaar.dunning.rules import Policy
from inbaar.kit.bulk import fetch
from inbaar.kit.models import next_ids
from inbaar.letters.actions import NewLetter, write_letters
from inbaar.letters.parts import LetterKind, Payee, Recipient, Sender
from inbaar.receivables.components import NewComponent, add_components
from inbaar.receivables.queries import claim_facts
from inbaar.receivables.timeline import NewEvent, write_events

_ADDRESSEES = """
    SELECT d.id, d.name, d.capacity, d.street, d.postcode, d.city, d.country, d.language,
           coalesce((SELECT c.email FROM parties_contact c
                     WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.email <> ''
                       AND c.role IN ('follow_up', 'invoice')
                     ORDER BY c.role = 'follow_up' DESC, c.id LIMIT 1), ''),
           coalesce((SELECT c.name FROM parties_contact c
                     WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.role = 'follow_up'
                     ORDER BY c.id LIMIT 1), '')
    FROM parties_debtor d WHERE d.client_id = %s AND d.id = ANY(%s)
"""
_TITLES = """
    SELECT t.invoice_id, t.owner_name, t.payee_iban, t.notified_on FROM receivables_title t
    WHERE t.client_id = %s AND t.invoice_id = ANY(%s) AND t.period @> %s::date
"""
_REMINDED = """
    SELECT invoice_id, "on", pay_by FROM dunning_step WHERE client_id = %s AND invoice_id = ANY(%s) AND kind = 'reminder'
"""
_CLIENT = """
    SELECT c.name, o.street, o.postcode, o.city, o.kvk_number, o.vat_id, c.phone, c.email, c.website, c.reclaims_vat,
           (SELECT b.iban FROM banking_bankaccount b WHERE b.client_id = c.id AND b.currency = 'EUR' ORDER BY b.id LIMIT 1)
    FROM parties_client c JOIN parties_organisation o ON o.id = c.organisation_id WHERE c.id = %s
"""


def compose_letters(
    client_id: int, steps: Mapping[int, str], on: dt.date, recorded_at: dt.datetime, policy: Policy
) -> Counter[str]:
    """Write the letters for steps just taken (`invoice id -> step`); gives how many of each kind.

    Interest that a letter asks for the first time becomes part of the claim here. The number of statements does not
    depend on the number of letters.
    """
    ids = list(steps)
    reminded = {row[0]: (row[1], row[2]) for row in fetch(_REMINDED, [client_id, ids])}
    demands = {
        invoice_id: demand_on(facts, LetterKind(steps[invoice_id]), on, reminded.get(invoice_id))
        for invoice_id, facts in claim_facts(ids, on).items()
    }
    creditor = creditor_of(client_id)
    add_components(client_id, _claimed_interest(demands.values(), on), recorded_at)
    letters = list(_letters(client_id, creditor, demands, on, policy))
    write_letters(client_id, letters, recorded_at)
    write_events(client_id, _step_events(letters, on), recorded_at)
    return Counter(str(letter.content.kind) for letter in letters)


def creditor_of(client_id: int) -> Creditor:
    """The client as sender of its letters."""
    name, street, postcode, city, kvk, vat, phone, email, website, reclaims, iban = fetch(
        _CLIENT, [client_id]
    )[0]
    address = tuple(line for line in (street, f"{postcode} {city}".strip()) if line)
    sender = Sender(name, address, kvk, vat, phone, email, website)
    return Creditor(sender, iban or "", reclaims)


def _claimed_interest(demands: Iterable[Demand], on: dt.date) -> Iterator[NewComponent]:
    for demand in demands:
        if demand.claims_interest_from is not None:
            yield NewComponent(
                invoice_id=demand.facts.invoice_id,
                kind="interest",
                amount=None,
                since=demand.claims_interest_from,
                claimed_on=on,
                rule="6:119a BW" if demand.facts.claim_kind == "trade" else "6:119 BW",
                source="statutory interest tables",
                key=f"interest:{demand.facts.invoice_id}",
            )


def _letters(
    client_id: int, creditor: Creditor, demands: Mapping[int, Demand], on: dt.date, policy: Policy
) -> Iterator[NewLetter]:
    titles = {row[0]: row[1:] for row in fetch(_TITLES, [client_id, list(demands), on])}
    debtors = {demand.facts.debtor_id for demand in demands.values()}
    addressees = {row[0]: row[1:] for row in fetch(_ADDRESSEES, [client_id, list(debtors)])}
    bundles: dict[Bundle, list[Demand]] = defaultdict(list)
    for invoice_id, demand in demands.items():
        owner, iban, notified_on = titles[invoice_id]
        payee = Payee(account_holder=owner, iban=iban or creditor.iban, entitled_since=notified_on)
        bundles[Bundle(demand.facts.debtor_id, payee, demand.facts.currency)].append(demand)
    ordered = sorted(
        bundles.items(), key=lambda pair: (pair[0].debtor_id, pair[0].payee.iban, pair[0].currency)
    )
    for letter_id, (bundle, items) in zip(next_ids(len(ordered)), ordered, strict=True):
        name, capacity, street, postcode, city, country, language, email, attention = addressees[
            bundle.debtor_id
        ]
        recipient = Recipient(
            name=name,
            address=tuple(line for line in (street, f"{postcode} {city}".strip()) if line),
            consumer=capacity == "consumer",
            attention=attention,
            email=email,
            country=country,
        )
        number = f"{on.year}-{letter_id}"
        yield NewLetter(
            id=letter_id,
            debtor_id=bundle.debtor_id,
            content=letter_content(creditor, recipient, bundle, items, language, number, on, policy),
            invoices=tuple(item.facts.invoice_id for item in items),
            channel="email" if email else "post",
            address=email,
            key=f"{on.isoformat()}:{bundle.debtor_id}:{bundle.payee.iban}:{bundle.currency}",
        )


def _step_events(letters: Sequence[NewLetter], on: dt.date) -> Iterator[NewEvent]:
    for letter in letters:
        for invoice_id, item in zip(letter.invoices, letter.content.items, strict=True):
            pay_by = letter.content.pay_by_of(item)
            yield NewEvent(
                "step",
                on,
                invoice_id,
                letter.debtor_id,
                {
                    "step": str(item.step),
                    "letter": letter.content.letter_number,
                    "asked": str(item.total),
                    "pay_by": pay_by.isoformat() if pay_by else None,
                },
                letter.id,
            )
