"""How many credit transfers are written for the bank and found valid by the published schema per CPU-second.

Written as a stream, and cut into pieces before the schema looks, for a file of any size then takes the same memory. Beside
it, what the schema alone costs of the same pieces, made before.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from lxml import etree
from tests.banking.schemas import SCHEMAS

from benchmarks.books import NOW, copied_books
from benchmarks.measuring import Measure, measured
from inbaar.banking.formats.pain001 import (
    END,
    FileHead,
    PostalAddress,
    TransferOut,
    head_of,
    write_transfers,
)
from inbaar.law.calendar import AMSTERDAM
from inbaar.market.identifiers import dutch_iban

PIECE = 2_000


def run(small: bool) -> list[Measure]:
    """Written by itself, written and held against the schema, and approved: locked, written, kept and told so."""
    size = 1_000 if small else 100_000
    return [
        measured("pain.001 written", "payments", size, write),
        measured(
            "pain.001 written and schema-valid",
            "payments",
            size,
            write_valid,
            yardstick=validate_only,
            yardstick_name="schema alone",
            aim="40,000, under 100 MB",
        ),
        measured(
            "batch made and approved, file kept",
            "payments",
            size,
            approved,
            prepare=asked,
            again=True,
            runs=2,
        ),
    ]


def payments(size: int) -> Iterator[TransferOut]:
    """Payments as they are: two in three to a payee with an address, each with words of its own."""
    for n in range(size):
        address = (
            PostalAddress("Dorpsstraat", str(n % 300), "1234 AB", "Haarlem", "NL")
            if n % 3
            else PostalAddress()
        )
        yield TransferOut(
            f"INB-20261130-7-{n + 1}", Decimal(n % 90_000 + 1) / 100, f"Leverancier {n} B.V.",
            f"NL94COBA{n:010d}", address, f"Terugbetaling factuur 2026-{n:06d}, teveel betaald", "",
        )  # fmt: skip


def head(size: int) -> FileHead:
    """The head of a file of that many."""
    total = sum((Decimal(n % 90_000 + 1) / 100 for n in range(size)), Decimal(0))
    return FileHead(
        "INB-20261130-7", dt.datetime(2026, 11, 28, 9, 30, tzinfo=AMSTERDAM), dt.date(2026, 11, 30), "Van Dijk Techniek B.V.",
        PostalAddress("Grote Markt", "1", "2011 RD", "Haarlem", "NL"), "NL91ABNA0417164300", size, total,
    )  # fmt: skip


def write(size: int) -> int:
    """The file as it is kept, piece by piece."""
    return sum(piece.count(b"<CdtTrfTxInf>") for piece in write_transfers(head(size), exact(size)))


def write_valid(size: int) -> int:
    """The same, each piece held against the schema between a head and an end of its own."""
    checked, start = schema(), head_of(head(1)).encode()
    pieces = write_transfers(head(size), exact(size))
    next(pieces)
    found = 0
    while group := b"".join(islice(pieces, PIECE // 500)).removesuffix(END.encode()):
        checked.assertValid(etree.fromstring(start + group + END.encode()))
        found += group.count(b"<CdtTrfTxInf>")
    return found


def validate_only(size: int) -> int:
    """One such piece, held against the schema as often as the file has pieces."""
    checked = schema()
    content = b"".join(write_transfers(head(min(size, PIECE)), exact(min(size, PIECE))))
    for _ in range(max(size // PIECE, 1)):
        checked.assertValid(etree.fromstring(content))
    return max(size // PIECE, 1) * min(size, PIECE)


def exact(size: int) -> Iterator[TransferOut]:
    """The payments with their amounts in cents, as the database gives them."""
    for payment in payments(size):
        yield payment._replace(amount=payment.amount.quantize(Decimal("0.01")))


def schema() -> Any:
    """The published schema of pain.001.001.09."""
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "pain.001.001.09.xsd")))


def asked(size: int) -> tuple[int, int, list[int], int, int]:
    """Books in which that many payments wait, and two people: client, account, payments, who makes and who approves."""
    client = copied_books(f"payments_{size}", partial(_ask, size=size))
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope
    from inbaar.parties.models import User

    maker, approver = User.objects.order_by("id").values_list("id", flat=True)
    with client_scope(client):
        ((account,),) = fetch("SELECT id FROM banking_bankaccount")
        ids = [number for (number,) in fetch("SELECT id FROM transfers_credittransfer ORDER BY id")]
    return client, account, ids, maker, approver


def _ask(client: int, size: int) -> None:
    from inbaar.banking.accounts import register_account
    from inbaar.banking.transfers.actions import Address, NewTransfer, Source, request_transfers
    from inbaar.parties.models import Membership, User

    register_account(client, "NL91ABNA0417164300", "Bench B.V.")
    for name in ("maker", "approver"):
        user = User.objects.create_user(f"{name}@voorbeeld.example")
        Membership.objects.create(client_id=client, user=user, role="owner")
    street = Address("Haarlem", "NL", "Dorpsstraat 1", "", "1234 AB")
    for after in range(0, size, PIECE):
        wanted = [
            NewTransfer(
                Source.PAYOUT, str(n), f"Leverancier {n} B.V.", dutch_iban("INGB", n), Decimal(n % 90_000 + 1).quantize(Decimal("0.01")),
                NOW.date(), "bench", f"Terugbetaling factuur 2026-{n:06d}, teveel betaald", address=street if n % 3 else None,
            )
            for n in range(after, min(after + PIECE, size))
        ]  # fmt: skip
        request_transfers(client, wanted, "bench", NOW.date(), NOW)


def approved(books: tuple[int, int, list[int], int, int]) -> int:
    """One batch of all that waits, approved by the other person."""
    from inbaar.banking.transfers.actions import Acting, approve_batch, make_batch

    client, account, ids, maker, approver = books
    batch = make_batch(client, account, ids, NOW.date(), Acting(maker, NOW.date(), NOW))
    approve_batch(client, batch, Acting(approver, NOW.date(), NOW))
    return len(ids)
