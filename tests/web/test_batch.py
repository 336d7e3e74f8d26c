"""The page of what is about to leave: each letter as it will leave, beside the last time, let go and stopped."""

import pytest

from inbaar.daily import run_day
from inbaar.letters.models import Delivery
from tests.dunning.test_batch import ON, at, waiting
from tests.web.test_acts import books_of, eva, post, rows
from tests.web.test_pages import plain

__all__ = ["books_of", "eva"]


@pytest.fixture
def held(books_of, monkeypatch):
    """Two letters that wait for a look, on 2 October at nine."""
    from dataclasses import replace

    from tests.dunning.scenario import BAKERY

    monkeypatch.setenv("INBAAR_NOW", at(9, 5).isoformat())
    monkeypatch.setenv("INBAAR_TODAY", ON.isoformat())
    waiting(books_of, look=True)
    for number, name in (("F-1", "Eerste B.V."), ("F-2", "Tweede B.V.")):
        books_of.invoice(
            number, "2026-10-01", customer=replace(BAKERY, name=name, kvk="9000001" + number[-1])
        )
    run_day(ON, at(9), None, [books_of.client.id])
    return sorted(delivery.letter_id for delivery in rows(books_of, Delivery))


@pytest.mark.requirement("UI-12")
def test_each_letter_is_shown_as_it_will_leave(eva, held):
    page = plain(eva.get("/letters/waiting/"))
    assert "Er wachten 2 brieven. 2 vertrekken als iemand heeft gekeken." in page
    assert "de eerste brief aan deze debiteur" in page
    assert "Misschien is het aan uw aandacht ontsnapt" in page
    assert "Eerste B.V." in page
    assert "2 brieven wachten op een blik voordat zij vertrekken" in plain(eva.get("/"))


def test_one_is_let_go_and_the_other_stopped(books_of, eva, held):
    gone = post(eva, "/letters/waiting/act/", do="go", letter=[str(held[0])])
    assert "1 brief vertrekt." in plain(gone)
    silent = eva.post("/letters/waiting/act/", {"do": "stop", "letter": [held[1]], "reason": ""})
    assert (silent.status_code, "Zeg waarom deze eruit gaan" in plain(silent)) == (400, True)
    stopped = post(eva, "/letters/waiting/act/", do="stop", letter=[str(held[1])], reason="wij bellen eerst")
    assert "1 brief tegengehouden." in plain(stopped)
    assert {row.letter_id: row.state for row in rows(books_of, Delivery)} == {
        held[0]: "queued",
        held[1]: "withdrawn",
    }
    again = post(eva, "/letters/waiting/act/", do="go", letter=[str(n) for n in held])
    assert "Deze wachten niet meer op een blik" in plain(again)


def test_nothing_chosen_and_nonsense_are_told(eva, held):
    for form in ({"do": "go"}, {"do": "stop", "reason": "x"}, {"do": "go", "letter": ["x"]}):
        answer = eva.post("/letters/waiting/act/", form)
        assert (answer.status_code, "Kies de brieven" in plain(answer)) == (400, True)
    left = eva.post("/letters/waiting/act/", {"do": f"skip:{held[0]}", f"reason-{held[0]}": "x"})
    assert "Kies de facturen die eruit moeten" in plain(left)


@pytest.mark.requirement("UI-12")
def test_it_stands_beside_the_last_time(books_of, eva, held, monkeypatch):
    post(eva, "/letters/waiting/act/", do="go", letter=[str(n) for n in held])
    books_of.send(ON.isoformat())
    books_of.invoice("F-3", "2026-10-02")
    later = at(9, on=ON.replace(day=5))
    run_day(later.date(), later, None, [books_of.client.id])
    monkeypatch.setenv("INBAAR_NOW", later.isoformat())
    monkeypatch.setenv("INBAAR_TODAY", later.date().isoformat())
    page = plain(eva.get("/letters/waiting/"))
    assert "Naast de vorige keer, 2 okt 2026" in page
    assert "Herinnering 1 2 -1 € 1.210,00 € 2.420,00" in page


def test_how_letters_leave_is_set_within_bounds(eva, held):
    assert "vanaf nu worden geschreven" in plain(post(eva, "/letters/waiting/window/", minutes="90"))
    assert 'value="90"' in eva.get("/letters/waiting/").content.decode()
    for wrong in ("1441", "-5", "een uur"):
        assert eva.post("/letters/waiting/window/", {"minutes": wrong}).status_code == 400
