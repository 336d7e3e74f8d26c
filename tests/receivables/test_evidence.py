"""Proof of delivery: attached, kept once, known by its contents, asked for by a day, and seen by its own client only."""

import datetime as dt

import pytest

from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.evidence import (
    NewFile,
    NewRequest,
    attach_evidence,
    proven_kinds,
    remove_evidence,
    request_evidence,
    withdraw_request,
)
from inbaar.receivables.evidence_rules import MOST_BYTES, MOST_PER_INVOICE, media_type_of
from inbaar.receivables.models import Event, Evidence, EvidenceFile, EvidenceRequest
from tests.dunning.scenario import Administration, day

pytestmark = pytest.mark.django_db
ON, NOW = day("2026-10-02"), dt.datetime(2026, 10, 2, 9, tzinfo=dt.UTC)
PDF = b"%PDF-1.7\nwerkbon"
MAIL = b"From: a@b.nl\r\nDate: Fri, 2 Oct 2026 09:00:00 +0200\r\nSubject: geleverd\r\n\r\nAlles is er.\r\n"


@pytest.fixture
def books(client_a):
    return Administration(client_a)


@pytest.fixture
def invoice(books):
    return books.invoice("2026-0042", "2026-10-01")


def attach(books, invoice, kind="job_sheet", *files):
    with client_scope(books.client.id):
        files = files or (NewFile("werkbon.pdf", PDF),)
        return attach_evidence(books.client.id, invoice, kind, files, "olga", ON, NOW)


def ask(books, invoice, kind="any", due="2026-10-16", key="1", step="person"):
    with client_scope(books.client.id):
        asked = NewRequest(invoice, kind, step, "de debiteur zegt niets gekregen te hebben", day(due), key)
        return request_evidence(books.client.id, [asked], "olga", ON, NOW)


def rows(books, model, *fields):
    with client_scope(books.client.id):
        return list(model.objects.order_by("id").values_list(*fields))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "image/heic"),
        (MAIL, "message/rfc822"),
        (MAIL + b"caf\xe9", "message/rfc822"),
        ("Geleverd op 3 maart, Zoë".encode(), "text/plain"),
        (b"From: nobody\n\nno mail, for it has no date", "text/plain"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", None),
        (b"<html><script>x</script>", None),
        (b"\xef\xbb\xbf  <svg onload=x>", None),
        (b"<?xml version='1.0'?><svg/>", None),
        (b"PK\x03\x04 docx", None),
        (b"MZ\x90\0", None),
        (b"GIF89a", "text/plain"),
        (b"tekst met \0", None),
        (b"caf\xe9", None),
        (b"  \n ", None),
        (b"", None),
    ],
)
def test_what_a_file_is_shows_in_its_contents(content, media_type):
    assert media_type_of(content) == media_type


@pytest.mark.requirement("FAC-15")
@pytest.mark.requirement("REG-10")
def test_proof_is_attached_afterwards_and_stands_on_the_timeline(books, invoice):
    assert attach(books, invoice, "packing_slip", NewFile("bon.pdf", PDF), NewFile("mail.eml", MAIL)) == 2
    assert rows(books, Evidence, "invoice_id", "kind", "name", "file__media_type", "added_by") == [
        (invoice, "packing_slip", "bon.pdf", "application/pdf", "olga"),
        (invoice, "packing_slip", "mail.eml", "message/rfc822", "olga"),
    ]
    with client_scope(books.client.id):
        assert proven_kinds(books.client.id, [invoice, 1]) == {invoice: frozenset({"packing_slip"})}
        facts = Event.objects.filter(kind="evidence_attached").order_by("id").values_list("facts", flat=True)
        assert [fact["name"] for fact in facts] == ["bon.pdf", "mail.eml"]


def test_a_content_is_kept_once_whatever_it_is_called_and_wherever_it_is_attached(books, invoice):
    other = books.invoice("2026-0043", "2026-10-01")
    same = (NewFile("a.pdf", PDF), NewFile("b.pdf", PDF))
    assert (attach(books, invoice, "other", *same), attach(books, invoice), attach(books, other)) == (1, 0, 1)
    assert len(rows(books, EvidenceFile, "id")) == 1
    assert rows(books, Evidence, "invoice_id") == [(invoice,), (other,)]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("bon.pdf", "bon.pdf"), ("bon.exe", "bon.exe.pdf"), ("../../etc/x.html", "x.html.pdf"), ("a\r\nb\x1b.pdf", "a??b?.pdf"),
     ("", "bewijs.pdf"), ("C:\\map\\bon.PDF", "bon.PDF"), ("é" * 300, "é" * 240 + ".pdf")],
)  # fmt: skip
def test_a_name_is_safe_and_ends_as_what_the_file_is(books, invoice, name, kept):
    attach(books, invoice, "other", NewFile(name, PDF))
    assert rows(books, Evidence, "name") == [(kept,)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg/>", "evidence-type"),
        (b"", "evidence-empty"),
        (b"%PDF-" + b"x" * MOST_BYTES, "evidence-too-large"),
    ],
)
def test_one_bad_file_refuses_them_all_and_leaves_nothing(books, invoice, content, code):
    ask(books, invoice)
    with pytest.raises(Refused) as refused:
        attach(books, invoice, "other", NewFile("goed.pdf", PDF), NewFile("slecht.pdf", content))
    assert refused.value.code == code
    assert rows(books, EvidenceFile, "id") == rows(books, Evidence, "id") == []
    assert rows(books, EvidenceRequest, "evidence_id") == [(None,)]


def test_an_invoice_holds_so_many_files_and_no_more(books, invoice):
    files = [NewFile(f"{n}.pdf", PDF + b"%d" % n) for n in range(MOST_PER_INVOICE)]
    assert attach(books, invoice, "other", *files) == MOST_PER_INVOICE
    with pytest.raises(Refused, match="limited number"):
        attach(books, invoice, "other", NewFile("meer.pdf", PDF))


@pytest.mark.requirement("REG-10")
def test_proof_is_asked_for_by_a_day_and_attaching_it_fulfils_what_was_asked(books, invoice):
    assert ask(books, invoice, "any", key="1", step="register") == 1
    assert ask(books, invoice, "signature", "2026-10-05", key="2") == 1
    assert ask(books, invoice, "any", key="1", step="register") == 0
    attach(books, invoice, "job_sheet")
    asked = rows(books, EvidenceRequest, "step", "kind", "due_on", "evidence__kind")
    assert asked == [
        ("register", "any", day("2026-10-16"), "job_sheet"),
        ("person", "signature", day("2026-10-05"), None),
    ]
    attach(books, invoice, "signature", NewFile("handtekening.png", b"\x89PNG\r\n\x1a\n"))
    assert rows(books, EvidenceRequest, "evidence__kind") == [("job_sheet",), ("signature",)]
    kinds = [kind for (kind,) in rows(books, Event, "kind") if kind.startswith("evidence")]
    assert kinds == ["evidence_requested", "evidence_requested", "evidence_attached", "evidence_attached"]


def test_a_day_that_is_past_is_refused(books, invoice):
    with pytest.raises(Refused, match="by today or a later day"):
        ask(books, invoice, due="2026-10-01")
    assert rows(books, EvidenceRequest, "id") == []


def test_proof_that_is_taken_off_is_asked_for_again_and_may_be_attached_again(books, invoice):
    ask(books, invoice)
    attach(books, invoice)
    ((number,),) = rows(books, Evidence, "id")
    with client_scope(books.client.id):
        assert remove_evidence(books.client.id, invoice, number, "olga", ON, NOW)
        assert not remove_evidence(books.client.id, invoice, number, "olga", ON, NOW)
        assert proven_kinds(books.client.id, [invoice]) == {}
    assert rows(books, EvidenceRequest, "evidence_id") == [(None,)]
    assert attach(books, invoice) == 1
    assert len(rows(books, EvidenceFile, "id")) == 1


def test_what_is_no_longer_asked_stays_unfulfilled(books, invoice):
    ask(books, invoice)
    ((number,),) = rows(books, EvidenceRequest, "id")
    with client_scope(books.client.id):
        assert withdraw_request(books.client.id, invoice, number, "olga", ON, NOW)
        assert not withdraw_request(books.client.id, invoice, number, "olga", ON, NOW)
    attach(books, invoice)
    assert rows(books, EvidenceRequest, "evidence_id", "withdrawn_on") == [(None, ON)]


def test_another_client_neither_sees_it_nor_attaches_to_it(books, invoice, client_b):
    attach(books, invoice)
    ((number,),) = rows(books, Evidence, "id")
    other = Administration(client_b)
    with pytest.raises(Refused, match="no such invoice"):
        attach(other, invoice)
    with client_scope(client_b.id):
        assert not remove_evidence(client_b.id, invoice, number, "bob", ON, NOW)
        assert proven_kinds(client_b.id, [invoice]) == {}
    assert rows(other, EvidenceFile, "id") == []
    # The same content is kept for each client by itself: that one has it tells the other nothing.
    assert attach(other, other.invoice("B-1", "2026-10-01")) == 1


@pytest.mark.requirement("REG-10")
def test_a_claim_that_is_ready_to_be_handed_over_asks_for_proof_where_there_is_none(books, invoice):
    proven = books.invoice("2026-0044", "2026-10-01", payable="500.00")
    attach(books, proven)
    on = day("2026-10-02")
    while not (asked := rows(books, EvidenceRequest, "invoice_id", "kind", "step", "asked_on", "due_on")):
        books.run(on.isoformat())
        on += dt.timedelta(days=1)
        assert on < day("2026-12-31")
    handed_over = on - dt.timedelta(days=1)
    assert asked == [(invoice, "any", "collection", handed_over, handed_over + dt.timedelta(days=14))]
    books.run(on.isoformat())
    assert len(rows(books, EvidenceRequest, "id")) == 1
    with client_scope(books.client.id):
        assert Event.objects.get(kind="evidence_requested").facts["step"] == "collection"
