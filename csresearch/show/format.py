"""Numbers as they are printed: by the unit of the column vocabulary and the language; the only place that rounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd

from csresearch.show.specs import Unit
from csresearch.show.words import text

DASH = "–"
MINUS = "\N{MINUS SIGN}"
_NARROW = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, kw_only=True)
class _UnitFormat:
    """Decimals on paper (None: as many as needed, at most two), the factor, and the format of a spreadsheet cell."""

    decimals: int | None
    excel: str
    percent: bool = False


@dataclass(frozen=True, kw_only=True)
class _Language:
    """Signs of a language."""

    decimal: str
    thousands: str
    separator: str
    percent: str


_UNITS: Mapping[Unit, _UnitFormat] = {
    "points": _UnitFormat(decimals=1, excel="0.0"),
    "per_point": _UnitFormat(decimals=2, excel="0.00"),
    "sd": _UnitFormat(decimals=2, excel="0.00"),
    "share": _UnitFormat(decimals=0, excel="0%", percent=True),
    "r2": _UnitFormat(decimals=2, excel="0.00"),
    "years": _UnitFormat(decimals=1, excel="0.0"),
    "money": _UnitFormat(decimals=0, excel="#,##0"),
    "none": _UnitFormat(decimals=None, excel="General"),
}
_LANGUAGES: Mapping[str, _Language] = {
    "en": _Language(decimal=".", thousands=",", separator=", ", percent="%"),
    "zh": _Language(decimal=".", thousands=",", separator=", ", percent="%"),
    "es": _Language(decimal=",", thousands=".", separator="; ", percent=f"{_NARROW}%"),
}
_IN_ROW_UNIT = ("estimate", "std_error", "conf_low", "conf_high", "value", "threshold")
_COUNTS = ("n_obs", "n_effective")


def number(value: float | None, unit: Unit, language: str = "en", *, signed: bool = False) -> str:
    """Print one number in its unit; NaN and None become a dash.

    Parameters
    ----------
    value : float or None
        The number at full precision.
    unit : Unit
        ``points`` and ``years`` show 1 decimal, ``share`` a whole percentage, ``money`` none,
        ``none`` at most 2, all others 2.
    language : str
        ``en``, ``zh`` or ``es``.
    signed : bool
        Whether a positive number carries its plus sign.

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
    >>> number(1234.5, "points", "es")
    '1.234,5'
    """
    form, signs = _unit(unit), _signs(language)
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    scaled = value * 100 if form.percent else value
    decimals = form.decimals if form.decimals is not None else (0 if float(scaled).is_integer() else 2)
    digits = f"{abs(scaled):,.{decimals}f}"
    zero = not digits.strip("0.,")
    digits = "".join({",": signs.thousands, ".": signs.decimal}.get(sign, sign) for sign in digits)
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return f"{sign}{digits}{signs.percent if form.percent else ''}"


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
    centre = number(value, unit, language, signed=signed)
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return centre
    ends = _signs(language).separator.join(number(end, unit, language, signed=signed) for end in (low, high))
    return f"{centre} [{ends}]"


def p_value(value: float | None, language: str = "en") -> str:
    """Print a p-value with 3 decimals, never zero.

    Examples
    --------
    >>> p_value(0.0342), p_value(0.00001), p_value(float("nan"))
    ('0.034', '< 0.001', '–')
    """
    if value is None or math.isnan(value):
        return DASH
    decimal = _signs(language).decimal
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


def excel_format(unit: Unit) -> str:
    """Format of a spreadsheet cell or an axis; the cell keeps the full precision.

    Examples
    --------
    >>> excel_format("share")
    '0%'
    """
    return _unit(unit).excel


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
        known: dict[object, Unit] = {unit: unit for unit in _UNITS}
        return known.get(row_unit, "none")
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


def _unit(unit: Unit) -> _UnitFormat:
    if unit not in _UNITS:
        raise ValueError(f"unit must be one of {', '.join(_UNITS)}; found {unit!r}")
    return _UNITS[unit]


def _signs(language: str) -> _Language:
    if language not in _LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(_LANGUAGES)}; found {language!r}")
    return _LANGUAGES[language]
