"""Coverage of a league of outlets and of the effect of a programme, in a plain world of normal outlets.

What is known of an outlet is held against the outlet itself, which differs from study to study: the quantities of the
league are distances to the truth of that study, so that their truth is 0. Means of single outlets and a change by
before and after alone stand beside, and are expected to fail where they are read as they usually are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from studies import DRAWS, NUMBERS, Family, Setting

from csresearch.inference.intervals import ranks
from csresearch.inference.replicates import Bootstrap
from csresearch.models.comparison import Compare
from csresearch.survey.sample import Sample

FIRST = 90_000  # the first study has the seed after it
BETWEEN, WITHIN, MEAN = 4.0, 18.0, 70.0  # points: standard deviations and mean; no answer comes near the ends
WAVES, EFFECT, RISE = ("1", "2", "3", "4"), 3.0, 2.0  # the programme reaches half of the outlets from wave 3 on
SETTINGS = {
    "small": Setting(text="1,200 respondents of 40 outlets, 10 to 50 in each", respondents=1_200, outlets=40),
    "few": Setting(text="480 respondents of 12 outlets, 20 to 60 in each", respondents=480, outlets=12),
}
QUANTITIES = (
    "an outlet, drawn together", "an outlet by itself", "the highest outlet, drawn together",
    "the highest outlet by itself", "rank of an outlet", "spread between outlets", "effect of the programme",
    "before and after alone",
)  # fmt: skip


def market(setting: Setting, random: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw outlets, and respondents over the waves; give the answers, and what the outlets are in truth."""
    outlets = setting.outlets
    true = random.normal(MEAN, BETWEEN, outlets)
    share = random.uniform(0.4, 1.6, outlets)
    outlet = np.sort(random.choice(outlets, setting.respondents, p=share / share.sum()))
    wave, reached = random.integers(0, 4, setting.respondents), outlet < outlets // 2
    climate = random.normal(0, 1.0, (outlets, 4))
    moved = RISE * (wave >= 2) + EFFECT * ((wave >= 2) & reached) + climate[outlet, wave]
    points = true[outlet] + random.normal(0, WITHIN, setting.respondents)
    frame = pd.DataFrame({"still": points, "moved": points + moved, "wave": np.array(WAVES)[wave]})
    return frame.assign(outlet=[f"{k:03d}" for k in outlet], brand=np.where(reached, "ours", "theirs")), true


def one_study(name: str, number: int, *, draws: int = DRAWS) -> pd.DataFrame:
    """Interview the outlets, and make the league and the comparison of the programme."""
    random = np.random.default_rng(FIRST + number)
    frame, true = market(SETTINGS[name], random)
    sample = Sample.from_frame(frame, scale=(-200, 300), clusters="outlet")  # points of 0-100 are a fifth of the scale
    drawn = Bootstrap(draws=draws, seed=FIRST + number)
    league = Compare(by="outlet", items=("still",), statistics=("mean",)).fit(sample, replicates=drawn)
    levels = league.table("levels").set_index("outlet")
    table = league.table("league").set_index(["outlet", "statistic"])
    truth = pd.Series(true, index=[f"{k:03d}" for k in range(len(true))])[levels.index]
    place = pd.Series(ranks(truth.to_numpy()[None])[0], index=levels.index)
    chosen, highest = random.choice(levels.index), levels["estimate"].idxmax()
    shrunken, rank = (table.xs(f"mean_{what}", level="statistic") for what in ("shrunken", "rank"))
    found = [
        _off(shrunken.loc[chosen], truth[chosen]), _off(levels.loc[chosen], truth[chosen]),
        _off(shrunken.loc[highest], truth[highest]), _off(levels.loc[highest], truth[highest]),
        _off(rank.loc[chosen], place[chosen]),
    ]  # fmt: skip
    spread = league.table("spread").set_index("statistic").loc["mean_between"]
    model = Compare(
        by="wave", items=("moved",), statistics=("mean",), programme="3", treated=("brand", "ours")
    )  # fmt: skip
    effect = model.fit(sample, replicates=drawn).table("programme").set_index("statistic")
    found += [spread[NUMBERS], *(effect.loc[f"mean_{what}", NUMBERS] for what in ("effect", "naive_change"))]
    return pd.DataFrame(found).reset_index(drop=True).assign(quantity=list(QUANTITIES), study=number)


def _off(row: pd.Series, truth: float) -> pd.Series:
    """Distance of a row from its truth."""
    moved = row[NUMBERS].astype(float)
    moved[["estimate", "conf_low", "conf_high"]] -= truth
    return moved


FAMILY = Family(
    name="league",
    quantities=QUANTITIES,
    one_study=one_study,
    one_population=None,
    known={
        **dict.fromkeys(QUANTITIES[:5], 0.0), "spread between outlets": BETWEEN, "effect of the programme": EFFECT,
        "before and after alone": EFFECT,
    },
    settings=SETTINGS,
    text=(
        "Outlets are drawn anew in each study; a programme reaches half of them, while all rise.",
        "The truth of an outlet is what it was drawn as; the first five quantities are distances to it. The highest "
        "outlet by itself, and before and after alone, are the readings that fail.",
    ),
)  # fmt: skip
