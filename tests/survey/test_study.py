"""The grammar of study.toml: what loads, what is at fault and how it is said."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csresearch.errors import StudyError
from csresearch.survey.study import Study
from csresearch.survey.study_file.loading import load_study

EXAMPLES = Path(__file__).parents[3] / "shared" / "examples"
SMALL = """
schema = 1
title = "Kiosk"
[data]
file = "kiosk.csv"
[scales]
rating = { ends = [1, 10] }
[items]
Q1 = "Overall"
Q2 = "Speed"
Q3 = "Price"
[constructs]
satisfaction = { items = ["Q1"] }
speed = { items = ["Q2"] }
price = { items = ["Q3"] }
"""


@pytest.mark.shared
@pytest.mark.usefixtures("shared_data")
def test_the_mobile_example_loads() -> None:
    study = load_study(EXAMPLES / "mobile.toml")
    assert (len(study.items), len(study.constructs), study.languages) == (24, 7, ("en", "zh", "es"))
    assert study.paths["satisfaction"] == ("image", "expectation", "quality", "value")
    assert study.label("PERQ2", "zh") == "网络质量"
    assert study.label("PERQ1", "zh") == "Overall quality"
    assert (study.label("image"), study.label("image", "es")) == ("image", "imagen")
    assert study.roles.expectation is not None
    assert study.roles.expectation.asked == "after"
    assert study.columns_of("loyalty") == ("CUSL1", "CUSL2", "CUSL3")
    assert list(study.data.screening.rules) == ["incomplete", "straightline"]


def test_the_after_sales_study_loads(autoservice: Study) -> None:
    assert len(autoservice.items) == 4 + 3 * 7 + 2 * 3
    assert autoservice.columns_of("care") == ("p_care",)
    assert autoservice.columns_of("满意") == ("S1", "S2", "S3")
    assert autoservice.columns_of("e_care") == ("e_care",)
    assert autoservice.facet_column("importance", "care") == "i_care"
    assert autoservice.facet_columns("kano", "pick_up") == ("kf_pick_up", "kd_pick_up")
    assert autoservice.item("kf_pick_up").scale.ends == (1, 5)
    assert autoservice.ends("L1") == (0, 10)
    assert autoservice.roles.drivers == tuple(autoservice.attributes)
    assert autoservice.margins["age"]["60+"] == 0.17
    assert (autoservice.rake.within, autoservice.rake.trim) == ("wave", (0.3, 3.0))
    assert autoservice.groups.wave is not None
    assert autoservice.groups.wave.events == {"2026H1": "service programme"}
    assert autoservice.elements["image"] == ("mind", "visual")
    assert (autoservice.design.outlet, autoservice.design.outlets) == ("dealer", "all")
    assert autoservice.plan["fixed_first_time"].cost == 120_000
    assert (autoservice.budget, autoservice.capacity) == (None, None)
    assert autoservice.data.screening.rules["speed"].value == 2.0
    assert autoservice.label("满意", "es") == "Satisfacción"
    assert autoservice.label("p_care", "zh") == "顾客至上"


def test_the_outcome_is_no_driver_of_itself(write: Callable[..., Path]) -> None:
    study = load_study(write({'outcome = "满意"': 'outcome = "care"'}))
    assert study.roles.drivers == tuple(name for name in study.attributes if name != "care")


def test_a_reversed_item_is_turned_and_others_are_not(autoservice: Study) -> None:
    answers = np.array([1.0, 4.0, np.nan])
    np.testing.assert_array_equal(autoservice.item("S3").turned(answers), [10, 7, np.nan])
    np.testing.assert_array_equal(autoservice.item("S1").turned(answers), answers)
    assert autoservice.is_reversed("S3")


def test_a_folder_or_a_file_will_do(write: Callable[..., Path]) -> None:
    path = write(text=SMALL)
    assert load_study(path.parent).title == load_study(path).title == {"en": "Kiosk"}


def test_a_rule_is_a_number_a_word_or_a_table(write: Callable[..., Path]) -> None:
    incomplete = "{ threshold = 0.8, do = 'flag' }"
    line = f"screening = {{ speed = 3, straightline = 0.9, duplicate = 'flag', incomplete = {incomplete} }}"
    text = SMALL.replace('file = "kiosk.csv"', f'file = "kiosk.csv"\nid = "id"\nduration = "sec"\n{line}')
    rules = load_study(write(text=text)).data.screening.rules
    assert {name: (rule.value, rule.do) for name, rule in rules.items()} == {
        "incomplete": (0.8, "flag"),
        "duplicate": (None, "flag"),
        "straightline": (0.9, "flag"),
        "speed": (3.0, "exclude"),
    }
    assert list(rules) == ["incomplete", "duplicate", "straightline", "speed"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.columns_of("fixed_first_tme"), "no term 'fixed_first_tme'; did you mean 'fixed_first_time'"),
        (lambda s: s.item("S9"), "no item 'S9'; known are S1, S2, S3, L1"),
        (lambda s: s.facet_column("performence", "care"), "no facet 'performence'; did you mean 'performance'?"),
        (lambda s: s.facet_column("kano", "pick_up"), "facet 'kano' has 2 columns; use facet_columns"),
        (lambda s: s.facet_columns("kano", "care"), "'kano' was not asked of 'care'; it was of fixed_first_time"),
        (lambda s: s.label("nothing like it"), "known are 满意, loyalty"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    autoservice: Study, call: Callable[[Study], object], message: str
) -> None:
    with pytest.raises(StudyError, match=r"autoservice\.toml: ") as raised:
        call(autoservice)
    assert message in str(raised.value)


def test_a_missing_file_says_what_a_study_is(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no such file; a study is a folder with a study\.toml"):
        load_study(tmp_path)


def test_what_is_not_toml_is_told_with_its_line(write: Callable[..., Path]) -> None:
    with pytest.raises(StudyError, match=r"study\.toml is not TOML: .*line 3.*mend that line"):
        load_study(write(text='schema = 1\ntitle = "x"\nlanguages = [en]\n'))


def test_what_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_bytes('title = "满意"'.encode("gb18030"))
    with pytest.raises(StudyError, match="byte 10 is not UTF-8; save the file as UTF-8"):
        load_study(tmp_path)


FAULTS = {  # a change of the after-sales study: what is said
    ("schema = 1", ""): "schema: found nothing; allowed: a value; add schema = 1",
    ("schema = 1", "schema = 2"): "schema: found 2; allowed: 1; update csresearch, or the study file",
    (
        "schema = 1",
        'schema = "1"',
    ): "schema: found '1'; allowed: a whole number; write it without quotes and without a point",
    ('file = "answers.csv"', ""): '[data] file: found nothing; allowed: a value; add file = "answers.csv"',
    ('missing = "used"', 'missing = "listwse"'): "[data] missing: found 'listwse'; allowed: 'raise', 'listwise', "
    "'pairwise', 'block_mean' or 'used'; did you mean 'listwise'?",
    ('missing = "used"', 'sha256 = "abc"'): "[data] sha256: found 'abc'; allowed: 64 hexadecimal digits; "
    "copy the SHA-256 of the file, or take the key away",
    ("speed = 2.0", "sped = 2.0"): "[data] screening: found the unknown key 'sped'; allowed: incomplete, duplicate, "
    "straightline, speed, careless; did you mean 'speed'?",
    (
        "incomplete = 0.5",
        "incomplete = 50",
    ): "[data] screening.incomplete.threshold: found 50; allowed: a number up to 1; correct the number",
    (
        'straightline = "flag"',
        "straightline = true",
    ): "[data] screening.straightline: found true; allowed: a share above 0 "
    "up to 1, 'flag', 'exclude' or a table { threshold = 1.0, do = 'flag' }; write it in one of these ways",
    ('duration = "seconds"', ""): "[data] screening.speed: found no duration; allowed: a column; "
    'add duration = "column" to [data], or take speed away',
    ('id = "id"', ""): "[data] screening.duplicate: found no id; allowed: a column; "
    'add id = "column" to [data], or take duplicate away',
    ('languages = ["en", "zh", "es"]', 'languages = ["en", "zh", "es", "en"]'): "languages: found 'en' twice; allowed: "
    "each once; take one away",
    (
        "[scales.likely]\nends = [0, 10]",
        "[scales.likely]\nends = [10, 0]",
    ): "[scales] likely.ends: found [10, 0]; allowed: "
    "lower < upper; write the lower end first; a reversed item says reversed = true in [items]",
    (
        "[scales.likely]\nends = [0, 10]",
        "[scales.likely]\nends = [5, 5]",
    ): "[scales] likely.ends: found [5, 5]; allowed: "
    "lower < upper; write the lower end first; a reversed item says reversed = true in [items]",
    (
        "[scales.likely]\nends = [0, 10]",
        "[scales.likely]\nends = [0, 10]\nordered = false",
    ): "[scales] likely.ordered: found false; allowed: options; take it away: numbers have an order",
    (
        "[scales.likely]\nends = [0, 10]",
        '[scales.likely]\noptions = ["yes", "no"]\nordered = false',
    ): "[constructs] loyalty: found 'L1', whose options have no order and so no mean; allowed: ratings",
    (
        "[scales.likely]\nends = [0, 10]",
        "[scales.likely]",
    ): "[scales] likely: found neither of ends and options; allowed: "
    "one of them; write ends = [1, 10] for ratings, options = [...] for answers in words",
    ('97 = "not_used"', '10 = "not_used"'): "[scales] touch.missing: found 10; allowed: codes outside 1 to 10; ",
    ('97 = "not_used"', '7 = "not_used"'): "[scales] touch.missing: found 7; allowed: codes outside 1 to 10; "
    "a code cannot be an answer and a kind of missing; change the ends or the code",
    (
        '97 = "not_used"',
        '97 = "notused"',
    ): "[scales] touch.missing.97: found 'notused'; allowed: 'not_used', 'skipped', 'dont_know', "
    "'refused' or 'empty'; did you mean 'not_used'?",
    ('scale = "likely"', 'scale = "likly"'): "[items] L1.scale: found 'likly'; allowed: touch, likely, kano; "
    "did you mean 'likely'?",
    (', scale = "likely"', ""): "[items] L1.scale: found nothing; allowed: touch, likely, kano; name its scale",
    (
        "reversed = true",
        "revresed = true",
    ): "[items] S3: found the unknown key 'revresed'; allowed: scale, reversed, en, zh, es; did you mean 'reversed'?",
    (
        "reversed = true",
        'fr = "Ennuis"',
    ): "[items] S3: found the unknown key 'fr'; allowed: scale, reversed, en, zh, es; "
    "take it away, or name it in languages",
    ("reversed = true", 'reversed = "yes"'): "[items] S3.reversed: found 'yes'; allowed: true or false; "
    "write it without quotes",
    ('zh = "麻烦"', "zh = 5"): "[items] S3.zh: found 5; allowed: a text; put it in quotes",
    (
        'items = ["S1", "S2", "S3"]',
        'items = ["S1", "S2", "S4"]',
    ): "[constructs] 满意.items: found the unknown name 'S4'; allowed: S1, S2, S3, L1, p_fixed_first_time,",
    ('items = ["S1", "S2", "S3"]', 'items = ["S1", "S2", "S2"]'): "[constructs] 满意.items: found 'S2' twice; allowed: "
    "each once; take one away",
    (
        'items = ["S1", "S2", "S3"]',
        "items = []",
    ): "[constructs] 满意.items: found a list; allowed: a list with at least one "
    "entry; fill it in or take the key away",
    ('items = ["S1", "S2", "S3"]', "items = [1]"): "[constructs] 满意.items, entry 1: found 1; allowed: a text; "
    "put it in quotes",
    ('items = ["L1"]', 'items = "L1"'): "[constructs] loyalty.items: found 'L1'; allowed: a list; "
    "put square brackets around it",
    (
        'loyalty = ["满意"]',
        'loyalty = ["满足"]',
    ): "[paths] loyalty: found the unknown name '满足'; allowed: 满意, loyalty, "
    "repair, expectation; add it to [constructs], or take it away here",
    (
        'loyalty = ["满意"]',
        'loyality = ["满意"]',
    ): "[paths] loyality: found the unknown name 'loyality'; allowed: 满意, "
    "loyalty, repair, expectation; did you mean 'loyalty'?",
    ('loyalty = ["满意"]', 'loyalty = ["满意"]\nrepair = ["loyalty"]'): "[paths]: found the circle ",
    (
        'outcome = "满意"',
        'outcome = "loyaltie"',
    ): "[roles] outcome: found the unknown name 'loyaltie'; allowed: 满意, loyalty",
    (
        'recommend = "L1"',
        'recomend = "L1"',
    ): "[roles]: found the unknown key 'recomend'; allowed: outcome, expectation, "
    "performance, disconfirmation, drivers, recommend, effort; did you mean 'recommend'?",
    ('recommend = "L1"', 'recommend = "L2"'): "[roles] recommend: found the unknown name 'L2'; ",
    (
        '{ term = "expectation", asked = "before" }',
        '"expectation"',
    ): "[roles] expectation: found 'expectation'; allowed: "
    "a table { term = 'expectation', asked = 'before' }; write it in one of these ways",
    (
        '{ term = "expectation", asked = "before" }',
        '{ term = "expectation" }',
    ): '[roles] expectation.asked: found nothing; allowed: a value; add asked = "before"',
    (
        'performance = "repair"',
        'drivers = ["满意", "care"]',
    ): "[roles] drivers: found '满意'; allowed: terms other than the "
    "outcome '满意'; take it away: an outcome explains itself perfectly",
    (
        'performance = "repair"',
        'drivers = ["S2", "care"]',
    ): "[roles] drivers: found 'S2'; allowed: terms other than the "
    "outcome '满意'; take it away: an outcome explains itself perfectly",
    ('column = "p_{}"', 'column = "p_"'): "[facets] performance: found 'p_'; allowed: exactly one {}; "
    "{} stands for the key of the attribute, as in 'p_{}'",
    (
        'column = "e_{}"',
        'column = "p_{}"',
    ): "[facets]: found column 'p_care' twice; allowed: each once; give each question "
    "its own column; a column of a facet needs no line in [items]",
    ('"pick_up"] }', '"pickup"] }'): "[facets] kano.of: found the unknown name 'pickup'; allowed: fixed_first_time, "
    "honest_price, parts_available, status_update, pick_up, facility, care; did you mean 'pick_up'?",
    (
        'image = ["mind", "visual"]',
        'image = ["mynd", "visual"]',
    ): "[elements] image: found the unknown name 'mynd'; allowed: "
    "behaviour, mind, product, service, visual; did you mean 'mind'?",
    ('outlets = "all"', 'weight = "w"\noutlets = "all"'): "[design] weight: found [margins] too; allowed: one of them; "
    "take [design] weight or [margins] away",
    ('outlet = { column = "dealer" }', 'outlet = "dealer"'): "[groups] outlet: found 'dealer'; allowed: "
    "a table { column = 'name of the column' }; write it in one of these ways",
    ('outlets = "all"', ""): "[design] outlets: found nothing; allowed: 'sampled' or 'all'; "
    "say whether the outlets are a sample of the network (clusters) or all of it (strata)",
    ('outlets = "all"', 'outlets = "every"'): "[design] outlets: found 'every'; allowed: 'sampled' or 'all'; "
    "use one of these words",
    (
        'outlets = "all"',
        'outlets = "sampled"\nclusters = "city"',
    ): "[design] clusters: found 'city'; allowed: 'dealer'; sampled outlets are the clusters; take clusters away",
    (
        'outlets = "all"',
        'outlets = "all"\npopulation_clusters = -3',
    ): "[design] population_clusters: found -3; allowed: "
    "a whole number above 0, or a table { stratum = number }; write it in one of these ways",
    (
        'outlet = { column = "dealer" }',
        'outlet = { column = "shop" }',
    ): "[groups] outlet.column: found 'shop'; allowed: 'dealer'; name the same column in both",
    ("own_dealer = 0.70", "own_dealer = 0.68"): "[margins] channel: found the sum 0.98; allowed: 1 (within 0.001); "
    "divide each share by 0.98",
    ("own_dealer = 0.70", "own_dealer = 99.7"): "[margins] channel: found the sum 100; allowed: 1 (within 0.001); "
    "write shares, not per cent",
    ("own_dealer = 0.70", "own_dealer = -0.70"): "[margins] channel.own_dealer: found -0.7; allowed: above 0; "
    "correct the share, or take the category away",
    ("own_dealer = 0.70", 'own_dealer = "0.70"'): "[margins] channel.own_dealer: found '0.70'; allowed: a number; "
    "write it without quotes",
    (
        "trim = [0.3, 3.0]",
        "trim = [3.0, 0.3]",
    ): "[margins] rake.trim: found [3, 0.3]; allowed: lower from 0 to below 1, "
    "upper above 1; weights average 1; try [0.3, 3.0]",
    ("trim = [0.3, 3.0]", "trim = [0.3]"): "[margins] rake.trim, entry 2: found nothing; allowed: two numbers; "
    "write the lower and the upper one",
    ("trim = [0.3, 3.0]", "trim = [0.3, 1, 3.0]"): "[margins] rake.trim: found a list; allowed: two numbers; "
    "keep the lower and the upper one",
    (
        "events = { 2026H1",
        "events = { 2027H1",
    ): "[groups] wave.events: found the unknown name '2027H1'; allowed: 2025H1, "
    "2025H2, 2026H1, 2026H2; did you mean '2026H1' or ",
    ('segments = ["age", "channel"', 'segments = ["S1", "channel"'): "[groups] segments: found the item 'S1'; "
    "allowed: a column that is no item; an item is an answer on a scale; group by another column, ",
    (
        "cost = 120_000",
        "cost = -1",
    ): "[plan] fixed_first_time.cost: found -1; allowed: a number from 0 on; correct the number",
    (
        "[plan]",
        "[plan]\nbudget = -5",
    ): "[plan] budget: found -5; allowed: a number from 0 on; correct the number",
    (
        "[plan]",
        '[plan]\nbudget = "much"',
    ): "[plan] budget: found 'much'; allowed: a number; write it without quotes",
    (
        "[plan]",
        "[plan]\nbudget = 90_000",
    ): "[plan] budget: found 90000; allowed: 120000 or more; nothing can be done for it: the cheapest step is "
    "'fixed_first_time', 120000",
    (
        "cost = 120_000, move = 6 }",
        "move = 6 }\nbudget = 90_000",
    ): "[plan] budget: found 90000, and no step with a cost; allowed: a cost; ",
    ("target = 76", "target = inf"): "[plan] 满意.target: found inf; allowed: a finite number; write the number itself",
    ('by = "2027H1"', "by = 2027-01-01"): "[plan] 满意.by: found 2027-01-01; allowed: a text; put it in quotes",
    ("fixed_first_time = { owner", "fixed_first_tim = { owner"): "[plan] fixed_first_tim: found the unknown name "
    "'fixed_first_tim'; allowed: 满意, ",
    (
        "[elements]",
        "[element]",
    ): "the file: found the unknown key 'element'; allowed: schema, title, languages, population, "
    "data, scales, items, constructs, paths, roles, attributes, facets and 11 more; did you mean 'elements'?",
    (
        'loyalty = { items = ["L1"]',
        'care = { items = ["L1"]',
    ): "[constructs] care: found 'care'; allowed: a name of its own; "
    "rename the construct; a term must mean one thing ('care' is an attribute too)",
}


@pytest.mark.parametrize(("change", "message"), FAULTS.items(), ids=[after or before for before, after in FAULTS])
def test_each_fault_is_said(write: Callable[..., Path], change: tuple[str, str], message: str) -> None:
    with pytest.raises(StudyError, match=r"study\.toml cannot be used") as raised:
        load_study(write(dict([change])))
    assert any(problem.startswith(message) for problem in raised.value.problems), raised.value
    assert "pydantic" not in str(raised.value).lower()
    assert "input" not in str(raised.value).lower()


ALONE = [("schema = 1", ""), ("cost = 120_000", "cost = -1"), ("own_dealer = 0.70", "own_dealer = 0.68")]
ALONE += [('items = ["S1", "S2", "S3"]', "items = [1]")]
ALONE += [('items = ["S1", "S2", "S3"]', "items = []"), ("reversed = true", "revresed = true")]


@pytest.mark.parametrize("change", ALONE, ids=[after or before for before, after in ALONE])
def test_one_mistake_is_one_fault(write: Callable[..., Path], change: tuple[str, str]) -> None:
    with pytest.raises(StudyError) as raised:
        load_study(write(dict([change])))
    assert len(raised.value.problems) == 1


def test_all_faults_come_together(write: Callable[..., Path]) -> None:
    changes = dict(
        [
            ('file = "answers.csv"', ""),
            ('missing = "used"', 'missing = "drop"'),
            ("reversed = true", "revresed = true"),
            ('items = ["S1", "S2", "S3"]', 'items = ["S1", "S4"]'),
            ('loyalty = ["满意"]', 'loyalty = ["满意", "price"]'),
            ("own_dealer = 0.70", "own_dealer = 0.68"),
            ("cost = 120_000", "cost = -1"),
            ('image = ["mind", "visual"]', 'image = "mind"'),
        ]
    )
    with pytest.raises(StudyError) as raised:
        load_study(write(changes))
    assert "study.toml cannot be used: 8 faults" in str(raised.value)
    places = sorted(problem.split(": found")[0] for problem in raised.value.problems)
    assert places == [
        "[constructs] 满意.items",
        "[data] file",
        "[data] missing",
        "[elements] image",
        "[items] S3",
        "[margins] channel",
        "[paths] loyalty",
        "[plan] fixed_first_time.cost",
    ]


def test_circles_are_named(write: Callable[..., Path]) -> None:
    paths = '[paths]\nspeed = ["price"]\nprice = ["satisfaction"]\nsatisfaction = ["speed"]\n'
    with pytest.raises(StudyError) as raised:
        load_study(write(text=SMALL + paths))
    (fault,) = raised.value.problems
    circle = fault.split("the circle ")[1].split(";")[0].split(" -> ")
    assert circle[0] == circle[-1]
    arrows = set(pairwise(circle))
    assert arrows == {("price", "speed"), ("speed", "satisfaction"), ("satisfaction", "price")}


def test_every_circle_is_named(write: Callable[..., Path]) -> None:
    items = 'Q4 = "Queue"\n[constructs]\nqueue = { items = ["Q4"] }'
    paths = '[paths]\nspeed = ["price"]\nprice = ["speed"]\nsatisfaction = ["queue"]\nqueue = ["satisfaction"]\n'
    with pytest.raises(StudyError) as raised:
        load_study(write(text=SMALL.replace("[constructs]", items) + paths))
    assert len(raised.value.problems) == 2


def test_a_construct_may_bear_the_name_of_its_only_item(write: Callable[..., Path]) -> None:
    study = load_study(write(text=SMALL.replace('speed = { items = ["Q2"] }', 'Q2 = { items = ["Q2"] }')))
    assert study.columns_of("Q2") == ("Q2",)


LABEL = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=LABEL, english=LABEL, chinese=LABEL, wording=LABEL)
def test_any_name_and_label_comes_back(
    write: Callable[..., Path], name: str, english: str, chinese: str, wording: str
) -> None:
    document = tomllib.loads(SMALL)
    document["languages"] = ["en", "zh"]
    document["items"] = {f"{name} 1": wording, "Q2": {"en": english, "zh": chinese}}
    document["constructs"] = {name: {"items": [f"{name} 1"], "zh": chinese}}
    document["roles"] = {"outcome": name}
    study = load_study(write(text=tomlkit.dumps(document)))
    assert study.columns_of(name) == (f"{name} 1",)
    assert study.label(f"{name} 1", "zh") == wording
    assert (study.label("Q2"), study.label("Q2", "zh")) == (english, chinese)
    assert (study.label(name, "zh"), study.label(name)) == (chinese, name.replace("_", " "))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.floats() | st.sampled_from(["S1", "en", "raise", "", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["en", "items", "a", "scale"]), inner, max_size=3)
    ),
    max_leaves=5,
).filter(lambda value: value is not None)


def _without_none(value: object) -> bool:
    if isinstance(value, dict):
        return all(_without_none(part) for part in value.values())
    if isinstance(value, list):
        return all(_without_none(part) for part in value)
    return value is not None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_written_there_is_no_other_error(write: Callable[..., Path], data: st.DataObject) -> None:
    document = tomllib.loads(SMALL)
    tables = ["schema", "title", "languages", "data", "scales", "items", "constructs", "paths", "roles", "attributes"]
    tables += ["facets", "elements", "design", "margins", "groups", "plan", "population"]
    table = data.draw(st.sampled_from(tables))
    value = data.draw(VALUES.filter(_without_none))
    inside = sorted(document.get(table, {})) if isinstance(document.get(table), dict) else []
    if inside and data.draw(st.booleans()):
        document[table][data.draw(st.sampled_from(inside))] = value
    else:
        document[table] = value
    with suppress(StudyError):
        load_study(write(text=tomlkit.dumps(document)))


WORDS = """
[groups]
segments = ["channel"]
[labels]
channel = { en = "purchase channel", zh = "购车渠道" }
own_dealer = { en = "own dealer", zh = "本店" }
fleet = "Fleet"
"""


def test_categories_groups_and_the_population_have_words_of_their_own(write: Callable[..., Path]) -> None:
    small = SMALL.replace('title =', 'languages = ["en", "zh"]\npopulation = { en = "drivers", zh = "车主" }\ntitle =')
    study = load_study(write(text=small + WORDS))
    assert [study.word(name, "zh") for name in ("channel", "own_dealer", "fleet", "second_tier")] == [
        "购车渠道", "本店", "Fleet", "second tier"]  # fmt: skip
    assert (study.population_in("zh"), study.population_in("es")) == ("车主", "drivers")
    assert load_study(write(text=SMALL)).population_in("zh") == ""


def test_a_label_of_a_term_stands_where_the_term_is_declared(write: Callable[..., Path]) -> None:
    with pytest.raises(StudyError, match=r"\[labels\] speed: found a name with words of its own"):
        load_study(write(text=SMALL + '[labels]\nspeed = "Speed"'))
    with pytest.raises(StudyError, match=r"\[labels\] own.*the unknown key 'fr'"):
        load_study(write(text=SMALL + '[labels]\nown = { fr = "Nous" }'))
