"""The child process that opens PDFs: reads them from standard input, gives their XML attachments on standard output.

Started by `pdf.py` as a program of its own, so it imports nothing of the package. A PDF comes as eight bytes of length
and its content; the answer is one line of JSON (`has_text`, `too_large`, `files` as name and size, or `error`) and the
files themselves, after each other. It ends when its input does.
"""

import ctypes
import json
import sys
from typing import IO

import pypdfium2
import pypdfium2.raw as pdfium

_MOST_ATTACHMENTS = 100
_PAGES_LOOKED_AT = 5
_WRONG_PASSWORD = 4
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<", b"\0<")


def main() -> None:
    """Answer one PDF after another."""
    memory, largest = int(sys.argv[1]), int(sys.argv[2])
    _limit_memory(memory)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(8)) == 8:
        _answer(source.read(int.from_bytes(head, "big")), largest, target)
        target.flush()


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(content: bytes, largest: int, target: IO[bytes]) -> None:
    files: list[tuple[str, bytes]] = []
    answer: dict[str, object]
    try:
        document = pypdfium2.PdfDocument(content)
        files, too_large = _xml_files(document, largest)
        answer = {
            "has_text": bool(files) or _has_text(document),
            "too_large": None if files else too_large,
            "files": [(name, len(found)) for name, found in files],
        }
        document.close()
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _WRONG_PASSWORD
        files, answer = [], {"error": "encrypted" if locked else "damaged"}
    target.write(json.dumps(answer).encode() + b"\n")
    for _, found in files:
        target.write(found)


def _xml_files(document: pypdfium2.PdfDocument, largest: int) -> tuple[list[tuple[str, bytes]], int | None]:
    """The attachments that look like XML, whatever they are called, and the size of one that is too large to take."""
    files: list[tuple[str, bytes]] = []
    too_large = None
    taken = 0
    for place in range(min(document.count_attachments(), _MOST_ATTACHMENTS)):
        attachment = document.get_attachment(place)
        size = ctypes.c_ulong()
        if not pdfium.FPDFAttachment_GetFile(attachment, None, 0, size):
            continue
        if taken + size.value > largest:
            too_large = size.value
            continue
        found = bytes(attachment.get_data())
        if found.lstrip().startswith(_XML_STARTS):
            taken += len(found)
            files.append((attachment.get_name(), found))
    return files, too_large


def _has_text(document: pypdfium2.PdfDocument) -> bool:
    for place in range(min(len(document), _PAGES_LOOKED_AT)):
        if document[place].get_textpage().count_chars():
            return True
    return False


if __name__ == "__main__":
    main()
