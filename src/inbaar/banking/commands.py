"""`inbaar statement FILE... [--json]`: what bank statements say, read as the import would read them.

Called by `cli`. Needs no database. The JSON is written entry by entry, by way of a temporary file that holds one
file's answer until its status is known, so that a statement of any size is answered in the same memory.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from inbaar.banking.continuity import Chain
from inbaar.banking.formats import status_of, stream_statements
from inbaar.banking.statements import (
    EntryRead,
    Problem,
    StatementEnd,
    StatementRefused,
    StatementStart,
    Status,
)
from inbaar.kit.text import printable

DONE, REFUSED = 0, 2
IN_MEMORY = 4_000_000
CENT = Decimal("0.01")
_encode = json.JSONEncoder().encode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inbaar statement`."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a bank statement: camt.05x, MT94x or a Dutch bank's CSV"
    )
    parser.add_argument("--json", action="store_true", help="print an array, one object a file, in order")


def run(args: argparse.Namespace) -> int:
    """Read each file and print what it says; 2 if one was refused, the others are still read."""
    if args.json:
        statuses = _print_json(args.files, sys.stdout)
    else:
        chain = Chain()
        statuses = [_print_table(name, sys.stdout, chain) for name in args.files]
    return REFUSED if Status.REFUSED in statuses else DONE


def money_text(amount: Decimal | None) -> str | None:
    """An amount with its sign and two decimals; more only where the bank gives more, for nothing is rounded away.

    >>> money_text(Decimal("-7.5")), money_text(Decimal("0.125"))
    ('-7.50', '0.125')
    """
    if amount is None:
        return None
    rounded = amount.quantize(CENT)
    return format(rounded if rounded == amount else amount.normalize(), "f")


def entry_object(entry: EntryRead) -> dict[str, Any]:
    """An entry as the contract gives it; the payments of a batch, and that one is not booked, where there is such."""
    shown: dict[str, Any] = {
        "date": entry.date and entry.date.isoformat(),
        "value_date": entry.value_date and entry.value_date.isoformat(),
        "amount": money_text(entry.amount),
        "counterparty": {"name": entry.counterparty_name, "iban": entry.counterparty_iban},
        "reference": entry.reference,
        "end_to_end_id": entry.end_to_end_id,
        "text": entry.text or None,
        "return_reason": entry.return_reason,
    }
    if entry.other_amounts:
        shown["other_amounts"] = entry.other_amounts
    if entry.details:
        shown["details"] = [entry_object(part) for part in entry.details]
    if entry.pending:
        shown["pending"] = True
    return shown


def statement_head(end: StatementEnd) -> dict[str, Any]:
    """A statement as the contract gives it, without its entries."""
    return {
        "account": end.account,
        "currency": end.currency,
        "opening": money_text(end.opening),
        "closing": money_text(end.closing),
        "from": end.from_date and end.from_date.isoformat(),
        "to": end.to_date and end.to_date.isoformat(),
    }


def problem_objects(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """The problems as the contract gives them."""
    return [{"level": p.level, "rule": p.rule, "text": p.text} for p in problems]


def _print_json(names: list[str], out: TextIO) -> list[Status]:
    statuses = []
    chain = Chain()
    out.write("[")
    for position, name in enumerate(names):
        out.write(",\n" if position else "\n")
        statuses.append(_write_file(name, out, chain))
    out.write("\n]\n")
    return statuses


def _write_file(name: str, out: TextIO, chain: Chain) -> Status:
    """One file's object; its statements wait in a temporary file until it is known whether the file is refused."""
    file_format: str | None = None
    problems: list[Problem] = []
    with _spool() as statements, _spool() as entries:
        try:
            for event in stream_statements(Path(name), name, chain):
                if isinstance(event, EntryRead):
                    entries.write((",\n   " if entries.tell() else "\n   ") + _encode(entry_object(event)))
                elif isinstance(event, StatementStart):
                    file_format = event.format
                else:
                    problems.extend(event.problems)
                    statements.write(",\n  " if statements.tell() else "\n  ")
                    _move_statement(event, entries, statements)
        except StatementRefused as refused:
            problems = [refused.problem]
            statements.seek(0)
            statements.truncate()
        status = status_of(problems)
        _complain(name, problems)
        out.write(
            f'{{"file": {_encode(name)}, "status": {_encode(status.value)}, '
            f'"format": {_encode(file_format)}, "statements": ['
        )
        _copy(statements, out)
        out.write(f'], "problems": {_encode(problem_objects(problems))}}}')
    return status


def _spool() -> Any:
    return tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="")


def _move_statement(end: StatementEnd, entries: Any, statements: Any) -> None:
    statements.write(_encode(statement_head(end))[:-1] + ', "entries": [')
    _copy(entries, statements)
    statements.write("]}")
    entries.seek(0)
    entries.truncate()


def _copy(source: Any, target: Any) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target, 65_536)


def _complain(name: str, problems: list[Problem]) -> None:
    """One line for each problem on stderr: what, why, what next."""
    for problem in problems:
        print(f"inbaar: {printable(name)}: {printable(problem.text)}", file=sys.stderr)


def _print_table(name: str, out: TextIO, chain: Chain) -> Status:
    """The same for people: one line an entry, written once the file is known to be good."""
    problems: list[Problem] = []
    with _spool() as lines:
        try:
            for event in stream_statements(Path(name), name, chain):
                if isinstance(event, StatementStart):
                    lines.write(_start_lines(event))
                elif isinstance(event, EntryRead):
                    lines.write(_entry_line(event))
                else:
                    lines.write(f"  closing {money_text(event.closing) or '-':>38}\n")
                    problems.extend(event.problems)
        except StatementRefused as refused:
            problems = [refused.problem]
            lines.seek(0)
            lines.truncate()
        status = status_of(problems)
        _complain(name, problems)
        out.write(f"{printable(name)}: {status.value}\n")
        _copy(lines, out)
    return status


def _start_lines(start: StatementStart) -> str:
    line = f"{start.format}  {start.account}  {start.currency or ''}  {start.statement_id or ''}"
    return f"{printable(line)}\n  opening {money_text(start.opening) or '-':>38}\n"


def _entry_line(entry: EntryRead) -> str:
    words = " ".join(filter(None, (entry.reference, entry.text, entry.return_reason))).split()
    line = (
        f"  {entry.date or ''!s:<10}  {money_text(entry.amount):>14}  {entry.counterparty_iban or '':<24}  "
        f"{(entry.counterparty_name or '')[:30]:<30}  {' '.join(words)[:70]}"
    )
    return printable(line) + "\n"
