"""A mandate as PDF, byte for byte the same for the same content: the letters' typesetter with a sheet of its own."""

import datetime as dt
import json
from functools import cache
from importlib import resources

from inbaar.letters.typesetting import set_sheet
from inbaar.mandates.wording import Paper, sheet_of

_TEMPLATE = "mandate.typ"


def mandate_pdf(paper: Paper) -> bytes:
    """The PDF, dated on the paper's own day."""
    told = {_TEMPLATE: _template(), "mandate.json": json.dumps(sheet_of(paper), ensure_ascii=False)}
    created = dt.datetime(paper.on.year, paper.on.month, paper.on.day, 12, tzinfo=dt.UTC)
    return set_sheet(_TEMPLATE, told, ("mandate.json",), created)


@cache
def _template() -> str:
    folder = resources.files("inbaar.mandates").joinpath("templates")
    return folder.joinpath(_TEMPLATE).read_text(encoding="utf-8")
