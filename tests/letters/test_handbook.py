"""docs/letters.md is what the program writes, and has an example of each letter and the tips."""

from pathlib import Path

import pytest

from inbaar.letters.examples import EXAMPLES
from inbaar.letters.handbook import handbook, main
from inbaar.letters.text import letter_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "letters.md"


@pytest.mark.requirement("DUN-08")
def test_the_page_is_up_to_date_and_complete(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == handbook(), "run: python -m inbaar.letters.handbook docs/letters.md"
    for example in EXAMPLES:
        assert letter_text(example()).strip() in page
    assert "## Tips voor een goede aanmaning" in page
    assert main([str(tmp_path / "letters.md")]) == 0
    assert (tmp_path / "letters.md").read_text(encoding="utf-8") == page
