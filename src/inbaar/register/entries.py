"""Entering arrears, reading them, and forgetting them: the only code that sees what an entry says.

Forgetting deletes the row and its receipt is kept in the same transaction; the key is overwritten once that is committed.
A program killed in between leaves a key to nothing, which the day's tidying overwrites.
"""

import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.parties.rules import plain
from inbaar.register.figures import add_up
from inbaar.register.keys import key_file
from inbaar.register.receipts import keep_receipts

#: Whoever writes entries holds this lock together with the others, whoever tidies the keys holds it alone.
LOCK = 48422720
Hashing = Callable[[str, str], str]
NONCE_BYTES = 12
_ENTRY = {
    "token": "text", "company": "text", "company_name": "text", "slot": "bigint", "sealed": "bytea", "commitment": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrears:
    """What an entry says of one arrear: of which company, how much, to whom, due when. Amount in euro."""

    kvk_number: str
    name: str
    creditor: str
    amount: Decimal
    due_date: dt.date
    entered_on: dt.date


def _tokens(client_id: int, reports: Sequence[int], hashed: Hashing) -> dict[str, int]:
    """What ties entries to their reports, for who holds the register's secret."""
    return {hashed("report", f"{client_id}:{report}"): report for report in reports}


def entered(client_id: int, reports: Sequence[int]) -> set[int]:
    """Which of these reports are entered. One statement."""
    tokens = _tokens(client_id, reports, key_file().hashing())
    found = fetch("SELECT token FROM register_entry WHERE token = ANY(%s)", [array_parameter(list(tokens))])
    return {tokens[token] for (token,) in found}


def enter(client_id: int, arrears: Sequence[tuple[int, Arrears]]) -> int:
    """Enter arrears of reports; gives how many were new. Twice the same is once."""
    if not arrears:
        return 0
    fetch("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    keys = key_file()
    hashed = keys.hashing()
    tokens = _tokens(client_id, [report for report, _ in arrears], hashed)
    rows = [
        _row(hashed, token, arrear, slot, key)
        for token, (_, arrear), (slot, key) in zip(tokens, arrears, keys.add(len(arrears)), strict=True)
    ]
    return len(insert_rows("register_entry", _ENTRY, rows, on_conflict="DO NOTHING", returning="token"))


def forget(client_id: int, reports: Sequence[int]) -> int:
    """Forget the entries of these reports for good; gives how many there were. The rest happens when this is committed."""
    tokens = _tokens(client_id, reports, key_file().hashing())
    return _forget("token = ANY(%s)", array_parameter(list(tokens)))


def forget_committed(commitments: Sequence[str]) -> int:
    """Forget the entries of these commitments: what a restored database brought back."""
    return _forget("commitment = ANY(%s)", array_parameter(commitments))


@dataclass(frozen=True, slots=True)
class Key:
    """By what the entries of a company are found: a column of theirs, and the keyed hash in it."""

    column: str
    hashed: str

    @classmethod
    def of_number(cls, kvk_number: str) -> "Key":
        """The company with this KvK number."""
        return cls("company", key_file().hashing()("company", kvk_number))

    @classmethod
    def of_name(cls, name: str) -> "Key":
        """Companies of this name, without signs and capitals."""
        return cls("company_name", key_file().hashing()("company_name", plain(name)))


def found_of(kvk_number: str) -> list[Arrears]:
    """The entered arrears of a company by its KvK number; oldest due first."""
    return found_of_each([kvk_number])[kvk_number]


def found_of_each(kvk_numbers: Sequence[str]) -> dict[str, list[Arrears]]:
    """The entered arrears of companies, by KvK number. One statement for any number."""
    hashed = key_file().hashing()
    wanted = {hashed("company", kvk): kvk for kvk in kvk_numbers}
    rows = fetch(
        "SELECT token, slot, sealed FROM register_entry WHERE company = ANY(%s)",
        [array_parameter(list(wanted))],
    )
    found: dict[str, list[Arrears]] = {kvk: [] for kvk in kvk_numbers}
    for arrear in opened(rows):
        found[arrear.kvk_number].append(arrear)
    return found


def opened(rows: Sequence[tuple[str, int, bytes]]) -> list[Arrears]:
    """What entries say, given as token, slot and sealed; oldest due first, without those whose key is gone."""
    keys = key_file().read([slot for _, slot, _ in rows]) if rows else []
    told = [_opened(token, bytes(sealed), key) for (token, _, sealed), key in zip(rows, keys, strict=True)]
    return sorted((one for one in told if one is not None), key=lambda one: (one.due_date, one.creditor))


def tidy() -> tuple[int, int]:
    """Overwrite keys that open nothing, take out entries without a key, and add the figures up; gives how many of the two."""
    with transaction.atomic():
        fetch("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        there = dict(fetch("SELECT slot, token FROM register_entry"))
        keys = key_file()
        with_key = keys.slots()
        keys.destroy(sorted(with_key - there.keys()))
        keyless = [token for slot, token in there.items() if slot not in with_key]
        add_up()
        lost = fetch(
            "DELETE FROM register_entry WHERE token = ANY(%s) RETURNING token", [array_parameter(keyless)]
        )
    return len(with_key - there.keys()), len(lost)


def _forget(where: str, values: object) -> int:
    rows = fetch(f"DELETE FROM register_entry WHERE {where} RETURNING slot, commitment", [values])  # noqa: S608
    if rows:
        keep_receipts([commitment for _, commitment in rows])
        slots = [slot for slot, _ in rows]
        transaction.on_commit(_destroying(slots))
    return len(rows)


def _destroying(slots: Sequence[int]) -> Callable[[], None]:
    return lambda: key_file().destroy(slots)


def _row(hashed: Hashing, token: str, arrear: Arrears, slot: int, key: bytes) -> tuple[object, ...]:
    told = asdict(arrear) | {"nonce": secrets.token_hex(32)}
    content = json.dumps(told, default=str, sort_keys=True).encode()
    nonce = os.urandom(NONCE_BYTES)
    return (
        token,
        hashed("company", arrear.kvk_number),
        hashed("company_name", plain(arrear.name)),
        slot,
        nonce + AESGCM(key).encrypt(nonce, content, token.encode()),
        hashlib.sha256(content).hexdigest(),
    )


def _opened(token: str, sealed: bytes, key: bytes | None) -> Arrears | None:
    """What an entry says; None where its key is gone."""
    if key is None:
        return None
    try:
        content = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], token.encode())
    except InvalidTag:
        return None
    told = json.loads(content)
    del told["nonce"]
    days = {name: dt.date.fromisoformat(told[name]) for name in ("due_date", "entered_on")}
    return Arrears(**told | days | {"amount": Decimal(told["amount"])})
