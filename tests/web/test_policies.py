"""The pages of dunning policies and calls: what is shown, changed step by step without losing anything, tested and chosen."""

import pytest

from inbaar.dunning.models import Call, PolicyChange, PolicyChoice, PolicyVersion, Schedule, Step
from inbaar.dunning.policies import Editor, make_policy
from inbaar.dunning.policy import Policy
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor
from tests.dunning.scenario import NOW, day
from tests.dunning.test_policy_rules import CALL, NOTICE, REMIND
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_acts import books_of, eva, post, rows
from tests.web.test_pages import plain

__all__ = ["books_of", "eva"]


def typed(**changed):
    """The form of a policy of a reminder, a notice and the end of it, as a browser sends it."""
    fields = {
        "name": "Ons beleid", "reason": "afgesproken", "seen": "0", "step": ["0", "1", "2"],
        "action-0": "reminder", "days-0": "1", "when-0": "after", "term_days-0": "10", "term-0": "calendar_days",
        "tone-0": "friendly", "channel-0": "email_or_post", "role-0": "follow_up", "for-0": ["b", "g"],
        "action-1": "formal_notice", "days-1": "15", "when-1": "after", "term_days-1": "5", "channel-1": "post",
        "role-1": "escalation", "for-1": ["b", "g"],
        "action-2": "hand_over", "days-2": "0", "when-2": "previous", "for-2": ["b", "g"], "do": "save",
    }  # fmt: skip
    return fields | changed


def the_policy(books, *steps, name="Ons beleid"):
    with client_scope(books.client.id):
        return make_policy(
            books.client.id,
            name,
            Policy(steps or (REMIND, NOTICE)),
            Editor("Olga", "", day("2026-09-01"), NOW),
        )


@pytest.mark.requirement("UI-18")
def test_the_list_shows_what_works_after_install(books_of, eva):
    page = plain(eva.get("/policies/"))
    assert "direct een herinnering" in page
    assert "Voor consumenten" in page
    assert "Veertiendagenbrief 14 dagen na de vervaldatum" in page
    assert "geeft 5 werkdagen" in page
    assert "Nog geen eigen beleid" in page


@pytest.mark.requirement("UI-17")
def test_a_policy_is_made_from_a_copy_and_chosen(books_of, eva):
    assert "Ons beleid" in eva.get("/policies/0/?copy=1").content.decode()
    made = post(eva, "/policies/0/", **typed())
    assert "Kies nu voor wie het geldt" in plain(made)
    (version,) = rows(books_of, PolicyVersion)
    assert (version.number, version.reason) == (1, "afgesproken")
    chosen = post(eva, "/policies/choose/", policy=str(version.policy_id), reason="voortaan")
    assert "“Ons beleid” geldt voor iedereen zonder eigen beleid" in plain(chosen)
    assert [change.kind for change in rows(books_of, PolicyChange)] == ["made", "chosen"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"term_days-1": "6"},
            "Stap 2: DUN-04: de datum in een aanmaning ligt hoogstens vijf werkdagen verder",
        ),
        ({"for-1": ["b", "c"]}, "een consument krijgt de veertiendagenbrief"),
        ({"days-0": "straks"}, "Schrijf een aantal dagen, zoals 14."),
        ({"days-0": "0"}, "er wordt niets gevraagd voordat de termijn voorbij is"),
        ({"least-0": "veel"}, "is geen bedrag"),
        ({"reason": " "}, "Zeg waarom"),
        ({"name": ""}, "Geef het beleid een naam"),
        ({"step": []}, "een beleid heeft stappen"),
        ({"channel-0": "duif"}, "Kies een van de waarden"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(books_of, eva, changed, told):
    answer = eva.post("/policies/0/", typed(**changed))
    assert answer.status_code == 400
    assert told in plain(answer)
    assert "Dit is nog niet opgeslagen" in plain(answer)
    assert rows(books_of, PolicyVersion) == []
    if "days-0" in changed:
        assert f'value="{changed["days-0"]}"' in answer.content.decode()


def test_steps_are_added_moved_and_removed_without_saving(books_of, eva):
    added = eva.post("/policies/0/", typed(do="add", add="call", **{"days-1": "17"}))
    kinds = [step.action.value for step in added.context["form"].fields]
    assert kinds == ["reminder", "formal_notice", "call", "hand_over"]
    assert 'value="17"' in added.content.decode()
    moved = eva.post("/policies/0/", typed(do="down:0"))
    assert [step.action.value for step in moved.context["form"].fields] == [
        "formal_notice",
        "reminder",
        "hand_over",
    ]
    assert "geen aanmaning vóór een herinnering" in plain(moved)
    removed = eva.post("/policies/0/", typed(do="remove:2"))
    assert [step.action.value for step in removed.context["form"].fields] == ["reminder", "formal_notice"]
    for odd in ("remove:9", "up:0", "down:2", "up:x", "add", "", "drop"):
        assert eva.post("/policies/0/", typed(do=odd, add="nothing")).status_code == 200
    assert rows(books_of, PolicyVersion) == []


def test_a_change_is_a_new_version_and_of_two_at_once_the_second_is_told(books_of, eva):
    policy_id = the_policy(books_of)
    post(eva, f"/policies/{policy_id}/", **typed(seen="1"))
    late = eva.post(f"/policies/{policy_id}/", typed(seen="1", **{"days-0": "3"}))
    assert late.status_code == 400
    assert "Iemand anders heeft dit beleid intussen opgeslagen" in plain(late)
    assert [version.number for version in rows(books_of, PolicyVersion)] == [1, 2]
    page = plain(eva.get(f"/policies/{policy_id}/"))
    assert "Ons beleid gewijzigd, versie 2" in page
    assert "Eva" in page
    assert "afgesproken" in page


@pytest.mark.requirement("BEY-10")
@pytest.mark.requirement("UI-17")
def test_a_policy_is_tested_on_the_last_year_before_it_is_saved(books_of, eva, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-11-30")
    for number in range(3):
        books_of.invoice(f"F-{number}", "2026-10-01")
    paid = books_of.invoice("F-9", "2026-08-28")
    books_of.pay(paid, "2026-08-30", "1210.00")
    tested = eva.post("/policies/0/", typed(do="test", **{"price-post": "2,50"}))
    page = plain(tested)
    found = tested.context["test"]["found"]
    assert tested.status_code == 200
    assert found.invoices == 4
    assert found.steps["reminder"].invoices == 4
    # Three letters: what fell due on one day goes in one; that of F-9 asks what was paid but not booked before 1 September.
    assert "Stap" in page
    assert "kan alleen een proef" not in page
    assert "is niet te weten: alleen een proef kan dat laten zien" in page
    assert (found.steps["reminder"].paid, found.steps["formal_notice"].invoices) == (1, 3)
    assert "2,50" in tested.content.decode()
    assert rows(books_of, PolicyVersion) == []
    wrong = eva.post("/policies/0/", typed(do="test", **{"term_days-1": "6"}))
    assert wrong.status_code == 400
    assert wrong.context["test"] is None


def test_a_debtor_gets_his_own_policy_and_a_segment(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-12-20")
    policy_id = the_policy(books_of, REMIND)
    with client_scope(books_of.client.id):
        debtor = Debtor.objects.get().id
    chosen = post(eva, "/policies/choose/", policy=str(policy_id), debtor=str(debtor), reason="oude klant")
    assert "Ons beleid" in plain(chosen)
    assert [(c.debtor_id, c.segment) for c in rows(books_of, PolicyChoice)] == [(debtor, "")]
    done = post(eva, f"/debtors/{debtor}/segment/", segment="  vaste   klanten ")
    assert "segment vaste klanten" in plain(done)
    assert "In segment vaste klanten gezet" in plain(done)
    assert "vaste klanten 1 debiteur" in plain(eva.get("/policies/"))
    back = post(eva, "/policies/choose/", policy="0", debtor=str(debtor))
    assert "Wat meteen werkt" in plain(back)
    assert rows(books_of, PolicyChoice) == []
    with client_scope(books_of.client.id):
        assert Schedule.objects.get(invoice_id=invoice).planned == "reminder"


def test_a_policy_is_retired_only_when_nobody_has_it(books_of, eva):
    policy_id = the_policy(books_of)
    post(eva, "/policies/choose/", policy=str(policy_id))
    assert "kies eerst een ander beleid" in plain(post(eva, f"/policies/{policy_id}/retire/"))
    post(eva, "/policies/choose/", policy="0")
    post(eva, f"/policies/{policy_id}/retire/")
    assert eva.get(f"/policies/{policy_id}/").status_code == 404


def test_a_viewer_looks_and_changes_nothing(books_of, client_b):
    from django.test import Client

    policy_id = the_policy(books_of)
    viewer, other = Client(), Client()
    viewer.force_login(user("kijker", (books_of.client.id, "viewer")), backend=BACKEND)
    other.force_login(user("buur", (client_b.id, "owner")), backend=BACKEND)
    assert viewer.get(f"/policies/{policy_id}/").status_code == 200
    assert viewer.post(f"/policies/{policy_id}/", typed(seen="1")).status_code == 403
    assert viewer.post("/policies/choose/", {"policy": policy_id}).status_code == 403
    assert other.get(f"/policies/{policy_id}/").status_code == 404
    assert other.post(f"/policies/{policy_id}/", typed(seen="1")).status_code == 404
    post(other, "/policies/choose/", policy=str(policy_id))
    assert rows(books_of, PolicyChoice) == []


def test_a_call_stands_on_the_overview_and_is_kept_with_its_outcome(books_of, eva, monkeypatch):
    policy_id = the_policy(books_of, REMIND, CALL, NOTICE)
    post(eva, "/policies/choose/", policy=str(policy_id))
    books_of.invoice("F-1", "2026-10-01")
    for on in ("2026-10-02", "2026-10-05"):
        books_of.run(on)
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-05")
    assert "1 debiteur om te bellen" in plain(eva.get("/"))
    assert "F-1" in plain(eva.get("/calls/"))
    (call,) = rows(books_of, Call)
    empty = eva.post(f"/calls/{call.id}/", {"outcome": "spoken", "words": ""})
    assert (empty.status_code, "Zeg wie het was" in plain(empty)) == (400, True)
    assert eva.post(f"/calls/{call.id}/", {"outcome": "lapsed"}).status_code == 404
    post(eva, f"/calls/{call.id}/", outcome="spoken", words="mevrouw Bos betaalt vrijdag")
    assert "Er hoeft nu niemand gebeld te worden" in plain(eva.get("/calls/"))
    (step, *_more) = rows(books_of, Step)
    page = plain(eva.get(f"/invoices/{step.invoice_id}/"))
    assert "Gebeld: gesproken" in page
    assert "mevrouw Bos betaalt vrijdag" in page


def test_who_has_paid_or_disputes_is_not_called(books_of, eva, monkeypatch):
    policy_id = the_policy(books_of, REMIND, CALL)
    post(eva, "/policies/choose/", policy=str(policy_id))
    invoice = books_of.invoice("F-1", "2026-10-01")
    for on in ("2026-10-02", "2026-10-05"):
        books_of.run(on)
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-06")
    books_of.pay(invoice, "2026-10-06", "1210.00")
    assert "debiteur om te bellen" not in plain(eva.get("/"))
    assert "Er hoeft nu niemand gebeld te worden" in plain(eva.get("/calls/"))
