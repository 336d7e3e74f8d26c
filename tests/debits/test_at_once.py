"""Two at once: a link that several sign at the same moment, and a reference that several choose, make one mandate."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from inbaar.banking.debits.actions import invite_to_sign, link_token, sign_by_link
from inbaar.kit.errors import Refused
from tests.conftest import make_client
from tests.debits.books import DAY, NOW, collecting, confirmed, rows, signed, wanted
from tests.debits.test_mandates_db import drawn_up

SEVERAL = 4


@pytest.fixture
def client(own_database, django_db_blocker):
    """A client whose rows are committed."""
    with django_db_blocker.unblock():
        yield make_client("Van Dijk Techniek B.V.", "90000001")


def at_once(acts):
    """Run acts at the same moment, each over its own connection; gives what each came to: done, or why not."""
    gate = Barrier(len(acts), timeout=60)

    def one(act):
        try:
            gate.wait()
            act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as several:
        return sorted(several.map(one, acts))


def test_several_who_sign_at_once_sign_one_mandate(client):
    token = link_token(client.id, drawn_up(client, collecting(client)))
    given = [confirmed(token, name=f"Jansen {n}") for n in range(SEVERAL)]
    came = at_once([lambda each=each: sign_by_link(token, each, DAY, NOW) for each in given])
    assert came == ["done"] + ["link-used"] * (SEVERAL - 1)
    assert rows(client, "SELECT count(*) FROM debits_mandate") == [(1,)]
    assert rows(client, "SELECT count(*) FROM receivables_evidencefile") == [(1,)]


def test_several_who_choose_one_reference_at_once_get_an_answer(client):
    debtor = collecting(client)
    until = DAY.replace(day=30)
    new = wanted(debtor, reference="K-1")
    acts = [
        lambda: invite_to_sign(client.id, new, until, "desk", DAY, NOW),
        lambda: signed(client, debtor, reference="K-1"),
    ]
    assert at_once(acts * 2) == ["done"] + ["mandate-known"] * 3
    sql = "SELECT (SELECT count(*) FROM debits_mandate) + (SELECT count(*) FROM debits_signinglink)"
    assert rows(client, sql) == [(1,)]
