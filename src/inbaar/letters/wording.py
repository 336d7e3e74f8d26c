"""What a letter says, in words: the one source of the PDF, the plain text and the e-mail. Called by those three.

An unlawful letter is not composed: `compose` raises `Refused` with every rule it breaks.
"""

from inbaar.letters.composed import Letter, Sheet
from inbaar.letters.content import LetterContent, LetterKind
from inbaar.letters.rules import demand_lawful
from inbaar.letters.wording_body import closing, opening, remarks
from inbaar.letters.wording_plan import plan_part
from inbaar.letters.wording_sheet import calculation_sheet
from inbaar.letters.wording_tables import invoice_table, payment_box
from inbaar.letters.words import Words, fact, words_in

ADDRESS_LINE = 60
#: The invoice itself says how its amount comes about; a debit, the register and a notice before the due date add nothing, and a
#: term of a plan is what was agreed.
_WITHOUT_SHEET = frozenset(
    {
        LetterKind.INVOICE, LetterKind.DEBIT_NOTICE, LetterKind.REGISTER_NOTICE, LetterKind.COURTESY_NOTICE,
        LetterKind.PLAN_TERM, LetterKind.PLAN_MISSED,
    }
)  # fmt: skip


def compose(content: LetterContent) -> Letter:
    """The letter of this content in its language."""
    demand_lawful(content)
    words = words_in(content.language)
    title = words.sections["titles"][content.kind]
    return Letter(
        language=content.language.value,
        title=title,
        subject=_subject(content, words, title),
        description=_description(content, words, title),
        sender_name=fact(content.sender.name),
        sender_address=tuple(fact(line, ADDRESS_LINE) for line in content.sender.address if line.strip()),
        sender_facts=_sender_facts(content, words),
        recipient=_recipient(content, words),
        references=_references(content, words),
        salutation=words.say("frame", "salutation"),
        opening=opening(content, words),
        invoices=invoice_table(content, words),
        remarks=remarks(content, words),
        payment=payment_box(content, words),
        closing=closing(content, words),
        farewell=words.say("frame", "closing"),
        appendix_notice=_appendix(content, words),
        sheet=Sheet("", "", ()) if content.kind in _WITHOUT_SHEET else calculation_sheet(content, words),
        page_label=words.sections["frame"]["page"],
        plan=plan_part(content, content.plan, words) if content.plan is not None else None,
    )


def subject_of(content: LetterContent) -> str:
    """The subject of the letter and of its e-mail."""
    words = words_in(content.language)
    return _subject(content, words, words.sections["titles"][content.kind])


def _appendix(content: LetterContent, words: Words) -> str:
    if content.enclosures:
        files = ", ".join(fact(name, ADDRESS_LINE) for name in content.enclosures)
        return words.say("frame", "enclosed", files=files)
    if content.debit is not None:
        return words.say("debit_notice", "keep")
    return "" if content.kind in _WITHOUT_SHEET else words.say("frame", "appendix_notice")


def _subject(content: LetterContent, words: Words, title: str) -> str:
    if content.kind is LetterKind.INVOICE:
        number, sender = fact(content.items[0].invoice_number, 60), fact(content.sender.name, 80)
        return words.say("subject", "invoice", number=number, sender=sender)
    if len(content.items) == 1:
        return words.say("subject", "one", title=title, number=fact(content.items[0].invoice_number, 60))
    return words.say("subject", "many", title=title, count=str(len(content.items)))


def _description(content: LetterContent, words: Words, title: str) -> str:
    names = {"sender": fact(content.sender.name), "recipient": fact(content.recipient.name)}
    return words.say("frame", "description", title=title, date=words.date(content.letter_date), **names)


def _sender_facts(content: LetterContent, words: Words) -> tuple[tuple[str, str], ...]:
    sender = content.sender
    told = (
        ("phone", sender.phone),
        ("email", sender.email),
        ("website", sender.website),
        ("kvk", sender.kvk),
        ("vat", sender.vat),
        ("collector", content.collector_mark),
    )
    return tuple((words.say("frame", key), fact(value, ADDRESS_LINE)) for key, value in told if value.strip())


def _recipient(content: LetterContent, words: Words) -> tuple[str, ...]:
    """The address as it stands in the window: the name may take two lines, the rest one each."""
    recipient = content.recipient
    lines = [fact(recipient.name, 2 * ADDRESS_LINE)]
    if recipient.attention.strip():
        lines.append(words.say("frame", "attention", attention=fact(recipient.attention, ADDRESS_LINE)))
    lines += [fact(line, ADDRESS_LINE) for line in recipient.address if line.strip()]
    return tuple(lines[:7])


def _references(content: LetterContent, words: Words) -> tuple[tuple[str, str], ...]:
    return (
        (words.say("frame", "date"), words.date(content.letter_date)),
        (words.say("frame", "letter_number"), fact(content.letter_number, ADDRESS_LINE)),
        (words.say("frame", "reference"), fact(content.payment_reference, ADDRESS_LINE)),
    )
