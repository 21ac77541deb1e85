"""Averages and differences of rows, over the same draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch import Bootstrap, Result, Sample, Scores
from csresearch.inference.replicates import AnyReplicates
from csresearch.models.averages import averaged


def fitted(replicates: AnyReplicates | None) -> Result:
    frame = pd.DataFrame(np.random.default_rng(2).integers(1, 11, size=(200, 2)), columns=["speed", "care"])
    return Scores().fit(Sample.from_frame(frame, scale=(1, 10)), replicates=replicates)


def test_a_difference_is_that_of_the_draws() -> None:
    result = fitted(Bootstrap(draws=200))
    first, second = result.estimates("scores", statistic="points").index
    row = averaged(result, "scores", {"gap": {first: 1, second: -1}}).iloc[0]
    draws = result.draws("scores")[:, first] - result.draws("scores")[:, second]
    estimates = result.table("scores")["estimate"]
    assert row["estimate"] == pytest.approx(estimates[first] - estimates[second])
    assert row["std_error"] == pytest.approx(draws.std(ddof=1), rel=0.15)  # linearised
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    assert np.quantile(draws, 0.025) == pytest.approx(row["conf_low"], abs=row["std_error"] / 2)


def test_without_replicates_an_average_has_no_error() -> None:
    result = fitted(None)
    rows = result.estimates("scores", statistic="points").index
    row = averaged(result, "scores", {"both": dict.fromkeys(rows, 0.5)}).iloc[0]
    assert row[["std_error", "conf_low", "conf_high", "p_value"]].isna().all()
    assert row["reason"] == "no replicates were asked for"
