"""Every word on the screens has its Dutch, and what is compiled is what is written."""

import ast
import re
from pathlib import Path

import allauth
import pytest
from babel.messages import mofile, pofile
from django.utils import translation
from django.utils.translation.template import templatize

import inbaar.web
from inbaar.dunning.rules import _WAITING_WORDS, refusal_of
from inbaar.web import formats
from inbaar.web.wording.steps import RULE_WORDS, waiting

WEB = Path(inbaar.web.__file__).parent
WORDS = WEB / "locale" / "nl" / "LC_MESSAGES"
ACCOUNT_WORDS = WEB / "locale_accounts" / "nl" / "LC_MESSAGES"
SINGLE = {"_", "noop", "gettext", "gettext_noop", "gettext_lazy"}
STRING = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""


def in_code():
    """Every text that code asks a translation for."""
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
            if node.func.id in SINGLE and texts:
                yield texts[0]
            elif node.func.id == "ngettext":
                yield tuple(texts[:2])


def in_templates():
    """Every text that templates ask a translation for."""
    for file in (WEB / "templates").rglob("*.html"):
        source = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        for one, many in re.findall(rf"\bngettext\({STRING}, *{STRING}", source):
            yield ast.literal_eval(one), ast.literal_eval(many)
        for (one,) in re.findall(rf"(?<![a-z])(?:gettext|_)\({STRING}()", source) and [
            (found[0],) for found in re.findall(rf"(?<![a-z])(?:gettext|_)\({STRING}()", source)
        ]:
            yield ast.literal_eval(one)


def catalogue(folder=WORDS):
    with (folder / "django.po").open("rb") as file:
        return pofile.read_po(file, locale="nl")


def test_every_text_has_its_dutch():
    dutch = catalogue()
    wanted = {*in_code(), *in_templates()}
    assert len(wanted) > 400
    missing = []
    for text in wanted:
        message = dutch.get(text if isinstance(text, str) else text[0])
        if message is None or not message.string or (isinstance(text, tuple) and not all(message.string)):
            missing.append(text)
    assert missing == []


def test_no_dutch_is_left_over():
    wanted = {text if isinstance(text, str) else text[0] for text in (*in_code(), *in_templates())}
    wanted |= set(RULE_WORDS)
    ids = {
        message.id if isinstance(message.id, str) else message.id[0] for message in catalogue() if message.id
    }
    assert ids - wanted == set()


@pytest.mark.parametrize("folder", [WORDS, ACCOUNT_WORDS], ids=["screens", "accounts"])
def test_what_is_compiled_is_what_is_written(folder):
    with (folder / "django.mo").open("rb") as file:
        compiled = mofile.read_mo(file)
    assert forms(compiled) == forms(catalogue(folder))


def test_every_word_of_the_account_pages_is_still_theirs():
    theirs = Path(allauth.__file__).parent / "locale" / "nl" / "LC_MESSAGES"
    known = {message.id for message in catalogue(theirs) if message.id}
    assert {message.id for message in catalogue(ACCOUNT_WORDS) if message.id} - known == set()


def forms(words):
    """Each text with all its forms, whatever the order."""
    return {
        tuple(message.id) if message.pluralizable else message.id: tuple(message.string)
        for message in words
        if message.id
    }


def test_placeholders_are_the_same_in_both_languages():
    for message in catalogue():
        pairs = (
            zip(message.id, message.string, strict=True)
            if message.pluralizable
            else [(message.id, message.string)]
        )
        for english, dutch in pairs:
            assert sorted(re.findall(r"%\(\w+\)s|\{\w+\}", english)) == sorted(
                re.findall(r"%\(\w+\)s|\{\w+\}", dutch)
            )


def test_every_reason_of_the_policy_is_known_by_its_words():
    texts = {text for words in _WAITING_WORDS.values() for text in words}
    assert texts - set(RULE_WORDS) == set()
    with translation.override("nl"):
        for reason in _WAITING_WORDS:
            told = waiting(reason, formats.dt.date(2026, 9, 28))
            assert told.rule != refusal_of(reason, formats.dt.date(2026, 9, 28)).rule


@pytest.mark.parametrize(
    ("language", "amount", "negative", "day", "ahead", "behind"),
    [
        ("nl", "€ 1.234,56", "€ −0,05", "22 nov 2026", "over 3 dagen", "23 dagen geleden"),
        ("en", "€ 1,234.56", "€ −0.05", "22 Nov 2026", "in 3 days", "23 days ago"),
    ],
)
def test_figures_and_dates_follow_the_language(language, amount, negative, day, ahead, behind):
    dt, decimal = formats.dt, formats.Decimal
    today = dt.date(2026, 11, 22)
    with translation.override(language):
        assert formats.amount(decimal("1234.56")).replace("\u00a0", " ") == amount
        assert formats.amount(decimal("-0.05")).replace("\u00a0", " ") == negative
        assert formats.day(today).replace("\u00a0", " ") == day
        assert formats.distance(today + dt.timedelta(days=3), today) == ahead
        assert formats.distance(today - dt.timedelta(days=23), today) == behind


def test_amounts_in_a_reason_follow_the_page_and_numbers_stay():
    from inbaar.web.wording.reasons import with_figures

    with translation.override("nl"):
        told = "Er is 7.17 meer betaald dan er op 2026-0213 openstaat (5592.83)."
        assert (
            with_figures("more-than-open", told)
            == "Er is 7,17 meer betaald dan er op 2026-0213 openstaat (5.592,83)."
        )
        assert with_figures("number", "Factuurnummer 2026.12 staat in de omschrijving.") == (
            "Factuurnummer 2026.12 staat in de omschrijving."
        )
