"""The page as a reader has it: in a browser, on a phone, by keyboard, without script, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csresearch.report.exhibit import Report
from csresearch.report.page.writing import write_page

pytestmark = pytest.mark.browser
COLUMN = "table => [...table.tBodies[0].rows].map(row => row.cells[{place}].textContent)"


@pytest.fixture(scope="module")
def address(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(report, tmp_path_factory.mktemp("page") / "page.html").as_uri()


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


def test_a_table_is_sorted_by_number_and_by_word(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    table = page.locator("section[id='items'] table").first
    head = table.locator("th").nth(1)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    means = [float(cell) for cell in table.evaluate(COLUMN.format(place=1))]
    assert means == sorted(means)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert [float(cell) for cell in table.evaluate(COLUMN.format(place=1))] == sorted(means, reverse=True)
    first = table.locator("th").first
    first.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    names = table.evaluate(COLUMN.format(place=0))
    assert names == sorted(names, key=str.casefold)
    page.close()


def test_thousands_and_missing_numbers_are_sorted_as_numbers(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    table = page.locator("section[id='sample.flow'] table").first
    table.locator("th button").nth(1).click()
    assert table.evaluate(COLUMN.format(place=1)) == ["41", "71", "1,200", "1,312", "4,800"]
    segments = page.locator("section[id='segments'] table").first
    page.locator("section[id='segments'] summary").click()
    place = segments.locator("th").all_inner_texts().index("Estimate")
    for last in ("–", "–"):  # what is missing stays last in both directions
        segments.locator("th button").nth(place).click()
        assert segments.evaluate(COLUMN.format(place=place))[-1] == last
    page.close()


def test_nothing_leaves_the_file_and_nothing_is_amiss(browser: Any, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert asked == [address]
    assert said == []
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_does_not_scroll_sideways(browser: Any, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_skip_link_comes_first_and_is_seen(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "exhibits"
    page.close()


def test_without_script_the_tables_can_be_read(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("th button").count() == 0
    assert page.locator("section[id='items'] td").first.is_visible()
    context.close()


def test_on_paper_figures_are_hidden_and_pictures_are_wide(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    page.emulate_media(media="print")
    assert not page.locator("details").first.is_visible()
    assert page.locator("figure .wide").first.is_visible()
    assert not page.locator("figure .narrow").first.is_visible()
    page.close()
