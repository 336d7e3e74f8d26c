"""What the page of an invoice says of the register, and refusals with the day on which they pass."""

from collections.abc import Iterable

from inbaar.kit.clock import today
from inbaar.kit.errors import Refusal, Refused
from inbaar.register.facts import arrears_of
from inbaar.register.prices import price_on
from inbaar.register.queries import running_report
from inbaar.register.reporting import running_reports
from inbaar.register.rules import conditions, may_report
from inbaar.web.formats import amount
from inbaar.web.wording.refusals import refusal_words
from inbaar.web.wording.register import condition_name, state_words


def register_part(client_id: int, invoice_id: int) -> dict[str, object]:
    """What the page of an invoice says of the register: the report that runs, or whether it can be reported."""
    on = today()
    running_id = running_reports(client_id, [invoice_id]).get(invoice_id)
    if running_id is not None:
        page = running_report(client_id, running_id, on)
        assert page is not None
        return {"report": page, "state": state_words(page.state)}
    facts = arrears_of(client_id, [invoice_id], on, declared=True)[invoice_id]
    refusals = list(may_report(facts.arrear, on).refusals)
    fee = ""
    try:
        fee = amount(price_on(on).amount)
    except Refused as refused:
        refusals += refused.refusals
    return {
        "conditions": [
            (condition_name(code), refusal is None) for code, refusal in conditions(facts.arrear, on).items()
        ],
        "refusals": told_refusals(refusals),
        "fee": fee,
    }


def told_refusals(refusals: Iterable[Refusal]) -> list[tuple[str, object]]:
    """Each refusal as a sentence, with the day on which it passes where a day will do it, or that no day will."""
    return [(refusal_words(one), one.passes_on) for one in refusals]
