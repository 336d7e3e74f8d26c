"""Damaged files for every reader, a short run of it; and the run itself finds what it is there to find."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from fuzzing.__main__ import main, told
from fuzzing.mutations import DAMAGES, MOST_BYTES, mutated
from fuzzing.readers import READERS, Reader, input_of
from fuzzing.running import MOST_FAILURES, Bounds, fuzzed

ROOT = Path(__file__).resolve().parent.parent
FEW = 200
FAULTY = b"\x03"


def planted(read, name="planted"):
    """A reader of one byte; one input in four is the faulty one."""
    return Reader(name, lambda: [b""], read, lambda content, others, chance: bytes([chance.randrange(4)]))


def faulty_numbers(reader, count, seed=1):
    return [number for number in range(count) if input_of(reader, [b""], seed, number) == FAULTY]


@pytest.fixture(scope="module")
def short_run():
    """What the command prints for every reader."""
    command = [sys.executable, "-W", "ignore", "-m", "fuzzing", "--inputs", str(FEW), "--seed", "2"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_or_refuses_whatever_comes(short_run, name):
    found = re.search(rf"^{name} +{FEW} inputs: (\d+) read, (\d+) refused, 0 failed;", short_run.stdout, re.M)
    assert found, short_run.stdout + short_run.stderr
    # What is all refused at the door, or all read, tests nothing behind it.
    assert int(found[1]) > FEW // 20
    assert int(found[2]) > FEW // 20


def test_the_command_says_that_all_went_well(short_run):
    assert short_run.returncode == 0, short_run.stdout + short_run.stderr


def test_a_crash_is_told_with_its_number_and_the_others_are_still_done():
    def read(content):
        if content == FAULTY:
            raise KeyError("planted")
        return content == b"\x00"

    reader = planted(read)
    report = fuzzed(reader, 1, range(60))
    numbers = faulty_numbers(reader, 60)
    assert [failure.number for failure in report.failures] == numbers
    assert {failure.kind for failure in report.failures} == {"crash"}
    assert re.fullmatch(r"KeyError: 'planted' \(.*test_fuzzing\.py:\d+ read\)", report.failures[0].text)
    assert report.inputs == 60
    zeros = [number for number in range(60) if input_of(reader, [b""], 1, number) == b"\x00"]
    assert report.read == len(zeros)
    assert report.refused == 60 - len(zeros) - len(numbers)


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "ended by SIGKILL"),
        (lambda: os._exit(0), "ended the process"),
        (lambda: os._exit(9), "ended the process"),
    ],
)
def test_a_reader_that_ends_the_process_is_told_too(end, text):
    reader = planted(lambda content: content != FAULTY or end())
    report = fuzzed(reader, 1, range(20))
    assert [failure.number for failure in report.failures] == faulty_numbers(reader, 20)
    assert {(failure.kind, failure.text) for failure in report.failures} == {("crash", text)}
    assert report.inputs == 20


def in_python(content):
    while content == FAULTY:
        pass
    return True


def in_a_library(content):
    return re.match(r"(a+)+$", "a" * 60 + "b") is None if content == FAULTY else True


@pytest.mark.parametrize("read", [in_python, in_a_library])
def test_a_hang_is_ended_and_told(read):
    reader = planted(read)
    report = fuzzed(reader, 1, range(8), Bounds(seconds=0.3))
    assert [failure.number for failure in report.failures] == faulty_numbers(reader, 8)
    assert {(failure.kind, failure.text) for failure in report.failures} == {("hang", "longer than 0.3 s")}
    assert report.inputs == 8


def test_an_input_that_is_late_once_is_no_hang(tmp_path):
    def read(content):
        seen = tmp_path / "seen"
        while content == FAULTY and not seen.exists():
            seen.touch()
            signal.pause()
        return True

    report = fuzzed(planted(read), 1, range(20), Bounds(seconds=0.3))
    assert (tmp_path / "seen").exists()
    assert (report.read, report.failures) == (20, [])


def test_an_input_that_waits_on_a_busy_machine_is_no_hang():
    def read(content):
        if content == FAULTY:
            time.sleep(0.6)  # the machine did something else meanwhile: no processor time of the reader's
        return True

    report = fuzzed(planted(read), 1, range(8), Bounds(seconds=0.3))
    assert (report.read, report.failures) == (8, [])


def test_a_wait_without_end_and_a_child_that_works_without_end_are_hangs():
    def waits(content):
        while content == FAULTY:
            signal.pause()
        return True

    def has_a_child(content):
        if content == FAULTY:
            work = "import time\nwhile time.process_time() < 0.8: pass"
            subprocess.run([sys.executable, "-S", "-c", work], check=True)
        return True

    for read, text in ((waits, "longer than 0.3 s"), (has_a_child, "s of processor, more than 0.3 s")):
        reader = planted(read)
        report = fuzzed(reader, 1, range(8), Bounds(seconds=0.3, patience=20 if read is has_a_child else 1))
        assert [failure.number for failure in report.failures] == faulty_numbers(reader, 8)
        assert {failure.kind for failure in report.failures} == {"hang"}
        assert all(text in failure.text for failure in report.failures)
        assert report.inputs == 8


def too_much(content):
    return len(bytearray(400_000_000)) > 0 if content == FAULTY else True


def too_much_and_silent(content):
    kept = []
    try:
        while content == FAULTY:
            kept.append(bytearray(5_000_000))
    except MemoryError:
        return True
    return True


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no limit on memory without /proc")
@pytest.mark.parametrize("read", [too_much, too_much_and_silent])
def test_too_much_memory_is_told(read):
    reader = planted(read)
    report = fuzzed(reader, 1, range(12), Bounds(megabytes=60))
    assert [failure.number for failure in report.failures] == faulty_numbers(reader, 12)
    assert {failure.kind for failure in report.failures} == {"memory"}


def test_memory_within_the_bound_is_nothing_to_tell():
    def read(content):
        return len(bytearray(20_000_000)) > 0

    report = fuzzed(planted(read), 1, range(5), Bounds(megabytes=60))
    assert (report.read, report.failures) == (5, [])
    assert report.peak_megabytes >= 20


def test_a_reader_that_fails_and_fails_is_set_aside():
    report = fuzzed(planted(lambda content: 1 // 0 > 0), 1, range(1_000))
    assert report.inputs == len(report.failures) == MOST_FAILURES


def test_the_command_tells_how_to_do_a_failure_again(capsys, monkeypatch, tmp_path):
    reader = planted(lambda content: content != FAULTY or bool(1 // 0))
    monkeypatch.setitem(READERS, "planted", reader)
    monkeypatch.chdir(tmp_path)
    first = faulty_numbers(reader, 40, seed=5)[0]
    assert main(["planted", "--inputs", "40", "--seed", "5"]) == 1
    again = f"python3 dev.py fuzz planted --seed 5 --only {first}"
    assert f"    again: {again}\n" in capsys.readouterr().out
    assert main(again.split()[3:]) == 1
    assert (tmp_path / "build" / "fuzz" / f"planted-5-{first}").read_bytes() == FAULTY
    assert "1 inputs: 0 read, 0 refused, 1 failed" in capsys.readouterr().out
    assert main(["planted", "--seed", "5", "--only", "0" if first else "1"]) == 0


def test_a_run_goes_on_behind_an_earlier_one(capsys, monkeypatch):
    reader = planted(lambda content: content != FAULTY or bool(1 // 0))
    monkeypatch.setitem(READERS, "planted", reader)
    last = faulty_numbers(reader, 40)[-1]
    assert main(["planted", "--first", str(last + 1), "--inputs", str(39 - last)]) == 0
    assert main(["planted", "--first", str(last), "--inputs", "1"]) == 1
    assert f"--only {last}\n" in capsys.readouterr().out


def test_a_run_stops_at_its_time():
    assert fuzzed(planted(lambda content: True), 1, range(10), until=0.0).inputs == 0


def test_a_reader_without_failures_has_one_line():
    assert "\n" not in told(fuzzed(planted(lambda content: True), 1, range(3)), 1, 0.0)


def test_no_such_reader_is_told_with_those_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["ubll"])
    assert f"there are: {', '.join(READERS)}" in capsys.readouterr().err


PRINT_INPUTS = """
import hashlib
from fuzzing.readers import READERS, input_of
for reader in READERS.values():
    corpus = reader.corpus()
    print(reader.name, hashlib.sha256(b"|".join(input_of(reader, corpus, 3, n) for n in range(30))).hexdigest())
"""


def test_the_inputs_of_a_seed_are_always_the_same():
    printed = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PRINT_INPUTS],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert printed[0] == printed[1]
    assert len(set(printed[0].split())) == 2 * len(READERS)


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_kind_of_damage_changes_a_file(damage):
    content = b'<?xml version="1.0" encoding="UTF-8"?>\n<a x="1"><b>12.50</b>\n<c>2026-01-31</c></a>\n'
    done = {damage(content, [content, b"other"], Random(number)) for number in range(50)}
    assert len(done - {content}) > 5


def test_damaged_files_stay_within_their_size():
    content = b"<a>1</a>\n" * 20_000
    assert max(len(mutated(content, [content], Random(number))) for number in range(300)) <= MOST_BYTES
