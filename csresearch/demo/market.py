"""Simulated markets as data: a world, its fieldwork, and how the other sources are drawn, from one file a sector."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from pydantic import TypeAdapter

from csresearch.demo.folder import Survey
from csresearch.demo.platform import Export, deliver
from csresearch.demo.sources.beside import Plans
from csresearch.demo.world import Fieldwork, World


@dataclass(frozen=True, kw_only=True)
class Market:
    """A sector: `respondents` are spread over `outlets` and the waves of the world; `text` is for its README."""

    world: World
    fieldwork: Fieldwork
    plans: Plans
    export: Export
    about: Mapping[str, str]
    text: tuple[str, ...]
    respondents: int
    outlets: int
    seed: int


def market(sector: str) -> Market:
    """Read `markets/<sector>.toml`.

    Examples
    --------
    >>> bank = market("bank")
    >>> bank.respondents, len(bank.world.touchpoints), bank.plans.visit_plan.visits
    (3000, 10, 3)
    """
    return TypeAdapter(Market).validate_python(_file(sector))


def survey(sector: str) -> Survey:
    """Say what the folder of a sector is written from, see `folder.write`.

    Examples
    --------
    >>> survey("appliance").outlets
    30
    """
    found = market(sector)
    return Survey(
        grammar=f"{sector}.toml",
        world=found.world,
        fieldwork=found.fieldwork,
        respondents=found.respondents,
        outlets=found.outlets,
        seed=found.seed,
        margins=(),
        about=found.about,
        text=found.text,
        plans=found.plans,
        raw=partial(deliver, world=found.world, how=found.export),
    )


def plans(sector: str) -> Plans:
    """Read the plans alone, for a world that is stated elsewhere.

    Examples
    --------
    >>> len(plans("autoservice").checklist)
    30
    """
    return TypeAdapter(Plans).validate_python(_file(sector)["plans"])


def _file(sector: str) -> dict[str, object]:
    path = files("csresearch.demo") / "markets" / f"{sector}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
