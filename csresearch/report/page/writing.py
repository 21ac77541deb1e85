"""Page: exhibits become one self-contained HTML file, for screen, phone, print and screen reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from csresearch.report.exhibit import Exhibit, Report, as_table, facts
from csresearch.report.files import write_whole
from csresearch.report.page.board import panel
from csresearch.show.charts import svg
from csresearch.show.format import MINUS, marks
from csresearch.show.specs import Board, Cards, Drawing, Grid, Headlines, TableSpec, Text
from csresearch.show.theme import THEME
from csresearch.show.words import text

_WIDE, _NARROW = 9.0, 4.3


def write_page(report: Report, to: Path, *, force: bool = False) -> Path:
    """Write a report as one HTML page that needs no network.

    Returns
    -------
    Path
        The file written. Equal reports give equal bytes.

    Raises
    ------
    OutputError
        If the file cannot be written, or stands there and `force` is not set.
    """
    language = report.language
    rooms = Environment(
        loader=PackageLoader("csresearch.report.page", ""),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip

    def word(key: str, **fields: object) -> str:
        return text(key, language, fields=fields)

    families = Markup(", ").join(Markup('"{}"').format(family) for family in THEME.families) + Markup(", sans-serif")
    parts = [_part(exhibit, language) for exhibit in report.exhibits]
    content = rooms.get_template("page.html.j2").render(
        title=report.title, subtitle=report.subtitle, language=text("language.tag", language), parts=parts, theme=THEME,
        families=families, word=word, key=partial(sort_key, language=language), sorted=any(map(_sortable, parts)),
    )  # fmt: skip
    write_whole(to, lambda temporary: temporary.write_bytes(content.encode("utf-8")), force=force)
    return to


def sort_key(cell: str, language: str = "en") -> str:
    """Give the number that a printed cell starts with, as a script reads it; nothing where there is none.

    Examples
    --------
    >>> sort_key("1.234,5 [1.200; 1.300]", "es"), sort_key("−12%"), sort_key("< 0.001"), sort_key("–")
    ('1234.5', '-12', '0.001', '')
    """
    sign = marks(language)
    found = re.match(rf"[<>+\s]*([{MINUS}-]?)([\d{re.escape(sign.group)}]*(?:{re.escape(sign.decimal)}\d+)?)", cell)
    digits = "" if found is None else found.group(2).replace(sign.group, "").replace(sign.decimal, ".")
    return f"{'-' if found is not None and found.group(1) else ''}{digits}" if digits else ""


def _sortable(part: Mapping[str, object]) -> bool:
    """Tell whether an exhibit has a table with rows to sort."""
    return any(isinstance(table, TableSpec) and len(table.rows) > 1 for table in (part["chart"], part["figures"]))


def _part(exhibit: Exhibit, language: str) -> Mapping[str, object]:
    """Everything the template needs for one exhibit, numbers printed."""
    chart = exhibit.chart.table if isinstance(exhibit.chart, Board) else exhibit.chart
    common = {"exhibit": exhibit, "chart": chart, "figures": as_table(exhibit.frame, language)}
    if isinstance(chart, Drawing):
        name = exhibit.id.replace(".", "-")
        return common | {
            "kind": "drawing",
            "wide": Markup(svg(chart, name=name, language=language, width=_WIDE)),
            "narrow": Markup(svg(chart, name=f"{name}-narrow", language=language, width=_NARROW, numbered=True)),
            "key": isinstance(chart, Grid) and any(chart.border),
            "numbered": chart.labels if isinstance(chart, Grid) else (),
        }
    if isinstance(chart, Cards):
        return common | {"kind": "cards", "facts": [facts(action, language) for action in chart.actions]}
    if isinstance(exhibit.chart, Board):
        return common | {"kind": "board", "board": panel(exhibit.chart, language)}
    return common | {"kind": {TableSpec: "table", Headlines: "headlines", Text: "text"}[type(chart)]}
