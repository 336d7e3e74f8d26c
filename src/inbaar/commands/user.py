"""`inbaar user`: lets a second person into an administration, in a role of his own, or takes him out again.

What leaves the house for good (payments, debits, write-offs, entries in the register) is approved by another than who asked
for it, so an administration that does any of these needs two.
"""

import argparse
import json
import secrets

from inbaar.commands.setting import open_books, refuse

ROLES = ("owner", "treasurer", "bookkeeper", "register_officer", "viewer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar user`."""
    parser.add_argument("user", metavar="EMAIL", help="the address the user logs in with")
    parser.add_argument("--client", type=int, required=True, metavar="N", help="the administration's number")
    parser.add_argument("--role", choices=ROLES, help="what he may do there; replaces the role he had")
    parser.add_argument("--out", action="store_true", help="take him out of this administration")
    parser.add_argument("--name", default="", help="how the pages call him")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Let him in, change his role, or take him out."""
    if "@" not in args.user:
        return refuse(f"{args.user} is no e-mail address: give the address the user logs in with")
    if args.out == bool(args.role):
        return refuse("say one of the two: --role ROLE to let him in, or --out to take him out")
    open_books()
    from inbaar.kit.errors import Refused
    from inbaar.parties.opening import give_role, take_out

    password = secrets.token_urlsafe(12)
    try:
        if args.out:
            is_new = False
            take_out(args.user, args.client)
        else:
            is_new = give_role(args.user, password, args.client, args.role, name=args.name)
    except Refused as refused:
        return refuse(str(refused))
    if args.json:
        told = {"user": args.user, "client": args.client, "role": args.role}
        print(json.dumps(told | {"password": password if is_new else None}))
    elif args.out:
        print(f"{args.user} no longer sees administration {args.client}.")
    else:
        known = f"logs in with password {password}" if is_new else "logs in as before"
        print(f"{args.user} is {args.role} of administration {args.client} and {known}.")
    return 0
