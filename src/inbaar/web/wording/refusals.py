"""Refusals of the rooms as people read them on a screen: by code, in the language of the page."""

import datetime as dt
import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.kit.errors import Refusal, Refused
from inbaar.web.formats import day, figure
from inbaar.web.wording.arrangements import refused_sentence
from inbaar.web.wording.debit_refusals import DEBIT_SENTENCES
from inbaar.web.wording.mandate_refusals import MANDATE_REFUSALS
from inbaar.web.wording.policy_refusals import POLICY_SENTENCES
from inbaar.web.wording.register import SENTENCES as _OF_THE_REGISTER
from inbaar.web.wording.reply_refusals import REPLY_SENTENCES

# What is not here is said in the room's own English words, fact and limit included.
_SENTENCES = {
    **MANDATE_REFUSALS,
    "credit-not-assignable": noop("A credit note is taken off an open invoice of the same debtor in the same currency. One of the two is not open any more, or they do not belong together."),
    "sent-before": noop("This invoice was sent already; nothing was changed."),
    "sent-on-its-way": noop("This invoice is on its way already. Hold that message back first, on the page of the letter."),
    "sent-settled": noop("Nothing is open of this invoice, so there is nothing to ask. Send it yourself, and say when."),
    "sent-split": noop("This invoice splits its payment over a g-account, and the letter asks payment to one account. Send it yourself, and say when."),
    "sent-held": noop("A hold stands on this invoice or its debtor, and then nothing leaves. Release it first."),
    "sent-explained": noop("A payment that nobody has matched could be this invoice's. Match it or set it aside first."),
    "sent-changed": noop("Something changed since you looked. Look at it again, and send it then."),
    "sent-day": noop("An invoice is sent between its own day and today."),
    "no-invoice-to-send": noop("This invoice came without a PDF, and none can be written of what is known. Upload its PDF, which is known as this invoice; or send it yourself and say when."),
    "letter-incomplete": noop("The letter lacks something: %(fact)s. Complete it first."),
    "sale-due": noop("Cannot be sold, now or later, for it is due today. One that was sent is offered before it is due, here on %(limit)s at the latest. It can be managed without being sold."),
    "sale-overdue": noop("Cannot be sold, now or later, for its due date has passed. It is offered before it is due, here on %(limit)s at the latest. It can be managed without being sold."),
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
    "refund-unknown": noop("There is no such payment here."),
    "refund-decided": noop("This was decided already (%(fact)s)."),
    "refund-changed": noop("What was paid twice is %(limit)s by now. Look at it once more."),
    "reason-missing": noop("Say why, in a few words."),
    "nothing-left": noop("Nothing is left to waive on this invoice."),
    "no-extras": noop("No interest or costs were claimed on this invoice, so there is nothing to cancel."),
    "entry-matched": noop("This entry is matched already; an entry pays no more than its amount."),
    "no-rest": noop("Nothing is left beside this payment to write off; match it without."),
    "entry-not-matched": noop("Nothing is matched here to undo."),
    "payment-divided-anew": noop("Its interest and costs were cancelled after it was paid, so this payment cannot be undone. Correct the invoice with a credit note."),
    "nothing-to-keep": noop("Nothing is left of this entry to keep or pay back."),
    "nothing-to-refund": noop("Nothing is left of this entry to keep or pay back."),
    "credit-unknown": noop("This credit was used or released already."),
    "write-off-waits": noop("A write-off of it waits for a second person: have it approved or refused first, or take it back."),
    "write-off-decided": noop("This write-off was decided already."),
    "write-off-changed": noop("What is left of the invoice has changed since it was asked. Refuse it, and have it asked anew."),
    "second-person-writes-off": noop("One person writes off no more than %(limit)s. Do it invoice by invoice on this page: a second person then approves it."),
    "may-not-write-off": noop("An owner or a treasurer approves what is written off."),
    "not-an-owner": noop("Only an owner says what one person may write off."),
    "cut-off-bounds": noop("A bank closes its day from %(limit)s. Look it up with your bank."),
    "limit-bounds": noop("The limit is an amount of %(limit)s."),
    "tolerance-bounds": noop("A difference is let go up to 100,00."),
    "no-original": noop("This debit does not take that payment back: another amount, or settled before."),
    "nothing-to-pass-on": noop("Nothing is left of this entry to pass on."),
    "several-owners": noop("These invoices have several owners. Ask for a transfer to each of them."),
    "entry-unknown": noop("There is no such bank entry."),
    "not-a-receipt": noop("Only money received can pay an invoice."),
    "over-entry": noop("Choose at least one invoice, for no more than what the entry has left (%(limit)s)."),
    "not-in-review": noop("Only a document in doubt can be accepted by hand."),
    "likeness-gone": noop("This waits no longer, or the invoice it looks like was taken back meanwhile; nothing was changed."),
    "own-number": noop("The number to keep it under must begin with %(limit)s, as the paper says, and have something behind it."),
    "own-number-taken": noop("Number %(fact)s is taken as well. Give it another one."),
    "invoice-touched": noop("Something happened to the invoice that is here already, so it cannot be withdrawn. Send a credit note for it, and then take this one in as another invoice."),
    "fact-missing": noop("An invoice needs a number, a date, a currency, a customer and an amount. Correct the file and send it again."),
    "import-not-open": noop("This list was taken in or taken back already; nothing was changed."),
    "import-not-taken-in": noop("Only a list that was taken in can be taken back; nothing was changed."),
    "import-not-looked-through": noop("Look through every line first; nothing was taken in."),
    "import-nothing-new": noop("No line of this list is to be taken in. Decide about the lines in doubt, or send a corrected file."),
    "line-needs-file": noop("This cannot be settled here. Correct the file and send it again."),
    "line-whose": noop("Say whose it is: choose a debtor, or somebody new."),
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
    "payee-name": noop("A payment names its payee, in at most 140 letters."),
    "payee-iban": noop("This is not an IBAN. Ask the payee for the number again."),
    "outside-sepa": noop("This account lies outside SEPA (%(fact)s). Pay it in your online banking."),
    "not-euro": noop("Only payments in euro are made here. Pay it in your online banking."),
    "amount": noop("The amount is between 0.01 and 999,999,999.99 euro, in whole cents."),
    "not-writable": noop("Banks read Latin letters and figures only: write the name, the description and the address in those."),
    "remittance": noop("Say what the payment is for: in words, or by the payee's reference."),
    "text-too-long": noop("The description is longer than %(limit)s characters. Shorten it."),
    "reference": noop("This payment reference fails its own check. Correct it, or write it as words."),
    "address": noop("An address has a place and a country of two letters, such as NL; banks take no other form. Complete it, or leave it out."),
    "asked-before": noop("This was asked before: %(fact)s. Withdraw that request first if it is wrong."),
    "over-receipt": noop("No more goes back than came in and is not applied (%(limit)s)."),
    "account-unknown": noop("Choose one of your own accounts."),
    "account-not-sepa": noop("Payments are made from an IBAN in euro; this account is not one."),
    "may-not-pay": noop("Only somebody who works for this client can make a batch."),
    "batch-size": noop("Choose at least one payment, and no more than a bank takes in one file (%(limit)s)."),
    "not-to-be-paid": noop("Some of the chosen payments do not wait any more, or are of other money than this account's. Look at the list again and choose anew."),
    "execution-passed": noop("The bank can no longer carry it out on that day. The first day it can is %(limit)s."),
    "execution-far": noop("That day is too far off. The last day that can be chosen is %(limit)s."),
    "not-a-bank-day": noop("Banks do not pay on that day. Choose a bank day."),
    "may-not-approve": noop("Only an owner or a treasurer of this client approves payments."),
    "second-person": noop("Somebody else does this: who made or asked for it does not approve it."),
    "batch-unknown": noop("There is no such batch."),
    "batch-decided": noop("This batch was approved or refused before; nothing was changed."),
    "transfer-unknown": noop("There is no such payment."),
    "transfer-state": noop("This payment is elsewhere by now; nothing was changed. Look at it again."),
    "debit-not-seen": noop("No statement shows yet that this payment left. Take in the statements of the days before."),
    **DEBIT_SENTENCES,
    **POLICY_SENTENCES,
    **REPLY_SENTENCES,
}  # fmt: skip


def refusal_words(refusal: Refusal) -> str:
    """One refusal as a sentence."""
    arranged = refused_sentence(refusal)
    if arranged is not None:
        return arranged
    sentence = _SENTENCES.get(refusal.code) or _OF_THE_REGISTER.get(refusal.code)
    if sentence:
        return _(sentence) % {"limit": _as_read(refusal.limit), "fact": refusal.fact}
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
