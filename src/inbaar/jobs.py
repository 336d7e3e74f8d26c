"""The jobs a worker does: the day's run in the sending hours, mail as soon as it may leave, and tidying the queue.

Jobs live in the database, queued in the transaction that causes them, so a roll-back takes them along and a killed
worker loses none. Each may run twice: what they do has keys of its own.
"""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from inbaar.commands.setting import smtp_from_environment
from inbaar.daily import deliver, run_day
from inbaar.dunning.rules import next_sending_moment
from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.kit.clock import now, today

STALLED_AFTER_SECONDS = 900


@app.task(name="inbaar.deliver", queue="letters", retry=5)
def deliver_letters(client_id: int) -> None:
    """Send what is queued for a client and still right: money may have come in since it was written."""
    withdraw_outdated(client_id, today(), now())
    deliver(client_id, today(), now(), smtp_from_environment())


def queue_delivery(client_id: int) -> None:
    """Queue the sending of a client's letters, in the transaction that wrote them."""
    deliver_letters.defer(client_id=client_id)


@app.periodic(cron="*/15 * * * *")
@app.task(name="inbaar.day", queue="day", pass_context=False)
def work_the_day(timestamp: int) -> None:
    """Do what is due today, if letters may leave now; a missed hour or week is caught up by the next one."""
    moment = now()
    if next_sending_moment(moment) == moment:
        run_day(today(), moment, smtp_from_environment(), on_letters=queue_delivery)


@app.periodic(cron="*/10 * * * *")
@app.task(name="inbaar.free_stalled", queue="day", pass_context=True)
async def free_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Put jobs of workers that died back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job, retry_at=now())
