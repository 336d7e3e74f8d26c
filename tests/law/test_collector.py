"""The law for collectors: examples 3 to 5 of law.md section 4."""

from datetime import date

import pytest

from inbaar.law.collector import collector_law_applies, complaint_confirmed_by, file_kept_until
from inbaar.law.errors import LawNotCovered

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("facts", "applies"),
    [
        ({"debtor_is_natural_person": True, "claim_was_transferred": True}, True),
        ({"debtor_is_natural_person": False, "claim_was_transferred": True}, False),
        ({"debtor_is_natural_person": True, "for_a_third_party": True}, True),
        ({"debtor_is_natural_person": True}, False),
        ({"debtor_is_natural_person": True, "for_a_third_party": True, "debtor_lives_in_nl": False}, False),
    ],
)
def test_to_whom_it_applies(facts: dict[str, bool], applies: bool) -> None:
    assert collector_law_applies(TODAY, **facts) is applies


def test_since_when() -> None:
    facts = {"debtor_is_natural_person": True, "for_a_third_party": True}
    assert not collector_law_applies(date(2024, 3, 31), **facts)
    assert collector_law_applies(date(2024, 4, 1), **facts)
    assert collector_law_applies(date(2026, 12, 31), **facts)
    with pytest.raises(LawNotCovered, match="incassodienstverlening on 2027-01-01"):
        collector_law_applies(date(2027, 1, 1), **facts)


def test_terms() -> None:
    assert complaint_confirmed_by(date(2026, 12, 24)) == date(2026, 12, 29)
    assert file_kept_until(TODAY) == date(2028, 11, 22)
    with pytest.raises(LawNotCovered, match="starts on 2024-04-01"):
        file_kept_until(date(2024, 3, 31))
