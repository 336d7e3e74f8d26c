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
    "call-without-words": noop("Say who it was and what was said."),
    "call-recorded": noop("This call was recorded already; nothing was changed."),
}
