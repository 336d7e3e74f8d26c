"""Small camt.052 and camt.054 files, and batch bookings with and without their payments, for the tests of the import."""

from collections.abc import Sequence

from tests.banking.camt import IBAN, Line, camt, statement


def notice(
    lines: Sequence[Line], kind: str = "054", *, iban: str = IBAN, number: str = "n1", ids: str = ""
) -> bytes:
    """A notification (054) or report (052) of these entries. `ids` is put into each entry as its batch (Btch)."""
    tag = {"052": "Rpt", "054": "Ntfctn"}[kind]
    text = statement(lines, iban=iban, number=number).replace("Stmt>", f"{tag}>")
    return camt(_with_batch(text, ids), version=f"{kind}.001.08")


def statement_file(lines: Sequence[Line], *, ids: str = "", bare: bool = False, **facts: str) -> bytes:
    """A camt.053; `bare` leaves the payments of each entry out, as many banks do for batches."""
    text = statement(lines, **facts)  # type: ignore[arg-type]
    if bare:
        while "<TxDtls>" in text:
            before, _, rest = text.partition("<TxDtls>")
            text = before + rest.partition("</TxDtls>")[2]
    return camt(_with_batch(text, ids))


def _with_batch(text: str, ids: str) -> str:
    batch = f"<NtryDtls><Btch><PmtInfId>{ids}</PmtInfId></Btch>"
    return text.replace("<NtryDtls>", batch) if ids else text
