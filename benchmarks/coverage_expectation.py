"""Coverage of the response surface and of an indirect effect: the settings, seeds and bands of `coverage.py`.

`python benchmarks/coverage_expectation.py --studies 2000` simulates what is missing and prints a table a setting; it
takes about ten minutes on two cores. Truth is exact: expectation and performance are normal, and the outcome is drawn
from the surface.
"""

from __future__ import annotations

import argparse

import coverage
import numpy as np
import pandas as pd

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


def study(setting: coverage.Setting, *, seed: int) -> cs.Sample:
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
    seed = coverage.FIRST + number
    replicates = cs.Bootstrap(draws=coverage.DRAWS, seed=seed)
    result = MODEL.fit(study(coverage.SETTINGS[name], seed=seed), replicates=replicates)
    surface, chain = result.table("surface").set_index("statistic"), result.table("chain")
    effects = chain[chain["category"].isna() & (chain["source"] == "expected")].set_index("statistic")
    rows = [surface.loc[a] for a in ("a1", "a2", "a3", "a4")] + [effects.loc[s] for s in ("indirect", "total")]
    kept = pd.DataFrame(rows)[["estimate", "std_error", "conf_low", "conf_high", "df"]].reset_index(drop=True)
    return kept.assign(quantity=list(TRUTH), study=number)


def table(found: pd.DataFrame) -> pd.DataFrame:
    """Coverage in per cent with both tails, the mean width and the median df of each quantity."""
    truth = found["quantity"].map(TRUTH)
    found = found.assign(
        truth=truth, low_miss=100.0 * (found["conf_low"] > truth), high_miss=100.0 * (found["conf_high"] < truth),
        width=found["conf_high"] - found["conf_low"],
    )  # fmt: skip
    result = found.groupby("quantity", sort=False).agg(
        truth=("truth", "first"), low_miss=("low_miss", "mean"), high_miss=("high_miss", "mean"),
        width=("width", "mean"), studies=("study", "nunique"), df=("df", "median"),
    )  # fmt: skip
    result.insert(1, "coverage", 100 - result["low_miss"] - result["high_miss"])
    return result


def run(studies: int) -> dict[str, pd.DataFrame]:
    """Simulate the studies that are missing, and give a table a setting; finished studies are kept in a file each."""
    coverage.FOLDER.mkdir(parents=True, exist_ok=True)
    tables = {}
    with coverage._pool() as pool:
        for name in coverage.SETTINGS:
            file = coverage.FOLDER / f"expectation_{name}.csv"
            done = pd.read_csv(file) if file.exists() else pd.DataFrame({"study": pd.Series(dtype=int)})
            missing = sorted(set(range(1, studies + 1)) - set(done["study"]))
            if missing:
                done = pd.concat([done, *pool.map(one_study, [name] * len(missing), missing, chunksize=20)])
                done.to_csv(file, index=False)
            tables[name] = table(done)
    return tables


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2_000, help="simulated studies in each setting")
    for name, found in run(parser.parse_args().studies).items():
        setting = coverage.SETTINGS[name]
        low, high = setting.band
        within = found["coverage"].between(low, high).map({True: "yes", False: "no"})
        print(f"\n{setting.text}: asked for {low:g} to {high:g} %")
        print(found.assign(within=within).round(3).to_string())


if __name__ == "__main__":
    main()
