"""The refusals about dunning policies and calls as sentences, by code."""

from django.utils.translation import gettext_noop as noop

POLICY_SENTENCES = {
    "policy-name": noop("Give the policy a name of %(limit)s letters at most."),
    "policy-name-taken": noop("There is a policy of that name already; choose another name."),
    "policy-gone": noop("That policy is not in use (any more)."),
    "policy-changed-meanwhile": noop(
        "Somebody else saved this policy meanwhile. Your change is below; open the policy again to see theirs, and make it there."
    ),
    "policy-in-use": noop("This policy still holds for somebody; choose another one for them first."),
    "stop-without-reason": noop("Say why these are left out."),
    "wait-too-long": noop(
        "Letters wait %(limit)s minutes at most: their dates count from the day they are written."
    ),
    "words-too-long": noop("%(fact)s is too much: %(limit)s letters at most."),
    "words-deadline": noop(
        "“%(fact)s” is a term or a date: the letter gives the one that is right. Leave it out (DUN-04, artikel 6:96 lid 6 BW)."
    ),
    "words-costs-early": noop(
        "“%(fact)s” speaks of costs before they can be due; the notice tells the exact costs. Leave it out (artikel 6:96 lid 6 BW)."
    ),
    "words-second-amount": noop(
        "“%(fact)s” is an amount: a letter names one, and a second can void a 14-day letter (ECLI:NL:RBROT:2020:5202). Leave it out."
    ),
    "words-expired-rate": noop(
        "“%(fact)s” is no rate of this day (%(limit)s): leave the percentage out, the sheet tells it (6:119, 6:119a BW)."
    ),
    "words-register-threat": noop(
        "“%(fact)s” speaks of the register before its conditions hold: only a formal notice to a business whose invoices are all 30 days late may (REG-01, REG-03)."
    ),
    "words-threat": noop(
        "“%(fact)s” threatens with what cannot follow yet: not before the notice (DUN-01, DUN-03)."
    ),
    "call-without-words": noop("Say who it was and what was said."),
    "call-recorded": noop("This call was recorded already; nothing was changed."),
}
