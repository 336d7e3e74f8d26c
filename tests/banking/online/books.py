"""Books whose payers may pay online at the market's provider."""

import datetime as dt

from inbaar.banking.online.accounts import save_key
from inbaar.banking.online.following import take_message
from inbaar.banking.online.queries import payments_of
from inbaar.banking.online.starting import Wanted, begin_payment
from inbaar.debtor_statements.paying import make_pay_link, pay_page
from inbaar.kit.scope import client_scope
from inbaar.market.payment_provider import PaymentProvider
from inbaar.proofs import prove_books
from inbaar.receivables.models import Event
from tests.debtor_statements.test_statements import TODAY, Books
from tests.dunning.scenario import NOW, day

MINUTE = dt.timedelta(minutes=1)


class OnlineBooks(Books):
    """Books whose payers may pay at the market's provider."""

    server: PaymentProvider

    def switch_on(self, server):
        self.server = server
        with client_scope(self.client.id):
            save_key(self.client.id, server.key, "Olga", NOW)

    def link(self, invoice_id):
        with client_scope(self.client.id):
            return make_pay_link(self.client.id, invoice_id, day(TODAY))

    def page(self, reference):
        with client_scope(self.client.id):
            return pay_page(self.client.id, reference, day(TODAY))

    def wanted(self, reference):
        lines = self.page(reference).lines
        return Wanted(
            reference,
            tuple((line.invoice_id, line.left) for line in lines if line.left),
            "https://a.example/",
        )

    def begin(self, reference, moment=NOW):
        return begin_payment(self.client.id, self.wanted(reference), moment)

    def told(self, payment, moment=NOW + MINUTE, number=None):
        return take_message(self.client.id, payment.id, number or payment.provider_id, moment)

    def rows(self):
        with client_scope(self.client.id):
            return payments_of(self.client.id)

    def events(self, kind):
        with client_scope(self.client.id):
            return Event.objects.filter(kind=kind).count()

    def proven(self):
        return [proof.name for proof in prove_books(self.client.id) if not proof.holds]
