"""Tables for reading: tidy frames with their numbers printed, as frames and as HTML."""

from __future__ import annotations

from html import escape
from numbers import Real

import pandas as pd

from csresearch.show.format import DASH, MINUS, cell, column_unit, interval, p_value, title, word
from csresearch.show.phrase import retold

_BESIDE_SUBJECT = (
    *("statistic", "unit", "method", "estimate", "std_error", "conf_low", "conf_high", "p_value"),
    *("df", "df_residual", "n_obs", "n_effective", "reason"),
)
_SENTENCES = {"reason": "reason", "method": "interval"}  # columns of plain English, with the room of their words


def printed(frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Print a tidy table as it is read: titles for names, words for statistics, numbers rounded by their unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table of the column vocabulary; columns without any value are left out.
    language : str
        Language of words and numbers.

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
        Language of words and numbers.

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
    if name in _SENTENCES and isinstance(value, str):
        return retold(value, _SENTENCES[name], language)
    unit = column_unit(name, row_unit)
    if unit == "p":
        return p_value(float(value), language) if isinstance(value, Real) else cell(value, None, language)
    return cell(value, unit, language)
