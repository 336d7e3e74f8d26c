"""Small status reports for the tests: what a bank says of a file and of payments in it."""

from collections.abc import Sequence


def _reason(code: str, words: str) -> str:
    if not code:
        return ""
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{words}</AddtlInf></StsRsnInf>"


def report(
    original: str,
    group: str,
    payments: Sequence[tuple[str, str, str, str]] = (),
    *,
    reason: str = "",
    message_id: str = "R-1",
) -> bytes:
    """A report on the file `original`; per payment its end-to-end id, status, reason and words."""
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts>{_reason(code, words)}</TxInfAndSts>"
        for end_to_end, status, code, words in payments
    )
    parts = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>"
        if told
        else ""
    )
    group_status = f"<GrpSts>{group}</GrpSts>" if group else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-03-03T12:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{group_status}{_reason(reason, '')}</OrgnlGrpInfAndSts>{parts}</CstmrPmtStsRpt></Document>"
    ).encode()
