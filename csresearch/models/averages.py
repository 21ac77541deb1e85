"""Averages of rows of a table, taken over the same draws: what stands above items and constructs, such as systems."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from csresearch.result import Result, valued


def averaged(result: Result, name: str, groups: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    """Average rows of a table, or hold them against each other, with an interval over the same draws.

    Parameters
    ----------
    result : Result
        Of the whole sample.
    name : str
        A table.
    groups : mapping of label to {row: weight}
        Which rows of the table, and with which weights: they sum to 1 for an average, to 0 for a difference.

    Returns
    -------
    DataFrame
        One row a label, in `category`; the base is that of the row with the fewest answers.

    Examples
    --------
    >>> from csresearch import Bootstrap, Sample, Scores
    >>> sample = Sample.from_frame(pd.DataFrame({"speed": [6, 8, 9, 7], "care": [4, 6, 9, 3]}), scale=(1, 10))
    >>> scores = Scores().fit(sample, replicates=Bootstrap(draws=50))
    >>> rows = scores.estimates("scores", statistic="mean").index
    >>> averaged(scores, "scores", {"both": dict.fromkeys(rows, 0.5)})["estimate"].round(2).tolist()
    [6.5]
    """
    table, precision = result.table(name), result.precision
    estimates = table["estimate"].to_numpy(dtype=float)
    draws, deviations = result.draws(name), precision.deviations[name]
    point, drawn, moved = (
        np.stack([part[..., list(rows)] @ np.array(list(rows.values())) for rows in groups.values()], axis=-1)
        for part in (estimates, draws, deviations)
    )
    first = [next(iter(rows)) for rows in groups.values()]
    least = [table.iloc[list(rows)]["n_obs"].idxmin() for rows in groups.values()]
    frame = pd.DataFrame(
        {
            "category": list(groups), "statistic": list(table["statistic"].iloc[first]),
            "unit": list(table["unit"].iloc[first]), "n_obs": list(table.loc[least, "n_obs"]),
            "n_effective": list(table.loc[least, "n_effective"]),
        }
    )  # fmt: skip
    method = precision.replicates.kind if precision.replicates else "none"
    return valued(
        frame, point=point, draws=drawn, deviations=moved, kind="level", df=min(precision.df.values()),
        level=result.level, method=method,
    )  # fmt: skip
