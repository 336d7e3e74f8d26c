"""The lists of the bank and of the letters as files: the rows that the page shows, all of them, in its order."""

from collections.abc import Iterator, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from inbaar.banking.queries import unmatched_entries
from inbaar.kit.clock import today
from inbaar.web.csv_export import Cell
from inbaar.web.list_files import list_answer
from inbaar.web.queries.bank import entry_rows, statement_rows
from inbaar.web.queries.letters import letter_rows
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.views.bank import asked_account, asked_entries, entry_states, language, reason_words
from inbaar.web.views.letters import asked_state
from inbaar.web.wording.kinds import delivery_words
from inbaar.web.wording.steps import step_name

Table = tuple[str, Sequence[str], Iterator[Sequence[Cell]]]


@client_page
def bank_export(request: PageRequest, form: str = "csv") -> HttpResponse:
    """The bank's list that is shown: what waits for an invoice, all entries, or the statements."""
    lists = {"entries": _entries, "statements": _statements}
    name, head, rows = lists.get(request.GET.get("show", ""), _unmatched)(request)
    return list_answer(form, f"{name}-{today().isoformat()}", head, rows)


@client_page
def letter_export(request: PageRequest, form: str = "csv") -> HttpResponse:
    """The letters of the state that is shown."""
    head = [
        _("Number"), _("Letter"), _("Debtor"), _("Date"), _("Pay by"), _("Currency"), _("Asked"), _("Delivery"),
        _("To"), _("Answer"),
    ]  # fmt: skip
    rows = (
        (
            row.number, step_name(row.kind), row.debtor, row.on, row.pay_by, row.currency, row.total,
            delivery_words(row.state)[0], row.address, row.answer,
        )
        for row in letter_rows(request.place.client_id, asked_state(request))
    )  # fmt: skip
    return list_answer(form, f"{_('letters')}-{today().isoformat()}", head, rows)


def _unmatched(request: PageRequest) -> Table:
    head = [
        _("From"), "IBAN", _("Date"), _("Account"), _("Currency"), _("Amount"), _("Not matched"), _("Reference"),
        _("Text"), _("Why it is not matched"), _("Could be for"),
    ]  # fmt: skip
    rows = (
        (
            item.counterparty_name, item.counterparty_iban, item.date, item.account_iban, item.currency, item.amount,
            item.unapplied, item.reference, item.text, item.reason, ", ".join(suspect.number for suspect in item.suspects),
        )
        for item in unmatched_entries(language(), limit=None)
    )  # fmt: skip
    return _("not-matched"), head, rows


def _entries(request: PageRequest) -> Table:
    head = [
        _("Counterparty"), "IBAN", _("Date"), _("Value date"), _("Account"), _("Currency"), _("Amount"), _("Not matched"),
        _("Reference"), _("Text"), _("State"), _("Reason"),
    ]  # fmt: skip
    words = entry_states()
    rows = (
        (
            row.name, row.their_iban, row.date, row.value_date, row.iban, row.currency, row.amount, row.unapplied,
            row.reference, row.text, words[row.state][0], reason_words(row),
        )
        for row in entry_rows(request.place.client_id, *asked_entries(request))
    )  # fmt: skip
    return _("entries"), head, rows


def _statements(request: PageRequest) -> Table:
    head = [
        _("From"), _("Until"), _("Account"), _("Number"), _("Currency"), _("Opening"), _("Closing"), _("State"), _("File"),
    ]  # fmt: skip
    rows = (
        (
            row.from_date, row.to_date, row.iban, row.number, row.currency, row.opening, row.closing,
            _("adds up") if row.adds_up else _("does not add up"), row.file,
        )
        for row in statement_rows(request.place.client_id, asked_account(request))
    )  # fmt: skip
    return _("statements"), head, rows
