"""The pages say what is there: commands, links, modules, tables and settings they name exist, and none is left out."""

import argparse
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from inbaar.cli import COMMANDS
from inbaar.law.tables import table, table_names

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"\b(?:INBAAR_[A-Z_]+|DATABASE_URL)\b")
# Read by the tests only, so no file of the program names it.
OF_THE_TESTS = {"INBAAR_CORPUS", "INBAAR_KILL_POINTS", "INBAAR_KILL_SEED"}
WITH_JSON = (
    "owed",
    "read",
    "statement",
    "demo",
    "day",
    "mailbox",
    "ageing",
    "payments",
    "check",
    "administration",
    "user",
    "password",
    "import",
    "send",
    "register",
    "token",
)


def rows(page: Path) -> list[list[str]]:
    """The cells of every table row on a page, heads and rules left out."""
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def named_settings(text: str) -> set[str]:
    return set(SETTING.findall(text))


def test_the_readme_is_short():
    assert len(PAGES[0].read_text(encoding="utf-8").splitlines()) <= 60


def test_the_readme_names_every_command_and_no_other():
    told = [found[1] for row in rows(PAGES[0]) if (found := re.match(r"`inbaar (\w+)", row[0]))]
    assert told == list(dict.fromkeys(told))
    assert set(told) == set(COMMANDS)


def test_the_commands_that_are_said_to_take_json_do():
    taking = []
    for name, (module, _) in COMMANDS.items():
        parser = argparse.ArgumentParser()
        import_module(module).add_arguments(parser)
        if "--json" in parser.format_help():
            taking.append(name)
    assert tuple(taking) == WITH_JSON


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    lost = [link for link in targets if not (page.parent / link).exists()]
    assert [link for link in lost if not link.endswith(".png")] == []


def test_the_glossary_names_modules_that_exist():
    modules = [
        row[3].strip("`") for row in rows(DOCS / "glossary.md") if len(row) == 4 and row[3] != "Module"
    ]
    assert len(modules) > 90
    assert [module for module in dict.fromkeys(modules) if find_spec(f"inbaar.{module}") is None] == []


def test_the_glossary_says_each_term_once_with_its_dutch_word():
    terms = [row for row in rows(DOCS / "glossary.md") if len(row) == 4 and row[0] != "Term"]
    assert len({row[0] for row in terms}) == len(terms)
    assert [row[0] for row in terms if not row[1] or not row[2]] == []


def test_the_law_page_tells_the_cover_of_every_table():
    told = {
        name: row[2]
        for row in rows(DOCS / "law.md")
        if row[-1][:2].isdigit()
        for name in re.findall(r"`(\w+)`", row[0])
    }
    for name in table_names():
        found = table(name)
        assert str(found.covers_from) in told[name], name
        assert str(found.covers_until) in told[name], name


def test_the_running_page_tells_every_setting_the_program_reads():
    read = set().union(
        *(named_settings(file.read_text(encoding="utf-8")) for file in (ROOT / "src").rglob("*.py"))
    )
    told = named_settings((DOCS / "running.md").read_text(encoding="utf-8"))
    assert told == read | OF_THE_TESTS


def test_decisions_are_numbered_without_a_gap():
    files = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for number, file in enumerate(files, start=1):
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. "), file.name
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Price"], file.name
