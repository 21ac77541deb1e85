"""Paths, effects, the 0-100 index and importance-performance against R programs, printed tables and algebra."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from csresearch.models.path.effects import (
    Effects,
    IndexScores,
    Structure,
    effects,
    index_scores,
    per_point,
    structure,
)
from csresearch.models.path.path_model import PathModel, Scheme
from csresearch.models.path.pls import PLSFit, fit_pls
from tests.conftest import golden
from tests.models.ecsi import HIGH, ITEMS, LOW, NAMES, PATHS, Floats, assert_agrees, ecsi, fitted, moments, table

GOLDEN = golden("pls_mobi")
SCHEMES: dict[str, Scheme] = {"path": "path", "weighting": "path", "centroid": "centroid", "factorial": "factorial"}
ROWS = list(NAMES)


def chosen(*ends: str) -> list[str]:
    """Names of golden checks with these last words."""
    return [name for name in GOLDEN if any(name.endswith(f".{end}") for end in ends)]


def parts(name: str, mobi: pd.DataFrame) -> tuple[PathModel, PLSFit, Structure, Effects, IndexScores]:
    """Everything this room computes for the model of one golden check."""
    _, mode, scheme, *_ = name.split(".")
    model, fit = fitted(mobi, "A" if mode == "modeA" else "B", SCHEMES[scheme])
    found = structure(model, fit.correlations)
    mean, cov = moments(mobi)
    return model, fit, found, effects(model, found.paths), index_scores(model, fit.weights, mean, cov, LOW, HIGH)


def square(values: Floats) -> Floats:
    """Numbers of the paths as a matrix, row source, column target."""
    matrix = np.zeros((7, 7))
    for (source, target), value in zip(ecsi().paths, values[0], strict=True):
        matrix[source, target] = value
    return matrix


def by_construct(values: Floats) -> dict[str, float]:
    return dict(zip(NAMES, values[0], strict=True))


@pytest.mark.parametrize("name", chosen("paths"))
def test_paths_agree(name: str, mobi: pd.DataFrame) -> None:
    _, _, found, _, _ = parts(name, mobi)
    matrix = square(found.paths)
    assert_agrees(GOLDEN[name], table(matrix if name.startswith("seminr") else matrix.T, ROWS, ROWS))


@pytest.mark.parametrize("name", chosen("R2", "inner_summary"))
def test_r2_agrees(name: str, mobi: pd.DataFrame) -> None:
    model, fit, found, _, _ = parts(name, mobi)
    r2 = by_construct(np.nan_to_num(found.r2))
    communality = (fit.loadings**2 @ model.membership / model.membership.sum(0))[0]
    ours: dict[str, Any] = {name: {"R2": r2[name], "AVE": communality[k]} for k, name in enumerate(NAMES)}
    if "inner_summary" not in name:
        sources = {name: sum(target == name for _, target in PATHS) for name in NAMES}
        adjusted = {name: 1 - (1 - r2[name]) * 249 / (249 - k) for name, k in sources.items()}
        ours = {**r2, "Rsq": r2, "AdjRsq": adjusted}
    assert_agrees(GOLDEN[name], ours)


@pytest.mark.parametrize("name", chosen("effects", "total_effects", "total_indirect_effects"))
def test_direct_indirect_and_total_effects_agree(name: str, mobi: pd.DataFrame) -> None:
    _, _, _, found, _ = parts(name, mobi)
    ours: dict[str, Any] = table((found.indirect if "indirect" in name else found.total)[0], ROWS, ROWS)
    for a, source in enumerate(NAMES):
        for b, target in enumerate(NAMES):
            ours[f"{target} ~ {source}"] = found.total[0, a, b]
            ours[f"{source} -> {target}"] = {kind: getattr(found, kind)[0, a, b] for kind in vars(found)}
    assert_agrees(GOLDEN[name], ours)


@pytest.mark.parametrize("name", chosen("index100", "index100_weights", "index100_scores_summary"))
def test_the_index_agrees(name: str, mobi: pd.DataFrame) -> None:
    model, _, _, _, scores = parts(name, mobi)
    weights = {
        name: {ITEMS[i]: scores.weights[0, i] for i in block} for name, block in zip(NAMES, model.blocks, strict=True)
    }
    summary = {name: {"mean": scores.index[0, k], "sd": scores.sd[0, k]} for k, name in enumerate(NAMES)}
    ours = {"index100": by_construct(scores.index), "index100_weights": weights, "index100_scores_summary": summary}
    assert_agrees(GOLDEN[name], ours[name.rpartition(".")[2]])


@pytest.mark.parametrize("name", chosen("ipma"))
def test_importance_and_performance_agree_with_plspm(name: str, mobi: pd.DataFrame) -> None:
    _, _, _, found, scores = parts(name, mobi)
    target = NAMES.index("Satisfaction")
    importance = per_point(found.total, scores.sd)[0, :, target]
    ours = {
        name: {
            "performance": scores.index[0, k],
            "total_effect_std": found.total[0, k, target],
            "total_effect_unstd": importance[k],
        }
        for k, name in enumerate(NAMES)
    }
    assert_agrees(GOLDEN[name], ours)


@pytest.mark.parametrize("name", [name for name in GOLDEN if ".doIPMA.Construct" in name])
def test_importance_and_performance_agree_with_csem(name: str, mobi: pd.DataFrame) -> None:
    _, _, _, found, scores = parts(name, mobi)
    on_scale = {  # cSEM stays on the 1-10 scale of the items
        "Construct.performance": dict(zip(NAMES, scores.index[0] * 0.09 + 1, strict=True)),
        "Construct.importance": table(per_point(found.total, scores.sd)[0].T, ROWS, ROWS),
    }
    assert_agrees(GOLDEN[name], on_scale[name.partition("doIPMA.")[2]])


def printed(model: PathModel, mean: Floats, cov: Floats) -> dict[str, Any]:
    """The figures of the printed tables."""
    fit = fit_pls(model, cov)
    found = structure(model, fit.correlations)
    total = effects(model, found.paths).total
    scores = index_scores(model, fit.weights, mean, cov, LOW, HIGH)
    return {
        "table": {
            "paths": {" -> ".join(path): value for path, value in zip(PATHS, found.paths[0], strict=True)},
            "R2": by_construct(found.r2),
        },
        "index100": by_construct(scores.index),
        "importance": table(per_point(total, scores.sd)[0].T, ROWS, ROWS),
        "total_on_loyalty": by_construct(total[:, :, NAMES.index("Loyalty")]),
    }


@pytest.mark.parametrize("name", [name for name in GOLDEN if name.startswith("semPLS")])
def test_the_printed_tables_are_met(name: str, mobi: pd.DataFrame) -> None:
    ours = printed(ecsi(scheme=SCHEMES[name.split(".")[2]]), *moments(mobi))
    assert_agrees(GOLDEN[name], ours[name.rpartition(".")[2]])


@pytest.mark.parametrize("scheme", get_args(Scheme))
def test_printed_moments_give_the_printed_tables(scheme: Scheme) -> None:
    lines = GOLDEN["moments"]["value"]
    mean, sd = np.array([line[:2] for line in lines.values()]).T
    corr = np.eye(24)
    for row, line in enumerate(lines.values()):
        corr[row, :row] = corr[:row, row] = line[2:]
    ours = printed(ecsi(scheme=scheme), mean[None], (corr * sd * sd[:, None])[None])
    assert_agrees(GOLDEN[f"semPLS.modeA.{scheme}.table"] | {"tolerance": {"abs": 1e-4}}, ours["table"])
    if scheme == "centroid":
        assert_agrees(GOLDEN["semPLS.modeA.centroid.index100"] | {"tolerance": {"abs": 1e-3}}, ours["index100"])


@pytest.mark.parametrize("name", chosen("fSquare"))
def test_f2_with_a_new_estimate_without_the_path_agrees_with_seminr(name: str, mobi: pd.DataFrame) -> None:
    mode = "A" if ".modeA." in name else "B"
    _, cov = moments(mobi)
    full = np.nan_to_num(structure(ecsi(mode), fit_pls(ecsi(mode), cov).correlations).r2[0])
    ours = np.zeros((7, 7))
    for source, target in PATHS:
        model = ecsi(mode, without=(source, target))
        k = NAMES.index(target)
        left = np.nan_to_num(structure(model, fit_pls(model, cov).correlations).r2[0])
        ours[NAMES.index(source), k] = (full[k] - left[k]) / (1 - full[k])
    assert_agrees(GOLDEN[name], table(ours, ROWS, ROWS))


def test_total_effects_are_the_inverse_of_the_structure() -> None:
    paths = np.random.default_rng(4).normal(size=(5, 12))
    found = effects(ecsi(), paths)
    for b in range(5):
        matrix = square(paths[b : b + 1])
        np.testing.assert_allclose(found.direct[b], matrix)
        np.testing.assert_allclose(found.total[b], np.linalg.inv(np.eye(7) - matrix) - np.eye(7), atol=1e-12)
    np.testing.assert_allclose(found.total, found.direct + found.indirect)
    assert (found.indirect[:, NAMES.index("Image"), NAMES.index("Expectation")] == 0).all()


def one_source(answers: Floats, low: Floats, high: Floats) -> tuple[PLSFit, IndexScores, float]:
    """Fit, index and importance of a two-item block for a single outcome."""
    model = PathModel(blocks=((0, 1), (2,)), names=("quality", "satisfaction"), paths=((0, 1),), modes=("A", "A"))
    mean, cov = answers.mean(0)[None], np.cov(answers.T)[None]
    fit = fit_pls(model, cov)
    scores = index_scores(model, fit.weights, mean, cov, low, high)
    total = effects(model, structure(model, fit.correlations).paths).total
    return fit, scores, float(per_point(total, scores.sd)[0, 0, 1])


def ceiling_item() -> Floats:
    """Answers 1-10 to an item nearly everybody gives 9 or 10, a wide one, and an outcome."""
    rng = np.random.default_rng(8)
    truth = rng.normal(size=400)
    top = np.where(truth + rng.normal(size=400) > 0, 10, 9)
    wide = np.clip(np.round(5.5 + 2.5 * truth + rng.normal(size=400)), 1, 10)
    outcome = np.clip(np.round(6 + 1.5 * truth + rng.normal(size=400)), 1, 10)
    return np.column_stack([top, wide, outcome]).astype(float)


def test_importance_is_the_slope_on_the_rescaled_score_even_beside_a_ceiling_item() -> None:
    answers, low, high = ceiling_item(), np.full(3, 1.0), np.full(3, 10.0)
    fit, scores, importance = one_source(answers, low, high)
    points = 100 * (answers - low) / (high - low)
    source, outcome = points[:, :2] @ scores.weights[0, :2], points[:, 2]
    np.testing.assert_allclose(importance, np.polyfit(source, outcome, 1)[0], atol=1e-9)
    np.testing.assert_allclose([source.mean(), source.std(ddof=1)], [scores.index[0, 0], scores.sd[0, 0]], atol=1e-9)
    naive = points[:, :2] @ (fit.weights[0, :2] / fit.weights[0, :2].sum())
    assert abs(naive.mean() - scores.index[0, 0]) > 5  # what weights for standardised items would have given


def test_items_on_different_scales_come_to_one_scale_first() -> None:
    answers, low, high = ceiling_item(), np.full(3, 1.0), np.full(3, 10.0)
    _, same, importance = one_source(answers, low, high)
    factor, shift = np.array([1.0, 0.25, 10.0]), np.array([0.0, -3.0, 5.0])
    _, mixed, again = one_source(answers * factor + shift, low * factor + shift, high * factor + shift)
    np.testing.assert_allclose(mixed.index, same.index, atol=1e-9)
    np.testing.assert_allclose(mixed.weights, same.weights, atol=1e-9)
    np.testing.assert_allclose([*mixed.sd[0], again], [*same.sd[0], importance], atol=1e-9)


def test_an_element_without_weights_is_nan_alone(mobi: pd.DataFrame) -> None:
    model, (mean, cov) = ecsi(), moments(mobi)
    batch = np.repeat(cov, 2, axis=0)
    batch[0, 4] = batch[0, :, 4] = 0
    fit = fit_pls(model, batch)
    found = structure(model, fit.correlations)
    scores = index_scores(model, fit.weights, np.repeat(mean, 2, axis=0), batch, LOW, HIGH)
    importance = per_point(effects(model, found.paths).total, scores.sd)[:, :4, 4]
    for values in (found.paths, scores.index, scores.sd, importance):
        assert np.isnan(values[0]).all()
        assert np.isfinite(values[1]).all()


def test_a_scale_that_does_not_rise_is_refused(mobi: pd.DataFrame) -> None:
    model, _, _, _, scores = parts("x.modeA.path", mobi)
    mean, cov = moments(mobi)
    with pytest.raises(ValueError, match="scale ends: low"):
        index_scores(model, scores.weights, mean, cov, HIGH, HIGH)
