"""Intervals of an index change hold the truth where the same outlets are in both waves."""

from __future__ import annotations

import coverage_change as benchmark
import pandas as pd

from csresearch.demo.simulate import population, study
from csresearch.inference.replicates import Bootstrap

STUDIES, BAND = 400, (91.5, 98.0)


def test_a_change_and_its_parts_are_covered_where_clusters_cross_the_waves() -> None:
    whole = benchmark.change(population(benchmark.WORLD, size=400_000, outlets=8_000, seed=1), None)
    truth = whole.set_index("quantity")["estimate"]
    frames = (study(benchmark.WORLD, n=480, outlets=24, seed=k, skewed=False) for k in range(STUDIES))
    found = [benchmark.change(frame, Bootstrap(draws=150, seed=k)) for k, frame in enumerate(frames)]
    rows = pd.concat(found).join(truth.rename("truth"), on="quantity")
    held = (rows["conf_low"] <= rows["truth"]) & (rows["truth"] <= rows["conf_high"])
    coverage = 100 * held.groupby(rows["quantity"]).mean()
    assert truth["change of the index"] > 2
    assert coverage.between(*BAND).all(), coverage.to_string()
