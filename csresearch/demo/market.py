"""Simulated markets as data: a world, its fieldwork, and how the other sources are drawn, from one file a sector."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from pydantic import TypeAdapter

from csresearch.demo.sources.beside import Plans
from csresearch.demo.world import Fieldwork, World


@dataclass(frozen=True, kw_only=True)
class Market:
    """A sector: `respondents` are spread over `outlets` and the waves of the world."""

    world: World
    fieldwork: Fieldwork
    plans: Plans
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
