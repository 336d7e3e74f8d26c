"""The fictional numbers pass the checks of independent libraries."""

import pytest
from schwifty import IBAN
from stdnum import iso11649
from stdnum.be import vat as belgian_vat
from stdnum.de import vat as german_vat
from stdnum.nl import btw

from inbaar.market import identifiers
from inbaar.market.noise import betalingskenmerk
from inbaar.market.population import BUSINESS, population

NUMBERS = range(1, 400, 7)


@pytest.mark.parametrize("number", NUMBERS)
def test_tax_numbers_pass(number: int) -> None:
    assert btw.is_valid(identifiers.company_vat(number))
    assert btw.is_valid(identifiers.sole_trader_vat(number))
    assert belgian_vat.is_valid(f"BE{identifiers.belgian_enterprise(number)}")
    assert german_vat.is_valid(identifiers.german_vat(number))


def test_accounts_pass_and_have_a_bank() -> None:
    for debtor in population(3, 80):
        for account in (debtor.facts.iban, debtor.private_iban):
            assert IBAN(account, validate_bban=True).bic is not None


def test_rf_reference_of_an_invoice_number() -> None:
    assert identifiers.rf_reference("2026-0137") == "RF4520260137"
    assert all(iso11649.is_valid(identifiers.rf_reference(f"2026-{n:04d}")) for n in NUMBERS)


def test_betalingskenmerk_has_the_published_check_digit() -> None:
    assert betalingskenmerk(2026000123) == "5000002026000123"


def test_the_business_is_valid_and_nobody_has_its_numbers() -> None:
    assert IBAN(BUSINESS.iban).bic == BUSINESS.bic
    assert btw.is_valid(BUSINESS.vat)
    facts = [debtor.facts for debtor in population(1, 400)]
    for field in ("kvk", "vat", "iban", "email"):
        values = [v for f in facts if (v := getattr(f, field)) is not None]
        assert len(values) == len(set(values)), field
    assert BUSINESS.kvk not in {f.kvk for f in facts}


def test_addresses_are_reserved_and_consumers_have_no_company_numbers() -> None:
    for debtor in population(1, 80):
        assert debtor.facts.email.endswith(".example")
        if debtor.facts.consumer:
            assert (debtor.facts.kvk, debtor.facts.vat, debtor.facts.legal_id) == (None, None, None)
