"""Tables of a comparison, from levels and pairs to tidy rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from csresearch.inference.intervals import Kind, intervals
from csresearch.inference.moments import Array, BoolArray
from csresearch.models.compare.league import League, league_of, quarters
from csresearch.models.compare.letters import compact_letters
from csresearch.models.compare.levels import Levels
from csresearch.models.compare.pairs import Adjust, Pairs
from csresearch.models.derived import Derived
from csresearch.result import valued

POSTERIOR = "empirical Bayes, posterior draws"
UNTESTED = "a posterior is not tested against 0"
FUNNEL = "funnel, 2 standard errors, p by holm"
SUBJECT = ("construct", "item", "category", "segment_by")
SHARE = "a share of draws has no interval of its own"
MAX_T = "max t, simultaneous"
LEVEL: tuple[Kind, ...] = ("level",)
OUT = "not in the league: fewer than two answers, or all of them alike"


def difference_rows(
    levels: Levels, pairs: Pairs, rows: pd.DataFrame, *, column: str, deviation: Array, adjust: Adjust, level: float
) -> Derived:
    """Rows of differences, and of differences over the pooled standard deviation of answers, shape (c, k)."""
    names, (n, effective), p = levels.categories.names, _bases(levels), pairs.adjusted(adjust)
    reach = pairs.reach(level) if adjust == "max_t" and np.isfinite(pairs.std_error).any() else None
    method = _kind(levels)
    frames, drawn = [], []
    for place, (i, j) in enumerate(zip(pairs.first, pairs.second, strict=True)):
        pooled = np.sqrt((deviation[i] ** 2 + deviation[j] ** 2) / 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = np.where(pooled > 0, 1 / pooled, np.nan)
        for name, factor in (("difference", np.ones(len(rows))), ("effect_size", scale)):
            point, error, draws = (
                part * factor for part in (pairs.estimate[place], pairs.std_error[place], pairs.draws[:, place])
            )
            made = intervals(
                point, draws=draws, std_error=error, kind=LEVEL * len(rows), df=int(pairs.df[place]), level=level,
                method=method,
            )  # fmt: skip
            low, high, how = made.low, made.high, made.method
            if reach is not None:
                low, high, how = point - reach * error, point + reach * error, (MAX_T,) * len(rows)
            frames.append(
                rows.assign(
                    **{column: names[i]}, versus=names[j], statistic=rows["statistic"] + f"_{name}",
                    unit=rows["unit"] if name == "difference" else "sd", estimate=point, std_error=error, conf_low=low,
                    conf_high=high, p_value=p[place], df=int(pairs.df[place]), n_obs=np.minimum(n[i], n[j]),
                    n_effective=np.minimum(effective[i], effective[j]), method=[f"{h}, p by {adjust}" for h in how],
                    reason=list(made.reason),
                )
            )  # fmt: skip
            drawn.append(draws)
    return Derived(frame=pd.concat(frames, ignore_index=True), draws=np.concatenate(drawn, axis=1))


def letter_rows(levels: Levels, pairs: Pairs, *, adjust: Adjust, level: float) -> Derived:
    """Rows of levels with compact letters: categories that share one cannot be told apart."""
    above = pairs.higher(pairs.adjusted(adjust), alpha=1 - level)
    differ: BoolArray = above | above.transpose(1, 0, 2)
    point = levels.categories.point
    letters = [compact_letters(point[:, j], differ[:, :, j]) for j in range(point.shape[1])]
    whole = level_part(levels)
    told = [letters[j][c] for c in range(len(point)) for j in range(point.shape[1])]
    return replace(whole, frame=whole.frame.assign(letters=told))


def level_part(levels: Levels) -> Derived:
    """Rows of levels with their draws and deviations."""
    result = levels.result
    return Derived(
        frame=result.frames["levels"], draws=result.samples["levels"],
        deviations=result.precision.deviations.get("levels"),
    )  # fmt: skip


def total_rows(levels: Levels, rows: pd.DataFrame, *, column: str, level: float) -> Derived:
    """Rows of each category against all together: the difference with their overlap counted, and 100 x own / all."""
    categories, (n, effective) = levels.categories, _bases(levels)
    frames, drawn, moved = [], [], []
    method = _kind(levels)
    ratios = (rows["statistic"] != "nps").to_numpy()
    for c, name in enumerate(categories.names):
        own, draws, deviations = categories.point[c], categories.draws[:, c], categories.deviations[:, c]
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = 100 * own / levels.total
            parts = (
                ("difference", np.ones_like(ratios), own - levels.total, draws - levels.total_draws,
                 deviations - levels.total_deviations),
                ("ratio", ratios, ratio, 100 * draws / levels.total_draws,
                 (100 * deviations - ratio * levels.total_deviations) / levels.total),
            )  # fmt: skip
        for statistic, some, point, drawn_here, moved_here in parts:
            kind: Kind = "level" if statistic == "difference" else "positive"
            frame = rows[some].assign(
                **{column: name}, versus="total", statistic=rows["statistic"][some] + f"_{statistic}",
                unit=rows["unit"][some] if statistic == "difference" else "none", n_obs=n[c][some],
                n_effective=effective[c][some],
            )  # fmt: skip
            frames.append(
                valued(
                    frame, point=point[some], draws=drawn_here[:, some], deviations=moved_here[:, some], kind=kind,
                    df=int(categories.df[c]), level=level, method=method,
                )
            )  # fmt: skip
            drawn.append(drawn_here[:, some])
            moved.append(moved_here[:, some])
    return Derived(
        frame=pd.concat(frames, ignore_index=True), draws=np.concatenate(drawn, axis=1),
        deviations=np.concatenate(moved, axis=1),
    )  # fmt: skip


def league_rows(
    levels: Levels, rows: pd.DataFrame, *, column: str, level: float, seed: int, whole: bool
) -> dict[str, Derived]:  # fmt: skip
    """Rows of the league and of the spread between categories; `whole`: they stand for themselves, not for others."""
    table, spread = [], []
    n, effective = _bases(levels)
    for j in range(len(rows)):
        row = rows.iloc[[j]]
        found = league_of(levels.categories.point[:, j], levels.squared[:, j], seed=seed)
        base = {"n_obs": n[:, j], "n_effective": effective[:, j]}
        table.append(_league_frame(found, row, levels, base, column=column, level=level))
        spread.append(_spread_frame(found, row, level=level, whole=whole))
    league = pd.concat(table, ignore_index=True)
    return {"league": Derived(frame=league), "spread": Derived(frame=pd.concat(spread, ignore_index=True))}


def _league_frame(
    found: League, row: pd.DataFrame, levels: Levels, base: dict[str, Array], *, column: str, level: float
) -> pd.DataFrame:  # fmt: skip
    names, name = list(levels.categories.names), str(row["statistic"].iloc[0])
    rank, best, worst = quarters(found.draws)
    lost = ~np.isfinite(found.shrunken)
    blank = np.full(len(names), np.nan)
    width = stats_of(found.draws, level)
    ranked = stats_of(rank, level)
    beyond = np.abs(found.funnel)
    far = np.select([beyond > 3, beyond > 2], ["outside 3 standard errors", "outside 2 standard errors"], "")
    unit = str(row["unit"].iloc[0])
    one = np.where(lost, np.nan, 1.0)
    means: tuple[tuple[str, str, Array, tuple[Array, Array, Array], str], ...] = (
        ("shrunken", unit, found.shrunken, width, UNTESTED),
        ("rank", "none", np.where(lost, np.nan, rank.mean(axis=0)), ranked, UNTESTED),
        ("best_quarter", "share", best, (blank, blank, blank), SHARE),
        ("worst_quarter", "share", worst, (blank, blank, blank), SHARE),
        ("funnel", "sd", found.funnel, (one, found.funnel - 2, found.funnel + 2), ""),
    )
    frames = []
    for statistic, of, point, (error, low, high), reason in means:
        funnel = statistic == "funnel"
        frame = pd.DataFrame({column: names, "estimate": point, "std_error": error, "conf_low": low, "conf_high": high})
        frame["p_value"] = found.funnel_p if funnel else blank
        frame["reason"] = np.where(lost, OUT, far if funnel else reason)
        frame["method"] = FUNNEL if funnel else POSTERIOR
        frame = frame.assign(df=len(names) - 1, unit=of, statistic=f"{name}_{statistic}", **base)
        frames.append(frame.assign(**{key: row[key].iloc[0] for key in SUBJECT if key in row}))
    return pd.concat(frames, ignore_index=True)


def _spread_frame(found: League, row: pd.DataFrame, *, level: float, whole: bool) -> pd.DataFrame:
    name = str(row["statistic"].iloc[0])
    means = (np.nanmean(found.draws, axis=1) if whole else found.mean_draws)[:, None]
    made = []
    for statistic, point, draws in (
        ("mean", found.mean, means),
        ("between", found.between, found.between_draws[:, None]),
    ):
        error, low, high = stats_of(draws, level)
        low = np.minimum(low, point)  # draws of a spread never reach 0, the estimate does
        frame = row.assign(
            statistic=f"{name}_{statistic}", estimate=point, std_error=error, conf_low=low, conf_high=high
        )
        made.append(frame.assign(p_value=np.nan, method=POSTERIOR, reason=UNTESTED))
    n = int(np.isfinite(found.shrunken).sum())
    return pd.concat(made, ignore_index=True).assign(df=n - 1, n_obs=n, n_effective=float(n))


def stats_of(draws: Array, level: float) -> tuple[Array, Array, Array]:
    """Take standard deviation and ends of the draws of each column; NaN where it has none."""
    good = np.isfinite(draws).all(axis=0)
    some = np.where(good, draws, 0.0)
    ends = np.quantile(some, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return tuple(np.where(good, part, np.nan) for part in (some.std(axis=0, ddof=1), *ends))  # type: ignore[return-value]


def _kind(levels: Levels) -> str:
    """Name how intervals are made: a given category has no draws, only the error of its respondents."""
    replicates = levels.result.precision.replicates
    if replicates is None:
        return "none"
    return "linearized" if levels.given else replicates.kind


def _bases(levels: Levels) -> tuple[Array, Array]:
    """Answers and effective answers behind each category and number, shape (c, k)."""
    frame, shape = levels.result.frames["levels"], levels.categories.point.shape
    n, effective = (frame[name].to_numpy().reshape(shape) for name in ("n_obs", "n_effective"))
    return n, effective.astype(float)
