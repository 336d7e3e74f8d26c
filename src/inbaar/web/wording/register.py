"""The arrears register in words: its conditions, what a report waits for, the outcome of calls, and its measures."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.register.rules import KVK, MINIMUM, OVERDUE, PROOF, UNDISPUTED

CONDITION_NAMES = {
    KVK: noop("The debtor is registered with the KvK"),
    PROOF: noop("Documents can show the delivery"),
    OVERDUE: noop("30 days have passed since the last day to pay"),
    MINIMUM: noop("The invoice amount is at least € 100.00"),
    UNDISPUTED: noop("The debtor does not dispute the claim"),
}
SENTENCES = {
    KVK: noop("The debtor has no KvK number here, or is a consumer. Only who is registered with the KvK can be reported."),
    PROOF: noop("No proof of delivery is attached yet. Attach a job sheet, packing slip, correspondence or other proof."),
    OVERDUE: noop("30 days must have passed since the last day to pay."),
    MINIMUM: noop("The invoice amount is less than %(limit)s."),
    UNDISPUTED: noop("The debtor disputes the claim. Settle that with him first."),
    "register-settled": noop("Nothing is open of this invoice."),
    "register-currency": noop("The register's amounts are in euro, and this invoice is in %(fact)s."),
    "register-title": noop("It is not known whose claim this is today. Record the title first."),
    "register-unsent": noop("The debtor has not got this invoice yet. Send it first."),
    "register-explained": noop("Money came in, or is on its way, that may be its payment. Match it or set it aside first."),
    "register-held": noop("A hold stands on this invoice or its debtor, and then nothing is asked."),
    "register-untold": noop("The letter has not left yet. Have it posted, or mend the e-mail address."),
    "register-fourteen-days": noop("The fourteen days are not over. It can be entered from %(limit)s."),
    "register-not-called": noop("Nobody called the debtor yet. Call him and say what came of it."),
    "register-stale-bank": noop("The bank's news is too old to know who paid. Take in the newest statement."),
    "register-no-price": noop("There is no price for a report yet. Whoever runs this installation sets it with “inbaar register price”."),
    "register-unknown": noop("There is no such invoice."),
    "register-differs": noop("The books say otherwise of this invoice: %(limit)s. Correct the one that is wrong."),
    "register-line": noop("This line lacks one of its five facts, or it cannot be read."),
    "register-not-booked": noop("The books do not take this invoice: %(fact)s."),
    "lookup-what": noop("Type the KvK number (8 digits) or the whole name of the company."),
    "lookup-reason": noop("Say why, in a few words. The company can see it."),
    "lookup-limit": noop("You looked up %(limit)s companies, the most there is. Try again later: the register is not for copying."),
    "watch-limit": noop("You watch %(limit)s companies, the most there is. Stop with one of them first."),
}  # fmt: skip
STATES = {
    "waiting": (noop("fourteen days run"), "attention", "late"),
    "suspended": (noop("disputed, rests"), "plain", "wait"),
    "entered": (noop("entered"), "late", "flag"),
}
OUTCOMES = {
    "will_pay": noop("will pay"),
    "wants_plan": noop("wants to pay in parts"),
    "disputes": noop("disputes the claim"),
    "no_answer": noop("nobody answered"),
    "no_number": noop("no phone number is known"),
}
MEASURES = (
    (noop("A friendly reminder first"), noop("A report enters nothing. The debtor first gets a friendly letter that tells him what is open and how to settle it.")),
    (noop("In writing and by phone"), noop("He is also called. Nobody is entered whom nobody called.")),
    (noop("Fourteen days"), noop("He has fourteen days, counted from the day the letter left. Until they are over nobody else sees anything.")),
    (noop("No added costs"), noop("The fee of a report is the creditor's. The debtor pays the invoice and nothing more for the register.")),
    (noop("Straight to whoever is owed"), noop("The register takes no money. He pays the owner of the claim, on that owner's account.")),
    (noop("An objection suspends"), noop("Who disputes the claim is not entered, or is taken out of sight at once. Those days do not count.")),
    (noop("A second chance"), noop("Paid, agreed on a plan or withdrawn: the entry is removed at that moment.")),
    (noop("No history"), noop("What is removed is destroyed with its key. Nothing is kept but a receipt that says nothing of it.")),
    (noop("Who looks is seen"), noop("Whoever looks a company up says why, and that company can see who looked, when and why.")),
)  # fmt: skip

SCOPES = {
    "read": noop("see invoices and reports"),
    "report": noop("report arrears and withdraw them"),
    "look_up": noop("look companies up"),
}


def scope_words(scope: str) -> str:
    """What a token is for."""
    return _(SCOPES[scope])


def condition_name(code: str) -> str:
    """One of the five conditions."""
    return _(CONDITION_NAMES[code])


def state_words(state: str) -> tuple[str, str, str]:
    """How a report stands: its words, their meaning for the eye, and a drawing."""
    words, meaning, icon = STATES[state]
    return _(words), meaning, icon


def outcome_words(outcome: str) -> str:
    """What came of a call."""
    return _(OUTCOMES[outcome])


def measures() -> list[tuple[str, str]]:
    """Each measure of the process with its explanation."""
    return [(_(title), _(text)) for title, text in MEASURES]
