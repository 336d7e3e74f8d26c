"""The relation between rows of a client: what it asks of the database and what it makes of an assignment."""

import pytest
from django.db import connection, models
from django.db.models import Count, F, OuterRef, Subquery
from django.utils import translation

from inbaar.banking.models import Match
from inbaar.intake.models import Reading
from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.schema import client_tables
from inbaar.kit.scope import client_scope
from inbaar.ledger.models import Account, Transfer
from inbaar.letters.models import Letter, LetterItem
from inbaar.parties.models import Contact, Debtor
from inbaar.receivables.models import Hold, Invoice, Title
from tests.kit.rows import DAY, new, unsaved
from tests.sql_watch import joins_without_client, statements


@pytest.fixture
def client(client_a):
    with client_scope(client_a.id):
        yield client_a


@pytest.fixture
def owned(db):
    with connection.cursor() as cursor:
        return client_tables(cursor)


def joined(queryset):
    """The SQL of a queryset, in one line."""
    return " ".join(str(queryset.query).split())


QUERIES = {
    "filter": lambda: Title.objects.filter(invoice__debtor__name="x"),
    "exclude": lambda: Title.objects.exclude(invoice__number="x"),
    "select_related": lambda: Title.objects.select_related("invoice__debtor"),
    "select_related of an empty one": lambda: Reading.objects.select_related("invoice", "invoice__debtor"),
    "values": lambda: Hold.objects.values("invoice__number", "debtor__name"),
    "order_by": lambda: Title.objects.order_by("invoice__due_date"),
    "F": lambda: Title.objects.filter(period__startswith=F("invoice__issue_date")),
    "annotate": lambda: Title.objects.values("invoice__debtor__name").annotate(number=Count("id")),
    "also columns": lambda: Transfer.objects.select_related("debit", "credit"),
    "to itself": lambda: Invoice.objects.filter(credits__number="x"),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_join_carries_the_client_on_both_sides(query, owned):
    text = joined(query())
    assert " JOIN " in text
    assert joins_without_client(text, owned) == []


def test_a_join_names_every_pair_of_columns():
    assert (
        'INNER JOIN "receivables_invoice" ON ("receivables_title"."invoice_id" = "receivables_invoice"."id" '
        'AND "receivables_title"."client_id" = "receivables_invoice"."client_id")'
    ) in joined(Title.objects.filter(invoice__number="x"))
    assert (
        'ON ("ledger_transfer"."debit_id" = "ledger_account"."id" '
        'AND "ledger_transfer"."client_id" = "ledger_account"."client_id" '
        'AND "ledger_transfer"."purse" = "ledger_account"."purse" '
        'AND "ledger_transfer"."currency" = "ledger_account"."currency")'
    ) in joined(Transfer.objects.filter(debit__code="x"))


def test_the_field_itself_needs_no_join(client):
    invoice = new(Invoice, client)
    for queryset in (
        Title.objects.filter(invoice=invoice),
        Title.objects.filter(invoice=invoice.id),
        Title.objects.filter(invoice_id=invoice.id),
        Title.objects.filter(invoice__in=[invoice, invoice.id]),
        Title.objects.values("invoice", "invoice_id"),
        Title.objects.annotate(of=F("invoice")).order_by("invoice"),
        Hold.objects.filter(invoice__isnull=True),
    ):
        assert " JOIN " not in joined(queryset)


def test_rows_are_found_by_object_by_number_and_by_subquery(client):
    title, other = new(Title, client), new(Title, client)
    invoice = title.invoice
    for found in (
        Title.objects.filter(invoice=invoice),
        Title.objects.filter(invoice=invoice.id),
        Title.objects.filter(invoice_id=invoice.id),
        Title.objects.filter(invoice__in=[invoice]),
        Title.objects.filter(invoice__in=[invoice.id]),
        Title.objects.filter(invoice__in=Invoice.objects.filter(number=invoice.number).values("id")),
        Title.objects.filter(invoice__number=invoice.number),
        Title.objects.filter(invoice=F("invoice__id"), invoice__number=invoice.number),
        Title.objects.exclude(invoice=other.invoice),
    ):
        assert [row.id for row in found] == [title.id], joined(found)
    (values,) = Title.objects.filter(invoice=invoice).values("invoice", "invoice_id", "invoice__number")
    assert values == {"invoice": invoice.id, "invoice_id": invoice.id, "invoice__number": invoice.number}
    latest = Title.objects.filter(invoice=OuterRef("id")).values("deed")[:1]
    assert Invoice.objects.annotate(deed=Subquery(latest)).get(id=invoice.id).deed == "issued"


def test_related_rows_come_in_one_statement_or_in_one_more(client):
    for _ in range(3):
        new(Title, client)
    with statements() as seen:
        names = [title.invoice.debtor.name for title in Title.objects.select_related("invoice__debtor")]
    assert (len(seen), len(names)) == (1, 3)
    with statements() as seen:
        names = [title.invoice.debtor.name for title in Title.objects.prefetch_related("invoice__debtor")]
    assert (len(seen), len(names)) == (3, 3)


def test_a_row_reads_what_it_points_at(client):
    title = Title.objects.get(id=new(Title, client).id)
    with statements() as seen:
        assert title.invoice.client_id == client.id
    assert '"client_id" = ' in next(iter(seen)).split(" WHERE ")[1]


def test_assigning_a_row_sets_its_client_and_the_other_columns(client):
    debtor, account = new(Debtor, client), new(Account, client, purse="client_money", currency="SEK")
    contact = Contact(debtor=debtor, role="invoice")
    assert (contact.debtor_id, contact.client_id) == (debtor.id, client.id)
    transfer = Transfer()
    transfer.debit = account
    assert (transfer.client_id, transfer.purse, transfer.currency) == (client.id, "client_money", "SEK")


def test_assigning_nothing_empties_only_its_own_column(client):
    hold = unsaved(Hold, client, invoice=None)
    assert (hold.client_id, hold.invoice_id, hold.invoice) == (client.id, None, None)
    invoice = Invoice(client=client, credits=None)
    assert (invoice.client_id, invoice.credits_id, invoice.credits) == (client.id, None, None)
    reading = new(Reading, client, invoice=new(Invoice, client))
    reading.invoice = None
    assert (reading.client_id, reading.invoice_id) == (client.id, None)
    assert reading.document.id == reading.document_id


def test_a_row_is_written_by_number_as_by_object(client):
    invoice = new(Invoice, client)
    by_number = Title(
        client_id=client.id, invoice_id=invoice.id, owner_name="x", period=(DAY, None), deed="d"
    )
    by_number.save(force_insert=True)
    assert Title.objects.get(id=by_number.id).invoice == invoice


def test_a_batch_is_written_in_one_statement(client):
    letter = new(Letter, client)
    items = [unsaved(LetterItem, client, letter=letter) for _ in range(5)]
    with statements() as seen:
        LetterItem.objects.bulk_create(items)
    assert len(seen.on("letters_letteritem", "INSERT")) == len(seen) == 1


@pytest.mark.parametrize("on_delete", [models.SET_NULL, models.SET_DEFAULT, models.CASCADE])
def test_a_relation_that_changes_rows_by_itself_is_refused(on_delete):
    with pytest.raises(
        ValueError, match="a client's row is never deleted or cut loose by another: use PROTECT"
    ):
        ScopedForeignKey(Invoice, on_delete)


@pytest.mark.parametrize(
    "field",
    [
        f
        for model in (Title, Hold, Transfer, Match, Invoice)
        for f in model._meta.fields
        if isinstance(f, ScopedForeignKey)
    ],
    ids=str,
)
def test_a_migration_writes_the_field_down_and_reads_it_back_the_same(field):
    _, path, args, kwargs = field.deconstruct()
    again = ScopedForeignKey(*args, **kwargs)
    assert path == "inbaar.kit.fields.ScopedForeignKey"
    assert again.deconstruct()[1:] == (path, args, kwargs)
    assert (again.also, again.null, again.from_fields) == (field.also, field.null, field.from_fields)
    assert {"db_index", "to_field", "from_fields", "to_fields"}.isdisjoint(kwargs)


def test_a_clone_is_the_same_field():
    field = Transfer._meta.get_field("debit")
    assert field.clone().deconstruct() == (None, *field.deconstruct()[1:])
    assert field.clone().also == ("purse", "currency")


@pytest.mark.django_db
def test_django_sees_no_change_between_the_models_and_the_migrations():
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None)
    with translation.override(None):
        there, wanted = loader.project_state(), ProjectState.from_apps(apps)
        changes = MigrationAutodetector(there, wanted).changes(graph=loader.graph)
    assert {app: [str(m.operations) for m in migrations] for app, migrations in changes.items()} == {}
