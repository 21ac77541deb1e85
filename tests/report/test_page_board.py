"""The live what-if of the page, moved in a browser, against the function; without script and on paper a table stays."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.inference.replicates import Bootstrap

pytestmark = pytest.mark.browser
SECTIONS = {"drivers": "strategy.what_if", "index": "strategy.what_if_paths"}


@pytest.fixture(scope="module")
def strategy() -> Any:
    random = np.random.default_rng(4)
    speed = 6 + 1.5 * random.normal(size=300)
    staff = 3 + 0.6 * speed + random.normal(size=300)
    overall = 1 + 0.5 * speed + 0.4 * staff + 0.7 * random.normal(size=300)
    frame = pd.DataFrame({"speed": speed, "staff": staff, "overall": overall}).round().clip(1, 10)
    sample, boot = cs.Sample.from_frame(frame, scale=(1, 10)), Bootstrap(draws=100)
    grid = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    index = cs.SatisfactionIndex(
        constructs={name: (name,) for name in frame}, target="overall",
        paths={"overall": ("speed", "staff"), "staff": ("speed",)},
    )  # fmt: skip
    return cs.recommend([grid.fit(sample, replicates=boot), index.fit(sample, replicates=boot)])


@pytest.fixture(scope="module")
def address(strategy: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    return cs.page(strategy, to=tmp_path_factory.mktemp("page") / "page.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).is_file():
        pytest.skip("no chromium on this machine; on Debian: sudo apt install chromium")
    with sync.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def numbers(words: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"[+−]?\d+\.\d", words)]


@pytest.mark.parametrize("through", ["drivers", "index"])
def test_the_script_says_what_the_function_says(browser: Any, address: str, strategy: Any, through: str) -> None:
    page = browser.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address)
    board = page.locator(f"section[id='{SECTIONS[through]}'] .board")
    for move in ({"speed": 9.0, "staff": -4.5}, {"speed": 3.0, "staff": 2.0}, {"speed": -6.0, "staff": 0.0}):
        for name, points in move.items():
            slider = board.get_by_label(re.compile(name))
            slider.evaluate(
                "(input, points) => { input.value = points; input.dispatchEvent(new Event('input')); }", points
            )
        rows = cs.what_if(strategy, moves=move, through=through).table("outcome").set_index("statistic")
        change = rows.loc["change", ["estimate", "conf_low", "conf_high"]].tolist()
        wanted = [*change, rows.loc["planning", "estimate"]]
        assert numbers(board.locator(".said").text_content()) == pytest.approx(wanted, abs=0.051)
        line = [rows.loc[name, "estimate"] for name in ("before", "after")]
        assert numbers(board.locator(".value").text_content()) == pytest.approx(line, abs=0.051)
    board.get_by_role("button").press("Enter")
    assert numbers(board.locator(".said").text_content()) == [0, 0, 0, 0]
    assert troubles == []
    page.close()


def test_an_arrow_key_moves_a_named_slider(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(address)
    board = page.locator(f"section[id='{SECTIONS['drivers']}'] .board")
    slider = board.get_by_label(re.compile("speed"))
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert board.locator("output").first.text_content() == "+5.5"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_without_script_and_on_paper_the_table_stays(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    section = page.locator(f"section[id='{SECTIONS['drivers']}']")
    assert not section.locator(".board").is_visible()
    assert section.locator("table").first.is_visible()
    context.close()
    page = browser.new_page()
    page.goto(address)
    page.emulate_media(media="print")
    assert not page.locator(".board").first.is_visible()
    page.close()
