"""`inbaar work`: a worker beside the web, or on a machine of its own; any number may run."""

import argparse

from inbaar.commands.setting import open_books


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar work`."""
    parser.add_argument("--once", action="store_true", help="stop when the queue is empty")


def run(args: argparse.Namespace) -> int:
    """Work until stopped."""
    open_books()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    import inbaar.jobs  # noqa: F401 - registers the jobs

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    app.with_connector(connector.get_worker_connector()).run_worker(wait=not args.once, concurrency=1)
    return 0
