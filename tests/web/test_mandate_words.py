"""What happened to a mandate reads as a sentence on the debtor's timeline, in Dutch and English."""

import datetime as dt

import pytest
from django.utils.translation import override

from inbaar.web.queries.invoice import EventRow
from inbaar.web.wording.happenings import happenings
from inbaar.web.wording.mandates import DEBIT_EVENTS, MANDATE_EVENTS, mandate_happening

FACTS = {"reference": "K-1", "by": "Eva"}


def test_every_event_has_words_of_its_own_in_both_languages():
    for kind in MANDATE_EVENTS:
        titles = set()
        for language in ("nl", "en"):
            with override(language):
                title, details = mandate_happening(kind, FACTS)
            assert "K-1" in title
            assert len(details) == 1
            assert "Eva" in details[0]
            titles.add(title)
        assert len(titles) == 2


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_amendment_says_what_was_and_what_is(language):
    facts = {
        **FACTS,
        "was": "NL20INGB0001234567",
        "iban": "NL44RABO0123456789",
        "was_name": "Jansen",
        "name": "Jansen B.V.",
    }
    with override(language):
        _, (account, name, _) = mandate_happening("mandate_amended", facts)
    assert account.index("NL44RABO0123456789") < account.index("NL20INGB0001234567")
    assert "Jansen B.V." in name
    with override(language):
        assert len(mandate_happening("mandate_amended", {**facts, "was_name": "Jansen B.V."})[1]) == 2


def test_the_timeline_shows_it():
    event = EventRow("mandate_withdrawn", dt.date(2026, 3, 3), {**FACTS, "reason": "asked"}, None)
    with override("en"):
        (line,) = happenings([event], "EUR")
    assert line.title == "Mandate K-1 withdrawn: nothing is collected any more"
    assert line.details == ("“asked”, by Eva.",)


def test_a_debit_tells_its_amount_its_day_and_what_comes_next():
    facts = {**FACTS, "amount": "121.00", "due_on": "2026-03-17", "reason": "AC04"}
    for language, step in (("nl", "nieuwe rekeningnummer"), ("en", "new account")):
        with override(language):
            told = {
                kind: happenings([EventRow(kind, dt.date(2026, 3, 3), facts, None)], "EUR")[0]
                for kind in DEBIT_EVENTS
            }
        assert all("121" in line.title for line in told.values())
        assert len({line.title for line in told.values()}) == len(DEBIT_EVENTS)
        for kind in ("debit_requested", "debit_announced"):
            assert "17" in told[kind].details[0]
        for kind in ("debit_rejected", "debit_returned"):
            assert "AC04" in told[kind].title
            assert step in told[kind].details[0]
