"""Before anything is served: what was forgotten and came back with a restored database is forgotten again."""

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Client
from inbaar.register.ending import forget_reports
from inbaar.register.entries import forget_committed
from inbaar.register.receipts import bring_in_step, in_step, known, report_commitment


def replay_receipts() -> int:
    """Hold the database against the file of receipts; gives how many entries and reports were forgotten again.

    Quick where the two are in step, as they are after every ordinary end. Safe to run twice and from several programs.
    """
    if in_step():
        return 0
    brought_back = bring_in_step()
    if not brought_back:
        return 0
    forgotten = forget_committed(brought_back)
    for client_id in Client.objects.order_by("id").values_list("id", flat=True):
        with client_scope(client_id):
            commitments = {
                report_commitment(nonce): report
                for report, nonce in fetch(
                    "SELECT id, nonce FROM register_report WHERE client_id = %s", [client_id]
                )
            }
            forgotten += forget_reports(client_id, [commitments[one] for one in known(list(commitments))])
    return forgotten
