"""Colours, fonts and sizes of everything that is shown; safe for colour-blind readers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The look shared by figures, page, workbook and deck.

    Colours are hexadecimal without ``#``. The accents are those of Okabe and Ito (2008), which stay apart under
    protanopia, deuteranopia and tritanopia; text colours keep a contrast of at least 4.5 on `paper` (WCAG 2.2).
    """

    ink: str = "1B2733"
    navy: str = "12355B"
    muted: str = "5B6673"
    line: str = "D5DAE1"
    tint: str = "F3F6F9"
    paper: str = "FFFFFF"
    calm: str = "7C9CBF"
    accent: str = "0072B2"
    alert: str = "D55E00"
    series: tuple[str, ...] = ("0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "7C9CBF")
    latin: str = "Arial"
    chinese: str = "Microsoft YaHei"
    families: tuple[str, ...] = (
        "Arial",
        "Liberation Sans",
        "Helvetica",
        "Microsoft YaHei",
        "PingFang SC",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "WenQuanYi Micro Hei",
        "DejaVu Sans",
    )


THEME = Theme()


def hexadecimal(colour: str) -> str:
    """Colour as matplotlib and CSS write it.

    Examples
    --------
    >>> hexadecimal("0072B2")
    '#0072B2'
    """
    return f"#{colour}"


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2).

    Examples
    --------
    >>> round(contrast("000000", "FFFFFF"), 1)
    21.0
    """
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
