"""`inbaar token`: a program is let in, seen and shut out again by one command."""

import json

from tests.api.caller import Caller
from tests.commands.test_commands import inbaar
from tests.conftest import make_client


def ran(*words):
    done = inbaar("token", *words, "--json")
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_made_listed_and_withdrawn(own_database):
    client = make_client("Zaagmolen B.V.", "59581883")
    of_client = ("--client", str(client.id))
    code, (made,) = ran("make", "Exact", "--for", "report", "--for", "read", *of_client)
    assert code == 0
    assert Caller(client, token=made["token"]).get("/me").json()["scopes"] == ["read", "report"]
    _, (row,) = ran("list", *of_client)
    assert (row["name"], row["for"], row["state"]) == ("Exact", ["read", "report"], "in use")
    assert row["last_used_at"]
    assert made["token"] not in json.dumps(row)
    assert ran("withdraw", str(row["number"]), *of_client)[1][0]["state"] == "withdrawn"
    assert ran("withdraw", str(row["number"]), *of_client)[1][0]["state"] == "opens nothing"
    assert Caller(client, token=made["token"]).get("/me").status_code == 401
    code, why = ran("make", "Exact", "--for", "everything", *of_client)
    assert (code, "token is for something" in why) == (2, True)
    assert ran("list", "--client", "999")[0] == 2
