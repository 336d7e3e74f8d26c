"""Auditfiles for the tests: XAF 3.2 with the postings a test names, written so that they add up."""

from collections.abc import Iterable, Sequence

SPACE = "http://www.auditfiles.nl/XAF/3.2"
#: Journal (S, B, M), customer, invoice number, amount on the debtors' account (debit positive), day, matching key.
Booked = tuple[str, str, str, str, str, str]


def auditfile(
    postings: Sequence[Booked], *, space: str = SPACE, dues: Iterable[tuple[str, str]] = (), extra: str = ""
) -> bytes:
    """An auditfile; with `dues` (invoice number, due date) it has a customers' subledger as well."""
    due_of = dict(dues)
    journals, lines, debit = [], 0, 0.0
    subledger = []
    for number, (journal, customer, reference, amount, day, match) in enumerate(postings, 1):
        side, other = ("C", "D") if amount.startswith("-") else ("D", "C")
        size = amount.lstrip("-")
        lines, debit = lines + 2, debit + float(size)
        known = (
            f"<custSupID>{customer}</custSupID>"
            + (f"<invRef>{reference}</invRef>" if reference else "")
        )  # fmt: skip
        matched = f"<matchKeyID>{match}</matchKeyID>" if match else ""
        journals.append(
            f"<journal><jrnID>{number}</jrnID><desc>x</desc><jrnTp>{journal}</jrnTp>"
            + ("<offsetAccID>1300</offsetAccID>" if journal == "S" else "")
            + f"<transaction><nr>{number}</nr><periodNumber>1</periodNumber><trDt>{day}</trDt>"
            f"<trLine><nr>1</nr><accID>1300</accID><docRef/><effDate>{day}</effDate><amnt>{size}</amnt><amntTp>{side}</amntTp>"
            f"{matched}{known}</trLine>"
            f"<trLine><nr>2</nr><accID>8000</accID><docRef/><effDate>{day}</effDate><amnt>{size}</amnt><amntTp>{other}</amntTp></trLine>"
            "</transaction></journal>"
        )
        kind = "I" if journal == "S" else "P"
        due = f"<invDueDt>{due_of[reference]}</invDueDt>" if reference in due_of else ""
        subledger.append(
            f"<sbLine><nr>{number}</nr><amnt>{size}</amnt><amntTp>{side}</amntTp>{matched}{known}<invDt>{day}</invDt>{due}"
            f"<mutTp>{kind}</mutTp></sbLine>"
        )
    subledgers = (
        f"<subledgers><subledger><sbType>CU</sbType><linesCount>{len(postings)}</linesCount>"
        f"<totalDebit>0</totalDebit><totalCredit>0</totalCredit>{''.join(subledger)}</subledger></subledgers>"
        if due_of
        else ""
    )
    customers = "".join(
        f"<customerSupplier><custSupID>{name}</custSupID><custSupName>Klant {name} B.V.</custSupName><commerceNr>9000000{place}</commerceNr>"
        f"<custSupTp>C</custSupTp><streetAddress><streetname>Kade</streetname><number>{place}</number><city>Utrecht</city>"
        "<postalCode>3511 AA</postalCode><country>NL</country></streetAddress></customerSupplier>"
        for place, name in enumerate(sorted({posting[1] for posting in postings if posting[1]}), 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>{extra}
<auditfile xmlns="{space}"><header><fiscalYear>2026</fiscalYear><curCode>EUR</curCode></header><company>
<companyName>Van Dijk Techniek B.V.</companyName><customersSuppliers>{customers}</customersSuppliers>
<generalLedger><ledgerAccount><accID>1300</accID><accDesc>Debiteuren</accDesc><accTp>B</accTp></ledgerAccount></generalLedger>
<transactions><linesCount>{lines}</linesCount><totalDebit>{debit:.2f}</totalDebit><totalCredit>{debit:.2f}</totalCredit>
{"".join(journals)}{subledgers}</transactions></company></auditfile>""".encode()
