"""The benchmarks' ruler: it counts units, CPU and memory of the work alone, PostgreSQL's share included."""

import re
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


def test_a_measure_has_its_yardstick_and_its_tenth() -> None:
    measure = measured(
        "digits", "numbers", 50_000, digits, prepare=numbers, yardstick=len, yardstick_name="len"
    )
    assert (measure.size, measure.count, measure.runs) == (50_000, 50_000, 3)
    assert measure.cpu_seconds > 0
    assert measure.growth is not None
    assert 2 < measure.growth < 50
    assert measure.share_of_yardstick is not None
    assert measure.share_of_yardstick < 1


def test_memory_is_that_of_the_work_in_its_own_process() -> None:
    small, large = (median_run(partial(bytes_taken, size), None, 1, 1, 1, again=False) for size in (1, 200))
    assert 150 < large.peak_mb - small.peak_mb < 250


def test_cpu_of_the_database_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from inbaar.kit.postgres import ensure_server

    monkeypatch.setenv("INBAAR_DATA", str(tmp_path))
    server = ensure_server(tmp_path)
    run = median_run(partial(sums_in_database, str(tmp_path)), None, 3_000_000, 1, 1, again=False)
    server.release()
    assert run.cpu_seconds > 0.5 * run.wall_seconds


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
