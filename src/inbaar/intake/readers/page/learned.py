"""What corrections taught of a client's own invoices, as reading takes it. Pure, and quick to load."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Learned:
    """`labels`: a compared label with the kind of label it is. `values`: what a field has instead of what is read there."""

    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)


NOTHING_LEARNED = Learned()
