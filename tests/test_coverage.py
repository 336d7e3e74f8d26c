"""docs/coverage.md tells the truth: it is generated, up to date, and names only rows that exist."""

import ast
from pathlib import Path

import pytest

from tests.requirement_marks import PAGE, UnknownRow, current_page, marked_tests, page, proofs, titles

SOURCE = """
import pytest
pytestmark = [pytest.mark.slow, pytest.mark.requirement("ASK-01")]

@pytest.mark.requirement("DUN-01", "DUN-02")
def test_one(): ...

@pytest.mark.requirement("FAC-26")
class TestAll:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.requirement("BEY-01"))])
    def test_two(self, x): ...

@pytest.mark.requirement("COL-19")
def not_a_test(): ...
"""


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == current_page(), "run: python3 dev.py coverage"


def test_marks_on_tests_classes_modules_and_parameters_are_found() -> None:
    assert list(marked_tests(ast.parse(SOURCE))) == [
        ("ASK-01", "test_one"),
        ("DUN-01", "test_one"),
        ("DUN-02", "test_one"),
        ("ASK-01", "TestAll::test_two"),
        ("FAC-26", "TestAll::test_two"),
        ("BEY-01", "TestAll::test_two"),
    ]


def test_a_mark_with_an_unknown_row_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text('@pytest.mark.requirement("DUN-99")\ndef test_a(): ...\n')
    with pytest.raises(UnknownRow) as refusal:
        proofs(tmp_path / "tests", titles())
    assert (
        str(refusal.value)
        == "tests/test_x.py::test_a is marked with DUN-99, which is not in docs/requirements.csv"
    )


def test_a_row_without_a_test_stays_unproven() -> None:
    text = page({"DUN-01": "At once", "DUN-02": "Then a notice"}, {"DUN-01": ["tests/test_x.py::test_a"]})
    assert "| DUN-01 | proven | At once | `tests/test_x.py::test_a` |" in text
    assert "| DUN-02 | open | Then a notice |  |" in text


def test_every_row_is_listed_once() -> None:
    rows = list(titles())
    assert len(rows) == 254
    assert [sum(row.startswith(f"{kind}-") for row in rows) for kind in ("FAC", "REG", "COL", "DUN")] == [
        45,
        40,
        32,
        22,
    ]
    assert [sum(row.startswith(f"{kind}-") for row in rows) for kind in ("INS", "ASK", "BEY", "UI")] == [
        30,
        25,
        36,
        24,
    ]
