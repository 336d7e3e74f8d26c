"""Lists in words: fields, verdicts, what is wrong with a line and what to do, and why a list cannot be taken back."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from inbaar.intake.bulk.debtor_lines import FACTS
from inbaar.intake.bulk.debtor_verdicts import DEBTOR_VERDICTS
from inbaar.intake.bulk.decided import may_be_taken
from inbaar.intake.bulk.verdicts import VERDICTS
from inbaar.intake.import_states import WAITING
from inbaar.web.queries.imports import LineRow
from inbaar.web.wording.kinds import field_name, field_value, word_for
from inbaar.web.wording.problems import problem_words

SHOWN_REFUSALS = 10
FIELDS = {
    "number": noop("Invoice number"), "kind": noop("Invoice or credit note"), "debtor_number": noop("Customer number"),
    "debtor": noop("Name of the debtor"), "issue_date": noop("Invoice date"), "due_date": noop("Due date"),
    "currency": noop("Currency"), "net": noop("Amount without VAT"), "vat": noop("VAT"), "total": noop("Amount with VAT"),
    "open": noop("Still open"), "reference": noop("Payment reference"), "kvk": noop("KvK number"),
    "vat_id": noop("VAT number"), "email": noop("E-mail address"), "street": noop("Street and number"),
    "postcode": noop("Postcode"), "city": noop("Place"), "country": noop("Country"), "iban": noop("IBAN of the debtor"),
    "description": noop("Description"), "term": noop("Payment term in days"), "sent": noop("Sent to the debtor"),
}  # fmt: skip
#: The fields that a column can be, by what the list is about.
FIELDS_OF = {
    "invoices": frozenset(FIELDS) - {"term"},
    "debtors": frozenset(
        {
            "debtor_number",
            "debtor",
            "street",
            "postcode",
            "city",
            "country",
            "kvk",
            "vat_id",
            "iban",
            "email",
            "term",
        }
    ),
}
# Words, meaning and icon of each verdict.
VERDICT_WORDS = {
    "new": (noop("new"), "done", "done"), "known": (noop("here already"), "plain", ""),
    "changed": (noop("changed"), "done", "done"),
    "differs": (noop("here, but different"), "attention", "attention"), "settled": (noop("nothing open"), "plain", ""),
    "doubtful": (noop("in doubt"), "attention", "attention"), "refused": (noop("refused"), "late", "close"),
}  # fmt: skip
_FAULTS = {
    "amount-two-ways": noop("“%(value)s” can be read in two ways. Choose above whether cents stand behind a comma or a point."),
    "amount-other-form": noop("“%(value)s” is written in another form than the rest. Choose the form, or correct the file."),
    "amount-exponent": noop("A spreadsheet shortened “%(value)s”. Make the column a number with two decimals and save the list again."),
    "amount-parts-of-cents": noop("“%(value)s” has parts of cents. Correct the amount in the file."),
    "amount-unreadable": noop("“%(value)s” is not an amount. Correct the file."),
    "amount-is-date": noop("“%(value)s” is a date, not an amount. Choose another column, or correct the file."),
    "date-two-ways": noop("“%(value)s” can be read in two ways. Choose above whether the day or the month comes first."),
    "date-other-form": noop("“%(value)s” is written in another form than the rest. Choose the form, or correct the file."),
    "date-is-number": noop("“%(value)s” is a number, not a date. Make the column a date and save the list again."),
    "date-unreadable": noop("“%(value)s” is not a date. Correct the file."),
    "number-exponent": noop("A spreadsheet shortened the number to “%(value)s”. Make the column text and save the list again."),
    "number-is-month": noop("A spreadsheet made a month of the number: “%(value)s”. Make the column text and save the list again."),
    "number-is-date": noop("A spreadsheet made a date of the number: “%(value)s”. Make the column text and save the list again."),
    "number-cut": noop("A spreadsheet rounded the number: “%(value)s”. Make the column text and save the list again."),
    "number-unreadable": noop("“%(value)s” is not an invoice number. Correct the file."),
    "number-missing": noop("The invoice number is missing. Fill it in in the file."),
    "too-long": noop("“%(value)s…” is too long. Shorten it in the file."),
    "kind-unknown": noop("“%(value)s” does not say whether this is an invoice or a credit note. Correct the file, or leave the column out."),
    "sent-unknown": noop("“%(value)s” does not say whether the debtor has the invoice; write yes, no or the day. Or leave the column out."),
    "due-date-missing": noop("The due date is missing. Fill it in in the file."),
    "issue-date-missing": noop("The invoice date is missing. Fill it in in the file."),
    "due-before-issue": noop("The due date, %(value)s, lies before the invoice date. Find out which is right."),
    "amount-missing": noop("The amount is missing. Fill it in in the file."),
    "sum": noop("The amounts do not tie: %(value)s. Find out which is right."),
    "open-missing": noop("Nothing stands in the column for what is open. Fill in 0,00 for what is paid, or leave the column out."),
    "open-sign": noop("What is open (%(value)s) has another sign than the amount. Find out what is meant."),
    "open-above-total": noop("More is open (%(value)s) than the amount itself. Find out which is right."),
    "below-zero": noop("The amount is below zero. If that means a credit note, say so above."),
    "amount-zero": noop("The amount is nothing. Leave the line out."),
    "currency-unknown": noop("“%(value)s” is not a currency; write three letters, such as EUR."),
    "debtor-missing": noop("It is not said who owes. Fill in the name or the customer number."),
    "email-unreadable": noop("“%(value)s” is not an e-mail address. Correct it or leave it out."),
    "country-unknown": noop("“%(value)s” is not a country; write two letters, such as NL."),
    "lost-zero": noop("“%(value)s” is one figure short: a spreadsheet drops the zero it begins with. Say above that it may be put back."),
    "kvk-unreadable": noop("“%(value)s” is not a KvK number of eight figures. Correct it or leave it out."),
    "vat-id-fails": noop("“%(value)s” fails the check of a VAT number. Correct it or leave it out."),
    "twice-in-file": noop("The same as line %(value)s: it counts once."),
    "debtor-twice-otherwise": noop("This debtor stands on line %(value)s as well, with other facts. Leave one of them in the file, or take in the line that is right."),
    "debtor-other-identifier": noop("Here this debtor has another one: %(value)s. Find out whether it is the same debtor; a number by which he is known does not change."),
    "twice-otherwise": noop("This number stands on line %(value)s as well, with other facts. Leave one of them in the file."),
    "near-number": noop("Number %(value)s of the same debtor and amount is here already. Take it in only if it is another invoice."),
    "lookalike": noop("It looks like %(value)s: the same debtor and amount, and nearly the same number. Take it in only if it is another invoice."),
    "iban-fails": noop("“%(value)s” fails the check of an IBAN. Correct it, or take the line in without it."),
    "iban-own": noop("%(value)s is an account of your own, not of the debtor. Leave the column out, or take the line in without it."),
    "iban-of-several": noop("%(value)s stands in the list for several debtors. Leave the column out, or take the line in without it."),
    "term-unreadable": noop("“%(value)s” is not a payment term in days. Correct it or leave it out."),
    "differs": noop("In the list and in the books: %(value)s. An invoice that was taken in does not change."),
    "debtor-number-unknown": noop("There is no debtor with number “%(value)s” yet. Add a column with the name."),
    "debtor-several": noop("There are several debtors called “%(value)s”. Add the customer number or the KvK number."),
    "debtor-number-twice": noop("Customer number “%(value)s” stands in the list with different names or KvK numbers. Find out whose it is."),
    "debtor-two-numbers": noop("“%(value)s” stands in the list with two customer numbers. Add the KvK number or the postcode."),
    "debtor-other-name": noop("That customer number belongs to another debtor here (%(value)s). Correct the number or the name."),
    "debtor-other-number": noop("Here this debtor has customer number “%(value)s”. Find out whether it is the same one."),
    "debtor-other-address": noop("Here the debtor of this name has postcode “%(value)s”. Find out whether it is the same one."),
    "xaf-loose": noop("This amount belongs to no invoice in the bookkeeping. Match it there, and export the auditfile again."),
    "xaf-unallocated": noop("The bookkeeping has money or a credit of this customer that was not matched, so it is not sure what is open. Match it there, and export the auditfile again."),
    "xaf-no-invoice": noop("The auditfile has bookings on this number and not the invoice itself: it is of an earlier year, or of a correction. Take it in by itself."),
    "xaf-overpaid": noop("More was paid than the invoice came to. Find out what the rest is for."),
    "xaf-matched-together": noop("Several invoices were matched together and something is left: it is not sure on which. Match them one by one."),
    "xaf-foreign": noop("The invoice is in another currency; the auditfile has its amount in euros. Take it in by itself."),
    "xaf-document-number": noop("The auditfile has no invoice number here; the number of the document stands for it. Find out whether it is the same."),
    "xaf-opening": noop("The opening balance is not split by invoice. Export the open invoices as CSV or Excel instead."),
    "number-taken": noop("The number was taken meanwhile by an invoice with other contents."),
    "known": noop("This was taken in meanwhile by another way."),
    "law-not-covered": noop("The law's tables here do not reach these dates: %(value)s"),
}  # fmt: skip
_HAPPENED = {
    "payment": noop("paid on"), "credited": noop("credited"), "written_off": noop("written off"), "paid": noop("paid on"),
    "hold_opened": noop("put on hold"), "hold_released": noop("released"), "step": noop("a reminder was planned or sent"),
    "letter_sent": noop("a letter left"), "letter_refused": noop("a letter came back"), "letter_bounced": noop("a letter came back"),
    "letter_held": noop("a letter was held back"), "letter_withdrawn": noop("a letter was withdrawn"),
    "interest_claimed": noop("interest was claimed"), "costs_claimed": noop("costs were claimed"),
    "dunning_started": noop("the reminders were started"), "invoice": noop("has an invoice"),
    "debtor_corrected": noop("was corrected"),
}  # fmt: skip
_TOUCHED_HEADS = {
    "invoice-touched": noop("Nothing was taken back: something happened to these invoices since. Send a credit note for what is wrong."),
    "debtor-touched": noop("Nothing was taken back: something happened to these debtors since. Correct them on their own pages."),
}  # fmt: skip
_TOUCHED = noop("%(number)s: %(happened)s.")


def field_choices(kind: str) -> list[tuple[str, str]]:
    """Every field a column can be in a list of that kind, with its name."""
    known = FIELDS_OF[kind]
    return [("", _("leave out")), *((name, _(words)) for name, words in FIELDS.items() if name in known)]


def field_word(name: str) -> str:
    """The name of a field."""
    return word_for(name, FIELDS)


def verdict_words(verdict: str, state: str = "open") -> tuple[str, str, str]:
    """A verdict: words, meaning, icon; what was new is called what became of it."""
    if verdict in ("new", "changed") and state not in WAITING:
        return (_("taken back"), "plain", "close") if state == "undone" else (_("taken in"), "done", "done")
    words, meaning, icon = VERDICT_WORDS[verdict]
    return _(words), meaning, icon


def fault_words(field: str, rule: str, value: str) -> str:
    """What is wrong with a line, in which field, and what to do."""
    sentence = _FAULTS.get(rule)
    told = _(sentence) % {"value": value} if sentence else value or rule
    return f"{field_word(field)}: {told}"


def verdicts_of(kind: str) -> tuple[str, ...]:
    """The verdicts that lines of a list of this kind can have, in the order in which they are told."""
    return VERDICTS if kind == "invoices" else DEBTOR_VERDICTS


def may_decide(verdict: str, faults: Sequence[tuple[str, str, str]]) -> bool:
    """Whether a person can decide about a line: what is new can be left out, what is in doubt for known reasons be taken in."""
    return verdict in ("new", "changed") or (
        verdict == "doubtful" and may_be_taken([rule for _field, rule, _value in faults])
    )


def decision_words(line: LineRow) -> str:
    """What was decided about a line, by whom; empty where nothing was."""
    if not line.decision:
        return ""
    who = {"who": line.decided_by, "debtor": line.chosen or ""}
    if line.decision == "leave":
        return _("Left out by %(who)s.") % who
    if line.chosen:
        return _("To be taken in for %(debtor)s, says %(who)s.") % who
    if line.as_new:
        return _("To be taken in for a new debtor, says %(who)s.") % who
    return _("To be taken in, says %(who)s.") % who


def debtor_told(told: dict[str, Any]) -> list[tuple[str, str]]:
    """What a line says of a debtor, and what it changes: the name of the field, and the value with the one before."""
    facts = told.get("facts", {})
    said = [
        (field_name(name), str(facts[name]))
        for name in FACTS
        if name in facts and name not in ("name", "number")
    ]
    said += [(_("E-mail address"), value) for value in told.get("emails", [])]
    said += [(_("IBAN of the debtor"), value) for value in told.get("ibans", [])]
    return said


def change_words(told: dict[str, Any]) -> list[str]:
    """What a line changes of a debtor: each field with what it was, and what is added."""
    changes = told.get("changes") or {}
    words = [
        _("%(field)s: %(after)s, was %(before)s.")
        % {"field": field_name(name), "before": field_value(name, before), "after": field_value(name, after)}
        for name, (before, after) in ((name, changes[name]) for name in FACTS if name in changes)
    ]
    added = [(_("E-mail address"), value) for value in told.get("emails", [])]
    added += [(_("IBAN of the debtor"), value) for value in told.get("ibans", [])]
    return words + [
        _("%(field)s: %(value)s is added.") % {"field": name, "value": value} for name, value in added
    ]


def problems_kept(problems: dict[str, Any]) -> list[str]:
    """Why a list could not be looked through or taken back: each thing and what happened to it, the first of them."""
    first = [(code, fact) for code, fact in problems.get("first", [])]
    touched = [fact for code, fact in first if code in _TOUCHED_HEADS]
    told = [problem_words(code, fact, "error")[0] for code, fact in first if code not in _TOUCHED_HEADS]
    heads = dict.fromkeys(_(_TOUCHED_HEADS[code]) for code, _fact in first if code in _TOUCHED_HEADS)
    told += [*heads, *(_touched(fact) for fact in touched[:SHOWN_REFUSALS])]
    more = problems.get("count", 0) - len(first) + max(len(touched) - SHOWN_REFUSALS, 0)
    if more > 0:
        told.append(ngettext("And %(count)s more.", "And %(count)s more.", more) % {"count": more})
    return told


def _touched(fact: str) -> str:
    number, _sign, kinds = fact.rpartition(": ")
    happened = ", ".join(word_for(kind, _HAPPENED) for kind in kinds.split(", "))
    return _(_TOUCHED) % {"number": number, "happened": happened}
