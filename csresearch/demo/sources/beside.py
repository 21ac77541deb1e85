"""All other sources of a study at once: drawn from the customers and outlets that the survey has, with their truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from csresearch.demo.simulate import customers as draw_customers
from csresearch.demo.simulate import outlets as draw_outlets
from csresearch.demo.sources.customers import ChurnPlan, churn_values, customers
from csresearch.demo.sources.ideas import ideas
from csresearch.demo.sources.mystery import VisitPlan, mystery_visits, visit_values
from csresearch.demo.sources.source import Source
from csresearch.demo.sources.staff import StaffPlan, employees, staff_values
from csresearch.demo.sources.tickets import TicketPlan, ticket_values, tickets
from csresearch.demo.words import words
from csresearch.demo.world import World

SYSTEMS = ("mind", "behaviour", "visual", "product", "service")
LOST, LOST_FROM = 450, 900_001  # customers who were not interviewed; those of them who left are asked why


@dataclass(frozen=True, kw_only=True)
class Plans:
    """How each source of a sector is drawn; the checklist of visits is `words/checklist_<sector>.toml`."""

    sector: str
    staff: StaffPlan
    visits: int = 4
    tickets: TicketPlan = field(default_factory=TicketPlan)
    churn: ChurnPlan = field(default_factory=ChurnPlan)

    @property
    def checklist(self) -> pd.DataFrame:
        """Items of a mystery visit: `item stage critical en zh es`, and the `share` of average outlets that pass."""
        frame = pd.DataFrame(list(words(f"checklist_{self.sector}").values()))
        frame.insert(0, "item", list(words(f"checklist_{self.sector}")))
        frame["critical"] = frame["critical"].eq(True).astype(np.int64)
        return frame[["item", "stage", "critical", "share", "en", "zh", "es"]]

    @property
    def visit_plan(self) -> VisitPlan:
        """Plan of the visits."""
        asked = self.checklist.set_index("item")
        critical = tuple(asked.index[asked["critical"] == 1])
        return VisitPlan(
            visits=self.visits, items=dict(zip(asked.index, asked["share"], strict=True)), critical=critical
        )


def beside(world: World, plans: Plans, *, n: int, outlets: int, seed: int, large: int = 60_000) -> dict[str, Source]:
    """Draw mystery visits, tickets, customers over months, employees and ideas.

    Parameters
    ----------
    world : World
        With a journey, and the five systems among its latents.
    plans : Plans
    n, outlets, seed : int
        As given to `simulate.study`, which interviews the same customers at the same outlets.
    large : int
        Customers, 20 to an outlet, of the draw behind the population values.

    Returns
    -------
    dict of str to Source
        `mystery`, `tickets`, `customers`, `staff`, `ideas`; the outlet's column is named as in the survey.

    Examples
    --------
    >>> from csresearch.demo.market import survey
    >>> bank = survey("bank")
    >>> found = beside(bank.world, bank.plans, n=600, outlets=20, seed=1, large=400)
    >>> len(found["staff"].tables["employees"]), len(found["ideas"].tables["ideas"])
    (300, 600)
    """
    found = _draw(world, plans, n, outlets, seed, skewed=True)
    crowd = _draw(world, plans, large, large // 20, seed + 1, skewed=False)
    places, people = (
        places_of(world, outlets=large // 20, seed=seed + 1),
        people_of(world, large, large // 20, seed + 1),
    )
    gone = crowd["customers"].tables
    values = {
        "mystery": visit_values(crowd["mystery"].tables["mystery"], places, plans.visit_plan),
        "tickets": ticket_values(crowd["tickets"].tables["tickets_gold"]),
        "customers": churn_values(people, gone["customers"], gone["lost"]),
        "staff": staff_values(crowd["staff"].tables, places, plans.staff),
    }
    whole = {name: replace(source, population=values[name]) for name, source in found.items()}
    listed = {**whole["mystery"].tables, "mystery_checklist": plans.checklist.drop(columns="share")}
    whole["mystery"] = replace(whole["mystery"], tables=listed)
    whole["ideas"] = ideas(waves=world.waves, seed=seed)
    return {name: _named(source, world.outlet) for name, source in whole.items()}


def places_of(world: World, *, outlets: int, seed: int) -> pd.DataFrame:
    """Outlets and waves: `outlet wave climate`, and `service`, the true level of service in latent units.

    Brand, region and planted events are in it; what differs between customers of an outlet is not.
    """
    grid = draw_outlets(world, outlets=outlets, seed=seed).merge(pd.DataFrame({"wave": list(world.waves)}), how="cross")
    codes = {name: np.zeros(len(grid), dtype=np.intp) for name in world.groups}  # the same for all outlets
    for name in ("wave", "region", "brand"):
        place = {level: code for code, level in enumerate(world.levels[name])}
        codes[name] = np.array([place[level] for level in grid[name]], dtype=np.intp)
    level = grid["effect_service"] + world.shift("service", codes)
    return pd.DataFrame(
        {"outlet": grid[world.outlet], "wave": grid["wave"], "climate": grid["climate"], "service": level}
    )


def people_of(world: World, n: int, outlets: int, seed: int, *, skewed: bool = False) -> pd.DataFrame:
    """Draw customers as the sources need them: systems, satisfaction and image in standard deviations."""
    drawn = draw_customers(world, n=n, outlets=outlets, seed=seed, skewed=skewed)
    latents = {
        name: (drawn[f"latent_{name}"] - world.mean[name]) / world.sd[name]
        for name in (*SYSTEMS, "satisfaction", "image")
    }
    about = drawn.rename(columns={"respondent": "customer", world.outlet: "outlet"})
    return pd.concat([about[["customer", "outlet", "wave", "state", *world.groups]], pd.DataFrame(latents)], axis=1)


def _draw(world: World, plans: Plans, n: int, outlets: int, seed: int, *, skewed: bool) -> dict[str, Source]:
    places, people = places_of(world, outlets=outlets, seed=seed), people_of(world, n, outlets, seed, skewed=skewed)
    others = people_of(world, LOST, outlets, seed)
    others["customer"] = LOST_FROM + np.arange(LOST)
    return {
        "mystery": mystery_visits(places, plans.visit_plan, seed=seed),
        "tickets": tickets(people, plans.tickets, sector=plans.sector, seed=seed),
        "customers": customers(people, others, plans.churn, seed=seed),
        "staff": employees(places, plans.staff, seed=seed),
    }


def _named(source: Source, outlet: str) -> Source:
    """Name the outlet as the survey does; whole numbers with gaps stay whole."""
    tables = {name: table.rename(columns={"outlet": outlet}).convert_dtypes() for name, table in source.tables.items()}
    return replace(source, tables=tables)


def described(sources: Mapping[str, Source], outlet: str) -> list[str]:
    """Paragraphs of a README: every table with its columns."""
    lines = []
    for name in (name for source in sources.values() for name in source.tables):
        about, *columns = words("tables")[name].items()
        rows = [f"| `{column.format(outlet=outlet)}` | {text} |" for column, text in columns]
        lines += [f"## `{name}.csv`", "", about[1], "", "| column | what it holds |", "|---|---|", *rows, ""]
    return lines
