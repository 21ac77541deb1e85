"""Simulated markets as data: a world, its fieldwork, and how the other sources are drawn, from one file a sector."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from pydantic import TypeAdapter

from csresearch.demo.folder import Survey


def survey(sector: str) -> Survey:
    """Read `markets/<sector>.toml`: what the folder of a sector is written from, see `folder.write`.

    Examples
    --------
    >>> bank = survey("bank")
    >>> bank.respondents, len(bank.world.touchpoints), bank.plans.visit_plan.visits
    (3000, 10, 3)
    """
    path = files("csresearch.demo") / "markets" / f"{sector}.toml"
    return TypeAdapter(Survey).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
