"""The answer to who sent invoices in by mail: what became of each file, why, and what to do; in the client's language."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from inbaar.mailbox.answering import ToSay
from inbaar.web.wording.problems import problem_words


def answer_words(said: ToSay, language: str) -> tuple[str, str]:
    """Subject and text. The neutral answer holds nothing of any invoice, nor of what was sent."""
    with translation.override(language):
        if said.kind != "results":
            return _("Your message has arrived"), _neutral(said.client)
        subject = said.subject or _("your invoices")
        return _("Result: %(subject)s") % {"subject": subject}, _results(said)


def _neutral(client: str) -> str:
    return "\n\n".join(
        (
            _("Your message to %(client)s has arrived.") % {"client": client},
            _("This address takes invoices from known senders only. A person looks at yours; nothing was done with it yet."),
            _("This message was made by a machine."),
        )
    )  # fmt: skip


def _results(said: ToSay) -> str:
    parts = [_("Your message to %(client)s was dealt with.") % {"client": said.client}]
    if not said.results:
        parts.append(
            _("There was no invoice in it. Send it as an attachment: a PDF, or an e-invoice in XML.")
        )
    parts += [_file(result) for result in said.results]
    parts.append(_("This message was made by a machine. To correct a file, answer with the right one."))
    return "\n\n".join(parts)


def _file(result: Mapping[str, Any]) -> str:
    told = {
        "accepted": _("taken in"),
        "known": _("was here already; nothing was changed"),
        "review": _("arrived; a person looks at it before it is used"),
        "refused": _("not taken in"),
    }[result["outcome"]]
    name = result["name"] or _("The message as a whole")
    number = (
        " ({})".format(_("invoice %(number)s") % {"number": result["number"]}) if result["number"] else ""
    )
    lines = [f"{name}{number}: {told}."]
    if result["outcome"] in ("review", "refused"):
        lines += [f"  - {problem_words(each['rule'], each['text'])[0]}" for each in result["problems"][:5]]
    return "\n".join(lines)
