"""dev.py on machines that are not as they should be: each gets one line that says what to install or move."""

import shutil
import subprocess
import sys
from pathlib import Path

import dev
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What dev.py needs of a checkout, without anything installed."""
    shutil.copy(ROOT / "dev.py", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for a virtual environment, known to the imported dev.py."""
    place = tmp_path / ".venv"
    monkeypatch.setattr(dev, "VENV", place)
    monkeypatch.setattr(dev, "PYTHON", place / "bin" / "python")
    monkeypatch.setattr(dev, "STAMP", place / "inbaar-installed.json")
    return place


def run(checkout: Path, *arguments: str, before: str = "pass") -> "subprocess.CompletedProcess[str]":
    """Runs dev.py of that checkout in a Python that `before` has changed."""
    code = f"import sys, runpy; {before}; sys.argv = ['dev.py', *{arguments!r}]; runpy.run_path('dev.py', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": ""},
    )


def test_a_python_without_venv_is_told_what_to_install(checkout: Path) -> None:
    ended = run(checkout, "setup", before="sys.modules['ensurepip'] = None")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert ended.returncode == 2
    assert ended.stderr == (
        "dev.py: this Python cannot make virtual environments; install its venv module "
        f"(Debian, Ubuntu: apt install python3-venv or python{version}-venv)\n"
    )


def test_an_old_python_is_told_which_one_to_install(checkout: Path) -> None:
    ended = run(checkout, "test", before="sys.version_info = (3, 9, 2, 'final', 0)")
    assert ended.returncode == 2
    assert ended.stderr == (
        "dev.py: this is Python 3.9 and Inbaar needs 3.11 or newer; install that "
        "(Debian, Ubuntu: apt install python3 python3-venv) and run it as python3.11 dev.py\n"
    )


def test_a_folder_that_is_no_environment_is_not_thrown_away(checkout: Path) -> None:
    mine = checkout / ".venv" / "letters.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    ended = run(checkout, "setup")
    assert ended.returncode == 2
    assert ended.stderr == (
        f"dev.py: {checkout.resolve() / '.venv'} is there and is no virtual environment; "
        "move it away and run this again\n"
    )
    assert mine.read_text() == "mine"


def test_without_a_command_it_shows_them_and_an_unknown_one_is_refused(checkout: Path) -> None:
    shown, unknown = run(checkout), run(checkout, "tset")
    assert (shown.returncode, unknown.returncode) == (0, 2)
    assert shown.stdout == unknown.stderr
    for command in ("setup", "demo", "test", "check", "bench", "fuzz", "coverage", "lock"):
        assert f"\n  {command} " in shown.stdout


def test_an_environment_that_was_moved_or_half_made_is_made_again(environment: Path, tmp_path: Path) -> None:
    dev.make_environment()
    assert dev.is_sound()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment.rename(elsewhere / ".venv")
    shutil.copytree(elsewhere / ".venv", environment, symlinks=True)
    assert dev.is_sound()
    shutil.rmtree(next(environment.glob("lib/python*/site-packages/pip")))
    assert not dev.is_sound()
    dev.make_environment()
    assert dev.is_sound()


def test_an_environment_of_another_place_is_not_sound(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.make_environment()
    moved = environment.with_name("moved")
    environment.rename(moved)
    monkeypatch.setattr(dev, "VENV", moved)
    monkeypatch.setattr(dev, "PYTHON", moved / "bin" / "python")
    assert not dev.is_sound()


def test_the_stamp_covers_all_that_is_installed_from(environment: Path, tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    lock.write_text("django==5.2.1\n")
    first = dev.fingerprint(lock)
    assert dev.fingerprint(lock) == first
    lock.write_text("django==5.2.2\n")
    assert dev.fingerprint(lock) != first


def test_a_stamp_of_an_environment_that_is_gone_counts_for_nothing(environment: Path) -> None:
    environment.mkdir()
    dev.write_stamp({"run": "x"})
    assert dev.read_stamp() == {}
    (environment / "bin").mkdir()
    (environment / "bin" / "python").write_text("")
    assert dev.read_stamp() == {"run": "x"}
    dev.STAMP.write_text('{"run": ')
    assert dev.read_stamp() == {}


def test_make_gives_the_same_names() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in ("setup", "demo", "test", "check", "bench", "fuzz", "coverage", "lock"):
        assert f" {command}" in makefile.partition(".PHONY:")[2].splitlines()[0]


@pytest.mark.parametrize("chosen", [["tests/law"], ["-n", "0"], ["-n0"], ["-k", "interest"], ["-kinterest"]])
def test_a_choice_of_tests_runs_in_one_process_and_all_of_them_in_several(chosen: list[str]) -> None:
    assert dev.side_by_side(chosen) == []
    assert dev.side_by_side(["-q", "-x"])[:1] == ["-n"]
