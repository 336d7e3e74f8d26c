"""`inbaar register`: what other software does with one call, twice the same as once."""

import json

import pytest

from tests.commands.test_commands import inbaar
from tests.conftest import make_client
from tests.register.books import DAY_60, DUE, Register

NOW = "2026-11-02T10:00:00+01:00"


def ran(*words):
    done = inbaar("register", *words, "--json")
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


@pytest.mark.requirement("REG-07")
def test_reported_and_withdrawn_at_any_moment_by_one_command(own_database, monkeypatch, tmp_path):
    monkeypatch.setenv("INBAAR_NOW", NOW)
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    client = make_client("Zaagmolen B.V.", "59581883")
    register = Register(client)
    register.bank_account(DAY_60)
    register.invoice("F-1", DUE)
    of_client = ("--client", str(client.id))
    code, why = ran("report", "F-1", *of_client)
    assert code == 2
    assert "price" in why
    assert ran("price", "--from", DAY_60, "--amount", "12.50")[1][0]["amount"] == "12.50"
    code, told = ran("report", "F-1", "F-8", *of_client)
    assert (code, [one["state"] for one in told]) == (2, ["reported", "refused"])
    assert told[1]["refusals"][0]["code"] == "register-unknown"
    many = tmp_path / "lijst.csv"
    many.write_text(
        "Nummer;Bedrag;Vervaldatum;KvK;Naam\nF-1;1210,00;2-10-2026;90000002;De Korenaar\nF-2;500,00;1-9-2026;69599084;Molenaar B.V.\n"
    )
    code, told = ran("report", "--file", str(many), *of_client)
    assert (code, [one["state"] for one in told]) == (0, ["known", "reported"])
    code, told = ran("reports", *of_client)
    assert [(one["number"], one["state"], one["entry_from"]) for one in told] == [
        ("F-1", "waiting", "2026-11-16"), ("F-2", "waiting", "2026-11-16"),
    ]  # fmt: skip
    assert ran("entry") == (0, [])
    code, told = ran("entry", "--from", DAY_60, "--automatic", "--source", "board")
    assert (code, told[0]["second_person"], told[0]["state"]) == (0, False, "automatic, board")
    assert ran("entry", "--from", DAY_60, "--second-person", "--source", "board")[0] == 2
    assert ran("entry", "--from", DAY_60)[0] == ran("entry", "--automatic")[0] == 2
    code, told = ran("withdraw", "F-1", "F-8", *of_client)
    assert [one["state"] for one in told] == ["withdrawn", "not_reported"]
    code, told = ran("look-up", "90000002", "--reason", "op rekening", *of_client)
    assert (code, told[0]["count"], told[0]["arrears"]) == (0, 0, [])
