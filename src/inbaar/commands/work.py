"""`inbaar work`: a worker beside the web, or on a machine of its own; any number may run."""

import argparse

from inbaar.commands.setting import open_books


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar work`."""
    parser.add_argument("--once", action="store_true", help="stop when the queue is empty")
    parser.add_argument(
        "--queue",
        action="append",
        metavar="NAME",
        help="do the work of this queue only; may be given more than once",
    )


def run(args: argparse.Namespace) -> int:
    """Work until stopped."""
    open_books()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    import inbaar.jobs  # noqa: F401 - registers the jobs

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    app.with_connector(connector.get_worker_connector()).run_worker(
        queues=args.queue, wait=not args.once, concurrency=1
    )
    return 0
