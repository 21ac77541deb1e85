"""Banner tables: letters by the design, overlaps, small bases, nets; the page and the workbook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import stats

import csresearch as cs
from csresearch.report.banner import Banner, banner
from csresearch.survey.sample import Sample

OWNERS = """
schema = 1
title = "Garage <b>"
languages = ["en", "zh"]
data = { file = "g.csv", missing = "pairwise" }
[scales]
rating = { ends = [1, 5] }
likely = { ends = [0, 10] }
[items]
care = { en = "=Care & <speed>", zh = "关怀", scale = "rating" }
tell = { en = "Would recommend", zh = "推荐", scale = "likely" }
[multiple.uses]
en = "Services used"
zh = "使用的服务"
columns = { repair = "u_r", parts = "u_p" }
[labels]
town = { en = "Town", zh = "城镇" }
a = { en = "Altona", zh = "甲" }
"uses.repair" = { en = "repair", zh = "维修" }
"""


def two(happy: int, *, clusters: str | None = None) -> Sample:
    """62 % of 400 in a and some of 380 in b say 10, all others 1; in pairs of two alike where there are clusters."""
    top = np.repeat([10.0, 1, 10, 1], [248, 152, happy, 380 - happy])
    frame = pd.DataFrame({"care": top, "shop": np.repeat(["a", "b"], [400, 380])})
    frame["pair"] = np.arange(len(frame)) // 2
    return Sample.from_frame(frame, scale=(1, 10), clusters=clusters)


def lines(found: Banner, *, category: str | None = None, statistic: str = "share") -> pd.DataFrame:
    table = found.table[found.table["statistic"] == statistic]
    return table if category is None else table[table["category"] == category]


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    rng = np.random.default_rng(7)
    n = 400
    frame = pd.DataFrame({"care": rng.integers(1, 6, n), "tell": rng.integers(0, 11, n)})
    frame["town"] = np.repeat(["a", "b", "c", "d"], [200, 120, 50, 30])
    frame["u_r"], frame["u_p"] = rng.integers(0, 2, n), rng.integers(0, 2, n)
    frame.loc[(frame["u_r"] == 1) & (frame["u_p"] == 0), "care"] = 5
    folder = tmp_path_factory.mktemp("garage")
    (folder / "study.toml").write_text(OWNERS, encoding="utf-8")
    frame.to_csv(folder / "g.csv", index=False)
    return cs.read(cs.load_study(folder))


def test_numbers_have_the_intervals_that_scores_have() -> None:
    sample = two(208, clusters="pair")
    found = banner(sample, rows=("care",), columns=("shop",), statistics=("points", "top 2")).table
    model = cs.Scores(items=("care",)).fit(sample, by="shop", replicates=cs.Linearized()).table("scores")
    for shop in ("a", "b"):
        own, other = found[found["segment"] == shop], model[model["segment"] == shop].set_index("statistic")
        for statistic, name in (("points", "points"), ("share", "top_box")):
            ends = own.loc[own["statistic"] == statistic, ["conf_low", "conf_high"]].to_numpy()[0]
            assert ends == pytest.approx(other.loc[name, ["conf_low", "conf_high"]].to_numpy(dtype=float))


def test_an_option_has_the_words_of_its_question(owners: Sample) -> None:
    found = banner(owners, rows=("uses",), columns=("town",)).html(language="zh")
    assert "使用的服务" in found and "维修" in found and "repair" not in found  # noqa: PT018


def test_two_proportions_are_told_apart_and_not_with_a_design_effect_of_two() -> None:
    """.62 of 400 against .55 of 380: z = 1.984, p = .047; with a design effect of 2 z = 1.403."""
    plain = lines(banner(two(209), rows=("care",), columns=("shop",)), category="top 2")
    assert plain["estimate"].tolist()[1:] == pytest.approx([0.62, 0.55])
    assert plain["letters"].tolist() == ["", "▲B", "▼"]
    clustered = lines(banner(two(208, clusters="pair"), rows=("care",), columns=("shop",)), category="top 2")
    assert clustered["estimate"].tolist()[1:] == pytest.approx([0.62, 208 / 380])
    assert clustered["n_effective"].tolist() == pytest.approx((plain["n_effective"] / 2).tolist(), rel=0.01)
    assert clustered["letters"].tolist() == ["", "", ""]


def test_letters_are_those_of_the_pairwise_tests_of_compare(owners: Sample) -> None:
    from csresearch.models.comparison import Compare

    some = owners.where(owners.answers["town"] != "d")
    compared = Compare(by="town", items=("care", "tell"), statistics=("points",), adjust="holm")
    pairs = compared.fit(some, replicates=cs.Linearized()).table("differences")
    pairs = pairs[pairs["statistic"] == "points_difference"]
    found = banner(some, rows=("care", "tell"), columns=("town",), statistics=("points",), adjust="holm", low_level=0.6)
    letter = {column.category: column.letter for column in found.columns}
    for row in pairs.itertuples():
        for high, low, sign in ((row.segment, row.versus, 1), (row.versus, row.segment, -1)):
            own = found.table[(found.table["term"] == row.item) & (found.table["segment"] == high)]["letters"].item()
            expected = "" if sign * row.estimate < 0 else letter[low] if row.p_value < 0.05 else (
                letter[low].lower() if row.p_value < 0.4 else ""
            )  # fmt: skip
            assert (expected in own) if expected else letter[low].lower() not in own.lower()


def test_overlapping_columns_and_the_total_have_the_covariance_of_their_respondents(owners: Sample) -> None:
    """By hand: who chose both options stands on both sides of the difference, who chose one also in the total."""
    found = banner(owners, rows=("care",), columns=("uses",), statistics=("mean",))
    y = owners.answers["care"].to_numpy()
    chosen = [owners.answers[f"uses:{name}"].to_numpy() == 1 for name in ("repair", "parts")]
    n = len(y)

    def influence(member: np.ndarray) -> np.ndarray:
        return member / member.mean() * (y - y[member].mean())

    def p_value(one: np.ndarray, other: np.ndarray) -> float:
        error = (influence(one) - influence(other)).std(ddof=1) / np.sqrt(n)
        return float(2 * stats.t.sf(abs(y[one].mean() - y[other].mean()) / error, 200))

    assert p_value(*chosen) < 0.01
    assert p_value(chosen[0], np.ones(n, dtype=bool)) < 0.05
    told = ["▼" if p_value(chosen[1], np.ones(n, dtype=bool)) < 0.05 else ""]
    assert found.table["letters"].tolist() == ["", "▲B", *told]
    assert found.table["segment"].tolist() == ["", "repair", "parts"]
    assert found.table["n_obs"].sum() > n + n / 2


def test_small_bases_are_not_shown_and_low_ones_are_marked(owners: Sample) -> None:
    answers = owners.answers.assign(care=owners.answers["care"].where(owners.answers["town"] != "d", 1.0))
    fewer = replace(owners, answers=answers).exclude(np.arange(400) >= 399)  # town d has 29 left, far below the others
    found = banner(fewer, rows=("care",), columns=("town",), statistics=("points",))
    row = found.table.set_index("segment")
    assert np.isnan(row.loc["d", "estimate"])
    assert row.loc["d", "n_obs"] == 29
    assert row["reason"].tolist() == [
        *[""] * 3, "effective base under 75: low", "effective base under 30: not shown in reports",
    ]  # fmt: skip
    assert not row["letters"].str.contains("[Dd▼]").any()
    page = found.html()
    assert page.count('<td class=" hidden">*</td>') == 1
    assert page.count("<sup>†</sup>") == 2


def test_columns_within_one_cluster_are_not_tested_and_it_is_said() -> None:
    frame = pd.DataFrame({"care": [1.0, 2] * 100 + [9.0, 10] * 100, "shop": np.repeat(["a", "b"], 200)})
    sample = Sample.from_frame(frame, scale=(1, 10), clusters="shop")
    found = banner(sample, rows=("care",), columns=("shop",), statistics=("mean",))
    assert found.table["letters"].tolist() == ["", "", ""]
    assert found.table["reason"].str.startswith(("no degrees", "effective base"))[1:].all()
    assert "within one cluster" in found.html()


def test_nets_codes_and_nps_by_hand_under_weights() -> None:
    frame = pd.DataFrame({"tell": [10, 9, 8, 6, 0, np.nan] * 40, "w": [1.0, 2, 1, 1, 3, 9] * 40, "g": ["x", "y"] * 120})
    sample = Sample.from_frame(frame, scale=(0, 10), weights="w")
    found = banner(sample, rows=("tell",), columns=("g",), statistics=("nps", "distribution", "top 2", "bottom 7"))
    total = found.table[found.table["segment"] == ""]
    value = dict(zip(total["category"].fillna(total["statistic"]), total["estimate"], strict=True))
    assert value["nps"] == pytest.approx(100 * (3 - 4) / 8)
    moved = Sample.from_frame(frame.assign(tell=frame["tell"] + 1), scale=(1, 11), weights="w")
    again = banner(moved, rows=("tell",), columns=("g",), statistics=("nps",)).table
    assert again["estimate"].tolist() == found.table.loc[found.table["statistic"] == "nps", "estimate"].tolist()
    assert value["top 2"] == pytest.approx(3 / 8)
    assert value["bottom 7"] == pytest.approx(4 / 8)
    assert value["9"] == pytest.approx(2 / 8)
    assert sum(value[str(code)] for code in range(11)) == pytest.approx(1)
    assert total["n_obs"].unique().tolist() == [200]


def test_the_frame_reads_in_the_language_of_choice(owners: Sample) -> None:
    found = banner(owners, rows=("care", "uses"), columns=("town", "uses"), statistics=("mean", "top 2"))
    frame = found.frame(language="zh")
    assert list(frame.index)[:4] == [
        ("关怀", "样本量"),
        ("关怀", "有效样本量"),
        ("关怀", "均值"),
        ("关怀", "最高 2 档（4–5）"),
    ]
    assert frame.columns[0] == ("", "总计", "value")
    assert frame.columns[2] == ("城镇", "甲", "value")
    assert frame.columns[-1] == ("使用的服务", "parts", "letters")
    assert frame.loc[("关怀", "均值"), ("", "总计", "value")] == pytest.approx(owners.answers["care"].mean())
    assert [column.letter for column in found.columns] == ["", *"ABCDEF"]


def test_the_page_is_whole_and_shows_no_markup_of_the_data(owners: Sample) -> None:
    page = banner(owners, rows=("care",), columns=("town",)).html()
    assert "=Care &amp; &lt;speed&gt;" in page
    assert "Garage &lt;b&gt;" in page
    assert not any(mark in page for mark in ("http", "<script", "<link", "src="))
    assert page.count("<li>") == 6


def test_the_workbook_holds_values_and_letters_and_no_formula(owners: Sample, tmp_path: Path) -> None:
    found = banner(owners, rows=("care", "tell", "uses"), columns=("town", "uses"), statistics=("points", "nps"))
    first = found.xlsx(tmp_path / "one.xlsx").read_bytes()
    assert first == found.xlsx(tmp_path / "two.xlsx").read_bytes()
    with pytest.raises(cs.OutputError):
        found.xlsx(tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert book.sheetnames == ["Contents", "Questions", "Services used"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert "=Care & <speed>" in [cell.value for cell in cells]
    sheet = book["Questions"]
    head = [cell.value for cell in sheet[4]]
    assert head[3] == "Altona\nA"
    points = next(row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] == "Points")
    expected = found.table[(found.table["term"] == "care") & (found.table["statistic"] == "points")]
    assert [points[2 * k + 1] for k in range(4)] == pytest.approx(expected["estimate"].tolist()[:4])
    assert [points[2 * k + 2] or "" for k in range(4)] == expected["letters"].tolist()[:4]


def test_what_cannot_be_crossed_is_said(owners: Sample) -> None:
    with pytest.raises(ValueError, match="name at least one group"):
        banner(owners, columns=())
    with pytest.raises(ValueError, match="allowed are mean, points, nps, distribution, and nets"):
        banner(owners, columns=("town",), statistics=("median",))
    with pytest.raises(ValueError, match="low_level <= level"):
        banner(owners, columns=("town",), level=0.9, low_level=0.95)
    with pytest.raises(ValueError, match="adjust='max_t'"):
        banner(owners, columns=("town",), adjust="max_t")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'care' has none of nps"):
        banner(owners, columns=("town",), statistics=("nps",), rows=("care",))
    with pytest.raises(cs.DataError, match="'village' is no column"):
        banner(owners, columns=("village",))
