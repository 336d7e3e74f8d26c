"""Example letters, one for each step: the ones in docs/letters.md and in the tests. The amounts are real reckonings."""

from datetime import date
from decimal import Decimal

from inbaar.letters.content import (
    CostsLine,
    Language,
    LawRow,
    LetterContent,
    LetterCosts,
    LetterItem,
    LetterKind,
    Payee,
    Recipient,
    Sender,
    SheetLine,
    SheetPayment,
    total_of,
)

SENDER = Sender(
    name="Houthandel De Linde B.V.",
    address=("Kadestraat 14", "3011 AB Rotterdam"),
    kvk="69599084",
    vat="NL004495445B01",
    phone="010 123 45 67",
    email="administratie@delinde.example",
    website="www.delinde.example",
)
LINK = "https://inbaar.example/pay/127m-8vj3-x5zt-0q4k-9wce/"
PAGE = "https://inbaar.example/my/1431-2m8v-j35k-1g0x-5zt0-q4k9-wc/"
PAYEE = Payee(account_holder="Houthandel De Linde B.V.", iban="NL91ABNA0417164300")
BUSINESS = Recipient(
    name="Bouwbedrijf Van der Meer B.V.",
    attention="Crediteurenadministratie",
    address=("Postbus 210", "2501 CA Den Haag"),
    consumer=False,
    email="crediteuren@vandermeer.example",
)
CONSUMER = Recipient(
    name="Mevrouw J. de Boer",
    address=("Lindelaan 8", "3511 KV Utrecht"),
    consumer=True,
    email="j.deboer@voorbeeld.example",
)
TRADE_ARTICLE, STATUTORY_ARTICLE = "artikel 6:119a BW", "artikel 6:119 BW"
TRADE_SOURCE = "ECB-rente voor herfinanciering 2,40% plus 8 procentpunten"
SCALE, SCALE_SOURCE = "Besluit BIK, artikel 2", "Stb. 2012, 141"


def register_notice(language: Language = Language.NL) -> LetterContent:
    """The friendly letter about an arrear that was reported to the register: what is open of the invoice, and no more."""
    item = LetterItem(
        invoice_number="2026-0017",
        step=LetterKind.REGISTER_NOTICE,
        issue_date=date(2026, 9, 1),
        due_date=date(2026, 10, 1),
        gross=Decimal("1210.00"),
        open_principal=Decimal("1210.00"),
    )
    return LetterContent(
        kind=LetterKind.REGISTER_NOTICE,
        language=language,
        letter_number="2026-R0017",
        letter_date=date(2026, 11, 2),
        sender=SENDER,
        recipient=BUSINESS,
        payee=PAYEE,
        payment_reference="2026-0017",
        items=(item,),
        total_due=item.total,
        pay_by=date(2026, 11, 15),
    )


def reminder(language: Language = Language.NL) -> LetterContent:
    """A first, friendly reminder for one invoice: principal only."""
    item = LetterItem(
        invoice_number="2026-0042",
        step=LetterKind.REMINDER,
        issue_date=date(2026, 10, 19),
        due_date=date(2026, 11, 18),
        gross=Decimal("1210.00"),
        open_principal=Decimal("1210.00"),
    )
    return LetterContent(
        kind=LetterKind.REMINDER,
        language=language,
        letter_number="B-2026-0107",
        letter_date=date(2026, 11, 19),
        sender=SENDER,
        recipient=BUSINESS,
        payee=PAYEE,
        payment_reference="RF18539007547034",
        items=(item,),
        total_due=total_of([item]),
        pay_by=date(2026, 11, 26),
    )


def formal_notice(language: Language = Language.NL) -> LetterContent:
    """A formal notice after a part payment: the rest, the interest, the warning and what the costs would be."""
    item = notice_item()
    return LetterContent(
        kind=LetterKind.FORMAL_NOTICE,
        language=language,
        letter_number="B-2026-0113",
        letter_date=date(2026, 11, 16),
        sender=SENDER,
        recipient=BUSINESS,
        payee=PAYEE,
        payment_reference="RF18539007547034",
        items=(item,),
        total_due=total_of([item]),
        pay_by=date(2026, 11, 23),
        pay_by_limit=date(2026, 11, 23),
        hand_over_warning=True,
        costs_if_unpaid=scale_costs(item.open_principal),
        law_rows=(trade_rate(language),),
        pay_link=LINK,
        page_link=PAGE,
    )


def notice_item() -> LetterItem:
    """1,210.00 due 1 October 2026; 300.00 paid on 2 November went to 11.03 of interest first."""
    before = trade_line(date(2026, 10, 2), date(2026, 11, 2), "1210.00", "11.03")
    after = trade_line(date(2026, 11, 3), date(2026, 11, 16), "921.03", "3.67")
    return LetterItem(
        invoice_number="2026-0031",
        step=LetterKind.FORMAL_NOTICE,
        issue_date=date(2026, 9, 1),
        due_date=date(2026, 10, 1),
        gross=Decimal("1210.00"),
        paid=Decimal("300.00"),
        open_principal=Decimal("921.03"),
        interest=Decimal("3.67"),
        lines=(before, after),
        payments=(
            SheetPayment(
                on=date(2026, 11, 2),
                amount=Decimal("300.00"),
                to_costs=Decimal("0.00"),
                to_interest=Decimal("11.03"),
                to_principal=Decimal("288.97"),
            ),
        ),
        reminded_on=date(2026, 10, 2),
    )


def fourteen_day_letter(language: Language = Language.NL) -> LetterContent:
    """The letter to a consumer with its one exact amount of costs."""
    item = LetterItem(
        invoice_number="2026-0018",
        step=LetterKind.FOURTEEN_DAY_LETTER,
        issue_date=date(2026, 9, 15),
        due_date=date(2026, 9, 29),
        gross=Decimal("735.53"),
        open_principal=Decimal("735.53"),
        reminded_on=date(2026, 9, 30),
    )
    return LetterContent(
        kind=LetterKind.FOURTEEN_DAY_LETTER,
        language=language,
        letter_number="B-2026-0114",
        letter_date=date(2026, 11, 3),
        sender=SENDER,
        recipient=CONSUMER,
        payee=PAYEE,
        payment_reference="5000002026000123",
        items=(item,),
        total_due=total_of([item]),
        costs_if_unpaid=scale_costs(item.open_principal),
        pay_link=LINK,
        page_link=PAGE,
    )


def bundle(language: Language = Language.NL, invoices: int = 12) -> LetterContent:
    """Many invoices in one letter: half at the formal notice, half at their first reminder."""
    items = tuple(_bundled(number, invoices) for number in range(1, invoices + 1))
    noticed = tuple(item for item in items if item.step is LetterKind.FORMAL_NOTICE)
    base = sum((item.open_principal for item in noticed), Decimal("0.00"))
    return LetterContent(
        kind=LetterKind.FORMAL_NOTICE,
        language=language,
        letter_number="B-2026-0120",
        letter_date=date(2026, 11, 16),
        sender=SENDER,
        recipient=BUSINESS,
        payee=PAYEE,
        payment_reference="RF18539007547034",
        items=items,
        total_due=total_of(items),
        pay_by=date(2026, 11, 23),
        pay_by_limit=date(2026, 11, 23),
        hand_over_warning=True,
        costs_if_unpaid=scale_costs(base),
        law_rows=(trade_rate(language),),
    )


def _bundled(number: int, invoices: int) -> LetterItem:
    gross = Decimal("100.00") * number
    if number <= (invoices + 1) // 2:
        interest = (gross * Decimal("0.104") * 46 / 365).quantize(Decimal("0.01"))
        return LetterItem(
            invoice_number=f"2026-{number:04d}",
            step=LetterKind.FORMAL_NOTICE,
            issue_date=date(2026, 9, 1),
            due_date=date(2026, 10, 1),
            gross=gross,
            open_principal=gross,
            interest=interest,
            lines=(trade_line(date(2026, 10, 2), date(2026, 11, 16), str(gross), str(interest)),),
            reminded_on=date(2026, 10, 2),
        )
    return LetterItem(
        invoice_number=f"2026-{number:04d}",
        step=LetterKind.REMINDER,
        issue_date=date(2026, 10, 15),
        due_date=date(2026, 11, 14),
        gross=gross,
        credited=Decimal("20.00"),
        disputed=Decimal("30.00"),
        open_principal=gross - Decimal("50.00"),
        pay_by=date(2026, 11, 25),
    )


def trade_line(first: date, last: date, base: str, amount: str) -> SheetLine:
    """One stretch at the trade rate of the second half of 2026."""
    return SheetLine(
        from_date=first,
        to_date=last,
        days=(last - first).days + 1,
        rate_percent=Decimal("10.40"),
        base=Decimal(base),
        amount=Decimal(amount),
        source=TRADE_SOURCE,
        article=TRADE_ARTICLE,
    )


def trade_rate(language: Language) -> LawRow:
    """The row of law under those lines."""
    name = "Wettelijke handelsrente" if language is Language.NL else "Statutory commercial interest"
    return LawRow(
        name=name,
        source=TRADE_SOURCE,
        rate_percent=Decimal("10.40"),
        applies_from=date(2026, 7, 1),
        checked_on=date(2026, 7, 20),
    )


def scale_costs(principal: Decimal) -> LetterCosts:
    """The scale of collection costs for examples up to 5,000.00; the real one is in the law room."""
    first = min(principal, Decimal("2500.00"))
    parts = [(Decimal(15), first), (Decimal(10), principal - first)]
    lines = tuple(
        CostsLine(
            amount=(base * rate / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP"),
            base=base,
            rate_percent=rate,
            article=SCALE,
            source=SCALE_SOURCE,
        )
        for rate, base in parts
        if base > 0
    )
    amount = sum((line.amount for line in lines), Decimal("0.00"))
    return LetterCosts(
        principal=principal, amount=amount, total=amount, lines=lines, article=SCALE, source=SCALE_SOURCE
    )


EXAMPLES = (reminder, formal_notice, fourteen_day_letter)
