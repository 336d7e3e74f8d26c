"""Which tests prove which requirement: reads the marks from the test files and writes docs/coverage.md.

`python3 dev.py coverage` runs it; `tests/test_coverage.py` keeps the page up to date and refuses unknown rows.
The rows themselves are in docs/requirements.csv.
"""

import ast
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "docs" / "requirements.csv"
PAGE = ROOT / "docs" / "coverage.md"
Proofs = dict[str, list[str]]


class UnknownRow(Exception):
    """A mark names a row that is not in docs/requirements.csv."""


def titles() -> dict[str, str]:
    """Every row with its title, in the order of the file."""
    with ROWS.open(newline="", encoding="utf-8") as stream:
        return {row["row"]: row["title"] for row in csv.DictReader(stream)}


def proofs(folder: Path, known: dict[str, str]) -> Proofs:
    """For each row the tests marked with it, as pytest names them."""
    found: Proofs = {}
    for file in sorted(folder.rglob("test_*.py")):
        name = file.relative_to(folder.parent).as_posix()
        for row, test in marked_tests(ast.parse(file.read_text(encoding="utf-8"))):
            if row not in known:
                raise UnknownRow(
                    f"{name}::{test} is marked with {row}, which is not in docs/requirements.csv"
                )
            tests = found.setdefault(row, [])
            if f"{name}::{test}" not in tests:
                tests.append(f"{name}::{test}")
    return found


def marked_tests(module: ast.Module) -> Iterator[tuple[str, str]]:
    """(row, test) for each mark on a test, on its class or on the whole module (`pytestmark`)."""
    yield from _in_body(module.body, "", _module_rows(module))


def _in_body(body: list[ast.stmt], outer: str, inherited: list[str]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _in_body(node.body, f"{outer}{node.name}::", inherited + _rows(node.decorator_list))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            for row in inherited + _rows(node.decorator_list):
                yield row, f"{outer}{node.name}"


def _module_rows(module: ast.Module) -> list[str]:
    assigned = [node for node in module.body if isinstance(node, ast.Assign)]
    marks = [node.value for node in assigned if any(_is_pytestmark(target) for target in node.targets)]
    return _rows(marks)


def _is_pytestmark(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "pytestmark"


def _rows(expressions: list[ast.expr]) -> list[str]:
    """The rows named by `pytest.mark.requirement(...)` anywhere in these expressions."""
    calls = [
        node for expression in expressions for node in ast.walk(expression) if isinstance(node, ast.Call)
    ]
    marks = [
        call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "requirement"
    ]
    return [str(word.value) for mark in marks for word in mark.args if isinstance(word, ast.Constant)]


def page(known: dict[str, str], found: Proofs) -> str:
    """The text of docs/coverage.md."""
    lines = [
        "# Which requirement is shown by which test",
        "",
        "Made by `python3 dev.py coverage` from the marks in `tests/`. A row counts as soon as one test that would",
        f"fail without the behaviour carries its mark. {len(found)} of {len(known)} rows do.",
        "",
        "| Row | State | What | Tests |",
        "|---|---|---|---|",
    ]
    for row, title in known.items():
        tests = found.get(row, [])
        state = "proven" if tests else "open"
        lines.append(f"| {row} | {state} | {title} | {'<br>'.join(f'`{test}`' for test in tests)} |")
    return "\n".join(lines) + "\n"


def current_page() -> str:
    known = titles()
    return page(known, proofs(ROOT / "tests", known))


def main(arguments: list[str]) -> int:
    try:
        text = current_page()
    except UnknownRow as problem:
        print(f"coverage: {problem}", file=sys.stderr)
        return 2
    if "--write" in arguments:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print("coverage: docs/coverage.md is out of date; run: python3 dev.py coverage", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
