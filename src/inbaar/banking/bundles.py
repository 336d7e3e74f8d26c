"""Invoices that are paid as one: made with a reference of their own, and divided as it was told when the money comes.

Statements of account make them, and the page behind a letter's link; matching asks for those whose references a batch of payments names.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from stdnum.iso7064 import mod_97_10
from stdnum.iso11649 import is_valid

from inbaar.banking.payment_tokens import PaymentFacts
from inbaar.banking.rules import MatchDecision
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.models import next_ids

ZERO = Decimal(0)
_MARK = "INB"
#: The reason of a match by such a reference.
BUNDLE = "bundle"
# As printed in groups or not; what follows it may be figures too, so where it ends is told by its check digits.
_WRITTEN = re.compile(r"(?<![A-Z0-9])RF ?\d ?\d ?I ?N ?B(?: ?\d){1,18}")
_SHORTEST = len("RF00INB1")
_BUNDLE = {
    "id": "bigint", "client_id": "bigint", "debtor_id": "bigint", "reference": "text", "currency": "text",
    "total": "numeric", "made_on": "date",
}  # fmt: skip
_PART = {"client_id": "bigint", "bundle_id": "bigint", "invoice_id": "bigint", "amount": "numeric"}
_NAMED = """
    SELECT b.reference, b.currency, b.total, p.invoice_id, p.amount FROM banking_paymentbundle b
    JOIN banking_bundlepart p ON p.client_id = b.client_id AND p.bundle_id = b.id
    WHERE b.client_id = %s AND b.reference = ANY(%s::text[]) ORDER BY b.reference, p.id
"""


@dataclass(frozen=True, slots=True)
class NewBundle:
    """Invoices of one debtor in one currency with what is asked of each; every amount is above zero."""

    debtor_id: int
    currency: str
    parts: tuple[tuple[int, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """What is paid with it."""
        return sum((amount for _, amount in self.parts), ZERO)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as matching meets it: how much of it goes to which invoice."""

    reference: str
    currency: str
    total: Decimal
    parts: tuple[tuple[int, Decimal], ...]


def reference_of(bundle_id: int) -> str:
    """The creditor reference (ISO 11649) of a bundle, with its two check digits.

    >>> reference_of(1234567)
    'RF25INB1234567'
    """
    body = f"{_MARK}{bundle_id}"
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def number_of(reference: str) -> int:
    """The number of the bundle that has a reference.

    >>> number_of("RF25INB1234567")
    1234567
    """
    return int(reference.removeprefix(reference[:4] + _MARK))


def make_bundles(client_id: int, bundles: Sequence[NewBundle], on: dt.date) -> list[tuple[int, str]]:
    """Write bundles; gives the number and the reference of each, in order. Needs the client's scope. Three statements."""
    made = [(number, reference_of(number)) for number in next_ids(len(bundles))]
    _write(client_id, dict(zip(made, bundles, strict=True)), on)
    return made


def keep_bundle(client_id: int, number: int, bundle: NewBundle, on: dt.date) -> None:
    """Write the bundle of a number that was drawn for something else, such as a letter, unless it is there already.

    Of two at once the second waits for the first, and finds its bundle. Needs the client's scope. Two statements.
    """
    _write(client_id, {(number, reference_of(number)): bundle}, on)


def _write(client_id: int, bundles: Mapping[tuple[int, str], NewBundle], on: dt.date) -> None:
    insert_rows(
        "banking_paymentbundle",
        _BUNDLE,
        (
            (number, client_id, bundle.debtor_id, reference, bundle.currency, bundle.total, on)
            for (number, reference), bundle in bundles.items()
        ),
        on_conflict="DO NOTHING",
    )
    insert_rows(
        "banking_bundlepart",
        _PART,
        (
            (client_id, number, invoice_id, amount)
            for (number, _), bundle in bundles.items()
            for invoice_id, amount in bundle.parts
        ),
        on_conflict="DO NOTHING",
    )


def references_in(payment: PaymentFacts) -> set[str]:
    """What in a payment may be a bundle's reference.

    >>> sorted(references_in(PaymentFacts(ZERO, "EUR", text="betaling rf25 inb1 2345 67 2026")))
    ['RF25INB1234567']
    """
    found = set()
    for source in (payment.reference, payment.end_to_end_id, payment.text):
        told = source.upper() if source else ""
        for written in _WRITTEN.findall(told) if "RF" in told else ():
            whole = written.replace(" ", "")
            found |= {whole[:end] for end in range(_SHORTEST, len(whole) + 1) if is_valid(whole[:end])}
    return found


def bundles_named(client_id: int, references: Iterable[str]) -> dict[str, Bundle]:
    """The bundles of these references, by reference. One statement, and none where there is no reference."""
    wanted = sorted(set(references))
    found: dict[tuple[str, str, Decimal], list[tuple[int, Decimal]]] = defaultdict(list)
    rows = fetch(_NAMED, [client_id, array_parameter(wanted)]) if wanted else []
    for reference, currency, total, invoice_id, amount in rows:
        found[reference, currency, total].append((invoice_id, amount))
    return {key[0]: Bundle(*key, tuple(parts)) for key, parts in found.items()}


def divide_bundle(
    bundle: Bundle, payment: PaymentFacts, owed: Callable[[int], Decimal], numbers: Mapping[int, str]
) -> MatchDecision:
    """What a payment under a bundle's reference pays: each invoice its part, as it was told to the payer.

    `owed` says what can still be paid on an invoice (nothing where it is paid). Certain is only the whole bundle, or
    what is left of it after some of its invoices were paid otherwise; any other amount is for a person.
    """
    left = [(number, min(amount, owed(number))) for number, amount in bundle.parts]
    lines = tuple((number, amount) for number, amount in left if amount > 0)
    suspects = tuple(sorted(number for number, _ in lines))
    told = {
        "numbers": ", ".join(numbers[number] for number, _ in lines[:10]),
        "count": str(len(lines)),
        "reference": bundle.reference,
        "open": f"{sum((amount for _, amount in lines), ZERO):.2f}",
    }
    if bundle.currency != payment.currency:
        told["currency"] = payment.currency
        return MatchDecision("unmatched", (), 10, "other-currency", tuple(told.items()), suspects)
    if not lines:
        return MatchDecision("unmatched", (), 40, "bundle-paid", tuple(told.items()))
    if payment.amount != sum((amount for _, amount in lines), ZERO):
        return MatchDecision("unmatched", (), 60, "bundle-not-sum", tuple(told.items()), suspects)
    return MatchDecision("certain", lines, 100, BUNDLE, tuple(told.items()))
