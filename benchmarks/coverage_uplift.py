"""Coverage of what goes with two moves together, through drivers and through the paths of an index."""

from __future__ import annotations

import pandas as pd
from coverage_core import CUSTOMERS, MARKET, OUTLETS, PATHS, POPULATIONS, constructs
from studies import DRAWS, FIRST, NUMBERS, SETTINGS, Family

import csresearch as cs
from csresearch.demo.simulate import population, study

MOVES = {"image": 6.0, "quality": 4.0}  # quality lies on the way of image: what arrives there counts once
QUANTITIES = {"joint uplift, drivers": "drivers", "joint uplift, paths": "index"}
GRID = cs.ImportancePerformance(outcome="satisfaction", attributes=("image", "quality"), importance="slope")
INDEX = cs.SatisfactionIndex(paths=PATHS, target="satisfaction")


def uplift(sample: cs.Sample, replicates: cs.Bootstrap) -> pd.DataFrame:
    """Estimate what goes with both moves; a row a quantity."""
    results = [model.fit(sample, replicates=replicates) for model in (GRID, INDEX)]
    tables = [
        cs.what_if(results, moves=MOVES, through=through).table("outcome").set_index("statistic")
        for through in ("drivers", "index")
    ]
    rows = pd.DataFrame([table.loc["change", NUMBERS] for table in tables])
    return rows.reset_index(drop=True).assign(quantity=list(QUANTITIES))


def one_study(name: str, number: int) -> pd.DataFrame:
    """Interview, weight and estimate one study."""
    setting, seed = SETTINGS[name], FIRST + number
    frame = study(MARKET, n=setting.respondents, outlets=setting.outlets, seed=seed, skewed=setting.raked)
    sample = cs.Sample.from_frame(frame, scale=(0, 10), clusters=setting.clusters, constructs=constructs())
    if setting.raked:
        sample = cs.weight(sample, margins=MARKET.groups)
    return uplift(sample, cs.Bootstrap(draws=DRAWS, seed=seed)).assign(study=number)


def one_population(number: int) -> pd.DataFrame:
    """Apply the estimator to one large population; two draws, of which nothing is taken."""
    people = population(MARKET, size=CUSTOMERS, outlets=OUTLETS, seed=number)
    sample = cs.Sample.from_frame(people, scale=(0, 10), constructs=constructs())
    return uplift(sample, cs.Bootstrap(draws=2)).assign(population=number)


FAMILY = Family(
    name="uplift",
    quantities=tuple(QUANTITIES),
    one_study=one_study,
    one_population=one_population,
    known={},
    settings=SETTINGS,
    populations=POPULATIONS,
    text=(
        "A study is estimated by `what_if`: image up by 6 points and quality by 4, through the slopes of a grid and "
        "through the paths of the index, where image reaches satisfaction by way of quality.",
        f"Truth is the same estimator on {POPULATIONS * CUSTOMERS:,} customers of {POPULATIONS * OUTLETS:,} outlets.",
    ),
)
