"""The scope of a client: what is seen inside it, and that scopes of two clients never nest."""

import pytest

from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor

pytestmark = pytest.mark.django_db


def test_rows_are_seen_only_in_their_own_scope(client_a, client_b):
    with client_scope(client_a.id):
        Debtor.objects.create(
            client=client_a, identity="kvk:1", name="Jansen", capacity="business", legal_form="company"
        )
        assert Debtor.objects.count() == 1
    with client_scope(client_b.id):
        assert Debtor.objects.count() == 0
    assert Debtor.objects.count() == 0


def test_a_scope_of_one_client_inside_that_of_another_is_a_bug(client_a, client_b):
    with (
        client_scope(client_a.id),
        pytest.raises(RuntimeError, match="inside a scope of client"),
        client_scope(client_b.id),
    ):
        pass
