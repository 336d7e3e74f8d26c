"""The mailbox in words: what became of a message, how its answer went, and why a mailbox cannot be used."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

MESSAGE_STATES = {
    "new": (noop("being read"), "attention"),
    "taken": (noop("dealt with"), "done"),
    "held": (noop("waits: unknown sender"), "attention"),
    "nothing": (noop("no invoice in it"), "plain"),
    "ignored": (noop("left alone: a machine's message"), "plain"),
    "refused": (noop("not taken in"), "late"),
    "discarded": (noop("set aside"), "plain"),
    "reported": (noop("a letter came back"), "late"),
}
ANSWER_STATES = {
    "queued": noop("the answer waits to be sent"),
    "sending": noop("the answer is being sent"),
    "sent": noop("answered"),
    "not_sent": noop("the answer was refused"),
    "in_doubt": noop("it is not known whether the answer left; it is not sent again"),
}
_ERRORS = {
    "mailbox-log-in": noop("The mail server does not let this user in: check the user and the password, and whether the account needs a password of its own for programs."),
    "mailbox-certificate": noop("The certificate of the mail server cannot be trusted: check the name of the server."),
    "mailbox-tls": noop("The mail server does not speak TLS this way: try the other kind, or the other port (993 or 143)."),
    "mailbox-timeout": noop("The mail server does not answer: check the server and the port."),
    "mailbox-connection": noop("The connection with the mail server failed. It is tried again by itself; check the server and the port if this stays."),
    "mailbox-refused": noop("The mail server refused. It is tried again by itself."),
    "mailbox-inbox": noop("The inbox of this user cannot be opened: check the user."),
    "mailbox-sealed": noop("The password cannot be read any more: type it again and save."),
    "mailbox-unprotected": noop("A password travels over TLS only: choose TLS or STARTTLS."),
}  # fmt: skip


def message_words(state: str) -> tuple[str, str]:
    """What became of a message: words and meaning."""
    words, meaning = MESSAGE_STATES[state]
    return _(words), meaning


def answer_state_words(state: str) -> str:
    """How its answer went; nothing where there is none."""
    return _(ANSWER_STATES[state]) if state else ""


def error_words(code: str, text: str) -> tuple[str, str]:
    """Why the mailbox cannot be used, and the program's own words to put below it where they add something."""
    if (get_language() or "nl").startswith("en") or code not in _ERRORS:
        return text, ""
    return _(_ERRORS[code]), text
