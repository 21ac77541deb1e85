"""Numbers as they are printed: by the unit of the column vocabulary and the language; the only place that rounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
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
_BESIDE_SUBJECT = (
    *("statistic", "unit", "method", "estimate", "std_error", "conf_low", "conf_high", "p_value"),
    *("df", "df_residual", "n_obs", "n_effective", "reason"),
)


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


def printed(frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Print a tidy table as it is read: titles for names, words for statistics, numbers rounded by their unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table of the column vocabulary; columns without any value are left out.
    language : str
        ``en``, ``zh`` or ``es``.

    Returns
    -------
    pandas.DataFrame
        Strings, same rows.

    Examples
    --------
    >>> printed(pd.DataFrame({"item": ["price"], "estimate": [0.3333], "unit": ["share"]}))
        Item Estimate   Unit
    0  price      33%  share
    """
    units = frame["unit"].tolist() if "unit" in frame else ["none"] * len(frame)
    columns = {
        title(name, language): [
            _table_cell(name, value, unit, language) for value, unit in zip(frame[name].tolist(), units, strict=True)
        ]
        for name in frame.columns
        if frame[name].notna().any()
    }
    return pd.DataFrame(columns, index=frame.index)


def reading_table(frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Arrange a tidy table for reading: a row a subject, a column a statistic, each number with its interval.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table of the column vocabulary; one without `statistic` and `estimate` is printed as it stands.
    language : str
        ``en``, ``zh`` or ``es``.

    Returns
    -------
    pandas.DataFrame
        Strings; the subjects are the index. The unit stands in the heading where a statistic has several.

    Examples
    --------
    >>> shares = {"term": ["price"], "statistic": ["lmg_share"], "unit": ["share"], "estimate": [0.333]}
    >>> reading_table(pd.DataFrame(shares | {"conf_low": [0.25], "conf_high": [0.41]})).iloc[0].to_dict()
    {'LMG share': '33% [25%, 41%]'}
    """
    if not {"statistic", "unit", "estimate"} <= set(frame.columns):
        return printed(frame, language)
    keys = [name for name in frame.columns if name not in _BESIDE_SUBJECT and frame[name].notna().any()]
    several = frame.groupby("statistic")["unit"].nunique() > 1
    columns: dict[str, dict[tuple[str, ...], str]] = {}
    for row in frame.to_dict("records"):
        heading = word("statistic", row["statistic"], language)
        heading += f" ({word('unit', row['unit'], language)})" if several[row["statistic"]] else ""
        subject = tuple(_subject(key, row[key], language) for key in keys)
        printed_number = interval(row["estimate"], row.get("conf_low"), row.get("conf_high"), row["unit"], language)
        columns.setdefault(heading, {})[subject] = printed_number
    subjects = list(dict.fromkeys(subject for column in columns.values() for subject in column))
    cells = {heading: [column.get(subject, DASH) for subject in subjects] for heading, column in columns.items()}
    if not keys:
        return pd.DataFrame(cells, index=[""] * len(subjects))
    names = [title(key, language) for key in keys]
    single = pd.Index([subject[0] for subject in subjects], name=names[0])
    return pd.DataFrame(cells, index=pd.MultiIndex.from_tuples(subjects, names=names) if len(keys) > 1 else single)


def _subject(key: str, value: object, language: str) -> str:
    """Words for what a row is about; an item keeps the name that it has in the file."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return DASH
    if key == "category":
        return word("quadrant", str(value), language)
    return str(value) if key == "item" else str(value).replace("_", " ")


def frame_html(frame: pd.DataFrame, *, title: str = "", footer: str = "") -> str:
    """Write a table for a notebook: arranged by `reading_table`, with a caption and scoped headings.

    Examples
    --------
    >>> frame_html(pd.DataFrame({"value": [1.234]}), title="Checks").startswith("<table><caption")
    True
    """
    table = reading_table(frame)
    table = table.reset_index() if any(table.index.names) else table
    aligned = [f'style="text-align:{"right" if _numeric(table.iloc[:, k]) else "left"}"' for k in range(table.shape[1])]
    heads = [f'<th scope="col" {side}>{escape(str(name))}</th>' for name, side in zip(table, aligned, strict=True)]
    rows = [
        "".join(f"<td {side}>{escape(str(value))}</td>" for value, side in zip(row, aligned, strict=True))
        for row in table.itertuples(index=False, name=None)
    ]
    caption = f'<caption style="text-align:left;font-weight:bold">{escape(title)}</caption>' if title else ""
    foot = f"<p><small>{escape(footer)}</small></p>" if footer else ""  # in the table it would stretch the columns
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>{caption}\n<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>{body}</tbody></table>{foot}"


def _numeric(column: pd.Series) -> bool:
    """Whether every cell is a printed number, so that the column stands to the right."""
    return bool(column.astype(str).str.fullmatch(rf"[{MINUS}{DASH}+<∞\d.,;%\[\]\s]+").all())


def _table_cell(name: str, value: object, row_unit: object, language: str) -> str:
    if name in ("statistic", "unit") and isinstance(value, str):
        return word(name, value, language)
    unit = column_unit(name, row_unit)
    if unit == "p":
        return p_value(float(value), language) if isinstance(value, Real) else cell(value, None, language)
    return cell(value, unit, language)


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
