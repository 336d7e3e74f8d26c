"""House rules that a machine can hold: who reads the clock, where float is, what is never committed, how long code gets."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "inbaar"
MODULES = sorted(
    file
    for file in SOURCE.rglob("*.py")
    if "migrations" not in file.parts and file.read_text(encoding="utf-8").strip()
)
CLOCK = SOURCE / "kit" / "clock.py"

CLOCK_CALLS = re.compile(
    r"(^|\.)(datetime|date|dt)\.(now|today|utcnow)$|^time\.(time|time_ns|localtime|gmtime|ctime)$"
    r"|(^|\.)timezone\.(now|localdate|localtime)$"
)
CLOCK_IN_SQL = re.compile(
    r"\b(now\s*\(\s*\)|current_date|current_timestamp|clock_timestamp\s*\()", re.IGNORECASE
)

# Where float is right: nothing there is money. One reason each.
FLOATS: dict[str, str] = {
    "src/inbaar/intake/pdf_child/recognition.py": "pixels, and how sure an OCR is",
}

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
# What is longer on purpose, with the reason: a table that reads best in one piece, and the like.
LONG: dict[str, str] = {
    "src/inbaar/receivables/models.py": "the tables around one claim, each with its constraints beside it",
}

# Written so that this file does not hold what it looks for.
NEVER_COMMITTED = re.compile(
    r"[p]ypi\.org|[p]ythonhosted|[d]eb\.debian|[r]egistry\.npmjs|(?<![A-Za-z0-9_./-])/(?:[w]ork|[r]oot|[h]ome)/"
)
WORDLESS = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "info"}


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def dotted(node: ast.expr) -> str:
    """`a.b.c` as written; empty for anything that is not a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def clock_readings(tree: ast.AST) -> Iterator[int]:
    """Lines that read the time of day, in Python or in SQL text (a docstring may speak of it)."""
    talk = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        in_python = isinstance(node, ast.Attribute) and CLOCK_CALLS.search(dotted(node))
        in_sql = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in talk
        if in_python or (in_sql and CLOCK_IN_SQL.search(str(node.value))):  # type: ignore[union-attr]
            yield node.lineno  # type: ignore[attr-defined]


def float_calls(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "float":
            yield node.lineno


def django_imports(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(part.split(".")[0] in ("django", "psycopg") for part in names):
            yield node.lineno  # type: ignore[attr-defined]


def too_long(tree: ast.AST, lines: int) -> Iterator[str]:
    if lines > LONGEST_FILE:
        yield f"the file has {lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines"


def broken(rule: Callable[[ast.AST], Iterator[int]], files: list[Path]) -> list[str]:
    return [
        f"{name(file)}:{line}" for file in files for line in rule(ast.parse(file.read_text(encoding="utf-8")))
    ]


def test_only_the_clock_module_reads_the_clock() -> None:
    assert broken(clock_readings, [file for file in MODULES if file != CLOCK]) == []


def test_no_float_near_money() -> None:
    assert broken(float_calls, [file for file in MODULES if name(file) not in FLOATS]) == []


def test_law_and_rules_know_no_database() -> None:
    pure = [file for file in MODULES if file.is_relative_to(SOURCE / "law") or file.stem == "rules"]
    assert broken(django_imports, pure) == []


def test_files_and_functions_stay_short() -> None:
    found = [
        f"{name(file)}: {what}"
        for file in MODULES
        if name(file) not in LONG
        for text in [file.read_text(encoding="utf-8")]
        for what in too_long(ast.parse(text), text.count("\n"))
    ]
    assert found == [], "split it, or give the reason in LONG"


def test_exceptions_are_still_needed() -> None:
    files = {name(file): file for file in MODULES}
    assert [file for file in FLOATS if file not in files or not broken(float_calls, [files[file]])] == []
    assert [file for file in LONG if file not in files] == []


def test_every_module_says_what_it_answers() -> None:
    assert [
        name(file) for file in MODULES if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name(file) for file in MODULES if file.stem in WORDLESS] == []


def committed_files() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: nothing tells what is committed")
    return [ROOT / part for part in listed.stdout.decode().split("\0") if part and (ROOT / part).is_file()]


def test_no_registry_address_and_no_machine_path_is_committed() -> None:
    found = []
    for file in committed_files():
        text = file.read_bytes()
        if b"\0" not in text[:8192]:
            for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
                if NEVER_COMMITTED.search(line):
                    found.append(f"{name(file)}:{number}")
    assert found == []


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    "code",
    [
        "datetime.date.today()",
        "date.today()",
        "datetime.now(UTC)",
        "dt.datetime.utcnow()",
        "timezone.now()",
        "default=timezone.now",
        "time.time()",
        'sql = "UPDATE x SET at = now()"',
        'sql = "WHERE due < CURRENT_DATE"',
    ],
)
def test_a_planted_reading_of_the_clock_is_found(code: str) -> None:
    assert list(clock_readings(ast.parse(f"f({code})" if code.startswith("default") else code))) == [1]


@pytest.mark.parametrize(
    "code", ["time.monotonic()", "clock.today()", '"""Unlike now() in SQL."""', "known()"]
)
def test_what_only_resembles_a_clock_is_left_alone(code: str) -> None:
    assert list(clock_readings(ast.parse(code))) == []


def test_other_planted_faults_are_found() -> None:
    assert list(float_calls(ast.parse("x = float(amount)"))) == [1]
    assert list(django_imports(ast.parse("from django.db import models"))) == [1]
    assert list(django_imports(ast.parse("import psycopg.sql"))) == [1]
    long = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION
    assert list(too_long(ast.parse(long), LONGEST_FILE)) == [f"f has {LONGEST_FUNCTION + 1} lines"]
    assert list(too_long(ast.parse("x = 1"), LONGEST_FILE + 1)) == [f"the file has {LONGEST_FILE + 1} lines"]
    for text in ("https://" + "pypi" + ".org/x", "open('/" + "work/x')", "cd /" + "root/x"):
        assert NEVER_COMMITTED.search(text)
    for text in ("src/work/x", "https://example.nl/work/x", "./root/x"):
        assert not NEVER_COMMITTED.search(text)
