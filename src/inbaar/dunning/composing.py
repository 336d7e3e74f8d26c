"""From steps taken to letters: one per debtor, payee, currency and language, with what each invoice owes, line by line.

Facts of a chunk are read in a handful of queries; each letter's content is frozen and checked before it is written.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from inbaar.banking.pay_links import letter_link
from inbaar.dunning.addressing import (
    addressee_rows,
    client_row,
    creditor_of,
    is_natural_person,
    owned_by_others,
    page_of,
    recipient_of,
    titles_on,
)
from inbaar.dunning.demands import Bundle, Creditor, Demand, demand_on, letter_content
from inbaar.dunning.own_texts import own_texts
from inbaar.dunning.policy_steps import Action, Channel, ContactRole, PolicyStep
from inbaar.dunning.rules import leaves_from
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.models import next_ids
from inbaar.law.errors import LawError
from inbaar.letters.actions import NewLetter, write_letters
from inbaar.letters.content import ContentError, LetterContent
from inbaar.letters.parts import Payee, Recipient
from inbaar.receivables.components import NewComponent, add_components
from inbaar.receivables.queries import claim_facts
from inbaar.receivables.timeline import NewEvent, write_events

# The first reminder's day, and the last day that any of them gave.
_REMINDED = """
    SELECT invoice_id, min("on"), min(pay_by) FROM dunning_step
    WHERE client_id = %s AND invoice_id = ANY(%s) AND kind = 'reminder' GROUP BY invoice_id
"""


_WINDOW = "SELECT letters_wait_minutes, letters_need_look FROM parties_client WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an invoice cannot be in a letter today: the reason's code and the words of whoever refused."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The step that is about to be taken for an invoice, and the key of the one before."""

    step: PolicyStep
    last: str = ""


@dataclass(slots=True)
class Prepared:
    """Letters that can go out, by when each asks for its invoices, and per invoice why it cannot be in one."""

    letters: list[NewLetter] = field(default_factory=list)
    demands: dict[int, Demand] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)
    pay_by: dict[int, dt.date | None] = field(default_factory=dict)


def prepare_letters(client_id: int, steps: Mapping[int, Planned], on: dt.date) -> Prepared:
    """Compose the letters for steps about to be taken (by invoice), without writing anything.

    The number of statements does not depend on the number of letters. What the law's tables do not cover, or what
    would make an unlawful or incomplete letter, fails by itself and leaves the other letters alone.
    """
    ids = list(steps)
    reminded = {row[0]: (row[1], row[2]) for row in fetch(_REMINDED, [client_id, array_parameter(ids)])}
    prepared = Prepared()
    for invoice_id, facts in claim_facts(ids, on).items():
        try:
            prepared.demands[invoice_id] = demand_on(
                facts, steps[invoice_id].step, on, reminded.get(invoice_id)
            )
        except LawError as error:
            prepared.failures[invoice_id] = Failure("law_not_covered", str(error))
    bundles = list(_bundles(client_id, prepared, on))
    own = own_texts(client_id)
    for letter_id, (creditor, recipient, language, page, bundle, items) in zip(
        next_ids(len(bundles)), bundles, strict=True
    ):
        try:
            told = partial(
                letter_content, creditor(), bundle=bundle(), language=language, number=f"{on.year}-{letter_id}", on=on,
                pay_link=letter_link(client_id, letter_id), page_link=page, own=own,
            )  # fmt: skip
            recipient(role=ContactRole.FOLLOW_UP)
        except ContentError as error:
            failure = _failure(error)
            prepared.failures |= dict.fromkeys((item.facts.invoice_id for item in items), failure)
            continue
        compose = partial(_addressed, told, recipient)
        content, kept = _with_what_fits(compose, items, prepared.failures)
        if content is not None:
            invoices = tuple(item.facts.invoice_id for item in kept)
            prepared.letters.append(_new_letter(letter_id, content, kept, invoices))
            prepared.pay_by |= {
                invoice: content.pay_by_of(item)
                for invoice, item in zip(invoices, content.items, strict=True)
            }
    return prepared


def _addressed(
    told: Callable[..., LetterContent], recipient: Callable[..., Recipient], items: Sequence[Demand]
) -> LetterContent:
    """The letter on these invoices, to whoever the strictest of their steps is meant for (ASK-13)."""
    strictest = max(items, key=lambda demand: demand.kind.strictness)
    addressee = recipient(role=strictest.step.role)
    # What must come on paper comes on paper, whatever addresses there are.
    if any(demand.step.channel is Channel.POST for demand in items):
        addressee = replace(addressee, email="")
    return told(recipient=addressee, demands=items)


def _failure(error: Exception) -> Failure:
    return Failure("law_not_covered" if isinstance(error, LawError) else "letter_refused", str(error))


def _with_what_fits(
    compose: Callable[[list[Demand]], LetterContent], items: list[Demand], failures: dict[int, Failure]
) -> tuple[LetterContent | None, list[Demand]]:
    """The letter with every invoice that can be in it; one that makes it unlawful or incomplete is left out by itself,
    with its reason in `failures`, and does not hold up the others (ASK-12).

    Tried whole first, then by halves: the invoices left out are found in a few tries each.
    """
    content, kept = None, list[Demand]()
    untried = [items]
    while untried:
        part = untried.pop()
        try:
            content, kept = compose([*kept, *part]), [*kept, *part]
        except (LawError, ContentError, Refused) as error:
            if len(part) == 1:
                failures[part[0].facts.invoice_id] = _failure(error)
            else:
                half = len(part) // 2
                untried += [part[half:], part[:half]]
    return content, kept


def write_prepared(client_id: int, prepared: Prepared, on: dt.date, recorded_at: dt.datetime) -> Counter[str]:
    """Write prepared letters, in the transaction of their steps; gives how many of each kind.

    Interest that a letter asks for the first time becomes part of the claim here.
    """
    asked = [prepared.demands[invoice] for letter in prepared.letters for invoice in letter.invoices]
    add_components(client_id, _claimed_interest(asked, on), recorded_at)
    ((minutes, look),) = fetch(_WINDOW, [client_id])
    leaves = leaves_from(on, recorded_at + dt.timedelta(minutes=minutes))
    write_letters(client_id, prepared.letters, recorded_at, leaves, to_look_at=look)
    write_events(client_id, _step_events(prepared.letters, on), recorded_at)
    return Counter(str(letter.content.kind) for letter in prepared.letters)


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


Parts = tuple[Callable[[], Creditor], Callable[..., Recipient], str, str, Callable[[], Bundle], list[Demand]]


def _bundles(client_id: int, prepared: Prepared, on: dt.date) -> Iterator[Parts]:
    """The parts of each letter; made late, so that a part that cannot be made fails only its own letter."""
    demands = prepared.demands
    titles = titles_on(client_id, [*demands], on)
    others = owned_by_others(client_id, [*demands], on)
    debtors = {demand.facts.debtor_id for demand in demands.values()}
    addressees = addressee_rows(client_id, [*debtors])
    creditor = cache(partial(creditor_of, client_row(client_id)))
    own_iban = _own_iban(creditor)
    groups: dict[tuple[int, bool, str, str, str, dt.date | None], list[Demand]] = defaultdict(list)
    for invoice_id, demand in sorted(demands.items()):
        if invoice_id not in titles:
            prepared.failures[invoice_id] = _unowned(demand, on)
            continue
        owner, iban, notified_on = titles[invoice_id]
        # An invoice that names no account is paid to the client's own: one payee, one letter (ASK-11).
        payee = (owner, iban or own_iban, notified_on)
        # What is not due yet is no part of a letter about what is late.
        early = demand.step.action is Action.COURTESY_NOTICE
        groups[demand.facts.debtor_id, early, demand.facts.currency, *payee].append(demand)
    for (debtor_id, _, currency, owner, iban, notified_on), items in sorted(
        groups.items(), key=lambda g: g[0][:5]
    ):
        row = addressees[debtor_id]

        def bundle(
            debtor_id: int = debtor_id,
            currency: str = currency,
            owner: str = owner,
            iban: str = iban,
            notified_on: dt.date | None = notified_on,
            items: list[Demand] = items,
        ) -> Bundle:
            payee = Payee(account_holder=owner, iban=iban, entitled_since=notified_on)
            mine = not others.intersection(demand.facts.invoice_id for demand in items)
            return Bundle(debtor_id, payee, currency, not mine and is_natural_person(addressees[debtor_id]))

        yield (
            creditor,
            partial(recipient_of, row),
            row[6],
            page_of(client_id, debtor_id, row, on),
            bundle,
            items,
        )


def _unowned(demand: Demand, on: dt.date) -> Failure:
    return Failure(
        "letter_refused",
        f"nobody owns the claim of invoice {demand.facts.number} on {on}, so it cannot be said whom to pay; "
        "record the title",
    )


def _own_iban(creditor: Callable[[], Creditor]) -> str:
    try:
        return creditor().iban
    except ContentError:
        return ""  # each letter is refused for it by itself, with the reason


def _new_letter(
    letter_id: int, content: LetterContent, items: Sequence[Demand], invoices: tuple[int, ...]
) -> NewLetter:
    email = content.recipient.email
    return NewLetter(
        id=letter_id,
        debtor_id=items[0].facts.debtor_id,
        content=content,
        invoices=invoices,
        channel="email" if email else "post",
        address=email,
        step_keys=tuple(item.step.key for item in items),
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
