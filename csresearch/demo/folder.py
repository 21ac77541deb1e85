"""The folder of a simulated study: its survey, study file, population, truth and the description of its columns."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import reduce
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from csresearch.demo import spss
from csresearch.demo.platform import Export, deliver
from csresearch.demo.simulate import population, study
from csresearch.demo.sources.beside import Plans, beside, described
from csresearch.demo.sources.source import Source
from csresearch.demo.truth import population_values
from csresearch.demo.world import Fieldwork, World
from csresearch.survey.sample import Sample
from csresearch.survey.weighting.weighting import weight

LARGE = 60_000  # customers of the draw behind the truth of the other sources
TOLERANCE = 4  # sampling standard deviations around an expected statistic


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a simulated study is written from.

    Parameters
    ----------
    world : World
    fieldwork : Fieldwork
    plans : Plans
        How the other sources are drawn, and of which sector: its study file stands beside this module.
    respondents, outlets, seed : int
    about : mapping of column to text
        What columns hold that the study file does not word.
    text : tuple of str
        Paragraphs of the README.
    export : Export, optional
        How a platform exports it; without one it is an SPSS file as agencies hand it over.
    margins : tuple of str
        Columns of the population file; no file without them.
    customers : int
        Customers of the population behind `truth.json`, 50 to an outlet.
    studies : int
        Studies of the same size whose spread gives the tolerance of what may be expected.
    frame : int
        Customers in the population file.
    """

    world: World
    fieldwork: Fieldwork
    plans: Plans
    respondents: int
    outlets: int
    seed: int
    about: Mapping[str, str]
    text: tuple[str, ...]
    export: Export | None = None
    margins: tuple[str, ...] = ()
    customers: int = 400_000
    studies: int = 20
    frame: int = 1_000_000


def write(survey: Survey, folder: Path, *, seed: int | None = None, customers: int | None = None) -> None:
    """Write raw file, `study.toml`, `population.csv`, other sources, `truth.json` and `README.md`.

    The same bytes each time.

    Parameters
    ----------
    survey : Survey
    folder : Path
        Made if it does not exist; files of these names in it are replaced.
    seed, customers : int, optional
        Instead of those of the survey.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    grammar = write_survey(survey, folder, seed=seed)
    found = truth(survey, seed=seed, customers=customers)
    sources = _beside(survey, seed, customers)
    found["sources"] = {
        name: {"generating": source.generating, "population_value": source.population}
        for name, source in sources.items()
    }
    for name, table in (pair for source in sources.values() for pair in source.tables.items()):
        _csv(folder / f"{name}.csv", table)
    texts = {
        "truth.json": json.dumps(_rounded(found), indent=1, sort_keys=True) + "\n",
        "README.md": "\n".join([*_readme(survey, grammar), *described(sources, survey.world.outlet)]),
    }
    for name, text in texts.items():
        folder.joinpath(name).write_text(text, encoding="utf-8", newline="\n")


def write_survey(
    survey: Survey, folder: Path, *, seed: int | None = None, respondents: int | None = None, plain: bool = False
) -> dict[str, Any]:
    """Write raw file, study file and population alone; the study file as a dictionary.

    `plain` writes the raw file as `survey.csv` whatever the study is delivered as.
    """
    folder.mkdir(parents=True, exist_ok=True)
    n = respondents or survey.respondents
    text = files("csresearch.demo").joinpath(f"{survey.plans.sector}.toml").read_text("utf-8")
    delivered = tomllib.loads(text)["data"]["file"]
    if plain:
        text = text.replace(f'file = "{delivered}"', 'file = "survey.csv"', 1)
    grammar = tomllib.loads(text)
    frame = study(
        survey.world,
        n=n,
        outlets=survey.outlets,
        seed=survey.seed if seed is None else seed,
        coded=True,
        fieldwork=survey.fieldwork,
    )
    if plain:
        _csv(folder / grammar["data"]["file"], frame.rename(columns=grammar.get("columns", {})))
    elif survey.export is None:
        spss.raw(folder / delivered, frame, grammar)
    else:
        deliver(folder / delivered, frame, grammar, world=survey.world, how=survey.export)
    if survey.margins:
        _csv(folder / "population.csv", population_counts(survey.world, survey.margins, survey.frame))
    folder.joinpath("study.toml").write_text(text, encoding="utf-8", newline="\n")
    return grammar


def population_counts(world: World, margins: tuple[str, ...], size: int) -> pd.DataFrame:
    """Count the customers of the population in every cell of some groups, a row a cell, column `n`.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> population_counts(WORLD, ("sex", "region"), 1_000).head(2).values.tolist()
    [['female', 'north', 184], ['female', 'centre', 138]]
    """
    shares = [world.levels[name] for name in margins]
    cells = pd.DataFrame(list(product(*shares)), columns=list(margins))
    share = reduce(np.multiply.outer, [np.array(list(one.values())) for one in shares]).ravel()
    return cells.assign(n=np.rint(size * share).astype(np.int64))


def truth(survey: Survey, *, seed: int | None = None, customers: int | None = None) -> dict[str, Any]:
    """State what generated the study, what estimators give in the population, what a study may be expected to give.

    Parameters
    ----------
    survey : Survey
    seed, customers : int, optional
        Instead of those of the survey; the population takes the next seed.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from csresearch.demo.autoservice import SURVEY
    >>> generating = truth(replace(SURVEY, studies=2), customers=8_000)["generating"]
    >>> round(generating["total_effects_on_satisfaction"]["service"], 4)
    0.3396
    """
    world, seed = survey.world, survey.seed if seed is None else seed
    size = customers or survey.customers
    outlets = max(survey.outlets, size // 50)
    people = population(world, size=size, outlets=outlets, seed=seed + 1, latent=True)
    values = population_values(people, world=world)
    if world.journey is not None:
        values["state"] = people["state"].value_counts(normalize=True).to_dict()
    for group in world.styles:
        standard = people[f"latent_{world.outcome}"] / world.sd[world.outcome]
        values[f"latent_outcome_by_{group}"] = standard.groupby(people[group]).mean().to_dict()
    sources = [name for name in world.equations if name not in (world.outcome, "halo")]
    return {
        "seed": seed,
        "generating": {
            "world": asdict(world),
            "fieldwork": asdict(survey.fieldwork),
            "latent_sd": world.sd,
            f"total_effects_on_{world.outcome}": {
                name: world.total_effect(name, target=world.outcome) for name in sources
            },
        },
        "population_value": {"customers": size, "outlets": outlets, "seed": seed + 1, **values},
        "expected": _expected(survey, values, first=seed + 2),
    }


def _expected(survey: Survey, values: dict[str, Any], *, first: int) -> dict[str, dict[str, float]]:
    """Value of the population and tolerance of each statistic: four standard deviations of raked studies."""
    found = []
    for seed in range(first, first + survey.studies):
        frame = study(survey.world, n=survey.respondents, outlets=survey.outlets, seed=seed)
        margins = {name: survey.world.levels[name] for name in survey.world.interview_rates}
        weights = weight(Sample.from_frame(frame[list(margins)]), margins=margins).weights if margins else None
        found.append(_flat(population_values(frame, world=survey.world, weights=weights)))
    spread = pd.DataFrame(found).std()
    return {
        name: {"value": value, "tolerance": TOLERANCE * float(spread[name])}
        for name, value in _flat(values).items()
        if name in spread
    }


def _flat(values: dict[str, Any]) -> dict[str, float]:
    """Name every statistic that has an expected value, such as `lmg_share.service`."""
    chosen: dict[str, float] = {name: values[name] for name in ("r2", "nps", "programme") if name in values}
    for table in ("points", "slope", "lmg_share", "penalty", "reward", "outcome"):
        chosen |= {f"{table}.{name}": value for name, value in values.get(table, {}).items()}
    return chosen


def _csv(path: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value


def _beside(survey: Survey, seed: int | None, customers: int | None) -> dict[str, Source]:
    n, outlets, seed = survey.respondents, survey.outlets, survey.seed if seed is None else seed
    large = min(LARGE, customers or survey.customers)
    return beside(survey.world, survey.plans, n=n, outlets=outlets, seed=seed, large=large)


def _readme(survey: Survey, grammar: dict[str, Any]) -> list[str]:
    """Describe the columns, in the words of the study file."""
    labels = {name: item["en"] for name, item in grammar["items"].items()}
    for facet, entry in grammar.get("facets", {}).items():
        for key in entry.get("of", grammar["attributes"]):
            patterns = [entry["column"]] if "column" in entry else entry["columns"]
            for pattern, what in zip(patterns, (facet, f"{facet}, if it were not so"), strict=False):
                labels[pattern.format(key)] = f"{what}: {grammar['attributes'][key]['en']}"
    for question in grammar.get("multiple", {}).values():
        columns = question.get("columns", {f"joined by {question.get('delimiter')}": question.get("column")})
        labels |= {column: f"{question['en']}: {option}" for option, column in columns.items()}
    names = grammar.get("columns", {})
    rows = [f"| `{names.get(name, name)}` | {text} |" for name, text in {**survey.about, **labels}.items()]
    return [
        f"# {grammar['title']['en']}: a simulated study",
        "",
        *(line + "\n" for line in survey.text),
        "| column | what it holds |",
        "|---|---|",
        *rows,
        "",
    ]
