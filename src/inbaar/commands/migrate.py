"""`inbaar migrate`: bring the database up to date (every command on the database does this first)."""

import argparse

from inbaar.commands.setting import open_books


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> int:
    """Migrate and say so."""
    open_books()
    print("The database is up to date.")
    return 0
