"""Paying online from a payment link, coming back from the provider, and where the provider tells that something changed.

Nobody is logged in here. A link says what may be paid, a signed address which payment a message is about; what either
leads to is asked of the provider with the client's own key.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from inbaar.banking.online.following import NOT_AGAIN_WITHIN, ask_payment, take_message
from inbaar.banking.online.links import read_told_token
from inbaar.banking.online.mollie import is_payment_id
from inbaar.banking.online.provider import ProviderError
from inbaar.banking.online.queries import latest_payment
from inbaar.banking.online.starting import Wanted, begin_payment
from inbaar.kit.clock import now
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.kit.site import site_address
from inbaar.web.requests import without_client
from inbaar.web.views.errors import too_often
from inbaar.web.views.pay import MOST_A_MINUTE, Visit, pay, pay_answer, visit_of
from inbaar.web.visits import limited
from inbaar.web.wording.refusals import refused_words

LONGEST_MESSAGE = 1_000
#: A provider tells of all payments of all clients from a few addresses; what is refused it tells again later.
MOST_TOLD_A_MINUTE = 600


# Nobody is logged in, so there is nothing that a form on another site could borrow: who has the link may begin its payment.
@csrf_exempt
@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_http_methods(["GET", "POST"])
def pay_online(request: HttpRequest, token: str) -> HttpResponse:
    """By POST, begin the payment and send the payer to it; by GET he comes back, and is shown how it stands."""
    visit = visit_of(request, token)
    if visit.page is None or visit.payable is None:
        return pay(request, token)
    if request.method == "GET":
        _ask(visit)
        return redirect("pay", token)
    if not visit.online:
        return redirect("pay", token)
    parts = tuple((line.invoice_id, line.left) for line in visit.page.lines if line.left)
    # By the link he came by, which is no better for having been paid by.
    back = f"{site_address()}{reverse('pay_online', args=[token])}"
    try:
        begun = begin_payment(
            visit.payable.client_id, Wanted(visit.payable.reference, parts, back, visit.language), now()
        )
    except Refused as refused:
        with translation.override(visit.language):
            problem = " ".join(refused_words(refused))
        return pay_answer(request, visit, problem, status=503)
    if begun.state != "open" or not begun.checkout_url:
        return redirect("pay", token)
    return _send_on(request, visit, begun.checkout_url)


def _send_on(request: HttpRequest, visit: Visit, address: str) -> HttpResponse:
    """A page that goes on to the provider by itself, with a link where it does not.

    A redirect would be refused: what a form of ours leads to must be ours (form-action in the page's policy).
    """
    with translation.override(visit.language):
        answer = render(
            request,
            "web/pay_go.html",
            {"page": visit.page, "address": address, "LANGUAGE_CODE": visit.language},
        )
    answer["Refresh"] = f"0; url={address}"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _ask(visit: Visit) -> None:
    """Ask how the newest payment stands; where the provider does not say, the page shows what was known."""
    assert visit.payable is not None
    client_id, reference = visit.payable
    with client_scope(client_id):
        latest = latest_payment(client_id, reference)
    if latest is not None:
        try:
            ask_payment(client_id, latest.id, now())
        except ProviderError:
            return


def _later(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=429)


@csrf_exempt
@without_client
@login_not_required
@limited(MOST_TOLD_A_MINUTE, _later)
@never_cache
@require_POST
def online_told(request: HttpRequest, token: str) -> HttpResponse:
    """The provider's message that a payment changed. Whatever is not ours is answered the same, and does nothing."""
    told = read_told_token(token)
    if told is None or int(request.headers.get("Content-Length") or 0) > LONGEST_MESSAGE:
        return HttpResponse()
    number = request.POST.get("id", "")
    if not is_payment_id(number) or take_message(*told, number, now()):
        return HttpResponse()
    return HttpResponse(status=503, headers={"Retry-After": str(NOT_AGAIN_WITHIN.seconds)})
