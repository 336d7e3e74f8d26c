"""The commands. Each takes and gives JSON with --json; exit 0 done, 2 refused (one line: what, why, what next), 1 a bug."""

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from inbaar.kit.errors import Unavailable
from inbaar.law.errors import LawError

# The module behind each command is only loaded when it is called: reading a file needs no database.
COMMANDS: dict[str, tuple[str, str]] = {
    "owed": ("inbaar.law.commands", "what is owed on a claim, line by line"),
    "read": ("inbaar.intake.commands", "read invoice files"),
    "statement": ("inbaar.banking.commands", "read bank statements"),
    "demo": ("inbaar.commands.demo", "some months of a small business, on real files"),
    "day": ("inbaar.commands.day", "do what is due on a day"),
    "mailbox": ("inbaar.commands.mailbox", "fetch the invoices that came by mail"),
    "ageing": ("inbaar.commands.ageing", "how old what is open was on a day"),
    "payments": ("inbaar.commands.payments", "what is to be paid, where it is, and the bank's file"),
    "check": ("inbaar.commands.check", "prove the books"),
    "serve": ("inbaar.commands.serve", "web and worker on one port"),
    "work": ("inbaar.commands.work", "a worker by itself"),
    "administration": ("inbaar.commands.administration", "open an administration and let a user in"),
    "user": ("inbaar.commands.user", "let a second person in, in a role of his own"),
    "password": ("inbaar.commands.password", "give a user a new password"),
    "import": ("inbaar.commands.import_list", "take in a list of invoices from bookkeeping"),
    "send": ("inbaar.commands.send", "send invoices that their debtors have not got yet"),
    "register": (
        "inbaar.commands.register",
        "report arrears to the register, withdraw them, look companies up",
    ),
    "token": ("inbaar.commands.token", "tokens for programs that use the API"),
    "migrate": ("inbaar.commands.migrate", "bring the database up to date"),
}


class _Parser(argparse.ArgumentParser):
    """A parser that refuses as every command does: on one line, with what to do next."""

    def error(self, message: str) -> NoReturn:
        print(f"inbaar: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's alphabet lacks is shown by its number; it must not end the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    parser = _Parser(prog="inbaar", description="One invoice, every route, one truth.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
        if words and words[0] == name:
            import_module(module).add_arguments(command)
    chosen = parser.parse_args(words)
    try:
        return int(import_module(COMMANDS[chosen.command][0]).run(chosen))
    except (Unavailable, LawError) as reason:
        print(f"inbaar: {reason}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output stopped reading: that is not an error of ours.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
