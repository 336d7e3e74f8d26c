"""How many statement entries are read and matched, and booked, per CPU-second, against as many open invoices and more.

Of a hundred payments 70 name their invoice in the text, 15 bear its reference, 10 only come from a known account
with the right amount, and 5 tell nothing. The yardstick is the bare join of the same tokens and amounts with the
invoices, one statement in the database alone. Each run has a database of its own, copied from one portfolio.
"""

import datetime as dt
import multiprocessing
import os
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measure, measured
from benchmarks.statements_read import CAMT_HEAD

DAY = dt.date(2026, 7, 1)
NOW = dt.datetime(2026, 7, 1, 6, 0, tzinfo=dt.UTC)
PER_DEBTOR = 5
TIMES_MORE = 10
BATCH = 3_000
ENTRY = """<Ntry><NtryRef>{n:027d}</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-30</Dt></BookgDt><ValDt><Dt>2026-06-30</Dt></ValDt>
<AcctSvcrRef>{n}N1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>
</Domn></BkTxCd><NtryDtls><TxDtls><Refs><AcctSvcrRef>{n}N1</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>Klant {debtor} B.V.</Nm><PstlAdr><Ctry>NL</Ctry></PstlAdr></Dbtr>
<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties><RmtInf>{told}</RmtInf></TxDtls></NtryDtls></Ntry>
"""
PORTFOLIO = """
    INSERT INTO parties_debtor (client_id, organisation_id, number, identity, name, capacity, legal_form, size,
        kvk_number, vat_id, street, postcode, city, country, language)
    SELECT {client}, NULL, d::text, 'bench:' || d, 'Klant ' || d || ' B.V.', 'business', 'company', 'unknown',
        '', '', '', '', '', 'NL', 'nl' FROM generate_series(0, ({size} - 1) / {per}) d;
    INSERT INTO parties_debtoriban (client_id, debtor_id, iban, known_since)
    SELECT client_id, id, 'NL94COBA' || lpad(number, 10, '0'), '2026-01-01' FROM parties_debtor
    WHERE number::bigint % 2 = 0;
    INSERT INTO receivables_invoice (client_id, debtor_id, kind, number, number_key, issue_date, received_on,
        due_date, term_agreed, claim_kind, first_interest_day, currency, net, vat, total, payable, payment_reference,
        credits_number, content_key, open_amount, accepted_at)
    SELECT {client}, d.id, 'invoice', 'F2026-' || lpad(n::text, 7, '0'), 'F2026' || lpad(n::text, 7, '0'),
        '2026-05-01', '2026-05-01', '2026-05-31', true, 'trade', '2026-06-01', 'EUR', a.amount, 0, a.amount, a.amount,
        lpad((7 * 10 ^ 15 + n)::bigint::text, 16, '0'), '', n::text, a.amount, '2026-05-01'
    FROM generate_series(0, {size} - 1) n
    JOIN parties_debtor d ON d.client_id = {client} AND d.number = (n / {per})::text
    CROSS JOIN LATERAL (SELECT (100 + n % 9973)::numeric(15, 2) AS amount) a;
    INSERT INTO ledger_transfer (client_id, reference, line, debit_id, credit_id, purse, currency, amount, booked_on,
        recorded_at, subject)
    SELECT {client}, 'invoice:' || id, 1, {receivable}, {sales}, 'own', 'EUR', payable, issue_date, accepted_at, id
    FROM receivables_invoice;
"""
BARE_JOIN = """
    SELECT count(*) FROM (
        SELECT DISTINCT w.entry, i.id FROM wanted w
        JOIN receivables_invoice i ON i.client_id = %s AND i.number_key = w.key AND i.open_amount >= w.amount
    ) AS found
"""


def run(small: bool) -> list[Measure]:
    """Decided alone, and with everything written: entries, ledger, payments, open amounts, timeline."""
    size = 500 if small else 100_000
    with tempfile.TemporaryDirectory(prefix="inbaar-entries-") as folder:
        for entries, invoices in ((size // 10, size // 10), (size, size), (size, TIMES_MORE * size)):
            _in_its_own_process(make_portfolio, entries, invoices, folder)
        return _measures(size, partial(prepared, folder=folder))


def _measures(size: int, prepare: Callable[..., dict[str, Any]]) -> list[Measure]:
    many = TIMES_MORE * size
    return [
        measured("camt.053 read, matches decided", "entries", size, decided, prepare=prepare, yardstick=joined,
                 yardstick_name="bare SQL join of the tokens", aim="10,000, under 100 MB"),
        measured(f"the same against {many:,} open", "entries", size, decided, prepare=partial(prepare, invoices=many),
                 tenth=False, aim="10,000, under 100 MB"),
        measured("camt.053 read, matched and booked", "entries", size, booked, prepare=prepare, again=True,
                 aim="4,000, under 100 MB"),
    ]  # fmt: skip


def decided(material: dict[str, Any]) -> int:
    """Read the file, look the candidates up and decide; write nothing."""
    from inbaar.banking.candidates import asked
    from inbaar.banking.formats import stream_statements
    from inbaar.banking.matching import Round
    from inbaar.banking.models import Entry
    from inbaar.banking.outcomes import EntryFacts
    from inbaar.banking.statements import EntryRead
    from inbaar.kit.garbage import uncollected
    from inbaar.kit.scope import client_scope

    batch: list[Any] = []
    count = certain = 0

    def decide_batch() -> int:
        outcomes = Round(material["client"], batch, DAY).outcomes()
        batch.clear()
        return sum(outcome.state == Entry.State.MATCHED for outcome in outcomes)

    with client_scope(material["client"]), uncollected():
        for event in stream_statements(material["file"]):
            if isinstance(event, EntryRead):
                count += 1
                batch.append(asked(EntryFacts(
                    count, event.date or DAY, event.amount, event.amount, event.currency, event.counterparty_name or "",
                    event.counterparty_iban or "", event.reference or "", event.end_to_end_id or "", event.text,
                )))  # fmt: skip
                if len(batch) == BATCH:
                    certain += decide_batch()
        certain += decide_batch()
    return _most(certain, count)


def booked(material: dict[str, Any]) -> int:
    """The file through the same doors as every file, then the matching of the daily run."""
    from inbaar.banking.actions import import_statement_file
    from inbaar.banking.jobs import match_all

    client = material["client"]
    result = import_statement_file(client, material["file"], "bench.xml", NOW)
    return _most(match_all(client, DAY, NOW).matched, result.new_entries)


def joined(material: dict[str, Any]) -> int:
    """The least that looking the tokens up can cost."""
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope

    with client_scope(material["client"]):
        fetch(BARE_JOIN, [material["client"]])
    return int(material["size"])


def _most(certain: int, count: int) -> int:
    if certain < 0.9 * count:
        raise RuntimeError(f"only {certain} of {count} payments were matched: the figure would mean nothing")
    return count


def prepared(size: int, folder: str, invoices: int = 0) -> dict[str, Any]:
    """A copy of the portfolio's database, and the file of payments. Light, for its memory counts as the work's."""
    portfolio = _portfolio(size, invoices or size)
    name = f"{portfolio}_{uuid.uuid4().hex[:8]}"
    _own_database(name, portfolio)
    _connect(name)
    from inbaar.parties.models import Client

    client = Client.objects.values_list("id", flat=True).get()
    return {"file": str(Path(folder) / f"{portfolio}.xml"), "client": client, "size": size}


def _portfolio(entries: int, invoices: int) -> str:
    return f"bench_matched_{entries}_{invoices}"


def _in_its_own_process(work: Callable[[int, int, str], None], *given: Any) -> None:
    child = multiprocessing.get_context("spawn").Process(target=work, args=given)
    child.start()
    child.join()
    if child.exitcode:
        raise RuntimeError(f"{work.__name__} ended with exit code {child.exitcode}")


def make_portfolio(entries: int, invoices: int, folder: str) -> None:
    """The statement, a migrated database with its invoices, and the tokens for the yardstick."""
    portfolio = _portfolio(entries, invoices)
    file = Path(folder) / f"{portfolio}.xml"
    write_statement(file, entries, invoices)
    _own_database(portfolio, "template0")
    _connect(portfolio)
    _migrate_and_fill(invoices)
    _keep_tokens(file)


def _own_database(name: str, template: str) -> None:
    import psycopg

    from inbaar.kit.database import database_urls, parse_url

    owner = parse_url(database_urls()[1])
    with psycopg.connect(host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], dbname="postgres",
                         password=owner["PASSWORD"] or None, autocommit=True) as connection:  # fmt: skip
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _connect(name: str) -> None:
    """Point Django at a database; its settings are read once per process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "inbaar.settings"
    os.environ["INBAAR_DATABASE"] = name
    import django

    django.setup()
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def _migrate_and_fill(size: int) -> None:
    from django.db import connection

    from inbaar.kit.database import as_owner, migrate
    from inbaar.kit.scope import client_scope
    from inbaar.ledger.accounts import Code, open_accounts
    from inbaar.parties.models import Client, Organisation

    migrate()
    organisation = Organisation.objects.create(name="Bench B.V.", legal_form="company", kvk_number="90000001")
    client = Client.objects.create(organisation=organisation, name=organisation.name).pk
    with client_scope(client), connection.cursor() as cursor:
        codes = open_accounts(client, "EUR")
        accounts = {"receivable": codes[Code.RECEIVABLE], "sales": codes[Code.SALES]}
        cursor.execute(PORTFOLIO.format(client=client, size=size, per=PER_DEBTOR, **accounts))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # else the server does it while the work is measured
    connection.close()


def write_statement(file: Path, entries: int, invoices: int) -> None:
    """One camt.053 statement that pays as many of the invoices, each once, spread over all of them."""
    step = invoices // entries
    paid = [
        place * (step - 1 + step % 2) for place in range(entries)
    ]  # an odd step, so that every kind is among them
    with file.open("w", encoding="utf-8") as stream:
        stream.write(CAMT_HEAD.format(total=sum(100 + n % 9973 for n in paid)))
        stream.writelines(_entry(n, place * 37 % 100) for place, n in enumerate(paid))
        stream.write("</Stmt></BkToCstmrStmt></Document>")


def _entry(n: int, kind: int) -> str:
    """The payment of the nth invoice; `kind` of a hundred says how much it tells."""
    debtor = n // PER_DEBTOR
    iban = f"NL94COBA{debtor:010d}"
    told = f"<Ustrd>Betaling factuur F2026-{n:07d} klantnummer {debtor} met dank</Ustrd>"
    if 70 <= kind < 85:
        told = f"<Strd><CdtrRefInf><Ref>{7 * 10**15 + n:016d}</Ref></CdtrRefInf></Strd>"
    elif kind >= 85 and debtor % 2 == 0:
        told = "<Ustrd>Conform afspraak, bedankt</Ustrd>"
    elif kind >= 95:
        told, iban = "<Ustrd>Spoed</Ustrd>", f"NL94ABNA{n:010d}"
    return ENTRY.format(n=n, amount=f"{100 + n % 9973}.00", debtor=debtor, iban=iban, told=told)


def _keep_tokens(file: Path) -> None:
    """The tokens of all entries as a table, for the yardstick."""
    from django.db import connection

    from inbaar.banking.formats import stream_statements
    from inbaar.banking.rules import reference_tokens
    from inbaar.banking.statements import EntryRead
    from inbaar.kit.database import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE wanted (entry int, key text, amount numeric)")
        with cursor.copy("COPY wanted FROM STDIN") as copy:
            for number, event in enumerate(stream_statements(str(file))):
                if isinstance(event, EntryRead):
                    tokens = reference_tokens(event)
                    for key in tokens.number_keys | tokens.references:
                        copy.write_row((number, key, event.amount))
        cursor.execute("ANALYZE wanted")
