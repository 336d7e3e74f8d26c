"""The worked example in every public docstring of `law` is true, and every public function has one."""

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import inbaar.law as law

MODULES = [
    importlib.import_module(f"inbaar.law.{found.name}") for found in pkgutil.iter_modules(law.__path__)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_worked_examples(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_function_says_what_it_answers(module: ModuleType) -> None:
    public = [
        value
        for name, value in inspect.getmembers(module)
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]
    assert [value.__name__ for value in public if not value.__doc__] == []
