"""A server the operator brings: the program steps down to a role that owns nothing, or says why it cannot."""

import sys
from collections.abc import Iterator

import psycopg
import pytest

from inbaar.kit.postgres import PostgresUnavailable, Server, ensure_server
from inbaar.kit.postgres_cluster import reason
from inbaar.kit.postgres_roles import prepare_roles, stepped_down

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no embedded PostgreSQL on Windows")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Stands in for the operator's server: a cluster without our roles."""
    server = ensure_server(tmp_path_factory.mktemp("server") / "var")
    with psycopg.connect(server.superuser_url, autocommit=True) as admin:
        admin.execute("REVOKE ALL ON DATABASE inbaar FROM inbaar_app")
        admin.execute("DROP ROLE inbaar_app")
        admin.execute("CREATE ROLE operator LOGIN CREATEROLE PASSWORD 'operator'")
        admin.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
        admin.execute("GRANT CONNECT ON DATABASE inbaar TO PUBLIC")
    yield server
    server.release()


def address(server: Server, role: str) -> str:
    return f"postgresql://{role}:{role}@/inbaar?host={server.socket}&port=5432"


def test_a_role_that_may_not_make_roles_is_told_what_to_run(server: Server) -> None:
    with pytest.raises(PostgresUnavailable) as refusal:
        prepare_roles(address(server, "plain"))
    assert str(refusal.value) == (
        "the role plain in DATABASE_URL may not make or use the role inbaar_app; let an administrator run: "
        "CREATE ROLE inbaar_app NOLOGIN NOBYPASSRLS; GRANT inbaar_app TO plain;"
    )


def test_the_app_role_is_made_once_and_every_connection_steps_down_to_it(server: Server) -> None:
    for _ in range(2):
        external = prepare_roles(address(server, "operator"))
    with psycopg.connect(external.owner_url) as owner, psycopg.connect(external.app_url) as app:
        assert owner.execute("SELECT current_user").fetchone() == ("operator",)
        assert app.execute("SELECT current_user, session_user").fetchone() == ("inbaar_app", "operator")


def test_a_wrong_password_is_one_line_that_says_what_to_do(server: Server) -> None:
    with pytest.raises(PostgresUnavailable) as refusal:
        prepare_roles(address(server, "operator").replace(":operator@", ":wrong@"))
    assert str(refusal.value).startswith("the server in DATABASE_URL cannot be used: ")
    assert 'password authentication failed for user "operator"' in str(refusal.value)
    assert str(refusal.value).endswith("or leave DATABASE_URL out to use the embedded PostgreSQL")
    assert "\n" not in str(refusal.value)


def test_stepping_down_keeps_what_the_address_already_says() -> None:
    assert stepped_down("postgresql://a@h/d") == "postgresql://a@h/d?options=-c%20role%3Dinbaar_app"
    assert stepped_down("postgresql:///d?host=x") == "postgresql:///d?host=x&options=-c%20role%3Dinbaar_app"


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        (
            'initdb: error: could not write file "x": No space left on device\nhint\n',
            'the disk is full (error: could not write file "x": No space left on device); '
            "free some space and start again",
        ),
        (
            "2026-01-31 10:00:00 UTC [1] LOG:  starting\n2026-01-31 10:00:00 UTC [1] FATAL:  too many\n",
            "FATAL:  too many",
        ),
        (
            'FATAL:  could not open "x": Permission denied\n',
            'FATAL:  could not open "x": Permission denied; make the data folder yours, '
            "or set INBAAR_DATA to another",
        ),
        ("", "it ended without a word"),
    ],
)
def test_postgres_own_words_become_one_line(messages: str, line: str) -> None:
    assert reason(messages) == line
