"""ImportancePerformance: a published grid, every line, stated and derived importance, support and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.inference.replicates import Bootstrap, Linearized
from csresearch.models.drivers import Drivers
from csresearch.models.grid.quadrants import QUADRANTS, border, quadrant
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.result import Result
from csresearch.survey.sample import Sample
from tests.conftest import golden

ATTRIBUTES = tuple(f"sat{j:02d}" for j in range(1, 25))
STATED = tuple(f"imp{j:02d}" for j in range(1, 25))
WORDS = dict(
    zip(QUADRANTS, ("concentrate here", "keep up the good work", "low priority", "possible overkill"), strict=True)
)


def kiosk(folder: Path, **options: Any) -> Result:
    model = ImportancePerformance(
        attributes=ATTRIBUTES, importance="stated", stated=STATED, missing="pairwise", **options
    )
    return model.fit(Sample.from_frame(pd.read_csv(folder / "kiosk.csv"), scale=(1, 7)), replicates=None)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("crosshair", "check"), [("grand_mean", "mean"), ("median", "median"), ("scale_mid", "midpoint")]
)
def test_a_stated_grid_equals_r(crosshair: str, check: str, shared_data: Path) -> None:
    result, theirs = kiosk(shared_data, crosshair=crosshair), golden("ipa_kiosk")["ipa"]["value"]
    for statistic in ("importance", "performance"):
        ours = result.estimates("grid", statistic=statistic)["estimate"]
        np.testing.assert_allclose(1 + 6 * ours / 100, theirs[statistic], rtol=0, atol=1e-8)
        line = result.table("crosshair").set_index("statistic").loc[statistic, "estimate"]
        expected = theirs.get(f"cut_{check}_{statistic}", 4.0)
        assert 1 + 6 * line / 100 == pytest.approx(expected, abs=1e-8)
    found = result.estimates("quadrants", statistic="quadrant")["category"].map(WORDS)
    assert found.tolist() == theirs[f"quadrant_{check}"]


@pytest.mark.shared
def test_derived_correlations_equal_r(shared_data: Path) -> None:
    frame = pd.read_csv(shared_data / "kiosk.csv")
    model = ImportancePerformance(
        outcome="overall_sat", attributes=ATTRIBUTES, importance="correlation", missing="listwise"
    )
    result = model.fit(Sample.from_frame(frame, scale=(1, 7)), replicates=None)
    theirs = golden("ipa_kiosk")["derived"]["value"]["correlation"]
    for statistic in ("importance", "correlation"):
        np.testing.assert_allclose(result.estimates("grid", statistic=statistic)["estimate"], theirs, atol=1e-8)


def market(n: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(2)
    frame = pd.DataFrame(random.integers(1, 11, (n, 4)).astype(float), columns=["speed", "price", "staff", "room"])
    frame["price"] = np.ceil(frame["price"] / 2)
    overall = (4 * frame["speed"] + 3 * frame["price"] + frame["staff"]) / 8 + random.normal(0, 1, n)
    return frame.assign(overall=overall.round().clip(1, 10), wave=random.integers(1, 3, n))


MODEL = ImportancePerformance(outcome="overall", attributes=("speed", "price", "staff", "room"))


def fit(replicates: Any = None, by: str | None = None, **options: Any) -> Result:
    model = ImportancePerformance(**{"outcome": MODEL.outcome, "attributes": MODEL.attributes, **options})
    return model.fit(Sample.from_frame(market(), scale=(1, 10)), replicates=replicates, by=by)


def test_derived_importance_is_that_of_drivers() -> None:
    sample = Sample.from_frame(market(), scale=(1, 10))
    drivers = Drivers(outcome="overall", predictors=MODEL.attributes).fit(sample, replicates=None)
    for importance, table, statistic in (("lmg", "importance", "lmg_share"), ("slope", "coefficients", "slope"),
                                         ("correlation", "coefficients", "correlation")):  # fmt: skip
        ours = fit(importance=importance).estimates("grid", statistic="importance")["estimate"].to_numpy()
        np.testing.assert_allclose(ours, drivers.estimates(table, statistic=statistic)["estimate"])


def test_the_distance_to_the_diagonal_is_on_stretched_axes() -> None:
    table = fit().wide("grid")
    x, y = (100 * (v - v.min()) / (v.max() - v.min()) for v in (table["performance"], table["importance"]))
    np.testing.assert_allclose(table["distance"], (y - x) / np.sqrt(2))


@pytest.mark.parametrize("crosshair", ["grand_mean", "median", "scale_mid", "target"])
def test_the_lines_stand_where_they_were_asked_to(crosshair: str) -> None:
    result = fit(crosshair=crosshair, target=70.0 if crosshair == "target" else None)
    grid, lines = result.wide("grid"), result.table("crosshair").set_index("statistic")["estimate"]
    expected = {
        "grand_mean": grid["performance"].mean(), "median": grid["performance"].median(), "scale_mid": 50, "target": 70,
    }  # fmt: skip
    assert lines["performance"] == pytest.approx(expected[crosshair])
    derived = grid["importance"].median() if crosshair == "median" else grid["importance"].mean()
    assert lines["importance"] == pytest.approx(derived)


def test_support_is_counted_over_the_draws_with_their_own_lines() -> None:
    result = fit(Bootstrap(draws=100))
    grid, statistic = result.draws("grid"), result.table("grid")["statistic"].to_numpy()
    importance, performance = grid[:, statistic == "importance"], grid[:, statistic == "performance"]
    codes = quadrant(importance, performance, np.stack([importance.mean(axis=1), performance.mean(axis=1)], axis=1))
    support = result.estimates("quadrants", statistic="support").pivot_table(
        index="attribute", columns="category", values="estimate"
    )
    for j, name in enumerate(MODEL.attributes):
        for c, category in enumerate(QUADRANTS):
            assert support.loc[name, category] == pytest.approx((codes[:, j] == c).mean())
    chosen = result.estimates("quadrants", statistic="quadrant").set_index("attribute")
    assert all(chosen.loc[name, "estimate"] == support.loc[name, chosen.loc[name, "category"]] for name in chosen.index)
    check = result.checks().set_index("check").loc["sure_quadrants"]
    assert check["passed"] == (not (support.max(axis=1) < 0.8).any())
    assert border(result).tolist() == (chosen["estimate"] < 0.8).tolist()


def test_a_line_that_does_not_move_has_no_error() -> None:
    line = fit(Bootstrap(draws=50), crosshair="scale_mid").table("crosshair").set_index("statistic").loc["performance"]
    assert line["std_error"] == 0
    assert np.isnan(line["p_value"])
    assert "does not vary" in line["reason"]


@pytest.mark.parametrize("replicates", [Bootstrap(draws=200), Linearized()], ids=repr)
def test_a_share_stops_at_0_where_the_attribute_is_nothing(replicates: Any) -> None:
    rows = fit(replicates).estimates("grid", statistic="importance").set_index("attribute")
    assert rows.loc["room", "conf_low"] == 0
    assert rows.loc["room", "p_value"] > 0.05
    assert rows.loc["speed", "conf_low"] > 0.2


def test_a_grid_is_drawn_for_one_domain() -> None:
    assert len(fit(Bootstrap(draws=20)).picture("grid").labels) == 4
    with pytest.raises(ValueError, match=r"one domain.*sample.where\(\{'wave'"):
        fit(Bootstrap(draws=20), by="wave").picture("grid")


def test_on_the_line_counts_as_high_and_a_missing_number_as_no_quadrant() -> None:
    one = np.array([[5.0, 5.0, 4.0, 4.0, np.nan]])
    two = np.array([[60.0, 50.0, 60.0, 50.0, 60.0]])
    assert quadrant(one, two, np.array([[5.0, 60.0]])).tolist() == [[1, 0, 3, 2, -1]]
    assert (quadrant(one, two, np.array([[np.nan, 60.0]])) == -1).all()


def test_options_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="importance='shapley': allowed are lmg, correlation, slope, stated"):
        ImportancePerformance(importance="shapley")
    with pytest.raises(ValueError, match="crosshair='mean': allowed are grand_mean"):
        ImportancePerformance(crosshair="mean")
    for options in ({"crosshair": "target"}, {"target": 70.0}):
        with pytest.raises(ValueError, match="belong together"):
            ImportancePerformance(**options)
    with pytest.raises(ValueError, match="2 items for 4 attributes"):
        fit(importance="stated", stated=("speed", "price"))
    with pytest.raises(DataError, match="at least two attributes"):
        fit(attributes=("speed",))
    with pytest.raises(DataError, match="needs an outcome"):
        fit(outcome=None)
    with pytest.raises(DataError, match="stated importance was not asked"):
        fit(importance="stated")
    with pytest.raises(DataError, match="has no scale"):
        MODEL.fit(Sample.from_frame(market()))
