"""Each way in which people pay, as what they write and what they mean. Called by `ways_to_pay`, which says how many do so.

A way takes the invoices it pays from those its payer has not paid yet; it gives None where he has none that fit.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

from inbaar.market import identifiers
from inbaar.market.owing import BANKS, CENT, PRICES, OwedInvoice, Payer, person, surname


class Told(NamedTuple):
    """What a way of paying makes: amount, text, reference, payer's name and account, and what it is meant for."""

    meant: tuple[tuple[str, Decimal], ...]
    text: str = ""
    reference: str = ""
    amount: Decimal | None = None
    name: str | None = None
    iban: str | None = None
    again: str = ""
    told_later: tuple[tuple[str, Decimal], ...] = ()


def _whole(*invoices: OwedInvoice) -> tuple[tuple[str, Decimal], ...]:
    return tuple((invoice.number, invoice.amount) for invoice in invoices)


def _oldest(rng: Random, mine: list[OwedInvoice]) -> OwedInvoice:
    """Mostly what is due first; now and then another one."""
    return mine.pop(0 if rng.randrange(100) < 85 else rng.randrange(len(mine)))


def _reference(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    return Told(_whole(invoice), reference=invoice.reference)


def by_number(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told:
    """The number of an invoice as it stands; there must be one left."""
    invoice = _oldest(rng, mine)
    return Told(_whole(invoice), rng.choice(("{}", "Factuur {}", "factuurnr {}", "betaling factuur {} met dank", "fact {}")).format(invoice.number))  # fmt: skip


def _written(rng: Random, number: str) -> str:
    year, digits = number.split("-")
    return rng.choice(
        (f"{year} {digits}", f"{year}/{digits}", f"{year}{digits}", f"{year}-{int(digits)}", f"{year}.{digits}",
         f"{year} - {digits}", f"F{year}-{digits}", f"nr:{year}{digits}", f"{year}-{digits[:3]} {digits[3:]}")
    )  # fmt: skip


def _otherwise(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    return Told(_whole(invoice), rng.choice(("{}", "fact. {}", "INV {}", "uw nota {}", "rekening {}")).format(_written(rng, invoice.number)))  # fmt: skip


def _among_figures(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    noise = (
        f"klantnr {payer.number} fact {invoice.number} dd {invoice.issued_on:%d-%m-%Y}",
        f"{invoice.number} {invoice.issued_on:%Y%m%d} order {rng.randrange(10_000, 99_999)}",
        f"Kade {rng.randrange(1, 240)} 3824 AB factuur {invoice.number}",
        f"onze ref {rng.randrange(100_000, 999_999)} uw ref {invoice.number}",
        f"crediteur {rng.randrange(1000, 9999)} / {invoice.number} / {invoice.amount}",
    )
    return Told(_whole(invoice), rng.choice(noise))


def _several_numbers(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    if len(mine) < 2:
        return None
    paid = [mine.pop(0) for _ in range(min(len(mine), rng.randint(2, 6)))]
    return Told(
        _whole(*paid), rng.choice((" ", ", ", " en ", "/ ")).join(invoice.number for invoice in paid)[:140]
    )


def _slip(rng: Random, number: str) -> str:
    head, tail = number[:-6], number[-6:]
    at = rng.randrange(5)
    if rng.randrange(2) and tail[at] != tail[at + 1]:
        return head + tail[:at] + tail[at + 1] + tail[at] + tail[at + 2 :]
    return head + tail[:at] + str((int(tail[at]) + rng.randint(1, 9)) % 10) + tail[at + 1 :]


def _several_mistyped(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    if len(mine) < 2:
        return None
    paid = [mine.pop(0) for _ in range(min(len(mine), rng.randint(2, 4)))]
    written = [invoice.number for invoice in paid]
    written[-1] = _slip(rng, written[-1])
    return Told(_whole(*paid), " ".join(written))


def _undesignated(mine: list[OwedInvoice], invoice: OwedInvoice) -> OwedInvoice:
    """Who says nothing pays, of equal invoices, the oldest, whatever he thought of (6:43 lid 2 BW)."""
    return next(other for other in mine if other.amount == invoice.amount)


def _nothing_said(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _undesignated(mine, mine[0 if rng.randrange(100) < 85 else rng.randrange(len(mine))])
    mine.remove(invoice)
    return Told(
        _whole(invoice),
        rng.choice(("", "factuur", "betaling", "conform afspraak", "bedankt!", "uw nota", "mei")),
    )


def _everything(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    paid = mine[:]
    mine.clear()
    return Told(_whole(*paid), rng.choice(("openstaande posten", "alles", "saldo", "conform overzicht")))


def _some(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    if len(mine) < 3:
        return None
    paid = [mine.pop(0) for _ in range(rng.randint(2, len(mine) - 1))]
    return Told(_whole(*paid), rng.choice(("betaalrun mei", "zie specificatie per mail", "diverse facturen")))


def _last_figures(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    return Told(_whole(invoice), f"factuur {int(invoice.number[-6:])}")


def _mistyped(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    return Told(_whole(invoice), f"Factuur {_slip(rng, invoice.number)}")


def _part(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    part = (invoice.amount * rng.choice((25, 50, 50, 75)) / 100).quantize(CENT, ROUND_HALF_UP)
    return Told(((invoice.number, part),), f"deel van factuur {invoice.number}")


def _less_credit(rng: Random, payer: Payer, mine: list[OwedInvoice], said: bool) -> Told | None:
    credit = next((c for c in payer.credits if any(i.amount > c.amount for i in mine)), None)
    if credit is None:
        return None
    invoice = next(i for i in mine if i.amount > credit.amount)
    mine.remove(invoice)
    payer.credits.remove(credit)
    text = f"{invoice.number} min creditnota {credit.number}" if said else f"factuur {invoice.number}"
    return Told(((invoice.number, invoice.amount - credit.amount),), text)


def _less_named_credit(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    return _less_credit(rng, payer, mine, said=True)


def _less_unnamed_credit(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    return _less_credit(rng, payer, mine, said=False)


def _less_discount(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    off = (invoice.amount * Decimal(payer.discount_percent or 2) / 100).quantize(CENT, ROUND_HALF_UP)
    return Told(((invoice.number, invoice.amount - off),), f"{invoice.number} -/- korting")


def _less_bank_cost(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    cost = Decimal(rng.choice(("5.00", "7.50", "9.00")))
    return (
        Told(((invoice.number, invoice.amount - cost),), f"invoice {invoice.number}")
        if cost < invoice.amount
        else None
    )


def _too_much(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    amount = (invoice.amount / 10).to_integral_value(ROUND_HALF_UP) * 10 + 10
    return Told((), f"factuur {invoice.number}", amount=amount, told_later=_whole(invoice))


def _twice(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    paid = [invoice for invoice in payer.invoices if invoice not in mine]
    if not paid:
        return None
    invoice = rng.choice(paid)
    return Told((), f"Factuur {invoice.number}", amount=invoice.amount, again=invoice.number)


def _third(rng: Random, number: int) -> tuple[str, str]:
    name = rng.choice((f"{surname(rng)} Holding B.V.", f"Administratiekantoor {surname(rng)}", person(rng)))
    return name, identifiers.dutch_iban(rng.choice(BANKS), 7_000_000 + number)


def _by_another(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    name, iban = _third(rng, payer.number)
    return Told(_whole(invoice), f"factuur {invoice.number} {payer.name}", name=name, iban=iban)


def _by_another_silent(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    name, iban = _third(rng, payer.number)
    return Told(_whole(invoice), f"voor {payer.name}", name=name, iban=iban)


def _customer(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _undesignated(mine, mine[0])
    mine.remove(invoice)
    return Told(
        _whole(invoice), rng.choice(("klantnummer {}", "klantnr. {}", "debiteurnr {}")).format(payer.number)
    )


def _wrong_amount(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    invoice = _oldest(rng, mine)
    digits = str(int(invoice.amount * 100))
    swapped = Decimal(digits[:-2][1::-1] + digits[2:]) / 100 if len(digits) > 3 else invoice.amount + CENT
    amount = swapped if 0 < swapped != invoice.amount else invoice.amount + CENT
    paid = min(amount, invoice.amount)
    return Told(
        ((invoice.number, paid),) if amount <= invoice.amount else (),
        f"factuur {invoice.number}",
        amount=amount,
    )


def _no_invoice(rng: Random, payer: Payer, mine: list[OwedInvoice]) -> Told | None:
    amount = rng.choice((rng.choice(PRICES), Decimal(rng.randrange(1_000, 900_000)) / 100))
    text = rng.choice((f"TERUGGAAF BTW {rng.randrange(10**8, 10**9)}B01 2026-0{rng.randrange(1, 5)}", "storting eigen geld",
                       f"subsidie 2026-{rng.randrange(1, 999):03d}", "rente", f"huur Kade {rng.randrange(1, 200)}"))  # fmt: skip
    name = rng.choice(("Belastingdienst", "Gemeente Amersfoort", "Van Dijk Techniek B.V.", "Verhuur Noord"))
    return Told(
        (), text, amount=amount, name=name, iban=identifiers.dutch_iban("INGB", 9_000_000 + rng.randrange(50))
    )


WAYS: dict[str, Callable[[Random, Payer, list[OwedInvoice]], Told | None]] = {
    "reference": _reference, "number": by_number, "number written otherwise": _otherwise,
    "number among other figures": _among_figures, "several numbers": _several_numbers,
    "several, one mistyped": _several_mistyped, "nothing said, one invoice": _nothing_said,
    "nothing said, everything": _everything, "nothing said, some": _some, "last figures only": _last_figures,
    "number mistyped": _mistyped, "part of a named one": _part, "less a named credit note": _less_named_credit,
    "less a credit note": _less_unnamed_credit, "less discount": _less_discount, "less bank cost": _less_bank_cost,
    "too much": _too_much, "paid twice": _twice, "by a third party": _by_another,
    "by a third party, nothing said": _by_another_silent, "customer number": _customer, "wrong amount": _wrong_amount,
    "no invoice at all": _no_invoice,
}  # fmt: skip
