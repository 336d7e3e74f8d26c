"""Opening an administration from the command line: who begins for real."""

import json

import pytest

from inbaar.banking.models import BankAccount
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope, user_scope
from inbaar.parties.models import Client, Membership, User
from inbaar.parties.opening import give_role, take_out
from tests.commands.test_commands import inbaar
from tests.conftest import _run_as_owner

pytestmark = pytest.mark.usefixtures("own_database")
FACTS = ("--name", "Timmerwerk De Kade B.V.", "--kvk", "12345678", "--iban", "NL91 ABNA 0417 1643 00")


@pytest.fixture(autouse=True)
def _database(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_an_administration_opens_with_its_account_and_a_user_who_may_enter():
    done = inbaar("administration", *FACTS, "--user", "anna@kade.example", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    user = User.objects.get(email="anna@kade.example")
    assert user.check_password(told["password"])
    with user_scope(user.id):
        assert list(Membership.objects.values_list("client_id", "role")) == [(told["client"], "owner")]
    with client_scope(told["client"]):
        assert BankAccount.objects.get().iban == "NL91ABNA0417164300"
        assert Client.objects.get().email == "anna@kade.example"


def test_a_user_who_is_there_keeps_his_password():
    first = json.loads(inbaar("administration", *FACTS, "--user", "anna@kade.example", "--json").stdout)
    again = json.loads(
        inbaar("administration", "--name", "Tweede B.V.", "--user", "anna@kade.example", "--json").stdout
    )
    assert again["password"] is None
    assert User.objects.get().check_password(first["password"])


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--kvk", "1234"), "inbaar: --kvk 1234 is not right: it is not eight digits\n"),
        (
            ("--iban", "NL91ABNA0417164301"),
            "inbaar: --iban NL91ABNA0417164301 is not right: its check digits are wrong (mod 97)\n",
        ),
        (("--dunning-from", "morgen"), "inbaar: --dunning-from morgen is no date: give it as 2026-11-22\n"),
    ],
)
def test_wrong_facts_are_refused_in_one_line(words, line):
    done = inbaar("administration", "--name", "X", "--user", "a@b.example", *words)
    assert (done.returncode, done.stderr) == (2, line)


def test_a_lost_password_is_replaced_from_the_command_line():
    json.loads(inbaar("administration", *FACTS, "--user", "anna@kade.example", "--json").stdout)
    done = inbaar("password", "Anna@kade.example", "--json")
    assert done.returncode == 0, done.stderr
    assert User.objects.get().check_password(json.loads(done.stdout)["password"])
    unknown = inbaar("password", "niemand@kade.example")
    assert unknown.returncode == 2
    assert unknown.stderr == (
        "inbaar: nobody logs in as niemand@kade.example: check the address, or let them in with inbaar administration\n"
    )


@pytest.mark.parametrize("app", ["receivables", "debtor_statements"])
def test_books_that_cannot_be_brought_up_to_date_are_one_line_and_stay_as_they_are(own_database, app):
    _run_as_owner(f"DELETE FROM django_migrations WHERE app = '{app}'", database=own_database)
    done = inbaar("migrate")
    assert done.returncode == 2
    assert done.stderr.startswith("inbaar: these books cannot be brought up to date (")
    assert "INBAAR_DATA" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert Client.objects.count() == 0


def test_a_second_person_comes_in_with_a_role_and_goes_out_again():
    opened = json.loads(inbaar("administration", *FACTS, "--user", "anna@kade.example", "--json").stdout)
    client = str(opened["client"])
    done = inbaar("user", "bob@kade.example", "--client", client, "--role", "treasurer", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    bob = User.objects.get(email="bob@kade.example")
    assert bob.check_password(told["password"])
    with client_scope(opened["client"]):
        roles = dict(Membership.objects.values_list("user__email", "role"))
    assert roles == {"anna@kade.example": "owner", "bob@kade.example": "treasurer"}
    # Twice, and another role: no second membership and no new password.
    assert give_role("bob@kade.example", "x", opened["client"], "viewer") is False
    with client_scope(opened["client"]):
        assert Membership.objects.get(user=bob).role == "viewer"
    assert User.objects.get(email="bob@kade.example").check_password(told["password"])
    take_out("bob@kade.example", opened["client"])
    with user_scope(bob.id):
        assert not Membership.objects.exists()


def test_an_administration_keeps_an_owner_and_strangers_are_told():
    opened = json.loads(inbaar("administration", *FACTS, "--user", "anna@kade.example", "--json").stdout)
    for act in (
        lambda: take_out("anna@kade.example", opened["client"]),
        lambda: give_role("anna@kade.example", "x", opened["client"], "viewer"),
    ):
        with pytest.raises(Refused, match="keeps an owner"):
            act()
    with pytest.raises(Refused, match="check the address"):
        take_out("niemand@kade.example", opened["client"])
    done = inbaar("user", "bob@kade.example", "--client", "999999", "--role", "viewer")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "open it with inbaar administration" in done.stderr
    assert not User.objects.filter(email="bob@kade.example").exists()
