"""A file damaged as senders, networks and attackers damage files: the same chance gives the same damage.

One to four changes to a file of the corpus, each of a kind that readers stumble over: cut, doubled, moved, joined to
another file, bits flipped, values taken to extremes, nested deeply, repeated hugely, in another encoding.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

#: What a damaged file may grow to. Repeating stops here; size limits of the readers are tested elsewhere.
MOST_BYTES = 2_000_000
_DEEPEST = 5_000
_NUMBER = re.compile(rb"\d[\d.,]*")
_VALUE = re.compile(rb">([^<>]{1,200})<")
_OPENING = re.compile(rb"<([A-Za-z_][\w:.-]{0,60})[^<>]{0,200}>")
_ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "cp1252",
    "iso-8859-15",
    "cp037",
    "utf-8-sig",
)
_VALUES = (
    b"0", b"-0", b"-1", b"0.00", b"9" * 15, b"9" * 16, b"9" * 400, b"-" + b"9" * 30, b"1e9", b"1E+999999", b"1e-999999",
    b"NaN", b"sNaN", b"Infinity", b"-inf", b"0x10", b"1_000", b"1,000.00", b"1.000,00", b"0." + b"0" * 300 + b"1", b"",
    b" ", b"00000000", b"0000-00-00", b"2026-02-30", b"9999-12-31", b"10000-01-01", b"260229", b"99991231", b"31-12-9999",
    "٣٤,٥٦".encode(), "²".encode(), "−5".encode(), "€".encode(), b"EUR", b"XXX", b"true",
)  # fmt: skip
_TOKENS = (
    b"<", b">", b"</", b"/>", b"&", b"&#0;", b"&#xD800;", b"&x;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x ?>", b"xmlns=''",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b'"', b"'", b";", b",", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\0", b"\xff", b"\xfe\xff",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", "\u202e".encode(), "\u0000".encode(), b"\x1a", b"\x85", b":61:", b":86:", b":62F:", b"-}",
    b"{1:", b"=?utf-8?B?", b"?=", b"=\r\n", b"--", b"boundary=", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n", b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02",
    b"%PDF-", b"endstream", b"endobj", b"startxref", b"<<", b">>", b"/Kids", b"1 0 R", b"sep=;",
)  # fmt: skip

#: One kind of damage: the content, the other files it may be joined to, and the chance that decides.
Damage = Callable[[bytes, Sequence[bytes], Random], bytes]


def mutated(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """The content with one to four changes; never longer than `MOST_BYTES`, unless it was."""
    most = max(MOST_BYTES, len(content))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        content = chance.choice(DAMAGES)(content, others, chance)[:most]
    return content


def _stretch(content: bytes, chance: Random) -> tuple[int, int]:
    """Where a piece begins and ends: a few bytes, a line or so, or much of the file."""
    start = chance.randint(0, len(content))
    longest = chance.choice((1, 8, 80, 800, len(content)))
    return start, min(len(content), start + chance.randint(1, max(1, longest)))


def _piece(content: bytes, chance: Random) -> tuple[int, int]:
    """A stretch that means something: an element, a line, or, where neither is found, any stretch."""
    kind, at = chance.randrange(3), chance.randint(0, len(content))
    if kind == 0 and (opened := _OPENING.search(content, at)):
        closing = b"</" + opened[1] + b">"
        end = content.find(closing, opened.end())
        if end >= 0:
            return opened.start(), end + len(closing)
    if kind == 1:
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
        return start, len(content) if end < 0 else end + 1
    return _stretch(content, chance)


def _cut(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    start, end = _piece(content, chance)
    return content[:start] + content[end:]


def _cut_off(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _doubled(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    start, end = _piece(content, chance)
    return content[:end] + content[start:end] + content[end:]


def _repeated(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A piece a few times, hundreds of times, or up to the limit."""
    start, end = _piece(content, chance)
    size = max(1, end - start)
    times = min(chance.choice((3, 30, 300, 3_000)), chance.choice((20_000, 100_000, MOST_BYTES)) // size)
    return content[:end] + content[start:end] * times + content[end:]


def _swapped(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    (a, b), (c, d) = sorted((_piece(content, chance), _piece(content, chance)))
    if b > c:
        return content[:c] + content[c:d][::-1] + content[d:]
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def _moved(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    start, end = _piece(content, chance)
    left, piece = content[:start] + content[end:], content[start:end]
    at = chance.randint(0, len(left))
    return left[:at] + piece + left[at:]


def _spliced(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """The start of one file and the end of another, or a piece of another in it."""
    other = chance.choice(others)
    if chance.random() < 0.5:
        return content[: chance.randint(0, len(content))] + other[chance.randint(0, len(other)) :]
    start, end = _piece(other, chance)
    at = chance.randint(0, len(content))
    return content[:at] + other[start:end] + content[at:]


def _bits_flipped(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 3, 30)) if damaged else 0):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _other_value(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A number, or the text of an element, is something else; sometimes everywhere it stands."""
    found = chance.choice((_NUMBER, _VALUE)).search(content, chance.randint(0, len(content)))
    if found is None:
        return content
    old, new = found[0], chance.choice(_VALUES)
    new = b">" + new + b"<" if old[:1] == b">" else new
    if chance.random() < 0.2:
        return content.replace(old, new, 1_000)
    return content[: found.start()] + new + content[found.end() :]


def _token_put_in(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    at = chance.randint(0, len(content))
    return content[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 40)) + content[at:]


def _nested(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A piece within itself, so many times that what recurses runs out of stack."""
    depth = chance.choice((10, 200, 300, 1_000, _DEEPEST))
    start, end = _piece(content, chance)
    opened = _OPENING.match(content, start)
    opening, closing = (opened[0], b"</" + opened[1] + b">") if opened else chance.choice(_BRACKETS)
    if len(opening) * depth > MOST_BYTES // 2:
        return content
    return content[:start] + opening * depth + content[start:end] + closing * depth + content[end:]


_BRACKETS = (
    (b"(", b")"),
    (b"[", b"]"),
    (b"<<", b">>"),
    (b"{", b"}"),
    (b"<a>", b"</a>"),
    (b'"', b'"'),
    (b"<!--", b"-->"),
)


def _encoded(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """The text in another encoding, which it declares or not; or another encoding declared than it has."""
    encoding = chance.choice(_ENCODINGS)
    declared = re.sub(rb'encoding="[^"]{0,40}"', b'encoding="%b"' % encoding.encode(), content, count=1)
    if chance.random() < 0.3:
        return declared
    text = chance.choice((content, declared)).decode("utf-8", "replace")
    return text.encode(encoding, "replace")


DAMAGES: tuple[Damage, ...] = (
    _cut, _cut, _cut_off, _doubled, _doubled, _repeated, _swapped, _moved, _spliced, _bits_flipped, _other_value, _other_value,
    _other_value, _token_put_in, _nested, _encoded,
)  # fmt: skip
