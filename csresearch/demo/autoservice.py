"""The simulated after-sales study: its market as data."""

from __future__ import annotations

from pathlib import Path

from csresearch.demo import folder as folders
from csresearch.demo.folder import Survey
from csresearch.demo.market import plans
from csresearch.demo.spss import raw
from csresearch.demo.world import (
    Equation,
    Event,
    Fieldwork,
    Item,
    Journey,
    Logit,
    Segment,
    Shares,
    Style,
    Touchpoint,
    World,
)

FIELDWORK = Fieldwork(dont_know=0.016, refused=0.01, off_scale=0.002, gaps={"age": {"60+": 2.0}}, careless=0.05,
                      hurried=0.01)
BRANDS = ("Alba", "Borea", "Cinto", "Delmar")
WAVES = ("2025H1", "2025H2", "2026H1", "2026H2")
LOADINGS = (0.85, 0.80, 0.78, 0.75)


def _brands(*shifts: float) -> dict[str, Shares]:
    return {"brand": dict(zip(BRANDS, shifts, strict=True))}


def _system(own_noise: float, outlet: float, climate: float, *brands: float) -> Equation:
    """One of the five systems: halo, a little assimilation of what was expected, dealer and brand."""
    return Equation(sources={"halo": 0.68, "expectation": 0.15}, noise=own_noise, outlet=outlet, climate=climate,
                    effects=_brands(*brands))


def _block(name: str, *means: float) -> dict[str, Item]:
    return {f"{name}{number}": Item(mean=mean, loading=loading)
            for number, (mean, loading) in enumerate(zip(means, LOADINGS, strict=False), start=1)}


def _touchpoint(
    system: str, stage: str, mean: float, swing: tuple[float, float], said: tuple[float, float], *,
    used: float = 1.0, kano: str | None = None,
) -> Touchpoint:
    """Touchpoint with its penalty and reward, and what is said of it: mean importance and mean expectation."""
    (penalty, reward), (importance, expected) = swing, said
    return Touchpoint(system=system, stage=stage, mean=mean, penalty=penalty, reward=reward, importance=importance,
                      expected=expected, loading=LOADING[system], used=used, kano=kano)


def _motive(own: str) -> Shares:
    """Means of the motive items in a segment whose own motive is this one."""
    return {name: 8.2 if name == own else 6.0 for name in ("m_price", "m_people", "m_time", "m_brand")}


LOADING = {"product": 0.75, "service": 0.55, "behaviour": 0.65, "mind": 0.8, "visual": 0.75}  # of touchpoints
OWN = (1 - 0.68**2 - 0.15**2) ** 0.5
STAFF = (0.42 * (1 - 0.45**2) ** 0.5, 0.42 * 0.45)  # outlet effect of systems that people make: own part, climate
THINGS = (0.252, 0.0)

# Slopes on the halo of age and on image of channel leave both with variance 1 within a brand.
EQUATIONS = {
    "halo": Equation(noise=0.9217, effects={"age": {"18-29": 0.6, "30-44": 0.1, "45-59": -0.2, "60+": -0.6}}),
    "image": Equation(noise=0.9869, effects={
        **_brands(0.25, 0.0, -0.15, 0.05),
        "channel": {"own_dealer": 0.1, "other_dealer": -0.1, "second_tier": -0.3},
    }),
    "expectation": Equation(sources={"image": 0.50}, noise=0.75**0.5),
    "mind": _system(OWN, *STAFF, 0.05, 0.0, -0.05, 0.0),
    "behaviour": _system(OWN, *STAFF, 0.0, 0.15, -0.15, 0.0),
    "visual": _system(OWN, *THINGS, 0.2, 0.0, -0.1, 0.1),
    "product": _system(OWN, *THINGS, 0.1, 0.1, -0.2, 0.25),
    "service": _system(OWN, *STAFF, -0.2, 0.25, -0.05, 0.0),
    "performance": Equation(sources=dict.fromkeys(("mind", "behaviour", "visual", "product", "service"), 0.2)),
    "disconfirmation": Equation(sources={"performance": 0.70, "expectation": -0.42}, noise=0.6),
    "value": Equation(sources={"product": 0.45, "service": 0.25}, noise=0.75),
    "satisfaction": Equation(sources={
        "mind": 0.08, "behaviour": 0.14, "visual": 0.06, "product": 0.18, "service": 0.28, "value": 0.16,
        "disconfirmation": 0.14,
    }, noise=0.50),
    "ease": Equation(sources={"service": 0.55, "behaviour": 0.25}, noise=0.70),
    "loyalty": Equation(sources={"satisfaction": 0.60 / 0.93, "image": 0.20}, noise=0.72),
}
CONSTRUCTS = {
    "expectation": _block("expectation", 7.9, 7.8, 8.0),
    "performance": _block("performance", 7.6, 7.5, 7.7),
    "mind": _block("mind", 7.5, 7.6, 7.8, 7.2),
    "behaviour": _block("behaviour", 7.6, 7.3, 7.0, 7.7),
    "visual": _block("visual", 7.9, 7.7, 8.0, 7.2),
    "product": _block("product", 7.8, 7.9, 7.6, 7.4),
    "service": _block("service", 7.7, 7.1, 7.3, 7.0),
    "disconfirmation": _block("disconfirmation", 5.9, 5.7),
    "value": _block("value", 6.9, 7.1),
    "satisfaction": {
        "sat_overall": Item(mean=8.1, loading=0.90),
        "sat_expected": Item(mean=7.5, loading=0.82),
        "sat_ideal": Item(mean=7.3, loading=0.80),
    },
    "ease": {"ease": Item(mean=5.4, loading=0.80, spread=1.2, ends=(1, 7))},
    "loyalty": {
        "repurchase": Item(mean=7.9, loading=0.85),
        "recommend": Item(mean=8.1, loading=1.0, spread=2.0, ends=(0, 10)),
        "price_tolerance": Item(mean=6.2, loading=0.60),
    },
}
TOUCHPOINTS = {
    "fixed_first_time": _touchpoint("product", "repair", 7.8, (-0.74, 0.14), (9.1, 8.4), kano="must_be"),
    "honest_price": _touchpoint("behaviour", "handover", 7.1, (-0.61, 0.20), (9.2, 8.2)),
    "parts_available": _touchpoint("product", "spare_part", 7.7, (-0.54, 0.16), (8.7, 7.9), used=0.8),
    "on_time": _touchpoint("service", "handover", 7.2, (-0.41, 0.41), (8.9, 7.9), kano="linear"),
    "advisor": _touchpoint("service", "reception", 7.5, (-0.38, 0.43), (8.4, 7.5)),
    "explanation": _touchpoint("behaviour", "handover", 7.5, (-0.27, 0.34), (8.7, 7.3)),
    "booking": _touchpoint("service", "booking", 7.5, (-0.28, 0.31), (8.5, 7.4), used=0.9),
    "status_update": _touchpoint("service", "repair", 6.8, (-0.08, 0.57), (8.1, 6.6), kano="delight"),
    "pick_up": _touchpoint("service", "handover", 7.4, (-0.07, 0.61), (8.1, 7.1), used=0.65),
    "follow_up": _touchpoint("mind", "follow_up", 7.0, (-0.08, 0.30), (8.3, 6.8), used=0.85),
    "facility": _touchpoint("visual", "reception", 7.5, (-0.14, 0.14), (8.7, 7.9)),
    "lounge": _touchpoint("visual", "reception", 7.5, (-0.05, 0.08), (8.5, 7.3), used=0.75, kano="indifferent"),
}
CLOSELY = ("fixed_first_time", "honest_price", "on_time", "advisor")  # asked how it was in every way
FACETS = {"expectation": tuple(TOUCHPOINTS), "disconfirmation": CLOSELY, "desired": CLOSELY, "adequate": CLOSELY}
SEGMENTS = {
    "value_seekers": Segment(share=0.30, weights={"value": 2.0}, motives=_motive("m_price")),
    "relationship": Segment(share=0.35, weights={"behaviour": 1.6}, motives=_motive("m_people")),
    "time_pressed": Segment(share=0.20, weights={"service": 1.5}, motives=_motive("m_time")),
    "image": Segment(share=0.15, weights={"visual": 2.5, "mind": 2.0}, motives=_motive("m_brand")),
}
JOURNEY = Journey(
    problem=Logit(constant=-1.85, slopes={"service": -0.75, "product": -0.35}),
    complain=Logit(constant=-0.5, slopes={"expectation": 0.25}),
    resolutions={"quick": 0.45, "slow": 0.30, "unresolved": 0.25},
    bonus={"quick": 0.15},
)
STYLES = {"language": {"zh": Style(shift=-0.15, stretch=0.9), "es": Style(shift=0.25, stretch=1.1)}}
SERVICES = {"maintenance": 0.62, "repair": 0.34, "warranty": 0.15, "body": 0.11, "tyres": 0.23}
EVENTS = (
    Event(text="service programme", latent="service", size=0.45,
          where={"brand": ("Alba",), "wave": ("2026H1", "2026H2")}),
    Event(text="unfair warranty for second-tier buyers", latent="behaviour", size=-0.25,
          where={"channel": ("second_tier",)}),
)
WORLD = World(
    brands=BRANDS,
    waves=WAVES,
    regions={"north": 0.4, "centre": 0.3, "south": 0.3},
    groups={
        "channel": {"own_dealer": 0.70, "other_dealer": 0.10, "second_tier": 0.20},
        "age": {"18-29": 0.21, "30-44": 0.34, "45-59": 0.28, "60+": 0.17},
        "sex": {"female": 0.46, "male": 0.54},
        "language": {"zh": 0.50, "es": 0.25, "en": 0.25},
    },
    interview_rates={
        "channel": {"own_dealer": 1.6, "other_dealer": 1.3, "second_tier": 1.0},
        "age": {"18-29": 3.375, "30-44": 2.25, "45-59": 1.5, "60+": 1.0},
        "sex": {"female": 1.2, "male": 1.0},
    },
    equations=EQUATIONS,
    constructs=CONSTRUCTS,
    outcome="satisfaction",
    drivers=("mind", "behaviour", "visual", "product", "service"),
    recommend="recommend",
    touchpoints=TOUCHPOINTS,
    facets=FACETS,
    segments=SEGMENTS,
    journey=JOURNEY,
    styles=STYLES,
    multiple={"services": SERVICES},
    events=EVENTS,
)


SURVEY = Survey(
    grammar="autoservice.toml",
    world=WORLD,
    fieldwork=FIELDWORK,
    respondents=4_800,
    outlets=40,
    seed=40,
    plans=plans("autoservice"),
    raw=raw,
    margins=("age", "sex", "region", "channel"),
    about={
        "respondent": "number of the respondent; a few stand twice",
        "wave": "half-year of the interview",
        "region": "region of the dealer",
        "dealer": "dealer that was visited",
        "brand": "brand of the dealer; Alba is the own one",
        "channel": "where the car was bought",
        "age": "age group",
        "sex": "sex",
        "language": "language of the interview",
        "seconds": "duration of the interview",
    },
    text=(
        "4,800 respondents, 40 dealers of 4 brands, 30 interviews with each over 4 waves. Brands, dealers and people "
        "are invented. Loyal and young customers are interviewed more often than others, so the population in "
        "`population.csv` matters. `truth.json` holds the numbers that generated the answers; apart from them what "
        "each estimator gives in the population; and what a study of this size may be expected to give, with a "
        "tolerance of four sampling standard deviations.",
        "Ratings go from 1 to 10 (`recommend` from 0 to 10, `ease` from 1 to 7); 97 not used, 98 don't know, "
        "99 refused, 96 not asked by routing. A few answers lie beside the scale, as they were typed. Some respondents "
        "answered carelessly or in a great hurry. Languages use the scale differently: the gap between them is style, "
        "not satisfaction.",
    ),
)


def write(folder: Path, *, seed: int | None = None, customers: int | None = None) -> None:
    """Write the folder of the study; see `csresearch.demo.folder.write`."""
    folders.write(SURVEY, folder, seed=seed, customers=customers)
