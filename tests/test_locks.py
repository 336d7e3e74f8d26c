"""What is installed on a user's machine: locked by hash, from no named address, under licences that go together."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [ROOT / "requirements" / "run.lock", ROOT / "requirements" / "dev.lock"]
# GNU's lesser licence lets a program use a library unchanged; the others would bind the whole program.
BINDING = re.compile(
    r"(?<!L)\bA?GPL|Affero|(?<!Lesser )General Public License|SSPL|Commons Clause", re.IGNORECASE
)


def pins(lock: Path) -> dict[str, set[str]]:
    """Each name with its versions (several where Pythons differ)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def named(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match.group()).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_holds_names_versions_and_hashes_only(lock: Path) -> None:
    line = re.compile(r"([a-z0-9-]+==\S+( ; .+)? \\)|(    --hash=sha256:[0-9a-f]{64}( \\)?)")
    assert [text for text in lock.read_text().splitlines() if not line.fullmatch(text)] == []


def test_everything_the_program_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run, dev = pins(LOCKS[0]), pins(LOCKS[1])
    extras = project["optional-dependencies"]
    assert {named(text) for text in project["dependencies"] + extras["build"]} <= set(run), (
        "run: python3 dev.py lock"
    )
    assert {named(text) for text in extras["dev"]} <= set(dev), "run: python3 dev.py lock"


def test_development_uses_the_versions_that_users_get() -> None:
    run, dev = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: dev.get(name) for name in run} == run


def licence(name: str) -> str:
    """All that a package says about its licence, short of the text itself."""
    about = importlib.metadata.metadata(name)
    words = [text for text in about.get_all("License-Expression", []) + about.get_all("License", []) if text]
    kinds = [text for text in about.get_all("Classifier", []) if text.startswith("License ::")]
    return "; ".join([*(text.strip().splitlines()[0] for text in words), *kinds])


def installed(names: set[str]) -> list[str]:
    """Without those that only another system gets."""
    there = {named(found.metadata["Name"]) for found in importlib.metadata.distributions()}
    return sorted(names & there)


def test_no_package_at_run_time_binds_the_program() -> None:
    licences = {name: licence(name) for name in installed(set(pins(LOCKS[0])))}
    assert len(licences) >= 30
    assert {name: text for name, text in licences.items() if BINDING.search(text)} == {}


def test_every_package_names_its_licence() -> None:
    assert [name for name in installed(set(pins(LOCKS[0]))) if not licence(name)] == []


@pytest.mark.parametrize(
    ("text", "binds"),
    [
        ("AGPL-3.0-only", True),
        ("GPL-2.0-or-later", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)", False),
        ("BSD-3-Clause", False),
    ],
)
def test_binding_licences_are_told_from_lesser_ones(text: str, binds: bool) -> None:
    assert bool(BINDING.search(text)) is binds
