"""How much room a text takes, without a font at hand: advance widths of Arial Bold, the widest face in use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from csresearch.show.columns import columns_of, is_wide

# Thousandths of the font size for the characters 32 to 126; Liberation Sans Bold and Helvetica Bold agree.
_WIDTHS = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
)  # fmt: skip
LINE_HEIGHT = 1.2
CHINESE_LINE = 1.45  # Microsoft YaHei has 1.32, Noto Sans CJK and Source Han Sans 1.45
_SLACK = 0.985  # programs set the same face a little wider or narrower
_BETWEEN = 250  # thousandths that some programs put between Chinese and Latin signs
LABEL = 60  # columns of a label in a headline or a chart; the list of items has the whole wording


@lru_cache(maxsize=16384)
def text_width(text: str, size: float) -> float:
    """Width of one line in points, at `size` points.

    Examples
    --------
    >>> round(text_width("CSI", 10), 1), text_width("满意", 10), round(text_width("满意度 CSI", 10))
    (16.7, 20.0, 52)
    """
    turns = 0
    if not text.isascii():
        turns = sum(one != other for one, other in pairwise(map(is_wide, text)))
    return (sum(map(_advance, text)) + _BETWEEN * turns) * size / 1000


def line_height(text: str) -> float:
    """Height of a line in font sizes; Chinese lines are taller.

    Examples
    --------
    >>> line_height("price"), line_height("价格")
    (1.2, 1.45)
    """
    return CHINESE_LINE if not text.isascii() and any(map(is_wide, text)) else LINE_HEIGHT


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of a text in a box of `width` points; words break at spaces, Chinese anywhere, a word without room too.

    Examples
    --------
    >>> wrapped("price, given the quality", 70, 10), wrapped("priceless", 25, 10)
    (['price, given', 'the quality'], ['price', 'less'])
    """
    return list(_wrapped(text, width, size))


@lru_cache(maxsize=4096)
def _wrapped(text: str, width: float, size: float) -> tuple[str, ...]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in (part for word in _pieces(paragraph) for part in _parted(word, width, size)):
            if line and text_width((line + piece).rstrip(), size) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        lines.append(line.rstrip())
    return tuple(lines)


def _parted(word: str, width: float, size: float) -> list[str]:
    """Break a word that no line has room for."""
    if text_width(word.rstrip(), size) <= width:
        return [word]
    parts = [word[:1]]
    for sign in word[1:]:
        if text_width(parts[-1] + sign.rstrip(), size) > width:
            parts.append("")
        parts[-1] += sign
    return parts


def text_height(text: str, width: float, size: float) -> float:
    """Height in points of a text wrapped in a box of `width` points.

    Examples
    --------
    >>> text_height("price, given the quality", 70, 10)
    24.0
    """
    return sum(map(line_height, wrapped(text, width, size))) * size


def fitting_size(text: str, *, width: float, height: float, sizes: Sequence[float]) -> float | None:
    """Find the first of `sizes` at which the text fits a box in points; None if there is none.

    Examples
    --------
    >>> fitting_size("price, given the quality", width=70, height=26, sizes=(14, 12, 10))
    10
    """
    width *= _SLACK
    for size in sizes:
        if text_height(text, width, size) <= height and _longest(text, size) <= width:
            return size
    return None


def fitting(text: str, *, width: float, height: float, size: float) -> str:
    r"""Cut a text to the lines that fit a box in points.

    Examples
    --------
    >>> fitting("price, given the quality, and the time it took", width=70, height=26, size=10)
    'price, given\nthe quality, …'
    """
    lines = wrapped(text, width, size)
    room = max(1, int(height // (size * line_height(text))))
    if len(lines) <= room:
        return text
    return "\n".join(lines[:room]) + " …"


def shortened(text: str, limit: int = LABEL) -> str:
    """Cut the middle out of a long text: wordings of one battery begin alike. Chinese characters count twice.

    Examples
    --------
    >>> shortened("How satisfied are you with the waiting time at the counter?", 30)
    'How satisfied are … the counter?'
    """
    if columns_of(text) <= limit:
        return text
    head, tail = text, text
    while columns_of(head) > limit * 3 // 5:
        head = head[:-1]
    while columns_of(tail) > limit * 2 // 5:
        tail = tail[1:]
    return f"{head.rstrip()} … {tail.lstrip()}"


def _longest(text: str, size: float) -> float:
    return max((text_width(piece.rstrip(), size) for piece in _pieces(text)), default=0.0)


def _pieces(text: str) -> list[str]:
    """Parts between which a line may break."""
    return [piece for piece in re.findall(r"[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+\s*|\s+", text) if piece]


@cache
def _advance(sign: str) -> float:
    base = unicodedata.normalize("NFD", sign)[0]
    if " " <= base <= "~":
        return _WIDTHS[ord(base) - 32]
    return 1000 if is_wide(sign) else 600
