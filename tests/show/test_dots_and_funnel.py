"""Dots and funnels: what is drawn where, on paper and natively on a slide."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pptx import Presentation

from csresearch.report.deck.slides import write_deck
from csresearch.report.exhibit import Exhibit, Report
from csresearch.show.charts import draw, svg
from csresearch.show.specs import Dots, Funnel

DOTS = Dots(
    labels=("north", "south"), values=(75.0, 71.0), low=(73.5, 69.0), high=(76.5, 73.0), unit="points",
    axis_title="Points (0-100)", notes=("a", "b"), highlight=("north",), reference=(73.0, "mean"),
)  # fmt: skip
FUNNEL = Funnel(
    labels=("D01", "D02", "D03"), x=(20.0, 50.0, 90.0), y=(66.0, 74.0, 79.0), outside=(False, False, True),
    centre=72.0, spread=20.0, unit="points", axis_title="Points (0-100)", x_title="Effective answers",
    names=("mean", "2 SE", "3 SE"),
)  # fmt: skip


def test_dots_stand_at_their_values_with_their_letters() -> None:
    ax = draw(DOTS, Figure().subplots())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["north", "south"]
    dots = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert dots == [75.0, 71.0]
    assert [text.get_text() for text in ax.texts][:2] == ["a", "b"]
    assert "mean 73.0" in [text.get_text() for text in ax.texts]
    low, high = ax.get_xlim()
    assert 60 < low < 69 < 76.5 < high < 85
    assert DOTS.bars.labels == ("north (a)", "south (b)")
    assert DOTS.bars.highlight == ("north (a)",)


def test_a_funnel_has_limits_that_narrow_and_names_what_lies_outside() -> None:
    limits = FUNNEL.limits(3.0)
    assert [low < 72 < high for _, low, high in limits] == [True] * len(limits)
    assert limits[-1][2] - limits[-1][1] < limits[0][2] - limits[0][1]
    assert limits[0][2] - 72 == pytest.approx(60 / (0.9 * 20) ** 0.5)
    ax = draw(FUNNEL, Figure().subplots())
    words = [text.get_text() for text in ax.texts]
    assert "D03" in words
    assert not {"D01", "D02"} & set(words)
    assert {"mean", "2 SE", "3 SE"} <= set(words)
    assert svg(FUNNEL) == svg(FUNNEL)


@pytest.mark.parametrize(
    ("spec", "fields"), [(DOTS, {"notes": ("a",)}), (FUNNEL, {"x": (1.0,)}), (FUNNEL, {"x": (0.0, 1.0, 2.0)})]
)
def test_lengths_and_sizes_are_checked(spec: Dots | Funnel, fields: dict[str, tuple[object, ...]]) -> None:
    with pytest.raises(ValueError, match=r"has 1 values|more than 0 answers"):
        replace(spec, **fields)  # type: ignore[arg-type]


def test_slides_have_native_charts_with_their_figures(tmp_path: Path) -> None:
    frame = pd.DataFrame({"estimate": [1.0]})
    exhibits = tuple(
        Exhibit(id=name, headline="Up.", frame=frame, chart=spec, alt=name)
        for name, spec in (("f", FUNNEL), ("d", DOTS))
    )
    slides = list(Presentation(str(write_deck(Report(exhibits=exhibits, title="t"), tmp_path / "d.pptx"))).slides)
    funnel, bars = (next(s.chart for s in slide.shapes if s.has_chart) for slide in slides[1:])
    names = [series.name for series in funnel.plots[0].series]
    assert sorted(names) == sorted(["2 SE", "2 SE", "3 SE", "3 SE", "mean", "D03", "Effective answers"])
    lengths = [len(list(series.values)) for series in funnel.plots[0].series]
    assert lengths == sorted(lengths, reverse=True)
    sheet = openpyxl.load_workbook(io.BytesIO(funnel.part.chart_workbook.xlsx_part.blob))["Sheet1"]
    cells = {row[0]: row[1:3] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert (cells["D01"], cells["D03"]) == ((20.0, 66.0), (90.0, 79.0))
    assert [str(name) for name in bars.plots[0].categories] == ["north (a)", "south (b)"]
