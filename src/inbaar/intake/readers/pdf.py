"""The invoice XML inside a PDF, taken out by a child process that may crash, hang or swell without harm.

PDF is a format in which a few kilobytes can ask for gigabytes or for ever, so pdfium runs apart: its memory is limited,
and its time is. The child (`pdf_worker.py`) starts at the first PDF and serves all later ones. Used by `read_invoice`.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from inbaar.intake.readers.source import Limits, Unreadable, size_text

_WORKER = Path(__file__).with_name("pdf_worker.py")
#: Names the standards give the invoice; they only decide when a PDF carries several XML files.
_STANDARD_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the child found in one PDF: XML files, or why not."""

    files: tuple[tuple[str, bytes], ...] = ()
    has_text: bool = False
    too_large: int | None = None
    error: str | None = None


class _Child:
    """The running child and the lock that gives it one PDF at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0

    def started(self, limits: Limits) -> "subprocess.Popen[bytes]":
        """The child of this very process: one inherited over a fork is not ours to talk to."""
        if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
            self.owner = os.getpid()
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(_WORKER), str(limits.pdf_memory_bytes), str(limits.xml_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self.process

    def stop(self) -> None:
        """End the child, if there is one."""
        process, self.process = self.process, None
        if process is not None and self.owner == os.getpid():
            process.kill()
            process.communicate()


_child = _Child()


def attached_xml(content: bytes, limits: Limits) -> list[bytes]:
    """The XML attachments, the likeliest invoice first, or `Unreadable` saying why there is none."""
    answer = _asked(content, limits)
    if answer.error is not None:
        raise Unreadable(answer.error, _WORDS[answer.error], "pdf")
    if answer.too_large is not None:
        raise Unreadable(
            "attachment-too-large",
            f"An attachment in the PDF unpacks to {size_text(answer.too_large)}, more than the "
            f"{size_text(limits.xml_bytes)} allowed: it was not read; ask the sender for a plain e-invoice.",
            "pdf",
        )
    if not answer.files:
        raise Unreadable("no-xml", _WORDS["no-xml" if answer.has_text else "no-text"], "pdf")
    return [found for _, found in sorted(answer.files, key=lambda file: _preference(file[0]))]


def stop_child() -> None:
    """End the child process now (it ends by itself with this one)."""
    with _child.lock:
        _child.stop()


atexit.register(stop_child)

_WORDS = {
    "damaged": "The PDF cannot be opened: it is damaged or cut off; ask the sender to send it again.",
    "encrypted": "The PDF is protected by a password: ask the sender for the invoice without one.",
    "no-xml": "This PDF carries no e-invoice as XML: ask the sender for a Factur-X PDF, a UBL or a CII file.",
    "no-text": "This PDF carries neither an e-invoice as XML nor any text (it is a scan): "
    "ask the sender for a Factur-X PDF, a UBL or a CII file.",
    "unsafe": "The PDF was given up: opening it took more memory than allowed or crashed the PDF reader (it may be a "
    "bomb, or damaged); ask the sender for a plain e-invoice.",
    "too-slow": "The PDF was given up: opening it took too long (it may be a bomb, or damaged); "
    "ask the sender for a plain e-invoice.",
}


def _asked(content: bytes, limits: Limits) -> _Answer:
    """The child's answer for one PDF. A child that dies or stays away is ended, and that is the answer."""
    with _child.lock:
        process = _child.started(limits)
        late = threading.Event()
        timer = threading.Timer(limits.pdf_seconds, _end, (process, late))
        timer.daemon = True
        timer.start()
        try:
            return _exchanged(process, content)
        except (OSError, EOFError):
            _child.stop()
            return _Answer(error="too-slow" if late.is_set() else "unsafe")
        finally:
            timer.cancel()


def _end(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _exchanged(process: "subprocess.Popen[bytes]", content: bytes) -> _Answer:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(len(content).to_bytes(8, "big"))
    process.stdin.write(content)
    process.stdin.flush()
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    answer = json.loads(line)
    files = tuple((name, process.stdout.read(size)) for name, size in answer.pop("files", ()))
    return _Answer(files=files, **answer)


def _preference(name: str) -> int:
    lowered = name.lower()
    return _STANDARD_NAMES.index(lowered) if lowered in _STANDARD_NAMES else len(_STANDARD_NAMES)
