"""Countries that differ in nothing but how they use a scale: a gap that is style is found to be style.

The market has the styles of answering of the after-sales study (Chinese milder, Spanish warmer and more extreme) and no
true difference between languages.
"""

from __future__ import annotations

import pandas as pd
from coverage_recovery import CONSTRUCTS, MARGINS, OUTLETS, WORLD, analysis, drawn
from studies import DRAWS, FIRST, NUMBERS, Family

from csresearch.demo.simulate import study
from csresearch.inference.replicates import Bootstrap
from csresearch.models.reliability import Reliability
from csresearch.survey.weighting.weighting import weight

GAPS = {
    "points": "as answered",
    "points_style_adjusted": "at equal style",
    "points_centred": "less the own mean",
    "points_anchored": "anchored",
}
QUANTITIES = tuple(f"{gap}, {language} less en" for gap in GAPS.values() for language in ("zh", "es"))
SETTINGS = {"styles": analysis("Three languages that differ in style alone")}


def one_study(name: str, number: int) -> pd.DataFrame:
    """Interview, weight and hold the languages against each other."""
    known, seed = SETTINGS[name], FIRST + number
    frame = study(WORLD, n=known.respondents, outlets=known.outlets, seed=seed)
    sample = weight(drawn(frame, clusters=known.cluster), margins=MARGINS)
    model = Reliability(constructs=CONSTRUCTS, styles="language", reference="en", missing="block_mean")
    found = model.fit(sample, replicates=Bootstrap(draws=DRAWS, seed=seed)).table("style_gaps")
    found = found[found["construct"] == "satisfaction"]
    rows = [
        {"quantity": f"{words}, {row['category']} less en", **row[NUMBERS]}
        for gap, words in GAPS.items()
        for _, row in found[found["statistic"] == f"{gap}_difference"]
        .sort_values("category", ascending=False)
        .iterrows()
    ]
    return pd.DataFrame(rows).assign(study=number)


FAMILY = Family(
    name="styles",
    quantities=QUANTITIES,
    one_study=one_study,
    one_population=None,
    known=dict.fromkeys(QUANTITIES, 0.0),
    settings=SETTINGS,
    text=(
        f"A study interviews 1,200 customers of {OUTLETS} dealers and is estimated by `Reliability(styles=)`; the "
        "quantity is the gap in the mean of satisfaction. Truth is 0 for each of them. The first two rows are expected "
        "to fail: a raw gap between languages mistakes style for satisfaction; the anchored ones are what to trust.",
    ),
)
