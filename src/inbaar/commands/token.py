"""`inbaar token ACT`: tokens for programs that use the API, made, listed and withdrawn."""

import argparse
import json
from typing import Any

from inbaar.commands.setting import open_books, refuse
from inbaar.kit.clock import now
from inbaar.kit.errors import Refused
from inbaar.kit.text import printable

BY = "inbaar token"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar token`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    make = acts.add_parser("make", help="make a token; it is printed this one time")
    make.add_argument("name", metavar="NAME", help="the program that gets it")
    make.add_argument("--for", dest="scopes", action="append", required=True, metavar="WHAT",
                      help="read, report or look_up; may be given several times")  # fmt: skip
    acts.add_parser("list", help="the tokens there are, and when each was last used")
    withdraw = acts.add_parser("withdraw", help="let tokens open nothing from now on")
    withdraw.add_argument("numbers", nargs="+", type=int, metavar="NUMBER", help="as the list gives it")
    for command in acts.choices.values():
        command.add_argument("--client", type=int, required=True, metavar="N", help="the administration")
        command.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="an array of objects"
        )
    parser.add_argument("--json", action="store_true", help="an array of objects, one each")


def run(args: argparse.Namespace) -> int:
    """Do the act and print what came of it."""
    open_books()
    from inbaar.daily import client_ids
    from inbaar.kit.scope import client_scope

    if args.client not in client_ids():
        return refuse(f"there is no administration {args.client}: inbaar administration opens one")
    try:
        with client_scope(args.client):
            told = _done(args)
    except Refused as refused:
        return refuse("; ".join(str(one) for one in refused.refusals))
    print(json.dumps(told, indent=1) if args.json else "\n".join(map(_line, told)) or "nothing")
    return 0


def _done(args: argparse.Namespace) -> list[dict[str, Any]]:
    from inbaar.api.tokens import make_token, tokens_of, withdraw_token

    if args.act == "make":
        return [{"name": args.name, "token": make_token(args.client, args.name, args.scopes, BY, now())}]
    if args.act == "withdraw":
        return [
            {"number": number, "state": "withdrawn" if withdraw_token(args.client, number, BY, now()) else "opens nothing"}
            for number in args.numbers
        ]  # fmt: skip
    return [
        {
            "number": row.id, "name": row.name, "for": list(row.scopes), "made_by": row.made_by,
            "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
            "state": "withdrawn" if row.withdrawn_at else "in use",
        }
        for row in tokens_of(args.client)
    ]  # fmt: skip


def _line(entry: dict[str, Any]) -> str:
    if "token" in entry:
        return f"{entry['token']}\nKeep it now: it is shown this one time."
    if "name" not in entry:
        return f"{entry['number']}: {entry['state']}"
    used = f"last used {entry['last_used_at'][:16]}" if entry["last_used_at"] else "never used"
    return f"{entry['number']}: {printable(entry['name'])}, {entry['state']}, for {', '.join(entry['for'])}, {used}"
