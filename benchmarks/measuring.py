"""Measures a piece of work: CPU, wall, peak memory, its yardstick, and what ten times the size costs.

A benchmark is a file `benchmarks/NAME.py` with `def run(small: bool) -> list[Measure]`, usually:

    def prepared(size): ...            # makes the input for a size; not measured
    def read(files): ...; return n     # the work: gets what `prepared` gave, returns how many units it did
    def parse_only(files): ...         # the yardstick: the least this can cost; returns its units too

    def run(small):
        size = 1_000 if small else 100_000
        return [measured("camt.053 read", "entries", size, read, prepare=prepared,
                         yardstick=parse_only, yardstick_name="parse alone", aim="25,000")]

All three run in a spawned process, each measure in its own, so they are functions of a module (or
functools.partial of such). `again=True` prepares anew before each run, for work that uses its input up;
`times=N` does short work N times per run. CPU is that of the process, its children and, for the embedded
database, every process of PostgreSQL, those that ended included. The same is done at a tenth of the size,
unless `tenth=False`.
"""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.machine import database_cpu_seconds, peak_megabytes, reset_peak

Work = Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one piece of work."""

    units: int
    cpu_seconds: float
    wall_seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Measure:
    """The median of several runs, beside its yardstick and its own tenth."""

    name: str
    unit: str
    size: int
    count: int
    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    runs: int = 1
    yardstick_name: str = ""
    yardstick_per_cpu_second: float | None = None
    tenth_cpu_seconds: float | None = None
    tenth_peak_mb: float | None = None
    aim: str = ""

    @property
    def per_cpu_second(self) -> float:
        return self.count / self.cpu_seconds if self.cpu_seconds else float("inf")

    @property
    def share_of_yardstick(self) -> float | None:
        """1.0 would be as fast as the bare work; 0.5 takes twice its CPU."""
        return self.per_cpu_second / self.yardstick_per_cpu_second if self.yardstick_per_cpu_second else None

    @property
    def growth(self) -> float | None:
        """CPU at the full size over CPU at a tenth of it: 10 is proportional, 1 does not depend on the size."""
        return self.cpu_seconds / self.tenth_cpu_seconds if self.tenth_cpu_seconds else None


def measured(
    name: str,
    unit: str,
    size: int,
    work: Work,
    *,
    prepare: Callable[[int], Any] | None = None,
    yardstick: Work | None = None,
    yardstick_name: str = "bare work",
    runs: int = 3,
    times: int = 1,
    again: bool = False,
    tenth: bool = True,
    aim: str = "",
) -> Measure:
    """Measures `work` at `size`, and at a tenth of it, and the yardstick at `size`; each in its own process."""
    full = median_run(work, prepare, size, runs, times, again)
    small = median_run(work, prepare, max(size // 10, 1), runs, times, again) if tenth else None
    bare = median_run(yardstick, prepare, size, runs, times, again) if yardstick else None
    return Measure(
        name=name,
        unit=unit,
        size=size,
        count=full.units,
        cpu_seconds=full.cpu_seconds,
        wall_seconds=full.wall_seconds,
        peak_mb=full.peak_mb,
        runs=runs,
        yardstick_name=yardstick_name if bare else "",
        yardstick_per_cpu_second=bare.units / bare.cpu_seconds if bare and bare.cpu_seconds else None,
        tenth_cpu_seconds=small.cpu_seconds if small else None,
        tenth_peak_mb=small.peak_mb if small else None,
        aim=aim,
    )


def median_run(
    work: Work, prepare: Callable[[int], Any] | None, size: int, runs: int, times: int, again: bool
) -> Run:
    """Runs in a process of its own, so that its peak memory is its own; the medians of its runs."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    child = spawn.Process(target=_measure_runs, args=(there, work, prepare, size, runs, times, again))
    child.start()
    there.close()
    try:
        answer = here.recv()
    except EOFError:
        answer = []
    child.join()
    if not answer:
        raise RuntimeError(f"the measured process of {work} ended with exit code {child.exitcode}")
    return Run(
        units=answer[0].units,
        cpu_seconds=statistics.median(run.cpu_seconds for run in answer),
        wall_seconds=statistics.median(run.wall_seconds for run in answer),
        peak_mb=max(run.peak_mb for run in answer),
    )


def _measure_runs(
    answer: Connection,
    work: Work,
    prepare: Callable[[int], Any] | None,
    size: int,
    runs: int,
    times: int,
    again: bool,
) -> None:
    material: Any = prepare(size) if prepare else size
    results = []
    for number in range(runs):
        if again and number and prepare:
            material = prepare(size)
        results.append(_one_run(work, material, times))
    answer.send(results)


def _one_run(work: Work, material: Any, times: int) -> Run:
    reset_peak()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    for _ in range(times):
        units = work(material)
    wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
    return Run(units, cpu / times, wall / times, peak_megabytes())


def _cpu_seconds() -> float:
    used = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        used += usage.ru_utime + usage.ru_stime
    return used + database_cpu_seconds()
