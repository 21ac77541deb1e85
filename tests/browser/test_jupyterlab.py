"""A notebook as a person opens it: JupyterLab in a real browser restarts the kernel, runs all cells, shows pictures."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebook_runner import FOLDER, cleared

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOK, BOARD = "09_importance_performance.ipynb", "17_strategy.ipynb"
SECONDS = 120
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # else cells out of sight are not in the page
}
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
ALL_RUN = r"""
    () => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(p => /^\[\d+\]:$/.test(p.textContent))
    && document.querySelector('.jp-NotebookPanel [data-status=idle]') !== null
"""
WIDTHS = "() => [...document.querySelectorAll('.jp-OutputArea-output img')].map(picture => picture.naturalWidth)"
CHANGED = "words => document.querySelector('.csr-outcome').textContent !== words"
UNMOVED = r"""
    () => {
        const [before, after] = document.querySelector('.csr-outcome').textContent.match(/\d+\.\d/g);
        return before === after;
    }
"""
TROUBLE = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr"))


@pytest.fixture
def chromium() -> str:
    found = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).is_file():
        pytest.skip("no chromium on this machine; on Debian: sudo apt install chromium")
    return found


@pytest.fixture
def lab(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a JupyterLab on a copy of a notebook, without its outputs, and data."""
    notebook = getattr(request, "param", NOTEBOOK)
    shutil.copytree(FOLDER.parent / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(cleared(nbformat.read(FOLDER / notebook, as_version=4)), tmp_path / "notebooks" / notebook)
    for name, setting in SETTINGS.items():
        path = tmp_path / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(command(tmp_path, port), env=surroundings(tmp_path), stdout=log, stderr=log)
        try:
            wait_for(address, server, tmp_path / "lab.log")
            yield address
        finally:
            stop(server)


def command(folder: Path, port: int) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1", "ServerApp.port": port, "ServerApp.port_retries": 0, "ServerApp.root_dir": folder,
        "IdentityProvider.token": "", "ServerApp.password": "",
    }  # fmt: skip
    given = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *given]


def surroundings(folder: Path) -> dict[str, str]:
    """Nothing of the user's own settings is read or written."""
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
    places |= {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return kept | {name: str(folder / place) for name, place in places.items()}


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab does not answer:\n{log.read_text()[-3000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to go, which ends its kernels; a server that stays is killed, and its kernels notice."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def all_run(browser: Any, address: str) -> Any:
    """Open a notebook and run all its cells in a fresh kernel."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(address)
    # Before the kernel is ready "run all" does nothing.
    page.wait_for_selector(".jp-NotebookPanel [data-status=idle]")
    assert page.locator(".jp-OutputArea-output img").count() == 0
    page.locator('.jp-NotebookPanel [data-command="notebook:restart-run-all"]').first.click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.wait_for_function(ALL_RUN)
    return page


def committed_pictures(notebook: str) -> int:
    """Count the pictures that a notebook holds as committed."""
    cells = nbformat.read(FOLDER / notebook, as_version=4).cells
    return sum("image/png" in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))


def test_notebook_runs_in_jupyterlab(lab: str, chromium: str, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = all_run(browser, f"{lab}/lab/tree/notebooks/{NOTEBOOK}")
            page.locator(".jp-OutputArea-output img").first.scroll_into_view_if_needed()
            page.screenshot(path=str(tmp_path / "notebook.png"))
            widths, trouble = page.evaluate(WIDTHS), page.locator(TROUBLE).all_text_contents()
        finally:
            browser.close()
    assert trouble == []
    assert len(widths) == committed_pictures(NOTEBOOK) > 0
    assert min(widths) > 300


@pytest.mark.parametrize("lab", [BOARD], indirect=True)
def test_the_board_is_moved_by_the_keyboard(lab: str, chromium: str, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = all_run(browser, f"{lab}/lab/tree/notebooks/{BOARD}")
            outcome = page.locator(".csr-outcome")
            outcome.scroll_into_view_if_needed()
            said = [outcome.text_content()]
            handle = page.locator(".widget-slider .noUi-handle").first
            handle.focus()
            for keys in (["ArrowRight"] * 8, ["Tab"]):
                for key in keys:
                    page.keyboard.press(key)
            page.wait_for_function(CHANGED, arg=said[0])
            said.append(outcome.text_content())
            page.screenshot(path=str(tmp_path / "board.png"))
            page.get_by_role("button", name="Reset").press("Enter")
            page.wait_for_function(UNMOVED)
            said.append(outcome.text_content())
            trouble = page.locator(TROUBLE).all_text_contents()
        finally:
            browser.close()
    assert trouble == []
    before, moved, reset = ([float(number) for number in re.findall(r"\d+\.\d", words)] for words in said)
    assert moved[0] == before[0] == reset[0]
    assert moved[1] > before[1] > reset[1] == reset[0]
