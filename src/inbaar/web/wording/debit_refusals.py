"""Refusals about debits, and about files that were never handed in, as sentences by code. Read by `refusals`."""

from django.utils.translation import gettext_noop as noop

DEBIT_SENTENCES = {
    "debit-none": noop("Only an invoice in euro that was not taken back is collected."),
    "debit-paid": noop("Nothing is open any more."),
    "debit-unsent": noop("This invoice was not sent yet: send it first."),
    "debit-held": noop("A hold stands on this invoice or its debtor. Release it first."),
    "debit-explained": noop("Money that came in, or is on its way, may be its payment. Match it or set it aside first."),
    "debit-sold": noop("This claim is paid to somebody else, so it is not collected here."),
    "debit-unannounced": noop("It was not announced to the debtor yet."),
    "debit-above-open": noop("It was paid in part: only %(limit)s is left."),
    "debit-amended": noop("The mandate was amended since the batch was made."),
    "debit-under-way": noop("A debit of this invoice is under way already."),
    "debit-repeat": noop("A debit of it failed before (%(fact)s). Ask for it on the page of that debit, and say why it will succeed now."),
    "debit-repeated": noop("This invoice was collected %(limit)s times in vain. Ask to be paid in another way."),
    "debit-known": noop("The bank has this debit already. Wait for the statement."),
    "debit-last": noop("A one-off mandate has no last collection."),
    "debit-announced": noop("Some of these were announced before, or do not wait any more. Look at the list again."),
    "announced-too-late": noop("That leaves fewer days than was agreed (%(limit)s). Withdraw it, and ask for it on a later day."),
    "not-to-be-collected": noop("Some of the chosen debits do not wait any more. Look at the list again and choose anew."),
    "batch-mixed": noop("Choose debits of one day, one scheme and one sequence: a file holds one kind."),
    "collection-passed": noop("The bank must have the file in time on the bank day before. The first day that can still be met is %(limit)s."),
    "void-no-file": noop("Only an approved batch has a file that can be declared void."),
    "void-at-bank": noop("The bank has told of this file, so it was handed in. Have the bank cancel it, and take in its report."),
    "void-unseen": noop("Its day has come, so it may have been carried out. Take in the statements up to %(limit)s first."),
    "void-asked": noop("This file was declared void before; nothing was changed."),
    "void-not-asked": noop("Nobody says any more that this file was never handed in; nothing was changed."),
}  # fmt: skip
