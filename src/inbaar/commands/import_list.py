"""`inbaar import FILE --client N`: take in a list of invoices; `--undo IMPORT` takes it back. The same file twice changes nothing."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from inbaar.commands.setting import open_books, refuse
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.text import printable

#: How an import is signed that nobody made on the screens.
BY = "inbaar import"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar import`."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="CSV, Excel (.xlsx) or an auditfile XAF 3.2")
    parser.add_argument("--client", type=int, required=True, metavar="N", help="the administration it is for")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would become of each line, and write nothing"
    )
    parser.add_argument("--undo", type=int, metavar="IMPORT", help="take back all that this import made")
    parser.add_argument("--decimal", choices=["comma", "point"], help="what stands before the cents")
    parser.add_argument("--dates", choices=["dmy", "mdy"], help="whether the day or the month comes first")
    parser.add_argument(
        "--term-days",
        type=int,
        metavar="N",
        help="days between invoice date and due date where one is not told",
    )
    parser.add_argument(
        "--negative-is-credit", action="store_true", help="an amount below zero is a credit note"
    )
    parser.add_argument(
        "--restore-zeros",
        action="store_true",
        help="put back the zero a spreadsheet dropped from KvK numbers",
    )
    parser.add_argument(
        "--not-sent",
        action="store_true",
        help="the debtors have not got these invoices yet: none is reminded",
    )
    parser.add_argument(
        "--json", action="store_true", help="one object: import, state, counts, lines that were not taken in"
    )


def run(args: argparse.Namespace) -> int:
    """Take the list in, or look through it, or take it back; 2 where nothing could be done."""
    if (args.file is None) == (args.undo is None):
        return refuse("name the file to take in, or with --undo the number of the import to take back")
    open_books()
    from inbaar.intake.bulk.tables import NotAList
    from inbaar.kit.scope import client_scope

    if not _is_client(args.client):
        return refuse(f"--client {args.client} is no administration: give the number it was opened with")
    try:
        with client_scope(args.client):
            told = _done(args)
    except OSError as fault:
        return refuse(f"{args.file} cannot be opened ({fault.strerror}): check its name and its permissions")
    except (NotAList, Refused) as why:
        return refuse(f"{printable(args.file)}: {printable(str(why))}")
    if told["missing"]:
        return refuse(f"{printable(args.file)}: no column was found for {', '.join(told['missing'])}; name it in the file, "
                      "choose it once on the screen, or give --term-days for a date")  # fmt: skip
    print(json.dumps(told, indent=1) if args.json else _in_words(told))
    return 0


def _is_client(client_id: int) -> bool:
    from inbaar.parties.models import Client

    return Client.objects.filter(pk=client_id).exists()


def _done(args: argparse.Namespace) -> dict[str, Any]:
    from inbaar.banking.accounts import own_ibans
    from inbaar.doors import take_in_import, undo_import, work_on_list
    from inbaar.intake.importing import choose, list_file, open_list
    from inbaar.intake.looking import check_list, counted, found_line

    if args.undo is not None:
        return _told(
            args.undo, "undone", {"taken_back": undo_import(args.client, args.undo, today(), BY, now())}
        )
    path = Path(args.file)
    with path.open("rb") as stream:
        number = open_list(args.client, path.name, stream, now(), "command", BY, unsent=args.not_sent)
    kept = list_file(args.client, number)
    assert kept is not None
    given = {"decimal": args.decimal, "dates": args.dates, "term_days": args.term_days,
             "negative_is_credit": args.negative_is_credit or None, "restore_zeros": args.restore_zeros or None,
             "unsent": args.not_sent or None}  # fmt: skip
    choices = replace(kept.choices, **{name: value for name, value in given.items() if value is not None})
    if choices.missing:
        return _told(number, "open", {}, (), choices.missing)
    judged = check_list(args.client, replace(kept, choices=choices), today(), own_ibans(args.client))
    counts = counted(map(found_line, judged))
    # Where nothing is new the list goes on waiting, so that sending it each night leaves nothing behind.
    taking = bool(counts.get("new")) and not args.dry_run
    if taking:
        choose(args.client, number, choices, now())
        work_on_list(args.client, number, today(), now())
        take_in_import(args.client, number, today(), BY, now())
    return _told(number, "taken_in" if taking else "open", counts, judged)


def _told(
    number: int, state: str, counts: dict[str, int], lines: Any = (), missing: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "import": number,
        "state": state,
        "counts": counts,
        "lines": [
            {
                "line": judged.line.line, "number": judged.line.number, "verdict": judged.verdict,
                "faults": [{"field": f.field, "rule": f.rule, "value": f.value} for f in judged.faults],
            }
            for judged in lines if judged.verdict not in ("new", "known", "settled")
        ],
        "missing": list(missing),
    }  # fmt: skip


def _in_words(told: dict[str, Any]) -> str:
    counts = (
        ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told["counts"].items()) or "no lines"
    )
    lines = [f"import {told['import']}: {told['state'].replace('_', ' ')}; {counts}"]
    for line in told["lines"]:
        why = "; ".join(
            f"{fault['field']}: {fault['rule']} {fault['value']}".rstrip() for fault in line["faults"]
        )
        lines.append(
            f"  line {line['line']} {printable(line['number'])}: {line['verdict']} ({printable(why)})"
        )
    return "\n".join(lines)
