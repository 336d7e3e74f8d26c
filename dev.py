#!/usr/bin/env python3
"""Everything a newcomer or CI needs, with nothing but Python: python3 dev.py demo | test | check | bench | ...

Standard library only. All it installs goes into `.venv` beside this file, from the locked versions in `requirements/`,
and only when those changed. Interrupted half-way it goes on where it stopped.
"""

from __future__ import annotations  # an older Python must get as far as the message that says so

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "inbaar-installed.json"
RUN_LOCK = ROOT / "requirements" / "run.lock"
DEV_LOCK = ROOT / "requirements" / "dev.lock"

USAGE = """usage: python3 dev.py COMMAND [ARGUMENTS]

  setup      install the program into .venv (.venv/bin/inbaar); with --dev also what development needs
  demo       install, run the main job on a simulated market and show it in the browser (all of inbaar demo's options)
  test       install and run the tests (all of pytest's options)
  check      formatting, lint, types, import contracts, migrations, coverage page, tests
  bench      measure the speed: [NAME...] [--small] [--seed N]
  fuzz       give the readers damaged files: [READER...] [--inputs N] [--seed S] [--minutes M] (more: --help)
  coverage   write docs/coverage.md from the marks in the tests
  lock       resolve pyproject.toml anew into requirements/*.lock"""


class Stop(Exception):
    """Ends with one line for the user."""


def main(arguments: list[str]) -> int:
    commands = {
        "setup": lambda rest: setup(DEV_LOCK if "--dev" in rest else RUN_LOCK),
        "demo": demo,
        "test": test,
        "check": check,
        "bench": bench,
        "fuzz": fuzz,
        "coverage": coverage,
        "lock": lock,
    }
    if not arguments or arguments[0] not in commands:
        print(
            USAGE,
            file=sys.stderr if arguments and arguments[0] not in ("-h", "--help", "help") else sys.stdout,
        )
        return 0 if not arguments or arguments[0] in ("-h", "--help", "help") else 2
    try:
        require_python(arguments)
        return commands[arguments[0]](arguments[1:]) or 0
    except Stop as stop:
        print("dev.py: {}".format(stop), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


# Commands


def demo(rest: list[str]) -> int:
    setup(RUN_LOCK)
    return run(str(SCRIPTS / "inbaar"), "demo", *rest)


def test(rest: list[str]) -> int:
    setup(DEV_LOCK)
    return run(str(PYTHON), "-m", "pytest", *side_by_side(rest), *rest)


def side_by_side(rest: list[str]) -> list[str]:
    """All tests go over several processes, each with a database of its own; a choice of them is quicker in one."""
    if any(
        not argument.startswith("-") or argument.startswith(("-n", "-k", "-m", "--pdb")) for argument in rest
    ):
        return []
    return ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]


def bench(rest: list[str]) -> int:
    setup(DEV_LOCK)
    return run(str(PYTHON), "-m", "benchmarks", *rest)


def fuzz(rest: list[str]) -> int:
    setup(DEV_LOCK)
    return run(str(PYTHON), "-m", "fuzzing", *rest)


def coverage(rest: list[str]) -> int:
    setup(DEV_LOCK)
    return run(str(PYTHON), "-m", "tests.requirement_marks", "--write")


def check(rest: list[str]) -> int:
    """Every check, also after one has failed; the last line says which did."""
    setup(DEV_LOCK)
    ruff, tool = str(SCRIPTS / "ruff"), [str(PYTHON), "-m"]
    steps = {
        "format": [ruff, "format", "--check", "."],
        "lint": [ruff, "check", "."],
        "types": [*tool, "mypy"],
        "imports": [str(SCRIPTS / "lint-imports")],
        "migrations": [
            *tool,
            "django",
            "makemigrations",
            "--check",
            "--dry-run",
            "--settings",
            "inbaar.settings",
        ],
        "coverage page": [*tool, "tests.requirement_marks"],
        "tests": [*tool, "pytest", *side_by_side(rest), *rest],
    }
    # The migration check may start a database: not in the user's data folder.
    os.environ.setdefault("INBAAR_DATA", str(ROOT / "build" / "test-data"))
    failed = []
    for name, command in steps.items():
        begun = time.monotonic()
        print("== {}".format(name), flush=True)
        if run(*command) != 0:
            failed.append(name)
        print(
            "== {}: {} ({:.0f} s)".format(
                name, "FAILED" if name in failed else "ok", time.monotonic() - begun
            )
        )
    print(
        "check: {}".format("failed: " + ", ".join(failed) if failed else "all {} passed".format(len(steps)))
    )
    return 1 if failed else 0


def lock(rest: list[str]) -> int:
    """Names, versions and hashes only: the lock says what to install, the reader's own pip settings say from where."""
    setup(DEV_LOCK)
    common = [
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-config",
        "--quiet",
        *rest,
    ]
    uv = [str(SCRIPTS / "uv"), "pip", "compile", "pyproject.toml", *common]
    for target, more in ((RUN_LOCK, ["--extra", "build"]), (DEV_LOCK, ["--all-extras", "-c", str(RUN_LOCK)])):
        if run(*uv, *more, "-o", str(target)) != 0:
            return 1
        if re.search(r"https?:|file:|^\s*-(?!-hash)", target.read_text(), re.MULTILINE):
            raise Stop(
                "{} holds an address or an option; only names, versions and hashes belong there".format(
                    target.name
                )
            )
    return setup(DEV_LOCK)


# Set-up


def setup(lock_file: Path) -> int:
    """Makes `.venv` hold what the lock file names, and the `inbaar` command."""
    with only_one_at_a_time():
        wanted = fingerprint(lock_file)
        installed = read_stamp()
        if wanted in (installed.get("run"), installed.get("dev")) or fingerprint(DEV_LOCK) == installed.get(
            "dev"
        ):
            return 0
        make_environment()
        STAMP.unlink(missing_ok=True)
        count = len(re.findall(r"^[a-z0-9]", lock_file.read_text(), re.MULTILINE))
        print(
            "Installing {} packages into .venv (the first time takes a minute or two) ...".format(count),
            flush=True,
        )
        pip("--require-hashes", "--only-binary", ":all:", "-r", str(lock_file))
        pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        write_stamp({"dev" if lock_file == DEV_LOCK else "run": wanted})
    return 0


def fingerprint(lock_file: Path) -> str:
    """Changes with all that `.venv` depends on: the lock, the package's description, the Python, the place."""
    parts = [lock_file.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts += [sys.version.encode(), os.fsencode(VENV)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if PYTHON.exists() else {}


def write_stamp(stamp: dict[str, str]) -> None:
    making = STAMP.with_suffix(".new")
    making.write_text(json.dumps(stamp))
    making.replace(STAMP)


def make_environment() -> None:
    """A `.venv` of this Python; one of another Python, moved or half-made is made again."""
    require_venv()
    if VENV.exists() and not is_sound():
        if any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists() and not (VENV / "bin").exists():
            raise Stop(
                "{} is there and is no virtual environment; move it away and run this again".format(VENV)
            )
        shutil.rmtree(VENV)
    if not VENV.exists() and run(sys.executable, "-m", "venv", str(VENV)) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop("the virtual environment could not be made; " + how_to_get_venv())


def is_sound() -> bool:
    """Whether `.venv` runs, belongs to this version of Python, lies where it was made and has pip."""
    ask = "import sys, pip; print(sys.version); print(sys.prefix)"
    try:
        found = subprocess.run(
            [str(PYTHON), "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    version, _, prefix = found.stdout.decode().strip().rpartition("\n")
    made_for = re.search(r"^command = .* (\S.*)$", (VENV / "pyvenv.cfg").read_text(), re.MULTILINE)
    moved = made_for is not None and not made_for.group(1).endswith(str(VENV))
    return version == sys.version and Path(prefix) == VENV and not moved


def pip(*arguments: str) -> None:
    os.environ["PIP_USER"] = "0"  # some have pip install for the user by default, which a .venv refuses
    quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
    if run(str(PYTHON), "-m", "pip", "install", *quiet, *arguments) != 0:
        raise Stop(
            "the packages could not be installed (pip says why, above); is there a network? "
            "Run the same command again: it goes on where it stopped"
        )


# What must be there


def require_python(arguments: list[str]) -> None:
    """Goes on under a newer Python of this machine when this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.{}".format(minor))
        if newer:
            os.execv(newer, [newer, str(ROOT / "dev.py"), *arguments])
    raise Stop(
        "this is Python {}.{} and Inbaar needs {}.{} or newer; install that "
        "(Debian, Ubuntu: apt install python3 python3-venv) and run it as python3.11 dev.py".format(
            *sys.version_info[:2], *OLDEST
        )
    )


def require_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Stop("this Python cannot make virtual environments; " + how_to_get_venv()) from None


def how_to_get_venv() -> str:
    return "install its venv module (Debian, Ubuntu: apt install python3-venv or python{}.{}-venv)".format(
        *sys.version_info[:2]
    )


class only_one_at_a_time:  # noqa: N801 (reads as a phrase)
    """Two terminals must not install into one `.venv` at once; the lock is on this very file."""

    def __enter__(self) -> None:
        self.file = open(__file__, "rb")
        if os.name != "nt":
            import fcntl

            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def run(*command: str) -> int:
    return subprocess.call(list(command), cwd=str(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
