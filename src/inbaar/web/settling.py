"""What can be done with an entry in one go: each as an option with its effect in the ledger, and done by its key.

The page shows the options; the act computes them anew and does the one that was chosen, so that only what is still
possible is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from django.db import transaction
from django.utils.translation import gettext as _

from inbaar.banking.actions import (
    Ground,
    keep_for_debtor,
    match_by_hand,
    pass_on_to_owner,
    refund_rest,
    return_by_hand,
)
from inbaar.banking.by_hand import WRITE_OFF_ASKED
from inbaar.banking.matching import owed_by_payer
from inbaar.banking.write_offs.actions import Person, Rest, write_off
from inbaar.banking.write_offs.queries import one_person_limit
from inbaar.dunning.schedule import reopen_invoices
from inbaar.receivables.grounds import LOWERS_VAT
from inbaar.receivables.queries import claim_facts
from inbaar.web.formats import amount, day
from inbaar.web.queries.bank import Candidate, EntryRow
from inbaar.web.queries.settling import debtors_paid, taken_back_by
from inbaar.web.wording.accounts import ground_words, ledger_words

# Does an option for a client, as somebody says; gives the write-off that waits for a second person, if it is one.
Do = Callable[[int, Person, bool], object]
MOST_SHOWN, MOST_GROUNDS = 3, Decimal("0.10")
SMALL = Decimal(25)
WRONG_PAYEE = ("wrong-payee", "wrong-payee-untold")


class Settled(Enum):
    """What became of an option: done and booked, waiting for a second person, or none any more."""

    DONE = "done"
    WAITS = "waits"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True)
class Effect:
    """One amount that moves in the ledger."""

    debit: str
    credit: str
    amount: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be done with an entry: what it is called, what it does to the books, and what to mind."""

    key: str
    title: str
    effects: tuple[Effect, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Choice:
    option: Option
    do: Do


def options(client_id: int, row: EntryRow, found: Sequence[Candidate]) -> list[Option]:
    """The options of an entry, most likely first."""
    return [choice.option for choice in _choices(client_id, row, found)]


def settle(
    client_id: int, row: EntryRow, found: Sequence[Candidate], key: str, by: Person, learn: bool
) -> Settled:
    """Do one of the options. Raises Refused where the books say no."""
    for choice in _choices(client_id, row, found):
        if choice.option.key == key:
            with transaction.atomic():
                waits = choice.do(client_id, by, learn)
            return Settled.WAITS if waits and key.startswith("rest:") else Settled.DONE
    return Settled.NOT_POSSIBLE


def _choices(client_id: int, row: EntryRow, found: Sequence[Candidate]) -> list[_Choice]:
    if row.amount < 0:
        return _returns(client_id, row)
    if not row.unapplied or row.reason == WRITE_OFF_ASKED:
        return []
    if row.reason in WRONG_PAYEE and row.state == "unmatched":
        return [_pass_on(row)]
    if row.state == "matched":
        return [c for debtor, name in debtors_paid(client_id, row.id) for c in _left_over(row, debtor, name)]
    likely = [item for item in found if item.rank < 2 or len(found) == 1][:MOST_SHOWN]
    claims = claim_facts([item.id for item in likely], row.date)
    owed = {item.id: owed_by_payer(claims[item.id], row.date) for item in likely}
    # What comes nearest to the amount is meant most likely; only of that one more than is owed makes sense.
    likely.sort(key=lambda item: abs(owed[item.id] - row.unapplied))
    limit = one_person_limit(client_id)
    choices: list[_Choice] = []
    for place, item in enumerate(likely):
        if place == 0 or owed[item.id] >= row.unapplied:
            choices += _of_invoice(row, item, owed[item.id], limit)
    return choices


def _of_invoice(row: EntryRow, item: Candidate, owed: Decimal, limit: Decimal) -> list[_Choice]:
    left = row.unapplied
    if left == owed:
        title = _("Pays invoice %(number)s in full") % {"number": item.number}
        return [_Choice(Option(f"pay:{item.id}", title, (_paid(row, left),)), _match(row, item.id, left))]
    if left > owed:
        return _over(row, item, owed)
    rest = owed - left
    part = _("Pays a part of invoice %(number)s: %(rest)s stays open") % {
        "number": item.number,
        "rest": amount(rest, row.currency),
    }
    choices = [_Choice(Option(f"part:{item.id}", part, (_paid(row, left),)), _match(row, item.id, left))]
    if rest <= max(SMALL, owed * MOST_GROUNDS):
        choices += [_written_off(row, item, rest, ground, limit) for ground in Ground]
    return choices


def _written_off(row: EntryRow, item: Candidate, rest: Decimal, ground: Ground, limit: Decimal) -> _Choice:
    title = _("Pays invoice %(number)s in full: %(rest)s is %(ground)s") % {
        "number": item.number,
        "rest": amount(rest, row.currency),
        "ground": ground_words(ground),
    }
    off = Effect(ledger_words(ground.value), ledger_words("receivable"), amount(rest, row.currency))
    second = _above(limit, row.currency) if rest > limit else ""
    option = Option(
        f"rest:{item.id}:{ground.value}",
        title,
        (_paid(row, row.unapplied), off),
        f"{second} {_vat(row, item, rest, ground)}".strip(),
    )

    def do(client_id: int, by: Person, learn: bool) -> int | None:
        return write_off(client_id, Rest(item.id, ground, "", row.id, row.unapplied, learn), by)

    return _Choice(option, do)


def _above(limit: Decimal, currency: str) -> str:
    told = _("More than %(limit)s: nothing is booked until a second person approves it.")
    return told % {"limit": amount(limit, currency)}


def _vat(row: EntryRow, item: Candidate, rest: Decimal, ground: Ground) -> str:
    """What a lower price does to the VAT that was declared (art. 29 lid 1 Wet OB 1968)."""
    if not item.vat:
        return ""
    if ground not in LOWERS_VAT:
        return _("The VAT of the invoice stays as it is.")
    part = (rest * item.vat / item.total).quantize(Decimal("0.01"), ROUND_HALF_UP)
    told = _(
        "Of it %(vat)s is VAT. Lower it in your return, with a credit note to the debtor (art. 29 Wet OB)."
    )
    return told % {"vat": amount(part, row.currency)}


def _over(row: EntryRow, item: Candidate, owed: Decimal) -> list[_Choice]:
    over = row.unapplied - owed
    told = {"number": item.number, "over": amount(over, row.currency)}
    ways = (
        ("keep", _("Pays invoice %(number)s; keep %(over)s as the debtor's credit") % told, "debtor_credit"),
        ("next", _("Pays invoice %(number)s; keep %(over)s for the next invoice") % told, "debtor_credit"),
        ("refund", _("Pays invoice %(number)s; pay %(over)s back") % told, "to_pay_out"),
    )
    choices = []
    for way, title, account in ways:
        if way == "refund" and not row.their_iban:
            continue
        rest = Effect(ledger_words("unapplied"), ledger_words(account), amount(over, row.currency))
        option = Option(f"over:{item.id}:{way}", title, (_paid(row, owed), rest), _needs_second(way))
        choices.append(_Choice(option, _match_and(row, item, owed, way)))
    return choices


def _needs_second(way: str) -> str:
    return _("A second person approves it before it is paid.") if way == "refund" else ""


def _match_and(row: EntryRow, item: Candidate, owed: Decimal, way: str) -> Do:
    def do(client_id: int, by: Person, learn: bool) -> None:
        match_by_hand(client_id, row.id, [(item.id, owed)], by.name, by.on, by.at, learn=learn)
        _do_with_rest(client_id, row.id, item.debtor_id, way, by)

    return do


def _do_with_rest(client_id: int, entry_id: int, debtor_id: int, way: str, by: Person) -> None:
    if way == "refund":
        refund_rest(client_id, entry_id, _("paid too much"), by.name, by.on, by.at)
    else:
        keep_for_debtor(client_id, entry_id, debtor_id, by.name, by.on, by.at, for_next_invoice=way == "next")


def _left_over(row: EntryRow, debtor_id: int, name: str) -> list[_Choice]:
    told = {"left": amount(row.unapplied, row.currency), "debtor": name}
    ways = [
        ("keep", _("Keep %(left)s as credit of %(debtor)s") % told, "debtor_credit"),
        ("next", _("Keep %(left)s for the next invoice of %(debtor)s") % told, "debtor_credit"),
    ]
    if row.their_iban:
        ways.append(("refund", _("Pay %(left)s back") % told, "to_pay_out"))

    def of(way: str) -> Do:
        return lambda client_id, by, _learn: _do_with_rest(client_id, row.id, debtor_id, way, by)

    return [
        _Choice(
            Option(
                f"left:{debtor_id}:{way}", title,
                (Effect(ledger_words("unapplied"), ledger_words(account), told["left"]),), _needs_second(way),
            ),
            of(way),
        )
        for way, title, account in ways
    ]  # fmt: skip


def _pass_on(row: EntryRow) -> _Choice:
    owner = str(row.reason_facts.get("owner", "–"))
    title = _("Pass %(left)s on to %(owner)s") % {
        "left": amount(row.unapplied, row.currency),
        "owner": owner,
    }
    effects = (
        Effect(ledger_words("unapplied"), ledger_words("to_pay_out"), amount(row.unapplied, row.currency)),
        Effect(ledger_words("sold_claims"), ledger_words("receivable"), amount(row.unapplied, row.currency)),
    )
    option = Option("pass_on", title, effects, _needs_second("refund"))
    return _Choice(
        option, lambda client_id, by, _learn: pass_on_to_owner(client_id, row.id, by.name, by.on, by.at)
    )


def _returns(client_id: int, row: EntryRow) -> list[_Choice]:
    if row.state == "matched":
        return []

    def of(original_id: int) -> Do:
        def do(client_id: int, by: Person, _learn: bool) -> None:
            reopen_invoices(
                client_id, return_by_hand(client_id, row.id, original_id, by.name, by.on, by.at), by.on
            )

        return do

    return [
        _Choice(
            Option(
                f"back:{original.id}",
                _("Takes back the payment of %(day)s by %(name)s")
                % {"day": day(original.date), "name": original.name or "–"},
                (Effect(ledger_words("receivable"), ledger_words("other_payments"), amount(original.amount, row.currency)),),
                _("The invoices it paid are open again from %(day)s.") % {"day": day(row.date)},
            ),
            of(original.id),
        )
        for original in taken_back_by(client_id, row.id)
    ]  # fmt: skip


def _paid(row: EntryRow, paid: Decimal) -> Effect:
    return Effect(ledger_words("unapplied"), ledger_words("receivable"), amount(paid, row.currency))


def _match(row: EntryRow, invoice_id: int, paid: Decimal) -> Do:
    def do(client_id: int, by: Person, learn: bool) -> None:
        match_by_hand(client_id, row.id, [(invoice_id, paid)], by.name, by.on, by.at, learn=learn)

    return do
