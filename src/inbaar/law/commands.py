"""`inbaar owed`: what one claim is worth on a day, line by line, or a whole file of claims. Called by `inbaar.cli`.

Interest runs from the day after --due up to and including --on. `principal`, `interest` and `costs` are what was asked
and what ran; `total` is what is left after `paid`. It needs no database and starts without numpy.
"""

import argparse
import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from inbaar.law.amounts import ZERO, euros, shortened
from inbaar.law.asked import Refusal, day_of
from inbaar.law.claim import Claim, Owed, Payment, owed
from inbaar.law.costs import collection_costs
from inbaar.law.daycount import DayCount
from inbaar.law.errors import LawError
from inbaar.law.rates import Kind

_DAY_COUNTS = {"365": DayCount.ACT_365F, "act": DayCount.ACT_ACT}
CONSUMER_NOTE = "A consumer owes collection costs only after a valid 14-day letter (6:96 lid 6 BW)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `inbaar owed`; what they hold is checked in `run`, which answers in one line."""
    parser.description = "What a claim is worth on a day: statutory interest, costs, payments."
    parser.add_argument("--kind", metavar="trade|nontrade", help="6:119a BW (between businesses) or 6:119 BW")
    parser.add_argument("--principal", metavar="AMOUNT", help="euros, as 5000.00")
    parser.add_argument("--due", metavar="DATE", help="the last day to pay; interest runs from the day after")
    parser.add_argument("--on", metavar="DATE", help="the day to count to, included")
    parser.add_argument(
        "--payment", metavar="DATE=AMOUNT", action="append", default=[], help="may be repeated"
    )
    parser.add_argument("--costs", action="store_true", help="add the statutory collection costs")
    parser.add_argument(
        "--costs-from", metavar="DATE", help="the day the costs are due (default: after --due)"
    )
    parser.add_argument("--day-count", metavar="365|act", default="365", help="ACT/365F (default) or ACT/ACT")
    parser.add_argument(
        "--contract-date", metavar="DATE", help="matters for trade contracts before 2013-03-16"
    )
    parser.add_argument(
        "--accept-unconfirmed", action="store_true", help="use rules nobody confirmed, and say so"
    )
    parser.add_argument(
        "--file",
        metavar="CLAIMS.csv",
        help="many claims: columns kind, principal, due, on; a claim not yet due bears no interest",
    )
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace) -> int:
    """Answers on standard output: 0 done, 2 refused with one line on standard error."""
    try:
        if args.file is not None:
            return _run_file(args)
        answer = _answer(args)
    except (Refusal, LawError) as refusal:
        print(f"inbaar: {refusal}", file=sys.stderr)
        return 2
    print(json.dumps(_as_json(*answer), indent=2) if args.json else _as_text(*answer))
    return 0


def _run_file(args: argparse.Namespace) -> int:
    from inbaar.law.claims_file import owed_of_file, written

    single = [name for name in ("kind", "principal", "due", "on", "payment") if getattr(args, name)]
    if not args.file:
        raise Refusal("--file names no file; give the name of a CSV file")
    if single:
        raise Refusal(f"--file and --{single[0]}: the file names each claim itself; leave one of them out")
    for name in ("costs_from", "contract_date", "accept_unconfirmed"):
        if getattr(args, name):
            option = name.replace("_", "-")
            raise Refusal(f"--{option} is for one claim, not for a file; leave it out")
    columns = owed_of_file(args.file, with_costs=args.costs, day_count=_day_count(args.day_count))
    for part in written(columns, as_json=args.json):
        sys.stdout.write(part)
    return 0


def _answer(args: argparse.Namespace) -> tuple[Claim, Owed]:
    claim, on = _claim(args)
    payments = [_payment(text, on) for text in args.payment]
    day_count = _day_count(args.day_count)
    accept = bool(args.accept_unconfirmed)
    if args.costs:
        claim = _with_costs(claim, payments, args, day_count)
    elif args.costs_from is not None:
        raise Refusal("--costs-from says when costs are due and none are asked; add --costs or leave it out")
    return claim, owed(claim, payments, on, day_count=day_count, accept_unconfirmed=accept)


def _claim(args: argparse.Namespace) -> tuple[Claim, date]:
    for name in ("kind", "principal", "due", "on"):
        if getattr(args, name) is None:
            raise Refusal(f"--{name} is missing: a claim needs --kind, --principal, --due and --on; add it")
    if args.kind not in list(Kind):
        raise Refusal(f"--kind {shortened(args.kind)} is unknown: there are trade and nontrade; choose one")
    due, on = _day("--due", args.due), _day("--on", args.on)
    contract = None if args.contract_date is None else _day("--contract-date", args.contract_date)
    principal = _amount("--principal", args.principal)
    first_day = due + timedelta(days=1)
    return Claim(Kind(args.kind), principal, first_day, due_date=due, contract_date=contract), on


def _with_costs(
    claim: Claim, payments: list[Payment], args: argparse.Namespace, day_count: DayCount
) -> Claim:
    """The claim with the costs over the principal that was open when they fell due: art. 2 Besluit BIK."""
    first_day = claim.first_interest_day or date.max
    due_from = first_day if args.costs_from is None else _day("--costs-from", args.costs_from)
    if due_from < first_day:
        raise Refusal(
            f"--costs-from {due_from} lies before default, which starts on {first_day}; give a later day"
        )
    if due_from > _day("--on", args.on):
        return claim
    eve = due_from - timedelta(days=1)
    accept = bool(args.accept_unconfirmed)
    base = owed(claim, payments, eve, day_count=day_count, accept_unconfirmed=accept).principal
    costs = collection_costs(base, due_from, in_default_since=first_day).amount
    return replace(claim, costs=costs, costs_due_from=due_from)


def _payment(text: str, on: date) -> Payment:
    day, mark, amount = text.partition("=")
    if not mark:
        raise Refusal(f"--payment {shortened(text)} has no amount: write it as 2025-03-01=1000.00")
    paid_on = _day("--payment", day)
    if paid_on > on:
        raise Refusal(
            f"--payment {shortened(text)} lies after --on {on}: it is not made yet; leave it out or ask later"
        )
    paid = _amount("--payment", amount)
    if not paid:
        raise Refusal(f"--payment {shortened(text)} is nothing; leave it out")
    return Payment(paid_on, paid)


def _day(option: str, text: str) -> date:
    try:
        return day_of(text)
    except ValueError as problem:
        raise Refusal(f"{option} {problem}") from None


def _amount(option: str, text: str) -> Decimal:
    try:
        return euros(text)
    except ValueError as problem:
        raise Refusal(f"{option} {problem}") from None


def _day_count(text: str) -> DayCount:
    if text not in _DAY_COUNTS:
        raise Refusal(
            f"--day-count {shortened(text)} is unknown: there are 365 (ACT/365F) and act (ACT/ACT); choose one"
        )
    return _DAY_COUNTS[text]


def _as_json(claim: Claim, state: Owed) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "principal": str(claim.principal),
        "interest": str(state.interest_accrued),
        "costs": str(claim.costs),
        "paid": str(state.paid + state.overpaid),
        "total": str(state.total),
        "lines": [
            {
                "from": str(line.from_date),
                "to": str(line.to_date),
                "days": line.days,
                "rate_percent": f"{line.rate_percent:.2f}",
                "base": str(line.base),
                "amount": str(line.amount),
                "source": line.source,
            }
            for line in state.lines
        ],
    }
    if state.overpaid:
        answer["overpaid"] = str(state.overpaid)
    if state.unconfirmed:
        answer["unconfirmed"] = list(state.unconfirmed)
    return answer


def _as_text(claim: Claim, state: Owed) -> str:
    sources = list(dict.fromkeys(f"{line.article}: {line.source}" for line in state.lines))
    rows = [f"{claim.kind} claim due {claim.due_date}, on {state.on} ({state.day_count})", ""]
    if state.lines:
        rows.append(f"{'from':<12}{'to':<12}{'days':>5}{'rate %':>8}{'base':>16}{'interest':>14}  source")
    for line in state.lines:
        number = sources.index(f"{line.article}: {line.source}") + 1
        rows.append(
            f"{line.from_date!s:<12}{line.to_date!s:<12}{line.days:>5}{line.rate_percent:>8.2f}"
            f"{line.base:>16,}{line.amount:>14,}  [{number}]"
        )
    rows += ["", *_sums(claim, state), *_allocations(state), ""]
    rows += [f"[{number}] {source}" for number, source in enumerate(sources, 1)]
    if claim.costs and claim.kind is Kind.NONTRADE:
        rows.append(CONSUMER_NOTE)
    rows += [f"unconfirmed rule used: {rule}" for rule in state.unconfirmed]
    return "\n".join(rows).rstrip()


def _sums(claim: Claim, state: Owed) -> list[str]:
    sums = {
        "principal": claim.principal,
        "interest": state.interest_accrued,
        "costs": claim.costs,
        "paid": -(state.paid + state.overpaid) or ZERO,
        "overpaid": state.overpaid,
        "total": state.total,
    }
    return [f"{name:<12}{amount:>16,}" for name, amount in sums.items() if amount or name != "overpaid"]


def _allocations(state: Owed) -> list[str]:
    return [
        f"payment of {made.on}: {made.amount:,} to costs {made.costs:,}, interest {made.interest:,}, "
        f"principal {made.principal:,} (6:44 BW)"
        for made in state.allocations
    ]
