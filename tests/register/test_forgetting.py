"""Forgotten for good: nothing of a removed entry is left in a table, a log, an export, a file or a restored backup."""

import json
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction

from inbaar.kit.bulk import fetch
from inbaar.kit.database import data_folder
from inbaar.kit.scope import client_scope
from inbaar.register.acts import end_report
from inbaar.register.entries import entered, tidy
from inbaar.register.keys import KeyFile, key_file
from inbaar.register.models import Entry, Receipt
from inbaar.register.receipts import receipt_file
from inbaar.register.replay import replay_receipts
from tests.conftest import _drop, _run_as_owner, make_client
from tests.register.books import DAY_60, DAY_74, DUE, Register

TABLES = """
    SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'client_id')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1
"""


@pytest.fixture
def register(own_database):
    return Register(make_client("Van Dijk Techniek B.V.", "90000001")).priced()


def everything(client_id):
    """Every row of every table that the client's scope and none show, as text, by table."""
    found = {}
    for table, of_a_client in fetch(TABLES):
        with client_scope(client_id) if of_a_client else transaction.atomic():
            found[table] = [row[0] for row in fetch(f'SELECT to_jsonb(t)::text FROM "{table}" t')]
    return found


def marks_of_the_entry():
    """Everything by which the one entry that is there could be known again."""
    entry = Entry.objects.get()
    (key,) = key_file().read([entry.slot])
    sealed = bytes(entry.sealed)
    return [entry.token, entry.company, entry.company_name, sealed.hex(), key.hex()], entry.commitment, key


def files_of(folder):
    return {file: file.read_bytes() for file in Path(folder).rglob("*") if file.is_file()}


@pytest.mark.requirement("REG-31", "REG-32", "BEY-21")
def test_no_table_file_or_log_has_a_trace_of_a_removed_entry(register):
    invoice, _ = register.entered()
    marks, commitment, key = marks_of_the_entry()
    assert register.seen() == [Decimal("1210.00")]
    register.pay(invoice, "2026-11-18", "1210.00")
    assert register.seen() == []
    for table, rows in everything(register.client.id).items():
        text = "\n".join(rows)
        assert [mark for mark in marks if mark in text] == [], table
        assert (commitment in text) == (table == "register_receipt"), table
    folder = Path(os.environ["INBAAR_REGISTER"])
    for file, content in files_of(folder).items():
        assert key not in content, file
        assert [mark for mark in marks if mark.encode() in content] == [], file
    assert commitment in receipt_file().read_text()
    for log in data_folder().rglob("*log*"):
        if log.is_file() and "pg_" not in str(log):
            assert [mark for mark in [*marks, commitment] if mark.encode() in log.read_bytes()] == [], log


@pytest.mark.requirement("REG-31")
def test_a_client_s_rows_are_those_of_an_arrear_that_never_was_entered(own_database):
    """The same life twice, once with nobody having called, so that it was never entered: no row tells which was which."""
    lives = []
    for name, kvk, is_entered in (("Van Dijk B.V.", "90000001", True), ("Van Dijk B.V.", "90000003", False)):
        register = Register(make_client(name, kvk))
        if not lives:
            register.priced()
        invoice = register.invoice("2026-1", DUE)
        (answer,) = register.report(invoice)
        register.send(DAY_60)
        register.prove(invoice)
        register.approve(answer.report_id, "2026-11-04")
        if is_entered:
            register.call(answer.report_id, "2026-11-04")
        register.look("2026-11-03")
        assert register.look(DAY_74).entered == is_entered
        register.pay(invoice, "2026-11-18", "1210.00")
        own = everything(register.client.id)
        lives.append(
            {table: sorted(map(_without_numbers, rows)) for table, rows in own.items() if _is_client_s(rows)}
        )
    assert {"receivables_event", "letters_letter", "register_fee"} <= lives[0].keys()
    assert "register_report" not in lives[0]
    assert lives[0] == lives[1]


def _is_client_s(rows):
    return bool(rows) and "client_id" in json.loads(rows[0])


def _without_numbers(row):
    """A row without the numbers and hashes that differ from row to row; days and amounts stay."""
    told = {
        name: value
        for name, value in json.loads(row, parse_float=Decimal).items()
        if not isinstance(value, int)
    }
    text = json.dumps(told, default=str, sort_keys=True)
    text = re.sub(r"\b[0-9a-f]{40,}\b", "#", text)
    return re.sub(r"(\d{4}-\d\d-\d\d|\d+\.\d\d\b)|\d+", lambda found: found[1] or "#", text)


@pytest.fixture
def backup(register):
    """Copies the database whole, as a backup does, and puts such a copy back; the files beside it stay as they are."""
    names = []

    def copy():
        name = f"{connection.settings_dict['NAME']}_b{len(names)}"
        connection.close()
        _run_as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"')
        names.append(name)
        return name

    live = connection.settings_dict["NAME"]
    yield copy
    connection.close()
    connection.settings_dict["NAME"] = live
    for name in names:
        _drop(name)


def put_back(name):
    connection.close()
    connection.settings_dict["NAME"] = name


@pytest.mark.requirement("REG-31", "REG-32", "BEY-21")
@pytest.mark.parametrize("how", ["payment", "withdrawal"])
def test_a_restored_backup_forgets_again_before_it_serves(register, backup, how):
    invoice, report = register.entered()
    other, _ = register.entered_beside()
    copy = backup()
    if how == "payment":
        register.pay(invoice, "2026-11-18", "1210.00")
    else:
        with client_scope(register.client.id):
            end_report(register.client.id, report, "withdrawn")
    put_back(copy)
    assert len(Entry.objects.all()) == 2
    # The key of what was forgotten is gone, so it could not even be read before the replay.
    assert register.seen() == [Decimal("500.00")]
    assert replay_receipts() == 2
    assert register.rows("register_report") == 1
    assert len(Entry.objects.all()) == 1
    # The books that were put back know nothing of the payment; it is not entered again all the same.
    assert register.look("2026-11-19").entered == 0
    assert register.seen() == [Decimal("500.00")]
    assert replay_receipts() == 0
    register.pay(other, "2026-11-20", "500.00")
    assert register.seen() == []


def test_a_backup_from_before_the_entry_does_not_enter_it_again(register, backup):
    invoice, _ = register.reported()
    copy = backup()
    register.look("2026-11-03")
    assert register.look(DAY_74).entered == 1
    register.pay(invoice, "2026-11-18", "1210.00")
    put_back(copy)
    assert register.rows("register_report") == 1
    assert replay_receipts() == 1
    register.look("2026-11-19")
    assert register.look("2026-11-20").entered == 0
    assert register.seen() == []


def test_keys_that_were_lost_lose_nothing(register):
    """Keys are in no backup: on a new machine the entries cannot be read, and are made again after a new look."""
    register.entered()
    key_file().path.unlink()
    assert register.seen() == []
    assert tidy() == (0, 1)
    assert register.look("2026-11-19").entered == 1
    assert register.seen() == [Decimal("1210.00")]


class Killed(Exception):
    """The program ends between the commit and what follows it."""


def die():
    raise Killed


def _withdraw_and(register, report, before, after):
    with client_scope(register.client.id):
        before()
        end_report(register.client.id, report, "withdrawn")
        after()


def test_killed_between_the_commit_and_the_key(register):
    _, report = register.entered()
    slot = Entry.objects.get().slot

    with pytest.raises(Killed):
        _withdraw_and(register, report, lambda: transaction.on_commit(die), lambda: None)
    assert (len(Entry.objects.all()), len(Receipt.objects.all())) == (0, 2)
    assert key_file().read([slot]) != [None]
    assert not receipt_file().exists()
    assert tidy() == (1, 0)
    assert key_file().read([slot]) == [None]
    assert replay_receipts() == 0
    assert len(receipt_file().read_text().splitlines()) == 2


def test_a_change_that_is_rolled_back_forgets_nothing(register):
    _, report = register.entered()
    with pytest.raises(Killed):
        _withdraw_and(register, report, lambda: None, die)
    assert register.seen() == [Decimal("1210.00")]
    with client_scope(register.client.id):
        assert entered(register.client.id, [report]) == {report}


def test_a_receipt_is_the_commitment_made_at_entry_and_says_nothing(register):
    register.entered()
    with client_scope(register.client.id):
        (invoice,) = fetch("SELECT invoice_id FROM register_report")[0]
    commitment = Entry.objects.get().commitment
    register.pay(invoice, "2026-11-18", "1210.00")
    lines = receipt_file().read_text().splitlines()
    assert commitment in lines
    assert all(re.fullmatch("[0-9a-f]{64}", line) for line in lines)
    assert fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'register_receipt'"
    ) == [("commitment",)]


def test_without_the_keys_an_entry_says_nothing(register):
    register.entered()
    row = fetch("SELECT to_jsonb(e)::text FROM register_entry e")[0][0]
    for told in ("Korenaar", "90000002", "1210.00", "Van Dijk", "2026-1"):
        assert told not in row
    sealed = bytes(Entry.objects.get().sealed)
    for told in (b"Korenaar", b"90000002", b"1210.00"):
        assert told not in sealed


def test_keys_are_read_by_their_owner_only_and_made_once(tmp_path):
    keys = KeyFile(tmp_path / "keys")
    secret = keys.secret
    assert KeyFile(tmp_path / "keys").secret == secret
    (one, _), (two, kept) = keys.add(2)
    assert keys.slots() == {one, two}
    keys.destroy([one, 0, 99, -1])
    assert (keys.slots(), keys.read([one, two, 99])) == ({two}, [None, kept, None])
    assert keys.secret == secret
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600


def test_receipts_that_were_cut_off_are_made_good(register):
    _, report = register.entered()
    with client_scope(register.client.id):
        end_report(register.client.id, report, "withdrawn")
    whole = receipt_file().read_text()
    receipt_file().write_text(whole[:-20])
    assert replay_receipts() == 0
    assert sorted(receipt_file().read_text().splitlines()) == sorted(whole.splitlines())
