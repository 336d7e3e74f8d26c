"""A file that a page gives away: always a download, by a name that every system takes."""

from django.http import HttpResponse

LONGEST_NAME, LONGEST_ENDING = 80, 10


def download(content: bytes, name: str, content_type: str = "application/octet-stream") -> HttpResponse:
    """The file as an answer; what others sent in is not shown as a page of ours."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(name)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def file_name(name: str) -> str:
    """A name as every system takes it: other signs than letters and figures become `_`, and its ending stays.

    >>> file_name("F/2026 é 1.xml"), file_name("../.."), file_name("a" * 300 + ".pdf") == "a" * 76 + ".pdf"
    ('F_2026___1.xml', '_', True)
    """
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in name)
    stem, dot, ending = plain.rpartition(".")
    if not stem or not 0 < len(ending) <= LONGEST_ENDING:
        stem, dot, ending = plain, "", ""
    return (stem.strip(".")[: LONGEST_NAME - len(dot + ending)] or "_") + dot + ending
