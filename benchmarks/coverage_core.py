"""Coverage of means, NPS, the index, paths and importance: a market whose truth is known, in three settings.

The truth of a quantity is the same estimator on the whole market, a very large population of the same world; for
driver importance it is the shares that the world was built from.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from driver_world import driver_world
from studies import DRAWS, FIRST, NUMBERS, SETTINGS, Family, Setting

from csresearch.demo.simulate import population, study
from csresearch.demo.world import Equation, Item, World
from csresearch.inference.replicates import Bootstrap
from csresearch.models.drivers import Drivers
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.survey.sample import Sample
from csresearch.survey.weighting.weighting import weight

POPULATIONS, CUSTOMERS, OUTLETS = 4, 500_000, 10_000  # together 2 million customers of 40,000 outlets
SHARES = {"x1": 0.20, "x2": 0.05, "x3": 0.005, "x4": 0.0}


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
IMPORTANCE = driver_world(shares=tuple(SHARES.values()), age_gap=0.5)

QUANTITIES = {
    "mean of an item": ("scores", "scores", {"item": "satisfaction1", "statistic": "mean"}),
    "NPS": ("scores", "scores", {"item": "recommend", "statistic": "nps"}),
    "index of satisfaction": ("index", "index", {"construct": "satisfaction"}),
    "strong path": ("index", "paths", {"source": "quality", "target": "satisfaction"}),
    "weak path": ("index", "paths", {"source": "image", "target": "satisfaction"}),
    "R2 of satisfaction": ("index", "constructs", {"construct": "satisfaction", "statistic": "r2"}),
    "R2 of a regression": ("drivers", "fit", {"statistic": "r2"}),
    **{f"LMG {share:g}": ("drivers", "importance", {"term": x, "statistic": "lmg"}) for x, share in SHARES.items()},
    **{
        f"LMG {share:g} as a share of R2": ("drivers", "importance", {"term": x, "statistic": "lmg_share"})
        for x, share in SHARES.items()
    },
}


def fitted(market: Sample, importance: Sample, replicates: Bootstrap | None) -> dict[str, Result]:
    """Fit the three models behind the quantities."""
    return {
        "scores": Scores(items=("satisfaction1", "recommend")).fit(market, replicates=replicates),
        "index": SatisfactionIndex(paths=PATHS).fit(market, replicates=replicates),
        "drivers": Drivers(outcome="y", predictors=tuple(SHARES)).fit(importance, replicates=replicates),
    }


def _numbers(results: dict[str, Result]) -> pd.DataFrame:
    """Rows of the quantities, in their order."""
    rows = []
    for name, (model, table, keys) in QUANTITIES.items():
        found = results[model].table(table)
        chosen = np.logical_and.reduce([found[key] == value for key, value in keys.items()])
        row = found[chosen].iloc[0]
        rows.append({"quantity": name, **row[NUMBERS]})
    return pd.DataFrame(rows)


def constructs() -> dict[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in MARKET.constructs.items()}


def one_study(name: str, number: int) -> pd.DataFrame:
    """Interview, weight and estimate one study."""
    market, importance = samples(SETTINGS[name], seed=FIRST + number)
    return _numbers(fitted(market, importance, Bootstrap(draws=DRAWS, seed=FIRST + number))).assign(study=number)


def samples(setting: Setting, *, seed: int) -> tuple[Sample, Sample]:
    """Interview two worlds, the market and that of known importance, and weight the answers."""
    asked = {"n": setting.respondents, "outlets": setting.outlets, "seed": seed, "skewed": setting.raked}
    market = Sample.from_frame(
        study(MARKET, **asked), scale=(0, 10), clusters=setting.clusters, constructs=constructs()
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
    market = Sample.from_frame(people, scale=(0, 10), constructs=constructs())
    importance = Sample.from_frame(answers)
    return _numbers(fitted(market, importance, None)).assign(population=number)


R2 = sum(SHARES.values())
FAMILY = Family(
    name="",
    quantities=tuple(QUANTITIES),
    one_study=one_study,
    one_population=one_population,
    known={"R2 of a regression": R2}
    | {f"LMG {s:g}": s for s in SHARES.values()}
    | {f"LMG {s:g} as a share of R2": s / R2 for s in SHARES.values()},
    settings=SETTINGS,
    populations=POPULATIONS,
    text=(
        "A study is estimated by `Scores`, `SatisfactionIndex` and `Drivers`.",
        f"Truth is the same estimator on {POPULATIONS * CUSTOMERS:,} customers of {POPULATIONS * OUTLETS:,} outlets; "
        "for importance it is exact, as the world is built from the shares. LMG is a share of the variance unless R2 "
        "is named; for a share of exactly 0, covered means that the interval holds 0.",
    ),
)
