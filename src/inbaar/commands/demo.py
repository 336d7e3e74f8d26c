"""`inbaar demo`: the main job on the simulated market's files, and on the real files of a folder."""

import argparse
import json
import sys
from pathlib import Path

from inbaar.commands.serve import allow_plain_http, serve
from inbaar.commands.setting import open_books, refuse

USUAL_DAYS = 150
SERVED_ON = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar demo`."""
    parser.add_argument(
        "--days", type=int, default=USUAL_DAYS, help=f"how many days to play (default {USUAL_DAYS})"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the market's seed: the same seed gives the same tally"
    )
    parser.add_argument(
        "--files", metavar="DIR", help="a folder of real e-invoices and statements to take in as well"
    )
    parser.add_argument("--no-serve", action="store_true", help="stop after the tally")
    parser.add_argument("--port", type=int, default=8000, help="where to serve the result (default 8000)")
    parser.add_argument("--json", action="store_true", help="print the tally as JSON")


def run(args: argparse.Namespace) -> int:
    """Play, tally, prove and serve."""
    folder = Path(args.files) if args.files else None
    if folder is not None and not folder.is_dir():
        return refuse(f"--files {args.files} is no folder: name a folder of invoices and statements")
    if not args.no_serve and not 0 < args.port < 65536:
        return refuse(f"--port {args.port} is no port: give a number from 1 to 65535")
    allow_plain_http(SERVED_ON)
    open_books()
    from inbaar.demo.play import MOST_DAYS

    if not 1 <= args.days <= MOST_DAYS:
        return refuse(
            f"--days {args.days} is not 1 to {MOST_DAYS}: the law's tables cover no more; give a number in between"
        )
    tally, client_ids, broken = _play(args.days, args.seed, folder)
    if args.json:
        print(json.dumps(tally, indent=1))
    else:
        _print(tally)
    if broken:
        return refuse(
            f"the books do not prove: {', '.join(broken)}; run `inbaar check` and look at the rows it names"
        )
    if not args.no_serve:
        return _serve(client_ids, tally["to"], args.port)
    return 0


def _play(days: int, seed: int, folder: Path | None) -> tuple[dict[str, object], list[int], list[str]]:
    from inbaar.demo.folder import take_folder
    from inbaar.demo.play import play_market, run_last_day
    from inbaar.demo.tally import tally_of
    from inbaar.proofs import prove_books

    played = play_market(days, seed, _progress("days"))
    clients, files = [played.client_id], list(played.files)
    if folder is not None:
        taken = take_folder(folder, played.last_day, _progress("files"))
        run_last_day(taken.client_ids, played.last_day, _progress("administrations"))
        clients += taken.client_ids
        files += taken.files
    tally: dict[str, object] = {
        "seed": seed, "days": days, "from": played.first_day.isoformat(), "to": played.last_day.isoformat(),
        "administrations": len(clients),
    } | tally_of(clients, played.last_day, files)  # fmt: skip
    proofs = [proof for client_id in clients for proof in prove_books(client_id)]
    tally["books_prove"] = all(proof.holds for proof in proofs)
    return tally, clients, sorted({proof.name for proof in proofs if not proof.holds})


def _progress(what: str):  # type: ignore[no-untyped-def]
    """Progress on standard error, on one line that is written over; silent where nobody looks."""

    def show(done: int, total: int, detail: str) -> None:
        if not sys.stderr.isatty() and done % 25 and done != total:
            return
        filled = 30 * done // total
        end = "\n" if done == total or not sys.stderr.isatty() else "\r"
        bar = "#" * filled + "." * (30 - filled)
        print(f"  [{bar}] {done}/{total} {what}  {detail[:40]:40}", end=end, file=sys.stderr, flush=True)

    return show


def _print(tally: dict[str, object]) -> None:
    print(f"\n{tally['days']} days, {tally['from']} to {tally['to']}, seed {tally['seed']}")
    for name, value in tally.items():
        if name in ("days", "from", "to", "seed"):
            continue
        shown = ", ".join(f"{n} {k}" for k, n in value.items()) if isinstance(value, dict) else value
        print(f"  {name.replace('_', ' '):18} {shown}")


def _serve(client_ids: list[int], last_day: object, port: int) -> int:
    import os

    from inbaar.demo.books import DEMO_EMAIL, show_to_demo_user

    password = show_to_demo_user(client_ids)
    os.environ["INBAAR_TODAY"] = str(last_day)
    print(
        f"\n  http://localhost:{port}/\n  log in as {DEMO_EMAIL} with password {password}\n  stop with Ctrl-C\n",
        flush=True,
    )
    # Lists are looked through and taken in; letters stay where they are.
    return serve(port, host=SERVED_ON, queues=("lists",))
