"""What is known of our tables and of the application's role, as frozen facts.

`kit.schema_catalogue` reads them from PostgreSQL, `kit.schema` judges them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type, whether it may be empty, which sequences fill it, whether the application may update it."""

    name: str
    type: str
    nullable: bool
    identity: bool
    sequences: tuple[str, ...]
    app_may_update: bool


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key, unique index or exclusion constraint. An expression has no column name."""

    name: str
    primary: bool
    valid: bool
    columns: tuple[str | None, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key, its columns pair by pair, and what it does when the other row goes or changes."""

    name: str
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    on_delete: str
    on_update: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A row-level policy that binds the application's role: which rows it lets read, which it lets write."""

    name: str
    command: str
    permissive: bool
    readable: str | None
    writable: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table (kind r, p or f) or view (v, m) with everything the rules ask about.

    `one_filled` are sets of columns of which a check says that no row leaves all of them empty.
    """

    name: str
    kind: str
    logged: bool
    row_security: bool
    forced: bool
    app_may: frozenset[str]
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    foreign_keys: tuple[ForeignKey, ...]
    policies: tuple[Policy, ...]
    triggers: tuple[str, ...]
    unchecked: tuple[str, ...]
    one_filled: tuple[frozenset[str], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Role:
    """What the application's role could do beyond its privileges."""

    name: str
    powers: tuple[str, ...]
    member_of: tuple[str, ...]
    owns: tuple[str, ...]
    makes_tables: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole of it. `functions` are those that run with the rights of who made them."""

    tables: tuple[Table, ...]
    role: Role
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of one rule: where, which rule, what is there, and what to do about it."""

    table: str
    rule: str
    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.table}: {self.fact} ({self.rule}); {self.remedy}"
