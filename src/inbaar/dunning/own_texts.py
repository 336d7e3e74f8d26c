"""What a client adds to its letters: a paragraph of its own by kind and language, checked before it is kept, and its mark."""

import datetime as dt
from decimal import Decimal

from inbaar.dunning.demands import OwnTexts
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.errors import LawError
from inbaar.law.rates import Kind, statutory_rates
from inbaar.letters.own_words import WordsFacts, unlawful_words
from inbaar.letters.parts import Language, LetterKind

#: The letters that take own words.
KINDS = (
    LetterKind.COURTESY_NOTICE, LetterKind.REMINDER, LetterKind.FORMAL_NOTICE, LetterKind.FOURTEEN_DAY_LETTER,
)  # fmt: skip
MARK_LENGTH = 40
_NEWEST = """
    SELECT DISTINCT ON (kind, language) kind, language, words FROM letters_ownwords
    WHERE client_id = %s ORDER BY kind, language, number DESC
"""


def own_texts(client_id: int) -> OwnTexts:
    """What holds now. Two statements; needs the client's scope."""
    ((mark,),) = fetch("SELECT collector_mark FROM parties_client WHERE id = %s", [client_id])
    rows = fetch(_NEWEST, [client_id])
    return OwnTexts({(kind, language): words for kind, language, words in rows if words}, mark)


def set_own_words(
    client_id: int, kind: str, language: str, words: str, by: str, on: dt.date, at: dt.datetime
) -> bool:
    """Keep the client's own words for a kind of letter; empty ones take them out. Gives whether anything changed.

    Raises `Refused` with every rule they break in such a letter (`letters.own_words`), and nothing is kept then. Needs the
    client's scope.
    """
    letter, told = LetterKind(kind), " ".join(words.split())
    if letter not in KINDS:
        raise Refused(
            Refusal("words-kind", "only reminders and notices take own words", kind, ", ".join(KINDS))
        )
    consumer = letter is LetterKind.FOURTEEN_DAY_LETTER
    if told and (broken := unlawful_words(told, WordsFacts(letter, on, consumer, _rates_on(on)))):
        raise Refused(*broken)
    if own_texts(client_id).words.get((kind, language), "") == told:
        return False
    run(
        """
        INSERT INTO letters_ownwords (client_id, kind, language, number, words, made_at, made_by)
        SELECT %(client)s, %(kind)s, %(language)s, coalesce(max(number), 0) + 1, %(words)s, %(at)s, %(by)s
        FROM letters_ownwords WHERE client_id = %(client)s AND kind = %(kind)s AND language = %(language)s
        """,
        {
            "client": client_id,
            "kind": kind,
            "language": str(Language(language)),
            "words": told,
            "at": at,
            "by": by[:100],
        },
    )
    return True


def set_collector_mark(client_id: int, mark: str) -> None:
    """Keep the mark of the client's registration as a collector, which letters for another's claim show (Wki article 11)."""
    run(
        "UPDATE parties_client SET collector_mark = %s WHERE id = %s",
        [" ".join(mark.split())[:MARK_LENGTH], client_id],
    )


def _rates_on(on: dt.date) -> frozenset[Decimal]:
    """Both statutory rates of a day, as far as the law's tables tell them."""
    found = set()
    for kind in Kind:
        try:
            found.add(statutory_rates(kind).on(on).rate_percent)
        except LawError:
            continue
    return frozenset(rate for rate in found if rate is not None)
