"""Intervals of an index change hold the truth where the same outlets are in both waves."""

from __future__ import annotations

import pandas as pd

from benchmarks.coverage_change import covered, one_study, truth

STUDIES, BAND = 400, (91.5, 98.0)


def test_a_change_and_its_parts_are_covered_where_clusters_cross_the_waves() -> None:
    rows = pd.concat([one_study(k, respondents=480, outlets=24, draws=150) for k in range(1, STUDIES + 1)])
    table = covered(rows, truth(1, 400_000))
    assert table["truth"]["total"] > 2
    assert table["coverage"].between(*BAND).all(), table.round(1).to_string()
