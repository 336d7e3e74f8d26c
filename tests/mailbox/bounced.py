"""Reports of mail servers on mail that did not arrive, as Postfix and Exchange write them, and as nobody should."""

from email import policy
from email.message import EmailMessage

POSTFIX = b"""Return-Path: <>\r
From: MAILER-DAEMON@mx.host.example (Mail Delivery System)\r
To: facturen@inbaar.example\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
Message-ID: <%(own)s@mx.host.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r
\r
--B\r
Content-Type: text/plain\r
\r
This is the mail system at host mx.host.example.\r
--B\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.host.example\r
Arrival-Date: Fri,  2 Oct 2026 10:00:00 +0200\r
\r
Final-Recipient: rfc822; %(final)s\r
Original-Recipient: rfc822;%(original)s\r
Action: %(action)s\r
Status: %(status)s\r
Diagnostic-Code: smtp; 550 %(status)s User unknown\r
\r
--B\r
Content-Type: %(kind)s\r
\r
From: administratie@example.nl\r
Message-ID: %(message_id)s\r
Subject: Herinnering\r
\r
--B--\r
"""


def returned(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", kind: str = "text/rfc822-headers",
    address: str = "boekhouding@korenaar.example", final: str = "", own: str = "bounce-1",
) -> bytes:  # fmt: skip
    """A report that the message of this id did not arrive."""
    told = {
        "message_id": message_id, "action": action, "status": status, "kind": kind, "original": address,
        "final": final or address, "own": own,
    }  # fmt: skip
    return POSTFIX % {key.encode(): value.encode() for key, value in told.items()}


def out_of_office(message_id: str) -> bytes:
    """An answer that a machine gives to a message that arrived."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = "boekhouding@korenaar.example", "facturen@inbaar.example"
    message["Subject"], message["Auto-Submitted"] = "Afwezig", "auto-replied"
    message["Message-ID"], message["In-Reply-To"] = "<afwezig@korenaar.example>", message_id
    message.set_content("Ik ben er niet.\n")
    return message.as_bytes()
