"""A folder of real files: whatever the files in it hold or are called, each gets its answer."""

import datetime as dt
import os
from pathlib import Path

import pytest

from inbaar.demo.folder import take_folder
from tests.intake.documents import ubl

pytestmark = pytest.mark.django_db


def test_no_file_of_a_folder_stops_the_others(tmp_path: Path) -> None:
    long = ubl(
        ("Zaagmolen B.V.", "Z" * 1900), ("59581883", "59581884"), ("post@supplier.example", f"{'p' * 300}@supplier.example"),
        ("NL004495445B01", "GB" + "1" * 300), ("Dorpsstraat 1", "D" * 1900), ("6711 AA", "6" * 300), (">Ede<", f">{'E' * 300}<"),
    )  # fmt: skip
    contents = {
        "long.xml": long.encode(),
        "odd\udcff.xml": ubl().encode(),
        "empty.xml": b"",
        "bank.sta": b":20:",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    os.symlink(tmp_path / "gone.xml", tmp_path / "dangling.xml")
    taken = take_folder(tmp_path, dt.date(2026, 10, 2), lambda *_: None)
    assert {result.name: result.outcome for result in taken.files} == {
        "long.xml": "accepted", "odd?.xml": "accepted", "empty.xml": "refused", "bank.sta": "refused",
    }  # fmt: skip
