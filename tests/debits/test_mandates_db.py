"""Mandates in the database: signed with proof, once; amended, suspended, withdrawn and registered, with every version kept."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from inbaar.banking.debits.actions import (
    amend_account,
    invite_to_sign,
    link_token,
    may_try,
    read_token,
    record_registration,
    resume_mandate,
    set_creditor,
    shown_digest,
    sign_by_link,
    sign_printed_form,
    suspend_mandate,
    withdraw_link,
    withdraw_mandate,
)
from inbaar.banking.debits.inviting import TRIES_AN_HOUR, SignedForm
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.evidence import NewFile
from tests.debits.books import (
    CREDITOR,
    DAY,
    JANSEN,
    MOVED,
    NOW,
    SCAN,
    SIGNED,
    collecting,
    confirmed,
    rows,
    sign_online,
    signed,
    wanted,
)

pytestmark = pytest.mark.django_db
NEW_ID = "NL60ZZZ595818830000"


def refused(act, *codes):
    with pytest.raises(Refused) as caught:
        act()
    assert tuple(refusal.code for refusal in caught.value.refusals) == codes


def versions(client):
    return rows(
        client, "SELECT number, debtor_iban, creditor_identifier FROM debits_mandateversion ORDER BY number"
    )


def events(client):
    sql = "SELECT kind FROM receivables_event WHERE starts_with(kind, 'mandate') ORDER BY id"
    return [kind for (kind,) in rows(client, sql)]


def test_a_paper_mandate_keeps_its_scan_and_who_collects(client_a):
    signed(client_a, collecting(client_a), reference="K-1")
    sql = ("SELECT m.reference, m.signed_on, m.signed_how, m.state, f.content FROM debits_mandate m "
           "JOIN receivables_evidencefile f ON f.client_id = m.client_id AND f.id = m.evidence_id")  # fmt: skip
    ((reference, on, how, state, content),) = rows(client_a, sql)
    assert (reference, on, how, state, bytes(content)) == ("K-1", SIGNED, "paper", "live", SCAN.content)
    assert versions(client_a) == [(1, JANSEN, CREDITOR)]
    assert events(client_a) == ["mandate_signed"]


def test_a_reference_is_of_one_mandate_also_where_a_link_has_it(client_a):
    debtor = collecting(client_a)
    signed(client_a, debtor, reference="K-1")
    refused(lambda: signed(client_a, debtor, reference="K-1"), "mandate-known")
    invite_to_sign(client_a.id, wanted(debtor, reference="K-2"), DAY + dt.timedelta(7), "desk", DAY, NOW)
    refused(lambda: signed(client_a, debtor, reference="K-2"), "mandate-known")
    assert len(rows(client_a, "SELECT 1 FROM debits_mandate")) == 1


def test_the_database_itself_refuses_a_reference_twice_and_a_consumer_under_the_business_scheme(client_a):
    debtor = collecting(client_a)
    signed(client_a, debtor, reference="K-1")
    copy = ("INSERT INTO debits_mandate (client_id, debtor_id, capacity, reference, kind, scheme, announced_days, signed_on, "
            "signed_how, evidence_id, version, state, state_on, state_reason, withdrawn_by, recorded_at) SELECT client_id, debtor_id, {}, {}, "
            "kind, {}, announced_days, signed_on, signed_how, evidence_id, version, state, state_on, '', '', recorded_at "
            "FROM debits_mandate")  # fmt: skip
    for capacity, reference, scheme, name in (
        ("capacity", "reference", "scheme", "mandate_reference_once"),
        ("'consumer'", "'K-2'", "'b2b'", "mandate_b2b_no_consumer"),
    ):
        with client_scope(client_a.id), pytest.raises(IntegrityError, match=name), transaction.atomic():
            run(copy.format(capacity, reference, scheme))


def test_what_is_wrong_is_said_together_and_keeps_nothing(client_a):
    debtor = collecting(client_a)
    later = DAY + dt.timedelta(1)
    refused(
        lambda: signed(client_a, debtor, later, debtor_iban="NL00"), "mandate-iban", "mandate-signed-later"
    )
    set_type = NewFile("machtiging.exe", b"MZ\x90\x00")
    from inbaar.banking.debits.actions import sign_on_paper

    refused(
        lambda: sign_on_paper(client_a.id, wanted(debtor), set_type, SIGNED, "desk", DAY, NOW),
        "evidence-type",
    )
    words = NewFile("machtiging.txt", b"getekend, Jansen")
    refused(
        lambda: sign_on_paper(client_a.id, wanted(debtor), words, SIGNED, "desk", DAY, NOW), "mandate-scan"
    )
    assert (
        rows(client_a, "SELECT 1 FROM debits_mandate")
        == rows(client_a, "SELECT 1 FROM receivables_evidencefile")
        == []
    )


def test_nobody_collects_without_a_creditor_identifier_and_no_other_clients_debtor(client_a, client_b):
    debtor = collecting(client_a)
    refused(lambda: signed(client_b, debtor), "debtor-unknown")
    assert rows(client_b, "SELECT 1 FROM debits_mandate") == []
    with client_scope(client_b.id):
        from tests.banking.books import draft, invoiced

        (invoice,) = invoiced(client_b, draft("1"))
    refused(lambda: signed(client_b, invoice.debtor_id), "creditor-missing")


def test_a_link_is_signed_once_and_what_was_shown_is_kept_for_good(client_a):
    debtor = collecting(client_a)
    link = invite_to_sign(
        client_a.id, wanted(debtor, debtor_iban=""), DAY + dt.timedelta(7), "desk", DAY, NOW
    )
    token = link_token(client_a.id, link)
    assert read_token(token) == (client_a.id, link)
    sign_online(token)
    refused(lambda: sign_online(token), "link-used")
    ((content,),) = rows(client_a, "SELECT content FROM receivables_evidencefile")
    kept = bytes(content).decode()
    for part in (
        "doorlopend een bedrag van uw rekening",
        "binnen 8 weken",
        CREDITOR,
        JANSEN,
        "192.0.2.7",
        "Delft",
        "2026-03-03T08:00",
        shown_digest(tuple(kept.split("\n\n")[:4])),
    ):
        assert part in kept
    assert versions(client_a) == [(1, JANSEN, CREDITOR)]
    assert events(client_a) == ["mandate_link_made", "mandate_signed"]
    for table in ("receivables_evidencefile", "debits_mandateversion", "receivables_event"):
        with (
            client_scope(client_a.id),
            pytest.raises(Exception, match="permission denied"),
            transaction.atomic(),
        ):
            run(f"DELETE FROM {table}")


def test_a_link_is_good_to_and_with_its_last_day(client_a):
    debtor = collecting(client_a)
    last = DAY + dt.timedelta(7)
    tokens = [
        link_token(client_a.id, invite_to_sign(client_a.id, wanted(debtor), last, "desk", DAY, NOW))
        for _ in range(3)
    ]
    refused(lambda: sign_online(tokens[0], last + dt.timedelta(1)), "link-expired")
    assert sign_online(tokens[0], last)
    assert withdraw_link(client_a.id, read_token(tokens[1])[1], "desk", DAY, NOW)
    assert not withdraw_link(client_a.id, read_token(tokens[1])[1], "desk", DAY, NOW)
    refused(lambda: sign_online(tokens[1]), "link-withdrawn")
    refused(
        lambda: sign_by_link(tokens[2] + "x", confirmed(tokens[2]), DAY, NOW),
        "link-unknown",
    )
    refused(
        lambda: sign_online(tokens[2], agreed=False, iban="", place=" ", shown="x"),
        "mandate-iban",
        "sign-place",
        "not-agreed",
        "text-changed",
    )
    assert len(rows(client_a, "SELECT 1 FROM debits_mandate")) == 1


def test_an_amended_account_is_a_version_of_its_own_and_the_same_again_is_none(client_a):
    mandate = signed(client_a, collecting(client_a))
    assert amend_account(client_a.id, mandate, "Jansen Bouw B.V.", MOVED, "desk", DAY, NOW)
    assert not amend_account(client_a.id, mandate, "Jansen Bouw B.V.", MOVED, "desk", DAY, NOW)
    refused(
        lambda: amend_account(client_a.id, mandate, "", "NL00", "desk", DAY, NOW),
        "mandate-name",
        "mandate-iban",
    )
    assert versions(client_a) == [(1, JANSEN, CREDITOR), (2, MOVED, CREDITOR)]
    assert rows(client_a, "SELECT version FROM debits_mandate") == [(2,)]


def test_another_creditor_amends_every_mandate_that_stands_and_no_other(client_a):
    debtor = collecting(client_a)
    signed(client_a, debtor)
    gone = signed(client_a, debtor)
    withdraw_mandate(client_a.id, gone, "letter of 2 March", "desk", DAY, NOW)
    assert set_creditor(client_a.id, NEW_ID, "Van Dijk Techniek B.V.", "desk", DAY) == 1
    assert set_creditor(client_a.id, NEW_ID, "Van Dijk Techniek B.V.", "desk", DAY) == 0
    assert rows(client_a, "SELECT mandate_id = (SELECT max(id) FROM debits_mandate), number FROM debits_mandateversion "
                          "WHERE creditor_identifier = 'NL60ZZZ595818830000'") == [(False, 2)]  # fmt: skip
    refused(lambda: set_creditor(client_a.id, "NL61ZZZ595818830000", "Van Dijk", "desk", DAY), "creditor-id")


def test_withdrawn_is_for_good_and_suspended_until_somebody_looked(client_a):
    mandate = signed(client_a, collecting(client_a))
    by = ("desk", DAY, NOW)
    refused(lambda: suspend_mandate(client_a.id, mandate, " ", *by), "reason-missing")
    refused(lambda: resume_mandate(client_a.id, mandate, "wrong code", *by), "mandate-state")
    assert suspend_mandate(client_a.id, mandate, "MD01", *by)
    assert not suspend_mandate(client_a.id, mandate, "MD01", *by)
    assert resume_mandate(client_a.id, mandate, "wrong code", *by)
    assert withdraw_mandate(client_a.id, mandate, "asked", *by)
    assert not withdraw_mandate(client_a.id, mandate, "asked", *by)
    refused(lambda: resume_mandate(client_a.id, mandate, "again", *by), "mandate-state")
    refused(lambda: amend_account(client_a.id, mandate, "Jansen", MOVED, *by), "mandate-withdrawn")
    assert events(client_a) == ["mandate_signed", "mandate_suspended", "mandate_resumed", "mandate_withdrawn"]


def test_a_business_mandate_is_registered_once_with_the_banks_proof(client_a):
    debtor = collecting(client_a)
    core, b2b = signed(client_a, debtor), signed(client_a, debtor, scheme="b2b")
    by = ("desk", DAY, NOW)
    refused(lambda: record_registration(client_a.id, core, SCAN, DAY, *by), "not-b2b")
    refused(
        lambda: record_registration(client_a.id, b2b, SCAN, SIGNED - dt.timedelta(1), *by), "registered-when"
    )
    record_registration(client_a.id, b2b, SCAN, DAY, *by)
    refused(lambda: record_registration(client_a.id, b2b, SCAN, DAY, *by), "registered-before")
    assert rows(
        client_a, "SELECT registered_on, registration_id IS NOT NULL FROM debits_mandate WHERE scheme = 'b2b'"
    ) == [(DAY, True)]


def test_a_mandate_is_not_another_clients_to_change(client_a, client_b):
    mandate = signed(client_a, collecting(client_a))
    collecting(client_b)
    refused(lambda: withdraw_mandate(client_b.id, mandate, "asked", "desk", DAY, NOW), "mandate-unknown")
    refused(lambda: sign_online(link_token(client_b.id, mandate)), "link-unknown")


def drawn_up(client, debtor, days=7, **facts):
    return invite_to_sign(client.id, wanted(debtor, **facts), DAY + dt.timedelta(days), "desk", DAY, NOW)


def test_what_is_drawn_up_may_come_back_on_paper_also_after_its_links_last_day_and_only_once(client_a):
    """Drawn up on 3 March, its link good to the 10th; the form comes back on the 20th, signed on the 18th."""
    link = drawn_up(client_a, collecting(client_a), reference="K-1", debtor_iban="")
    came = dt.date(2026, 3, 20)

    def form(signed_on, iban=JANSEN):
        return sign_printed_form(
            client_a.id, link, SignedForm("Jansen Bouw B.V.", iban, signed_on, SCAN), "desk", came, NOW
        )

    refused(lambda: form(DAY - dt.timedelta(1), "NL00"), "mandate-iban", "mandate-signed-early")
    refused(lambda: form(came + dt.timedelta(1)), "mandate-signed-later")
    assert rows(client_a, "SELECT 1 FROM receivables_evidencefile") == []
    mandate = form(dt.date(2026, 3, 18))
    refused(lambda: form(dt.date(2026, 3, 18)), "link-used")
    refused(lambda: sign_online(link_token(client_a.id, link)), "link-used")
    sql = "SELECT m.id, m.reference, m.signed_how, m.signed_on FROM debits_mandate m"
    assert rows(client_a, sql) == [(mandate, "K-1", "paper", dt.date(2026, 3, 18))]
    assert rows(client_a, "SELECT mandate_id FROM debits_signinglink") == [(mandate,)]


def test_what_is_drawn_up_and_taken_back_is_told_and_not_signed_on_paper_either(client_a):
    link = drawn_up(client_a, collecting(client_a), reference="K-1")
    assert withdraw_link(client_a.id, link, "desk", DAY, NOW)
    form = SignedForm("Jansen Bouw B.V.", JANSEN, DAY, SCAN)
    refused(lambda: sign_printed_form(client_a.id, link, form, "desk", DAY, NOW), "link-withdrawn")
    assert events(client_a) == ["mandate_link_made", "mandate_link_withdrawn"]


def test_a_link_takes_so_many_tries_an_hour_and_then_others_again(client_a):
    link = drawn_up(client_a, collecting(client_a))
    other = drawn_up(client_a, rows(client_a, "SELECT id FROM parties_debtor")[0][0])
    assert all(may_try(client_a.id, link, NOW) for _ in range(TRIES_AN_HOUR))
    assert not may_try(client_a.id, link, NOW + dt.timedelta(minutes=59))
    assert may_try(client_a.id, other, NOW)
    assert may_try(client_a.id, link, NOW + dt.timedelta(minutes=60))


def test_who_signs_signs_what_he_read_also_where_who_collects_changed_meanwhile(client_a):
    token = link_token(client_a.id, drawn_up(client_a, collecting(client_a)))
    read = confirmed(token)
    set_creditor(client_a.id, NEW_ID, "Van Dijk Groep B.V.", "desk", DAY)
    refused(lambda: sign_by_link(token, read, DAY, NOW), "text-changed")
    sign_online(token)
    assert versions(client_a) == [(1, JANSEN, NEW_ID)]


def test_a_mandate_is_withdrawn_by_one_of_the_two_on_a_day_between_its_signature_and_today(client_a):
    """Signed on 2 February; the debtor's letter of 1 March is read on the 3rd."""
    mandate = signed(client_a, collecting(client_a))

    def withdrawn(since, asked_by="debtor"):
        return withdraw_mandate(
            client_a.id, mandate, "letter", "desk", DAY, NOW, asked_by=asked_by, since=since
        )

    refused(lambda: withdrawn(SIGNED - dt.timedelta(1)), "mandate-withdrawn-when")
    refused(lambda: withdrawn(DAY + dt.timedelta(1), "bank"), "mandate-asked-by", "mandate-withdrawn-when")
    assert withdrawn(dt.date(2026, 3, 1))
    assert not withdrawn(DAY, "creditor")
    sql = "SELECT state, state_on, withdrawn_by FROM debits_mandate"
    assert rows(client_a, sql) == [("withdrawn", dt.date(2026, 3, 1), "debtor")]
    sql = (
        "SELECT facts->>'asked_by', facts->>'reason' FROM receivables_event WHERE kind = 'mandate_withdrawn'"
    )
    assert rows(client_a, sql) == [("debtor", "letter")]
