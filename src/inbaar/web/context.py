"""What every page's frame shows: the rooms, who is there, for which client, and where one is."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inbaar.kit.clock import today

# Address name, label, icon: the rooms that exist.
ROOMS = (
    ("overview", _("Overview"), "overview"),
    ("invoices", _("Invoices"), "invoices"),
    ("debtors", _("Debtors"), "debtors"),
    ("bank", _("Bank"), "bank"),
    ("register", _("Register"), "flag"),
    ("upload", _("Take in"), "upload"),
)
# Pages that belong to a room without bearing its name.
_WITHIN = {
    "debtor_statements": "debtors", "debtor_statement": "debtors", "debtor_statement_new": "debtors",
    "debtor_statement_run": "debtors", "debtor_statement_ask": "debtors",
    "ageing": "overview", "ageing_list": "overview",
    "invoice": "invoices", "letter": "invoices", "letters": "invoices", "policies": "invoices", "calls": "invoices", "batch": "invoices", "own_words": "invoices", "own_words_set": "invoices", "batch_act": "invoices", "batch_window": "invoices", "policy": "invoices", "debtor": "debtors", "debtor_edit": "debtors", "entry": "bank", "bank_account_new": "bank",
    "online": "bank", "online_key": "bank",
    **dict.fromkeys(
        ("register_report", "register_new", "register_list", "register_look_up", "register_figures", "register_call",
         "register_objection", "register_watch"), "register",
    ),
    **dict.fromkeys(
        ("payments", "payment", "payment_new", "payment_check", "payment_withdraw", "payment_again", "payment_batch",
         "payment_batch_new", "payment_batch_approve", "payment_batch_refuse"), "bank",
    ),
    **dict.fromkeys(
        ("mandates", "mandate_creditor", "mandate", "mandate_amend", "mandate_withdraw", "mandate_suspend", "mandate_resume",
         "mandate_register", "mandate_drawn_up", "mandate_request", "mandate_came_back"), "bank",
    ),
    **dict.fromkeys(
        ("debits", "debit", "debit_ask", "debit_batch_new", "write_off", "write_off_limit", "online_refund"), "bank",
    ),
    **dict.fromkeys(("replies", "reply", "reply_decide", "reply_reasons", "reply_reason_save"), "debtors"),
    **dict.fromkeys(
        ("promises", "promise_new", "plans", "plan", "plan_new", "plan_agree", "plan_refuse", "plan_end", "arrangement_policy"),
        "debtors",
    ),
    "mandate_new": "debtors", "mandate_signed_before": "debtors",
    "statement_file": "bank", "statement_file_book": "bank", "statement_file_aside": "bank",
    "document": "upload", "import": "upload", "import_check": "upload",
    "import_line": "upload", "import_columns": "upload", "mailbox": "upload", "mailbox_save": "upload",
}  # fmt: skip


def _here(request: HttpRequest) -> str:
    """The page one is on. What answers a form that was refused stands at the form's address, which takes no visitors."""
    if request.method == "POST":
        return urlsplit(request.headers.get("Referer", "")).path or "/"
    return request.get_full_path()


def frame(request: HttpRequest) -> dict[str, Any]:
    """The values `web/frame.html` needs."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return {
        "rooms": ROOMS,
        "room": _WITHIN.get(name, name),
        "place": getattr(request, "place", None),
        "places": getattr(request, "places", []),
        "today": today(),
        "here": _here(request),
    }
