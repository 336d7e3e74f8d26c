"""What was found wrong in a file, in Dutch: each official rule has a sentence that says what to do."""

import pytest
from django.utils import translation

from inbaar.intake.official.dutch import dutch_table
from inbaar.web.wording.problems import problem_words

FAMILIES = {
    "BR-CL-23": "Een code op de factuur", "BR-DEC-19": "Op de factuur ontbreekt", "BR-31": "Op de factuur ontbreekt",
    "BR-CO-18": "Op de factuur ontbreekt", "BR-GA-3": "De splitsing", "NL-R-007": "De factuur houdt zich niet",
    "BR-S-08": "De btw op de factuur", "BR-IC-11": "De btw op de factuur", "UBL-SR-48": "De e-factuur is niet opgebouwd",
    "CII-SR-465": "De e-factuur is niet opgebouwd", "FX-SCH-A-000571": "De e-factuur is niet opgebouwd",
    "BR-FXEXT-CO-10": "De e-factuur is niet opgebouwd",
}  # fmt: skip


@pytest.mark.parametrize("rule", FAMILIES)
def test_a_family_of_rules_has_its_sentence(rule: str) -> None:
    with translation.override("nl"):
        words, original = problem_words(rule, "the official words", "warning")
    assert (words.startswith(FAMILIES[rule]), original) == (True, "the official words")


def test_every_dutch_rule_has_one() -> None:
    with translation.override("nl"):
        for row in dutch_table():
            words, _ = problem_words(row["id"], row["text"], "warning")
            assert words.endswith("verbeterde factuur."), row["id"]


def test_a_rule_with_a_sentence_of_its_own_keeps_it() -> None:
    with translation.override("nl"):
        assert problem_words("BR-CO-15", "x", "warning")[0].startswith("De bedragen tellen niet op")


def test_advice_asks_for_nothing() -> None:
    with translation.override("nl"):
        words, original = problem_words("UBL-CR-005", "x", "note")
    assert (words, original) == (
        "Advies van de standaard aan wie de e-factuur maakt; er hoeft niets te gebeuren.", "x"
    )  # fmt: skip


def test_english_says_the_official_words() -> None:
    with translation.override("en"):
        assert problem_words("BR-CL-23", "x", "warning") == ("x", "")
