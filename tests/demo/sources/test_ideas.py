"""The log of ideas: shares as planned, too few successes for a claim."""

from __future__ import annotations

import pytest

from csresearch.demo.sources.ideas import ADOPTED, SHARE, ideas


def test_shares_are_those_of_the_design() -> None:
    log = ideas(waves=("a", "b"), seed=1, n=100_000)
    frame = log.tables["ideas"]
    assert frame["source"].value_counts(normalize=True).to_dict() == pytest.approx(SHARE, abs=0.01)
    assert frame.groupby("source")["adopted"].mean().to_dict() == pytest.approx(ADOPTED, abs=0.01)
    assert frame["worked"].isna().equals(frame["adopted"] == 0)
    worked = frame[frame["worked"] == 1]
    share = log.population["customers_among_those_that_worked"]
    assert share == pytest.approx(0.0252 / 0.0487, abs=0.001)
    assert (worked["source"] == "customer").mean() == pytest.approx(share, abs=0.025)


def test_six_hundred_ideas_hold_about_thirty_that_worked() -> None:
    worked = [ideas(waves=("a",), seed=seed).tables["ideas"]["worked"].sum() for seed in range(40)]
    assert 26 < sum(worked) / 40 < 33
