"""What the books hold of the numbers and debtors a list names: two queries for any number of lines."""

from collections.abc import Sequence

from inbaar.intake.bulk.debtors import BookedDebtor
from inbaar.intake.bulk.lines import Line
from inbaar.intake.bulk.verdicts import BookedInvoice, Books
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.receivables.drafts import Customer
from inbaar.receivables.rules import number_key

_INVOICES = """
    SELECT i.id, i.number, i.kind, i.issue_date, i.due_date, i.currency, i.total, i.payable, i.open_amount, i.content_key,
           i.debtor_id, d.name
    FROM receivables_invoice i JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE i.client_id = %s AND (i.number_key = ANY(%s::text[]) OR i.number = ANY(%s::text[])) AND i.withdrawn_on IS NULL
    ORDER BY i.id
"""
_DEBTORS = """
    SELECT id, identity, name, number, kvk_number, vat_id, postcode FROM parties_debtor
    WHERE client_id = %s AND (
        identity = ANY(%s::text[]) OR bare_name = ANY(%s::text[]) OR number = ANY(%s::text[]) OR ltrim(number, '0') = ANY(%s::text[])
        OR kvk_number = ANY(%s::text[]) OR vat_id = ANY(%s::text[]))
    ORDER BY id
"""
_BARE = str.maketrans("", "", " .,-'&/()+")


def books_for(client_id: int, lines: Sequence[Line], own_ibans: frozenset[str] = frozenset()) -> Books:
    """The invoices and debtors of the client in scope that these lines may mean; `own_ibans` are his own accounts."""
    keys = {number_key(line.number) for line in lines if line.number}
    numbers = {line.number for line in lines if "(" in line.number}  # a number of ours beside the printed one
    invoices = fetch(_INVOICES, [client_id, *(array_parameter(sorted(found)) for found in (keys, numbers))])
    debtors = booked_debtors(client_id, [line.customer for line in lines])
    return Books([BookedInvoice(*row) for row in invoices], debtors, own_ibans)


def booked_debtors(client_id: int, customers: Sequence[Customer]) -> list[BookedDebtor]:
    """The debtors of the client in scope that these customers may be. One statement."""
    numbers = {customer.number for customer in customers if customer.number}
    told = (
        {customer.identity.key for customer in customers},
        {customer.name.upper().translate(_BARE) for customer in customers if customer.name},
        numbers,
        {number.lstrip("0") for number in numbers if number.isdigit()},
        {customer.kvk for customer in customers if customer.kvk},
        {customer.vat for customer in customers if customer.vat},
    )
    rows = fetch(_DEBTORS, [client_id, *(array_parameter(sorted(values)) for values in told)])
    return [BookedDebtor(*row) for row in rows]
