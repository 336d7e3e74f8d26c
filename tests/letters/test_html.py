"""The drawn body of a mail: the words of its text, a button for its link, and nothing of a letter read as markup."""

from dataclasses import replace
from email import message_from_bytes, policy
from html import unescape
from html.parser import HTMLParser

import pytest

from inbaar.letters.content import Language
from inbaar.letters.examples import LINK, PAGE, bundle, formal_notice, fourteen_day_letter
from inbaar.letters.html import mail_html
from inbaar.letters.mail import letter_mail
from inbaar.letters.text import letter_html, letter_text
from tests.letters.test_mail import envelope

LABELS = {
    "nl": ("Bekijken en betalen", "Naar uw eigen pagina"),
    "en": ("View and pay", "Go to your own page"),
}


class Drawn(HTMLParser):
    """What a reader of the page sees, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = "", [], set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words += f" {data} "


@pytest.mark.requirement("DUN-22", "UI-15")
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("example", [formal_notice, fourteen_day_letter])
def test_it_has_the_words_of_the_text_and_a_button_beside(example, language):
    content = example(language)
    drawn = Drawn(letter_html(content))
    words = drawn.words
    for label in LABELS[language]:
        words = words.replace(label, "", 1)
    assert words.split() == letter_text(content).split()
    assert drawn.links == [LINK, LINK, PAGE, PAGE]
    assert drawn.tags == {"html", "body", "p", "a"}


def test_without_a_link_there_is_no_other_body_than_the_text():
    assert letter_html(bundle()) == ""
    mail = letter_mail(envelope(), "x", "tekst", b"%PDF", "a.pdf")
    assert mail.get_body(("html",)) is None


def test_what_a_letter_says_is_never_markup():
    hostile = '</p><script>alert("x")</script><a href="https://evil.example">klik</a> & {link}'
    page = mail_html(f"Aan {hostile}\n\n{LINK}\n", {LINK: "<b>Betaal</b>"}, "nl")
    drawn = Drawn(page)
    assert drawn.tags == {"html", "body", "p", "a"}
    assert drawn.links == [LINK, LINK]
    assert hostile in unescape(drawn.words)
    named = replace(formal_notice(), recipient=replace(formal_notice().recipient, name=hostile))
    assert Drawn(letter_html(named)).links == [LINK, LINK, PAGE, PAGE]


def test_a_link_that_is_not_the_letters_own_is_no_button():
    assert Drawn(mail_html("https://evil.example/\n\nx", {LINK: "Betaal"}, "nl")).links == []


def test_the_mail_holds_both_bodies_and_the_pdf_and_is_the_same_each_time():
    def made():
        return letter_mail(
            envelope(), "x", letter_text(formal_notice()), b"%PDF", "a.pdf", html=letter_html(formal_notice())
        )

    assert made().as_bytes() == made().as_bytes()
    mail = message_from_bytes(made().as_bytes(), policy=policy.default)
    assert mail.get_content_type() == "multipart/mixed"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == letter_text(formal_notice())
    assert LINK in mail.get_body(("html",)).get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["a.pdf"]
