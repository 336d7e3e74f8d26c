"""A scan that is being read: how far it is, until its document is there to look at."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from inbaar.web.queries.scans import one_scan
from inbaar.web.requests import PageRequest, client_page


@client_page
def scan(request: PageRequest, scan_id: int) -> HttpResponse:
    """The pages read so far; the page asks for itself again, and gives way to the document as soon as that is there."""
    row = one_scan(request.place.client_id, scan_id)
    if row is None:
        raise Http404("no such scan")
    if row.reading_id is None:
        return render(request, "web/scan.html", {"row": row})
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse("document", args=[row.reading_id])})
    return redirect("document", row.reading_id)
