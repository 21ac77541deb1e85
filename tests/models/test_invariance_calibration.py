"""Tests of invariance keep their level where groups are alike: the small version of benchmarks/calibration.py."""

from __future__ import annotations

import calibration as benchmark
import pandas as pd
import pytest

PAIRS, BAND = 45, (0.5, 11.0)


@pytest.mark.parametrize("name", ["split", "crossed"])
def test_pairs_that_are_alike_fail_about_as_often_as_the_level_says(name: str) -> None:
    rows = pd.concat(benchmark.one_pair(name, k, permutations=99) for k in range(PAIRS))
    failed = 100 * (rows["p_value"] <= benchmark.ALPHA).groupby(rows["statistic"]).mean()
    assert rows["p_value"].notna().all()
    assert failed.between(*BAND).all(), failed.to_string()
    assert rows["p_value"].groupby(rows["statistic"]).mean().between(0.4, 0.65).all()
