"""`inbaar read FILE... [--json]`: what each invoice file says, and whether it is certain. Called by the command line.

Each file is printed as soon as it is read, so a thousand files need no more memory than one. Exit 2 when any file is
refused; the others are still read.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator

from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import InvoiceRead, as_json
from inbaar.kit.text import printable

_REFUSED = 2
_COLUMNS = "{status:<9} {format:<8} {number:<20} {issued:<10} {due:<10} {payable:>14} {currency:<3}  {supplier:<28} {file}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inbaar read`."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="an invoice: UBL, CII, ZUGFeRD or Factur-X, as XML or PDF"
    )
    parser.add_argument("--json", action="store_true", help="an array of objects, one a file, in order")


def run(args: argparse.Namespace) -> int:
    """Read the files in order and print them; 2 if any is refused."""
    reads = _told(read_invoice(file) for file in args.files)
    refused = (_print_json if args.json else _print_table)(reads)
    return _REFUSED if refused else 0


def _told(reads: Iterable[InvoiceRead]) -> Iterator[InvoiceRead]:
    """Pass the reads on, with one line on standard error for each refusal."""
    for read in reads:
        for problem in read.problems:
            if problem.level == "error":
                sys.stdout.flush()
                print(f"inbaar: {printable(read.file)}: {printable(problem.text)}", file=sys.stderr)
                break
        yield read


def _print_json(reads: Iterable[InvoiceRead]) -> int:
    """A JSON array, written item by item."""
    refused = 0
    separator = "[\n"
    for read in reads:
        print(separator + json.dumps(as_json(read)), end="")
        refused += read.status == "refused"
        separator = ",\n"
    print("\n]" if separator != "[\n" else "[]")
    return refused


def _print_table(reads: Iterable[InvoiceRead]) -> int:
    """A line for each file; under it what a person must look at."""
    print(_COLUMNS.format(status="STATUS", format="FORMAT", number="NUMBER", issued="ISSUED", due="DUE",
                          payable="PAYABLE", currency="", supplier="SUPPLIER", file="FILE"))  # fmt: skip
    refused = 0
    for read in reads:
        print(_row(read))
        refused += read.status == "refused"
        for problem in read.problems:
            if problem.level != "error":
                print(f"          {problem.rule}: {printable(problem.text)}")
    return refused


def _row(read: InvoiceRead) -> str:
    return _COLUMNS.format(
        status=read.status,
        format=read.format or "-",
        number=printable(read.number or "-")[:20],
        issued=str(read.issue_date or "-"),
        due=str(read.due_date or "-"),
        payable="-" if read.payable is None else f"{read.payable:.2f}",
        currency=read.currency or "",
        supplier=printable(read.supplier.name or "-")[:28],
        file=printable(os.path.relpath(read.file) if len(read.file) > 60 else read.file),
    )
