"""`inbaar serve`: web and worker on one port."""

import argparse
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence

from inbaar.commands.setting import open_books, refuse

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar serve`."""
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--no-worker", action="store_true", help="serve pages only")


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    if not 0 < args.port < 65536:
        return refuse(f"--port {args.port} is no port: give a number from 1 to 65535")
    allow_plain_http(args.host)
    open_books()
    print(f"inbaar: http://{args.host}:{args.port}/ (stop with Ctrl-C)", flush=True)
    return serve(args.port, host=args.host, queues=None if args.no_worker else ())


def allow_plain_http(host: str) -> None:
    """On one machine the pages come over plain http, so the cookies must, too. To be called before Django is set up."""
    if host in LOOPBACK:
        os.environ.setdefault("INBAAR_PLAIN_HTTP", "1")


def serve(port: int, *, host: str = "127.0.0.1", queues: Sequence[str] | None = ()) -> int:
    """Serve the site, with a worker beside it; gives the exit code when it stops.

    `queues` are those of which the worker does the work: all of them where none is named, and None is no worker.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # A process forked from one that has set letters, as the demonstration has, would hang at its first PDF.
    multiprocessing.set_start_method("spawn", force=True)
    only = [word for name in queues or () for word in ("--queue", name)]
    command = [sys.executable, "-m", "inbaar.cli", "work", *only]
    worker = subprocess.Popen(command) if queues is not None else None
    try:
        Granian(
            "inbaar.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=4,
            log_access=False,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=30)
    return 0
