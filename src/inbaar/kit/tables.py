"""Rules of a client's table that live in PostgreSQL, declared in a model's `Meta.constraints`.

`client_table(...)` gives a model its row-level security and the exact privileges of the application's role. Both are
constraints to Django, so the migrations carry them and a change of privilege is a migration to read.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

APP_ROLE = "inbaar_app"
SCOPE = "nullif(current_setting('inbaar.client_id', true), '')::bigint"


class TableRule(BaseConstraint):
    """SQL that belongs to a table as a whole and is run right after the table is made."""

    def statements(self, table: str) -> list[str]:
        """What puts the rule on the table."""
        raise NotImplementedError

    def removal(self, table: str) -> list[str]:
        """What takes the rule off the table."""
        raise NotImplementedError

    def _statement(self, model: type[models.Model], editor: Any, lines: list[str]) -> Statement:
        table = Table(model._meta.db_table, editor.quote_name)
        return Statement("; ".join(line.replace("%", "%%") for line in lines), table=table)

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        editor: Any = schema_editor
        editor.deferred_sql.append(self.create_sql(model, editor))
        return ""

    def create_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        assert model is not None
        return self._statement(model, schema_editor, self.statements(f'"{model._meta.db_table}"'))

    def remove_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        assert model is not None
        return self._statement(model, schema_editor, self.removal(f'"{model._meta.db_table}"'))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check on one instance: the rule is about the table."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class ClientScope(TableRule):
    """Row-level security: only rows of the client in `inbaar.client_id` are seen or written, the owner's role included.

    `readable_where` is a second condition under which a row may be read (never written).
    """

    def __init__(self, *, name: str, column: str = "client_id", readable_where: str = "") -> None:
        super().__init__(name=name)
        self.column, self.readable_where = column, readable_where

    def statements(self, table: str) -> list[str]:
        rule = f'"{self.column}" = {SCOPE}'
        lines = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY client_scope ON {table} USING ({rule}) WITH CHECK ({rule})",
        ]
        if self.readable_where:
            lines.append(f"CREATE POLICY own_rows ON {table} FOR SELECT USING ({self.readable_where})")
        return lines

    def removal(self, table: str) -> list[str]:
        return [
            f"DROP POLICY client_scope ON {table}",
            f"DROP POLICY IF EXISTS own_rows ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        if self.column != "client_id":
            kwargs["column"] = self.column
        if self.readable_where:
            kwargs["readable_where"] = self.readable_where
        return path, args, kwargs


class ClientsThemselves(TableRule):
    """Row-level security of the table of clients: within a scope a client sees and changes its own row only.

    Outside every scope clients are listed (the daily run goes through them) and added, never changed.
    """

    def statements(self, table: str) -> list[str]:
        own = f"id = {SCOPE}"
        return [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY client_listed ON {table} FOR SELECT USING ({SCOPE} IS NULL OR {own})",
            f"CREATE POLICY client_added ON {table} FOR INSERT WITH CHECK ({SCOPE} IS NULL)",
            f"CREATE POLICY client_changed ON {table} FOR UPDATE USING ({own}) WITH CHECK ({own})",
        ]

    def removal(self, table: str) -> list[str]:
        policies = ("client_listed", "client_added", "client_changed")
        return [
            *(f"DROP POLICY {policy} ON {table}" for policy in policies),
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]


class AppMay(TableRule):
    """What the application's role may do with a table; everything else is revoked.

    `update` lists the columns that live; an empty list makes the rows immutable.
    """

    def __init__(
        self, *, name: str, insert: bool = True, update: Sequence[str] = (), delete: bool = False
    ) -> None:
        super().__init__(name=name)
        self.insert, self.update, self.delete = insert, tuple(update), delete

    def statements(self, table: str) -> list[str]:
        rights = ["SELECT"] + ["INSERT"] * self.insert + ["DELETE"] * self.delete
        lines = [
            f"REVOKE ALL ON {table} FROM {APP_ROLE}",
            f"GRANT {', '.join(rights)} ON {table} TO {APP_ROLE}",
        ]
        if self.update:
            columns = ", ".join(f'"{column}"' for column in self.update)
            lines.append(f"GRANT UPDATE ({columns}) ON {table} TO {APP_ROLE}")
        return lines

    def removal(self, table: str) -> list[str]:
        return [f"REVOKE ALL ON {table} FROM {APP_ROLE}"]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"insert": self.insert, "update": list(self.update), "delete": self.delete}
        return path, args, kwargs


class RowReference(TableRule):
    """A foreign key over columns of one's own choosing, where the relation field cannot say it.

    `columns` of this table must exist as `to_columns` in `to_table`; a row with an empty column is not checked.
    """

    def __init__(
        self, *, name: str, columns: Sequence[str], to_table: str, to_columns: Sequence[str]
    ) -> None:
        super().__init__(name=name)
        self.columns, self.to_table, self.to_columns = tuple(columns), to_table, tuple(to_columns)

    def statements(self, table: str) -> list[str]:
        mine, theirs = ", ".join(self.columns), ", ".join(self.to_columns)
        return [
            f'ALTER TABLE {table} ADD CONSTRAINT "{self.name}" FOREIGN KEY ({mine}) '
            f'REFERENCES "{self.to_table}" ({theirs}) DEFERRABLE INITIALLY DEFERRED'
        ]

    def removal(self, table: str) -> list[str]:
        return [f'ALTER TABLE {table} DROP CONSTRAINT "{self.name}"']

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"columns": self.columns, "to_table": self.to_table, "to_columns": self.to_columns}
        return path, args, kwargs


class StoredAsIs(TableRule):
    """A long column that PostgreSQL does not try to compress: files, which often are compressed already.

    Compressing a file costs more than all else about its row. It takes the room of the file, beside the table.
    """

    def __init__(self, *, name: str, column: str) -> None:
        super().__init__(name=name)
        self.column = column

    def statements(self, table: str) -> list[str]:
        return [f'ALTER TABLE {table} ALTER COLUMN "{self.column}" SET STORAGE EXTERNAL']

    def removal(self, table: str) -> list[str]:
        return [f'ALTER TABLE {table} ALTER COLUMN "{self.column}" SET STORAGE EXTENDED']

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs["column"] = self.column
        return path, args, kwargs


class Unmeasured(TableRule):
    """Columns of which PostgreSQL keeps no statistics: what nothing is looked up by, such as facts and raw text.

    Reading and sorting samples of them is most of what ANALYZE costs a table that grows by thousands of rows a minute.
    """

    def __init__(self, *, name: str, columns: Sequence[str]) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)

    def statements(self, table: str) -> list[str]:
        return [f'ALTER TABLE {table} ALTER COLUMN "{column}" SET STATISTICS 0' for column in self.columns]

    def removal(self, table: str) -> list[str]:
        return [f'ALTER TABLE {table} ALTER COLUMN "{column}" SET STATISTICS -1' for column in self.columns]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"columns": self.columns}


def client_table(
    name: str,
    *,
    insert: bool = True,
    update: Sequence[str] = (),
    delete: bool = False,
    readable_where: str = "",
) -> list[BaseConstraint]:
    """The two rules every table of a client carries: whose rows are seen, and what the application may do.

    `name` is the table's name; it prefixes the rules' names.
    """
    return [
        ClientScope(name=f"{name}_scope", readable_where=readable_where),
        AppMay(name=f"{name}_app_may", insert=insert, update=update, delete=delete),
    ]
