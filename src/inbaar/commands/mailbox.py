"""`inbaar mailbox`: fetch the invoices that came by mail, now."""

import argparse
import json
from typing import TYPE_CHECKING

from inbaar.commands.setting import open_books, refuse, smtp_from_environment
from inbaar.kit.clock import now, today

if TYPE_CHECKING:
    from inbaar.mailbox.fetching import FetchTally


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar mailbox`."""
    parser.add_argument("--client", type=int, metavar="N", help="only this administration (default: all)")
    parser.add_argument("--json", action="store_true", help="an array of objects, one a mailbox")


def run(args: argparse.Namespace) -> int:
    """Fetch and answer; 2 where a mailbox cannot be used."""
    smtp = smtp_from_environment()
    open_books()
    from inbaar.daily import client_ids
    from inbaar.jobs import answer_senders
    from inbaar.mailbox.fetching import fetch_mailbox

    clients = client_ids()
    if args.client is not None and args.client not in clients:
        return refuse(f"there is no administration {args.client}: inbaar administration opens one")
    tallies: list[FetchTally] = []
    for client_id in clients if args.client is None else [args.client]:
        tally = fetch_mailbox(client_id, today(), now())
        if tally is not None or args.client is not None:
            tallies.append(tally or _without(client_id))
            answer_senders(client_id, smtp, now())
    if args.json:
        print(json.dumps([tally.as_json() for tally in tallies]))
    else:
        for tally in tallies:
            print(_line(tally))
    failed = [tally for tally in tallies if tally.error]
    for tally in failed:
        refuse(f"administration {tally.client_id}: {tally.error}")
    return 2 if failed else 0


def _without(client_id: int) -> "FetchTally":
    from inbaar.mailbox.fetching import FetchTally

    return FetchTally(client_id, error="it has no mailbox; set one up on the page Mailbox", code="no-mailbox")


def _line(tally: "FetchTally") -> str:
    messages = ", ".join(f"{count} {state}" for state, count in sorted(tally.states.items()))
    files = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.files.items()))
    return f"administration {tally.client_id}: messages: {messages or 'none'}; files: {files or 'none'}"
