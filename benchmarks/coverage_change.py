"""Coverage of a change of the satisfaction index between two waves whose interviews come from the same outlets.

The parts of the change (what ratings and what weights have moved) are held against the same estimator on a very large
population. Studies and draws take their seeds from the number of the study. Finished studies stand in
build/coverage/change.csv and are not repeated; delete that file after a change of the code.

`python benchmarks/coverage_change.py 2000` runs what is missing, about half an hour on two cores, and prints a table:
per cent of intervals that hold the truth, with both tails; asked for are 93 to 97.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from csresearch.demo.simulate import population, study
from csresearch.demo.world import Equation, Event, Item, World
from csresearch.inference.replicates import Bootstrap
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.survey.sample import Sample

FILE = Path(__file__).parents[1] / "build" / "coverage" / "change.csv"
FIRST, DRAWS, RESPONDENTS, OUTLETS = 50_000, 1_000, 960, 40  # 12 interviews an outlet and wave
POPULATIONS, CUSTOMERS = 4, 500_000
PATHS = {"satisfaction": ("quality",)}


def _items(name: str) -> dict[str, Item]:
    measures = ((7.5, 0.9), (7.2, 0.8), (7.0, 0.6))
    return {f"{name}{k}": Item(mean=m, loading=load, ends=(1, 10)) for k, (m, load) in enumerate(measures, start=1)}


WORLD = World(
    brands=("Alba",), waves=("2025", "2026"), regions={"all": 1.0}, groups={}, interview_rates={},
    equations={
        "quality": Equation(noise=0.9, outlet=0.35, climate=0.1),
        "satisfaction": Equation(sources={"quality": 0.7}, noise=0.6, outlet=0.1),
    },
    constructs={"quality": _items("quality"), "satisfaction": _items("satisfaction")},
    outcome="satisfaction", drivers=("quality",), recommend="satisfaction1",
    events=(Event(text="new counter", latent="quality", size=0.3, where={"wave": ("2026",)}),),
)  # fmt: skip


def change(frame: pd.DataFrame, replicates: Bootstrap | None) -> pd.DataFrame:
    """Take the change of satisfaction between the waves apart; its three rows."""
    sample = Sample.from_frame(
        frame, scale=(1, 10), clusters="dealer", constructs={name: tuple(c) for name, c in WORLD.constructs.items()}
    )
    table = SatisfactionIndex(paths=PATHS).fit(sample, replicates=replicates, by="wave").table("change")
    return table[table["construct"] == "satisfaction"][["statistic", "estimate", "conf_low", "conf_high"]]


def one_study(
    number: int, *, respondents: int = RESPONDENTS, outlets: int = OUTLETS, draws: int = DRAWS
) -> pd.DataFrame:
    """Interview both waves in the same outlets and estimate the change."""
    frame = study(WORLD, n=respondents, outlets=outlets, seed=FIRST + number, skewed=False)
    return change(frame, Bootstrap(draws=draws, seed=FIRST + number)).assign(study=number)


def truth(populations: int = POPULATIONS, customers: int = CUSTOMERS) -> pd.Series:
    """Apply the estimator to large populations: the mean of each part."""
    frames = (population(WORLD, size=customers, outlets=customers // 50, seed=k) for k in range(1, populations + 1))
    return pd.concat([change(frame, None) for frame in frames]).groupby("statistic")["estimate"].mean()


def covered(rows: pd.DataFrame, true: pd.Series) -> pd.DataFrame:
    """Coverage and both tails of each part, in per cent."""
    rows = rows.join(true.rename("truth"), on="statistic")
    rows["low_miss"] = 100.0 * (rows["conf_low"] > rows["truth"])
    rows["high_miss"] = 100.0 * (rows["conf_high"] < rows["truth"])
    table = rows.groupby("statistic")[["truth", "low_miss", "high_miss"]].mean()
    return table.assign(coverage=100 - table["low_miss"] - table["high_miss"], studies=rows["study"].nunique())


def main(studies: int) -> None:
    """Run the studies that are missing and print the table."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read by the processes as they start
    done = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"study": []})
    missing = sorted(set(range(1, studies + 1)) - set(done["study"]))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for rows in pool.map(one_study, missing):
            rows.to_csv(FILE, mode="a", header=not FILE.exists(), index=False)
    print(covered(pd.read_csv(FILE), truth()).round(2).to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
