"""Joins written in our own SQL carry the client on both sides, read from the program's text.

What is seen: JOIN with a table of a client, in string constants and f-strings of the package. Not seen: lists of tables with
commas and conditions of subqueries.
"""

import ast
from pathlib import Path

from django.apps import apps

import inbaar
from inbaar.kit.models import ClientModel
from tests.sql_watch import joins_without_client

PACKAGE = Path(inbaar.__file__).parent
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def texts(source):
    """The string constants of a module; in an f-string each expression stands as one word."""
    nodes = list(ast.walk(ast.parse(source)))
    formatted = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    pieces = {id(part) for node in formatted for part in node.values}
    for node in formatted:
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else " x " for part in node.values)
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            yield node.value


def forgotten(source):
    owned = [model._meta.db_table for model in apps.get_models() if issubclass(model, ClientModel)]
    return [join for text in texts(source) for join in joins_without_client(text, owned)]


def test_joins_in_our_own_sql_carry_the_client():
    found = {str(path.relative_to(PACKAGE)): forgotten(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert len(found) > 50
    assert {name: joins for name, joins in found.items() if joins} == {}


def test_a_forgotten_client_is_found_in_plain_and_in_formatted_text():
    plain = 'SQL = """SELECT 1 FROM receivables_title t JOIN receivables_invoice i ON i.id = t.invoice_id"""'
    formatted = plain.replace("SQL = ", "SQL = f").replace("SELECT 1", "SELECT {what}")
    assert len(forgotten(plain)) == len(forgotten(formatted)) == 1
    assert forgotten(plain.replace("ON ", "ON i.client_id = t.client_id AND ")) == []
