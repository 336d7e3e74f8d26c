"""Django's PostgreSQL engine, with foreign keys that carry the client.

Named as ENGINE in the settings. The one difference: a relation with several column pairs (`ScopedForeignKey`)
becomes one composite FOREIGN KEY in the database.
"""

from typing import Any

from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.backends.postgresql import base, schema


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
    """The connection Django opens; only its schema editor differs from PostgreSQL's own."""

    SchemaEditorClass = DatabaseSchemaEditor
