"""Calibration of the permutation tests of invariance: `python benchmarks/calibration.py [--pairs N] [--processes N]`.

Pairs of groups that are alike are compared by the thousand; at 5 % a test should be failed by 3.5 to 6.5 % of them.
Finished pairs stand in build/coverage/ and are not repeated; delete that folder after a change of the code.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import starmap
from pathlib import Path

import numpy as np
import pandas as pd
from run import markdown
from studies import FOLDER, pool

from csresearch.inference.moments import Moments
from csresearch.inference.permutations import exchange
from csresearch.models.measurement.invariance import TESTS, Parts, permuted
from csresearch.models.measurement.numbers import neighbours
from csresearch.survey.inputs import design_from

FILE = Path(__file__).with_name("CALIBRATION.md")
FIRST = 70_000  # the first pair has the seed after it
PERMUTATIONS, ALPHA = 199, 0.05
BAND = (3.5, 6.5)  # per cent
CHUNK = 50  # pairs between two checkpoints
CONSTRUCTS = {"quality": ("q1", "q2", "q3"), "value": ("v1", "v2", "v3"), "satisfaction": ("s1", "s2", "s3")}
LOADINGS = (0.9, 0.8, 0.7)
MODEL = neighbours(CONSTRUCTS)
if MODEL is None:
    raise ValueError("composites need two constructs")
PARTS = Parts(model=MODEL)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Two groups that are alike: respondents, clusters (0: none) that split or cross them, weights, share of one."""

    text: str
    respondents: int
    clusters: int = 0
    crossed: bool = False
    weighted: bool = False
    share: float = 0.5


SETTINGS = {
    "simple": Setting(text="250 respondents, a simple random sample", respondents=250),
    "weighted": Setting(text="300 respondents, weights from 0.4 to 2.5, a third in one group", respondents=300,
                        weighted=True, share=1 / 3),
    "split": Setting(text="360 respondents in 30 clusters, each in one group", respondents=360, clusters=30),
    "crossed": Setting(text="300 respondents in 20 clusters, both groups in each", respondents=300, clusters=20,
                       crossed=True, weighted=True),
}  # fmt: skip


def one_pair(name: str, number: int, *, permutations: int = PERMUTATIONS) -> pd.DataFrame:
    """Draw a pair and test it; a row a test and construct."""
    asked, random = SETTINGS[name], np.random.default_rng(FIRST + number)
    n = asked.respondents
    cluster = np.arange(n) % asked.clusters if asked.clusters else np.zeros(n, dtype=int)
    group = random.random(n) < asked.share
    if asked.clusters and not asked.crossed:
        group = random.permutation(np.arange(asked.clusters) % 2 == 0)[cluster]
    effects = random.normal(scale=0.4, size=(asked.clusters or 1, len(CONSTRUCTS))) if asked.clusters else None
    common = random.normal(size=n)
    frame = pd.DataFrame({"language": np.where(group, "zh", "en"), "outlet": cluster})
    for k, items in enumerate(CONSTRUCTS.values()):
        latent = 0.7 * common + 0.7 * random.normal(size=n) + (0.0 if effects is None else effects[cluster, k])
        for item, loading in zip(items, LOADINGS, strict=True):
            error = np.sqrt(1 - loading**2) * random.normal(size=n)
            frame[item] = np.clip(np.rint(7 + 1.6 * (loading * latent + error)), 1, 10)
    weights = random.uniform(0.4, 2.5, n) if asked.weighted else np.ones(n)
    items = tuple(item for block in CONSTRUCTS.values() for item in block)
    moments = Moments.of_rows(frame[list(items)].to_numpy(), names=items)
    design = design_from(
        frame, strata=None, clusters="outlet" if asked.clusters else None, population=None, where="the pair"
    )
    p = permuted(
        PARTS, moments, weights, moments.summary(weights[:, None]), exchange(group, design, np.arange(n)),
        count=permutations, seed=number,
    )  # fmt: skip
    names = [(test, construct) for test in TESTS for construct in CONSTRUCTS]
    return pd.DataFrame(names, columns=["statistic", "construct"]).assign(p_value=p, pair=number)


def finished(name: str) -> pd.DataFrame:
    """Pairs that are complete."""
    file = FOLDER / f"calibration_{name}.csv"
    return pd.read_csv(file) if file.exists() else pd.DataFrame({"pair": pd.Series(dtype=int)})


def run(pairs: int, workers: ProcessPoolExecutor | None) -> None:
    """Run the pairs that are missing, with a checkpoint after each chunk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SETTINGS:
        missing = sorted(set(range(1, pairs + 1)) - set(finished(name)["pair"]))
        for start in range(0, len(missing), CHUNK):
            asked = missing[start : start + CHUNK]
            found: Iterable[pd.DataFrame]
            if workers is None:
                found = starmap(one_pair, ((name, number) for number in asked))
            else:
                found = workers.map(one_pair, [name] * len(asked), asked)
            file = FOLDER / f"calibration_{name}.csv"
            pd.concat(found).to_csv(file, mode="a", header=not file.exists(), index=False)
        print(f"calibration, {name}: {pairs} pairs", flush=True)


def rates(name: str) -> pd.DataFrame:
    """Share of the pairs that fail each test, in per cent, of each construct and of all."""
    rows = finished(name)
    rows["failed"] = 100.0 * (rows["p_value"] <= ALPHA + 1e-9)
    made = rows.groupby("statistic", sort=False).agg(all=("failed", "mean"), pairs=("pair", "nunique"))
    by = rows.pivot_table(index="statistic", columns="construct", values="failed", sort=False)
    return by.join(made).reset_index()


def main() -> None:
    """Read the command line, run, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--table-only", action="store_true")
    asked = parser.parse_args()
    if not asked.table_only and asked.processes == 1:
        run(asked.pairs, None)
    elif not asked.table_only:
        with pool() as workers:
            run(asked.pairs, workers)
    parts = [
        "# Calibration of the permutation tests of invariance",
        "How many of the pairs of groups that are alike fail a test at 5 %, in per cent. Asked for: "
        f"{BAND[0]:g} to {BAND[1]:g} %, on the mean of the constructs.",
        f"- {PERMUTATIONS} permutations; three constructs of three items on 1-10; the seed of a pair is its number and "
        "a fixed start. Clusters have effects of 0.4 standard deviations on each construct.",
    ]
    for name, setting in SETTINGS.items():
        found = rates(name)
        cells = [
            (r["statistic"].replace("_", " "), *(f"{r[c]:.1f}" for c in (*CONSTRUCTS, "all")), f"{r['pairs']:,}",
             "yes" if BAND[0] <= r["all"] <= BAND[1] else "no")
            for _, r in found.iterrows()
        ]  # fmt: skip
        parts += [f"## {setting.text}", markdown(("test", *CONSTRUCTS, "all", "pairs", "within"), cells)]
    parts.append(f"Made on {date.today():%Y-%m-%d} by `python benchmarks/calibration.py --pairs {asked.pairs}`.")
    FILE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"wrote benchmarks/{FILE.name}")


if __name__ == "__main__":
    main()
