"""`inbaar administration`: open an administration and let a user in. The way to begin for real."""

import argparse
import json
import secrets

from inbaar.commands.setting import given_day, open_books, refuse

#: Reminders and notices of a new administration wait an hour in sight, so that one can be stopped.
USUAL_WAIT_MINUTES = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar administration`."""
    parser.add_argument("--name", required=True, help="the business's name, as on its invoices")
    parser.add_argument("--user", required=True, metavar="EMAIL", help="who may log in and change things")
    parser.add_argument("--kvk", default="", help="KvK number, 8 digits")
    parser.add_argument("--vat", default="", help="btw-id, as NL123456789B13")
    parser.add_argument("--street", default="")
    parser.add_argument("--postcode", default="")
    parser.add_argument("--city", default="")
    parser.add_argument(
        "--email", default="", help="what letters are sent from and answered to (default: the user's)"
    )
    parser.add_argument("--phone", default="")
    parser.add_argument("--iban", default="", help="the account its statements come in for")
    parser.add_argument(
        "--dunning-from", metavar="D", help="leave invoices that were due before this day to a person"
    )
    parser.add_argument(
        "--no-vat-reclaim", action="store_true", help="it cannot reclaim VAT on its own costs"
    )
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Open it and print how to log in."""
    from inbaar.intake.identifiers import iban_fault, kvk_fault, vat_fault

    given = (
        ("--kvk", args.kvk, kvk_fault),
        ("--vat", args.vat, vat_fault),
        ("--iban", args.iban, iban_fault),
    )
    for option, value, fault in given:
        if value and (why := fault(value)):
            return refuse(f"{option} {value} is not right: {why}")
    if "@" not in args.user:
        return refuse(f"--user {args.user} is no e-mail address: give the address the user logs in with")
    try:
        dunning_from = given_day(args.dunning_from) if args.dunning_from else None
    except ValueError:
        return refuse(f"--dunning-from {args.dunning_from} is no date: give it as 2026-11-22")
    open_books()
    from inbaar.banking.accounts import register_account
    from inbaar.kit.scope import client_scope
    from inbaar.parties.opening import NewAdministration, let_in, open_administration

    client_id = open_administration(
        NewAdministration(
            name=args.name, kvk=args.kvk, vat=args.vat, street=args.street, postcode=args.postcode, city=args.city,
            email=args.email or args.user, phone=args.phone, reclaims_vat=not args.no_vat_reclaim,
            dunning_starts_on=dunning_from, letters_wait_minutes=USUAL_WAIT_MINUTES,
        )
    )  # fmt: skip
    if args.iban:
        with client_scope(client_id):
            register_account(client_id, args.iban.replace(" ", "").upper(), args.name)
    password = secrets.token_urlsafe(12)
    is_new = let_in(args.user, password, [client_id])
    if args.json:
        print(json.dumps({"client": client_id, "user": args.user, "password": password if is_new else None}))
    else:
        known = f"with password {password}" if is_new else "with the password they have"
        print(f"{args.name} is open as administration {client_id}. {args.user} logs in {known}.")
    return 0
