"""Sealed secrets: opened by the same installation for the same purpose, and by nothing else."""

import pytest

from inbaar.kit.sealing import SealBroken, seal, unseal


def test_what_was_sealed_is_opened_for_its_purpose_only():
    sealed = seal("gehéim €", "mailbox 1", "secret")
    assert unseal(sealed, "mailbox 1", "secret") == "gehéim €"
    for purpose, secret in (("mailbox 2", "secret"), ("mailbox 1", "other"), ("", "secret")):
        with pytest.raises(SealBroken):
            unseal(sealed, purpose, secret)


def test_it_shows_nothing_and_is_never_the_same_twice():
    one, other = seal("geheim", "x", "secret"), seal("geheim", "x", "secret")
    assert one != other
    assert "geheim" not in one


@pytest.mark.parametrize("sealed", ["", "x", "geheim", "AAAA" * 20, "é"])
def test_what_is_no_seal_is_broken(sealed):
    with pytest.raises(SealBroken):
        unseal(sealed, "x", "secret")
