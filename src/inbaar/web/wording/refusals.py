"""Refusals of the rooms as people read them on a screen: by code, in the language of the page."""

import datetime as dt
import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.kit.errors import Refusal, Refused
from inbaar.web.formats import day, figure

# What is not here is said in the room's own English words, fact and limit included.
_SENTENCES = {
    "hold-above-open": noop("A part in dispute cannot be more than what is open (%(limit)s). Name a smaller part, or leave the amount empty to dispute all of it."),
    "posted-too-late": noop("This letter asks payment before or on that day: posted then, it gives no time to pay. The last day to post it is %(limit)s. If it was not posted by then, do not post it: have it written anew."),
    "capacity-open": noop(
        "%(fact)s is open by the rules for the other kind of debtor, and the terms of an invoice never change. Settle or credit it first, or pause this debtor; what you take in after that follows the new kind."
    ),
    "form-of-capacity": noop("This legal form does not go with what the debtor is treated as. Choose another of the two."),
    "debtor-name": noop("A letter names the one it is for. Fill in the name."),
    "debtor-unknown": noop("There is no such debtor."),
    "contact-twice": noop("This address has this part already. Change the contact that is there, or name another address."),
    "day-to-come": noop("A statement is of a day that has been, up to %(limit)s."),
    "period": noop("The movements begin after the day of the statement. Choose an earlier first day."),
    "how-many": noop("Choose at least one debtor, and no more than %(limit)s at once."),
    "nothing-to-ask": noop("Nothing can be asked of this invoice now: it is paid, disputed, or waiting money may be its payment."),
    "online-off": noop("Paying online is not possible now. Pay by bank transfer."),
    "online-away": noop("Mollie does not answer now. Try it again in a minute, or pay by bank transfer."),
    "online-refused": noop("Mollie does not take this payment. Pay by bank transfer."),
    "online-key-form": noop("This is no key of Mollie: one begins with live_ or test_. Copy it from the developers' page there."),
    "online-key": noop("Mollie does not take this key. Copy it once more from the developers' page there."),
    "online-address": noop("Payers must be able to come back here, and this installation has no address of its own yet. Have INBAAR_ORIGINS set first."),
    "not-before-start": noop("This invoice does not wait to be started; nothing was changed."),
    "reason-missing": noop("Say why, in a few words."),
    "nothing-left": noop("Nothing is left to waive on this invoice."),
    "no-extras": noop("No interest or costs were claimed on this invoice, so there is nothing to cancel."),
    "entry-matched": noop("This entry is matched already; an entry pays no more than its amount."),
    "entry-unknown": noop("There is no such bank entry."),
    "not-a-receipt": noop("Only money received can pay an invoice."),
    "over-entry": noop("Choose at least one invoice, for no more than what the entry has left (%(limit)s)."),
    "not-in-review": noop("Only a document in doubt can be accepted by hand."),
    "fact-missing": noop("An invoice needs a number, a date, a currency, a customer and an amount. Correct the file and send it again."),
    "import-not-open": noop("This list was taken in or taken back already; nothing was changed."),
    "import-not-taken-in": noop("Only a list that was taken in can be taken back; nothing was changed."),
    "import-unmapped": noop("This list lacks a column that is needed. Choose the columns first."),
    "evidence-type": noop("%(fact)s is not taken as proof. Take a PDF, a picture (PNG, JPEG, HEIC), an e-mail (.eml) or plain text."),
    "evidence-empty": noop("%(fact)s is empty. Choose the file again."),
    "evidence-too-large": noop("%(fact)s is larger than %(limit)s. Attach it in parts, or as a smaller scan."),
    "evidence-too-many": noop("An invoice holds %(limit)s files of proof at most. Put pages together into one PDF."),
    "evidence-due": noop("Proof is asked for by today or a later day."),
    "mailbox-password": noop("A password belongs to one user on one server. Type it for this one."),
    "mailbox-unprotected": noop("A password travels over TLS only: choose TLS or STARTTLS."),
    "sender-pattern": noop("“%(fact)s” is neither an e-mail address nor a domain. Write jan@firma.nl or @firma.nl."),
    "message-not-held": noop("This message does not wait any more; look at its result."),
    "title-missing": noop("Nobody owns this claim today, so an e-invoice cannot say whom to pay. Record the title."),
    "payee-account-missing": noop("The claim was sold, and the account of its new owner is not known. Record it with the title."),
    "account-missing": noop("The invoice names no account to pay to. Add your own account under Bank."),
    "original-differs": noop("The books hold something else than the file this invoice came in (%(limit)s): %(fact)s. Send the invoice again as it should be."),
    "original-too-old": noop("This invoice came as ZUGFeRD 1, whose lines cannot be carried over into an e-invoice of today."),
    "vat-breakdown-missing": noop("An e-invoice tells the VAT by rate, and of this invoice only the VAT in all is known. Take it in as UBL, CII or Factur-X."),
    "vat-breakdown-differs": noop("The VAT by rate that was read does not add up to the invoice (%(limit)s). Take it in as UBL, CII or Factur-X."),
    "payable-unexplained": noop("What is to be paid differs from the total, and it is not known why. Take the invoice in as UBL, CII or Factur-X."),
    "vat-category-missing": noop("This invoice has VAT of 0%%, and an e-invoice must say why: zero rated, exempt or reverse charge. Take it in as UBL, CII or Factur-X."),
    "terms-lost": noop("The original says more than this form can hold, and nothing of it may be lost. Take the other form. It concerns: %(fact)s."),
    "not-valid": noop("The e-invoice would not be valid. Complete what the books know, or take the invoice in as UBL, CII or Factur-X. The rule says: %(fact)s"),
}  # fmt: skip


def refusal_words(refusal: Refusal) -> str:
    """One refusal as a sentence."""
    if refusal.code in _SENTENCES:
        return _(_SENTENCES[refusal.code]) % {"limit": _as_read(refusal.limit), "fact": refusal.fact}
    return str(refusal)


def _as_read(limit: str) -> str:
    """A limit as it stands on the page: a date as 22 nov 2026, an amount with the comma of the language."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", limit):
        return day(dt.date.fromisoformat(limit))
    if re.fullmatch(r"-?\d+\.\d\d", limit):
        return figure(Decimal(limit))
    return limit


def refused_words(refused: Refused) -> list[str]:
    """Every refusal, each once."""
    return list(dict.fromkeys(refusal_words(refusal) for refusal in refused.refusals))
