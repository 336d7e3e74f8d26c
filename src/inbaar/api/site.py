"""The addresses of the API, each with what its token must be for. The description of the API is made from this file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from inbaar.api import register
from inbaar.api.answers import answered_once, json_answer
from inbaar.api.body import JsonBody
from inbaar.api.invoices import invoices_after, one_invoice
from inbaar.api.problems import PROBLEM_TYPE, field_refusals, problem
from inbaar.api.schemas import (
    ArrearIn,
    ArrearsIn,
    CallerOut,
    CheckIn,
    ChecksOut,
    EndedOut,
    EndIn,
    InvoiceOut,
    InvoicesOut,
    LookUpIn,
    LookUpOut,
    ProblemOut,
    ReportOut,
    ReportsOut,
    VerdictOut,
    VerdictsOut,
)
from inbaar.api.tokens import Caller
from inbaar.kit.errors import Refusal, Refused

KEY: Any = Header(
    None, alias="Idempotency-Key", pattern=r"^[!-~]{1,100}$",
    description="A key of your own for this request: sent again with it, it is answered the same and done once",
)  # fmt: skip
CURSOR: Any = Query("0", pattern=r"^[0-9]{1,18}$", description="`next` of the page before this one")
LIMIT: Any = Query(100, ge=1, le=500, description="How many a page")
STATE: Any = Query("open", pattern="^(open|all)$")
ID: Any = Path(ge=1, lt=1 << 63)
_REFUSED = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 429), ProblemOut)


class TokenAuth(HttpBearer):
    """The token was looked at when the request came in; here its scope is."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        """Who asks; refuses what his token is not for."""
        caller: Caller = request.caller  # type: ignore[attr-defined]
        if self.scope and self.scope not in caller.scopes:
            raise Refused(
                Refusal("token-scope", "a token is for what it was made for", ", ".join(sorted(caller.scopes)), self.scope,
                        next_step="use another token, or have one made for this")
            )  # fmt: skip
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Not reached: the token is known by then."""
        return self(request)


class Api(NinjaAPI):
    """The API with its description as it answers: a no is a problem."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The description."""
        schema = super().get_openapi_schema(*args, **kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {PROBLEM_TYPE: answer["content"]["application/json"]}
        return schema


api = Api(
    title="Inbaar",
    version="1",
    description="Reporting arrears, following them, and looking companies up, from one's own software. "
    "Amounts are texts with two decimals in euro, days are ISO. A no is a problem as RFC 9457 has it.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=JsonBody(),
)
ANY, READ, REPORT, LOOK_UP = (TokenAuth(scope) for scope in ("", "read", "report", "look_up"))


@api.get(
    "/me",
    auth=ANY,
    response={200: CallerOut, **_REFUSED},
    summary="Who this token lets in",
    operation_id="me",
)
def me(request: Any) -> CallerOut:
    """The client a token is of, its name, and what it is for."""
    caller: Caller = request.caller
    return CallerOut(client=caller.client_name, token=caller.name, scopes=sorted(caller.scopes))


@api.post(
    "/register/check",
    auth=READ,
    response={200: ChecksOut, **_REFUSED},
    summary="What reporting would come to",
    operation_id="check",
)
def check(request: Any, asked: CheckIn) -> ChecksOut:
    """The five conditions, both clocks and every reason why not, for up to 500 arrears. Nothing is kept or charged."""
    return register.check(request.caller, asked.arrears)


@api.post(
    "/register/reports",
    auth=REPORT,
    response={200: VerdictOut, **_REFUSED},
    summary="Report an arrear",
    operation_id="report",
)
@answered_once
def report(request: Any, asked: ArrearIn, idempotency_key: str | None = KEY) -> VerdictOut:
    """One call: number, amount and due date, and the debtor. The debtor gets a friendly letter and fourteen days; the fee is the
    creditor's. Reporting twice is reporting once, with or without a key.
    """
    (answer,) = register.report(request.caller, [asked])
    if answer.refusals:
        raise Refused(*answer.refusals)
    return register.verdicts([asked], [answer])[0]


@api.post(
    "/register/reports/bulk",
    auth=REPORT,
    response={200: VerdictsOut, **_REFUSED},
    summary="Report many arrears",
    operation_id="report_bulk",
)
@answered_once
def report_bulk(request: Any, asked: ArrearsIn, idempotency_key: str | None = KEY) -> VerdictsOut:
    """A verdict on each of up to 5,000: those that can be reported are, the others say why not."""
    answers = register.report(request.caller, asked.arrears)
    return VerdictsOut(verdicts=register.verdicts(asked.arrears, answers))


@api.get(
    "/register/reports",
    auth=READ,
    response={200: ReportsOut, **_REFUSED},
    summary="Reports that run",
    operation_id="reports",
)
def reports(request: Any, cursor: str = CURSOR, limit: int = LIMIT) -> ReportsOut:
    """Each with its state, both days and what it waits for. What ended is not among them: the register keeps no history."""
    rows = register.reports_after(request.caller, int(cursor), limit + 1)
    return ReportsOut(reports=rows[:limit], next=str(rows[limit - 1].report_id) if rows[limit:] else None)


@api.get(
    "/register/reports/{report_id}",
    auth=READ,
    response={200: ReportOut, **_REFUSED},
    summary="One report",
    operation_id="report_state",
)
def report_state(request: Any, report_id: int = ID) -> ReportOut:
    """A report that runs; 404 once it has ended."""
    return register.one_report(request.caller, report_id)


@api.post(
    "/register/reports/{report_id}/end",
    auth=REPORT,
    response={200: EndedOut, **_REFUSED},
    summary="Withdraw a report, or say that it was paid",
    operation_id="end_report",
)
@answered_once
def end_report(
    request: Any, asked: EndIn, report_id: int = ID, idempotency_key: str | None = KEY
) -> EndedOut:
    """Ends it at once, entered or not, and for good. What was paid according to the bank ends by itself."""
    return register.end(request.caller, report_id, asked.why)


@api.post(
    "/register/look-ups",
    auth=LOOK_UP,
    response={200: LookUpOut, **_REFUSED},
    summary="Look a company up",
    operation_id="look_up",
)
def look_up(request: Any, asked: LookUpIn) -> HttpResponse:
    """What is entered of a company. The company sees who looked and why. Sixty an hour and three hundred a day for one client."""
    return json_answer(register.found(request.caller, asked))


@api.get(
    "/invoices",
    auth=READ,
    response={200: InvoicesOut, **_REFUSED},
    summary="Invoices",
    operation_id="invoices",
)
def invoices(request: Any, cursor: str = CURSOR, limit: int = LIMIT, state: str = STATE) -> InvoicesOut:
    """The open ones, or all, with the day from which each can be reported and the report that runs for it."""
    rows = invoices_after(request.caller.client_id, int(cursor), limit + 1, open_only=state == "open")
    return InvoicesOut(invoices=rows[:limit], next=str(rows[limit - 1].invoice_id) if rows[limit:] else None)


@api.get(
    "/invoices/{invoice_id}",
    auth=READ,
    response={200: InvoiceOut, **_REFUSED},
    summary="One invoice",
    operation_id="invoice",
)
def invoice(request: Any, invoice_id: int = ID) -> InvoiceOut:
    """An invoice of this client."""
    found = one_invoice(request.caller.client_id, invoice_id)
    if found is None:
        fact = f"there is no invoice {invoice_id}"
        raise Refused(Refusal("unknown", "an invoice is of this client", fact, "one of its own", "never"))
    return found


@api.exception_handler(Refused)
def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """A rule's no."""
    return problem(why.refusals)


@api.exception_handler(ValidationError)
def unfit(request: HttpRequest, why: ValidationError) -> HttpResponse:
    """Fields that have not their form."""
    return problem(field_refusals(why.errors))


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, why: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return problem([Refusal("body-unreadable", "a request is JSON", str(why), "a JSON object")])
