"""Answers one question after another about PDFs, within the memory it was started with (bytes, its only argument)."""

import json
import sys
from typing import IO, Any

import pypdfium2

from inbaar.intake.pdf_child.attachments import xml_files
from inbaar.intake.pdf_child.page_words import text_pages
from inbaar.intake.pdf_child.picture import page_picture, page_sizes

_WRONG_PASSWORD = 4
_DAMAGED: dict[str, Any] = {"error": "damaged"}


def main() -> None:
    """Answer until the input ends."""
    _limit_memory(int(sys.argv[1]))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        question = json.loads(line)
        _answer(question, source.read(question["size"]), target)
        target.flush()


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(question: dict[str, Any], content: bytes, target: IO[bytes]) -> None:
    files: list[tuple[str, bytes]] = []
    answer: dict[str, Any]
    try:
        document = pypdfium2.PdfDocument(content)
        if question["ask"] == "xml":
            files, too_large = xml_files(document, question["largest"])
            answer = {"files": [(name, len(found)) for name, found in files], "too_large": too_large}
        elif question["ask"] == "text":
            answer = text_pages(document)
        elif question["ask"] == "sizes":
            answer = page_sizes(document, question["most"])
        elif question["ask"] == "picture":
            answer, files = page_picture(document, question["place"])
        else:
            # OCR loads a hundred megabytes of libraries: only the child that is asked for it does.
            from inbaar.intake.pdf_child.recognition import recognised_page

            answer = recognised_page(document, question["place"])
        document.close()
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _WRONG_PASSWORD
        files, answer = [], {"error": "encrypted"} if locked else _DAMAGED
    target.write(json.dumps(answer).encode() + b"\n")
    for _, found in files:
        target.write(found)


if __name__ == "__main__":
    main()
