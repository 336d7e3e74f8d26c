"""Columns travel to the database exactly as they are, whatever is in them."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbaar.kit.arrays import array_parameter, json_texts
from inbaar.kit.bulk import fetch
from inbaar.ledger.accounts import Code

pytestmark = pytest.mark.django_db

COLUMNS = [
    ("text", ["", "NULL", "null", "a,b", "{x}", 'say "no"', "back\\slash", "'", "\n\t é 漢 %s %", None]),
    ("text", [Code.BANK, "plain"]),
    ("bigint", [0, -1, 2**40, None]),
    ("numeric", [Decimal("0.00"), Decimal("-12.34"), Decimal("1E+3"), None]),
    ("date", [dt.date(2026, 2, 28), None]),
    ("timestamptz", [dt.datetime(2026, 2, 28, 23, 59, 1, 5, tzinfo=dt.UTC)]),
    ("boolean", [True, False, None]),
    ("bytea", [b"\x00\xff", b""]),
    ("text", [None, None]),
    ("text", []),
]


def there_and_back(sql_type: str, values: list[object]) -> list[object]:
    sql = f"SELECT v FROM unnest(%s::{sql_type}[]) WITH ORDINALITY AS u(v, n) ORDER BY n"
    return [bytes(v) if isinstance(v, memoryview) else v for (v,) in fetch(sql, [array_parameter(values)])]


@pytest.mark.parametrize(("sql_type", "values"), COLUMNS)
def test_every_value_arrives_as_it_left(sql_type, values):
    assert there_and_back(sql_type, values) == values


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.lists(st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_any_text_arrives_as_it_left(values):
    assert there_and_back("text", values) == values


def test_a_nul_is_refused_for_it_would_shift_the_rows():
    with pytest.raises(ValueError, match="a text with a NUL cannot be stored"):
        array_parameter(["a\0b", "c"])


VALUES = (
    st.none()
    | st.integers()
    | st.text()
    | st.lists(st.dictionaries(st.text(), st.text(), max_size=2), max_size=3)
)


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=3), max_size=4))
def test_facts_written_together_are_each_as_they_were(facts):
    assert [json.loads(text) for text in json_texts(facts)] == facts
