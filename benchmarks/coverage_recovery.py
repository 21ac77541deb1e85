"""Recovery of the after-sales market: what a study of it must find, and what analyses that leave something out find.

Dealers are drawn from a network (family network) or one network is interviewed whole (family census). Analysed as they
were drawn, the intervals have to hold; settings that leave out the weights, the dealers, or that the network was
complete show what that costs, and are expected to fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from studies import DRAWS, FIRST, NUMBERS, Family, Setting

from csresearch.demo.autoservice import WORLD
from csresearch.demo.simulate import population, study
from csresearch.demo.simulate.people import Network
from csresearch.inference.replicates import Bootstrap
from csresearch.models.comparison import Compare
from csresearch.models.drivers import Drivers
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.survey.sample import Sample
from csresearch.survey.weighting.weighting import weight

MARKET = replace(WORLD, styles={})  # styles of answering are taken up by a benchmark of their own
OUTLETS, POPULATIONS, CUSTOMERS = 40, 4, 400_000
SYSTEMS = MARKET.drivers
MARGINS = {name: MARKET.groups[name] for name in ("age", "sex", "channel")}
CONSTRUCTS = {name: tuple(items) for name, items in MARKET.constructs.items()}
PATHS = {"satisfaction": (*SYSTEMS, "value"), "loyalty": ("satisfaction",)}

QUANTITIES = {
    "mean of overall satisfaction": ("scores", "scores", {"item": "sat_overall", "statistic": "mean"}),
    "NPS": ("scores", "scores", {"item": "recommend", "statistic": "nps"}),
    "index of satisfaction": ("index", "index", {"construct": "satisfaction"}),
    **{
        f"share of R2, {system}": ("drivers", "importance", {"term": system, "statistic": "lmg_share"})
        for system in SYSTEMS
    },
    "effect of the programme": ("programme", "programme", {"statistic": "points_effect"}),
}


@dataclass(frozen=True, kw_only=True)
class Analysis(Setting):
    """How dealers were drawn, and what the analysis knows of it."""

    network: Network = "sampled"
    strata: str | None = None
    cluster: str | None = "dealer"


def analysis(text: str, **known: Any) -> Analysis:
    """1,200 customers of 40 dealers, raked, unless something else is said."""
    return Analysis(**{"text": text, "respondents": 1_200, "outlets": OUTLETS, "raked": True, **known})


FEWER = 500  # studies of an analysis that is expected to fail
NETWORK = {
    "network": analysis("Dealers drawn from a network, analysed as drawn"),
    "unweighted": analysis("Dealers drawn, **weights left out**: expected to fail", raked=False, most=FEWER),
    "design_blind": analysis(
        "Dealers drawn, **dealers left out**, respondents taken for a simple sample: expected to fail", cluster=None,
        most=FEWER,
    ),
}  # fmt: skip
CENSUS = {
    "census": analysis(
        "All dealers of one network, analysed as strata", network="all", strata="dealer", cluster=None
    ),
    "census_blind": analysis(
        "All dealers of one network, **taken for a sample of dealers**: expected to be too wide", network="all",
        most=FEWER,
    ),
}  # fmt: skip


def fitted(sample: Sample, replicates: Bootstrap | None) -> dict[str, Result]:
    """Fit the four models behind the quantities."""
    return {
        "scores": Scores(items=("sat_overall", "recommend")).fit(sample, replicates=replicates),
        "index": SatisfactionIndex(paths=PATHS).fit(sample, replicates=replicates),
        "drivers": Drivers(outcome="satisfaction", predictors=SYSTEMS).fit(sample, replicates=replicates),
        "programme": Compare(
            by="wave", items=("satisfaction",), programme="2026H1", treated=("brand", "Alba")
        ).fit(sample, replicates=replicates),
    }  # fmt: skip


def numbers(results: dict[str, Result]) -> pd.DataFrame:
    """Rows of the quantities, in their order."""
    rows = []
    for name, (model, table, keys) in QUANTITIES.items():
        found = results[model].table(table)
        chosen = np.logical_and.reduce([found[key] == value for key, value in keys.items()])
        rows.append({"quantity": name, **found[chosen].iloc[0][NUMBERS]})
    return pd.DataFrame(rows)


def drawn(frame: pd.DataFrame, *, strata: str | None = None, clusters: str | None = None) -> Sample:
    """Take every rating to 0-10, so that the items of a construct have one scale."""
    low, high = (pd.Series({name: item.ends[end] for name, item in MARKET.items.items()}) for end in (0, 1))
    answers = 10 * (frame[list(MARKET.items)] - low) / (high - low)
    return Sample.from_frame(
        frame.assign(**answers), scale=(0, 10), strata=strata, clusters=clusters, constructs=CONSTRUCTS
    )


def one_study(name: str, number: int) -> pd.DataFrame:
    """Interview, weight and estimate one study."""
    known, seed = {**NETWORK, **CENSUS}[name], FIRST + number
    frame = study(MARKET, n=known.respondents, outlets=known.outlets, seed=seed, network=known.network)
    sample = drawn(frame, strata=known.strata, clusters=known.cluster)
    sample = weight(sample, margins=MARGINS) if known.raked else sample
    return numbers(fitted(sample, Bootstrap(draws=DRAWS, seed=seed))).assign(study=number)


def one_population(network: Network, number: int) -> pd.DataFrame:
    """Apply the estimators to one large population, of a network of its own or of the one that was interviewed."""
    outlets = OUTLETS if network == "all" else CUSTOMERS // 50
    people = population(MARKET, size=CUSTOMERS, outlets=outlets, seed=number, network=network)
    return numbers(fitted(drawn(people), None)).assign(population=number)


def family(name: str, settings: dict[str, Analysis], network: Network) -> Family:
    """Give the runner what it needs."""
    return Family(
        name=name,
        quantities=tuple(QUANTITIES),
        one_study=one_study,
        one_population=partial(one_population, network),
        known={},
        settings=settings,
        populations=POPULATIONS,
        text=(
            "A study interviews 1,200 customers of 40 dealers of the simulated after-sales market, where loyal and "
            "young ones are interviewed more often; touchpoints bend, problems are solved or not, and a programme was "
            "planted. It is estimated by `Scores`, `SatisfactionIndex`, `Drivers` and `Compare`.",
            f"Truth is the same estimator on {POPULATIONS * CUSTOMERS:,} customers, of other dealers of the network or "
            "of the dealers that were interviewed.",
        ),
    )
