"""Own words in a letter: what they may not say, from both sides of each rule, and the mark of who collects for another."""

from decimal import Decimal

import pytest

from inbaar.dunning.own_texts import own_texts, set_collector_mark, set_own_words
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import OwnWords
from inbaar.letters.own_words import LONGEST, WordsFacts, unlawful_words
from inbaar.letters.parts import LetterKind
from inbaar.letters.text import letter_text
from inbaar.receivables.actions import Customer
from inbaar.receivables.models import Event
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day

REMINDER, NOTICE, FOURTEEN = LetterKind.REMINDER, LetterKind.FORMAL_NOTICE, LetterKind.FOURTEEN_DAY_LETTER
RATES = frozenset({Decimal("10.40"), Decimal("4")})


def codes(text, kind=REMINDER, **facts):
    told = {"on": day("2026-10-15"), "consumer": kind is FOURTEEN, "rates": RATES} | facts
    return {refusal.code for refusal in unlawful_words(text, WordsFacts(kind, **told))}


@pytest.mark.requirement("BEY-15")
@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Anders rekenen wij incassokosten.", REMINDER, "words-costs-early"),
        ("Late fees may apply.", REMINDER, "words-costs-early"),
        ("Daarna komen er administratiekosten bij.", LetterKind.COURTESY_NOTICE, "words-costs-early"),
        ("De incasso kosten zijn voor u.", FOURTEEN, "words-costs-early"),
        ("Uw achterstand komt in het register.", REMINDER, "words-register-threat"),
        ("Wij melden u bij het BKR.", FOURTEEN, "words-register-threat"),
        ("We will have you blacklisted.", REMINDER, "words-register-threat"),
        ("Betaal binnen 3 dagen.", NOTICE, "words-deadline"),
        ("Pay within two working days.", REMINDER, "words-deadline"),
        ("Graag vóór vrijdag.", REMINDER, "words-deadline"),
        ("Uiterlijk 12 mei op onze rekening.", NOTICE, "words-deadline"),
        ("Betaal € 40 extra.", FOURTEEN, "words-second-amount"),
        ("U bent ons 150,00 euro schuldig.", REMINDER, "words-second-amount"),
        ("Wij rekenen 12% rente.", NOTICE, "words-expired-rate"),
        ("De rente is 10,15 procent.", NOTICE, "words-expired-rate"),
        ("Wij schakelen een deurwaarder in.", REMINDER, "words-threat"),
        ("We will take you to court.", REMINDER, "words-threat"),
        ("a" * (LONGEST + 1), REMINDER, "words-too-long"),
    ],
)
def test_what_may_not_be_said_is_refused_by_its_rule(text, kind, code):
    assert code in codes(text, kind)


@pytest.mark.requirement("BEY-15")
@pytest.mark.parametrize(
    ("text", "kind", "facts"),
    [
        ("Bedankt voor uw vertrouwen in ons. Bel gerust als er iets is.", REMINDER, {}),
        ("Wij zijn op werkdagen bereikbaar van 9 tot 17 uur.", REMINDER, {}),
        ("Hebt u vragen over de levering van mei? Annemiek helpt u graag.", FOURTEEN, {}),
        ("De rente is 10,40%.", NOTICE, {}),
        ("The rate is 4 percent.", NOTICE, {}),
        ("Daarna kan het naar een incassobureau.", NOTICE, {}),
        ("De incassokosten vindt u hieronder.", NOTICE, {}),
        ("Uw achterstand kan in het register komen.", NOTICE, {"youngest_days": 30}),
        ("a" * LONGEST, REMINDER, {}),
    ],
)
def test_what_may_be_said_is_let_stand(text, kind, facts):
    assert codes(text, kind, **facts) == set()


@pytest.mark.parametrize(("days", "broken"), [(29, True), (30, False)])
def test_the_register_may_be_named_once_every_invoice_is_thirty_days_late(days, broken):
    found = codes("Dit kan in het register komen.", NOTICE, youngest_days=days)
    assert (found == {"words-register-threat"}) is broken


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def say(books, text, kind="reminder", language="nl", on="2026-09-01"):
    with client_scope(books.client.id):
        return set_own_words(books.client.id, kind, language, text, "Olga", day(on), NOW)


@pytest.mark.django_db
@pytest.mark.requirement("ASK-15")
def test_own_words_stand_in_letters_of_their_kind_and_language(books):
    assert say(books, "  Fijn dat u  klant bent. ")
    assert say(books, "Bel Annemiek als er iets niet klopt.", "formal_notice")
    assert not say(books, "Fijn dat u klant bent.")
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    first, second = (" ".join(letter_text(letter).split()) for letter in books.letters())
    assert "Fijn dat u klant bent." in first
    assert "Annemiek" not in first
    assert "Bel Annemiek als er iets niet klopt." in second
    assert say(books, "")
    with client_scope(books.client.id):
        assert own_texts(books.client.id).words == {
            ("formal_notice", "nl"): "Bel Annemiek als er iets niet klopt."
        }
        assert [row.number for row in OwnWords.objects.filter(kind="reminder").order_by("number")] == [1, 2]


@pytest.mark.django_db
def test_unlawful_words_are_not_kept(books):
    with pytest.raises(Refused, match="one term"):
        say(books, "Betaal binnen 3 dagen, anders komt de deurwaarder.")
    with client_scope(books.client.id):
        assert OwnWords.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.requirement("BEY-15")
def test_a_rate_that_expired_since_holds_the_letter_and_says_why(books):
    say(books, "De wettelijke rente is nu 10,15%.", "formal_notice", on="2026-06-01")
    books.invoice("2026-0042", "2026-06-30")
    books.run("2026-07-01")
    tally = books.run("2026-07-14")
    assert tally.waits == {"letter_refused": 1}
    with client_scope(books.client.id):
        held = Event.objects.get(kind="letter_held")
    assert "10,15%" in held.facts["words"]
    say(books, "", "formal_notice", on="2026-07-14")
    assert books.run("2026-07-15").letters == {"formal_notice": 1}


@pytest.mark.django_db
def test_the_register_is_not_named_to_whom_it_may_not_be(books):
    say(books, "Dit kan in het register komen.", "formal_notice")
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    assert books.run("2026-10-15").waits == {"letter_refused": 1}
    assert books.run("2026-10-30").waits == {"letter_refused": 1}
    assert books.run("2026-11-02").letters == {"formal_notice": 1}


TRADER = Customer(name="Jan de Wit Schilderwerken", kvk="90000009", email="jan@wit.example", city="Ede")


@pytest.mark.django_db
@pytest.mark.parametrize(("customer", "needs"), [(PERSON, True), (TRADER, True), (BAKERY, False)])
def test_who_collects_for_another_from_a_natural_person_shows_his_mark(books, customer, needs):
    invoice = books.invoice("2026-0042", "2026-10-01", customer=customer)
    with client_scope(books.client.id):
        run("UPDATE receivables_title SET period = daterange(lower(period), '2026-10-01')")
        run(
            "INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed, notified_on) "
            "SELECT client_id, invoice_id, 'Factor N.V.', '', 'NL91ABNA0417164300', '[2026-10-01,)', 'sale', '2026-10-01' "
            "FROM receivables_title WHERE invoice_id = %s",
            [invoice],
        )
        if customer is TRADER:
            run("UPDATE parties_debtor SET legal_form = 'sole_trader'")
    held = books.run("2026-10-02")
    assert held.waits == ({"letter_refused": 1} if needs else {})
    with client_scope(books.client.id):
        set_collector_mark(books.client.id, " R-2026-0017 ")
    books.run("2026-10-05")
    (letter,) = books.letters()
    assert letter.for_another is needs
    assert ("R-2026-0017" in letter_text(letter)) is needs


@pytest.mark.django_db
def test_own_words_of_one_client_stand_in_no_other_s_letters(books, client_b):
    say(books, "Fijn dat u klant bent.")
    with client_scope(client_b.id):
        assert own_texts(client_b.id).words == {}


@pytest.mark.django_db
def test_a_client_that_took_another_name_writes_about_its_own_claims_without_a_mark(books):
    books.invoice("2026-0042", "2026-10-01", customer=PERSON)
    with client_scope(books.client.id):
        run("UPDATE parties_client SET name = 'Nieuwe Naam B.V.' WHERE id = %s", [books.client.id])
        assert run("SELECT 1 FROM receivables_title WHERE owner_kvk <> ''")
    assert books.run("2026-10-02").letters == {"reminder": 1}
    assert not books.letters()[0].for_another
