"""The words of each letter: their tone, what they must say, and how amounts and dates are written."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest

from inbaar.letters.content import (
    Language,
    LetterContent,
    LetterItem,
    LetterKind,
    Payee,
    PlanRow,
    PlanTerms,
    SheetLine,
    total_of,
)
from inbaar.letters.examples import PAYEE, SENDER, bundle, formal_notice, fourteen_day_letter, reminder
from inbaar.letters.text import letter_text
from inbaar.letters.wording import compose
from inbaar.letters.words import fact, grouped, words_in

NL, EN = Language.NL, Language.EN


def flat(content: LetterContent) -> str:
    return " ".join(letter_text(content).split())


def test_both_languages_have_the_same_keys() -> None:
    keys = []
    for language in Language:
        text = (
            resources.files("inbaar.letters.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
        )
        keys.append({(section, key) for section, told in tomllib.loads(text).items() for key in told})
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [
        ("0.00", "€ 0,00", "€0.00"),
        ("1234.56", "€ 1.234,56", "€1,234.56"),
        ("1234567.80", "€ 1.234.567,80", "€1,234,567.80"),
        ("-288.97", "€ -288,97", "-€288.97"),
    ],
)
def test_amounts(value: str, dutch: str, english: str) -> None:
    assert words_in(NL).amount(Decimal(value)).replace("\u00a0", " ") == dutch
    assert words_in(EN).amount(Decimal(value)) == english


def test_other_currencies_dates_percentages_and_accounts() -> None:
    assert words_in(NL).amount(Decimal("1.5"), "CHF").replace("\u00a0", " ") == "CHF 1,50"
    assert words_in(EN).amount(Decimal("1.5"), "CHF").replace("\u00a0", " ") == "CHF 1.50"
    assert words_in(NL).date(date(2026, 11, 22)).replace("\u00a0", " ") == "22 november 2026"
    assert words_in(EN).date(date(2026, 11, 22)).replace("\u00a0", " ") == "22 November 2026"
    assert words_in(NL).weekday(date(2026, 11, 23)).replace("\u00a0", " ") == "maandag 23 november 2026"
    assert [words_in(NL).percent(Decimal(text)) for text in ("15", "10.40", "0.5", "4.00", "11.125")] == [
        "15%",
        "10,40%",
        "0,50%",
        "4%",
        "11,125%",
    ]
    assert grouped("nl91ABNA 0417164300").replace("\u00a0", " ") == "NL91 ABNA 0417 1643 00"


@pytest.mark.requirement("DUN-03")
@pytest.mark.parametrize("language", Language)
def test_each_step_has_its_own_template_and_tone(language: Language) -> None:
    letters = [compose(example(language)) for example in (reminder, formal_notice, fourteen_day_letter)]
    openings = [" ".join(paragraph.text for paragraph in letter.opening) for letter in letters]
    assert len({letter.title for letter in letters}) == 3
    assert len({frozenset(opening.split(". ")) for opening in openings}) == 3
    friendly, strict = ("Wilt u", "U moet nu") if language is NL else ("Would you please", "You must now")
    assert friendly in openings[0]
    assert strict not in openings[0]
    assert strict in openings[1]
    assert friendly not in openings[1]


def test_the_titles() -> None:
    titles = [compose(example()).title for example in (reminder, formal_notice, fourteen_day_letter)]
    assert titles == ["Betalingsherinnering", "Aanmaning", "Veertiendagenbrief"]


@pytest.mark.requirement("DUN-05")
def test_the_notice_shows_a_date_and_no_period() -> None:
    assert "Zorg dat dit bedrag uiterlijk op maandag 23 november 2026 op de rekening staat." in flat(
        formal_notice()
    )
    assert "Make sure this amount is in the account by Monday 23 November 2026." in flat(formal_notice(EN))
    for text in (flat(formal_notice()), flat(formal_notice(EN))):
        for period in ("werkdagen", "binnen een week", "working days", "within a week", "binnen vijf"):
            assert period not in text


@pytest.mark.requirement("DUN-06")
def test_the_notice_warns_of_hand_over() -> None:
    warning = "Is het bedrag dan niet binnen, dan geven wij de vordering aan een incassobureau uit handen."
    assert warning in flat(formal_notice())
    assert "we will hand the claim over to a collection agency for collection" in flat(formal_notice(EN))
    assert "aan Incasso Noord B.V. uit handen." in flat(
        replace(formal_notice(), hand_over_to="Incasso Noord B.V.")
    )
    assert "uit handen" not in flat(reminder())


@pytest.mark.requirement("DUN-07")
def test_the_notice_says_who_bears_the_extra_costs() -> None:
    assert "De extra kosten daarvan zijn voor uw rekening. Die kosten zijn € 138,15." in flat(formal_notice())
    assert "The extra costs of this are for your account. Those costs are €138.15." in flat(formal_notice(EN))
    without = replace(formal_notice(), costs_if_unpaid=None)
    assert "De extra kosten daarvan zijn voor uw rekening." in flat(without)
    assert "kosten" not in flat(reminder())


def test_the_fourteen_day_letter_has_the_safe_words_and_one_amount_of_costs() -> None:
    text = flat(fourteen_day_letter())
    assert "binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd" in text
    assert "Dan moet u daarbovenop € 110,33 aan incassokosten betalen." in text
    assert "artikel 6:96 van het Burgerlijk Wetboek" in text
    assert "within fourteen days from the day after this letter was delivered to you" in flat(
        fourteen_day_letter(EN)
    )


def test_vat_over_costs_is_a_share_and_never_a_second_amount() -> None:
    letter = fourteen_day_letter()
    costs = letter.costs_if_unpaid
    assert costs is not None
    with_vat = replace(costs, vat_percent=Decimal(21), vat=Decimal("23.17"), total=Decimal("133.50"))
    text = flat(replace(letter, costs_if_unpaid=with_vat))
    assert "€ 133,50" in text
    assert "€ 110,33" not in text
    assert "€ 23,17" not in text
    assert (
        "In dat bedrag is 21% btw begrepen, omdat Houthandel De Linde B.V. deze btw niet kan verrekenen."
        in text
    )


def test_a_bundle_shows_each_invoice_with_its_own_step_and_date() -> None:
    letter = compose(bundle())
    titles = [column.title for column in letter.invoices.columns]
    steps = [row[titles.index("Stap")] for row in letter.invoices.rows]
    days = [row[titles.index("Uiterlijk op")].replace("\u00a0", " ") for row in letter.invoices.rows]
    assert steps == ["Aanmaning"] * 6 + ["Herinnering"] * 6
    assert days == ["23 nov 2026"] * 6 + ["25 nov 2026"] * 6
    text = flat(bundle())
    assert "Voor de facturen met de stap Aanmaning moet u nu € 2.127,51 betalen." in text
    assert "Wilt u daarvoor € 5.400,00 betalen, uiterlijk op woensdag 25 november 2026?" in text


@pytest.mark.requirement("ASK-09")
def test_credit_notes_payments_and_disputes_are_taken_off() -> None:
    text = flat(bundle())
    assert "€ 30,00 van factuur 2026-0007" in text
    assert "Creditnota's: € -20,00" in text
    assert "Betwist deel, nu niet gevraagd: € -30,00" in text
    assert "Te betalen voor factuur 2026-0007: € 650,00" in text
    assert "Betaald op de hoofdsom: € -288,97" in flat(formal_notice())


@pytest.mark.requirement("ASK-15")
def test_the_notice_is_a_letter_of_its_own_with_a_new_date() -> None:
    text = flat(formal_notice())
    assert "AANMANING" in text
    assert "Op 2 oktober 2026 stuurden wij u een herinnering voor factuur 2026-0031" in text
    assert "uiterlijk op maandag 23 november 2026" in text


def test_the_payee_follows_the_title() -> None:
    moved = Payee("Factor Noord N.V.", iban="NL02ABNA0123456789", entitled_since=date(2026, 10, 5))
    text = flat(replace(reminder(), payee=moved))
    assert "heeft deze vordering op 5 oktober 2026 aan Factor Noord N.V. overgedragen." in text
    assert "NL02 ABNA 0123 4567 89" in text
    assert "NL91" not in text
    differs = replace(PAYEE, account_holder="De Linde Beheer B.V.")
    assert "betaal alleen op de rekening van De Linde Beheer B.V., hieronder" in flat(
        replace(reminder(), payee=differs)
    )


def test_no_qr_says_why() -> None:
    dollars = compose(replace(reminder(), currency="USD"))
    assert dollars.payment.no_qr == "Geen QR-code: die kan alleen voor een bedrag in euro."
    assert dollars.payment.qr_payload == ""
    account = compose(replace(reminder(), payee=Payee("De Linde Inc.", account="Chase 123-456")))
    assert account.payment.no_qr == "Geen QR-code: die kan alleen voor een rekening met een geldig IBAN."
    assert ("Rekening", "Chase 123-456") in account.payment.rows


def test_each_amount_names_its_source_and_the_rows_used() -> None:
    text = flat(formal_notice())
    assert "[1] artikel 6:119a BW: ECB-rente voor herfinanciering 2,40% plus 8 procentpunten" in text
    assert "[2] Besluit BIK, artikel 2: Stb. 2012, 141" in text
    assert "Wettelijke handelsrente 10,40%, vanaf 1 juli 2026" in text
    row = replace(formal_notice().law_rows[0], confirmed=False)
    assert "(nog niet bevestigd door een officiële bron)" in flat(replace(formal_notice(), law_rows=(row,)))


@pytest.mark.parametrize(
    ("convention", "words"), [("ACT/365F", "gedeeld door 365,"), ("ACT/ACT", "(365 of 366)")]
)
def test_the_day_count_is_printed(convention: str, words: str) -> None:
    assert words in flat(replace(formal_notice(), day_count=convention))


@pytest.mark.parametrize(
    ("article", "name"),
    [
        ("artikel 6:119a BW", "wettelijke handelsrente"),
        ("6:119b BW", "wettelijke handelsrente"),
        ("6:119 BW", "wettelijke rente"),
    ],
)
def test_interest_is_called_by_its_article(article: str, name: str) -> None:
    letter = formal_notice()
    lines = tuple(replace(line, article=article) for line in letter.items[0].lines)
    text = flat(replace(letter, items=(replace(letter.items[0], lines=lines),)))
    assert f"In het totaal zit € 3,67 {name}, berekend" in text


def test_interest_that_is_left_after_the_principal_is_still_asked() -> None:
    line = SheetLine(
        date(2026, 10, 2),
        date(2026, 11, 2),
        32,
        Decimal("10.40"),
        Decimal("1210.00"),
        Decimal("11.03"),
        "ECB",
        "6:119a",
    )
    item = LetterItem(
        "A-1",
        LetterKind.REMINDER,
        date(2026, 9, 1),
        date(2026, 10, 1),
        gross=Decimal("1210.00"),
        credited=Decimal("1210.00"),
        open_principal=Decimal("0.00"),
        interest=Decimal("11.03"),
        lines=(line,),
    )
    letter = replace(reminder(), items=(item,), total_due=total_of([item]))
    assert "Er staat nog € 11,03 open." in flat(letter)
    assert "loopt door" not in flat(letter)


def test_names_are_names_and_never_templates() -> None:
    name = "{total} *vet* #strong[x] {0.__class__}"
    text = flat(
        replace(formal_notice(), recipient=replace(formal_notice().recipient, name=name), hand_over_to=name)
    )
    assert f"aan {name} uit handen" in text


def test_facts_are_one_line_without_control_or_direction_marks() -> None:
    assert fact("Jan\r\nBcc: x\x00\u202e2026") == "Jan Bcc: x 2026"
    assert fact("  a  b ") == "a b"
    assert len(fact("x" * 5000)) == 140
    assert fact("x" * 5000).endswith("…")
    assert fact("שלום") == "\u2068שלום\u2069"


def test_it_says_whom_to_reach() -> None:
    assert "bel 010 123 45 67 of mail naar administratie@delinde.example" in flat(reminder())
    only_mail = replace(SENDER, phone="")
    assert "niet klopt: mail naar administratie@delinde.example." in flat(
        replace(reminder(), sender=only_mail)
    )


def _plan(kind: LetterKind, language: Language = NL, **told: object) -> LetterContent:
    item = LetterItem(
        "2026-0042",
        kind,
        date(2026, 10, 19),
        date(2026, 11, 18),
        gross=Decimal("300.00"),
        open_principal=Decimal("300.00"),
    )
    rows = (
        PlanRow(date(2026, 12, 1), Decimal("100.00"), "RF25INB1234567"),
        PlanRow(date(2027, 1, 4), Decimal("200.00"), "RF95INB1234568"),
    )
    dated = kind in (LetterKind.PLAN_TERM, LetterKind.PLAN_MISSED)
    return replace(
        reminder(language), kind=kind, items=(item,), total_due=item.total, pay_by=date(2026, 12, 1) if dated else None,
        payment_reference=rows[0].reference, plan=PlanTerms(rows, **told),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_plan_is_confirmed_with_each_term_its_reference_and_its_own_code() -> None:
    content = _plan(LetterKind.PLAN, interest="stops", acknowledged=True)
    told = flat(content).replace("\u00a0", " ")
    assert (
        "U betaalt dit in 2 termijnen. De eerste termijn van € 100,00 betaalt u uiterlijk dinsdag 1 december 2026."
        in told
    )
    assert "Uiterlijk op: 4 jan 2027; Bedrag: € 200,00; Kenmerk: RF95INB1234568" in told
    assert "rekenen wij geen rente" in told
    assert "erkent u dat u dit bedrag moet betalen" in told
    letter = compose(content)
    assert letter.plan is not None
    first, second = letter.plan.codes
    assert first.payload.splitlines()[7:10] == ["EUR100", "", "RF25INB1234567"]
    assert second.payload.splitlines()[7:10] == ["EUR200", "", "RF95INB1234568"]
    assert ("Bedrag", "€\u00a0100,00") in letter.payment.rows
    assert "De rente loopt tijdens de regeling door" in flat(_plan(LetterKind.PLAN, interest="runs"))


@pytest.mark.parametrize(
    ("kind", "facts", "dutch", "english"),
    [
        (LetterKind.PLAN_TERM, {"term": 1}, "Wilt u termijn 1 van 2", "pay instalment 1 of 2"),
        (LetterKind.PLAN_MISSED, {"term": 1}, "U kunt de regeling houden.", "You can keep the plan."),
        (LetterKind.PLAN_ENDED, {"why": "broken"}, "Ook na ons bericht", "After our message"),
        (LetterKind.PLAN_ENDED, {"why": "by_debtor"}, "U hebt ons gevraagd", "You asked us to end"),
        (LetterKind.PLAN_ENDED, {"why": "by_us"}, "Wij hebben de regeling", "We ended the plan"),
        (
            LetterKind.PLAN_REFUSED,
            {},
            "Wij kunnen uw voorstel niet aannemen",
            "We cannot accept your proposal",
        ),
    ],
)
def test_each_letter_about_a_plan_says_what_it_is_for_and_threatens_nothing(
    kind: LetterKind, facts: dict[str, object], dutch: str, english: str
) -> None:
    assert dutch in flat(_plan(kind, **facts))
    assert english in flat(_plan(kind, EN, **facts))
    assert compose(_plan(kind, **facts)).plan is None
    assert "incassobureau" not in flat(_plan(kind, **facts))
