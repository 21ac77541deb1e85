"""Alpha, rho, AVE, HTMT and item collinearity against R programs and their algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.models.measurement.items import mean_correlation
from csresearch.models.measurement.reliability import (
    alpha,
    average_variance_extracted,
    construct_pairs,
    heterotrait_monotrait,
    rho_a,
    rho_c,
    standardised_alpha,
)
from tests.conftest import golden
from tests.models.ecsi import ITEMS, NAMES, assert_agrees, ecsi, fitted, moments, table

GOLDEN, ALPHA = golden("pls_mobi"), golden("reliability_mobi")
SINGLE = NAMES.index("Complaints")
MODEL = ecsi()


def chosen(end: str) -> list[str]:
    return [name for name in GOLDEN if name.endswith(f".{end}")]


def alphas(mobi: pd.DataFrame, items: list[str]) -> dict[str, float]:
    cov = np.cov(mobi[items].to_numpy(float).T)[None]
    block = (tuple(range(len(items))),)
    found = {"raw_alpha": alpha(cov, block)[0, 0], "std_alpha": standardised_alpha(cov, block)[0, 0]}
    return {**found, "average_r": mean_correlation(cov, block)[0, 0]}


@pytest.mark.parametrize("name", [name for name in ALPHA if name.endswith((".alpha", ".alpha.drop"))])
def test_alpha_agrees_with_psych(name: str, mobi: pd.DataFrame) -> None:
    items = [item for item in ITEMS if item.startswith(name.partition(".")[0]) and item != "CUSCO"]
    ours: dict[str, Any] = alphas(mobi, items)
    if name.endswith(".drop"):
        ours = {left: alphas(mobi, [item for item in items if item != left]) for left in items}
    assert_agrees(ALPHA[name], ours)


@pytest.mark.parametrize("name", chosen("unidim") + chosen("reliability"))
def test_reliability_agrees_with_plspm_and_seminr(name: str, mobi: pd.DataFrame) -> None:
    _, mode, scheme, _ = name.split(".")
    model, fit = fitted(mobi, "A" if mode == "modeA" else "B", "path" if scheme == "weighting" else scheme)
    _, cov = moments(mobi)
    ours = {
        "alpha": standardised_alpha(cov, model.blocks),
        "rhoC": rho_c(fit.loadings, model.blocks),
        "AVE": average_variance_extracted(fit.loadings, model.blocks),
        "rhoA": rho_a(model, fit.weights),
    }
    ours["C.alpha"] = ours["alpha"]
    values = {
        name: {key: ours[key][0, NAMES.index(name)] for key in row} for name, row in GOLDEN[name]["value"].items()
    }
    theirs = {name: dict(row) for name, row in GOLDEN[name]["value"].items() if name != "Complaints"}
    if mode == "modeB":  # seminr prints 1: a formative block has no such reliability
        for row in theirs.values():
            assert row.pop("rhoA") == 1
        assert np.isnan(ours["rhoA"]).all()
    assert_agrees(GOLDEN[name] | {"value": theirs}, values)
    assert all(np.isnan(values["Complaints"][key]) for key in values["Complaints"] if key != "AVE")


def test_reliability_of_a_single_item_is_unknown_and_its_variance_its_own(mobi: pd.DataFrame) -> None:
    model, fit = fitted(mobi)
    _, cov = moments(mobi)
    unknown = alpha(cov, model.blocks), rho_a(model, fit.weights), rho_c(fit.loadings, model.blocks)
    assert all(np.isnan(values[0, SINGLE]) for values in unknown)
    assert average_variance_extracted(fit.loadings, model.blocks)[0, SINGLE] == pytest.approx(1)


@pytest.mark.parametrize("name", chosen("HTMT"))
def test_htmt_agrees_with_seminr(name: str, mobi: pd.DataFrame) -> None:
    matrix = np.full((7, 7), np.nan)
    for (a, b), value in zip(
        construct_pairs(MODEL.blocks), heterotrait_monotrait(moments(mobi)[1], MODEL.blocks)[0], strict=True
    ):
        matrix[b, a] = value
    assert_agrees(GOLDEN[name], table(matrix, list(NAMES), list(NAMES)))


@pytest.mark.parametrize("name", chosen("fornell_larcker"))
def test_fornell_larcker_agrees_with_seminr(name: str, mobi: pd.DataFrame) -> None:
    model, fit = fitted(mobi, "A" if ".modeA." in name else "B")
    matrix = fit.correlations[0].copy()
    np.fill_diagonal(matrix, np.sqrt(average_variance_extracted(fit.loadings, model.blocks)[0]))
    assert_agrees(GOLDEN[name], table(matrix, list(NAMES), list(NAMES)))


def test_htmt_is_not_hidden_by_an_item_that_runs_against_its_fellows(mobi: pd.DataFrame) -> None:
    """Price tolerance (CUSL2) correlates negatively with PERQ2; signed programs print .7235 for this pair."""
    pair = construct_pairs(MODEL.blocks).index((NAMES.index("Quality"), NAMES.index("Loyalty")))
    _, cov = moments(mobi)
    turned = np.where(np.array(ITEMS) == "CUSL2", -1.0, 1.0)
    for matrix in (cov, cov * turned[:, None] * turned):
        assert heterotrait_monotrait(matrix, MODEL.blocks)[0, pair] == pytest.approx(0.75932, abs=1e-5)


def test_reliabilities_of_parallel_items_are_all_spearman_brown() -> None:
    corr = np.full((1, 4, 4), 0.4) + 0.6 * np.eye(4)
    corr[:, 3, :3] = corr[:, :3, 3] = 0.3
    stepped_up = 3 * 0.4 / (1 + 2 * 0.4)
    block = ((0, 1, 2), (3,))
    weights = np.append(np.full(3, 1 / np.sqrt(3 + 6 * 0.4)), 1.0)[None]
    model = type(MODEL)(blocks=block, names=("a", "b"), paths=((0, 1),), modes=("A", "A"))
    loadings = np.full((1, 4), np.sqrt(0.4))
    for value in (alpha(corr, block), standardised_alpha(corr, block), rho_a(model, weights), rho_c(loadings, block)):
        assert value[0, 0] == pytest.approx(stepped_up)


def test_a_constant_item_fails_alone(mobi: pd.DataFrame) -> None:
    _, cov = moments(mobi)
    batch = np.repeat(cov, 2, axis=0)
    batch[0, 4] = batch[0, :, 4] = 0
    for found in (standardised_alpha, heterotrait_monotrait):
        values = found(batch, MODEL.blocks)
        assert np.isnan(values[0]).all()
        np.testing.assert_array_equal(values[1], found(cov, MODEL.blocks)[0])
    image = alpha(batch, MODEL.blocks)
    assert np.isfinite(image[0, 0])  # raw alpha counts it as an item that adds nothing


def test_wrong_shapes_are_refused(mobi: pd.DataFrame) -> None:
    for found in (alpha, standardised_alpha, heterotrait_monotrait):
        with pytest.raises(ValueError, match=r"found shape \(1, 3, 3\), the blocks need \(b, 24, 24\)"):
            found(np.eye(3)[None], MODEL.blocks)
