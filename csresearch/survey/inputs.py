"""What a sample is made of: its design, counts and weights, refused with a reason where they cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from csresearch.errors import DataError
from csresearch.inference.design import Design
from csresearch.inference.moments import Array, IntArray
from csresearch.inference.replicates import FileReplicates
from csresearch.survey.grammar import ReplicateWeights

MOST = 50_000_000  # rows that counts may make
FAR = 2.0  # times the sum of the weights: a replicate with another sum holds factors, or another survey's weights


def require_frame(frame: pd.DataFrame) -> None:
    """Refuse what is no frame of respondents: empty, of several column levels, with a name twice."""
    if not isinstance(frame, pd.DataFrame):
        raise DataError(f"a sample is made of a pandas DataFrame, not of a {type(frame).__name__}")
    if frame.columns.nlevels > 1:
        raise DataError("the frame has several levels of column names; join them: frame.columns.map('_'.join)")
    if frame.empty:
        raise DataError("the frame is empty: it has no respondent or no column")
    names = frame.columns.map(str)
    duplicated = sorted(set(names[names.duplicated()]))
    if duplicated:
        raise DataError(f"columns occur twice: {', '.join(duplicated)}; rename or drop one of each")


def scale_of(scale: tuple[float, float] | None) -> tuple[float, float] | None:
    """Check the theoretical ends: two finite numbers, the lower one first."""
    if scale is None:
        return None
    try:
        low, high = (float(end) for end in scale)
    except (TypeError, ValueError):
        raise ValueError(f"scale={scale!r}: give the two theoretical ends, such as (1, 10)") from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"scale={scale!r}: two finite numbers are needed, the lower one first, such as (1, 10)")
    return low, high


def constructs_of(
    answers: pd.DataFrame, constructs: Mapping[str, tuple[str, ...]] | None
) -> dict[str, tuple[str, ...]]:
    """Check that constructs are names of their own for columns that are there."""
    problems = []
    if constructs is not None and not isinstance(constructs, Mapping):
        raise ValueError(f"constructs={constructs!r}: give a table of names, {{'quality': ('q1', 'q2')}}")
    if wrong := [str(name) for name, items in (constructs or {}).items() if not isinstance(items, list | tuple)]:
        raise ValueError(f"constructs: the items of {', '.join(wrong)} are no list of columns, such as ('q1', 'q2')")
    made = {str(name): tuple(items) for name, items in (constructs or {}).items()}
    for name, items in made.items():
        if name in answers.columns and items != (name,):
            problems.append(f"construct {name!r} is named like a column; give it a name of its own")
        problems += [f"construct {name!r}: no column {item!r}" for item in items if item not in answers.columns]
        if not items:
            problems.append(f"construct {name!r} has no items; name its columns")
        problems += [f"construct {name!r} has {item!r} twice; name it once" for item in repeated(items)]
    if problems:
        raise DataError("the constructs cannot be used:", problems=problems)
    return made


def repeated(names: Iterable[str]) -> list[str]:
    """Names that come more than once, each once, in their order."""
    return [name for name, n in Counter(names).items() if n > 1]


def design_from(
    answers: pd.DataFrame,
    *,
    strata: str | None,
    clusters: str | None,
    population: float | Mapping[str, float] | None,
    where: str,
) -> Design:
    """Code the columns of the design; clusters of the same name in two strata are two clusters."""
    for column in (strata, clusters):
        if column is not None and column not in answers.columns:
            raise DataError(f"{where}: column {column!r} is not in the data")
        if column is not None and (n := int(answers[column].isna().sum())):
            raise DataError(f"{where}: {n} respondents have no {column!r}; fill it, or give them a name of their own")
    stratum, names = pd.factorize(answers[strata], sort=True) if strata else (np.zeros(len(answers), dtype=int), [""])
    if clusters is None:
        cluster = np.arange(len(answers))
    else:
        code = pd.factorize(answers[clusters], sort=True)[0]
        cluster = np.unique(np.stack([stratum, code], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    first = np.unique(cluster, return_index=True)[1]
    sizes = None
    if population is not None:
        given = population if isinstance(population, Mapping) else dict.fromkeys(map(str, names), population)
        absent = [str(name) for name in names if str(name) not in given]
        if absent:
            raise DataError(f"{where}: population_clusters lacks the strata {', '.join(absent)}")
        sizes = np.asarray(pd.to_numeric(pd.Series([given[str(name)] for name in names]), errors="coerce"), dtype=float)
        if np.isnan(sizes).any():
            wrong = [f"{name}: {given[str(name)]!r}" for name, size in zip(names, sizes, strict=True) if np.isnan(size)]
            raise DataError(f"{where}: population_clusters are no numbers ({', '.join(wrong)}); say how many there are")
        drawn = zip(map(str, names), sizes, np.bincount(stratum[first]), strict=True)
        few = ", ".join(f"{name!r}: {size:g} for {n}" for name, size, n in drawn if size < n)
        if few:
            raise DataError(f"{where}: population_clusters are fewer than the clusters in the sample ({few})")
    return Design(
        cluster=cluster.astype(np.int64),
        stratum=stratum[first].astype(np.int64),
        population=sizes,
        clustered=clusters is not None,
    )


def counts_of(frame: pd.DataFrame, counts: str | Array | None) -> IntArray:
    """How often each row is repeated, shape (n,)."""
    if counts is None:
        return np.ones(len(frame), dtype=np.int64)
    values = _numbers(frame, counts, "the column of counts")
    counted = np.isfinite(values) & (values >= 0) & (values == np.rint(values))
    whole = values.shape == (len(frame),) and bool(counted.all())
    if whole and values.sum() > MOST:
        raise DataError(f"counts sum to {values.sum():,.0f} respondents; at most {MOST:,} rows are made: give weights=")
    if not whole or not values.any():
        raise DataError(
            f"counts must be {len(frame)} whole numbers of 0 or more, one a row and not all 0; found {_found(values)}"
        )
    return values.astype(np.int64)


def weights_of(frame: pd.DataFrame, weights: str | Array | None) -> Array:
    """Weights of a column or an array, shape (n,); 1 where none are given."""
    if weights is None:
        return np.ones(len(frame))
    values = _numbers(frame, weights, "the weight column")
    if values.shape != (len(frame),):
        raise DataError(f"weights: {values.size} values for {len(frame)} respondents; give one weight each")
    problems = []
    if n := int(np.isnan(values).sum()):
        problems.append(f"{n} are missing or no numbers; give 0 to leave a respondent out")
    if n := int(np.isinf(values).sum()):
        problems.append(f"{n} are infinite")
    if n := int((values < 0).sum()):
        problems.append(f"{n} are negative (smallest {np.nanmin(values):g}); weights are 0 or more")
    if not problems and values.sum() == 0:
        problems.append("all are 0, so nobody counts")
    if problems:
        raise DataError("the weights cannot be used:", problems=problems)
    return values


def described(replicates: Mapping[str, Any]) -> ReplicateWeights:
    """Read what a caller says of replicate weights, by the rules of `[design] replicates`."""
    if not isinstance(replicates, Mapping):
        raise ValueError(f"replicates={replicates!r}: give a table, {{'columns': 'rw*', 'kind': 'jk1'}}")
    try:
        return ReplicateWeights.model_validate(dict(replicates))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'replicates'}: {e['msg']}" for e in error.errors())
        raise ValueError(f"replicates={dict(replicates)!r}: {told}") from None


def replicate_columns(names: Iterable[str], columns: str | tuple[str, ...]) -> list[str]:
    """Columns of replicate weights, in the order of the file: those of a pattern with *, or a list.

    Examples
    --------
    >>> replicate_columns(["id", "rw1", "rw2"], "rw*"), replicate_columns(["id"], ("rw1", "rw2"))
    (['rw1', 'rw2'], ['rw1', 'rw2'])
    """
    if isinstance(columns, str):
        return [name for name in names if fnmatchcase(name, columns)]
    return list(columns)


def replicate_problems(frame: pd.DataFrame, asked: ReplicateWeights, weights: Array) -> list[tuple[str, str, str]]:
    """Find why replicate weights cannot be used: what was found, what is allowed, what to do."""
    names = replicate_columns(map(str, frame.columns), asked.columns)
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        return [(f"{len(lacking)} columns that are not in the data ({', '.join(lacking[:5])})", "columns of the data",
                 "correct the names")]  # fmt: skip
    if twice := repeated(names):
        return [(f"{', '.join(twice[:5])} again", "each replicate once", "take one away")]
    if len(names) < 2:
        return [(f"{len(names)} columns for {asked.columns!r}", "at least 2", "correct the pattern, such as 'rw*'")]
    problems = []
    values = np.column_stack([_numbers(frame, name, "the column") for name in names])
    if n := int((~np.isfinite(values) | (values < 0)).sum()):
        problems.append((f"{n} weights missing, negative or no numbers", "numbers of 0 or more",
                         "write 0 for respondents that a replicate leaves out"))  # fmt: skip
    elif weights.sum() > 0:
        ratio = values.sum(axis=0) / weights.sum()
        odd = [f"{name}: {r:.3g}" for name, r in zip(names, ratio, strict=True) if not 1 / FAR < r < FAR]
        if odd:
            problems.append((f"{len(odd)} replicates whose sum is far from that of the weights, in parts of it "
                             f"{', '.join(odd[:5])}", f"{1 / FAR:g} to {FAR:g}",
                             "replicates are full weights; multiply factors by the weight"))  # fmt: skip
        if asked.kind == "fay" and (asked.rho or 0) > 0 and (values[weights > 0] == 0).any():
            problems.append(("replicates with weights of 0", f"weights times {asked.rho:g} or {2 - (asked.rho or 0):g}",
                             "half samples without Fay's factor are kind = 'brr'"))  # fmt: skip
    if asked.scales is not None and len(asked.scales) != len(names):
        problems.append((f"{len(asked.scales)} scales for {len(names)} replicates", "one for each", "correct scales"))
    return problems


def replicates_of(frame: pd.DataFrame, asked: ReplicateWeights, weights: Array, *, where: str) -> FileReplicates:
    """Replicate weights of a frame, refused with all their problems."""
    problems = [*asked.problems, *replicate_problems(frame, asked, weights)]
    if problems:
        told = [f"found {found}; allowed: {allowed}; {remedy}" for found, allowed, remedy in problems]
        raise DataError(f"{where}: the replicate weights cannot be used:", problems=told)
    names = replicate_columns(map(str, frame.columns), asked.columns)
    values = np.column_stack([_numbers(frame, name, "the column") for name in names])
    return FileReplicates(
        weights=values, scheme=asked.kind, rho=asked.rho, scale=asked.scale, scales=asked.scales, df=asked.df
    )


def _numbers(frame: pd.DataFrame, given: str | Array, what: str) -> Array:
    """Numbers of a column of the frame, or those that were given; what is none is NaN."""
    if isinstance(given, str) and given not in frame.columns:
        raise DataError(f"{what} {given!r} is not in the data")
    values = pd.Series(frame[given] if isinstance(given, str) else given)
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=float)


def _found(values: Array) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return f"{values.size} values, no numbers"
    lost = f", {values.size - len(known)} missing or no numbers" if len(known) < values.size else ""
    return f"{values.size} values from {known.min():g} to {known.max():g}{lost}"


def require_finite(answers: pd.DataFrame) -> None:
    """Refuse infinite numbers, by column."""
    numbers = answers.select_dtypes("number")
    bad = [f"{name!r}: {int(np.isinf(numbers[name]).sum())}" for name in numbers if np.isinf(numbers[name]).any()]
    if bad:
        raise DataError("infinite values; make them missing or mend them:", problems=bad)
