"""python3 dev.py fuzz [READER...] [--inputs N] [--seed S] [--first NUMBER] [--minutes M] [--only NUMBER]

Gives every reader damaged files. The inputs of a seed are the same on every machine that has the same corpus. Exit 1 if any
input was a crash, a hang or too much memory; each is told with the command that does it again and writes the input to `build/fuzz`.
"""

import argparse
import sys
import time
from pathlib import Path

from fuzzing.readers import READERS, input_of
from fuzzing.running import Report, fuzzed

_KEPT = Path("build") / "fuzz"


def main(arguments: list[str] | None = None) -> int:
    """Run it; the exit status."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description="Give the readers damaged files.")
    parser.add_argument(
        "readers", nargs="*", metavar="READER", help=f"of: {', '.join(READERS)} (default: all)"
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs per reader (default: 100,000)")
    parser.add_argument("--seed", type=int, default=1, help="other seeds are other inputs (default: 1)")
    parser.add_argument("--first", type=int, default=0, help="begin at this number, behind an earlier run")
    parser.add_argument(
        "--minutes", type=float, help="go on to the next reader after so long (default: never)"
    )
    parser.add_argument(
        "--only", type=int, metavar="NUMBER", help="this one input, written to build/fuzz too"
    )
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.readers) - set(READERS))
    if unknown:
        parser.error(f"no reader named {', '.join(unknown)}; there are: {', '.join(READERS)}")
    first, count = (chosen.first, chosen.inputs) if chosen.only is None else (chosen.only, 1)
    numbers = range(first, first + count)
    failed = False
    for name in chosen.readers or READERS:
        if chosen.only is not None:
            _keep(name, chosen.seed, chosen.only)
        until = None if chosen.minutes is None else time.monotonic() + 60 * chosen.minutes
        begun = time.monotonic()
        report = fuzzed(READERS[name], chosen.seed, numbers, until=until)
        print(told(report, chosen.seed, time.monotonic() - begun), flush=True)
        failed = failed or bool(report.failures)
    return 1 if failed else 0


def told(report: Report, seed: int, seconds: float) -> str:
    """A line for the reader, and two for each failure."""
    lines = [
        f"{report.reader:8} {report.inputs:>9,} inputs: {report.read:,} read, {report.refused:,} refused, "
        f"{len(report.failures)} failed; slowest {report.slowest_seconds:.2f} s (number {report.slowest_number}), "
        f"peak {report.peak_megabytes} MB; {seconds:.0f} s"
    ]
    for failure in report.failures:
        again = f"python3 dev.py fuzz {report.reader} --seed {seed} --only {failure.number}"
        lines += [f"  {failure.kind}: {failure.text}", f"    again: {again}"]
    return "\n".join(lines)


def _keep(name: str, seed: int, number: int) -> None:
    """The input as a file, to look at."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    reader = READERS[name]
    file = _KEPT / f"{name}-{seed}-{number}"
    file.write_bytes(input_of(reader, reader.corpus(), seed, number))
    print(f"written to {file}")


if __name__ == "__main__":
    sys.exit(main())
