"""The third-party files the tests read: real invoices and statements with their expected values.

They are not part of the project. `INBAAR_CORPUS` names their folder; where it is missing, the tests that
need it skip and say so.
"""

import csv
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("INBAAR_CORPUS") or ROOT.parent / "shared" / "data")
MISSING = f"no third-party files at {CORPUS}: set INBAAR_CORPUS to their folder"


@dataclass(frozen=True)
class CorpusRow:
    """One third-party file and what a correct reader gives for it."""

    file: str
    kind: str
    expected: dict[str, Any]
    checked: str
    note: str

    @property
    def path(self) -> Path:
        """Where the file is."""
        return CORPUS / self.file

    def __str__(self) -> str:
        return self.file


@cache
def manifest() -> tuple[CorpusRow, ...]:
    """Every row of the manifest; empty where the corpus is missing."""
    if not (CORPUS / "MANIFEST.csv").exists():
        return ()
    csv.field_size_limit(10_000_000)
    with (CORPUS / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        return tuple(
            CorpusRow(r["file"], r["kind"], json.loads(r["expected"] or "{}"), r["checked"], r["note"])
            for r in csv.DictReader(stream)
        )


def corpus_rows(*kinds: str) -> list[Any]:
    """Parameters for every file of these kinds (a kind that ends in `*` is a prefix); one skip if there is no corpus."""
    if not manifest():
        return [pytest.param(None, marks=pytest.mark.skip(reason=MISSING), id="no-corpus")]
    return [
        pytest.param(row, id=row.file)
        for row in manifest()
        if any(row.kind == k or (k.endswith("*") and row.kind.startswith(k[:-1])) for k in kinds)
    ]


def corpus_file(name: str) -> Path:
    """The path of one file; skips the test where the corpus is missing."""
    path = CORPUS / name
    if not path.exists():
        pytest.skip(MISSING)
    return path
