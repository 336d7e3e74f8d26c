"""`inbaar password`: a new password for a user who lost his, where no mail server can bring him a link."""

import argparse
import json
import secrets

from inbaar.commands.setting import open_books, refuse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar password`."""
    parser.add_argument("user", metavar="EMAIL", help="the address the user logs in with")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Set it and print it, once."""
    open_books()
    from inbaar.parties.opening import set_password

    password = secrets.token_urlsafe(12)
    if not set_password(args.user, password):
        return refuse(
            f"nobody logs in as {args.user}: check the address, or let them in with inbaar administration"
        )
    if args.json:
        print(json.dumps({"user": args.user, "password": password}))
    else:
        print(
            f"{args.user} logs in with password {password} from now on; where they were logged in, they no longer are."
        )
    return 0
