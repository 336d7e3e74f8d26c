"""One market lived through with letters, shared by the tests that only look at it."""

import pytest

from tests.market.playing import Run, play


@pytest.fixture(scope="session")
def run() -> Run:
    """150 days with the defaults, seed 1, every letter sent."""
    return play(seed=1)
