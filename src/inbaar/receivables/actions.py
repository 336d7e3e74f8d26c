"""The writes on receivables, by the names other rooms use."""

from inbaar.receivables.acceptance import accept_invoices
from inbaar.receivables.components import NewComponent, add_components
from inbaar.receivables.credits import assign_credit
from inbaar.receivables.dispatch import begin_dispatch, end_dispatch, give_up_dispatch, say_sent
from inbaar.receivables.drafts import Accepted, Customer, Draft
from inbaar.receivables.evidence import NewFile, NewRequest, attach_evidence, request_evidence
from inbaar.receivables.holds import NewHold, open_holds, release_hold
from inbaar.receivables.payments import NewPayment, apply_payments
from inbaar.receivables.remainder import cancel_extras, waive_remainder, withdraw_extras
from inbaar.receivables.withdrawing import withdraw_invoices

__all__ = [
    "Accepted", "Customer", "Draft", "NewComponent", "NewFile", "NewHold", "NewPayment", "NewRequest", "accept_invoices",
    "add_components", "apply_payments", "assign_credit", "attach_evidence", "begin_dispatch", "cancel_extras", "end_dispatch",
    "give_up_dispatch", "open_holds", "release_hold", "request_evidence", "say_sent", "waive_remainder",
    "withdraw_extras", "withdraw_invoices",
]  # fmt: skip
