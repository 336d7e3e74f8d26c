"""What happened to a mandate reads as a sentence on the debtor's timeline, in Dutch and English."""

import datetime as dt

import pytest
from django.utils.translation import override

from inbaar.web.queries.invoice import EventRow
from inbaar.web.wording.happenings import happenings
from inbaar.web.wording.mandates import MANDATE_EVENTS, mandate_happening

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
