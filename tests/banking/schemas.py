"""The published schemas of ISO 20022, for the tests that hold what is written against them."""

from functools import cache
from typing import Any

import pytest
from lxml import etree

from tests.corpus import CORPUS

SCHEMAS = CORPUS / "schemas" / "iso20022"


@cache
def schema(message: str) -> Any:
    """The schema of a message (`pain.001.001.09`); skips, saying so, where the third-party files are missing."""
    file = SCHEMAS / f"{message}.xsd"
    if not file.exists():
        pytest.skip(f"no schema at {file}: set INBAAR_CORPUS to the folder of third-party files")
    return etree.XMLSchema(etree.parse(str(file)))


def faults(message: str, content: bytes) -> list[str]:
    """What the schema finds wrong with a file; an empty list when it is valid."""
    checked = schema(message)
    checked.validate(etree.fromstring(content))
    return [str(error.message) for error in checked.error_log]
