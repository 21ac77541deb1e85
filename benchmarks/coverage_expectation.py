"""Coverage of the response surface and of an indirect effect of expectation.

Expectation and performance are normal, and the outcome is drawn from the surface, so the truth is exact.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from studies import DRAWS, FIRST, NUMBERS, SETTINGS, Family, Setting

import csresearch as cs

SURFACE = {"expectation": 0.05, "performance": 0.55, "expectation^2": -0.10, "product": 0.20, "performance^2": -0.10}
ASSIMILATION, NOISE, BETWEEN = 0.4, 0.7, 0.10  # of performance on expectation; of the outcome; share between outlets
TRUTH = {
    "a1": 0.60, "a2": 0.0, "a3": -0.50, "a4": -0.40, "indirect effect": ASSIMILATION * 0.55,
    "total effect": 0.05 + ASSIMILATION * 0.55,
}  # fmt: skip
AGE = {"young": 0.4, "old": 0.6}
YOUNG_SAMPLED = 4 / 7  # share of the young in a sample that asks them twice as often
MODEL = cs.Disconfirmation(outcome="overall", expectation="expected", performance="got", midpoint=0)


def study(setting: Setting, *, seed: int) -> cs.Sample:
    """Interview one study; where it is raked, the young are asked twice as often and weighted back."""
    random = np.random.default_rng(seed)
    outlet = np.arange(setting.respondents) % setting.outlets
    within, between = np.sqrt(1 - BETWEEN), np.sqrt(BETWEEN)
    own, shared = random.normal(size=(3, setting.respondents)), random.normal(size=(3, setting.outlets))
    x, rest, noise = within * own + between * shared[:, outlet]
    y = ASSIMILATION * x + np.sqrt(1 - ASSIMILATION**2) * rest
    terms = (x, y, x**2, x * y, y**2)
    z = sum(slope * term for slope, term in zip(SURFACE.values(), terms, strict=True)) + NOISE * noise
    young = random.random(setting.respondents) < (YOUNG_SAMPLED if setting.raked else AGE["young"])
    frame = pd.DataFrame(
        {"overall": z, "expected": x, "got": y, "dealer": outlet, "age": np.where(young, "young", "old")}
    )
    sample = cs.Sample.from_frame(frame, clusters=setting.clusters)
    return cs.weight(sample, margins={"age": AGE}) if setting.raked else sample


def one_study(name: str, number: int) -> pd.DataFrame:
    """Estimate one study: its intervals, in the order of the truth."""
    seed = FIRST + number
    replicates = cs.Bootstrap(draws=DRAWS, seed=seed)
    result = MODEL.fit(study(SETTINGS[name], seed=seed), replicates=replicates)
    surface, chain = result.table("surface").set_index("statistic"), result.table("chain")
    effects = chain[chain["category"].isna() & (chain["source"] == "expected")].set_index("statistic")
    rows = [surface.loc[a] for a in ("a1", "a2", "a3", "a4")] + [effects.loc[s] for s in ("indirect", "total")]
    kept = pd.DataFrame(rows)[NUMBERS].reset_index(drop=True)
    return kept.assign(quantity=list(TRUTH), study=number)


FAMILY = Family(
    name="expectation",
    quantities=tuple(TRUTH),
    one_study=one_study,
    one_population=None,
    known=TRUTH,
    settings=SETTINGS,
    text=(
        "A study is estimated by `Disconfirmation`: a1 to a4 of its surface, and the effects of expectation in its "
        "chain.",
        "Truth is exact: expectation and performance are normal, and the outcome is drawn from the surface.",
    ),
)
