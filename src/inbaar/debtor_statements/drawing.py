"""A statement of account as PDF, byte for byte the same for the same content: the letters' typesetter with its own sheet."""

import datetime as dt
import json
from functools import cache
from importlib import resources

from inbaar.debtor_statements.content import AccountContent
from inbaar.debtor_statements.wording import sheet_of
from inbaar.letters.drawing import qr_picture
from inbaar.letters.typesetting import set_sheet

_TEMPLATE = "statement.typ"


def statement_pdf(content: AccountContent) -> bytes:
    """The PDF, dated on the statement's own day."""
    sheet, payloads = sheet_of(content)
    told = {
        _TEMPLATE: _template(),
        "statement.json": json.dumps(sheet, ensure_ascii=False),
        # Files of their own: no line may break an address with a mark that whoever copies it would take along.
        **{f"link-{place}.txt": part.link for place, part in enumerate(content.parts)},
        **{f"qr-{place}.svg": qr_picture(payload) for place, payload in enumerate(payloads)},
    }
    created = dt.datetime(content.on.year, content.on.month, content.on.day, 12, tzinfo=dt.UTC)
    return set_sheet(_TEMPLATE, told, ("statement.json",), created)


@cache
def _template() -> str:
    folder = resources.files("inbaar.debtor_statements").joinpath("templates")
    return folder.joinpath(_TEMPLATE).read_text(encoding="utf-8")
