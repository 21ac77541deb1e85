"""Numbers as they are printed: by the unit of the column vocabulary and the language; the only place that rounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from numbers import Real
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from csresearch.show.specs import Scale, Unit
from csresearch.show.words import catalogue, text

DASH = "–"
MINUS = "\N{MINUS SIGN}"
# Decimals on paper; None: as many as needed, at most two.
_DECIMALS: Mapping[Unit, int | None] = {
    "points": 1, "per_point": 2, "sd": 2, "share": 0, "r2": 2, "years": 1, "money": 0, "none": None,
}  # fmt: skip
_UNITS: Mapping[object, Unit] = {unit: unit for unit in _DECIMALS}
_IN_ROW_UNIT = ("estimate", "std_error", "conf_low", "conf_high", "value", "threshold")
_COUNTS = ("n_obs", "n_effective")


class Marks(NamedTuple):
    """Marks of the numbers of a language, as the Unicode locale data (CLDR) have them."""

    decimal: str
    group: str
    percent: str


@cache
def marks(language: str) -> Marks:
    """Give the marks of the numbers of a language, read from Babel once.

    Raises
    ------
    ValueError
        If the language has no words.

    Examples
    --------
    >>> marks("en"), marks("es").decimal
    (Marks(decimal='.', group=',', percent='%'), ',')
    """
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol

    catalogue(language)
    locale = Locale.parse(language)
    percent = locale.percent_formats[None].pattern.rpartition("0")[2]
    return Marks(decimal=get_decimal_symbol(locale), group=get_group_symbol(locale), percent=percent)


def number(
    value: float | None, unit: Unit, language: str = "en", *, signed: bool = False, places: int | None = None
) -> str:
    """Print one number in its unit; NaN and None become a dash.

    Parameters
    ----------
    value : float or None
        The number at full precision.
    unit : Unit
        ``points`` and ``years`` show 1 decimal, ``share`` a whole percentage, ``money`` none,
        ``none`` at most 2, all others 2.
    language : str
        Language whose marks the number takes.
    signed : bool
        Whether a positive number carries its plus sign.
    places : int, optional
        Decimals, where the unit's own will not do.

    Returns
    -------
    str
        The printed number, with a true minus sign.

    Raises
    ------
    ValueError
        If `unit` or `language` is unknown; the message lists what is allowed.

    Examples
    --------
    >>> number(72.4567, "points"), number(0.333, "share"), number(-0.1249, "sd"), number(float("nan"), "sd")
    ('72.5', '33%', '−0.12', '–')
    >>> number(1234.5, "points", signed=True), number(1234.5, "points", "es")
    ('+1,234.5', '1.234,5')
    """
    of_unit = _decimals(unit)
    places = of_unit if places is None else places
    sign_of = marks(language)
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    scaled = abs(value) * (100 if unit == "share" else 1)
    digits = f"{scaled:,.{places if places is not None else 0 if float(scaled).is_integer() else 2}f}"
    sign = "" if not digits.strip("0.,") else MINUS if value < 0 else "+" if signed else ""
    if sign_of.decimal != ".":
        digits = digits.translate({ord(","): sign_of.group, ord("."): sign_of.decimal})
    return f"{sign}{digits}{sign_of.percent if unit == 'share' else ''}"


def interval(
    value: float | None,
    low: float | None,
    high: float | None,
    unit: Unit,
    language: str = "en",
    *,
    signed: bool = False,
) -> str:
    """Print a number with its interval in brackets; the number alone where there is no interval.

    Examples
    --------
    >>> interval(72.46, 70.8, 74.1, "points"), interval(72.46, None, None, "points")
    ('72.5 [70.8, 74.1]', '72.5')
    """
    return f"{number(value, unit, language, signed=signed)} {ends(low, high, unit, language, signed=signed)}".strip()


def ends(low: float | None, high: float | None, unit: Unit, language: str = "en", *, signed: bool = False) -> str:
    """Print the ends of an interval in brackets; nothing where there is none.

    Examples
    --------
    >>> ends(70.8, 74.1, "points"), ends(None, None, "points")
    ('[70.8, 74.1]', '')
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    return f"[{text('sign.between', language).join(number(end, unit, language, signed=signed) for end in (low, high))}]"


def p_value(value: float | None, language: str = "en") -> str:
    """Print a p-value with 3 decimals, never zero.

    Examples
    --------
    >>> p_value(0.0342), p_value(0.00001), p_value(float("nan"))
    ('0.034', '< 0.001', '–')
    """
    if value is None or math.isnan(value):
        return DASH
    decimal = marks(language).decimal
    return f"< 0{decimal}001" if value < 0.0005 else f"{value:.3f}".replace(".", decimal)


def base(n_obs: float, n_effective: float | None = None, language: str = "en") -> str:
    """Say how many answers stand behind a number.

    Examples
    --------
    >>> base(1200, 940.3)
    'n = 1,200 (effective 940)'
    """
    fields: dict[str, object] = {"n": number(n_obs, "money", language)}
    if n_effective is None or math.isnan(n_effective):
        return text("base.plain", language, fields=fields)
    fields["effective"] = number(n_effective, "money", language)
    return text("base.effective", language, fields=fields)


def axis_caption(title: str, unit: Unit, axis: Scale, language: str = "en") -> str:
    """Name an axis, and say its range where it does not hold zero.

    Examples
    --------
    >>> axis_caption("Index", "points", Scale(low=70.0, high=80.0, step=2.0))
    'Index (axis from 70 to 80)'
    """
    if axis.low <= 0 <= axis.high:
        return title
    shown: Unit = "share" if unit == "share" else "none"
    low, high = (number(round(end, 10), shown, language) for end in (axis.low, axis.high))
    return text("lines.range", language, fields={"title": title, "low": low, "high": high})


def tick_places(axis: Scale, unit: Unit) -> int:
    """Decimals that every tick of an axis is printed with: those of its step.

    Examples
    --------
    >>> tick_places(Scale(low=75, high=92.5, step=2.5), "points"), tick_places(Scale(low=0, high=1, step=0.2), "share")
    (1, 0)
    """
    step = axis.step * (100 if unit == "share" else 1)
    return next((places for places in range(6) if math.isclose(step, round(step, places), rel_tol=1e-6)), 6)


def excel_format(unit: Unit, language: str = "en", *, places: int | None = None) -> str:
    """Format of a spreadsheet cell or an axis; the cell keeps the full precision.

    `places` are the decimals of an axis, where the unit's own will not do.

    Decimal and group marks are those of the reader's program, so only the percent sign follows the language.

    Examples
    --------
    >>> excel_format("share"), excel_format("points")
    ('0%', '0.0')
    >>> excel_format("share", places=1)
    '0.0%'
    """
    if places is not None:
        return f"{f'{0:.{places}f}'}{marks(language).percent if unit == 'share' else ''}"
    special: Mapping[Unit, str] = {"share": f"0{marks(language).percent}", "money": "#,##0", "none": "General"}
    return special.get(unit) or f"0.{'0' * (_decimals(unit) or 0)}"


def cell(value: object, unit: Unit | None, language: str = "en") -> str:
    """Print one cell of a table: text as it is, numbers in `unit`, missing as a dash.

    Examples
    --------
    >>> cell("price", None), cell(0.33, "share"), cell(None, "share")
    ('price', '33%', '–')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA or value is pd.NaT:
        return DASH
    if isinstance(value, (bool, np.bool_)):
        return text("word.yes" if value else "word.no", language)
    if unit is None and isinstance(value, str):
        return value
    return number(float(value), unit or "none", language) if isinstance(value, Real) else str(value)


def column_unit(name: str, row_unit: object) -> Unit | Literal["p"] | None:
    """Tell how a column of the vocabulary is read in a row whose `unit` is `row_unit`; None for text.

    Examples
    --------
    >>> column_unit("conf_low", "share"), column_unit("n_obs", "share"), column_unit("item", "share")
    ('share', 'money', None)
    """
    if name in _IN_ROW_UNIT:
        return _UNITS.get(row_unit, "none")
    if name in _COUNTS:
        return "money"
    if name == "p_value":
        return "p"
    return "none" if name in ("x", "y", "df", "df_residual") else None


def title(name: str, language: str = "en") -> str:
    """Give the printed title of a column; an unknown name keeps its own words.

    Examples
    --------
    >>> title("conf_low"), title("my_column")
    ('Low', 'my column')
    """
    return word("column", name, language)


def word(kind: str, name: str, language: str = "en") -> str:
    """Say a column, statistic or unit in words; an unknown name keeps its own words.

    Examples
    --------
    >>> word("statistic", "lmg_share"), word("statistic", "my_statistic")
    ('LMG share', 'my statistic')
    """
    try:
        return text(f"{kind}.{name}", language)
    except KeyError:
        return str(name).replace("_", " ")


def _decimals(unit: Unit) -> int | None:
    if unit not in _DECIMALS:
        raise ValueError(f"unit must be one of {', '.join(_DECIMALS)}; found {unit!r}")
    return _DECIMALS[unit]
