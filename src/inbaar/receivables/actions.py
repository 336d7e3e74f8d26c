"""The writes on receivables, by the names other rooms use."""

from inbaar.receivables.acceptance import accept_invoices
from inbaar.receivables.age_steps import merge_age_steps
from inbaar.receivables.components import NewComponent, add_components
from inbaar.receivables.credits import SetOff, assign_credit, give_back, offset_key, set_off
from inbaar.receivables.dispatch import (
    begin_dispatch,
    end_dispatch,
    give_up_dispatch,
    say_sent,
    take_back_dispatch,
)
from inbaar.receivables.drafts import Accepted, Customer, Draft
from inbaar.receivables.evidence import NewFile, NewRequest, attach_evidence, request_evidence
from inbaar.receivables.holds import NewHold, hold_on, open_holds, release_hold, release_keys
from inbaar.receivables.payments import NewPayment, apply_payments
from inbaar.receivables.remainder import cancel_extras, waive_remainder, withdraw_extras
from inbaar.receivables.reversing import Reversal, reverse_payments
from inbaar.receivables.withdrawing import withdraw_invoices

__all__ = [
    "Accepted", "Customer", "Draft", "NewComponent", "NewFile", "NewHold", "NewPayment", "NewRequest", "Reversal",
    "SetOff", "accept_invoices", "add_components", "apply_payments", "assign_credit", "attach_evidence", "begin_dispatch",
    "cancel_extras", "end_dispatch", "give_back", "give_up_dispatch", "hold_on", "merge_age_steps", "offset_key", "open_holds",
    "release_hold", "release_keys", "request_evidence", "reverse_payments", "say_sent", "set_off", "take_back_dispatch",
    "waive_remainder",
    "withdraw_extras",
    "withdraw_invoices",
]  # fmt: skip
