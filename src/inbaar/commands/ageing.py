"""`inbaar ageing`: how old what is open was at the end of a day, and whether it ties to the ledger."""

import argparse
import json
from decimal import Decimal
from typing import Any

from inbaar.commands.setting import given_day, open_books, refuse
from inbaar.receivables.age_classes import AgeClasses, read_classes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar ageing`."""
    parser.add_argument("--date", metavar="D", help="the day, as 2026-11-22 (default: today)")
    parser.add_argument(
        "--edges", default="", metavar="30,60,90", help="the last day late of each class but the oldest"
    )
    parser.add_argument("--client", type=int, metavar="N", help="one administration (default: all)")
    parser.add_argument("--debtors", action="store_true", help="every debtor as well")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the ageing of every administration; exit 2 where it does not tie to the ledger."""
    try:
        on = given_day(args.date)
    except ValueError:
        return refuse(f"--date {args.date} is no date: give it as 2026-11-22")
    try:
        classes = read_classes(args.edges)
    except ValueError as wrong:
        return refuse(f"--edges: {wrong}")
    open_books()
    from inbaar.daily import client_ids

    clients = client_ids()
    if args.client is not None and args.client not in clients:
        return refuse(f"there is no administration {args.client}; there are: {', '.join(map(str, clients))}")
    found = [
        told
        for client in ([args.client] if args.client is not None else clients)
        for told in _told(client, on, classes, args.debtors)
    ]
    ties = all(told["difference"] == "0.00" for told in found)
    if args.json:
        print(json.dumps({"date": on.isoformat(), "ties": ties, "ageing": found}, indent=1))
    else:
        _print(found)
    return (
        0
        if ties
        else refuse("the ageing does not tie to the ledger: run `inbaar check` and look at its rows")
    )


def _told(client_id: int, on: Any, classes: AgeClasses, with_debtors: bool) -> list[dict[str, Any]]:
    from inbaar.banking.unapplied import unapplied_at
    from inbaar.kit.scope import client_scope
    from inbaar.receivables.ageing import ageing, ageing_by_debtor

    with client_scope(client_id):
        ages = ageing(client_id, on, classes)
        money = unapplied_at(client_id, on)
        debtors = ageing_by_debtor(client_id, on, classes, "name") if with_debtors else []
    told = []
    for age in ages:
        beside = money.get(age.currency)
        off = max(age.difference, beside.difference if beside else Decimal(0), key=abs)
        rows = [
            {"debtor": row.debtor_id, "name": row.name, "open": _cents(row.open),
             "classes": dict(zip(classes.keys, map(_cents, row.classes), strict=True))}
            for row in debtors if row.currency == age.currency
        ]  # fmt: skip
        told.append(
            {
                "client": client_id, "currency": age.currency,
                "classes": {each.key: {"count": each.count, "amount": _cents(each.amount)} for each in age.classes},
                "credit_notes": _cents(age.credits.amount), "paid_ahead": _cents(age.ahead.amount),
                "receivable": _cents(age.receivable), "unapplied": _cents(beside.amount if beside else Decimal(0)),
                "ledger": _cents(age.ledger), "difference": _cents(off),
            } | ({"debtors": rows} if with_debtors else {})
        )  # fmt: skip
    return told


def _cents(value: Decimal) -> str:
    return f"{value:.2f}"


def _print(found: list[dict[str, Any]]) -> None:
    for told in found:
        print(f"administration {told['client']}, {told['currency']}")
        for key, each in told["classes"].items():
            print(f"  {key:12} {each['count']:>8} {each['amount']:>16}")
        for words in ("credit_notes", "paid_ahead", "receivable", "ledger", "difference", "unapplied"):
            print(f"  {words.replace('_', ' '):12} {'':8} {told[words]:>16}")
        for row in told.get("debtors", []):
            print(f"  {row['name']}: {row['open']}")
