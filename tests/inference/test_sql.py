"""The generated SELECT in DuckDB against the same moments in memory, up to a whole satisfaction index."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.inference.moments import Layout, Moments
from csresearch.inference.sql import moments_from, moments_sql
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.survey.sample import Sample

ODD = ('say "yes"', "满意度 (1-10)", "a'; DROP TABLE t; --", "select")


def asked(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    with duckdb.connect() as connection:
        connection.register("answers", frame)
        return connection.execute(query).df()


def frame_of(n: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.integers(1, 11, (n, 4)), columns=list(ODD)).astype(float)
    frame.loc[random.random(n) < 0.1, ODD[1]] = np.nan
    return frame.assign(w=random.choice([0.0, 0.5, 1.0, 2.5], n), n=random.choice(["south", "north", "köln"], n), x0=1)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("weight", [None, "w"])
def test_groups_from_sql_are_the_groups_in_memory(order: int, weight: str | None) -> None:
    frame = frame_of()
    layout = Layout(names=ODD, origin=np.array([5.123456789, 5.5, -3e-7, 6e10]), order=order)
    found = moments_from(asked(frame, moments_sql(layout, "answers", by=("x0", "w"), weight=weight)), layout)
    whole = frame[frame[list(ODD)].notna().all(axis=1) & ((frame["w"] > 0) | (weight is None))]
    codes = pd.factorize(whole["w"], sort=True)[0]
    rows = Moments.of_rows(whole[list(ODD)].to_numpy(), names=ODD, order=order, origin=layout.origin)
    memory = rows.grouped(codes, weight=np.ones(len(whole)) if weight is None else whole["w"].to_numpy())
    assert found.count.tolist() == memory.count.tolist()
    np.testing.assert_allclose(found.sums, memory.sums, rtol=1e-10)


def test_an_index_from_sql_is_the_index_in_memory(mobi: pd.DataFrame) -> None:
    random = np.random.default_rng(1)
    frame = mobi.assign(w=random.uniform(0.3, 3, len(mobi)), dealer=random.integers(0, 12, len(mobi)))
    model = SatisfactionIndex(
        constructs={"Quality": tuple(f"PERQ{j}" for j in range(1, 8)), "Satisfaction": ("CUSA1", "CUSA2", "CUSA3")},
        paths={"Satisfaction": "Quality"},
    )
    plan = model._plan(Sample.from_frame(frame, scale=(1, 10), weights="w"))
    layout = Layout(names=plan.columns.names, origin=np.full(10, 5.5))
    groups = moments_from(asked(frame, moments_sql(layout, "answers", by=("dealer",), weight="w")), layout)
    assert len(groups) == 12
    summary = layout.summary(groups.totals(np.ones((12, 1))))
    result = model.fit(Sample.from_frame(frame, scale=(1, 10), weights="w"), replicates=None)
    memory = np.concatenate([result.table(name)["estimate"] for name in result.tables])
    np.testing.assert_allclose(plan.estimate(summary, summary)[0], memory, rtol=1e-10)


def test_without_groups_there_is_one() -> None:
    layout = Layout(names=ODD[:1], origin=np.zeros(1), order=1)
    found = moments_from(asked(frame_of(), moments_sql(layout, "answers")), layout)
    assert found.count.tolist() == [300]


def test_what_sql_cannot_give_is_refused() -> None:
    layout = Layout(names=ODD[:2], origin=np.zeros(2), order=1)
    with pytest.raises(ValueError, match="pairwise"):
        moments_sql(Layout(names=ODD, origin=np.zeros(4), pairwise=True), "answers")
    with pytest.raises(ValueError, match="cannot be the name"):
        moments_sql(layout, "")
    with pytest.raises(DataError, match=r"n, s0, \.\.\."):
        moments_from(asked(frame_of(), moments_sql(layout, "answers")), Layout(names=ODD, origin=np.zeros(4)))
    with pytest.raises(DataError, match="no complete row"):
        moments_from(asked(frame_of().assign(w=0.0), moments_sql(layout, "answers", weight="w")), layout)
