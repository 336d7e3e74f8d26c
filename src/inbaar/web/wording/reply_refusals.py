"""What is refused on a debtor's own page and to the desk about it, as sentences by code."""

from django.utils.translation import gettext_noop as noop

REPLY_SENTENCES = {
    "reply-unknown": noop("This is not here any more. Open the page again."),
    "reply-too-many": noop("That is more than can be sent in one day. Try it tomorrow, or call us."),
    "reply-files": noop("Choose at most %(limit)s files."),
    "reply-too-long": noop("That is too long: use at most %(limit)s characters."),
    "reply-reason": noop("Choose the reason that fits best."),
    "reply-above-open": noop("At most %(limit)s of this invoice can still be disputed."),
    "reply-paid-on": noop("An invoice is paid between its own day and today. Fill in another day."),
    "reply-settled": noop("Nothing is open of invoice %(fact)s any more, so you need not do anything."),
    "reply-invoice": noop("Choose one of your own invoices."),
    "reply-verdict": noop("Choose one of the decisions."),
    "reply-no-answer": noop("Answer the complaint in words."),
    "reply-part": noop(
        "Fill in the amount in which he is right: above zero, and less than what he disputed."
    ),
    "pay-nothing": noop("Choose at least one invoice."),
    "pay-not-asked": noop(
        "One of these is not asked now: it is paid, disputed, or looked into. Look at your page again."
    ),
    "pay-too-much": noop("Fill in an amount from 0.01 up to %(limit)s for each invoice that you chose."),
    "pay-several": noop("These are paid to different accounts. Choose those of one account."),
    "pay-too-often": noop("That was tried too often today. Try it tomorrow, or call us."),
    "reason-words": noop("Word the reason in both languages."),
    "reason-days": noop("A dispute is solved within 1 to %(limit)s working days."),
    "reason-too-many": noop("The list has %(limit)s reasons at most. Change one, or take one off."),
    "reason-last": noop("At least one reason must stay on the list."),
}
