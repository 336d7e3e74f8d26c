"""Django's PostgreSQL engine, with foreign keys that carry the client.

Named as ENGINE in the settings. The one difference: a relation with several column pairs (`ScopedForeignKey`)
becomes one composite FOREIGN KEY in the database.
"""

from time import monotonic
from typing import Any

from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.backends.postgresql import base, schema

CHECKED_FOR_SECONDS = 5


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Writes composite foreign keys for relations with more than one column pair."""

    # Inline REFERENCES clauses know one column only, so every foreign key is added after its table.
    sql_create_column_inline_fk = None  # type: ignore[assignment]

    def _create_fk_sql(self, model: Any, field: Any, suffix: str) -> Statement:
        statement: Statement = super()._create_fk_sql(model, field, suffix)  # type: ignore[misc]
        pairs = getattr(field, "related_fields", ())
        if len(pairs) > 1:
            to_table = field.target_field.model._meta.db_table
            statement.parts["column"] = Columns(
                model._meta.db_table, [mine.column for mine, _ in pairs], self.quote_name
            )
            statement.parts["to_table"] = Table(to_table, self.quote_name)
            statement.parts["to_column"] = Columns(
                to_table, [theirs.column for _, theirs in pairs], self.quote_name
            )
        return statement


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection Django opens; besides its schema editor, it is asked less often whether it is still there."""

    SchemaEditorClass = DatabaseSchemaEditor
    _checked_at: float = -CHECKED_FOR_SECONDS

    def close_if_health_check_failed(self) -> None:
        """A connection that answered a moment ago is not asked again before it is used: that is a question for each request.

        Where the server went away in that moment the request fails, and Django drops the connection at its end.
        """
        if self.connection is not None and monotonic() - self._checked_at < CHECKED_FOR_SECONDS:
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._checked_at = monotonic()
