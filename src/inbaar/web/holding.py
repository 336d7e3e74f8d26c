"""From a form to a hold on an invoice or on all that a debtor owes, and what came of it in words."""

from django.utils.translation import gettext as _

from inbaar.arrangements.promises import withdraw_promise
from inbaar.kit.clock import now, today
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.web.formats import amount, day
from inbaar.web.forms import HoldForm


def new_hold(form: HoldForm, debtor_id: int, invoice_id: int | None, by: str) -> NewHold:
    """The hold a valid form asks for, from today on; who sends the form twice asks for it once."""
    data = form.cleaned_data
    subject = invoice_id if invoice_id is not None else f"debtor-{debtor_id}"
    return NewHold(
        debtor_id=debtor_id, kind=form.kind, reason=data["reason"], owner=data["owner"] or by, since=today(),
        key=f"{form.kind}:{subject}:{data['token']}", invoice_id=invoice_id, amount=data.get("amount"),
        until=data.get("until"), solve_by=data.get("solve_by"),
    )  # fmt: skip


def open_hold(client_id: int, hold: NewHold) -> None:
    """Open it; `Refused` for a part above what is open."""
    open_holds(client_id, [hold], now())


def held_words(hold: NewHold, currency: str = "EUR") -> str:
    """What the hold does from now on."""
    if hold.amount:
        told = _("Disputed for %(amount)s: nothing is asked for that part until it is released.")
        return told % {"amount": amount(hold.amount, currency)}
    if hold.until:
        told = {
            "pause": _("Paused until %(day)s: the reminders go on after it."),
        }[hold.kind]
        return told % {"day": day(hold.until)}
    if hold.kind == "insolvency":
        return _("Put down as insolvent: nothing goes out to this debtor until it is released.")
    if hold.invoice_id is None:
        return _("Disputed: nothing is asked of this debtor until it is released.")
    return _("Disputed: nothing is asked for this invoice until it is released.")


def arrangement_of(key: str) -> tuple[str, int] | None:
    """The promise or plan that a hold belongs to: it ends with that, and not by itself."""
    kind, _colon, rest = key.partition(":")
    number, _colon, invoice = rest.partition(":")
    known = kind in ("promise", "plan", "plan-asked") and number.isdigit() and invoice.isdigit()
    return (kind, int(number)) if known else None


def let_arrangement_go(client_id: int, kept_by: tuple[str, int], by: str) -> str:
    """What releasing the hold of a promise or plan does: a promise is taken back, a plan is ended on its own page."""
    kind, number = kept_by
    if kind != "promise":
        return _("This hold belongs to a payment plan: answer or end that on its own page.")
    if withdraw_promise(client_id, number, by, today(), now()):
        return _("Taken back: the next run looks at its invoices again.")
    return _("This promise had ended already; nothing was changed.")
