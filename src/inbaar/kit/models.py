"""The base of every row that belongs to a client, and how rows get their numbers."""

from django.db import connection, models
from django.db.models.expressions import Func


class NextId(Func):
    """The next number of the one sequence all rows share."""

    template = "nextval('inbaar_id')"
    output_field = models.BigIntegerField()

    def __init__(self) -> None:
        super().__init__()


class ClientModel(models.Model):
    """A row of one client. Its key is (client_id, id); row-level security keeps other clients out.

    `id` comes from the database, so that set-based SQL and the ORM number rows in the same way.
    """

    pk = models.CompositePrimaryKey("client_id", "id")
    client = models.ForeignKey(
        "parties.Client", models.PROTECT, related_name="+", db_index=False, editable=False
    )
    id = models.BigIntegerField(db_default=NextId(), editable=False)

    class Meta:
        abstract = True


class DependentModel(ClientModel):
    """A row that always hangs on another row of its client: that reference says the client exists, and is checked.

    A second check of `client_id` alone would lock the client's one row once per row written, for nothing.
    """

    client = models.ForeignKey(
        "parties.Client",
        models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True


def next_ids(count: int) -> list[int]:
    """`count` fresh row numbers, for rows that refer to each other before they are written in bulk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inbaar_id') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]
