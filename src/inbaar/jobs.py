"""The jobs a worker does: the day's run in the sending hours, mail in and out, and tidying the queue.

Jobs live in the database, queued in the transaction that causes them, so a roll-back takes them along and a killed
worker loses none. Each may run twice: what they do has keys of its own.
"""

import datetime as dt
from collections import Counter

from procrastinate import JobContext
from procrastinate.contrib.django import app

from inbaar.arrangements.telling import take_back_letters
from inbaar.banking.online.giving_back import give_back_what_is_approved
from inbaar.banking.online.jobs import hear_provider
from inbaar.collecting.notices import work_notices
from inbaar.commands.setting import smtp_from_environment
from inbaar.daily import client_ids, deliver, run_day
from inbaar.debtor_page.jobs import queue_page_mails
from inbaar.debtor_page.sending import page_mails_waiting, work_page_mails
from inbaar.debtor_statements.jobs import queue_statements
from inbaar.debtor_statements.queries import statements_waiting
from inbaar.debtor_statements.sending import work_statements
from inbaar.doors import read_scan, work_on_list
from inbaar.dunning.policies import replan
from inbaar.dunning.rules import next_sending_moment
from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.intake.jobs import queue_scans
from inbaar.intake.scans import PAGES_A_TURN, scans_being_read
from inbaar.kit.clock import now, today
from inbaar.kit.scope import client_scope
from inbaar.letters.smtp import Mailer, SmtpSettings
from inbaar.mailbox.answering import answers_waiting, send_answers
from inbaar.mailbox.fetching import fetch_mailbox
from inbaar.mailbox.jobs import queue_answers, queue_fetch
from inbaar.mailbox.setup import has_mailbox, return_address
from inbaar.mandates.jobs import queue_messages
from inbaar.mandates.sending import messages_waiting, work_messages
from inbaar.register.entries import tidy
from inbaar.web.wording.answers import answer_words

STALLED_AFTER_SECONDS = 900


@app.task(name="inbaar.deliver", queue="letters", retry=5)
def deliver_letters(client_id: int) -> None:
    """Send what is queued for a client and still right: money may have come in since it was written."""
    withdraw_outdated(client_id, today(), now())
    with client_scope(client_id):
        take_back_letters(client_id, today(), now())
    deliver(client_id, today(), now(), smtp_from_environment(), return_address)
    work_notices(client_id, today(), now(), queue_delivery)


def queue_delivery(client_id: int) -> None:
    """Queue the sending of a client's letters, in the transaction that wrote them."""
    deliver_letters.defer(client_id=client_id)


@app.periodic(cron="*/15 * * * *")
@app.task(name="inbaar.day", queue="day", pass_context=False)
def work_the_day(timestamp: int) -> None:
    """Do what is due today, if letters may leave now; a missed hour or week is caught up by the next one."""
    moment = now()
    if next_sending_moment(moment) == moment:
        run_day(
            today(), moment, smtp_from_environment(), on_letters=queue_delivery, returns_to=return_address
        )


@app.task(name="inbaar.replan", queue="day", retry=5)
def replan_claims(client_id: int, segment: str | None) -> None:
    """Plan claims anew after a policy changed. The run is right without it; this brings forward what would be too late."""
    replan(client_id, today(), segment=segment)


@app.periodic(cron="*/5 * * * *")
@app.task(name="inbaar.mailboxes", queue="mailbox", pass_context=False)
def look_in_mailboxes(timestamp: int) -> None:
    """Have each client's mailbox looked in, and send answers, statements of account and mails about mandates and debtors' pages that had to wait; a slow mailbox keeps no other waiting."""
    for client_id in client_ids():
        with client_scope(client_id):
            if has_mailbox(client_id):
                queue_fetch(client_id)
            if answers_waiting(client_id):
                queue_answers(client_id)
            if statements_waiting(client_id):
                queue_statements(client_id)
            if messages_waiting(client_id):
                queue_messages(client_id)
            if page_mails_waiting(client_id):
                queue_page_mails(client_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="inbaar.online", queue="mailbox", pass_context=False)
def ask_after_online_payments(timestamp: int) -> None:
    """Ask the provider after payments of which no news came: a lost message must not have a payer chased. And carry on what
    was approved to go back.
    """
    for client_id in client_ids():
        hear_provider(client_id, now())


@app.task(name="inbaar.give_back", queue="mailbox", pass_context=False)
def give_back(client_id: int) -> None:
    """Give back what was just approved. What fails or is cut short is carried on by the next look at the provider."""
    give_back_what_is_approved(client_id, now())


@app.task(name="inbaar.fetch_mailbox", queue="mailbox", pass_context=False)
def fetch_one_mailbox(client_id: int) -> None:
    """Take in what is new in a client's mailbox. What fails is kept and told on its page; the next look goes on."""
    fetch_mailbox(client_id, today(), now(), on_answer=queue_answers)


@app.task(name="inbaar.read_scan", queue="scans", retry=5)
def read_one_scan(client_id: int, scan_id: int) -> None:
    """Read a few pages of a scan, and queue the rest behind what else is to be done. A page that is read is kept: whoever comes
    after a killed worker goes on there.
    """
    read_scan(client_id, scan_id, now(), PAGES_A_TURN)
    with client_scope(client_id):
        queue_scans(client_id, [scan for scan in scans_being_read(client_id) if scan == scan_id])


@app.periodic(cron="*/5 * * * *")
@app.task(name="inbaar.scans", queue="scans", pass_context=False)
def look_for_scans(timestamp: int) -> None:
    """Queue again what is still being read: a job that was lost is made up for, and one that is there stays one."""
    for client_id in client_ids():
        with client_scope(client_id):
            queue_scans(client_id, scans_being_read(client_id))


@app.task(name="inbaar.answer", queue="letters", retry=5)
def answer_mail(client_id: int) -> None:
    """Answer who sent invoices in to a client."""
    answer_senders(client_id, smtp_from_environment(), now())


def answer_senders(client_id: int, smtp: SmtpSettings | None, moment: dt.datetime) -> Counter[str]:
    """Send a client's answers over one connection; without `smtp` they stay queued."""
    if smtp is None:
        return Counter()
    with Mailer(smtp) as mailer:
        return send_answers(client_id, mailer, answer_words, moment)


@app.task(name="inbaar.work_on_list", queue="lists", pass_context=False, retry=3)
def work_on_one_list(client_id: int, import_id: int) -> None:
    """Look through a list, take it in, or take it back: whatever it waits for."""
    work_on_list(client_id, import_id, today(), now())


@app.task(name="inbaar.statements", queue="letters", retry=5)
def make_statements(client_id: int) -> None:
    """Write and mail the statements of account that were asked for."""
    work_statements(client_id, smtp_from_environment(), today(), now(), return_address)


@app.periodic(cron="20 4 * * *")
@app.task(name="inbaar.tidy_register", queue="day", pass_context=False)
def tidy_register(timestamp: int) -> None:
    """Overwrite keys of the register that open nothing: what a killed program left."""
    tidy()


@app.task(name="inbaar.mandates", queue="letters", retry=5)
def mail_about_mandates(client_id: int) -> None:
    """Mail what is queued about mandates: requests to sign, and copies of what was signed."""
    work_messages(client_id, smtp_from_environment(), today(), now(), return_address)


@app.task(name="inbaar.debtor_page", queue="letters", retry=5)
def mail_about_pages(client_id: int) -> None:
    """Mail what is queued about debtors' pages: receipts, answers, fresh links and one's own data."""
    work_page_mails(client_id, smtp_from_environment(), today(), now(), return_address)


@app.periodic(cron="*/10 * * * *")
@app.task(name="inbaar.free_stalled", queue="day", pass_context=True)
async def free_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Put jobs of workers that died back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job, retry_at=now())
