"""What screening changes: two overlapping samples of one design, over the same draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.errors import DataError
from csresearch.models.screening_effect import screening_effect
from csresearch.survey.sample import Sample
from csresearch.survey.screening.screening import unscreened


@pytest.fixture(scope="module")
def pair() -> tuple[Sample, Sample]:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"speed": rng.integers(1, 11, 300).astype(float), "tell": rng.integers(0, 11, 300) * 1.0})
    everyone = Sample.from_frame(frame, scale=(0, 10))
    return everyone, everyone.exclude(rng.random(300) < 0.2)


def test_the_difference_has_the_error_of_a_change_of_weights(pair: tuple[Sample, Sample]) -> None:
    """By hand: the influence of a respondent on the difference is that on the one mean less that on the other."""
    everyone, kept = pair
    found = screening_effect(kept, before=everyone, terms=("speed", "tell"), replicates=cs.Bootstrap(draws=60))
    table = found.table("screening")
    assert table["category"].tolist() == ["everyone"] * 4 + ["screened"] * 8
    assert table["statistic"].tolist()[8:] == ["points_difference", "nps_difference"] * 2
    y, w = 10 * everyone.answers["speed"].to_numpy(), (kept.base_weights > 0).astype(float)
    change = (w * y).sum() / w.sum() - y.mean()
    influence = w / w.mean() * (y - (w * y).sum() / w.sum()) - (y - y.mean())
    row = table.iloc[8]
    assert row["estimate"] == pytest.approx(change)
    assert row["std_error"] == pytest.approx(influence.std(ddof=1) / np.sqrt(300), rel=1e-6)
    apart = np.hypot(table["std_error"][0], table["std_error"][4])
    assert row["std_error"] < 0.4 * apart  # two independent surveys would differ by far more
    assert found.draws("screening").shape == (60, 12)
    np.testing.assert_allclose(found.draws("screening")[:, 8], np.diff(found.draws("screening")[:, [0, 4]])[:, 0])


def test_exclusions_of_a_study_are_undone() -> None:
    sample = cs.read(cs.load_study(cs.study_folder("mobile")))
    screened = sample.exclude(np.arange(len(sample)) < 25)
    found = screening_effect(screened, replicates=cs.Bootstrap(draws=20)).table("screening")
    assert unscreened(screened).n_obs == len(sample)
    assert found["n_obs"].unique().tolist() == [250, 225]
    assert len(found) == 3 * (1 + len(sample.study.roles.drivers or ()))  # type: ignore[union-attr]


def test_what_cannot_be_held_against_each_other_is_refused(pair: tuple[Sample, Sample]) -> None:
    everyone, kept = pair
    with pytest.raises(DataError, match="does not remember whom it excluded"):
        screening_effect(kept, terms=("speed",))
    with pytest.raises(ValueError, match="without replicates"):
        screening_effect(kept, before=everyone, terms=("speed",), replicates=None)
    with pytest.raises(ValueError, match="name at least one"):
        screening_effect(kept, before=everyone)
    other = Sample.from_frame(everyone.answers, scale=(0, 10))
    with pytest.raises(ValueError, match="same respondents"):
        screening_effect(kept, before=other, terms=("speed",))
