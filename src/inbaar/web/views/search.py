"""Search over everything from the top of each page; one exact find is opened at once."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from inbaar.receivables.rules import number_key
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.queries.search import MOST, Found, found
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.views.bank import entry_states


@client_page
def search(request: PageRequest) -> HttpResponse:
    """What fits what was typed."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    result = found(request.place.client_id, text, read_amount(text)) if len(text) > 1 else Found()
    exact = [
        item for item in result.invoices if item.number == text or number_key(item.number) == number_key(text)
    ]
    if len(exact) == 1 and result.count == 1:
        return redirect("invoice", exact[0].id)
    if result.count == 1 and result.debtors:
        return redirect("debtor", result.debtors[0].id)
    words = entry_states()
    return render(
        request,
        "web/search.html",
        {
            "searched": text,
            "found": result,
            "entries": [(item, *words[item.state]) for item in result.entries],
            "most": MOST,
        },
    )
