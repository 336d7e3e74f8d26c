"""What a PDF holds, taken out by a child process that may crash, hang or swell without harm: XML files, words, scans read.

PDF is a format in which a few kilobytes can ask for gigabytes or for ever, so pdfium and the OCR run apart: their memory
is limited, and their time is. The child (`pdf_child`) starts at the first PDF and serves all later ones; scans have a child
of their own, as an OCR needs more of both. Used by `read_invoice`.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

from inbaar.intake.readers.source import Limits, Unreadable, size_text

#: Names the standards give the invoice; they only decide when a PDF carries several XML files.
_STANDARD_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")

#: Of a scan so many pages are read while somebody waits; four CPU-seconds each.
AT_ONCE = 6

Question = Literal["xml", "text", "ocr", "sizes", "picture"]


@dataclass(frozen=True, slots=True)
class Pages:
    """The words of the pages that were read, how many pages there are, and who read them."""

    pages: list[dict[str, Any]]
    count: int
    engine: str

    @property
    def words(self) -> int:
        return sum(len(page["words"]) for page in self.pages)

    @property
    def drawn(self) -> bool:
        """Whether a page has pictures, in which an OCR may find text."""
        return any(page["drawn"] for page in self.pages)


class _Child:
    """A running child and the lock that gives it one PDF at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0

    def started(self, memory: int) -> "subprocess.Popen[bytes]":
        """The child of this very process: one inherited over a fork is not ours to talk to."""
        if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
            self.owner = os.getpid()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "inbaar.intake.pdf_child", str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        return self.process

    def stop(self) -> None:
        """End the child, if there is one."""
        process, self.process = self.process, None
        if process is not None and self.owner == os.getpid():
            process.kill()
            process.communicate()


_reading, _recognising = _Child(), _Child()


def attached_xml(content: bytes, limits: Limits) -> list[bytes]:
    """The XML attachments, the likeliest invoice first; none where the PDF carries none."""
    answer, files = _asked("xml", content, limits)
    if answer["too_large"] is not None:
        raise Unreadable(
            "attachment-too-large",
            f"An attachment in the PDF unpacks to {size_text(answer['too_large'])}, more than the "
            f"{size_text(limits.xml_bytes)} allowed: it was not read; ask the sender for a plain e-invoice.",
            "pdf",
        )
    return [found for _, found in sorted(files, key=lambda file: _preference(file[0]))]


def text_on_pages(content: bytes, limits: Limits) -> Pages:
    """The words of the text layer."""
    answer, _ = _asked("text", content, limits)
    return Pages(answer["pages"], answer["count"], "text layer")


def scanned_page(content: bytes, limits: Limits, page: int) -> Pages:
    """The words of one page as a picture, counted from 1, or `Unreadable` where no OCR is installed."""
    answer, _ = _asked("ocr", content, limits, place=page - 1)
    return Pages(answer["pages"], answer["count"], answer["engine"])


def scanned_pages(content: bytes, limits: Limits) -> Pages:
    """The words of the first pages as pictures, all in one go: who waits for that has patience for a few only."""
    first = scanned_page(content, limits, 1)
    others = [scanned_page(content, limits, page) for page in range(2, min(first.count, AT_ONCE) + 1)]
    return Pages([page for one in (first, *others) for page in one.pages], first.count, first.engine)


def has_ocr() -> bool:
    """Whether an OCR is installed here: rapidocr with its runtime, or the program tesseract."""
    return bool(find_spec("rapidocr") and find_spec("onnxruntime")) or shutil.which("tesseract") is not None


def page_sizes(content: bytes, limits: Limits, most: int) -> list[tuple[float, float]]:
    """Width and height in points of the first pages, `most` at most."""
    answer, _ = _asked("sizes", content, limits, most=most)
    return [(width, height) for width, height in answer["pages"]]


def page_picture(content: bytes, limits: Limits, page: int) -> bytes | None:
    """A page, counted from 1, as PNG; None where there is no such page."""
    _, files = _asked("picture", content, limits, place=page - 1)
    return files[0][1] if files else None


def no_text() -> Unreadable:
    """The refusal of a PDF in which nothing is written."""
    return Unreadable("no-xml", _WORDS["no-text"], "pdf")


def refusal(error: str) -> Unreadable:
    """What is said where a PDF could not be read: `no-ocr`, `unsafe`, `too-slow`, `damaged` or `encrypted`."""
    return Unreadable(error, _WORDS[error], "pdf")


def stop_child() -> None:
    """End the child processes now (they end by themselves with this one)."""
    for child in (_reading, _recognising):
        with child.lock:
            child.stop()


atexit.register(stop_child)

_WORDS = {
    "damaged": "The PDF cannot be opened: it is damaged or cut off; ask the sender to send it again.",
    "encrypted": "The PDF is protected by a password: ask the sender for the invoice without one.",
    "no-text": "This PDF carries neither an e-invoice as XML nor any text that can be read: "
    "ask the sender for a Factur-X PDF, a UBL or a CII file.",
    "no-ocr": "This PDF is a scan without text, and no OCR is installed to read it: install one (pip install 'inbaar[ocr]', or the program tesseract), or ask the sender for a Factur-X PDF, a UBL or a CII file.",
    "unsafe": "The PDF was given up: opening it took more memory than allowed or crashed the PDF reader (it may be a "
    "bomb, or damaged); ask the sender for a plain e-invoice.",
    "too-slow": "The PDF was given up: opening it took too long (it may be a bomb, or damaged); "
    "ask the sender for a plain e-invoice.",
}


def _asked(
    ask: Question, content: bytes, limits: Limits, **more: int
) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """The child's answer for one PDF, with its files. A child that dies or stays away is ended, and that is the answer."""
    child = _recognising if ask == "ocr" else _reading
    seconds, memory = (
        (limits.ocr_seconds, limits.ocr_memory_bytes)
        if ask == "ocr"
        else (limits.pdf_seconds, limits.pdf_memory_bytes)
    )
    with child.lock:
        process = child.started(memory)
        patience = Patience(process, seconds)
        try:
            answer, files = _exchanged(process, {"ask": ask, "largest": limits.xml_bytes, **more}, content)
        except (OSError, EOFError):
            answer, files = {"error": "too-slow" if patience.ended() else "unsafe"}, []
            child.stop()
        if patience.ended():
            child.stop()
    if "error" in answer:
        raise refusal(answer["error"])
    return answer, files


class Patience:
    """How long a child is waited for. It is killed when that is over, and never once its answer is there.

    A child killed just after it answered would take the next PDF and die over it, which would then look unsafe.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        self._process, self._lock = process, threading.Lock()
        self._waiting, self._late = True, False
        self._timer = threading.Timer(seconds, self.run_out)
        self._timer.daemon = True
        self._timer.start()

    def run_out(self) -> None:
        """Kill the child, if it is still waited for."""
        with self._lock:
            if self._waiting:
                self._late = True
                self._process.kill()

    def ended(self) -> bool:
        """Wait no longer; gives whether the child was killed, so that another must be started."""
        self._timer.cancel()
        with self._lock:
            self._waiting = False
            return self._late


def _exchanged(
    process: "subprocess.Popen[bytes]", question: dict[str, Any], content: bytes
) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(json.dumps({"size": len(content), **question}).encode() + b"\n" + content)
    process.stdin.flush()
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    answer = json.loads(line)
    files = [(name, process.stdout.read(size)) for name, size in answer.get("files", ())]
    return answer, files


def _preference(name: str) -> int:
    lowered = name.lower()
    return _STANDARD_NAMES.index(lowered) if lowered in _STANDARD_NAMES else len(_STANDARD_NAMES)
