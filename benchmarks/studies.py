"""Simulated studies by the thousand: run what is missing, keep what is finished, and count how often intervals held.

Seeds come from the number of a study, fixed beforehand, so that any study can be drawn again. Finished studies stand in
build/coverage/ and are not repeated; delete that folder after a change of the code.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parents[1] / "build" / "coverage"
FIRST = 10_000  # the first study has the seed after it
DRAWS = 1_000
CHUNK = 20  # studies between two checkpoints
BAND, FEW_BAND = (93.0, 97.0), (90.0, 97.0)  # per cent; the second for 8 to 15 clusters
NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "df"]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A way of interviewing; respondents with an outlet each are a simple sample, a raked sample is drawn skewed.

    `most` is the number of studies that are enough, where fewer are.
    """

    text: str
    respondents: int
    outlets: int
    raked: bool = False
    most: int | None = None

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


@dataclass(frozen=True, kw_only=True)
class Family:
    """Quantities that one study gives together.

    Parameters
    ----------
    name : str
        Of its files; "" for the first family.
    quantities : tuple of str
    one_study : callable
        `one_study(setting, number)` -> a row a quantity: quantity, study, and `NUMBERS`.
    one_population : callable or None
        `one_population(number)` -> quantity and estimate on a very large population; None where `known` is everything.
    known : mapping
        Truth that needs no population: it is what the world was built from.
    settings : mapping of name to Setting
    text : tuple of str
        How a study is made and what its truth is, for the table.
    """

    name: str
    quantities: tuple[str, ...]
    one_study: Callable[[str, int], pd.DataFrame]
    one_population: Callable[[int], pd.DataFrame] | None
    known: Mapping[str, float]
    settings: Mapping[str, Setting]
    text: tuple[str, ...]
    populations: int = 4

    def file(self, name: str) -> Path:
        """Give the file of a setting, or of the truth."""
        return FOLDER / ("_".join(filter(None, (self.name, name))) + ".csv")


def run(family: Family, studies: int) -> None:
    """Run the studies that are missing, the settings in turn, with a checkpoint after each chunk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    truth(family)
    done = {name: finished(family, name) for name in family.settings}
    for name, rows in done.items():
        if len(rows):
            rows.to_csv(family.file(name), index=False)
    with pool() as workers:
        for start in range(0, studies, CHUNK):
            for name, rows in done.items():
                last = min(start + CHUNK, studies, family.settings[name].most or studies)
                missing = sorted(set(range(start + 1, last + 1)) - set(rows["study"]))
                if missing:
                    file = family.file(name)
                    found = pd.concat(workers.map(family.one_study, [name] * len(missing), missing))
                    found.to_csv(file, mode="a", header=not file.exists(), index=False)
                    print(f"{family.name or 'core'}, {name}: {missing[-1]} of {studies} studies", flush=True)


def truth(family: Family) -> pd.DataFrame:
    """Truth of each quantity and its Monte-Carlo error, 0 where the truth is known."""
    result = pd.DataFrame(0.0, index=list(family.quantities), columns=["truth", "mc_error"])
    if family.one_population is not None:
        drawn = _populations(family)
        values = drawn.pivot(index="population", columns="quantity", values="estimate")[list(family.quantities)]
        error = values.std(ddof=1) / np.sqrt(len(values))
        result = pd.DataFrame({"truth": values.mean(), "mc_error": error})
    for name, value in family.known.items():
        found, error = result.loc[name]
        if family.one_population is not None and abs(found - value) > 5 * error + 1e-4:
            raise ValueError(f"{name}: the populations give {found:.5f}, the world was built for {value:g}")
        result.loc[name] = value, 0.0
    return result


def _populations(family: Family) -> pd.DataFrame:
    file = family.file("populations")
    if not file.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with pool() as workers:
            pd.concat(workers.map(family.one_population, range(1, family.populations + 1))).to_csv(file, index=False)
    return pd.read_csv(file)


def finished(family: Family, name: str) -> pd.DataFrame:
    """Rows of the studies that are complete; a half-written last study is dropped."""
    file = family.file(name)
    if not file.exists():
        return pd.DataFrame({"study": pd.Series(dtype=int)})
    rows = pd.read_csv(file, on_bad_lines="skip")
    whole = rows.groupby("study")["quantity"].transform("size") == len(family.quantities)
    return rows[whole]


def table(family: Family, name: str) -> pd.DataFrame:
    """Coverage, both tails, mean width, studies and median df of each quantity of a setting."""
    rows = finished(family, name).join(truth(family), on="quantity")
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
    low, high = family.settings[name].band
    result["within"] = result["coverage"].between(low, high).map({True: "yes", False: "no"})
    return result.reset_index()


def pool() -> ProcessPoolExecutor:
    """One process a core, each with one thread of linear algebra."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read by the processes as they start
    return ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn"))
