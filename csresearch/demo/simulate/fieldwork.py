"""What interviewing does to answers: gaps, slips, careless and hurried people, people who stand in the file twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.demo.simulate.answers import Asked
from csresearch.demo.simulate.people import FIELD, IntArray
from csresearch.demo.world import Fieldwork, FloatArray

SKIPPED, NOT_USED, DONT_KNOW, REFUSED = 96, 97, 98, 99


def interview(
    fieldwork: Fieldwork, asked: Asked, seconds: FloatArray, people: pd.DataFrame, seed: int
) -> tuple[IntArray, npt.NDArray[np.str_]]:
    """Put the marks of fieldwork into `asked.block` and `seconds`.

    Returns
    -------
    rows, careless : array, array (n,)
        Rows of the file, duplicates at its end; "", "straight" or "random".
    """
    rng = np.random.default_rng([FIELD, seed, 1])
    block = asked.block[:, : asked.rated]
    n, questions = seconds.size, len(asked.columns)
    chance, given = rng.random(block.shape), ~np.isnan(block)
    more = np.ones(n)
    for group, factors in fieldwork.gaps.items():
        more *= people[group].map(lambda level, factors=factors: factors.get(level, 1.0)).to_numpy(dtype=float)
    block[given & (chance < fieldwork.dont_know * more[:, None])] = DONT_KNOW
    block[given & (chance > 1 - fieldwork.refused * more[:, None])] = REFUSED
    slips = given & (np.abs(chance - 0.5) < fieldwork.off_scale / 2)
    low, high = asked.ends[: asked.rated].T
    block[slips] = np.where(chance < 0.5, low - 1, high + 1)[slips]
    careless, honest = np.split(rng.permutation(n), [round(fieldwork.careless * n)])
    kinds = np.full(n, "", dtype="<U8")
    straight, random = np.split(careless, [careless.size - careless.size // 2])
    kinds[straight], kinds[random] = "straight", "random"
    level = rng.integers(5, 10, straight.size, endpoint=True)[:, None]
    block[straight] = np.clip(level, low, high)
    block[random] = rng.integers(low, high, (random.size, low.size), endpoint=True)
    hurried = honest[honest.size - round(fieldwork.hurried * n) :]
    fast = np.concatenate([straight, random[::2], hurried])
    seconds[fast] = questions * rng.uniform(0.4, 1.1, fast.size)
    return np.concatenate([np.arange(n), honest[: round(fieldwork.duplicates * n)]]), kinds
