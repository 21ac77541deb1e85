"""Colours, fonts and sizes of everything that is shown; safe for colour-blind readers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The look shared by figures, page, workbook and deck.

    Colours are hexadecimal without ``#``. The accents are those of Okabe and Ito (2008), which stay apart under
    protanopia, deuteranopia and tritanopia; text colours keep a contrast of at least 4.5 on `paper` (WCAG 2.2).
    Figures are drawn with the bundled font `drawn`; deck and page name fonts that their readers have.
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
    green: str = "009E73"
    drawn: str = "csresearch Sans"
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
