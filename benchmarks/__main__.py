"""python3 dev.py bench [NAME...] [--small] [--seed N]: runs the benchmarks and prints them with the machine's
description.

Each NAME is a file in this folder; without any, all of them. They use an embedded database of their own in
a temporary folder, so nothing of yours is read or written.
"""

import argparse
import importlib
import inspect
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import description
from benchmarks.measuring import Measure

NOT_BENCHMARKS = {"__init__", "__main__", "books", "fields_scored", "measuring", "machine"}


def main() -> int:
    names = sorted(
        file.stem for file in Path(__file__).parent.glob("*.py") if file.stem not in NOT_BENCHMARKS
    )
    parser = argparse.ArgumentParser(
        prog="dev.py bench", description="Measure this machine's speed of Inbaar."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(names)} (default: all)")
    parser.add_argument("--small", action="store_true", help="small sizes: does it run, not how fast")
    parser.add_argument("--seed", type=int, help="the seed of those that play people (match_quality)")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(names))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(names)}")
    print(description(), flush=True)
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="inbaar-bench-") as folder:
        os.environ["INBAAR_DATA"] = folder
        return run_all(arguments.names or names, arguments.small, Path(folder), arguments.seed)


def run_all(names: list[str], small: bool, folder: Path, seed: int | None = None) -> int:
    from inbaar.kit.postgres import ensure_server

    server = ensure_server(folder)  # held here, so that it does not stop between two measures
    failed = 0
    for name in names:
        begun = time.perf_counter()
        print(f"\n== {name}", flush=True)
        try:
            run_one = importlib.import_module(f"benchmarks.{name}").run
            seeded = seed is not None and "seed" in inspect.signature(run_one).parameters
            measures = run_one(small, seed=seed) if seeded else run_one(small)
        except Exception as problem:  # the others are still measured
            failed += 1
            print(f"failed: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            continue
        print(table(measures))
        print(f"({time.perf_counter() - begun:.0f} s)", flush=True)
    server.release()
    return 1 if failed else 0


def table(measures: list[Measure]) -> str:
    """One line per measure, columns aligned."""
    header = (
        "what",
        "size",
        "done",
        "per CPU-s",
        "CPU s",
        "wall s",
        "peak MB",
        "of yardstick",
        "x10 costs",
        "aim",
    )
    rows = [header, *(_row(measure) for measure in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _row(measure: Measure) -> tuple[str, ...]:
    share, growth = measure.share_of_yardstick, measure.growth
    bare = measure.yardstick_per_cpu_second
    return (
        f"{measure.name} (median of {measure.runs})",
        f"{measure.size:,}",
        f"{measure.count:,} {measure.unit}",
        f"{measure.per_cpu_second:,.0f}",
        f"{measure.cpu_seconds:.3f}",
        f"{measure.wall_seconds:.3f}",
        f"{measure.peak_mb:.0f}",
        f"{share:.2f} of {measure.yardstick_name} ({bare:,.0f})" if share and bare else "-",
        f"x{growth:.1f}" if growth else "-",
        measure.aim or "-",
    )


if __name__ == "__main__":
    sys.exit(main())
