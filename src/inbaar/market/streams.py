"""Independent random streams from one seed: each subject (a debtor, an invoice, a day) draws from its own.

What one subject draws never depends on who asked first, so the market is the same whatever order the
program asks in. Called by every other module here.
"""

import hashlib
from random import Random


def stream(seed: int, *subject: object) -> Random:
    """The random stream of one subject; `str()` of each part must be stable (no sets, no object ids)."""
    key = "\x1f".join([str(seed), *map(str, subject)])
    return Random(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))  # noqa: S311 (a simulation)
