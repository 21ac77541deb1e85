"""The engine against R survey, against brute force, and against itself: equal data, equal numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from csresearch.inference import engine
from csresearch.inference.derivatives import influences, simple_variance
from csresearch.inference.design import Design, Weighting
from csresearch.inference.engine import run
from csresearch.inference.intervals import t_intervals
from csresearch.inference.moments import AnyArray, Array, Summary
from csresearch.inference.problem import EFFECT_ROWS, Problem
from csresearch.inference.raking import Raking
from csresearch.inference.replicates import Bootstrap, Jackknife, Linearized
from tests.conftest import golden
from tests.inference import cases
from tests.inference.cases import (
    DESIGNS,
    api,
    clusters,
    means,
    problem,
    raked_schools,
    ratio,
    respondents,
    slopes,
    totals,
)

GOLDEN = golden("survey_api")
SCORES, ENROLMENT = ["api00", "api99"], ["enroll"]
INTEGER = np.random.default_rng(5).integers(0, 4, 120)


def agree(check: str, point: Array, std_error: Array, *, df: int, rtol: float = 0.0) -> None:
    """Estimates, standard errors and (where R has them) t intervals."""
    expected = GOLDEN[check]
    rows = list(expected["value"].values()) if "se" not in expected["value"] else [expected["value"]]
    tolerance = {"rtol": max(rtol, 1e-11), "atol": expected["tolerance"]["abs"]}
    np.testing.assert_allclose(point, [row["estimate"] for row in rows], rtol=1e-11, atol=tolerance["atol"])
    np.testing.assert_allclose(std_error, [row["se"] for row in rows], **tolerance)
    if "lower" in rows[0]:
        low, high = t_intervals(point, std_error, df=df, level=0.95)
        np.testing.assert_allclose(
            [low, high], np.transpose([[row["lower"], row["upper"]] for row in rows]), **tolerance
        )


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
def test_means_totals_ratios_and_degrees_of_freedom_equal_r(design: str, shared_data: Path) -> None:
    frame, weighting = api(shared_data, design)
    df = weighting.design.df()
    assert df == GOLDEN[f"{design}.degf"]["value"]
    found = run(problem(frame[SCORES], weighting), Linearized())
    agree(f"{design}.mean", found.point[0], found.std_error[0], df=df)
    found = run(problem(frame[ENROLMENT], weighting, totals, pairwise=True), Linearized())
    agree(f"{design}.total", found.point[0], found.std_error[0], df=df)
    found = run(problem(frame[["api.stu", "enroll"]], weighting, ratio), Linearized())
    agree(f"{design}.ratio", found.point[0], found.std_error[0], df=df)


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
def test_proportions_and_domains_equal_r(design: str, shared_data: Path) -> None:
    frame, weighting = api(shared_data, design)
    member = np.stack([(frame["stype"] == name).to_numpy() for name in "EHM"])
    found = run(problem(member.T, weighting), Linearized())
    agree(f"{design}.prop", found.point[0], found.std_error[0], df=weighting.design.df())
    found = run(problem(frame[["api00"]], weighting, domains=member), Linearized())
    agree(f"{design}.by", found.point[:, 0], found.std_error[:, 0], df=0)


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("analytic", "rtol"), [(True, 1e-9), (False, 2e-4)])
def test_regressions_equal_r(design: str, analytic: bool, rtol: float, shared_data: Path) -> None:
    """All digits by the complex step; by the central difference four, even with a fifth of the weight in a cluster."""
    frame, weighting = api(shared_data, design)
    columns = frame[["api00", "ell", "meals", "mobility"]]
    found = run(problem(columns, weighting, slopes, order=2, analytic=analytic), Linearized())
    agree(f"{design}.glm", found.point[0], found.std_error[0], df=0, rtol=rtol)


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
def test_effective_n_is_n_over_the_design_effect_of_r(design: str, shared_data: Path) -> None:
    """R compares with a sample drawn without replacement; the scale of weights being free, ours is with replacement."""
    frame, weighting = api(shared_data, design)
    found = run(problem(frame[SCORES], weighting), Linearized())
    without = 1 - len(frame) / weighting.base.sum()
    effects = [row["deff"] * without for row in GOLDEN[f"{design}.mean"]["value"].values()]
    np.testing.assert_allclose(found.n_effective[0], len(frame) / np.array(effects), rtol=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(("check", "design"), [("jk1.mean", "clus1"), ("jkn.mean", "strat")])
def test_the_jackknife_equals_r(check: str, design: str, shared_data: Path) -> None:
    frame, weighting = api(shared_data, design)
    found = run(problem(frame[["api00"]], weighting), Jackknife())
    agree(check, found.point[0], found.std_error[0], df=weighting.design.df())


@pytest.mark.shared
def test_a_raked_mean_has_the_error_of_its_own_derivative(shared_data: Path) -> None:
    """R's 23.942 projects with weights that are not the raked ones; the derivative of the raked mean gives 23.982.

    Brute force: let each cluster's weight grow and shrink by a thousandth, rake anew, take the mean.
    """
    frame, weighting = raked_schools(shared_data)
    scores, cluster = frame["api00"].to_numpy(float), weighting.design.cluster
    influence = []
    for k in range(cluster.max() + 1):
        means_of = []
        for step in (1e-3, -1e-3):
            weights = weighting.final(np.where(cluster == k, 1 + step, 1.0)[:, None])[:, 0]
            means_of.append((weights * scores).sum() / weights.sum())
        influence.append((means_of[0] - means_of[1]) / 2e-3)
    p = len(influence)
    brute = np.sqrt(p / (p - 1) * ((np.array(influence) - np.mean(influence)) ** 2).sum())
    found = run(problem(frame[["api00"]], weighting), Linearized())
    expected = GOLDEN["rake.mean"]["value"]["api00"]
    assert found.point[0, 0] == pytest.approx(expected["estimate"], abs=1e-6)
    assert found.std_error[0, 0] == pytest.approx(brute, rel=1e-6)
    assert found.std_error[0, 0] == pytest.approx(23.982, abs=5e-4)
    assert found.std_error[0, 0] != pytest.approx(expected["se"], abs=0.03)


@pytest.mark.shared
def test_a_raked_total_equals_r_and_its_error_nearly(shared_data: Path) -> None:
    """The margins fix the number of schools, so that a total is that number times the raked mean."""
    frame, weighting = raked_schools(shared_data)
    schools = sum(cases.STYPE.values())
    found = run(problem(frame[ENROLMENT], weighting), Linearized())
    expected = GOLDEN["rake.total"]["value"]["enroll"]
    assert schools * found.point[0, 0] == pytest.approx(expected["estimate"], rel=1e-9)
    assert schools * found.std_error[0, 0] == pytest.approx(expected["se"], rel=0.01)


def answers(n: int = 120, q: int = 3, seed: int = 2) -> Array:
    return np.random.default_rng(seed).integers(1, 11, (n, q)).astype(float)


def raked(weighting: Weighting, *, trim: tuple[float, float] | None = None, seed: int = 3) -> Weighting:
    """The same respondents, with two margins."""
    random, n = np.random.default_rng(seed), len(weighting.base)
    cells, cell = np.unique(random.integers(0, 2, (n, 2)), axis=0, return_inverse=True)
    raking = Raking(
        cell=cell.reshape(-1),
        category=(cells[:, 0], cells[:, 1]),
        target=(np.array([0.3, 0.7]), np.array([0.6, 0.4])),
        trim=trim,
    )
    return replace(weighting, raking=raking)


@pytest.mark.parametrize("trim", [None, (0.6, 1.4)])
def test_the_derivative_goes_through_raking_and_trimming(trim: tuple[float, float] | None) -> None:
    weighting = raked(respondents(120), trim=trim)
    ours = influences(problem(answers(), weighting))[0]
    free = weighting.raking.factors(weighting.raking.cell_totals(weighting.base[:, None]))
    if trim is not None:
        assert np.isclose(free, 1.4).any(), "the bounds must bite for this test to say anything"
    values = answers()
    for k in (0, 7, 60):
        ends = []
        for step in (1e-3, -1e-3):
            weights = weighting.final((1 + step * (np.arange(120) == k))[:, None])[:, 0]
            ends.append(weights @ values / weights.sum())
        np.testing.assert_allclose(ours[k], (ends[0] - ends[1]) / 2e-3, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("pooled", [False, True])
def test_slopes_say_what_following_every_cluster_says(clustered: bool, pooled: bool) -> None:
    """Raked and trimmed, with gaps, in domains, more clusters than cells and fewer, moments of all beside or not."""

    def shares(batch: Summary, point: Summary) -> AnyArray:
        whole = batch if batch.pooled is None else batch.pooled
        return np.concatenate([batch.mean / whole.mean[:, :1], batch.cov[:, 0]], axis=1)

    few = Weighting(base=np.linspace(1, 2, 120), design=clusters([[40, 20], [30, 30]]))
    plain, values = few if clustered else respondents(120), answers().copy()
    values[::7, 0] = np.nan
    asked = problem(
        values, raked(plain, trim=(0.6, 1.4)), shares, order=2, pairwise=True,
        domains=np.stack([np.arange(120) % 3 == 0, np.arange(120) % 3 > 0]),
    )  # fmt: skip
    asked = replace(asked, base=None, pooled=np.ones(120, dtype=bool) if pooled else None)
    followed = replace(asked)
    followed.__dict__["slopes"] = None
    assert asked.slopes is not None, "this problem should be short enough"
    np.testing.assert_allclose(influences(asked), influences(followed), rtol=1e-11, atol=1e-15)
    for d in range(2):
        np.testing.assert_allclose(simple_variance(asked, d), simple_variance(followed, d), rtol=1e-11, atol=1e-30)


def test_a_category_with_target_0_counts_nobody_and_breaks_nothing() -> None:
    plain = raked(respondents(120))
    nobody = replace(plain, raking=replace(plain.raking, target=(np.array([0.0, 1.0]), np.array([0.6, 0.4]))))
    found = run(problem(answers(), nobody), Linearized())
    assert found.n_obs[0, 0] == (plain.raking.category[0][plain.raking.cell] == 1).sum()
    assert np.isfinite(found.std_error).all()


@pytest.mark.parametrize("replicates", [Linearized(), Jackknife(), Bootstrap(draws=40)], ids=repr)
def test_the_scale_of_weights_changes_nothing(replicates: Linearized | Jackknife | Bootstrap) -> None:
    weights = np.random.default_rng(1).uniform(0.5, 2, 120)
    for raking in (False, True):
        one, other = (
            run(problem(answers(), raked(w) if raking else w, slopes, order=2), replicates)
            for w in (respondents(120, weights=weights), respondents(120, weights=weights * 1e4))
        )
        for name in ("point", "draws", "std_error", "n_effective"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-8, err_msg=name)


def test_integer_weights_give_the_estimates_of_repeated_rows_but_not_their_errors() -> None:
    one = run(problem(answers(), respondents(120, weights=INTEGER.astype(float)), slopes, order=2), Linearized())
    rows = np.repeat(np.arange(120), INTEGER)
    other = run(problem(answers()[rows], respondents(len(rows)), slopes, order=2), Linearized())
    np.testing.assert_allclose(one.point, other.point, rtol=1e-10)
    assert one.n_obs[0, 0] == (INTEGER > 0).sum()
    assert other.n_obs[0, 0] == len(rows)
    assert (one.std_error > other.std_error).all()


def test_repeated_rows_with_their_respondent_as_cluster_have_the_error_of_weights() -> None:
    kept = np.flatnonzero(INTEGER)
    weighted = respondents(len(kept), weights=INTEGER[kept].astype(float))
    one = run(problem(answers()[kept], weighted, slopes, order=2), Linearized())
    rows = np.repeat(np.arange(len(kept)), INTEGER[kept])
    design = Design(cluster=rows, stratum=np.zeros(len(kept), dtype=np.int64), clustered=True)
    other = run(
        problem(answers()[kept][rows], Weighting(base=np.ones(len(rows)), design=design), slopes, order=2), Linearized()
    )
    np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-10)
    assert one.df == other.df


def few_clusters(*, excluded: bool = True, raking: bool = True) -> Problem:
    """Sixteen clusters of 60: grouped if left alone; some respondents excluded, two overlapping domains."""
    random = np.random.default_rng(4)
    base = random.uniform(0.5, 2, 960)
    if excluded:
        base[::7] = 0.0
    weighting = Weighting(base=base, design=clusters([[60] * 8, [60] * 8]))
    if excluded:
        base[:60] = 0.0  # a whole cluster
    domains = np.stack([np.ones(960, dtype=bool), random.random(960) < 0.4])
    return problem(answers(960), raked(weighting) if raking else weighting, slopes, order=2, domains=domains)


@pytest.mark.parametrize("replicates", [Bootstrap(draws=60, seed=2), Jackknife()], ids=repr)
@pytest.mark.parametrize("raking", [False, True])
def test_groups_give_the_draws_of_rows(
    replicates: Bootstrap | Jackknife, raking: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = few_clusters(raking=raking)
    assert engine._groups(asked.weighting) is not None, "this design should be grouped"
    grouped = run(asked, replicates)
    monkeypatch.setattr(engine, "_groups", lambda weighting: None)
    rows = run(asked, replicates)
    np.testing.assert_allclose(grouped.draws, rows.draws, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(grouped.std_error, rows.std_error, rtol=1e-10)


def test_the_excluded_change_no_estimate_but_stay_in_the_design() -> None:
    asked = few_clusters(raking=False)
    found = run(asked, Bootstrap(draws=30))
    left = asked.weighting.base > 0
    alone = problem(
        answers(960)[left], respondents(int(left.sum()), weights=asked.weighting.base[left]), slopes, order=2
    )
    np.testing.assert_allclose(found.point[0], run(alone, None).point[0], rtol=1e-10)
    assert found.n_obs[0, 0] == left.sum()
    assert found.df[0] == 16 - 2 - 1


def test_a_domain_has_the_degrees_of_freedom_of_its_clusters() -> None:
    design = clusters([[3] * 5, [3] * 4])
    member = design.cluster < 3  # three clusters of the first stratum
    values = answers(27, 1)
    found = run(problem(values, Weighting(base=np.ones(27), design=design), domains=member[None]), Linearized())
    assert found.df[0] == 2
    assert found.n_obs[0, 0] == 9


@pytest.mark.parametrize("replicates", [Bootstrap(draws=30), Linearized()], ids=repr)
def test_a_plain_sample_is_as_large_as_it_looks(replicates: Bootstrap | Linearized) -> None:
    values = answers()
    found = run(problem(values, respondents(120), domains=(values[:, :1] > 5).T), replicates)
    assert (found.n_effective == found.n_obs).all()


def test_each_number_has_the_base_of_its_own_answers() -> None:
    values = answers()
    values[:50, 0] = np.nan
    found = run(problem(values, respondents(120, weights=INTEGER + 0.5), pairwise=True), Linearized())
    alone = run(problem(values[50:], respondents(70, weights=INTEGER[50:] + 0.5)), Linearized())
    assert found.n_obs[0].tolist() == [70, 120, 120]
    assert found.n_effective[0, 0] == pytest.approx(alone.n_effective[0, 0], rel=0.02)


def test_what_does_not_vary_by_the_design_has_no_effective_base() -> None:
    design = clusters([[1] * 20, [1] * 30])
    stratum = design.stratum[design.cluster].astype(float)
    found = run(problem(stratum[:, None], Weighting(base=np.ones(50), design=design)), Linearized())
    assert found.std_error[0, 0] == 0
    assert np.isnan(found.n_effective[0, 0])


def test_a_large_sample_is_thinned_at_random_for_its_design_effect() -> None:
    """Every second respondent of a sorted file would hold one brand only."""
    n = 2 * EFFECT_ROWS
    values = np.where(np.arange(n) % 2 == 0, 1.0, 9.0)[:, None]
    weights = np.where(np.arange(n) % 10 < 5, 1.0, 1.5)
    found = run(problem(values, respondents(n, weights=weights)), Linearized())
    assert found.n_effective[0, 0] == pytest.approx(n / 1.04, rel=0.03)


@pytest.mark.parametrize("kind", ["rao_wu", "exponential"])
def test_the_first_draws_of_many_are_the_draws_of_few(kind: str) -> None:
    asked = few_clusters()
    many = run(asked, Bootstrap(draws=700, multipliers=kind))
    few = run(asked, Bootstrap(draws=100, multipliers=kind))
    np.testing.assert_allclose(few.draws, many.draws[:, :100], rtol=1e-12, atol=1e-13)


def test_one_seed_gives_the_same_bits_twice() -> None:
    one, other = (run(few_clusters(), Bootstrap(draws=50, seed=9)).draws for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, run(few_clusters(), Bootstrap(draws=50, seed=10)).draws)


THREADED = """
import sys
import numpy as np
import pandas as pd
from csresearch.inference.replicates import Bootstrap
from csresearch.models.drivers import Drivers
from csresearch.models.scores import Scores
from csresearch.survey.sample import Sample
items = [f"q{j}" for j in range(12)]
frame = pd.DataFrame(np.random.default_rng(1).integers(1, 11, (5000, 12)), columns=items)
sample, found = Sample.from_frame(frame, scale=(1, 10)), {}
for model in (Scores(), Drivers(outcome="q0", predictors=tuple(items[1:]))):
    result = model.fit(sample, replicates=Bootstrap(draws=100))
    for name in result.tables:
        found["drawn " + name] = result.draws(name)
        found[name] = result.table(name)[["estimate", "std_error", "conf_low", "conf_high"]].to_numpy(float)
np.savez(sys.argv[1], **found)
"""


def test_threads_of_the_linear_algebra_change_nothing(tmp_path: Path) -> None:
    for threads in "12":
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        command = [sys.executable, "-c", THREADED, str(tmp_path / f"{threads}.npz")]
        subprocess.run(command, env={**os.environ, **limits}, check=True)
    one, two = np.load(tmp_path / "1.npz"), np.load(tmp_path / "2.npz")
    assert set(one) == set(two) > {"scores", "importance", "drawn importance"}
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_a_failed_draw_keeps_its_place_and_touches_no_other() -> None:
    def fragile(batch: Summary, point: Summary) -> Array:
        return np.where(batch.mean < point.mean, np.nan, batch.mean)

    asked = problem(answers(), respondents(120), fragile, analytic=False)
    found, plain = run(asked, Bootstrap(draws=200)), run(replace(asked, estimate=means), Bootstrap(draws=200))
    good = np.isfinite(found.draws)
    assert 0.3 < good.mean() < 0.7
    assert np.array_equal(found.draws[good], plain.draws[good])
    left = [plain.draws[0, good[0, :, j], j].std(ddof=1) for j in range(3)]
    np.testing.assert_allclose(found.std_error[0], left, rtol=1e-12)


def test_deviations_are_the_covariances_of_the_draws() -> None:
    found = run(problem(answers(), respondents(120)), Bootstrap(draws=80))
    np.testing.assert_allclose(found.deviations[0].T @ found.deviations[0], np.cov(found.draws[0].T), rtol=1e-10)
