"""What screening changed: the main numbers of everybody beside those of the respondents who were left."""

from __future__ import annotations

import pandas as pd

from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling
from csresearch.show.format import interval, word

LARGE = 0.5  # points of the outcome: a change to be reported beside the figure


def screening_exhibits(t: Telling) -> list[Exhibit]:
    """Hold the main numbers with and without the respondents whom screening excluded against each other."""
    result = t.strategy.screening
    if result is None:
        return []
    frame = result.table("screening")
    size = len(frame) // 3
    everyone, screened, change = (frame.iloc[k * size : (k + 1) * size] for k in range(3))
    rows: list[tuple[str, ...]] = [
        (_subject(t, kept), t.ends(all_), t.ends(kept), _signed(t, moved))
        for (_, all_), (_, kept), (_, moved) in zip(
            everyone.iterrows(), screened.iterrows(), change.iterrows(), strict=True
        )
    ]
    table = t.table(("item", "everyone", "screened", "difference"), ("left", "right", "right", "right"), rows)
    first = change.iloc[0]
    key = "screening_moves" if abs(first["estimate"]) >= LARGE else "screening_small"
    return [
        Exhibit(
            id="sample.screening",
            headline=t.say(key, outcome=t.label(t.outcome), change=_signed(t, first)),
            frame=frame,
            chart=table,
            base=t.base(screened),
            source=t.source,
            notes=t.methods(result),
            alt=t.tabled(table),
        )
    ]


def _subject(t: Telling, row: pd.Series) -> str:
    named = row.get("construct") if isinstance(row.get("construct"), str) else row["item"]
    label = t.label(str(named))
    return t.aside(label, word("statistic", "nps", t.language)) if row["statistic"] == "nps" else label


def _signed(t: Telling, row: pd.Series) -> str:
    return interval(row["estimate"], row["conf_low"], row["conf_high"], row["unit"], t.language, signed=True)
