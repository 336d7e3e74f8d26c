"""The files inside a PDF that look like XML, whatever they are called."""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium

_MOST_ATTACHMENTS = 100
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<", b"\0<")


def xml_files(document: pypdfium2.PdfDocument, largest: int) -> tuple[list[tuple[str, bytes]], int | None]:
    """The XML attachments, at most `largest` bytes together; where there are none, the size of one too large to take."""
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
    return files, None if files else too_large
