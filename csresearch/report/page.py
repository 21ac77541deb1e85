"""Page: exhibits become one self-contained HTML file, for screen, phone, print and screen reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from csresearch.report.exhibit import Exhibit, action_lines, as_table, distinct, printed_table
from csresearch.report.files import write_whole
from csresearch.show.charts import svg
from csresearch.show.format import interval, number
from csresearch.show.specs import Action, Bars, BigNumber, Cards, Grid, Headlines, TableSpec
from csresearch.show.theme import THEME
from csresearch.show.words import text

_WIDE, _NARROW = 9.0, 4.3


def write_page(
    exhibits: Sequence[Exhibit],
    to: str | Path,
    *,
    title: str,
    subtitle: str = "",
    language: str = "en",
    force: bool = False,
) -> Path:
    """Write exhibits as one HTML page that needs no network.

    Parameters
    ----------
    exhibits : sequence of Exhibit
        One section each, in this order.
    to : str or Path
        The ``.html`` file.
    title, subtitle : str
        Head of the page.
    language : str
        Language of words and numbers.
    force : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The file written. Equal exhibits give equal bytes.

    Raises
    ------
    OutputError
        If the file cannot be written.
    ValueError
        If there is no exhibit, or ids are repeated.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> figures = pd.DataFrame({"term": ["image"]})
    >>> shown = Exhibit(id="drivers", headline="Image counts most.", frame=figures, alt="Table")
    >>> write_page([shown], Path(tempfile.mkdtemp()) / "page.html", title="Drivers").name
    'page.html'
    """
    parts = [_part(exhibit, language) for exhibit in distinct(exhibits)]
    rooms = Environment(
        loader=PackageLoader("csresearch.report", ""),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip

    def word(key: str, **fields: object) -> str:
        return text(key, language, fields=fields)

    families = Markup(", ").join(Markup('"{}"').format(family) for family in THEME.families) + Markup(", sans-serif")
    content = rooms.get_template("page.html.j2").render(
        title=title, subtitle=subtitle, language=language, parts=parts, theme=THEME, families=families, word=word
    )
    path = Path(to)

    def write(temporary: Path) -> None:
        temporary.write_bytes(content.encode("utf-8"))

    write_whole(path, write, force=force)
    return path


def _part(exhibit: Exhibit, language: str) -> Mapping[str, object]:
    """Everything the template needs for one exhibit, numbers printed."""
    chart = exhibit.chart or as_table(exhibit.frame, language)
    common = {"exhibit": exhibit, "chart": chart, "figures": as_table(exhibit.frame, language)}
    if isinstance(chart, (Bars, Grid)):
        name = exhibit.id.replace(".", "-")
        return common | {
            "kind": "drawing",
            "wide": Markup(svg(chart, name=name, language=language, width=_WIDE)),
            "narrow": Markup(svg(chart, name=f"{name}-narrow", language=language, width=_NARROW, numbered=True)),
            "key": isinstance(chart, Grid) and any(chart.border),
            "numbered": chart.labels if isinstance(chart, Grid) else (),
        }
    if isinstance(chart, TableSpec):
        return common | {"kind": "table", "table": printed_table(chart, language)}
    if isinstance(chart, Headlines):
        return common | {"kind": "headlines", "numbers": [_number(item, language) for item in chart.numbers]}
    if isinstance(chart, Cards):
        return common | {"kind": "cards", "cards": [_card(action, language) for action in chart.actions]}
    return common | {"kind": "text"}


def _number(item: BigNumber, language: str) -> Mapping[str, str]:
    centre = number(item.value, item.unit, language, signed=item.signed)
    whole = interval(item.value, item.low, item.high, item.unit, language, signed=item.signed)
    return {"label": item.label, "note": item.note, "centre": centre, "ends": whole.removeprefix(centre).strip()}


def _card(action: Action, language: str) -> Mapping[str, object]:
    centre, note, facts = action_lines(action, language)
    return {"title": action.title, "reason": action.reason, "centre": centre, "note": note, "facts": facts}
