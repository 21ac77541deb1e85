"""Damage that must be found before a file of SPSS or Stata is parsed: it would bring the parser down or never end."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HEADER = 176  # bytes of a header of SPSS
_DEFLATED = 1032  # bytes that one byte of a .zsav can stand for, at most


def damage(content: bytes) -> str | None:
    """Say what is wrong with counts and references of a file; None where they can be followed.

    Examples
    --------
    >>> damage(b"$FL2" + bytes(40))
    'its header is cut short'
    """
    if content.startswith(b"$FL"):
        return _of_spss(content)
    return _of_stata(content)


def _of_spss(content: bytes) -> str | None:
    if len(content) < _HEADER:
        return "its header is cut short"
    order = "<" if content[64] in (2, 3) else ">"
    most = len(content) * (_DEFLATED if content.startswith(b"$FL3") else 1)
    if struct.unpack_from(f"{order}i", content, 80)[0] > most:
        return "it tells more respondents than it can hold"
    try:
        variables = 0
        for kind, numbers in _records(content, order):
            variables += kind == 2
            if kind == 4 and not all(1 <= number <= variables for number in numbers):
                return "its labels belong to no variable"
    except (struct.error, ValueError):
        return "its dictionary is cut short"
    return None


def _records(content: bytes, order: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Walk through the dictionary of an SPSS file: the kind of each record, and the variables of its labels."""
    place = _HEADER

    def whole(count: int = 1) -> tuple[int, ...]:
        nonlocal place
        start, place = place, place + 4 * count
        if count < 0 or place > len(content):
            raise ValueError
        return struct.unpack_from(f"{order}{count}i", content, start)

    while (kind := whole()[0]) != 999:
        numbers: tuple[int, ...] = ()
        if kind == 2:  # a variable: type, has a label, codes declared missing, two formats, name of 8 bytes
            _, labelled, missing, *_ = whole(7)
            size = whole()[0] if labelled else 0
            place += -(-size // 4) * 4 + 8 * abs(missing)
        elif kind == 3:  # words for codes: each a code of 8 bytes, a length of 1, words filled up to 8
            for _ in range(whole()[0]):
                whole(2)
                place += (content[place] // 8 + 1) * 8 if place < len(content) else 8
        elif kind == 4:  # the variables of the words before
            numbers = whole(whole()[0])
        elif kind in (6, 7):  # lines of notes; an extension: its kind, the size and number of its parts
            size, count = (80, whole()[0]) if kind == 6 else whole(3)[1:]
            place += size * count
        else:
            raise ValueError
        yield kind, numbers


def _of_stata(content: bytes) -> str | None:
    """Compare the number of respondents with the size; a row takes a byte at least."""
    tagged = content[:400].find(b"<N>")
    try:
        if tagged >= 0:
            wide = content[:80].find(b"<release>117") < 0
            order = "<" if b"<byteorder>LSF" in content[:200] else ">"
            respondents = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", content, tagged + 3)[0]
        else:
            respondents = struct.unpack_from("<i" if content[1:2] == b"\2" else ">i", content, 6)[0]
    except struct.error:
        return "its header is cut short"
    return "it tells more respondents than it can hold" if not 0 <= respondents <= len(content) else None
