"""The register's own page: the reports that run, reporting what is not in the books, and a list of many at once."""

import datetime as dt
import io
from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.intake.bulk.tables import NotAList
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME, now, today
from inbaar.kit.errors import Refused
from inbaar.law.amounts import ZERO
from inbaar.register.alerts import subscriber
from inbaar.register.listing import Line, read_list, report_told
from inbaar.register.looking_up import lookups_of, watched_by, watchers_of
from inbaar.register.queries import RunningReport, calls_to_make, fees_of, running
from inbaar.register.reporting import Reported
from inbaar.web.formats import amount, day
from inbaar.web.register_forms import ArrearForm, ListForm, LookUpForm
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.problems import problem_words
from inbaar.web.wording.refusals import refusal_words, refused_words
from inbaar.web.wording.register import measures, state_words


@client_page
def register(request: PageRequest) -> HttpResponse:
    """The page."""
    return register_page(request, {})


@client_act
def register_new(request: PageRequest) -> HttpResponse:
    """Report an arrear that is not in the books."""
    form = ArrearForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                (answer,) = report_told(
                    request.place.client_id,
                    [form.told],
                    by(request),
                    today(),
                    now(),
                    reporter=request.user.pk,
                    on_letters=queue_delivery,
                )
        except Refused as refused:
            _refuse(form, refused_words(refused))
        else:
            if answer.report_id is not None:
                messages.success(request, reported_words(answer))
                return redirect("register_report", answer.report_id)
            _refuse(form, [refusal_words(refusal) for refusal in answer.refusals])
    return register_page(request, {"arrear": form}, 400)


@client_act
def register_list(request: PageRequest) -> HttpResponse:
    """Report a list of arrears; the answer says of each line what became of it."""
    form = ListForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            with transaction.atomic():
                lines = list(read_list(io.BytesIO(form.cleaned_data["list"].read())))
                told = [line.told for line in lines if line.told is not None]
                answers = report_told(
                    request.place.client_id,
                    told,
                    by(request),
                    today(),
                    now(),
                    reporter=request.user.pk,
                    on_letters=queue_delivery,
                )
        except NotAList as problem:
            _refuse(form, [problem_words(problem.rule, problem.text)[0]])
        except Refused as refused:
            _refuse(form, refused_words(refused))
        else:
            return render(request, "web/register_list.html", {"lines": _told(lines, answers)})
    return register_page(request, {"list": form}, 400)


def register_page(request: PageRequest, bound: dict[str, Form], status: int = 200) -> HttpResponse:
    """The page as an answer; `bound` are forms that come back with what was typed."""
    client_id, on = request.place.client_id, today()
    reports = running(client_id, on)
    kvk, name = own_company(client_id)
    fees = fees_of(client_id, on.replace(day=1), on)
    return render(
        request,
        "web/register.html",
        {
            "reports": [(report, *state_words(report.state)) for report in reports],
            "summary": _summary(reports, calls_to_make(client_id, on)),
            "fees": amount(sum((fee.amount for fee in fees), ZERO)),
            "fee_count": len(fees),
            "arrear": bound.get("arrear") or ArrearForm(),
            "list": bound.get("list") or ListForm(),
            "look": bound.get("look") or LookUpForm(),
            "watched": watched_by(client_id),
            "mailed": subscriber(client_id),
            "own_address": getattr(request.user, "email", ""),
            "kvk": kvk,
            "lookups": [(local(seen.at), seen) for seen in lookups_of(kvk, name, 10)] if kvk else [],
            "watchers": watchers_of(kvk) if kvk else [],
            "measures": measures(),
        },
        status=status,
    )


def own_company(client_id: int) -> tuple[str, str]:
    """The client's own KvK number and name: by them he is looked up."""
    rows = fetch(
        """
        SELECT o.kvk_number, o.name FROM parties_client c JOIN parties_organisation o ON o.id = c.organisation_id
        WHERE c.id = %s
        """,
        [client_id],
    )
    return str(rows[0][0]), str(rows[0][1])


def by(request: PageRequest) -> str:
    """Who does it."""
    return str(request.user)[:100]


def local(moment: dt.datetime) -> str:
    """A moment as it is read here."""
    here = moment.astimezone(DUTCH_TIME)
    return f"{day(here.date())} {here:%H:%M}"


def reported_words(answer: Reported) -> str:
    """What to say of a report that runs now."""
    if answer.outcome == "known":
        return _("It was reported before; nothing was changed.")
    return _("Reported. A friendly letter asks the debtor to settle it, and a call stands on the list.")


def _refuse(form: Form, sentences: list[str]) -> None:
    for words in sentences:
        form.add_error(None, words)


def _summary(reports: list[RunningReport], calls: int) -> str:
    entered = sum(report.state == "entered" for report in reports)
    running_now = len(reports) - entered
    if not reports:
        return _("Nothing is reported. An arrear can be reported 30 days after its due date.")
    told = [
        ngettext("%(count)s arrear waits", "%(count)s arrears wait", running_now) % {"count": running_now}
    ]
    told.append(ngettext("%(count)s is entered", "%(count)s are entered", entered) % {"count": entered})
    if calls:
        told.append(
            ngettext("%(count)s call is to be made", "%(count)s calls are to be made", calls)
            % {"count": calls}
        )
    return f"{', '.join(told)}."


def _told(
    lines: list[Line], answers: list[Reported]
) -> list[tuple[Line, Reported | None, list[str], Decimal | None]]:
    """Each line with what became of it and why."""
    each = iter(answers)
    told = []
    for line in lines:
        answer = next(each) if line.told is not None else None
        refusals = answer.refusals if answer else (line.problem,) if line.problem else ()
        told.append(
            (line, answer, [refusal_words(one) for one in refusals], line.told.amount if line.told else None)
        )
    return told
