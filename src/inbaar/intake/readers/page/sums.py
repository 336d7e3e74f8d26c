"""Net, VAT per rate, total and what is to be paid: the assignment of printed amounts that ties. Pure.

Every amount beside or under a label of a total is a candidate; an assignment counts when net plus VAT is the total. Of
several the one with the largest total counts, as the others are of one rate. Where nothing ties, only what stands alone
beside a plain label is kept, and what the page contradicts is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice

from inbaar.intake.readers.page.findings import CHECKED, LABELLED, PLACED, Finding
from inbaar.intake.readers.page.near import Label, Sheet
from inbaar.intake.readers.page.rates import HIGHEST_RATE, Rate, rates_of
from inbaar.intake.readers.page.values import Amount, amounts

#: More amounts beside one label than any invoice has: the rest would only cost time.
_MOST_CANDIDATES = 300
_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")
_NO_VAT = re.compile(
    r"verlegd|reverse[ -]charge|vrijgesteld|vrijstelling|exempt|intracommun|kleineondernemers|outside the scope|export"
    r"|\b0(?:[.,]0+)? ?%|geen btw|no vat|not a vat invoice|befreit|exonération|margeregeling|steuerschuldnerschaft|0-tarief"
)
_TAXED = re.compile(r"[1-9](?:[.,]\d{1,2})? ?%")
_SETTLED = re.compile(
    r"reeds (?:betaald|voldaan)|vooruitbetaald|al betaald|is (?:betaald|voldaan)|already (?:been )?paid|paid in full|with thanks"
    r"|(?<!uiterlijk )(?:betaald|voldaan|paid) (?:met|op|per|via|by|on|with)\b|(?<!uiterlijk )\bvoldaan\b|bereits (?:be(?:zahlt|glichen)|gezahlt)|déjà (?:payé|réglé)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An amount that a label may mean; `beside` for the row's last, which is how totals are printed."""

    amount: Amount
    page: int
    beside: bool

    @property
    def value(self) -> Decimal:
        return self.amount.value


@dataclass(slots=True)
class Sums:
    """What was found, by field; `ties` where net plus VAT was seen to be the total."""

    found: dict[str, Finding] = field(default_factory=dict)
    rates: tuple[Rate, ...] = ()
    ties: bool = False
    contradicted: str | None = None
    rate_fails: str | None = None
    any_amount: bool = False


def sums_of(sheet: Sheet) -> Sums:
    """The totals of the invoice."""
    candidates = {
        kind: list(islice(_candidates(sheet, kind), _MOST_CANDIDATES))
        for kind in ("net", "base", "vat", "total", "payable", "prepaid", "carried")
    }
    rates = rates_of(sheet)
    sums = Sums(any_amount=bool(candidates["total"] or candidates["payable"]))
    triple = _triple(sheet, candidates, rates)
    if triple is not None:
        net, vat, total, level = triple
        sums.ties = True
        for name, chosen in (("net", net), ("vat", vat), ("total", total)):
            if chosen is not None:
                sums.found[name] = _finding(chosen, level)
        _keep_rates(sums, rates)
        _check_rate(sums)
    else:
        _alone(sheet, sums, candidates)
    _payable(sheet, sums, candidates)
    return sums


def _finding(candidate: Candidate, level: float) -> Finding:
    return Finding(f"{candidate.value:.2f}", candidate.amount.words, candidate.page, level)


def _candidates(sheet: Sheet, kind: str) -> Iterator[Candidate]:
    for label in sheet.named(kind):
        row = sheet.amounts(label)
        for amount in row:
            yield Candidate(amount, label.cell.page, amount is row[-1] and not _stands_in_table(sheet, label))
        if not row and not label.rest:
            for amount in sheet.amounts_under(label):
                yield Candidate(amount, label.cell.page, False)


def _stands_in_table(sheet: Sheet, label: Label) -> bool:
    """Whether a row has several amounts after a label that names one: a line of a table of rates, or of goods."""
    return len(sheet.amounts(label)) > 1 and not any(kind in ("vat", "net") for kind in label.kinds)


def _summed(rates: list[Rate], part: str) -> list[Candidate]:
    """The sum of all rates, where the page prints them and no sum."""
    values = [rate.base if part == "base" else rate.tax for rate in rates]
    if not rates or any(value is None for value in values):
        return []
    total = sum((value for value in values if value is not None), _ZERO)
    words = tuple(word for rate in rates for word in rate.amounts[0 if part == "base" else -1].words)
    if len({rate.page for rate in rates}) > 1:
        words = rates[0].amounts[0].words
    return [Candidate(Amount(total, None, words, 0), rates[0].page, False)]


def _triple(
    sheet: Sheet, candidates: dict[str, list[Candidate]], rates: list[Rate]
) -> tuple[Candidate | None, Candidate | None, Candidate, float] | None:
    """The net, VAT and total that tie, with the largest total."""
    based, bare = [r for r in rates if r.base is not None], [r for r in rates if r.base is None]
    nets = candidates["net"] + candidates["base"] + _summed(based, "base")
    marked = [rate for rate in based if rate.marked]
    vats = candidates["vat"] + _summed(based, "tax") + _summed(marked, "tax") + _summed(bare, "tax")
    totals = candidates["total"] + _own(candidates)
    beside = [total for total in totals if total.beside]
    best = _tied(nets, vats, totals)
    largest = max((abs(total.value) for total in beside), default=_ZERO)
    if best is not None and abs(best[2].value) >= largest and (best[2].beside or _tops_all(sheet, best[2])):
        return (*best, CHECKED)
    loose = _loose(sheet, nets, vats, beside, largest)
    if loose is not None:
        return loose
    if best is None or abs(best[2].value) * 2 < largest:
        return None
    # A larger amount stands beside a total: a previous balance, or costs on top. Only a person can tell.
    return None


def _own(candidates: dict[str, list[Candidate]]) -> list[Candidate]:
    """What is to be paid of this invoice alone: not a sum of its total and a balance that was open before."""
    totals = {total.value for total in candidates["total"] if total.beside}
    carried = {abs(before.value) for before in candidates["carried"] if before.value}
    both = {total + before for total in totals for before in carried}
    return [asked for asked in candidates["payable"] if asked.value not in both]


def _tops_all(sheet: Sheet, total: Candidate) -> bool:
    """Whether no larger amount is printed: a total in a table may be that of one rate or one order."""
    return all(abs(value) <= abs(total.value) for value in _everywhere(sheet))


def _tied(
    nets: list[Candidate], vats: list[Candidate], totals: list[Candidate]
) -> tuple[Candidate, Candidate, Candidate] | None:
    by_value: dict[Decimal, Candidate] = {}
    for total in totals:
        known = by_value.get(total.value)
        if known is None or (total.beside and not known.beside):
            by_value[total.value] = total
    ties = [
        (net, vat, by_value[net.value + vat.value])
        for net in nets
        for vat in vats
        if net.value + vat.value in by_value and _plausible(net.value, vat.value)
    ]
    if not ties:
        return None
    largest = max(abs(total.value) for _, _, total in ties)
    best = [tie for tie in ties if abs(tie[2].value) == largest]
    if len({(net.value, vat.value) for net, vat, _ in best}) > 1:
        taxed = [tie for tie in best if tie[1].value]
        if len({(net.value, vat.value) for net, vat, _ in taxed}) != 1:
            return None
        best = taxed
    return max(best, key=lambda tie: (tie[0].beside, tie[1].beside, tie[2].beside))


def _plausible(net: Decimal, vat: Decimal) -> bool:
    return net != 0 and net * vat >= 0 and abs(vat) <= abs(net) * HIGHEST_RATE / 100 + _CENT


def _loose(
    sheet: Sheet, nets: list[Candidate], vats: list[Candidate], totals: list[Candidate], largest: Decimal
) -> tuple[Candidate | None, Candidate | None, Candidate, float] | None:
    """A total and one part are labelled, and the other part is printed elsewhere; or net and total are equal without VAT."""
    tops = {total.value: total for total in totals if abs(total.value) == largest}
    if len(tops) != 1:
        return None
    (total,) = tops.values()
    if any(net.value == total.value and net.beside for net in nets) and _NO_VAT.search(sheet.text):
        net = next(net for net in nets if net.value == total.value)
        nothing = [vat for vat in vats if vat.value == 0]
        if nothing or not any(vat.value for vat in vats):
            return net, nothing[0] if nothing else None, total, LABELLED
    if not nets and vats and not any(vat.value for vat in vats) and not _TAXED.search(sheet.text):
        return total, vats[0], total, LABELLED
    everywhere = _everywhere(sheet)
    pairs = {}
    for vat in (vat for vat in vats if vat.beside and vat.value):
        rest = everywhere.get(total.value - vat.value)
        if rest is not None and _plausible(rest.value, vat.value) and _is_rate(rest.value, vat.value):
            pairs[rest.value] = (rest, vat)
    for net in (net for net in nets if net.beside):
        rest = everywhere.get(total.value - net.value)
        if (
            rest is not None
            and rest.value
            and _plausible(net.value, rest.value)
            and _is_rate(net.value, rest.value)
        ):
            pairs[net.value] = (net, rest)
    if len(pairs) != 1:
        return None
    net, vat = next(iter(pairs.values()))
    return net, vat, total, LABELLED


def _everywhere(sheet: Sheet) -> dict[Decimal, Candidate]:
    found: dict[Decimal, Candidate] = {}
    for cell in sheet.layout.cells:
        for amount in amounts(cell.words):
            found[amount.value] = Candidate(amount, cell.page, False)
    return found


def _is_rate(net: Decimal, vat: Decimal) -> bool:
    """Whether the VAT is a whole rate of the net."""
    percent = vat * 100 / net
    return abs(percent - percent.quantize(Decimal(1))) <= Decimal("0.05") * max(Decimal(1), 10 / abs(net))


def _keep_rates(sums: Sums, rates: list[Rate]) -> None:
    """The table of rates, where it makes the VAT of the invoice."""
    vat = Decimal(sums.found["vat"].value) if "vat" in sums.found else _ZERO
    net = Decimal(sums.found["net"].value) if "net" in sums.found else None
    based = [rate for rate in rates if rate.base is not None]
    bare = [rate for rate in rates if rate.base is None]
    for several in (based, [r for r in based if r.tax], [r for r in based if r.marked], bare):
        taxes = sum((rate.tax for rate in several), _ZERO)
        bases = sum((rate.base for rate in several if rate.base is not None), _ZERO)
        if several and taxes == vat and (several is bare or bases == net):
            sums.rates = tuple(several)
            return


def _check_rate(sums: Sums) -> None:
    """One rate printed without its base is of the whole net: to within 1.00, as BR-CO-17 allows; else neither is sure."""
    if len(sums.rates) != 1 or sums.rates[0].base is not None or "net" not in sums.found:
        return
    rate, net = sums.rates[0], Decimal(sums.found["net"].value)
    due = (net * rate.percent / 100).quantize(_CENT, ROUND_HALF_UP)
    if abs(due - rate.tax) >= 1:
        sums.rate_fails = (
            f"VAT of {rate.percent:f}% over {net:.2f} is {due:.2f}, but the page says {rate.tax:.2f}"
        )
        sums.rates = ()
        for name in ("net", "vat"):
            sums.found[name] = replace(sums.found[name], level=PLACED)


def _alone(sheet: Sheet, sums: Sums, candidates: dict[str, list[Candidate]]) -> None:
    """Nothing ties: the total that stands beside its label, if no other does; the parts only if nothing contradicts them."""
    beside = {
        kind: {c.value: c for c in candidates[kind] if c.beside}
        for kind in ("net", "vat", "total", "payable")
    }
    parts = bool(candidates["net"] or [c for c in candidates["vat"] if c.value])
    carried = any(
        before.value for before in candidates["carried"]
    )  # then what is asked is not of this invoice alone
    totals = beside["total"] or ({} if carried else beside["payable"])
    if len(totals) != 1:
        return
    (total,) = totals.values()
    if parts and beside["net"] and beside["vat"]:
        net, vat = max(beside["net"]), sum(beside["vat"], _ZERO)
        sums.contradicted = f"net {net:.2f} and VAT {vat:.2f} are printed beside a total of {total.value:.2f}"
    if any(
        abs(c.value) > abs(total.value)
        for kind in ("net", "vat", "total", "payable")
        for c in (_own(candidates) if kind == "payable" else candidates[kind])
    ):
        return
    sums.found["total"] = _finding(total, PLACED if parts else LABELLED)


def _payable(sheet: Sheet, sums: Sums, candidates: dict[str, list[Candidate]]) -> None:
    """What is to be paid: the total, or what is left of it by an amount that was paid before."""
    total = sums.found.get("total")
    stated = {c.value: c for c in candidates["payable"] if c.beside}
    if not stated:
        stated = {c.value: c for c in candidates["payable"]}
    paid = {abs(c.value) for c in candidates["prepaid"] if c.value}
    if total is None:
        return
    value = Decimal(total.value)
    settled = _SETTLED.search(sheet.text) is not None
    if value in stated:
        if not (paid - {abs(value)}) or len(stated) == 1:
            sums.found["payable"] = _finding(stated[value], max(total.level, LABELLED))
        return
    if stated:
        left = {
            v: c
            for v, c in stated.items()
            if abs(value) - abs(v) in paid or (abs(value) - abs(v)) in _signed(paid)
        }
        if len(left) == 1:
            (rest,) = left.values()
            sums.found["payable"] = _finding(rest, CHECKED if sums.ties else LABELLED)
            prepaid = next(c for c in candidates["prepaid"] if abs(c.value) == abs(value) - abs(rest.value))
            sums.found["prepaid"] = Finding(
                f"{abs(prepaid.value):.2f}", prepaid.amount.words, prepaid.page, LABELLED
            )
        return
    if not paid and not settled and not _goes_on(sheet, total):
        sums.found["payable"] = total


def _goes_on(sheet: Sheet, total: Finding) -> bool:
    """Whether other amounts follow under the total in its column: something may be taken off, or added, that has no known name."""
    right, bottom = total.words[-1].right, total.words[0].bottom
    for row in sheet.layout.rows:
        under = row[0].page == total.page and 0 < bottom - row[0].top < 6 * total.words[0].size
        if not under or any(
            set(label.kinds) & {"vat", "net", "base", "total"} for cell in row for label in sheet.labels[cell]
        ):
            continue
        for cell in row:
            for amount in amounts(cell.words):
                if (
                    amount.value
                    and abs(amount.words[-1].right - right) < 12
                    and f"{amount.value:.2f}" != total.value
                ):
                    return True
    return False


def _signed(values: set[Decimal]) -> set[Decimal]:
    return {-value for value in values}
