"""The Dutch rules, from their table: which of them go together, in each syntax. Used by `verdict`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from inbaar.intake.official.rules import Rule, RuleSet, Written

_TABLE = Path(__file__).with_name("dutch.toml")
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_UN = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES = {
    "ubl": f"{_UBL}Invoice-2",
    "cn": f"{_UBL}CreditNote-2",
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "rsm": f"{_UN}CrossIndustryInvoice:100",
    "ram": f"{_UN}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UN}UnqualifiedDataType:100",
}
PEPPOL = "peppol"


@cache
def dutch_rules(syntax: str, *groups: str) -> RuleSet:
    """The rules of some groups (see the table) in `ubl` or `cii`; `peppol` is all that Peppol asks a Dutch supplier."""
    rows = [row for row in dutch_table() if syntax in row]
    if groups == (PEPPOL,):
        chosen = [(row.get("peppol", row["id"]), row) for row in rows if PEPPOL in (row["applies"], *row)]
    else:
        chosen = [(row["id"], row) for row in rows if row["applies"] in groups]
    return RuleSet([[_written(rule_id, row, row[syntax])] for rule_id, row in chosen], _NAMESPACES)


@cache
def dutch_table() -> list[dict[str, Any]]:
    """Every row of the table."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))["rule"]


def _written(rule_id: str, row: dict[str, Any], where: dict[str, str]) -> Written:
    rule = Rule(rule_id, row["fatal"], row["text"], where.get("test", "false()"))
    return Written(where["at"], (rule,))
