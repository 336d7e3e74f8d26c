"""The worked examples in the docstrings of every room's rules are true, as those of `law` are (tests/law)."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import inbaar

ROOMS = sorted(file.parent.name for file in Path(inbaar.__file__).parent.glob("*/rules.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_worked_examples(room: str) -> None:
    assert doctest.testmod(import_module(f"inbaar.{room}.rules")).failed == 0
