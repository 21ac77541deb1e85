"""Coverage of a change of the satisfaction index between two waves whose interviews come from the same outlets.

The change, and its parts (what ratings and what weights have moved), are held against the same estimator on a very
large population.
"""

from __future__ import annotations

import pandas as pd
from studies import DRAWS, NUMBERS, Family, Setting

from csresearch.demo.simulate import population, study
from csresearch.demo.world import Equation, Event, Item, World
from csresearch.inference.replicates import Bootstrap
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.survey.sample import Sample

FIRST = 50_000  # the first study has the seed after it
POPULATIONS, CUSTOMERS = 4, 500_000
SETTINGS = {
    "waves": Setting(text="960 respondents of 40 outlets, 12 in each of two waves", respondents=960, outlets=40),
}
PATHS = {"satisfaction": ("quality",)}
QUANTITIES = {
    "change of the index": "total", "moved by ratings": "ratings_moved", "moved by weights": "weights_moved",
}  # fmt: skip


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
    """Take the change of satisfaction between the waves apart; a row a quantity."""
    sample = Sample.from_frame(
        frame, scale=(1, 10), clusters="dealer", constructs={name: tuple(c) for name, c in WORLD.constructs.items()}
    )
    table = SatisfactionIndex(paths=PATHS).fit(sample, replicates=replicates, by="wave").table("change")
    rows = table[table["construct"] == "satisfaction"].set_index("statistic").loc[list(QUANTITIES.values()), NUMBERS]
    return rows.reset_index(drop=True).assign(quantity=list(QUANTITIES))


def one_study(name: str, number: int, *, draws: int = DRAWS) -> pd.DataFrame:
    """Interview both waves in the same outlets and estimate the change."""
    asked = SETTINGS[name]
    frame = study(WORLD, n=asked.respondents, outlets=asked.outlets, seed=FIRST + number, skewed=False)
    return change(frame, Bootstrap(draws=draws, seed=FIRST + number)).assign(study=number)


def one_population(number: int) -> pd.DataFrame:
    """Apply the estimator to one large population."""
    frame = population(WORLD, size=CUSTOMERS, outlets=CUSTOMERS // 50, seed=number)
    return change(frame, None).assign(population=number)


FAMILY = Family(
    name="change",
    quantities=tuple(QUANTITIES),
    one_study=one_study,
    one_population=one_population,
    known={},
    settings=SETTINGS,
    populations=POPULATIONS,
    text=(
        "A study is estimated by `SatisfactionIndex` by wave; the same outlets are in both waves. In between a "
        "programme raises quality.",
        f"Truth is the same estimator on {POPULATIONS * CUSTOMERS:,} customers.",
    ),
)
