"""How well the questions measure, as exhibits: reliability, constructs that run together, and groups."""

from __future__ import annotations

import pandas as pd

from csresearch.models.measurement.judging import CONVERGENT, DISTINCT, RELIABLE, SAID
from csresearch.models.reliability import Reliability
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling
from csresearch.result import Result
from csresearch.show.format import DASH, interval, title, word
from csresearch.show.specs import Align, TableSpec

SHOWN = ("alpha", "omega", "rho_c", "ave")
TONGUES = ("language", "country")  # groups that may answer one scale in different ways


def measurement_exhibits(t: Telling) -> list[Exhibit]:
    """Tell the reliability of each construct, by Reliability where it was fitted, else by the index."""
    result = t.strategy.of(Reliability) or t.strategy.of(SatisfactionIndex)
    if result is None:
        return []
    rows = result.table("constructs")
    rows = rows[rows["statistic"].isin(SHOWN) & rows["estimate"].notna()]
    if rows.empty:
        return []
    pairs = result.estimates("discriminant", statistic="htmt") if "discriminant" in result.tables else rows.iloc[:0]
    table = _table(t, rows, pairs)
    under = rows["estimate"] < rows["statistic"].map({"ave": CONVERGENT}).fillna(RELIABLE)
    weak = list(dict.fromkeys(rows.loc[under, "construct"]))
    alpha = rows[rows["statistic"] == "alpha"].sort_values("estimate").iloc[0]
    alike = [t.listed(map(t.label, pair)) for pair in _pairs(pairs[pairs["estimate"] >= DISTINCT])]
    fields = {"count": len(table.rows), "least": t.ends(alpha), "name": t.label(alpha["construct"])}
    return [
        Exhibit(
            id="measurement.reliability",
            headline=t.say("measured_weak", names=t.labels(weak)) if weak else t.say("measured", **fields),
            frame=pd.concat([rows, pairs], ignore_index=True),
            chart=table,
            base=f"{t.base(rows)}. {t.say('measured_limits')}",
            source=t.source,
            notes=t.methods(result),
            alt=t.tabled(table),
            flags=(t.say("measured_alike", pairs=t.lines(alike)),) if alike else (),
        ),
        *_invariance(t, result),
    ]


def _table(t: Telling, rows: pd.DataFrame, pairs: pd.DataFrame) -> TableSpec:
    """Print a row a construct: its coefficients, and the construct that it is most alike."""
    shown = [name for name in SHOWN if name in set(rows["statistic"])]
    printed: list[tuple[str, ...]] = []
    right: list[Align] = ["right" for _ in shown]
    for name, own in rows.groupby("construct", sort=False):
        cells = {str(row["statistic"]): _cell(t, row) for _, row in own.iterrows()}
        near = pairs[(pairs["construct"] == name) | (pairs["versus"] == name)]
        printed.append((
            t.wording(str(name)),
            *(cells.get(what, DASH) for what in shown),
            _nearest(t, str(name), near.sort_values("estimate").iloc[-1]) if len(near) else DASH,
        ))  # fmt: skip
    heads = (title("construct", t.language), *(word("statistic", what, t.language) for what in shown))
    return TableSpec(
        titles=(*heads, t.say("measured_nearest")), sides=("left", *right, "left"),
        rows=tuple(printed),
    )  # fmt: skip


def _nearest(t: Telling, name: str, row: pd.Series) -> str:
    other = row["versus"] if row["construct"] == name else row["construct"]
    return f"{_cell(t, row)} {t.label(str(other))}"


def _cell(t: Telling, row: pd.Series) -> str:
    return interval(row["estimate"], row["conf_low"], row["conf_high"], "none", t.language)


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["construct"], rows["versus"], strict=True))


def _invariance(t: Telling, result: Result) -> list[Exhibit]:
    """Tell whether groups may be compared, where it was tested."""
    if "comparable" not in result.tables:
        return []
    steps = result.estimates("comparable", statistic="step").groupby("construct")["estimate"].min()
    column = str(getattr(result.model, "invariance", ""))
    chart = result.picture("invariance", language=t.language)
    fields = {"group": t.wording(column), "count": int((steps == max(SAID)).sum()), "all": len(steps)}
    frame = pd.concat([result.table("invariance"), result.table("comparable")], ignore_index=True)
    return [
        Exhibit(
            id="measurement.invariance",
            headline=t.say("invariance", **fields),
            frame=frame,
            chart=chart,
            base=t.base(frame),
            source=t.source,
            notes=t.methods(result),
            alt=t.tabled(chart) if isinstance(chart, TableSpec) else "",
        )
    ]


def comparison_flags(t: Telling, by: str | None) -> tuple[str, ...]:
    """Warn of means that groups may not be compared by, or of languages where nobody has tested it."""
    found = [r for r in t.strategy.results if "comparable" in r.tables and getattr(r.model, "invariance", None) == by]
    if not found:
        return (t.say("invariance_untested", group=t.wording(str(by))),) if by in TONGUES else ()
    steps = found[0].estimates("comparable", statistic="step").set_index("construct")["estimate"]
    unequal = t.outcome in steps.index and bool((steps.loc[[t.outcome]] < max(SAID)).any())
    return (t.say("invariance_means", outcome=t.label(t.outcome)),) if unequal else ()
