"""A small administration whose debtors speak on their own pages, driven by dated acts."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Visitor

from inbaar.banking.actions import import_statement_file, match_new_entries
from inbaar.daily import run_day
from inbaar.debtor_page.deciding import Decision, decide_reply
from inbaar.debtor_page.links import link_of
from inbaar.debtor_page.models import PageMail, Reply
from inbaar.debtor_page.queries import Said, one_reply
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.parties.page_links import page_token
from inbaar.receivables.models import Event, Hold, Invoice
from tests.banking.camt import camt_file
from tests.dunning.scenario import NOW, Administration, day

PDF = b"%PDF-1.7 bewijs"
DISPUTE = {
    "reason": "not_delivered",
    "amount": "",
    "words": "Er ontbraken twee dozen.",
    "said_by": "J. de Boer",
}


class Pages(Administration):
    """Books with a visitor who has a debtor's link. `today` moves the pages' day."""

    def __init__(self, client: Any, monkeypatch: Any) -> None:
        super().__init__(client)
        self.monkeypatch = monkeypatch
        self.visitor = Visitor()

    def today(self, on: str) -> str:
        """From now on the pages live on this day, at ten in the morning."""
        self.monkeypatch.setenv("INBAAR_TODAY", on)
        self.monkeypatch.setenv("INBAAR_NOW", self.at(on).isoformat())
        return on

    @staticmethod
    def at(on: str) -> dt.datetime:
        return dt.datetime.combine(day(on), dt.time(10), DUTCH_TIME)

    def debtor(self, invoice_id: int) -> int:
        with client_scope(self.client.id):
            return Invoice.objects.get(id=invoice_id).debtor_id

    def path(self, debtor_id: int, on: str) -> str:
        """The address of his page, by a link that was given on a day."""
        with client_scope(self.client.id):
            link = link_of(self.client.id, debtor_id, day(on))
        assert link is not None
        return f"/my/{page_token(link)}/"

    def say(self, path: str, kind: str, *files: tuple[str, bytes], **facts: Any) -> Any:
        """Fill in one of his forms and send it; gives the answer."""
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        return self.visitor.post(f"{path}say/{kind}/", {**facts, **({"files": sent} if sent else {})})

    def dispute(self, path: str, invoice_id: int, *files: tuple[str, bytes], **facts: Any) -> Any:
        return self.say(path, "dispute", *files, **{**DISPUTE, "invoice": invoice_id, **facts})

    def replies(self) -> list[Reply]:
        with client_scope(self.client.id):
            return list(Reply.objects.order_by("id"))

    def said(self, reply_id: int) -> Said:
        with client_scope(self.client.id):
            found = one_reply(self.client.id, reply_id)
        assert found is not None
        return found

    def holds(self) -> list[tuple[str, Decimal | None, dt.date | None]]:
        """The holds that were not released: kind, part and last day."""
        with client_scope(self.client.id):
            rows = Hold.objects.filter(released_on=None).order_by("id")
            return list(rows.values_list("kind", "amount", "until"))

    def mails(self) -> list[tuple[str, str, str]]:
        with client_scope(self.client.id):
            return list(PageMail.objects.order_by("id").values_list("kind", "address", "state"))

    def decide(self, reply_id: int, verdict: str, on: str, agreed: str = "", words: str = "") -> bool:
        with client_scope(self.client.id):
            made = Decision(verdict, "Olga", Decimal(agreed) if agreed else None, words)
            return decide_reply(self.client.id, reply_id, made, day(on), self.at(on))

    def events(self, kind: str) -> list[dict[str, Any]]:
        with client_scope(self.client.id):
            return list(Event.objects.filter(kind=kind).order_by("id").values_list("facts", flat=True))

    def days(self, *days: str, post: Any = None) -> None:
        """The whole daily run of these days."""
        for on in days:
            run_day(day(on), self.at(on), post.settings if post else None, [self.client.id])

    def money(self, on: str, *lines: Any) -> None:
        import_statement_file(self.client.id, camt_file(lines), f"{on}.xml", NOW)
        match_new_entries(self.client.id, day(on), NOW)

    def asked(self) -> list[tuple[str, Decimal]]:
        """Each letter written: its kind and what it asks."""
        return [(str(letter.kind), letter.total_due) for letter in self.letters()]
