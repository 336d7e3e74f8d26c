"""`inbaar payments`: what is to be paid, where each payment is, and the file of an approved batch.

Approving is done on the screen only: it takes a second person who logged in.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from inbaar.commands.setting import open_books, refuse
from inbaar.kit.text import printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar payments`."""
    parser.add_argument("--client", type=int, required=True, metavar="N", help="the administration")
    parser.add_argument(
        "--state", action="append", default=[], metavar="STATE",
        help="only payments in this state (requested, in_file, paid, ...); may be given more than once",
    )  # fmt: skip
    parser.add_argument("--file", metavar="BATCH", help="write the file of this approved batch (INB-...)")
    parser.add_argument("--out", metavar="PATH", help="where to write it (default: its own name, here)")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(args: argparse.Namespace) -> int:
    """List the payments and batches of an administration, or write the file of one batch."""
    open_books()
    from inbaar.banking.transfers.states import State
    from inbaar.daily import client_ids
    from inbaar.kit.scope import client_scope

    clients = client_ids()
    if args.client not in clients:
        return refuse(f"there is no administration {args.client}; there are: {', '.join(map(str, clients))}")
    if unknown := sorted(set(args.state) - set(State.values)):
        return refuse(f"--state {unknown[0]}: no such state; there are: {', '.join(State.values)}")
    if args.out and not args.file:
        return refuse("--out goes with --file BATCH")
    with client_scope(args.client):
        return _write_file(args) if args.file else _list(args)


def _list(args: argparse.Namespace) -> int:
    from inbaar.banking.transfers.listing import listed_batches, listed_payments

    batches = [_plain(asdict(batch)) for batch in listed_batches(args.client)]
    payments = (_plain(asdict(payment)) for payment in listed_payments(args.client, args.state))
    if args.json:
        _print_json(batches, payments)
        return 0
    for batch in batches:
        print(
            f"{batch['message_id']}  {batch['state']:9} {batch['execute_on']}  {batch['count']:>7} {batch['total']:>16}"
        )
    for each in payments:
        print(
            printable(
                f"{each['id']:>8}  {each['state']:9} {each['wanted_on']}  {each['amount']:>14}  {each['payee_name']}"
            )
        )
    return 0


def _print_json(batches: list[dict[str, Any]], payments: Iterator[dict[str, Any]]) -> None:
    """One object, written payment by payment: there may be a hundred thousand."""
    print(f'{{"batches": {json.dumps(batches, indent=1)}, "payments": [', end="")
    for number, payment in enumerate(payments):
        print(",\n" if number else "\n", json.dumps(payment), sep="", end="")
    print("]}")


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    told = {date: lambda value: value.isoformat(), Decimal: lambda value: f"{value:.2f}"}
    return {name: told.get(type(value), lambda same: same)(value) for name, value in facts.items()}


def _write_file(args: argparse.Namespace) -> int:
    """The bytes as they were made, whole or not at all, and never over something else."""
    from inbaar.banking.batches.files import file_bytes, kept_file
    from inbaar.banking.transfers.listing import listed_batches

    batch = next((b for b in listed_batches(args.client) if b.message_id == args.file), None)
    if batch is None:
        return refuse(f"there is no batch {args.file} in administration {args.client}")
    kept = kept_file(args.client, batch.id)
    if kept is None:
        return refuse(f"{args.file} is {batch.state}: it has a file once a second person approved it")
    path = Path(args.out or kept.name)
    if path.is_dir():
        path /= kept.name
    if path.exists() and sha256(path.read_bytes()).hexdigest() != kept.sha256:
        return refuse(f"{path} is another file; name one that is not there")
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as out:
            out.writelines(file_bytes(args.client, kept.id))
        os.replace(part, path)
    except OSError as problem:
        return refuse(f"cannot write {path}: {problem.strerror}")
    told = {
        "batch": args.file,
        "file": str(path),
        "format": kept.format,
        "size": kept.size,
        "sha256": kept.sha256,
    }
    print(json.dumps(told, indent=1) if args.json else f"{path}: {kept.size} bytes, SHA-256 {kept.sha256}")
    return 0
