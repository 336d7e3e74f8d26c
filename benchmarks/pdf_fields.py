"""Precision and recall per field of invoices read from PDF pages, and pages per CPU-second, by text layer and by OCR.

Printed first: (a) the PDFs of the third-party files, the e-invoice inside left aside, where that folder is (INBAAR_CORPUS);
(b) the market's ten layouts; (c) documents drawn in many ways, of a seed that nobody looked at while the reader was made;
(d) the same with some words that the reader was never taught, one in three of most kinds; (e) scans of the ten layouts, read by
the OCR that is installed. The speed includes the child process.
"""

import os
from pathlib import Path

from benchmarks.fields_scored import Score, corpus_truths, fields_of
from benchmarks.measuring import Measure, measured
from benchmarks.printed import Printed
from inbaar.intake.readers.page.invoice import invoice_on_pages
from inbaar.intake.readers.page.layout import layout_of
from inbaar.intake.readers.pdf import Pages, scanned_pages, stop_child, text_on_pages
from inbaar.intake.readers.source import Limits, Unreadable
from inbaar.market.printing import printed_invoices
from inbaar.market.scanning import scanned
from inbaar.market.varied import varied_invoices

CORPUS = Path(os.environ.get("INBAAR_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "data")
SEED = 2026
#: Of the documents drawn in many ways: those of this seed are only counted, never looked at.
UNSEEN = 7071
#: How a scan lies: turned so many degrees, one after another.
TILTS = (0.0, 0.6, -0.8, 1.1)
LONG = "pages-nl"  # several pages of goods: left out of the scans, where it would be most of the time


def run(small: bool) -> list[Measure]:
    """The tables, then the speed."""
    for table in (
        *corpus_tables(CORPUS),
        market_score(1 if small else 20).table("(b) market layouts, text layer"),
        varied_score(UNSEEN, 10 if small else 300).table("(c) drawn in many ways, unseen"),
        varied_score(UNSEEN, 10 if small else 300, strange=True).table("(d) the same with unknown words"),
    ):
        print(table + "\n", flush=True)
    print(scan_score(1 if small else 2).table("(e) market layouts, OCR") + "\n", flush=True)
    return [
        measured("PDF pages read, text layer", "pages", 3 if small else 30, read_text, prepare=market_pdfs, aim="20"),
        measured("PDF pages read, OCR", "pages", 2 if small else 4, read_scans, prepare=market_scans, runs=1, tenth=False),
    ]  # fmt: skip


def corpus_tables(corpus: Path) -> list[str]:
    """The table of the third-party files, with what was read wrongly; or that they are not here."""
    if not (corpus / "MANIFEST.csv").exists():
        return [f"(a) no third-party files at {corpus}: set INBAAR_CORPUS to their folder"]
    score = corpus_score(corpus)
    return [score.table("(a) third-party PDFs, text layer"), "\n".join(("  read wrongly:", *score.wrong))]


def corpus_score(corpus: Path) -> Score:
    """Every PDF of the corpus whose values are known, read from its pages alone."""
    score = Score()
    for file, (truth, _) in corpus_truths(corpus).items():
        found = text_on_pages((corpus / file).read_bytes(), Limits())
        rows = layout_of(found.pages, found.count).rows
        text = "\n".join(" ".join(cell.text for cell in row) for row in rows)
        score.add(file, _fields(found, file), truth, Printed(text))
    return score


def market_score(each: int) -> Score:
    """`each` documents in each of the market's layouts."""
    score = Score()
    for one in printed_invoices(SEED, each):
        score.add(one.name, _fields(text_on_pages(one.content, Limits()), one.name), one.truth)
    return score


def varied_score(seed: int, count: int, strange: bool = False) -> Score:
    """`count` documents that differ in words, places, type, forms and language."""
    score = Score()
    for one in varied_invoices(seed, count, strange):
        score.add(one.name, _fields(text_on_pages(one.content, Limits()), one.name), one.truth)
    return score


def scan_score(each: int) -> Score:
    """The same as scans, all but the long ones."""
    score = Score()
    for place, one in enumerate(printed_invoices(SEED, each)):
        if one.layout != LONG:
            picture = scanned(one.content, place, TILTS[place % len(TILTS)])
            score.add(one.name, _fields(scanned_pages(picture, Limits()), one.name), one.truth)
    return score


def _fields(found: Pages, name: str) -> dict[str, str]:
    try:
        return fields_of(invoice_on_pages(found.pages, found.count, found.engine, name, ""))
    except Unreadable:
        return {}


def market_pdfs(size: int) -> list[bytes]:
    """`size` documents in each layout."""
    return [one.content for one in printed_invoices(SEED, size)]


def market_scans(size: int) -> list[bytes]:
    """`size` scans."""
    printed = [one for one in printed_invoices(SEED, 1) if one.layout != LONG]
    return [scanned(one.content, place) for place, one in enumerate(printed[:size])]


def read_text(contents: list[bytes]) -> int:
    """Read them all; how many pages."""
    pages = 0
    for content in contents:
        found = text_on_pages(content, Limits())
        invoice_on_pages(found.pages, found.count, found.engine, "", "")
        pages += found.count
    _stop()
    return pages


def read_scans(contents: list[bytes]) -> int:
    """Read them all by OCR; how many pages. Starting the OCR is in it."""
    pages = 0
    for content in contents:
        found = scanned_pages(content, Limits())
        invoice_on_pages(found.pages, found.count, found.engine, "", "")
        pages += found.count
    _stop()
    return pages


def _stop() -> None:
    """End the children, so that their CPU is counted: the system adds it when a child has ended."""
    stop_child()
