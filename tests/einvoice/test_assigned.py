"""A claim that changed hands: the e-invoice names who must be paid on a day, and changes in nothing else."""

import datetime as dt
from dataclasses import replace

import pytest
from lxml import etree

from inbaar.einvoice.assigning import note_of
from inbaar.einvoice.checking import faults
from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.intake.readers import read_invoice
from inbaar.kit.errors import Refused
from inbaar.letters.parts import Language
from tests.corpus import corpus_file
from tests.einvoice.samples import FACTOR, OWNER, demand_valid, facts, of_original, text_at
from tests.intake.documents import cii, ubl

WRITTEN = pytest.mark.parametrize("written", [ubl_document, cii_document], ids=["ubl", "cii"])
ORIGINALS = pytest.mark.parametrize(
    "original", [(ubl(), "ubl"), (cii(), "cii"), None], ids=["ubl", "cii", "none"]
)
#: What an assignment changes in what is read: the payee, the account, the note and how to pay.
CHANGED = ("payee.", "iban", "account", "bic", "note", "payment_means", "mandate")
DEBIT = (
    "<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode><cac:PaymentMandate><cbc:ID>M-1</cbc:ID>"
    "<cac:PayerFinancialAccount><cbc:ID>NL02RABO0123456789</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>"
    "</cac:PaymentMeans>"
)


def known(original=None, **changed):
    return of_original(*original, **changed) if original else facts(**changed)


@WRITTEN
@ORIGINALS
@pytest.mark.requirement("BEY-29")
def test_after_the_sale_the_buyer_of_the_claim_is_the_payee(written, original):
    before = read_invoice(file_of(written(known(original))), "x")
    root = written(known(original, holder=FACTOR))
    demand_valid(root)
    after = read_invoice(file_of(root), "x")
    assert after.found["payee.name"] == FACTOR.name
    assert after.found["payee.kvk"] == FACTOR.kvk
    assert after.found["iban"] == FACTOR.iban
    assert "iban_2" not in after.found
    assert OWNER.iban.encode() not in file_of(root)
    kept = [name for name in before.found if not name.startswith(CHANGED)]
    assert {name: after.found[name] for name in kept} == {name: before.found[name] for name in kept}
    assert after.status == before.status


@WRITTEN
@ORIGINALS
def test_as_long_as_the_supplier_owns_the_claim_no_payee_is_named(written, original):
    """EN 16931 names a payee only where it is another than the seller (BR-17)."""
    read = read_invoice(file_of(written(known(original))), "x")
    assert not [name for name in read.found if name.startswith("payee.")]
    assert read.found["iban"] == OWNER.iban
    assert "note" not in read.found


def test_a_claim_that_came_back_is_the_supplier_s_again_under_whatever_name():
    renamed = replace(OWNER, name="Zaagmolen Nieuw B.V.", since=dt.date(2026, 4, 1))
    assert text_at(ubl_document(facts(holder=renamed)), "PayeeParty/PartyName/Name") == []


def test_the_note_says_to_whom_the_claim_went_and_that_only_paying_him_releases():
    assert note_of(FACTOR, Language.EN) == (
        'This claim was assigned to Factor "Noord" & Zuid N.V. (KvK 90000001) on 20 March 2026 (article 3:94 of the Dutch '
        'Civil Code). Pay only Factor "Noord" & Zuid N.V., into account NL20 INGB 0001 2345 67: only that payment '
        "releases you from this debt, unless article 6:34 of the Civil Code protects you."
    )
    told = note_of(replace(FACTOR, kvk=""), Language.NL)
    assert told.startswith(
        'Deze vordering is op 20 maart 2026 overgedragen aan Factor "Noord" & Zuid N.V. (artikel'
    )
    assert "alleen die betaling bevrijdt u" in told


def test_the_supplier_s_own_note_stands_before_it():
    noted = ubl(
        (
            "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>",
            "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:Note>Dank u.</cbc:Note>",
        )
    )
    (note,) = text_at(ubl_document(of_original(noted, holder=FACTOR)), "Note")
    assert note.startswith("Dank u. Deze vordering is op 20 maart 2026 overgedragen")


@WRITTEN
def test_a_direct_debit_for_the_supplier_becomes_a_transfer_to_the_new_owner(written):
    start, rest = ubl().split("<cac:PaymentMeans>")
    debit = start + DEBIT + rest.partition("</cac:PaymentMeans>")[2]
    root = written(of_original(debit, holder=FACTOR))
    demand_valid(root)
    read = read_invoice(file_of(root), "x")
    assert (read.found["payment_means"], read.found["iban"]) == ("58", FACTOR.iban)
    assert "mandate" not in read.found


def test_several_accounts_of_the_supplier_become_the_one_of_the_new_owner():
    start, rest = ubl().split("<cac:PaymentMeans>")
    first, end, rest = rest.partition("</cac:PaymentMeans>")
    one = f"<cac:PaymentMeans>{first}{end}"
    twice = start + one + one.replace("NL91 ABNA 0417 1643 00", "NL02RABO0123456789") + rest
    root = ubl_document(of_original(twice, holder=FACTOR))
    assert text_at(root, "PaymentMeans/PayeeFinancialAccount/ID") == [FACTOR.iban]


def test_of_a_split_payment_only_the_supplier_s_own_account_is_another_s():
    content = corpus_file("ubl/g-account/si-ubl-2.0-ext-gaccount_ok_sample.xml").read_bytes()
    before = read_invoice(content, "x")
    root = ubl_document(of_original(content, holder=FACTOR))
    assert {fault.rule for fault in faults(root)} <= {
        fault.rule for fault in faults(etree.fromstring(content))
    }
    after = read_invoice(file_of(root), "x")
    for name in ("g_account", "g_account_amount", "g_account_reference", "own_account_amount"):
        assert after.found.get(name) == before.found.get(name)
    assert after.supplier.iban == FACTOR.iban
    with pytest.raises(Refused, match="must survive"):
        cii_document(of_original(content))


def test_a_profile_without_room_for_a_payee_refuses_to_name_none():
    minimum = of_original(corpus_file("cii/akretion/factur-x-minimum.xml").read_bytes(), "cii", holder=FACTOR)
    assert cii_document(replace(minimum, holder=OWNER)) is not None
    with pytest.raises(Refused) as refused:
        cii_document(minimum)
    assert {refusal.code for refusal in refused.value.refusals} == {"not-valid"}
