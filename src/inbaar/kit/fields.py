"""Fields of ours: the relation between rows of a client (ORM relation and composite constraint together), and money."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.query_utils import PathInfo


class ScopedForwardDescriptor(ForwardManyToOneDescriptor):
    """Assigning None empties the reference only: the client (and what else it shares) belongs to the row itself."""

    def __set__(self, instance: models.Model, value: models.Model | None) -> None:
        if value is not None:
            super().__set__(instance, value)
            return
        setattr(instance, self.field.attname, None)
        self.field.set_cached_value(instance, None)


class ScopedForeignKey(models.ForeignKey):
    """A foreign key from one client's row to another row of the same client.

    The constraint is `(own_id, client_id) -> (id, client_id)`, so a row can never point at another client's row, and
    every join carries the client on both sides. `also` names further columns that must be equal on both sides (for a
    ledger transfer: the currency and whose money it is).

    It makes no index of its own: an index that leads with the client is declared where a query needs it.
    """

    forward_related_accessor_class = ScopedForwardDescriptor

    def __init__(
        self,
        to: type[models.Model] | str,
        on_delete: Callable[..., None] = models.PROTECT,
        also: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        if on_delete in (models.SET_NULL, models.SET_DEFAULT, models.CASCADE):
            raise ValueError("a client's row is never deleted or cut loose by another: use PROTECT")
        kwargs.setdefault("related_name", "+")
        kwargs["db_index"] = False
        kwargs["to_field"] = "id"
        self.also = tuple(also)
        super().__init__(to, on_delete, **kwargs)

    def resolve_related_fields(self) -> Any:
        """The column pairs: one's own number, and those that must be equal on both sides."""
        pairs: list[Any] = list(super().resolve_related_fields())
        theirs = self.remote_field.model._meta
        return pairs + [
            (self.opts.get_field(name), theirs.get_field(name)) for name in ("client", *self.also)
        ]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_index", None)
        kwargs.pop("to_field", None)
        if self.also:
            kwargs["also"] = self.also
        return name, path, args, kwargs

    def get_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        """Joins carry every column pair; a reference to the field itself (`F("invoice")`) is its one own column."""
        (path,) = super().get_path_info(filtered_relation)
        return [path._replace(target_fields=(self.target_field,))]

    def validate(self, value: Any, model_instance: Any) -> None:
        """Left to the database: the composite constraint checks existence and client in one go."""
        models.Field.validate(self, value, model_instance)


class MoneyField(models.DecimalField):
    """An amount in the row's currency: two decimals, thirteen digits before them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 15, 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def db_check(self, connection: Any) -> str:
        """PostgreSQL's numeric also holds NaN, and holds it to be greater than every number: not as money."""
        return f"\"{self.column}\" <> 'NaN'"
