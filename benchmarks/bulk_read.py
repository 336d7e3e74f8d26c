"""Lists from bookkeeping: auditfile and CSV lines read per CPU-second at 20 MB and 200 MB, whose memory must be the same; and a
list of 100,000 lines looked through, taken in and taken back.

The auditfile has a sales journal and a bank journal in which 97 of 100 invoices are paid; what stays open is all that is
held. Of the CSV every line is read, and none is kept.
"""

import csv
import io
import tempfile
from collections import deque
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree

from benchmarks.books import NOW, copied_books, fill_open_invoices
from benchmarks.measuring import Measure, measured

MEGABYTE = 1_000_000
BEFORE = 10_000
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<auditfile xmlns="http://www.auditfiles.nl/XAF/3.2"><header><fiscalYear>2026</fiscalYear><startDate>2026-01-01</startDate>
<endDate>2026-12-31</endDate><curCode>EUR</curCode><dateCreated>2026-12-31</dateCreated><softwareDesc>x</softwareDesc></header>
<company><companyIdent>1</companyIdent><companyName>Van Dijk Techniek B.V.</companyName><customersSuppliers>
"""
CUSTOMER = """<customerSupplier><custSupID>D{n:05d}</custSupID><custSupName>Klant {n} B.V.</custSupName>
<eMail>post@klant{n}.example</eMail><commerceNr>{kvk}</commerceNr><custSupTp>C</custSupTp><streetAddress><streetname>Kade</streetname>
<number>{n}</number><city>Utrecht</city><postalCode>3511 AA</postalCode><country>NL</country></streetAddress></customerSupplier>
"""
SALE = """<transaction><nr>{n}</nr><desc>Verkoopfactuur {n}</desc><periodNumber>1</periodNumber><trDt>2026-03-02</trDt>
<sourceID>Sales</sourceID><trLine><nr>1</nr><accID>1300</accID><docRef>2026-{n:07d}</docRef><effDate>2026-03-02</effDate>
<desc>Levering volgens opdracht {n}</desc><amnt>121.00</amnt><amntTp>D</amntTp><custSupID>D{who:05d}</custSupID>
<invRef>2026-{n:07d}</invRef></trLine><trLine><nr>2</nr><accID>8000</accID><docRef>2026-{n:07d}</docRef><effDate>2026-03-02</effDate>
<desc>Levering volgens opdracht {n}</desc><amnt>100.00</amnt><amntTp>C</amntTp><vat><vatID>H21</vatID><vatPerc>21.000</vatPerc>
<vatAmnt>21.00</vatAmnt><vatAmntTp>C</vatAmntTp></vat></trLine><trLine><nr>3</nr><accID>1800</accID><docRef>2026-{n:07d}</docRef>
<effDate>2026-03-02</effDate><desc>btw</desc><amnt>21.00</amnt><amntTp>C</amntTp></trLine></transaction>
"""
PAID = """<transaction><nr>B{n}</nr><desc>Ontvangst</desc><periodNumber>2</periodNumber><trDt>2026-04-02</trDt><sourceID>Bank</sourceID>
<trLine><nr>1</nr><accID>1100</accID><docRef/><effDate>2026-04-02</effDate><amnt>121.00</amnt><amntTp>D</amntTp></trLine>
<trLine><nr>2</nr><accID>1300</accID><docRef/><effDate>2026-04-02</effDate><amnt>121.00</amnt><amntTp>C</amntTp>
<custSupID>D{who:05d}</custSupID><invRef>2026-{n:07d}</invRef></trLine></transaction>
"""
#: What a year's bookkeeping holds besides: purchases, wages, stock.
OTHER = """<transaction><nr>M{n}</nr><desc>Memoriaal</desc><periodNumber>2</periodNumber><trDt>2026-04-02</trDt><sourceID>Memo</sourceID>
<trLine><nr>1</nr><accID>4000</accID><docRef/><effDate>2026-04-02</effDate><amnt>50.00</amnt><amntTp>D</amntTp></trLine>
<trLine><nr>2</nr><accID>1600</accID><docRef/><effDate>2026-04-02</effDate><amnt>50.00</amnt><amntTp>C</amntTp></trLine></transaction>
"""
LIST = ("Factuurnummer", "Debiteurnummer", "Debiteur", "Factuurdatum", "Vervaldatum", "Bedrag incl. btw", "Openstaand", "KvK",
        "E-mail", "Adres", "Postcode", "Plaats")  # fmt: skip


def run(small: bool) -> list[Measure]:
    """Both formats at two sizes, and the way of a list into the books and out again."""
    measures = []
    for size in (1, 4) if small else (20, 200):
        for name, work, write, bare, bare_name in (
            ("XAF", audited, auditfile, parsed, "lxml parse alone"),
            ("CSV", listed, csv_list, split, "csv module alone"),
        ):
            measures.append(
                measured(
                    f"{name} of {size} MB read", "lines", size, work, prepare=partial(written, write), yardstick=bare,
                    yardstick_name=bare_name, tenth=False, runs=1 if size > 20 else 3, aim="flat memory",
                )
            )  # fmt: skip
    lines = 200 if small else 100_000
    measures.append(
        measured("list looked through", "lines", lines, looked_through, prepare=opened, yardstick=listed_content,
                 yardstick_name="its lines read alone", runs=1)
    )  # fmt: skip
    measures.append(
        measured(
            "list looked through, taken in and back",
            "lines",
            lines,
            taken_in_and_back,
            prepare=opened,
            runs=1,
        )
    )
    return measures


def audited(file: Path) -> int:
    """Every posting of an auditfile looked at, the open items told."""
    from inbaar.intake.bulk.auditfile import read_auditfile

    with file.open("rb") as stream:
        audit = read_auditfile(stream)
    if not audit.items or any(item.open != 121 for item in audit.items):
        raise RuntimeError("what is open is not what was left unpaid")
    return audit.counted[0]


def listed(file: Path) -> int:
    """Every line of a list read with its columns, as an import reads it."""
    with file.open("rb") as stream:
        return _lines_read(stream)


def _lines_read(stream: Any) -> int:
    from inbaar.intake.bulk.columns import outline_of
    from inbaar.intake.bulk.lines import lines_of
    from inbaar.intake.bulk.tables import open_table

    table = open_table(stream)
    outline = outline_of(table)
    count = 0
    for line in lines_of(table, outline.head_line, outline.choices):
        count += not line.faults
    if count != outline.lines:
        raise RuntimeError(f"{outline.lines - count} of {outline.lines} generated lines have faults")
    return count


def parsed(file: Path) -> int:
    """The least that going through the XML once can cost."""
    count = 0
    for _, element in etree.iterparse(file, tag="{*}trLine"):
        count += 1
        parent = element.getparent()
        element.clear()
        if parent.getparent() is not None and parent.getprevious() is not None:
            del parent.getparent()[0]
    return count


def split(file: Path) -> int:
    """The least that reading CSV can cost."""
    with file.open(newline="", encoding="utf-8-sig") as text:
        reader = csv.reader(text, delimiter=";")
        deque(reader, maxlen=0)
        return reader.line_num


def written(write: Any, megabytes: int) -> Path:
    """A file of that size in a temporary folder of its own."""
    file = Path(tempfile.mkdtemp(prefix="inbaar-bulk-")) / "list"
    write(file, megabytes * MEGABYTE)
    return file


def auditfile(file: Path, size: int) -> None:
    """An auditfile of about that many bytes: a third of it sales, the rest other bookings."""
    customers = 1_000
    each = len(SALE) + len(PAID) + 2 * len(OTHER)
    count = max(100, size // each)
    with file.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        out.writelines(CUSTOMER.format(n=n, kvk=10_000_000 + n) for n in range(customers))
        out.write(
            "</customersSuppliers><generalLedger><ledgerAccount><accID>1300</accID><accDesc>Debiteuren</accDesc>"
        )
        out.write("<accTp>B</accTp></ledgerAccount></generalLedger><transactions>")
        paid = [n % 100 < 97 for n in range(100)]
        total = count * 121 + sum(paid[n % 100] for n in range(count)) * 121 + count * 2 * 50
        lines = count * 3 + sum(paid[n % 100] for n in range(count)) * 2 + count * 4
        out.write(
            f"<linesCount>{lines}</linesCount><totalDebit>{total}.00</totalDebit><totalCredit>{total}.00</totalCredit>"
        )
        # A few months at a time, as bookkeeping programs write their journals by period.
        for start in range(0, count, 500):
            month = range(start, min(start + 500, count))
            out.write(
                "<journal><jrnID>V</jrnID><desc>Verkoop</desc><jrnTp>S</jrnTp><offsetAccID>1300</offsetAccID>"
            )
            out.writelines(SALE.format(n=n, who=n % customers) for n in month)
            out.write("</journal><journal><jrnID>B</jrnID><desc>Bank</desc><jrnTp>B</jrnTp>")
            out.writelines(PAID.format(n=n, who=n % customers) for n in month if paid[n % 100])
            out.write("</journal><journal><jrnID>M</jrnID><desc>Memo</desc><jrnTp>M</jrnTp>")
            out.writelines(OTHER.format(n=n) * 2 for n in month)
            out.write("</journal>")
        out.write("</transactions></company></auditfile>")


def csv_list(file: Path, size: int) -> None:
    """A list of about that many bytes."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(LIST)
        number = 0
        while out.tell() < size:
            writer.writerows(row(number + each) for each in range(1_000))
            number += 1_000


def row(number: int) -> tuple[str, ...]:
    """One line of the list."""
    who = number % 5_000
    return (
        f"2026-{number:07d}", f"D{who:05d}", f"Klant {who} B.V.", "15-01-2026", "14-02-2026", "1.210,00", "1.210,00",
        str(10_000_000 + who), f"post@klant{who}.example", f"Kade {who}", "3511 AA", "Utrecht",
    )  # fmt: skip


def opened(lines: int) -> tuple[int, int, bytes]:
    """An administration with a list that waits; its client, its number, its contents."""
    client_id = copied_books("bulk", partial(fill_open_invoices, size=BEFORE, due=BEFORE // 10))
    from inbaar.intake.importing import choose, list_file, open_list
    from inbaar.kit.scope import client_scope

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([LIST, *(row(number) for number in range(lines))])
    content = text.getvalue().encode("utf-8-sig")
    with client_scope(client_id):
        import_id = open_list(client_id, "lijst.csv", io.BytesIO(content), NOW, "bench")
        kept = list_file(client_id, import_id)
        assert kept
        choose(client_id, import_id, kept.choices, NOW)
    return client_id, import_id, content


def listed_content(material: tuple[int, int, bytes]) -> int:
    """The lines of the waiting list, read without the books."""
    return _lines_read(io.BytesIO(material[2]))


def looked_through(material: tuple[int, int, bytes]) -> int:
    """The verdict on every line against the books, kept."""
    from inbaar.doors import work_on_list
    from inbaar.intake.looking import counts_of
    from inbaar.kit.scope import client_scope

    client_id, import_id, _ = material
    work_on_list(client_id, import_id, NOW.date(), NOW)
    with client_scope(client_id):
        return counts_of(client_id, import_id)["new"]


def taken_in_and_back(material: tuple[int, int, bytes]) -> int:
    """All of it into the books and out again."""
    from inbaar.doors import take_in_import, undo_import

    client_id, import_id, _ = material
    looked_through(material)
    made = take_in_import(client_id, import_id, NOW.date(), "bench", NOW)
    return undo_import(client_id, import_id, NOW.date(), "bench", NOW) if made else 0
