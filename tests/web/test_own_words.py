"""The page of the client's own words: kept when they are lawful, and told why when they are not."""

import pytest

from inbaar.letters.models import OwnWords
from tests.web.test_acts import books_of, eva, post, rows
from tests.web.test_pages import plain

__all__ = ["books_of", "eva"]


@pytest.mark.requirement("BEY-15")
def test_unlawful_words_come_back_with_every_rule_and_what_was_typed(books_of, eva):
    text = "Betaal binnen 3 dagen € 40 aan incassokosten."
    answer = eva.post("/letters/words/reminder/nl/", {"words": text})
    page = plain(answer)
    assert answer.status_code == 400
    assert "“binnen 3 dagen” is een termijn of datum" in page
    assert "“€ 4” is een bedrag" in page
    assert "“incassokosten” gaat over kosten voordat die verschuldigd kunnen zijn" in page
    assert text in page
    assert rows(books_of, OwnWords) == []


def test_lawful_words_are_kept_and_shown(books_of, eva):
    kept = post(eva, "/letters/words/reminder/nl/", words="Fijn dat u klant bent.")
    assert "Vastgelegd" in plain(kept)
    assert "Fijn dat u klant bent." in kept.content.decode()
    assert eva.post("/letters/words/invoice/nl/", {"words": "x"}).status_code == 404
    assert eva.post("/letters/words/reminder/de/", {"words": "x"}).status_code == 404
    post(eva, "/letters/words/mark/", mark="R-2026-0017")
    assert "R-2026-0017" in eva.get("/letters/words/").content.decode()
