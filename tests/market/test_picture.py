"""150 days with the defaults give a rich picture, whatever the seed."""

from collections import Counter

import pytest

from inbaar.market.market import Market
from tests.market.playing import START, play


@pytest.mark.parametrize("seed", [1, 2, 42])
def test_rich_picture(seed: int) -> None:
    run = play(seed=seed)
    truth = run.market.truth
    kinds = run.kinds()
    assert 280 <= len(truth.invoices) <= 310
    assert sum(i.paid_in_full for i in truth.invoices.values()) > 0.7 * len(truth.invoices)
    assert 40 <= len(run.letters) <= 90
    assert min(kinds["reminder"], kinds["formal_notice"], kinds["fourteen_day_letter"]) >= 4
    said = Counter(m.kind for m in run.messages)
    assert said["dispute"] >= 3
    assert said["dispute_settled"] + said["dispute_withdrawn"] >= 1
    assert said["bankruptcy"] == 1
    uncertain = sum(not p.certain for p in truth.payments)
    assert 0.02 <= uncertain / len(truth.payments) <= 0.09
    assert len({p.writing for p in truth.payments}) >= 9


def test_all_kinds_of_debtors_are_there() -> None:
    facts = Market(1, START, 30).debtor_facts
    forms = Counter(f.legal_form for f in facts)
    assert set(forms) == {"bv", "nv", "vof", "eenmanszaak", "municipality", "foreign", "consumer"}
    assert {f.address.country for f in facts} == {"NL", "BE", "DE"}
    [large] = [f for f in facts if f.large]
    assert large.payment_term_days == 60


@pytest.mark.parametrize(("days", "debtors"), [(1, 1), (3, 2), (14, 5)])
def test_a_small_market_works_too(days: int, debtors: int) -> None:
    run = play(seed=1, days=days, debtors=debtors)
    assert len(run.market.debtor_facts) == debtors
