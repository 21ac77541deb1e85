"""A change of the index, taken apart into what ratings and what weights have moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csresearch.inference.replicates import AnyReplicates, Bootstrap, Jackknife, Linearized
from csresearch.models.path.change import parts_of_change
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.result import Result
from csresearch.survey.sample import Sample
from tests.test_contract import CONSTRUCTS, sample_of

PATHS = {"value": ("quality",), "satisfaction": ("quality", "value")}


def fitted(replicates: AnyReplicates | None = Bootstrap(draws=60, seed=2), **options: Any) -> Result:  # noqa: B008
    model = SatisfactionIndex(constructs=CONSTRUCTS, paths=PATHS, **options)
    return model.fit(sample_of("designed"), replicates=replicates, by="wave")


@pytest.fixture(scope="module")
def result() -> Result:
    return fitted()


def test_a_change_by_hand() -> None:
    """Ratings: .45 x 2 + .55 x 4 = 3.1; weights: -.1 x 61 + .1 x 82 = 2.1; index: 70 to 75.2."""
    ratings, weights = parts_of_change(
        (np.array([0.5, 0.5]), np.array([0.4, 0.6])), (np.array([60.0, 80.0]), np.array([62.0, 84.0]))
    )
    assert ratings.tolist() == pytest.approx([0.9, 2.2])
    assert weights.tolist() == pytest.approx([-6.1, 8.2])
    assert ratings.sum() + weights.sum() == pytest.approx(5.2)


def simplex(values: list[float]) -> np.ndarray:
    return np.array(values) / sum(values)


@given(
    st.integers(1, 6).flatmap(
        lambda q: st.tuples(
            *(st.lists(st.floats(0.01, 1), min_size=q, max_size=q) for _ in range(2)),
            *(st.lists(st.floats(0, 100), min_size=q, max_size=q) for _ in range(2)),
        )
    )
)
def test_the_parts_add_up_and_turn_round_with_the_waves(drawn: Any) -> None:
    w0, w1, x0, x1 = simplex(drawn[0]), simplex(drawn[1]), np.array(drawn[2]), np.array(drawn[3])
    ratings, weights = parts_of_change((w0, w1), (x0, x1))
    assert ratings.sum() + weights.sum() == pytest.approx((w1 * x1).sum() - (w0 * x0).sum(), abs=1e-9)
    back = parts_of_change((w1, w0), (x1, x0))
    np.testing.assert_allclose(back[0], -ratings, atol=1e-12)
    np.testing.assert_allclose(parts_of_change((w0, w0), (x0, x1))[1], 0)
    assert parts_of_change((w0, w1), (np.full_like(x0, 7.0), np.full_like(x0, 7.0)))[1].sum() == pytest.approx(
        0, abs=1e-9
    )


def test_the_table_is_the_formula_on_weights_and_means(result: Result) -> None:
    weights = (
        result.estimates("weights", statistic="index_weight")
        .set_index(["wave", "construct", "item"])
        .sort_index()["estimate"]
    )
    means = result.table("items").set_index(["wave", "construct", "item"]).sort_index()["estimate"]
    table = result.table("change").set_index(["wave", "construct", "statistic"]).sort_index()["estimate"]
    assert len(table) == 2 * 3 * 3
    for wave in ("10", "11"):
        for name in CONSTRUCTS:
            w0, w1 = (weights[w, name].to_numpy() for w in ("9", wave))
            x0, x1 = (means[w, name].to_numpy() for w in ("9", wave))
            assert table[wave, name, "ratings_moved"] == pytest.approx(((w0 + w1) / 2 * (x1 - x0)).sum())
            assert table[wave, name, "weights_moved"] == pytest.approx(((x0 + x1) / 2 * (w1 - w0)).sum())


@pytest.mark.parametrize(
    "replicates", [Bootstrap(draws=60, seed=2), Jackknife(), Linearized()], ids=["bootstrap", "jackknife", "linearized"]
)
@pytest.mark.parametrize("reference", [None, "11"])
def test_the_total_is_the_difference_of_the_indices_with_all_its_figures(
    replicates: Any, reference: str | None
) -> None:
    found = fitted(replicates, reference=reference)
    total = found.estimates("change", statistic="total").reset_index(drop=True)
    differences = found.compare("wave", reference=reference)
    differences = differences[differences["statistic"] == "index_difference"].reset_index(drop=True)
    for column in ("construct", "wave", "versus", "n_obs", "df", "method"):
        assert total[column].tolist() == differences[column].tolist(), column
    for column in ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n_effective"):
        np.testing.assert_allclose(total[column], differences[column], rtol=1e-9, atol=1e-12, err_msg=column)


def test_the_parts_add_up_in_every_draw(result: Result) -> None:
    table, drawn = result.table("change"), result.draws("change")
    ratings, weights, total = (
        drawn[:, (table["statistic"] == s).to_numpy()] for s in ("ratings_moved", "weights_moved", "total")
    )
    np.testing.assert_allclose(ratings + weights, total, atol=1e-9)
    index = result.table("index")
    after, before = (result.draws("index")[:, (index["wave"] == w).to_numpy()] for w in ("10", "9"))
    np.testing.assert_allclose(total[:, :3], after - before, atol=1e-9)


def test_errors_of_the_parts_are_about_the_spread_of_their_draws() -> None:
    found = fitted(Bootstrap(draws=400, seed=2))
    table = found.table("change")
    spread = found.draws("change").std(axis=0, ddof=1)
    assert (table["std_error"] / spread).between(0.85, 1.15).all()
    linear = fitted(Linearized()).table("change")["std_error"] / spread
    assert linear.between(0.7, 1.3).all()


def test_weights_that_cannot_move_leave_no_change_to_take_apart() -> None:
    assert "change" not in fitted(weights="pooled").tables
    whole = SatisfactionIndex(constructs=CONSTRUCTS, paths=PATHS).fit(sample_of("designed"), replicates=None)
    assert "change" not in whole.tables
    alone = SatisfactionIndex(constructs=CONSTRUCTS, paths=PATHS).fit(
        sample_of("designed").where({"wave": 9}), replicates=None, by="wave"
    )
    assert "change" not in alone.tables


def test_the_reference_must_be_a_category() -> None:
    with pytest.raises(ValueError, match="reference='12' is no category; categories are 9, 10, 11"):
        fitted(reference="12")


def test_ratings_that_rise_by_a_point_are_all_of_the_change(mobi: pd.DataFrame) -> None:
    """The same answers a point higher on a 0-10 scale: weights stay, the index rises by 10."""
    twice = pd.concat([mobi.assign(wave=1), (mobi + 1).assign(wave=2)], ignore_index=True)
    sample = Sample.from_frame(twice, scale=(1, 11))
    found = SatisfactionIndex(constructs=CONSTRUCTS, paths=PATHS).fit(sample, replicates=None, by="wave")
    change = found.table("change").set_index(["construct", "statistic"])["estimate"]
    for name in CONSTRUCTS:
        assert change[name, "ratings_moved"] == pytest.approx(10)
        assert change[name, "weights_moved"] == pytest.approx(0, abs=1e-9)
