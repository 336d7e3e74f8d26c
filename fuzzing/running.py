"""Inputs given to a reader in child processes, which may crash, hang or swell without ending the run.

A child takes a batch, for starting one costs more than most inputs. Before each input it notes the number in memory shared
with its parent, so that a child that dies is known by the input that killed it; the next child goes on behind that one.
Only where processes can be forked: Linux, macOS.
"""

import contextlib
import mmap
import os
import resource
import signal
import struct
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fuzzing.readers import Reader, input_of

_BATCH = 1_000
#: A reader that fails so often is set aside: the first failures say enough.
MOST_FAILURES = 40
_MEGABYTE = 1_000_000
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_FAILED = 3


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one input may take: seconds by the clock, and megabytes above what the process had when it began.

    On a busy machine the clock says little. An input past `seconds` gets a second try, alone: it hangs where it then takes as
    many seconds of processor, its children's with it, or is not done after `patience` seconds by the clock.
    """

    seconds: float = 5.0
    megabytes: int = 512
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that a reader did not survive: `crash`, `hang` or `memory`, and what was seen of it."""

    kind: str
    number: int
    text: str


@dataclass(slots=True)
class Report:
    """What became of the inputs of one reader."""

    reader: str
    read: int = 0
    refused: int = 0
    slowest_seconds: float = 0.0
    slowest_number: int = 0
    peak_megabytes: int = 0
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        """Count what was done apart with this."""
        self.read += other.read
        self.refused += other.refused
        self.peak_megabytes = max(self.peak_megabytes, other.peak_megabytes)
        if other.slowest_seconds > self.slowest_seconds:
            self.slowest_seconds, self.slowest_number = other.slowest_seconds, other.slowest_number

    @property
    def inputs(self) -> int:
        """How many were done."""
        return self.read + self.refused + len(self.failures)


class _Progress:
    """What a child notes in memory that outlives it: where it is, what it counted, and how it failed."""

    _form = struct.Struct("<qqqdq")
    _longest_text = 8_000

    def __init__(self, first: int) -> None:
        self._memory = mmap.mmap(-1, self._form.size + self._longest_text)
        self.note(first, 0, 0, 0.0, first)

    def note(self, number: int, read: int, refused: int, slowest: float, slowest_number: int) -> None:
        self._form.pack_into(self._memory, 0, number, read, refused, slowest, slowest_number)

    def noted(self) -> tuple[int, int, int, float, int]:
        return self._form.unpack_from(self._memory, 0)

    def fail(self, kind: str, text: str) -> None:
        told = f"{kind}\n{text}".encode("utf-8", "replace")[: self._longest_text]
        self._memory[self._form.size : self._form.size + len(told)] = told

    def failure(self) -> tuple[str, str]:
        told = self._memory[self._form.size :].rstrip(b"\0").decode("utf-8", "replace")
        kind, _, text = told.partition("\n")
        return kind, text


def fuzzed(
    reader: Reader, seed: int, numbers: range, bounds: Bounds = Bounds(), until: float | None = None
) -> Report:
    """Give the reader the inputs of these numbers; stops early once `time.monotonic()` is past `until`."""
    report, corpus, at = Report(reader.name), reader.corpus(), numbers.start
    while at < numbers.stop and len(report.failures) < MOST_FAILURES:
        if until is not None and time.monotonic() > until:
            break
        numbers_next = range(at, min(at + _BATCH, numbers.stop))
        failure, at = _batch(reader, corpus, seed, numbers_next, bounds, report, bounds.seconds)
        if failure is not None and failure.kind == "hang":
            failure = _alone(reader, corpus, seed, failure.number, bounds, report)
        if failure is not None:
            report.failures.append(failure)
    return report


def _alone(
    reader: Reader, corpus: Sequence[bytes], seed: int, number: int, bounds: Bounds, report: Report
) -> Failure | None:
    """The second try of an input that was late: judged by the processor time that it takes."""
    before, again = _processor_seconds(), Report(reader.name)
    numbers = range(number, number + 1)
    failure, _ = _batch(reader, corpus, seed, numbers, bounds, again, bounds.patience)
    used = _processor_seconds() - before
    if failure is None and used > bounds.seconds:
        failure = Failure("hang", number, f"{used:.1f} s of processor, more than {bounds.seconds:g} s")
    if failure is None:
        report.add(again)
    return failure


def _processor_seconds() -> float:
    """What all processes that this one has waited for took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _batch(
    reader: Reader,
    corpus: Sequence[bytes],
    seed: int,
    numbers: range,
    bounds: Bounds,
    report: Report,
    clock: float,
) -> tuple[Failure | None, int]:
    """One child's work, added to the report: the failure that ended it, and the number to go on with."""
    progress = _Progress(numbers.start)
    child = os.fork()
    if child == 0:
        _work(reader, corpus, seed, numbers, bounds, progress, clock)
    try:
        _, status, used = os.wait4(child, 0)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)  # whatever process the reader left running
    number, read, refused, slowest, slowest_number = progress.noted()
    peak = used.ru_maxrss * _RSS_UNIT // _MEGABYTE
    report.add(Report(reader.name, read, refused, slowest, slowest_number, peak))
    if status == 0 and read + refused == len(numbers):
        return None, numbers.stop
    kind, text = progress.failure()
    if not kind:
        kind, text = "crash", "ended the process"
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        late = os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF)
        kind, text = ("hang", f"longer than {bounds.seconds:g} s") if late else ("crash", f"ended by {name}")
    return Failure(kind, number, text), number + 1


def _work(
    reader: Reader,
    corpus: Sequence[bytes],
    seed: int,
    numbers: range,
    bounds: Bounds,
    progress: _Progress,
    clock: float,
) -> None:
    """The child: never returns. Its exit is 0 where it came to the end of the batch."""
    status = 1
    try:
        os.setpgid(0, 0)
        _limit(bounds)
        begun_with = _resident()
        read = refused = 0
        slowest, slowest_number = 0.0, numbers.start
        for number in numbers:
            progress.note(number, read, refused, slowest, slowest_number)
            content = input_of(reader, corpus, seed, number)
            begun = time.monotonic()
            good = _given(reader, content, bounds, progress, clock)
            took = time.monotonic() - begun
            if good is None or not _within(begun_with, bounds, progress):
                status = _FAILED
                break
            read, refused = read + good, refused + (not good)
            if took > slowest:
                slowest, slowest_number = took, number
            progress.note(number, read, refused, slowest, slowest_number)
        else:
            status = 0
        reader.finish()
    except BaseException:
        progress.fail("crash", "the run itself: " + traceback.format_exc())
    finally:
        os._exit(status)


def _given(reader: Reader, content: bytes, bounds: Bounds, progress: _Progress, clock: float) -> bool | None:
    """Whether the reader read it; None where it failed. A hang ends the process, wherever in the program it is."""
    signal.setitimer(signal.ITIMER_REAL, clock)
    signal.setitimer(signal.ITIMER_PROF, bounds.seconds)
    try:
        return reader.read(content)
    except MemoryError:
        progress.fail("memory", f"more than {bounds.megabytes} MB asked for")
    except Exception as fault:
        progress.fail("crash", _told(fault))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def _within(begun_with: int, bounds: Bounds, progress: _Progress) -> bool:
    """Whether the process has not grown past its bound: a reader may have caught the error that said so."""
    grown = (_resident() - begun_with) // _MEGABYTE
    if grown > bounds.megabytes:
        progress.fail("memory", f"{grown} MB more than when it began")
    return grown <= bounds.megabytes


def _limit(bounds: Bounds) -> None:
    """A hang is ended by the alarm's own default, also inside a library; memory by the size of the address space.

    The hard limit stays as it was: what opens PDFs sets one of its own. The soft one is twice the bound, so that growth
    which a reader survives by catching `MemoryError` is seen by what was used.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sizes = Path("/proc/self/statm")
    if sizes.exists():
        now = int(sizes.read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (now + 2 * bounds.megabytes * _MEGABYTE, hard))


def _resident() -> int:
    """The most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def _told(fault: Exception) -> str:
    """The exception and the last calls before it."""
    calls = traceback.extract_tb(fault.__traceback__)[-3:]
    where = "; ".join(f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls)
    return f"{type(fault).__name__}: {str(fault)[:300]} ({where})"
