"""`inbaar register ACT`: reporting arrears and withdrawing them from other software, the price list, and looking up."""

import argparse
import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from inbaar.commands.setting import given_day, open_books, refuse
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.text import printable

#: Who did it, where nobody did on the screens.
BY = "inbaar register"
#: Acts of whoever runs the register, for all administrations.
OF_THE_OFFICE = ("price", "entry")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar register`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    report = acts.add_parser(
        "report", help="report arrears of invoices in the books, or a list of others (CSV, Excel)"
    )
    report.add_argument("numbers", nargs="*", metavar="NUMBER", help="invoices in the books")
    report.add_argument("--file", type=Path, help="a list with number, amount, due date, KvK number and name")
    withdraw = acts.add_parser("withdraw", help="withdraw reports, entered or not")
    withdraw.add_argument("numbers", nargs="+", metavar="NUMBER")
    acts.add_parser("reports", help="the reports that run, with both their days")
    look = acts.add_parser("look-up", help="which arrears of a company are entered")
    look.add_argument("company", help="its KvK number or its name")
    look.add_argument("--reason", required=True, help="why you look; the company can see it")
    price = acts.add_parser("price", help="the dated price list, or a new row of it")
    price.add_argument("--from", dest="since", metavar="D", help="the first day of a new price")
    price.add_argument("--amount", help="the fee for one report, without VAT, as 12.50")
    price.add_argument("--source", default="set by command", help="where it was decided")
    entry = acts.add_parser(
        "entry", help="whether a second person approves each entry, or a new decision about it"
    )
    entry.add_argument("--from", dest="since", metavar="D", help="the first day of a new decision")
    how = entry.add_mutually_exclusive_group()
    how.add_argument("--second-person", dest="second_person", action="store_true", default=None,
                     help="who did not report it approves each entry (as it is where nothing was decided)")  # fmt: skip
    how.add_argument(
        "--automatic", dest="second_person", action="store_false", help="entries need no approval"
    )
    entry.add_argument("--source", default="", help="where it was decided")
    for name, command in acts.choices.items():
        if name not in OF_THE_OFFICE:
            command.add_argument("--client", type=int, required=True, metavar="N", help="the administration")
        command.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="an array of objects"
        )
    parser.add_argument("--json", action="store_true", help="an array of objects, one each")


def run(args: argparse.Namespace) -> int:
    """Do the act and print what came of it; 2 where something was refused, with every reason."""
    open_books()
    from inbaar.daily import client_ids

    if args.act not in OF_THE_OFFICE and args.client not in client_ids():
        return refuse(f"there is no administration {args.client}: inbaar administration opens one")
    try:
        told = _ACTS[args.act](args)
    except Refused as refused:
        return refuse("; ".join(str(one) for one in refused.refusals))
    except ValueError as problem:
        return refuse(str(problem))
    print(json.dumps(told, indent=1) if args.json else "\n".join(map(_line, told)) or "nothing")
    wrong = [entry for entry in told if entry.get("refusals")]
    for entry in wrong:
        refuse(f"{printable(str(entry['number']))}: {'; '.join(one['text'] for one in entry['refusals'])}")
    return 2 if wrong else 0


def _report(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.intake.bulk.tables import NotAList
    from inbaar.issuing.jobs import queue_delivery
    from inbaar.kit.scope import client_scope
    from inbaar.register.listing import read_list, report_told
    from inbaar.register.reporting import report_arrears

    if bool(args.numbers) == bool(args.file):
        raise ValueError("name the invoices, or give a --file with a list of arrears")
    with client_scope(args.client):
        if args.numbers:
            found = _invoices(args.client, args.numbers)
            answers = report_arrears(
                args.client, [found.get(number, 0) for number in args.numbers], BY, today(), now(),
                on_letters=queue_delivery,
            )  # fmt: skip
            return [_answer(number, answer) for number, answer in zip(args.numbers, answers, strict=True)]
        try:
            with args.file.open("rb") as stream:
                lines = list(read_list(stream))
        except OSError as problem:
            raise ValueError(f"{args.file} cannot be read: {problem.strerror}") from None
        except NotAList as problem:
            raise ValueError(problem.text) from None
        read = [line.told for line in lines if line.told is not None]
        reported = iter(report_told(args.client, read, BY, today(), now(), on_letters=queue_delivery))
        return [
            _answer(line.told.number, next(reported), line.line)
            if line.told is not None
            else {
                "line": line.line,
                "number": f"line {line.line}",
                "state": "refused",
                "refusals": _refusals([line.problem]),
            }
            for line in lines
        ]


def _withdraw(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.kit.scope import client_scope
    from inbaar.register.acts import end_report
    from inbaar.register.reporting import running_reports

    with client_scope(args.client):
        found = _invoices(args.client, args.numbers)
        running = running_reports(args.client, list(found.values()))
        told = []
        for number in dict.fromkeys(args.numbers):
            report = running.get(found.get(number, 0))
            ended = report is not None and end_report(args.client, report, "withdrawn")
            told.append({"number": number, "state": "withdrawn" if ended else "not_reported"})
        return told


def _reports(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.kit.scope import client_scope
    from inbaar.register.queries import running

    with client_scope(args.client):
        return [
            {
                "number": row.number, "debtor": row.debtor, "amount": str(row.amount),
                "reported_on": row.reported_on.isoformat(), "letter_left_on": row.told_on.isoformat() if row.told_on else None,
                "entry_from": row.entry_from.isoformat(), "state": row.state,
                "waits_for": [refusal.code for refusal in row.verdict.refusals],
            }
            for row in running(args.client, today())
        ]  # fmt: skip


def _look_up(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.kit.scope import client_scope
    from inbaar.parties.models import Client
    from inbaar.register.looking_up import Looker, look_up

    with client_scope(args.client):
        name = Client.objects.get(id=args.client).name
        found = look_up(Looker(args.client, name, BY), args.company, args.reason, now())
    return [
        {
            "number": found.kvk_number or found.name, "state": "found", "name": found.name, "count": len(found.arrears),
            "total": str(found.total),
            "arrears": [
                {"creditor": one.creditor, "amount": str(one.amount), "due_date": one.due_date.isoformat()}
                for one in found.arrears
            ],
        }
    ]  # fmt: skip


def _price(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.register.prices import PriceRow, price_list, set_price

    if bool(args.since) != bool(args.amount):
        raise ValueError("a new price has both --from and --amount")
    if args.since:
        try:
            row = PriceRow(given_day(args.since), Decimal(args.amount), args.source)
        except (ValueError, InvalidOperation):
            raise ValueError(
                f"--from {args.since} --amount {args.amount}: give them as 2026-11-22 and 12.50"
            ) from None
        set_price(row, today())
    return [
        {"number": row.since.isoformat(), "state": f"{row.amount}, {row.source}", "amount": str(row.amount)}
        for row in price_list()
    ]


def _entry(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.register.entry_rule import EntryRuleRow, entry_rules, set_entry_rule

    if bool(args.since) != (args.second_person is not None):
        raise ValueError("a new decision has --from, and --second-person or --automatic")
    if args.since:
        try:
            since = given_day(args.since)
        except ValueError:
            raise ValueError(f"--from {args.since} is no date: give it as 2026-11-22") from None
        set_entry_rule(EntryRuleRow(since, args.second_person, args.source), today())
    return [
        {
            "number": row.since.isoformat(), "state": f"{'second person' if row.second_person else 'automatic'}, {row.source}",
            "second_person": row.second_person,
        }
        for row in entry_rules()
    ]  # fmt: skip


_ACTS: dict[str, Callable[[argparse.Namespace], list[dict[str, Any]]]] = {
    "report": _report, "withdraw": _withdraw, "reports": _reports, "look-up": _look_up, "price": _price, "entry": _entry,
}  # fmt: skip


def _invoices(client_id: int, numbers: list[str]) -> dict[str, int]:
    from inbaar.kit.bulk import fetch

    rows = fetch(
        """
        SELECT number, id FROM receivables_invoice
        WHERE client_id = %s AND number = ANY(%s::text[]) AND kind = 'invoice' AND withdrawn_on IS NULL
        """,
        [client_id, numbers],
    )
    return dict(rows)


def _answer(number: str, answer: Any, line: int | None = None) -> dict[str, Any]:
    told = {"number": number, "state": answer.outcome, "refusals": _refusals(answer.refusals)}
    return told if line is None else {"line": line} | told


def _refusals(refusals: Any) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "rule": one.rule, "fact": one.fact, "limit": one.limit,
         "passes_on": str(one.passes_on) if one.passes_on else None, "text": str(one)}
        for one in refusals
    ]  # fmt: skip


def _line(entry: dict[str, Any]) -> str:
    arrears = "".join(
        f"\n  {one['amount']} to {printable(one['creditor'])}, due {one['due_date']}"
        for one in entry.get("arrears", ())
    )
    return f"{printable(str(entry['number']))}: {entry['state'].replace('_', ' ')}{arrears}"
