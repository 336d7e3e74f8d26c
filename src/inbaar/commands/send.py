"""`inbaar send --client N [NUMBER...]`: which invoices their debtors have not got yet, and sending them. Twice the same sends once."""

import argparse
import json
from typing import Any

from inbaar.commands.setting import open_books, refuse
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.text import printable

#: How a message is signed that nobody sent on the screens.
BY = "inbaar send"
_WAITING = """
    SELECT i.id, i.number, i.due_date::text, i.currency, i.open_amount::text, x.letter IS NOT NULL
    FROM receivables_dispatch x
    JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
    WHERE x.client_id = %s AND x.sent_on IS NULL AND i.withdrawn_on IS NULL ORDER BY i.due_date, i.id
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar send`."""
    parser.add_argument(
        "numbers", nargs="*", metavar="NUMBER", help="invoices to send (default: send none, list what waits)"
    )
    parser.add_argument(
        "--client", type=int, required=True, metavar="N", help="the administration they are of"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would leave, and send nothing")
    parser.add_argument("--json", action="store_true", help="an array of objects, one an invoice")


def run(args: argparse.Namespace) -> int:
    """List what waits, or send what is named; 2 where one of them was refused, with every reason."""
    open_books()
    from inbaar.daily import client_ids
    from inbaar.kit.scope import client_scope

    if args.client not in client_ids():
        return refuse(f"there is no administration {args.client}: inbaar administration opens one")
    with client_scope(args.client):
        waiting = _waiting(args.client)
    if not args.numbers:
        told = list(waiting.values())
    else:
        told = [_sent(args, waiting.get(number), number) for number in dict.fromkeys(args.numbers)]
    print(
        json.dumps(told, indent=1) if args.json else "\n".join(map(_line, told)) or "nothing waits to be sent"
    )
    refused = [entry for entry in told if entry.get("refusals")]
    for entry in refused:
        refuse(f"{printable(entry['number'])}: {'; '.join(one['text'] for one in entry['refusals'])}")
    return 2 if refused else 0


def _waiting(client_id: int) -> dict[str, dict[str, Any]]:
    """What its debtor has not got yet, by number, with whether it is of a kind that is bought."""
    from inbaar.factoring.queries import kinds_to_sell
    from inbaar.kit.bulk import fetch

    rows = fetch(_WAITING, [client_id])
    kinds = kinds_to_sell(client_id, [row[0] for row in rows], today())
    return {
        number: {
            "id": number_of, "number": number, "state": "on_its_way" if on_its_way else "not_sent", "due": due,
            "currency": currency, "open": left,
            "accepted_kind": {"allowed": kinds[number_of].allowed, "refusals": _refusals(kinds[number_of].refusals)}
            if number_of in kinds else None,
        }
        for number_of, number, due, currency, left, on_its_way in rows
    }  # fmt: skip


def _sent(args: argparse.Namespace, known: dict[str, Any] | None, number: str) -> dict[str, Any]:
    from inbaar.issuing.actions import send_invoice
    from inbaar.issuing.composing import message_of
    from inbaar.issuing.jobs import queue_delivery
    from inbaar.kit.scope import client_scope

    if known is None:
        text = "it is not yet to be sent: look its number up on its page"
        return {"number": number, "state": "refused", "refusals": [{"code": "sent-before", "text": text}]}
    try:
        with client_scope(args.client):
            if args.dry_run:
                message = message_of(args.client, known["id"], today())
            else:
                message = send_invoice(
                    args.client, known["id"], BY, today(), now(), on_letters=queue_delivery
                )
    except Refused as refused:
        return known | {"state": "refused", "refusals": _refusals(refused.refusals)}
    return known | {
        "state": "not_sent" if args.dry_run else "on_its_way", "channel": message.channel, "to": message.address or None,
        "files": [file.name for file in message.files], "asked": str(message.content.total_due),
        "pay_by": message.content.pay_by.isoformat() if message.content.pay_by else None,
        "warnings": list(message.warnings),
    }  # fmt: skip


def _refusals(refusals: Any) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "rule": one.rule, "fact": one.fact, "limit": one.limit,
         "passes_on": str(one.passes_on) if one.passes_on else None, "text": str(one)}
        for one in refusals
    ]  # fmt: skip


def _line(entry: dict[str, Any]) -> str:
    files = f" with {', '.join(map(printable, entry['files']))}" if entry.get("files") else ""
    where = f" by {entry['channel']} to {printable(entry['to'] or '-')}" if entry.get("channel") else ""
    return f"{printable(entry['number'])}: {entry['state'].replace('_', ' ')}{where}{files}"
