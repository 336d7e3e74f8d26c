"""The benchmarks' ruler: it counts units, CPU and memory of the work alone, PostgreSQL's share included."""

import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from benchmarks.__main__ import table
from benchmarks.machine import description
from benchmarks.measuring import Measure, measured, median_run


def numbers(size: int) -> list[int]:
    return list(range(size))


def digits(material: list[int]) -> int:
    return len([str(number) for number in material])


def bytes_taken(megabytes: int, _: int) -> int:
    return len(bytearray(megabytes * 1_000_000)) // 1_000_000


def broken(material: int) -> int:
    raise SystemExit(3)


def sums_in_database(folder: str, size: int) -> int:
    import psycopg

    from inbaar.kit.postgres import ensure_server

    server = ensure_server(Path(folder))
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("SELECT sum(sqrt(n)) FROM generate_series(1, %s) n", [size])
    return size


def kept(file: Path, name: str, material: list[int]) -> int:
    """Work that notes what it was given, so that no clock has to tell."""
    with file.open("a") as notes:
        notes.write(f"{name} {len(material)}\n")
    return digits(material)


def test_a_measure_has_its_yardstick_and_its_tenth(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    work, yardstick = partial(kept, notes, "work"), partial(kept, notes, "yardstick")
    measure = measured(
        "digits", "numbers", 5_000, work, prepare=numbers, yardstick=yardstick, yardstick_name="bare"
    )
    assert (measure.size, measure.count, measure.runs) == (5_000, 5_000, 3)
    assert Counter(notes.read_text().splitlines()) == {"work 5000": 3, "work 500": 3, "yardstick 5000": 3}
    assert measure.cpu_seconds > 0
    assert measure.growth == measure.cpu_seconds / measure.tenth_cpu_seconds
    assert measure.share_of_yardstick == measure.per_cpu_second / measure.yardstick_per_cpu_second


def test_growth_and_share_are_ratios_of_the_same_run() -> None:
    measure = Measure("read", "entries", 1000, 1000, 0.5, 0.6, 40.4, tenth_cpu_seconds=0.05,
                      yardstick_per_cpu_second=4000.0)  # fmt: skip
    assert (measure.per_cpu_second, measure.growth, measure.share_of_yardstick) == (2000.0, 10.0, 0.5)


def test_memory_is_that_of_the_work_in_its_own_process() -> None:
    small, large = (median_run(partial(bytes_taken, size), None, 1, 1, 1, again=False) for size in (1, 200))
    assert 150 < large.peak_mb - small.peak_mb < 250


def test_cpu_of_the_database_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from inbaar.kit.postgres import ensure_server

    monkeypatch.setenv("INBAAR_DATA", str(tmp_path))
    server = ensure_server(tmp_path)
    run = median_run(partial(sums_in_database, str(tmp_path)), None, 3_000_000, 3, 1, again=False)
    server.release()
    # This process only waits for it; three million square roots take no machine less than this.
    assert run.cpu_seconds > 0.05


def test_work_that_dies_is_not_taken_for_fast() -> None:
    with pytest.raises(RuntimeError, match="ended with exit code 3"):
        median_run(broken, None, 1, 1, 1, again=False)


def test_the_table_prints_ratios_and_what_ten_times_costs() -> None:
    measure = Measure(
        name="read",
        unit="entries",
        size=1000,
        count=1000,
        cpu_seconds=0.5,
        wall_seconds=0.6,
        peak_mb=40.4,
        runs=3,
        yardstick_name="parse alone",
        yardstick_per_cpu_second=4000.0,
        tenth_cpu_seconds=0.05,
        aim="1,000",
    )
    assert re.split(r"\s{2,}", table([measure]).splitlines()[1]) == [
        "read (median of 3)",
        "1,000",
        "1,000 entries",
        "2,000",
        "0.500",
        "0.600",
        "40",
        "0.50 of parse alone (4,000)",
        "x10.0",
        "1,000",
    ]


def test_the_machine_is_described() -> None:
    assert [line.split()[0] for line in description().splitlines()] == [
        "processor",
        "cores",
        "memory",
        "system",
        "python",
        "database",
    ]
