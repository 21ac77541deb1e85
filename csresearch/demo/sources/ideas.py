"""The log of ideas: who had them, which were taken up, which worked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csresearch.demo.sources.source import IDEAS, Source

SHARE = {"customer": 0.42, "staff": 0.38, "supplier": 0.20}
ADOPTED = {"customer": 0.12, "staff": 0.10, "supplier": 0.08}
WORKED = {"customer": 0.50, "staff": 0.45, "supplier": 0.40}


def ideas(*, waves: tuple[str, ...], seed: int, n: int = 600) -> Source:
    """Log `n` ideas; so few of them work that a claim on their sources can neither be shown nor refuted.

    Returns
    -------
    Source
        Table `ideas`: `idea wave source adopted worked`; `worked` is empty where an idea was not taken up.

    Examples
    --------
    >>> log = ideas(waves=("2025H1", "2025H2"), seed=1)
    >>> len(log.tables["ideas"]), round(log.population["customers_among_those_that_worked"], 2)
    (600, 0.52)
    """
    rng = np.random.default_rng([IDEAS, seed])
    source = rng.choice(list(SHARE), size=n, p=list(SHARE.values()))
    adopted = rng.random(n) < pd.Series(source).map(ADOPTED).to_numpy()
    worked = rng.random(n) < pd.Series(source).map(WORKED).to_numpy()
    frame = pd.DataFrame(
        {
            "idea": np.arange(1, n + 1),
            "wave": np.array(waves)[np.arange(n) * len(waves) // n],
            "source": source,
            "adopted": adopted.astype(np.int64),
            "worked": np.where(adopted, worked, np.nan),
        }
    )
    success = {name: SHARE[name] * ADOPTED[name] * WORKED[name] for name in SHARE}
    return Source(
        tables={"ideas": frame}, generating={"share": SHARE, "adopted": ADOPTED, "worked": WORKED},
        population={
            "worked": sum(success.values()),
            "customers_among_those_that_worked": success["customer"] / sum(success.values()),
        },
    )  # fmt: skip
