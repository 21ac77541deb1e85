"""Small worlds in which the right advice is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csresearch as cs


@pytest.fixture(scope="session")
def shop() -> pd.DataFrame:
    """Four attributes: speed matters and is bad, staff matters and is good, decor and parking do not matter."""
    random = np.random.default_rng(4)
    n = 500
    means = {"speed": 5.0, "staff": 8.0, "decor": 8.0, "parking": 5.0}
    latent = {name: mean + 1.3 * random.normal(size=n) for name, mean in means.items()}
    overall = 2 + 0.5 * latent["speed"] + 0.4 * latent["staff"] + 0.05 * latent["decor"] + 0.7 * random.normal(size=n)
    frame = pd.DataFrame({**latent, "overall": overall})
    return frame.round().clip(1, 10)


@pytest.fixture(scope="session")
def grid(shop: pd.DataFrame) -> cs.Result:
    sample = cs.Sample.from_frame(shop, scale=(1, 10))
    model = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff", "decor", "parking"))
    return model.fit(sample, replicates=cs.Bootstrap(draws=200, seed=3))
