"""Look-ups in the arrears register with a million entries, four to a company: in the program, and over HTTP by its API.

Each sets the client's scope, counts the client's look-ups of the day, reads and opens the entries of one company, and keeps
who looked and why. The yardstick does the same two statements in bare SQL, without scope, keys or limits. Over HTTP one
server answers programs that wait for each answer on a connection they keep, each with a token that is looked at every time;
the server's own start counts as well.
"""

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
import time
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from typing import BinaryIO

from benchmarks.books import copied_books
from benchmarks.measuring import Measure, measured

PER_COMPANY = 4
AT_ONCE = 10_000
FIRST = dt.datetime(2026, 7, 1, 8, tzinfo=dt.UTC)
BETWEEN = dt.timedelta(minutes=5)
PER_CLIENT = 50
THREADS = 4
# Each run in a process looks on days of its own, or its look-ups would count as those of the run before.
_runs = count()


def run(small: bool) -> list[Measure]:
    """A million entries, or a few."""
    os.environ["INBAAR_REGISTER"] = str(Path(os.environ["INBAAR_DATA"]) / "register")
    size, asked = (2_000, 200) if small else (1_000_000, 12_000)
    beside = {"yardstick": partial(bare, asked=asked), "yardstick_name": "bare SQL"}
    return [
        measured(
            "register look-up in the program", "look-ups", size, partial(in_program, asked=asked), prepare=books, **beside
        ),
        measured(
            "register look-up over HTTP", "look-ups", size, partial(over_http, asked=asked),
            prepare=partial(served, asked=asked), tenth=False, runs=1, aim="1,500 a second of wall", **beside,
        ),
    ]  # fmt: skip


def books(size: int) -> tuple[int, int]:
    """Books of which `size` arrears are entered; gives the client and the number of companies."""
    return copied_books(f"register_{size}", partial(_enter, size=size)), size // PER_COMPANY


def served(size: int, asked: int) -> tuple[int, int, list[str]]:
    """The same with clients enough to look so often, each with a program; gives their tokens."""
    client, companies = books(size)
    from inbaar.api.tokens import make_token
    from inbaar.kit.scope import client_scope
    from inbaar.parties.models import Client, Organisation

    organisation = Organisation.objects.get(kvk_number="90000001")
    tokens = []
    for number in range(-(-asked // PER_CLIENT)):
        looker = Client.objects.create(organisation=organisation, name=f"Looker {number}")
        with client_scope(looker.pk):
            tokens.append(make_token(looker.pk, "bench", ["look_up"], "bench", FIRST))
    return client, companies, tokens


def in_program(material: tuple[int, int], asked: int) -> int:
    """One look-up after the other, each in a transaction of its own."""
    from inbaar.kit.scope import client_scope
    from inbaar.register.looking_up import Looker, look_up

    client, companies = material[:2]
    looker = Looker(client, "Bench B.V.", "bench")
    begun = FIRST + next(_runs) * asked * BETWEEN
    for number in range(asked):
        with client_scope(client):
            found = look_up(looker, _kvk(number * 7919 % companies), "bench", begun + number * BETWEEN)
        if len(found.arrears) != PER_COMPANY:
            raise AssertionError(f"{len(found.arrears)} arrears of a company that has {PER_COMPANY}")
    return asked


def bare(material: tuple[int, int], asked: int) -> int:
    """The two statements a look-up cannot do without."""
    from django.db import connection, transaction

    from inbaar.register.keys import key_file

    client, companies = material[:2]
    hashed = key_file().hashing()
    wanted = [_kvk(number * 7919 % companies) for number in range(asked)]
    keys = [hashed("company", kvk) for kvk in wanted]
    with connection.cursor() as cursor:
        for kvk, key in zip(wanted, keys, strict=True):
            with transaction.atomic():
                cursor.execute("SELECT slot, sealed FROM register_entry WHERE company = %s", [key])
                if len(cursor.fetchall()) != PER_COMPANY:
                    raise AssertionError("an entry is missing")
                cursor.execute(
                    "INSERT INTO register_lookup (kvk_number, name, name_key, looker, looker_name, looked_by, reason, at)"
                    " VALUES (%s, '', '', %s, 'Bench B.V.', 'bench', 'bench', %s)",
                    [kvk, client, FIRST],
                )
    return asked


def over_http(material: tuple[int, int, list[str]], asked: int) -> int:
    """Answers of a server of its own to programs that keep their connection."""
    _, companies, tokens = material
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "inbaar.cli", "serve", "--no-worker", "--port", str(port)]
    )
    try:
        _await(port)
        waits: list[float] = []
        begun = time.perf_counter()
        threads = [
            threading.Thread(target=_ask, args=(port, tokens[place::THREADS], place, companies, waits))
            for place in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall = time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait(timeout=30)
    if len(waits) < asked:
        raise AssertionError(f"{len(waits)} of {asked} look-ups were answered")
    late = sorted(waits)[int(len(waits) * 0.99)]
    print(
        f"   over HTTP: {len(waits) / wall:.0f} a second, 99 of 100 within {late * 1000:.0f} ms", flush=True
    )
    return len(waits)


def _ask(port: int, tokens: list[str], place: int, companies: int, waits: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        for turn, token in enumerate(tokens):
            for number in range(PER_CLIENT):
                kvk = _kvk(((turn * THREADS + place) * PER_CLIENT + number) * 7919 % companies)
                body = json.dumps({"company": kvk, "reason": "bench"}).encode()
                head = (
                    f"POST /api/v1/register/look-ups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                begun = time.perf_counter()
                connection.sendall(head.encode() + body)
                told = _answer(answers)
                waits.append(time.perf_counter() - begun)
                if f'"kvk": "{kvk}"'.encode() not in told or b'"count": 4' not in told:
                    raise AssertionError(f"the look-up was answered with {told[:200]!r}")


def _answer(answers: BinaryIO) -> bytes:
    """The body of an answer, which says how long it is."""
    length = 0
    while (line := answers.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return answers.read(length)


def _await(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _kvk(company: int) -> str:
    return f"{10_000_000 + company}"


def _enter(client: int, size: int) -> None:
    from inbaar.register.entries import Arrears, enter

    day = dt.date(2026, 6, 1)
    for start in range(0, size, AT_ONCE):
        enter(
            client,
            [
                (number, Arrears(_kvk(number // PER_COMPANY), f"Klant {number // PER_COMPANY} B.V.", "Houthandel De Linde B.V.",
                                 Decimal(100 + number % 9973), day, day))
                for number in range(start, min(start + AT_ONCE, size))
            ],
        )  # fmt: skip
