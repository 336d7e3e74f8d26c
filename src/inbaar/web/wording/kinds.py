"""The kinds of things in words: holds, deadlines, deliveries, capacities, roles."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

HOLD_KINDS = {
    "dispute": noop("disputed"),
    "pause": noop("paused"),
    "promise": noop("promise to pay"),
    "plan": noop("payment plan"),
    "insolvency": noop("insolvent"),
    "unmatched_payment": noop("perhaps paid already"),
}
DEADLINE_KINDS = {
    "register_report": (noop("Arrears register: may be reported from"), noop("30 days after the due date (rules of the register)")),
    "register_entry": (noop("Arrears register: may be entered from"), noop("14 days after the report (rules of the register)")),
    "prescription": (noop("The claim becomes time-barred"), noop("5 years after the due date (3:307 and 3:313 BW), unless interrupted")),
    "vat_relief": (noop("VAT can be claimed back"), noop("1 year after the due date (art. 29 of the VAT act), in that period's return")),
}  # fmt: skip
DELIVERY_STATES = {
    "to_look_at": (noop("waits for a look"), "attention"),
    "queued": (noop("waits to be sent"), "attention"),
    "sending": (noop("being sent"), "attention"),
    "sent": (noop("sent"), "done"),
    "refused": (noop("refused by the address"), "late"),
    "failed": (noop("failed"), "late"),
    "by_post": (noop("to be printed and posted"), "attention"),
    "withdrawn": (noop("held back"), "plain"),
    "bounced": (noop("came back"), "late"),
}
CAPACITIES = {
    "consumer": noop("consumer"),
    "business": noop("business"),
    "government": noop("government"),
}
LEGAL_FORMS = {
    "private_person": noop("private person"),
    "sole_trader": noop("sole trader"),
    "partnership": noop("partnership"),
    "company": noop("company"),
    "association": noop("association or foundation"),
    "government": noop("government body"),
    "unknown": noop("legal form unknown"),
}
SIZES = {
    "small": noop("small or medium-sized"),
    "large": noop("large"),
    "unknown": noop("size unknown"),
}
CONTACT_ROLES = {
    "invoice": noop("gets the invoices"),
    "follow_up": noop("gets the reminders"),
    "escalation": noop("gets the letters after the reminder"),
    "legal": noop("legal matters"),
}
PAYMENT_KINDS = {
    "bank": noop("payment"),
    "credit_note": noop("credit note"),
    "write_off": noop("written off"),
}


_FIELDS = {
    "name": noop("Name"), "number": noop("Debtor number"), "capacity": noop("Treated as"), "legal_form": noop("Legal form"),
    "size": noop("Size"), "street": noop("Street and number"), "postcode": noop("Postcode"), "city": noop("Place"),
    "country": noop("Country"), "language": noop("Letters in"), "kvk_number": noop("KvK number"), "vat_id": noop("VAT number"),
    "payment_term_days": noop("Payment term in days"), "email": noop("E-mail address"), "iban": noop("IBAN of the debtor"),
}  # fmt: skip
_LANGUAGES = {"nl": noop("Dutch"), "en": noop("English")}


def field_name(name: str) -> str:
    """What a debtor's field is called on the screens."""
    return _(_FIELDS[name]) if name in _FIELDS else name


def field_value(name: str, value: str) -> str:
    """A debtor's field as it is read; a dash for nothing."""
    words = {"capacity": CAPACITIES, "legal_form": LEGAL_FORMS, "size": SIZES, "language": _LANGUAGES}
    return word_for(value, words.get(name, {})) or "–"


def hold_kind(kind: str) -> str:
    """A kind of hold in words."""
    return _(HOLD_KINDS[kind]) if kind in HOLD_KINDS else kind


def deadline_words(kind: str, rule: str) -> tuple[str, str]:
    """A deadline's name and its rule."""
    if kind not in DEADLINE_KINDS:
        return kind.replace("_", " "), rule
    name, why = DEADLINE_KINDS[kind]
    return _(name), _(why)


def delivery_words(state: str | None) -> tuple[str, str]:
    """How a letter's delivery stands, and what that means."""
    if state not in DELIVERY_STATES:
        return (state or _("not sent"), "plain")
    words, meaning = DELIVERY_STATES[state]
    return _(words), meaning


def word_for(kind: str, words: dict[str, str]) -> str:
    """A kind from one of these tables in words."""
    return _(words[kind]) if kind in words else kind


def capacity_reason(capacity: str, identity: str) -> str:
    """Why somebody is taken for a consumer, business or government body: what the invoice told."""
    if capacity == "government":
        return _("the name is that of a government body")
    named = {
        "kvk": _("the invoice gives a KvK number"),
        "vat": _("the invoice gives a VAT number"),
        "id": _("the invoice gives a register number"),
    }
    key = identity.split(":", 1)[0]
    if key in named:
        return named[key]
    if capacity == "business":
        return _("the name is that of a company")
    return _("the invoice gives no KvK number, VAT number or company name")
