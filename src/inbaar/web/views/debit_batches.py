"""What the page of a batch shows of debits, and of a file that was never handed in."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from inbaar.banking.batches.deciding import Contents
from inbaar.banking.batches.rules import approval_refusals
from inbaar.banking.batches.voiding import void_of
from inbaar.banking.debits.batching import LEFT_OUT, changed_debits, rest_of
from inbaar.banking.debits.rules import file_refusals
from inbaar.banking.void_files import (
    ask_batch_void,
    confirm_batch_void,
    void_refused_on,
    withdraw_batch_void,
)
from inbaar.kit.clock import now, today
from inbaar.web.formats import day
from inbaar.web.paging import Page
from inbaar.web.queries.debits import batch_debits, batch_head, debit_states, numbers_of
from inbaar.web.queries.payments import BatchRow, reports_of
from inbaar.web.requests import PageRequest
from inbaar.web.views.payments import acting
from inbaar.web.wording.debits import DEBIT_STATES, debit_state, scheme_words, sequence_words
from inbaar.web.wording.payments import state_words
from inbaar.web.wording.refusals import refusal_words

#: How many that changed are named on the page; the rest is counted.
NAMED = 50
#: News of the bank that is older than this many days says little of who paid since.
STALE_DAYS = 4


def debit_batch_facts(client_id: int, row: BatchRow, page: Page) -> dict[str, Any]:
    """The debits of a batch, what they share, and what of it changed since and would be left out."""
    head = batch_head(client_id, row.id)
    changed = changed_debits(client_id, row.id, today(), lock=False) if row.state == "made" else {}
    rest = rest_of(row.count, row.total, changed)
    named = numbers_of(client_id, list(changed)[:NAMED])
    return {
        "debits": [(item, *debit_state(item)) for item in batch_debits(client_id, row.id, page.rows, page.offset)],
        "sums": [(state_words(state, DEBIT_STATES), count, total) for state, count, total in debit_states(client_id, row.id)],
        "head": head, "scheme": scheme_words(head.scheme) if head else "",
        "sequence": sequence_words(head.kind, head.last) if head else "",
        "changed": [(number, *named[number], changed[number][0], [refusal_words(one) for one in changed[number][1]]) for number in named],
        "changed_count": len(changed), "rest": rest, "note_words": _note(row), "stale": _stale(head.read_up_to if head else None),
        "cannot": file_refusals(row.execute_on, now(), row.cut_off) if row.state == "made" else [],
    }  # fmt: skip


def agreed_rest(given: QueryDict) -> Contents | None:
    """What the second person agreed to leave, as it was shown to him; None where nothing had changed."""
    count, total = given.get("rest_count", ""), given.get("rest_total", "")
    if not count.isdecimal() or len(count) > 9:
        return None
    try:
        return Contents(int(count), Decimal(total))
    except InvalidOperation:
        return None


def void_facts(request: PageRequest, row: BatchRow) -> dict[str, Any]:
    """Whether a file is void or may be declared so, and who may confirm it. What the bank said is only looked for once asked."""
    if row.state != "approved":
        return {"void": None}
    client_id, may = request.place.client_id, request.place.may_change
    void = void_of(client_id, row.id)
    asked = void is not None and void.state == "asked" and may
    cannot = []
    if void is not None and asked:
        cannot = approval_refusals(request.place.role, void.asked_by_id == request.user.pk)
        cannot += void_refused_on(client_id, row.id, today())
    silent = not row.bank_status and not reports_of(client_id, row.id)
    return {
        "void": void, "void_cannot": [refusal_words(one) for one in cannot], "void_asked": asked,
        "may_void": may and void is None and silent, "reason": request.POST.get("reason", ""),
    }  # fmt: skip


def void_act(request: PageRequest, batch_id: int, verb: str) -> str:
    """Do what was chosen about a file that was never handed in; gives what to say of it."""
    client_id, by = request.place.client_id, acting(request)
    if verb == "ask":
        ask_batch_void(client_id, batch_id, request.POST.get("reason", "").replace("\0", ""), by)
        return _(
            "Kept. The file is not given out any more; somebody else confirms that it was never handed in."
        )
    if verb == "confirm":
        confirm_batch_void(client_id, batch_id, by)
        return _("Confirmed. The file is void, and what was in it waits anew.")
    if verb == "withdraw":
        withdraw_batch_void(client_id, batch_id, by)
        return _("Taken back. The file can be downloaded again.")
    raise Http404("no such act")


def _note(row: BatchRow) -> str:
    if row.note != LEFT_OUT:
        return row.note
    return _("Approved without what had changed: that is in a batch of its own.")


def _stale(read_up_to: dt.date | None) -> str:
    """That who paid by himself lately is not known yet; nothing where the news of the bank is fresh."""
    if read_up_to is None:
        return _("No statement of this account was taken in yet: who paid by himself is not known.")
    if (today() - read_up_to).days <= STALE_DAYS:
        return ""
    return _(
        "The last statement is of %(day)s: who paid by himself since is not known. Take in the statements first."
    ) % {"day": day(read_up_to)}
