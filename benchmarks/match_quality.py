"""How well payments are matched without a person: 100,000 made as people make them, against what each was meant for.

The payments come from `inbaar.market.ways_to_pay`, which says how many are made in which way and why; the truth stays there.
They go through the door every statement goes through, in the order of their days, 3,000 a batch. Right is:
exactly the invoices and amounts that were meant, nothing else. Waiting is never wrong; what was paid too much, twice, or
for no invoice can only wait.

Measured twice: nobody looks at what waits for sixty days; and a person settles it before the next batch, as it was meant,
so that what he decides is learned. Each payment counts by what became of it before anybody looked.

The rules were improved while looking at the payments of `SEED`; those of `HELD_OUT` nobody looks at, so that what is gained
on the first alone shows as a difference between the two. `--seed N` makes others.
"""

import datetime as dt
from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.books import copied_books
from benchmarks.measuring import Measure, measured
from benchmarks.statements_read import CAMT_HEAD

SEED, HELD_OUT = 11, 2_027
ON = dt.date(2026, 7, 1)
NOW = dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)
ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><AcctSvcrRef>Q{n:09d}</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr>
<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties><RmtInf>{told}</RmtInf></TxDtls></NtryDtls></Ntry>
"""
MATCHES = """
    SELECT e.bank_reference, e.state, e.reason, i.number, m.amount FROM banking_entry e
    LEFT JOIN banking_match m ON m.client_id = e.client_id AND m.entry_id = e.id AND m.undone_on IS NULL
    LEFT JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
"""


def run(small: bool, seed: int | None = None) -> list[Measure]:
    """One measure each way and seed; the table of what was right, waited and was wrong is printed above them."""
    size = 2_000 if small else 100_000
    seeds = (SEED, HELD_OUT) if seed is None else (seed,)
    with TemporaryDirectory(prefix="inbaar-quality-") as folder:
        return [
            measured(f"payments of seed {chosen}, {name}", "payments", size, work,
                     prepare=partial(prepared, folder=folder, seed=chosen), runs=1, tenth=False,
                     aim=">= 97% right, <= 0.01% wrong")
            for chosen in seeds for name, work in (("nobody looks", matched), ("a person settles", settled))
        ]  # fmt: skip


def prepared(size: int, folder: str, seed: int) -> dict[str, Any]:
    """The books with the invoices, the file of payments taken in, and the truth, which is asked only afterwards."""
    from inbaar.market.ways_to_pay import payers_with_invoices, payments_made

    payers = payers_with_invoices(seed, size)
    client = copied_books(f"quality_{seed}_{size}", partial(fill, payers=payers))
    from inbaar.banking.actions import import_statement_file

    truth = list(payments_made(seed, payers, size))
    file = Path(folder) / f"{size}.xml"
    with file.open("w", encoding="utf-8") as out:
        total = sum(payment.amount for payment in truth)
        out.write(CAMT_HEAD.replace("{total}.00", f"{total:.2f}"))
        out.writelines(_entry(n, payment) for n, payment in enumerate(truth))
        out.write("</Stmt></BkToCstmrStmt></Document>")
    taken = import_statement_file(client, str(file), "quality.xml", NOW, add_accounts=True)
    if taken.new_entries != len(truth):
        raise RuntimeError(f"{taken.new_entries} of {len(truth)} payments came in: {taken}")
    return {"client": client, "truth": truth, "title": f"== seed {seed}"}


def _entry(n: int, payment: Any) -> str:
    told = f"<Ustrd>{escape(payment.text)}</Ustrd>" if payment.text else ""
    if payment.reference:
        told += f"<Strd><CdtrRefInf><Ref>{payment.reference}</Ref></CdtrRefInf></Strd>"
    return ENTRY.format(
        n=n,
        amount=f"{payment.amount:.2f}",
        on=payment.on,
        name=escape(payment.name),
        iban=payment.iban,
        told=told,
    )


def fill(client: int, payers: list[Any]) -> None:
    """Debtors, the accounts that are known of them, invoices and credit notes, as their own tables hold them."""
    from inbaar.kit.bulk import fetch, insert_rows
    from inbaar.receivables.rules import number_key

    text = dict.fromkeys(
        ("number", "identity", "name", "capacity", "legal_form", "size", "kvk_number", "vat_id", "street", "postcode",
         "city", "country", "language"), "text",
    )  # fmt: skip
    insert_rows(
        "parties_debtor", {"client_id": "bigint", **text},
        ((client, str(p.number), f"q:{p.number}", p.name, "business", "company", "unknown", "", "", "", "", "", "NL", "nl")
         for p in payers),
    )  # fmt: skip
    ids = {int(number): debtor for number, debtor in fetch("SELECT number, id FROM parties_debtor")}
    insert_rows(
        "parties_debtoriban",
        {"client_id": "bigint", "debtor_id": "bigint", "iban": "text", "known_since": "date"},
        [(client, ids[p.number], p.iban, dt.date(2026, 1, 1)) for p in payers if p.known],
    )
    columns = {
        "client_id": "bigint", "debtor_id": "bigint", "kind": "text", "number": "text", "number_key": "text",
        "issue_date": "date", "received_on": "date", "due_date": "date", "term_agreed": "boolean", "claim_kind": "text",
        "currency": "text", "net": "numeric", "vat": "numeric", "total": "numeric", "payable": "numeric",
        "payment_reference": "text", "credits_number": "text", "content_key": "text", "open_amount": "numeric",
        "accepted_at": "timestamptz",
    }  # fmt: skip
    insert_rows(
        "receivables_invoice", columns,
        ((client, ids[p.number], kind, i.number, number_key(i.number), i.issued_on, i.issued_on, i.due_on, True, "trade",
          "EUR", i.amount, Decimal(0), i.amount, i.amount, i.reference, "", i.number, i.amount, NOW)
         for p in payers for kind, papers in (("invoice", p.invoices), ("credit_note", p.credits)) for i in papers),
    )  # fmt: skip


def matched(material: dict[str, Any]) -> int:
    """The matching of the daily run; then the books are held against the truth and the table is printed."""
    from inbaar.banking.jobs import match_all

    match_all(material["client"], ON, NOW)
    print(f"{material['title']}, nobody looks", flush=True)
    print(table(*judged(material["client"], material["truth"])), flush=True)
    return len(material["truth"])


def settled(material: dict[str, Any]) -> int:
    """The same, with a person who settles what waits after each batch as it was meant."""
    from inbaar.banking.actions import match_new_entries

    client, truth = material["client"], material["truth"]
    meant = {f"Q{n:09d}": payment for n, payment in enumerate(truth)}
    kinds: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    looked: set[str] = set()
    while match_new_entries(client, ON, NOW).entries:
        batch, faults = judged(client, truth, looked)
        for kind, counts in batch.items():
            kinds.setdefault(kind, Counter()).update(counts)
        wrong += faults
        _settle_waiting(client, meant)
    print(f"{material['title']}, a person settles what waits", flush=True)
    print(table(kinds, wrong), flush=True)
    return len(truth)


def _settle_waiting(client: int, meant: dict[str, Any]) -> None:
    """What a person who knows does: match what was meant, as far as the books still take it; set the rest aside."""
    from inbaar.banking.actions import Ground, ignore_entry, match_by_hand
    from inbaar.kit.bulk import fetch
    from inbaar.kit.errors import Refused
    from inbaar.kit.scope import client_scope

    with client_scope(client):
        numbers = dict(
            fetch("SELECT number, id FROM receivables_invoice WHERE kind = 'invoice' AND open_amount > 0")
        )
        waiting = fetch("SELECT id, bank_reference FROM banking_entry WHERE state = 'unmatched'")
    for entry_id, mark in waiting:
        payment = meant[mark]
        lines = [
            (numbers[number], paid)
            for number, paid in payment.meant or payment.told_later
            if number in numbers
        ]
        grounds = {lines[0][0]: Ground.DISCOUNT} if payment.kind == "less discount" and lines else {}
        try:
            if not lines:
                ignore_entry(client, entry_id, "no invoice", "bench")
            else:
                learn = not payment.kind.startswith("by a third")
                match_by_hand(client, entry_id, lines, "bench", ON, NOW, grounds, learn=learn)
        except Refused:
            ignore_entry(client, entry_id, "the books say no", "bench")


def judged(
    client: int, truth: list[Any], looked: set[str] | None = None
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Per way of paying how many were right, waited and were wrong; and the wrong ones, with the reason given.

    Those `looked` at before are left out, and the others added to them; what is new yet waits for its batch.
    """
    seen = set() if looked is None else looked
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope

    booked: dict[str, dict[str, Decimal]] = {}
    reasons = {}
    with client_scope(client):
        for mark, state, reason, number, amount in fetch(MATCHES):
            reasons[mark] = (state, reason)
            if number is not None:
                booked.setdefault(mark, {})[number] = amount
    kinds: dict[str, Counter[str]] = {}
    wrong = []
    for n, payment in enumerate(truth):
        mark = f"Q{n:09d}"
        if mark in seen or reasons[mark][0] == "new":
            continue
        seen.add(mark)
        found = booked.get(mark)
        meant = dict(payment.meant)
        fits = found in (meant, {payment.again: payment.amount})
        verdict = "waits" if found is None else "right" if fits else "wrong"
        counts = kinds.setdefault(payment.kind, Counter())
        counts[verdict] += 1
        if verdict == "waits":
            counts[f"because {reasons[mark][1]}"] += 1
        if verdict == "wrong":
            wrong.append(f"{payment.kind}: {reasons[mark][1]}: {payment.amount} {payment.text!r} {payment.name!r}"
                         f" booked {found}, meant {meant}")  # fmt: skip
    return kinds, wrong


def table(kinds: dict[str, Counter[str]], wrong: list[str]) -> str:
    """What became of each way of paying, the commonest first, and of all payments of invoices together."""
    rows = sorted(((kind, counts, _all(counts)) for kind, counts in kinds.items()), key=lambda row: -row[2])
    lines = [
        f"{'how it was paid':34} {'payments':>9} {'right':>8} {'waits':>7} {'wrong':>6}  waits mostly because"
    ]
    for kind, counts, count in rows:
        why = [(n, reason) for reason, n in counts.items() if reason.startswith("because ")]
        mostly = max(why)[1].removeprefix("because ") if why else ""
        told = f"{kind:34} {count:>9,} {counts['right']:>8,} {counts['waits']:>7,} {counts['wrong']:>6,}  {mostly}"
        lines.append(told.rstrip())
    of_invoices = [(counts, count) for kind, counts, count in rows if kind != "no invoice at all"]
    right, payments = sum(c["right"] for c, _ in of_invoices), sum(count for _, count in of_invoices)
    faults, everything = sum(c["wrong"] for _, c, _ in rows), sum(count for _, _, count in rows)
    lines.append(
        f"without a person: {right / payments:.2%} of the payments of invoices; "
        f"wrong: {faults / everything:.4%} of all ({faults})"
    )
    return "\n".join([*lines, *(f"  wrong: {told}" for told in wrong[:20])])


def _all(counts: Counter[str]) -> int:
    return counts["right"] + counts["waits"] + counts["wrong"]
