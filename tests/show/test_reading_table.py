"""Tables for notebooks: a row a subject, a column a statistic, numbers by their unit, headings with a scope."""

from __future__ import annotations

import pandas as pd

from csresearch.show.tables import frame_html, reading_table

TIDY = pd.DataFrame(
    {
        "source": ["speed", "speed", "fair_price"], "statistic": ["total", "total", "total"],
        "unit": ["sd", "per_point", "sd"], "estimate": [0.456, 0.123, -0.2],
        "conf_low": [0.4, 0.1, float("nan")], "conf_high": [0.5, 0.15, float("nan")],
    }
)  # fmt: skip


def test_a_row_is_a_subject_and_a_unit_has_its_column() -> None:
    table = reading_table(TIDY)
    assert list(table.columns) == ["total effect (SD)", "total effect (per point)"]
    assert table.loc["speed"].tolist() == ["0.46 [0.40, 0.50]", "0.12 [0.10, 0.15]"]
    assert table.loc["fair price"].tolist() == ["−0.20", "–"]


def test_subjects_of_two_keys_and_of_none() -> None:
    assert reading_table(TIDY.assign(target="satisfaction")).index.names == ["Source", "Target"]
    assert reading_table(TIDY.drop(columns="source").head(1)).index.tolist() == [""]


def test_html_escapes_scopes_and_aligns() -> None:
    frame = pd.DataFrame({"check": ["a < b"], "value": [1.234], "text": ["4 of 12"]})
    html = frame_html(frame, title="R & D", footer="n")
    assert "a &lt; b" in html
    assert "R &amp; D</caption>" in html
    assert html.count('<th scope="col"') == 3
    assert '<td style="text-align:right">1.23</td>' in html
    assert '<td style="text-align:left">4 of 12</td>' in html
    assert html.endswith("<p><small>n</small></p>")
