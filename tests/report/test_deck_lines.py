from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import pairwise

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import column_index_from_string
from pptx import Presentation

from csresearch.report.deck.slides import write_deck
from csresearch.report.exhibit import Exhibit, Report
from csresearch.report.page.writing import write_page
from csresearch.show.specs import Curve, Lines

NAN = float("nan")
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
ONE = Lines(
    curves=(Curve(name="Satisfaction", values=(73.0, 73.2, NAN), low=(71.8, NAN, NAN), high=(74.3, NAN, NAN)),),
    labels=("2024", "=2025", "2026"), unit="points", axis_title="Index, 0 to 100", marks=((1.0, "Service programme"),),
    reference=(74.0, "Market"),
)  # fmt: skip
MANY = replace(
    ONE,
    curves=tuple(replace(ONE.curves[0], name=name) for name in ("Image", "Value", "Loyalty", "Trust", "Price", "Use")),
)
X = (-1.0, 0.0, 1.0, 2.0)
ALONG = Lines(
    curves=tuple(
        Curve(
            name=name, values=tuple(k * x for x in X), low=tuple(k * x - 0.2 for x in X),
            high=tuple(k * x + 0.2 for x in X),
        )
        for k, name in enumerate(("low", "high"))
    ),
    x=X, unit="sd", axis_title="Satisfaction", x_title="Expectation", marks=((0.5, "midpoint"), (1.5, "top")),
)  # fmt: skip
SPECS = {"one": ONE, "many": MANY, "along": ALONG}


@pytest.fixture(scope="module")
def report():
    return Report(
        exhibits=tuple(
            Exhibit(id=name, headline="Up.", frame=pd.DataFrame({"estimate": [1.0]}), chart=spec, alt=f"alt of {name}")
            for name, spec in SPECS.items()
        ),
        title="Lines",
    )


@pytest.fixture(scope="module")
def charts(report, tmp_path_factory):
    slides = list(Presentation(write_deck(report, tmp_path_factory.mktemp("deck") / "deck.pptx")).slides)[1:]
    found = [next(shape for shape in slide.shapes if shape.has_chart) for slide in slides]
    assert [f._element.xpath("./*/p:cNvPr/@descr") for f in found] == [[f"alt of {name}"] for name in SPECS]
    return {name: frame.chart for name, frame in zip(SPECS, found, strict=True)}


def sheet_of(chart):
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob), data_only=True)
    return book.active


@pytest.mark.parametrize("name", SPECS)
def test_the_sheet_holds_every_figure(charts, name):
    sheet = list(sheet_of(charts[name]).values)
    heads = sheet[0]
    assert [row[0] for row in sheet[1 : SPECS[name].count + 1]] == list(SPECS[name].labels or SPECS[name].x)
    for curve in SPECS[name].curves:
        place = heads.index(curve.name)
        for part, side, step in ((curve.values, "", 0), (curve.low, "low", 1), (curve.high, "high", 2)):
            column = heads.index(f"{curve.name}: {side}") if SPECS[name].x and side else place + step
            found = [row[column] for row in sheet[1 : len(part) + 1]]
            assert found == pytest.approx([None if value != value else value for value in part])


@pytest.mark.parametrize("name", SPECS)
def test_every_reference_points_at_the_cells_whose_values_are_kept_in_the_chart(charts, name):
    sheet = sheet_of(charts[name])
    formulas = charts[name]._chartSpace.xpath("//c:f")
    assert len(formulas) > 6
    for formula in formulas:
        first, last = re.fullmatch(r"Sheet1!\$([A-Z]+\$\d+)(?::\$([A-Z]+\$\d+))?", formula.text).groups()
        column, start = first.split("$")
        end = int((last or first).split("$")[1])
        cells = [sheet.cell(row, column_index_from_string(column)).value for row in range(int(start), end + 1)]
        kept = [v.text for v in formula.getparent().iter(f"{C}v")]
        cells = [cell for cell in cells if cell is not None]
        assert cells == (kept if isinstance(cells[0], str) else pytest.approx([float(v) for v in kept]))


@pytest.mark.parametrize("name", SPECS)
def test_parts_stand_where_the_schema_wants_them_and_the_longest_series_first(charts, name):
    order = (
        "idx",
        "order",
        "tx",
        "spPr",
        "marker",
        "dLbls",
        "errBars",
        "cat",
        "xVal",
        "val",
        "yVal",
        "smooth",
        "extLst",
    )
    series = list(charts[name].plots[0].series)
    for item in series:
        places = [order.index(child.tag.removeprefix(C)) for child in item._element]
        assert places == sorted(places)
    lengths = [int(item._element.xpath("(c:val|c:yVal)//c:ptCount/@val")[0]) for item in series]
    assert lengths == sorted(lengths, reverse=True)


def test_categories_get_error_bars_and_places_on_an_axis_dashed_lines(charts):
    line = charts["one"].plots[0].series[0]._element
    assert [float(v) for v in line.xpath("c:errBars/c:minus//c:v/text()")] == pytest.approx([1.2])
    assert [float(v) for v in line.xpath("c:errBars/c:plus//c:v/text()")] == pytest.approx([1.3])
    dashed = [
        s.name for s in charts["along"].plots[0].series if s._element.xpath("c:spPr/a:ln/a:prstDash[@val='dash']")
    ]
    assert dashed == ["low: low", "low: high", "high: low", "high: high"]


def test_names_at_the_right_end_keep_their_distance(charts):
    names = [s for s in charts["many"].plots[0].series if s._element.xpath("c:dLbls/c:showSerName[@val='1']")]
    assert [s.name.strip("\u00a0") for s in names] == [*(curve.name for curve in MANY.curves), "Market 74.0"]
    places = sorted(float(s._element.xpath("c:val//c:v/text()")[0]) for s in names)
    assert min(b - a for a, b in pairwise(places)) > 0.1


def test_the_page_draws_lines_wide_and_narrow(report, tmp_path):
    content = write_page(report, tmp_path / "page.html").read_text(encoding="utf-8")
    assert content.count("<svg") == 2 * len(SPECS)
    assert 'aria-label="alt of along"' in content
