"""`inbaar day`: do what is due on a day, and nothing twice."""

import argparse
import json

from inbaar.commands.setting import given_day, open_books, refuse, smtp_from_environment
from inbaar.kit.clock import now


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar day`."""
    parser.add_argument("--date", metavar="D", help="the day, as 2026-11-22 (default: today)")
    parser.add_argument("--json", action="store_true", help="print the tally as JSON")


def run(args: argparse.Namespace) -> int:
    """Run the day and print its tally."""
    try:
        on = given_day(args.date)
    except ValueError:
        return refuse(f"--date {args.date} is no date: give it as 2026-11-22")
    open_books()
    from inbaar.daily import run_day
    from inbaar.mailbox.setup import return_address
    from inbaar.register.entries import tidy

    smtp = smtp_from_environment()
    report = run_day(on, now(), smtp, returns_to=return_address)
    tidy()
    if args.json:
        print(json.dumps(report.as_json(), indent=1))
    else:
        print(f"{on}: {report.clients} administrations, {report.matched} payments matched, "
              f"{report.unmatched} left for a person")  # fmt: skip
        for name, counts in (("steps", report.steps), ("letters", report.letters), ("waiting", report.waits)):
            print(f"  {name}: " + (", ".join(f"{n} {k}" for k, n in sorted(counts.items())) or "none"))
    if smtp is None and report.letters:
        refuse("letters stay queued, for no mail server is set: set INBAAR_SMTP_HOST and run the day again")
    elif sum(report.letters.values()) > sum(report.mail.values()):
        refuse(
            "letters wait for the next working hour (08:00 to 18:00): a worker sends them, or run the day again then"
        )
    return 0
