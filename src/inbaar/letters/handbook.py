"""Writes docs/letters.md: tips and an example of every letter, as the program writes them.

Run `python -m inbaar.letters.handbook docs/letters.md` after a change of wording; a test tells when that was forgotten.
"""

import sys
from importlib import resources
from pathlib import Path

from inbaar.letters.examples import formal_notice, fourteen_day_letter, register_notice, reminder
from inbaar.letters.text import letter_text


def handbook() -> str:
    """The page, with the example letters filled in."""
    page = resources.files("inbaar.letters").joinpath("templates/handbook.txt").read_text(encoding="utf-8")
    letters = {
        "REGISTER_NOTICE": register_notice,
        "REMINDER": reminder,
        "FORMAL_NOTICE": formal_notice,
        "FOURTEEN_DAY_LETTER": fourteen_day_letter,
    }
    for name, example in letters.items():
        page = page.replace(f"@{name}@", letter_text(example()).rstrip("\n"))
    return page


def main(arguments: list[str]) -> int:
    """Writes the page to the file that is named."""
    Path(arguments[0]).write_text(handbook(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
