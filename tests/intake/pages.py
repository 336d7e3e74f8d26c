"""Pages written for the tests word by word: texts at places, in points from the left bottom."""

from tests.intake.documents import _file


def page_pdf(*texts: tuple[int, int, str]) -> bytes:
    """A one-page A4 PDF in Helvetica with these texts."""
    drawn = b"".join(b"BT /F1 10 Tf %d %d Td (%b) Tj ET\n" % (x, y, _escaped(text)) for x, y, text in texts)
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ],
        b"",
    )


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
