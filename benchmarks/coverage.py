"""Coverage: how often the intervals of 2,000 simulated studies hold the truth, in three settings.

The truth of a quantity is the same estimator on the whole market: a very large population of the same world, and for
driver importance the shares that the world was built from. Studies and draws take their seeds from the number of the
study, fixed beforehand, so that any study can be drawn again. Finished studies stand in build/coverage/ and are not
repeated; delete that folder after a change of the code.

`python benchmarks/run.py coverage --studies 2000` runs what is missing and writes benchmarks/COVERAGE.md.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from csresearch.demo.drivers import driver_world
from csresearch.demo.simulate import population, study
from csresearch.demo.world import Equation, Item, World
from csresearch.inference.replicates import Bootstrap
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.strategy.what_if import what_if
from csresearch.survey.sample import Sample
from csresearch.survey.weighting import weight

FOLDER = Path(__file__).parents[1] / "build" / "coverage"
FIRST = 10_000  # the first study has the seed after it
DRAWS = 1_000
POPULATIONS, CUSTOMERS, OUTLETS = 4, 500_000, 10_000  # together 2 million customers of 40,000 outlets
CHUNK = 20  # studies between two checkpoints
BAND, FEW_BAND = (93.0, 97.0), (90.0, 97.0)  # per cent; the second for 8 to 15 clusters
SHARES = {"x1": 0.20, "x2": 0.05, "x3": 0.005, "x4": 0.0}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A way of interviewing; respondents with an outlet each are a simple sample, a raked sample is drawn skewed."""

    text: str
    respondents: int
    outlets: int
    raked: bool = False

    @property
    def clusters(self) -> str | None:
        """Column of the clusters, if respondents share outlets."""
        return "dealer" if self.outlets < self.respondents else None

    @property
    def band(self) -> tuple[float, float]:
        """Coverage asked for, in per cent."""
        return FEW_BAND if self.outlets <= 15 else BAND


SETTINGS = {
    "simple": Setting(text="250 respondents, simple random sample", respondents=250, outlets=250),
    "raked": Setting(text="1,200 respondents in 40 clusters, raked", respondents=1_200, outlets=40, raked=True),
    "few": Setting(text="600 respondents in 12 clusters", respondents=600, outlets=12),
}


def _items(name: str, *measures: tuple[float, float]) -> dict[str, Item]:
    return {f"{name}{k}": Item(mean=m, loading=load, ends=(0, 10)) for k, (m, load) in enumerate(measures, start=1)}


MARKET = World(
    brands=("Alba",),
    waves=("2026H2",),
    regions={"north": 0.5, "south": 0.5},
    groups={"age": {"18-29": 0.21, "30-44": 0.34, "45-59": 0.28, "60+": 0.17}, "channel": {"own": 0.7, "other": 0.3}},
    interview_rates={
        "age": {"18-29": 3.375, "30-44": 2.25, "45-59": 1.5, "60+": 1.0},
        "channel": {"own": 1.6, "other": 1.0},
    },
    equations={
        "image": Equation(
            noise=0.92, outlet=0.20, effects={"age": {"18-29": 0.4, "60+": -0.4}, "channel": {"other": -0.2}}
        ),
        "quality": Equation(sources={"image": 0.5}, noise=0.83, outlet=0.25, climate=0.10),
        "satisfaction": Equation(
            sources={"quality": 0.62, "image": 0.03}, noise=0.70, outlet=0.10, climate=0.05,
            effects={"age": {"18-29": 0.2, "60+": -0.1}},
        ),
        "loyalty": Equation(sources={"satisfaction": 0.65}, noise=0.75, outlet=0.10),
    },
    constructs={
        "image": _items("image", (7.6, 0.85), (7.4, 0.80), (7.9, 0.75)),
        "quality": _items("quality", (7.5, 0.85), (7.2, 0.80), (7.8, 0.78)),
        "satisfaction": _items("satisfaction", (8.0, 0.90), (7.5, 0.82), (7.3, 0.80)),
        "loyalty": {
            "repurchase": Item(mean=7.9, loading=0.85, ends=(0, 10)),
            "recommend": Item(mean=8.1, loading=0.90, spread=2.0, ends=(0, 10)),
        },
    },
    outcome="satisfaction",
    drivers=("image", "quality"),
    recommend="recommend",
)  # fmt: skip
PATHS = {"quality": ("image",), "satisfaction": ("quality", "image"), "loyalty": ("satisfaction",)}
MOVES = {"image": 6.0, "quality": 4.0}  # quality lies on the way of image: what arrives there counts once
IMPORTANCE = driver_world(shares=tuple(SHARES.values()), age_gap=0.5)

QUANTITIES = {
    "mean of an item": ("scores", "scores", {"item": "satisfaction1", "statistic": "mean"}),
    "NPS": ("scores", "scores", {"item": "recommend", "statistic": "nps"}),
    "index of satisfaction": ("index", "index", {"construct": "satisfaction"}),
    "strong path": ("index", "paths", {"source": "quality", "target": "satisfaction"}),
    "weak path": ("index", "paths", {"source": "image", "target": "satisfaction"}),
    "R2 of satisfaction": ("index", "constructs", {"construct": "satisfaction", "statistic": "r2"}),
    "R2 of a regression": ("drivers", "fit", {"statistic": "r2"}),
    "joint uplift of two moves, drivers": ("what_if", "outcome", {"statistic": "change"}),
    "joint uplift of two moves, paths": ("what_if_paths", "outcome", {"statistic": "change"}),
    **{f"LMG {share:g}": ("drivers", "importance", {"term": x, "statistic": "lmg"}) for x, share in SHARES.items()},
    **{
        f"LMG {share:g} as a share of R2": ("drivers", "importance", {"term": x, "statistic": "lmg_share"})
        for x, share in SHARES.items()
    },
}


def fitted(market: Sample, importance: Sample, replicates: Bootstrap | None) -> dict[str, Result]:
    """Fit the models behind the quantities; a move is a function of slopes, so that its truth needs no draws."""
    index = SatisfactionIndex(paths=PATHS).fit(market, replicates=replicates)
    grid = ImportancePerformance(outcome="satisfaction", attributes=("image", "quality"), importance="slope")
    moved = replicates or Bootstrap(draws=2)
    return {
        "what_if": what_if(grid.fit(market, replicates=moved), moves=MOVES),
        "what_if_paths": what_if(
            index if replicates else SatisfactionIndex(paths=PATHS).fit(market, replicates=moved), moves=MOVES
        ),
        "scores": Scores(items=("satisfaction1", "recommend")).fit(market, replicates=replicates),
        "index": index,
        "drivers": Drivers(outcome="y", predictors=tuple(SHARES)).fit(importance, replicates=replicates),
    }


def _numbers(results: dict[str, Result]) -> pd.DataFrame:
    """Rows of the quantities, in their order."""
    rows = []
    for name, (model, table, keys) in QUANTITIES.items():
        found = results[model].table(table)
        chosen = np.logical_and.reduce([found[key] == value for key, value in keys.items()])
        row = found[chosen].iloc[0]
        rows.append({"quantity": name, **row[["estimate", "std_error", "conf_low", "conf_high", "df"]]})
    return pd.DataFrame(rows)


def _constructs() -> dict[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in MARKET.constructs.items()}


def one_study(name: str, number: int) -> pd.DataFrame:
    """Interview, weight and estimate one study."""
    market, importance = samples(SETTINGS[name], seed=FIRST + number)
    return _numbers(fitted(market, importance, Bootstrap(draws=DRAWS, seed=FIRST + number))).assign(study=number)


def samples(setting: Setting, *, seed: int) -> tuple[Sample, Sample]:
    """Interview two worlds, the market and that of known importance, and weight the answers."""
    asked = {"n": setting.respondents, "outlets": setting.outlets, "seed": seed, "skewed": setting.raked}
    market = Sample.from_frame(
        study(MARKET, **asked), scale=(0, 10), clusters=setting.clusters, constructs=_constructs()
    )
    importance = Sample.from_frame(study(IMPORTANCE, **asked, rounded=False), clusters=setting.clusters)
    if setting.raked:
        market = weight(market, margins=MARKET.groups)
        importance = weight(importance, margins=IMPORTANCE.groups)
    return market, importance


def one_population(number: int) -> pd.DataFrame:
    """Apply the estimators to one large population."""
    people, answers = (
        population(world, size=CUSTOMERS, outlets=OUTLETS, seed=number, rounded=rounded)
        for world, rounded in ((MARKET, True), (IMPORTANCE, False))
    )
    market = Sample.from_frame(people, scale=(0, 10), constructs=_constructs())
    importance = Sample.from_frame(answers)
    return _numbers(fitted(market, importance, None)).assign(population=number)


def truth() -> pd.DataFrame:
    """Truth of each quantity and the Monte-Carlo error of it; exact for importance."""
    file = FOLDER / "truth.csv"
    if file.exists():
        return pd.read_csv(file, index_col="quantity")
    with _pool() as pool:
        drawn = pd.concat(pool.map(one_population, range(1, POPULATIONS + 1)))
    values = drawn.pivot(index="population", columns="quantity", values="estimate")[list(QUANTITIES)]
    result = pd.DataFrame({"truth": values.mean(), "mc_error": values.std(ddof=1) / np.sqrt(POPULATIONS)})
    r2 = sum(SHARES.values())
    known = {"R2 of a regression": r2} | {f"LMG {s:g}": s for s in SHARES.values()}
    known |= {f"LMG {s:g} as a share of R2": s / r2 for s in SHARES.values()}
    for name, value in known.items():
        found, error = result.loc[name]
        if abs(found - value) > 5 * error + 1e-4:
            raise ValueError(f"{name}: the populations give {found:.5f}, the world was built for {value:g}")
        result.loc[name] = value, 0.0
    FOLDER.mkdir(parents=True, exist_ok=True)
    result.rename_axis("quantity").to_csv(file)
    return result


def _pool() -> ProcessPoolExecutor:
    """One process a core, each with one thread of linear algebra."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read by the processes as they start
    return ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn"))


def _finished(name: str) -> pd.DataFrame:
    """Rows of the studies that are complete; a half-written last study is dropped."""
    file = FOLDER / f"{name}.csv"
    if not file.exists():
        return pd.DataFrame({"study": pd.Series(dtype=int)})
    rows = pd.read_csv(file, on_bad_lines="skip")
    whole = rows.groupby("study")["quantity"].transform("size") == len(QUANTITIES)
    return rows[whole]


def run(studies: int) -> None:
    """Run the studies that are missing, the settings in turn, with a checkpoint after each chunk."""
    truth()
    done = {name: _finished(name) for name in SETTINGS}
    for name, rows in done.items():
        if len(rows):
            rows.to_csv(FOLDER / f"{name}.csv", index=False)
    with _pool() as pool:
        for start in range(0, studies, CHUNK):
            for name, rows in done.items():
                missing = sorted(set(range(start + 1, min(start + CHUNK, studies) + 1)) - set(rows["study"]))
                if missing:
                    file = FOLDER / f"{name}.csv"
                    found = pd.concat(pool.map(one_study, [name] * len(missing), missing))
                    found.to_csv(file, mode="a", header=not file.exists(), index=False)
                    print(f"{name}: {missing[-1]} of {studies} studies", flush=True)


def table(name: str) -> pd.DataFrame:
    """Coverage, both tails, mean width, studies and median df of each quantity of a setting."""
    rows = _finished(name).join(truth(), on="quantity")
    rows["low_miss"] = 100.0 * (rows["conf_low"] > rows["truth"])
    rows["high_miss"] = 100.0 * (rows["conf_high"] < rows["truth"])
    rows["width"] = rows["conf_high"] - rows["conf_low"]
    kept = rows.dropna(subset=["conf_low", "conf_high"]).groupby("quantity", sort=False)
    result = kept.agg(
        truth=("truth", "first"), low_miss=("low_miss", "mean"), high_miss=("high_miss", "mean"),
        width=("width", "mean"), studies=("study", "nunique"), df=("df", "median"), std_error=("std_error", "mean"),
        mc_error=("mc_error", "first"),
    )  # fmt: skip
    result.insert(1, "coverage", 100 - result["low_miss"] - result["high_miss"])
    low, high = SETTINGS[name].band
    result["within"] = result["coverage"].between(low, high).map({True: "yes", False: "no"})
    return result.reset_index()
