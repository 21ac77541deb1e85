"""Replicate weights: their mean and variance on paper, lone clusters, emptied categories, and their name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from csresearch.errors import StatisticsError
from csresearch.inference.design import Design, Weighting, joined
from csresearch.inference.engine import run
from csresearch.inference.moments import Array
from csresearch.inference.raking import Raking
from csresearch.inference.replicates import Bootstrap, Jackknife, Linearized, replicates_id
from tests.inference.cases import clusters, problem, respondents, totals

SIZES = [[1, 2, 3, 4, 2], [2, 2, 1], [3, 1]]
POPULATION = [10.0, 4.0, 8.0]


def weighting(sizes: list[list[int]] = SIZES, population: list[float] | None = None) -> Weighting:
    design = clusters(sizes, population=population)
    return Weighting(base=np.ones(len(design.cluster)), design=design)


def drawn(replicates: Bootstrap | Jackknife, given: Weighting) -> Array:
    return np.concatenate(list(replicates.blocks(given)), axis=1)


def variance_of_a_total(values: Array, design: Design) -> float:
    """Sum over strata of (1 - f) n / (n - 1) times the squares of cluster totals around their mean."""
    sums = np.bincount(design.cluster, weights=values)
    found = 0.0
    for h, n in enumerate(design.size):
        own = sums[design.stratum == h]
        found += (1 - design.fraction[h]) * n / (n - 1) * ((own - own.mean()) ** 2).sum()
    return found


@pytest.mark.parametrize("population", [None, POPULATION])
@pytest.mark.parametrize("multipliers", ["rao_wu", "exponential"])
def test_multipliers_have_mean_1_and_the_variance_of_a_total(multipliers: str, population: list[float] | None) -> None:
    given = weighting(population=population)
    found = drawn(Bootstrap(draws=20_000, multipliers=multipliers), given)
    values = np.random.default_rng(1).normal(5, 2, len(given.base))
    assert (found >= 0).all()
    np.testing.assert_allclose(found.mean(axis=1), 1, atol=0.03)
    of_design = variance_of_a_total(values, given.design)
    assert (values @ found).var(ddof=1) == pytest.approx(of_design, rel=0.05)


def test_rao_wu_draws_n_minus_1_clusters_of_each_stratum() -> None:
    given = weighting()
    found = drawn(Bootstrap(draws=50), given)
    first = np.unique(given.design.cluster, return_index=True)[1]
    for h, n in enumerate(given.design.size.astype(int)):
        times = found[first][given.design.stratum == h] * (n - 1) / n
        np.testing.assert_allclose(times, np.round(times), atol=1e-12)
        np.testing.assert_allclose(times.sum(axis=0), n - 1)


def test_all_of_a_cluster_have_its_multiplier() -> None:
    given = weighting()
    found = drawn(Bootstrap(draws=20), given)
    for k in range(len(given.design.stratum)):
        assert np.ptp(found[given.design.cluster == k], axis=0).max() == 0


def test_a_stratum_seen_as_a_whole_does_not_vary() -> None:
    given = weighting(population=[5.0, 4.0, 8.0])
    for multipliers in ("rao_wu", "exponential"):
        found = drawn(Bootstrap(draws=20, multipliers=multipliers), given)
        assert (found[: sum(SIZES[0])] == 1).all()
        assert found[sum(SIZES[0]) :].std() > 0


@pytest.mark.parametrize("population", [None, POPULATION])
def test_jackknife_and_linearisation_have_the_variance_of_a_total(population: list[float] | None) -> None:
    given = weighting(population=population)
    values = np.random.default_rng(1).normal(5, 2, (len(given.base), 1))
    expected = np.sqrt(variance_of_a_total(values[:, 0], given.design))
    for replicates in (Jackknife(), Linearized()):
        assert run(problem(values, given, totals), replicates).std_error[0, 0] == pytest.approx(expected, rel=1e-10)


LONE = [[1, 2, 3, 4], [2], [3, 3], [5]]


@pytest.mark.parametrize("replicates", [Bootstrap(draws=10), Jackknife(), Linearized()], ids=repr)
def test_a_stratum_with_one_cluster_raises_with_the_remedies(replicates: Bootstrap | Jackknife | Linearized) -> None:
    values = np.arange(23.0)[:, None]
    with pytest.raises(StatisticsError, match=r"2 of 4 strata have one cluster.*'collapse', 'certainty' or 'centre'"):
        run(problem(values, weighting(LONE)), replicates)


def lone_variance(single: str, values: Array) -> float:
    design = clusters(LONE)
    sums = np.bincount(design.cluster, weights=values)
    if single == "collapse":
        return variance_of_a_total(values, replace(design, stratum=np.array([0, 0, 0, 0, 1, 2, 2, 1])))
    own = [sums[design.stratum == h] for h in (0, 2)]
    known = sum(len(o) / (len(o) - 1) * ((o - o.mean()) ** 2).sum() for o in own)
    lone = sums[[4, 7]]
    return known + (((lone - sums.mean()) ** 2).sum() if single == "centre" else 0.0)


@pytest.mark.parametrize("single", ["collapse", "certainty", "centre"])
def test_a_lone_cluster_is_dealt_with_as_asked(single: str) -> None:
    given = weighting(LONE)
    values = np.random.default_rng(2).normal(5, 2, len(given.base))
    expected = lone_variance(single, values)
    found = run(problem(values[:, None], given, totals), Linearized(single=single))
    assert found.std_error[0, 0] ** 2 == pytest.approx(expected, rel=1e-10)
    draws = values @ drawn(Bootstrap(draws=20_000, single=single), given)
    assert draws.var(ddof=1) == pytest.approx(expected, rel=0.05)
    assert draws.mean() == pytest.approx(values.sum(), rel=0.02)
    if single != "centre":  # the jackknife has no mean to centre at
        jackknife = run(problem(values[:, None], given, totals), Jackknife(single=single))
        assert jackknife.std_error[0, 0] ** 2 == pytest.approx(expected, rel=1e-10)


def test_one_lone_stratum_joins_the_smallest_and_populations_add_up() -> None:
    design = joined(clusters([[1] * 4, [2], [1] * 3], population=[40.0, 5.0, 30.0]), "collapse")
    assert design.size.tolist() == [4, 4]
    assert design.population is not None
    assert design.population.tolist() == [40, 35]


def test_a_lone_cluster_that_is_its_whole_stratum_is_no_trouble() -> None:
    design = clusters([[1] * 4, [2]], population=[40.0, 1.0])
    assert joined(design, "raise") is design


def test_one_cluster_in_all_has_no_variance() -> None:
    with pytest.raises(StatisticsError, match="one cluster, so its variance cannot be estimated"):
        run(problem(np.arange(5.0)[:, None], weighting([[5]])), Bootstrap(draws=5))


def rare(n: int = 100, lucky: int = 3) -> Weighting:
    """A category with three respondents, empty in one draw of twenty."""
    cell = (np.arange(n) < lucky).astype(np.int64)
    raking = Raking(cell=cell, category=(np.array([0, 1]),), target=(np.array([0.9, 0.1]),))
    return replace(respondents(n), raking=raking)


def test_draws_that_empty_a_category_raise_with_the_remedies() -> None:
    with pytest.raises(StatisticsError, match=r"empty a raking category.*merge small.*multipliers='exponential'"):
        drawn(Bootstrap(draws=400), rare())


def test_exponential_multipliers_empty_no_category() -> None:
    found = drawn(Bootstrap(draws=400, multipliers="exponential"), rare())
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[:3].sum(axis=0) / found.sum(axis=0), 0.1, rtol=1e-8)


def test_few_emptied_draws_are_nan_and_left_out() -> None:
    given = rare(lucky=6)
    found = run(problem(np.arange(100.0)[:, None], given), Bootstrap(draws=1000))
    failed = int(np.isnan(found.draws).sum())
    assert 0 < failed <= 10
    assert found.std_error[0, 0] == pytest.approx(np.nanstd(found.draws, ddof=1))


def test_a_jackknife_that_cannot_rake_has_no_error() -> None:
    found = run(problem(np.arange(100.0)[:, None], rare(lucky=1)), Jackknife())
    assert np.isnan(found.std_error[0, 0])


def test_the_id_names_everything_that_the_draws_depend_on() -> None:
    given = rare()
    raking = given.raking
    assert raking is not None
    others = {
        "seed": replicates_id(Bootstrap(seed=2), given),
        "draws": replicates_id(Bootstrap(draws=2), given),
        "multipliers": replicates_id(Bootstrap(multipliers="exponential"), given),
        "single": replicates_id(Bootstrap(single="centre"), given),
        "kind": replicates_id(Jackknife(), given),
        "base": replicates_id(Bootstrap(), replace(given, base=given.base * 2)),
        "target": replicates_id(Bootstrap(), replace(given, raking=replace(raking, target=(np.array([0.8, 0.2]),)))),
        "trim": replicates_id(Bootstrap(), replace(given, raking=replace(raking, trim=(0.2, 5.0)))),
        "strata": replicates_id(
            Bootstrap(), replace(given, design=replace(given.design, stratum=np.arange(100, dtype=np.int64) % 2))
        ),
    }
    mine = replicates_id(Bootstrap(), given)
    assert mine == replicates_id(Bootstrap(), rare())
    assert len({mine, *others.values()}) == len(others) + 1


@pytest.mark.parametrize(
    "replicates",
    [
        Bootstrap(), Bootstrap(draws=7, seed=3, multipliers="exponential", single="centre"), Jackknife(),
        Jackknife(single="certainty"), Linearized(single="collapse"),
    ],
    ids=repr,
)  # fmt: skip
def test_the_repr_is_code(replicates: Bootstrap | Jackknife | Linearized) -> None:
    assert eval(repr(replicates)) == replicates


def test_unknown_options_list_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="at least 2 draws"):
        Bootstrap(draws=1)
    with pytest.raises(ValueError, match="'rao_wu' and 'exponential'"):
        Bootstrap(multipliers="poisson")
    for kind in (Bootstrap, Jackknife, Linearized):
        with pytest.raises(ValueError, match="'raise', 'collapse', 'certainty' and 'centre'"):
            kind(single="drop")
